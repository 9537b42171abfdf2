/* 12 · Eş yordamlar: istemci.
 *
 * Gösterdiği: bir eş yordamın ömrü ve durumları, eş yordamların birlikte ve art arda çalışması,
 * asenkron üreteç, sınırlı kuyrukla üretici ve tüketici. Uyumak yok: her bekleyiş sunucunun bir
 * yanıtıdır.
 * Karşılığı: D2 §3, örnek 4-5.
 * Çalışırken bak: `client producer-consumer` ile `client producer-consumer --sentinel`in son
 * satırlarına.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "async/loop.h"
#include "base/cli.h"
#include "base/errtext.h"
#include "base/log.h"
#include "base/program.h"
#include "demos.h"

struct demo {
    const char *name;
    int (*run)(struct settings *settings);
    bool usual; /* ad verilmeyince de çalışır */
};

static const struct demo demos[] = {
    {"inspect", demo_inspect, true},
    {"nested", demo_nested, true},
    {"chained", demo_chained, true},
    {"generator", demo_generator, true},
    {"producer-consumer", demo_producer_consumer, true},
    {"stack", demo_stack, false},
};

#define DEMO_COUNT (sizeof demos / sizeof *demos)

static const struct demo *find(const char *name)
{
    for (size_t i = 0; i < DEMO_COUNT; i++)
        if (strcmp(demos[i].name, name) == 0)
            return &demos[i];
    return NULL;
}

static void check_names(char **names)
{
    char known[200] = "";
    for (size_t i = 0; i < DEMO_COUNT; i++)
        snprintf(known + strlen(known), sizeof known - strlen(known), "%s%s", i > 0 ? ", " : "",
                 demos[i].name);
    for (char **name = names; *name; name++)
        if (!find(*name))
            cli_fail("'%s' diye bir gösteri yok; olanlar: %s", *name, known);
}

/* Boylar belgeninkidir. Tohum, üretimlerin ve işlemelerin bittiği anlar birbirinden en az 40 ms
 * uzak olsun diye seçildi: satırların sırası koşudan koşuya aynıdır. */
static const struct settings usual = {
    .host = "127.0.0.1",
    .port = 9112,
    .timeout = 10,
    .scale = 1,
    .take = 5,
    .producers = 2,
    .consumers = 3,
    .items = 5,
    .capacity = 10,
    .seed = 173400,
};

struct session {
    struct settings settings;
    char **names;
};

static int run_demo(const struct demo *demo, struct settings *settings, int *count)
{
    if ((*count)++ > 0)
        putchar('\n');
    return demo->run(settings);
}

/* Ana görev: asyncio.run(main())'in main'i. Gösteriler birbirini bekler. */
static int run_demos(void *argument)
{
    struct session *session = argument;
    int count = 0;
    int outcome = 0;
    for (char **name = session->names; *name && outcome == 0; name++)
        outcome = run_demo(find(*name), &session->settings, &count);
    for (size_t i = 0; i < DEMO_COUNT && !*session->names && outcome == 0; i++)
        if (demos[i].usual)
            outcome = run_demo(&demos[i], &session->settings, &count);
    return outcome;
}

int main(int argc, char **argv)
{
    (void)argc;
    bool verbose = false;
    struct session session = {.settings = usual};
    struct settings *settings = &session.settings;
    const struct cli_option options[] = {
        CLI_OPTION_HOST(&settings->host, "sunucunun adı ya da adresi"),
        CLI_OPTION_CLIENT_PORT(&settings->port),
        {0, "scale", CLI_FACTOR, &settings->scale, 0.001, 100, NULL, "bütün bekleyişlerin çarpanı",
         NULL},
        {0, "take", CLI_NUMBER, &settings->take, 0, 1000000, NULL,
         "generator: üreteçten en çok bu kadar değer al", NULL},
        {0, "producers", CLI_NUMBER, &settings->producers, 1, 1000, NULL,
         "producer-consumer: üretici sayısı", NULL},
        {0, "consumers", CLI_NUMBER, &settings->consumers, 1, 1000, NULL,
         "producer-consumer: tüketici sayısı", NULL},
        {0, "items", CLI_NUMBER, &settings->items, 1, 1000, NULL,
         "producer-consumer: her üreticinin ürettiği öğe", NULL},
        {0, "queue", CLI_NUMBER, &settings->capacity, 1, 100000, NULL,
         "producer-consumer: kuyruğun boyu", NULL},
        {0, "seed", CLI_NUMBER, &settings->seed, 0, 1000000, NULL,
         "producer-consumer: sürelerin tohumu", NULL},
        {0, "sentinel", CLI_FLAG, &settings->sentinel, 0, 0, NULL,
         "producer-consumer: belgenin yoluyla, kuyruğa None koyarak bitir", NULL},
        {0, "cancel", CLI_SECONDS, &settings->cancel, 0.001, 86400, NULL,
         "producer-consumer: bu kadar saniye sonra bütünü iptal et; verilmezse etme", NULL},
        CLI_OPTION_TIMEOUT(&settings->timeout, "bağlanmanın ve, istenen sürenin ardından, bir "
                                               "yanıtın en uzun süresi, saniye"),
        CLI_OPTION_VERBOSE(&verbose),
        CLI_OPTION_HELP,
        CLI_OPTION_END,
    };
    program_init();
    session.names = cli_parse(
        &(struct cli){.name = "client",
                      .operands = "[GÖSTERİ ...]",
                      .about = "Ders 12: eş yordamların ömrü, birleşmesi, üreteç, üretici ve "
                               "tüketici.\nGösteriler: inspect, nested, chained, generator, "
                               "producer-consumer; ayrıca stack.\nGÖSTERİ verilmezse ilk beşi.",
                      .options = options},
        argv);
    log_set_level(verbose ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING);
    check_names(session.names);
    if (settings->sentinel && settings->cancel > 0)
        cli_fail("--sentinel ile --cancel birlikte verilmez");

    int outcome = loop_run(run_demos, &session);
    if (settings->failure[0] != '\0')
        return program_fail("%s", settings->failure);
    if (outcome < 0)
        return program_fail("Yapılamadı: %s", error_text(outcome));
    return program_exit(EXIT_SUCCESS);
}
