/* 09 · Seçiciler: istemci.
 *
 * Gösterdiği: sunucudaki seçicinin istemciye de yetmesi. Üç bağlantı da on bin bağlantı da aynı
 * döngüde (swarm.c) yürür; bir bağlantının nerede kaldığı kendi durumunda (visit.c) yazar.
 * Karşılığı: D0 §6, örnek 8 (belgede yalnız sunucusu var).
 * Çalışırken bak: sunucunun `--backend`i değişince 5000 sessiz bağlantı (`--idle`) neyi
 * değiştiriyor?
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cli.h"
#include "base/errtext.h"
#include "base/log.h"
#include "base/program.h"
#include "base/text.h"
#include "net/socket.h"
#include "swarm.h"

/* Bundan çok bağlantının konuşmaları tek tek yazılmaz, yalnız özetlenir. */
#define SHOWN_MAX 10

/* Adresleri sırayla dener; ilk kurulan bağlantı sürünün ilkidir. Tanımlayıcı ya da negatif. */
static int connect_first(struct swarm *swarm, const char *host, int port, char *name,
                         const char **why)
{
    struct address addresses[ADDRESS_MAX];
    int count = address_resolve(host, port, SOCK_STREAM, false, addresses, why);
    int fd = count;
    for (int i = 0; i < count; i++) {
        swarm->address = addresses[i];
        log_info("Bağlanılıyor: %s", address_text(&addresses[i], name));
        fd = socket_connect(&addresses[i], SOCK_STREAM, deadline_after(swarm->timeout));
        if (fd >= 0)
            break;
        *why = error_text(fd);
    }
    return fd;
}

/* Yanıtlar gönderilenle karşılaştırıldı: yazılan, gelenin aynısıdır. */
static void print_visit(const struct visit *visit, long number, char **messages)
{
    if (visit->welcomed)
        printf("[%ld] Server: %s\n", number, visit->welcome);
    for (long i = 0; i < visit->answered; i++) {
        struct text echoed = text_strip(messages[i], strlen(messages[i]));
        printf("[%ld] %s → Echo: ", number, messages[i]);
        fwrite(echoed.bytes, 1, echoed.length, stdout);
        putchar('\n');
    }
}

static void report(const struct swarm *swarm, double seconds)
{
    long welcomed = 0;
    long refused = 0;
    long answered = 0;
    for (long i = 0; i < swarm->opened; i++) {
        welcomed += swarm->visits[i].welcomed;
        refused += swarm->visits[i].refused;
        answered += swarm->visits[i].answered;
    }
    if (swarm->idle > 0)
        printf("Sessiz bağlantı: %ld\n", swarm->idle);
    printf("Konuşan bağlantı: %ld; karşılanan: %ld, geri çevrilen: %ld, doğru yanıt: %ld\n",
           swarm->talking, welcomed, refused, answered);
    if (swarm->talking > SHOWN_MAX || swarm->idle > 0)
        printf("Süre: %.3f s\n", seconds);
}

static const struct visit *first_failure(const struct swarm *swarm)
{
    for (long i = 0; i < swarm->opened; i++)
        if (swarm->visits[i].state == VISIT_FAILED)
            return &swarm->visits[i];
    return NULL;
}

/* Sürüyü yürütür ve sonucunu yazar; dönen çıkış kodudur. */
static int run(struct swarm *swarm, int fd, const char *name)
{
    int64_t began = monotonic_ns();
    int outcome = swarm_run(swarm, fd);
    double seconds = (double)(monotonic_ns() - began) / 1e9;
    if (outcome < 0)
        return program_fail("Beklenemedi: %s: %s", name, error_text(outcome));
    for (long i = 0; i < swarm->talking && swarm->talking <= SHOWN_MAX; i++)
        print_visit(&swarm->visits[swarm->idle + i], i + 1, swarm->messages);
    report(swarm, seconds);
    const struct visit *failed = first_failure(swarm);
    if (failed)
        return program_fail("%s: %s: %s", failed->failed, name, failed->why);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    (void)argc;
    static char *defaults[] = {"Hello Selectors", "Türkçe: ığüşöç İ", "Test message", NULL};
    const char *host = "127.0.0.1";
    int port = 9004;
    bool verbose = false;
    struct swarm swarm = {.backend = selector_backends[0], .timeout = 10, .talking = 3};
    const struct cli_option options[] = {
        CLI_OPTION_HOST(&host, "sunucunun adı ya da adresi"),
        CLI_OPTION_CLIENT_PORT(&port),
        {'b', "backend", CLI_CHOICE, &swarm.backend, 0, 0, selector_backends,
         "hazır olanların çekirdeğe nasıl sorulacağı", NULL},
        {'c', "connections", CLI_NUMBER, &swarm.talking, 1, 10000, NULL,
         "aynı anda konuşan bağlantı sayısı", NULL},
        {'i', "idle", CLI_NUMBER, &swarm.idle, 0, 10000, NULL, "önce açılıp susan bağlantı sayısı",
         NULL},
        CLI_OPTION_TIMEOUT(&swarm.timeout, "bağlanmanın ve her yanıtın en uzun süresi, saniye"),
        CLI_OPTION_VERBOSE(&verbose),
        CLI_OPTION_HELP,
        CLI_OPTION_END,
    };
    program_init();
    char **messages = cli_parse(
        &(struct cli){.name = "client",
                      .operands = "[MESAJ ...]",
                      .about = "Ders 09: mesajları çok bağlantıdan birden gönderip yanıtlarını "
                               "denetleyen istemci.\nMESAJ verilmezse üç mesaj gönderir.",
                      .options = options},
        argv);
    log_set_level(verbose ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING);
    cli_check_lines(messages, LINES_LIMIT);
    swarm.messages = *messages ? messages : defaults;

    const char *why = NULL;
    char name[ADDRESS_TEXT_SIZE];
    char endpoint[CLI_ENDPOINT_SIZE];
    int fd = connect_first(&swarm, host, port, name, &why);
    if (fd < 0)
        return program_fail("Bağlanılamadı: %s: %s", cli_endpoint(host, port, endpoint), why);
    int code = run(&swarm, fd, name);
    swarm_close(&swarm);
    return program_exit(code);
}
