/* Üreticilerle tüketicilerin ortak yarısı: öğeler, kuyruk, bir öğeyi üretmek, bir öğeyi işlemek.
 *
 * İki bitirme yolunun (pipeline.c, sentinel.c) farkı yalnız "iş bitti"nin nasıl söylendiğidir.
 */
#ifndef LESSON_12_PIPELINE_H
#define LESSON_12_PIPELINE_H

#include "async/group.h"
#include "async/queue.h"
#include "connection.h"

#define PRODUCE_LONGEST 0.5 /* bir öğenin en uzun üretimi, saniye (çarpansız) */
#define PROCESS_LONGEST 0.3

/* Kuyruktan geçen öğe; kuyruk yalnız işaretçisini taşır, sahibi pipeline.items'tır. */
struct item {
    long producer, number;
    char name[48];
};

struct pipeline {
    struct settings *settings;
    struct queue queue;
    struct item *items;
    struct worker *workers;
    long produced, processed;
};

/* Bir üreticinin ya da tüketicinin argümanı. */
struct worker {
    struct pipeline *pipeline;
    long number;
    struct connection connection;
};

/* 0 ya da -ENOMEM. */
int pipeline_open(struct pipeline *pipeline, struct settings *settings);
void pipeline_close(struct pipeline *pipeline);

/* Gruba üreticileri ya da tüketicileri koyar: hepsi `run(struct worker *)`. 0 ya da -ENOMEM. */
int pipeline_start_producers(struct pipeline *pipeline, struct group *group, int (*run)(void *));
int pipeline_start_consumers(struct pipeline *pipeline, struct group *group, int (*run)(void *));

/* Üreticinin bütün öğeleri: her birini sunucuya ürettirir, kuyruğa koyar; kuyruk doluysa bekler. 0
 * ya da -errno. */
int pipeline_produce(struct worker *worker);

/* Öğeyi sunucuya işletir. 0 ya da -errno. */
int pipeline_process(struct worker *worker, const struct item *item);

/* Öğelerin hepsi üretilip işlenene dek geçebilecek en uzun süre, saniye. */
double pipeline_longest(const struct pipeline *pipeline);

/* Belgenin bitirme yolu (sentinel.c). 0 ya da -errno. */
int pipeline_run_sentinel(struct pipeline *pipeline);

#endif
