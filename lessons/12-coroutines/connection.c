#include "connection.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/cli.h"
#include "base/errtext.h"
#include "base/log.h"

#define REQUEST_MAX 256
#define NO_REPLY "Yanıt alınamadı"

/* İlk olmayan iş kalır. İptal bir neden değildir: nedeni, iptal edenin kendisidir. */
static int fail(struct settings *settings, const char *operation, const char *name, const char *why,
                int outcome)
{
    if (outcome != -ECANCELED && settings->failure[0] == '\0')
        snprintf(settings->failure, sizeof settings->failure, "%s: %s: %s", operation, name,
                 why ? why : error_text(outcome));
    return outcome;
}

int connection_open(struct connection *connection, struct settings *settings)
{
    const char *why = NULL;
    char endpoint[CLI_ENDPOINT_SIZE];
    struct address peer;
    cli_endpoint(settings->host, settings->port, endpoint);
    log_info("Bağlanılıyor: %s", endpoint);
    *connection = (struct connection){.settings = settings};
    int outcome = stream_connect(&connection->stream, settings->host, settings->port, LINES_LIMIT,
                                 &why, deadline_after(settings->timeout));
    if (outcome == 0)
        outcome = address_of_peer(connection->stream.fd, &peer);
    if (outcome < 0) {
        stream_close(&connection->stream);
        return fail(settings, "Bağlanılamadı", endpoint, why, outcome);
    }
    address_text(&peer, connection->name);
    return 0;
}

void connection_close(struct connection *connection)
{
    if (connection->settings)
        stream_close(&connection->stream);
}

int connection_unexpected(struct connection *connection)
{
    return fail(connection->settings, NO_REPLY, connection->name, NULL, -EPROTO);
}

int connection_next(struct connection *connection, double seconds, char *reply)
{
    struct settings *settings = connection->settings;
    deadline_t deadline = deadline_after(seconds * settings->scale + settings->timeout);
    struct text line;
    int outcome = stream_read_line(&connection->stream, &line, deadline);
    if (outcome > 0 && connection->stream.input_ended)
        outcome = -ENODATA; /* yarım satır yanıt değildir */
    if (outcome > 0 && !text_is_utf8(line.bytes, line.length))
        outcome = -EILSEQ;
    if (outcome <= 0)
        return fail(settings, NO_REPLY, connection->name, NULL, outcome < 0 ? outcome : -ENODATA);
    text_escape(reply, REPLY_SIZE, line.bytes, line.length);
    if (text_starts_with(line, "Sunucu dolu"))
        return fail(settings, "Bağlanılamadı", connection->name, "sunucu dolu", -EAGAIN);
    if (text_starts_with(line, "HATA: "))
        return fail(settings, NO_REPLY, connection->name, reply, -EPROTO);
    return 0;
}

int connection_ask(struct connection *connection, double seconds, char *reply, const char *format,
                   ...)
{
    char request[REQUEST_MAX];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(request, sizeof request - 1, format, arguments);
    va_end(arguments);
    if (length < 0 || length >= (int)sizeof request - 1)
        return fail(connection->settings, NO_REPLY, connection->name, NULL, -EMSGSIZE);
    request[length] = '\n'; /* istek ve satır sonu tek parçada yola çıksın */
    int outcome = stream_write(&connection->stream, request, (size_t)length + 1,
                               deadline_after(connection->settings->timeout));
    if (outcome < 0)
        return fail(connection->settings, NO_REPLY, connection->name, NULL, outcome);
    return connection_next(connection, seconds, reply);
}
