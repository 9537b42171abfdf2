/* Gösteriler: göndermek ve almak.
 *
 * Kaynak: recv(2), send(2), tcp(7), udp(7)
 */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "base/wait.h"
#include "demos.h"
#include "endpoint.h"
#include "stage.h"

#define BIG_SIZE (1024 * 1024)

int demo_recv(void)
{
    CLOSED_AT_END int left = -1;
    CLOSED_AT_END int right = -1;
    int outcome = stage_pair(&left, &right);
    if (outcome < 0)
        return outcome;
    say_send("gönderen", left, "on iki bayt!");
    outcome = stage_wait_bytes(right, 12);
    say_recv("alan    ", right, 5);
    say_recv("alan    ", right, 5);
    say_recv("alan    ", right, 5);
    say("tek send üç recv'de geldi: parça mesaj değildir");

    say_send("gönderen", left, "merhaba");
    say_recv("alan    ", right, 1000);
    say_send("gönderen", left, "merhaba");
    say_recv("alan    ", right, 1024);
    say("1000 de olur, 1024 de: tampon boyu bir üst sınırdır; 2'nin kuvveti olması yalnız bir öğüttür");
    return outcome;
}

/* Bir datagram alır, kimden geldiğini yazar ve yanıtlar. */
static int answer_datagram(int fd)
{
    char bytes[64];
    char name[ENDPOINT_TEXT_SIZE];
    struct sockaddr_in from = {0};
    socklen_t length = sizeof from;
    int ready = wait_fd(fd, POLLIN, deadline_after(STAGE_PATIENCE_SECONDS));
    if (ready < 0)
        return ready;
    ssize_t got = recvfrom(fd, bytes, sizeof bytes, 0, (struct sockaddr *)&from, &length);
    if (got < 0)
        return -errno;
    say("recvfrom iki şey verdi: \"%.*s\" ve gönderenin adresi: %s", (int)got, bytes,
        endpoint_text((struct sockaddr *)&from, length, name));
    return sendto(fd, "yanıt", strlen("yanıt"), 0, (struct sockaddr *)&from, length) < 0 ? -errno
                                                                                         : 0;
}

/* MSG_TRUNC: dönen sayı, tampona sığan değil, datagramın gerçek boyudur. */
static int show_truncation(int sender, int receiver)
{
    char bytes[4];
    if (send(sender, "0123456789", 10, 0) < 0)
        return -errno;
    int ready = wait_fd(receiver, POLLIN, deadline_after(STAGE_PATIENCE_SECONDS));
    if (ready < 0)
        return ready;
    ssize_t got = recv(receiver, bytes, sizeof bytes, MSG_TRUNC);
    if (got < 0)
        return -errno;
    say("10 baytlık datagram, 4 baytlık tampon: \"%.4s\" geldi, gerçek boy %zd; kalanı yok oldu:",
        bytes, got);
    say_recv_now("  alan", receiver);
    return 0;
}

int demo_recvfrom(void)
{
    CLOSED_AT_END int server = stage_udp();
    CLOSED_AT_END int client = stage_udp();
    struct sockaddr_in address = {0};
    socklen_t length = sizeof address;
    if (server < 0 || client < 0)
        return server < 0 ? server : client;
    if (getsockname(server, (struct sockaddr *)&address, &length) < 0 ||
        connect(client, (struct sockaddr *)&address, length) < 0)
        return -errno;
    say_send("istemci", client, "soru");
    int outcome = answer_datagram(server);
    if (outcome < 0)
        return outcome;
    say_recv("istemci", client, 1024);
    return show_truncation(client, server);
}

int demo_send(void)
{
    static char big[BIG_SIZE];
    char why[STAGE_ERROR_SIZE];
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) < 0)
        return -errno;
    CLOSED_AT_END int writer = pair[0];
    CLOSED_AT_END int reader = pair[1];
    ssize_t sent = send(writer, big, sizeof big, MSG_NOSIGNAL);
    if (sent < 0)
        return -errno;
    say("karşı taraf okumuyor; send(%zu bayt) → çekirdek %zd bayt aldı, istenenden %s", sizeof big,
        sent, sent < BIG_SIZE ? "az" : "az değil");
    if (send(writer, big, 1, MSG_NOSIGNAL) < 0)
        say("hemen ardından send(1 bayt) → %s", stage_error(errno, why, sizeof why));
    while (recv(reader, big, sizeof big, 0) > 0)
        ;
    say("karşı taraf okudu, yer açıldı:");
    say_send("  gönderen", writer, "devam");
    return 0;
}

/* region: sendall */
/* Python'un sendall'ı: send'in aldığı kadar ilerler, yer yoksa bekler. `*calls`: kaç kez send
 * edildi. */
static int send_all(int fd, const char *bytes, size_t length, int *calls)
{
    deadline_t deadline = deadline_after(STAGE_PATIENCE_SECONDS);
    for (*calls = 0; length > 0; ++*calls) {
        ssize_t sent = send(fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno != EAGAIN && errno != EINTR)
            return -errno; /* kaç baytın ulaştığı bilinmez */
        if (sent < 0) {
            int ready = wait_fd(fd, POLLOUT, deadline);
            if (ready < 0)
                return ready;
            continue;
        }
        bytes += sent;
        length -= (size_t)sent;
    }
    return 0;
}
/* endregion */

struct reader {
    int fd;
    size_t wanted; /* bu kadar okuyunca kapatır */
    size_t got;
    char bytes[BIG_SIZE];
};

static void *read_then_close(void *argument)
{
    struct reader *reader = argument;
    ssize_t got = 1;
    while (reader->got < reader->wanted && got > 0) {
        got = recv(reader->fd, reader->bytes + reader->got, reader->wanted - reader->got, 0);
        if (got > 0)
            reader->got += (size_t)got;
    }
    stage_close(&reader->fd);
    return NULL;
}

/* Bir iş parçacığı `wanted` bayt okuyup kapatırken hepsini göndermeye çalışır; send_all'un
 * sonucu. */
static int send_to_reader(struct reader *reader, size_t wanted, const char *bytes, int *calls)
{
    int pair[2];
    pthread_t thread;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        return -errno;
    CLOSED_AT_END int writer = pair[0];
    reader->fd = pair[1];
    reader->wanted = wanted;
    reader->got = 0;
    int error = pthread_create(&thread, NULL, read_then_close, reader);
    if (error) {
        stage_close(&reader->fd);
        return -error;
    }
    int outcome = send_all(writer, bytes, BIG_SIZE, calls);
    shutdown(writer, SHUT_WR);
    pthread_join(thread, NULL);
    return outcome;
}

int demo_sendall(void)
{
    static char bytes[BIG_SIZE];
    static struct reader reader;
    char why[STAGE_ERROR_SIZE];
    int calls = 0;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i % 251);
    int outcome = send_to_reader(&reader, BIG_SIZE, bytes, &calls);
    if (outcome < 0)
        return outcome;
    say("%d bayt, birden çok send ile gitti: %s", BIG_SIZE, calls > 1 ? "evet" : "hayır");
    say("karşı taraf %zu bayt aldı, aynı baytlar: %s", reader.got,
        memcmp(bytes, reader.bytes, BIG_SIZE) == 0 ? "evet" : "hayır");
    outcome = send_to_reader(&reader, BIG_SIZE / 4, bytes, &calls);
    say("karşı taraf dörtte birini okuyup kapattı → %s",
        outcome < 0 ? stage_error(outcome, why, sizeof why) : "hepsi gitti");
    return 0;
}
