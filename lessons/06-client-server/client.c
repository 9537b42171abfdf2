/* 06 · Sunucu mimarileri: istemci.
 *
 * Gösterdiği: aynı soruların beş sunucuda nasıl yanıtlandığı ve neye mal olduğu. Argümansız
 * çalışınca gösteriyi (demo.c), --requests ile yükü (load.c) yürütür; verilen istekleri ise tek
 * bağlantıda sırayla sorar.
 * Karşılığı: D0 §4 (belgede yalnız başlığı var).
 * Çalışırken bak: aynı komutu sunucunun beş mimarisinde de dene; değişen satırları ara.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cli.h"
#include "base/log.h"
#include "base/program.h"
#include "connection.h"
#include "demo.h"
#include "load.h"

/* İstekleri tek bağlantıda, sırayla sorar. */
static int ask_all(const struct target *target, char **requests, struct connection *connection)
{
    connection_init(connection, target);
    int outcome = connection_establish(connection);
    for (char **request = requests; *request && outcome == 0; request++) {
        struct text reply;
        outcome = connection_ask(connection, *request, &reply);
        if (outcome < 0)
            break;
        printf("%s → ", *request);
        fwrite(reply.bytes, 1, reply.length, stdout);
        putchar('\n');
    }
    connection_close(connection);
    return outcome;
}

/* Bir istek bir satırdır: içinde satır sonu olsaydı iki yanıt gelir, eşleşme kayardı. */
static void check_requests(char **requests)
{
    for (char **request = requests; *request; request++) {
        size_t length = strlen(*request);
        if (memchr(*request, '\n', length))
            cli_fail("isteğin içinde satır sonu olamaz: '%s'; her satırı ayrı istek olarak ver",
                     *request);
        if (!text_is_utf8(*request, length))
            cli_fail("istek geçerli UTF-8 değil: '%s'", *request);
        if (length > LINES_LIMIT)
            cli_fail("istek çok uzun: %zu bayt; en fazla %d bayt olmalı", length, LINES_LIMIT);
    }
}

int main(int argc, char **argv)
{
    (void)argc;
    bool verbose = false;
    bool wants_load = false;
    struct target target = {.host = "127.0.0.1", .port = 9106, .timeout = 10};
    struct load load = {.requests = 100, .concurrency = 4};
    const struct cli_option options[] = {
        CLI_OPTION_HOST(&target.host, "sunucunun adı ya da adresi"),
        CLI_OPTION_CLIENT_PORT(&target.port),
        {'n', "requests", CLI_NUMBER, &load.requests, 1, 1000000, NULL, "yük: toplam istek sayısı",
         &wants_load},
        {'c', "concurrency", CLI_NUMBER, &load.concurrency, 1, 500, NULL,
         "yük: aynı anda kaç bağlantı", &wants_load},
        {0, "new-connections", CLI_FLAG, &load.new_connections, 0, 0, NULL,
         "yük: her istek için yeni bağlantı", &wants_load},
        CLI_OPTION_TIMEOUT(&target.timeout, "bağlanmanın ve her yanıtın en uzun süresi, saniye"),
        CLI_OPTION_VERBOSE(&verbose),
        CLI_OPTION_HELP,
        CLI_OPTION_END,
    };
    program_init();
    char **requests = cli_parse(
        &(struct cli){.name = "client",
                      .operands = "[İSTEK ...]",
                      .about = "Ders 06: beş mimarinin de istemcisi.\n"
                               "İSTEK verilmezse beş adımlık gösteriyi yürütür; yük "
                               "seçeneklerinden biri verilirse süreleri ölçer.",
                      .options = options},
        argv);
    log_set_level(verbose ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING);
    check_requests(requests);
    if (wants_load && *requests)
        cli_fail("--requests, --concurrency ve --new-connections ile birlikte istek verilmez: '%s'",
                 *requests);
    if (load.concurrency > load.requests)
        load.concurrency = load.requests;

    struct connection connection;
    int outcome = wants_load  ? load_run(&load, &target, &connection)
                  : *requests ? ask_all(&target, requests, &connection)
                              : demo_run(&target, &connection);
    if (outcome < 0)
        return program_fail("%s: %s: %s", connection.failed, connection.name, connection.why);
    return program_exit(EXIT_SUCCESS);
}
