/* 13 · Olay döngüsü: döngünün kendisini gösteren istemci.
 *
 * Gösterdiği: döngünün durumu, gelecek nesnesi ve geri çağrı, zamanlanmış çağrılar, arka ucu seçen
 * politika, sinyalle kapanış, başka iş parçacığında ikinci döngü, bloke edeni söyleyen kip.
 * Karşılığı: D2 §4, örnek 6.
 * Çalışırken bak: `client threading` ile `client threading --join`in Nabız satırlarına.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/errtext.h"
#include "base/log.h"
#include "base/program.h"
#include "demos.h"
#include "policy.h"

struct demo {
    const char *name;
    const char *heading;
    int (*run)(const struct target *target, struct trouble *trouble);
    bool usual; /* ad verilmeyince de çalışır */
};

/* Belgede son dört işlevden yalnız biri main'den çağrılır. Sinyal gösterisi orada da burada da elle
 * denenir: Ctrl-C bekler. */
static const struct demo demos[] = {
    {"info", "Event Loop Info", demo_info, true},
    {"callback", "Callback Example", demo_callback, true},
    {"scheduling", "Scheduling Example", demo_scheduling, true},
    {"policy", "Custom Event Loop Policy", demo_policy, true},
    {"signals", "Signal Handler Example", demo_signals, false},
    {"threading", "Threading Example", demo_threading, true},
    {"monitoring", "Performance Monitoring", demo_monitoring, true},
};

#define DEMO_COUNT (sizeof demos / sizeof *demos)

struct program {
    struct target target;
    struct trouble trouble;
    char **names;
};

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

static int run_demo(struct program *program, const struct demo *demo, bool first)
{
    printf("%s=== %s ===\n", first ? "" : "\n", demo->heading);
    return demo->run(&program->target, &program->trouble);
}

/* Ana görev: belgenin main()'i. Olmayan gösteriden sonrakine geçilmez. */
static int run_demos(void *argument)
{
    struct program *program = argument;
    int outcome = 0;
    for (char **name = program->names; *name && outcome == 0; name++)
        outcome = run_demo(program, find(*name), name == program->names);
    for (size_t i = 0; i < DEMO_COUNT && !*program->names && outcome == 0; i++)
        if (demos[i].usual)
            outcome = run_demo(program, &demos[i], i == 0);
    return outcome;
}

int main(int argc, char **argv)
{
    (void)argc;
    static const char *const backends[] = {"epoll", "poll", NULL};
    const char *backend = NULL;
    bool verbose = false;
    struct program program = {
        .target = {.host = "127.0.0.1", .port = 9113, .timeout = 10, .scale = 1}};
    struct target *target = &program.target;
    const struct cli_option options[] = {
        CLI_OPTION_HOST(&target->host, "sunucunun adı ya da adresi"),
        CLI_OPTION_CLIENT_PORT(&target->port),
        {0, "scale", CLI_FACTOR, &target->scale, 0.001, 100, NULL,
         "sürelerin çarpanı (monitoring'inkiler çarpılmaz)", NULL},
        {0, "backend", CLI_CHOICE, &backend, 0, 0, backends,
         "ana döngüyü özel politikayla, bu arka uçla kur", NULL},
        {0, "join", CLI_FLAG, &target->join, 0, 0, NULL,
         "threading: belgenin yoluyla, döngüyü durdurarak bekle", NULL},
        CLI_OPTION_TIMEOUT(&target->timeout, "bağlanmanın ve, istenen sürenin ardından, bir "
                                             "yanıtın en uzun süresi, saniye"),
        CLI_OPTION_VERBOSE(&verbose),
        CLI_OPTION_HELP,
        CLI_OPTION_END,
    };
    program_init();
    program.names = cli_parse(
        &(struct cli){.name = "client",
                      .operands = "[GÖSTERİ ...]",
                      .about = "Ders 13: olay döngüsünün kendisi.\n"
                               "Gösteriler: info, callback, scheduling, policy, signals, "
                               "threading, monitoring.\n"
                               "GÖSTERİ verilmezse signals dışındakiler.",
                      .options = options},
        argv);
    log_set_level(verbose ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING);
    check_names(program.names);
    cli_endpoint(target->host, target->port, target->endpoint);

    const struct policy *policy = policy_named(backend);
    int outcome = policy_run(policy ? policy : &policy_usual, run_demos, &program);
    const struct trouble *trouble = &program.trouble;
    if (outcome < 0 && trouble->operation)
        return program_fail("%s: %s: %s", trouble->operation, target->endpoint, trouble->why);
    if (outcome < 0)
        return program_fail("Yürütülemedi: %s: %s", target->endpoint, error_text(outcome));
    return program_exit(EXIT_SUCCESS);
}
