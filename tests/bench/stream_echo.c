/* Akışlarla satır yankısı: common/async'in bir gidiş dönüşteki payı bununla ölçülür.
 *
 * Her bağlantının bir görevi vardır; görev satırı bekler, başına "Echo: " ekleyip geri yazar. Bir
 * sunucunun yapması gerekenler (satıra bölmek, zaman sınırı, geri basınç, düzgün kapanış) burada
 * vardır: yalın epoll'le arasındaki fark onların bedelidir. asyncio_echo.py aynı işi asyncio'nun
 * akışlarıyla yapar.
 *
 * Yanıt görevin yığınında kurulur: tampon küçüktür, bekleyen görevin zaten dokunduğu sayfaya sığar.
 * Sayfa boyunda bir tampon, boşta duran bağlantıyı iki katına çıkarırdı.
 */
#include <stdlib.h>
#include <string.h>

#include "async/server.h"
#include "async/signals.h"
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

static int serve(void *argument)
{
    struct server server;
    int outcome = server_start(&server, *(const int *)argument, echo, NULL, LINE_MOST,
                               CLIENTS_MOST);
    if (outcome < 0)
        return outcome;
    outcome = stop_await(DEADLINE_NONE);
    server_stop(&server);
    return outcome;
}

static int run(int fd)
{
    struct address local;
    char name[ADDRESS_TEXT_SIZE];
    int outcome = stop_install();
    if (outcome == 0)
        outcome = address_of_socket(fd, &local);
    if (outcome == 0)
        outcome = program_ready(address_text(&local, name));
    return outcome < 0 ? outcome : loop_run(serve, &fd);
}

int main(void)
{
    program_init();
    const char *why = NULL;
    int fd = socket_listen("127.0.0.1", 0, SOCK_STREAM, SOMAXCONN, &why);
    if (fd < 0)
        return program_fail("Dinlenemedi: %s", why);
    int outcome = run(fd);
    if (outcome < 0)
        return program_fail("Server çalışamadı: %s", error_text(outcome));
    return program_exit(EXIT_SUCCESS);
}
