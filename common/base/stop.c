#include "base/stop.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

static const int stop_signals[] = {SIGINT, SIGTERM};

static int event_fd = -1;
static _Atomic int64_t requested_at; /* 0: istek yok */

static void restore_default(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = SIG_DFL;
    for (size_t i = 0; i < sizeof stop_signals / sizeof *stop_signals; i++)
        sigaction(stop_signals[i], &action, NULL);
}

static void on_stop_signal(int signal_number)
{
    (void)signal_number;
    int saved_errno = errno;
    restore_default();
    atomic_store(&requested_at, monotonic_ns());
    uint64_t one = 1;
    ssize_t ignored = write(event_fd, &one, sizeof one);
    (void)ignored;
    errno = saved_errno;
}

int stop_install(void)
{
    event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (event_fd < 0)
        return -errno;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_stop_signal;
    sigemptyset(&action.sa_mask);
    /* İkisi birbirinin işleyicisini bölmesin; yoksa ikinci sinyal sayılmayabilirdi. */
    for (size_t i = 0; i < sizeof stop_signals / sizeof *stop_signals; i++)
        sigaddset(&action.sa_mask, stop_signals[i]);
    for (size_t i = 0; i < sizeof stop_signals / sizeof *stop_signals; i++)
        if (sigaction(stop_signals[i], &action, NULL) < 0)
            return -errno;
    return 0;
}

bool stop_requested(void)
{
    return atomic_load(&requested_at) != 0;
}

int stop_fd(void)
{
    return event_fd;
}

static deadline_t after_request(double seconds)
{
    int64_t at = atomic_load(&requested_at);
    return at == 0 ? DEADLINE_NONE : deadline_from(at, seconds);
}

deadline_t stop_deadline(void)
{
    return after_request(STOP_GRACE_SECONDS);
}

deadline_t stop_reading_deadline(void)
{
    return after_request(STOP_READING_SECONDS);
}

bool stop_overdue(void)
{
    return stop_requested() && monotonic_ns() >= stop_reading_deadline();
}
