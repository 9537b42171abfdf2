#include "watch.h"

#include <errno.h>
#include <stddef.h>
#include <sys/select.h>

bool watch_fits(int fd)
{
    return fd < FD_SETSIZE;
}

static struct timeval time_left(deadline_t deadline)
{
    int64_t left = deadline - monotonic_ns();
    int64_t microseconds = left > 0 ? (left + 999) / 1000 : 0; /* yukarı: erken uyanıp dönmesin */
    return (struct timeval){.tv_sec = microseconds / 1000000, .tv_usec = microseconds % 1000000};
}

/* region: select */
/* Kümeyi kurar; dönen, select'in ilk argümanıdır: en büyük tanımlayıcının bir fazlası. */
static int fill(fd_set *set, const int *fds, int count)
{
    int end = 0;
    FD_ZERO(set);
    for (int i = 0; i < count; i++) {
        FD_SET(fds[i], set);
        end = fds[i] >= end ? fds[i] + 1 : end;
    }
    return end;
}

static int ready_mask(const fd_set *set, const int *fds, int count)
{
    int mask = 0;
    for (int i = 0; i < count; i++)
        mask |= FD_ISSET(fds[i], set) ? 1 << i : 0;
    return mask;
}

int watch_readable(const int *fds, int count, deadline_t deadline)
{
    for (;;) {
        /* select kümeyi yerinde değiştirir, kalan süreyi de timeval'a yazar (yalnız Linux'ta);
         * ikisi de her turda yeniden kurulur. */
        fd_set readable;
        int end = fill(&readable, fds, count);
        struct timeval left = time_left(deadline);
        int ready = select(end, &readable, NULL, NULL, deadline == DEADLINE_NONE ? NULL : &left);
        if (ready > 0)
            return ready_mask(&readable, fds, count);
        if (ready == 0)
            return 0;
        if (errno != EINTR)
            return -errno;
    }
}
/* endregion */
