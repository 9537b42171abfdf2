#include "pipeline.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "async/combine.h"
#include "demos.h"

#define PRODUCE_SHORTEST 0.1
#define PROCESS_SHORTEST 0.1

/* --- ortak yarı --- */

int pipeline_open(struct pipeline *pipeline, struct settings *settings)
{
    *pipeline = (struct pipeline){.settings = settings};
    int outcome = queue_init(&pipeline->queue, (size_t)settings->capacity);
    if (outcome < 0)
        return outcome;
    size_t items = (size_t)settings->producers * (size_t)settings->items;
    size_t workers = (size_t)settings->producers + (size_t)settings->consumers;
    pipeline->items = calloc(items, sizeof *pipeline->items);
    pipeline->workers = calloc(workers, sizeof *pipeline->workers);
    if (pipeline->items && pipeline->workers)
        return 0;
    pipeline_close(pipeline);
    return -ENOMEM;
}

void pipeline_close(struct pipeline *pipeline)
{
    queue_free(&pipeline->queue);
    free(pipeline->items);
    free(pipeline->workers);
}

static int start(struct pipeline *pipeline, struct group *group, struct worker *workers, long count,
                 const char *name, int (*run)(void *))
{
    int outcome = 0;
    for (long i = 0; i < count && outcome == 0; i++) {
        workers[i] = (struct worker){.pipeline = pipeline, .number = i};
        outcome = group_spawn(group, name, run, &workers[i]);
    }
    return outcome;
}

int pipeline_start_producers(struct pipeline *pipeline, struct group *group, int (*run)(void *))
{
    return start(pipeline, group, pipeline->workers, pipeline->settings->producers, "üretici", run);
}

int pipeline_start_consumers(struct pipeline *pipeline, struct group *group, int (*run)(void *))
{
    const struct settings *settings = pipeline->settings;
    return start(pipeline, group, pipeline->workers + settings->producers, settings->consumers,
                 "tüketici", run);
}

/* Tohumdan ve öğeden çıkan bir süre. Kimin ne zaman sorduğuna bağlı değildir: aynı tohum, görevler
 * hangi sırayla çalışırsa çalışsın aynı süreleri verir. (splitmix64'ün son karıştırması.) */
static double duration(const struct pipeline *pipeline, const struct item *item, uint64_t kind,
                       double shortest, double longest)
{
    uint64_t mixed = ((uint64_t)pipeline->settings->seed << 32) ^ ((uint64_t)item->producer << 17) ^
                     ((uint64_t)item->number << 1) ^ kind;
    mixed = (mixed + 0x9e3779b97f4a7c15) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    mixed ^= mixed >> 31;
    double part = (double)(mixed % 1000) / 1000;
    return shortest + (longest - shortest) * part;
}

double pipeline_longest(const struct pipeline *pipeline)
{
    const struct settings *settings = pipeline->settings;
    double produce = (double)settings->items * PRODUCE_LONGEST;
    double process = (double)(settings->items * settings->producers) * PROCESS_LONGEST;
    return (produce + process) * settings->scale;
}

/* region: produce */
int pipeline_produce(struct worker *worker)
{
    struct pipeline *pipeline = worker->pipeline;
    const struct settings *settings = pipeline->settings;
    char reply[REPLY_SIZE];
    for (long i = 0; i < settings->items; i++) {
        struct item *item = &pipeline->items[worker->number * settings->items + i];
        *item = (struct item){.producer = worker->number, .number = i};
        snprintf(item->name, sizeof item->name, "P%ld-Item%ld", worker->number, i);
        double seconds = duration(pipeline, item, 0, PRODUCE_SHORTEST, PRODUCE_LONGEST);
        int outcome = connection_ask(&worker->connection, seconds, reply, "bekle %g %s",
                                     seconds * settings->scale, item->name);
        if (outcome == 0)
            outcome = queue_put(&pipeline->queue, item, DEADLINE_NONE);
        if (outcome < 0)
            return outcome;
        pipeline->produced++;
        printf("Producer %ld üretti: %s\n", worker->number, item->name);
    }
    return 0;
}
/* endregion */

int pipeline_process(struct worker *worker, const struct item *item)
{
    struct pipeline *pipeline = worker->pipeline;
    char reply[REPLY_SIZE];
    double seconds = duration(pipeline, item, 1, PROCESS_SHORTEST, PROCESS_LONGEST);
    int outcome = connection_ask(&worker->connection, seconds, reply, "işle %s %g", item->name,
                                 seconds * pipeline->settings->scale);
    if (outcome < 0)
        return outcome;
    pipeline->processed++;
    printf("Consumer %ld işledi: %s\n", worker->number, item->name);
    return 0;
}

/* --- kuyruğu kapatarak bitirmek --- */

/* region: workers */
static int producer(void *argument)
{
    struct worker *worker = argument;
    int outcome = connection_open(&worker->connection, worker->pipeline->settings);
    if (outcome == 0)
        outcome = pipeline_produce(worker);
    connection_close(&worker->connection);
    return outcome;
}

/* Kuyruk kapanıp boşalınca queue_get -EPIPE verir: iş bitmiştir. Bunu bilmek için kuyruğa özel bir
 * öğe konmaz. */
static int consumer(void *argument)
{
    struct worker *worker = argument;
    struct queue *queue = &worker->pipeline->queue;
    void *item;
    int outcome = connection_open(&worker->connection, worker->pipeline->settings);
    while (outcome == 0 && (outcome = queue_get(queue, &item, DEADLINE_NONE)) == 0) {
        outcome = pipeline_process(worker, item);
        (void)queue_task_done(queue); /* olmadıysa da alınmıştı */
    }
    connection_close(&worker->connection);
    return outcome == -EPIPE ? 0 : outcome;
}
/* endregion */

/* region: pattern */
/* Sıra: üreticiler biter, kuyruk kapanır, kalanlar işlenir (join), tüketiciler biter. Sınırsız
 * beklenebilir, çünkü her sunucu isteğinin kendi sınırı var ve bir tüketicinin hatası bu görevi de
 * iptal eder. */
static int run(struct pipeline *pipeline)
{
    struct group producers;
    struct group consumers;
    group_open(&producers, GROUP_TOGETHER);
    group_open(&consumers, GROUP_TOGETHER);
    int outcome = pipeline_start_consumers(pipeline, &consumers, consumer);
    if (outcome == 0)
        outcome = pipeline_start_producers(pipeline, &producers, producer);
    if (outcome < 0)
        group_cancel(&producers);
    int produced = group_close(&producers, DEADLINE_NONE);
    queue_close(&pipeline->queue);
    if (outcome == 0 && produced == 0)
        outcome = queue_join(&pipeline->queue, DEADLINE_NONE);
    else
        group_cancel(&consumers);
    int consumed = group_close(&consumers, DEADLINE_NONE);
    if (consumed < 0) /* asıl neden bu olabilir: üreticileri de o iptal etmiştir */
        return consumed;
    return produced < 0 ? produced : outcome;
}
/* endregion */

static int run_task(void *argument)
{
    return run(argument);
}

/* region: cancel */
/* Bütünü bir görevde çalıştırır; --cancel verildiyse o kadar sonra iptal eder ve gerçekten
 * bitmesini bekler. İptal üreticilere de tüketicilere de gruplardan geçer. */
static int run_and_cancel(struct pipeline *pipeline)
{
    const struct settings *settings = pipeline->settings;
    SCOPED_TASK whole = task_create("üretim", run_task, pipeline);
    int outcome = task_wait_for(whole, settings->cancel > 0 ? deadline_after(settings->cancel)
                                                            : DEADLINE_NONE);
    if (outcome == -ETIMEDOUT && settings->failure[0] == '\0') {
        printf("Producer-Consumer iptal edildi: %ld öğe üretildi, %ld öğe işlendi\n",
               pipeline->produced, pipeline->processed);
        return 0;
    }
    if (outcome == 0)
        printf("Producer-Consumer işlemi tamamlandı\n");
    return outcome;
}
/* endregion */

int demo_producer_consumer(struct settings *settings)
{
    struct pipeline pipeline;
    int outcome = pipeline_open(&pipeline, settings);
    if (outcome < 0)
        return outcome;
    outcome = settings->sentinel ? pipeline_run_sentinel(&pipeline) : run_and_cancel(&pipeline);
    pipeline_close(&pipeline);
    return outcome;
}
