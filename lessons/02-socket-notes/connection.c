#include "connection.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "base/errtext.h"
#include "base/log.h"
#include "base/wait.h"

/* region: connect */
/* Bloke etmeyen sokette connect hemen döner; sonucunu, soket yazılabilir olunca SO_ERROR söyler. */
static int finish_connecting(int fd, deadline_t deadline)
{
    int ready = wait_fd(fd, POLLOUT, deadline);
    if (ready < 0)
        return ready;
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
        return -errno;
    return -error;
}

/* Dönen: bağlı soket ya da -errno. */
static int connect_to(const struct addrinfo *address, deadline_t deadline)
{
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    int outcome = connect(fd, address->ai_addr, address->ai_addrlen) < 0 ? -errno : 0;
    if (outcome == -EINPROGRESS || outcome == -EINTR)
        outcome = finish_connecting(fd, deadline);
    if (outcome < 0) {
        close(fd);
        return outcome;
    }
    return fd;
}
/* endregion */

/* Kalan süreden bu adrese düşen pay: `left` adres daha var (bu dahil). */
static deadline_t share_of(deadline_t deadline, int left)
{
    int64_t now = monotonic_ns();
    return now + (deadline - now) / left;
}

int connection_open(struct connection *connection, const char *host, int port, deadline_t deadline,
                    const char **why)
{
    snprintf(connection->name, sizeof connection->name, "%.100s:%d", host, port);
    struct addrinfo *found = endpoint_resolve(host, port, false, why);
    int left = 0;
    for (struct addrinfo *at = found; at; at = at->ai_next)
        left++;
    int fd = -1;
    for (struct addrinfo *at = found; at && fd < 0; at = at->ai_next, left--) {
        log_info("Bağlanılıyor: %s", endpoint_text(at->ai_addr, at->ai_addrlen, connection->name));
        fd = connect_to(at, share_of(deadline, left));
        *why = error_text(fd);
    }
    if (found)
        freeaddrinfo(found);
    connection->fd = fd;
    return fd < 0 ? fd : 0;
}

int connection_send(const struct connection *connection, const void *bytes, size_t length,
                    deadline_t deadline)
{
    const char *next = bytes;
    while (length > 0) {
        int ready = wait_fd(connection->fd, POLLOUT, deadline);
        if (ready < 0)
            return ready;
        ssize_t sent = send(connection->fd, next, length, MSG_NOSIGNAL);
        if (sent < 0 && errno != EINTR && errno != EAGAIN)
            return -errno;
        if (sent > 0) {
            next += sent;
            length -= (size_t)sent;
        }
    }
    return 0;
}

ssize_t connection_receive(const struct connection *connection, void *bytes, size_t size,
                           deadline_t deadline)
{
    for (;;) {
        int ready = wait_fd(connection->fd, POLLIN, deadline);
        if (ready < 0)
            return ready;
        ssize_t got = recv(connection->fd, bytes, size, 0);
        if (got >= 0)
            return got;
        if (errno != EINTR && errno != EAGAIN)
            return -errno;
    }
}

int connection_finish(const struct connection *connection)
{
    /* ENOTCONN: karşı taraf bağlantıyı çoktan sıfırlamış; nedenini sıradaki okuma söyler. */
    return shutdown(connection->fd, SHUT_WR) < 0 && errno != ENOTCONN ? -errno : 0;
}
