#include "conversation.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/errtext.h"
#include "base/log.h"
#include "base/stop.h"
#include "base/wait.h"
#include "net/lines.h"
#include "net/socket.h"
#include "protocol.h"

#define FAREWELL_SECONDS 0.2

struct conversation {
    const struct server *server;
    const struct visitor *visitor;
    struct session session;
    struct lines lines;
};

static int send_text(const struct conversation *talk, const char *text, size_t length)
{
    return socket_send_all(talk->visitor->fd, text, length, deadline_after(talk->server->timeout));
}

/* Yanıttan önceki bekleyiş: yavaş bir veri tabanının yerini tutar, işlemci harcamaz. Durdurma
 * isteği gelirse, kapanış sınırına kadar sürdürülür: yolda olan istek yarım bırakılmaz. */
static int pause_before_reply(double seconds)
{
    deadline_t deadline = deadline_after(seconds);
    if (wait_stop(deadline) == 0)
        return 0;
    wait_fd(-1, 0, deadline_sooner(deadline, stop_deadline()));
    return monotonic_ns() < deadline ? -ECANCELED : 0;
}

/* Satırı yanıtlar. 0: konuşma sürüyor, 1: istemci veda etti, -errno: bağlantı artık kullanılmaz. */
static int answer(struct conversation *talk, struct text line)
{
    if (!text_is_utf8(line.bytes, line.length))
        return -EILSEQ;
    char shown[200];
    text_escape(shown, sizeof shown, line.bytes, line.length);
    log_debug("[%s] İstek: %s", talk->visitor->name, shown);

    struct reply reply;
    protocol_answer(&talk->session, line, &reply);
    int outcome = reply.delay > 0 ? pause_before_reply(reply.delay) : 0;
    if (outcome == 0)
        outcome = send_text(talk, reply.text, reply.length);
    return outcome < 0 ? outcome : reply.leaving;
}

/* Tampondaki tam satırların hepsini yanıtlar. Dönüşü answer gibidir; satır uzunsa -EMSGSIZE. */
static int answer_lines(struct conversation *talk)
{
    struct text line;
    int outcome;
    while ((outcome = lines_next(&talk->lines, &line)) > 0) {
        /* Hiç susmayan istemci kapanışı geciktiremez. */
        outcome = stop_overdue() ? -ECANCELED : answer(talk, line);
        if (outcome != 0)
            return outcome;
    }
    return outcome;
}

/* Satır sonu gelmeden biten akış: son satır da yanıtlanır. */
static int answer_last(struct conversation *talk)
{
    struct text line;
    int outcome = lines_last(&talk->lines, &line);
    return outcome > 0 ? answer(talk, line) : outcome;
}

/* Karşılamadan son isteğe. Dönüşü: 1 istemci quit dedi, 0 akış sonu, -errno başka bir son. */
static int carry_on(struct conversation *talk)
{
    char now[DATETIME_SIZE];
    char welcome[80];
    if (stop_requested())
        return -ECANCELED; /* sırada beklerken sunucu kapanmaya başladı */
    int length = snprintf(welcome, sizeof welcome, "Hoşgeldiniz! Bağlantı zamanı: %s\n",
                          datetime_now(now));
    int outcome = send_text(talk, welcome, (size_t)length);

    while (outcome == 0) {
        char *room;
        size_t size = lines_room(&talk->lines, &room);
        if (size == 0)
            return -ENOMEM;
        deadline_t deadline = deadline_after(talk->server->timeout);
        ssize_t got = socket_receive(talk->visitor->fd, room, size, deadline);
        if (got < 0)
            return (int)got;
        if (got == 0)
            return answer_last(talk);
        lines_added(&talk->lines, (size_t)got);
        outcome = answer_lines(talk);
    }
    return outcome;
}

static void log_ending(const char *name, int outcome)
{
    if (outcome >= 0)
        log_info("İstemci ayrıldı: %s", name);
    else if (outcome == -ECANCELED)
        log_info("Sunucu kapanıyor, istemciye veda edildi: %s", name);
    else if (outcome == -ETIMEDOUT)
        log_warning("İstemci zaman aşımı: %s", name);
    else
        log_warning("Bağlantı kesildi: %s: %s", name, error_text(outcome));
}

/* Konuşmanın nasıl bittiğine göre son söz ve kapanış. */
static void farewell(int fd, int outcome)
{
    char word[80] = "";
    deadline_t deadline = deadline_sooner(deadline_after(FAREWELL_SECONDS), stop_deadline());
    if (outcome == -ECANCELED)
        snprintf(word, sizeof word, GOODBYE);
    else if (outcome == -EMSGSIZE)
        snprintf(word, sizeof word, "Satır çok uzun (en fazla %d bayt)\n", LINES_LIMIT);
    socket_send_all(fd, word, strlen(word), deadline);
    socket_close_gracefully(fd, deadline);
}

/* region: converse */
void converse(const struct server *server, const struct visitor *visitor)
{
    struct conversation talk = {
        .server = server, .visitor = visitor, .session = {.total = server->total}};
    lines_init(&talk.lines, LINES_LIMIT);
    int outcome = carry_on(&talk);
    log_ending(visitor->name, outcome);
    farewell(visitor->fd, outcome);
    lines_free(&talk.lines);
}
/* endregion */
