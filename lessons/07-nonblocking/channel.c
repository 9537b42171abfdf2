#include "channel.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/errtext.h"
#include "base/log.h"
#include "base/wait.h"

/* "Echo: " öneki, en uzun satırın üstüne biner. */
#define REPLY_LIMIT (LINES_LIMIT + 64)

int channel_fail(struct channel *channel, const char *failed, const char *why, int error)
{
    channel->failed = failed;
    channel->why = why ? why : error_text(error);
    return error;
}

void channel_close(struct channel *channel)
{
    if (channel->fd >= 0)
        close(channel->fd);
    channel->fd = -1;
    lines_free(&channel->lines);
}

/* Bloke etmeyen soketle bağlanmak üç adımdır: connect "başladım" der (EINPROGRESS), iş bitince
 * soket yazılabilir olur, sonucu SO_ERROR söyler. Yazılabilir olmak bağlandı demek değildir. */
static int connect_to(int fd, const struct address *address, deadline_t deadline)
{
    if (connect(fd, &address->any, address->length) == 0)
        return 0;
    if (errno != EINPROGRESS && errno != EINTR) /* bölünen connect de arkada sürer, yinelenmez */
        return -errno;
    int ready = wait_fd(fd, POLLOUT, deadline);
    if (ready < 0)
        return ready;
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
        return -errno;
    return -error;
}

/* Bağlanmadan önce: alma tamponunun boyu, bağlanırken duyurulan pencereyi belirler. */
static void limit_buffers(int fd, int size)
{
    if (size == 0)
        return;
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
}

static int open_to(struct channel *channel, const struct address *address)
{
    int fd = socket(address->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    limit_buffers(fd, channel->buffer_size);
    log_info("Bağlanılıyor: %s", address_text(address, channel->name));
    int outcome = connect_to(fd, address, deadline_after(channel->timeout));
    if (outcome < 0)
        close(fd);
    else
        channel->fd = fd;
    return outcome;
}

static int connect_any(struct channel *channel)
{
    struct address addresses[ADDRESS_MAX];
    const char *why;
    snprintf(channel->name, sizeof channel->name, "%.100s:%d", channel->host, channel->port);
    int count = address_resolve(channel->host, channel->port, SOCK_STREAM, false, addresses, &why);
    if (count < 0)
        return channel_fail(channel, "Bağlanılamadı", why, count);
    int outcome = -EHOSTUNREACH;
    for (int i = 0; i < count && channel->fd < 0; i++)
        outcome = open_to(channel, &addresses[i]);
    return outcome < 0 ? channel_fail(channel, "Bağlanılamadı", NULL, outcome) : 0;
}

int channel_open(struct channel *channel, struct text *welcome)
{
    channel->fd = -1;
    channel->unsent_length = 0;
    channel->finishing = channel->ended = false;
    lines_init(&channel->lines, REPLY_LIMIT);
    int outcome = connect_any(channel);
    if (outcome < 0)
        return outcome;
    while ((outcome = channel_next_line(channel, welcome)) == 0) {
        outcome = channel->ended ? -ENODATA : channel_exchange(channel);
        if (outcome < 0)
            break;
    }
    if (outcome < 0)
        return channel_fail(channel, "Karşılama okunamadı", NULL, outcome);
    if (text_starts_with(*welcome, "Sunucu dolu"))
        return channel_fail(channel, "Bağlanılamadı", "sunucu dolu", -EAGAIN);
    return 0;
}

ssize_t channel_send(struct channel *channel)
{
    ssize_t sent = 0;
    if (channel->unsent_length > 0)
        sent = send(channel->fd, channel->unsent, channel->unsent_length, MSG_NOSIGNAL);
    if (sent < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : -errno;
    channel->unsent += sent;
    channel->unsent_length -= (size_t)sent;
    if (channel->unsent_length == 0 && channel->finishing) {
        channel->finishing = false;
        /* Bağlantı çoktan koptuysa bu ENOTCONN der; asıl nedeni sonraki recv söyler. */
        (void)shutdown(channel->fd, SHUT_WR);
    }
    return sent;
}

static int receive(struct channel *channel)
{
    char *room;
    size_t size = lines_room(&channel->lines, &room);
    if (size == 0)
        return -ENOMEM;
    ssize_t got = recv(channel->fd, room, size, 0);
    if (got < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : -errno;
    lines_added(&channel->lines, (size_t)got);
    channel->ended = got == 0;
    return 0;
}

/* region: exchange */
/* Okunurluk hep beklenir, yazılabilirlik yalnız gönderilecek bir şey varken. */
int channel_exchange(struct channel *channel)
{
    bool writes = channel->unsent_length > 0 || channel->finishing;
    short events = writes ? POLLIN | POLLOUT : POLLIN;
    int ready = wait_fd(channel->fd, events, deadline_after(channel->timeout));
    if (ready < 0)
        return ready;
    int outcome = ready & ~POLLOUT ? receive(channel) : 0;
    if (outcome == 0 && ready & POLLOUT) {
        ssize_t sent = channel_send(channel);
        outcome = sent < 0 ? (int)sent : 0;
    }
    return outcome;
}
/* endregion */

int channel_next_line(struct channel *channel, struct text *line)
{
    int outcome = lines_next(&channel->lines, line);
    if (outcome > 0 && !text_is_utf8(line->bytes, line->length))
        return -EILSEQ;
    return outcome;
}
