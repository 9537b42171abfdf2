/* İkinci döngü gerektiren gösteriler: özel politika ve başka iş parçacığında döngü. Bir iş
 * parçacığında tek döngü sürer; ikincisi kendi iş parçacığını ister. */
#include <errno.h>
#include <stdio.h>

#include "demos.h"
#include "loop_thread.h"

/* Ana döngünün nabzı: görevler çalışabiliyor mu? */
#define BEAT_SECONDS 0.4

/* --- özel politika --- */

struct policy_work {
    struct remote remote;
    const struct policy *policy;
};

static int ask_on_own_loop(void *argument)
{
    struct policy_work *work = argument;
    printf("Loop tipi: %s\n", loop_facts().backend);
    int outcome = remote_wait_once(&work->remote, 0.5, work->policy->name);
    if (outcome == 0)
        printf("Sonuç: %s\n", work->remote.reply);
    return outcome;
}

int demo_policy(const struct target *target, struct trouble *trouble)
{
    int outcome = 0;
    for (const struct policy *const *each = policies; *each && outcome == 0; each++) {
        struct policy_work work = {.policy = *each};
        struct loop_thread thread = {
            .name = "PolicyThread", .policy = *each, .run = ask_on_own_loop, .argument = &work};
        remote_init(&work.remote, target);
        outcome = loop_thread_start(&thread);
        if (outcome == 0)
            outcome = remote_report(&work.remote, loop_thread_await(&thread), trouble);
    }
    return outcome;
}

/* --- başka iş parçacığında döngü --- */

struct heart {
    struct remote remote;
    int beats;
    bool stopping; /* yoldaki yanıttan sonra başka istek gönderilmez */
};

static int beat(void *argument)
{
    struct heart *heart = argument;
    int outcome = 0;
    while ((outcome = remote_wait(&heart->remote, BEAT_SECONDS, "Nabız")) == 0 && !heart->stopping)
        printf("Nabız %d\n", ++heart->beats);
    return outcome;
}

static int async_task_in_thread(void *argument)
{
    struct remote *remote = argument;
    char name[16];
    printf("Async task çalışıyor (thread: %s)\n", thread_name(name));
    return remote_wait_once(remote, 1, "Thread");
}

/* region: threading */
/* `heart` görevinin bağlantısı açıktır. */
static int run_thread_beside(struct heart *heart, struct remote *remote)
{
    struct loop_thread thread = {.name = "AsyncThread",
                                 .policy = &policy_usual,
                                 .run = async_task_in_thread,
                                 .argument = remote};
    SCOPED_TASK task = task_create("nabız", beat, heart);
    int outcome = task ? task_yield() : -ENOMEM; /* nabız ilk isteğini gönderir */
    if (outcome == 0)
        outcome = loop_thread_start(&thread);
    if (outcome < 0)
        return outcome;
    if (remote->target->join)
        loop_thread_join(&thread); /* belgenin thread.join()'i */
    else
        outcome = loop_thread_await(&thread);
    printf("Thread çalışırken nabız: %d\n", heart->beats);
    if (remote->target->join)
        outcome = loop_thread_await(&thread);
    if (outcome < 0) {
        (void)task_result(task); /* nabzın sorunu da aynı nedendendir */
        return outcome;
    }
    printf("Thread'den sonuç: %s\n", remote->reply);
    heart->stopping = true;
    return task_await(task, DEADLINE_NONE);
}
/* endregion */

int demo_threading(const struct target *target, struct trouble *trouble)
{
    char name[16];
    struct remote remote;
    struct heart heart = {0};
    remote_init(&remote, target);
    remote_init(&heart.remote, target);
    printf("Ana thread: %s\n", thread_name(name));
    int outcome = remote_connect(&heart.remote);
    if (outcome == 0)
        outcome = run_thread_beside(&heart, &remote);
    remote_close(&heart.remote);
    (void)remote_report(&remote, outcome, trouble);
    return remote_report(&heart.remote, outcome, trouble);
}
