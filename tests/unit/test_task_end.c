/* async/task: geri vermek, döngünün sonu, adalet, yığın. Başlamak ve beklemek: test_task.c. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "async/internal.h"
#include "async/sanitizer.h"
#include "async/sync.h"
#include "async/task.h"
#include "async/watch.h"
#include "check.h"
#include "child.h"
#include "in_loop.h"
#include "stubs.h"

/* glibc 2.36'nın başlıklarında adı yok. */
#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#endif

/* --- geri vermek --- */

static int leave_slowly(void *unused)
{
    (void)unused;
    CHECK_INT_EQ(task_sleep_until(DEADLINE_NONE), -ECANCELED);
    task_shield(DEADLINE_NONE);
    for (int i = 0; i < 3; i++) {
        CHECK_INT_EQ(task_sleep(1), 0);
        note(".");
    }
    task_unshield();
    note("bitti");
    return 0;
}

LOOP_TEST(release_cancels_and_waits_for_the_real_end)
{
    struct task *task = task_create(NULL, leave_slowly, NULL);
    CHECK_INT_EQ(task_yield(), 0);
    task_release(task);
    CHECK_TEXT_EQ(notes(), "...bitti");
    CHECK_INT_EQ(loop_facts().tasks, 1);
}

static int release_given(void *task)
{
    task_release(task);
    note(" geri verdi");
    return 0;
}

LOOP_TEST(release_waits_even_in_a_cancelled_task)
{
    struct task *task = task_create(NULL, leave_slowly, NULL);
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_TRUE(task_cancel(task_current()));
    task_release(task);
    CHECK_TEXT_EQ(notes(), "...bitti");
    CHECK_INT_EQ(task_yield(), -ECANCELED);
    CHECK_INT_EQ(task_uncancel(), 0);
}

LOOP_TEST(cancel_does_not_cut_a_release_short)
{
    struct task *task = task_create(NULL, leave_slowly, NULL);
    CHECK_INT_EQ(task_yield(), 0);
    SCOPED_TASK releaser = task_create(NULL, release_given, task);
    CHECK_INT_EQ(task_sleep(1.5), 0);
    CHECK_TRUE(task_cancel(releaser));
    CHECK_INT_EQ(task_await(releaser, SOON), 0);
    CHECK_TEXT_EQ(notes(), "...bitti geri verdi");
}

/* Bırakılan görev beklenirken kurulu kalkan da, eskisi gibi, sonra sürer. */
LOOP_TEST(release_keeps_the_shield_of_its_caller)
{
    task_shield(DEADLINE_NONE);
    task_release(task_create(NULL, wait_forever, NULL));
    CHECK_TRUE(task_cancel(task_current()));
    CHECK_INT_EQ(task_yield(), 0);
    task_unshield();
    CHECK_INT_EQ(task_yield(), -ECANCELED);
    CHECK_INT_EQ(task_uncancel(), 0);
}

LOOP_TEST(scoped_task_is_released_at_the_end_of_its_block)
{
    {
        SCOPED_TASK task = task_create(NULL, leave_slowly, NULL);
        CHECK_INT_EQ(task_yield(), 0);
        CHECK_TRUE(task != NULL);
    }
    CHECK_TEXT_EQ(notes(), "...bitti");
}

static int release_and_end(void *argument)
{
    SCOPED_TASK task = task_create(NULL, leave_slowly, NULL);
    (void)argument;
    CHECK_TRUE(task != NULL);
    return wait_forever(NULL);
}

LOOP_TEST(releasing_a_parent_waits_for_its_children)
{
    struct task *parent = task_create(NULL, release_and_end, NULL);
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_INT_EQ(task_yield(), 0);
    task_release(parent);
    CHECK_TEXT_EQ(notes(), "...bitti");
}

/* --- unutulanlar --- */

static int fail(void *unused)
{
    (void)unused;
    return -EPIPE;
}

static int forget_finished(void *unused)
{
    (void)unused;
    task_create("unutulan", note_task, "");
    task_create(NULL, note_task, "");
    return task_sleep(0);
}

static int forget_waiting(void *unused)
{
    (void)unused;
    task_create("bekleyen", wait_forever, NULL);
    return task_sleep(0);
}

static int release_failed(void *unused)
{
    (void)unused;
    struct task *task = task_create("bozuk", fail, NULL);
    int outcome = task_sleep(0);
    task_release(task);
    return outcome;
}

static int detach_failed(void *unused)
{
    (void)unused;
    task_detach(task_create("bırakılan", fail, NULL));
    struct task *finished = task_create("bitmiş", fail, NULL);
    int outcome = task_sleep(0);
    task_detach(finished);
    return outcome;
}

static int look_at_failures(void *unused)
{
    (void)unused;
    SCOPED_TASK awaited = task_create("beklenen", fail, NULL);
    SCOPED_TASK seen = task_create("bakılan", fail, NULL);
    SCOPED_TASK cancelled = task_create("iptal", wait_forever, NULL);
    CHECK_INT_EQ(task_sleep(0), 0);
    CHECK_INT_EQ(task_await(awaited, SOON), -EPIPE);
    CHECK_INT_EQ(task_result(seen), -EPIPE);
    task_release(task_create("bırakılan", fail, NULL));
    return cancelled ? 0 : -ENOMEM;
}

/* Döngüyü çocukta çalıştırır, logladıklarının zamansız hâlini `out`a koyar. */
static void run_in_child(void *argument)
{
    int (*const *run)(void *) = argument;
    CHECK_INT_EQ(loop_run(*run, NULL), 0);
}

static struct child_end warnings_of(int (*run)(void *))
{
    struct child_end end = child_run(run_in_child, &run);
    CHECK_INT_EQ(end.code, 0);
    return end;
}

#define WARNING ".{23} - WARNING - "

static void forgotten_tasks_are_named_when_the_loop_ends(void)
{
    CHECK_TEXT_MATCHES(warnings_of(forget_finished).err,
                       WARNING "unutulan: geri verilmedi [(]task_release[)]\n" WARNING
                               "görev-3: geri verilmedi [(]task_release[)]\n");
    CHECK_TEXT_MATCHES(warnings_of(forget_waiting).err,
                       WARNING "bekleyen: geri verilmedi [(]task_release[)]\n");
}

static void failure_that_nobody_saw_is_named(void)
{
    CHECK_TEXT_MATCHES(warnings_of(release_failed).err, WARNING "bozuk: sonucu alınmadı: [^\n]+\n");
    CHECK_TEXT_MATCHES(warnings_of(detach_failed).err,
                       WARNING "bırakılan: sonucu alınmadı: [^\n]+\n" WARNING
                               "bitmiş: sonucu alınmadı: [^\n]+\n");
}

static void failure_that_was_seen_is_not_named(void)
{
    CHECK_TEXT_EQ(warnings_of(look_at_failures).err, "");
}

/* --- döngünün sonu --- */

/* Döngüyü sanal zamanda çalıştırır; not edilenler sonunda kalır. */
static void run_to_the_end(int (*run)(void *))
{
    clear_notes();
    stub_freeze_clock(1000, 0);
    int outcome = loop_run_on(&poller_virtual, run, NULL);
    stub_release_clock();
    CHECK_INT_EQ(outcome, 0);
}

static int note_and_wait(void *word)
{
    note(word);
    return wait_forever(NULL);
}

static int leave_tasks(void *unused)
{
    (void)unused;
    task_detach(task_create(NULL, leave_slowly, NULL));
    int outcome = task_sleep(0);
    task_detach(task_create(NULL, note_and_wait, "yeni "));
    return outcome;
}

static void remaining_tasks_really_end_before_the_loop(void)
{
    run_to_the_end(leave_tasks);
    CHECK_TEXT_EQ(notes(), "yeni ...bitti");
}

static int wait_again(void *unused)
{
    (void)unused;
    CHECK_INT_EQ(task_yield(), -ECANCELED);
    task_detach(task_create(NULL, note_and_wait, "torun "));
    return wait_forever(NULL);
}

/* Biterken yenilerini başlatan görev: ötekiler gibi onlar da biter, biri sonsuza dek beklese de. */
static int spawn_at_the_end(void *unused)
{
    (void)unused;
    CHECK_INT_EQ(task_sleep_until(DEADLINE_NONE), -ECANCELED);
    task_detach(task_create(NULL, note_and_wait, "çocuk "));
    task_shield(DEADLINE_NONE);
    CHECK_INT_EQ(task_sleep(1), 0);
    task_detach(task_create(NULL, wait_again, NULL));
    CHECK_INT_EQ(task_sleep(1), 0);
    task_unshield();
    note("bitti");
    return 0;
}

static int leave_a_spawner(void *unused)
{
    (void)unused;
    task_detach(task_create(NULL, spawn_at_the_end, NULL));
    return task_sleep(0);
}

static void tasks_born_during_the_end_also_end(void)
{
    run_to_the_end(leave_a_spawner);
    CHECK_TEXT_EQ(notes(), "çocuk torun bitti");
}

static int wait_then_release(void *task)
{
    CHECK_INT_EQ(task_sleep_until(DEADLINE_NONE), -ECANCELED);
    task_release(task);
    note("verdi");
    return 0;
}

/* Döngünün bitmesini beklediği görevi, o bittiği anda sahibi geri verir. */
static int leave_owner_and_owned(void *unused)
{
    (void)unused;
    struct task *owned = task_create("sahipli", wait_forever, NULL);
    task_detach(task_create("sahip", wait_then_release, owned));
    return task_sleep(0);
}

static void owner_may_release_during_the_end(void)
{
    run_to_the_end(leave_owner_and_owned);
    CHECK_TEXT_EQ(notes(), "verdi");
}

static int leave_detached(void *unused)
{
    (void)unused;
    for (int i = 0; i < 10; i++)
        task_detach(task_create(NULL, wait_forever, NULL));
    return task_sleep(0);
}

static void detached_tasks_end_with_the_loop(void)
{
    run_to_the_end(leave_detached);
}

/* --- adalet --- */

static int note_turns(void *word)
{
    for (int i = 0; i < 3; i++) {
        note(word);
        CHECK_INT_EQ(task_yield(), 0);
    }
    return 0;
}

struct pingpong {
    struct event *mine, *other;
    bool *over;
};

static int wake_the_other(void *argument)
{
    struct pingpong *pingpong = argument;
    int outcome = 0;
    while (!*pingpong->over && outcome == 0) {
        event_clear(pingpong->mine);
        event_set(pingpong->other);
        outcome = event_wait(pingpong->mine, DEADLINE_NONE);
    }
    event_set(pingpong->other);
    return outcome;
}

static int read_a_byte(void *argument)
{
    const int *fd = argument;
    struct watch watch;
    char byte;
    CHECK_INT_EQ(watch_open(&watch, *fd), 0);
    watch_spent(&watch, WATCH_READ);
    CHECK_INT_EQ(watch_wait(&watch, WATCH_READ, DEADLINE_NONE), 0);
    watch_close(&watch);
    return (int)read(*fd, &byte, 1);
}

/* İki görev birbirini hiç durmadan uyandırırken üçüncüsü, zamanlayıcı ve çekirdekten gelen olay da
 * ilerler. */
REAL_LOOP_TEST(two_busy_tasks_starve_nobody)
{
    struct event ping, pong;
    bool over = false;
    event_init(&ping);
    event_init(&pong);
    int pipes[2];
    CHECK_INT_EQ(pipe(pipes), 0);
    SCOPED_TASK one = task_create("bir", wake_the_other, &(struct pingpong){&ping, &pong, &over});
    SCOPED_TASK two = task_create("iki", wake_the_other, &(struct pingpong){&pong, &ping, &over});
    SCOPED_TASK third = task_create("üç", note_turns, "3");
    SCOPED_TASK reader = task_create("okuyan", read_a_byte, &pipes[0]);
    CHECK_INT_EQ(task_await(third, DEADLINE_NONE), 0);
    CHECK_INT_EQ(task_sleep(0.002), 0);
    CHECK_INT_EQ(write(pipes[1], "x", 1), 1);
    CHECK_INT_EQ(task_await(reader, DEADLINE_NONE), 1);
    over = true;
    CHECK_INT_EQ(task_await(one, SOON), 0);
    CHECK_INT_EQ(task_await(two, SOON), 0);
    close(pipes[0]);
    close(pipes[1]);
}

/* --- yığın --- */

/* Yerleri bir diziye yazar, sırayı bırakır, geri gelince yerinde bulur. */
static int use_deep_stack(void *unused)
{
    volatile unsigned char deep[200 * 1024];
    (void)unused;
    for (size_t i = 0; i < sizeof deep; i++)
        deep[i] = (unsigned char)(i * 7);
    CHECK_INT_EQ(task_yield(), 0);
    int wrong = 0;
    for (size_t i = 0; i < sizeof deep; i++)
        wrong += deep[i] != (unsigned char)(i * 7);
    return wrong;
}

LOOP_TEST(deep_stack_use_works)
{
    SCOPED_TASK one = task_create(NULL, use_deep_stack, NULL);
    SCOPED_TASK two = task_create(NULL, use_deep_stack, NULL);
    CHECK_INT_EQ(task_await(one, SOON), 0);
    CHECK_INT_EQ(task_await(two, SOON), 0);
}

static volatile bool deep_enough; /* hiç olmaz */

/* NOLINTNEXTLINE(readability-non-const-parameter): yığında yer tutması için yazılır */
static int recurse(volatile char *above)
{
    volatile char frame[1024];
    frame[0] = above ? (char)(above[0] + 1) : 0;
    return deep_enough ? 0 : recurse(frame) + frame[0];
}

static int overflow(void *unused)
{
    (void)unused;
    return recurse(NULL);
}

static int run_overflow(void *unused)
{
    (void)unused;
    SCOPED_TASK task = task_create("taşan", overflow, NULL);
    return task_await(task, SOON);
}

static void overflow_in_child(void *unused)
{
    (void)unused;
    signal(SIGSEGV, SIG_DFL); /* hata bulucunun işleyicisi değil, çekirdeğin verdiği son */
    loop_run(run_overflow, NULL);
}

static void stack_overflow_hits_the_guard(void)
{
    CHECK_INT_EQ(child_run(overflow_in_child, NULL).signal, SIGSEGV);
}

static int wait_for_event(void *event)
{
    return event_wait(event, DEADLINE_NONE);
}

enum { CROWD = 100000 };

/* Koruma sayfası eşlemeyi bölmüyorsa (Linux 6.13) sınır yalnız bellektir; bölüyorsa otuz bin kadar
 * yığın açılabilir (vm.max_map_count). Hata bulucular her yığın için ayrıca yer tutar. */
static size_t crowd_to_try(void)
{
    if (RUNNING_ON_VALGRIND)
        return 500;
    if (sanitizer_this_fiber() || SANITIZER_WATCHES_STACKS)
        return CROWD / 10;
    long page = sysconf(_SC_PAGESIZE);
    void *probe = mmap(NULL, (size_t)page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    bool cheap = madvise(probe, (size_t)page, MADV_GUARD_INSTALL) == 0;
    CHECK_INT_EQ(munmap(probe, (size_t)page), 0);
    return cheap ? CROWD : 30000;
}

/* Her biri kendi korumalı yığınıyla, aynı anda. */
LOOP_TEST(hundred_thousand_tasks_live_together)
{
    static struct task *tasks[CROWD];
    size_t count = crowd_to_try();
    struct event event;
    event_init(&event);
    for (size_t i = 0; i < count; i++) {
        tasks[i] = task_create(NULL, wait_for_event, &event);
        CHECK_TRUE(tasks[i] != NULL);
    }
    CHECK_INT_EQ(task_yield(), 0);
    for (size_t i = 0; i < count; i++)
        CHECK_INT_EQ(task_state(tasks[i]), TASK_WAITING);
    CHECK_INT_EQ(loop_facts().tasks, count + 1);
    event_set(&event);
    for (size_t i = 0; i < count; i++) {
        CHECK_INT_EQ(task_await(tasks[i], SOON), 0);
        task_release(tasks[i]);
    }
    CHECK_INT_EQ(loop_facts().tasks, 1);
}

static const struct check_test tests[] = {
    {RUN(release_cancels_and_waits_for_the_real_end)},
    {RUN(release_waits_even_in_a_cancelled_task)},
    {RUN(cancel_does_not_cut_a_release_short)},
    {RUN(release_keeps_the_shield_of_its_caller)},
    {RUN(scoped_task_is_released_at_the_end_of_its_block)},
    {RUN(releasing_a_parent_waits_for_its_children)},
    {RUN(forgotten_tasks_are_named_when_the_loop_ends)},
    {RUN(failure_that_nobody_saw_is_named)},
    {RUN(failure_that_was_seen_is_not_named)},
    {RUN(remaining_tasks_really_end_before_the_loop)},
    {RUN(tasks_born_during_the_end_also_end)},
    {RUN(owner_may_release_during_the_end)},
    {RUN(detached_tasks_end_with_the_loop)},
    {RUN(two_busy_tasks_starve_nobody)},
    {RUN(deep_stack_use_works)},
    {RUN(stack_overflow_hits_the_guard)},
    {RUN(hundred_thousand_tasks_live_together)},
};

int main(void)
{
    return CHECK_RUN(tests);
}
