/* Döngünün durumu, gelecek nesnesi ve geri çağrısı, zamanlanmış çağrılar. */
#include <errno.h>
#include <stdio.h>

#include "async/future.h"
#include "async/loop.h"
#include "demos.h"

static const char *yes_or_no(bool value)
{
    return value ? "True" : "False";
}

int demo_info(const struct target *target, struct trouble *trouble)
{
    (void)target, (void)trouble;
    struct loop_facts facts = loop_facts();
    printf("Loop tipi: %s\n", facts.backend);
    printf("Running: %s\n", yes_or_no(facts.running));
    printf("Closed: %s\n", yes_or_no(loop_current() == NULL));
    printf("Debug mode: %s\n", yes_or_no(facts.debug));
    return 0;
}

/* --- gelecek nesnesi ve geri çağrı --- */

struct example {
    struct remote remote;
    struct future future;
    struct call call;
};

/* Sonucu koyan: belgede call_later'ın bir saniye sonra çağırdığı set_result, burada sunucunun bir
 * saniye sonra gelen yanıtı. */
static int set_result_later(void *argument)
{
    struct example *example = argument;
    int outcome = remote_wait_once(&example->remote, 1, "Callback");
    future_set(&example->future, outcome);
    return 0; /* sonuç gelecek nesnesindedir */
}

static void callback_function(void *argument)
{
    const struct example *example = argument;
    if (example->future.result < 0)
        printf("Callback çağrıldı! Hata: %s\n", example->remote.trouble.why);
    else
        printf("Callback çağrıldı! Sonuç: %s\n", example->remote.reply);
}

/* region: callback-example */
static int callback_example(void *argument)
{
    struct example *example = argument;
    future_on_done(&example->future, &example->call, callback_function, example);
    SCOPED_TASK setter = task_create("set_result", set_result_later, example);
    if (!setter) /* sonucu koyacak kimse yok */
        future_set(&example->future, -ENOMEM);
    return future_await(&example->future, DEADLINE_NONE);
}
/* endregion */

int demo_callback(const struct target *target, struct trouble *trouble)
{
    struct example example = {0};
    remote_init(&example.remote, target);
    future_init(&example.future);
    SCOPED_TASK task = task_create("callback_example", callback_example, &example);
    int outcome = task_await(task, DEADLINE_NONE);
    loop_call_cancel(&example.call); /* bu yığında duruyor: dönmeden sıradan çıkmalı */
    if (outcome == 0)
        printf("Sonuç: %s\n", example.remote.reply);
    return remote_report(&example.remote, outcome, trouble);
}

/* --- zamanlanmış çağrılar --- */

struct scheduled {
    struct call call;
    const char *name;
    int64_t began;
};

/* loop.time()'ın başı anlamsız olduğu için zaman, gösterinin başından sayılır. */
static void scheduled_callback(void *argument)
{
    const struct scheduled *scheduled = argument;
    double elapsed = (double)(monotonic_ns() - scheduled->began) / 1e9;
    printf("[%.2f] %s çağrıldı\n", elapsed, scheduled->name);
}

/* region: scheduling */
static int schedule_and_wait(struct remote *remote)
{
    static const char *const names[] = {"call_soon", "call_later (1s)", "call_later (2s)",
                                        "call_at (3s)"};
    double scale = remote->target->scale;
    struct scheduled all[4] = {0};
    for (size_t i = 0; i < 4; i++) {
        all[i].name = names[i];
        all[i].began = monotonic_ns();
    }
    loop_call_soon(&all[0].call, scheduled_callback, &all[0]);
    loop_call_later(&all[1].call, 1 * scale, scheduled_callback, &all[1]);
    loop_call_later(&all[2].call, 2 * scale, scheduled_callback, &all[2]);
    loop_call_at(&all[3].call, deadline_after(3 * scale), scheduled_callback, &all[3]);
    int outcome = remote_wait(remote, 4, "Scheduling");
    for (size_t i = 0; i < 4; i++) /* bu yığında duruyorlar: dönmeden geri çekilirler */
        loop_call_cancel(&all[i].call);
    return outcome;
}
/* endregion */

int demo_scheduling(const struct target *target, struct trouble *trouble)
{
    struct remote remote;
    remote_init(&remote, target);
    int outcome = remote_connect(&remote);
    if (outcome == 0)
        outcome = schedule_and_wait(&remote);
    remote_close(&remote);
    return remote_report(&remote, outcome, trouble);
}
