/* Bir HTTP GET isteği, elle: bağlan, isteği yaz, başlığı ve gövdeyi oku.
 *
 * Gövde saklanmaz; kaç bayt ve kaç karakter olduğu sayılır.
 */
#ifndef LESSON_11_FETCH_H
#define LESSON_11_FETCH_H

#include "remote.h"
#include "response.h"

#define FETCH_BODY_MAX 1048576

struct fetch {
    const struct target *target;
    char path[64];
    char url[CLI_ENDPOINT_SIZE + 80];
    struct response response;
    size_t size;       /* gövde, bayt */
    size_t characters; /* gövde, karakter */
    struct trouble trouble;
};

void fetch_init(struct fetch *fetch, const struct target *target, int post);

/* Görev: argümanı struct fetch *. Durum 2xx ve gövde eksiksizse 0, değilse -errno; nedeni
 * `trouble`da. */
int fetch_task(void *argument);

#endif
