#include "async/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "async/task.h"
#include "base/stop.h"

int signals_open(struct signals *signals, const int numbers[])
{
    sigemptyset(&signals->watched);
    for (const int *number = numbers; *number != 0; number++)
        if (sigaddset(&signals->watched, *number) < 0)
            return -EINVAL;
    int fd = signalfd(-1, &signals->watched, SFD_NONBLOCK | SFD_CLOEXEC);
    if (fd < 0)
        return -errno;
    int outcome = watch_open(&signals->watch, fd);
    if (outcome < 0) {
        close(fd);
        return outcome;
    }
    pthread_sigmask(SIG_BLOCK, &signals->watched, NULL);
    return 0;
}

int signals_next(struct signals *signals, deadline_t deadline)
{
    struct signalfd_siginfo info;
    for (;;) {
        int outcome = watch_wait(&signals->watch, WATCH_READ, deadline);
        if (outcome < 0)
            return outcome;
        ssize_t got = read(signals->watch.fd, &info, sizeof info);
        if (got == sizeof info)
            return (int)info.ssi_signo;
        if (got < 0 && errno != EAGAIN && errno != EINTR)
            return -errno;
        if (got < 0 && errno == EAGAIN)
            watch_spent(&signals->watch, WATCH_READ);
    }
}

void signals_close(struct signals *signals)
{
    int fd = signals->watch.fd;
    watch_close(&signals->watch);
    close(fd);
    pthread_sigmask(SIG_UNBLOCK, &signals->watched, NULL);
}

/* epoll aynı tanımlayıcıyı iki kez almaz; her bekleyen kendi kopyasını izler. */
int stop_await(deadline_t deadline)
{
    struct watch watch = {.fd = -1};
    int fd = fcntl(stop_fd(), F_DUPFD_CLOEXEC, 0);
    int outcome = fd < 0 ? -errno : watch_open(&watch, fd);
    if (outcome == 0) {
        watch_spent(&watch, WATCH_READ);
        bool known = stop_requested() && !task_cancelling();
        outcome = known ? 0 : watch_wait(&watch, WATCH_READ, deadline);
        watch_close(&watch);
    }
    if (fd >= 0)
        close(fd);
    return outcome;
}
