#include "in_loop.h"

#include <string.h>

#include "check.h"
#include "stubs.h"

#define ROUNDS 20
#define BEGINNING 1000 /* sanal saatin ilk saniyesi */

static char text[4096];
static int waits;

/* Sanal zaman: beklenecek süre kadar saat ileri alınır, çekirdeğe yalnız bakılır. */
static int wait_virtual(struct poller *poller, int timeout)
{
    waits++;
    if (timeout < 0)
        check_failed(CHECK_PLACE("döngüde uyandıracak kimse kalmadı: herkes bekliyor"), false);
    int64_t now = monotonic_ns() + timeout * MS;
    stub_freeze_clock(now / SECOND, now % SECOND);
    return poller_epoll.wait(poller, 0);
}

static int open_virtual(struct poller **poller)
{
    return poller_epoll.open(poller);
}

static void close_virtual(struct poller *poller)
{
    poller_epoll.close(poller);
}

static int add_virtual(struct poller *poller, struct watch *watch)
{
    return poller_epoll.add(poller, watch);
}

static void remove_virtual(struct poller *poller, struct watch *watch)
{
    poller_epoll.remove(poller, watch);
}

const struct poller_kind poller_virtual = {
    .name = "virtual",
    .open = open_virtual,
    .close = close_virtual,
    .add = add_virtual,
    .remove = remove_virtual,
    .wait = wait_virtual,
};

int virtual_waits(void)
{
    return waits;
}

static int run_body(void *argument)
{
    void (*const *body)(void) = argument;
    (*body)();
    return 0;
}

void in_loop(const struct poller_kind *kind, void (*body)(void))
{
    clear_notes();
    waits = 0;
    if (kind == &poller_virtual)
        stub_freeze_clock(BEGINNING, 0);
    CHECK_INT_EQ(loop_run_on(kind, run_body, &body), 0);
    stub_release_clock();
    CHECK_TRUE(loop_current() == NULL);
}

void note(const char *word)
{
    CHECK_BETWEEN(strlen(text) + strlen(word), 0, sizeof text - 1);
    memcpy(text + strlen(text), word, strlen(word) + 1);
}

const char *notes(void)
{
    return text;
}

void clear_notes(void)
{
    text[0] = '\0';
}

void note_call(void *word)
{
    note(word);
}

void let_others_run(void)
{
    for (int i = 0; i < ROUNDS; i++)
        CHECK_INT_EQ(task_yield(), 0);
}

int wait_forever(void *unused)
{
    (void)unused;
    return task_sleep_until(DEADLINE_NONE);
}

int return_number(void *number)
{
    return *(const int *)number;
}

int note_task(void *word)
{
    note(word);
    return 0;
}
