/* Eşzamanlama: kilit, olay, sayaç (semaphore).
 *
 * Görevler yalnız beklerken sıra değiştirdiği için tek bir adımda kilit gerekmez; bunlar, arasında
 * BEKLENEN adımları korumak içindir. Hepsi sıra gözetir: önce gelen önce uyanır.
 *
 * Kaynak: Python asyncio (Lock, Event, Semaphore)
 */
#ifndef ASYNC_SYNC_H
#define ASYNC_SYNC_H

#include "async/task.h"

struct semaphore {
    long free;
    struct waiters waiters;
};

void semaphore_init(struct semaphore *semaphore, long places);

/* Yer açılınca alır: 0, -ETIMEDOUT, -ECANCELED. */
int semaphore_acquire(struct semaphore *semaphore, deadline_t deadline);
void semaphore_release(struct semaphore *semaphore);

/* Tek yerli sayaç; sahibi bellidir. */
struct lock {
    struct semaphore one;
    const struct task *owner;
};

void lock_init(struct lock *lock);

/* 0, -ETIMEDOUT, -ECANCELED; kendi tuttuğu kilidi yeniden isteyene -EDEADLK. */
int lock_acquire(struct lock *lock, deadline_t deadline);

/* Tutmayan bırakamaz: -EPERM. */
int lock_release(struct lock *lock);

struct event {
    bool set;
    struct waiters waiters;
};

void event_init(struct event *event);
void event_set(struct event *event);
void event_clear(struct event *event);

/* Kurulana dek bekler: 0, -ETIMEDOUT, -ECANCELED. */
int event_wait(struct event *event, deadline_t deadline);

#endif
