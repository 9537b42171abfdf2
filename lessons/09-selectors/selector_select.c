/* select: ilgi iki bit kümesindedir; çekirdek kümeyi hazır olanlarla değiştirir.
 *
 * Bu yüzden asıl kümeler saklanır, her turda kopyaları verilir. Küme FD_SETSIZE bittir (1024); daha
 * büyük bir numara için FD_SET kümenin dışındaki belleğe yazardı. Numara sayıdan bağımsızdır: on
 * soketin biri bile 1024'üncü numarayı almışsa select ona bakamaz.
 *
 * Kaynak: select(2)
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/select.h>

#include "selector_backend.h"

struct sets {
    fd_set read;
    fd_set write;
};

struct state {
    struct sets wanted;
    struct sets ready; /* bu turda hazır olup daha verilmeyenler */
    int highest;       /* kayıtlı en büyük numara; kimse yoksa -1 */
    int next;
    int limit; /* bu turda bakılacak numaralar bundan küçüktür */
};

static int open_select(struct selector *selector)
{
    struct state *state = calloc(1, sizeof *state); /* sıfır: boş küme */
    if (!state)
        return -ENOMEM;
    state->highest = -1;
    selector->state = state;
    return 0;
}

static void close_select(struct selector *selector)
{
    free(selector->state);
}

static void set_bit(fd_set *set, int fd, bool on)
{
    if (on)
        FD_SET(fd, set);
    else
        FD_CLR(fd, set);
}

static int modify(struct selector *selector, int fd, short events)
{
    struct state *state = selector->state;
    set_bit(&state->wanted.read, fd, events & SELECTOR_READ);
    set_bit(&state->wanted.write, fd, events & SELECTOR_WRITE);
    return 0;
}

/* region: add */
static int add(struct selector *selector, int fd, short events)
{
    struct state *state = selector->state;
    if (fd >= FD_SETSIZE)
        return -ENOSPC;
    if (fd > state->highest)
        state->highest = fd;
    return modify(selector, fd, events);
}
/* endregion */

static bool wanted(const struct state *state, int fd)
{
    return FD_ISSET(fd, &state->wanted.read) || FD_ISSET(fd, &state->wanted.write);
}

/* Çekirdek sıfırdan en büyük numaraya dek her bite bakar; en büyüğü giden kümeyi daraltır. */
static void remove_fd(struct selector *selector, int fd)
{
    struct state *state = selector->state;
    (void)modify(selector, fd, 0);
    FD_CLR(fd, &state->ready.read);
    FD_CLR(fd, &state->ready.write);
    while (state->highest >= 0 && !wanted(state, state->highest))
        state->highest--;
}

/* region: wait */
static int wait_select(struct selector *selector, int milliseconds)
{
    struct state *state = selector->state;
    struct timeval left = {.tv_sec = milliseconds / 1000, .tv_usec = milliseconds % 1000 * 1000};
    state->ready = state->wanted;
    state->next = state->limit = 0;
    int ready = select(state->highest + 1, &state->ready.read, &state->ready.write, NULL,
                       milliseconds < 0 ? NULL : &left);
    if (ready < 0)
        return -errno;
    state->limit = ready > 0 ? state->highest + 1 : 0;
    return ready;
}
/* endregion */

static int next(struct selector *selector, short *events)
{
    struct state *state = selector->state;
    for (; state->next < state->limit; state->next++) {
        int fd = state->next;
        *events = (short)((FD_ISSET(fd, &state->ready.read) ? SELECTOR_READ : 0) |
                          (FD_ISSET(fd, &state->ready.write) ? SELECTOR_WRITE : 0));
        if (*events != 0) {
            state->next++;
            return fd;
        }
    }
    return -1;
}

const struct selector_backend selector_select = {
    .name = "select",
    .open = open_select,
    .close = close_select,
    .add = add,
    .modify = modify,
    .remove = remove_fd,
    .wait = wait_select,
    .next = next,
};
