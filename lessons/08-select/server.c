/* 08 · select sunucusu: bir sohbet odası.
 *
 * Gösterdiği: tek iş parçacığının, select ile kimin hazır olduğunu sorup yüzlerce üyeyi birlikte
 * yürütmesi. Her satır gönderene yankılanır, ötekilere yayılır; yavaş okuyan kimseyi bekletmez.
 * Karşılığı: D0 §6, örnek 7.
 * Çalışırken bak: `strace -e trace=select,pselect6 -p PID` her turda kümenin baştan kurulduğunu
 * gösterir; kimse konuşmazken tek çağrı uyur.
 *
 * Bilerek yapmadığı: üçüncü küme (exceptfds) verilmez. Linux'ta onu yalnız "acil" bayt (MSG_OOB)
 * doldurur; bu bir hata değildir ve kimse o yüzden çıkarılmamalıdır. Bağlantı hataları okunur
 * olmakla duyulur.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/clock.h"
#include "base/errtext.h"
#include "base/log.h"
#include "base/program.h"
#include "base/stop.h"
#include "chat.h"
#include "door.h"
#include "net/address.h"
#include "net/listener.h"
#include "net/socket.h"

#define ACCEPT_PER_TURN 64

struct server {
    struct listener listener; /* kapandıysa fd -1 */
    struct chat chat;
};

/* select'e verilenler. Çağrı kümeleri yerinde değiştirir (hazır olmayanları siler), kalan süreyi de
 * timeval'a yazar (yalnız Linux'ta): hepsi her turda baştan kurulur. */
struct sets {
    fd_set readable;
    fd_set writable;
    int end; /* en büyük tanımlayıcının bir fazlası */
};

/* region: sets */
static void watch(struct sets *sets, int fd, short events)
{
    if (events & POLLIN)
        FD_SET(fd, &sets->readable);
    if (events & POLLOUT)
        FD_SET(fd, &sets->writable);
    if (fd >= sets->end)
        sets->end = fd + 1;
}

/* Kümeleri kurar; aynı geçişte en yakın zaman sınırını da bulur. Her turda herkese bakmak select'in
 * bedelidir, sınırlara bakmak ona bir şey eklemez. */
static deadline_t fill(const struct server *server, struct sets *sets, int64_t now)
{
    deadline_t until = DEADLINE_NONE;
    FD_ZERO(&sets->readable);
    FD_ZERO(&sets->writable);
    sets->end = 0;
    if (server->listener.fd >= 0) { /* kapanırken stop_fd de izlenmez: hep okunurdur, uyutmazdı */
        watch(sets, stop_fd(), POLLIN);
        until = listener_paused_until(&server->listener, now);
        if (until == DEADLINE_NONE)
            watch(sets, server->listener.fd, POLLIN);
    }
    for (size_t i = 0; i < server->chat.count; i++) {
        const struct member *member = &server->chat.members[i];
        watch(sets, member->connection.fd, chat_events(member));
        until = deadline_sooner(until, chat_deadline(&server->chat, member));
    }
    return until;
}
/* endregion */

/* Kalan süre, yukarı yuvarlanmış: aşağı yuvarlansaydı son mikrosaniyede boşuna dönülürdü. */
static struct timeval time_left(deadline_t deadline, int64_t now)
{
    int64_t left = deadline > now ? (deadline - now + 999) / 1000 : 0;
    return (struct timeval){.tv_sec = left / 1000000, .tv_usec = left % 1000000};
}

static void accept_waiting(struct server *server, int64_t now)
{
    for (int i = 0; i < ACCEPT_PER_TURN; i++) {
        struct address peer;
        int fd = listener_accept(&server->listener, &peer, now);
        if (fd < 0)
            return;
        door_admit(&server->chat, fd, &peer, now);
    }
}

/* region: turn */
/* Bir tur: bekle, hazır olanları işaretle, kabul et, sohbeti yürüt. Dönen: bir şey olduysa 1, süre
 * dolduysa 0, hatada -errno. */
static int turn(struct server *server, deadline_t limit)
{
    struct sets sets;
    int64_t now = monotonic_ns();
    deadline_t until = deadline_sooner(limit, fill(server, &sets, now));
    struct timeval left = time_left(until, now);
    int ready = select(sets.end, &sets.readable, &sets.writable, NULL,
                       until == DEADLINE_NONE ? NULL : &left);
    if (ready < 0)
        return errno == EINTR ? 1 : -errno; /* bölündüyse kümelerin içi belirsizdir: okunmaz */

    now = monotonic_ns();
    for (size_t i = 0; i < server->chat.count; i++) {
        struct member *member = &server->chat.members[i];
        member->readable = FD_ISSET(member->connection.fd, &sets.readable);
        member->writable = FD_ISSET(member->connection.fd, &sets.writable);
    }
    if (server->listener.fd >= 0 && FD_ISSET(server->listener.fd, &sets.readable))
        accept_waiting(server, now);
    chat_turn(&server->chat, now);
    return ready > 0;
}
/* endregion */

/* region: serve */
static int serve(struct server *server)
{
    int outcome = 0;
    while (outcome >= 0 && !stop_requested())
        outcome = turn(server, DEADLINE_NONE);
    return outcome < 0 ? outcome : 0;
}

/* İki adım: önce gelmiş olanın okunup yanıtlanması, sonra herkesin kuyruğunu ve akış sonunu alması.
 * İkisinin de süresi sınırlıdır; susmayan da okumayan da kapanışı uzatamaz. */
static void shut_down(struct server *server)
{
    deadline_t end = stop_deadline();
    close(server->listener.fd);
    server->listener.fd = -1;
    bool unanswered = true;
    int ready = 1;
    while ((ready > 0 || unanswered) && ready >= 0 && !stop_overdue()) {
        unanswered = chat_unanswered(&server->chat);
        ready = turn(server, unanswered ? stop_reading_deadline() : 0);
    }
    chat_leave_all(&server->chat, end);
    while (ready >= 0 && server->chat.count > 0 && monotonic_ns() < end)
        ready = turn(server, end);
    chat_close_all(&server->chat);
}
/* endregion */

/* Kümeye girecek en büyük tanımlayıcı, daha kimse gelmeden. Çok sayıda açık dosya devralmış bir
 * program FD_SETSIZE'ı çoktan aşmış olabilir. */
static int highest_fd(const struct server *server)
{
    return server->listener.fd > stop_fd() ? server->listener.fd : stop_fd();
}

static int announce(const struct server *server)
{
    struct address local;
    char name[ADDRESS_TEXT_SIZE];
    int outcome = address_of_socket(server->listener.fd, &local);
    if (outcome < 0)
        return outcome;
    log_info("Select server başlatıldı: %s", address_text(&local, name));
    log_info("En çok istemci: %ld; select'in sınırı: %d tanımlayıcı", server->chat.max_clients,
             FD_SETSIZE);
    return program_ready(name);
}

int main(int argc, char **argv)
{
    (void)argc;
    const char *host = "127.0.0.1";
    int port = 9003;
    bool verbose = false;
    static struct server server; /* 400 KiB kadar: yığına konmaz */
    struct chat *chat = &server.chat;
    chat->max_clients = 10000;
    chat->max_queue = CONNECTION_QUEUE_LIMIT;
    chat->timeout = 60;
    chat->stall = 5;
    const struct cli_option options[] = {
        CLI_OPTION_HOST(&host, "dinlenecek adres"),
        CLI_OPTION_SERVER_PORT(&port),
        CLI_OPTION_TIMEOUT(&chat->timeout,
                           "bu kadar saniye ne söyleyen ne dinleyen istemci kapatılır"),
        {0, "max-clients", CLI_NUMBER, &chat->max_clients, 1, 10000, NULL,
         "aynı anda en çok istemci; select'in sınırı (FD_SETSIZE) daha önce gelebilir", NULL},
        {0, "max-queue", CLI_NUMBER, &chat->max_queue, 1, 67108864, NULL,
         "bir istemci için bekleyen en çok bayt; aşan çıkarılır", NULL},
        {0, "stall", CLI_SECONDS, &chat->stall, 0.001, 86400, NULL,
         "kuyruğu doluyken bu kadar saniye hiç bayt almayan çıkarılır", NULL},
        CLI_OPTION_VERBOSE(&verbose),
        CLI_OPTION_HELP,
        CLI_OPTION_END,
    };
    program_init();
    cli_parse(
        &(struct cli){.name = "server",
                      .about = "Ders 08: select ile çok istemciye birden bakan sohbet "
                               "sunucusu.\nHer satır gönderene yankılanır, ötekilere yayılır.",
                      .options = options},
        argv);
    log_set_level(verbose ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO);

    const char *why = NULL;
    char name[CLI_ENDPOINT_SIZE];
    int fd = socket_listen(host, port, SOCK_STREAM, SOMAXCONN, &why);
    if (fd < 0)
        return program_fail("Dinlenemedi: %s: %s", cli_endpoint(host, port, name), why);
    listener_init(&server.listener, fd);
    int outcome = stop_install();
    if (highest_fd(&server) >= FD_SETSIZE)
        return program_fail("Dinlenemedi: %s: tanımlayıcı %d, select'in sınırı %d (FD_SETSIZE)",
                            cli_endpoint(host, port, name), highest_fd(&server), FD_SETSIZE);
    if (outcome == 0)
        outcome = announce(&server);
    if (outcome == 0)
        outcome = serve(&server);
    if (outcome < 0)
        return program_fail("Server çalışamadı: %s", error_text(outcome));
    log_info("Server kapatılıyor");
    shut_down(&server);
    log_info("Server kapatıldı");
    return program_exit(EXIT_SUCCESS);
}
