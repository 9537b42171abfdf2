#include "async/stack.h"

#include <errno.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "async/sanitizer.h"

#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#else
#define VALGRIND_STACK_REGISTER(low, high) 0
#define VALGRIND_STACK_DEREGISTER(id) ((void)(id))
#endif

#define STACK_SIZE ((size_t)256 * 1024 * SANITIZER_STACK_SCALE)
#define POOL_MOST 1024

/* glibc 2.36'nın başlıklarında adı yok. */
#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#endif

/* Havuzdaki yığının bağı kendi tepesindedir: o sayfaya zaten dokunulmuştur. */
struct pooled {
    struct stack stack;
    struct pooled *next;
};

static _Thread_local struct pooled *pool;
static _Thread_local size_t pool_count;
static bool mprotect_forced;

static size_t page_size(void)
{
    return (size_t)sysconf(_SC_PAGESIZE);
}

static struct pooled *top_of(const struct stack *stack)
{
    return (struct pooled *)((char *)stack->bottom + stack->size) - 1;
}

static int install_guard(void *page)
{
    if (!mprotect_forced && madvise(page, page_size(), MADV_GUARD_INSTALL) == 0)
        return 0;
    return mprotect(page, page_size(), PROT_NONE) < 0 ? -errno : 0;
}

static int map_stack(struct stack *stack)
{
    size_t whole = page_size() + STACK_SIZE;
    char *mapping = mmap(NULL, whole, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (mapping == MAP_FAILED)
        return -errno;
    int outcome = install_guard(mapping);
    if (outcome < 0) {
        munmap(mapping, whole);
        return outcome;
    }
    *stack = (struct stack){.bottom = mapping + page_size(), .size = STACK_SIZE};
    stack->valgrind = VALGRIND_STACK_REGISTER(stack->bottom, mapping + whole);
    return 0;
}

static void unmap_stack(struct stack *stack)
{
    VALGRIND_STACK_DEREGISTER(stack->valgrind);
    munmap((char *)stack->bottom - page_size(), page_size() + stack->size);
}

int stack_take(struct stack *stack)
{
    if (!pool)
        return map_stack(stack);
    struct pooled *taken = pool;
    *stack = taken->stack;
    pool = taken->next;
    pool_count--;
    return 0;
}

void stack_give(struct stack *stack)
{
    if (pool_count == POOL_MOST) {
        unmap_stack(stack);
        return;
    }
    sanitizer_forget_frames(stack->bottom, stack->size);
    struct pooled *top = top_of(stack);
    *top = (struct pooled){.stack = *stack, .next = pool};
    pool = top;
    pool_count++;
}

void stack_drain_pool(void)
{
    struct stack stack;
    while (pool && stack_take(&stack) == 0)
        unmap_stack(&stack);
}

bool stack_guard_contains(const struct stack *stack, const void *address)
{
    uintptr_t bottom = (uintptr_t)stack->bottom;
    return (uintptr_t)address < bottom && (uintptr_t)address >= bottom - page_size();
}

void stack_force_mprotect(bool force)
{
    mprotect_forced = force;
}
