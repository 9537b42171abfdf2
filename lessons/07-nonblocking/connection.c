#include "connection.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/errtext.h"
#include "base/log.h"
#include "base/stop.h"
#include "base/text.h"

#define TOO_LONG "Satır çok uzun (en fazla 65536 bayt)\n"
_Static_assert(LINES_LIMIT == 65536, "TOO_LONG aynı sayıyı söyler");

#define LAST_WORD_NS 1000000000
#define FIRST_OUTPUT_SIZE 1024

/* Bundan büyük bir tampon boşalınca geri verilir: bir kez uzun konuşmuş ya da yavaşlamış bir
 * istemci bellek tutmasın. */
#define KEPT_SIZE 16384

struct connection *connection_new(int fd, const struct address *peer, size_t queue_limit,
                                  double timeout, int64_t now)
{
    struct connection *connection = malloc(sizeof *connection);
    if (!connection)
        return NULL;
    *connection = (struct connection){.fd = fd,
                                      .queue_limit = queue_limit,
                                      .timeout = timeout,
                                      .last_progress = now,
                                      .cut_at = DEADLINE_NONE};
    lines_init(&connection->lines, LINES_LIMIT);
    address_text(peer, connection->name);
    int on = 1; /* küçük yanıtlar birleştirilmek için bekletilmesin (Nagle) */
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return connection;
}

void connection_free(struct connection *connection)
{
    if (connection_waiting(connection) > 0) {
        /* Almayan istemcinin baytları close'dan sonra çekirdekte de beklemesin. */
        struct linger at_once = {.l_onoff = 1, .l_linger = 0};
        (void)setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }
    close(connection->fd);
    lines_free(&connection->lines);
    free(connection->output);
    free(connection);
}

size_t connection_waiting(const struct connection *connection)
{
    return connection->output_end - connection->output_start;
}

bool connection_full(const struct connection *connection)
{
    return connection_waiting(connection) >= connection->queue_limit;
}

/* region: not-now */
/* Bloke etmeyen çağrı "şimdi değil" mi dedi? Bu bir hata değildir: soket hazır olunca yinelenir.
 * Bölünen çağrı (EINTR) da öyle: soket hâlâ hazırdır, sonraki tur hemen gelir. */
static bool not_now(int error)
{
    return error == EAGAIN || error == EINTR;
}
/* endregion */

/* region: output */
/* Çıktının sonunda `length` baytlık yer; bellek yoksa NULL. Öndeki boşluk, kalandan büyük olunca
 * kullanılır: böylece kaydırılan her bayta karşılık en az bir bayt gönderilmiştir. */
static char *make_room(struct connection *connection, size_t length)
{
    size_t waiting = connection_waiting(connection);
    if (connection->output_end + length <= connection->output_size)
        return connection->output + connection->output_end;
    if (connection->output_start > waiting) {
        memcpy(connection->output, connection->output + connection->output_start, waiting);
        connection->output_start = 0;
        connection->output_end = waiting;
    }
    size_t size = connection->output_size > 0 ? connection->output_size : FIRST_OUTPUT_SIZE;
    while (size < connection->output_end + length)
        size *= 2;
    if (size > connection->output_size) {
        char *grown = realloc(connection->output, size);
        if (!grown)
            return NULL;
        connection->output = grown;
        connection->output_size = size;
    }
    return connection->output + connection->output_end;
}

int connection_say(struct connection *connection, const char *prefix, struct text text)
{
    size_t prefix_length = strlen(prefix);
    size_t length = prefix_length + text.length + 1;
    char *room = make_room(connection, length);
    if (!room)
        return -ENOMEM;
    memcpy(room, prefix, prefix_length);
    memcpy(room + prefix_length, text.bytes, text.length);
    room[length - 1] = '\n';
    connection->output_end += length;
    return 0;
}
/* endregion */

static void output_emptied(struct connection *connection)
{
    connection->output_start = connection->output_end = 0;
    if (connection->output_size <= KEPT_SIZE)
        return;
    free(connection->output);
    connection->output = NULL;
    connection->output_size = 0;
}

/* region: send */
/* Bekleyenden soketin aldığı kadarını gönderir: hepsini, bir kısmını ya da hiçbirini. Alınmayan
 * bayt tamponda durur; kaybolmaz, unutulmaz. Dönen: giden bayt sayısı ya da -errno. */
static ssize_t send_output(struct connection *connection, int64_t now)
{
    size_t waiting = connection_waiting(connection);
    if (waiting == 0)
        return 0;
    const char *first = connection->output + connection->output_start;
    ssize_t sent = send(connection->fd, first, waiting, MSG_NOSIGNAL);
    if (sent < 0)
        return not_now(errno) ? 0 : -errno;
    connection->torn = sent > 0 && first[sent - 1] != '\n';
    connection->output_start += (size_t)sent;
    connection->last_progress = now;
    if ((size_t)sent == waiting)
        output_emptied(connection);
    return sent;
}
/* endregion */

/* region: receive */
/* Kuyruğu dolu olan okunmaz: yanıtlarını almayanın yeni sorusu da alınmaz (geri basınç). */
static bool reads(const struct connection *connection)
{
    if (connection->state == CONNECTION_OPEN)
        return !connection->input_ended && !connection_full(connection);
    return connection->state == CONNECTION_DRAINING;
}

/* Gelmiş olandan bir parça alır. En çok bir recv: kalanı için poll hemen yeniden uyanır, arada öbür
 * istemcilere de sıra gelir. 0 ya da -errno. */
static int receive(struct connection *connection, int64_t now)
{
    char *room;
    size_t size = lines_room(&connection->lines, &room);
    if (size == 0)
        return -ENOMEM;
    ssize_t got = recv(connection->fd, room, size, 0);
    if (got < 0)
        return not_now(errno) ? 0 : -errno;
    connection->input_ended = got == 0;
    connection->last_progress = now;
    lines_added(&connection->lines, (size_t)got);
    return 0;
}
/* endregion */

short connection_events(const struct connection *connection)
{
    short events = reads(connection) ? POLLIN : 0;
    if (connection_waiting(connection) > 0)
        events |= POLLOUT;
    return events;
}

/* region: answer */
/* Sıradaki satır: 1 `*line` dolu, 0 şimdilik yok, -EMSGSIZE uzun, -EILSEQ geçersiz UTF-8. */
static int next_line(struct connection *connection, struct text *line)
{
    int outcome = lines_next(&connection->lines, line);
    if (outcome == 0 && connection->input_ended) /* satır sonu gelmeden biten akışın son satırı */
        outcome = lines_last(&connection->lines, line);
    if (outcome > 0 && !text_is_utf8(line->bytes, line->length))
        outcome = -EILSEQ;
    return outcome;
}

/* Tam satırları, kuyruk dolana dek yanıtlar. 0 ya da -errno. */
static int answer_lines(struct connection *connection)
{
    struct text line;
    int outcome = 0;
    while (!connection_full(connection) && (outcome = next_line(connection, &line)) > 0) {
        char shown[200];
        text_escape(shown, sizeof shown, line.bytes, line.length);
        log_debug("[%s] Mesaj: %s", connection->name, shown);
        outcome = connection_say(connection, "Echo: ", text_strip(line.bytes, line.length));
        if (outcome < 0)
            break;
    }
    return outcome;
}

/* Yanıtlar ve gönderir. send kuyrukta yer açtıysa, dolu diye bekletilen satırlarla sürer: onlar
 * çoktan okunduğu için poll bir daha haber vermez. */
static int converse(struct connection *connection, int64_t now)
{
    int outcome;
    ssize_t sent;
    do {
        outcome = answer_lines(connection);
        sent = send_output(connection, now);
    } while (outcome == 0 && sent > 0 && !lines_empty(&connection->lines));
    return sent < 0 ? (int)sent : outcome;
}
/* endregion */

static void leave_by(struct connection *connection, const char *last_word, deadline_t cut_at)
{
    connection->state = CONNECTION_LEAVING;
    connection->cut_at = deadline_sooner(cut_at, stop_deadline());
    size_t length = last_word ? strlen(last_word) : 0;
    char *room = length > 0 ? make_room(connection, length) : NULL;
    if (!room)
        return; /* bellek yoksa söz söylenmez, kapanış sürer */
    memcpy(room, last_word, length);
    connection->output_end += length;
}

void connection_leave(struct connection *connection, const char *last_word, int64_t now)
{
    leave_by(connection, last_word, now + LAST_WORD_NS);
}

void connection_drop(struct connection *connection, const char *last_word, int64_t now)
{
    size_t kept = 0;
    if (connection->torn) { /* öyleyse bekleyen bayt vardır */
        const char *first = connection->output + connection->output_start;
        const char *newline = memchr(first, '\n', connection_waiting(connection));
        kept = newline ? (size_t)(newline - first) + 1 : 0;
    }
    connection->output_end = connection->output_start + kept;
    connection_leave(connection, last_word, now);
}

/* region: wind-down */
/* Kapanışın sıradaki adımı. 1: bitti, 0: sürüyor, -errno. */
static int wind_down(struct connection *connection, int64_t now)
{
    if (connection->state == CONNECTION_LEAVING) {
        ssize_t sent = send_output(connection, now);
        if (sent < 0 || connection_waiting(connection) > 0)
            return sent < 0 ? (int)sent : 0;
        if (shutdown(connection->fd, SHUT_WR) < 0)
            return -errno;
        connection->state = CONNECTION_DRAINING;
        connection->cut_at = deadline_sooner(connection->cut_at, now + LAST_WORD_NS);
    }
    if (connection->input_ended)
        return 1;
    char rest[4096];
    ssize_t got = recv(connection->fd, rest, sizeof rest, 0);
    if (got < 0)
        return not_now(errno) ? 0 : -errno;
    return got == 0;
}
/* endregion */

int connection_work(struct connection *connection, short ready, int64_t now)
{
    if (connection->state == CONNECTION_OPEN) {
        bool arrived = (ready & ~POLLOUT) && reads(connection);
        int outcome = arrived ? receive(connection, now) : 0;
        if (outcome == 0)
            outcome = converse(connection, now);
        if (outcome == -EMSGSIZE || outcome == -EILSEQ) {
            log_warning("Bağlantı kesildi: %s: %s", connection->name, error_text(outcome));
            /* Önceki satırların yanıtları kuyrukta bekliyor olabilir; onların süresi
             * sessizliğinkidir. */
            leave_by(connection, outcome == -EMSGSIZE ? TOO_LONG : NULL,
                     deadline_from(now, connection->timeout));
        } else if (outcome < 0) {
            return outcome;
        }
    }
    if (connection->state != CONNECTION_OPEN)
        return wind_down(connection, now);
    if (!lines_empty(&connection->lines))
        return 0;
    if (connection->lines.capacity > KEPT_SIZE)
        lines_free(&connection->lines);
    return connection->input_ended && connection_waiting(connection) == 0;
}

deadline_t connection_deadline(const struct connection *connection, double stall)
{
    if (connection->state != CONNECTION_OPEN)
        return connection->cut_at;
    double patience = connection_full(connection) ? stall : connection->timeout;
    return deadline_from(connection->last_progress, patience);
}
