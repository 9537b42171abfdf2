/* Sınırlı kuyruk: üreticiler koyar, tüketiciler alır; dolunca üretici, boşalınca tüketici bekler.
 *
 * Taşınan işaretçilerin sahibi kuyruk değildir. queue_join, konan her öğe için queue_task_done
 * denene dek bekler. Kapatılan kuyruğa konmaz; kalanlar alınır, bitince -EPIPE döner: "bitti" demek
 * için kuyruğa özel bir öğe koymak gerekmez.
 *
 * Kaynak: Python asyncio (Queue)
 */
#ifndef ASYNC_QUEUE_H
#define ASYNC_QUEUE_H

#include "async/sync.h"

struct queue {
    void **items;
    size_t capacity, first, count;
    size_t unfinished; /* konmuş, ama task_done denmemiş */
    bool closed;
    struct semaphore places;
    struct semaphore filled;
    struct waiters finished;
};

/* 0 ya da -ENOMEM. `capacity` >= 1. */
int queue_init(struct queue *queue, size_t capacity);
void queue_free(struct queue *queue);

/* 0, -EPIPE (kapalı), -ETIMEDOUT, -ECANCELED. */
int queue_put(struct queue *queue, void *item, deadline_t deadline);
int queue_get(struct queue *queue, void **item, deadline_t deadline);

/* Beklemeden: yer ya da öğe yoksa -EAGAIN, kapalıysa (ve alınacak öğe kalmadıysa) -EPIPE.
 * Beklemediği için iptal edilmiş görevde de çalışır: temizlikte kuyruğu boşaltmak gibi. */
int queue_put_now(struct queue *queue, void *item);
int queue_get_now(struct queue *queue, void **item);

/* Alınan bir öğenin işi bitti. Alınandan çok denirse -EINVAL. */
int queue_task_done(struct queue *queue);

/* Konan bütün öğelerin işi bitene dek. 0, -ETIMEDOUT, -ECANCELED. */
int queue_join(struct queue *queue, deadline_t deadline);

void queue_close(struct queue *queue);

#endif
