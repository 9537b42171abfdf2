/* 11 · asyncio: modülün temel işlevleri, uzaktaki işleri beklerken.
 *
 * Gösterdiği: bir görevi çalıştırmak, birkaçını birlikte yürütmek; hepsini, ilkini, bittikçe her
 * birini, sınırlı süreyle beklemek. Her gösteri demos.c'de bir işlevdir.
 * Karşılığı: D2 §2, örnek 3.
 * Çalışırken bak: satırların hangi sırayla yazıldığına. Tek iş parçacığı vardır; sıra, görevler
 * bekledikçe el değiştirir.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "async/loop.h"
#include "base/errtext.h"
#include "base/log.h"
#include "base/program.h"
#include "demos.h"

#define CHOSEN_MOST 64

struct program {
    struct target target;
    const struct demo *chosen[CHOSEN_MOST];
    size_t count;
    struct trouble trouble;
};

/* region: main-task */
/* Ana görev: belgenin main()'i. Olmayan gösteriden sonrakilere geçilmez. */
static int run_demos(void *argument)
{
    struct program *program = argument;
    int outcome = 0;
    for (size_t i = 0; i < program->count && outcome == 0; i++) {
        const struct demo *demo = program->chosen[i];
        printf("%s=== %s ===\n", i > 0 ? "\n" : "", demo->heading);
        outcome = demo->run(&program->target, &program->trouble);
    }
    return outcome;
}
/* endregion */

static const struct demo *find_demo(const char *name)
{
    for (const struct demo *demo = demos; demo->name; demo++)
        if (strcmp(demo->name, name) == 0)
            return demo;
    char known[256] = "";
    for (const struct demo *demo = demos; demo->name; demo++) {
        size_t used = strlen(known);
        snprintf(known + used, sizeof known - used, "%s%s", used > 0 ? ", " : "", demo->name);
    }
    cli_fail("böyle bir gösteri yok: '%s'; olanlar: %s", name, known);
}

static void choose(struct program *program, char **names)
{
    for (const struct demo *demo = demos; !*names && demo->name; demo++)
        program->chosen[program->count++] = demo;
    for (; *names; names++) {
        if (program->count == CHOSEN_MOST)
            cli_fail("çok fazla gösteri: '%s'; en fazla %d", *names, CHOSEN_MOST);
        program->chosen[program->count++] = find_demo(*names);
    }
}

int main(int argc, char **argv)
{
    (void)argc;
    bool verbose = false;
    struct program program = {
        .target = {.host = "127.0.0.1", .port = 9111, .timeout = 10, .scale = 1}};
    struct target *target = &program.target;
    const struct cli_option options[] = {
        CLI_OPTION_HOST(&target->host, "sunucunun adı ya da adresi"),
        CLI_OPTION_CLIENT_PORT(&target->port),
        {'s', "scale", CLI_FACTOR, &target->scale, 0.001, 10, NULL, "bütün sürelerin çarpanı",
         NULL},
        {'d', "delay", CLI_SECONDS, &target->delay, 0.001, 60, NULL,
         "http: sunucudan her yazı için istenen bekleyiş, saniye", NULL},
        CLI_OPTION_TIMEOUT(&target->timeout,
                           "bağlanmanın, HTTP isteğinin ve geciken yanıtın en uzun süresi"),
        CLI_OPTION_VERBOSE(&verbose),
        CLI_OPTION_HELP,
        CLI_OPTION_END,
    };
    program_init();
    char **names = cli_parse(
        &(struct cli){.name = "client",
                      .operands = "[GÖSTERİ ...]",
                      .about = "Ders 11: asyncio'nun temel işlevleri, sunucuyu beklerken.\n"
                               "Gösteriler: top-level, task, gather, wait, timeout, as-completed, "
                               "http; verilmezse hepsi.",
                      .options = options},
        argv);
    log_set_level(verbose ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING);
    choose(&program, names);
    cli_endpoint(target->host, target->port, target->endpoint);
    int outcome = loop_run(run_demos, &program);
    const struct trouble *trouble = &program.trouble;
    if (outcome < 0 && trouble->operation)
        return program_fail("%s: %s: %s", trouble->operation, target->endpoint, trouble->why);
    if (outcome < 0)
        return program_fail("Yürütülemedi: %s: %s", target->endpoint, error_text(outcome));
    return program_exit(EXIT_SUCCESS);
}
