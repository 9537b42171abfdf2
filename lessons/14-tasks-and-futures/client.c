/* 14 · Görevler ve gelecek nesneleri: istemci.
 *
 * Gösterdiği: bir görevin kurulduktan sonraki ömrü: adı, durumu, sonucu, geri çağrıları, iptali;
 * görev grubu, bittikçe işlemek, gelecek nesnesi, olanların arasında olmayan.
 * Karşılığı: D2 §5, örnek 7.
 * Çalışırken bak: `client level`da aynı iptalin kaç bekleyişi geri çevirdiğine, `client together`
 * ile `client independent`ta bir hatanın kime dokunduğuna.
 */
#include <errno.h>
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
    const char *heading; /* NULL: gösteri kendisi yazar; ad verilmeyince çalışmaz */
    int (*run)(struct settings *settings);
};

static const struct demo demos[] = {
    {"management", "Task Management", demo_management},
    {"cancellation", "Task Cancellation", demo_cancellation},
    {"group", "Task Group", demo_group},
    {"results", "Task Results", demo_results},
    {"future", "Future Example", demo_future},
    {"exceptions", "Exception Handling", demo_exceptions},
    {"life", NULL, demo_life},
    {"level", NULL, demo_level},
    {"order", NULL, demo_order},
    {"early", NULL, demo_early},
    {"together", NULL, demo_together},
    {"independent", NULL, demo_independent},
    {"child", NULL, demo_child},
    {"limit", NULL, demo_limit},
    {"compute", NULL, demo_compute},
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
    char known[300] = "";
    for (size_t i = 0; i < DEMO_COUNT; i++)
        snprintf(known + strlen(known), sizeof known - strlen(known), "%s%s", i > 0 ? ", " : "",
                 demos[i].name);
    for (char **name = names; *name; name++)
        if (!find(*name))
            cli_fail("'%s' diye bir gösteri yok; olanlar: %s", *name, known);
}

struct session {
    struct settings settings;
    char **names;
    int count;
};

/* Sunucunun beklenmedik `HATA: ` yanıtı da olmayan bir iştir. */
static int run_demo(struct session *session, const struct demo *demo)
{
    struct settings *settings = &session->settings;
    if (session->count++ > 0)
        putchar('\n');
    if (demo->heading)
        printf("=== %s ===\n", demo->heading);
    settings->remote_error[0] = '\0';
    int outcome = demo->run(settings);
    if (outcome == -EREMOTEIO && settings->failure[0] == '\0')
        snprintf(settings->failure, sizeof settings->failure, "Yanıt alınamadı: %s: %s",
                 settings->endpoint, settings->remote_error);
    return settings->failure[0] != '\0' && outcome == 0 ? -EIO : outcome;
}

/* Ana görev: asyncio.run(main())'in main'i. Gösteriler birbirini bekler. */
static int run_demos(void *argument)
{
    struct session *session = argument;
    int outcome = 0;
    for (char **name = session->names; *name && outcome == 0; name++)
        outcome = run_demo(session, find(*name));
    for (size_t i = 0; i < DEMO_COUNT && !*session->names && outcome == 0; i++)
        if (demos[i].heading)
            outcome = run_demo(session, &demos[i]);
    return outcome;
}

int main(int argc, char **argv)
{
    (void)argc;
    bool verbose = false;
    struct session session = {
        .settings = {.host = "127.0.0.1", .port = 9114, .timeout = 10, .scale = 1, .limit = 5}};
    struct settings *settings = &session.settings;
    const struct cli_option options[] = {
        CLI_OPTION_HOST(&settings->host, "sunucunun adı ya da adresi"),
        CLI_OPTION_CLIENT_PORT(&settings->port),
        {0, "scale", CLI_FACTOR, &settings->scale, 0.001, 100, NULL,
         "sunucudan istenen bütün sürelerin çarpanı", NULL},
        {0, "limit", CLI_SECONDS, &settings->limit, 0.001, 86400, NULL,
         "group: bütün grubun zaman sınırı; çarpılmaz", NULL},
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
                      .about = "Ders 14: görevin ömrü, iptali, grubu; gelecek nesnesi.\n"
                               "Gösteriler: management, cancellation, group, results, future, "
                               "exceptions; ayrıca life, level,\norder, early, together, "
                               "independent, child, limit, compute. GÖSTERİ verilmezse ilk altısı.",
                      .options = options},
        argv);
    log_set_level(verbose ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING);
    check_names(session.names);
    cli_endpoint(settings->host, settings->port, settings->endpoint);

    int outcome = loop_run(run_demos, &session);
    if (settings->failure[0] != '\0')
        return program_fail("%s", settings->failure);
    if (outcome < 0)
        return program_fail("Yapılamadı: %s: %s", settings->endpoint, error_text(outcome));
    return program_exit(EXIT_SUCCESS);
}
