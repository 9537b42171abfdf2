/* epoll: ilgi çekirdekte durur, epoll_wait yalnız hazır olanları getirir.
 *
 * Bir turun maliyeti kayıtlıların değil, hazır olanların sayısıdır. Kenar tetiklemeli (EPOLLET) kip
 * bilerek kullanılmadı: hazır olma bir kez söylenir, EAGAIN'e dek okumayı unutan bağlantı sonsuza
 * dek uyur.
 *
 * Kaynak: epoll(7), epoll_create1(2), epoll_ctl(2), epoll_wait(2)
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "selector_backend.h"

/* Bir turda en çok bu kadar olay alınır. Sığmayanlar yitmez: çekirdek verdiğini sıranın sonuna
 * koyar, sonraki tur kalanlarla başlar. */
#define BATCH 256

/* Sayılar Linux'ta aynıdır; bu yüzden çeviren kod yok. */
_Static_assert(EPOLLIN == (int)SELECTOR_READ && EPOLLOUT == (int)SELECTOR_WRITE, "poll ve epoll");

#define REMOVED (-1)

struct state {
    int epoll_fd;
    int count; /* bu turda gelen */
    int next;
    struct epoll_event ready[BATCH];
};

static int open_epoll(struct selector *selector)
{
    struct state *state = calloc(1, sizeof *state);
    if (!state)
        return -ENOMEM;
    state->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (state->epoll_fd < 0) {
        int error = errno;
        free(state);
        return -error;
    }
    selector->state = state;
    return 0;
}

static void close_epoll(struct selector *selector)
{
    struct state *state = selector->state;
    close(state->epoll_fd);
    free(state);
}

/* region: control */
static int control(struct selector *selector, int operation, int fd, short events)
{
    const struct state *state = selector->state;
    struct epoll_event event = {.events = (uint32_t)events, .data.fd = fd};
    return epoll_ctl(state->epoll_fd, operation, fd, &event) < 0 ? -errno : 0;
}

static int add(struct selector *selector, int fd, short events)
{
    return control(selector, EPOLL_CTL_ADD, fd, events);
}

static int modify(struct selector *selector, int fd, short events)
{
    return control(selector, EPOLL_CTL_MOD, fd, events);
}

/* Çekirdekten alınmış ama daha verilmemiş olay, silinen kaydındır: yoksa numara yeni bir sokete
 * verilirse onun sanılırdı. En çok BATCH kayda bakılır. */
static void remove_fd(struct selector *selector, int fd)
{
    struct state *state = selector->state;
    (void)control(selector, EPOLL_CTL_DEL, fd, 0);
    for (int i = state->next; i < state->count; i++)
        if (state->ready[i].data.fd == fd)
            state->ready[i].data.fd = REMOVED;
}
/* endregion */

static int wait_epoll(struct selector *selector, int milliseconds)
{
    struct state *state = selector->state;
    state->next = state->count = 0;
    int count = epoll_wait(state->epoll_fd, state->ready, BATCH, milliseconds);
    if (count < 0)
        return -errno;
    state->count = count;
    return count;
}

static int next(struct selector *selector, short *events)
{
    struct state *state = selector->state;
    while (state->next < state->count) {
        const struct epoll_event *event = &state->ready[state->next++];
        *events = (short)event->events;
        if (event->data.fd != REMOVED)
            return event->data.fd;
    }
    return -1;
}

const struct selector_backend selector_epoll = {
    .name = "epoll",
    .open = open_epoll,
    .close = close_epoll,
    .add = add,
    .modify = modify,
    .remove = remove_fd,
    .wait = wait_epoll,
    .next = next,
};
