#include "async/stream.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "async/executor.h"
#include "async/internal.h"
#include "base/errtext.h"

int stream_open(struct stream *stream, int fd, size_t limit)
{
    *stream = (struct stream){.fd = fd};
    lines_init(&stream->lines, limit);
    int outcome = watch_open(&stream->watch, fd);
    if (outcome < 0) {
        close(fd);
        stream->fd = -1;
    }
    return outcome;
}

void stream_close(struct stream *stream)
{
    if (stream->fd < 0)
        return;
    watch_close(&stream->watch);
    close(stream->fd);
    lines_free(&stream->lines);
    stream->fd = -1;
}

/* --- bağlanmak --- */

static int finish_connecting(struct stream *stream, deadline_t deadline)
{
    watch_spent(&stream->watch, WATCH_WRITE);
    int outcome = watch_wait(&stream->watch, WATCH_WRITE, deadline);
    if (outcome < 0)
        return outcome;
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(stream->fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
        return -errno;
    return -error;
}

static int connect_to(struct stream *stream, const struct address *address, size_t limit,
                      deadline_t deadline)
{
    int fd = socket(address->any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    int outcome = connect(fd, &address->any, address->length) < 0 ? -errno : 0;
    bool pending = outcome == -EINPROGRESS || outcome == -EINTR;
    if (outcome < 0 && !pending) {
        close(fd);
        return outcome;
    }
    outcome = stream_open(stream, fd, limit);
    if (outcome == 0 && pending)
        outcome = finish_connecting(stream, deadline);
    if (outcome < 0)
        stream_close(stream);
    return outcome;
}

int stream_connect(struct stream *stream, const char *host, int port, size_t limit,
                   const char **why, deadline_t deadline)
{
    struct address addresses[ADDRESS_MAX];
    *stream = (struct stream){.fd = -1};
    int count = executor_resolve(host, port, SOCK_STREAM, addresses, why, deadline);
    int outcome = count;
    for (int i = 0; i < count; i++) {
        outcome = connect_to(stream, &addresses[i], limit, deadline);
        if (outcome == 0 || outcome == -ECANCELED)
            break;
        *why = error_text(outcome);
    }
    return outcome;
}

/* --- okumak --- */

static inline int wait_until(struct stream *stream, enum watch_direction direction,
                             struct task *self, deadline_t deadline)
{
    if (watch_passes(&stream->watch, direction, self))
        return 0;
    return watch_block(&stream->watch, direction, self, deadline);
}

/* region: stream-receive */
/* Beklemeden bir recv: bayt sayısı, 0 akış sonu, -EAGAIN, başka -errno. Kısa okuma soketin
 * boşaldığını söyler: EAGAIN almak için bir recv daha yapılmaz, yeni olay beklenir. */
static ssize_t receive(struct stream *stream, void *bytes, size_t size)
{
    ssize_t got;
    do
        got = recv(stream->fd, bytes, size, 0);
    while (got < 0 && errno == EINTR);
    if (got < 0 && errno != EAGAIN)
        return -errno;
    if (got < (ssize_t)size)
        watch_spent(&stream->watch, WATCH_READ);
    stream->input_ended = got == 0 && size > 0;
    return got < 0 ? -EAGAIN : got;
}

/* Tampona bir parça okur; gelmemişse bekler. Beklerken boş tampon tutulmaz. */
static ssize_t fill(struct stream *stream, struct task *self, deadline_t deadline)
{
    struct lines *spare = &self->loop->spare;
    ssize_t got = -EAGAIN;
    while (got == -EAGAIN) {
        if (!stream->watch.ready[WATCH_READ] && lines_empty(&stream->lines))
            lines_lend(&stream->lines, spare);
        int outcome = wait_until(stream, WATCH_READ, self, deadline);
        if (outcome < 0)
            return outcome;
        char *room;
        lines_borrow(&stream->lines, spare);
        size_t size = lines_room(&stream->lines, &room);
        if (size == 0)
            return -ENOMEM;
        got = receive(stream, room, size);
    }
    if (got > 0)
        lines_added(&stream->lines, (size_t)got);
    return got;
}
/* endregion */

int stream_read_line(struct stream *stream, struct text *line, deadline_t deadline)
{
    struct task *self = this_task();
    if (is_cancelled(self))
        return task_refuse(self);
    int outcome;
    while (lines_empty(&stream->lines) || (outcome = lines_next(&stream->lines, line)) == 0) {
        if (stream->input_ended)
            return lines_last(&stream->lines, line);
        ssize_t got = fill(stream, self, deadline);
        if (got < 0)
            return (int)got;
    }
    return outcome;
}

/* Satır tamponunda bir şey varsa o, yoksa doğrudan soketten: ikili veri iki kez kopyalanmaz. */
ssize_t stream_read(struct stream *stream, void *bytes, size_t size, deadline_t deadline)
{
    struct task *self = this_task();
    if (is_cancelled(self))
        return task_refuse(self);
    if (!lines_empty(&stream->lines))
        return (ssize_t)lines_take_bytes(&stream->lines, bytes, size);
    if (stream->input_ended)
        return 0;
    ssize_t got = -EAGAIN;
    while (got == -EAGAIN) {
        int outcome = wait_until(stream, WATCH_READ, self, deadline);
        got = outcome < 0 ? outcome : receive(stream, bytes, size);
    }
    return got;
}

int stream_read_exactly(struct stream *stream, void *bytes, size_t size, deadline_t deadline)
{
    char *next = bytes;
    while (size > 0) {
        ssize_t got = stream_read(stream, next, size, deadline);
        if (got <= 0)
            return got == 0 ? -ENODATA : (int)got;
        next += got;
        size -= (size_t)got;
    }
    return 0;
}

/* --- yazmak --- */

/* Bir send: giden bayt sayısı (soket doluysa 0) ya da -errno. */
static ssize_t write_some(struct stream *stream, const char *bytes, size_t length,
                          struct task *self, deadline_t deadline)
{
    int outcome = wait_until(stream, WATCH_WRITE, self, deadline);
    if (outcome < 0)
        return outcome;
    ssize_t sent = send(stream->fd, bytes, length, MSG_NOSIGNAL);
    if (sent == (ssize_t)length)
        return sent;
    if (sent < 0 && errno == EINTR)
        return 0;
    if (sent < 0 && errno != EAGAIN)
        return -errno;
    watch_spent(&stream->watch, WATCH_WRITE);
    return sent < 0 ? 0 : sent;
}

int stream_write(struct stream *stream, const void *bytes, size_t length, deadline_t deadline)
{
    if (stream->poisoned)
        return -EPIPE;
    struct task *self = this_task();
    if (is_cancelled(self))
        return task_refuse(self);
    const char *next = bytes;
    size_t written = 0;
    while (written < length) {
        ssize_t sent = write_some(stream, next + written, length - written, self, deadline);
        if (sent < 0) {
            stream->poisoned |= written > 0;
            return (int)sent;
        }
        written += (size_t)sent;
    }
    return 0;
}

int stream_write_eof(struct stream *stream)
{
    return shutdown(stream->fd, SHUT_WR) < 0 ? -errno : 0;
}

void stream_close_gracefully(struct stream *stream, deadline_t deadline)
{
    char rest[256];
    if (stream->fd >= 0 && stream_write_eof(stream) == 0)
        while (!stream->input_ended && monotonic_ns() < deadline &&
               stream_read(stream, rest, sizeof rest, deadline) > 0)
            ;
    stream_close(stream);
}
