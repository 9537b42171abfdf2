#include "exchange.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/errtext.h"
#include "base/log.h"
#include "base/text.h"
#include "net/lines.h"

int target_resolve(struct target *target, const char *host, int port, const char **why)
{
    target->count = address_resolve(host, port, SOCK_STREAM, false, target->addresses, why);
    return target->count < 0 ? target->count : 0;
}

/* Hatayı, programın son satırında söylenecek biçimde saklar; `error` aynen döner. */
static int failure(struct exchange *exchange, const char *failed, const char *why, int error)
{
    exchange->failed = failed;
    snprintf(exchange->why, sizeof exchange->why, "%s", why ? why : error_text(error));
    return error;
}

static int finish_connecting(const struct exchange *exchange, int fd)
{
    int ready = exchange->wait(fd, POLLOUT, deadline_after(exchange->target->timeout));
    if (ready < 0)
        return ready;
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
        return -errno;
    return -error;
}

/* Bağlı soket ya da -errno. */
static int open_to(struct exchange *exchange, const struct address *address)
{
    log_info("Bağlanılıyor: %s", address_text(address, exchange->name));
    int fd = socket(address->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    int outcome = connect(fd, &address->any, address->length) < 0 ? -errno : 0;
    if (outcome == -EINPROGRESS || outcome == -EINTR) /* bölünen connect de arkada sürer */
        outcome = finish_connecting(exchange, fd);
    if (outcome < 0) {
        close(fd);
        return outcome;
    }
    return fd;
}

static int open_any(struct exchange *exchange)
{
    int fd = -EHOSTUNREACH;
    for (int i = 0; i < exchange->target->count && fd < 0; i++)
        fd = open_to(exchange, &exchange->target->addresses[i]);
    return fd;
}

static int send_question(const struct exchange *exchange, int fd, deadline_t deadline)
{
    char line[EXCHANGE_TEXT_SIZE + 1];
    const char *next = line;
    size_t left = (size_t)snprintf(line, sizeof line, "%s\n", exchange->question);
    while (left > 0) {
        ssize_t sent = send(fd, next, left, MSG_NOSIGNAL);
        if (sent >= 0) {
            next += sent;
            left -= (size_t)sent;
        } else if (errno == EAGAIN) {
            int ready = exchange->wait(fd, POLLOUT, deadline);
            if (ready < 0)
                return ready;
        } else if (errno != EINTR) {
            return -errno;
        }
    }
    return 0;
}

/* Yanıt satırı `lines`tadır: 0 ya da -errno. Zaman sınırı satırın tamamınındır. */
static int read_answer(const struct exchange *exchange, int fd, struct lines *lines,
                       struct text *answer, deadline_t deadline)
{
    int outcome;
    while ((outcome = lines_next(lines, answer)) == 0) {
        int ready = exchange->wait(fd, POLLIN, deadline);
        if (ready < 0)
            return ready;
        char *room;
        size_t size = lines_room(lines, &room);
        if (size == 0)
            return -ENOMEM;
        ssize_t got = recv(fd, room, size, 0);
        if (got == 0)
            return -ENODATA;
        if (got > 0)
            lines_added(lines, (size_t)got);
        else if (errno != EAGAIN && errno != EINTR)
            return -errno;
    }
    if (outcome > 0 && !text_is_utf8(answer->bytes, answer->length))
        return -EILSEQ;
    return outcome < 0 ? outcome : 0;
}

/* Gelen satır beklenen mi? Tek soru soruldu: arkasından gelen bir şey de yanlıştır. */
static int check_answer(struct exchange *exchange, struct text answer, bool alone)
{
    char shown[EXCHANGE_TEXT_SIZE];
    char why[2 * EXCHANGE_TEXT_SIZE];
    if (text_starts_with(answer, "Sunucu dolu"))
        return failure(exchange, "Bağlanılamadı", "sunucu dolu", -EAGAIN);
    if (alone && answer.length == strlen(exchange->expected) &&
        memcmp(answer.bytes, exchange->expected, answer.length) == 0)
        return 0;
    text_escape(shown, sizeof shown, answer.bytes, answer.length);
    snprintf(why, sizeof why, "beklenmeyen yanıt: %s%s", shown, alone ? "" : " ve fazlası");
    return failure(exchange, "Yanıt yanlış", why, -EPROTO);
}

static int ask(struct exchange *exchange, int fd)
{
    struct lines lines;
    struct text answer = {0};
    deadline_t deadline = deadline_after(exchange->delay + exchange->target->timeout);
    lines_init(&lines, LINES_LIMIT);
    int outcome = send_question(exchange, fd, deadline);
    /* Gönderilemese de okunur: dolu sunucunun sözü gelmiş olabilir. */
    int read = read_answer(exchange, fd, &lines, &answer, deadline);
    if (read < 0)
        outcome = failure(exchange, "Yanıt alınamadı", NULL, outcome < 0 ? outcome : read);
    else
        outcome = check_answer(exchange, answer, lines_empty(&lines));
    lines_free(&lines);
    return outcome;
}

int exchange_run(struct exchange *exchange)
{
    int fd = open_any(exchange);
    if (fd < 0)
        return failure(exchange, "Bağlanılamadı", NULL, fd);
    int outcome = ask(exchange, fd);
    close(fd);
    return outcome;
}
