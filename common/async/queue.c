#include "async/queue.h"

#include <errno.h>
#include <stdlib.h>

#include "async/internal.h"

int queue_init(struct queue *queue, size_t capacity)
{
    *queue = (struct queue){.capacity = capacity};
    queue->items = calloc(capacity, sizeof *queue->items);
    if (!queue->items)
        return -ENOMEM;
    semaphore_init(&queue->places, (long)capacity);
    semaphore_init(&queue->filled, 0);
    waiters_init(&queue->finished);
    return 0;
}

void queue_free(struct queue *queue)
{
    free(queue->items);
    queue->items = NULL;
}

static void store(struct queue *queue, void *item)
{
    queue->items[(queue->first + queue->count++) % queue->capacity] = item;
    queue->unfinished++;
    semaphore_release(&queue->filled);
}

static void *take(struct queue *queue)
{
    void *item = queue->items[queue->first];
    queue->first = (queue->first + 1) % queue->capacity;
    queue->count--;
    semaphore_release(&queue->places);
    if (queue->closed && queue->count == 0) /* kapanıştan sonra gelmiş bekleyenlere öğe kalmadı */
        waiters_wake_all(&queue->filled.waiters);
    return item;
}

/* region: queue-put-get */
int queue_put(struct queue *queue, void *item, deadline_t deadline)
{
    if (is_cancelled(this_task()))
        return task_refuse(this_task());
    if (queue->closed)
        return -EPIPE;
    int outcome = semaphore_acquire(&queue->places, deadline);
    if (outcome < 0)
        return outcome;
    if (queue->closed) /* beklerken kapandı */
        return -EPIPE;
    store(queue, item);
    return 0;
}

int queue_get(struct queue *queue, void **item, deadline_t deadline)
{
    if (is_cancelled(this_task()))
        return task_refuse(this_task());
    if (queue->closed && queue->count == 0)
        return -EPIPE;
    int outcome = semaphore_acquire(&queue->filled, deadline);
    if (outcome < 0)
        return outcome;
    if (queue->count == 0) /* kapanış uyandırdı */
        return -EPIPE;
    *item = take(queue);
    return 0;
}
/* endregion */

int queue_put_now(struct queue *queue, void *item)
{
    if (queue->closed)
        return -EPIPE;
    if (queue->places.free == 0)
        return -EAGAIN;
    queue->places.free--;
    store(queue, item);
    return 0;
}

/* Kuyrukta duran öğe, uyandırılmış ama daha çalışmamış bir tüketiciye ayrılmış olabilir. */
int queue_get_now(struct queue *queue, void **item)
{
    if (queue->closed && queue->count == 0)
        return -EPIPE;
    if (queue->filled.free == 0)
        return -EAGAIN;
    queue->filled.free--;
    *item = take(queue);
    return 0;
}

int queue_task_done(struct queue *queue)
{
    if (queue->unfinished == queue->count)
        return -EINVAL;
    if (--queue->unfinished == 0)
        waiters_wake_all(&queue->finished);
    return 0;
}

int queue_join(struct queue *queue, deadline_t deadline)
{
    while (queue->unfinished > 0) {
        int outcome = waiters_wait(&queue->finished, deadline, NULL);
        if (outcome < 0)
            return outcome;
    }
    return is_cancelled(this_task()) ? task_refuse(this_task()) : 0;
}

void queue_close(struct queue *queue)
{
    queue->closed = true;
    waiters_wake_all(&queue->places.waiters);
    waiters_wake_all(&queue->filled.waiters);
}
