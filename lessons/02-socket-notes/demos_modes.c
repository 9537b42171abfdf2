/* Gösteriler: soketin kipi ve beklemenin sınırı.
 *
 * Kaynak: fcntl(2), poll(2), socket(7), tcp(7)
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/wait.h"
#include "demos.h"
#include "stage.h"

#define DRIP_COUNT 15
#define DRIP_SECONDS 0.03
#define TIMEOUT_SECONDS 0.3

static double seconds_since(int64_t start)
{
    return (double)(monotonic_ns() - start) / 1e9;
}

/* Karşı taraf: biraz bekler, bir bayt yollar; `count` kez. */
struct dripper {
    int fd;
    int count;
    double seconds;
};

static void *drip(void *argument)
{
    const struct dripper *dripper = argument;
    for (int i = 0; i < dripper->count; i++) {
        wait_fd(-1, 0, deadline_after(dripper->seconds));
        send(dripper->fd, ".", 1, MSG_NOSIGNAL);
    }
    return NULL;
}

static int set_blocking(int fd, bool blocking)
{
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0)
        return -errno;
    flags = blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK;
    return fcntl(fd, F_SETFL, flags) < 0 ? -errno : 0;
}

static int show_blocking(int left, int right)
{
    char byte;
    pthread_t thread;
    struct dripper dripper = {.fd = left, .count = 1, .seconds = 0.1};
    int64_t start = monotonic_ns();
    int error = pthread_create(&thread, NULL, drip, &dripper);
    if (error)
        return -error;
    ssize_t got = recv(right, &byte, 1, 0);
    say("bloke eden kip: recv veri gelene dek bekledi (0,1 saniye sonra geldi): %s",
        got == 1 && seconds_since(start) >= 0.1 ? "evet" : "hayır");
    pthread_join(thread, NULL);
    return 0;
}

int demo_setblocking(void)
{
    char why[STAGE_ERROR_SIZE];
    char byte;
    CLOSED_AT_END int left = -1;
    CLOSED_AT_END int right = -1;
    int outcome = stage_pair(&left, &right);
    if (outcome < 0)
        return outcome;
    say("yeni soketin kipi: %s",
        fcntl(right, F_GETFL) & O_NONBLOCK ? "bloke etmeyen" : "bloke eden");
    outcome = show_blocking(left, right);
    if (outcome < 0)
        return outcome;
    if (recv(right, &byte, 1, MSG_DONTWAIT) < 0)
        say("kipi değiştirmeden, tek çağrı için MSG_DONTWAIT → %s",
            stage_error(errno, why, sizeof why));
    outcome = set_blocking(right, false);
    if (outcome == 0 && recv(right, &byte, 1, 0) < 0)
        say("bloke etmeyen kip: recv beklemedi → %s", stage_error(errno, why, sizeof why));
    return outcome;
}

/* region: two-limits */
/* Python'un settimeout'u gibi: sınır her recv için ayrıdır. Dönen: okunan bayt sayısı. */
static int read_with_timeout_per_call(int fd)
{
    char byte;
    int count = 0;
    while (count < DRIP_COUNT && wait_fd(fd, POLLIN, deadline_after(TIMEOUT_SECONDS)) > 0 &&
           recv(fd, &byte, 1, 0) == 1)
        count++;
    return count;
}

/* Zaman sınırı: bütün iş için tek bir an. */
static int read_with_deadline(int fd)
{
    char byte;
    int count = 0;
    deadline_t deadline = deadline_after(TIMEOUT_SECONDS);
    while (count < DRIP_COUNT && wait_fd(fd, POLLIN, deadline) > 0 && recv(fd, &byte, 1, 0) == 1)
        count++;
    return count;
}
/* endregion */

static int show_dripping(int left, int right)
{
    pthread_t thread;
    struct dripper dripper = {.fd = left, .count = DRIP_COUNT, .seconds = DRIP_SECONDS};
    int64_t start = monotonic_ns();
    int error = pthread_create(&thread, NULL, drip, &dripper);
    if (error)
        return -error;
    int count = read_with_timeout_per_call(right);
    say("damla damla gönderen: çağrı başına 0,3 s ile %d baytın hepsi okundu: %s; toplam 0,3 s'yi aştı: %s",
        DRIP_COUNT, count == DRIP_COUNT ? "evet" : "hayır",
        seconds_since(start) > TIMEOUT_SECONDS ? "evet" : "hayır");
    pthread_join(thread, NULL);

    error = pthread_create(&thread, NULL, drip, &dripper);
    if (error)
        return -error;
    count = read_with_deadline(right);
    say("bütün iş için 0,3 s (zaman sınırı) ile yarıda kaldı: %s",
        count < DRIP_COUNT ? "evet" : "hayır");
    pthread_join(thread, NULL);
    return 0;
}

int demo_settimeout(void)
{
    CLOSED_AT_END int left = -1;
    CLOSED_AT_END int right = -1;
    int outcome = stage_pair(&left, &right);
    if (outcome < 0)
        return outcome;
    say("settimeout(None): bloke eden; settimeout(0): bloke etmeyen; settimeout(0.1): önce poll");
    int64_t start = monotonic_ns();
    struct pollfd fds = {.fd = right, .events = POLLIN};
    int ready = poll(&fds, 1, 100);
    say("poll(100 ms) → %d: süre doldu; en az o kadar bekledi: %s", ready,
        seconds_since(start) >= 0.1 ? "evet" : "hayır");
    return show_dripping(left, right);
}

static int show_receive_timeout(void)
{
    char why[STAGE_ERROR_SIZE];
    char byte;
    CLOSED_AT_END int left = -1;
    CLOSED_AT_END int right = -1;
    int outcome = stage_pair(&left, &right);
    if (outcome < 0)
        return outcome;
    struct timeval limit = {.tv_usec = 100000};
    if (setsockopt(right, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) < 0)
        return -errno;
    if (recv(right, &byte, 1, 0) < 0)
        say("SO_RCVTIMEO, 0,1 s: recv → %s; Python: BlockingIOError",
            stage_error(errno, why, sizeof why));
    int ready = poll(&(struct pollfd){.fd = right, .events = POLLIN}, 1, 100);
    say("poll, 0,1 s → %d; Python (settimeout böyle bekler): TimeoutError", ready);
    return 0;
}

/* Kuyruğu dolu bir sunucuya bağlanmak: çekirdek vazgeçene dek yinelenir (olağan ayarlarla iki
 * dakikadan uzun; TCP_USER_TIMEOUT ile kısalır). */
static int show_connect_timeout(void)
{
    char why[STAGE_ERROR_SIZE];
    struct sockaddr_in address = {0};
    socklen_t length = sizeof address;
    unsigned int limit = 300; /* milisaniye */
    CLOSED_AT_END int listener = stage_listen(0);
    CLOSED_AT_END int waiting = listener < 0 ? listener : stage_connect(listener);
    CLOSED_AT_END int late = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (waiting < 0)
        return waiting;
    if (setsockopt(late, IPPROTO_TCP, TCP_USER_TIMEOUT, &limit, sizeof limit) < 0 ||
        getsockname(listener, (struct sockaddr *)&address, &length) < 0)
        return -errno;
    if (connect(late, (struct sockaddr *)&address, length) < 0)
        say("çekirdek vazgeçti: connect → %s; Python: TimeoutError",
            stage_error(errno, why, sizeof why));
    return 0;
}

int demo_timeout(void)
{
    int outcome = show_receive_timeout();
    if (outcome == 0)
        outcome = show_connect_timeout();
    say("socket.timeout, Python 3.10'dan beri TimeoutError'ın öbür adıdır");
    return outcome;
}
