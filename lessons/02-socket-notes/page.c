#include "page.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/errtext.h"
#include "base/program.h"
#include "connection.h"

#define PIECE_SIZE 1024
#define HEAD_LIMIT 16384
#define REQUEST_SIZE (TARGET_PATH_MAX + TARGET_HOST_SIZE + 64)
#define LENGTH_UNKNOWN (-1)

/* Gelenin, karar vermek için tutulan kısmı: başlık. Gövde tutulmaz, yalnız sayılır. */
struct answer {
    size_t total;
    size_t head_length; /* boş satırın sonuna dek; henüz görülmediyse 0 */
    size_t kept;
    char head[HEAD_LIMIT + 1];
};

/* Host: adı, IPv6 ise köşeli ayraç içinde ve %bölge olmadan; port 80 değilse o da yazılır. */
static void write_host(const struct target *target, char *out, size_t size)
{
    int length = (int)strcspn(target->host, "%");
    bool v6 = strchr(target->host, ':') != NULL;
    char port[16] = "";
    if (target->port != 80)
        snprintf(port, sizeof port, ":%d", target->port);
    snprintf(out, size, "%s%.*s%s%s", v6 ? "[" : "", length, target->host, v6 ? "]" : "", port);
}

/* region: request */
/* Satır sonu CRLF'dir ve boş satır isteğin sonudur. Host, HTTP/1.0'da zorunlu değildir, ama bir
 * adreste birden çok site tutan sunucu onsuz hangisinin istendiğini bilemez. Dönen: isteğin
 * boyu. */
static size_t write_request(const struct target *target, char out[REQUEST_SIZE])
{
    char host[TARGET_HOST_SIZE + 32];
    write_host(target, host, sizeof host);
    int length = snprintf(out, REQUEST_SIZE, "GET %s%.*s HTTP/1.0\r\nHost: %s\r\n\r\n",
                          target->path_length > 0 && target->path[0] == '/' ? "" : "/",
                          (int)target->path_length, target->path, host);
    return (size_t)length;
}
/* endregion */

/* "HTTP/1.x NNN": durum kodu; başka bir şeyse 0. */
static int status_of(const struct answer *answer)
{
    static const char version[] = "HTTP/1.";
    const char *head = answer->head;
    size_t at = strlen(version);
    if (answer->kept <= at + 5 || memcmp(head, version, at) != 0 || head[at] < '0' ||
        head[at] > '9')
        return 0;
    const char *code = head + at + 2;
    bool plain = code[-1] == ' ' && strspn(code, "0123456789") == 3;
    bool ended = code[3] == ' ' || code[3] == '\r' || code[3] == '\n';
    return plain && ended ? (int)strtol(code, NULL, 10) : 0;
}

/* Content-Length'in değeri; yoksa LENGTH_UNKNOWN. İki ayrı değer ya da sayı olmayan bir değer
 * -EPROTO: hangisine inanılacağı belli değildir. */
static long long body_length(const struct answer *answer)
{
    static const char name[] = "\nContent-Length:";
    long long found = LENGTH_UNKNOWN;
    const char *end = answer->head + answer->head_length;
    for (const char *at = answer->head; at < end; at++) {
        if (strncasecmp(at, name, strlen(name)) != 0)
            continue;
        at += strlen(name);
        at += strspn(at, " \t");
        size_t digits = strspn(at, "0123456789");
        size_t blanks = strspn(at + digits, " \t\r");
        if (digits == 0 || digits > 18 || at[digits + blanks] != '\n')
            return -EPROTO;
        long long value = strtoll(at, NULL, 10);
        if (found != LENGTH_UNKNOWN && found != value)
            return -EPROTO;
        found = value;
    }
    return found;
}

/* Başlığın sonu boş satırdır; yalın \n ile biten satırlar da kabul edilir. */
static void find_head_end(struct answer *answer)
{
    char *crlf = strstr(answer->head, "\r\n\r\n");
    char *lf = strstr(answer->head, "\n\n");
    if (crlf && (!lf || crlf < lf))
        answer->head_length = (size_t)(crlf - answer->head) + 4;
    else if (lf)
        answer->head_length = (size_t)(lf - answer->head) + 2;
}

static void keep_head(struct answer *answer, const char *piece, size_t length)
{
    answer->total += length;
    size_t room = HEAD_LIMIT - answer->kept;
    if (answer->head_length > 0 || room == 0)
        return;
    size_t taken = length < room ? length : room;
    memcpy(answer->head + answer->kept, piece, taken);
    answer->kept += taken;
    answer->head[answer->kept] = '\0';
    find_head_end(answer);
}

/* region: read-answer */
/* Akış sonuna dek okur ve geleni olduğu gibi yazar: parça sınırı bir anlam taşımaz, araya bayt
 * girmez. */
static int read_answer(const struct connection *connection, struct answer *answer,
                       deadline_t deadline)
{
    char piece[PIECE_SIZE];
    ssize_t got;
    while ((got = connection_receive(connection, piece, sizeof piece, deadline)) > 0) {
        if (fwrite(piece, 1, (size_t)got, stdout) < (size_t)got)
            return -EPIPE; /* çıktıyı okuyan gitmiş: nedenini program_exit söyler */
        keep_head(answer, piece, (size_t)got);
    }
    return (int)got;
}
/* endregion */

static int exchange(const struct connection *connection, const struct target *target,
                    struct answer *answer, deadline_t deadline)
{
    char request[REQUEST_SIZE];
    size_t length = write_request(target, request);
    int outcome = connection_send(connection, request, length, deadline);
    if (outcome == 0)
        outcome = connection_finish(connection);
    /* Göndermek olmasa da okunur: sunucu, isteğin sonunu beklemeden yanıtlamış olabilir. */
    int read = read_answer(connection, answer, deadline);
    return outcome < 0 ? outcome : read;
}

/* Yanıt neden sayfa sayılmaz? Sorun yoksa NULL. */
static const char *complaint(const struct answer *answer, int outcome, char *text, size_t size)
{
    if (answer->total == 0)
        return outcome < 0 ? error_text(outcome) : "boş yanıt";
    int status = status_of(answer);
    if (status == 0)
        return outcome < 0 ? error_text(outcome) : "HTTP yanıtı değil";
    if (outcome < 0) {
        snprintf(text, size, "yanıt yarıda kaldı: %s", error_text(outcome));
        return text;
    }
    if (answer->head_length == 0)
        return answer->kept == HEAD_LIMIT ? "yanıtın başlığı çok uzun" : "yanıt kısa kesildi";
    /* region: judge */
    long long expected = status == 304 ? LENGTH_UNKNOWN : body_length(answer);
    if (expected == -EPROTO)
        return "Content-Length anlaşılmıyor";
    if (expected > (long long)(answer->total - answer->head_length))
        return "yanıt kısa kesildi";
    /* endregion */
    if (status < 200 || status > 399) {
        snprintf(text, size, "durum %d", status);
        return text;
    }
    return NULL;
}

int page_fetch(const struct target *target, double timeout)
{
    static struct answer answer;
    struct connection connection;
    char text[128];
    const char *why = NULL;
    deadline_t deadline = deadline_after(timeout);
    if (connection_open(&connection, target->host, target->port, deadline, &why) < 0)
        return program_fail("Bağlanılamadı: %s: %s", connection.name, why);
    int outcome = exchange(&connection, target, &answer, deadline);
    close(connection.fd);
    why = complaint(&answer, outcome, text, sizeof text);
    if (program_exit(EXIT_SUCCESS) != EXIT_SUCCESS)
        return EXIT_FAILURE;
    return why ? program_fail("Sayfa alınamadı: %s: %s", connection.name, why) : EXIT_SUCCESS;
}
