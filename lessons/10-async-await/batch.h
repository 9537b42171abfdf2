/* Bir takım iş: sırayla ya da birlikte.
 *
 * İki işlevin argümanı bir `struct batch`tir; imzaları eş yordam gövdesinin imzasıdır: doğrudan da
 * çağrılır, coroutine_run'a da verilir.
 *
 * Kaynak: Python asyncio (gather)
 */
#ifndef LESSON_10_BATCH_H
#define LESSON_10_BATCH_H

#include "exchange.h"

#define BATCH_MAX 8

struct job {
    struct exchange exchange;
    char name[16];
};

struct batch {
    struct job jobs[BATCH_MAX];
    int count;
    int (*run)(void *job);
    struct exchange *report; /* olmayan ilk işin alışverişi buraya kopyalanır */
};

/* Biri bitmeden öteki başlamaz; olmayan işte durur. 0 ya da -errno. */
int batch_in_turn(void *argument);

/* Hepsi birlikte başlar, hepsi beklenir; yalnız bir eş yordamdan çağrılır. 0 ya da, takımdaki
 * sırayla, olmayan ilk işin -errno'su. */
int batch_together(void *argument);

#endif
