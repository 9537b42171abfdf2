#include "door.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/errtext.h"
#include "base/log.h"
#include "base/stop.h"
#include "net/socket.h"
#include "protocol.h"

#define FULL "Sunucu dolu, daha sonra deneyin\n"
#define REFUSED_SECONDS 0.5
#define CLOSING_SECONDS 0.2
#define ACCEPT_PAUSE_SECONDS 0.2

int door_open(struct door *door, const char *host, int port, const char **why)
{
    *door = (struct door){.listener = socket_listen(host, port, SOCK_STREAM, SOMAXCONN, why)};
    return door->listener < 0 ? door->listener : 0;
}

static void close_oldest(struct door *door)
{
    close(door->refused[door->oldest].fd);
    door->oldest = (door->oldest + 1) % REFUSED_MAX;
    door->refused_count--;
}

/* Son sözü gönderir, yazma yarısını kapatır ve soketi kenara koyar. Söz tek denemede gider: yeni
 * bağlantının gönderme tamponu boştur. */
static void dismiss(struct door *door, int fd, const char *word)
{
    send(fd, word, strlen(word), MSG_NOSIGNAL | MSG_DONTWAIT);
    shutdown(fd, SHUT_WR);
    if (door->refused_count == REFUSED_MAX)
        close_oldest(door);
    size_t free_place = (door->oldest + door->refused_count) % REFUSED_MAX;
    door->refused[free_place] = (struct refused){fd, deadline_after(REFUSED_SECONDS)};
    door->refused_count++;
}

void door_refuse(struct door *door, const struct visitor *visitor)
{
    log_warning("Sunucu dolu, geri çevrildi: %s", visitor->name);
    dismiss(door, visitor->fd, FULL);
}

void door_tidy(struct door *door)
{
    while (door->refused_count > 0 && door->refused[door->oldest].until <= monotonic_ns())
        close_oldest(door);
}

static int try_accept(struct door *door, struct visitor *visitor)
{
    struct address peer = {.length = sizeof peer.storage};
    visitor->fd = accept4(door->listener, &peer.any, &peer.length, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (visitor->fd < 0)
        return -errno;
    address_text(&peer, visitor->name);
    return 0;
}

static void note_failure(struct door *door, int error)
{
    if (error_is_shortage(error)) {
        if (!door->short_of_descriptors)
            log_error("Kabul duraklatıldı: %s", error_text(error));
        door->short_of_descriptors = true;
    } else if (error == -EAGAIN) {
        /* Aynı kapıda bekleyen başka bir süreç önce davrandı; bu süreç boşuna uyandı. */
        log_debug("Bağlantıyı başka bir işçi aldı");
    } else if (error != -EINTR) {
        /* accept(2): kabul edilemeden kopan bağlantının ağ hatası da buradan döner. */
        log_warning("Kabul edilemedi: %s", error_text(error));
    }
}

/* poll'ün bekleyeceği en son an: çağıranın sınırı, kenardaki soketin süresi ya da duraklamanın
 * sonu. */
static deadline_t next_moment(const struct door *door, bool pausing, deadline_t deadline)
{
    if (door->refused_count > 0)
        deadline = deadline_sooner(deadline, door->refused[door->oldest].until);
    if (pausing)
        deadline = deadline_sooner(deadline, deadline_after(ACCEPT_PAUSE_SECONDS));
    return deadline;
}

/* region: next */
int door_next(struct door *door, int wake, deadline_t deadline, struct visitor *visitor)
{
    /* Tanımlayıcı kalmadıysa dinleyen sokete bir süre bakılmaz (poll, -1'i atlar): kuyruktaki
     * bağlantı onu hep okunur gösterir, döngü boşuna dönerdi. */
    bool pausing = door->short_of_descriptors;
    for (;;) {
        struct pollfd fds[] = {
            {.fd = stop_fd(), .events = POLLIN},
            {.fd = wake, .events = POLLIN},
            {.fd = pausing ? -1 : door->listener, .events = POLLIN},
        };
        int patience = deadline_poll_ms(next_moment(door, pausing, deadline));
        poll(fds, 3, patience); /* EINTR: revents boştur, bir tur daha */
        door_tidy(door);
        pausing = false;
        if (fds[0].revents)
            return -ECANCELED;
        if (fds[1].revents)
            return 0;
        if (fds[2].revents) {
            int outcome = try_accept(door, visitor);
            if (outcome == 0) {
                door->short_of_descriptors = false;
                log_info("Yeni bağlantı: %s", visitor->name);
                return 1;
            }
            note_failure(door, outcome);
            pausing = door->short_of_descriptors;
        }
        if (monotonic_ns() >= deadline)
            return 0;
    }
}
/* endregion */

/* region: waiting */
long door_waiting(const struct door *door)
{
    struct tcp_info info;
    socklen_t size = sizeof info;
    if (getsockopt(door->listener, IPPROTO_TCP, TCP_INFO, &info, &size) < 0)
        return 0;
    return info.tcpi_unacked; /* dinleyen sokette: kabul kuyruğunun boyu */
}

/* Geri çevrilen en uzun bekleyendir: kuyruğa yalnız baştan ulaşılır. */
void door_refuse_waiting(struct door *door, long count)
{
    struct visitor visitor;
    while (count-- > 0 && try_accept(door, &visitor) == 0)
        door_refuse(door, &visitor);
}
/* endregion */

void door_close(struct door *door)
{
    struct visitor visitor;
    for (long count = door_waiting(door); count > 0 && try_accept(door, &visitor) == 0; count--)
        dismiss(door, visitor.fd, GOODBYE);
    close(door->listener);
    deadline_t deadline = deadline_sooner(deadline_after(CLOSING_SECONDS), stop_deadline());
    for (; door->refused_count > 0; door->refused_count--) {
        socket_close_gracefully(door->refused[door->oldest].fd, deadline);
        door->oldest = (door->oldest + 1) % REFUSED_MAX;
    }
}

void door_leave(struct door *door)
{
    close(door->listener);
    while (door->refused_count > 0)
        close_oldest(door);
}
