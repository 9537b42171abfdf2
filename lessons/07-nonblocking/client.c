/* 07 · Bloke etmeyen soketler: istemci.
 *
 * Gösterdiği: bloke etmeyen connect, send ve recv'i tek bekleyişte birleştirmek. Argümansız
 * çalışınca önce yanıtını beklemeden art arda mesaj gönderir (konuşma), sonra okumadan, soket almaz
 * olana dek gönderir (sel): dolu bir sokette hiçbir satır kaybolmamalıdır.
 * Karşılığı: D0 §5, örnek 6 (belgede yalnız sunucusu var).
 * Çalışırken bak: `strace -e trace=network,poll` ile sel sırasında send'in döndürdüğü sayılara.
 */
#include <stdbool.h>
#include <stdlib.h>

#include "base/cli.h"
#include "base/log.h"
#include "base/program.h"
#include "channel.h"
#include "conversation.h"
#include "flood.h"

int main(int argc, char **argv)
{
    (void)argc;
    bool verbose = false;
    bool floods = false;
    bool sized = false;
    struct channel channel = {.host = "127.0.0.1", .port = 9002, .timeout = 10, .fd = -1};
    struct flood flood = {.lines = 2000, .size = 4000};
    const struct cli_option options[] = {
        CLI_OPTION_HOST(&channel.host, "sunucunun adı ya da adresi"),
        CLI_OPTION_CLIENT_PORT(&channel.port),
        {0, "flood", CLI_NUMBER, &flood.lines, 1, 1000000, NULL,
         "sel: yanıtları okumadan gönderilmeye başlanacak satır sayısı", &floods},
        {0, "size", CLI_NUMBER, &flood.size, 1, LINES_LIMIT + 1, NULL,
         "seldeki satırın boyu, satır sonuyla, bayt", &sized},
        CLI_OPTION_TIMEOUT(&channel.timeout,
                           "bağlanmanın ve iki alışveriş arasının en uzun süresi, saniye"),
        CLI_OPTION_VERBOSE(&verbose),
        CLI_OPTION_HELP,
        CLI_OPTION_END,
    };
    program_init();
    char **messages = cli_parse(
        &(struct cli){.name = "client",
                      .operands = "[MESAJ ...]",
                      .about = "Ders 07: okumayı ve yazmayı tek bekleyişte yapan istemci.\n"
                               "MESAJ da --flood da verilmezse ikisini birden gösterir: üç "
                               "mesajlık konuşma, 2000 satırlık sel.",
                      .options = options},
        argv);
    log_set_level(verbose ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING);
    cli_check_lines(messages, LINES_LIMIT);
    bool everything = !*messages && !floods;
    if (sized && *messages && !floods)
        cli_fail("--size yalnız sel içindir; --flood ile birlikte ver");

    static char *defaults[] = {"Hello Server", "Test message", "quit", NULL};
    int outcome = 0;
    if (*messages || everything)
        outcome = converse(&channel, *messages ? messages : defaults);
    if (outcome == 0 && (floods || everything))
        outcome = flood_run(&flood, &channel);
    if (outcome < 0)
        return program_fail("%s: %s: %s", channel.failed, channel.name, channel.why);
    return program_exit(EXIT_SUCCESS);
}
