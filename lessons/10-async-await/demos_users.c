/* Örnek 2: kullanıcıları birer birer ve birlikte getirmek; senkron ile asenkronun birbirini
 * çağırması. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "batch.h"
#include "coroutine.h"
#include "demos.h"
#include "stopwatch.h"

#define USER_COUNT 5
#define USER_SECONDS 0.5

static void ask_user(struct exchange *exchange, const struct target *target, int user)
{
    double delay = USER_SECONDS * target->scale;
    *exchange = (struct exchange){.target = target, .wait = coroutine_wait_fd, .delay = delay};
    if (target->scale == 1)
        snprintf(exchange->question, sizeof exchange->question, "kullanıcı %d", user);
    else
        snprintf(exchange->question, sizeof exchange->question, "kullanıcı %d %g", user, delay);
    snprintf(exchange->expected, sizeof exchange->expected, "{\"id\": %d, \"name\": \"User-%d\"}",
             user, user);
}

/* region: fetch */
/* Adında da türünde de asenkron olduğunu gösteren bir şey yoktur: bekleyen, en dipteki çağrıdır. */
static int fetch_user(void *argument)
{
    struct job *job = argument;
    return exchange_run(&job->exchange);
}
/* endregion */

int demo_one_user(const struct target *target, struct exchange *report)
{
    struct batch batch = {.count = 1, .run = fetch_user, .report = report};
    ask_user(&batch.jobs[0].exchange, target, 1);
    int outcome = coroutine_run(batch_together, &batch);
    if (outcome == 0)
        printf("Tek kullanıcı: %s\n", batch.jobs[0].exchange.expected);
    return outcome;
}

static struct batch make_users(const struct target *target, struct exchange *report)
{
    struct batch batch = {.count = USER_COUNT, .run = fetch_user, .report = report};
    for (int i = 0; i < USER_COUNT; i++)
        ask_user(&batch.jobs[i].exchange, target, i + 1);
    return batch;
}

/* Takım iki kez, aynı döngünün içinde: önce sıralı, sonra birlikte. */
static int fetch_both_ways(void *argument)
{
    struct stopwatch start = stopwatch_start();
    int outcome = batch_in_turn(argument);
    if (outcome == 0) {
        printf("Birer birer: %.2f saniye\n", stopwatch_read(&start).wall);
        start = stopwatch_start();
        outcome = batch_together(argument);
    }
    if (outcome == 0)
        printf("Birlikte: %.2f saniye\n", stopwatch_read(&start).wall);
    return outcome;
}

int demo_many_users(const struct target *target, struct exchange *report)
{
    struct batch batch = make_users(target, report);
    int outcome = coroutine_run(fetch_both_ways, &batch);
    if (outcome == 0)
        printf("Çoklu kullanıcı: %d kullanıcı çekildi\n", batch.count);
    return outcome;
}

/* region: calls */
/* Sıradan bir işlev: eş yordam başlatmak için döngüyü kendisi kurar. Süren bir döngünün içinden
 * çağrılırsa kuramaz: iş parçacığının beklemesi, içinde olduğu döngünün de beklemesi demektir. */
static int call_async(struct batch *batch)
{
    return coroutine_run(batch_together, batch);
}

static int call_inside_loop(void *argument)
{
    struct batch *batch = argument;
    size_t length = strlen("test"); /* sıradan işlev: hemen döner */
    int outcome = fetch_user(&batch->jobs[0]);
    if (outcome < 0) {
        *batch->report = batch->jobs[0].exchange;
        return outcome;
    }
    printf("Async'ten sync: %zu, %s\n", length, batch->jobs[0].exchange.expected);
    if (call_async(batch) == -EBUSY)
        puts("Süren döngünün içinde coroutine_run: olmaz, bu iş parçacığında döngü zaten sürüyor");
    return 0;
}

int demo_calls(const struct target *target, struct exchange *report)
{
    struct batch batch = {.count = 1, .run = fetch_user, .report = report};
    ask_user(&batch.jobs[0].exchange, target, 1);
    int outcome = call_async(&batch);
    if (outcome < 0)
        return outcome;
    printf("Sync'ten async: %s\n", batch.jobs[0].exchange.expected);
    if (coroutine_wait_fd(-1, POLLIN, 0) == -EPERM)
        puts("Döngü yokken coroutine_wait_fd: olmaz, duracak bir eş yordam yok");
    return coroutine_run(call_inside_loop, &batch);
}
/* endregion */
