#include "loop_thread.h"

#include <unistd.h>

/* region: loop-thread */
/* Beklenenin döngüsünde çalışır: future_set yalnız oradan çağrılabilir. */
static void announce_end(void *argument)
{
    struct loop_thread *thread = argument;
    future_set(&thread->finished, thread->result);
}

/* Son iş, haber vermektir; ondan sonra bu iş parçacığı `thread`e dokunmaz. */
static void *run_async_in_thread(void *argument)
{
    struct loop_thread *thread = argument;
    pthread_setname_np(pthread_self(), thread->name);
    thread->result = policy_run(thread->policy, thread->run, thread->argument);
    loop_call_soon_threadsafe(thread->home, &thread->ended, announce_end, thread);
    return NULL;
}

int loop_thread_start(struct loop_thread *thread)
{
    thread->home = loop_current();
    thread->ended = (struct call){0};
    thread->joined = false;
    future_init(&thread->finished);
    return -pthread_create(&thread->thread, NULL, run_async_in_thread, thread);
}

/* Haber gelince iş parçacığının dönmekten başka işi kalmamıştır: join artık beklemez. */
int loop_thread_await(struct loop_thread *thread)
{
    task_shield(DEADLINE_NONE);
    int outcome = future_await(&thread->finished, DEADLINE_NONE);
    task_unshield();
    loop_thread_join(thread);
    return outcome;
}
/* endregion */

void loop_thread_join(struct loop_thread *thread)
{
    if (!thread->joined)
        pthread_join(thread->thread, NULL);
    thread->joined = true;
}

const char *thread_name(char *out)
{
    if (gettid() == getpid())
        return "MainThread";
    return pthread_getname_np(pthread_self(), out, 16) == 0 ? out : "?";
}
