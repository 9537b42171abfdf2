#include "conversation.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/errtext.h"
#include "base/log.h"
#include "base/stop.h"
#include "coroutine.h"
#include "net/connection.h"
#include "request.h"

#define FAREWELL_SECONDS 1.0

/* Okunur olana dek bekler. Durdurma istendiyse beklemez, gelmişe bakar; istek beklerken gelirse bir
 * kez daha bakar. Dönen: 0'dan büyük, -ETIMEDOUT, -ECANCELED ya da başka bir -errno. */
static int wait_for_input(const struct conversation *talk)
{
    bool stopping;
    int ready;
    do {
        stopping = stop_requested();
        deadline_t deadline = stopping ? 0 : deadline_after(talk->rules->timeout);
        ready = coroutine_wait_fd(talk->fd, POLLIN, deadline);
    } while (ready == -ECANCELED && !stopping);
    return ready < 0 && stopping ? -ECANCELED : ready;
}

/* Bir parça okur: 0, -errno. Akış sonunda input_ended olur. */
static int receive(struct conversation *talk)
{
    if (lines_empty(&talk->lines))
        lines_free(&talk->lines); /* bekleyen bağlantı tampon tutmaz */
    int ready = wait_for_input(talk);
    if (ready < 0)
        return ready;
    char *room;
    size_t size = lines_room(&talk->lines, &room);
    if (size == 0)
        return -ENOMEM;
    ssize_t got = recv(talk->fd, room, size, MSG_DONTWAIT);
    if (got < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : -errno;
    lines_added(&talk->lines, (size_t)got);
    talk->input_ended = got == 0;
    return 0;
}

/* Sıradaki satır: 1 `*line` dolu (sonraki okumaya dek geçerli), 0 akış sonu, -errno. Satır sonu
 * gelmeden biten akışın son satırı da verilir. */
static int read_line(struct conversation *talk, struct text *line)
{
    int outcome;
    while ((outcome = lines_next(&talk->lines, line)) == 0 && !talk->input_ended) {
        outcome = receive(talk);
        if (outcome < 0)
            return outcome;
    }
    if (outcome == 0)
        outcome = lines_last(&talk->lines, line);
    if (outcome > 0 && stop_overdue())
        return -ECANCELED;
    return outcome > 0 && !text_is_utf8(line->bytes, line->length) ? -EILSEQ : outcome;
}

/* Tamamını gönderir; sınır bütün yanıtındır. Durdurma istenirse kapanış sınırına dek sürer. */
static int send_all(const struct conversation *talk, const char *bytes, size_t length,
                    deadline_t deadline)
{
    while (length > 0) {
        ssize_t sent = send(talk->fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent >= 0) {
            bytes += sent;
            length -= (size_t)sent;
        } else if (errno == EAGAIN) {
            deadline_t end = deadline_sooner(deadline, stop_deadline());
            int ready = coroutine_wait_fd(talk->fd, POLLOUT, end);
            if (ready < 0 && ready != -ECANCELED)
                return ready;
        } else if (errno != EINTR) {
            return -errno;
        }
    }
    return 0;
}

/* region: delay */
/* İşin yerini tutan bekleyiş. Hiçbir olay istenmese de sıfırlanan bağlantıyı poll yine söyler
 * (POLLERR, POLLHUP): onun için beklenmez. Olağan kapatan istemci ise yarı kapatandan ayrılamaz,
 * yanıtı beklenir. Yanıtı kapanış sınırına sığmayacaksa hiç beklenmez. */
static int delay(const struct conversation *talk, double seconds)
{
    deadline_t due = deadline_after(seconds);
    int ready = -ECANCELED;
    while (ready == -ECANCELED) {
        if (due > stop_deadline())
            return -ECANCELED;
        ready = coroutine_wait_fd(talk->fd, 0, due);
    }
    if (ready == -ETIMEDOUT)
        return 0;
    return ready < 0 ? ready : -ECONNRESET;
}
/* endregion */

static int say_too_long_a_delay(const struct conversation *talk)
{
    char words[80];
    int length = snprintf(words, sizeof words, "HATA: en çok %g saniye beklenir\n",
                          talk->rules->max_delay);
    return send_all(talk, words, (size_t)length, deadline_after(talk->rules->timeout));
}

static int say_answer(const struct conversation *talk, const struct request *request)
{
    char *answer = malloc(request_answer_size(request));
    if (!answer)
        return -ENOMEM;
    size_t length = request_answer(request, answer);
    int outcome = send_all(talk, answer, length, deadline_after(talk->rules->timeout));
    free(answer);
    return outcome;
}

/* region: answer */
static void log_request(const struct conversation *talk, struct text line)
{
    char shown[200];
    text_escape(shown, sizeof shown, line.bytes, line.length);
    log_info("[%s] İstek: %s (yürüyen: %ld)", talk->name, shown, talk->rules->in_flight);
}

/* Satırı yanıtlar: 0 ya da -errno. */
static int answer(const struct conversation *talk, struct text line)
{
    struct request request = request_parse(line);
    if (request.kind == REQUEST_UNKNOWN)
        return say_answer(talk, &request);
    if (request.seconds > talk->rules->max_delay)
        return say_too_long_a_delay(talk);
    talk->rules->in_flight++; /* kilit yok: sıra yalnız beklerken bırakılır */
    log_request(talk, line);
    int outcome = delay(talk, request.seconds);
    talk->rules->in_flight--;
    return outcome < 0 ? outcome : say_answer(talk, &request);
}
/* endregion */

/* Yazma yarısını kapatır, karşı taraf da kapatana ya da sınıra dek geleni okuyup atar, sonra
 * kapatır: okunmadan kapatılsaydı RST giderdi ve karşı taraf son sözü okuyamayabilirdi. */
static void close_gracefully(int fd, deadline_t deadline)
{
    char rest[512];
    ssize_t got = shutdown(fd, SHUT_WR) == 0;
    while (got > 0 && monotonic_ns() < deadline_sooner(deadline, stop_deadline())) {
        int ready = coroutine_wait_fd(fd, POLLIN, deadline_sooner(deadline, stop_deadline()));
        if (ready > 0)
            got = recv(fd, rest, sizeof rest, MSG_DONTWAIT);
        else if (ready != -ECANCELED)
            break;
    }
    close(fd);
}

static void farewell(struct conversation *talk, const char *last_word)
{
    deadline_t deadline = deadline_after(FAREWELL_SECONDS);
    int outcome = 0;
    if (last_word)
        outcome = send_all(talk, last_word, strlen(last_word), deadline);
    if (outcome == 0)
        close_gracefully(talk->fd, deadline);
    else
        close(talk->fd);
    lines_free(&talk->lines);
}

static void log_ending(const struct conversation *talk, int outcome)
{
    if (outcome == 0)
        log_info("İstemci ayrıldı: %s", talk->name);
    else if (outcome == -ECANCELED)
        log_info("Sunucu kapanıyor, bağlantı kapatıldı: %s", talk->name);
    else if (outcome == -ETIMEDOUT)
        log_warning("İstemci zaman aşımı: %s", talk->name);
    else
        log_warning("Bağlantı kesildi: %s: %s", talk->name, error_text(outcome));
}

/* region: converse */
void converse(struct conversation *talk)
{
    struct text line;
    int outcome;
    int on = 1; /* küçük yanıtlar Nagle yüzünden beklemesin */
    (void)setsockopt(talk->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    lines_init(&talk->lines, LINES_LIMIT);
    while ((outcome = read_line(talk, &line)) > 0) {
        outcome = answer(talk, line);
        if (outcome < 0)
            break;
    }
    log_ending(talk, outcome);
    farewell(talk, outcome == -EMSGSIZE ? CONNECTION_LINE_TOO_LONG : NULL);
}
/* endregion */

void conversation_refuse(struct conversation *talk)
{
    lines_init(&talk->lines, LINES_LIMIT);
    log_warning("Sunucu dolu, geri çevrildi: %s", talk->name);
    farewell(talk, CONNECTION_SERVER_FULL);
}
