/* async/signals: sinyalleri döngüde almak, durdurma isteğini beklemek. */
#include "async/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/stop.h"
#include "check.h"
#include "child.h"
#include "in_loop.h"

static const int usr1[] = {SIGUSR1, 0};
static const int both[] = {SIGUSR1, SIGUSR2, 0};

static void send(int number)
{
    CHECK_INT_EQ(kill(getpid(), number), 0);
}

static bool blocked(int number)
{
    sigset_t mask;
    CHECK_INT_EQ(pthread_sigmask(SIG_BLOCK, NULL, &mask), 0);
    return sigismember(&mask, number) == 1;
}

static int send_task(void *number)
{
    send(*(const int *)number);
    return 0;
}

static int next_forever(void *signals)
{
    return signals_next(signals, DEADLINE_NONE);
}

/* --- sinyalleri almak --- */

REAL_LOOP_TEST(signal_that_came_before_the_wait_is_taken)
{
    struct signals signals;
    CHECK_INT_EQ(signals_open(&signals, usr1), 0);
    send(SIGUSR1);
    CHECK_INT_EQ(signals_next(&signals, SOON), SIGUSR1);
    signals_close(&signals);
}

/* Bekleyiş döngüyü durdursaydı sinyali gönderecek görev çalışamazdı. */
REAL_LOOP_TEST(signal_that_comes_during_the_wait_is_taken)
{
    struct signals signals;
    int number = SIGUSR1;
    CHECK_INT_EQ(signals_open(&signals, usr1), 0);
    SCOPED_TASK sender = task_create(NULL, send_task, &number);
    CHECK_INT_EQ(signals_next(&signals, SOON), SIGUSR1);
    SCOPED_TASK again = task_create(NULL, send_task, &number);
    CHECK_INT_EQ(signals_next(&signals, SOON), SIGUSR1);
    signals_close(&signals);
}

REAL_LOOP_TEST(each_of_several_signals_is_taken_once)
{
    struct signals signals;
    CHECK_INT_EQ(signals_open(&signals, both), 0);
    send(SIGUSR1);
    send(SIGUSR2);
    int first = signals_next(&signals, SOON);
    int second = signals_next(&signals, SOON);
    CHECK_TRUE(first == SIGUSR1 || first == SIGUSR2);
    CHECK_INT_EQ(second, SIGUSR1 + SIGUSR2 - first);
    CHECK_INT_EQ(signals_next(&signals, deadline_after(0)), -ETIMEDOUT);
    signals_close(&signals);
}

REAL_LOOP_TEST(same_signal_sent_again_before_it_is_taken_counts_once)
{
    struct signals signals;
    CHECK_INT_EQ(signals_open(&signals, usr1), 0);
    for (int i = 0; i < 3; i++)
        send(SIGUSR1);
    CHECK_INT_EQ(signals_next(&signals, SOON), SIGUSR1);
    CHECK_INT_EQ(signals_next(&signals, deadline_after(0)), -ETIMEDOUT);
    signals_close(&signals);
}

static void take_only_the_watched(void)
{
    struct signals signals;
    CHECK_INT_EQ(signals_open(&signals, usr1), 0);
    CHECK_TRUE(blocked(SIGUSR1));
    CHECK_FALSE(blocked(SIGUSR2));
    send(SIGUSR2);
}

static void end_by_an_unwatched_signal(void *unused)
{
    (void)unused;
    in_loop(&poller_epoll, take_only_the_watched);
}

static void signal_that_is_not_watched_does_its_usual_work(void)
{
    CHECK_INT_EQ(child_run(end_by_an_unwatched_signal, NULL).signal, SIGUSR2);
}

/* --- beklemeyi bırakmak --- */

REAL_LOOP_TEST(wait_has_a_deadline)
{
    struct signals signals;
    CHECK_INT_EQ(signals_open(&signals, usr1), 0);
    deadline_t when = deadline_after(0.02);
    CHECK_INT_EQ(signals_next(&signals, when), -ETIMEDOUT);
    CHECK_TRUE(monotonic_ns() >= when);
    signals_close(&signals);
}

REAL_LOOP_TEST(cancelled_wait_loses_no_signal)
{
    struct signals signals;
    CHECK_INT_EQ(signals_open(&signals, usr1), 0);
    SCOPED_TASK task = task_create(NULL, next_forever, &signals);
    let_others_run();
    CHECK_INT_EQ(task_state(task), TASK_WAITING);
    CHECK_TRUE(task_cancel(task));
    send(SIGUSR1);
    CHECK_INT_EQ(task_await(task, SOON), -ECANCELED);
    CHECK_INT_EQ(signals_next(&signals, SOON), SIGUSR1);
    signals_close(&signals);
}

/* --- kapatmak --- */

REAL_LOOP_TEST(closing_unblocks_the_signals)
{
    struct signals signals;
    CHECK_INT_EQ(signals_open(&signals, both), 0);
    CHECK_TRUE(blocked(SIGUSR1) && blocked(SIGUSR2));
    signals_close(&signals);
    CHECK_FALSE(blocked(SIGUSR1) || blocked(SIGUSR2));
}

static void close_with_a_signal_unread(void)
{
    struct signals signals;
    CHECK_INT_EQ(signals_open(&signals, usr1), 0);
    send(SIGUSR1);
    CHECK_TRUE(blocked(SIGUSR1)); /* henüz ölmedik */
    signals_close(&signals);
}

static void end_by_the_unread_signal(void *unused)
{
    (void)unused;
    in_loop(&poller_epoll, close_with_a_signal_unread);
}

static void unread_signal_does_its_usual_work_at_the_close(void)
{
    CHECK_INT_EQ(child_run(end_by_the_unread_signal, NULL).signal, SIGUSR1);
}

REAL_LOOP_TEST(signals_may_be_opened_again)
{
    struct signals signals;
    for (int i = 0; i < 3; i++) {
        CHECK_INT_EQ(signals_open(&signals, usr1), 0);
        send(SIGUSR1);
        CHECK_INT_EQ(signals_next(&signals, SOON), SIGUSR1);
        signals_close(&signals);
    }
}

REAL_LOOP_TEST(failed_open_blocks_nothing)
{
    struct signals signals;
    struct rlimit before, none;
    CHECK_INT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = (struct rlimit){.rlim_cur = 0, .rlim_max = before.rlim_max};
    CHECK_INT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
    int outcome = signals_open(&signals, usr1);
    CHECK_INT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
    CHECK_INT_EQ(outcome, -EMFILE);
    CHECK_FALSE(blocked(SIGUSR1));
}

REAL_LOOP_TEST(unknown_number_is_refused)
{
    struct signals signals;
    int before = dup(STDIN_FILENO);
    close(before);
    CHECK_INT_EQ(signals_open(&signals, (int[]){SIGUSR1, 4096, 0}), -EINVAL);
    CHECK_FALSE(blocked(SIGUSR1));
    int after = dup(STDIN_FILENO);
    CHECK_INT_EQ(after, before);
    close(after);
}

/* --- durdurma isteği: süreçte bir kez gelir, bu yüzden çocukta --- */

static int count_descriptors(void)
{
    int count = 0;
    for (int fd = 0; fd < 64; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static void body_in_loop(void *body)
{
    CHECK_INT_EQ(stop_install(), 0);
    int before = count_descriptors();
    in_loop(&poller_epoll, *(void (**)(void))body);
    CHECK_INT_EQ(count_descriptors(), before);
}

#define STOP_TEST(name)                                                                            \
    static void name##_body(void);                                                                 \
    static void name(void)                                                                         \
    {                                                                                              \
        void (*body)(void) = name##_body;                                                          \
        child_check(body_in_loop, (void *)&body);                                                  \
    }                                                                                              \
    static void name##_body(void)

static int await_stop(void *unused)
{
    (void)unused;
    return stop_await(DEADLINE_NONE);
}

STOP_TEST(stop_that_came_before_the_wait_is_seen_at_once)
{
    send(SIGTERM);
    CHECK_INT_EQ(stop_await(deadline_after(0)), 0);
    CHECK_INT_EQ(stop_await(deadline_after(0)), 0); /* istek tükenmez */
}

STOP_TEST(stop_that_comes_during_the_wait_is_seen)
{
    SCOPED_TASK task = task_create(NULL, await_stop, NULL);
    let_others_run();
    CHECK_INT_EQ(task_state(task), TASK_WAITING);
    send(SIGINT);
    CHECK_INT_EQ(task_await(task, SOON), 0);
}

STOP_TEST(every_task_that_waits_sees_the_stop)
{
    SCOPED_TASK one = task_create(NULL, await_stop, NULL);
    SCOPED_TASK two = task_create(NULL, await_stop, NULL);
    let_others_run();
    CHECK_INT_EQ(task_state(one), TASK_WAITING);
    CHECK_INT_EQ(task_state(two), TASK_WAITING);
    send(SIGTERM);
    CHECK_INT_EQ(task_await(one, SOON), 0);
    CHECK_INT_EQ(task_await(two, SOON), 0);
}

STOP_TEST(waiting_for_a_stop_has_a_deadline)
{
    deadline_t when = deadline_after(0.02);
    CHECK_INT_EQ(stop_await(when), -ETIMEDOUT);
    CHECK_TRUE(monotonic_ns() >= when);
    send(SIGTERM);
    CHECK_INT_EQ(stop_await(SOON), 0);
}

STOP_TEST(waiting_for_a_stop_may_be_cancelled)
{
    SCOPED_TASK task = task_create(NULL, await_stop, NULL);
    let_others_run();
    CHECK_TRUE(task_cancel(task));
    CHECK_INT_EQ(task_await(task, SOON), -ECANCELED);
}

STOP_TEST(cancelled_task_does_not_wait_even_for_a_stop_that_came)
{
    send(SIGTERM);
    CHECK_TRUE(task_cancel(task_current()));
    CHECK_INT_EQ(stop_await(SOON), -ECANCELED);
    CHECK_INT_EQ(task_uncancel(), 0);
}

static const struct check_test tests[] = {
    {RUN(signal_that_came_before_the_wait_is_taken)},
    {RUN(signal_that_comes_during_the_wait_is_taken)},
    {RUN(each_of_several_signals_is_taken_once)},
    {RUN(same_signal_sent_again_before_it_is_taken_counts_once)},
    {RUN(signal_that_is_not_watched_does_its_usual_work)},
    {RUN(wait_has_a_deadline)},
    {RUN(cancelled_wait_loses_no_signal)},
    {RUN(closing_unblocks_the_signals)},
    {RUN(unread_signal_does_its_usual_work_at_the_close)},
    {RUN(signals_may_be_opened_again)},
    {RUN(failed_open_blocks_nothing)},
    {RUN(unknown_number_is_refused)},
    {RUN(stop_that_came_before_the_wait_is_seen_at_once)},
    {RUN(stop_that_comes_during_the_wait_is_seen)},
    {RUN(every_task_that_waits_sees_the_stop)},
    {RUN(waiting_for_a_stop_has_a_deadline)},
    {RUN(waiting_for_a_stop_may_be_cancelled)},
    {RUN(cancelled_task_does_not_wait_even_for_a_stop_that_came)},
};

int main(void)
{
    return CHECK_RUN(tests);
}
