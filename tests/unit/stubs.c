#include "stubs.h"

#include <stddef.h>
#include <stdatomic.h>
#include <time.h>

/* NOLINTBEGIN(bugprone-reserved-identifier) */
int __real_clock_gettime(clockid_t clock, struct timespec *now);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now);
void *__real_realloc(void *old, size_t size);
void *__wrap_realloc(void *old, size_t size);

static bool clock_is_frozen;
static struct timespec frozen_now;
static bool memory_is_full;
static atomic_int reallocs; /* başka iş parçacıkları da çağırabilir */

int __wrap_clock_gettime(clockid_t clock, struct timespec *now)
{
    if (!clock_is_frozen)
        return __real_clock_gettime(clock, now);
    *now = frozen_now;
    return 0;
}

void *__wrap_realloc(void *old, size_t size)
{
    reallocs++;
    return memory_is_full ? NULL : __real_realloc(old, size);
}
/* NOLINTEND(bugprone-reserved-identifier) */

void stub_freeze_clock(int64_t seconds, int64_t nanoseconds)
{
    frozen_now = (struct timespec){.tv_sec = (time_t)seconds, .tv_nsec = (long)nanoseconds};
    clock_is_frozen = true;
}

void stub_release_clock(void)
{
    clock_is_frozen = false;
}

void stub_fill_memory(bool full)
{
    memory_is_full = full;
}

int stub_realloc_count(void)
{
    return reallocs;
}
