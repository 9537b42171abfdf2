#include "net/listener.h"

#include <errno.h>

#include "base/errtext.h"
#include "base/log.h"

#define PAUSE_NS 200000000

/* Art arda bu kadar kabul edilemeyen bağlantıdan sonra durulur. */
#define ABORTED_MOST 64

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
    int error = 0;
    for (int aborted = 0; aborted < ABORTED_MOST;) {
        *peer = (struct address){.length = sizeof peer->storage};
        int fd = accept4(listener->fd, &peer->any, &peer->length, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd >= 0) {
            listener->complained = false;
            return fd;
        }
        if (errno == EINTR)
            continue;
        error = errno;
        if (error == EAGAIN)
            return -EAGAIN;
        if (error_is_shortage(error))
            break;
        /* Sıradaki bağlantı kabul edilemeden koptu; ağ hataları da buradan döner (accept(2)).
         * Arkasında bekleyenler olabilir: kenar tetiklemeli bir döngü onları bir daha haber
         * vermez. */
        log_warning("Kabul edilemedi: %s", error_text(error));
        aborted++;
    }
    pause_accepting(listener, error, now);
    return -EAGAIN;
}

deadline_t listener_paused_until(const struct listener *listener, int64_t now)
{
    return now < listener->paused_until ? listener->paused_until : DEADLINE_NONE;
}
