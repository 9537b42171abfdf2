/* 08 · select istemcisi: sohbet odasının üyesi.
 *
 * Gösterdiği: aynı anda iki şeyi beklemek. Bir üye kendi yankısını beklerken ötekilerin sözü de
 * gelir; --chat ile hem klavye hem soket dinlenir. İkisini sırayla bekleyen program, birinde
 * takılıp ötekini kaçırırdı.
 * Karşılığı: D0 §6, örnek 7 (belgede istemcisi yok).
 * Çalışırken bak: iki uçbirimde --chat ile bağlan, birinde yaz, öbürüne bak.
 */
#include <stdbool.h>
#include <stdlib.h>

#include "base/cli.h"
#include "base/log.h"
#include "base/program.h"
#include "demo.h"
#include "session.h"
#include "talk.h"

struct wishes {
    char **messages;
    double listen_seconds;
    bool listen;
    bool chat;
    const char *demo; /* gösterinin tek adımı; verilmediyse NULL */
};

static int converse(struct session *session, const struct wishes *wishes)
{
    if (wishes->chat)
        return talk_chat(session);
    int outcome = talk_say_all(session, wishes->messages);
    if (outcome == 0 && wishes->listen)
        outcome = talk_listen(session, wishes->listen_seconds);
    return outcome < 0 ? outcome : talk_leave(session, true);
}

static int run(const struct target *target, const struct wishes *wishes, struct session *session)
{
    if (!wishes->chat && !wishes->listen && !*wishes->messages)
        return demo_run(target, wishes->demo, session);
    struct text welcome;
    session_init(session, target);
    int outcome = session_open(session, &welcome);
    if (outcome == 0) {
        talk_print("Server: ", welcome);
        outcome = converse(session, wishes);
    }
    session_close(session);
    return outcome;
}

int main(int argc, char **argv)
{
    (void)argc;
    bool verbose = false;
    struct target target = {.host = "127.0.0.1", .port = 9003, .timeout = 10};
    struct wishes wishes = {0};
    const struct cli_option options[] = {
        CLI_OPTION_HOST(&target.host, "sunucunun adı ya da adresi"),
        CLI_OPTION_CLIENT_PORT(&target.port),
        {0, "listen", CLI_SECONDS, &wishes.listen_seconds, 0.001, 86400, NULL,
         "mesajlardan sonra bu kadar saniye ötekileri dinler", &wishes.listen},
        {0, "chat", CLI_FLAG, &wishes.chat, 0, 0, NULL,
         "standart girdiden yazılanı gönderir, gelenleri yazar; girdi bitince ayrılır", NULL},
        {0, "demo", CLI_CHOICE, &wishes.demo, 0, 0, demo_names,
         "gösterinin yalnız bu adımı: A konuşur, B iki satır gönderir, B kopar", NULL},
        CLI_OPTION_TIMEOUT(&target.timeout, "bağlanmanın ve her yanıtın en uzun süresi, saniye"),
        CLI_OPTION_VERBOSE(&verbose),
        CLI_OPTION_HELP,
        CLI_OPTION_END,
    };
    program_init();
    wishes.messages = cli_parse(
        &(struct cli){
            .name = "client",
            .operands = "[MESAJ ...]",
            .about = "Ders 08: sohbet sunucusunun istemcisi.\nMESAJ, --listen ya da --chat "
                     "verilmezse dört üyeli gösteriyi yürütür.",
            .options = options},
        argv);
    log_set_level(verbose ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING);
    cli_check_lines(wishes.messages, LINES_LIMIT);
    if (wishes.demo && (wishes.chat || wishes.listen || *wishes.messages))
        cli_fail("--demo tek başına verilir; --chat, --listen ve mesajlarla birlikte olmaz");
    if (wishes.chat && wishes.listen)
        cli_fail("--chat ile --listen birlikte verilmez");
    if (wishes.chat && *wishes.messages)
        cli_fail("--chat ile mesaj verilmez: '%s'; girdiden yaz", *wishes.messages);

    static struct session session;
    int outcome = run(&target, &wishes, &session);
    if (outcome < 0)
        return program_fail("%s: %s: %s", session.failed, session.name, session.why);
    return program_exit(EXIT_SUCCESS);
}
