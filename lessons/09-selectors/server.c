/* 09 · Seçiciler: on bin bağlantı, tek iş parçacığı.
 *
 * Gösterdiği: kime sıra geldiğini çekirdeğe sormanın üç yolu. Döngü ve konuşmalar (crowd.c) üçünde
 * de aynıdır, değişen seçicinin arka ucudur. Yazılabilirlik yalnız gönderilemeyen bir şey varken
 * beklenir. Karşılığı: D0 §6, örnek 8. Çalışırken bak: `strace -c -p PID` ile bir mesajın kaç
 * sistem çağrısı tuttuğuna; kimse konuşmazken `top`ta işlemcinin sıfır oluşuna.
 *
 * Bilerek yapmadığı: birden çok işlemci kullanmak, her mesajı loglamak (-v loglar), kenar
 * tetikleme.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/errtext.h"
#include "base/log.h"
#include "base/program.h"
#include "base/stop.h"
#include "crowd.h"
#include "net/listener.h"
#include "net/socket.h"
#include "selector.h"

/* Bir turda en çok bu kadar bağlantı kabul edilir: gelenler içeridekileri bekletmesin. */
#define ACCEPT_MAX 64

struct server {
    struct listener listener;
    bool listening; /* dinleyen soket seçicide mi? */
    struct selector *selector;
    struct crowd crowd;
};

static void accept_some(struct server *server, int64_t now)
{
    struct address peer;
    int fd = 0;
    for (int i = 0; i < ACCEPT_MAX && fd >= 0; i++) {
        fd = listener_accept(&server->listener, &peer, now);
        if (fd >= 0)
            crowd_admit(&server->crowd, fd, &peer, now);
    }
}

/* Kabul duraklatıldıysa dinleyen sokete bakılmaz: kuyruktaki bağlantı onu hep okunur gösterir,
 * döngü boşuna dönerdi. */
static int watch_listener(struct server *server, int64_t now)
{
    bool wanted = listener_paused_until(&server->listener, now) == DEADLINE_NONE;
    if (wanted == server->listening)
        return 0;
    server->listening = wanted;
    if (wanted)
        return selector_add(server->selector, server->listener.fd, SELECTOR_READ,
                            &server->listener);
    return selector_remove(server->selector, server->listener.fd);
}

/* region: turn */
/* Bir tur: hazır olanların her birine bir adım. Saate turda bir kez bakılır. Dönen: olay sayısı
 * (süre dolduysa 0) ya da -errno. */
static int turn(struct server *server, deadline_t deadline, int64_t *now)
{
    int ready = selector_wait(server->selector, deadline);
    *now = monotonic_ns();
    struct selector_event event;
    while (ready > 0 && selector_next(server->selector, &event)) {
        if (event.data == &server->listener)
            accept_some(server, *now);
        else if (event.data) /* verisi olmayan, durdurma isteğidir */
            crowd_step(&server->crowd, event.data, event.events, *now);
    }
    crowd_sweep(&server->crowd, *now);
    return ready;
}
/* endregion */

/* Durdurma isteğine dek: 0, beklemek olanaksızsa -errno. */
static int serve(struct server *server)
{
    int64_t now = monotonic_ns();
    int outcome = selector_add(server->selector, stop_fd(), SELECTOR_READ, NULL);
    while (outcome >= 0 && !stop_requested()) {
        outcome = watch_listener(server, now);
        if (outcome < 0)
            break;
        deadline_t resume = listener_paused_until(&server->listener, now);
        outcome = turn(server, deadline_sooner(server->crowd.sweep_at, resume), &now);
    }
    return outcome < 0 ? outcome : 0;
}

static void stop_listening(struct server *server)
{
    if (server->listening)
        (void)selector_remove(server->selector, server->listener.fd);
    close(server->listener.fd);
}

/* region: shutdown */
/* Gelmiş olan her şey okunup yanıtlanır: hiç beklemeyen bir tur boş dönünce okunacak
 * kalmamıştır. Kuyruğu dolduğu için okunmayan varsa onun alması da beklenir. Hepsi en çok
 * STOP_READING_SECONDS. */
static int read_the_rest(struct server *server)
{
    int ready;
    bool blocked;
    int64_t now;
    do {
        blocked = crowd_blocked(&server->crowd);
        ready = turn(server, blocked ? stop_reading_deadline() : 0, &now);
    } while ((ready > 0 || (ready == 0 && blocked)) && !stop_overdue());
    return ready;
}

/* Sonra herkes kuyruğundakini alır ve karşı tarafın kapatması beklenir; her bağlantının sınırı,
 * kapanışın sınırıdır. */
static void shut_down(struct server *server)
{
    int64_t now = monotonic_ns();
    log_info("Server kapatılıyor");
    stop_listening(server);
    (void)selector_remove(server->selector, stop_fd());
    int ready = read_the_rest(server);
    crowd_leave(&server->crowd, stop_deadline(), now);
    while (ready >= 0 && server->crowd.first)
        ready = turn(server, server->crowd.sweep_at, &now);
}
/* endregion */

static int announce(const struct server *server, const char *backend)
{
    struct address local;
    char name[ADDRESS_TEXT_SIZE];
    int outcome = address_of_socket(server->listener.fd, &local);
    if (outcome < 0)
        return outcome;
    log_info("Server başlatıldı: %s", address_text(&local, name));
    log_info("Seçici: %s, en çok istemci: %ld", backend, server->crowd.max_clients);
    return program_ready(name);
}

/* Seçici açıldıktan sonrası. 0 ya da -errno. */
static int run(struct server *server, const char *backend)
{
    crowd_init(&server->crowd, server->selector);
    int outcome = stop_install();
    if (outcome == 0)
        outcome = announce(server, backend);
    if (outcome == 0)
        outcome = serve(server);
    if (outcome == 0)
        shut_down(server);
    else
        stop_listening(server);
    crowd_close(&server->crowd);
    return outcome;
}

int main(int argc, char **argv)
{
    (void)argc;
    const char *host = "127.0.0.1";
    const char *backend = selector_backends[0];
    int port = 9004;
    struct server server = {
        .crowd = {
            .max_clients = 10000, .max_queue = CONNECTION_QUEUE_LIMIT, .timeout = 60, .stall = 5}};
    struct crowd *crowd = &server.crowd;
    const struct cli_option options[] = {
        CLI_OPTION_HOST(&host, "dinlenecek adres"),
        CLI_OPTION_SERVER_PORT(&port),
        {'b', "backend", CLI_CHOICE, &backend, 0, 0, selector_backends,
         "hazır olanların çekirdeğe nasıl sorulacağı", NULL},
        {0, "max-clients", CLI_NUMBER, &crowd->max_clients, 1, 10000, NULL,
         "aynı anda hizmet verilen en çok istemci", NULL},
        {0, "max-queue", CLI_NUMBER, &crowd->max_queue, 1, 67108864, NULL,
         "bir istemcinin kuyruğu bu kadar bayta varınca ondan okunmaz", NULL},
        {0, "stall", CLI_SECONDS, &crowd->stall, 0.001, 86400, NULL,
         "kuyruğu doluyken bu kadar saniye hiç bayt almayan istemci çıkarılır", NULL},
        CLI_OPTION_TIMEOUT(&crowd->timeout, "sessiz kalan istemci bu kadar saniye sonra kapatılır"),
        CLI_OPTION_VERBOSE(&crowd->verbose),
        CLI_OPTION_HELP,
        CLI_OPTION_END,
    };
    program_init();
    cli_parse(&(struct cli){.name = "server",
                            .about = "Ders 09: bütün istemcilere tek iş parçacığında bakan TCP "
                                     "sunucusu.\nSatırları yankılar.",
                            .options = options},
              argv);
    log_set_level(crowd->verbose ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO);

    const char *why = NULL;
    char name[CLI_ENDPOINT_SIZE];
    int outcome = selector_open(&server.selector, backend);
    if (outcome < 0)
        return program_fail("Server çalışamadı: %s", error_text(outcome));
    int listener = socket_listen(host, port, SOCK_STREAM, SOMAXCONN, &why);
    if (listener < 0) {
        selector_close(server.selector);
        return program_fail("Dinlenemedi: %s: %s", cli_endpoint(host, port, name), why);
    }
    listener_init(&server.listener, listener);
    outcome = run(&server, backend);
    selector_close(server.selector);
    if (outcome < 0)
        return program_fail("Server çalışamadı: %s", error_text(outcome));
    log_info("Server kapatıldı");
    return program_exit(EXIT_SUCCESS);
}
