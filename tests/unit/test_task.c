/* async/task: başlamak, beklemek, uyanmak, bitmek. Geri vermek: test_task_end.c; iptal:
 * test_task_cancel.c. */
#include "async/task.h"

#include <errno.h>

#include "async/internal.h"
#include "async/sync.h"
#include "check.h"
#include "in_loop.h"
#include "stubs.h"

/* --- başlamak ve bitmek --- */

LOOP_TEST(body_starts_only_when_the_creator_waits)
{
    SCOPED_TASK task = task_create("not", note_task, "gövde");
    CHECK_TEXT_EQ(notes(), "");
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_TEXT_EQ(notes(), "gövde");
}

LOOP_TEST(tasks_start_in_the_order_of_their_creation)
{
    SCOPED_TASK first = task_create(NULL, note_task, "1");
    SCOPED_TASK second = task_create(NULL, note_task, "2");
    SCOPED_TASK third = task_create(NULL, note_task, "3");
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_TEXT_EQ(notes(), "123");
    CHECK_TRUE(first && second && third);
}

LOOP_TEST(await_gives_the_result)
{
    int results[] = {0, 7, -EPIPE, -ETIMEDOUT};
    for (size_t i = 0; i < 4; i++) {
        SCOPED_TASK task = task_create(NULL, return_number, &results[i]);
        CHECK_INT_EQ(task_await(task, SOON), results[i]);
    }
}

LOOP_TEST(result_is_known_only_at_the_end)
{
    int seven = 7;
    SCOPED_TASK task = task_create(NULL, return_number, &seven);
    CHECK_INT_EQ(task_result(task), -EINPROGRESS);
    CHECK_INT_EQ(task_await(task, SOON), 7);
    CHECK_INT_EQ(task_result(task), 7);
}

static int yield_then_wait(void *event)
{
    CHECK_INT_EQ(task_state(task_current()), TASK_RUNNING);
    CHECK_INT_EQ(task_yield(), 0);
    return event_wait(event, SOON);
}

LOOP_TEST(state_is_seen_from_another_task)
{
    struct event event;
    event_init(&event);
    SCOPED_TASK task = task_create(NULL, yield_then_wait, &event);
    CHECK_INT_EQ(task_state(task), TASK_READY); /* başlamadı */
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_INT_EQ(task_state(task), TASK_READY); /* sırayı bıraktı */
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_INT_EQ(task_state(task), TASK_WAITING);
    event_set(&event);
    CHECK_INT_EQ(task_state(task), TASK_READY); /* uyandırıldı */
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_INT_EQ(task_state(task), TASK_DONE);
    CHECK_INT_EQ(task_state(task_current()), TASK_RUNNING);
}

static void note_current(void *out)
{
    *(struct task **)out = task_current();
}

LOOP_TEST(no_task_is_current_inside_a_call)
{
    struct call call = {0};
    struct task *self = task_current(), *seen = self;
    CHECK_TRUE(self != NULL);
    loop_call_soon(&call, note_current, &seen);
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_TRUE(seen == NULL);
    CHECK_TRUE(task_current() == self);
}

static void outside_a_loop_there_is_no_task(void)
{
    CHECK_TRUE(task_current() == NULL);
    CHECK_TRUE(task_create(NULL, note_task, "") == NULL);
}

LOOP_TEST(name_is_the_given_text)
{
    static const char name[] = "okuyan";
    char out[TASK_NAME_SIZE];
    SCOPED_TASK task = task_create(name, note_task, "");
    CHECK_TRUE(task_name(task, out) == name);
    CHECK_TEXT_EQ(task_name(task_current(), out), "ana");
}

LOOP_TEST(nameless_task_is_named_by_its_number)
{
    char one[TASK_NAME_SIZE], two[TASK_NAME_SIZE], none[TASK_NAME_SIZE];
    SCOPED_TASK first = task_create(NULL, note_task, "");
    SCOPED_TASK second = task_create(NULL, note_task, "");
    CHECK_TEXT_EQ(task_name(first, one), "görev-2"); /* ana görev birincidir */
    CHECK_TEXT_EQ(task_name(second, two), "görev-3");
    CHECK_TEXT_EQ(task_name(NULL, none), "görev-0");
}

/* --- beklemek --- */

LOOP_TEST(every_waiter_gets_the_result)
{
    int seven = 7;
    SCOPED_TASK task = task_create(NULL, return_number, &seven);
    CHECK_INT_EQ(task_await(task, SOON), 7);
    CHECK_INT_EQ(task_await(task, SOON), 7);
}

struct await {
    struct task *task;
    const char *word;
};

static int await_and_note(void *argument)
{
    const struct await *await = argument;
    int result = task_await(await->task, SOON);
    note(await->word);
    return result;
}

static int sleep_and_return_seven(void *unused)
{
    (void)unused;
    CHECK_INT_EQ(task_sleep(1), 0);
    return 7;
}

LOOP_TEST(waiters_continue_in_the_order_they_came)
{
    SCOPED_TASK task = task_create(NULL, sleep_and_return_seven, NULL);
    struct await awaits[3] = {{task, "1"}, {task, "2"}, {task, "3"}};
    SCOPED_TASK first = task_create(NULL, await_and_note, &awaits[0]);
    SCOPED_TASK second = task_create(NULL, await_and_note, &awaits[1]);
    SCOPED_TASK third = task_create(NULL, await_and_note, &awaits[2]);
    CHECK_INT_EQ(task_await(third, SOON), 7);
    CHECK_INT_EQ(task_await(second, SOON), 7);
    CHECK_INT_EQ(task_await(first, SOON), 7);
    CHECK_TEXT_EQ(notes(), "123");
}

LOOP_TEST(await_with_a_deadline_leaves_the_task_running)
{
    SCOPED_TASK task = task_create(NULL, sleep_and_return_seven, NULL);
    CHECK_INT_EQ(task_await(task, deadline_after(0.5)), -ETIMEDOUT);
    CHECK_INT_EQ(task_state(task), TASK_WAITING);
    CHECK_INT_EQ(task_await(task, deadline_after(-1)), -ETIMEDOUT);
    CHECK_INT_EQ(task_await(task, deadline_after(5)), 7);
}

LOOP_TEST(task_cannot_wait_for_itself)
{
    CHECK_INT_EQ(task_await(task_current(), SOON), -EDEADLK);
}

LOOP_TEST(wait_ends_at_its_own_deadline)
{
    SCOPED_TASK task = task_create(NULL, wait_forever, NULL);
    static const int64_t waits[] = {3, 1, 5, 2, 2, 60, 1};
    for (size_t i = 0; i < sizeof waits / sizeof *waits; i++) {
        deadline_t when = monotonic_ns() + waits[i] * SECOND;
        CHECK_INT_EQ(task_await(task, when), -ETIMEDOUT);
        CHECK_INT_EQ(monotonic_ns(), when);
    }
}

/* Önceki bekleyişin geçmemiş sınırı sonrakini kesmez. */
LOOP_TEST(unused_deadline_does_not_end_a_later_wait)
{
    struct event event;
    event_init(&event);
    event_set(&event);
    SCOPED_TASK task = task_create(NULL, sleep_and_return_seven, NULL);
    SCOPED_TASK forever = task_create(NULL, wait_forever, NULL);
    deadline_t began = monotonic_ns();
    CHECK_INT_EQ(task_await(task, began + 2 * SECOND), 7); /* 1. saniyede biter */
    CHECK_INT_EQ(task_await(forever, began + 10 * SECOND), -ETIMEDOUT);
    CHECK_INT_EQ(monotonic_ns() - began, 10 * SECOND);
    CHECK_INT_EQ(task_sleep(5), 0);
    CHECK_INT_EQ(monotonic_ns() - began, 15 * SECOND);
}

LOOP_TEST(sleep_lasts_as_long_as_asked)
{
    deadline_t began = monotonic_ns();
    CHECK_INT_EQ(task_sleep(2.5), 0);
    CHECK_INT_EQ(monotonic_ns() - began, SECOND * 5 / 2);
    CHECK_INT_EQ(task_sleep_until(began + 3 * SECOND), 0);
    CHECK_INT_EQ(monotonic_ns() - began, 3 * SECOND);
    CHECK_INT_EQ(task_sleep(0), 0);
    CHECK_INT_EQ(task_sleep(-5), 0);
    CHECK_INT_EQ(task_sleep_until(began), 0);
    CHECK_INT_EQ(monotonic_ns() - began, 3 * SECOND);
}

REAL_LOOP_TEST(no_sleep_ends_early)
{
    for (int i = 0; i < 20; i++) {
        deadline_t when = monotonic_ns() + i * 97003;
        CHECK_INT_EQ(task_sleep_until(when), 0);
        CHECK_TRUE(monotonic_ns() >= when);
    }
}

struct sleeper {
    double seconds;
    const char *word;
};

static int sleep_and_note(void *argument)
{
    const struct sleeper *sleeper = argument;
    CHECK_INT_EQ(task_sleep(sleeper->seconds), 0);
    note(sleeper->word);
    return 0;
}

LOOP_TEST(sleepers_wake_in_the_order_of_time)
{
    struct sleeper sleepers[3] = {{3, "3"}, {1, "1"}, {2, "2"}};
    SCOPED_TASK a = task_create(NULL, sleep_and_note, &sleepers[0]);
    SCOPED_TASK b = task_create(NULL, sleep_and_note, &sleepers[1]);
    SCOPED_TASK c = task_create(NULL, sleep_and_note, &sleepers[2]);
    CHECK_INT_EQ(task_await(a, SOON), 0);
    CHECK_TEXT_EQ(notes(), "123");
    CHECK_TRUE(b && c);
}

static int note_turns(void *word)
{
    for (int i = 0; i < 3; i++) {
        note(word);
        CHECK_INT_EQ(task_yield(), 0);
    }
    return 0;
}

LOOP_TEST(yielding_tasks_take_turns)
{
    SCOPED_TASK a = task_create(NULL, note_turns, "a");
    SCOPED_TASK b = task_create(NULL, note_turns, "b");
    SCOPED_TASK c = task_create(NULL, note_turns, "c");
    CHECK_INT_EQ(task_await(c, SOON), 0);
    CHECK_TEXT_EQ(notes(), "abcabcabc");
    CHECK_TRUE(a && b);
}

/* --- uyandırmak --- */

static int park_twice(void *unused)
{
    (void)unused;
    for (int i = 0; i < 2; i++) {
        CHECK_INT_EQ(task_park(DEADLINE_NONE), 0);
        note("uyandı");
    }
    return 0;
}

LOOP_TEST(task_that_is_woken_twice_runs_once)
{
    SCOPED_TASK task = task_create(NULL, park_twice, NULL);
    task_wake(task); /* başlamadı, sırada */
    CHECK_INT_EQ(task_yield(), 0);
    task_wake(task);
    task_wake(task);
    let_others_run();
    CHECK_TEXT_EQ(notes(), "uyandı");
    task_wake(task);
    let_others_run();
    CHECK_INT_EQ(task_state(task), TASK_DONE);
    task_wake(task); /* bitti */
    task_wake(task_current());
    let_others_run();
    CHECK_TEXT_EQ(notes(), "uyandıuyandı");
}

struct queueing {
    struct waiters *waiters;
    const char *word;
    deadline_t deadline;
    bool woken;
};

static int queue_up(void *argument)
{
    struct queueing *queueing = argument;
    int outcome = waiters_wait(queueing->waiters, queueing->deadline, &queueing->woken);
    note(queueing->word);
    return outcome;
}

LOOP_TEST(waiters_are_woken_first_come_first_served)
{
    struct waiters waiters;
    waiters_init(&waiters);
    struct queueing all[3] = {
        {.waiters = &waiters, .word = "1", .deadline = DEADLINE_NONE},
        {.waiters = &waiters, .word = "2", .deadline = DEADLINE_NONE},
        {.waiters = &waiters, .word = "3", .deadline = DEADLINE_NONE},
    };
    CHECK_FALSE(waiters_wake_first(&waiters));
    SCOPED_TASK first = task_create(NULL, queue_up, &all[0]);
    SCOPED_TASK second = task_create(NULL, queue_up, &all[1]);
    SCOPED_TASK third = task_create(NULL, queue_up, &all[2]);
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_TRUE(waiters_wake_first(&waiters));
    let_others_run();
    CHECK_TEXT_EQ(notes(), "1");
    waiters_wake_all(&waiters);
    let_others_run();
    CHECK_TEXT_EQ(notes(), "123");
    CHECK_TRUE(all[0].woken && all[1].woken && all[2].woken);
    CHECK_INT_EQ(task_result(first) + task_result(second) + task_result(third), 0);
    CHECK_FALSE(waiters_wake_first(&waiters));
}

LOOP_TEST(waiter_that_gave_up_is_not_in_the_queue)
{
    struct waiters waiters;
    waiters_init(&waiters);
    struct queueing impatient = {.waiters = &waiters, .word = "1", .deadline = deadline_after(1)};
    struct queueing cancelled = {.waiters = &waiters, .word = "2", .deadline = DEADLINE_NONE};
    SCOPED_TASK first = task_create(NULL, queue_up, &impatient);
    SCOPED_TASK second = task_create(NULL, queue_up, &cancelled);
    CHECK_INT_EQ(task_sleep(2), 0);
    CHECK_TRUE(task_cancel(second));
    let_others_run();
    CHECK_INT_EQ(task_result(first), -ETIMEDOUT);
    CHECK_INT_EQ(task_result(second), -ECANCELED);
    CHECK_FALSE(impatient.woken);
    CHECK_FALSE(cancelled.woken);
    CHECK_FALSE(waiters_wake_first(&waiters));
}

/* Uyandırıldıktan sonra çalışamadan iptal edilen, uyandırıldığını bilir: devredileni geri
 * versin. */
LOOP_TEST(waiter_cancelled_after_the_wake_knows_it_was_woken)
{
    struct waiters waiters;
    waiters_init(&waiters);
    struct queueing one = {.waiters = &waiters, .word = "1", .deadline = DEADLINE_NONE};
    SCOPED_TASK task = task_create(NULL, queue_up, &one);
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_TRUE(waiters_wake_first(&waiters));
    CHECK_TRUE(task_cancel(task));
    CHECK_INT_EQ(task_await(task, SOON), -ECANCELED);
    CHECK_TRUE(one.woken);
}

/* --- bitince çağrılanlar --- */

LOOP_TEST(done_calls_run_in_order_after_the_end)
{
    struct call first = {0}, second = {0};
    SCOPED_TASK task = task_create(NULL, note_task, "gövde ");
    task_on_done(task, &first, note_call, "1");
    task_on_done(task, &second, note_call, "2");
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_TEXT_EQ(notes(), "gövde ");
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_TEXT_EQ(notes(), "gövde 12");
}

LOOP_TEST(done_call_on_a_finished_task_runs_in_the_next_round)
{
    struct call call = {0}, on_none = {0};
    SCOPED_TASK task = task_create(NULL, note_task, "");
    CHECK_INT_EQ(task_await(task, SOON), 0);
    task_on_done(task, &call, note_call, "1");
    task_on_done(NULL, &on_none, note_call, "2");
    CHECK_TEXT_EQ(notes(), "");
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_TEXT_EQ(notes(), "12");
}

LOOP_TEST(done_call_may_be_cancelled)
{
    struct call first = {0}, second = {0};
    SCOPED_TASK task = task_create(NULL, note_task, "");
    task_on_done(task, &first, note_call, "1");
    task_on_done(task, &second, note_call, "2");
    CHECK_TRUE(loop_call_cancel(&first));
    let_others_run();
    CHECK_TEXT_EQ(notes(), "2");
}

/* --- NULL görev, bellek yokluğu --- */

LOOP_TEST(null_task_is_one_that_could_not_start)
{
    CHECK_INT_EQ(task_await(NULL, SOON), -ENOMEM);
    CHECK_INT_EQ(task_state(NULL), TASK_DONE);
    CHECK_INT_EQ(task_result(NULL), -ENOMEM);
    CHECK_FALSE(task_cancel(NULL));
    task_release(NULL);
    task_detach(NULL);
}

LOOP_TEST(no_memory_gives_a_null_task)
{
    stub_fill_memory(true);
    struct task *no_memory = task_create(NULL, note_task, "olmamalı");
    stub_fill_memory(false);
    stub_fill_address_space(true);
    struct task *no_stack = task_create(NULL, note_task, "olmamalı");
    stub_fill_address_space(false);
    CHECK_TRUE(no_memory == NULL);
    CHECK_TRUE(no_stack == NULL);
    let_others_run();
    CHECK_TEXT_EQ(notes(), "");
    CHECK_INT_EQ(loop_facts().tasks, 1);
}

static const struct check_test tests[] = {
    {RUN(body_starts_only_when_the_creator_waits)},
    {RUN(tasks_start_in_the_order_of_their_creation)},
    {RUN(await_gives_the_result)},
    {RUN(result_is_known_only_at_the_end)},
    {RUN(state_is_seen_from_another_task)},
    {RUN(no_task_is_current_inside_a_call)},
    {RUN(outside_a_loop_there_is_no_task)},
    {RUN(name_is_the_given_text)},
    {RUN(nameless_task_is_named_by_its_number)},
    {RUN(every_waiter_gets_the_result)},
    {RUN(waiters_continue_in_the_order_they_came)},
    {RUN(await_with_a_deadline_leaves_the_task_running)},
    {RUN(task_cannot_wait_for_itself)},
    {RUN(wait_ends_at_its_own_deadline)},
    {RUN(unused_deadline_does_not_end_a_later_wait)},
    {RUN(sleep_lasts_as_long_as_asked)},
    {RUN(no_sleep_ends_early)},
    {RUN(sleepers_wake_in_the_order_of_time)},
    {RUN(yielding_tasks_take_turns)},
    {RUN(task_that_is_woken_twice_runs_once)},
    {RUN(waiters_are_woken_first_come_first_served)},
    {RUN(waiter_that_gave_up_is_not_in_the_queue)},
    {RUN(waiter_cancelled_after_the_wake_knows_it_was_woken)},
    {RUN(done_calls_run_in_order_after_the_end)},
    {RUN(done_call_on_a_finished_task_runs_in_the_next_round)},
    {RUN(done_call_may_be_cancelled)},
    {RUN(null_task_is_one_that_could_not_start)},
    {RUN(no_memory_gives_a_null_task)},
};

int main(void)
{
    return CHECK_RUN(tests);
}
