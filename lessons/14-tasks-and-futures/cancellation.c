/* İptal: istek, temizlik, son.
 *
 * İptal edilen görevin bekleyişi -ECANCELED döndürür ve ondan sonraki her bekleyişi de. Veda etmek
 * isteyen görev bunun için bir kalkan açar; kalkanın da sınırı vardır.
 */
#include <errno.h>
#include <stdio.h>

#include "async/task.h"
#include "base/errtext.h"
#include "remote.h"
#include "demos.h"

#define STEPS 10
#define STEP_SECONDS 0.5
#define CLEANUP_SECONDS 0.1

/* Belgede 2: dördüncü adımın tam sonu. Yanıtla iptalin hangisinin önce geleceği belli olsun diye
 * burada adımın ortası. */
#define PATIENCE_SECONDS 1.75

/* Vedaya tanınan süre; çarpılmaz. */
#define FAREWELL_SECONDS 1.0

struct worker {
    struct settings *settings;
    const char *name;
    struct remote remote;
};

/* region: clean-up */
/* Sunucu hâlâ bizim için çalışıyor: bırakmasını söylemeden gitmek, onu boşuna uğraştırmaktır.
 * Kalkan olmasaydı bu bekleyiş de -ECANCELED verirdi; sınırı olmasaydı susan bir sunucu iptali
 * engellerdi. */
static void clean_up(struct worker *worker)
{
    printf("%s iptal edildi!\n", worker->name);
    worker->remote.leaving = true;
    task_shield(deadline_after(FAREWELL_SECONDS));
    int outcome = remote_withdraw(&worker->remote, CLEANUP_SECONDS);
    task_unshield();
    printf("%s cleanup %s\n", worker->name, outcome == 0 ? "tamamlandı" : "yarıda kaldı");
}
/* endregion */

/* region: cancellable-task */
static int cancellable_task(void *argument)
{
    struct worker *worker = argument;
    char reply[REPLY_SIZE];
    int outcome = remote_open(&worker->remote, worker->settings);
    if (outcome < 0)
        return outcome;
    for (int i = 0; i < STEPS && outcome == 0; i++) {
        printf("%s: adım %d\n", worker->name, i + 1);
        outcome = remote_ask(&worker->remote, "bekle", STEP_SECONDS, worker->name, reply);
    }
    if (outcome == -ECANCELED)
        clean_up(worker);
    remote_close(&worker->remote);
    return outcome; /* iptal, iptal olarak bildirilir */
}
/* endregion */

/* region: cancellation */
int demo_cancellation(struct settings *settings)
{
    struct worker worker = {.settings = settings, .name = "Cancellable"};
    SCOPED_TASK task = task_create("cancellable", cancellable_task, &worker);
    int outcome = task_await(task, deadline_after(PATIENCE_SECONDS * settings->scale));
    if (outcome != -ETIMEDOUT || task_state(task) == TASK_DONE)
        return outcome; /* iptale gerek kalmadan bitti */
    task_cancel(task);  /* yalnız istek: görev daha bir şey duymadı */
    outcome = task_await(task, DEADLINE_NONE);
    if (outcome == -ECANCELED && !task_cancelling())
        printf("Task başarıyla iptal edildi\n");
    return outcome == -ECANCELED ? 0 : outcome;
}
/* endregion */

/* --- iptal sürer --- */

static int try_waiting(struct worker *worker, int number)
{
    char reply[REPLY_SIZE];
    int outcome = remote_ask(&worker->remote, "bekle", 5, worker->name, reply);
    printf("%d. bekleyiş: %s\n", number, outcome == 0 ? "tamam" : error_text(outcome));
    return outcome;
}

/* region: level-body */
/* İki kez iptal edilen görev: iki istek de geri alınana dek bekleyemez. */
static int twice_cancelled(void *argument)
{
    struct worker *worker = argument;
    (void)try_waiting(worker, 1); /* istek yola çıktı, yanıtı beklerken iptal geldi */
    (void)try_waiting(worker, 2); /* istek yola bile çıkmaz */
    printf("task_uncancel: kalan istek %d\n", task_uncancel());
    (void)try_waiting(worker, 3);
    printf("task_uncancel: kalan istek %d\n", task_uncancel());
    int outcome = remote_withdraw(&worker->remote, 0);
    printf("4. bekleyiş: %s\n", outcome == 0 ? "tamam" : error_text(outcome));
    return outcome;
}
/* endregion */

int demo_level(struct settings *settings)
{
    struct worker worker = {.settings = settings, .name = "işçi"};
    printf("=== İptal sürer ===\n");
    int outcome = remote_open(&worker.remote, settings);
    if (outcome < 0)
        return outcome;
    {
        SCOPED_TASK task = task_create("iki kez iptal edilen", twice_cancelled, &worker);
        outcome = task_await(task, deadline_after(0.1 * settings->scale));
        bool timed_out = outcome == -ETIMEDOUT && task_state(task) != TASK_DONE;
        if (timed_out) {
            task_cancel(task);
            task_cancel(task);
            outcome = task_await(task, DEADLINE_NONE);
        }
        if (timed_out && outcome == 0)
            printf("Görevin sonucu: %d, iptal edilmiş mi: %s\n", outcome,
                   task_result(task) == -ECANCELED ? "True" : "False");
    }
    remote_close(&worker.remote);
    return outcome;
}
