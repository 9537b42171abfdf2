/* 10 · async ve await: sunucu.
 *
 * Gösterdiği: bağlantı başına bir eş yordam, hepsi tek iş parçacığında. Yavaş bir işi bekleyen
 * konuşma yalnız kendini durdurur; aynı anda yürüyen isteklerin sayısı logda görülür.
 * Karşılığı: D2 §1, örnek 1-2 (belgede uyuyarak taklit edilen yavaş iş burada gerçek bir
 * sunucudur).
 * Çalışırken bak: bir uçbirimde `printf 'bekle 5 a\n' | nc -N 127.0.0.1 9110`, beklerken öbüründe
 * `printf 'bekle 1 b\n' | nc -N 127.0.0.1 9110`. `ls /proc/PID/task` hep tek iş parçacığı gösterir.
 *
 * Bilerek yapmadığı: bir bağlantının isteklerini birlikte yürütmek (eşzamanlılık
 * bağlantılardandır), yığınları yeniden kullanmak (ders 13).
 *
 * Dosyaları: context (duran yürütme), coroutine (döngü), conversation (bir bağlantı), request
 * (protokol).
 */
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/errtext.h"
#include "base/log.h"
#include "base/program.h"
#include "base/stop.h"
#include "conversation.h"
#include "coroutine.h"
#include "net/connection.h"
#include "net/listener.h"
#include "net/socket.h"

/* Art arda en çok bu kadar bağlantı kabul edilir: gelenler içeridekileri bekletmesin. */
#define ACCEPT_MAX 64

/* Geri çevrilenlere sözü söyleyen eş yordamlar da sınırlıdır. */
#define REFUSED_MAX 64

struct server {
    struct listener listener;
    struct rules rules;
    long max_clients;
    long serving;
    long refusing;
    struct client *first; /* hizmet görenler ve geri çevrilenler */
};

/* Bir bağlantı; kendi eş yordamı bitince kendini listeden çıkarır ve bırakır. */
struct client {
    struct server *server;
    struct conversation conversation;
    bool refused;
    struct coroutine *coroutine;
    struct client *previous, *next;
};

static void enter(struct server *server, struct client *client)
{
    client->next = server->first;
    if (server->first)
        server->first->previous = client;
    server->first = client;
    *(client->refused ? &server->refusing : &server->serving) += 1;
}

static void leave(struct server *server, struct client *client)
{
    *(client->previous ? &client->previous->next : &server->first) = client->next;
    if (client->next)
        client->next->previous = client->previous;
    *(client->refused ? &server->refusing : &server->serving) -= 1;
}

/* region: client */
/* Bağlantının eş yordamı. */
static int serve_client(void *argument)
{
    struct client *client = argument;
    if (client->refused)
        conversation_refuse(&client->conversation);
    else
        converse(&client->conversation);
    leave(client->server, client);
    free(client);
    return 0;
}
/* endregion */

/* Geri çevirmeye de yer yok: söz tek denemede gider ya da gitmez. */
static void turn_away(int fd, const struct address *peer)
{
    char name[ADDRESS_TEXT_SIZE];
    log_warning("Sunucu dolu, geri çevrildi: %s", address_text(peer, name));
    send(fd, CONNECTION_SERVER_FULL, strlen(CONNECTION_SERVER_FULL), MSG_NOSIGNAL | MSG_DONTWAIT);
    close(fd);
}

/* Kabul edilmiş soketi bir eş yordama verir; veremezse kapatır. */
static void admit(struct server *server, int fd, const struct address *peer)
{
    bool refused = server->serving >= server->max_clients;
    struct client *client = NULL;
    if (!refused || server->refusing < REFUSED_MAX)
        client = calloc(1, sizeof *client);
    if (client)
        client->coroutine = coroutine_spawn(serve_client, client);
    if (!client || !client->coroutine) {
        free(client);
        turn_away(fd, peer);
        return;
    }
    coroutine_detach(client->coroutine);
    client->server = server;
    client->refused = refused;
    client->conversation = (struct conversation){.rules = &server->rules, .fd = fd};
    address_text(peer, client->conversation.name);
    enter(server, client);
    if (!refused)
        log_info("Yeni bağlantı: %s", client->conversation.name);
}

/* Kabulün eş yordamı. Tanımlayıcı kalmadıysa dinleyen sokete bir süre bakılmaz: kuyruktaki bağlantı
 * onu hep okunur gösterir, döngü boşuna dönerdi. İsteğe her bekleyişten önce yeniden bakılır:
 * sıradayken gelen coroutine_wake bir şey yapmaz. */
static int accept_all(void *argument)
{
    struct server *server = argument;
    int outcome = 0;
    while (outcome >= 0 && !stop_requested()) {
        struct address peer;
        int fd = 0;
        for (int i = 0; i < ACCEPT_MAX && fd >= 0; i++) {
            fd = listener_accept(&server->listener, &peer, monotonic_ns());
            if (fd >= 0)
                admit(server, fd, &peer);
        }
        deadline_t resume = listener_paused_until(&server->listener, monotonic_ns());
        if (resume == DEADLINE_NONE)
            outcome = coroutine_wait_fd(server->listener.fd, POLLIN, DEADLINE_NONE);
        else
            outcome = coroutine_sleep(resume);
    }
    return outcome;
}

/* region: serve */
/* Ana eş yordam: durdurma isteğini bekler. Dönünce coroutine_run, konuşmaların bitmesini de
 * bekler. */
static int serve(void *argument)
{
    struct server *server = argument;
    struct coroutine *accepting = coroutine_spawn(accept_all, server);
    int outcome = accepting ? coroutine_wait_fd(stop_fd(), POLLIN, DEADLINE_NONE) : -ENOMEM;
    if (accepting) {
        coroutine_wake(accepting);
        coroutine_await(accepting);
    }
    close(server->listener.fd);
    if (outcome < 0)
        return outcome;
    log_info("Server kapatılıyor");
    for (struct client *client = server->first; client; client = client->next)
        coroutine_wake(client->coroutine);
    return 0;
}
/* endregion */

static int announce(const struct server *server)
{
    struct address local;
    char name[ADDRESS_TEXT_SIZE];
    int outcome = address_of_socket(server->listener.fd, &local);
    if (outcome < 0)
        return outcome;
    log_info("Server başlatıldı: %s", address_text(&local, name));
    log_info("En çok istemci: %ld", server->max_clients);
    return program_ready(name);
}

int main(int argc, char **argv)
{
    (void)argc;
    const char *host = "127.0.0.1";
    int port = 9110;
    bool verbose = false;
    struct server server = {.rules = {.timeout = 60, .max_delay = 60}, .max_clients = 10000};
    const struct cli_option options[] = {
        CLI_OPTION_HOST(&host, "dinlenecek adres"),
        CLI_OPTION_SERVER_PORT(&port),
        {0, "max-clients", CLI_NUMBER, &server.max_clients, 1, 10000, NULL,
         "aynı anda hizmet verilen en çok istemci", NULL},
        {0, "max-delay", CLI_SECONDS, &server.rules.max_delay, 0, 86400, NULL,
         "bir isteğin isteyebileceği en uzun gecikme", NULL},
        CLI_OPTION_TIMEOUT(&server.rules.timeout,
                           "sessiz kalan ya da yanıtını almayan istemci bu kadar saniye sonra "
                           "kapatılır"),
        CLI_OPTION_VERBOSE(&verbose),
        CLI_OPTION_HELP,
        CLI_OPTION_END,
    };
    program_init();
    cli_parse(&(struct cli){.name = "server",
                            .about = "Ders 10: her bağlantıya bir eş yordam açan TCP sunucusu.\n"
                                     "İstekler: `bekle SANİYE AD`, `kullanıcı N [SANİYE]`.",
                            .options = options},
              argv);
    log_set_level(verbose ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO);

    const char *why = NULL;
    char name[CLI_ENDPOINT_SIZE];
    int listener = socket_listen(host, port, SOCK_STREAM, SOMAXCONN, &why);
    if (listener < 0)
        return program_fail("Dinlenemedi: %s: %s", cli_endpoint(host, port, name), why);
    listener_init(&server.listener, listener);
    int outcome = stop_install();
    if (outcome == 0)
        outcome = announce(&server);
    if (outcome < 0)
        close(listener);
    else
        outcome = coroutine_run(serve, &server);
    if (outcome < 0)
        return program_fail("Server çalışamadı: %s", error_text(outcome));
    log_info("Server kapatıldı");
    return program_exit(EXIT_SUCCESS);
}
