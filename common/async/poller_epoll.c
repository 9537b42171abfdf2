#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "async/poller.h"

#define EVENTS_AT_ONCE 256

/* watch_notice poll'un bitlerini ister. */
_Static_assert((EPOLLIN | EPOLLOUT | EPOLLERR | EPOLLHUP | EPOLLRDHUP) ==
                   (POLLIN | POLLOUT | POLLERR | POLLHUP | POLLRDHUP),
               "epoll'ün bitleri poll'unkilerdir");

/* Tek bilgi epoll tanımlayıcısıdır; işaretçinin kendisinde taşınır. */
static int epoll_of(const struct poller *poller)
{
    return (int)(intptr_t)poller;
}

static int open_epoll(struct poller **poller)
{
    int fd = epoll_create1(EPOLL_CLOEXEC);
    *poller = (struct poller *)(intptr_t)fd;
    return fd < 0 ? -errno : 0;
}

static void close_epoll(struct poller *poller)
{
    close(epoll_of(poller));
}

/* region: epoll-add */
static int add(struct poller *poller, struct watch *watch)
{
    struct epoll_event event = {
        .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
        .data.ptr = watch,
    };
    return epoll_ctl(epoll_of(poller), EPOLL_CTL_ADD, watch->fd, &event) < 0 ? -errno : 0;
}

static void remove_watch(struct poller *poller, struct watch *watch)
{
    epoll_ctl(epoll_of(poller), EPOLL_CTL_DEL, watch->fd, NULL);
}
/* endregion */

/* region: epoll-wait */
/* Bildirilirken hiçbir görev çalışmaz; bu yüzden bir olayın sahibi, önceki olay yüzünden kapanmış
 * olamaz. */
static int wait_epoll(struct poller *poller, int timeout)
{
    struct epoll_event events[EVENTS_AT_ONCE];
    int count = epoll_wait(epoll_of(poller), events, EVENTS_AT_ONCE, timeout);
    if (count < 0)
        return errno == EINTR ? 0 : -errno;
    for (int i = 0; i < count; i++)
        watch_notice(events[i].data.ptr, events[i].events);
    return 0;
}
/* endregion */

const struct poller_kind poller_epoll = {
    .name = "epoll",
    .open = open_epoll,
    .close = close_epoll,
    .add = add,
    .remove = remove_watch,
    .wait = wait_epoll,
};
