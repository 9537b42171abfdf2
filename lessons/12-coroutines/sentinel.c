/* Belgenin bitirme yolu: kuyruğa "bitti" anlamında boş bir öğe (None, burada NULL) koymak.
 *
 * İki yanlışı da görmek için buradadır: ilk biten üreticinin NULL'ı, öteki üretici daha üretirken
 * tüketicileri yollar; NULL'lar için queue_task_done denmediğinden queue_join hiç bitmez. Belgenin
 * programı orada sonsuza dek bekler, bu program sınırlı bekleyip sayar.
 */
#include <errno.h>
#include <stdio.h>

#include "async/combine.h"
#include "pipeline.h"

/* Beklemeye eklenen pay, saniye: sunucunun ve bağlanmanın kendi süreleri. */
#define SLACK_SECONDS 0.5

/* region: sentinel-workers */
static int producer(void *argument)
{
    struct worker *worker = argument;
    int outcome = connection_open(&worker->connection, worker->pipeline->settings);
    if (outcome == 0)
        outcome = pipeline_produce(worker);
    if (outcome == 0)
        outcome = queue_put(&worker->pipeline->queue, NULL, DEADLINE_NONE); /* "ben bittim" */
    connection_close(&worker->connection);
    return outcome;
}

static int consumer(void *argument)
{
    struct worker *worker = argument;
    struct queue *queue = &worker->pipeline->queue;
    void *item;
    int outcome = connection_open(&worker->connection, worker->pipeline->settings);
    while (outcome == 0 && (outcome = queue_get(queue, &item, DEADLINE_NONE)) == 0) {
        if (!item) { /* "herkes bitti" sanılıyor; NULL öteki tüketiciler için geri konuyor */
            outcome = queue_put(queue, NULL, DEADLINE_NONE);
            break; /* alınan NULL için queue_task_done yok */
        }
        outcome = pipeline_process(worker, item);
        (void)queue_task_done(queue);
    }
    connection_close(&worker->connection);
    return outcome;
}
/* endregion */

static int run(void *argument)
{
    struct pipeline *pipeline = argument;
    struct group producers;
    struct group consumers;
    group_open(&producers, GROUP_TOGETHER);
    group_open(&consumers, GROUP_TOGETHER);
    int outcome = pipeline_start_consumers(pipeline, &consumers, consumer);
    if (outcome == 0)
        outcome = pipeline_start_producers(pipeline, &producers, producer);
    int produced = group_close(&producers, DEADLINE_NONE);
    if (outcome == 0 && produced == 0)
        outcome = queue_join(&pipeline->queue, DEADLINE_NONE); /* dönmez */
    group_cancel(&consumers);
    int consumed = group_close(&consumers, DEADLINE_NONE);
    return consumed < 0 ? consumed : produced < 0 ? produced : outcome;
}

int pipeline_run_sentinel(struct pipeline *pipeline)
{
    double patience = pipeline_longest(pipeline) + SLACK_SECONDS;
    SCOPED_TASK whole = task_create("üretim", run, pipeline);
    int outcome = task_wait_for(whole, deadline_after(patience));
    if (outcome < 0 && outcome != -ETIMEDOUT)
        return outcome;
    if (pipeline->settings->failure[0] != '\0')
        return outcome;
    printf("%ld öğeden %ld tanesi işlendi, join %s\n", pipeline->produced, pipeline->processed,
           outcome == 0 ? "bitti" : "bitmedi");
    return 0;
}
