#include "options.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "base/errtext.h"

/* region: table */
int options_for(int family, const struct wishes *wishes, struct option out[OPTIONS_MAX])
{
    const struct option options[] = {
        {"SO_REUSEADDR", SOL_SOCKET, SO_REUSEADDR, OPTION_NUMBER, true, 1,
         "TIME_WAIT'teki eski bağlantılar bind'a engel olmaz"},
        {"TCP_NODELAY", IPPROTO_TCP, TCP_NODELAY, OPTION_NUMBER, true, wishes->no_delay,
         "1: Nagle kapalı, küçük parça hemen yola çıkar"},
        {"SO_RCVTIMEO", SOL_SOCKET, SO_RCVTIMEO, OPTION_TIMEOUT, true, wishes->timeout,
         "tek bir recv'in sınırı; bütün işin değil"},
        {"SO_SNDTIMEO", SOL_SOCKET, SO_SNDTIMEO, OPTION_TIMEOUT, true, wishes->timeout,
         "tek bir send'in ya da connect'in sınırı"},
        {"SO_SNDBUF", SOL_SOCKET, SO_SNDBUF, OPTION_NUMBER, wishes->sndbuf > 0,
         (double)wishes->sndbuf, NULL},
        {"SO_RCVBUF", SOL_SOCKET, SO_RCVBUF, OPTION_NUMBER, wishes->rcvbuf > 0,
         (double)wishes->rcvbuf, NULL},
        {"SO_KEEPALIVE", SOL_SOCKET, SO_KEEPALIVE, OPTION_NUMBER, true, 1,
         "susan karşı taraf yoklanır, yok olduysa anlaşılır"},
        {"TCP_KEEPIDLE", IPPROTO_TCP, TCP_KEEPIDLE, OPTION_SECONDS, true, 60,
         "ilk yoklamadan önceki sessizlik"},
        {"TCP_KEEPINTVL", IPPROTO_TCP, TCP_KEEPINTVL, OPTION_SECONDS, true, 10,
         "iki yoklamanın arası"},
        {"TCP_KEEPCNT", IPPROTO_TCP, TCP_KEEPCNT, OPTION_NUMBER, true, 6,
         "bu kadar yoklama yanıtsız kalırsa bağlantı kopmuştur"},
        {"SO_LINGER", SOL_SOCKET, SO_LINGER, OPTION_LINGER, false, 0,
         "kapalı: close beklemez, kalan baytları çekirdek gönderir"},
        {"IPV6_V6ONLY", IPPROTO_IPV6, IPV6_V6ONLY, OPTION_NUMBER, true, !wishes->dual_stack,
         "1: IPv4 bağlantıları bu sokete gelmez"},
    };
    int count = (int)(sizeof options / sizeof *options);
    if (family != AF_INET6)
        count--; /* son satır yalnız IPv6'nındır */
    memcpy(out, options, (size_t)count * sizeof *options);
    return count;
}
/* endregion */

static struct timeval to_timeval(double seconds)
{
    long long microseconds = (long long)(seconds * 1e6 + 0.5);
    return (struct timeval){
        .tv_sec = (time_t)(microseconds / 1000000),
        .tv_usec = (suseconds_t)(microseconds % 1000000),
    };
}

/* region: set */
static int option_set(int fd, const struct option *option)
{
    struct timeval time = to_timeval(option->wish);
    int number = (int)option->wish;
    const void *value = &number;
    socklen_t size = sizeof number;
    if (option->kind == OPTION_TIMEOUT) {
        value = &time;
        size = sizeof time;
    }
    return setsockopt(fd, option->level, option->number, value, size) < 0 ? -errno : 0;
}

int options_set(int fd, const struct option *options, int count, const struct option **failed)
{
    for (int i = 0; i < count; i++) {
        int outcome = options[i].asked ? option_set(fd, &options[i]) : 0;
        if (outcome < 0) {
            *failed = &options[i];
            return outcome;
        }
    }
    return 0;
}
/* endregion */

static void timeout_text(double seconds, char out[OPTION_TEXT_SIZE])
{
    if (seconds > 0)
        snprintf(out, OPTION_TEXT_SIZE, "%g s", seconds);
    else
        snprintf(out, OPTION_TEXT_SIZE, "sınırsız");
}

const char *option_value(int fd, const struct option *option, char out[OPTION_TEXT_SIZE])
{
    union {
        int number;
        struct timeval time;
        struct linger linger;
    } value;
    socklen_t size = sizeof value;
    memset(&value, 0, sizeof value);
    if (getsockopt(fd, option->level, option->number, &value, &size) < 0) {
        snprintf(out, OPTION_TEXT_SIZE, "%s", error_text(errno));
        return out;
    }
    switch (option->kind) {
    case OPTION_NUMBER:
        snprintf(out, OPTION_TEXT_SIZE, "%d", value.number);
        break;
    case OPTION_SECONDS:
        snprintf(out, OPTION_TEXT_SIZE, "%d s", value.number);
        break;
    case OPTION_TIMEOUT:
        timeout_text((double)value.time.tv_sec + (double)value.time.tv_usec / 1e6, out);
        break;
    case OPTION_LINGER:
        if (value.linger.l_onoff)
            snprintf(out, OPTION_TEXT_SIZE, "%d s", value.linger.l_linger);
        else
            snprintf(out, OPTION_TEXT_SIZE, "kapalı");
        break;
    }
    return out;
}

/* Tamponlarda çekirdeğin yanıtı istenenden farklıdır; farkın nedeni istenene ve yanıta bakılarak
 * bulunur. */
static const char *buffer_note(const struct option *option, long answer)
{
    if (!option->asked)
        return "dokunulmadı: çekirdek gerektikçe büyütür";
    long wish = (long)option->wish;
    if (answer == 2 * wish)
        return "çekirdek iki katını ayırır, otomatik ayar kapanır";
    if (answer > 2 * wish)
        return "çekirdek bundan küçüğünü vermez";
    return option->number == SO_SNDBUF ? "üst sınır: net.core.wmem_max'ın iki katı"
                                       : "üst sınır: net.core.rmem_max'ın iki katı";
}

/* printf'in %-10s'i bayt sayar; "kapalı" 6 harf, 7 bayttır. Sütunlar kaymasın diye harfler
 * sayılır. */
static void print_cell(const char *text, int width)
{
    int letters = 0;
    for (const char *at = text; *at; at++)
        letters += ((unsigned char)*at & 0xC0) != 0x80;
    printf("%s%*s", text, width > letters ? width - letters : 1, "");
}

static void print_row(const char *name, const char *wish, const char *answer, const char *untouched,
                      const char *note)
{
    print_cell(name, 15);
    print_cell(wish, 12);
    print_cell(answer, 11);
    print_cell(untouched, 16);
    printf("%s\n", note);
}

static const char *wish_text(const struct option *option, char out[OPTION_TEXT_SIZE])
{
    if (!option->asked)
        snprintf(out, OPTION_TEXT_SIZE, "-");
    else if (option->kind == OPTION_NUMBER)
        snprintf(out, OPTION_TEXT_SIZE, "%.0f", option->wish);
    else
        snprintf(out, OPTION_TEXT_SIZE, "%g s", option->wish);
    return out;
}

void options_print(const struct option *options, int count, int fd, int untouched)
{
    print_row("Seçenek", "istenen", "çekirdek", "dokunulmasaydı", "açıklama");
    for (const struct option *option = options; option < options + count; option++) {
        char wish[OPTION_TEXT_SIZE];
        char answer[OPTION_TEXT_SIZE];
        char before[OPTION_TEXT_SIZE];
        option_value(fd, option, answer);
        option_value(untouched, option, before);
        print_row(option->name, wish_text(option, wish), answer, before,
                  option->note ? option->note : buffer_note(option, strtol(answer, NULL, 10)));
    }
}
