#include "remote.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/errtext.h"
#include "base/log.h"
#include "net/connection.h"

#define ASK_FAILED "Yanıt alınamadı"
#define REQUEST_SIZE 128

int trouble_set(struct trouble *trouble, const char *operation, const char *why, int error)
{
    if (error == -ECANCELED)
        return error;
    trouble->operation = operation;
    snprintf(trouble->why, sizeof trouble->why, "%s", why);
    return error;
}

void remote_init(struct remote *remote, const struct target *target)
{
    *remote = (struct remote){.target = target, .stream = {.fd = -1}};
}

void remote_close(struct remote *remote)
{
    stream_close(&remote->stream);
}

void remote_leave(struct remote *remote, deadline_t deadline)
{
    stream_close_gracefully(&remote->stream, deadline);
}

static int fail(struct remote *remote, int error)
{
    return trouble_set(&remote->trouble, ASK_FAILED, error_text(error), error);
}

int remote_connect(struct remote *remote)
{
    const struct target *target = remote->target;
    const char *why = error_text(ENOMEM);
    log_info("Bağlanılıyor: %s", target->endpoint);
    int outcome = stream_connect(&remote->stream, target->host, target->port, LINES_LIMIT, &why,
                                 deadline_after(target->timeout));
    if (outcome < 0)
        return trouble_set(&remote->trouble, "Bağlanılamadı", why, outcome);
    return 0;
}

/* Yanıt beklenen mi? Değilse ne geldiği söylenir. */
static int check(struct remote *remote, struct text answer, const char *name)
{
    char expected[REQUEST_SIZE];
    char got[REQUEST_SIZE];
    size_t full = strlen(CONNECTION_SERVER_FULL) - 1; /* satır sonu olmadan */
    int length = snprintf(expected, sizeof expected, "%s tamamlandı", name);
    if (answer.length == (size_t)length && memcmp(answer.bytes, expected, answer.length) == 0)
        return 0;
    if (answer.length == full && memcmp(answer.bytes, CONNECTION_SERVER_FULL, full) == 0)
        return trouble_set(&remote->trouble, "Bağlanılamadı", "sunucu dolu", -EAGAIN);
    text_escape(got, sizeof got, answer.bytes, answer.length);
    return trouble_set(&remote->trouble, "Yanıt yanlış", got, -EPROTO);
}

/* region: remote-wait */
int remote_wait(struct remote *remote, double seconds, const char *name)
{
    char request[REQUEST_SIZE];
    struct text answer = {"", 0};
    seconds *= remote->target->scale;
    deadline_t deadline = deadline_after(seconds + remote->target->timeout);
    int length = snprintf(request, sizeof request, "bekle %g %s\n", seconds, name);
    int outcome = stream_write(&remote->stream, request, (size_t)length, deadline);
    if (outcome == 0)
        outcome = stream_read_line(&remote->stream, &answer, deadline);
    if (outcome == 0 ||
        (outcome > 0 && remote->stream.input_ended)) /* yarım satır yanıt değildir */
        outcome = -ENODATA;
    if (outcome < 0)
        return fail(remote, outcome);
    return check(remote, answer, name);
}
/* endregion */
