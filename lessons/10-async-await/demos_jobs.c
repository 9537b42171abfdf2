/* Örnek 1: ikişer saniyelik üç iş. Sırayla altı saniye sürer, birlikte iki. */
#include <stdio.h>
#include <time.h>

#include "base/wait.h"
#include "batch.h"
#include "coroutine.h"
#include "demos.h"
#include "stopwatch.h"

#define JOB_COUNT 3
#define JOB_SECONDS 2.0

static void say(const struct job *job, const char *what)
{
    char now[16];
    struct tm local;
    time_t seconds = time(NULL);
    localtime_r(&seconds, &local);
    strftime(now, sizeof now, "%H:%M:%S", &local);
    printf("[%s] %s %s\n", now, job->name, what);
}

/* region: job */
/* Belgede iki işlevdir: biri time.sleep der, öbürü await asyncio.sleep. Burada gövde aynıdır;
 * bekleyişi kimin yapacağı alışverişin içindedir. */
static int run_job(void *argument)
{
    struct job *job = argument;
    say(job, "başladı");
    int outcome = exchange_run(&job->exchange);
    if (outcome == 0)
        say(job, "bitti");
    return outcome;
}
/* endregion */

static struct batch make_jobs(const struct target *target, struct exchange *report,
                              int (*wait)(int fd, short events, deadline_t deadline))
{
    struct batch batch = {.count = JOB_COUNT, .run = run_job, .report = report};
    for (int i = 0; i < JOB_COUNT; i++) {
        struct job *job = &batch.jobs[i];
        struct exchange *exchange = &job->exchange;
        double delay = JOB_SECONDS * target->scale;
        *exchange = (struct exchange){.target = target, .wait = wait, .delay = delay};
        snprintf(job->name, sizeof job->name, "Task-%d", i + 1);
        snprintf(exchange->question, sizeof exchange->question, "bekle %g Task-%d", delay, i + 1);
        snprintf(exchange->expected, sizeof exchange->expected, "Task-%d tamamlandı", i + 1);
    }
    return batch;
}

/* Belgenin "CPU'yu bloklar" dediği yerde: süre geçer, işlemci harcanmaz. */
static int say_total(const struct stopwatch *start, int outcome)
{
    struct stopwatch spent = stopwatch_read(start);
    if (outcome == 0)
        printf("Toplam süre: %.2f saniye\nİşlemci: %.2f saniye\n", spent.wall, spent.cpu);
    return outcome;
}

/* region: sync-async */
int demo_sync(const struct target *target, struct exchange *report)
{
    struct batch batch = make_jobs(target, report, wait_fd);
    struct stopwatch start = stopwatch_start();
    puts("=== Senkron Çalıştırma ===");
    return say_total(&start, batch_in_turn(&batch));
}

int demo_async(const struct target *target, struct exchange *report)
{
    struct batch batch = make_jobs(target, report, coroutine_wait_fd);
    struct stopwatch start = stopwatch_start();
    puts("=== Asenkron Çalıştırma ===");
    return say_total(&start, coroutine_run(batch_together, &batch));
}
/* endregion */
