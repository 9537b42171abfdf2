/* poll: ilgi bizim dizimizdedir; her çağrıda bütünü çekirdeğe verilir, çekirdek hepsine bakar.
 *
 * Bir turun maliyeti kayıtlıların sayısıdır. Dizi sıkı tutulur: silinenin yerine sonuncu taşınır,
 * boşluk kalmaz, silmek kayıt sayısına bağlı değildir.
 *
 * Kaynak: poll(2)
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#include "selector_backend.h"

#define FIRST_CAPACITY 64

struct state {
    struct pollfd *fds;
    int count;
    int capacity;
    int next; /* bu turda bakılacak ilk sıra */
    int left; /* bu turda daha verilmemiş hazır tanımlayıcı sayısı */
};

static int open_poll(struct selector *selector)
{
    selector->state = calloc(1, sizeof(struct state));
    return selector->state ? 0 : -ENOMEM;
}

static void close_poll(struct selector *selector)
{
    struct state *state = selector->state;
    free(state->fds);
    free(state);
}

static int make_room(struct state *state)
{
    if (state->count < state->capacity)
        return 0;
    int capacity = state->capacity > 0 ? 2 * state->capacity : FIRST_CAPACITY;
    struct pollfd *grown = realloc(state->fds, (size_t)capacity * sizeof *grown);
    if (!grown)
        return -ENOMEM;
    state->fds = grown;
    state->capacity = capacity;
    return 0;
}

static int add(struct selector *selector, int fd, short events)
{
    struct state *state = selector->state;
    int outcome = make_room(state);
    if (outcome < 0)
        return outcome;
    selector->registrations[fd].place = state->count;
    state->fds[state->count++] = (struct pollfd){.fd = fd, .events = events};
    return 0;
}

static int modify(struct selector *selector, int fd, short events)
{
    struct state *state = selector->state;
    state->fds[selector->registrations[fd].place].events = events;
    return 0;
}

/* region: remove */
/* Turun ortasında taşınan sonuncu, geçilmiş bir sıraya düşebilir; o zaman bu turda atlanır,
 * hazır kaldığı için sonraki turda verilir. */
static void remove_fd(struct selector *selector, int fd)
{
    struct state *state = selector->state;
    int place = selector->registrations[fd].place;
    state->fds[place] = state->fds[--state->count];
    selector->registrations[state->fds[place].fd].place = place;
}
/* endregion */

static int wait_poll(struct selector *selector, int milliseconds)
{
    struct state *state = selector->state;
    state->next = 0;
    state->left = 0;
    int ready = poll(state->fds, (nfds_t)state->count, milliseconds);
    if (ready < 0)
        return -errno;
    state->left = ready;
    return ready;
}

static int next(struct selector *selector, short *events)
{
    struct state *state = selector->state;
    while (state->left > 0 && state->next < state->count) {
        const struct pollfd *at = &state->fds[state->next++];
        if (at->revents == 0)
            continue;
        state->left--;
        *events = at->revents;
        return at->fd;
    }
    return -1;
}

const struct selector_backend selector_poll = {
    .name = "poll",
    .open = open_poll,
    .close = close_poll,
    .add = add,
    .modify = modify,
    .remove = remove_fd,
    .wait = wait_poll,
    .next = next,
};
