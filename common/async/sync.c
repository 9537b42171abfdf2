#include "async/sync.h"

#include <errno.h>

#include "async/internal.h"

void semaphore_init(struct semaphore *semaphore, long places)
{
    semaphore->free = places;
    waiters_init(&semaphore->waiters);
}

int semaphore_acquire(struct semaphore *semaphore, deadline_t deadline)
{
    if (is_cancelled(this_task()))
        return task_refuse(this_task());
    if (semaphore->free > 0) {
        semaphore->free--;
        return 0;
    }
    bool granted;
    int outcome = waiters_wait(&semaphore->waiters, deadline, &granted);
    if (outcome < 0 && granted) /* yer devredildi, ama alan iptal edildi */
        semaphore_release(semaphore);
    return outcome;
}

/* Bekleyen varsa yer ona devredilir, ortaya konmaz: araya giren üçüncü bir görev sırayı bozamaz. */
void semaphore_release(struct semaphore *semaphore)
{
    if (!waiters_wake_first(&semaphore->waiters))
        semaphore->free++;
}

void lock_init(struct lock *lock)
{
    semaphore_init(&lock->one, 1);
    lock->owner = NULL;
}

int lock_acquire(struct lock *lock, deadline_t deadline)
{
    if (lock->owner == this_task())
        return -EDEADLK;
    int outcome = semaphore_acquire(&lock->one, deadline);
    if (outcome == 0)
        lock->owner = this_task();
    return outcome;
}

int lock_release(struct lock *lock)
{
    if (lock->owner != this_task())
        return -EPERM;
    lock->owner = NULL;
    semaphore_release(&lock->one);
    return 0;
}

void event_init(struct event *event)
{
    event->set = false;
    waiters_init(&event->waiters);
}

void event_set(struct event *event)
{
    event->set = true;
    waiters_wake_all(&event->waiters);
}

void event_clear(struct event *event)
{
    event->set = false;
}

int event_wait(struct event *event, deadline_t deadline)
{
    if (is_cancelled(this_task()))
        return task_refuse(this_task());
    return event->set ? 0 : waiters_wait(&event->waiters, deadline, NULL);
}
