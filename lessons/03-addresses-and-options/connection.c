#include "connection.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/errtext.h"
#include "base/log.h"
#include "base/text.h"
#include "base/wait.h"
#include "names.h"

#define REPORT_MAX 16384
#define REPORT_END "\nRapor bitti\n"

struct report {
    size_t length;
    char bytes[REPORT_MAX];
};

/* fe80:: adresleri her arayüzde yeniden başlar; hangi arayüz olduğu yazılmadan bağlanılamaz. */
static bool lacks_scope(const struct addrinfo *address)
{
    const struct sockaddr_in6 *v6 = (const void *)address->ai_addr;
    return address->ai_family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&v6->sin6_addr) &&
           v6->sin6_scope_id == 0;
}

/* region: connect */
/* Bloke etmeyen connect hemen döner; sonucu, soket yazılabilir olunca SO_ERROR söyler. Zaman sınırı
 * böyle konur: bloke eden connect, yanıt vermeyen bir adreste iki dakikayı aşabilir. 0 ya da
 * -errno. */
static int connect_with_deadline(int fd, const struct addrinfo *address, deadline_t deadline)
{
    if (connect(fd, address->ai_addr, address->ai_addrlen) == 0)
        return 0;
    if (errno != EINPROGRESS && errno != EINTR)
        return -errno;
    int ready = wait_fd(fd, POLLOUT, deadline);
    if (ready < 0)
        return ready;
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
        return -errno;
    return -error;
}
/* endregion */

static void show_connected(int fd, const char *name)
{
    struct sockaddr_storage local;
    socklen_t length = sizeof local;
    char text[NAMES_TEXT_SIZE] = "?";
    if (getsockname(fd, (struct sockaddr *)&local, &length) == 0)
        names_endpoint((struct sockaddr *)&local, length, text);
    printf("Bağlanıldı: %s, yerel adres %s\n", name, text);
}

static bool is_complete(const struct report *report)
{
    size_t end = strlen(REPORT_END);
    return report->length >= end &&
           memcmp(report->bytes + report->length - end, REPORT_END, end) == 0;
}

/* region: read-report */
/* Son satırı görene dek okur. Akış sonuna güvenilmez: yarıda ölen bir sunucunun bağlantısı da akış
 * sonuyla biter. NULL ya da neden olmadığı. */
static const char *read_report(int fd, struct report *report, deadline_t deadline)
{
    report->length = 0;
    while (!is_complete(report)) {
        if (report->length == sizeof report->bytes)
            return "rapor çok uzun (en fazla 16384 bayt)";
        int ready = wait_fd(fd, POLLIN, deadline);
        if (ready < 0)
            return error_text(ready);
        ssize_t got = recv(fd, report->bytes + report->length,
                           sizeof report->bytes - report->length, MSG_DONTWAIT);
        if (got == 0)
            return "rapor yarım kaldı";
        if (got < 0 && errno != EINTR && errno != EAGAIN)
            return error_text(errno);
        if (got > 0)
            report->length += (size_t)got;
    }
    return text_is_utf8(report->bytes, report->length) ? NULL : error_text(EILSEQ);
}
/* endregion */

/* Ağdan gelen metindir: denetim karakterleri uçbirime olduğu gibi gitmez. */
static void print_report(const struct report *report)
{
    const char *at = report->bytes;
    const char *end = at + report->length;
    printf("Sunucunun raporu:\n");
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        char line[1024];
        text_escape(line, sizeof line, at, (size_t)(newline - at));
        printf("  %s\n", line);
        at = newline + 1;
    }
}

/* region: attempt */
/* Tek adresi dener. NULL ya da neden olmadığı. */
static const char *attempt(const struct addrinfo *address, const char *name, double timeout,
                           struct report *report)
{
    deadline_t deadline = deadline_after(timeout);
    if (lacks_scope(address))
        return "bağlantı-yerel adres arayüz adı ister (örnek: fe80::1%eth0)";
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return error_text(errno);
    const char *why = NULL;
    log_info("Bağlanılıyor: %s", name);
    int outcome = connect_with_deadline(fd, address, deadline);
    if (outcome < 0) {
        why = error_text(outcome);
    } else {
        show_connected(fd, name);
        why = read_report(fd, report, deadline);
    }
    close(fd);
    return why;
}

int connection_show(const struct addrinfo *list, double timeout, const char **why)
{
    struct report report;
    report.length = 0;
    *why = "adres yok";
    for (const struct addrinfo *at = list; at; at = at->ai_next) {
        char name[NAMES_TEXT_SIZE];
        if (names_repeated(list, at))
            continue;
        printf("Deneniyor: %s\n", names_endpoint(at->ai_addr, at->ai_addrlen, name));
        *why = attempt(at, name, timeout, &report);
        if (!*why) {
            print_report(&report);
            return 0;
        }
        printf("Olmadı: %s: %s\n", name, *why);
    }
    return -EHOSTUNREACH;
}
/* endregion */
