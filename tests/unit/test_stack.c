/* async/stack: koruma sayfası, havuz, bellek yokluğu. */
#include "async/stack.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "check.h"
#include "child.h"
#include "stubs.h"

#define POOL_MOST 1024
#define DOCUMENTED_SIZE ((size_t)256 * 1024)

static size_t page_size(void)
{
    return (size_t)sysconf(_SC_PAGESIZE);
}

static struct stack take(void)
{
    struct stack stack;
    CHECK_INT_EQ(stack_take(&stack), 0);
    return stack;
}

/* Adresin sayfası bu süreçte eşlenmiş mi (mincore(2), ENOMEM)? */
static bool mapped(const void *address)
{
    uintptr_t page = (uintptr_t)address & ~(page_size() - 1);
    unsigned char in_memory;
    return mincore((void *)page, page_size(), &in_memory) == 0;
}

static void stack_is_writable_from_end_to_end(void)
{
    struct stack stack = take();
    CHECK_BETWEEN(stack.size, DOCUMENTED_SIZE, 8 * DOCUMENTED_SIZE);
    memset(stack.bottom, 0xA5, stack.size);
    CHECK_INT_EQ(((unsigned char *)stack.bottom)[stack.size - 1], 0xA5);
    stack_give(&stack);
    stack_drain_pool();
}

static void stacks_do_not_overlap(void)
{
    struct stack first = take(), second = take();
    char *a = first.bottom, *b = second.bottom;
    CHECK_TRUE(a + first.size <= b || b + second.size <= a);
    stack_give(&first);
    stack_give(&second);
    stack_drain_pool();
}

/* Son bırakılanın sayfaları büyük olasılıkla hâlâ önbellektedir. */
static void last_given_is_taken_first(void)
{
    struct stack stacks[3] = {take(), take(), take()};
    for (size_t i = 0; i < 3; i++) {
        struct stack copy = stacks[i];
        stack_give(&copy);
    }
    for (size_t i = 3; i-- > 0;) {
        struct stack again = take();
        CHECK_TRUE(again.bottom == stacks[i].bottom);
        CHECK_INT_EQ(again.size, stacks[i].size);
    }
    for (size_t i = 0; i < 3; i++)
        stack_give(&stacks[i]);
    stack_drain_pool();
}

static void draining_unmaps_every_pooled_stack(void)
{
    struct stack stacks[3] = {take(), take(), take()};
    for (size_t i = 0; i < 3; i++)
        stack_give(&(struct stack){stacks[i].bottom, stacks[i].size, stacks[i].valgrind});
    stack_drain_pool();
    for (size_t i = 0; i < 3; i++)
        CHECK_FALSE(mapped(stacks[i].bottom));
}

static size_t count_mapped(const struct stack *stacks, size_t count)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        found += mapped(stacks[i].bottom);
    return found;
}

/* Havuz sınırlıdır: bir an çok görev olmuş diye bellek sonsuza dek tutulmaz. Geri verilenlerin
 * birkaçının yerine hata bulucunun kendi eşlemeleri düşmüş olabilir. */
static void pool_keeps_a_bounded_number(void)
{
    enum { COUNT = POOL_MOST + 50 };
    static struct stack stacks[COUNT];
    for (size_t i = 0; i < COUNT; i++)
        stacks[i] = take();
    for (size_t i = 0; i < COUNT; i++) {
        struct stack copy = stacks[i];
        stack_give(&copy);
    }
    CHECK_BETWEEN(count_mapped(stacks, COUNT), POOL_MOST, POOL_MOST + 10);
    stack_drain_pool();
    CHECK_BETWEEN(count_mapped(stacks, COUNT), 0, 10);
}

static void pool_counts_what_is_taken_out(void)
{
    for (int i = 0; i < 2 * POOL_MOST; i++) {
        struct stack stack = take();
        stack_give(&stack);
    }
    struct stack stack = take();
    void *bottom = stack.bottom;
    stack_give(&stack);
    CHECK_TRUE(mapped(bottom));
    stack_drain_pool();
}

static void guard_is_exactly_the_page_below(void)
{
    struct stack stack = take();
    const char *bottom = stack.bottom;
    CHECK_TRUE(stack_guard_contains(&stack, bottom - 1));
    CHECK_TRUE(stack_guard_contains(&stack, bottom - page_size()));
    CHECK_FALSE(stack_guard_contains(&stack, bottom));
    CHECK_FALSE(stack_guard_contains(&stack, bottom - page_size() - 1));
    CHECK_FALSE(stack_guard_contains(&stack, NULL));
    stack_give(&stack);
    stack_drain_pool();
}

struct touch {
    bool forced;
    ptrdiff_t at;
};

/* Hata bulucunun işleyicisi değil, çekirdeğin verdiği son görülsün diye sinyal olağan hâline
 * getirilir. */
static void touch_below(void *argument)
{
    const struct touch *touch = argument;
    stack_force_mprotect(touch->forced);
    struct stack stack = take();
    signal(SIGSEGV, SIG_DFL);
    signal(SIGBUS, SIG_DFL);
    *(volatile char *)((char *)stack.bottom + touch->at) = 1;
}

static int signal_of_touch(bool forced, ptrdiff_t at)
{
    return child_run(touch_below, &(struct touch){forced, at}).signal;
}

static void touching_the_guard_kills(void)
{
    ptrdiff_t page = (ptrdiff_t)page_size();
    CHECK_INT_EQ(signal_of_touch(false, -1), SIGSEGV);
    CHECK_INT_EQ(signal_of_touch(false, -page), SIGSEGV);
    CHECK_INT_EQ(signal_of_touch(false, 0), 0);
}

static void touching_the_mprotect_guard_kills(void)
{
    ptrdiff_t page = (ptrdiff_t)page_size();
    CHECK_INT_EQ(signal_of_touch(true, -1), SIGSEGV);
    CHECK_INT_EQ(signal_of_touch(true, -page), SIGSEGV);
    CHECK_INT_EQ(signal_of_touch(true, 0), 0);
}

/* `at`in içinde olduğu eşlemenin izinleri, örneğin "---p"; bulunamazsa "". */
static void permissions_at(const void *at, char out[5])
{
    FILE *maps = fopen("/proc/self/maps", "re");
    CHECK_TRUE(maps != NULL);
    char line[512];
    uintptr_t low, high;
    out[0] = '\0';
    while (fgets(line, sizeof line, maps)) {
        char found[5];
        /* NOLINTNEXTLINE(cert-err34-c): çekirdeğin yazdığı biçim bellidir */
        if (sscanf(line, "%zx-%zx %4s", &low, &high, found) == 3 && (uintptr_t)at >= low &&
            (uintptr_t)at < high)
            memcpy(out, found, sizeof found);
    }
    fclose(maps);
}

static void forced_guard_is_made_by_mprotect(void)
{
    char permissions[5];
    stack_force_mprotect(true);
    struct stack stack = take();
    stack_force_mprotect(false);
    permissions_at((char *)stack.bottom - 1, permissions);
    CHECK_TEXT_EQ(permissions, "---p");
    permissions_at(stack.bottom, permissions);
    CHECK_TEXT_EQ(permissions, "rw-p");
    stack_give(&stack);
    stack_drain_pool();
}

static void guard_survives_the_pool(void)
{
    struct stack stack = take();
    stack_give(&stack);
    CHECK_INT_EQ(signal_of_touch(false, -1), SIGSEGV); /* havuzdakini alır */
    stack_drain_pool();
}

static void no_address_space_is_an_error(void)
{
    struct stack stack;
    stub_fill_address_space(true);
    int outcome = stack_take(&stack);
    stub_fill_address_space(false);
    CHECK_INT_EQ(outcome, -ENOMEM);
}

static void pooled_stack_needs_no_address_space(void)
{
    struct stack stack = take();
    stack_give(&stack);
    stub_fill_address_space(true);
    int outcome = stack_take(&stack);
    stub_fill_address_space(false);
    CHECK_INT_EQ(outcome, 0);
    stack_give(&stack);
    stack_drain_pool();
}

static const struct check_test tests[] = {
    {RUN(stack_is_writable_from_end_to_end)},
    {RUN(stacks_do_not_overlap)},
    {RUN(last_given_is_taken_first)},
    {RUN(draining_unmaps_every_pooled_stack)},
    {RUN(pool_keeps_a_bounded_number)},
    {RUN(pool_counts_what_is_taken_out)},
    {RUN(guard_is_exactly_the_page_below)},
    {RUN(touching_the_guard_kills)},
    {RUN(touching_the_mprotect_guard_kills)},
    {RUN(forced_guard_is_made_by_mprotect)},
    {RUN(guard_survives_the_pool)},
    {RUN(no_address_space_is_an_error)},
    {RUN(pooled_stack_needs_no_address_space)},
};

int main(void)
{
    return CHECK_RUN(tests);
}
