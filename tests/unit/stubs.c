#include "stubs.h"

#include <errno.h>
#include <stddef.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* NOLINTBEGIN(bugprone-reserved-identifier) */
int __real_clock_gettime(clockid_t clock, struct timespec *now);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now);
void *__real_realloc(void *old, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
/* meson'un verdiği _FILE_OFFSET_BITS=64 ile mmap çağrıları bu ada gider. */
void *__real_mmap64(void *at, size_t length, int protection, int flags, int fd, off_t offset);
void *__wrap_mmap64(void *at, size_t length, int protection, int flags, int fd, off_t offset);

int __real_accept4(int fd, struct sockaddr *address, socklen_t *length, int flags);
int __wrap_accept4(int fd, struct sockaddr *address, socklen_t *length, int flags);
int __real_eventfd_write(int fd, eventfd_t value);
int __wrap_eventfd_write(int fd, eventfd_t value);

static bool clock_is_frozen;
static struct timespec frozen_now;
static bool memory_is_full;
static bool address_space_is_full;
static int aborted_accepts;
static atomic_int wakeup_delay_us;
static atomic_int wakeups;
static atomic_int failed_wakeups;
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

void *__wrap_malloc(size_t size)
{
    return memory_is_full ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return memory_is_full ? NULL : __real_calloc(count, size);
}

void *__wrap_mmap64(void *at, size_t length, int protection, int flags, int fd, off_t offset)
{
    if (!address_space_is_full)
        return __real_mmap64(at, length, protection, flags, fd, offset);
    errno = ENOMEM;
    return MAP_FAILED;
}

int __wrap_accept4(int fd, struct sockaddr *address, socklen_t *length, int flags)
{
    if (aborted_accepts == 0)
        return __real_accept4(fd, address, length, flags);
    aborted_accepts--;
    errno = ECONNABORTED;
    return -1;
}

int __wrap_eventfd_write(int fd, eventfd_t value)
{
    wakeups++;
    if (wakeup_delay_us > 0)
        usleep((useconds_t)wakeup_delay_us);
    int outcome = __real_eventfd_write(fd, value);
    failed_wakeups += outcome < 0;
    return outcome;
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

void stub_fill_address_space(bool full)
{
    address_space_is_full = full;
}

int stub_realloc_count(void)
{
    return reallocs;
}

void stub_delay_wakeups(int microseconds)
{
    wakeup_delay_us = microseconds;
}

int stub_wakeup_count(void)
{
    return wakeups;
}

int stub_failed_wakeups(void)
{
    return failed_wakeups;
}

void stub_abort_accepts(int count)
{
    aborted_accepts = count;
}
