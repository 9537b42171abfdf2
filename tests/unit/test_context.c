/* async/context: geçişte korunanlar, başlangıç, son. */
#include "async/context.h"

#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <ucontext.h>
#include <unwind.h>

#include "async/context_machine.h"
#include "async/stack.h"
#include "check.h"
#include "child.h"

/* Kendi yığınında çalışan yardımcı yürütme ve onu süren testinki. */
struct partner {
    struct context here;
    struct context there;
    struct stack stack;
    void (*work)(struct partner *partner);
    int turns; /* count_and_go_back kaç kez geri döner */
    int count;
};

static void partner_body(void *argument)
{
    struct partner *partner = argument;
    partner->work(partner);
    context_finish(&partner->there, &partner->here);
}

static void start(struct partner *partner, void (*work)(struct partner *))
{
    *partner = (struct partner){.work = work};
    CHECK_INT_EQ(stack_take(&partner->stack), 0);
    context_init_thread(&partner->here);
    context_init(&partner->there, partner->stack.bottom, partner->stack.size, partner_body,
                 partner);
}

static void go_there(struct partner *partner)
{
    context_switch(&partner->here, &partner->there);
}

static void go_back(struct partner *partner)
{
    context_switch(&partner->there, &partner->here);
}

static void end(struct partner *partner)
{
    context_destroy(&partner->there);
    stack_give(&partner->stack);
    stack_drain_pool();
}

static void count_once(struct partner *partner)
{
    partner->count++;
}

static void entry_does_not_run_before_the_first_switch(void)
{
    struct partner partner;
    start(&partner, count_once);
    CHECK_INT_EQ(partner.count, 0);
    go_there(&partner);
    CHECK_INT_EQ(partner.count, 1);
    end(&partner);
}

static void never_started_context_may_be_destroyed(void)
{
    struct partner partner;
    start(&partner, count_once);
    end(&partner);
    CHECK_INT_EQ(partner.count, 0);
}

static void count_and_go_back(struct partner *partner)
{
    for (int i = 0; i < partner->turns; i++) {
        partner->count++;
        go_back(partner);
    }
}

static void each_switch_continues_where_it_stopped(void)
{
    struct partner partner;
    start(&partner, count_and_go_back);
    partner.turns = 1000;
    for (int i = 1; i <= 1000; i++) {
        go_there(&partner);
        CHECK_INT_EQ(partner.count, i);
    }
    go_there(&partner); /* döngüden çıkar, biter */
    CHECK_INT_EQ(partner.count, 1000);
    end(&partner);
}

static void work_on_own_stack(struct partner *partner)
{
    uintptr_t frame = (uintptr_t)__builtin_frame_address(0);
    uintptr_t bottom = (uintptr_t)partner->stack.bottom;
    partner->count = frame >= bottom && frame < bottom + partner->stack.size;
}

static void entry_runs_on_the_given_stack(void)
{
    struct partner partner;
    start(&partner, work_on_own_stack);
    go_there(&partner);
    CHECK_TRUE(partner.count);
    end(&partner);
}

/* Derleyici, 16'lık hizanın geldiğine güvenerek SSE komutları üretir; hiza bozuksa süreç ölür. */
static void note_alignment(struct partner *partner)
{
#if defined(__x86_64__)
    _Alignas(16) char aligned[16] = {0};
    __asm__ volatile("movaps %%xmm0, %0" : "=m"(*(char(*)[16])aligned));
#endif
    partner->count = (int)((uintptr_t)__builtin_frame_address(0) % 16);
}

static void stack_is_aligned_at_entry(void)
{
    struct partner partner;
    start(&partner, note_alignment);
    go_there(&partner);
    CHECK_INT_EQ(partner.count, 0);
    end(&partner);
}

/* Çağıran yığının sonunu hizalamak zorunda değildir. */
static void stack_of_any_size_is_aligned_at_entry(void)
{
    for (size_t less = 1; less <= 40; less++) {
        struct partner partner;
        start(&partner, note_alignment);
        context_destroy(&partner.there);
        context_init(&partner.there, partner.stack.bottom, partner.stack.size - less, partner_body,
                     &partner);
        partner.count = -1;
        go_there(&partner);
        CHECK_INT_EQ(partner.count, 0);
        end(&partner);
    }
}

/* Yerel değişkenlerin kimi yazmaçta, kimi yığında durur; ikisi de yerinde kalmalıdır. */
static uint64_t mix(uint64_t seed, struct partner *partner, void (*go)(struct partner *))
{
    uint64_t a = seed, b = seed * 3, c = seed * 5, d = seed * 7, e = seed * 11, f = seed * 13;
    double x = (double)seed, y = x * 3, z = x * 5;
    volatile char filled[512];
    memset((char *)(uintptr_t)filled, (int)seed, sizeof filled);
    for (int i = 0; i < 100; i++) {
        go(partner);
        a += b, b += c, c += d, d += e, e += f, f += seed;
        x += y, y += z, z += 1;
    }
    for (size_t i = 0; i < sizeof filled; i++)
        a += (unsigned char)filled[i];
    return a + b + c + d + e + f + (uint64_t)(x + y + z);
}

static void stay(struct partner *partner)
{
    (void)partner;
}

static void mix_there(struct partner *partner)
{
    partner->count = mix(9, partner, go_back) == mix(9, partner, stay);
}

static void local_variables_survive_switches(void)
{
    struct partner partner;
    start(&partner, mix_there);
    uint64_t alone = mix(4, &partner, stay);
    uint64_t switched = mix(4, &partner, go_there);
    CHECK_TRUE(switched == alone);
    go_there(&partner);
    CHECK_INT_EQ(partner.count, 1);
    end(&partner);
}

#if defined(__x86_64__)
/* İki kayan nokta biriminin yuvarlama biçimi: SSE'ninki MXCSR'de, x87'ninki kendi denetim
 * sözcüğünde. */
enum { NEAREST, DOWN, UP, TOWARDS_ZERO };

struct rounding {
    unsigned sse, x87;
};

static struct rounding current_rounding(void)
{
    uint32_t mxcsr;
    uint16_t control;
    __asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
    __asm__ volatile("fnstcw %0" : "=m"(control));
    return (struct rounding){mxcsr >> 13 & 3, control >> 10 & 3U};
}

static void set_rounding(unsigned sse, unsigned x87)
{
    uint32_t mxcsr;
    uint16_t control;
    __asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
    __asm__ volatile("fnstcw %0" : "=m"(control));
    mxcsr = (mxcsr & ~(3U << 13)) | sse << 13;
    control = (uint16_t)((control & ~(3U << 10)) | x87 << 10);
    __asm__ volatile("ldmxcsr %0" : : "m"(mxcsr));
    __asm__ volatile("fldcw %0" : : "m"(control));
}

struct rounding_case {
    struct rounding here, there;
};

static const struct rounding_case rounding_cases[] = {
    {{NEAREST, NEAREST}, {NEAREST, NEAREST}}, {{DOWN, UP}, {UP, TOWARDS_ZERO}},
    {{DOWN, NEAREST}, {UP, NEAREST}}, /* yalnız biri ayrı: geçiş, ikisi de aynıysa atlayabilir */
    {{NEAREST, DOWN}, {NEAREST, UP}},         {{NEAREST, NEAREST}, {UP, NEAREST}},
    {{NEAREST, NEAREST}, {NEAREST, UP}},
};

enum { ROUNDING_CASES = sizeof rounding_cases / sizeof *rounding_cases };

static bool rounding_is(struct rounding expected)
{
    struct rounding now = current_rounding();
    return now.sse == expected.sse && now.x87 == expected.x87;
}

static void round_there(struct partner *partner)
{
    for (size_t i = 0; i < ROUNDING_CASES; i++) {
        struct rounding mine = rounding_cases[i].there;
        set_rounding(mine.sse, mine.x87);
        go_back(partner);
        partner->count += rounding_is(mine);
    }
}

static void rounding_mode_belongs_to_its_context(void)
{
    struct partner partner;
    int kept = 0;
    start(&partner, round_there);
    for (size_t i = 0; i < ROUNDING_CASES; i++) {
        struct rounding mine = rounding_cases[i].here;
        set_rounding(mine.sse, mine.x87);
        go_there(&partner);
        kept += rounding_is(mine);
    }
    go_there(&partner);
    kept += rounding_is(rounding_cases[ROUNDING_CASES - 1].here);
    set_rounding(NEAREST, NEAREST);
    CHECK_INT_EQ(kept, ROUNDING_CASES + 1);
    CHECK_INT_EQ(partner.count, ROUNDING_CASES);
    end(&partner);
}

static void note_rounding(struct partner *partner)
{
    struct rounding at_entry = current_rounding();
    partner->count = at_entry.sse == UP && at_entry.x87 == DOWN;
}

static void new_context_begins_with_the_rounding_mode_of_its_maker(void)
{
    struct partner partner;
    set_rounding(UP, DOWN);
    start(&partner, note_rounding);
    set_rounding(NEAREST, NEAREST);
    go_there(&partner);
    CHECK_INT_EQ(partner.count, 1);
    end(&partner);
}

/* Çağrılanın koruması gereken yazmaçları in[]'den doldurup geçer, dönünce ne kaldıysa out[]'a
 * yazar. */
void swap_holding(void **save, void *load, const uint64_t in[6], uint64_t out[6]);
__asm__(".text\n"
        ".type swap_holding, @function\n"
        "swap_holding:\n"
        "    pushq %rbp\n    pushq %rbx\n    pushq %r12\n"
        "    pushq %r13\n    pushq %r14\n    pushq %r15\n"
        "    pushq %rcx\n"
        "    movq 0(%rdx), %rbp\n    movq 8(%rdx), %rbx\n    movq 16(%rdx), %r12\n"
        "    movq 24(%rdx), %r13\n    movq 32(%rdx), %r14\n    movq 40(%rdx), %r15\n"
        "    call context_swap\n"
        "    popq %rcx\n"
        "    movq %rbp, 0(%rcx)\n    movq %rbx, 8(%rcx)\n    movq %r12, 16(%rcx)\n"
        "    movq %r13, 24(%rcx)\n    movq %r14, 32(%rcx)\n    movq %r15, 40(%rcx)\n"
        "    popq %r15\n    popq %r14\n    popq %r13\n"
        "    popq %r12\n    popq %rbx\n    popq %rbp\n"
        "    ret\n"
        ".size swap_holding, . - swap_holding\n");

/* Geçişin yalnız makineye bağlı yarısı: context_switch'in kendi sakladıkları sonucu örtmesin. */
struct swap {
    void *here;
    void *there;
    uint64_t kept[6];
};

static const uint64_t here_values[6] = {0x1111, 0x2222, 0x3333, 0x4444, 0x5555, 0x6666};
static const uint64_t there_values[6] = {0xAAAA, 0xBBBB, 0xCCCC, 0xDDDD, 0xEEEE, 0xFFFF};

static void hold_there(void *argument)
{
    struct swap *swap = argument;
    swap_holding(&swap->there, swap->here, there_values, swap->kept);
    context_swap(&swap->there, swap->here);
}

static void callee_saved_registers_survive(void)
{
    struct stack stack;
    struct swap swap = {0};
    uint64_t kept[6] = {0};
    CHECK_INT_EQ(stack_take(&stack), 0);
    swap.there = context_prepare(stack.bottom, stack.size, hold_there, &swap);
    swap_holding(&swap.here, swap.there, here_values, kept);
    for (size_t i = 0; i < 6; i++)
        CHECK_INT_EQ(kept[i], here_values[i]);
    swap_holding(&swap.here, swap.there, here_values, kept);
    for (size_t i = 0; i < 6; i++) {
        CHECK_INT_EQ(kept[i], here_values[i]);
        CHECK_INT_EQ(swap.kept[i], there_values[i]);
    }
    stack_give(&stack);
    stack_drain_pool();
}
#endif

/* Geri izleme bağlamın ilk işlevinde bitmeli, başka yığına ya da çöpe sapmamalıdır. */
static _Unwind_Reason_Code count_frame(struct _Unwind_Context *context, void *argument)
{
    int *frames = argument;
    (void)context;
    (*frames)++;
    return *frames < 100 ? _URC_NO_REASON : _URC_FOREIGN_EXCEPTION_CAUGHT;
}

static void trace_there(struct partner *partner)
{
    for (int i = 0; i < 3; i++) {
        partner->count = 0;
        if (_Unwind_Backtrace(count_frame, &partner->count) != _URC_END_OF_STACK)
            partner->count = -1;
        go_back(partner);
    }
}

static void backtrace_ends_at_the_first_function(void)
{
    struct partner partner;
    start(&partner, trace_there);
    for (int i = 0; i < 3; i++) {
        go_there(&partner);
        CHECK_BETWEEN(partner.count, 3, 10);
    }
    go_there(&partner);
    end(&partner);
}

#if defined(__x86_64__)
/* Geçişin her komutunda durup geri izlemek: hata ayıklayıcı ya da sinyal tam orada da durdurabilir.
 * İşlemci, EFLAGS'taki tuzak bayrağı (TF) kuruluyken her komuttan sonra SIGTRAP verir. */
void context_begin(void) __attribute__((weak)); /* yalnız context_x86_64.S'de var */

static volatile int steps_inside, broken_traces;

static void trace_here(int number, siginfo_t *info, void *context)
{
    (void)number, (void)info;
    uintptr_t at = (uintptr_t)((const ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
    if (at < (uintptr_t)context_swap || at > (uintptr_t)context_begin)
        return;
    int frames = 0;
    steps_inside++;
    broken_traces += _Unwind_Backtrace(count_frame, &frames) != _URC_END_OF_STACK;
}

static void set_trap(void)
{
    __asm__ volatile("leaq -128(%%rsp), %%rsp\n pushfq\n orq $0x100, (%%rsp)\n"
                     "popfq\n leaq 128(%%rsp), %%rsp" ::
                         : "memory", "cc");
}

static void clear_trap(void)
{
    __asm__ volatile("leaq -128(%%rsp), %%rsp\n pushfq\n andq $~0x100, (%%rsp)\n"
                     "popfq\n leaq 128(%%rsp), %%rsp" ::
                         : "memory", "cc");
}

static void swap_back(void *argument)
{
    struct swap *swap = argument;
    for (;;)
        context_swap(&swap->there, swap->here);
}

static void step_through_the_switch(void *unused)
{
    (void)unused;
    struct stack stack;
    struct swap swap = {0};
    struct sigaction action = {.sa_sigaction = trace_here, .sa_flags = SA_SIGINFO};
    sigaction(SIGTRAP, &action, NULL);
    CHECK_INT_EQ(stack_take(&stack), 0);
    swap.there = context_prepare(stack.bottom, stack.size, swap_back, &swap);
    set_trap();
    for (int i = 0; i < 2; i++)
        context_swap(&swap.here, swap.there);
    clear_trap();
    CHECK_BETWEEN(steps_inside, 80, 1000);
    CHECK_INT_EQ(broken_traces, 0);
}

static void backtrace_ends_at_every_instruction_of_the_switch(void)
{
    if (context_begin && !RUNNING_ON_VALGRIND) /* valgrind TF'yi tanımaz */
        child_check(step_through_the_switch, NULL);
}
#endif

static void many_contexts_take_turns(void)
{
    enum { COUNT = 200, TURNS = 20 };
    static struct partner partners[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        start(&partners[i], count_and_go_back);
        partners[i].turns = TURNS;
    }
    for (int turn = 1; turn <= TURNS; turn++)
        for (size_t i = 0; i < COUNT; i++) {
            go_there(&partners[i]);
            CHECK_INT_EQ(partners[i].count, turn);
        }
    for (size_t i = 0; i < COUNT; i++) {
        go_there(&partners[i]);
        end(&partners[i]);
    }
}

static void *switch_in_thread(void *argument)
{
    struct partner partner;
    (void)argument;
    start(&partner, count_and_go_back);
    partner.turns = 500;
    for (int i = 0; i <= partner.turns; i++)
        go_there(&partner);
    int count = partner.count;
    end(&partner);
    return count == 500 ? NULL : "";
}

static void threads_switch_independently(void)
{
    pthread_t threads[3];
    for (size_t i = 0; i < 3; i++)
        CHECK_INT_EQ(pthread_create(&threads[i], NULL, switch_in_thread, NULL), 0);
    for (size_t i = 0; i < 3; i++) {
        void *wrong;
        CHECK_INT_EQ(pthread_join(threads[i], &wrong), 0);
        CHECK_TRUE(wrong == NULL);
    }
}

static void block_a_signal(struct partner *partner)
{
    (void)partner;
    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR1);
    CHECK_INT_EQ(pthread_sigmask(SIG_BLOCK, &mask, NULL), 0);
}

/* Maske yürütmenin değil, iş parçacığınındır. */
static void blocked_signal_stays_blocked_in_other_contexts(void)
{
    struct partner partner;
    sigset_t before, after;
    CHECK_INT_EQ(pthread_sigmask(SIG_SETMASK, NULL, &before), 0);
    start(&partner, block_a_signal);
    go_there(&partner);
    CHECK_INT_EQ(pthread_sigmask(SIG_SETMASK, &before, &after), 0);
    CHECK_INT_EQ(sigismember(&before, SIGUSR1), 0);
    CHECK_INT_EQ(sigismember(&after, SIGUSR1), 1);
    end(&partner);
}

static const struct check_test tests[] = {
    {RUN(entry_does_not_run_before_the_first_switch)},
    {RUN(never_started_context_may_be_destroyed)},
    {RUN(each_switch_continues_where_it_stopped)},
    {RUN(entry_runs_on_the_given_stack)},
    {RUN(stack_is_aligned_at_entry)},
    {RUN(stack_of_any_size_is_aligned_at_entry)},
    {RUN(local_variables_survive_switches)},
    {RUN(blocked_signal_stays_blocked_in_other_contexts)},
#if defined(__x86_64__)
    {RUN(rounding_mode_belongs_to_its_context)},
    {RUN(new_context_begins_with_the_rounding_mode_of_its_maker)},
    {RUN(callee_saved_registers_survive)},
#endif
    {RUN(backtrace_ends_at_the_first_function)},
#if defined(__x86_64__)
    {RUN(backtrace_ends_at_every_instruction_of_the_switch)},
#endif
    {RUN(many_contexts_take_turns)},
    {RUN(threads_switch_independently)},
};

int main(void)
{
    return CHECK_RUN(tests);
}
