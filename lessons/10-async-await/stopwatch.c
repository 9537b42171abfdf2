#include "stopwatch.h"

#include <sys/resource.h>

#include "base/clock.h"

static double seconds(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

/* region: stopwatch */
struct stopwatch stopwatch_start(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (struct stopwatch){.wall = (double)monotonic_ns() / 1e9,
                              .cpu = seconds(usage.ru_utime) + seconds(usage.ru_stime)};
}
/* endregion */

struct stopwatch stopwatch_read(const struct stopwatch *start)
{
    struct stopwatch now = stopwatch_start();
    return (struct stopwatch){.wall = now.wall - start->wall, .cpu = now.cpu - start->cpu};
}
