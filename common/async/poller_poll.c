#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#include "async/poller.h"

struct poller {
    struct pollfd *asked;
    struct watch **watches; /* asked ile aynı sırada */
    size_t count, capacity;
};

static int open_poll(struct poller **poller)
{
    *poller = calloc(1, sizeof **poller);
    return *poller ? 0 : -ENOMEM;
}

static void close_poll(struct poller *poller)
{
    free(poller->asked);
    free(poller->watches);
    free(poller);
}

static int grow(struct poller *poller)
{
    size_t capacity = poller->capacity > 0 ? 2 * poller->capacity : 16;
    struct pollfd *asked = realloc(poller->asked, capacity * sizeof *asked);
    if (!asked)
        return -ENOMEM;
    poller->asked = asked;
    struct watch **watches = realloc(poller->watches, capacity * sizeof(struct watch *));
    if (!watches)
        return -ENOMEM;
    poller->watches = watches;
    poller->capacity = capacity;
    return 0;
}

static int add(struct poller *poller, struct watch *watch)
{
    if (poller->count == poller->capacity && grow(poller) < 0)
        return -ENOMEM;
    poller->watches[poller->count] = watch;
    watch->slot = poller->count++;
    return 0;
}

/* Sonuncu, boşalan yere geçer. */
static void remove_watch(struct poller *poller, struct watch *watch)
{
    struct watch *last = poller->watches[--poller->count];
    poller->watches[watch->slot] = last;
    last->slot = watch->slot;
}

/* poll düzey tetiklemelidir: hazır olduğu bilinen ya da beklenmeyen yön sorulmaz, yoksa hep hemen
 * dönerdi. */
static void ask(struct pollfd *asked, const struct watch *watch)
{
    short events = 0;
    if (watch_wants(watch, WATCH_READ))
        events |= POLLIN | POLLRDHUP;
    if (watch_wants(watch, WATCH_WRITE))
        events |= POLLOUT;
    *asked = (struct pollfd){.fd = events ? watch->fd : -1, .events = events};
}

static int wait_poll(struct poller *poller, int timeout)
{
    for (size_t i = 0; i < poller->count; i++)
        ask(&poller->asked[i], poller->watches[i]);
    int count = poll(poller->asked, poller->count, timeout);
    if (count < 0)
        return errno == EINTR ? 0 : -errno;
    for (size_t i = 0; i < poller->count && count > 0; i++) {
        short got = poller->asked[i].revents;
        if (got == 0)
            continue;
        count--;
        watch_notice(poller->watches[i], (unsigned short)got);
    }
    return 0;
}

const struct poller_kind poller_poll = {
    .name = "poll",
    .open = open_poll,
    .close = close_poll,
    .add = add,
    .remove = remove_watch,
    .wait = wait_poll,
};
