#include "remote.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/errtext.h"
#include "base/log.h"
#include "net/connection.h"

#define REQUEST_SIZE 128
#define WITHDRAWN "vazgeçildi"
#define REMOTE_ERROR "HATA: "

/* Vazgeçişin yanıtından önce okunabilecek satırlar: bırakılan isteğinki. */
#define ANSWERS_BEFORE 1

/* İlk olmayan iş kalır: sonrakiler çoğu zaman onun sonucudur. */
static int fail(struct remote *remote, const char *operation, const char *why, int error)
{
    struct settings *settings = remote->settings;
    if (error != -ECANCELED && !remote->leaving && settings->failure[0] == '\0')
        snprintf(settings->failure, sizeof settings->failure, "%s: %s: %s", operation,
                 settings->endpoint, why ? why : error_text(error));
    return error;
}

int remote_open(struct remote *remote, struct settings *settings)
{
    const char *why = NULL;
    log_info("Bağlanılıyor: %s", settings->endpoint);
    *remote = (struct remote){.settings = settings};
    int outcome = stream_connect(&remote->stream, settings->host, settings->port, LINES_LIMIT, &why,
                                 deadline_after(settings->timeout));
    if (outcome == 0)
        return 0;
    stream_close(&remote->stream);
    return fail(remote, "Bağlanılamadı", why, outcome);
}

void remote_close(struct remote *remote)
{
    if (remote->settings)
        stream_close(&remote->stream);
}

static int send_line(struct remote *remote, const char *line, size_t length)
{
    struct settings *settings = remote->settings;
    int outcome = stream_write(&remote->stream, line, length, deadline_after(settings->timeout));
    return outcome < 0 ? fail(remote, "Yanıt alınamadı", NULL, outcome) : 0;
}

/* Sıradaki yanıt satırı; `HATA: ` yanıtı da bir satırdır. */
static int read_reply(struct remote *remote, double seconds, char *reply)
{
    const struct settings *settings = remote->settings;
    struct text line;
    int outcome = stream_read_line(&remote->stream, &line,
                                   deadline_after(seconds * settings->scale + settings->timeout));
    if (outcome == 0 || (outcome > 0 && remote->stream.input_ended))
        outcome = -ENODATA; /* yarım satır yanıt değildir */
    if (outcome > 0 && !text_is_utf8(line.bytes, line.length))
        outcome = -EILSEQ;
    if (outcome < 0)
        return fail(remote, "Yanıt alınamadı", NULL, outcome);
    size_t full = strlen(CONNECTION_SERVER_FULL) - 1; /* satır sonu olmadan */
    if (line.length == full && memcmp(line.bytes, CONNECTION_SERVER_FULL, full) == 0)
        return fail(remote, "Bağlanılamadı", "sunucu dolu", -EAGAIN);
    text_escape(reply, REPLY_SIZE, line.bytes, line.length);
    return 0;
}

/* `NAME tamamlandı` mı, `HATA: ...` mı? */
static int judge(struct remote *remote, const char *name, char *reply)
{
    struct settings *settings = remote->settings;
    char expected[REPLY_SIZE];
    if (strncmp(reply, REMOTE_ERROR, strlen(REMOTE_ERROR)) == 0) {
        if (settings->remote_error[0] == '\0')
            snprintf(settings->remote_error, sizeof settings->remote_error, "%s", reply);
        memmove(reply, reply + strlen(REMOTE_ERROR), strlen(reply + strlen(REMOTE_ERROR)) + 1);
        return -EREMOTEIO;
    }
    snprintf(expected, sizeof expected, "%s tamamlandı", name);
    return strcmp(reply, expected) == 0 ? 0 : fail(remote, "Yanıt alınamadı", NULL, -EPROTO);
}

int remote_ask(struct remote *remote, const char *verb, double seconds, const char *name,
               char *reply)
{
    char request[REQUEST_SIZE];
    int length = snprintf(request, sizeof request, "%s %g %s\n", verb,
                          seconds * remote->settings->scale, name);
    int outcome = send_line(remote, request, (size_t)length);
    if (outcome == 0)
        outcome = read_reply(remote, seconds, reply);
    return outcome < 0 ? outcome : judge(remote, name, reply);
}

int remote_withdraw(struct remote *remote, double seconds)
{
    char request[REQUEST_SIZE];
    char reply[REPLY_SIZE];
    int length = snprintf(request, sizeof request, "vazgeç %g\n",
                          seconds * remote->settings->scale);
    int outcome = send_line(remote, request, (size_t)length);
    for (int lines = 0; lines <= ANSWERS_BEFORE && outcome == 0; lines++) {
        outcome = read_reply(remote, seconds, reply);
        if (outcome == 0 && strcmp(reply, WITHDRAWN) == 0)
            return 0;
    }
    return outcome < 0 ? outcome : fail(remote, "Yanıt alınamadı", NULL, -EPROTO);
}
