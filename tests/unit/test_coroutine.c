/* Ders 10'un döngüsü: eş yordamların sırası, bekleyişleri, sonları. */
#include "../../lessons/10-async-await/coroutine.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "check.h"
#include "child.h"
#include "stubs.h"

/* Takılan bir beklemeyi ele veren, olağan koşuda hiç dolmayan sınır. */
#define PATIENCE deadline_after(20)

/* poll'ün ve mprotect'in vereceği hata; 0: olağan işlerini yaparlar (meson.build, --wrap). */
static int poll_error;
static int mprotect_error;

/* NOLINTBEGIN(bugprone-reserved-identifier) */
int __real_poll(struct pollfd *fds, nfds_t count, int milliseconds);
int __wrap_poll(struct pollfd *fds, nfds_t count, int milliseconds);

int __wrap_poll(struct pollfd *fds, nfds_t count, int milliseconds)
{
    if (poll_error == 0)
        return __real_poll(fds, count, milliseconds);
    errno = poll_error;
    return -1;
}

int __real_mprotect(void *at, size_t size, int protection);
int __wrap_mprotect(void *at, size_t size, int protection);

int __wrap_mprotect(void *at, size_t size, int protection)
{
    if (mprotect_error == 0)
        return __real_mprotect(at, size, protection);
    errno = mprotect_error;
    return -1;
}
/* NOLINTEND(bugprone-reserved-identifier) */

/* Olanların sırası. */
static char story[256];

static void tell(const char *event)
{
    size_t used = strlen(story);
    snprintf(story + used, sizeof story - used, "%s%s", used ? " " : "", event);
}

/* Döngüyü baştan sona koşar, sonucu beklenen olmalı. */
static void run_expecting(int expected, int (*run)(void *), void *argument)
{
    story[0] = '\0';
    CHECK_INT_EQ(coroutine_run(run, argument), expected);
}

static int return_argument(void *argument)
{
    return *(int *)argument;
}

/* Birbirine bağlı, bloke etmeyen iki soket. */
struct ends {
    int near;
    int far;
};

static struct ends open_ends(void)
{
    int fds[2];
    CHECK_INT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
    return (struct ends){fds[0], fds[1]};
}

static void close_ends(struct ends ends)
{
    close(ends.near);
    close(ends.far);
}

/* --- başlamak, bitmek, sonucu almak */

static void run_gives_the_result_of_the_main_coroutine(void)
{
    int value = 42;
    run_expecting(42, return_argument, &value);
    value = -EIO;
    run_expecting(-EIO, return_argument, &value);
}

static int tell_begin_end(void *name)
{
    tell(name);
    CHECK_INT_EQ(coroutine_sleep(0), 0);
    tell(name);
    return 0;
}

static int spawn_two(void *unused)
{
    (void)unused;
    struct coroutine *a = coroutine_spawn(tell_begin_end, "a");
    struct coroutine *b = coroutine_spawn(tell_begin_end, "b");
    tell("doğdular");
    CHECK_INT_EQ(coroutine_await(b), 0);
    tell("b'den sonra");
    CHECK_INT_EQ(coroutine_await(a), 0);
    return 0;
}

static void spawned_starts_when_its_spawner_waits_and_they_take_turns(void)
{
    run_expecting(0, spawn_two, NULL);
    CHECK_TEXT_EQ(story, "doğdular a b a b b'den sonra");
}

static int await_results(void *unused)
{
    (void)unused;
    int values[] = {3, -ENOENT};
    struct coroutine *early = coroutine_spawn(return_argument, &values[0]);
    struct coroutine *late = coroutine_spawn(return_argument, &values[1]);
    CHECK_INT_EQ(coroutine_sleep(0), 0); /* ikisi de bitti */
    CHECK_INT_EQ(coroutine_await(late), -ENOENT);
    CHECK_INT_EQ(coroutine_await(early), 3);
    CHECK_INT_EQ(coroutine_await(NULL), -ENOMEM);
    return 0;
}

static void await_of_a_finished_coroutine_gives_its_result(void)
{
    run_expecting(0, await_results, NULL);
}

static int sleep_then_tell(void *unused)
{
    (void)unused;
    CHECK_INT_EQ(coroutine_sleep(deadline_after(0.02)), 0);
    tell("arkadaki bitti");
    return 0;
}

static int leave_one_behind(void *unused)
{
    (void)unused;
    coroutine_detach(coroutine_spawn(sleep_then_tell, NULL));
    tell("ana bitti");
    return 7;
}

static void run_waits_for_those_left_behind(void)
{
    run_expecting(7, leave_one_behind, NULL);
    CHECK_TEXT_EQ(story, "ana bitti arkadaki bitti");
}

/* --- olmayacak çağrılar */

static int run_inside(void *unused)
{
    int value = 1;
    (void)unused;
    CHECK_INT_EQ(coroutine_run(return_argument, &value), -EBUSY);
    CHECK_INT_EQ(coroutine_sleep(0), 0); /* dıştaki döngü bozulmadı */
    return 0;
}

static void run_inside_a_running_loop_is_refused(void)
{
    run_expecting(0, run_inside, NULL);
    run_expecting(0, run_inside, NULL);
}

static void outside_a_coroutine_nothing_waits(void)
{
    int value = 0;
    CHECK_INT_EQ(coroutine_sleep(PATIENCE), -EPERM);
    CHECK_INT_EQ(coroutine_wait_fd(0, POLLIN, PATIENCE), -EPERM);
    CHECK_TRUE(coroutine_spawn(return_argument, &value) == NULL);
}

static struct coroutine *first, *second;

static int await_second(void *unused)
{
    (void)unused;
    return coroutine_await(second);
}

static int await_first(void *unused)
{
    (void)unused;
    CHECK_INT_EQ(coroutine_await(second), -EDEADLK); /* kendisi */
    CHECK_INT_EQ(coroutine_await(first), -EDEADLK);  /* onu bekleyen */
    return 5;
}

static int await_each_other(void *unused)
{
    (void)unused;
    first = coroutine_spawn(await_second, NULL);
    second = coroutine_spawn(await_first, NULL);
    return coroutine_await(first);
}

static void awaiting_in_a_circle_is_refused(void)
{
    run_expecting(5, await_each_other, NULL);
}

static int spawn_without_memory(void *unused)
{
    (void)unused;
    int value = 9;
    struct coroutine *made[64];
    size_t count = 0;
    stub_fill_memory(true);
    while (count < 64 && (made[count] = coroutine_spawn(return_argument, &value)))
        count++;
    stub_fill_memory(false);
    CHECK_BETWEEN(count, 0, 63);
    while (count > 0)
        CHECK_INT_EQ(coroutine_await(made[--count]), 9);
    return 0;
}

static void without_memory_nothing_is_spawned(void)
{
    run_expecting(0, spawn_without_memory, NULL);
}

static int spawn_without_a_stack(void *unused)
{
    (void)unused;
    int value = 4;
    mprotect_error = ENOMEM;
    CHECK_INT_EQ(coroutine_await(coroutine_spawn(return_argument, &value)), -ENOMEM);
    mprotect_error = 0;
    return coroutine_await(coroutine_spawn(return_argument, &value));
}

static void without_a_guarded_stack_nothing_is_spawned(void)
{
    int value = 4;
    run_expecting(4, spawn_without_a_stack, NULL);
    mprotect_error = ENOMEM;
    run_expecting(-ENOMEM, return_argument, &value);
    mprotect_error = 0;
    run_expecting(4, return_argument, &value);
}

/* --- durup sürmek */

/* Her derinlikte yerel değişkenler ve bir bekleyiş; dönerken hepsi yerinde mi? */
static long dive(long depth, long seed)
{
    volatile long here = seed * 31 + depth;
    double fraction = (double)here / 3;
    long below = 0;
    if (depth > 0)
        below = dive(depth - 1, seed);
    CHECK_INT_EQ(coroutine_sleep(0), 0);
    CHECK_INT_EQ(here, seed * 31 + depth);
    CHECK_TRUE(fraction == (double)(seed * 31 + depth) / 3);
    return below + 1;
}

static int dive_deep(void *argument)
{
    return (int)dive(20, *(long *)argument);
}

static int dive_together(void *unused)
{
    (void)unused;
    long seeds[50];
    struct coroutine *divers[50];
    for (int i = 0; i < 50; i++) {
        seeds[i] = i;
        divers[i] = coroutine_spawn(dive_deep, &seeds[i]);
    }
    for (int i = 0; i < 50; i++)
        CHECK_INT_EQ(coroutine_await(divers[i]), 21);
    return 0;
}

static void locals_survive_the_waits_at_every_depth(void)
{
    run_expecting(0, dive_together, NULL);
}

/* Yığının tepesinden bu kadar aşağı: kendi yığınının sınırı geçilir, komşununki geçilmez. */
#define TOO_DEEP ((uintptr_t)(300 * 1024))

static int descend(uintptr_t top)
{
    volatile char room[1024] = {0};
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    return top - here < TOO_DEEP ? descend(top) + room[here % sizeof room] : 0;
}

/* Hemen altındaki yığın, ondan sonra doğanındır. */
static int overflow(void *unused)
{
    (void)unused;
    int value = 0;
    struct coroutine *neighbour = coroutine_spawn(return_argument, &value);
    int depth = descend((uintptr_t)__builtin_frame_address(0));
    return coroutine_await(neighbour) + depth;
}

static void run_overflow(void *unused)
{
    (void)unused;
    coroutine_run(overflow, NULL);
}

static void overflowing_stack_hits_the_guard_page(void)
{
    struct child_end end = child_run(run_overflow, NULL);
    CHECK_TRUE(end.signal == SIGSEGV || strstr(end.err, "stack-overflow"));
}

/* --- beklemek */

struct sleeper {
    const char *name;
    deadline_t when;
};

static int sleep_until(void *argument)
{
    const struct sleeper *sleeper = argument;
    CHECK_INT_EQ(coroutine_sleep(sleeper->when), 0);
    CHECK_BETWEEN(monotonic_ns(), sleeper->when, INT64_MAX);
    tell(sleeper->name);
    return 0;
}

static int sleep_apart(void *unused)
{
    (void)unused;
    deadline_t now = monotonic_ns();
    struct sleeper sleepers[] = {
        {"geç", now + 300000000}, {"erken", now + 20000000}, {"orta", now + 150000000}};
    struct coroutine *running[3];
    for (int i = 0; i < 3; i++)
        running[i] = coroutine_spawn(sleep_until, &sleepers[i]);
    for (int i = 0; i < 3; i++)
        CHECK_INT_EQ(coroutine_await(running[i]), 0);
    return 0;
}

static void sleepers_wake_at_their_own_times(void)
{
    run_expecting(0, sleep_apart, NULL);
    CHECK_TEXT_EQ(story, "erken orta geç");
}

static int write_later(void *argument)
{
    const struct ends *ends = argument;
    tell("yazılacak");
    CHECK_INT_EQ(write(ends->far, "x", 1), 1);
    return 0;
}

static int wait_readable(void *argument)
{
    struct ends *ends = argument;
    struct coroutine *writer = coroutine_spawn(write_later, ends);
    CHECK_INT_EQ(coroutine_wait_fd(ends->near, POLLIN, PATIENCE), POLLIN);
    tell("okunur");
    return coroutine_await(writer);
}

static void readiness_ends_the_wait(void)
{
    struct ends ends = open_ends();
    run_expecting(0, wait_readable, &ends);
    CHECK_TEXT_EQ(story, "yazılacak okunur");
    close_ends(ends);
}

static int wait_in_vain(void *argument)
{
    const struct ends *ends = argument;
    deadline_t soon = deadline_after(0.02);
    CHECK_INT_EQ(coroutine_wait_fd(ends->near, POLLIN, soon), -ETIMEDOUT);
    CHECK_BETWEEN(monotonic_ns(), soon, INT64_MAX);
    CHECK_INT_EQ(coroutine_wait_fd(ends->near, POLLIN, 0), -ETIMEDOUT);
    CHECK_INT_EQ(coroutine_wait_fd(ends->near, POLLIN | POLLOUT, 0), POLLOUT);
    return 0;
}

static void deadline_ends_the_wait_but_readiness_comes_first(void)
{
    struct ends ends = open_ends();
    run_expecting(0, wait_in_vain, &ends);
    close_ends(ends);
}

static int wait_for_nothing(void *argument)
{
    struct ends *ends = argument;
    close(ends->far);
    ends->far = -1;
    return coroutine_wait_fd(ends->near, 0, PATIENCE);
}

static void hang_up_ends_the_wait_even_if_no_event_was_wanted(void)
{
    struct ends ends = open_ends();
    run_expecting(POLLHUP, wait_for_nothing, &ends);
    close_ends(ends);
}

static bool stopped;

static int never_blocks(void *argument)
{
    const struct ends *ends = argument;
    while (!stopped)
        CHECK_INT_EQ(coroutine_wait_fd(ends->near, POLLOUT, PATIENCE), POLLOUT);
    return 0;
}

static int beside_a_busy_one(void *argument)
{
    stopped = false;
    struct coroutine *busy = coroutine_spawn(never_blocks, argument);
    for (int i = 0; i < 10; i++)
        CHECK_INT_EQ(coroutine_sleep(deadline_after(0.001)), 0);
    stopped = true;
    return coroutine_await(busy);
}

static void one_that_is_always_ready_starves_nobody(void)
{
    struct ends ends = open_ends();
    run_expecting(0, beside_a_busy_one, &ends);
    close_ends(ends);
}

static int spawn_next(void *unused)
{
    (void)unused;
    if (!stopped)
        coroutine_detach(coroutine_spawn(spawn_next, NULL));
    return 0;
}

static int beside_endless_spawning(void *unused)
{
    (void)unused;
    stopped = false;
    coroutine_detach(coroutine_spawn(spawn_next, NULL));
    CHECK_INT_EQ(coroutine_sleep(deadline_after(0.01)), 0);
    stopped = true;
    return 0;
}

static void those_who_never_wait_starve_nobody(void)
{
    run_expecting(0, beside_endless_spawning, NULL);
}

static int two_wait_on_one(void *argument)
{
    struct ends *ends = argument;
    return coroutine_wait_fd(ends->near, POLLIN, PATIENCE);
}

static int wake_both(void *argument)
{
    struct ends *ends = argument;
    struct coroutine *a = coroutine_spawn(two_wait_on_one, ends);
    struct coroutine *b = coroutine_spawn(two_wait_on_one, ends);
    CHECK_INT_EQ(coroutine_sleep(0), 0);
    CHECK_INT_EQ(write(ends->far, "x", 1), 1);
    CHECK_INT_EQ(coroutine_await(a), POLLIN);
    CHECK_INT_EQ(coroutine_await(b), POLLIN);
    return 0;
}

static void two_may_wait_on_one_descriptor(void)
{
    struct ends ends = open_ends();
    run_expecting(0, wake_both, &ends);
    close_ends(ends);
}

static void ignore_alarm(int number)
{
    (void)number;
}

static void sleep_through_signals(void *unused)
{
    (void)unused;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = ignore_alarm;
    CHECK_INT_EQ(sigaction(SIGALRM, &action, NULL), 0);
    struct itimerval often = {{0, 2000}, {0, 2000}};
    CHECK_INT_EQ(setitimer(ITIMER_REAL, &often, NULL), 0);
    run_expecting(0, sleep_apart, NULL);
    CHECK_TEXT_EQ(story, "erken orta geç");
}

static void signals_do_not_shorten_the_wait(void)
{
    child_check(sleep_through_signals, NULL);
}

static int wait_while_poll_fails(void *argument)
{
    const struct ends *ends = argument;
    poll_error = ENOMEM;
    CHECK_INT_EQ(coroutine_wait_fd(ends->near, POLLIN, PATIENCE), -ENOMEM);
    CHECK_INT_EQ(coroutine_sleep(deadline_after(0.01)), 0); /* uyuyana bir şey olmaz */
    poll_error = 0;
    CHECK_INT_EQ(coroutine_wait_fd(ends->near, POLLOUT, PATIENCE), POLLOUT);
    return 0;
}

static void failing_poll_is_told_to_those_who_wait(void)
{
    struct ends ends = open_ends();
    run_expecting(0, wait_while_poll_fails, &ends);
    close_ends(ends);
}

/* --- uyandırmak */

static int wait_long(void *unused)
{
    (void)unused;
    int outcome = coroutine_sleep(PATIENCE);
    tell(outcome == -ECANCELED ? "uyandırıldı" : "uyandırılmadı");
    CHECK_INT_EQ(coroutine_sleep(deadline_after(0.001)), 0); /* bir kezliktir */
    return outcome;
}

static int wake_it(void *unused)
{
    (void)unused;
    struct coroutine *waiting = coroutine_spawn(wait_long, NULL);
    coroutine_wake(waiting); /* daha başlamadı: bir şey olmaz */
    CHECK_INT_EQ(coroutine_sleep(deadline_after(0.02)), 0);
    CHECK_TEXT_EQ(story, "");
    coroutine_wake(waiting);
    return coroutine_await(waiting);
}

static void wake_ends_one_wait(void)
{
    run_expecting(-ECANCELED, wake_it, NULL);
    CHECK_TEXT_EQ(story, "uyandırıldı");
}

static int wait_for_both(void *argument)
{
    const struct ends *ends = argument;
    return coroutine_wait_fd(ends->near, POLLIN, PATIENCE);
}

static int wake_a_ready_one(void *argument)
{
    const struct ends *ends = argument;
    struct coroutine *waiting = coroutine_spawn(wait_for_both, argument);
    CHECK_INT_EQ(coroutine_sleep(0), 0);
    CHECK_INT_EQ(write(ends->far, "x", 1), 1);
    coroutine_wake(waiting);
    return coroutine_await(waiting);
}

static void wake_is_told_before_readiness(void)
{
    struct ends ends = open_ends();
    run_expecting(-ECANCELED, wake_a_ready_one, &ends);
    close_ends(ends);
}

/* --- çok olmak */

#define CROWD 10000

static int awake;

static int sleep_in_the_crowd(void *argument)
{
    CHECK_INT_EQ(coroutine_sleep(*(deadline_t *)argument), 0);
    awake++;
    return 1;
}

static int gather_a_crowd(void *unused)
{
    (void)unused;
    static struct coroutine *crowd[CROWD];
    deadline_t when = deadline_after(0.5);
    awake = 0;
    for (int i = 0; i < CROWD; i++) {
        crowd[i] = coroutine_spawn(sleep_in_the_crowd, &when);
        CHECK_TRUE(crowd[i] != NULL);
    }
    int sum = 0;
    for (int i = 0; i < CROWD; i++)
        sum += coroutine_await(crowd[i]);
    CHECK_INT_EQ(awake, CROWD);
    return sum;
}

static void ten_thousand_sleep_at_once(void)
{
    run_expecting(CROWD, gather_a_crowd, NULL);
}

static int count_mappings(void)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    CHECK_TRUE(maps != NULL);
    int count = 0;
    for (int byte; (byte = fgetc(maps)) != EOF;)
        count += byte == '\n';
    fclose(maps);
    return count;
}

static int one_after_another(void *unused)
{
    (void)unused;
    static int value = 2; /* bırakılan eş yordam bundan sonra da okuyabilir */
    for (int i = 0; i < 3000; i++) {
        CHECK_INT_EQ(coroutine_await(coroutine_spawn(return_argument, &value)), 2);
        coroutine_detach(coroutine_spawn(return_argument, &value));
    }
    return 0;
}

static void finished_stacks_go_back_to_the_kernel(void)
{
    run_expecting(0, one_after_another, NULL);
    int before = count_mappings();
    run_expecting(0, one_after_another, NULL);
    CHECK_BETWEEN(count_mappings(), 0, before + 50);
}

static const struct check_test tests[] = {
    {RUN(run_gives_the_result_of_the_main_coroutine)},
    {RUN(spawned_starts_when_its_spawner_waits_and_they_take_turns)},
    {RUN(await_of_a_finished_coroutine_gives_its_result)},
    {RUN(run_waits_for_those_left_behind)},
    {RUN(run_inside_a_running_loop_is_refused)},
    {RUN(outside_a_coroutine_nothing_waits)},
    {RUN(awaiting_in_a_circle_is_refused)},
    {RUN(without_memory_nothing_is_spawned)},
    {RUN(without_a_guarded_stack_nothing_is_spawned)},
    {RUN(locals_survive_the_waits_at_every_depth)},
    {RUN(overflowing_stack_hits_the_guard_page)},
    {RUN(sleepers_wake_at_their_own_times)},
    {RUN(readiness_ends_the_wait)},
    {RUN(deadline_ends_the_wait_but_readiness_comes_first)},
    {RUN(hang_up_ends_the_wait_even_if_no_event_was_wanted)},
    {RUN(one_that_is_always_ready_starves_nobody)},
    {RUN(those_who_never_wait_starve_nobody)},
    {RUN(two_may_wait_on_one_descriptor)},
    {RUN(signals_do_not_shorten_the_wait)},
    {RUN(failing_poll_is_told_to_those_who_wait)},
    {RUN(wake_ends_one_wait)},
    {RUN(wake_is_told_before_readiness)},
    {RUN(ten_thousand_sleep_at_once)},
    {RUN(finished_stacks_go_back_to_the_kernel)},
};

int main(void)
{
    return CHECK_RUN(tests);
}
