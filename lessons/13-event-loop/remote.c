#include "remote.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/errtext.h"
#include "base/log.h"
#include "net/connection.h"

#define REQUEST_SIZE 128

void remote_init(struct remote *remote, const struct target *target)
{
    *remote = (struct remote){.target = target, .stream = {.fd = -1}};
}

/* İptal bir sorun değildir: nedenini, iptal eden bilir. */
static int fail(struct remote *remote, const char *operation, const char *why, int error)
{
    if (error != -ECANCELED) {
        remote->trouble.operation = operation;
        snprintf(remote->trouble.why, sizeof remote->trouble.why, "%s", why);
    }
    return error;
}

int remote_connect(struct remote *remote)
{
    const struct target *target = remote->target;
    const char *why = error_text(ENOMEM);
    log_info("Bağlanılıyor: %s", target->endpoint);
    int outcome = stream_connect(&remote->stream, target->host, target->port, LINES_LIMIT, &why,
                                 deadline_after(target->timeout));
    return outcome < 0 ? fail(remote, "Bağlanılamadı", why, outcome) : 0;
}

/* Yanıt beklenen mi? Değilse ne geldiği söylenir. */
static int check(struct remote *remote, struct text answer, const char *name)
{
    char expected[REQUEST_SIZE];
    size_t full = strlen(CONNECTION_SERVER_FULL) - 1; /* satır sonu olmadan */
    int length = snprintf(expected, sizeof expected, "%s tamamlandı", name);
    text_escape(remote->reply, sizeof remote->reply, answer.bytes, answer.length);
    if (answer.length == (size_t)length && memcmp(answer.bytes, expected, answer.length) == 0)
        return 0;
    if (answer.length == full && memcmp(answer.bytes, CONNECTION_SERVER_FULL, full) == 0)
        return fail(remote, "Bağlanılamadı", "sunucu dolu", -EAGAIN);
    return fail(remote, "Yanıt yanlış", remote->reply, -EPROTO);
}

int remote_wait_exactly(struct remote *remote, double seconds, const char *name)
{
    char request[REQUEST_SIZE];
    struct text answer = {"", 0};
    deadline_t deadline = deadline_after(seconds + remote->target->timeout);
    int length = snprintf(request, sizeof request, "bekle %g %s\n", seconds, name);
    int outcome = stream_write(&remote->stream, request, (size_t)length, deadline);
    if (outcome == 0)
        outcome = stream_read_line(&remote->stream, &answer, deadline);
    if (outcome == 0 || (outcome > 0 && remote->stream.input_ended)) /* yarım satır */
        outcome = -ENODATA;
    if (outcome < 0)
        return fail(remote, "Yanıt alınamadı", error_text(outcome), outcome);
    return check(remote, answer, name);
}

int remote_wait(struct remote *remote, double seconds, const char *name)
{
    return remote_wait_exactly(remote, seconds * remote->target->scale, name);
}

void remote_close(struct remote *remote)
{
    stream_close(&remote->stream);
}

int remote_wait_once(struct remote *remote, double seconds, const char *name)
{
    int outcome = remote_connect(remote);
    if (outcome == 0)
        outcome = remote_wait(remote, seconds, name);
    remote_close(remote);
    return outcome;
}

int remote_report(const struct remote *remote, int outcome, struct trouble *trouble)
{
    if (outcome < 0 && !trouble->operation)
        *trouble = remote->trouble;
    return outcome;
}
