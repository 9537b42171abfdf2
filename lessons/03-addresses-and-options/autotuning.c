#include "autotuning.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/wait.h"

#define TRANSFER_BYTES (16L * 1024 * 1024)
#define PIECE_BYTES 65536

/* Bir bağlantının iki ucu; ikisi de bu süreçte. */
struct channel {
    int listener, sender, receiver; /* açılmamış olan -1 */
};

static void channel_close(struct channel *channel)
{
    const int fds[] = {channel->listener, channel->sender, channel->receiver};
    for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
        if (fds[i] >= 0)
            close(fds[i]);
}

static int open_stream(void)
{
    return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

/* Boy dinleyen sokette istenir: alıcı onu kabul edilirken devralır. `rcvbuf` 0 ise dokunulmaz. */
static int channel_open(struct channel *channel, int rcvbuf, deadline_t deadline)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    *channel = (struct channel){open_stream(), open_stream(), -1};
    if (channel->listener < 0 || channel->sender < 0)
        return -errno;
    if (rcvbuf > 0 &&
        setsockopt(channel->listener, SOL_SOCKET, SO_RCVBUF, &rcvbuf, sizeof rcvbuf) < 0)
        return -errno;
    if (bind(channel->listener, (struct sockaddr *)&address, length) < 0 ||
        listen(channel->listener, 1) < 0 ||
        getsockname(channel->listener, (struct sockaddr *)&address, &length) < 0)
        return -errno;
    if (connect(channel->sender, (struct sockaddr *)&address, length) < 0 && errno != EINPROGRESS)
        return -errno;
    int ready = wait_fd(channel->listener, POLLIN, deadline);
    if (ready < 0)
        return ready;
    do {
        channel->receiver = accept4(channel->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    } while (channel->receiver < 0 && errno == EINTR);
    return channel->receiver < 0 ? -errno : 0;
}

/* Tek send ya da recv: giden ya da gelen bayt sayısı, şimdilik olmuyorsa 0, -errno. */
static ssize_t move_piece(int fd, char *piece, bool sending, size_t size)
{
    for (;;) {
        ssize_t moved = sending ? send(fd, piece, size, MSG_NOSIGNAL) : recv(fd, piece, size, 0);
        if (moved > 0 || (moved == 0 && sending))
            return moved;
        if (moved == 0)
            return -ECONNRESET; /* gönderen uç kapanmadı, akış sonu gelemezdi */
        if (errno != EINTR)
            return errno == EAGAIN ? 0 : -errno;
    }
}

/* Bir yönde gidebildiği kadar, en çok `most` bayt; `*total` gittikçe artar. 0 ya da -errno. */
static int pump(int fd, bool sending, size_t most, size_t *total)
{
    static char piece[PIECE_BYTES];
    while (*total < most) {
        size_t left = most - *total;
        ssize_t moved = move_piece(fd, piece, sending, left < PIECE_BYTES ? left : PIECE_BYTES);
        if (moved <= 0)
            return (int)moved;
        *total += (size_t)moved;
    }
    return 0;
}

/* region: transfer */
/* Gönderir, hemen okur. Çekirdek tamponu, uygulama okudukça büyütür: okunmayan bağlantıda gerek
 * görmez. */
static int transfer(const struct channel *channel, deadline_t deadline)
{
    size_t sent = 0;
    size_t received = 0;
    while (received < TRANSFER_BYTES) {
        int outcome = pump(channel->sender, true, TRANSFER_BYTES, &sent);
        if (outcome == 0)
            outcome = wait_fd(channel->receiver, POLLIN, deadline);
        if (outcome >= 0)
            outcome = pump(channel->receiver, false, sent, &received);
        if (outcome < 0)
            return outcome;
    }
    return 0;
}
/* endregion */

static long receive_buffer(int fd)
{
    int size = 0;
    socklen_t length = sizeof size;
    return getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, &length) < 0 ? -errno : size;
}

static int show_one(const char *label, int rcvbuf, deadline_t deadline)
{
    struct channel channel;
    int outcome = channel_open(&channel, rcvbuf, deadline);
    if (outcome == 0) {
        long before = receive_buffer(channel.receiver);
        outcome = transfer(&channel, deadline);
        long after = receive_buffer(channel.receiver);
        if (outcome == 0)
            printf("%s: önce %ld, sonra %ld (%s)\n", label, before, after,
                   after > before ? "büyüdü" : "büyümedi");
    }
    channel_close(&channel);
    return outcome;
}

int autotuning_show(long rcvbuf, deadline_t deadline)
{
    char label[64];
    snprintf(label, sizeof label, "SO_RCVBUF %ld istendi", rcvbuf);
    printf("Alıcının SO_RCVBUF değeri, %ld MiB okunurken:\n", TRANSFER_BYTES / (1024 * 1024));
    int outcome = show_one("SO_RCVBUF'a dokunulmadı", 0, deadline);
    return outcome < 0 ? outcome : show_one(label, (int)rcvbuf, deadline);
}
