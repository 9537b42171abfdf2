#include "conversation.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/errtext.h"
#include "base/log.h"
#include "base/stop.h"
#include "desk.h"
#include "net/connection.h"
#include "request.h"

#define DONE " tamamlandı\n"

/* Kapanış istendiğinde çekirdeğe varmış baytların görülmesine yeten süre. */
#define ARRIVED_SECONDS 0.05
/* Yanıtı okumayan istemci kapanışı en çok bu kadar oyalar. */
#define SENDING_SECONDS 0.5
/* Son söz ve karşı tarafın kapatması için, kapanış sınırından sonra kalan. */
#define LEAVING_SECONDS 0.2

struct visit {
    struct stream *stream;
    struct desk *desk;
    char name[ADDRESS_TEXT_SIZE];
};

/* Kapanışta da söylenir: iptal edilmiş görevin yazması kalkansız -ECANCELED verirdi. */
static int say(struct visit *visit, const char *bytes, size_t length)
{
    task_shield(deadline_sooner(deadline_after(SENDING_SECONDS), stop_deadline()));
    int outcome = stream_write(visit->stream, bytes, length, deadline_after(visit->desk->timeout));
    task_unshield();
    return outcome;
}

static int say_text(struct visit *visit, const char *text)
{
    return say(visit, text, strlen(text));
}

/* Ad ve söz tek gönderimde çıksın diye yan yana getirilir. */
static int say_done(struct visit *visit, struct text name)
{
    size_t length = name.length + strlen(DONE);
    char *answer = malloc(length);
    if (!answer)
        return -ENOMEM;
    memcpy(answer, name.bytes, name.length);
    memcpy(answer + name.length, DONE, strlen(DONE));
    int outcome = say(visit, answer, length);
    free(answer);
    return outcome;
}

/* İşin kendisi: o kadar beklemek. Kapanış istenince bekleyiş -ECANCELED ile biter; sonu kapanış
 * sınırına sığan iş kalkanın arkasında sürer, sığmayan hemen bırakılır. */
static int work(struct desk *desk, double seconds)
{
    deadline_t due = deadline_after(seconds);
    if (++desk->active > desk->most)
        desk->most = desk->active;
    int outcome = task_sleep_until(due);
    if (outcome == -ECANCELED && due <= stop_deadline()) {
        task_shield(stop_deadline());
        outcome = task_sleep_until(due);
        task_unshield();
    }
    desk->active--;
    return outcome;
}

static int serve_wait(struct visit *visit, const struct request *request)
{
    struct desk *desk = visit->desk;
    char refusal[64];
    if (request->seconds > desk->max_delay) {
        snprintf(refusal, sizeof refusal, "HATA: en çok %g saniye beklenir\n", desk->max_delay);
        return say_text(visit, refusal);
    }
    int outcome = work(desk, request->seconds);
    return outcome < 0 ? outcome : say_done(visit, request->name);
}

static int serve_status(struct visit *visit)
{
    char answer[80];
    snprintf(answer, sizeof answer, "süren %zu, aynı anda en çok %zu\n", visit->desk->active,
             visit->desk->most);
    return say_text(visit, answer);
}

static int serve(struct visit *visit, struct text line)
{
    if (!text_is_utf8(line.bytes, line.length))
        return -EILSEQ;
    char shown[200];
    text_escape(shown, sizeof shown, line.bytes, line.length);
    log_debug("[%s] İstek: %s", visit->name, shown);
    struct request request = request_parse(line);
    if (request.kind == REQUEST_WAIT)
        return serve_wait(visit, &request);
    if (request.kind == REQUEST_STATUS)
        return serve_status(visit);
    return say_text(visit, "HATA: anlaşılmadı\n");
}

/* Sıradaki satır. Kapanış istenmişse yalnız gelmiş olanlar okunur, her biri en çok
 * ARRIVED_SECONDS beklenerek. */
static int next_line(struct visit *visit, struct text *line)
{
    int outcome = -ECANCELED;
    if (!stop_requested())
        outcome = stream_read_line(visit->stream, line, deadline_after(visit->desk->timeout));
    if (outcome != -ECANCELED)
        return outcome;
    task_shield(stop_deadline());
    outcome = stream_read_line(visit->stream, line, deadline_after(ARRIVED_SECONDS));
    task_unshield();
    return outcome == -ETIMEDOUT ? -ECANCELED : outcome;
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
    struct visit visit = {.stream = stream, .desk = argument};
    struct text line;
    int outcome;
    address_text(peer, visit.name);
    log_info("Yeni bağlantı: %s", visit.name);
    while ((outcome = next_line(&visit, &line)) > 0) {
        outcome = serve(&visit, line);
        if (outcome < 0)
            break;
    }
    if (outcome == -EMSGSIZE)
        (void)say_text(&visit, CONNECTION_LINE_TOO_LONG);
    log_end(visit.name, outcome);
    if (stop_requested()) {
        deadline_t left = deadline_from(stop_deadline(), LEAVING_SECONDS);
        task_shield(left);
        stream_close_gracefully(stream, deadline_sooner(left, deadline_after(LEAVING_SECONDS)));
    }
    return outcome;
}
