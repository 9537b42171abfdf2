/* async/combine: hepsini, ilkini, bittikleri sırayla, sınırla beklemek. */
#include "async/combine.h"

#include <errno.h>

#include "async/sync.h"
#include "check.h"
#include "child.h"
#include "in_loop.h"
#include "stubs.h"

/* Bir süre sonra bir sonuçla biten görev. */
struct job {
    double seconds;
    int result;
};

static int job_body(void *argument)
{
    const struct job *job = argument;
    int outcome = task_sleep(job->seconds);
    return outcome < 0 ? outcome : job->result;
}

/* İptali bir süre duymazdan gelip kendi sonucuyla biten. */
static int stubborn_body(void *argument)
{
    const struct job *job = argument;
    CHECK_INT_EQ(task_sleep_until(DEADLINE_NONE), -ECANCELED);
    task_shield(DEADLINE_NONE);
    CHECK_INT_EQ(task_sleep(job->seconds), 0);
    task_unshield();
    note("oyalanan ");
    return job->result;
}

enum { COUNT = 3 };

static void start(struct task *tasks[COUNT], struct job jobs[COUNT])
{
    for (size_t i = 0; i < COUNT; i++)
        tasks[i] = task_create(NULL, job_body, &jobs[i]);
}

static void release(struct task *tasks[COUNT])
{
    for (size_t i = 0; i < COUNT; i++)
        task_release(tasks[i]);
}

static void check_results(struct task *tasks[COUNT], int first, int second, int third)
{
    CHECK_INT_EQ(task_result(tasks[0]), first);
    CHECK_INT_EQ(task_result(tasks[1]), second);
    CHECK_INT_EQ(task_result(tasks[2]), third);
}

static void cancel_given(void *task)
{
    task_cancel(task);
}

/* --- task_gather --- */

LOOP_TEST(gather_waits_for_all_and_keeps_every_result)
{
    struct task *tasks[COUNT];
    struct job jobs[COUNT] = {{3, 30}, {1, 10}, {2, 20}};
    deadline_t began = monotonic_ns();
    start(tasks, jobs);
    CHECK_INT_EQ(task_gather(tasks, COUNT, SOON), 0);
    CHECK_INT_EQ(monotonic_ns() - began, 3 * SECOND);
    check_results(tasks, 30, 10, 20);
    release(tasks);
}

LOOP_TEST(gather_of_nothing_returns_at_once)
{
    CHECK_INT_EQ(task_gather(NULL, 0, deadline_after(-1)), 0);
}

/* Hata ötekileri durdurmaz; dönen, zamanda değil dizide ilk olanıdır. */
LOOP_TEST(gather_goes_on_after_a_failure)
{
    struct task *tasks[COUNT];
    struct job jobs[COUNT] = {{3, 30}, {2, -EPIPE}, {1, -EIO}};
    deadline_t began = monotonic_ns();
    start(tasks, jobs);
    CHECK_INT_EQ(task_gather(tasks, COUNT, SOON), -EPIPE);
    CHECK_INT_EQ(monotonic_ns() - began, 3 * SECOND);
    check_results(tasks, 30, -EPIPE, -EIO);
    release(tasks);
}

LOOP_TEST(gather_takes_finished_and_null_tasks)
{
    struct task *tasks[COUNT];
    struct job jobs[COUNT] = {{0, 1}, {1, 2}, {0, 3}};
    start(tasks, jobs);
    CHECK_INT_EQ(task_await(tasks[2], SOON), 3);
    CHECK_INT_EQ(task_gather(tasks, COUNT, SOON), 0);
    struct task *with_null[] = {tasks[0], NULL, tasks[2]};
    CHECK_INT_EQ(task_gather(with_null, COUNT, SOON), -ENOMEM);
    release(tasks);
}

struct gathering {
    struct task **tasks;
    size_t count;
    deadline_t deadline;
};

static int gather(void *argument)
{
    const struct gathering *gathering = argument;
    int outcome = task_gather(gathering->tasks, gathering->count, gathering->deadline);
    note("toplandı");
    return outcome;
}

LOOP_TEST(cancelled_gather_cancels_all_and_waits_for_their_end)
{
    struct job jobs[COUNT] = {{60, 1}, {2, 7}, {0, 3}};
    struct task *tasks[] = {
        task_create(NULL, job_body, &jobs[0]),
        task_create(NULL, stubborn_body, &jobs[1]),
        task_create(NULL, job_body, &jobs[2]),
    };
    deadline_t began = monotonic_ns();
    struct gathering gathering = {tasks, COUNT, DEADLINE_NONE};
    SCOPED_TASK gatherer = task_create(NULL, gather, &gathering);
    CHECK_INT_EQ(task_sleep(1), 0);
    CHECK_TRUE(task_cancel(gatherer));
    CHECK_INT_EQ(task_await(gatherer, SOON), -ECANCELED);
    CHECK_TEXT_EQ(notes(), "oyalanan toplandı");
    CHECK_INT_EQ(monotonic_ns() - began, 3 * SECOND);
    check_results(tasks, -ECANCELED, 7, 3);
    release(tasks);
}

LOOP_TEST(deadline_of_a_gather_cancels_all_and_waits_for_their_end)
{
    struct job jobs[COUNT] = {{1, 1}, {2, 7}, {60, 3}};
    struct task *tasks[] = {
        task_create(NULL, job_body, &jobs[0]),
        task_create(NULL, stubborn_body, &jobs[1]),
        task_create(NULL, job_body, &jobs[2]),
    };
    deadline_t began = monotonic_ns();
    CHECK_INT_EQ(task_gather(tasks, COUNT, began + 3 * SECOND), -ETIMEDOUT);
    CHECK_INT_EQ(monotonic_ns() - began, 5 * SECOND);
    check_results(tasks, 1, 7, -ECANCELED);
    CHECK_FALSE(task_cancelling());
    release(tasks);
}

/* --- task_wait --- */

LOOP_TEST(wait_for_all_ignores_failures)
{
    struct task *tasks[COUNT];
    struct job jobs[COUNT] = {{1, -EPIPE}, {3, 30}, {2, 20}};
    deadline_t began = monotonic_ns();
    start(tasks, jobs);
    CHECK_INT_EQ(task_wait(tasks, COUNT, WAIT_ALL, SOON), COUNT);
    CHECK_INT_EQ(monotonic_ns() - began, 3 * SECOND);
    check_results(tasks, -EPIPE, 30, 20);
    release(tasks);
}

LOOP_TEST(wait_for_the_first_to_complete_leaves_the_others_running)
{
    struct task *tasks[COUNT];
    struct job jobs[COUNT] = {{3, 30}, {1, 10}, {2, 20}};
    deadline_t began = monotonic_ns();
    start(tasks, jobs);
    CHECK_INT_EQ(task_wait(tasks, COUNT, WAIT_FIRST_COMPLETED, SOON), 1);
    CHECK_INT_EQ(monotonic_ns() - began, SECOND);
    check_results(tasks, -EINPROGRESS, 10, -EINPROGRESS);
    CHECK_INT_EQ(task_wait(tasks, COUNT, WAIT_FIRST_COMPLETED, SOON), 1); /* o hâlâ bitmiştir */
    CHECK_INT_EQ(task_gather(tasks, COUNT, SOON), 0);
    check_results(tasks, 30, 10, 20);
    release(tasks);
}

LOOP_TEST(wait_for_the_first_failure_passes_over_successes)
{
    struct task *tasks[COUNT];
    struct job jobs[COUNT] = {{3, 30}, {1, 10}, {2, -EPIPE}};
    deadline_t began = monotonic_ns();
    start(tasks, jobs);
    CHECK_INT_EQ(task_wait(tasks, COUNT, WAIT_FIRST_FAILURE, SOON), 2);
    CHECK_INT_EQ(monotonic_ns() - began, 2 * SECOND);
    check_results(tasks, -EINPROGRESS, 10, -EPIPE);
    release(tasks);
}

LOOP_TEST(wait_for_the_first_failure_ends_when_all_succeed)
{
    struct task *tasks[COUNT];
    struct job jobs[COUNT] = {{1, 10}, {2, 20}, {3, 30}};
    start(tasks, jobs);
    CHECK_INT_EQ(task_wait(tasks, COUNT, WAIT_FIRST_FAILURE, SOON), COUNT);
    release(tasks);
}

LOOP_TEST(wait_of_nothing_returns_at_once)
{
    struct task *none[] = {NULL};
    CHECK_INT_EQ(task_wait(NULL, 0, WAIT_ALL, SOON), 0);
    CHECK_INT_EQ(task_wait(NULL, 0, WAIT_FIRST_COMPLETED, SOON), 0);
    CHECK_INT_EQ(task_wait(none, 1, WAIT_FIRST_FAILURE, SOON), 1);
}

LOOP_TEST(deadline_of_a_wait_cancels_nobody)
{
    struct task *tasks[COUNT];
    struct job jobs[COUNT] = {{3, 30}, {1, 10}, {2, 20}};
    deadline_t began = monotonic_ns();
    start(tasks, jobs);
    CHECK_INT_EQ(task_wait(tasks, COUNT, WAIT_ALL, began + SECOND * 5 / 2), -ETIMEDOUT);
    CHECK_INT_EQ(monotonic_ns() - began, SECOND * 5 / 2);
    CHECK_INT_EQ(task_gather(tasks, COUNT, SOON), 0);
    check_results(tasks, 30, 10, 20);
    release(tasks);
}

static int wait_all(void *argument)
{
    const struct gathering *gathering = argument;
    return task_wait(gathering->tasks, gathering->count, WAIT_ALL, gathering->deadline);
}

LOOP_TEST(cancelled_wait_cancels_nobody_else)
{
    struct task *tasks[COUNT];
    struct job jobs[COUNT] = {{3, 30}, {1, 10}, {2, 20}};
    start(tasks, jobs);
    struct gathering gathering = {tasks, COUNT, DEADLINE_NONE};
    SCOPED_TASK waiter = task_create(NULL, wait_all, &gathering);
    CHECK_INT_EQ(task_sleep(1.5), 0);
    CHECK_TRUE(task_cancel(waiter));
    CHECK_INT_EQ(task_await(waiter, SOON), -ECANCELED);
    CHECK_INT_EQ(task_gather(tasks, COUNT, SOON), 0);
    check_results(tasks, 30, 10, 20);
    release(tasks);
}

LOOP_TEST(same_task_may_be_waited_for_twice)
{
    struct job job = {1, 10};
    SCOPED_TASK task = task_create(NULL, job_body, &job);
    struct task *twice[] = {task, task};
    CHECK_INT_EQ(task_wait(twice, 2, WAIT_FIRST_COMPLETED, SOON), 2);
    CHECK_INT_EQ(task_gather(twice, 2, SOON), 0);
}

LOOP_TEST(no_memory_for_waiting_is_an_error)
{
    struct task *tasks[COUNT];
    bool taken[COUNT] = {false};
    struct job jobs[COUNT] = {{3, 30}, {1, 10}, {2, 20}};
    start(tasks, jobs);
    stub_fill_memory(true);
    int wait = task_wait(tasks, COUNT, WAIT_ALL, SOON);
    int next = task_next_done(tasks, taken, COUNT, SOON);
    stub_fill_memory(false);
    CHECK_INT_EQ(wait, -ENOMEM);
    CHECK_INT_EQ(next, -ENOMEM);
    CHECK_INT_EQ(task_gather(tasks, COUNT, SOON), 0);
    release(tasks);
}

static int look_away(void *unused)
{
    struct job jobs[2] = {{0, -EPIPE}, {0, -EPIPE}};
    (void)unused;
    SCOPED_TASK waited = task_create("beklenen", job_body, &jobs[0]);
    SCOPED_TASK gathered = task_create("toplanan", job_body, &jobs[1]);
    struct task *one[] = {waited}, *two[] = {gathered};
    CHECK_INT_EQ(task_wait(one, 1, WAIT_FIRST_FAILURE, SOON), 1);
    CHECK_INT_EQ(task_gather(two, 1, SOON), -EPIPE);
    return 0;
}

static void run_look_away(void *unused)
{
    (void)unused;
    CHECK_INT_EQ(loop_run(look_away, NULL), 0);
}

/* Yalnız beklemek sonuca bakmak değildir; task_gather ise hatayı döndürür. */
static void failure_that_was_only_waited_for_is_still_named(void)
{
    struct child_end end = child_run(run_look_away, NULL);
    CHECK_INT_EQ(end.code, 0);
    CHECK_TEXT_MATCHES(end.err, ".{23} - WARNING - beklenen: sonucu alınmadı: [^\n]+\n");
}

/* --- task_next_done --- */

LOOP_TEST(next_done_gives_the_tasks_in_the_order_they_end)
{
    struct task *tasks[COUNT];
    bool taken[COUNT] = {false};
    struct job jobs[COUNT] = {{3, 30}, {1, -EPIPE}, {2, 20}};
    deadline_t began = monotonic_ns();
    start(tasks, jobs);
    CHECK_INT_EQ(task_next_done(tasks, taken, COUNT, SOON), 1);
    CHECK_INT_EQ(monotonic_ns() - began, SECOND);
    CHECK_INT_EQ(task_next_done(tasks, taken, COUNT, SOON), 2);
    CHECK_INT_EQ(task_next_done(tasks, taken, COUNT, SOON), 0);
    CHECK_INT_EQ(task_next_done(tasks, taken, COUNT, SOON), -ENOENT);
    release(tasks);
}

/* Hepsi çoktan bitmişse de sıra, dizideki değil bitiş sırasıdır. */
LOOP_TEST(next_done_remembers_the_order_of_ends)
{
    struct task *tasks[COUNT];
    bool taken[COUNT] = {false};
    struct job jobs[COUNT] = {{3, 30}, {1, 10}, {2, 20}};
    start(tasks, jobs);
    CHECK_INT_EQ(task_sleep(5), 0);
    CHECK_INT_EQ(task_next_done(tasks, taken, COUNT, SOON), 1);
    CHECK_INT_EQ(task_next_done(tasks, taken, COUNT, SOON), 2);
    CHECK_INT_EQ(task_next_done(tasks, taken, COUNT, SOON), 0);
    CHECK_TRUE(taken[0] && taken[1] && taken[2]);
    release(tasks);
}

LOOP_TEST(next_done_gives_null_tasks_first)
{
    struct job job = {0, 10};
    SCOPED_TASK task = task_create(NULL, job_body, &job);
    CHECK_INT_EQ(task_sleep(1), 0);
    struct task *tasks[] = {task, NULL};
    bool taken[] = {false, false};
    CHECK_INT_EQ(task_next_done(tasks, taken, 2, SOON), 1);
    CHECK_INT_EQ(task_next_done(tasks, taken, 2, SOON), 0);
    CHECK_INT_EQ(task_next_done(tasks, taken, 2, SOON), -ENOENT);
    CHECK_INT_EQ(task_next_done(NULL, NULL, 0, SOON), -ENOENT);
}

LOOP_TEST(deadline_of_next_done_takes_nothing)
{
    struct task *tasks[COUNT];
    bool taken[COUNT] = {false};
    struct job jobs[COUNT] = {{3, 30}, {3, 10}, {2, 20}};
    deadline_t began = monotonic_ns();
    start(tasks, jobs);
    CHECK_INT_EQ(task_next_done(tasks, taken, COUNT, began + SECOND), -ETIMEDOUT);
    CHECK_INT_EQ(monotonic_ns() - began, SECOND);
    CHECK_FALSE(taken[0] || taken[1] || taken[2]);
    CHECK_INT_EQ(task_next_done(tasks, taken, COUNT, SOON), 2);
    release(tasks);
}

/* --- task_wait_for --- */

LOOP_TEST(wait_for_gives_the_result)
{
    struct job jobs[] = {{1, 10}, {1, -EPIPE}};
    SCOPED_TASK good = task_create(NULL, job_body, &jobs[0]);
    SCOPED_TASK bad = task_create(NULL, job_body, &jobs[1]);
    CHECK_INT_EQ(task_wait_for(good, SOON), 10);
    CHECK_INT_EQ(task_wait_for(good, deadline_after(-1)), 10);
    CHECK_INT_EQ(task_wait_for(bad, SOON), -EPIPE);
    CHECK_INT_EQ(task_wait_for(NULL, SOON), -ENOMEM);
}

LOOP_TEST(timed_out_wait_for_cancels_and_waits_for_the_real_end)
{
    struct job job = {2, -ECANCELED};
    deadline_t began = monotonic_ns();
    SCOPED_TASK task = task_create(NULL, stubborn_body, &job);
    CHECK_INT_EQ(task_wait_for(task, began + SECOND), -ETIMEDOUT);
    CHECK_TEXT_EQ(notes(), "oyalanan ");
    CHECK_INT_EQ(task_state(task), TASK_DONE);
    CHECK_INT_EQ(monotonic_ns() - began, 3 * SECOND);
}

/* Görev iptale karşın işini bitirmişse emek atılmaz. */
LOOP_TEST(result_that_races_with_the_timeout_is_kept)
{
    struct job jobs[] = {{2, 7}, {2, -EPIPE}};
    SCOPED_TASK good = task_create(NULL, stubborn_body, &jobs[0]);
    SCOPED_TASK bad = task_create(NULL, stubborn_body, &jobs[1]);
    CHECK_INT_EQ(task_wait_for(good, deadline_after(1)), 7);
    CHECK_INT_EQ(task_wait_for(bad, deadline_after(1)), -EPIPE);
}

LOOP_TEST(result_at_the_very_deadline_is_kept)
{
    struct job job = {1, 7};
    deadline_t when = deadline_after(1);
    SCOPED_TASK task = task_create(NULL, job_body, &job);
    CHECK_INT_EQ(task_yield(), 0); /* onun zamanlayıcısı bekleyeninkinden önce kurulsun */
    CHECK_INT_EQ(task_wait_for(task, when), 7);
}

static int wait_for(void *argument)
{
    const struct gathering *gathering = argument;
    int outcome = task_wait_for(gathering->tasks[0], gathering->deadline);
    note("beklendi");
    return outcome;
}

LOOP_TEST(outside_cancel_of_wait_for_cancels_the_task_too)
{
    struct job job = {2, 7};
    struct task *task = task_create(NULL, stubborn_body, &job);
    struct gathering gathering = {&task, 1, DEADLINE_NONE};
    SCOPED_TASK waiter = task_create(NULL, wait_for, &gathering);
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_TRUE(task_cancel(waiter));
    CHECK_INT_EQ(task_await(waiter, SOON), -ECANCELED);
    CHECK_TEXT_EQ(notes(), "oyalanan beklendi");
    CHECK_INT_EQ(task_result(task), 7);
    task_release(task);
}

static int wait_for_event(void *event)
{
    int outcome = event_wait(event, DEADLINE_NONE);
    return outcome < 0 ? outcome : 7;
}

LOOP_TEST(outside_cancel_wins_over_a_result_of_the_same_step)
{
    struct event event;
    struct call call = {0};
    event_init(&event);
    struct task *task = task_create(NULL, wait_for_event, &event);
    struct gathering gathering = {&task, 1, DEADLINE_NONE};
    SCOPED_TASK waiter = task_create(NULL, wait_for, &gathering);
    CHECK_INT_EQ(task_yield(), 0);
    event_set(&event);
    loop_call_soon(&call, cancel_given, waiter); /* görev biter, bekleyen uyanır, sonra iptal */
    CHECK_INT_EQ(task_await(waiter, SOON), -ECANCELED);
    CHECK_INT_EQ(task_result(task), 7);
    task_release(task);
}

/* --- timeout --- */

static int sleep_within(double limit, double seconds)
{
    struct timeout timeout;
    timeout_open(&timeout, deadline_after(limit));
    return timeout_close(&timeout, task_sleep(seconds));
}

LOOP_TEST(timeout_that_does_not_expire_changes_nothing)
{
    deadline_t began = monotonic_ns();
    CHECK_INT_EQ(sleep_within(2, 1), 0);
    CHECK_INT_EQ(task_sleep(5), 0);
    CHECK_INT_EQ(monotonic_ns() - began, 6 * SECOND);
    struct timeout none;
    timeout_open(&none, DEADLINE_NONE);
    CHECK_INT_EQ(timeout_close(&none, task_sleep(1)), 0);
}

LOOP_TEST(timeout_that_expires_ends_every_wait_of_its_scope)
{
    struct timeout timeout;
    deadline_t began = monotonic_ns();
    timeout_open(&timeout, began + SECOND);
    CHECK_INT_EQ(task_sleep(60), -ECANCELED);
    CHECK_INT_EQ(task_yield(), -ECANCELED);
    CHECK_INT_EQ(timeout_close(&timeout, -ECANCELED), -ETIMEDOUT);
    CHECK_INT_EQ(monotonic_ns() - began, SECOND);
    CHECK_FALSE(task_cancelling());
    CHECK_INT_EQ(task_sleep(1), 0);
}

LOOP_TEST(other_outcomes_of_an_expired_scope_are_kept)
{
    struct timeout timeout;
    for (int outcome = -2; outcome <= 2; outcome++) {
        timeout_open(&timeout, deadline_after(1));
        CHECK_INT_EQ(task_sleep(60), -ECANCELED);
        CHECK_INT_EQ(timeout_close(&timeout, outcome), outcome);
        CHECK_FALSE(task_cancelling());
    }
}

LOOP_TEST(outside_cancel_in_a_scope_stays_a_cancel)
{
    struct timeout timeout;
    timeout_open(&timeout, deadline_after(5));
    CHECK_TRUE(task_cancel(task_current()));
    CHECK_INT_EQ(timeout_close(&timeout, task_sleep(1)), -ECANCELED);
    CHECK_TRUE(task_cancelling());
    CHECK_INT_EQ(task_uncancel(), 0);
}

LOOP_TEST(outside_cancel_at_the_same_time_as_the_timeout_stays_a_cancel)
{
    for (int before = 0; before < 2; before++) {
        struct timeout timeout;
        struct call call = {0};
        deadline_t when = deadline_after(1);
        if (before)
            loop_call_at(&call, when, cancel_given, task_current());
        timeout_open(&timeout, when);
        if (!before)
            loop_call_at(&call, when, cancel_given, task_current());
        CHECK_INT_EQ(timeout_close(&timeout, task_sleep(60)), -ECANCELED);
        CHECK_TRUE(task_cancelling());
        CHECK_INT_EQ(task_uncancel(), 0);
    }
}

static int nested(double outer_limit, double inner_limit, int *inner_outcome)
{
    struct timeout outer;
    timeout_open(&outer, deadline_after(outer_limit));
    *inner_outcome = sleep_within(inner_limit, 60);
    int outcome = task_sleep(1);
    return timeout_close(&outer, outcome);
}

LOOP_TEST(inner_scope_expires_alone)
{
    int inner;
    CHECK_INT_EQ(nested(5, 1, &inner), 0);
    CHECK_INT_EQ(inner, -ETIMEDOUT);
    CHECK_FALSE(task_cancelling());
}

LOOP_TEST(outer_scope_passes_through_the_inner_one_as_a_cancel)
{
    int inner;
    CHECK_INT_EQ(nested(1, 5, &inner), -ETIMEDOUT);
    CHECK_INT_EQ(inner, -ECANCELED);
    CHECK_FALSE(task_cancelling());
}

LOOP_TEST(scopes_that_expire_together_end_at_the_outer_one)
{
    int inner;
    CHECK_INT_EQ(nested(1, 1, &inner), -ETIMEDOUT);
    CHECK_INT_EQ(inner, -ECANCELED);
    CHECK_FALSE(task_cancelling());
}

/* Süre, kapsam kapanırken dolmuşsa ama çalan henüz çalışmamışsa kapanıştan sonra çalışmaz. */
LOOP_TEST(closed_scope_does_not_cancel_later)
{
    struct timeout timeout;
    deadline_t when = deadline_after(1);
    timeout_open(&timeout, when);
    stub_freeze_clock(when / SECOND + 5, 0);
    CHECK_INT_EQ(timeout_close(&timeout, 3), 3);
    CHECK_INT_EQ(task_sleep(1), 0);
}

LOOP_TEST(scope_whose_deadline_has_passed_ends_its_first_long_wait)
{
    struct timeout timeout;
    deadline_t began = monotonic_ns();
    timeout_open(&timeout, began - SECOND);
    CHECK_INT_EQ(timeout_close(&timeout, task_sleep(1)), -ETIMEDOUT);
    CHECK_INT_EQ(monotonic_ns(), began);
}

static const struct check_test tests[] = {
    {RUN(gather_waits_for_all_and_keeps_every_result)},
    {RUN(gather_of_nothing_returns_at_once)},
    {RUN(gather_goes_on_after_a_failure)},
    {RUN(gather_takes_finished_and_null_tasks)},
    {RUN(cancelled_gather_cancels_all_and_waits_for_their_end)},
    {RUN(deadline_of_a_gather_cancels_all_and_waits_for_their_end)},
    {RUN(wait_for_all_ignores_failures)},
    {RUN(wait_for_the_first_to_complete_leaves_the_others_running)},
    {RUN(wait_for_the_first_failure_passes_over_successes)},
    {RUN(wait_for_the_first_failure_ends_when_all_succeed)},
    {RUN(wait_of_nothing_returns_at_once)},
    {RUN(deadline_of_a_wait_cancels_nobody)},
    {RUN(cancelled_wait_cancels_nobody_else)},
    {RUN(same_task_may_be_waited_for_twice)},
    {RUN(no_memory_for_waiting_is_an_error)},
    {RUN(failure_that_was_only_waited_for_is_still_named)},
    {RUN(next_done_gives_the_tasks_in_the_order_they_end)},
    {RUN(next_done_remembers_the_order_of_ends)},
    {RUN(next_done_gives_null_tasks_first)},
    {RUN(deadline_of_next_done_takes_nothing)},
    {RUN(wait_for_gives_the_result)},
    {RUN(timed_out_wait_for_cancels_and_waits_for_the_real_end)},
    {RUN(result_that_races_with_the_timeout_is_kept)},
    {RUN(result_at_the_very_deadline_is_kept)},
    {RUN(outside_cancel_of_wait_for_cancels_the_task_too)},
    {RUN(outside_cancel_wins_over_a_result_of_the_same_step)},
    {RUN(timeout_that_does_not_expire_changes_nothing)},
    {RUN(timeout_that_expires_ends_every_wait_of_its_scope)},
    {RUN(other_outcomes_of_an_expired_scope_are_kept)},
    {RUN(outside_cancel_in_a_scope_stays_a_cancel)},
    {RUN(outside_cancel_at_the_same_time_as_the_timeout_stays_a_cancel)},
    {RUN(inner_scope_expires_alone)},
    {RUN(outer_scope_passes_through_the_inner_one_as_a_cancel)},
    {RUN(scopes_that_expire_together_end_at_the_outer_one)},
    {RUN(closed_scope_does_not_cancel_later)},
    {RUN(scope_whose_deadline_has_passed_ends_its_first_long_wait)},
};

int main(void)
{
    return CHECK_RUN(tests);
}
