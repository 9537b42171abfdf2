/* base/wait: hazır olmayı, zaman sınırını ve durdurma isteğini beklemek. */
#include "base/wait.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/stop.h"
#include "child.h"
#include "check.h"

#define NS_PER_MS 1000000

struct ends {
    int read;
    int write;
};

static struct ends open_pipe(void)
{
    int fds[2];
    CHECK_INT_EQ(pipe(fds), 0);
    return (struct ends){fds[0], fds[1]};
}

static void close_pipe(struct ends ends)
{
    close(ends.read);
    close(ends.write);
}

static void ready_descriptor_gives_its_events(void)
{
    struct ends ends = open_pipe();
    CHECK_INT_EQ(wait_fd(ends.write, POLLOUT, DEADLINE_NONE), POLLOUT);
    CHECK_INT_EQ(write(ends.write, "x", 1), 1);
    CHECK_INT_EQ(wait_fd(ends.read, POLLIN, DEADLINE_NONE), POLLIN);
    CHECK_INT_EQ(wait_fd_or_stop(ends.read, POLLIN, DEADLINE_NONE), POLLIN);
    close_pipe(ends);
}

static void only_the_ready_event_is_given(void)
{
    int pair[2];
    CHECK_INT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    CHECK_INT_EQ(wait_fd(pair[0], POLLIN | POLLOUT, DEADLINE_NONE), POLLOUT);
    close(pair[0]);
    close(pair[1]);
}

/* Sınırı geçmiş olmak, hazır olanı almaya engel değildir. */
static void ready_descriptor_beats_a_past_deadline(void)
{
    struct ends ends = open_pipe();
    CHECK_INT_EQ(wait_fd(ends.write, POLLOUT, monotonic_ns() - 1), POLLOUT);
    close_pipe(ends);
}

static void hang_up_counts_as_ready(void)
{
    struct ends ends = open_pipe();
    close(ends.write);
    CHECK_INT_EQ(wait_fd(ends.read, POLLIN, deadline_after(5)), POLLHUP);
    close(ends.read);
}

static void deadline_ends_the_wait_and_not_before(void)
{
    struct ends ends = open_pipe();
    deadline_t deadline = monotonic_ns() + 20 * NS_PER_MS + 1;
    CHECK_INT_EQ(wait_fd(ends.read, POLLIN, deadline), -ETIMEDOUT);
    CHECK_BETWEEN(monotonic_ns(), deadline, INT64_MAX);
    close_pipe(ends);
}

static void past_deadline_does_not_wait(void)
{
    struct ends ends = open_pipe();
    CHECK_INT_EQ(wait_fd(ends.read, POLLIN, monotonic_ns() - 1), -ETIMEDOUT);
    CHECK_INT_EQ(wait_fd_or_stop(ends.read, POLLIN, monotonic_ns() - 1), -ETIMEDOUT);
    close_pipe(ends);
}

static void on_storm(int signal_number)
{
    (void)signal_number;
}

/* Her milisaniyede bir SIGUSR1; işleyicisi SA_RESTART'sızdır, her bekleme EINTR alır. */
static timer_t start_signal_storm(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_storm;
    CHECK_INT_EQ(sigaction(SIGUSR1, &action, NULL), 0);
    struct sigevent event;
    memset(&event, 0, sizeof event);
    event.sigev_notify = SIGEV_SIGNAL;
    event.sigev_signo = SIGUSR1;
    timer_t timer;
    CHECK_INT_EQ(timer_create(CLOCK_MONOTONIC, &event, &timer), 0);
    struct itimerspec each = {.it_interval = {0, NS_PER_MS}, .it_value = {0, NS_PER_MS}};
    CHECK_INT_EQ(timer_settime(timer, 0, &each, NULL), 0);
    return timer;
}

static void signals_neither_shorten_nor_lengthen_the_wait(void)
{
    struct ends ends = open_pipe();
    timer_t storm = start_signal_storm();
    deadline_t deadline = monotonic_ns() + 50 * NS_PER_MS;
    CHECK_INT_EQ(wait_fd(ends.read, POLLIN, deadline), -ETIMEDOUT);
    CHECK_BETWEEN(monotonic_ns(), deadline, deadline + INT64_C(5000) * NS_PER_MS);
    timer_delete(storm);
    close_pipe(ends);
}

static void closed_descriptor_does_not_wait(void)
{
    struct ends ends = open_pipe();
    close_pipe(ends);
    CHECK_INT_EQ(wait_fd(ends.read, POLLIN, DEADLINE_NONE), POLLNVAL);
}

static void wait_after_request(void *unused)
{
    (void)unused;
    struct ends ends = open_pipe();
    CHECK_INT_EQ(stop_install(), 0);
    raise(SIGTERM);
    CHECK_INT_EQ(wait_fd_or_stop(ends.read, POLLIN, DEADLINE_NONE), -ECANCELED);
    CHECK_INT_EQ(wait_fd_or_stop(ends.read, POLLIN, monotonic_ns() - 1), -ECANCELED);
    CHECK_INT_EQ(wait_stop(DEADLINE_NONE), -ECANCELED);
}

static void earlier_request_cancels_at_once(void)
{
    child_check(wait_after_request, NULL);
}

static void wait_ready_after_request(void *unused)
{
    (void)unused;
    struct ends ends = open_pipe();
    CHECK_INT_EQ(stop_install(), 0);
    raise(SIGTERM);
    CHECK_INT_EQ(wait_fd_or_stop(ends.write, POLLOUT, DEADLINE_NONE), -ECANCELED);
    CHECK_INT_EQ(wait_fd(ends.write, POLLOUT, DEADLINE_NONE), POLLOUT);
}

static void request_beats_a_ready_descriptor(void)
{
    child_check(wait_ready_after_request, NULL);
}

static void wait_plainly_after_request(void *unused)
{
    (void)unused;
    struct ends ends = open_pipe();
    CHECK_INT_EQ(stop_install(), 0);
    raise(SIGTERM);
    deadline_t deadline = monotonic_ns() + 10 * NS_PER_MS;
    CHECK_INT_EQ(wait_fd(ends.read, POLLIN, deadline), -ETIMEDOUT);
    CHECK_BETWEEN(monotonic_ns(), deadline, INT64_MAX);
}

static void plain_wait_ignores_the_request(void)
{
    child_check(wait_plainly_after_request, NULL);
}

static void stop_after_a_while(void *pipe_end)
{
    CHECK_INT_EQ(stop_install(), 0);
    CHECK_INT_EQ(write(*(int *)pipe_end, "h", 1), 1);
    CHECK_INT_EQ(wait_fd_or_stop(-1, 0, deadline_after(10)), -ECANCELED);
}

static void request_ends_a_wait_under_way(void)
{
    char ready;
    struct ends ends = open_pipe();
    pid_t child = child_start(stop_after_a_while, &ends.write);
    CHECK_INT_EQ(read(ends.read, &ready, 1), 1);
    kill(child, SIGTERM);
    CHECK_INT_EQ(child_wait(child), 0);
    close_pipe(ends);
}

static void stop_wait_without_a_request_is_a_sleep(void)
{
    deadline_t deadline = monotonic_ns() + 10 * NS_PER_MS;
    CHECK_INT_EQ(wait_stop(deadline), 0);
    CHECK_BETWEEN(monotonic_ns(), deadline, INT64_MAX);
}

static const struct check_test tests[] = {
    {RUN(ready_descriptor_gives_its_events)},
    {RUN(only_the_ready_event_is_given)},
    {RUN(ready_descriptor_beats_a_past_deadline)},
    {RUN(hang_up_counts_as_ready)},
    {RUN(deadline_ends_the_wait_and_not_before)},
    {RUN(past_deadline_does_not_wait)},
    {RUN(signals_neither_shorten_nor_lengthen_the_wait)},
    {RUN(closed_descriptor_does_not_wait)},
    {RUN(earlier_request_cancels_at_once)},
    {RUN(request_beats_a_ready_descriptor)},
    {RUN(plain_wait_ignores_the_request)},
    {RUN(request_ends_a_wait_under_way)},
    {RUN(stop_wait_without_a_request_is_a_sleep)},
};

int main(void)
{
    return CHECK_RUN(tests);
}
