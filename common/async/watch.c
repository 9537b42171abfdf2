#include "async/watch.h"

#include <errno.h>
#include <poll.h>

#include "async/internal.h"

/* Bekleyenin kendi yığınındadır: uyandıktan sonra watch'a dokunmaz, o arada kapatılmış olabilir. */
struct watch_waiter {
    struct task *task;
    int outcome;
};

int watch_open(struct watch *watch, int fd)
{
    *watch = (struct watch){.fd = fd, .ready = {true, true}};
    struct loop *loop = loop_of_thread;
    int outcome = loop->kind->add(loop->poller, watch);
    if (outcome < 0)
        watch->fd = -1;
    return outcome;
}

static void release_waiter(struct watch *watch, enum watch_direction direction, int outcome)
{
    struct watch_waiter *waiter = watch->waiting[direction];
    if (!waiter)
        return;
    watch->waiting[direction] = NULL;
    waiter->outcome = outcome;
    task_wake(waiter->task);
}

void watch_close(struct watch *watch)
{
    struct loop *loop = loop_of_thread;
    if (watch->fd < 0)
        return;
    loop->kind->remove(loop->poller, watch);
    release_waiter(watch, WATCH_READ, -EBADF);
    release_waiter(watch, WATCH_WRITE, -EBADF);
    watch->ready[WATCH_READ] = watch->ready[WATCH_WRITE] = false;
    watch->fd = -1;
}

/* region: watch-wait */
int watch_wait(struct watch *watch, enum watch_direction direction, deadline_t deadline)
{
    struct task *self = this_task();
    if (is_cancelled(self))
        return task_refuse(self);
    if (watch_passes(watch, direction, self))
        return 0;
    return watch_block(watch, direction, self, deadline);
}

/* Nefes almak da beklemektir: yön hazır olsa da görev o arada bekleyen sayılır, kapanışı
 * öğrenir. */
int watch_block(struct watch *watch, enum watch_direction direction, struct task *self,
                deadline_t deadline)
{
    if (watch->fd < 0)
        return -EBADF;
    if (watch->waiting[direction])
        return -EBUSY;
    struct watch_waiter waiter = {.task = self, .outcome = -EINPROGRESS};
    watch->waiting[direction] = &waiter;
    int parked = watch->ready[direction] ? task_breathe(self, deadline) : task_park(deadline);
    if (waiter.outcome == -EINPROGRESS) { /* olay gelmedi: watch yerinde duruyor */
        watch->waiting[direction] = NULL;
        return parked;
    }
    return parked < 0 ? parked : waiter.outcome;
}
/* endregion */

bool watch_wants(const struct watch *watch, enum watch_direction direction)
{
    bool wanted = watch->waiting[direction] || (direction == WATCH_READ && watch->always_read);
    return wanted && !watch->ready[direction];
}

/* region: watch-notice */
/* Hata iki yönü hazır eder ama kopma değildir: UDP soketinin hatası bir kez okunur, soket sağlam
 * kalır. */
#define HUNG (POLLRDHUP | POLLHUP | POLLNVAL)
#define READABLE (POLLIN | POLLERR | HUNG)
#define WRITABLE (POLLOUT | POLLERR | HUNG)

/* Zaten hazır olanın uyuyan bekleyeni yoktur. */
static void become_ready(struct watch *watch, enum watch_direction direction)
{
    if (watch->ready[direction])
        return;
    watch->ready[direction] = true;
    release_waiter(watch, direction, 0);
}

void watch_notice(struct watch *watch, unsigned events)
{
    if (events & HUNG)
        watch->hung = true;
    if (events & READABLE)
        become_ready(watch, WATCH_READ);
    if (events & WRITABLE)
        become_ready(watch, WATCH_WRITE);
}
/* endregion */
