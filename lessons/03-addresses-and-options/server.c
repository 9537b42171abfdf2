/* 03 · Adresler ve soket seçenekleri, sunucu: dinleyen soketin seçenekleri ve bağlananlara kalan
 * miras.
 *
 * Gösterdiği: setsockopt ile istenen, getsockopt ile görülen aynı şey değildir; kabul edilen soket
 * de dinleyenin seçeneklerini alır (hepsini değil). Her gelene kendi adresini ve bu farkları satır
 * satır yazar.
 * Karşılığı: D0 §1, örnek 1.
 * Çalışırken bak: tablodaki SO_SNDBUF satırı; sonra `--sndbuf 1`, `--sndbuf 999999999` ve `--sndbuf
 * 0` ile aynı satır.
 *
 * Bilerek yapmadığı: istemcilere aynı anda bakmak. Sırayla bakılır, ama bir istemci öbürlerini en
 * çok --client-limit kadar bekletebilir. Sıra beklenmeyen yollar ders 04'ten başlar.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/clock.h"
#include "base/errtext.h"
#include "base/log.h"
#include "base/program.h"
#include "base/stop.h"
#include "base/wait.h"
#include "names.h"
#include "options.h"
#include "tcp_socket.h"

#define REPORT_END "Rapor bitti\n"
#define REPORT_MAX 4096
#define ACCEPT_PAUSE_SECONDS 0.2

struct server {
    int listener;
    int family;
    struct wishes wishes;
    double client_limit;
};

/* Bir ziyaret. Hepsi `deadline`a kadar biter; sıradakinin bekleyeceği süre de böylece bellidir. */
struct visit {
    int fd;
    deadline_t deadline;
    char peer[NAMES_TEXT_SIZE];
};

/* region: wait */
/* Durdurma istendiyse süren ziyaret kesilmez, ama kapanış sınırını da aşamaz. */
static int wait_visit(const struct visit *visit, short events)
{
    int ready = stop_requested() ? -ECANCELED : wait_fd_or_stop(visit->fd, events, visit->deadline);
    if (ready == -ECANCELED)
        ready = wait_fd(visit->fd, events, deadline_sooner(visit->deadline, stop_deadline()));
    return ready;
}
/* endregion */

/* region: inherit */
static void compare(FILE *report, const char *name, const char *listener, const char *accepted)
{
    fprintf(report, "%s: dinleyen %s, kabul edilen %s (%s)\n", name, listener, accepted,
            strcmp(listener, accepted) == 0 ? "aynı" : "farklı");
}

/* Soketin değil dosya tanımlayıcısının bayrağıdır; Linux'ta kabul edilen sokete geçmez
 * (accept(2)). */
static const char *nonblocking(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    return flags < 0 ? "?" : flags & O_NONBLOCK ? "1" : "0";
}

static void compare_options(FILE *report, const struct server *server, int accepted)
{
    struct option options[OPTIONS_MAX + 1];
    int count = options_for(server->family, &server->wishes, options);
    options[count++] = (struct option){.name = "SO_ACCEPTCONN",
                                       .level = SOL_SOCKET,
                                       .number = SO_ACCEPTCONN,
                                       .kind = OPTION_NUMBER};
    for (int i = 0; i < count; i++) {
        char before[OPTION_TEXT_SIZE];
        char after[OPTION_TEXT_SIZE];
        compare(report, options[i].name, option_value(server->listener, &options[i], before),
                option_value(accepted, &options[i], after));
    }
    compare(report, "O_NONBLOCK", nonblocking(server->listener), nonblocking(accepted));
}
/* endregion */

/* region: report */
/* Raporun tamamını kurar; böylece tek send ile çıkar. Dönen: boyu ya da -errno. */
static int make_report(const struct server *server, const struct visit *visit, char *out)
{
    struct sockaddr_storage local;
    socklen_t length = sizeof local;
    char name[NAMES_TEXT_SIZE];
    if (getsockname(visit->fd, (struct sockaddr *)&local, &length) < 0)
        return -errno;
    FILE *report = fmemopen(out, REPORT_MAX, "w");
    if (!report)
        return -errno;
    fprintf(report, "Adresin: %s\n", visit->peer);
    fprintf(report, "Adresim: %s\n", names_endpoint((struct sockaddr *)&local, length, name));
    compare_options(report, server, visit->fd);
    fputs(REPORT_END, report);
    long written = ftell(report);
    return fclose(report) == 0 ? (int)written : -errno;
}
/* endregion */

static int send_all(const struct visit *visit, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(visit->fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent >= 0) {
            bytes += sent;
            length -= (size_t)sent;
            continue;
        }
        if (errno != EAGAIN && errno != EINTR)
            return -errno;
        int ready = wait_visit(visit, POLLOUT);
        if (ready < 0)
            return ready;
    }
    return 0;
}

/* region: farewell */
/* Yazma yarısını kapatır, istemci de kapatana dek geleni okuyup atar. Okunmamış bayt varken close()
 * çağrılsaydı çekirdek RST gönderir, RST de istemcinin henüz okumadığı raporu yok edebilirdi.
 * 0 ya da -errno (-ETIMEDOUT: istemci kapatmadı). */
static int farewell(const struct visit *visit)
{
    char rest[16384];
    ssize_t got = 1;
    if (shutdown(visit->fd, SHUT_WR) < 0) /* sıfırlanmış bağlantıda kapatılacak yarı kalmamıştır */
        return errno == ENOTCONN ? -ECONNRESET : -errno;
    while (got != 0) {
        /* Durmadan gönderen istemcide soket hep hazırdır, poll süreyi hiç dolduramaz: saate ayrıca
         * bakılır. */
        if (monotonic_ns() >= deadline_sooner(visit->deadline, stop_deadline()))
            return -ETIMEDOUT;
        int ready = wait_visit(visit, POLLIN);
        if (ready < 0)
            return ready;
        got = recv(visit->fd, rest, sizeof rest, MSG_DONTWAIT);
        if (got < 0 && errno != EAGAIN && errno != EINTR)
            return -errno;
    }
    return 0;
}
/* endregion */

static void serve(const struct server *server, const struct visit *visit)
{
    char report[REPORT_MAX];
    int outcome = make_report(server, visit, report);
    if (outcome >= 0)
        outcome = send_all(visit, report, (size_t)outcome);
    if (outcome == 0) {
        log_info("Rapor gönderildi: %s", visit->peer);
        outcome = farewell(visit);
    }
    close(visit->fd);
    if (outcome == -ETIMEDOUT)
        log_warning("İstemci zaman aşımı: %s", visit->peer);
    else if (outcome < 0)
        log_warning("Bağlantı kesildi: %s: %s", visit->peer, error_text(outcome));
    else
        log_info("Bağlantı kapatıldı: %s", visit->peer);
}

/* Durdurma isteğine dek hizmet eder: 0, beklemek olanaksızsa -errno. */
static int accept_loop(const struct server *server)
{
    bool paused = false;
    int ready;
    while ((ready = wait_fd_or_stop(server->listener, POLLIN, DEADLINE_NONE)) >= 0) {
        struct sockaddr_storage peer;
        socklen_t length = sizeof peer;
        int fd = accept4(server->listener, (struct sockaddr *)&peer, &length, SOCK_CLOEXEC);
        if (fd >= 0) {
            struct visit visit = {.fd = fd, .deadline = deadline_after(server->client_limit)};
            log_info("Yeni bağlantı: %s",
                     names_endpoint((struct sockaddr *)&peer, length, visit.peer));
            serve(server, &visit);
            paused = false;
        } else if (error_is_shortage(errno)) {
            if (!paused)
                log_error("Kabul duraklatıldı: %s", error_text(errno));
            paused = true;
            wait_stop(deadline_after(ACCEPT_PAUSE_SECONDS));
        } else if (errno != EAGAIN && errno != EINTR) {
            log_warning("Kabul edilemedi: %s", error_text(errno));
        }
    }
    return ready == -ECANCELED ? 0 : ready;
}

/* region: listen */
/* Tampon boyları listen'dan önce istenir: pencere ölçeği el sıkışmada bir kez belirlenir
 * (tcp(7)). */
static int listen_at(struct server *server, const struct addrinfo *address)
{
    const char *failed;
    int fd = tcp_socket_create(address->ai_family, &server->wishes, &failed);
    if (fd < 0) {
        log_error("Soket kurulamadı: %s: %s", failed, error_text(fd));
        return fd;
    }
    if (bind(fd, address->ai_addr, address->ai_addrlen) < 0 || listen(fd, SOMAXCONN) < 0) {
        int error = errno;
        close(fd);
        return -error;
    }
    server->listener = fd;
    server->family = address->ai_family;
    return 0;
}
/* endregion */

/* Adın adreslerinden dinlenebilen ilkini dinler. 0 ya da negatif; `*why` nedenin metni. */
static int listen_on(struct server *server, const char *host, int port, const char **why)
{
    struct addrinfo *list = names_resolve(host, port, AI_PASSIVE, why);
    int outcome = -EADDRNOTAVAIL;
    for (struct addrinfo *at = list; at && outcome < 0; at = at->ai_next) {
        outcome = listen_at(server, at);
        *why = error_text(outcome);
    }
    if (list)
        freeaddrinfo(list);
    return outcome;
}

static int announce(const struct server *server)
{
    struct sockaddr_storage local;
    socklen_t length = sizeof local;
    char name[NAMES_TEXT_SIZE];
    if (getsockname(server->listener, (struct sockaddr *)&local, &length) < 0)
        return -errno;
    log_info("Server başlatıldı: %s", names_endpoint((struct sockaddr *)&local, length, name));
    int outcome = program_ready(name);
    if (outcome < 0)
        return outcome;
    /* Artık hazır olduğunu duyurdu: tabloyu yazamamak onu durdurmaz. */
    int shown = tcp_socket_show(server->listener, &server->wishes);
    if (shown < 0)
        log_warning("Seçenekler gösterilemedi: %s", error_text(shown));
    return 0;
}

int main(int argc, char **argv)
{
    (void)argc;
    const char *host = "127.0.0.1";
    int port = 9103;
    bool verbose = false;
    bool nagle = false;
    struct server server = {.wishes = WISHES_OF_DOCUMENT, .client_limit = 1};
    struct wishes *wishes = &server.wishes;
    const struct cli_option options[] = {
        CLI_OPTION_HOST(&host, "dinlenecek adres"),
        CLI_OPTION_SERVER_PORT(&port),
        CLI_OPTION_TIMEOUT(&wishes->timeout,
                           "SO_RCVTIMEO ve SO_SNDTIMEO için istenen süre, saniye"),
        {0, "client-limit", CLI_SECONDS, &server.client_limit, 0.001, 3600, NULL,
         "bir istemciye ayrılan en uzun süre, saniye", NULL},
        {0, "sndbuf", CLI_NUMBER, &wishes->sndbuf, 0, 1073741823, NULL,
         "istenen SO_SNDBUF; 0: dokunulmaz", NULL},
        {0, "rcvbuf", CLI_NUMBER, &wishes->rcvbuf, 0, 1073741823, NULL,
         "istenen SO_RCVBUF; 0: dokunulmaz", NULL},
        {0, "nagle", CLI_FLAG, &nagle, 0, 0, NULL, "TCP_NODELAY kapalı: Nagle çalışsın", NULL},
        {0, "dual-stack", CLI_FLAG, &wishes->dual_stack, 0, 0, NULL,
         "IPv6 soketi IPv4 bağlantılarını da alsın (--host :: ile)", NULL},
        CLI_OPTION_VERBOSE(&verbose),
        CLI_OPTION_HELP,
        CLI_OPTION_END,
    };
    program_init();
    cli_parse(
        &(struct cli){
            .name = "server",
            .about = "Ders 03: soketinin seçeneklerini gösteren, gelene onları rapor eden sunucu.",
            .options = options},
        argv);
    log_set_level(verbose ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO);
    wishes->no_delay = !nagle;

    const char *why = NULL;
    char name[CLI_ENDPOINT_SIZE];
    int outcome = listen_on(&server, host, port, &why);
    if (outcome < 0)
        return program_fail("Dinlenemedi: %s: %s", cli_endpoint(host, port, name), why);
    outcome = stop_install();
    if (outcome == 0)
        outcome = announce(&server);
    if (outcome == 0)
        outcome = accept_loop(&server);
    close(server.listener);
    if (outcome < 0)
        return program_fail("Server çalışamadı: %s", error_text(outcome));
    log_info("Server kapatıldı");
    return program_exit(EXIT_SUCCESS);
}
