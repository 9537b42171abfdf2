/* base/stop: durdurma isteği, stop_fd, ikinci sinyal, kapanış sınırı. */
#include "base/stop.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/wait.h"
#include "child.h"
#include "check.h"

#define GRACE_NS INT64_C(1500000000)
#define READING_NS INT64_C(500000000)

/* Her test sürecin sinyallerini değiştirir; bu yüzden hepsi çocukta koşar. */

static bool is_readable(int fd)
{
    struct pollfd watched = {.fd = fd, .events = POLLIN};
    return poll(&watched, 1, 0) == 1;
}

static void without_install(void *unused)
{
    (void)unused;
    CHECK_INT_EQ(stop_fd(), -1);
    CHECK_FALSE(stop_requested());
    CHECK_INT_EQ(stop_deadline(), DEADLINE_NONE);
}

static void nothing_is_requested_without_install(void)
{
    child_check(without_install, NULL);
}

static void install_only(void *unused)
{
    (void)unused;
    CHECK_INT_EQ(stop_install(), 0);
    CHECK_FALSE(stop_requested());
    CHECK_FALSE(is_readable(stop_fd()));
    CHECK_INT_EQ(stop_deadline(), DEADLINE_NONE);
}

static void install_alone_requests_nothing(void)
{
    child_check(install_only, NULL);
}

static void raise_and_look(void *signal_number)
{
    CHECK_INT_EQ(stop_install(), 0);
    raise(*(int *)signal_number);
    CHECK_TRUE(stop_requested());
    CHECK_TRUE(is_readable(stop_fd()));
    CHECK_TRUE(is_readable(stop_fd())); /* bakmak isteği tüketmez */
}

static void sigterm_is_a_request(void)
{
    child_check(raise_and_look, &(int){SIGTERM});
}

static void sigint_is_a_request(void)
{
    child_check(raise_and_look, &(int){SIGINT});
}

static void measure_deadline(void *unused)
{
    (void)unused;
    CHECK_INT_EQ(stop_install(), 0);
    int64_t before = monotonic_ns();
    raise(SIGTERM);
    deadline_t deadline = stop_deadline();
    CHECK_BETWEEN(deadline, before + GRACE_NS, monotonic_ns() + GRACE_NS);
    CHECK_INT_EQ(wait_fd(-1, 0, monotonic_ns() + 5000000), -ETIMEDOUT);
    CHECK_INT_EQ(stop_deadline(), deadline); /* istek anına bağlıdır, bakılan ana değil */
}

static void deadline_is_the_grace_after_the_request(void)
{
    child_check(measure_deadline, NULL);
}

static void measure_reading(void *unused)
{
    (void)unused;
    CHECK_INT_EQ(stop_install(), 0);
    CHECK_INT_EQ(stop_reading_deadline(), DEADLINE_NONE);
    raise(SIGTERM);
    CHECK_INT_EQ(stop_reading_deadline(), stop_deadline() - GRACE_NS + READING_NS);
}

static void reading_ends_before_the_last_words(void)
{
    child_check(measure_reading, NULL);
}

static void look_before_and_after_reading(void *unused)
{
    (void)unused;
    CHECK_INT_EQ(stop_install(), 0);
    CHECK_FALSE(stop_overdue());
    raise(SIGTERM);
    CHECK_FALSE(stop_overdue());
    wait_fd(-1, 0, deadline_after(STOP_READING_SECONDS));
    CHECK_TRUE(stop_overdue());
}

static void reading_is_overdue_a_while_after_the_request(void)
{
    child_check(look_before_and_after_reading, NULL);
}

static void *wait_in_thread(void *outcome)
{
    *(int *)outcome = wait_stop(DEADLINE_NONE);
    return NULL;
}

static void wake_threads(void *unused)
{
    (void)unused;
    pthread_t threads[3];
    int outcomes[3] = {0};
    CHECK_INT_EQ(stop_install(), 0);
    for (int i = 0; i < 3; i++)
        CHECK_INT_EQ(pthread_create(&threads[i], NULL, wait_in_thread, &outcomes[i]), 0);
    kill(getpid(), SIGTERM);
    for (int i = 0; i < 3; i++) {
        CHECK_INT_EQ(pthread_join(threads[i], NULL), 0);
        CHECK_INT_EQ(outcomes[i], -ECANCELED);
    }
}

static void request_wakes_every_waiting_thread(void)
{
    child_check(wake_threads, NULL);
}

static void keep_errno(void *unused)
{
    (void)unused;
    CHECK_INT_EQ(stop_install(), 0);
    close(stop_fd()); /* işleyicideki write EBADF alsın */
    errno = EPROTO;
    raise(SIGTERM);
    CHECK_INT_EQ(errno, EPROTO);
}

static void handler_keeps_errno(void)
{
    child_check(keep_errno, NULL);
}

/* İlk isteği boruya "i" yazarak duyurur, sonra ikincisini bekler. */
static void wait_for_second_signal(void *pipe_end)
{
    int report = *(int *)pipe_end;
    CHECK_INT_EQ(stop_install(), 0);
    CHECK_INT_EQ(write(report, "h", 1), 1);
    CHECK_INT_EQ(wait_stop(deadline_after(10)), -ECANCELED);
    CHECK_INT_EQ(write(report, "i", 1), 1);
    for (;;)
        pause();
}

static void expect_report(int fd, char expected)
{
    char report = '?';
    CHECK_INT_EQ(read(fd, &report, 1), 1);
    CHECK_INT_EQ(report, expected);
}

static void check_second_signal(int first, int second)
{
    int reports[2];
    CHECK_INT_EQ(pipe(reports), 0);
    pid_t child = child_start(wait_for_second_signal, &reports[1]);
    expect_report(reports[0], 'h');
    kill(child, first);
    expect_report(reports[0], 'i');
    kill(child, second);
    int status = child_wait(child);
    CHECK_TRUE(WIFSIGNALED(status));
    CHECK_INT_EQ(WTERMSIG(status), second);
    close(reports[0]);
    close(reports[1]);
}

static void second_signal_ends_the_program_by_itself(void)
{
    check_second_signal(SIGTERM, SIGTERM);
    check_second_signal(SIGINT, SIGINT);
}

static void second_signal_may_be_the_other_one(void)
{
    check_second_signal(SIGTERM, SIGINT);
    check_second_signal(SIGINT, SIGTERM);
}

/* Bekleyen iki sinyal: engel kalkınca art arda gelirler, ikincisi birincinin işleyicisini
 * bölmez. */
static void take_both_at_once(void *unused)
{
    (void)unused;
    sigset_t both;
    sigemptyset(&both);
    sigaddset(&both, SIGINT);
    sigaddset(&both, SIGTERM);
    CHECK_INT_EQ(stop_install(), 0);
    sigprocmask(SIG_BLOCK, &both, NULL);
    raise(SIGTERM);
    raise(SIGINT);
    sigprocmask(SIG_UNBLOCK, &both, NULL);
}

static void two_signals_at_once_count_as_two(void)
{
    struct child_end end = child_run(take_both_at_once, NULL);
    CHECK_TRUE(end.signal == SIGTERM || end.signal == SIGINT);
}

static void look_at_flags(void *unused)
{
    (void)unused;
    CHECK_INT_EQ(stop_install(), 0);
    CHECK_TRUE(fcntl(stop_fd(), F_GETFD) & FD_CLOEXEC);
}

static void stop_fd_is_not_inherited_by_exec(void)
{
    child_check(look_at_flags, NULL);
}

static const struct check_test tests[] = {
    {RUN(nothing_is_requested_without_install)},
    {RUN(install_alone_requests_nothing)},
    {RUN(sigterm_is_a_request)},
    {RUN(sigint_is_a_request)},
    {RUN(deadline_is_the_grace_after_the_request)},
    {RUN(reading_ends_before_the_last_words)},
    {RUN(reading_is_overdue_a_while_after_the_request)},
    {RUN(request_wakes_every_waiting_thread)},
    {RUN(handler_keeps_errno)},
    {RUN(second_signal_ends_the_program_by_itself)},
    {RUN(second_signal_may_be_the_other_one)},
    {RUN(two_signals_at_once_count_as_two)},
    {RUN(stop_fd_is_not_inherited_by_exec)},
};

int main(void)
{
    return CHECK_RUN(tests);
}
