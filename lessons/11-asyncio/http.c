#include "http.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "posts.h"
#include "request.h"

#define HEAD_SIZE 256

struct status {
    int code;
    const char *reason;
    const char *body;
};

static const struct status statuses[] = {
    {200, "OK", ""},
    {400, "Bad Request", "İstek anlaşılmadı\n"},
    {404, "Not Found", "Böyle bir sayfa yok\n"},
    {405, "Method Not Allowed", "Yalnız GET ve HEAD\n"},
    {408, "Request Timeout", "Başlığın sonu gelmedi\n"},
    {431, "Request Header Fields Too Large", "Başlık çok uzun\n"},
    {505, "HTTP Version Not Supported", "Yalnız HTTP/1.0 ve HTTP/1.1\n"},
};

static const struct status *find_status(int code)
{
    const struct status *found = statuses;
    while (found->code != code)
        found++;
    return found;
}

/* --- okumak --- */

/* Başlığın kalanı, boş satıra dek; `used`, istek satırının ve boş satırın boyuyla başlar.
 * Çerçeveleyicinin sınırı başlıktan artana indirilir: sonu gelmeyen bir satır da o sınırda
 * -EMSGSIZE olur, 64 KiB dolana dek beklenmez. */
static int read_fields(struct visit *visit, struct request *request, size_t used)
{
    deadline_t deadline = deadline_after(visit->service->head_timeout);
    struct text line;
    while (used <= REQUEST_HEAD_MAX) {
        visit->stream->lines.limit = REQUEST_HEAD_MAX - used;
        int outcome = visit_read_line(visit, &line, deadline);
        if (outcome < 0)
            return outcome;
        if (outcome == 0 || visit->stream->input_ended) /* başlık yarıda bitti */
            return -ENODATA;
        if (line.length == 0)
            return 0;
        used += line.length + strlen("\r\n");
        request_field(request, line);
    }
    return -EMSGSIZE;
}

/* 0: `*request` yanıtlanabilir; -errno: bağlantı bitti. */
static int read_head(struct visit *visit, struct request *request, struct text first)
{
    request_begin(request, first, visit->service->max_delay);
    int outcome = read_fields(visit, request, first.length + strlen("\r\n\r\n"));
    if (outcome == -EMSGSIZE)
        request_break(request, 431);
    else if (outcome == -ETIMEDOUT)
        request_break(request, 408);
    else if (outcome == -EILSEQ)
        request_break(request, 400);
    else if (outcome < 0)
        return outcome;
    else
        request_end(request);
    return 0;
}

/* --- yanıtlamak --- */

/* Başlık ve gövde tek parçada gider. Content-Length karakter değil bayt sayar. */
static int send_response(struct visit *visit, const struct request *request)
{
    const struct status *status = find_status(request->status);
    char body[POST_SIZE];
    char message[HEAD_SIZE + POST_SIZE];
    bool found = request->status == 200;
    size_t length = found ? post_write(body, request->post)
                          : (size_t)snprintf(body, sizeof body, "%s", status->body);
    int head = snprintf(message, HEAD_SIZE,
                        "HTTP/1.1 %d %s\r\n"
                        "Content-Type: %s; charset=utf-8\r\n"
                        "Content-Length: %zu\r\n"
                        "%s%s\r\n",
                        status->code, status->reason, found ? "application/json" : "text/plain",
                        length, status->code == 405 ? "Allow: GET, HEAD\r\n" : "",
                        request->keep_alive ? "" : "Connection: close\r\n");
    if (request->head_only)
        length = 0;
    memcpy(message + head, body, length);
    return visit_send(visit, message, (size_t)head + length);
}

/* Bekleyiş yalnız verilecek bir yazı varsa olur; yanlış istek hemen yanıtlanır. */
static int answer(struct visit *visit, const struct request *request, struct text shown)
{
    double delay = request->status == 200 ? request->delay : 0;
    int outcome = visit_work(visit, delay, shown);
    return outcome < 0 ? outcome : send_response(visit, request);
}

/* Bir istek ve yanıtı. 1: bağlantı sürüyor, 0: bitti, -errno. */
static int exchange(struct visit *visit, struct text first)
{
    struct request request;
    char shown[128];
    /* İstek satırı, sıradaki satır okununca tampondan silinir. */
    size_t length = text_escape(shown, sizeof shown, first.bytes, first.length);
    int outcome = read_head(visit, &request, first);
    if (outcome == 0)
        outcome = answer(visit, &request, (struct text){shown, length});
    return outcome < 0 ? outcome : request.keep_alive;
}

/* Bağlantının sonraki isteklerinde istek satırı da başlığın sınırına uyar. */
static int read_request_line(struct visit *visit, struct text *line)
{
    visit->stream->lines.limit = REQUEST_HEAD_MAX;
    return visit_read_line(visit, line, deadline_after(visit->service->timeout));
}

static int refuse_long_line(struct visit *visit)
{
    struct request request = {0};
    request_break(&request, 431);
    return send_response(visit, &request);
}

/* region: keep-alive */
int http_converse(struct visit *visit, struct text first)
{
    struct text line;
    int outcome = exchange(visit, first);
    while (outcome > 0) {
        outcome = read_request_line(visit, &line);
        if (outcome > 0 && line.length > 0) /* istekler arasındaki boş satır atlanır */
            outcome = exchange(visit, line);
    }
    return outcome == -EMSGSIZE ? refuse_long_line(visit) : outcome;
}
/* endregion */
