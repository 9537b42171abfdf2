/* 13 · Olay döngüsü: sunucu.
 *
 * Gösterdiği: aynı sunucunun iki ayrı arka uçla (epoll, poll) koşması. Görevlerin hiçbiri
 * hangisinin üstünde olduğunu bilmez.
 * Karşılığı: D2 §4, örnek 6 (belgede sunucu yok; uyuyan işleri burada sunucu yapar).
 * Çalışırken bak: `strace -e trace=epoll_wait,poll` ile başlatıp --backend'i değiştir. İstek
 * gelmedikçe ikisinde de hiçbir çağrı dönmez.
 *
 * Bilerek yapmadığı: bir bağlantının isteklerini birlikte yapmak; yanıtların sırası bozulurdu.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "async/poller.h"
#include "async/server.h"
#include "async/signals.h"
#include "base/cli.h"
#include "base/errtext.h"
#include "base/log.h"
#include "base/program.h"
#include "base/stop.h"
#include "conversation.h"
#include "desk.h"
#include "net/socket.h"

struct daemon {
    int listener;
    long max_clients;
    struct desk desk;
};

static int announce(int listener)
{
    struct address local;
    char name[ADDRESS_TEXT_SIZE];
    int outcome = address_of_socket(listener, &local);
    if (outcome < 0)
        return outcome;
    log_info("Server başlatıldı: %s (%s)", address_text(&local, name), loop_facts().backend);
    return program_ready(name);
}

/* Ana görev: kabul edeni başlatır, durdurma isteğini bekler; bağlantıların görevleri bu sırada
 * sürer. */
static int serve(void *argument)
{
    struct daemon *daemon = argument;
    struct server server;
    int outcome = server_start(&server, daemon->listener, converse, &daemon->desk, LINES_LIMIT,
                               (size_t)daemon->max_clients);
    if (outcome < 0)
        return outcome;
    outcome = announce(daemon->listener);
    if (outcome == 0)
        outcome = stop_await(DEADLINE_NONE);
    log_info("Server kapatılıyor");
    server_stop(&server);
    return outcome;
}

int main(int argc, char **argv)
{
    (void)argc;
    static const char *const backends[] = {"epoll", "poll", NULL};
    const char *host = "127.0.0.1";
    const char *backend = "epoll";
    int port = 9113;
    bool verbose = false;
    struct daemon daemon = {.max_clients = 10000, .desk = {.timeout = 60, .max_delay = 60}};
    const struct cli_option options[] = {
        CLI_OPTION_HOST(&host, "dinlenecek adres"),
        CLI_OPTION_SERVER_PORT(&port),
        {0, "backend", CLI_CHOICE, &backend, 0, 0, backends, "döngünün arka ucu", NULL},
        {0, "max-clients", CLI_NUMBER, &daemon.max_clients, 1, 10000, NULL,
         "aynı anda hizmet verilen en çok istemci", NULL},
        {0, "max-delay", CLI_SECONDS, &daemon.desk.max_delay, 0.001, 86400, NULL,
         "bir isteğin isteyebileceği en uzun bekleyiş, saniye", NULL},
        CLI_OPTION_TIMEOUT(&daemon.desk.timeout,
                           "sessiz kalan istemci bu kadar saniye sonra kapatılır"),
        CLI_OPTION_VERBOSE(&verbose),
        CLI_OPTION_HELP,
        CLI_OPTION_END,
    };
    program_init();
    cli_parse(&(struct cli){.name = "server",
                            .about = "Ders 13: istenen süre kadar sonra yanıt veren sunucu.\n"
                                     "İstekler: bekle SANİYE AD, durum.",
                            .options = options},
              argv);
    log_set_level(verbose ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO);

    const char *why = NULL;
    char name[CLI_ENDPOINT_SIZE];
    daemon.listener = socket_listen(host, port, SOCK_STREAM, SOMAXCONN, &why);
    if (daemon.listener < 0)
        return program_fail("Dinlenemedi: %s: %s", cli_endpoint(host, port, name), why);
    int outcome = stop_install();
    if (outcome == 0)
        outcome = loop_run_on(strcmp(backend, "poll") == 0 ? &poller_poll : &poller_epoll, serve,
                              &daemon);
    if (outcome < 0)
        return program_fail("Server çalışamadı: %s", error_text(outcome));
    log_info("Server kapatıldı");
    return program_exit(EXIT_SUCCESS);
}
