/* Sinyalleri döngüde, olağan akışın içinde almak.
 *
 * İzlenen sinyaller engellenir ve çekirdek onları bir tanımlayıcıdan okutur (signalfd):
 * işleyicideki dar kurallar (signal-safety(7)) burada geçmez, sinyal herhangi bir olay gibi
 * beklenir. Sonradan açılan iş parçacıkları da engellenmiş doğsun diye iş parçacıklarından önce
 * açılır.
 *
 * Kaynak: signalfd(2), pthread_sigmask(3), Python asyncio (add_signal_handler)
 */
#ifndef ASYNC_SIGNALS_H
#define ASYNC_SIGNALS_H

#include <signal.h>

#include "async/watch.h"

struct signals {
    struct watch watch;
    sigset_t watched;
};

/* `numbers` 0 ile biter. 0 ya da -errno (-EINVAL: öyle bir sinyal yok). */
int signals_open(struct signals *signals, const int numbers[]);

/* Sıradaki sinyalin numarası, ya da -ETIMEDOUT, -ECANCELED. Aynı sinyal beklerken birkaç kez
 * gelirse tek sayılır. */
int signals_next(struct signals *signals, deadline_t deadline);

/* İzlemeyi bırakır, engeli kaldırır; okunmamış sinyal olağan işini yapar. */
void signals_close(struct signals *signals);

/* Durdurma isteğini (base/stop: SIGINT, SIGTERM) bekler: 0, -ETIMEDOUT, -ECANCELED; beklenemezse
 * -errno (-EMFILE). Birkaç görev birden bekleyebilir. */
int stop_await(deadline_t deadline);

#endif
