#include "net/listener.h"

#include <errno.h>

#include "base/errtext.h"
#include "base/log.h"

#define PAUSE_NS 200000000

void listener_init(struct listener *listener, int fd)
{
    *listener = (struct listener){.fd = fd};
}

static void pause_accepting(struct listener *listener, int error, int64_t now)
{
    if (!listener->complained)
        log_error("Kabul duraklatıldı: %s", error_text(error));
    listener->complained = true;
    listener->paused_until = now + PAUSE_NS;
}

int listener_accept(struct listener *listener, struct address *peer, int64_t now)
{
    if (now < listener->paused_until)
        return -EAGAIN;
    for (;;) {
        *peer = (struct address){.length = sizeof peer->storage};
        int fd = accept4(listener->fd, &peer->any, &peer->length, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd >= 0) {
            listener->complained = false;
            return fd;
        }
        if (errno == EINTR)
            continue;
        if (error_is_shortage(errno))
            pause_accepting(listener, errno, now);
        else if (errno != EAGAIN)
            /* Sıradaki bağlantı kabul edilemeden koptu; ağ hataları da buradan döner
             * (accept(2)). */
            log_warning("Kabul edilemedi: %s", error_text(errno));
        return -EAGAIN;
    }
}

deadline_t listener_paused_until(const struct listener *listener, int64_t now)
{
    return now < listener->paused_until ? listener->paused_until : DEADLINE_NONE;
}
