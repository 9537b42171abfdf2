#include "job.h"

#include <errno.h>
#include <stdio.h>

#include "base/errtext.h"

/* region: background-task */
/* Belgenin background_task'ı. Beklemek, kendi bağlantısından sunucuya sormaktır; o sırada öteki
 * görevler çalışır. İptal edilince bekleyiş -ECANCELED döndürür, bağlantı her yoldan kapanır. */
static int background_task(void *argument)
{
    struct job *job = argument;
    int outcome = 0;
    ++*job->started;
    for (int i = 0; i < job->count && outcome == 0; i++) {
        printf("%s: %d/%d\n", job->name, i + 1, job->count);
        outcome = remote_wait(&job->remote, job->step, job->name);
    }
    remote_close(&job->remote);
    if (outcome == 0)
        snprintf(job->result, sizeof job->result, "%s tamamlandı", job->name);
    return outcome;
}
/* endregion */

int crew_open(struct crew *crew, const struct target *target, size_t size)
{
    int outcome = 0;
    *crew = (struct crew){0};
    for (size_t i = 0; i < CREW_MOST; i++)
        remote_init(&crew->jobs[i].remote, target);
    for (size_t i = 0; i < size && outcome == 0; i++)
        outcome = remote_connect(&crew->jobs[i].remote);
    return outcome;
}

void crew_add(struct crew *crew, const char *name, int count)
{
    struct job *job = &crew->jobs[crew->count];
    job->count = count;
    job->step = STEP_SECONDS + (double)crew->count * STAGGER_SECONDS;
    job->started = &crew->started;
    snprintf(job->name, sizeof job->name, "%s", name);
    crew->tasks[crew->count++] = task_create(job->name, background_task, job);
}

int crew_release(struct crew *crew, int outcome, struct trouble *trouble)
{
    for (size_t i = 0; i < crew->count; i++)
        task_release(crew->tasks[i]);
    for (size_t i = 0; i < CREW_MOST; i++) {
        remote_close(&crew->jobs[i].remote);
        if (outcome < 0 && !trouble->operation)
            *trouble = crew->jobs[i].remote.trouble;
    }
    if (outcome < 0 && !trouble->operation)
        trouble_set(trouble, "Görev yürütülemedi", error_text(outcome), outcome);
    return outcome;
}
