/* 10 · async ve await: istemci.
 *
 * Gösterdiği: aynı üç işi sırayla (altı saniye) ve birlikte (iki saniye) yaptırmak; iki koşunun
 * kodunda yalnız bekleyen çağrı ayrıdır. Döngünün kendisi coroutine.c'dedir.
 * Karşılığı: D2 §1, örnek 1-2.
 * Çalışırken bak: sunucunun logundaki "yürüyen" sayısına. Senkron koşuda hep 1'dir, asenkronda 3'e
 * çıkar.
 *
 * Dosyaları: context (duran yürütme), coroutine (döngü), exchange (bir soru, bir yanıt), batch
 * (sırayla ya da birlikte), demos (gösteriler).
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cli.h"
#include "base/errtext.h"
#include "base/log.h"
#include "base/program.h"
#include "demos.h"

#define SCALE_MIN 0.001
#define SCALE_MAX 30.0 /* en uzun gecikme, sunucunun olağan sınırında kalsın */

const struct demo demos[] = {
    {"senkron", demo_sync},     {"asenkron", demo_async}, {"tek", demo_one_user},
    {"çoklu", demo_many_users}, {"çağrılar", demo_calls}, {NULL, NULL},
};

static const struct demo *find_demo(const char *name)
{
    for (const struct demo *demo = demos; demo->name; demo++)
        if (strcmp(demo->name, name) == 0)
            return demo;
    return NULL;
}

static void check_names(char **names)
{
    for (char **name = names; *name; name++) {
        if (find_demo(*name))
            continue;
        char known[128] = "";
        for (const struct demo *demo = demos; demo->name; demo++)
            snprintf(known + strlen(known), sizeof known - strlen(known), "%s%s",
                     demo == demos ? "" : ", ", demo->name);
        cli_fail("bilinmeyen gösteri: '%.200s' (olanlar: %s)", *name, known);
    }
}

/* Adı verilenler verilen sırayla; hiçbiri verilmemişse hepsi, tablodaki sırayla. */
static int run_all(char **names, const struct target *target, struct exchange *report)
{
    int outcome = 0;
    bool everything = !*names;
    for (int i = 0; outcome == 0; i++) {
        const struct demo *demo = everything ? &demos[i] : NULL;
        if (!everything && names[i])
            demo = find_demo(names[i]);
        if (!demo || !demo->name)
            break;
        if (i > 0)
            putchar('\n');
        outcome = demo->run(target, report);
    }
    return outcome;
}

int main(int argc, char **argv)
{
    (void)argc;
    const char *host = "127.0.0.1";
    int port = 9110;
    bool verbose = false;
    struct target target = {.timeout = 10, .scale = 1};
    const struct cli_option options[] = {
        CLI_OPTION_HOST(&host, "sunucunun adı ya da adresi"),
        CLI_OPTION_CLIENT_PORT(&port),
        {0, "scale", CLI_FACTOR, &target.scale, SCALE_MIN, SCALE_MAX, NULL,
         "bir saniyelik gecikme bu kadar sürer", NULL},
        CLI_OPTION_TIMEOUT(&target.timeout, "bağlanmanın ve istenen gecikmeden sonra yanıtın en "
                                            "uzun süresi, saniye"),
        CLI_OPTION_VERBOSE(&verbose),
        CLI_OPTION_HELP,
        CLI_OPTION_END,
    };
    program_init();
    char **names = cli_parse(
        &(struct cli){
            .name = "client",
            .operands = "[GÖSTERİ ...]",
            .about = "Ders 10: aynı işleri sırayla ve birlikte yaptıran istemci.\n"
                     "Gösteriler: senkron, asenkron, tek, çoklu, çağrılar; verilmezse hepsi, bu "
                     "sırayla.",
            .options = options},
        argv);
    log_set_level(verbose ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING);
    check_names(names);

    const char *why = NULL;
    char name[CLI_ENDPOINT_SIZE];
    if (target_resolve(&target, host, port, &why) < 0)
        return program_fail("Bağlanılamadı: %s: %s", cli_endpoint(host, port, name), why);
    static struct exchange report;
    int outcome = run_all(names, &target, &report);
    if (outcome < 0 && report.failed)
        return program_fail("%s: %s: %s", report.failed, report.name, report.why);
    if (outcome < 0)
        return program_fail("Gösteri yürütülemedi: %s", error_text(outcome));
    return program_exit(EXIT_SUCCESS);
}
