/* Hata ayıklama kipi: bekleyeni değil, bloke edeni adıyla söyler. */
#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "async/future.h"
#include "async/loop.h"
#include "demos.h"

#define LIMIT_SECONDS 0.1
#define SLOW_SECONDS 0.2

/* Bilerek yanlış: time.sleep. Bu sürede döngü hiç dönmez. */
static void block(void)
{
    struct timespec left = {.tv_nsec = (long)(SLOW_SECONDS * 1e9)};
    while (nanosleep(&left, &left) < 0 && errno == EINTR)
        ;
}

/* Belgenin slow_task'ı: sınırdan uzun sürer, ama bekleyerek. Süresi --scale ile çarpılmaz. */
static int slow_task(void *argument)
{
    struct remote *remote = argument;
    int outcome = remote_connect(remote);
    if (outcome == 0)
        outcome = remote_wait_exactly(remote, SLOW_SECONDS, "slow_task");
    remote_close(remote);
    return outcome;
}

/* region: monitoring */
static int blocking_task(void *unused)
{
    (void)unused;
    block();
    return 0;
}

static void blocking_callback(void *finished)
{
    block();
    future_set(finished, 0);
}
/* endregion */

static int run_named(const char *name, int (*run)(void *), void *argument, const char *verb)
{
    SCOPED_TASK task = task_create(name, run, argument);
    int outcome = task_await(task, DEADLINE_NONE);
    if (outcome == 0)
        printf("%s: %g saniye %s\n", name, SLOW_SECONDS, verb);
    return outcome;
}

static int run_callback(void)
{
    struct call call = {.name = "blocking_callback"};
    struct future finished;
    future_init(&finished);
    loop_call_soon(&call, blocking_callback, &finished);
    int outcome = future_await(&finished, DEADLINE_NONE);
    if (outcome == 0)
        printf("blocking_callback: %g saniye bloke etti\n", SLOW_SECONDS);
    return outcome;
}

int demo_monitoring(const struct target *target, struct trouble *trouble)
{
    struct remote remote;
    double before = loop_facts().slow_seconds;
    remote_init(&remote, target);
    loop_set_debug(LIMIT_SECONDS);
    printf("Debug mode: %s\n", loop_facts().debug ? "True" : "False");
    int outcome = run_named("slow_task", slow_task, &remote, "bekledi");
    if (outcome == 0)
        outcome = run_named("blocking_task", blocking_task, NULL, "bloke etti");
    if (outcome == 0)
        outcome = run_callback();
    loop_set_debug(before);
    return remote_report(&remote, outcome, trouble);
}
