#include "conversation.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "base/errtext.h"
#include "base/log.h"
#include "base/stop.h"
#include "net/connection.h"
#include "requests.h"

/* Kapanış istendiğinde çekirdeğe varmış baytların görülmesine yeten süre. */
#define ARRIVED_SECONDS 0.05
/* Son söz ve karşı tarafın kapatması için, kapanış sınırından sonra kalan. */
#define LEAVING_SECONDS 0.2

/* region: next-line */
/* Sıradaki satır. Kapanış istenince bekleyiş -ECANCELED verir; gelmiş olanlar yine de, kalkanın
 * arkasında, her satır en çok ARRIVED_SECONDS beklenerek okunur. */
static int next_line(struct stream *stream, struct text *line, double timeout)
{
    int outcome = -ECANCELED;
    if (!stop_requested())
        outcome = stream_read_line(stream, line, deadline_after(timeout));
    if (outcome != -ECANCELED)
        return outcome;
    task_shield(stop_deadline());
    outcome = stream_read_line(stream, line, deadline_after(ARRIVED_SECONDS));
    task_unshield();
    return outcome == -ETIMEDOUT ? -ECANCELED : outcome;
}
/* endregion */

static int talk(struct stream *stream, struct desk *desk, const char *name)
{
    struct text line;
    int outcome;
    while ((outcome = next_line(stream, &line, desk->timeout)) > 0) {
        if (!text_is_utf8(line.bytes, line.length))
            return -EILSEQ;
        char shown[200];
        text_escape(shown, sizeof shown, line.bytes, line.length);
        log_debug("[%s] İstek: %s", name, shown);
        outcome = request_serve(desk, stream, line);
        if (outcome < 0)
            return outcome;
    }
    return outcome;
}

static void log_end(const char *name, int outcome)
{
    if (outcome == 0)
        log_info("İstemci ayrıldı: %s", name);
    else if (outcome == -ECANCELED)
        log_info("Sunucu kapanıyor, bağlantı bitirildi: %s", name);
    else if (outcome == -ETIMEDOUT)
        log_warning("İstemci zaman aşımı: %s", name);
    else
        log_warning("Bağlantı kesildi: %s: %s", name, error_text(outcome));
}

int converse(struct stream *stream, const struct address *peer, void *argument)
{
    struct desk *desk = argument;
    char name[ADDRESS_TEXT_SIZE];
    address_text(peer, name);
    log_info("Yeni bağlantı: %s", name);
    int on = 1; /* art arda küçük yanıtlar Nagle yüzünden beklemesin */
    (void)setsockopt(stream->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    int outcome = talk(stream, desk, name);
    log_end(name, outcome);
    if (outcome == -EMSGSIZE) {
        task_shield(deadline_after(LEAVING_SECONDS)); /* kapanırken de söylenir */
        (void)stream_write(stream, CONNECTION_LINE_TOO_LONG, strlen(CONNECTION_LINE_TOO_LONG),
                           deadline_after(LEAVING_SECONDS));
        task_unshield();
    }
    if (stop_requested()) {
        deadline_t left = deadline_from(stop_deadline(), LEAVING_SECONDS);
        task_shield(left);
        stream_close_gracefully(stream, deadline_sooner(left, deadline_after(LEAVING_SECONDS)));
    }
    return outcome;
}
