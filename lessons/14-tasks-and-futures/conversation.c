#include "conversation.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/errtext.h"
#include "base/log.h"
#include "base/stop.h"
#include "net/connection.h"
#include "request.h"

#define SENDING_SECONDS 0.5 /* kapanışta bir yanıtı yazmanın en uzun süresi */
#define LEAVING_SECONDS 0.2 /* son söz ve karşı tarafın kapatması için, sınırdan sonra kalan */
#define REPLY_MOST 160      /* boyu önceden belli yanıtlar */

/* --- yanıtlar --- */

/* Kapanışta da söylenir, ama okumayan istemci kapanışı en çok SENDING_SECONDS oyalar. */
static int deliver(struct visit *visit, const char *bytes, size_t length)
{
    task_shield(deadline_sooner(deadline_after(SENDING_SECONDS), stop_deadline()));
    int outcome = stream_write(visit->stream, bytes, length, deadline_after(visit->desk->timeout));
    task_unshield();
    return outcome;
}

static int say(struct visit *visit, const char *format, ...) __attribute__((format(printf, 2, 3)));

static int say(struct visit *visit, const char *format, ...)
{
    char reply[REPLY_MOST];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(reply, sizeof reply, format, arguments);
    va_end(arguments);
    return deliver(visit, reply, (size_t)length);
}

/* --- istekler --- */

/* `before` AD `after`, tek gönderimde. Ad satırın içindedir ve iş sürerken yeni satır okunur:
 * yanıtın yeri işten önce ayrılır, adın kopyası onun içindedir. */
struct reply {
    char *bytes;
    size_t name_at, name_length;
};

static int reply_prepare(struct reply *reply, const struct request *request)
{
    *reply = (struct reply){.name_at = strlen("HATA: "), .name_length = request->name.length};
    reply->bytes = malloc(REPLY_MOST + request->name.length);
    if (!reply->bytes)
        return -ENOMEM;
    memcpy(reply->bytes + reply->name_at, request->name.bytes, request->name.length);
    return 0;
}

static int reply_send(struct visit *visit, struct reply *reply, const char *before,
                      const char *after)
{
    char *start = reply->bytes + reply->name_at - strlen(before);
    memcpy(start, before, strlen(before));
    memcpy(reply->bytes + reply->name_at + reply->name_length, after, strlen(after));
    return deliver(visit, start, strlen(before) + reply->name_length + strlen(after));
}

static int serve_work(struct visit *visit, const struct request *request)
{
    struct reply reply;
    int outcome = reply_prepare(&reply, request);
    if (outcome < 0)
        return outcome;
    outcome = visit_work(visit, request->seconds);
    if (outcome == 0)
        outcome = reply_send(visit, &reply, "", " bırakıldı\n");
    else if (outcome > 0 && request->kind == REQUEST_FAIL)
        outcome = reply_send(visit, &reply, "HATA: ", " bir hata verdi!\n");
    else if (outcome > 0)
        outcome = reply_send(visit, &reply, "", " tamamlandı\n");
    free(reply.bytes);
    return outcome;
}

/* Sürmekte olan işi, bu satırı önden okuyan görev zaten bıraktırdı; kalan, temizliğin
 * kendisidir. */
static int serve_withdraw(struct visit *visit, const struct request *request)
{
    int outcome = visit_work(visit, request->seconds);
    return outcome < 0 ? outcome : say(visit, "vazgeçildi\n");
}

static int serve(struct visit *visit, struct text line)
{
    const struct desk *desk = visit->desk;
    struct request request = request_parse(line);
    if (request.seconds > desk->max_delay)
        return say(visit, "HATA: en çok %g saniye beklenir\n", desk->max_delay);
    switch (request.kind) {
    case REQUEST_WAIT:
    case REQUEST_FAIL:
        return serve_work(visit, &request);
    case REQUEST_WITHDRAW:
        return serve_withdraw(visit, &request);
    case REQUEST_STATUS:
        return say(visit, "süren %zu, aynı anda en çok %zu, bırakılan %zu\n", desk->active,
                   desk->most, desk->dropped);
    case REQUEST_UNKNOWN:
        break;
    }
    return say(visit, "HATA: anlaşılmadı\n");
}

/* --- konuşma --- */

static int talk(struct visit *visit, const char *name)
{
    struct text line;
    int outcome;
    while ((outcome = visit_line(visit, &line)) > 0) {
        if (!text_is_utf8(line.bytes, line.length))
            return -EILSEQ;
        char shown[200];
        text_escape(shown, sizeof shown, line.bytes, line.length);
        log_debug("[%s] İstek: %s", name, shown);
        outcome = serve(visit, line);
        if (outcome < 0)
            return outcome;
    }
    return outcome;
}

static void log_end(const char *name, int outcome)
{
    if (outcome == 0)
        log_debug("İstemci ayrıldı: %s", name);
    else if (outcome == -ECANCELED)
        log_info("Sunucu kapanıyor, bağlantı bitirildi: %s", name);
    else if (outcome == -ETIMEDOUT)
        log_warning("İstemci zaman aşımı: %s", name);
    else
        log_warning("Bağlantı kesildi: %s: %s", name, error_text(outcome));
}

int converse(struct stream *stream, const struct address *peer, void *argument)
{
    struct visit visit = {.desk = argument, .stream = stream};
    char name[ADDRESS_TEXT_SIZE];
    address_text(peer, name);
    log_debug("Yeni bağlantı: %s", name);
    int on = 1; /* art arda küçük yanıtlar Nagle yüzünden beklemesin */
    (void)setsockopt(stream->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    int outcome = talk(&visit, name);
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
