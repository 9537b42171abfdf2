/* 14 · Görevler ve gelecek nesneleri: sunucu.
 *
 * Gösterdiği: süren bir işi bıraktırmak. Her bağlantı bir görevdir; iş sürerken ikinci bir görev
 * aynı bağlantıda `vazgeç`i dinler (visit.c).
 * Karşılığı: D2 §5, örnek 7 (belgede sunucu yok; uyuyan işleri burada sunucu yapar).
 * Çalışırken bak: `client cancellation`dan sonra `durum` isteğinin yanıtında `bırakılan` sayısına.
 *
 * Bilerek yapmadığı: `vazgeç`i kuyrukta önündeki isteklerin üstünden atlatmak. Yalnız süren işin
 * hemen ardından gelen satıra bakılır; yoksa sırada bekleyenler için sınırsız bir tampon gerekirdi.
 */
#include <stdio.h>
#include <stdlib.h>

#include "async/server.h"
#include "async/signals.h"
#include "base/cli.h"
#include "base/errtext.h"
#include "base/log.h"
#include "base/program.h"
#include "base/stop.h"
#include "conversation.h"
#include "net/socket.h"

struct options {
    int listener;
    long max_clients;
    struct desk desk;
};

static int announce(int listener, long max_clients)
{
    struct address local;
    char name[ADDRESS_TEXT_SIZE];
    int outcome = address_of_socket(listener, &local);
    if (outcome < 0)
        return outcome;
    log_info("Server başlatıldı: %s", address_text(&local, name));
    log_info("En çok istemci: %ld", max_clients);
    return program_ready(name);
}

/* Ana görev: kabul edeni başlatır, durdurma isteğini bekler. server_stop bağlantıların
 * görevlerini iptal eder ve gerçekten bitmelerini bekler. */
static int serve(void *argument)
{
    struct options *options = argument;
    struct server server;
    int outcome = server_start(&server, options->listener, converse, &options->desk, LINES_LIMIT,
                               (size_t)options->max_clients);
    if (outcome < 0)
        return outcome;
    outcome = announce(options->listener, options->max_clients);
    if (outcome == 0)
        outcome = stop_await(DEADLINE_NONE);
    log_info("Server kapatılıyor");
    server_stop(&server);
    return outcome;
}

int main(int argc, char **argv)
{
    (void)argc;
    const char *host = "127.0.0.1";
    int port = 9114;
    bool verbose = false;
    struct options options = {.max_clients = 10000, .desk = {.timeout = 60, .max_delay = 60}};
    const struct cli_option table[] = {
        CLI_OPTION_HOST(&host, "dinlenecek adres"),
        CLI_OPTION_SERVER_PORT(&port),
        {0, "max-clients", CLI_NUMBER, &options.max_clients, 1, 10000, NULL,
         "aynı anda hizmet verilen en çok istemci", NULL},
        {0, "max-delay", CLI_SECONDS, &options.desk.max_delay, 0.001, 86400, NULL,
         "bir istekte istenebilecek en uzun bekleyiş", NULL},
        CLI_OPTION_TIMEOUT(&options.desk.timeout,
                           "sessiz kalan istemci bu kadar saniye sonra kapatılır"),
        CLI_OPTION_VERBOSE(&verbose),
        CLI_OPTION_HELP,
        CLI_OPTION_END,
    };
    program_init();
    cli_parse(&(struct cli){.name = "server",
                            .about = "Ders 14: yavaş işleri yapan, istenince bırakan sunucu.\n"
                                     "İstekler: bekle, hata, vazgeç, durum.",
                            .options = table},
              argv);
    log_set_level(verbose ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO);

    const char *why = NULL;
    char name[CLI_ENDPOINT_SIZE];
    options.listener = socket_listen(host, port, SOCK_STREAM, SOMAXCONN, &why);
    if (options.listener < 0)
        return program_fail("Dinlenemedi: %s: %s", cli_endpoint(host, port, name), why);
    int outcome = stop_install();
    if (outcome == 0)
        outcome = loop_run(serve, &options);
    if (outcome < 0)
        return program_fail("Server çalışamadı: %s", error_text(outcome));
    log_info("Server kapatıldı");
    return program_exit(EXIT_SUCCESS);
}
