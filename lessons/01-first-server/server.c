/* 01 · İlk sunucu: gelene merhaba diyen, sırayla hizmet veren TCP sunucusu.
 *
 * Gösterdiği: bir sunucunun altı çağrısı: socket, bind, listen, accept, recv, send (ve close).
 * Karşılığı: D3, tamamı.
 * Çalışırken bak: yazdığı adresi tarayıcıda aç. Aynı adrese `nc` ile bağlanıp hiçbir şey yazma; o
 * sırada gelen öbür istemci en çok --timeout kadar bekler.
 *
 * Bilerek yapmadığı: aynı anda iki istemciye bakmak. Onun beş ayrı yolu ders 06'da.
 */
#include <errno.h>
#include <netdb.h>
#include <poll.h>
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
#include "base/text.h"
#include "base/wait.h"
#include "request.h"

#define GREETING "Merhaba dünya!"
#define ACCEPT_PAUSE_SECONDS 0.2
#define ADDRESS_SIZE 128

/* region: struct */
/* Bir ziyaret. Hepsi, `deadline`a kadar biter: sıradakinin bekleyeceği süre de böylece bellidir. */
struct visit {
    int fd;
    deadline_t deadline;
    bool answered;
    size_t length;
    size_t dropped; /* tampona sığmadığı için atılan */
    char bytes[REQUEST_MAX];
};
/* endregion */

/* region: address-text */
/* Çekirdeğin ikili adresini "127.0.0.1:9000" ya da "[::1]:9000" yapar. */
static const char *address_text(const struct sockaddr *address, socklen_t length, char *out)
{
    char host[NI_MAXHOST];
    char port[NI_MAXSERV];
    int failed = getnameinfo(address, length, host, sizeof host, port, sizeof port,
                             NI_NUMERICHOST | NI_NUMERICSERV);
    if (failed)
        snprintf(out, ADDRESS_SIZE, "?");
    else
        snprintf(out, ADDRESS_SIZE, address->sa_family == AF_INET6 ? "[%.90s]:%.8s" : "%.90s:%.8s",
                 host, port);
    return out;
}
/* endregion */

/* Kapanış istenince yanıtlanmamış ziyaret hemen biter; yanıtlanmışın son baytları için biraz
 * beklenir. */
static int wait_for_bytes(const struct visit *visit)
{
    int ready = wait_fd_or_stop(visit->fd, POLLIN, visit->deadline);
    if (ready == -ECANCELED && visit->answered)
        ready = wait_fd(visit->fd, POLLIN, deadline_sooner(visit->deadline, stop_deadline()));
    return ready;
}

/* region: receive */
/* Gelen ilk parçayı tampona ekler; tampon dolduysa sayıp atar. Dönen: bayt sayısı, 0 akış sonu,
 * -errno (-ETIMEDOUT süre bitti, -ECANCELED durdurma istendi). */
static ssize_t receive(struct visit *visit)
{
    char spill[4096];
    size_t room = sizeof visit->bytes - visit->length;
    for (;;) {
        int ready = wait_for_bytes(visit);
        if (ready < 0)
            return ready;
        ssize_t got = recv(visit->fd, room ? visit->bytes + visit->length : spill,
                           room ? room : sizeof spill, MSG_DONTWAIT);
        if (got >= 0) {
            if (room)
                visit->length += (size_t)got;
            else
                visit->dropped += (size_t)got;
            return got;
        }
        if (errno != EINTR && errno != EAGAIN)
            return -errno;
    }
}
/* endregion */

/* region: send */
/* send istenenden azını gönderebilir; kalanı sıradaki tura kalır. 0 ya da -errno. */
static int send_all(struct visit *visit, const char *bytes, size_t length)
{
    while (length > 0) {
        int ready = wait_fd(visit->fd, POLLOUT, visit->deadline);
        if (ready < 0)
            return ready;
        ssize_t sent = send(visit->fd, bytes, length, MSG_NOSIGNAL);
        if (sent < 0 && errno != EINTR && errno != EAGAIN)
            return -errno;
        if (sent > 0) {
            bytes += sent;
            length -= (size_t)sent;
        }
    }
    return 0;
}
/* endregion */

/* region: read-request */
/* Ne tür bir istemciyle konuştuğumuz belli olana dek okur. Düz metin ilk parçada bellidir; HTTP
 * isteği ise başlığın sonunu bekler. Dönen: isteğin türü; hiçbir şey gelmeden süre bittiyse ya da
 * bağlantı koptuysa -errno. */
static int read_request(struct visit *visit)
{
    for (;;) {
        ssize_t got = receive(visit);
        bool silent = visit->length == 0 && got != 0;
        if (got < 0 && (silent || (got != -ETIMEDOUT && got != -ECANCELED)))
            return (int)got;
        enum request_kind kind = request_classify(visit->bytes, visit->length);
        if (kind != REQUEST_PARTIAL)
            return (int)kind;
        if (got <= 0) /* gerisi gelmeyecek */
            return request_is_http(visit->bytes, visit->length) ? REQUEST_TIMED_OUT : REQUEST_PLAIN;
    }
}
/* endregion */

/* region: answer */
struct response {
    const char *status, *body;
};

static struct response choose_response(enum request_kind kind)
{
    switch (kind) {
    case REQUEST_TOO_LARGE:
        return (struct response){"431 Request Header Fields Too Large", "Başlık çok uzun\n"};
    case REQUEST_TIMED_OUT:
        return (struct response){"408 Request Timeout", "Başlığın sonu gelmedi\n"};
    default:
        return (struct response){"200 OK", GREETING};
    }
}

static int answer(struct visit *visit, enum request_kind kind)
{
    if (kind == REQUEST_PLAIN)
        return send_all(visit, GREETING, strlen(GREETING));

    char text[512];
    struct response response = choose_response(kind);
    int length = snprintf(text, sizeof text,
                          "HTTP/1.1 %s\r\n"
                          "Content-Type: text/plain; charset=utf-8\r\n"
                          "Content-Length: %zu\r\n"
                          "Connection: close\r\n"
                          "\r\n"
                          "%s",
                          response.status, strlen(response.body),
                          kind == REQUEST_HTTP_HEAD ? "" : response.body);
    return send_all(visit, text, (size_t)length);
}
/* endregion */

/* region: last-bytes */
/* Yazma yarısını kapatır (karşı taraf akış sonunu görür), sonra o da kapatana dek geleni okur.
 * Okunmamış bayt varken close, FIN yerine RST gönderir; RST az önceki yanıtı götürebilir. */
static void say_last_word(struct visit *visit)
{
    visit->answered = true;
    if (shutdown(visit->fd, SHUT_WR) < 0)
        return;
    /* Durmadan gönderen istemcinin soketi hep hazırdır, poll süreyi dolduramaz; saate ayrıca
     * bakılır. */
    while (monotonic_ns() < deadline_sooner(visit->deadline, stop_deadline()) && receive(visit) > 0)
        ;
}
/* endregion */

/* Gelenleri satır satır, iki boşluk içeriden yazar; denetim karakterleri ekrana ham gitmez. */
static void print_request(const struct visit *visit)
{
    static char shown[4 * REQUEST_MAX + 1]; /* bir baytın en uzun kaçışı dört bayttır */
    size_t start = 0;
    while (start < visit->length) {
        const char *line = visit->bytes + start;
        const char *newline = memchr(line, '\n', visit->length - start);
        size_t length = newline ? (size_t)(newline - line) : visit->length - start;
        start += length + (newline != NULL);
        if (newline && length > 0 && line[length - 1] == '\r')
            length--;
        text_escape(shown, sizeof shown, line, length);
        printf("  %s\n", shown);
    }
    if (visit->dropped > 0)
        printf("  (... ve %zu bayt daha)\n", visit->dropped);
}

/* region: visit */
static void receive_visitor(int fd, const char *name, double timeout)
{
    static struct visit visit; /* tek istemci olduğu için tek tampon yeter */
    visit.fd = fd;
    visit.deadline = deadline_after(timeout);
    visit.answered = false;
    visit.length = visit.dropped = 0;

    printf("%s bağlandı\n", name);
    int kind = read_request(&visit);
    int outcome = kind < 0 ? kind : answer(&visit, (enum request_kind)kind);
    if (outcome == 0)
        say_last_word(&visit);
    else
        log_warning("%s: yanıtlanamadı: %s", name, error_text(outcome));
    close(fd);
    print_request(&visit);
}
/* endregion */

/* region: accept-loop */
/* Durdurma isteğine dek hizmet eder: 0, beklemek olanaksızsa -errno. */
static int serve(int listener, double timeout)
{
    bool paused = false;
    int ready;
    while ((ready = wait_fd_or_stop(listener, POLLIN, DEADLINE_NONE)) >= 0) {
        struct sockaddr_storage peer = {0};
        socklen_t length = sizeof peer;
        char name[ADDRESS_SIZE];
        int fd = accept4(listener, (struct sockaddr *)&peer, &length, SOCK_CLOEXEC);
        if (fd >= 0) {
            paused = false;
            receive_visitor(fd, address_text((struct sockaddr *)&peer, length, name), timeout);
        } else if (error_is_shortage(errno)) {
            if (!paused)
                log_error("Kabul duraklatıldı: %s", error_text(errno));
            paused = true;
            wait_stop(deadline_after(ACCEPT_PAUSE_SECONDS));
        } else if (errno != EAGAIN && errno != EINTR) {
            /* Bağlantı, sırası gelmeden kopmuş: o gitti, sunucu kalır. */
            log_warning("Kabul edilemedi: %s", error_text(errno));
        }
    }
    return ready == -ECANCELED ? 0 : ready;
}
/* endregion */

/* region: listen */
static int listen_at(const struct addrinfo *address, int backlog)
{
    /* Dinleyen soket bloke etmez: poll "hazır" dedikten sonra istemci vazgeçerse accept
     * takılmasın. */
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    int on = 1;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
        bind(fd, address->ai_addr, address->ai_addrlen) < 0 || listen(fd, backlog) < 0) {
        int error = errno;
        close(fd);
        return -error;
    }
    return fd;
}
/* endregion */

/* region: resolve */
/* Adı adreslere çevirir, dinlenebilen ilkini dinler. Dönen: soket ya da negatif; `*why` nedenin
 * metni. */
static int listen_on(const char *host, int port, int backlog, const char **why)
{
    char service[16];
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *found;
    snprintf(service, sizeof service, "%d", port);
    int failed = getaddrinfo(host, service, &hints, &found);
    if (failed) {
        *why = gai_text(failed);
        return -1;
    }
    int fd = -1;
    for (struct addrinfo *at = found; at && fd < 0; at = at->ai_next) {
        fd = listen_at(at, backlog);
        if (fd < 0)
            *why = error_text(fd);
    }
    freeaddrinfo(found);
    return fd;
}
/* endregion */

/* region: getsockname */
/* Port 0 istendiyse sistemin seçtiğini öğrenmenin tek yolu sokete sormaktır. */
static int announce(int listener)
{
    struct sockaddr_storage local = {0};
    socklen_t length = sizeof local;
    char name[ADDRESS_SIZE];
    if (getsockname(listener, (struct sockaddr *)&local, &length) < 0)
        return -errno;
    return program_ready(address_text((struct sockaddr *)&local, length, name));
}
/* endregion */

int main(int argc, char **argv)
{
    (void)argc;
    const char *host = "127.0.0.1";
    int port = 0;
    double timeout = 2;
    long backlog = 5;
    bool verbose = false;
    const struct cli_option options[] = {
        CLI_OPTION_HOST(&host, "dinlenecek adres"),
        CLI_OPTION_SERVER_PORT(&port),
        CLI_OPTION_TIMEOUT(&timeout, "bir ziyaretin en uzun süresi, saniye"),
        {0, "backlog", CLI_NUMBER, &backlog, 0, 4096, NULL,
         "kabul edilmeyi bekleyen bağlantıların kuyruğu", NULL},
        CLI_OPTION_VERBOSE(&verbose),
        CLI_OPTION_HELP,
        CLI_OPTION_END,
    };
    program_init();
    cli_parse(&(struct cli){.name = "server",
                            .about = "Ders 01: gelenin yazdığını gösteren, \"" GREETING
                                     "\" diyen, sırayla hizmet veren sunucu.",
                            .options = options},
              argv);
    log_set_level(verbose ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO);

    const char *why = NULL;
    char name[CLI_ENDPOINT_SIZE];
    int listener = listen_on(host, port, (int)backlog, &why);
    if (listener < 0)
        return program_fail("Dinlenemedi: %s: %s", cli_endpoint(host, port, name), why);
    int outcome = stop_install();
    if (outcome == 0)
        outcome = announce(listener);
    if (outcome == 0)
        outcome = serve(listener, timeout);
    close(listener);
    if (outcome < 0)
        return program_fail("Server çalışamadı: %s", error_text(outcome));
    log_info("Server kapatıldı");
    return program_exit(EXIT_SUCCESS);
}
