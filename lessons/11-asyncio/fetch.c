#include "fetch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/errtext.h"
#include "base/log.h"

#define FETCH_FAILED "Yanıt alınamadı"
#define LINE_MAX_BYTES 16384
#define REQUEST_SIZE 512
#define CHUNK_SIZE 4096

void fetch_init(struct fetch *fetch, const struct target *target, int post)
{
    *fetch = (struct fetch){.target = target};
    int length = snprintf(fetch->path, sizeof fetch->path, "/posts/%d", post);
    if (target->delay > 0)
        snprintf(fetch->path + length, sizeof fetch->path - (size_t)length, "?delay=%g",
                 target->delay * target->scale);
    snprintf(fetch->url, sizeof fetch->url, "http://%s%s", target->endpoint, fetch->path);
}

static int send_request(const struct fetch *fetch, struct stream *stream, deadline_t deadline)
{
    char request[REQUEST_SIZE];
    int length = snprintf(request, sizeof request,
                          "GET %s HTTP/1.1\r\n"
                          "Host: %s\r\n"
                          "Accept: */*\r\n"
                          "User-Agent: yuva-11\r\n"
                          "Connection: close\r\n"
                          "\r\n",
                          fetch->path, fetch->target->endpoint);
    return stream_write(stream, request, (size_t)length, deadline);
}

/* Boş satıra dek. 0, -EPROTO (`*why` dolu) ya da başka -errno. */
static int read_head(struct fetch *fetch, struct stream *stream, const char **why,
                     deadline_t deadline)
{
    struct text line;
    bool first = true;
    for (;;) {
        int outcome = stream_read_line(stream, &line, deadline);
        if (outcome < 0)
            return outcome;
        if (outcome == 0 || stream->input_ended) /* satırın sonu gelmeden bitti */
            return -ENODATA;
        if (!text_is_utf8(line.bytes, line.length))
            return -EILSEQ;
        if (!first && line.length == 0)
            return 0;
        outcome = first ? response_begin(&fetch->response, line, why)
                        : response_field(&fetch->response, line, why);
        if (outcome < 0)
            return outcome;
        first = false;
    }
}

/* UTF-8'de her karakterin tam bir baş baytı vardır; ötekiler 10xxxxxx biçimindedir. */
static size_t count_characters(const char *bytes, size_t length)
{
    size_t count = 0;
    for (size_t i = 0; i < length; i++)
        count += ((unsigned char)bytes[i] & 0xC0) != 0x80;
    return count;
}

/* Boyu söylenmeyen gövde akış sonuna dek sürer; sınırdan uzunu istenmez. */
static int read_to_end(struct fetch *fetch, struct stream *stream, char *body, deadline_t deadline)
{
    ssize_t got;
    while ((got = stream_read(stream, body + fetch->size, FETCH_BODY_MAX + 1 - fetch->size,
                              deadline)) > 0) {
        fetch->size += (size_t)got;
        if (fetch->size > FETCH_BODY_MAX)
            return -EMSGSIZE;
    }
    return (int)got;
}

static int read_body(struct fetch *fetch, struct stream *stream, deadline_t deadline)
{
    const struct response *response = &fetch->response;
    if (response->length > FETCH_BODY_MAX)
        return -EMSGSIZE;
    char *body = malloc(response->has_length ? response->length + 1 : FETCH_BODY_MAX + 1);
    if (!body)
        return -ENOMEM;
    int outcome = response->has_length
                      ? stream_read_exactly(stream, body, response->length, deadline)
                      : read_to_end(fetch, stream, body, deadline);
    if (response->has_length)
        fetch->size = response->length;
    if (outcome == 0 && !text_is_utf8(body, fetch->size))
        outcome = -EILSEQ;
    if (outcome == 0)
        fetch->characters = count_characters(body, fetch->size);
    free(body);
    return outcome;
}

/* 0 ya da -errno; `*why` nedenin sabit metni, boşsa hatanın kendi metni geçerlidir. */
static int exchange(struct fetch *fetch, struct stream *stream, const char **why,
                    deadline_t deadline)
{
    int outcome = send_request(fetch, stream, deadline);
    if (outcome == 0)
        outcome = read_head(fetch, stream, why, deadline);
    if (outcome == 0)
        outcome = read_body(fetch, stream, deadline);
    return outcome;
}

static int check_status(struct fetch *fetch)
{
    char why[32];
    int status = fetch->response.status;
    if (status >= 200 && status < 300)
        return 0;
    snprintf(why, sizeof why, "durum %d", status);
    return trouble_set(&fetch->trouble, FETCH_FAILED, why, -EPROTO);
}

/* region: fetch-task */
int fetch_task(void *argument)
{
    struct fetch *fetch = argument;
    const struct target *target = fetch->target;
    const char *why = NULL;
    struct stream stream;
    deadline_t deadline = deadline_after(target->timeout); /* bağlanmaktan son bayta */
    log_info("İstek: %s", fetch->url);
    int outcome = stream_connect(&stream, target->host, target->port, LINE_MAX_BYTES, &why,
                                 deadline);
    if (outcome < 0)
        return trouble_set(&fetch->trouble, "Bağlanılamadı", why ? why : error_text(outcome),
                           outcome);
    why = NULL;
    outcome = exchange(fetch, &stream, &why, deadline);
    stream_close(&stream);
    if (outcome < 0)
        return trouble_set(&fetch->trouble, FETCH_FAILED, why ? why : error_text(outcome), outcome);
    return check_status(fetch);
}
/* endregion */
