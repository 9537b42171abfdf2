/* Sinyalle düzgün kapanış. Belgenin işleyicisi döngüyü ortasından durdurur; burada durdurulan,
 * çalışan görevdir, döngü kendi yolundan biter. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>

#include "async/signals.h"
#include "demos.h"

struct workshop {
    struct remote remote;
    struct signals signals;
    struct task *worker;
    bool interrupted;
};

static int work(void *argument)
{
    struct remote *remote = argument;
    int outcome;
    while ((outcome = remote_wait(remote, 1, "İş")) == 0)
        printf("Çalışıyor...\n");
    if (outcome == -ECANCELED)
        printf("Task iptal edildi\n");
    return outcome;
}

/* region: signals */
/* İlk sinyalden sonra izlemek bırakılır: kapanış takılırsa ikinci Ctrl-C programı bitirir. */
static int handle_signal(void *argument)
{
    struct workshop *shop = argument;
    int number = signals_next(&shop->signals, DEADLINE_NONE);
    signals_close(&shop->signals);
    if (number < 0)
        return number;
    printf("\nSignal alındı: %s\n", number == SIGINT ? "SIGINT" : "SIGTERM");
    printf("Temiz kapanış yapılıyor...\n");
    shop->interrupted = true;
    task_cancel(shop->worker);
    return 0;
}
/* endregion */

static int work_until_signal(struct workshop *shop)
{
    shop->worker = task_create("çalışan", work, &shop->remote);
    SCOPED_TASK handler = task_create("sinyal", handle_signal, shop);
    if (!handler)
        signals_close(&shop->signals);
    else
        printf("Ctrl+C ile programı durdurun...\n");
    int outcome = handler ? task_await(shop->worker, DEADLINE_NONE) : -ENOMEM;
    task_release(shop->worker);
    return shop->interrupted && outcome == -ECANCELED ? 0 : outcome;
}

int demo_signals(const struct target *target, struct trouble *trouble)
{
    static const int numbers[] = {SIGINT, SIGTERM, 0};
    struct workshop shop = {0};
    remote_init(&shop.remote, target);
    int outcome = remote_connect(&shop.remote);
    if (outcome == 0)
        outcome = signals_open(&shop.signals, numbers);
    if (outcome == 0)
        outcome = work_until_signal(&shop);
    remote_close(&shop.remote);
    return remote_report(&shop.remote, outcome, trouble);
}
