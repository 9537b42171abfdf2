#include "selector.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "selector_backend.h"

#define FIRST_CAPACITY 64

/* region: backends */
static const struct selector_backend *const backends[] = {
    &selector_epoll,  /* olağan olan: maliyeti hazır olanların sayısıdır */
    &selector_poll,   /* her POSIX sisteminde var: her turda hepsini gezer */
    &selector_select, /* daha eskisi: hepsini gezer, numara FD_SETSIZE'a (1024) varamaz */
    NULL,
};
const char *const selector_backends[] = {"epoll", "poll", "select", NULL};
/* endregion */

static const struct selector_backend *find(const char *name)
{
    const struct selector_backend *const *found = backends;
    while (*found && strcmp((*found)->name, name) != 0)
        found++;
    return *found;
}

int selector_open(struct selector **selector, const char *backend)
{
    const struct selector_backend *found = find(backend);
    if (!found)
        return -EINVAL;
    struct selector *opened = calloc(1, sizeof *opened);
    if (!opened)
        return -ENOMEM;
    opened->backend = found;
    int outcome = found->open(opened);
    if (outcome < 0) {
        free(opened);
        return outcome;
    }
    *selector = opened;
    return 0;
}

void selector_close(struct selector *selector)
{
    selector->backend->close(selector);
    free(selector->registrations);
    free(selector);
}

/* Olaysız kayıt olmaz: kopan bağlantıyı poll ve epoll ona da söyler, select söylemezdi. */
static bool valid(short events)
{
    return events != 0 && (events & ~(SELECTOR_READ | SELECTOR_WRITE)) == 0;
}

static bool registered(const struct selector *selector, int fd)
{
    return fd >= 0 && fd < selector->capacity && selector->registrations[fd].events != 0;
}

/* Tablo en büyük numara kadardır. Çekirdek hep en küçük boş numarayı verdiği için bu, aynı anda
 * açık olanların sayısından büyük olmaz. */
static int make_room(struct selector *selector, int fd)
{
    int capacity = selector->capacity > 0 ? selector->capacity : FIRST_CAPACITY;
    if (fd < selector->capacity)
        return 0;
    while (capacity <= fd)
        capacity *= 2;
    struct registration *grown = realloc(selector->registrations, (size_t)capacity * sizeof *grown);
    if (!grown)
        return -ENOMEM;
    memset(grown + selector->capacity, 0, (size_t)(capacity - selector->capacity) * sizeof *grown);
    selector->registrations = grown;
    selector->capacity = capacity;
    return 0;
}

int selector_add(struct selector *selector, int fd, short events, void *data)
{
    if (fd < 0 || !valid(events))
        return -EINVAL;
    if (registered(selector, fd))
        return -EEXIST;
    int outcome = make_room(selector, fd);
    if (outcome == 0)
        outcome = selector->backend->add(selector, fd, events);
    if (outcome < 0)
        return outcome;
    selector->registrations[fd].data = data;
    selector->registrations[fd].events = events;
    return 0;
}

int selector_modify(struct selector *selector, int fd, short events)
{
    if (!valid(events))
        return -EINVAL;
    if (!registered(selector, fd))
        return -ENOENT;
    int outcome = selector->backend->modify(selector, fd, events);
    if (outcome == 0)
        selector->registrations[fd].events = events;
    return outcome;
}

int selector_remove(struct selector *selector, int fd)
{
    if (!registered(selector, fd))
        return -ENOENT;
    selector->backend->remove(selector, fd);
    selector->registrations[fd].events = 0;
    return 0;
}

/* region: wait */
int selector_wait(struct selector *selector, deadline_t deadline)
{
    int ready;
    do
        ready = selector->backend->wait(selector, deadline_poll_ms(deadline));
    while (ready == -EINTR);
    return ready;
}

bool selector_next(struct selector *selector, struct selector_event *event)
{
    short said;
    int fd;
    while ((fd = selector->backend->next(selector, &said)) >= 0) {
        const struct registration *registration = &selector->registrations[fd];
        /* Bilinmeyen her bit bir hata ya da kopmadır. */
        bool broken = (said & ~(SELECTOR_READ | SELECTOR_WRITE)) != 0;
        short events = broken ? registration->events : (short)(said & registration->events);
        if (events == 0)
            continue; /* turun içinde beklenmez oldu */
        *event = (struct selector_event){.data = registration->data, .events = events};
        return true;
    }
    return false;
}
/* endregion */
