#include "batch.h"

#include <errno.h>

#include "coroutine.h"

static int reported(const struct batch *batch, const struct job *job, int outcome)
{
    if (outcome < 0)
        *batch->report = job->exchange;
    return outcome;
}

int batch_in_turn(void *argument)
{
    struct batch *batch = argument;
    int outcome = 0;
    for (int i = 0; i < batch->count && outcome == 0; i++)
        outcome = reported(batch, &batch->jobs[i], batch->run(&batch->jobs[i]));
    return outcome;
}

/* region: together */
int batch_together(void *argument)
{
    struct batch *batch = argument;
    struct coroutine *running[BATCH_MAX];
    int first = 0;
    for (int i = 0; i < batch->count; i++)
        running[i] = coroutine_spawn(batch->run, &batch->jobs[i]);
    for (int i = 0; i < batch->count; i++) {
        int outcome = coroutine_await(running[i]); /* NULL ise -ENOMEM */
        if (first == 0)
            first = reported(batch, &batch->jobs[i], outcome);
    }
    return first;
}
/* endregion */
