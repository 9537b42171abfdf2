#include "async/watch.h"

#include <errno.h>

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
    watch->fd = -1;
}

/* region: watch-wait */
int watch_wait(struct watch *watch, enum watch_direction direction, deadline_t deadline)
{
    if (is_cancelled(this_task()))
        return task_refuse(this_task());
    if (watch->fd < 0)
        return -EBADF;
    if (watch->ready[direction])
        return task_breathe(this_task());
    if (watch->waiting[direction])
        return -EBUSY;
    struct watch_waiter waiter = {.task = this_task(), .outcome = -EINPROGRESS};
    watch->waiting[direction] = &waiter;
    int parked = task_park(deadline);
    if (waiter.outcome == -EINPROGRESS) { /* olay gelmedi: watch yerinde duruyor */
        watch->waiting[direction] = NULL;
        return parked;
    }
    return parked < 0 ? parked : waiter.outcome;
}
/* endregion */

void watch_spent(struct watch *watch, enum watch_direction direction)
{
    watch->ready[direction] = direction == WATCH_READ && watch->hung;
}

bool watch_wants(const struct watch *watch, enum watch_direction direction)
{
    bool wanted = watch->waiting[direction] || (direction == WATCH_READ && watch->always_read);
    return wanted && !watch->ready[direction];
}

/* region: watch-notice */
static void become_ready(struct watch *watch, enum watch_direction direction)
{
    watch->ready[direction] = true;
    release_waiter(watch, direction, 0);
}

void watch_notice(struct watch *watch, bool readable, bool writable, bool hung)
{
    watch->hung |= hung;
    if (readable || hung)
        become_ready(watch, WATCH_READ);
    if (writable || hung)
        become_ready(watch, WATCH_WRITE);
}
/* endregion */
