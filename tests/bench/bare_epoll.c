/* Yalın epoll yankısı: ölçümlerdeki sınır.
 *
 * Aynı işi yapan en kısa yol nedir? Bağlantı bir kez, kenar tetiklemeli (EPOLLET) kaydedilir; gelen
 * baytlar okundukları tampondan geri gönderilir. Bir gidiş dönüş bir recv, bir send ve bölüşülmüş
 * bir epoll_wait'tir; bir dersin sunucusu bundan ucuz olamaz, bunun ne kadar üstünde olduğu
 * ölçülür.
 *
 * Bilerek yapmadığı ve bir sunucunun yapması gereken her şey: satırlara bölmek, yarım gönderilenin
 * kalanını saklamak, zaman sınırı, düzgün kapanış, log. Örnek alma; ders 09'a bak.
 */
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define WELCOME "Yalın epoll\n"
#define EVENTS 1024

static int give_up(const char *what)
{
    perror(what);
    return EXIT_FAILURE;
}

/* Dinleyen soket; portu sistem seçer ve hazır satırı onu söyler. */
static int open_listener(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, length) < 0 || listen(fd, SOMAXCONN) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &length) < 0)
        return -1;
    printf("127.0.0.1:%d dinleniyor\n", ntohs(address.sin_port));
    fflush(stdout);
    return fd;
}

static bool watch(int epoll, int fd)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.fd = fd};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

/* Kenar tetiklemede yeni haber ancak yeni bağlantıyla gelir: kuyruk sonuna dek boşaltılır. */
static void accept_all(int epoll, int listener)
{
    int fd;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        if (send(fd, WELCOME, strlen(WELCOME), MSG_NOSIGNAL) < 0 || !watch(epoll, fd))
            close(fd);
    }
}

/* Tampondan kısa gelen okuma, sokette başka bayt kalmadığını söyler: EAGAIN'i duymak için bir çağrı
 * daha yapılmaz. */
static void echo(int fd)
{
    char bytes[4096];
    ssize_t got;
    do {
        got = recv(fd, bytes, sizeof bytes, 0);
        if (got < 0 && errno == EAGAIN)
            return;
        if (got <= 0 || send(fd, bytes, (size_t)got, MSG_NOSIGNAL) != got) {
            close(fd); /* kapanan tanımlayıcı epoll kümesinden kendiliğinden çıkar */
            return;
        }
    } while (got == sizeof bytes);
}

int main(void)
{
    struct epoll_event events[EVENTS];
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    int listener = open_listener();
    if (epoll < 0 || listener < 0 || !watch(epoll, listener))
        return give_up("bare_epoll");
    for (;;) {
        int ready = epoll_wait(epoll, events, EVENTS, -1);
        if (ready < 0 && errno != EINTR)
            return give_up("epoll_wait");
        for (int i = 0; i < ready; i++) {
            if (events[i].data.fd == listener)
                accept_all(epoll, listener);
            else
                echo(events[i].data.fd);
        }
    }
}
