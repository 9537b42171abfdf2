/* 02 · Soket notlarının sunucusu: select ile bekler, gelen satırları yazar, hiç yanıt vermez.
 *
 * Gösterdiği: bayt akışını elle satırlara bölmek; select ile birden çok şeyi zaman sınırıyla
 * beklemek; konuşmanın bitebileceği her yolu (disconnect, stop, akış sonu, sessizlik, sıfırlama)
 * ayrı tanımak.
 * Karşılığı: D1, örnek sunucu.
 * Çalışırken bak: iki uçbirimden `nc` ile bağlan. İkincinin yazdıkları, birinci gidene dek
 * görünmez.
 *
 * Bilerek yapmadığı: aynı anda iki istemciye bakmak. Belgedeki gibi bir seferde bir istemci vardır;
 * ötekiler çekirdeğin bekleme kuyruğundadır. Kimse de sunucuyu süresiz tutamaz: --timeout ve
 * --turn.
 */
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
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
#include "endpoint.h"
#include "watch.h"

/* Satır sonu sayılmaz; tampondaki fazladan iki bayt \r\n içindir. */
#define LINE_LIMIT 65536
#define FULL "Sunucu dolu, daha sonra deneyin\n"
#define ACCEPT_PAUSE_SECONDS 0.2
#define FAREWELL_SECONDS 0.4

struct server {
    int listener;
    double timeout;
    double turn;
};

struct client {
    int fd;
    deadline_t turn_over; /* bundan sonra, bekleyen varsa sıra ona geçer */
    size_t used;          /* tampondaki bayt */
    size_t scanned;       /* ilk `scanned` baytta \n yok */
    char bytes[LINE_LIMIT + 2];
};

/* region: endings */
/* Bir konuşmanın nasıl bittiği; GOES_ON bitmedi demektir. */
enum ending {
    GOES_ON,
    STREAM_ENDED,
    SAID_DISCONNECT,
    SAID_STOP,
    WENT_SILENT,
    TURN_OVER,
    TOO_LONG,
    NOT_UTF8,
    BROKEN,
    STOP_REQUESTED,
};

static const char *const ending_texts[] = {
    [STREAM_ENDED] = "akış sonu",
    [SAID_DISCONNECT] = "disconnect dedi",
    [SAID_STOP] = "stop dedi",
    [WENT_SILENT] = "sessiz kaldı",
    [TURN_OVER] = "süresi doldu, sırada bekleyen var",
    [TOO_LONG] = "satır çok uzun",
    [NOT_UTF8] = "geçersiz UTF-8",
    [BROKEN] = "bağlantı koptu",
    [STOP_REQUESTED] = "sunucu kapanıyor",
};
/* endregion */

/* region: wait-for-bytes */
/* Bu istemciden okunacak bir şey gelene (GOES_ON) ya da beklemek anlamsızlaşana dek bekler. */
static enum ending wait_for_bytes(const struct server *server, const struct client *client)
{
    enum { CLIENT = 1, STOP = 2, NEXT_CLIENT = 4 };
    const int fds[] = {client->fd, stop_fd(), server->listener};
    deadline_t silence = deadline_after(server->timeout);
    for (;;) {
        /* Dinleyen soket, ancak sıra dolunca izlenir: o ana dek kimin beklediği önemli değildir. */
        bool turn_over = monotonic_ns() >= client->turn_over;
        deadline_t deadline = turn_over ? silence : deadline_sooner(silence, client->turn_over);
        int ready = watch_readable(fds, turn_over ? 3 : 2, deadline);
        if (ready < 0) {
            log_error("select: %s", error_text(ready));
            return BROKEN;
        }
        if (ready & NEXT_CLIENT)
            return TURN_OVER;
        /* Kapanırken de gelmiş satırlar okunur, ama susmayan bir istemci kapanışı geciktiremez. */
        if (ready & CLIENT && !stop_overdue())
            return GOES_ON;
        if (ready & STOP)
            return STOP_REQUESTED;
        if (monotonic_ns() >= silence)
            return WENT_SILENT;
    }
}
/* endregion */

static enum ending handle_line(const char *bytes, size_t length)
{
    static char shown[4 * LINE_LIMIT + 1]; /* bir baytın en uzun kaçışı dört bayttır */
    if (!text_is_utf8(bytes, length))
        return NOT_UTF8;
    struct text line = text_strip(bytes, length);
    if (text_is_command(line, "disconnect"))
        return SAID_DISCONNECT;
    if (text_is_command(line, "stop"))
        return SAID_STOP;
    text_escape(shown, sizeof shown, line.bytes, line.length);
    puts(shown);
    return GOES_ON;
}

/* region: framing */
/* Sondaki \r, \n'nin eşidir; satırın boyuna sayılmaz. */
static bool is_too_long(const char *line, size_t length)
{
    if (length > 0 && line[length - 1] == '\r')
        length--;
    return length > LINE_LIMIT;
}

/* Tampondaki tam satırları işler, yarım kalanı başa alır. Bakılmış bayta yeniden bakılmaz: bayt
 * bayt gelen uzun bir satırın maliyeti de boyuyla orantılı kalır. */
static enum ending handle_lines(struct client *client)
{
    enum ending ending = GOES_ON;
    size_t start = 0;
    while (ending == GOES_ON) {
        char *from = client->bytes + client->scanned;
        char *newline = memchr(from, '\n', client->used - client->scanned);
        if (!newline)
            break;
        char *line = client->bytes + start;
        size_t length = (size_t)(newline - line);
        ending = is_too_long(line, length) ? TOO_LONG : handle_line(line, length);
        start += length + 1;
        client->scanned = start;
    }
    client->used -= start;
    memmove(client->bytes, client->bytes + start, client->used);
    client->scanned = client->used;
    if (ending == GOES_ON && is_too_long(client->bytes, client->used))
        return TOO_LONG;
    return ending;
}

/* Akış bitti. Satır sonu gelmemiş son satır da satırdır. */
static enum ending handle_last_line(const struct client *client)
{
    enum ending ending = client->used > 0 ? handle_line(client->bytes, client->used) : GOES_ON;
    return ending == GOES_ON ? STREAM_ENDED : ending;
}
/* endregion */

/* region: converse */
static enum ending converse(const struct server *server, struct client *client)
{
    enum ending ending;
    while ((ending = wait_for_bytes(server, client)) == GOES_ON) {
        /* select "okunur" dese de recv bloke edebilir (select(2), BUGS): MSG_DONTWAIT. */
        ssize_t got = recv(client->fd, client->bytes + client->used,
                           sizeof client->bytes - client->used, MSG_DONTWAIT);
        if (got == 0)
            return handle_last_line(client);
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        if (got < 0) {
            log_warning("Okunamadı: %s", error_text(errno));
            return BROKEN;
        }
        client->used += (size_t)got;
        ending = handle_lines(client);
        if (ending != GOES_ON)
            return ending;
    }
    return ending;
}
/* endregion */

/* region: close */
/* Önce yarı kapatır, sonra karşı taraf da kapatana ya da sınıra dek geleni okuyup atar. Okunmamış
 * bayt varken close(), FIN yerine RST gönderir; RST de son sözümüzü yok edebilir. */
static void close_gracefully(int fd)
{
    char rest[4096];
    deadline_t deadline = deadline_sooner(deadline_after(FAREWELL_SECONDS), stop_deadline());
    if (shutdown(fd, SHUT_WR) == 0)
        while (monotonic_ns() < deadline && watch_readable(&fd, 1, deadline) > 0 &&
               recv(fd, rest, sizeof rest, MSG_DONTWAIT) > 0)
            ;
    close(fd);
}
/* endregion */

static void say_too_long(int fd)
{
    char text[64];
    int length = snprintf(text, sizeof text, "Satır çok uzun (en fazla %d bayt)\n", LINE_LIMIT);
    /* Bu bağlantıda gönderilen ilk baytlar: gönderme tamponu boştur, hepsi sığar. */
    send(fd, text, (size_t)length, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* Bir istemcinin bütün konuşması. Yalnız SAID_STOP ve STOP_REQUESTED sunucuyu bitirir. */
static enum ending visit(const struct server *server, int fd, const char *name)
{
    static struct client client; /* bir seferde bir istemci: tek tampon yeter */
    client.fd = fd;
    client.turn_over = deadline_after(server->turn);
    client.used = client.scanned = 0;

    log_info("Yeni bağlantı: %s", name);
    enum ending ending = converse(server, &client);
    if (ending == TOO_LONG)
        say_too_long(fd);
    close_gracefully(fd);
    puts("----------------");
    log_info("Bağlantı kapatıldı: %s (%s)", name, ending_texts[ending]);
    return ending;
}

/* select'in izleyemeyeceği bir bağlantı: söz söylenir, beklemeden kapatılır. Gelmiş olanın
 * okunması, sözün RST ile kaybolmaması içindir; susmayan biri burada da oyalayamasın diye
 * sayılıdır. */
static void refuse(int fd, const char *name)
{
    char rest[4096];
    log_error("Geri çevrildi: %s: tanımlayıcı %d, select'in sınırı %d", name, fd, FD_SETSIZE);
    send(fd, FULL, strlen(FULL), MSG_NOSIGNAL | MSG_DONTWAIT);
    shutdown(fd, SHUT_WR);
    for (int i = 0; i < 16 && recv(fd, rest, sizeof rest, MSG_DONTWAIT) > 0; i++)
        ;
    close(fd);
}

/* İstemcilere sırayla bakar. stop satırı ya da durdurma isteği gelince 0, select çalışmazsa
 * -errno. */
static int serve(const struct server *server)
{
    enum { LISTENER = 1, STOP = 2 };
    const int fds[] = {server->listener, stop_fd()};
    bool paused = false;
    for (;;) {
        int ready = watch_readable(fds, 2, DEADLINE_NONE);
        if (ready < 0 || ready & STOP)
            return ready < 0 ? ready : 0;

        struct sockaddr_storage peer = {0};
        socklen_t length = sizeof peer;
        char name[ENDPOINT_TEXT_SIZE];
        int fd = accept4(server->listener, (struct sockaddr *)&peer, &length, SOCK_CLOEXEC);
        if (fd >= 0) {
            paused = false;
            endpoint_text((struct sockaddr *)&peer, length, name);
            if (!watch_fits(fd))
                refuse(fd, name);
            else if (visit(server, fd, name) == SAID_STOP)
                return 0;
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
}

/* Dönen: dinleyen soket ya da -errno. Soket bloke etmez: select "hazır" dedikten sonra istemci
 * vazgeçerse accept takılmasın. */
static int listen_at(const struct addrinfo *address, int backlog)
{
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

/* Adın dinlenebilen ilk adresini dinler. Dönen: soket ya da negatif; `*why` nedenin metni. */
static int listen_on(const char *host, int port, int backlog, const char **why)
{
    struct addrinfo *found = endpoint_resolve(host, port, true, why);
    int fd = -1;
    for (struct addrinfo *at = found; at && fd < 0; at = at->ai_next) {
        fd = listen_at(at, backlog);
        *why = error_text(fd);
    }
    if (found)
        freeaddrinfo(found);
    return fd;
}

/* Duyurur ve hizmet verir; dönen çıkış kodudur. */
static int run(const struct server *server)
{
    if (!watch_fits(server->listener) || !watch_fits(stop_fd()))
        return program_fail(
            "Dinlenemedi: tanımlayıcı %d, select'in sınırı %d; açık dosyaları azalt",
            server->listener, FD_SETSIZE);
    char name[ENDPOINT_TEXT_SIZE];
    log_info("Server başlatıldı: %s", endpoint_of_socket(server->listener, name));
    int outcome = program_ready(name);
    if (outcome < 0)
        return program_fail("Hazır olduğu duyurulamadı: %s", error_text(outcome));
    outcome = serve(server);
    if (outcome < 0)
        return program_fail("Beklenemedi: select: %s", error_text(outcome));
    log_info("Server kapatıldı");
    return program_exit(EXIT_SUCCESS);
}

int main(int argc, char **argv)
{
    (void)argc;
    const char *host = "127.0.0.1";
    int port = 10001;
    long backlog = 5;
    bool verbose = false;
    struct server server = {.timeout = 5, .turn = 60};
    const struct cli_option options[] = {
        CLI_OPTION_HOST(&host, "dinlenecek adres"),
        CLI_OPTION_SERVER_PORT(&port),
        CLI_OPTION_TIMEOUT(&server.timeout, "sessiz kalan istemci bu kadar saniye sonra kapatılır"),
        {0, "turn", CLI_SECONDS, &server.turn, 0.001, 86400, NULL,
         "sırada bekleyen varken bir istemcinin sunucuyu tutabileceği en uzun süre", NULL},
        {0, "backlog", CLI_NUMBER, &backlog, 0, 4096, NULL,
         "kabul edilmeyi bekleyen bağlantıların kuyruğu", NULL},
        CLI_OPTION_VERBOSE(&verbose),
        CLI_OPTION_HELP,
        CLI_OPTION_END,
    };
    program_init();
    cli_parse(
        &(struct cli){.name = "server",
                      .about = "Ders 02: gelen satırları yazan, yanıt vermeyen sunucu.\n"
                               "`disconnect` satırı bağlantıyı, `stop` satırı sunucuyu bitirir.",
                      .options = options},
        argv);
    log_set_level(verbose ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO);

    const char *why = NULL;
    char name[CLI_ENDPOINT_SIZE];
    server.listener = listen_on(host, port, (int)backlog, &why);
    if (server.listener < 0)
        return program_fail("Dinlenemedi: %s: %s", cli_endpoint(host, port, name), why);
    int outcome = stop_install();
    outcome = outcome < 0 ? program_fail("Server çalışamadı: %s", error_text(outcome))
                          : run(&server);
    close(server.listener);
    return outcome;
}
