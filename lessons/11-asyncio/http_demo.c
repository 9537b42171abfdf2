#include <errno.h>
#include <stdio.h>

#include "async/combine.h"
#include "base/errtext.h"
#include "demos.h"
#include "fetch.h"

#define POSTS 5

/* Belge hatanın metnini yazar; zaman aşımında o metin boştur. Burada neden hep vardır. */
static void print_fetch(const struct fetch *fetch, int outcome)
{
    if (outcome < 0)
        printf("❌ %s: %s\n", fetch->url,
               fetch->trouble.operation ? fetch->trouble.why : error_text(outcome));
    else
        printf("✓ %s: %d (%zu bytes, %zu karakter)\n", fetch->url, fetch->response.status,
               fetch->size, fetch->characters);
}

/* region: parallel-http */
int parallel_http_requests(const struct target *target, struct trouble *trouble)
{
    struct fetch fetches[POSTS];
    struct task *tasks[POSTS];
    for (int i = 0; i < POSTS; i++) {
        fetch_init(&fetches[i], target, i + 1);
        tasks[i] = task_create(fetches[i].path, fetch_task, &fetches[i]);
    }
    int outcome = task_gather(tasks, POSTS, DEADLINE_NONE);
    for (int i = 0; i < POSTS; i++) {
        print_fetch(&fetches[i], task_result(tasks[i]));
        if (!trouble->operation)
            *trouble = fetches[i].trouble;
        task_release(tasks[i]);
    }
    return outcome;
}
/* endregion */
