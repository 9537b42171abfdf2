/* async/debug: döngüyü uzun tutanın ve yığını taşanın adı. */
#include "async/debug.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "async/sanitizer.h"
#include "check.h"
#include "child.h"
#include "in_loop.h"
#include "stubs.h"

#define PREFIX "[^\n]* - WARNING - "
#define NAMED(name, ms)                                                                            \
    PREFIX name " döngüyü " ms " ms bekletti; o sürede başka hiçbir görev çalışamadı\n"

/* --- sanal zamanda, logu toplanan bir çocukta koşan döngü --- */

struct setting {
    const char *debug;   /* YUVA_ASYNC_DEBUG; NULL: yok */
    const char *slow_ms; /* YUVA_ASYNC_SLOW_MS */
    void (*body)(void);
};

static void set_variable(const char *name, const char *value)
{
    if (value)
        CHECK_INT_EQ(setenv(name, value, 1), 0);
    else
        CHECK_INT_EQ(unsetenv(name), 0);
}

static void run_setting(void *argument)
{
    const struct setting *setting = argument;
    set_variable("YUVA_ASYNC_DEBUG", setting->debug);
    set_variable("YUVA_ASYNC_SLOW_MS", setting->slow_ms);
    in_loop(&poller_virtual, setting->body);
}

static void check_log(struct setting setting, const char *pattern)
{
    struct child_end end = child_run(run_setting, &setting);
    CHECK_TEXT_MATCHES(end.err, pattern);
    CHECK_INT_EQ(end.code, 0);
}

/* Hesap: saat ilerler, sıra bırakılmaz. */
static void compute(int64_t ms)
{
    int64_t now = monotonic_ns() + ms * MS;
    stub_freeze_clock(now / SECOND, now % SECOND);
}

static int compute_task(void *ms)
{
    compute(*(const int *)ms);
    return 0;
}

static void run_task(const char *name, int ms)
{
    SCOPED_TASK task = task_create(name, compute_task, &ms);
    CHECK_INT_EQ(task_await(task, SOON), 0);
}

/* --- yavaşlar --- */

static void slow_task(void)
{
    run_task("hesapçı", 150);
}

static void slow_task_is_named(void)
{
    check_log((struct setting){"1", NULL, slow_task}, NAMED("hesapçı", "150"));
}

static void slow_nameless_task(void)
{
    run_task(NULL, 150);
}

static void slow_nameless_task_has_a_number(void)
{
    check_log((struct setting){"1", NULL, slow_nameless_task}, NAMED("görev-2", "150"));
}

static int compute_step_by_step(void *unused)
{
    (void)unused;
    for (int i = 0; i < 5; i++) {
        compute(90);
        CHECK_INT_EQ(task_yield(), 0);
    }
    return 0;
}

static void patient_task(void)
{
    SCOPED_TASK task = task_create("sabırlı", compute_step_by_step, NULL);
    CHECK_INT_EQ(task_await(task, SOON), 0);
}

static void task_that_yields_in_between_is_not_named(void)
{
    check_log((struct setting){"1", NULL, patient_task}, "");
}

static int slow_at_last(void *unused)
{
    (void)unused;
    CHECK_INT_EQ(task_sleep(1), 0);
    compute(101);
    CHECK_INT_EQ(task_sleep(1), 0);
    return 0;
}

static void slow_task_in_the_middle(void)
{
    SCOPED_TASK task = task_create("ortada", slow_at_last, NULL);
    CHECK_INT_EQ(task_await(task, SOON), 0);
}

static void any_step_of_a_task_may_be_slow(void)
{
    check_log((struct setting){"1", NULL, slow_task_in_the_middle}, NAMED("ortada", "101"));
}

static void compute_call(void *ms)
{
    compute(*(const int *)ms);
}

static void slow_callback(void)
{
    struct call call = {0};
    int ms = 150;
    loop_call_soon(&call, compute_call, &ms);
    let_others_run();
}

static void slow_callback_is_told(void)
{
    check_log((struct setting){"1", NULL, slow_callback}, NAMED("geri çağrı", "150"));
}

static void slow_named_callback(void)
{
    struct call call = {.name = "özet"};
    int ms = 150;
    loop_call_soon(&call, compute_call, &ms);
    let_others_run();
}

static void slow_callback_is_named(void)
{
    check_log((struct setting){"1", NULL, slow_named_callback}, NAMED("özet", "150"));
}

static void slow_timed_callback(void)
{
    struct call call = {0};
    int ms = 150;
    loop_call_later(&call, 1, compute_call, &ms);
    CHECK_INT_EQ(task_sleep(3), 0);
}

static void slow_timed_callback_is_told(void)
{
    check_log((struct setting){"1", NULL, slow_timed_callback}, NAMED("geri çağrı", "150"));
}

static void waiting_tasks(void)
{
    SCOPED_TASK task = task_create("uyuyan", wait_forever, NULL);
    CHECK_INT_EQ(task_sleep(5), 0);
    CHECK_TRUE(task_cancel(task));
    CHECK_INT_EQ(task_sleep(5), 0);
}

static void waiting_task_is_not_named(void)
{
    check_log((struct setting){"1", NULL, waiting_tasks}, "");
}

/* --- sınır --- */

static void at_the_limit(void)
{
    run_task("tam sınırda", 100);
    run_task("hemen ötesinde", 101);
}

static void limit_is_a_hundred_milliseconds(void)
{
    check_log((struct setting){"1", NULL, at_the_limit}, NAMED("hemen ötesinde", "101"));
}

static void around_five(void)
{
    run_task("beş", 5);
    run_task("altı", 6);
}

static void limit_comes_from_the_environment(void)
{
    check_log((struct setting){"1", "5", around_five}, NAMED("altı", "6"));
}

static void unusable_limit_means_the_usual_one(void)
{
    static const char *const values[] = {"", "0", "-5", "çok"};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        check_log((struct setting){"1", values[i], at_the_limit}, NAMED("hemen ötesinde", "101"));
}

/* --- açmak ve kapatmak --- */

static void slow_without_debug(void)
{
    CHECK_FALSE(loop_facts().debug);
    run_task("hesapçı", 5000);
}

static void nothing_is_said_unless_debug_is_asked(void)
{
    static const char *const values[] = {NULL, "", "0", "evet"};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        check_log((struct setting){values[i], "5", slow_without_debug}, "");
}

static void turn_on(void)
{
    loop_set_debug(0.05);
    CHECK_TRUE(loop_facts().debug);
    CHECK_TRUE(loop_facts().slow_seconds == 0.05);
    run_task("elli", 50);
    run_task("elli bir", 51);
}

static void program_may_turn_debug_on(void)
{
    check_log((struct setting){NULL, NULL, turn_on}, NAMED("elli bir", "51"));
}

/* Ana görev kipi, kendisi de uzun bir adımın içindeyken kapatır. */
static void turn_off(void)
{
    CHECK_TRUE(loop_facts().debug);
    compute(150);
    loop_set_debug(0);
    CHECK_FALSE(loop_facts().debug);
    run_task("hesapçı", 150);
}

static void program_may_turn_debug_off(void)
{
    check_log((struct setting){"1", NULL, turn_off}, "");
}

/* --- taşan yığın --- */

/* Her çağrı yığına dokunur ve çağrıdan sonra da ona bakar: derleyici özyinelemeyi döngü yapamaz. */
static int dive(volatile int *depth) /* NOLINT(misc-no-recursion) */
{
    volatile char frame[512];
    frame[0] = (char)*depth;
    *depth += 1;
    int deeper = *depth < 1000000 ? dive(depth) : 0;
    return deeper + frame[0];
}

static int overflow_task(void *unused)
{
    (void)unused;
    volatile int depth = 0;
    return dive(&depth);
}

static void overflow_in(const char *name)
{
    SCOPED_TASK task = task_create(name, overflow_task, NULL);
    (void)task_await(task, SOON);
}

static void named_overflow(void)
{
    overflow_in("dalgıç");
}

static void nameless_overflow(void)
{
    overflow_in(NULL);
}

static int touch(void *page)
{
    *(volatile char *)page = 1;
    return 0;
}

/* Yığınla ilgisi olmayan yasak bir adres. */
static void touch_forbidden_page(void)
{
    void *page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK_TRUE(page != MAP_FAILED);
    SCOPED_TASK task = task_create("masum", touch, page);
    (void)task_await(task, SOON);
}

static struct child_end die_in(void (*body)(void))
{
    struct setting setting = {NULL, NULL, body};
    return child_run(run_setting, &setting);
}

#ifdef HAS_ASAN
/* ASan'ın kendi bildirisi vardır; işleyici onun önüne geçmemelidir. */
static void overflow_is_reported(void)
{
    struct child_end end = die_in(named_overflow);
    CHECK_TRUE(end.code != 0);
    CHECK_TRUE(strstr(end.err, "AddressSanitizer: stack-overflow") != NULL);
    CHECK_TRUE(strstr(end.err, "dive") != NULL);
}

static void nameless_overflow_is_reported(void)
{
    CHECK_TRUE(strstr(die_in(nameless_overflow).err, "AddressSanitizer: stack-overflow") != NULL);
}

static void other_crash_is_not_called_an_overflow(void)
{
    struct child_end end = die_in(touch_forbidden_page);
    CHECK_TRUE(end.code != 0);
    CHECK_TRUE(strstr(end.err, "AddressSanitizer: SEGV") != NULL);
    CHECK_TRUE(strstr(end.err, "taştı") == NULL);
}
#else
#define ADVICE " (büyük dizileri yığına koyma, özyinelemeyi sınırla)\n"

static void overflow_is_reported(void)
{
    struct child_end end = die_in(named_overflow);
    CHECK_TEXT_EQ(end.err, "Yığın taştı: dalgıç" ADVICE);
    CHECK_INT_EQ(end.signal, SIGSEGV);
}

static void nameless_overflow_is_reported(void)
{
    struct child_end end = die_in(nameless_overflow);
    CHECK_TEXT_EQ(end.err, "Yığın taştı: adsız görev" ADVICE);
    CHECK_INT_EQ(end.signal, SIGSEGV);
}

static void other_crash_is_not_called_an_overflow(void)
{
    struct child_end end = die_in(touch_forbidden_page);
    CHECK_TEXT_EQ(end.err, "");
    CHECK_INT_EQ(end.signal, SIGSEGV);
}
#endif

static void send_segv_and_go_on(void)
{
    CHECK_INT_EQ(kill(getpid(), SIGSEGV), 0);
    note("sürdü");
}

/* Dışarıdan gönderilende yinelenecek bir erişim yoktur; süreç yine de ölür. */
static void signal_from_outside_is_not_swallowed(void)
{
    struct child_end end = die_in(send_segv_and_go_on);
    CHECK_TRUE(end.code != 0 || end.signal == SIGSEGV);
    CHECK_TRUE(strstr(end.err, "taştı") == NULL);
}

static const struct check_test tests[] = {
    {RUN(slow_task_is_named)},
    {RUN(slow_nameless_task_has_a_number)},
    {RUN(task_that_yields_in_between_is_not_named)},
    {RUN(any_step_of_a_task_may_be_slow)},
    {RUN(slow_callback_is_told)},
    {RUN(slow_callback_is_named)},
    {RUN(slow_timed_callback_is_told)},
    {RUN(waiting_task_is_not_named)},
    {RUN(limit_is_a_hundred_milliseconds)},
    {RUN(limit_comes_from_the_environment)},
    {RUN(unusable_limit_means_the_usual_one)},
    {RUN(nothing_is_said_unless_debug_is_asked)},
    {RUN(program_may_turn_debug_on)},
    {RUN(program_may_turn_debug_off)},
    {RUN(overflow_is_reported)},
    {RUN(nameless_overflow_is_reported)},
    {RUN(other_crash_is_not_called_an_overflow)},
    {RUN(signal_from_outside_is_not_swallowed)},
};

int main(void)
{
    return CHECK_RUN(tests);
}
