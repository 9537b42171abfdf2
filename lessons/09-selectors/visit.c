#include "visit.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/errtext.h"
#include "base/text.h"
#include "selector.h"

#define ECHO_PREFIX "Echo: "
#define REPLY_LIMIT (LINES_LIMIT + sizeof ECHO_PREFIX)

void visit_init(struct visit *visit, char **messages)
{
    *visit = (struct visit){.fd = -1, .message = messages, .deadline = DEADLINE_NONE};
    lines_init(&visit->lines, REPLY_LIMIT);
    outbox_init(&visit->outbox, REPLY_LIMIT);
}

void visit_close(struct visit *visit)
{
    if (visit->fd >= 0)
        close(visit->fd);
    visit->fd = -1;
    lines_free(&visit->lines);
    outbox_free(&visit->outbox);
}

void visit_fail(struct visit *visit, const char *failed, const char *why)
{
    visit->state = VISIT_FAILED;
    visit->deadline = DEADLINE_NONE;
    visit->failed = failed;
    visit->why = why;
}

/* Bekleneni yarım bırakan hata. */
static void fail_here(struct visit *visit, const char *why)
{
    static const char *const failed[] = {
        [VISIT_CONNECTING] = "Bağlanılamadı",
        [VISIT_GREETING] = "Karşılama okunamadı",
        [VISIT_ASKING] = "Yanıt alınamadı",
        [VISIT_QUIET] = "Bağlantı açık kalmadı",
    };
    visit_fail(visit, failed[visit->state], why);
}

void visit_expire(struct visit *visit)
{
    fail_here(visit, error_text(ETIMEDOUT));
}

static void expect(struct visit *visit, enum visit_state state, double timeout, int64_t now)
{
    visit->state = state;
    visit->deadline = state == VISIT_QUIET ? DEADLINE_NONE : deadline_from(now, timeout);
}

void visit_open(struct visit *visit, const struct address *address, double timeout, int64_t now)
{
    expect(visit, VISIT_CONNECTING, timeout, now);
    visit->fd = socket(address->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (visit->fd < 0)
        fail_here(visit, error_text(errno));
    else if (connect(visit->fd, &address->any, address->length) == 0)
        expect(visit, VISIT_GREETING, timeout, now);
    else if (errno != EINPROGRESS && errno != EINTR) /* EINTR: bağlanma arkada sürer */
        fail_here(visit, error_text(errno));
}

/* Bağlanmanın sonucu; soket yazılabilir olunca sorulur. */
static void connected(struct visit *visit, double timeout, int64_t now)
{
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(visit->fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
        error = errno;
    if (error)
        fail_here(visit, error_text(error));
    else
        expect(visit, VISIT_GREETING, timeout, now);
}

void visit_adopt(struct visit *visit, int fd, double timeout, int64_t now)
{
    visit->fd = fd;
    expect(visit, VISIT_GREETING, timeout, now);
}

short visit_events(const struct visit *visit)
{
    if (visit->state == VISIT_CONNECTING)
        return SELECTOR_WRITE;
    return outbox_waiting(&visit->outbox) > 0 ? SELECTOR_READ | SELECTOR_WRITE : SELECTOR_READ;
}

static void send_waiting(struct visit *visit)
{
    ssize_t sent = outbox_send(&visit->outbox, visit->fd);
    if (sent < 0)
        fail_here(visit, error_text((int)sent));
}

/* Sıradaki mesajı gönderir; kalmadıysa susar. */
static void ask(struct visit *visit, double timeout, int64_t now)
{
    if (!*visit->message) {
        expect(visit, VISIT_QUIET, timeout, now);
        return;
    }
    expect(visit, VISIT_ASKING, timeout, now);
    int outcome = outbox_put(&visit->outbox, *visit->message, strlen(*visit->message));
    if (outcome == 0)
        outcome = outbox_put(&visit->outbox, "\n", 1);
    if (outcome < 0)
        fail_here(visit, error_text(outcome));
    else
        send_waiting(visit);
}

static bool is_echo_of(struct text line, const char *message)
{
    struct text expected = text_strip(message, strlen(message));
    size_t prefix = strlen(ECHO_PREFIX);
    return text_starts_with(line, ECHO_PREFIX) && line.length == prefix + expected.length &&
           memcmp(line.bytes + prefix, expected.bytes, expected.length) == 0;
}

static void take_welcome(struct visit *visit, struct text line, double timeout, int64_t now)
{
    if (text_starts_with(line, "Sunucu dolu")) {
        visit->refused = true;
        visit_fail(visit, "Bağlanılamadı", "sunucu dolu");
        return;
    }
    visit->welcomed = true;
    text_escape(visit->welcome, sizeof visit->welcome, line.bytes, line.length);
    ask(visit, timeout, now);
}

/* region: take */
/* Bir satır: durum ne beklendiğini söyler. Sorulmadan gelen satır yanıt sayılmaz. */
static void take(struct visit *visit, struct text line, double timeout, int64_t now)
{
    if (!text_is_utf8(line.bytes, line.length)) {
        fail_here(visit, error_text(EILSEQ));
    } else if (visit->state == VISIT_GREETING) {
        take_welcome(visit, line, timeout, now);
    } else if (visit->state == VISIT_QUIET) {
        visit_fail(visit, "Yanıt yanlış", "sorulmadan bir satır geldi");
    } else if (!is_echo_of(line, *visit->message)) {
        visit_fail(visit, "Yanıt yanlış", "yankı gönderilenden farklı");
    } else {
        visit->answered++;
        visit->message++;
        ask(visit, timeout, now);
    }
}
/* endregion */

static void receive(struct visit *visit, double timeout, int64_t now)
{
    char *room;
    size_t size = lines_room(&visit->lines, &room);
    if (size == 0) {
        fail_here(visit, error_text(ENOMEM));
        return;
    }
    ssize_t got = recv(visit->fd, room, size, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return; /* düzey tetikleme: varsa sonraki tur yeniden söyler */
    if (got <= 0) {
        fail_here(visit, error_text(got < 0 ? errno : ENODATA));
        return;
    }
    lines_added(&visit->lines, (size_t)got);
    struct text line;
    int outcome = 0;
    while (visit->state != VISIT_FAILED && (outcome = lines_next(&visit->lines, &line)) > 0)
        take(visit, line, timeout, now);
    if (visit->state != VISIT_FAILED && outcome < 0)
        fail_here(visit, error_text(outcome));
}

void visit_step(struct visit *visit, short events, double timeout, int64_t now)
{
    if (visit->state == VISIT_CONNECTING) {
        connected(visit, timeout, now);
        return;
    }
    if (events & SELECTOR_WRITE)
        send_waiting(visit);
    if (visit->state != VISIT_FAILED && events & SELECTOR_READ)
        receive(visit, timeout, now);
}
