/* 02 · Soket notlarının istemcisi: satır gönderir, elle HTTP GET yapar ya da notlardaki çağrıları
 * gösterir.
 *
 * Gösterdiği: yarı kapatma (shutdown) ile "sözüm bitti" demek, akış sonuna dek okumak, bütün işe
 * tek zaman sınırı koymak. Argümansız çalışınca notlardaki her çağrının küçük bir gösterisi.
 * Karşılığı: D1, notlar ve örnek istemci.
 * Çalışırken bak: `client -p 10001 merhaba` ile `client -p 10001` aynı sunucuya çok ayrı şeyler
 * söyler.
 *
 * Dosyaları: connection (bağlantı), target ve page (GET), demos ve stage (gösteriler).
 */
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/clock.h"
#include "base/errtext.h"
#include "base/log.h"
#include "base/program.h"
#include "base/text.h"
#include "base/wait.h"
#include "connection.h"
#include "demos.h"
#include "page.h"
#include "target.h"

#define FAREWELL "disconnect"

/* Bir konuşma: mesajlar gider, sonra ne gelirse yazılır (bu sunucu hiç yanıt vermez). */
struct talk {
    struct connection connection;
    deadline_t deadline;
    double pause;
    size_t received;
};

/* Satır ve satır sonu tek send ile gider: araya başkasının satırı girmez, gereksiz parça
 * oluşmaz. */
static int send_line(const struct talk *talk, const char *message)
{
    size_t length = strlen(message);
    char *line = malloc(length + 2);
    if (!line)
        return -ENOMEM;
    memcpy(line, message, length);
    memcpy(line + length, "\r\n", 2);
    printf("Gönderiliyor: %s\n", message);
    int outcome = connection_send(&talk->connection, line, length + 2, talk->deadline);
    free(line);
    return outcome;
}

/* Sunucunun konuşmayı bitirdiği söz: ondan sonra gönderilecek bir şey kalmaz. */
static bool is_farewell(const char *message)
{
    struct text word = text_strip(message, strlen(message));
    return text_is_command(word, FAREWELL) || text_is_command(word, "stop");
}

/* region: send-lines */
/* Satırların arasında biraz durur: belgedeki sunucu bir recv'i bir satır sayar, birleşen iki
 * satırdan `disconnect`i tanıyamaz. O arada sunucu konuşursa ya da kapatırsa -EPIPE. */
static int pause_between(const struct talk *talk)
{
    deadline_t end = deadline_sooner(deadline_after(talk->pause), talk->deadline);
    return wait_fd(talk->connection.fd, POLLIN, end) > 0 ? -EPIPE : 0;
}

static int send_lines(const struct talk *talk, char **messages)
{
    bool said_farewell = false;
    int outcome = 0;
    for (char **message = messages; *message && outcome == 0; message++) {
        outcome = send_line(talk, *message);
        said_farewell = !message[1] && is_farewell(*message);
        if (outcome == 0 && !said_farewell)
            outcome = pause_between(talk);
    }
    if (outcome == 0 && !said_farewell)
        outcome = send_line(talk, FAREWELL);
    return outcome < 0 ? outcome : connection_finish(&talk->connection);
}
/* endregion */

/* region: read-to-end */
static int read_to_end(struct talk *talk)
{
    char piece[1024];
    ssize_t got;
    while ((got = connection_receive(&talk->connection, piece, sizeof piece, talk->deadline)) > 0) {
        talk->received += (size_t)got;
        fwrite(piece, 1, (size_t)got, stdout);
    }
    return (int)got;
}
/* endregion */

static int send_messages(const char *host, int port, double timeout, double pause, char **messages)
{
    struct talk talk = {.deadline = deadline_after(timeout), .pause = pause};
    const char *name = talk.connection.name;
    const char *why = NULL;
    if (connection_open(&talk.connection, host, port, talk.deadline, &why) < 0)
        return program_fail("Bağlanılamadı: %s: %s", name, why);
    int sent = send_lines(&talk, messages);
    /* Gönderilemese de okunur: sunucunun son sözü (örneğin "satır çok uzun") gelmiş olabilir. */
    int ended = read_to_end(&talk);
    close(talk.connection.fd);
    if (program_exit(EXIT_SUCCESS) != EXIT_SUCCESS)
        return EXIT_FAILURE;
    if (talk.received > 0)
        return program_fail("Beklenmeyen yanıt: %s: sunucu %zu bayt gönderdi", name, talk.received);
    if (sent < 0)
        return program_fail("Gönderilemedi: %s: %s", name, error_text(sent));
    if (ended < 0)
        return program_fail("Konuşmanın sonu gelmedi: %s: %s", name, error_text(ended));
    return EXIT_SUCCESS;
}

struct request {
    const char *host, *path, *demo;
    int port;
    double timeout, pause;
    bool host_given, port_given;
};

/* Verilenlere göre üç işten biri. Dönen çıkış kodudur. */
static int run(const struct request *request, char **operands)
{
    bool addressed = request->host_given || request->port_given;
    if (request->demo && (addressed || request->path || *operands))
        cli_fail("--demo tek başına verilir; adres, yol ya da mesaj almaz");
    if (request->demo || (!addressed && !request->path && !*operands))
        return demos_run(request->demo ? request->demo : DEMOS_ALL);

    struct target target = {.port = request->port};
    if (addressed && !*operands) {
        if (strlen(request->host) >= sizeof target.host)
            cli_fail("--host: ad çok uzun; en fazla %zu bayt olmalı", sizeof target.host - 1);
        snprintf(target.host, sizeof target.host, "%s", request->host);
        target_set_path(&target, request->path ? request->path : "/");
        return page_fetch(&target, request->timeout);
    }
    if (request->path)
        cli_fail("--path yalnız -H ya da -p ile, mesajsız verilir");
    if (!addressed && !operands[1] && target_looks_like(operands[0])) {
        target_parse(&target, operands[0]);
        return page_fetch(&target, request->timeout);
    }
    cli_check_lines(operands, SIZE_MAX); /* uzununa ne denildiğini sunucudan öğren */
    return send_messages(request->host, request->port, request->timeout, request->pause, operands);
}

int main(int argc, char **argv)
{
    (void)argc;
    bool verbose = false;
    struct request request = {.host = "127.0.0.1", .port = 10001, .timeout = 20, .pause = 0.1};
    const struct cli_option options[] = {
        {'H', "host", CLI_HOST, &request.host, 0, 0, NULL, "sunucunun adı ya da adresi",
         &request.host_given},
        {'p', "port", CLI_PORT, &request.port, 1, 65535, NULL, "sunucunun portu",
         &request.port_given},
        CLI_OPTION_TIMEOUT(&request.timeout, "bağlanmaktan son bayta, işin en uzun süresi"),
        {0, "path", CLI_TEXT, &request.path, 0, 0, NULL, "istenecek sayfanın yolu; verilmezse /",
         NULL},
        {0, "pause", CLI_SECONDS, &request.pause, 0, 60, NULL, "iki satır arasındaki bekleme",
         NULL},
        {0, "demo", CLI_TEXT, &request.demo, 0, 0, NULL,
         "gösterinin adı; all: hepsi, list: adların listesi", NULL},
        CLI_OPTION_VERBOSE(&verbose),
        CLI_OPTION_HELP,
        CLI_OPTION_END,
    };
    program_init();
    char **operands = cli_parse(
        &(struct cli){
            .name = "client",
            .operands = "[MESAJ ... | http://AD[:PORT][/YOL] | ADRES:PORT[/YOL]]",
            .about = "Ders 02: üç iş yapan istemci.\n"
                     "MESAJ verilirse her birini satır olarak gönderir, `disconnect` ile bitirir.\n"
                     "Mesajsız adres (-H, -p ya da tek söz) verilirse sayfayı HTTP ile ister.\n"
                     "Hiçbiri verilmezse notlardaki çağrıları sırayla gösterir.",
            .options = options},
        argv);
    log_set_level(verbose ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING);
    return run(&request, operands);
}
