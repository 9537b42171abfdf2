#include "session.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/errtext.h"
#include "base/log.h"
#include "net/socket.h"

/* En uzun satırın önüne binen "[ADRES]: " ya da "Echo: ". */
#define LINE_LIMIT (LINES_LIMIT + ADDRESS_TEXT_SIZE + 8)
#define QUEUE_LIMIT 65536

void session_init(struct session *session, const struct target *target)
{
    *session = (struct session){.target = target, .fd = -1};
    lines_init(&session->lines, LINE_LIMIT);
    outbox_init(&session->outbox, QUEUE_LIMIT);
    snprintf(session->name, sizeof session->name, "%.100s:%d", target->host, target->port);
}

void session_close(struct session *session)
{
    if (session->fd >= 0)
        close(session->fd);
    session->fd = -1;
    session->has_line = false;
    lines_free(&session->lines);
    outbox_free(&session->outbox);
}

void session_reset(struct session *session)
{
    struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    setsockopt(session->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    session_close(session);
}

int session_fail(struct session *session, const char *failed, const char *why, int error)
{
    session->failed = failed;
    session->why = why;
    return error;
}

/* --- bağlanmak */

static int connect_any(struct session *session)
{
    struct address addresses[ADDRESS_MAX];
    const struct target *target = session->target;
    const char *why;
    int count = address_resolve(target->host, target->port, SOCK_STREAM, false, addresses, &why);
    if (count < 0)
        return session_fail(session, "Bağlanılamadı", why, count);
    int fd = -EHOSTUNREACH;
    for (int i = 0; i < count && fd < 0; i++) {
        address_text(&addresses[i], session->name);
        log_info("Bağlanılıyor: %s", session->name);
        fd = socket_connect(&addresses[i], SOCK_STREAM, deadline_after(target->timeout));
    }
    if (fd < 0)
        return session_fail(session, "Bağlanılamadı", error_text(fd), fd);
    session->fd = fd;
    if (fd >= FD_SETSIZE)
        return session_fail(session, "Bağlanılamadı", "tanımlayıcı select'e sığmıyor (FD_SETSIZE)",
                            -EMFILE);
    /* Yanıtı beklenmeden art arda giden kısa satırlar Nagle yüzünden birbirini beklemesin. */
    int on = 1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return 0;
}

static int await_welcome(struct session *session, struct text *welcome)
{
    int outcome = session_await(session, welcome, deadline_after(session->target->timeout));
    if (outcome == 0)
        outcome = -ENODATA;
    if (outcome < 0)
        return session_fail(session, "Karşılama okunamadı", error_text(outcome), outcome);
    if (text_starts_with(*welcome, "Sunucu dolu"))
        return session_fail(session, "Bağlanılamadı", "sunucu dolu", -EAGAIN);
    return 0;
}

int session_open(struct session *session, struct text *welcome)
{
    int outcome = connect_any(session);
    return outcome < 0 ? outcome : await_welcome(session, welcome);
}

/* --- göndermek */

int session_write(struct session *session, const void *bytes, size_t length)
{
    int outcome = outbox_put(&session->outbox, bytes, length);
    return outcome < 0 ? session_fail(session, "Gönderilemedi", error_text(outcome), outcome) : 0;
}

int session_say(struct session *session, const char *text)
{
    int outcome = session_write(session, text, strlen(text));
    return outcome < 0 ? outcome : session_write(session, "\n", 1);
}

int session_half_close(struct session *session)
{
    /* ENOTCONN: karşı taraf çoktan sıfırlamış; nedenini okuma yönü söyler. */
    return shutdown(session->fd, SHUT_WR) < 0 && errno != ENOTCONN ? -errno : 0;
}

/* --- okumak */

/* Tampondaki sıradaki satırı `line`a çıkarır. Akış satırın ortasında ya da söylenecek söz kalmışken
 * bittiyse bu bir hatadır. */
static void find_line(struct session *session)
{
    int outcome = lines_next(&session->lines, &session->line);
    if (outcome > 0 && !text_is_utf8(session->line.bytes, session->line.length))
        outcome = -EILSEQ;
    if (outcome == 0 && session->ended)
        outcome = lines_empty(&session->lines) ? session->send_error : -ENODATA;
    session->has_line = outcome > 0;
    if (outcome < 0)
        session->trouble = outcome;
}

static void receive(struct session *session)
{
    char *room;
    size_t size = lines_room(&session->lines, &room);
    if (size == 0) {
        session->trouble = -ENOMEM;
        return;
    }
    ssize_t got = recv(session->fd, room, size, MSG_DONTWAIT);
    if (got < 0) {
        if (errno != EAGAIN && errno != EINTR)
            session->trouble = -errno;
        return;
    }
    session->ended = got == 0;
    session->last_progress = monotonic_ns();
    lines_added(&session->lines, (size_t)got);
    find_line(session);
}

int session_take(struct session *session, struct text *line)
{
    if (!session->has_line)
        return session->trouble;
    *line = session->line;
    find_line(session);
    return 1;
}

int session_await(struct session *session, struct text *line, deadline_t deadline)
{
    int outcome;
    while ((outcome = session_take(session, line)) == 0 && !session->ended) {
        outcome = sessions_turn(&session, 1, -1, NULL, deadline);
        if (outcome < 0)
            return outcome;
    }
    return outcome;
}

/* --- select */

/* Gönderemeyen bağlantının gelmiş son sözü kaybolmasın: kuyruk bırakılır, nasıl bittiğini okuma
 * söyler. */
static void transmit(struct session *session)
{
    ssize_t sent = outbox_send(&session->outbox, session->fd);
    if (sent > 0)
        session->last_progress = monotonic_ns();
    if (sent < 0) {
        session->send_error = (int)sent;
        outbox_free(&session->outbox);
    }
}

static bool wants_to_read(const struct session *session)
{
    return session->fd >= 0 && !session->has_line && !session->ended && session->trouble == 0;
}

static bool wants_to_send(const struct session *session)
{
    return session->fd >= 0 && outbox_waiting(&session->outbox) > 0;
}

static int add(fd_set *set, int fd, int end)
{
    FD_SET(fd, set);
    return fd >= end ? fd + 1 : end;
}

static struct timeval time_left(deadline_t deadline)
{
    int64_t left = deadline - monotonic_ns();
    int64_t microseconds = left > 0 ? (left + 999) / 1000 : 0;
    return (struct timeval){.tv_sec = microseconds / 1000000, .tv_usec = microseconds % 1000000};
}

int sessions_turn(struct session *const *sessions, size_t count, int input, bool *input_ready,
                  deadline_t deadline)
{
    fd_set readable, writable;
    FD_ZERO(&readable);
    FD_ZERO(&writable);
    int end = input >= 0 ? add(&readable, input, 0) : 0;
    for (size_t i = 0; i < count; i++) {
        if (wants_to_read(sessions[i]))
            end = add(&readable, sessions[i]->fd, end);
        if (wants_to_send(sessions[i]))
            end = add(&writable, sessions[i]->fd, end);
    }
    struct timeval left = time_left(deadline);
    int ready = select(end, &readable, &writable, NULL, deadline == DEADLINE_NONE ? NULL : &left);
    if (ready <= 0)
        return ready == 0 ? -ETIMEDOUT : errno == EINTR ? 0 : -errno;

    for (size_t i = 0; i < count; i++) {
        struct session *session = sessions[i];
        if (wants_to_read(session) && FD_ISSET(session->fd, &readable))
            receive(session);
        if (wants_to_send(session) && FD_ISSET(session->fd, &writable))
            transmit(session);
    }
    if (input >= 0)
        *input_ready = FD_ISSET(input, &readable);
    return 0;
}
