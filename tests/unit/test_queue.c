/* async/queue: sınır, bekleme, join, kapanış. */
#include "async/queue.h"

#include <errno.h>
#include <stdint.h>

#include "check.h"
#include "in_loop.h"
#include "stubs.h"

/* Öğe, bir metnin işaretçisidir: alınınca not edilir. */
static char *word(const char *text)
{
    return (char *)(uintptr_t)text;
}

struct user {
    struct queue *queue;
    const char *text;
    deadline_t deadline;
};

static int put(void *argument)
{
    const struct user *user = argument;
    return queue_put(user->queue, word(user->text), user->deadline);
}

static int get(void *argument)
{
    const struct user *user = argument;
    void *item;
    int outcome = queue_get(user->queue, &item, user->deadline);
    if (outcome == 0)
        note(item);
    return outcome;
}

static struct user forever(struct queue *queue, const char *text)
{
    return (struct user){queue, text, DEADLINE_NONE};
}

/* Sıradaki öğe beklenmeden alınabilmeli ve bu olmalıdır. */
static void check_next(struct queue *queue, const char *expected)
{
    void *item;
    CHECK_INT_EQ(queue_get(queue, &item, deadline_after(0)), 0);
    CHECK_TEXT_EQ(item, expected);
}

static void open_queue(struct queue *queue, size_t capacity)
{
    CHECK_INT_EQ(queue_init(queue, capacity), 0);
}

LOOP_TEST(items_come_out_in_the_order_they_were_put)
{
    struct queue queue;
    open_queue(&queue, 3);
    for (int turn = 0; turn < 3; turn++) { /* halka dizinin sonundan başına döner */
        CHECK_INT_EQ(queue_put(&queue, word("a"), SOON), 0);
        CHECK_INT_EQ(queue_put(&queue, word("b"), SOON), 0);
        check_next(&queue, "a");
        check_next(&queue, "b");
    }
    queue_free(&queue);
}

LOOP_TEST(full_queue_makes_the_producer_wait)
{
    struct queue queue;
    open_queue(&queue, 2);
    CHECK_INT_EQ(queue_put(&queue, word("a"), SOON), 0);
    CHECK_INT_EQ(queue_put(&queue, word("b"), SOON), 0);
    deadline_t when = deadline_after(1);
    CHECK_INT_EQ(queue_put(&queue, word("olmaz"), when), -ETIMEDOUT);
    CHECK_INT_EQ(monotonic_ns(), when);
    struct user producer = forever(&queue, "c");
    SCOPED_TASK task = task_create(NULL, put, &producer);
    CHECK_INT_EQ(task_sleep(1), 0);
    CHECK_INT_EQ(task_state(task), TASK_WAITING);
    check_next(&queue, "a");
    CHECK_INT_EQ(task_await(task, SOON), 0);
    check_next(&queue, "b");
    check_next(&queue, "c");
    queue_free(&queue);
}

LOOP_TEST(empty_queue_makes_the_consumer_wait)
{
    struct queue queue;
    void *item;
    open_queue(&queue, 2);
    deadline_t when = deadline_after(1);
    CHECK_INT_EQ(queue_get(&queue, &item, when), -ETIMEDOUT);
    CHECK_INT_EQ(monotonic_ns(), when);
    struct user consumer = forever(&queue, NULL);
    SCOPED_TASK task = task_create(NULL, get, &consumer);
    CHECK_INT_EQ(task_sleep(1), 0);
    CHECK_INT_EQ(task_state(task), TASK_WAITING);
    CHECK_INT_EQ(queue_put(&queue, word("a"), SOON), 0);
    CHECK_INT_EQ(task_await(task, SOON), 0);
    CHECK_TEXT_EQ(notes(), "a");
    queue_free(&queue);
}

LOOP_TEST(waiting_producers_go_first_come_first_served)
{
    struct queue queue;
    open_queue(&queue, 1);
    CHECK_INT_EQ(queue_put(&queue, word("1"), SOON), 0);
    struct user users[3] = {forever(&queue, "2"), forever(&queue, "3"), forever(&queue, "4")};
    SCOPED_TASK second = task_create(NULL, put, &users[0]);
    SCOPED_TASK third = task_create(NULL, put, &users[1]);
    CHECK_INT_EQ(task_yield(), 0);
    check_next(&queue, "1"); /* boşalan yer ikincinindir, dördüncü onu kapamaz */
    SCOPED_TASK fourth = task_create(NULL, put, &users[2]);
    check_next(&queue, "2");
    check_next(&queue, "3");
    check_next(&queue, "4");
    queue_free(&queue);
}

LOOP_TEST(waiting_consumers_go_first_come_first_served)
{
    struct queue queue;
    open_queue(&queue, 3);
    struct user users[3] = {forever(&queue, NULL), forever(&queue, NULL), forever(&queue, NULL)};
    SCOPED_TASK first = task_create(NULL, get, &users[0]);
    SCOPED_TASK second = task_create(NULL, get, &users[1]);
    SCOPED_TASK third = task_create(NULL, get, &users[2]);
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_INT_EQ(queue_put(&queue, word("1"), SOON), 0);
    CHECK_INT_EQ(queue_put(&queue, word("2"), SOON), 0);
    CHECK_INT_EQ(queue_put(&queue, word("3"), SOON), 0);
    CHECK_INT_EQ(task_await(third, SOON), 0);
    CHECK_TEXT_EQ(notes(), "123");
    queue_free(&queue);
}

/* Öğe uyandırılan tüketicinindir; o çalışmadan gelen, öğeyi kapamaz. */
LOOP_TEST(newcomer_does_not_steal_the_item)
{
    struct queue queue;
    void *item;
    open_queue(&queue, 2);
    struct user user = forever(&queue, NULL);
    SCOPED_TASK task = task_create(NULL, get, &user);
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_INT_EQ(queue_put(&queue, word("a"), SOON), 0);
    CHECK_INT_EQ(queue_get(&queue, &item, deadline_after(1)), -ETIMEDOUT);
    CHECK_TEXT_EQ(notes(), "a");
    queue_free(&queue);
}

LOOP_TEST(cancelled_consumer_loses_no_item)
{
    struct queue queue;
    open_queue(&queue, 2);
    struct user users[2] = {forever(&queue, NULL), forever(&queue, NULL)};
    SCOPED_TASK first = task_create(NULL, get, &users[0]);
    SCOPED_TASK second = task_create(NULL, get, &users[1]);
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_INT_EQ(queue_put(&queue, word("a"), SOON), 0);
    CHECK_TRUE(task_cancel(first));
    CHECK_INT_EQ(task_await(first, SOON), -ECANCELED);
    CHECK_INT_EQ(task_await(second, SOON), 0);
    CHECK_TEXT_EQ(notes(), "a");
    CHECK_INT_EQ(queue_put(&queue, word("b"), SOON), 0);
    CHECK_INT_EQ(queue_put(&queue, word("c"), SOON), 0);
    check_next(&queue, "b");
    check_next(&queue, "c");
    queue_free(&queue);
}

LOOP_TEST(cancelled_producer_leaves_its_place)
{
    struct queue queue;
    open_queue(&queue, 1);
    CHECK_INT_EQ(queue_put(&queue, word("a"), SOON), 0);
    struct user users[2] = {forever(&queue, "olmaz"), forever(&queue, "b")};
    SCOPED_TASK first = task_create(NULL, put, &users[0]);
    SCOPED_TASK second = task_create(NULL, put, &users[1]);
    CHECK_INT_EQ(task_yield(), 0);
    check_next(&queue, "a");
    CHECK_TRUE(task_cancel(first));
    CHECK_INT_EQ(task_await(first, SOON), -ECANCELED);
    CHECK_INT_EQ(task_await(second, SOON), 0);
    check_next(&queue, "b");
    CHECK_INT_EQ(queue_put(&queue, word("c"), deadline_after(0)), 0);
    check_next(&queue, "c");
    queue_free(&queue);
}

/* --- beklemeden --- */

LOOP_TEST(put_now_and_get_now_do_not_wait)
{
    struct queue queue;
    void *item;
    open_queue(&queue, 1);
    CHECK_INT_EQ(queue_get_now(&queue, &item), -EAGAIN);
    CHECK_INT_EQ(queue_put_now(&queue, word("a")), 0);
    CHECK_INT_EQ(queue_put_now(&queue, word("b")), -EAGAIN);
    CHECK_INT_EQ(queue_get_now(&queue, &item), 0);
    CHECK_TEXT_EQ(item, "a");
    CHECK_INT_EQ(queue_task_done(&queue), 0);
    CHECK_INT_EQ(queue_get_now(&queue, &item), -EAGAIN);
    queue_free(&queue);
}

LOOP_TEST(put_now_wakes_a_waiting_consumer)
{
    struct queue queue;
    void *item;
    open_queue(&queue, 1);
    struct user user = forever(&queue, NULL);
    SCOPED_TASK task = task_create(NULL, get, &user);
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_INT_EQ(queue_put_now(&queue, word("a")), 0);
    CHECK_INT_EQ(queue_get_now(&queue, &item), -EAGAIN); /* öğe bekleyenindir */
    CHECK_INT_EQ(task_await(task, SOON), 0);
    CHECK_TEXT_EQ(notes(), "a");
    queue_free(&queue);
}

LOOP_TEST(get_now_makes_room_for_a_waiting_producer)
{
    struct queue queue;
    void *item;
    open_queue(&queue, 1);
    CHECK_INT_EQ(queue_put_now(&queue, word("a")), 0);
    struct user user = forever(&queue, "b");
    SCOPED_TASK task = task_create(NULL, put, &user);
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_INT_EQ(queue_get_now(&queue, &item), 0);
    CHECK_INT_EQ(queue_put_now(&queue, word("c")), -EAGAIN); /* yer bekleyenindir */
    CHECK_INT_EQ(task_await(task, SOON), 0);
    check_next(&queue, "b");
    queue_free(&queue);
}

LOOP_TEST(now_calls_know_that_the_queue_is_closed)
{
    struct queue queue;
    void *item;
    open_queue(&queue, 2);
    CHECK_INT_EQ(queue_put_now(&queue, word("a")), 0);
    queue_close(&queue);
    CHECK_INT_EQ(queue_put_now(&queue, word("b")), -EPIPE);
    CHECK_INT_EQ(queue_get_now(&queue, &item), 0);
    CHECK_INT_EQ(queue_get_now(&queue, &item), -EPIPE);
    queue_free(&queue);
}

/* Son öğe uyandırılmış bir tüketiciye ayrılmışken kuyruk kapanmıştır. */
LOOP_TEST(get_now_does_not_wait_for_an_item_that_belongs_to_another)
{
    struct queue queue;
    void *item;
    open_queue(&queue, 1);
    struct user user = forever(&queue, NULL);
    SCOPED_TASK task = task_create(NULL, get, &user);
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_INT_EQ(queue_put_now(&queue, word("a")), 0);
    queue_close(&queue);
    CHECK_INT_EQ(queue_get_now(&queue, &item), -EAGAIN);
    CHECK_INT_EQ(task_state(task), TASK_READY);
    CHECK_INT_EQ(task_await(task, SOON), 0);
    CHECK_INT_EQ(queue_get_now(&queue, &item), -EPIPE);
    queue_free(&queue);
}

/* Kapanışın uyandırdığı ve iptal edilen tüketiciler, olmayan öğeleri saydırmaz. */
LOOP_TEST(consumers_cancelled_at_the_close_leave_no_phantom_item)
{
    struct queue queue;
    void *item;
    open_queue(&queue, 1);
    struct user user = forever(&queue, NULL);
    SCOPED_TASK one = task_create(NULL, get, &user);
    SCOPED_TASK two = task_create(NULL, get, &user);
    CHECK_INT_EQ(task_yield(), 0);
    queue_close(&queue);
    CHECK_TRUE(task_cancel(one));
    CHECK_TRUE(task_cancel(two));
    CHECK_INT_EQ(task_await(one, SOON), -ECANCELED);
    CHECK_INT_EQ(task_await(two, SOON), -ECANCELED);
    CHECK_INT_EQ(queue_get_now(&queue, &item), -EPIPE);
    CHECK_INT_EQ(queue_get(&queue, &item, SOON), -EPIPE);
    queue_free(&queue);
}

LOOP_TEST(now_calls_work_in_a_cancelled_task)
{
    struct queue queue;
    void *item;
    open_queue(&queue, 1);
    CHECK_TRUE(task_cancel(task_current()));
    CHECK_INT_EQ(queue_put_now(&queue, word("a")), 0);
    CHECK_INT_EQ(queue_get_now(&queue, &item), 0);
    CHECK_INT_EQ(task_uncancel(), 0);
    queue_free(&queue);
}

/* --- join --- */

static int join(void *argument)
{
    const struct user *user = argument;
    int outcome = queue_join(user->queue, user->deadline);
    note("bitti");
    return outcome;
}

LOOP_TEST(join_of_a_fresh_queue_returns_at_once)
{
    struct queue queue;
    open_queue(&queue, 1);
    CHECK_INT_EQ(queue_join(&queue, deadline_after(-1)), 0);
    queue_free(&queue);
}

LOOP_TEST(join_waits_for_every_item_to_be_done)
{
    struct queue queue;
    open_queue(&queue, 2);
    CHECK_INT_EQ(queue_put(&queue, word("a"), SOON), 0);
    CHECK_INT_EQ(queue_put(&queue, word("b"), SOON), 0);
    struct user user = forever(&queue, NULL);
    SCOPED_TASK one = task_create(NULL, join, &user);
    SCOPED_TASK two = task_create(NULL, join, &user);
    check_next(&queue, "a");
    check_next(&queue, "b");
    let_others_run();
    CHECK_INT_EQ(queue_task_done(&queue), 0);
    let_others_run();
    CHECK_TEXT_EQ(notes(), ""); /* alınmış olmak yetmez */
    CHECK_INT_EQ(queue_task_done(&queue), 0);
    CHECK_INT_EQ(task_await(one, SOON), 0);
    CHECK_INT_EQ(task_await(two, SOON), 0);
    CHECK_TEXT_EQ(notes(), "bittibitti");
    queue_free(&queue);
}

LOOP_TEST(join_has_a_deadline)
{
    struct queue queue;
    open_queue(&queue, 2);
    CHECK_INT_EQ(queue_put(&queue, word("a"), SOON), 0);
    deadline_t when = deadline_after(1);
    CHECK_INT_EQ(queue_join(&queue, when), -ETIMEDOUT);
    CHECK_INT_EQ(monotonic_ns(), when);
    queue_free(&queue);
}

LOOP_TEST(join_may_be_cancelled)
{
    struct queue queue;
    open_queue(&queue, 2);
    CHECK_INT_EQ(queue_put(&queue, word("a"), SOON), 0);
    struct user user = forever(&queue, NULL);
    SCOPED_TASK task = task_create(NULL, join, &user);
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_TRUE(task_cancel(task));
    CHECK_INT_EQ(task_await(task, SOON), -ECANCELED);
    queue_free(&queue);
}

/* Uyanıp çalışana dek yeni öğe konduysa iş bitmemiştir. */
LOOP_TEST(join_goes_on_waiting_for_an_item_put_meanwhile)
{
    struct queue queue;
    open_queue(&queue, 2);
    CHECK_INT_EQ(queue_put(&queue, word("a"), SOON), 0);
    struct user user = forever(&queue, NULL);
    SCOPED_TASK task = task_create(NULL, join, &user);
    CHECK_INT_EQ(task_yield(), 0);
    check_next(&queue, "a");
    CHECK_INT_EQ(queue_task_done(&queue), 0);
    CHECK_INT_EQ(queue_put(&queue, word("b"), SOON), 0);
    let_others_run();
    CHECK_INT_EQ(task_state(task), TASK_WAITING);
    check_next(&queue, "b");
    CHECK_INT_EQ(queue_task_done(&queue), 0);
    CHECK_INT_EQ(task_await(task, SOON), 0);
    queue_free(&queue);
}

LOOP_TEST(done_is_said_only_for_what_was_taken)
{
    struct queue queue;
    open_queue(&queue, 2);
    CHECK_INT_EQ(queue_task_done(&queue), -EINVAL);
    CHECK_INT_EQ(queue_put(&queue, word("a"), SOON), 0);
    CHECK_INT_EQ(queue_put(&queue, word("b"), SOON), 0);
    CHECK_INT_EQ(queue_task_done(&queue), -EINVAL);
    check_next(&queue, "a");
    CHECK_INT_EQ(queue_task_done(&queue), 0);
    CHECK_INT_EQ(queue_task_done(&queue), -EINVAL);
    check_next(&queue, "b");
    CHECK_INT_EQ(queue_task_done(&queue), 0);
    CHECK_INT_EQ(queue_task_done(&queue), -EINVAL);
    queue_free(&queue);
}

/* --- kapanış --- */

LOOP_TEST(closed_queue_gives_what_is_left_and_then_ends)
{
    struct queue queue;
    void *item;
    open_queue(&queue, 3);
    CHECK_INT_EQ(queue_put(&queue, word("a"), SOON), 0);
    CHECK_INT_EQ(queue_put(&queue, word("b"), SOON), 0);
    queue_close(&queue);
    CHECK_INT_EQ(queue_put(&queue, word("c"), SOON), -EPIPE);
    check_next(&queue, "a");
    check_next(&queue, "b");
    CHECK_INT_EQ(queue_get(&queue, &item, SOON), -EPIPE);
    CHECK_INT_EQ(queue_get(&queue, &item, SOON), -EPIPE);
    CHECK_INT_EQ(queue_put(&queue, word("c"), SOON), -EPIPE);
    queue_free(&queue);
}

LOOP_TEST(closing_wakes_waiting_consumers)
{
    struct queue queue;
    open_queue(&queue, 1);
    struct user user = forever(&queue, NULL);
    SCOPED_TASK one = task_create(NULL, get, &user);
    SCOPED_TASK two = task_create(NULL, get, &user);
    CHECK_INT_EQ(task_yield(), 0);
    queue_close(&queue);
    CHECK_INT_EQ(task_await(one, SOON), -EPIPE);
    CHECK_INT_EQ(task_await(two, SOON), -EPIPE);
    queue_free(&queue);
}

LOOP_TEST(closing_wakes_waiting_producers)
{
    struct queue queue;
    void *item;
    open_queue(&queue, 1);
    CHECK_INT_EQ(queue_put(&queue, word("a"), SOON), 0);
    struct user user = forever(&queue, "olmaz");
    SCOPED_TASK one = task_create(NULL, put, &user);
    SCOPED_TASK two = task_create(NULL, put, &user);
    CHECK_INT_EQ(task_yield(), 0);
    queue_close(&queue);
    CHECK_INT_EQ(task_await(one, SOON), -EPIPE);
    CHECK_INT_EQ(task_await(two, SOON), -EPIPE);
    check_next(&queue, "a");
    CHECK_INT_EQ(queue_get(&queue, &item, SOON), -EPIPE);
    queue_free(&queue);
}

/* Son öğe bekleyen bir tüketiciye devredilmiş, kuyruk kapanmış, o daha çalışmamışken gelen
 * tüketici. */
LOOP_TEST(consumer_that_comes_after_the_close_is_not_left_waiting)
{
    struct queue queue;
    void *item;
    open_queue(&queue, 1);
    struct user user = forever(&queue, NULL);
    SCOPED_TASK task = task_create(NULL, get, &user);
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_INT_EQ(queue_put(&queue, word("a"), SOON), 0);
    queue_close(&queue);
    CHECK_INT_EQ(queue_get(&queue, &item, deadline_after(1)), -EPIPE);
    CHECK_TEXT_EQ(notes(), "a");
    queue_free(&queue);
}

/* Devredilmiş son öğe, alacak olan iptal edilince, kapanıştan sonra gelene kalır. */
LOOP_TEST(item_given_back_after_the_close_is_delivered)
{
    struct queue queue;
    open_queue(&queue, 1);
    struct user user = forever(&queue, NULL);
    SCOPED_TASK first = task_create(NULL, get, &user);
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_INT_EQ(queue_put(&queue, word("a"), SOON), 0);
    queue_close(&queue);
    SCOPED_TASK second = task_create(NULL, get, &user);
    SCOPED_TASK third = task_create(NULL, get, &user);
    CHECK_TRUE(task_cancel(first));
    CHECK_INT_EQ(task_await(first, SOON), -ECANCELED);
    CHECK_INT_EQ(task_await(second, SOON), 0);
    CHECK_INT_EQ(task_await(third, SOON), -EPIPE);
    CHECK_TEXT_EQ(notes(), "a");
    queue_free(&queue);
}

LOOP_TEST(join_of_a_closed_queue_still_waits_for_the_work)
{
    struct queue queue;
    open_queue(&queue, 1);
    CHECK_INT_EQ(queue_put(&queue, word("a"), SOON), 0);
    queue_close(&queue);
    CHECK_INT_EQ(queue_join(&queue, deadline_after(1)), -ETIMEDOUT);
    check_next(&queue, "a");
    CHECK_INT_EQ(queue_task_done(&queue), 0);
    CHECK_INT_EQ(queue_join(&queue, SOON), 0);
    queue_free(&queue);
}

LOOP_TEST(closing_twice_is_harmless)
{
    struct queue queue;
    void *item;
    open_queue(&queue, 1);
    queue_close(&queue);
    queue_close(&queue);
    CHECK_INT_EQ(queue_get(&queue, &item, SOON), -EPIPE);
    queue_free(&queue);
}

static void no_memory_is_an_error(void)
{
    struct queue queue;
    stub_fill_memory(true);
    int outcome = queue_init(&queue, 4);
    stub_fill_memory(false);
    CHECK_INT_EQ(outcome, -ENOMEM);
    queue_free(&queue);
}

/* --- hepsi bir arada --- */

enum { PRODUCERS = 5, CONSUMERS = 4, EACH = 40 };

struct exchange {
    struct queue queue;
    bool seen[PRODUCERS * EACH];
    int taken;
    bool *next;
};

static int produce(void *argument)
{
    struct exchange *exchange = argument;
    for (int i = 0; i < EACH; i++)
        CHECK_INT_EQ(queue_put(&exchange->queue, exchange->next++, DEADLINE_NONE), 0);
    return 0;
}

static int consume(void *argument)
{
    struct exchange *exchange = argument;
    void *item;
    int outcome;
    while ((outcome = queue_get(&exchange->queue, &item, DEADLINE_NONE)) == 0) {
        CHECK_FALSE(*(bool *)item);
        *(bool *)item = true;
        exchange->taken++;
        CHECK_INT_EQ(task_yield(), 0);
        CHECK_INT_EQ(queue_task_done(&exchange->queue), 0);
    }
    return outcome;
}

LOOP_TEST(every_item_is_taken_exactly_once)
{
    static struct exchange exchange;
    struct task *producers[PRODUCERS], *consumers[CONSUMERS];
    exchange = (struct exchange){.next = exchange.seen};
    open_queue(&exchange.queue, 3);
    for (size_t i = 0; i < CONSUMERS; i++)
        consumers[i] = task_create("tüketici", consume, &exchange);
    for (size_t i = 0; i < PRODUCERS; i++)
        producers[i] = task_create("üretici", produce, &exchange);
    for (size_t i = 0; i < PRODUCERS; i++) {
        CHECK_INT_EQ(task_await(producers[i], SOON), 0);
        task_release(producers[i]);
    }
    CHECK_INT_EQ(queue_join(&exchange.queue, SOON), 0);
    CHECK_INT_EQ(exchange.taken, PRODUCERS * EACH);
    queue_close(&exchange.queue);
    for (size_t i = 0; i < CONSUMERS; i++) {
        CHECK_INT_EQ(task_await(consumers[i], SOON), -EPIPE);
        task_release(consumers[i]);
    }
    queue_free(&exchange.queue);
}

static const struct check_test tests[] = {
    {RUN(items_come_out_in_the_order_they_were_put)},
    {RUN(full_queue_makes_the_producer_wait)},
    {RUN(empty_queue_makes_the_consumer_wait)},
    {RUN(waiting_producers_go_first_come_first_served)},
    {RUN(waiting_consumers_go_first_come_first_served)},
    {RUN(newcomer_does_not_steal_the_item)},
    {RUN(cancelled_consumer_loses_no_item)},
    {RUN(cancelled_producer_leaves_its_place)},
    {RUN(put_now_and_get_now_do_not_wait)},
    {RUN(put_now_wakes_a_waiting_consumer)},
    {RUN(get_now_makes_room_for_a_waiting_producer)},
    {RUN(now_calls_know_that_the_queue_is_closed)},
    {RUN(get_now_does_not_wait_for_an_item_that_belongs_to_another)},
    {RUN(consumers_cancelled_at_the_close_leave_no_phantom_item)},
    {RUN(now_calls_work_in_a_cancelled_task)},
    {RUN(join_of_a_fresh_queue_returns_at_once)},
    {RUN(join_waits_for_every_item_to_be_done)},
    {RUN(join_has_a_deadline)},
    {RUN(join_may_be_cancelled)},
    {RUN(join_goes_on_waiting_for_an_item_put_meanwhile)},
    {RUN(done_is_said_only_for_what_was_taken)},
    {RUN(closed_queue_gives_what_is_left_and_then_ends)},
    {RUN(closing_wakes_waiting_consumers)},
    {RUN(closing_wakes_waiting_producers)},
    {RUN(consumer_that_comes_after_the_close_is_not_left_waiting)},
    {RUN(item_given_back_after_the_close_is_delivered)},
    {RUN(join_of_a_closed_queue_still_waits_for_the_work)},
    {RUN(closing_twice_is_harmless)},
    {RUN(no_memory_is_an_error)},
    {RUN(every_item_is_taken_exactly_once)},
};

int main(void)
{
    return CHECK_RUN(tests);
}
