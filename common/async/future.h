/* Gelecek nesnesi (future): değeri sonra belli olacak bir sonuç.
 *
 * Görevden farkı, kendisinin çalışmamasıdır: sonucu bir başkası koyar (bir geri çağrı, başka bir
 * görev). Bellek çağıranındır; bekleyen kalmayınca öylece bırakılır.
 *
 * Kaynak: Python asyncio (Future)
 */
#ifndef ASYNC_FUTURE_H
#define ASYNC_FUTURE_H

#include "async/task.h"

struct future {
    bool done;
    int result;
    struct waiters waiters;
    struct link callbacks;
};

void future_init(struct future *future);

/* Sonucu koyar ve bekleyenleri uyandırır. İlk konan geçerlidir: sonucu belliyse false. */
bool future_set(struct future *future, int result);

/* Sonucu -ECANCELED yapar. */
bool future_cancel(struct future *future);

/* Sonuç, ya da bekleyiş bitmediyse -ETIMEDOUT, -ECANCELED. Sınır geçince gelecek nesnesi olduğu
 * gibi kalır. */
int future_await(struct future *future, deadline_t deadline);

/* Sonuç belli olunca döngüde çalışacak çağrı. */
void future_on_done(struct future *future, struct call *call, void (*run)(void *), void *argument);

#endif
