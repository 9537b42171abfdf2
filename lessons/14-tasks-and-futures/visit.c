#include "visit.h"

#include <errno.h>

#include "base/stop.h"
#include "request.h"

/* Kapanış istendiğinde çekirdeğe varmış baytların görülmesine yeten süre. */
#define ARRIVED_SECONDS 0.05

/* --- öne bakmak --- */

/* region: listen */
/* İş sürerken sıradaki satırı okur. Kopan bağlantı da işi bıraktırır: yanıtını alacak kimse
 * yoktur. Akış sonu bıraktırmaz: yazma yarısını kapatan istemci yanıtını bekler. */
static int listen_ahead(void *argument)
{
    struct visit *visit = argument;
    int outcome = stream_read_line(visit->stream, &visit->line, DEADLINE_NONE);
    if (outcome == -ECANCELED) /* iş bitti, satır gelmedi */
        return outcome;
    visit->ahead = true;
    visit->outcome = outcome;
    bool lost = outcome < 0 && outcome != -EMSGSIZE;
    if (lost || (outcome > 0 && text_is_utf8(visit->line.bytes, visit->line.length) &&
                 request_parse(visit->line).kind == REQUEST_WITHDRAW))
        event_set(&visit->dropped);
    return 0;
}
/* endregion */

int visit_line(struct visit *visit, struct text *line)
{
    if (visit->ahead) {
        visit->ahead = false;
        *line = visit->line;
        return visit->outcome;
    }
    int outcome = -ECANCELED;
    if (!stop_requested())
        outcome = stream_read_line(visit->stream, line, deadline_after(visit->desk->timeout));
    if (outcome != -ECANCELED)
        return outcome;
    task_shield(stop_deadline()); /* gelmiş olan satırlar yine de okunur */
    outcome = stream_read_line(visit->stream, line, deadline_after(ARRIVED_SECONDS));
    task_unshield();
    return outcome == -ETIMEDOUT ? -ECANCELED : outcome;
}

/* --- çalışmak --- */

/* region: work-or-drop */
/* İş, "bırak" denene ya da süresi dolana dek bir olayı beklemektir. Kapanış istenince bu
 * bekleyiş -ECANCELED verir; sonu kapanış sınırına sığan iş kalkanın arkasında sürer. */
static int work_or_drop(struct visit *visit, deadline_t due)
{
    int outcome = event_wait(&visit->dropped, due);
    if (outcome == -ECANCELED && due <= stop_deadline()) {
        task_shield(stop_deadline());
        outcome = event_wait(&visit->dropped, due);
        task_unshield();
    }
    return outcome;
}
/* endregion */

int visit_work(struct visit *visit, double seconds)
{
    struct desk *desk = visit->desk;
    event_init(&visit->dropped);
    SCOPED_TASK ear = task_create("kulak", listen_ahead, visit);
    if (++desk->active > desk->most)
        desk->most = desk->active;
    int outcome = work_or_drop(visit, deadline_after(seconds));
    desk->active--;
    if (outcome == 0 && visit->ahead && visit->outcome < 0)
        return visit->outcome;
    desk->dropped += outcome == 0;
    return outcome == -ETIMEDOUT ? 1 : outcome;
}
