#include "base/clock.h"

#include <limits.h>
#include <stdio.h>
#include <time.h>

#define NS_PER_SECOND 1000000000
#define NS_PER_MS 1000000

static int64_t read_clock(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * NS_PER_SECOND + now.tv_nsec;
}

int64_t monotonic_ns(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

int64_t monotonic_coarse_ns(void)
{
    return read_clock(CLOCK_MONOTONIC_COARSE);
}

deadline_t deadline_after(double seconds)
{
    return deadline_from(monotonic_ns(), seconds);
}

deadline_t deadline_from(int64_t start, double seconds)
{
    return seconds <= 0 ? start : start + (int64_t)(seconds * NS_PER_SECOND);
}

deadline_t deadline_sooner(deadline_t a, deadline_t b)
{
    return a < b ? a : b;
}

/* region: round-up */
int deadline_poll_ms(deadline_t deadline)
{
    if (deadline == DEADLINE_NONE)
        return -1;
    int64_t left = deadline - monotonic_ns();
    if (left <= 0)
        return 0;
    int64_t ms = (left + NS_PER_MS - 1) / NS_PER_MS;
    return ms > INT_MAX ? INT_MAX : (int)ms;
}
/* endregion */

const char *datetime_format(char *out, int64_t seconds, long microseconds)
{
    time_t when = (time_t)seconds;
    struct tm local;
    localtime_r(&when, &local);
    size_t used = strftime(out, DATETIME_SIZE, "%Y-%m-%d %H:%M:%S", &local);
    if (microseconds != 0)
        snprintf(out + used, DATETIME_SIZE - used, ".%06ld", microseconds);
    return out;
}

const char *datetime_now(char *out)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return datetime_format(out, now.tv_sec, now.tv_nsec / 1000);
}
