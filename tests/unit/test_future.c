/* async/future: bir kez konan sonuç, bekleyenler, geri çağrılar. */
#include "async/future.h"

#include <errno.h>

#include "check.h"
#include "in_loop.h"

LOOP_TEST(result_set_before_the_await_is_given_at_once)
{
    struct future future;
    future_init(&future);
    CHECK_TRUE(future_set(&future, 7));
    CHECK_INT_EQ(future_await(&future, SOON), 7);
    CHECK_INT_EQ(future_await(&future, SOON), 7);
    CHECK_INT_EQ(future_await(&future, deadline_after(-1)), 7);
}

LOOP_TEST(result_is_set_once)
{
    struct future future;
    future_init(&future);
    CHECK_TRUE(future_set(&future, -EPIPE));
    CHECK_FALSE(future_set(&future, 7));
    CHECK_FALSE(future_cancel(&future));
    CHECK_INT_EQ(future_await(&future, SOON), -EPIPE);
}

LOOP_TEST(fresh_future_is_not_done)
{
    struct future future;
    future_init(&future);
    CHECK_FALSE(future.done);
    CHECK_INT_EQ(future.result, -EINPROGRESS);
    CHECK_TRUE(future_set(&future, 0));
    CHECK_TRUE(future.done);
    CHECK_INT_EQ(future.result, 0);
}

struct wait {
    struct future *future;
    const char *word;
    deadline_t deadline;
};

static int await_and_note(void *argument)
{
    const struct wait *wait = argument;
    int result = future_await(wait->future, wait->deadline);
    note(wait->word);
    return result;
}

LOOP_TEST(every_waiter_gets_the_result_in_the_order_they_came)
{
    struct future future;
    future_init(&future);
    struct wait waits[3] = {
        {&future, "1", DEADLINE_NONE}, {&future, "2", SOON}, {&future, "3", DEADLINE_NONE}};
    SCOPED_TASK first = task_create(NULL, await_and_note, &waits[0]);
    SCOPED_TASK second = task_create(NULL, await_and_note, &waits[1]);
    SCOPED_TASK third = task_create(NULL, await_and_note, &waits[2]);
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_TRUE(future_set(&future, 7));
    CHECK_INT_EQ(task_await(third, SOON), 7);
    CHECK_INT_EQ(task_await(second, SOON), 7);
    CHECK_INT_EQ(task_await(first, SOON), 7);
    CHECK_TEXT_EQ(notes(), "123");
}

LOOP_TEST(cancelled_future_gives_the_cancel_as_its_result)
{
    struct future future;
    future_init(&future);
    CHECK_TRUE(future_cancel(&future));
    CHECK_INT_EQ(future_await(&future, SOON), -ECANCELED);
    CHECK_FALSE(task_cancelling()); /* iptal edilen, bekleyen görev değildir */
}

LOOP_TEST(deadline_leaves_the_future_as_it_is)
{
    struct future future;
    future_init(&future);
    deadline_t when = deadline_after(2);
    CHECK_INT_EQ(future_await(&future, when), -ETIMEDOUT);
    CHECK_INT_EQ(monotonic_ns(), when);
    CHECK_FALSE(future.done);
    CHECK_TRUE(future_set(&future, 7));
    CHECK_INT_EQ(future_await(&future, SOON), 7);
}

LOOP_TEST(cancelled_waiter_leaves_the_future_as_it_is)
{
    struct future future;
    future_init(&future);
    struct wait wait = {&future, "1", DEADLINE_NONE};
    SCOPED_TASK task = task_create(NULL, await_and_note, &wait);
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_TRUE(task_cancel(task));
    CHECK_INT_EQ(task_await(task, SOON), -ECANCELED);
    CHECK_FALSE(future.done);
    CHECK_TRUE(future_set(&future, 7));
    CHECK_INT_EQ(future_await(&future, SOON), 7);
}

/* Sonuç konup bekleyen uyandırılır, ama o çalışamadan iptal edilir. */
LOOP_TEST(cancel_wins_over_a_result_of_the_same_step)
{
    struct future future;
    future_init(&future);
    struct wait wait = {&future, "1", DEADLINE_NONE};
    SCOPED_TASK task = task_create(NULL, await_and_note, &wait);
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_TRUE(future_set(&future, 7));
    CHECK_TRUE(task_cancel(task));
    CHECK_INT_EQ(task_await(task, SOON), -ECANCELED);
}

LOOP_TEST(done_calls_run_after_the_result_is_set)
{
    struct future future;
    struct call first = {0}, second = {0}, late = {0};
    future_init(&future);
    future_on_done(&future, &first, note_call, "1");
    future_on_done(&future, &second, note_call, "2");
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_TEXT_EQ(notes(), "");
    CHECK_TRUE(future_set(&future, 0));
    CHECK_TEXT_EQ(notes(), "");
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_TEXT_EQ(notes(), "12");
    future_on_done(&future, &late, note_call, "3");
    CHECK_TEXT_EQ(notes(), "12");
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_TEXT_EQ(notes(), "123");
}

static void set_seven(void *future)
{
    future_set(future, 7);
}

LOOP_TEST(call_may_set_the_result)
{
    struct future future;
    struct call call = {0};
    future_init(&future);
    loop_call_later(&call, 1, set_seven, &future);
    CHECK_INT_EQ(future_await(&future, SOON), 7);
}

static const struct check_test tests[] = {
    {RUN(fresh_future_is_not_done)},
    {RUN(result_set_before_the_await_is_given_at_once)},
    {RUN(result_is_set_once)},
    {RUN(every_waiter_gets_the_result_in_the_order_they_came)},
    {RUN(cancelled_future_gives_the_cancel_as_its_result)},
    {RUN(deadline_leaves_the_future_as_it_is)},
    {RUN(cancelled_waiter_leaves_the_future_as_it_is)},
    {RUN(cancel_wins_over_a_result_of_the_same_step)},
    {RUN(done_calls_run_after_the_result_is_set)},
    {RUN(call_may_set_the_result)},
};

int main(void)
{
    return CHECK_RUN(tests);
}
