/* Gelecek nesnesi ve geri çağrılar: sonucu bir başkasının koyması.
 *
 * Görevin sonucunu gövdesi döndürür. Gelecek nesnesinin gövdesi yoktur: sonucu bir görev ya da
 * döngünün çağırdığı bir işlev koyar, bekleyenler onunla uyanır.
 */
#include <errno.h>
#include <stdio.h>

#include "async/future.h"
#include "async/group.h"
#include "demos.h"
#include "job.h"

struct promise {
    struct settings *settings;
    struct future future;
    char value[REPLY_SIZE]; /* future'ın sayıdan büyük değeri */
};

/* region: future */
static int set_future_result(void *argument)
{
    struct promise *promise = argument;
    struct remote remote = {0};
    char reply[REPLY_SIZE];
    int outcome = remote_open(&remote, promise->settings);
    if (outcome == 0)
        outcome = remote_ask(&remote, "bekle", 1, "future", reply);
    remote_close(&remote);
    snprintf(promise->value, sizeof promise->value, "Future sonucu!");
    future_set(&promise->future, outcome); /* olmasa da: bekleyen sonsuza dek beklemesin */
    return outcome;
}

int demo_future(struct settings *settings)
{
    struct promise promise = {.settings = settings};
    struct group group;
    future_init(&promise.future);
    group_open(&group, GROUP_INDEPENDENT); /* hata, bekleyene gelecek nesnesinden ulaşsın */
    int outcome = group_spawn(&group, "sonucu koyan", set_future_result, &promise);
    printf("Future bekleniyor...\n");
    if (outcome == 0)
        outcome = future_await(&promise.future, DEADLINE_NONE);
    if (outcome == 0)
        printf("Future sonucu: %s\n", promise.value);
    int closed = group_close(&group, DEADLINE_NONE);
    return closed < 0 ? closed : outcome;
}
/* endregion */

/* --- görevin ömrü --- */

struct life {
    struct task *task;
    struct future seen;
    struct call calls[3];
    int called;
};

static const char *state_text(const struct task *task)
{
    static const char *const texts[] = {
        [TASK_READY] = "hazır",
        [TASK_RUNNING] = "çalışıyor",
        [TASK_WAITING] = "bekliyor",
        [TASK_DONE] = "bitti",
    };
    return texts[task_state(task)];
}

static void look(struct life *life)
{
    char name[TASK_NAME_SIZE];
    int result = task_result(life->task);
    printf("Ad: %s, durum: %s, sonuç: ", task_name(life->task, name), state_text(life->task));
    if (result == -EINPROGRESS)
        printf("henüz yok\n");
    else
        printf("%d\n", result);
}

/* region: callbacks */
/* Döngünün çağırdığı işlevler: kendi görevleri yoktur, bekleyemezler; haber verip dönerler. */
static void announce(void *argument)
{
    struct life *life = argument;
    printf("%d. geri çağrı: durum %s\n", ++life->called, state_text(life->task));
}

static void hand_over(void *argument)
{
    struct life *life = argument;
    announce(life);
    future_set(&life->seen, task_result(life->task));
}
/* endregion */

static int watch_life(struct life *life)
{
    look(life);
    int outcome = task_yield(); /* gövde başlar, ilk bekleyişinde sıra geri gelir */
    look(life);
    task_on_done(life->task, &life->calls[0], announce, life);
    task_on_done(life->task, &life->calls[1], hand_over, life);
    if (outcome == 0) /* görevi değil, geri çağrının koyacağı sonucu bekler */
        outcome = future_await(&life->seen, DEADLINE_NONE);
    if (outcome < 0)
        return outcome;
    look(life);
    printf("Sonucu yeniden koymak: %s\n", future_set(&life->seen, 1) ? "True" : "False");
    printf("Bitmişi iptal etmek: %s\n", task_cancel(life->task) ? "True" : "False");
    task_on_done(life->task, &life->calls[2], announce, life);
    printf("Bitmişe eklenen geri çağrı hemen çalıştı mı: %s\n",
           life->called > 2 ? "True" : "False");
    return task_yield();
}

int demo_life(struct settings *settings)
{
    struct life life = {0};
    struct job job = job_waiting(settings, "Task", 0.5, 1);
    printf("=== Görevin ömrü ===\n");
    future_init(&life.seen);
    life.task = task_create(NULL, job_run, &job);
    int outcome = life.task ? watch_life(&life) : -ENOMEM;
    task_release(life.task);
    return outcome;
}
