/* Gösteriler: adrese bağlamak, dinlemek, kabul etmek, kapatmak.
 *
 * Kaynak: bind(2), listen(2), accept(2), shutdown(2), close(2), tcp(7)
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/wait.h"
#include "demos.h"
#include "endpoint.h"
#include "stage.h"

/* `address`e bağlamayı dener, sonucu yazar; soketi kapatır. */
static void try_bind(const char *what, const char *host, in_port_t port, bool reuse)
{
    char why[STAGE_ERROR_SIZE];
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = port};
    inet_pton(AF_INET, host, &address.sin_addr);
    CLOSED_AT_END int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int on = reuse;
    int outcome = setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (outcome == 0)
        outcome = bind(fd, (struct sockaddr *)&address, sizeof address);
    say("%s → %s", what, outcome < 0 ? stage_error(errno, why, sizeof why) : "oldu");
}

int demo_bind(void)
{
    char name[ENDPOINT_TEXT_SIZE];
    struct sockaddr_in address = {0};
    socklen_t length = sizeof address;
    say("adres yapısının boyu: AF_INET %zu, AF_INET6 %zu, AF_UNIX %zu bayt",
        sizeof(struct sockaddr_in), sizeof(struct sockaddr_in6), sizeof(struct sockaddr_un));
    CLOSED_AT_END int listener = stage_listen(1);
    if (listener < 0 || getsockname(listener, (struct sockaddr *)&address, &length) < 0)
        return listener < 0 ? listener : -errno;
    say("port 0 istendi, sistemin seçtiği: %s", endpoint_of_socket(listener, name));
    try_bind("aynı porta ikinci bind", "127.0.0.1", address.sin_port, false);
    try_bind("SO_REUSEADDR ile, dinleyen varken", "127.0.0.1", address.sin_port, true);
    try_bind("bu makinede olmayan adrese (192.0.2.1)", "192.0.2.1", 0, false);
    char why[STAGE_ERROR_SIZE];
    if (bind(listener, (struct sockaddr *)&address, length) < 0)
        say("bağlı sokete ikinci bind → %s", stage_error(errno, why, sizeof why));
    return 0;
}

/* Bloke etmeyen bir soketle bağlanmaya başlar. Dönen: tanımlayıcı ya da -errno. */
static int start_connecting(int listener)
{
    struct sockaddr_in address = {0};
    socklen_t length = sizeof address;
    if (getsockname(listener, (struct sockaddr *)&address, &length) < 0)
        return -errno;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, length) < 0 && errno != EINPROGRESS) {
        int error = errno;
        stage_close(&fd);
        return -error;
    }
    return fd < 0 ? -errno : fd;
}

#define SERVED 5
#define QUEUED_MAX 4

/* Kuyruk 1 iken beş istemci aynı anda bağlı kalır: accept eden, kuyruğu boşaltır. */
static int serve_five(int listener)
{
    int clients[SERVED];
    int accepted[SERVED];
    int open = 0;
    for (; open < SERVED; open++) {
        clients[open] = stage_connect(listener);
        accepted[open] = clients[open] < 0 ? -1 : accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (accepted[open] < 0)
            break;
    }
    say("listen(1), accept ederek: aynı anda açık %d bağlantı; kuyruk boyu bir üst sınır değildir",
        open);
    for (int i = 0; i < open; i++) {
        close(clients[i]);
        close(accepted[i]);
    }
    return open == SERVED ? 0 : -ECONNABORTED;
}

/* accept edilmeden bağlanmayı dener; bekleyen ilk istemcide durur. Dönen: o istemci ya da
 * -errno. */
static int fill_queue(int listener, int queued[QUEUED_MAX])
{
    for (int i = 0; i < QUEUED_MAX; i++) {
        queued[i] = start_connecting(listener);
        if (queued[i] < 0)
            return queued[i];
        if (wait_fd(queued[i], POLLOUT, deadline_after(0.1)) < 0) {
            say("accept etmeden: %d. istemci bekliyor (reddedilmedi)", i + 1);
            return queued[i];
        }
        say("accept etmeden: %d. istemci bağlandı, kuyrukta", i + 1);
    }
    return -EXFULL;
}

int demo_listen(void)
{
    CLOSED_AT_END int listener = stage_listen(1);
    int queued[QUEUED_MAX] = {-1, -1, -1, -1};
    int outcome = listener < 0 ? listener : serve_five(listener);
    if (outcome < 0)
        return outcome;
    outcome = fill_queue(listener, queued);
    if (outcome >= 0) {
        CLOSED_AT_END int accepted = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        /* Çekirdek, bekleyenin ilk isteğini sessizce atmıştı; istemci bir saniye sonra yineler. */
        int ready = wait_fd(outcome, POLLOUT, deadline_after(5));
        say("bir accept yer açtı: bekleyen istemci %s", ready > 0 ? "bağlandı" : "bağlanamadı");
        outcome = accepted < 0 ? -errno : 0;
    }
    for (int i = 0; i < QUEUED_MAX; i++)
        stage_close(&queued[i]);
    return outcome;
}

int demo_accept(void)
{
    char accepted_peer[ENDPOINT_TEXT_SIZE];
    char client_name[ENDPOINT_TEXT_SIZE];
    struct sockaddr_storage peer = {0};
    socklen_t length = sizeof peer;
    CLOSED_AT_END int listener = stage_listen(1);
    CLOSED_AT_END int client = listener < 0 ? listener : stage_connect(listener);
    if (client < 0)
        return client;
    CLOSED_AT_END int accepted = accept4(listener, (struct sockaddr *)&peer, &length,
                                         SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (accepted < 0)
        return -errno;
    endpoint_text((struct sockaddr *)&peer, length, accepted_peer);
    endpoint_of_socket(client, client_name);
    say("accept iki şey verdi: yeni bir soket ve karşı tarafın adresi: %s", accepted_peer);
    say("bu adres, istemcinin kendi adresiyle aynı: %s",
        strcmp(accepted_peer, client_name) == 0 ? "evet" : "hayır");
    CLOSED_AT_END int second = stage_connect(listener);
    CLOSED_AT_END int second_accepted = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    say("dinleyen soket dinlemeyi sürdürüyor: ikinci istemci %s",
        second_accepted >= 0 ? "kabul edildi" : "kabul edilmedi");
    return second < 0 ? second : 0;
}

/* `mine` yarı kapattıktan sonra iki taraf da ne yapabiliyor? */
static int show_shutdown(int mode, const char *name)
{
    CLOSED_AT_END int mine = -1;
    CLOSED_AT_END int theirs = -1;
    int outcome = stage_pair(&mine, &theirs);
    if (outcome < 0)
        return outcome;
    say("shutdown(%s):", name);
    if (shutdown(mine, mode) < 0)
        return -errno;
    say_recv_now("  ben         ", mine);
    say_send("  ben         ", mine, "bendeki");
    say_recv("  karşı taraf ", theirs, 1024);
    say_send("  karşı taraf ", theirs, "ondaki");
    if (mode == SHUT_RDWR) {
        wait_fd(theirs, 0, deadline_after(STAGE_PATIENCE_SECONDS)); /* olayı: POLLHUP, POLLERR */
        say_send("  karşı taraf ", theirs, "bir daha");
    }
    say_recv_now("  ben         ", mine);
    return 0;
}

int demo_shutdown(void)
{
    int outcome = show_shutdown(SHUT_RD, "SHUT_RD");
    if (outcome == 0)
        outcome = show_shutdown(SHUT_WR, "SHUT_WR");
    if (outcome == 0)
        outcome = show_shutdown(SHUT_RDWR, "SHUT_RDWR");
    return outcome;
}

static int close_after_reading(void)
{
    CLOSED_AT_END int mine = -1;
    CLOSED_AT_END int theirs = -1;
    int outcome = stage_pair(&mine, &theirs);
    if (outcome < 0)
        return outcome;
    stage_close(&mine);
    say("okunmamış bayt yokken close: FIN gider");
    say_recv("  karşı taraf ", theirs, 1024);
    return 0;
}

static int close_before_reading(void)
{
    CLOSED_AT_END int mine = -1;
    CLOSED_AT_END int theirs = -1;
    int outcome = stage_pair(&mine, &theirs);
    if (outcome < 0)
        return outcome;
    say("okunmamış bayt varken close: RST gider");
    say_send("  karşı taraf ", theirs, "okunmadı");
    outcome = stage_wait_bytes(mine, 1);
    stage_close(&mine);
    say_recv("  karşı taraf ", theirs, 1024);
    return outcome;
}

static int close_one_copy(void)
{
    CLOSED_AT_END int mine = -1;
    CLOSED_AT_END int theirs = -1;
    int outcome = stage_pair(&mine, &theirs);
    if (outcome < 0)
        return outcome;
    CLOSED_AT_END int copy = fcntl(mine, F_DUPFD_CLOEXEC, 0);
    stage_close(&mine);
    say("tanımlayıcının kopyası açıkken close: hiçbir şey gitmez");
    say_recv_now("  karşı taraf ", theirs);
    stage_close(&copy);
    say("son kopya da kapandı");
    say_recv("  karşı taraf ", theirs, 1024);
    return 0;
}

int demo_close(void)
{
    int outcome = close_after_reading();
    if (outcome == 0)
        outcome = close_before_reading();
    if (outcome == 0)
        outcome = close_one_copy();
    return outcome;
}
