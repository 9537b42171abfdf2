#include "base/wait.h"

#include <errno.h>
#include <poll.h>

#include "base/stop.h"

/* fds[0] asıl beklenen, fds[1] durdurma isteğidir; count 1 ise istek izlenmez. */
static int wait_until(struct pollfd *fds, nfds_t count, deadline_t deadline)
{
    for (;;) {
        int ready = poll(fds, count, deadline_poll_ms(deadline));
        if (ready > 0)
            return 0;
        if (ready == 0)
            return -ETIMEDOUT;
        if (errno != EINTR)
            return -errno;
    }
}

int wait_fd(int fd, short events, deadline_t deadline)
{
    struct pollfd fds[1] = {{.fd = fd, .events = events}};
    int outcome = wait_until(fds, 1, deadline);
    return outcome < 0 ? outcome : fds[0].revents;
}

int wait_fd_or_stop(int fd, short events, deadline_t deadline)
{
    struct pollfd fds[2] = {{.fd = fd, .events = events}, {.fd = stop_fd(), .events = POLLIN}};
    int outcome = wait_until(fds, 2, deadline);
    if (outcome < 0)
        return outcome;
    return fds[1].revents ? -ECANCELED : fds[0].revents;
}

int wait_stop(deadline_t deadline)
{
    int outcome = wait_fd_or_stop(-1, 0, deadline);
    return outcome == -ETIMEDOUT ? 0 : outcome;
}
