/* Akışlarla yankı: common/async'in bir gidiş dönüşteki payı bununla ölçülür.
 *
 * Her bağlantının bir görevi vardır. Görev satırı bekler, başına "Echo: " ekleyip geri yazar. Bir
 * sunucunun yapması gerekenler (satıra bölmek, zaman sınırı, geri basınç, düzgün kapanış) burada
 * vardır. --bytes ile satıra bakılmaz, gelen bayt geri yazılır: yalın epoll'ün yaptığı işin aynısı;
 * aradaki fark görevlerin ve akışların bedelidir. asyncio_echo.py satır yankısını asyncio'nun
 * akışlarıyla yapar.
 *
 * Yanıt görevin yığınında kurulur: tampon küçüktür, bekleyen görevin zaten dokunduğu sayfaya sığar.
 * Sayfa boyunda bir tampon, boşta duran bağlantıyı iki katına çıkarırdı.
 */
#include <stdlib.h>
#include <string.h>

#include "async/server.h"
#include "async/signals.h"
#include "base/cli.h"
#include "base/errtext.h"
#include "base/program.h"
#include "base/stop.h"
#include "net/socket.h"

#define WELCOME "Akış yankısı\n"
#define PREFIX "Echo: "
#define LINE_MOST 256
#define CLIENTS_MOST 20000
#define SILENCE_SECONDS 60

static int answer(struct stream *stream, struct text line, deadline_t deadline)
{
    char bytes[sizeof PREFIX + LINE_MOST]; /* sıfırlanmaz: üstüne yazılacak */
    size_t length = strlen(PREFIX);
    memcpy(bytes, PREFIX, length);
    memcpy(bytes + length, line.bytes, line.length);
    length += line.length;
    bytes[length++] = '\n';
    return stream_write(stream, bytes, length, deadline);
}

static int echo(struct stream *stream, const struct address *peer, void *argument)
{
    (void)peer;
    (void)argument;
    struct text line;
    deadline_t deadline = deadline_after(SILENCE_SECONDS);
    int outcome = stream_write(stream, WELCOME, strlen(WELCOME), deadline);
    while (outcome >= 0 && (outcome = stream_read_line(stream, &line, deadline)) > 0) {
        deadline = deadline_after(SILENCE_SECONDS);
        outcome = answer(stream, line, deadline);
    }
    return outcome;
}

static int echo_bytes(struct stream *stream, const struct address *peer, void *argument)
{
    (void)peer;
    (void)argument;
    char bytes[LINE_MOST];
    deadline_t deadline = deadline_after(SILENCE_SECONDS);
    ssize_t outcome = stream_write(stream, WELCOME, strlen(WELCOME), deadline);
    while (outcome >= 0 && (outcome = stream_read(stream, bytes, sizeof bytes, deadline)) > 0) {
        deadline = deadline_after(SILENCE_SECONDS);
        outcome = stream_write(stream, bytes, (size_t)outcome, deadline);
    }
    return (int)outcome;
}

struct order {
    int fd;
    server_handler *handle;
};

static int serve(void *argument)
{
    const struct order *order = argument;
    struct server server;
    int outcome = server_start(&server, order->fd, order->handle, NULL, LINE_MOST, CLIENTS_MOST);
    if (outcome < 0)
        return outcome;
    outcome = stop_await(DEADLINE_NONE);
    server_stop(&server);
    return outcome;
}

static int run(struct order *order)
{
    struct address local;
    char name[ADDRESS_TEXT_SIZE];
    int outcome = stop_install();
    if (outcome == 0)
        outcome = address_of_socket(order->fd, &local);
    if (outcome == 0)
        outcome = program_ready(address_text(&local, name));
    return outcome < 0 ? outcome : loop_run(serve, order);
}

int main(int argc, char **argv)
{
    (void)argc;
    bool bytes = false;
    const struct cli_option options[] = {
        {0, "bytes", CLI_FLAG, &bytes, 0, 0, NULL, "satıra bakmadan, bayt bayt", NULL},
        CLI_OPTION_HELP,
        CLI_OPTION_END,
    };
    program_init();
    cli_parse(&(struct cli){.name = "stream_echo",
                            .about = "Akışlarla yankı sunucusu, ölçümler için.",
                            .options = options},
              argv);
    const char *why = NULL;
    int fd = socket_listen("127.0.0.1", 0, SOCK_STREAM, SOMAXCONN, &why);
    if (fd < 0)
        return program_fail("Dinlenemedi: %s", why);
    struct order order = {.fd = fd, .handle = bytes ? echo_bytes : echo};
    int outcome = run(&order);
    if (outcome < 0)
        return program_fail("Server çalışamadı: %s", error_text(outcome));
    return program_exit(EXIT_SUCCESS);
}
