#include "connection.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/errtext.h"
#include "base/log.h"
#include "net/socket.h"

#define REQUEST_FAILED "Yanıt alınamadı"

void connection_init(struct connection *connection, const struct target *target)
{
    *connection = (struct connection){.target = target, .fd = -1};
    lines_init(&connection->lines, LINES_LIMIT);
    snprintf(connection->name, sizeof connection->name, "%.100s:%d", target->host, target->port);
}

void connection_close(struct connection *connection)
{
    if (connection->fd >= 0)
        close(connection->fd);
    connection->fd = -1;
    lines_free(&connection->lines); /* eski bağlantının yarım satırı yenisine karışmasın */
}

int connection_fail(struct connection *connection, const char *failed, const char *why, int error)
{
    connection->failed = failed;
    connection->why = why;
    connection_close(connection);
    return error;
}

int connection_open(struct connection *connection)
{
    struct address addresses[ADDRESS_MAX];
    const struct target *target = connection->target;
    const char *why;
    int count = address_resolve(target->host, target->port, SOCK_STREAM, false, addresses, &why);
    if (count < 0)
        return connection_fail(connection, "Bağlanılamadı", why, count);
    int fd = -EHOSTUNREACH;
    for (int i = 0; i < count && fd < 0; i++) {
        address_text(&addresses[i], connection->name);
        fd = socket_connect(&addresses[i], SOCK_STREAM, deadline_after(target->timeout));
    }
    if (fd < 0)
        return connection_fail(connection, "Bağlanılamadı", error_text(fd), fd);
    connection->fd = fd;
    log_info("Bağlantı kuruldu: %s", connection->name);
    return 0;
}

/* Bir satır ya da -errno. Zaman sınırı satırın tamamı içindir, parçaları için değil. */
static int read_line(struct connection *connection, struct text *line)
{
    deadline_t deadline = deadline_after(connection->target->timeout);
    int outcome;
    while ((outcome = lines_next(&connection->lines, line)) == 0) {
        char *room;
        size_t size = lines_room(&connection->lines, &room);
        if (size == 0)
            return -ENOMEM;
        ssize_t got = socket_receive(connection->fd, room, size, deadline);
        if (got <= 0)
            return got == 0 ? -ENODATA : (int)got;
        lines_added(&connection->lines, (size_t)got);
    }
    if (outcome > 0 && !text_is_utf8(line->bytes, line->length))
        return -EILSEQ;
    return outcome < 0 ? outcome : 0;
}

int connection_welcome(struct connection *connection)
{
    struct text welcome;
    int outcome = read_line(connection, &welcome);
    if (outcome < 0)
        return connection_fail(connection, "Karşılama okunamadı", error_text(outcome), outcome);
    if (text_starts_with(welcome, "Sunucu dolu"))
        return connection_fail(connection, "Bağlanılamadı", "sunucu dolu", -EAGAIN);
    return 0;
}

int connection_establish(struct connection *connection)
{
    int outcome = connection_open(connection);
    return outcome < 0 ? outcome : connection_welcome(connection);
}

int connection_send(struct connection *connection, const char *request)
{
    char line[LINES_LIMIT + 1];
    size_t length = strlen(request);
    if (length > LINES_LIMIT)
        return connection_fail(connection, REQUEST_FAILED, error_text(EMSGSIZE), -EMSGSIZE);
    memcpy(line, request, length);
    line[length] = '\n'; /* istek ve satır sonu tek parçada yola çıksın */
    int outcome = socket_send_all(connection->fd, line, length + 1,
                                  deadline_after(connection->target->timeout));
    return outcome < 0 ? connection_fail(connection, REQUEST_FAILED, error_text(outcome), outcome)
                       : 0;
}

int connection_receive(struct connection *connection, struct text *reply)
{
    int outcome = read_line(connection, reply);
    return outcome < 0 ? connection_fail(connection, REQUEST_FAILED, error_text(outcome), outcome)
                       : 0;
}

static bool is_quit(const char *request)
{
    return text_is_command(text_strip(request, strlen(request)), "quit");
}

int connection_ask(struct connection *connection, const char *request, struct text *reply)
{
    if (connection->fd < 0)
        return connection_fail(connection, REQUEST_FAILED, error_text(ENOTCONN), -ENOTCONN);
    int outcome = connection_send(connection, request);
    if (outcome == 0)
        outcome = connection_receive(connection, reply);
    if (outcome == 0 && text_starts_with(*reply, "Güle güle!") && !is_quit(request))
        outcome = connection_fail(connection, REQUEST_FAILED, "sunucu kapanıyor", -ECONNABORTED);
    return outcome;
}

int connection_leave(struct connection *connection)
{
    struct text reply;
    char rest[1];
    int outcome = connection_ask(connection, "quit", &reply);
    if (outcome < 0)
        return outcome;
    socket_receive(connection->fd, rest, sizeof rest, deadline_after(connection->target->timeout));
    connection_close(connection);
    return 0;
}
