#include "visit.h"

#include <errno.h>

#include "base/log.h"
#include "base/stop.h"

/* Kapanırken: çekirdeğe varmış baytların okunmasına yeten süre. */
#define ARRIVED_SECONDS 0.05

/* Yanıtı almayan istemci kapanışı en çok bu kadar oyalar. */
#define SENDING_SECONDS 0.5

static int read_what_has_arrived(struct visit *visit, struct text *line)
{
    if (monotonic_ns() >= stop_deadline())
        return -ECANCELED;
    task_shield(deadline_after(2 * ARRIVED_SECONDS));
    int outcome = stream_read_line(visit->stream, line, deadline_after(ARRIVED_SECONDS));
    task_unshield();
    return outcome == -ETIMEDOUT ? -ECANCELED : outcome;
}

int visit_read_line(struct visit *visit, struct text *line, deadline_t deadline)
{
    int outcome = stream_read_line(visit->stream, line, deadline);
    if (outcome == -ECANCELED)
        outcome = read_what_has_arrived(visit, line);
    if (outcome > 0 && !text_is_utf8(line->bytes, line->length))
        return -EILSEQ;
    return outcome;
}

/* region: visit-work */
/* İptal, uykuyu böler; iş kapanış sınırına sığıyorsa uykunun kalanı kalkanın arkasında sürer. */
static int sleep_or_give_up(deadline_t when)
{
    int outcome = task_sleep_until(when);
    if (outcome != -ECANCELED || when > stop_deadline())
        return outcome;
    task_shield(stop_deadline());
    outcome = task_sleep_until(when);
    task_unshield();
    return outcome;
}

int visit_work(struct visit *visit, double seconds, struct text request)
{
    struct service *service = visit->service;
    char shown[200];
    service->in_flight++;
    if (service->verbose) {
        text_escape(shown, sizeof shown, request.bytes, request.length);
        log_info("[%s] İstek: %s (süren: %ld)", visit->name, shown, service->in_flight);
    }
    int outcome = seconds > 0 ? sleep_or_give_up(deadline_after(seconds)) : 0;
    service->in_flight--;
    return outcome;
}
/* endregion */

int visit_send(struct visit *visit, const char *bytes, size_t length)
{
    task_shield(deadline_sooner(deadline_after(SENDING_SECONDS), stop_deadline()));
    int outcome = stream_write(visit->stream, bytes, length,
                               deadline_after(visit->service->timeout));
    task_unshield();
    return outcome;
}
