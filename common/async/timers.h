/* Zamanlayıcılar: en erken olanı hep en üstte tutan yığın (eşleştirmeli yığın, pairing heap).
 *
 * Düğümler çağıranın yapılarındadır; eklemek hiç başarısız olmaz. Ekleme O(1), çıkarma
 * paylaştırılmış O(log n). Aynı ana kurulanlar kuruldukları sırayla çıkar.
 *
 * Kaynak: Fredman, Sedgewick, Sleator, Tarjan, "The pairing heap" (1986)
 */
#ifndef ASYNC_TIMERS_H
#define ASYNC_TIMERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

struct timer {
    deadline_t when;
    uint64_t order;
    struct timer *child;   /* en sol çocuk */
    struct timer *sibling; /* sağdaki kardeş */
    struct timer *previous; /* soldaki kardeş ya da ana; tepede kendisi, yığında değilken NULL */
};

struct timers {
    struct timer *first;
    uint64_t order;
};

/* `timer` yığında değilse ve sıfırlanmışsa `when` için ekler. */
void timers_add(struct timers *timers, struct timer *timer, deadline_t when);

/* Yığındaysa çıkarır. */
void timers_remove(struct timers *timers, struct timer *timer);

static inline bool timer_active(const struct timer *timer)
{
    return timer->previous != NULL;
}

/* En erkeni, yoksa NULL; yığında kalır. */
static inline struct timer *timers_first(const struct timers *timers)
{
    return timers->first;
}

#endif
