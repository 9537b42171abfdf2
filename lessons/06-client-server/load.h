/* Yük: çok isteği aynı anda birkaç bağlantıdan göndermek ve ne kadar sürdüğünü söylemek. */
#ifndef LESSON_06_LOAD_H
#define LESSON_06_LOAD_H

#include <stdbool.h>

#include "connection.h"

struct load {
    long requests;        /* toplam */
    long concurrency;     /* aynı anda kaç bağlantı */
    bool new_connections; /* her istek için yeni bağlantı */
};

/* Bütün yanıtlar doğruysa süreleri yazar ve 0 döner. İlk hatada -errno ve `trouble`. */
int load_run(const struct load *load, const struct target *target, struct connection *trouble);

#endif
