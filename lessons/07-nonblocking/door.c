#include "door.h"

#include <errno.h>
#include <sys/socket.h>

#include "base/errtext.h"
#include "base/log.h"
#include "net/socket.h"

#define PAUSE_NS 200000000

int door_open(struct door *door, const char *host, int port, const char **why)
{
    int fd = socket_listen(host, port, SOCK_STREAM, SOMAXCONN, why);
    *door = (struct door){.fd = fd};
    return fd < 0 ? fd : 0;
}

bool door_is_shut(const struct door *door, int64_t now)
{
    return now < door->shut_until;
}

static void shut(struct door *door, int error, int64_t now)
{
    if (!door->complained)
        log_error("Kabul duraklatıldı: %s", error_text(error));
    door->complained = true;
    door->shut_until = now + PAUSE_NS;
}

/* region: accept */
/* accept4'ün üç sonu var: yeni bir soket, "sırada kimse yok" (EAGAIN) ya da bir hata. Soketin bloke
 * etmeyen kipi dinleyenden miras kalmaz; SOCK_NONBLOCK onu aynı çağrıda verir. */
int door_accept(struct door *door, struct address *peer, int64_t now)
{
    if (door_is_shut(door, now))
        return -EAGAIN;
    *peer = (struct address){.length = sizeof peer->storage};
    int fd = accept4(door->fd, &peer->any, &peer->length, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd >= 0)
        door->complained = false;
    else if (error_is_shortage(errno))
        shut(door, errno, now);
    else if (errno != EAGAIN && errno != EINTR)
        /* Sıradaki bağlantı kabul edilemeden koptu; ağ hataları da buradan döner (accept(2)). */
        log_warning("Kabul edilemedi: %s", error_text(errno));
    return fd >= 0 ? fd : -EAGAIN;
}
/* endregion */
