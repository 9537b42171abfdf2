#include "demos.h"

#include <errno.h>
#include <stdio.h>

#include "async/combine.h"
#include "base/errtext.h"
#include "job.h"

#define SLOW_SECONDS 5.0
#define LIMIT_SECONDS 2.0
#define FAREWELL_SECONDS 0.3

/* region: top-level */
static int top_level_example(const struct target *target, struct trouble *trouble)
{
    struct remote remote;
    remote_init(&remote, target);
    printf("Program başladı\n");
    int outcome = remote_connect(&remote);
    if (outcome == 0)
        outcome = remote_wait(&remote, 1, "program");
    remote_close(&remote);
    *trouble = remote.trouble;
    if (outcome == 0)
        printf("Program bitti\n");
    return outcome;
}
/* endregion */

/* region: task-example */
static int task_example(const struct target *target, struct trouble *trouble)
{
    struct crew crew;
    int outcome = crew_open(&crew, target, 2);
    if (outcome < 0)
        return crew_release(&crew, outcome, trouble);
    crew_add(&crew, "Task-1", 3);
    crew_add(&crew, "Task-2", 2);
    printf("Oluşturulan: %zu task, başlayan: %d\n", crew.count, crew.started);
    outcome = task_yield();
    printf("Sıra bir kez bırakılınca başlayan: %d\n", crew.started);

    if (outcome == 0)
        outcome = task_await(crew.tasks[0], DEADLINE_NONE);
    if (outcome == 0)
        outcome = task_await(crew.tasks[1], DEADLINE_NONE);
    if (outcome == 0)
        printf("Sonuçlar: %s, %s\n", crew.jobs[0].result, crew.jobs[1].result);
    return crew_release(&crew, outcome, trouble);
}
/* endregion */

/* region: gather-example */
/* Sonuçlar bitiş sırasıyla değil, görevlerin sırasıyla yazılır; olmayanın yerinde nedeni durur. */
static void print_results(const struct crew *crew)
{
    printf("Gather sonuçları: [");
    for (size_t i = 0; i < crew->count; i++) {
        const struct job *job = &crew->jobs[i];
        int result = task_result(crew->tasks[i]);
        const char *why = job->remote.trouble.why; /* hiç başlayamayanınki boştur */
        if (result < 0 && why[0] == '\0')
            why = error_text(result);
        printf("%s'%s%s'", i > 0 ? ", " : "", result < 0 ? "HATA: " : "",
               result < 0 ? why : job->result);
    }
    printf("]\n");
}

static int gather_example(const struct target *target, struct trouble *trouble)
{
    struct crew crew;
    int outcome = crew_open(&crew, target, 3);
    if (outcome < 0)
        return crew_release(&crew, outcome, trouble);
    crew_add(&crew, "A", 2);
    crew_add(&crew, "B", 2);
    crew_add(&crew, "C", 2);
    outcome = task_gather(crew.tasks, crew.count, DEADLINE_NONE);
    print_results(&crew);
    return crew_release(&crew, outcome, trouble);
}
/* endregion */

/* Task-1 bir adım, Task-2 iki adım, ... */
static int start_numbered(struct crew *crew, const struct target *target, int count)
{
    char name[32];
    int outcome = crew_open(crew, target, (size_t)count);
    for (int i = 1; i <= count && outcome == 0; i++) {
        snprintf(name, sizeof name, "Task-%d", i);
        crew_add(crew, name, i);
    }
    return outcome;
}

/* region: wait-example */
/* Bitmemişleri iptal eder, sonra bitmelerini bekler: iptal bir istektir, sonu beklenmeden
 * bilinmez. */
static int cancel_pending(const struct crew *crew)
{
    struct task *pending[CREW_MOST];
    size_t count = 0;
    for (size_t i = 0; i < crew->count; i++)
        if (task_cancel(crew->tasks[i]))
            pending[count++] = crew->tasks[i];
    int outcome = task_gather(pending, count, DEADLINE_NONE);
    return outcome == -ECANCELED && !task_cancelling() ? 0 : outcome;
}

static int wait_example(const struct target *target, struct trouble *trouble)
{
    struct crew crew;
    int outcome = start_numbered(&crew, target, 3);
    if (outcome == 0)
        outcome = task_wait(crew.tasks, crew.count, WAIT_FIRST_COMPLETED, DEADLINE_NONE);
    if (outcome > 0) {
        printf("İlk tamamlanan: %d task\n", outcome);
        printf("Devam eden: %d task\n", (int)crew.count - outcome);
        outcome = 0;
    }
    for (size_t i = 0; i < crew.count && outcome == 0; i++)
        if (task_state(crew.tasks[i]) == TASK_DONE)
            outcome = task_result(crew.tasks[i]);
    if (outcome == 0)
        outcome = cancel_pending(&crew);
    return crew_release(&crew, outcome, trouble);
}
/* endregion */

/* region: timeout-example */
/* İptal edilen, bırakıp kaçmaz: kalkanın arkasında bağlantısını düzgün kapatır. task_wait_for
 * bunu da bekler; sınırı geçen iş bu yüzden sınırdan biraz sonra biter. */
static int slow_operation(void *argument)
{
    struct remote *remote = argument;
    int outcome = remote_connect(remote);
    if (outcome == 0)
        outcome = remote_wait(remote, SLOW_SECONDS, "işlem");
    if (outcome == -ECANCELED) {
        task_shield(deadline_after(FAREWELL_SECONDS));
        remote_leave(remote, deadline_after(FAREWELL_SECONDS));
        task_unshield();
    }
    remote_close(remote);
    return outcome;
}

static int timeout_example(const struct target *target, struct trouble *trouble)
{
    struct remote remote;
    remote_init(&remote, target);
    SCOPED_TASK task = task_create("yavaş", slow_operation, &remote);
    int outcome = task_wait_for(task, deadline_after(LIMIT_SECONDS * target->scale));
    *trouble = remote.trouble;
    if (trouble->operation || (outcome < 0 && outcome != -ETIMEDOUT))
        return outcome; /* görevin kendi zaman aşımı da -ETIMEDOUT'tur; onu trouble ayırır */
    printf("%s\n", outcome == 0 ? "Tamamlandı" : "İşlem zaman aşımına uğradı!");
    return 0;
}
/* endregion */

/* region: as-completed-example */
static int as_completed_example(const struct target *target, struct trouble *trouble)
{
    struct crew crew;
    bool taken[CREW_MOST] = {false};
    int outcome = start_numbered(&crew, target, 4);
    for (size_t i = 0; i < crew.count && outcome == 0; i++) {
        int next = task_next_done(crew.tasks, taken, crew.count, DEADLINE_NONE);
        outcome = next < 0 ? next : task_result(crew.tasks[next]);
        if (outcome == 0)
            printf("Tamamlandı: %s\n", crew.jobs[next].result);
    }
    return crew_release(&crew, outcome, trouble);
}
/* endregion */

const struct demo demos[] = {
    {"top-level", "Top Level Example", top_level_example},
    {"task", "Task Example", task_example},
    {"gather", "Gather Example", gather_example},
    {"wait", "Wait Example", wait_example},
    {"timeout", "Timeout Example", timeout_example},
    {"as-completed", "As Completed Example", as_completed_example},
    {"http", "Parallel HTTP Requests", parallel_http_requests},
    {NULL, NULL, NULL},
};
