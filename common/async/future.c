#include "async/future.h"

#include <errno.h>

#include "async/internal.h"

void future_init(struct future *future)
{
    *future = (struct future){.result = -EINPROGRESS};
    waiters_init(&future->waiters);
    list_init(&future->callbacks);
}

/* region: future-set */
bool future_set(struct future *future, int result)
{
    if (future->done)
        return false;
    future->done = true;
    future->result = result;
    waiters_wake_all(&future->waiters);
    list_move_all(&future->callbacks, &loop_of_thread->ready);
    return true;
}
/* endregion */

bool future_cancel(struct future *future)
{
    return future_set(future, -ECANCELED);
}

int future_await(struct future *future, deadline_t deadline)
{
    while (!future->done) {
        int outcome = waiters_wait(&future->waiters, deadline, NULL);
        if (outcome < 0)
            return outcome;
    }
    return is_cancelled(this_task()) ? task_refuse(this_task()) : future->result;
}

void future_on_done(struct future *future, struct call *call, void (*run)(void *), void *argument)
{
    if (future->done) {
        loop_call_soon(call, run, argument);
        return;
    }
    call->run = run;
    call->argument = argument;
    list_append(&future->callbacks, &call->link);
}
