/* 07 · Bloke etmeyen soketler: sunucu.
 *
 * Gösterdiği: tek iş parçacığıyla çok istemci. Soket çağrılarının hiçbiri beklemez; olmayan iş
 * yarım kalır, kaldığı yer istemcinin tamponunda durur. Beklemek tek yerde, poll'de olur; --busy
 * ile orada da olmaz.
 * Karşılığı: D0 §5, örnek 6.
 * Çalışırken bak: `top` ile işlemci kullanımına, bir öyle bir de --busy ile; kapanıştaki "Tur:"
 * satırına.
 *
 * Bilerek yapmadığı: her turda yalnız hazır olanlara bakmak. poll bütün listeyi dolaşır; bunun ne
 * zaman pahalı olduğu ders 09'un konusudur.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/cli.h"
#include "base/clock.h"
#include "base/errtext.h"
#include "base/log.h"
#include "base/program.h"
#include "base/stop.h"
#include "loop.h"

static int announce(const struct loop *loop)
{
    struct address local;
    char name[ADDRESS_TEXT_SIZE];
    int outcome = address_of_socket(loop->door.fd, &local);
    if (outcome < 0)
        return outcome;
    log_info("Server başlatıldı: %s", address_text(&local, name));
    log_info("En çok istemci: %ld, istemci başına kuyruk: %ld bayt", loop->max_clients,
             loop->max_queue);
    if (loop->busy)
        log_warning("Beklemesiz döngü: bir işlemci sonuna kadar kullanılacak");
    return program_ready(name);
}

/* Sürecin bugüne dek harcadığı işlemci zamanı: kendi kodunda ve onun için çekirdekte. */
static double cpu_seconds(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* "2.98" yerine "2,98": setlocale çağrılmadığı için printf hep nokta yazar. */
static const char *decimal(double seconds, char out[32])
{
    long hundredths = (long)(seconds * 100 + 0.5);
    snprintf(out, 32, "%ld,%02ld", hundredths / 100, hundredths % 100);
    return out;
}

static void report(const struct loop *loop, double cpu, double elapsed)
{
    char used[32];
    char passed[32];
    log_info("Tur: %lu, işlemci: %s s, geçen: %s s", loop->turns, decimal(cpu, used),
             decimal(elapsed, passed));
}

/* region: run */
static int run(struct loop *loop)
{
    int64_t started_at = monotonic_ns();
    double cpu_before = cpu_seconds();
    int outcome = 0;
    while (outcome == 0 && !stop_requested())
        outcome = loop_turn(loop, DEADLINE_NONE);
    if (outcome == 0) {
        log_info("Server kapatılıyor");
        outcome = loop_shut_down(loop);
    }
    report(loop, cpu_seconds() - cpu_before, (double)(monotonic_ns() - started_at) / 1e9);
    return outcome;
}
/* endregion */

int main(int argc, char **argv)
{
    (void)argc;
    const char *host = "127.0.0.1";
    int port = 9002;
    bool verbose = false;
    struct loop loop = {.max_clients = 10000, .max_queue = 1048576, .timeout = 60, .stall = 5};
    const struct cli_option options[] = {
        CLI_OPTION_HOST(&host, "dinlenecek adres"),
        CLI_OPTION_SERVER_PORT(&port),
        CLI_OPTION_TIMEOUT(&loop.timeout, "sessiz kalan istemci bu kadar saniye sonra kapatılır"),
        {0, "max-clients", CLI_NUMBER, &loop.max_clients, 1, 10000, NULL,
         "aynı anda hizmet verilen en çok istemci", NULL},
        {0, "max-queue", CLI_NUMBER, &loop.max_queue, 1, 67108864, NULL,
         "bir istemcinin bekleyen yanıtları bu kadar bayt olunca istemci okunmaz", NULL},
        {0, "stall", CLI_SECONDS, &loop.stall, 0.001, 86400, NULL,
         "kuyruğu doluyken bu kadar saniye hiç almayan istemci çıkarılır", NULL},
        {0, "busy", CLI_FLAG, &loop.busy, 0, 0, NULL,
         "beklemeden döner, her turda herkesi dener: belgenin döngüsü", NULL},
        CLI_OPTION_VERBOSE(&verbose),
        CLI_OPTION_HELP,
        CLI_OPTION_END,
    };
    program_init();
    cli_parse(&(struct cli){.name = "server",
                            .about = "Ders 07: bloke etmeyen soketlerle, tek iş parçacığında "
                                     "satırları yankılayan sunucu.",
                            .options = options},
              argv);
    log_set_level(verbose ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO);

    const char *why = NULL;
    char name[CLI_ENDPOINT_SIZE];
    if (door_open(&loop.door, host, port, &why) < 0)
        return program_fail("Dinlenemedi: %s: %s", cli_endpoint(host, port, name), why);
    int outcome = stop_install();
    if (outcome == 0)
        outcome = loop_init(&loop);
    if (outcome == 0)
        outcome = announce(&loop);
    if (outcome == 0)
        outcome = run(&loop);
    loop_free(&loop);
    if (outcome < 0)
        return program_fail("Server çalışamadı: %s", error_text(outcome));
    log_info("Server kapatıldı");
    return program_exit(EXIT_SUCCESS);
}
