/* Görevin yolculuğu: bir durumdan ötekine götüren her işlev. Ders 13'ün çizimindeki her okun testi
 * buradadır; ayrıntılar test_task.c, test_task_cancel.c ve test_task_end.c'dedir. */
#include <errno.h>

#include "async/internal.h"
#include "check.h"
#include "in_loop.h"

static size_t ready_count(void)
{
    size_t count = 0;
    const struct link *ready = &loop_of_thread->ready;
    for (const struct link *at = ready->next; at != ready; at = at->next)
        count++;
    return count;
}

static bool is_last_in_the_queue(const struct task *task)
{
    return loop_of_thread->ready.previous == &task->resume.link;
}

/* Sırası gelince bir görevin o anki durumuna bakan çağrı. */
struct look {
    struct call call;
    const struct task *task;
    enum task_state state;
    bool last;
};

static void look_at_task(void *argument)
{
    struct look *look = argument;
    look->state = task_state(look->task);
    look->last = is_last_in_the_queue(look->task);
}

LOOP_TEST(create_puts_the_task_at_the_end_of_the_ready_queue)
{
    SCOPED_TASK first = task_create("1", note_task, "1");
    SCOPED_TASK task = task_create("2", note_task, "2");
    CHECK_TRUE(first != NULL);
    CHECK_INT_EQ(task_state(task), TASK_READY);
    CHECK_INT_EQ(ready_count(), 2);
    CHECK_TRUE(is_last_in_the_queue(task));
    CHECK_TEXT_EQ(notes(), "");
}

static int look_at_self(void *argument)
{
    enum task_state *seen = argument;
    *seen = task_state(task_current());
    return ready_count() == 0 ? 0 : -EINVAL; /* turun görevleri artık sırada değildir */
}

LOOP_TEST(resume_takes_the_task_from_the_queue_and_runs_it)
{
    enum task_state seen = TASK_DONE;
    SCOPED_TASK task = task_create(NULL, look_at_self, &seen);
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_INT_EQ(seen, TASK_RUNNING);
    CHECK_INT_EQ(task_result(task), 0);
}

LOOP_TEST(yield_puts_the_running_task_at_the_end_of_the_ready_queue)
{
    struct call first = {0};
    struct look look = {.task = task_current()};
    loop_call_soon(&first, note_call, "önce ");
    loop_call_soon(&look.call, look_at_task, &look);
    CHECK_INT_EQ(task_state(look.task), TASK_RUNNING);
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_TEXT_EQ(notes(), "önce "); /* sırada olanlardan sonra */
    CHECK_INT_EQ(look.state, TASK_READY);
    CHECK_INT_EQ(task_state(look.task), TASK_RUNNING);
}

static int park(void *outcome)
{
    *(int *)outcome = task_park(DEADLINE_NONE);
    return 0;
}

LOOP_TEST(park_stops_the_task_and_leaves_it_out_of_the_queue)
{
    int outcome = 1;
    SCOPED_TASK task = task_create(NULL, park, &outcome);
    let_others_run();
    CHECK_INT_EQ(task_state(task), TASK_WAITING);
    CHECK_INT_EQ(ready_count(), 0);
    CHECK_INT_EQ(outcome, 1);
}

LOOP_TEST(wake_puts_the_waiting_task_into_the_queue)
{
    int outcome = 1;
    struct call first = {0};
    SCOPED_TASK task = task_create(NULL, park, &outcome);
    let_others_run();
    loop_call_soon(&first, note_call, "önce");
    task_wake(task);
    CHECK_INT_EQ(task_state(task), TASK_READY);
    CHECK_TRUE(is_last_in_the_queue(task));
    CHECK_INT_EQ(outcome, 1); /* sıraya kondu, çalışmadı */
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_INT_EQ(outcome, 0);
}

static int park_a_second(void *outcome)
{
    *(int *)outcome = task_park(deadline_after(1));
    return 0;
}

LOOP_TEST(alarm_puts_the_waiting_task_into_the_queue)
{
    int outcome = 1;
    SCOPED_TASK task = task_create(NULL, park_a_second, &outcome);
    struct look look = {.task = task};
    int64_t began = monotonic_ns();
    CHECK_INT_EQ(task_yield(), 0);
    loop_call_later(&look.call, 1, look_at_task, &look); /* aynı anda, alarmdan hemen sonra */
    CHECK_INT_EQ(task_await(task, SOON), 0);
    CHECK_INT_EQ(look.state, TASK_READY); /* sıraya kondu, çalışmadı */
    CHECK_TRUE(look.last);
    CHECK_INT_EQ(outcome, -ETIMEDOUT);
    CHECK_BETWEEN(monotonic_ns() - began, SECOND, SECOND + 2 * MS);
}

LOOP_TEST(cancel_puts_the_waiting_task_into_the_queue)
{
    int outcome = 1;
    struct call first = {0};
    SCOPED_TASK task = task_create(NULL, park, &outcome);
    let_others_run();
    loop_call_soon(&first, note_call, "önce");
    CHECK_TRUE(task_cancel(task));
    CHECK_INT_EQ(task_state(task), TASK_READY);
    CHECK_TRUE(is_last_in_the_queue(task));
    CHECK_INT_EQ(outcome, 1);
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_INT_EQ(outcome, -ECANCELED);
}

/* İptal bir durum değil, bir sayaçtır: sıradaki görev yerinde kalır, sırası gelince öğrenir. */
LOOP_TEST(cancel_does_not_move_a_ready_task)
{
    int outcome = 1;
    struct call after = {0};
    SCOPED_TASK task = task_create(NULL, park, &outcome);
    loop_call_soon(&after, note_call, "sonra");
    CHECK_TRUE(task_cancel(task));
    CHECK_INT_EQ(task_state(task), TASK_READY);
    CHECK_INT_EQ(ready_count(), 2); /* görev bir kez, çağrı bir kez */
    CHECK_FALSE(is_last_in_the_queue(task));
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_INT_EQ(outcome, -ECANCELED);
}

LOOP_TEST(body_that_returns_ends_the_task_and_wakes_who_waits)
{
    int seven = 7;
    SCOPED_TASK task = task_create(NULL, return_number, &seven);
    CHECK_INT_EQ(task_await(task, DEADLINE_NONE), 7);
    CHECK_INT_EQ(task_state(task), TASK_DONE);
    CHECK_TRUE(list_empty(&task->joiners.head));
}

LOOP_TEST(bury_gives_the_stack_back_and_keeps_the_result)
{
    int seven = 7;
    SCOPED_TASK task = task_create(NULL, return_number, &seven);
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_TRUE(loop_of_thread->finished == NULL);
    struct stack again;
    CHECK_INT_EQ(stack_take(&again), 0);
    CHECK_TRUE(again.bottom == task->stack.bottom); /* havuzdan, son bırakılan */
    stack_give(&again);
    CHECK_INT_EQ(task_result(task), 7);
}

static const struct check_test tests[] = {
    {RUN(create_puts_the_task_at_the_end_of_the_ready_queue)},
    {RUN(resume_takes_the_task_from_the_queue_and_runs_it)},
    {RUN(yield_puts_the_running_task_at_the_end_of_the_ready_queue)},
    {RUN(park_stops_the_task_and_leaves_it_out_of_the_queue)},
    {RUN(wake_puts_the_waiting_task_into_the_queue)},
    {RUN(alarm_puts_the_waiting_task_into_the_queue)},
    {RUN(cancel_puts_the_waiting_task_into_the_queue)},
    {RUN(cancel_does_not_move_a_ready_task)},
    {RUN(body_that_returns_ends_the_task_and_wakes_who_waits)},
    {RUN(bury_gives_the_stack_back_and_keeps_the_result)},
};

int main(void)
{
    return CHECK_RUN(tests);
}
