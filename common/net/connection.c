#include "net/connection.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DISCARD_SIZE 16384

void connection_init(struct connection *connection, int fd, const struct address *peer,
                     size_t queue_limit, int64_t now)
{
    *connection = (struct connection){.fd = fd, .last_progress = now, .deadline = DEADLINE_NONE};
    lines_init(&connection->lines, LINES_LIMIT);
    outbox_init(&connection->outbox, queue_limit);
    address_text(peer, connection->name);
    /* Küçük yanıtlar Nagle yüzünden beklemesin. Unix soketinde olmaz; orada gerek de yoktur. */
    int on = 1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

void connection_close(struct connection *connection)
{
    if (outbox_waiting(&connection->outbox) > 0) {
        struct linger at_once = {.l_onoff = 1, .l_linger = 0};
        (void)setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }
    close(connection->fd);
    lines_free(&connection->lines);
    outbox_free(&connection->outbox);
}

static bool reads(const struct connection *connection)
{
    if (connection->state == CONNECTION_OPEN)
        return !connection->input_ended && !outbox_full(&connection->outbox);
    return connection->state == CONNECTION_DRAINING;
}

short connection_events(const struct connection *connection)
{
    short events = reads(connection) ? POLLIN : 0;
    if (outbox_waiting(&connection->outbox) > 0)
        events |= POLLOUT;
    return events;
}

/* recv, sinyal bölmemiş gibi. Dönen: bayt sayısı, 0 akış sonu, -EAGAIN gelmiş bayt yok, başka
 * -errno. */
static ssize_t receive(int fd, void *bytes, size_t size)
{
    ssize_t got;
    do
        got = recv(fd, bytes, size, MSG_DONTWAIT);
    while (got < 0 && errno == EINTR);
    return got < 0 ? -errno : got;
}

int connection_receive(struct connection *connection, int64_t now)
{
    if (connection->state != CONNECTION_OPEN || !reads(connection))
        return 0;
    char *room;
    size_t size = lines_room(&connection->lines, &room);
    if (size == 0)
        return -ENOMEM;
    ssize_t got = receive(connection->fd, room, size);
    if (got < 0)
        return got == -EAGAIN ? 0 : (int)got;
    if (got == 0)
        connection->input_ended = true;
    lines_added(&connection->lines, (size_t)got);
    connection->last_progress = now;
    return 0;
}

int connection_next_line(struct connection *connection, struct text *line)
{
    if (connection->state != CONNECTION_OPEN || outbox_full(&connection->outbox))
        return 0;
    int outcome = lines_next(&connection->lines, line);
    if (outcome == 0 && connection->input_ended)
        outcome = lines_last(&connection->lines, line);
    if (outcome > 0 && !text_is_utf8(line->bytes, line->length))
        return -EILSEQ;
    if (outcome == 0 && lines_empty(&connection->lines))
        lines_free(&connection->lines); /* bekleyen bağlantı tampon tutmaz */
    return outcome;
}

int connection_say(struct connection *connection, const char *prefix, struct text text)
{
    size_t prefix_length = strlen(prefix);
    size_t length = prefix_length + text.length + 1;
    char *room = outbox_room(&connection->outbox, length);
    if (!room)
        return -ENOMEM;
    memcpy(room, prefix, prefix_length);
    memcpy(room + prefix_length, text.bytes, text.length);
    room[length - 1] = '\n';
    outbox_added(&connection->outbox, length);
    return 0;
}

int connection_send(struct connection *connection, int64_t now)
{
    ssize_t sent = outbox_send(&connection->outbox, connection->fd);
    if (sent > 0)
        connection->last_progress = now;
    return sent < 0 ? (int)sent : 0;
}

bool connection_finished(const struct connection *connection)
{
    return connection->input_ended && lines_empty(&connection->lines) &&
           outbox_waiting(&connection->outbox) == 0;
}

void connection_leave(struct connection *connection, const char *last_word, deadline_t deadline)
{
    connection->state = CONNECTION_LEAVING;
    connection->deadline = deadline;
    if (last_word) /* bellek yoksa söz söylenmez, kapanış sürer */
        (void)outbox_put(&connection->outbox, last_word, strlen(last_word));
}

void connection_drop(struct connection *connection, const char *last_word, deadline_t deadline)
{
    outbox_discard(&connection->outbox);
    connection_leave(connection, last_word, deadline);
}

/* Gelmiş olanı okuyup atar. 1: karşı taraf da kapattı, 0: daha kapatmadı, -errno. */
static int discard(struct connection *connection)
{
    char rest[DISCARD_SIZE];
    ssize_t got = receive(connection->fd, rest, sizeof rest);
    if (got < 0)
        return got == -EAGAIN ? 0 : (int)got;
    return got == 0;
}

int connection_wind_down(struct connection *connection, int64_t now)
{
    if (connection->state == CONNECTION_LEAVING) {
        int outcome = connection_send(connection, now);
        if (outcome < 0 || outbox_waiting(&connection->outbox) > 0)
            return outcome;
        if (shutdown(connection->fd, SHUT_WR) < 0)
            return -errno;
        connection->state = CONNECTION_DRAINING;
        connection->deadline = deadline_sooner(connection->deadline, now + CONNECTION_FAREWELL_NS);
    }
    return connection->input_ended ? 1 : discard(connection);
}

deadline_t connection_deadline(const struct connection *connection, double timeout, double stall)
{
    if (connection->state != CONNECTION_OPEN)
        return connection->deadline;
    double patience = outbox_full(&connection->outbox) ? stall : timeout;
    return deadline_from(connection->last_progress, patience);
}
