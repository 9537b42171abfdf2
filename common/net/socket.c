#include "net/socket.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <unistd.h>

#include "base/errtext.h"
#include "base/stop.h"
#include "base/wait.h"

static int open_socket(const struct address *address, int type)
{
    int fd = socket(address->any.sa_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    return fd < 0 ? -errno : fd;
}

/* close, errno'yu bozmadan; `error` aynen döner. */
static int close_with(int fd, int error)
{
    close(fd);
    return error;
}

static int listen_at(const struct address *address, int type, int backlog)
{
    int fd = open_socket(address, type);
    if (fd < 0)
        return fd;
    int on = 1;
    if (type == SOCK_STREAM && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0)
        return close_with(fd, -errno);
    if (bind(fd, &address->any, address->length) < 0)
        return close_with(fd, -errno);
    if (type == SOCK_STREAM && listen(fd, backlog) < 0)
        return close_with(fd, -errno);
    return fd;
}

int socket_listen(const char *host, int port, int type, int backlog, const char **why)
{
    struct address addresses[ADDRESS_MAX];
    int count = address_resolve(host, port, type, true, addresses, why);
    int fd = count;
    for (int i = 0; i < count; i++) {
        fd = listen_at(&addresses[i], type, backlog);
        if (fd >= 0)
            return fd;
        *why = error_text(fd);
    }
    return fd;
}

static int finish_connecting(int fd, deadline_t deadline)
{
    int ready = wait_fd_or_stop(fd, POLLOUT, deadline);
    if (ready < 0)
        return ready;
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
        return -errno;
    return -error;
}

int socket_connect(const struct address *address, int type, deadline_t deadline)
{
    int fd = open_socket(address, type);
    if (fd < 0)
        return fd;
    int outcome = connect(fd, &address->any, address->length) < 0 ? -errno : 0;
    /* EINTR'den sonra bağlanma arka planda sürer; connect yeniden çağrılmaz, sonuç beklenir. */
    if (outcome == -EINPROGRESS || outcome == -EINTR)
        outcome = finish_connecting(fd, deadline);
    return outcome < 0 ? close_with(fd, outcome) : fd;
}

static int wait_to_send(int fd, deadline_t deadline)
{
    int ready = stop_requested() ? -ECANCELED : wait_fd_or_stop(fd, POLLOUT, deadline);
    if (ready == -ECANCELED)
        ready = wait_fd(fd, POLLOUT, deadline_sooner(deadline, stop_deadline()));
    return ready;
}

int socket_send_all(int fd, const void *bytes, size_t length, deadline_t deadline)
{
    const char *next = bytes;
    while (length > 0) {
        ssize_t sent = send(fd, next, length, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent >= 0) {
            next += sent;
            length -= (size_t)sent;
            continue;
        }
        if (errno == EINTR)
            continue;
        if (errno != EAGAIN)
            return -errno;
        int ready = wait_to_send(fd, deadline);
        if (ready < 0)
            return ready;
    }
    return 0;
}

ssize_t socket_receive(int fd, void *bytes, size_t size, deadline_t deadline)
{
    while (!stop_overdue()) {
        ssize_t got = recv(fd, bytes, size, MSG_DONTWAIT);
        if (got >= 0)
            return got;
        if (errno == EINTR)
            continue;
        if (errno != EAGAIN)
            return -errno;
        if (stop_requested())
            break;
        /* İstek beklerken gelirse bir tur daha dönülür: o arada gelmiş bayt olabilir. */
        int ready = wait_fd_or_stop(fd, POLLIN, deadline);
        if (ready < 0 && ready != -ECANCELED)
            return ready;
    }
    return -ECANCELED;
}

static ssize_t discard(int fd, deadline_t deadline)
{
    char rest[4096];
    int ready = wait_fd(fd, POLLIN, deadline);
    return ready < 0 ? ready : recv(fd, rest, sizeof rest, MSG_DONTWAIT);
}

void socket_close_gracefully(int fd, deadline_t deadline)
{
    if (shutdown(fd, SHUT_WR) == 0)
        while (monotonic_ns() < deadline && discard(fd, deadline) > 0)
            ;
    close(fd);
}
