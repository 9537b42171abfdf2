#include "async/combine.h"

#include <errno.h>
#include <stdlib.h>

#include "async/internal.h"

static size_t count_done(struct task *const tasks[], size_t count)
{
    size_t done = 0;
    for (size_t i = 0; i < count; i++)
        done += task_state(tasks[i]) == TASK_DONE;
    return done;
}

/* task_result değil: o, hatayı görülmüş sayar. */
static int failure_of(const struct task *task)
{
    if (!task)
        return -ENOMEM;
    return task->state == TASK_DONE && task->result < 0 ? task->result : 0;
}

static int first_failure(struct task *const tasks[], size_t count)
{
    int failure = 0;
    for (size_t i = 0; i < count && failure == 0; i++)
        failure = failure_of(tasks[i]);
    return failure;
}

static void mark_awaited(struct task *const tasks[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (tasks[i])
            tasks[i]->awaited = true;
}

static void cancel_all(struct task *const tasks[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        task_cancel(tasks[i]);
    for (size_t i = 0; i < count; i++)
        if (tasks[i])
            task_wait_for_end(tasks[i]);
}

int task_gather(struct task *const tasks[], size_t count, deadline_t deadline)
{
    int outcome = 0;
    for (size_t i = 0; i < count && outcome == 0; i++)
        while (task_state(tasks[i]) != TASK_DONE && outcome == 0)
            outcome = waiters_wait(&tasks[i]->joiners, deadline, NULL);
    if (outcome == 0 && is_cancelled(this_task()))
        outcome = task_refuse(this_task());
    if (outcome < 0)
        cancel_all(tasks, count);
    mark_awaited(tasks, count);
    return outcome < 0 ? outcome : first_failure(tasks, count);
}

/* region: wait-any */
/* Bitmemişlerden biri bitene dek bekler: görev, hepsinin bekleyenler sırasına ayrı birer düğümle
 * girer. */
static int wait_any(struct task *const tasks[], size_t count, deadline_t deadline)
{
    struct waiter *waiters = calloc(count, sizeof *waiters);
    if (!waiters)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++) {
        waiters[i].task = this_task();
        list_init(&waiters[i].link);
        if (task_state(tasks[i]) != TASK_DONE)
            list_append(&tasks[i]->joiners.head, &waiters[i].link);
    }
    int outcome = task_park(deadline);
    for (size_t i = 0; i < count; i++)
        list_remove(&waiters[i].link);
    free(waiters);
    return outcome;
}
/* endregion */

static bool satisfied(struct task *const tasks[], size_t count, enum wait_for until)
{
    size_t done = count_done(tasks, count);
    if (done == count)
        return true;
    if (until == WAIT_FIRST_COMPLETED)
        return done > 0;
    return until == WAIT_FIRST_FAILURE && first_failure(tasks, count) < 0;
}

int task_wait(struct task *const tasks[], size_t count, enum wait_for until, deadline_t deadline)
{
    while (!satisfied(tasks, count, until)) {
        int outcome = wait_any(tasks, count, deadline);
        if (outcome < 0)
            return outcome;
    }
    return is_cancelled(this_task()) ? task_refuse(this_task()) : (int)count_done(tasks, count);
}

static unsigned long finish_order(const struct task *task)
{
    return task ? task->finish_order : 0;
}

/* Alınmamış bitmişlerden ilk biten; yoksa -1. */
static int earliest_done(struct task *const tasks[], const bool taken[], size_t count)
{
    int found = -1;
    for (size_t i = 0; i < count; i++)
        if (!taken[i] && task_state(tasks[i]) == TASK_DONE &&
            (found < 0 || finish_order(tasks[i]) < finish_order(tasks[found])))
            found = (int)i;
    return found;
}

int task_next_done(struct task *const tasks[], bool taken[], size_t count, deadline_t deadline)
{
    size_t left = count;
    for (size_t i = 0; i < count; i++)
        left -= taken[i];
    if (is_cancelled(this_task()))
        return task_refuse(this_task());
    if (left == 0)
        return -ENOENT;
    int found;
    while ((found = earliest_done(tasks, taken, count)) < 0) {
        int outcome = wait_any(tasks, count, deadline);
        if (outcome < 0)
            return outcome;
    }
    taken[found] = true;
    mark_awaited(&tasks[found], 1);
    return found;
}

int task_wait_for(struct task *task, deadline_t deadline)
{
    int outcome = task_gather(&task, 1, deadline);
    if (outcome == -ETIMEDOUT && task_result(task) != -ECANCELED)
        return task_result(task); /* iptalle yarışan sonuç geçerlidir */
    return outcome < 0 ? outcome : task_result(task);
}

static void expire(void *argument)
{
    struct timeout *timeout = argument;
    timeout->fired = task_cancel(timeout->task);
}

void timeout_open(struct timeout *timeout, deadline_t deadline)
{
    *timeout = (struct timeout){.task = this_task()};
    if (deadline != DEADLINE_NONE)
        loop_call_at(&timeout->alarm, deadline, expire, timeout);
}

int timeout_close(struct timeout *timeout, int outcome)
{
    loop_call_cancel(&timeout->alarm);
    if (!timeout->fired)
        return outcome;
    return task_uncancel() == 0 && outcome == -ECANCELED ? -ETIMEDOUT : outcome;
}
