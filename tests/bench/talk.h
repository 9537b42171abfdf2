/* Yükün tek bağlantısı: karşılanmak, sormak, yanıtı bayt bayt denetlemek.
 *
 * Her işlev başarısızlığı, bağlantının sırasıyla birlikte stderr'e kendisi yazar ve -EPROTO döner.
 *
 * Kaynak: recv(2), send(2)
 */
#ifndef BENCH_TALK_H
#define BENCH_TALK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "net/address.h"

#define LINE_SIZE 4096 /* istek ve yanıtın en uzunu, satır sonuyla */

struct slot {
    int fd;
    bool greeted;
    size_t received; /* havadaki isteğin yanıtından gelmiş ve doğru çıkmış baytlar */
};

struct load {
    struct address server;
    long busy;
    long idle;
    struct text request;
    struct text answer;
    double timeout;
    int epoll;
    struct slot *slots; /* önce busy olanlar */
};

/* Bağlantıda ne olduğunu söyler; dönen hep -EPROTO'dur. */
int fail_at(const struct load *load, long index, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Karşılama satırını bekleyen bağlantıda yeni bayt var. 1: karşılandı, 0: satır tamam değil. */
int greet(const struct load *load, long index);

/* İsteği gönderir; bağlantıda havada istek olmamalıdır. Başarıda 0. */
int ask(const struct load *load, long index);

/* Yanıtın gelen parçasını okur. 1: yanıt tamam, 0: sürüyor. */
int hear(const struct load *load, long index);

#endif
