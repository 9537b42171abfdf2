/* 06 · Sunucu mimarileri: tek protokol, beş sunucu.
 *
 * Gösterdiği: konuşmayı kimin yürüttüğü değişince neyin değiştiği. Protokol (protocol.c), konuşma
 * (conversation.c) ve kapı (door.c) beşinde de aynıdır; mimariler sırayla iterative.c, fork.c,
 * thread.c, prefork.c ve pool.c dosyalarındadır, her biri bir öncekinden tek düşünceyle ayrılır.
 * Karşılığı: D0 §4 (belgede yalnız başlığı var).
 * Çalışırken bak: `işçi` isteğinin yanıtına ve `ps -T -C server` çıktısına.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/cli.h"
#include "base/errtext.h"
#include "base/log.h"
#include "base/program.h"
#include "base/stop.h"
#include "server.h"

/* region: architectures */
static const struct architecture {
    const char *name;
    int (*serve)(struct server *server);
} architectures[] = {
    {"iterative", iterative_serve}, /* konuşmayı ana döngü yürütür */
    {"fork", fork_serve},           /* bağlantı için açılan süreç */
    {"thread", thread_serve},       /* bağlantı için açılan iş parçacığı */
    {"prefork", prefork_serve},     /* önceden açılmış süreçlerden biri */
    {"pool", pool_serve},           /* önceden açılmış iş parçacıklarından biri */
};
/* endregion */

#define ARCHITECTURE_COUNT (sizeof architectures / sizeof *architectures)

static const struct architecture *find(const char *name)
{
    const struct architecture *found = architectures;
    while (strcmp(found->name, name) != 0)
        found++; /* adı cli_parse denetledi */
    return found;
}

/* region: total */
/* Ortak sayaç. Olağan bellekte, fork eden süreçlerin her biri kendi kopyasını değiştirir;
 * paylaşılan bellekte hepsi aynı sayıyı. İki durumda da atomik: birden çok iş parçacığı da
 * artırabilir. */
static atomic_long *make_total(bool shared)
{
    static atomic_long own;
    if (!shared)
        return &own;
    void *page = mmap(NULL, sizeof own, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return page == MAP_FAILED ? NULL : page; /* sıfırla dolu gelir */
}
/* endregion */

int server_announce(struct server *server)
{
    struct address local;
    char name[ADDRESS_TEXT_SIZE];
    int outcome = address_of_socket(server->door.listener, &local);
    if (outcome < 0)
        return outcome;
    log_info("Server başlatıldı: %s", address_text(&local, name));
    return program_ready(name);
}

static int run(struct server *server, const struct architecture *architecture)
{
    int outcome = architecture->serve(server);
    if (outcome < 0)
        return program_fail("Server çalışamadı: %s: %s", architecture->name, error_text(outcome));
    log_info("Server kapatıldı");
    return program_exit(EXIT_SUCCESS);
}

int main(int argc, char **argv)
{
    (void)argc;
    const char *names[ARCHITECTURE_COUNT + 1] = {NULL};
    const char *host = "127.0.0.1";
    const char *name = "thread";
    int port = 9106;
    bool verbose = false;
    bool shared_total = false;
    struct server server = {.max_clients = 64, .workers = 4, .timeout = 60};
    const struct cli_option options[] = {
        CLI_OPTION_HOST(&host, "dinlenecek adres"),
        CLI_OPTION_SERVER_PORT(&port),
        {'a', "architecture", CLI_CHOICE, &name, 0, 0, names, "konuşmaları kimin yürüteceği", NULL},
        {'w', "workers", CLI_NUMBER, &server.workers, 1, 256, NULL,
         "prefork ve pool: işçi sayısı (--max-clients'ı aşmaz)", NULL},
        {0, "max-clients", CLI_NUMBER, &server.max_clients, 1, 10000, NULL,
         "konuşan ve sırada bekleyen en çok istemci", NULL},
        {0, "shared-total", CLI_FLAG, &shared_total, 0, 0, NULL,
         "toplam sayacı süreçlerin paylaştığı bellekte durur", NULL},
        CLI_OPTION_TIMEOUT(&server.timeout, "sessiz kalan istemci bu kadar saniye sonra kapatılır"),
        CLI_OPTION_VERBOSE(&verbose),
        CLI_OPTION_HELP,
        CLI_OPTION_END,
    };
    for (size_t i = 0; i < ARCHITECTURE_COUNT; i++)
        names[i] = architectures[i].name;
    program_init();
    cli_parse(
        &(struct cli){
            .name = "server",
            .about = "Ders 06: aynı protokolü konuşan beş sunucu.\n"
                     "İstekler: saat, topla A B, say, ad X, kim, toplam, işçi, bekle S, quit.",
            .options = options},
        argv);
    log_set_level(verbose ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO);
    if (server.workers > server.max_clients)
        server.workers = server.max_clients;

    const char *why = NULL;
    char endpoint[CLI_ENDPOINT_SIZE];
    server.total = make_total(shared_total);
    if (!server.total)
        return program_fail("Paylaşılan bellek alınamadı: %s", error_text(errno));
    if (door_open(&server.door, host, port, &why) < 0)
        return program_fail("Dinlenemedi: %s: %s", cli_endpoint(host, port, endpoint), why);
    int outcome = stop_install();
    if (outcome < 0)
        return program_fail("Server çalışamadı: %s", error_text(outcome));
    log_info("Mimari: %s, en çok istemci: %ld", name, server.max_clients);
    return run(&server, find(name));
}
