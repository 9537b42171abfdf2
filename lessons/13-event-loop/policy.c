#include "policy.h"

#include <stdio.h>
#include <string.h>

#include "async/loop.h"

static const struct poller_kind *usual(void)
{
    return &poller_epoll;
}

/* region: policy */
/* Belgenin super().new_event_loop() çağrısı: olağanın verdiğini duyurup verir. */
static const struct poller_kind *custom_epoll(void)
{
    const struct poller_kind *kind = usual();
    printf("Yeni event loop oluşturuldu\n");
    return kind;
}
/* endregion */

static const struct poller_kind *custom_poll(void)
{
    printf("Yeni event loop oluşturuldu\n");
    return &poller_poll;
}

const struct policy policy_usual = {"olağan", usual};
static const struct policy epoll_policy = {"epoll", custom_epoll};
static const struct policy poll_policy = {"poll", custom_poll};
const struct policy *const policies[] = {&epoll_policy, &poll_policy, NULL};

int policy_run(const struct policy *policy, int (*run)(void *argument), void *argument)
{
    return loop_run_on(policy->new_event_loop(), run, argument);
}

const struct policy *policy_named(const char *name)
{
    for (const struct policy *const *each = policies; name && *each; each++)
        if (strcmp((*each)->name, name) == 0)
            return *each;
    return NULL;
}
