/* async/task: iptal, geri alma, kalkan. */
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "async/combine.h"
#include "async/future.h"
#include "async/group.h"
#include "async/queue.h"
#include "async/task.h"
#include "async/watch.h"
#include "check.h"
#include "child.h"
#include "in_loop.h"

/* Şimdiki göreve, beklerken çalışacak iptaller. */
static void cancel_given(void *task)
{
    task_cancel(task);
}

LOOP_TEST(waiting_task_is_woken_by_the_cancel)
{
    SCOPED_TASK task = task_create(NULL, wait_forever, NULL);
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_TRUE(task_cancel(task));
    CHECK_INT_EQ(task_state(task), TASK_READY);
    CHECK_INT_EQ(task_await(task, SOON), -ECANCELED);
}

static int note_and_wait(void *word)
{
    note(word);
    return wait_forever(NULL);
}

/* Argümanının sahibi gövdedir; hiç çalışmasaydı onu geri veremezdi. */
LOOP_TEST(task_cancelled_before_its_start_still_runs_up_to_its_first_wait)
{
    SCOPED_TASK task = task_create(NULL, note_and_wait, "gövde");
    CHECK_TRUE(task_cancel(task));
    CHECK_INT_EQ(task_await(task, SOON), -ECANCELED);
    CHECK_TEXT_EQ(notes(), "gövde");
}

static int yield_once(void *unused)
{
    (void)unused;
    return task_yield();
}

LOOP_TEST(ready_task_learns_of_the_cancel_when_it_runs)
{
    SCOPED_TASK task = task_create(NULL, yield_once, NULL);
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_INT_EQ(task_state(task), TASK_READY);
    CHECK_TRUE(task_cancel(task));
    CHECK_INT_EQ(task_await(task, SOON), -ECANCELED);
}

LOOP_TEST(finished_task_cannot_be_cancelled)
{
    SCOPED_TASK task = task_create(NULL, note_task, "");
    CHECK_INT_EQ(task_await(task, SOON), 0);
    CHECK_FALSE(task_cancel(task));
    CHECK_INT_EQ(task_await(task, SOON), 0);
    CHECK_FALSE(task_cancel(NULL));
}

static int swallow(void *unused)
{
    (void)unused;
    CHECK_INT_EQ(task_sleep_until(DEADLINE_NONE), -ECANCELED);
    CHECK_INT_EQ(task_uncancel(), 0);
    CHECK_INT_EQ(task_sleep(1), 0);
    return 5;
}

LOOP_TEST(result_of_a_cancelled_task_is_what_its_body_returns)
{
    SCOPED_TASK task = task_create(NULL, swallow, NULL);
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_TRUE(task_cancel(task));
    CHECK_INT_EQ(task_await(task, SOON), 5);
}

LOOP_TEST(task_may_cancel_itself)
{
    CHECK_FALSE(task_cancelling());
    CHECK_TRUE(task_cancel(task_current()));
    CHECK_TRUE(task_cancelling());
    CHECK_INT_EQ(task_sleep(1), -ECANCELED);
    CHECK_INT_EQ(task_uncancel(), 0);
    CHECK_FALSE(task_cancelling());
    CHECK_INT_EQ(task_sleep(1), 0);
}

LOOP_TEST(every_cancel_wants_its_own_uncancel)
{
    struct task *self = task_current();
    for (int i = 0; i < 3; i++)
        CHECK_TRUE(task_cancel(self));
    CHECK_INT_EQ(task_uncancel(), 2);
    CHECK_INT_EQ(task_yield(), -ECANCELED);
    CHECK_INT_EQ(task_uncancel(), 1);
    CHECK_INT_EQ(task_yield(), -ECANCELED);
    CHECK_INT_EQ(task_uncancel(), 0);
    CHECK_INT_EQ(task_yield(), 0);
}

LOOP_TEST(uncancel_without_a_cancel_does_nothing)
{
    CHECK_INT_EQ(task_uncancel(), 0);
    CHECK_TRUE(task_cancel(task_current()));
    CHECK_INT_EQ(task_yield(), -ECANCELED);
    CHECK_INT_EQ(task_uncancel(), 0);
}

/* --- iptal süren bir durumdur --- */

/* Bekleyen bütün çağrıların üstünde denendiği nesneler: kimi hemen sonuç verebilecek, kimi
 * bekleyecek durumdadır; iptal edilmiş görevde sonuç ikisinde de aynıdır. */
struct objects {
    struct task *running, *finished;
    struct event set, unset;
    struct semaphore free, full;
    struct lock open, held;
    struct queue queue, empty, closed;
    struct future known, unknown;
    struct watch watch;
    int sockets[2];
};

static int acquire_lock(void *lock)
{
    int outcome = lock_acquire(lock, SOON);
    return outcome < 0 ? outcome : wait_forever(NULL);
}

static void open_objects(struct objects *objects, struct task *holder)
{
    event_init(&objects->set);
    event_set(&objects->set);
    event_init(&objects->unset);
    semaphore_init(&objects->free, 1);
    semaphore_init(&objects->full, 0);
    lock_init(&objects->open);
    CHECK_TRUE(holder != NULL);
    CHECK_INT_EQ(queue_init(&objects->queue, 2), 0);
    CHECK_INT_EQ(queue_put(&objects->queue, objects, SOON), 0);
    CHECK_INT_EQ(queue_init(&objects->empty, 1), 0);
    CHECK_INT_EQ(queue_init(&objects->closed, 1), 0);
    queue_close(&objects->closed);
    future_init(&objects->known);
    future_set(&objects->known, 3);
    future_init(&objects->unknown);
    CHECK_INT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, objects->sockets), 0);
    CHECK_INT_EQ(watch_open(&objects->watch, objects->sockets[0]), 0);
}

static void close_objects(struct objects *objects)
{
    queue_free(&objects->queue);
    queue_free(&objects->empty);
    queue_free(&objects->closed);
    watch_close(&objects->watch);
    close(objects->sockets[0]);
    close(objects->sockets[1]);
}

#define CHECK_CANCELLED(call) CHECK_INT_EQ(call, -ECANCELED)

static void every_wait_is_refused(struct objects *objects)
{
    struct task *both[] = {objects->running, objects->finished};
    struct task *one[] = {objects->finished};
    bool taken[] = {false};
    void *item;
    CHECK_CANCELLED(task_yield());
    CHECK_CANCELLED(task_sleep(1));
    CHECK_CANCELLED(task_sleep(0));
    CHECK_CANCELLED(task_sleep_until(DEADLINE_NONE));
    CHECK_CANCELLED(task_await(objects->running, SOON));
    CHECK_CANCELLED(task_await(objects->finished, SOON));
    CHECK_CANCELLED(event_wait(&objects->set, SOON));
    CHECK_CANCELLED(event_wait(&objects->unset, SOON));
    CHECK_CANCELLED(semaphore_acquire(&objects->free, SOON));
    CHECK_CANCELLED(semaphore_acquire(&objects->full, SOON));
    CHECK_CANCELLED(lock_acquire(&objects->open, SOON));
    CHECK_CANCELLED(lock_acquire(&objects->held, SOON));
    CHECK_CANCELLED(queue_put(&objects->queue, NULL, SOON));
    CHECK_CANCELLED(queue_put(&objects->closed, NULL, SOON));
    CHECK_CANCELLED(queue_get(&objects->queue, &item, SOON));
    CHECK_CANCELLED(queue_get(&objects->empty, &item, SOON));
    CHECK_CANCELLED(queue_get(&objects->closed, &item, SOON));
    CHECK_CANCELLED(queue_join(&objects->queue, SOON));
    CHECK_CANCELLED(queue_join(&objects->empty, SOON));
    CHECK_CANCELLED(future_await(&objects->known, SOON));
    CHECK_CANCELLED(future_await(&objects->unknown, SOON));
    CHECK_CANCELLED(watch_wait(&objects->watch, WATCH_READ, SOON));
    CHECK_CANCELLED(watch_wait(&objects->watch, WATCH_WRITE, SOON));
    CHECK_CANCELLED(task_wait(both, 2, WAIT_ALL, SOON));
    CHECK_CANCELLED(task_wait(both, 2, WAIT_FIRST_COMPLETED, SOON));
    CHECK_CANCELLED(task_next_done(one, taken, 1, SOON));
    CHECK_FALSE(taken[0]);
    CHECK_CANCELLED(task_gather(one, 1, SOON));
    CHECK_CANCELLED(task_wait_for(objects->finished, SOON));
}

static int after_the_cancel(void *argument)
{
    struct objects *objects = argument;
    CHECK_INT_EQ(task_sleep_until(DEADLINE_NONE), -ECANCELED);
    for (int i = 0; i < 3; i++)
        every_wait_is_refused(objects);
    CHECK_INT_EQ(task_uncancel(), 0);
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_INT_EQ(event_wait(&objects->set, SOON), 0);
    CHECK_INT_EQ(semaphore_acquire(&objects->free, SOON), 0);
    CHECK_INT_EQ(lock_acquire(&objects->open, SOON), 0);
    CHECK_INT_EQ(future_await(&objects->known, SOON), 3);
    CHECK_INT_EQ(task_await(objects->finished, SOON), 0);
    CHECK_INT_EQ(watch_wait(&objects->watch, WATCH_WRITE, SOON), 0);
    return 0;
}

LOOP_TEST(every_wait_of_a_cancelled_task_is_refused_until_uncancel)
{
    static struct objects objects;
    lock_init(&objects.held);
    SCOPED_TASK running = task_create("süren", wait_forever, NULL);
    SCOPED_TASK finished = task_create("biten", note_task, "");
    SCOPED_TASK holder = task_create("tutan", acquire_lock, &objects.held);
    CHECK_INT_EQ(task_yield(), 0);
    open_objects(&objects, holder);
    objects.running = running;
    objects.finished = finished;
    SCOPED_TASK task = task_create("iptal", after_the_cancel, &objects);
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_TRUE(task_cancel(task));
    CHECK_INT_EQ(task_await(task, SOON), 0);
    CHECK_INT_EQ(task_state(running), TASK_WAITING);
    close_objects(&objects);
}

/* Geri çevrilen bekleyiş nesnede iz bırakmaz: kuyruktaki öğe, sayaçtaki yer, kilit yerindedir. */
LOOP_TEST(refused_wait_takes_nothing)
{
    struct queue queue;
    struct semaphore semaphore;
    struct lock lock;
    void *item = NULL;
    CHECK_INT_EQ(queue_init(&queue, 2), 0);
    CHECK_INT_EQ(queue_put(&queue, &queue, SOON), 0);
    semaphore_init(&semaphore, 1);
    lock_init(&lock);
    CHECK_TRUE(task_cancel(task_current()));
    CHECK_INT_EQ(queue_put(&queue, NULL, SOON), -ECANCELED);
    CHECK_INT_EQ(queue_get(&queue, &item, SOON), -ECANCELED);
    CHECK_INT_EQ(semaphore_acquire(&semaphore, SOON), -ECANCELED);
    CHECK_INT_EQ(lock_acquire(&lock, SOON), -ECANCELED);
    CHECK_INT_EQ(lock_release(&lock), -EPERM);
    CHECK_INT_EQ(task_uncancel(), 0);
    CHECK_INT_EQ(queue_get(&queue, &item, SOON), 0);
    CHECK_TRUE(item == &queue);
    CHECK_INT_EQ(queue_get(&queue, &item, deadline_after(1)), -ETIMEDOUT);
    CHECK_INT_EQ(semaphore_acquire(&semaphore, SOON), 0);
    CHECK_INT_EQ(lock_acquire(&lock, SOON), 0);
    queue_free(&queue);
}

/* --- iptali duymazdan gelen döngü --- */

/* Her adımı beklemeye kalkan, dönüş değerine bakmayan görev. Sırayı hiç bırakmasaydı öteki görev
 * `over`i hiç kuramaz, test bitmezdi. */
struct stubborn {
    void (*attempt)(struct objects *objects);
    struct objects objects;
    bool over;
};

static void attempt_yield(struct objects *objects)
{
    (void)objects;
    (void)task_yield();
}

static void attempt_sleep(struct objects *objects)
{
    (void)objects;
    (void)task_sleep(1);
}

static void attempt_await(struct objects *objects)
{
    (void)task_await(objects->finished, SOON);
}

static void attempt_event(struct objects *objects)
{
    (void)event_wait(&objects->set, SOON);
}

static void attempt_semaphore(struct objects *objects)
{
    (void)semaphore_acquire(&objects->free, SOON);
}

static void attempt_put(struct objects *objects)
{
    (void)queue_put(&objects->closed, NULL, SOON);
}

static void attempt_get(struct objects *objects)
{
    void *item;
    (void)queue_get(&objects->queue, &item, SOON);
}

static void attempt_join(struct objects *objects)
{
    (void)queue_join(&objects->empty, SOON);
}

static void attempt_future(struct objects *objects)
{
    (void)future_await(&objects->known, SOON);
}

static void attempt_watch(struct objects *objects)
{
    (void)watch_wait(&objects->watch, WATCH_WRITE, SOON);
}

static void attempt_gather(struct objects *objects)
{
    (void)task_gather(&objects->finished, 1, SOON);
}

static void attempt_wait(struct objects *objects)
{
    (void)task_wait(&objects->finished, 1, WAIT_ALL, SOON);
}

static void attempt_next(struct objects *objects)
{
    bool taken = false;
    (void)task_next_done(&objects->finished, &taken, 1, SOON);
}

static void (*const attempts[])(struct objects *) = {
    attempt_yield,  attempt_sleep, attempt_await, attempt_event,  attempt_semaphore,
    attempt_put,    attempt_get,   attempt_join,  attempt_future, attempt_watch,
    attempt_gather, attempt_wait,  attempt_next,
};

static int never_look(void *argument)
{
    struct stubborn *stubborn = argument;
    while (!stubborn->over)
        stubborn->attempt(&stubborn->objects);
    return 0;
}

static int run_stubborn(void *argument)
{
    struct stubborn *stubborn = argument;
    SCOPED_TASK finished = task_create("biten", note_task, "");
    CHECK_INT_EQ(task_yield(), 0);
    open_objects(&stubborn->objects, finished);
    stubborn->objects.finished = finished;
    SCOPED_TASK task = task_create("inatçı", never_look, stubborn);
    CHECK_TRUE(task_cancel(task));
    CHECK_INT_EQ(task_sleep(0), 0);
    CHECK_INT_EQ(task_state(task), TASK_READY);
    stubborn->over = true;
    CHECK_INT_EQ(task_await(task, SOON), 0);
    close_objects(&stubborn->objects);
    return 0;
}

static void run_stubborn_loop(void *stubborn)
{
    CHECK_INT_EQ(loop_run(run_stubborn, stubborn), 0);
}

static void task_that_ignores_its_cancel_is_named_and_lets_others_run(void)
{
    static struct stubborn stubborn;
    for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++) {
        stubborn.attempt = attempts[i];
        struct child_end end = child_run(run_stubborn_loop, &stubborn);
        CHECK_INT_EQ(end.code, 0);
        CHECK_TEXT_MATCHES(end.err, ".{23} - WARNING - inatçı: iptal edildiği hâlde [^\n]*\n");
    }
}

/* --- iptal ile yarışanlar --- */

struct await {
    struct task *task;
    int first, second;
};

static int wait_and_return_seven(void *event)
{
    int outcome = event_wait(event, DEADLINE_NONE);
    return outcome < 0 ? outcome : 7;
}

static int await_twice(void *argument)
{
    struct await *await = argument;
    await->first = task_await(await->task, SOON);
    task_uncancel();
    await->second = task_await(await->task, SOON);
    return 0;
}

/* Bir turda görev biter, bekleyeni iptal edilir; hangisi önce olursa olsun bekleyen iptali
 * görür. */
static void race(bool cancel_first)
{
    struct event event;
    struct call call = {0};
    event_init(&event);
    struct await await = {.task = task_create(NULL, wait_and_return_seven, &event)};
    SCOPED_TASK waiter = task_create(NULL, await_twice, &await);
    CHECK_INT_EQ(task_yield(), 0);
    if (cancel_first)
        loop_call_soon(&call, cancel_given, waiter);
    event_set(&event);
    if (!cancel_first)
        loop_call_soon(&call, cancel_given, waiter);
    CHECK_INT_EQ(task_await(waiter, SOON), 0);
    CHECK_INT_EQ(await.first, -ECANCELED);
    CHECK_INT_EQ(await.second, 7);
    task_release(await.task);
}

LOOP_TEST(cancel_wins_over_a_result_of_the_same_step)
{
    race(false);
    race(true);
}

static int sleep_until_given(void *when)
{
    return task_sleep_until(*(deadline_t *)when);
}

LOOP_TEST(cancel_wins_over_a_deadline_of_the_same_instant)
{
    struct call call = {0};
    deadline_t when = deadline_after(1);
    SCOPED_TASK before = task_create(NULL, sleep_until_given, &when);
    loop_call_at(&call, when, cancel_given, before);
    CHECK_INT_EQ(task_await(before, SOON), -ECANCELED);
    CHECK_INT_EQ(monotonic_ns(), when);
}

/* --- kalkan --- */

LOOP_TEST(shield_delays_a_cancel_that_came_before)
{
    CHECK_TRUE(task_cancel(task_current()));
    task_shield(deadline_after(10));
    CHECK_FALSE(task_cancelling());
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_INT_EQ(task_sleep(1), 0);
    task_unshield();
    CHECK_TRUE(task_cancelling());
    CHECK_INT_EQ(task_yield(), -ECANCELED);
    CHECK_INT_EQ(task_uncancel(), 0);
}

LOOP_TEST(shield_delays_a_cancel_that_comes_during_the_wait)
{
    struct call call = {0};
    loop_call_later(&call, 1, cancel_given, task_current());
    task_shield(deadline_after(10));
    CHECK_INT_EQ(task_sleep(3), 0);
    task_unshield();
    CHECK_INT_EQ(task_yield(), -ECANCELED);
    CHECK_INT_EQ(task_uncancel(), 0);
}

/* Sınırsız bekleyiş de kalkanın sınırında, iptalle biter. */
LOOP_TEST(bound_of_the_shield_ends_the_wait_of_a_cancelled_task)
{
    deadline_t began = monotonic_ns();
    CHECK_TRUE(task_cancel(task_current()));
    task_shield(began + 2 * SECOND);
    CHECK_INT_EQ(task_sleep_until(DEADLINE_NONE), -ECANCELED);
    CHECK_INT_EQ(monotonic_ns() - began, 2 * SECOND);
    CHECK_TRUE(task_cancelling());
    CHECK_INT_EQ(task_yield(), -ECANCELED);
    task_unshield();
    CHECK_INT_EQ(task_uncancel(), 0);
}

LOOP_TEST(bound_of_the_shield_ends_the_wait_when_the_cancel_came_during_it)
{
    struct call call = {0};
    deadline_t began = monotonic_ns();
    loop_call_later(&call, 1, cancel_given, task_current());
    task_shield(began + 2 * SECOND);
    CHECK_INT_EQ(task_sleep_until(DEADLINE_NONE), -ECANCELED);
    CHECK_INT_EQ(monotonic_ns() - began, 2 * SECOND);
    task_unshield();
    CHECK_INT_EQ(task_uncancel(), 0);
}

LOOP_TEST(cancel_after_the_bound_of_the_shield_ends_the_wait_at_once)
{
    struct call call = {0};
    deadline_t began = monotonic_ns();
    loop_call_later(&call, 3, cancel_given, task_current());
    task_shield(began + 2 * SECOND);
    CHECK_INT_EQ(task_sleep_until(DEADLINE_NONE), -ECANCELED);
    CHECK_INT_EQ(monotonic_ns() - began, 3 * SECOND);
    task_unshield();
    CHECK_INT_EQ(task_uncancel(), 0);
}

LOOP_TEST(bound_of_the_shield_does_not_end_an_uncancelled_wait)
{
    deadline_t began = monotonic_ns();
    task_shield(began + 2 * SECOND);
    CHECK_INT_EQ(task_sleep(5), 0);
    CHECK_INT_EQ(monotonic_ns() - began, 5 * SECOND);
    task_unshield();
}

static int wait_one_second(void *event)
{
    task_shield(DEADLINE_NONE);
    int outcome = event_wait(event, deadline_after(1));
    task_unshield();
    return outcome;
}

LOOP_TEST(wait_behind_the_shield_keeps_its_own_deadline)
{
    struct event event;
    event_init(&event);
    deadline_t began = monotonic_ns();
    SCOPED_TASK task = task_create(NULL, wait_one_second, &event);
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_TRUE(task_cancel(task));
    CHECK_INT_EQ(task_await(task, deadline_after(5)), -ETIMEDOUT);
    CHECK_INT_EQ(monotonic_ns() - began, SECOND);
}

/* Süre dolmuş, ama görev daha çalışmamışken gelen iptal süreyi unutturmaz. */
LOOP_TEST(cancel_at_the_very_deadline_does_not_lose_the_deadline)
{
    struct event event;
    struct call call = {0};
    event_init(&event);
    deadline_t began = monotonic_ns();
    SCOPED_TASK task = task_create(NULL, wait_one_second, &event);
    loop_call_at(&call, began + SECOND, cancel_given, task); /* görevinkinden önce kurulur */
    CHECK_INT_EQ(task_await(task, deadline_after(5)), -ETIMEDOUT);
    CHECK_INT_EQ(monotonic_ns() - began, SECOND);
}

static int wait_behind_shield(void *event)
{
    task_shield(deadline_after(10));
    int outcome = event_wait(event, DEADLINE_NONE);
    note(outcome == 0 ? "oldu" : "olmadı");
    outcome = event_wait(event, DEADLINE_NONE);
    task_unshield();
    return outcome;
}

LOOP_TEST(event_behind_the_shield_reaches_a_cancelled_task)
{
    struct event event;
    event_init(&event);
    SCOPED_TASK task = task_create(NULL, wait_behind_shield, &event);
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_TRUE(task_cancel(task));
    CHECK_INT_EQ(task_sleep(1), 0);
    CHECK_TEXT_EQ(notes(), "");
    event_set(&event);
    CHECK_INT_EQ(task_await(task, SOON), 0);
    CHECK_TEXT_EQ(notes(), "oldu");
}

static const struct check_test tests[] = {
    {RUN(waiting_task_is_woken_by_the_cancel)},
    {RUN(task_cancelled_before_its_start_still_runs_up_to_its_first_wait)},
    {RUN(ready_task_learns_of_the_cancel_when_it_runs)},
    {RUN(finished_task_cannot_be_cancelled)},
    {RUN(result_of_a_cancelled_task_is_what_its_body_returns)},
    {RUN(task_may_cancel_itself)},
    {RUN(every_cancel_wants_its_own_uncancel)},
    {RUN(uncancel_without_a_cancel_does_nothing)},
    {RUN(every_wait_of_a_cancelled_task_is_refused_until_uncancel)},
    {RUN(refused_wait_takes_nothing)},
    {RUN(task_that_ignores_its_cancel_is_named_and_lets_others_run)},
    {RUN(cancel_wins_over_a_result_of_the_same_step)},
    {RUN(cancel_wins_over_a_deadline_of_the_same_instant)},
    {RUN(shield_delays_a_cancel_that_came_before)},
    {RUN(shield_delays_a_cancel_that_comes_during_the_wait)},
    {RUN(bound_of_the_shield_ends_the_wait_of_a_cancelled_task)},
    {RUN(bound_of_the_shield_ends_the_wait_when_the_cancel_came_during_it)},
    {RUN(cancel_after_the_bound_of_the_shield_ends_the_wait_at_once)},
    {RUN(bound_of_the_shield_does_not_end_an_uncancelled_wait)},
    {RUN(wait_behind_the_shield_keeps_its_own_deadline)},
    {RUN(cancel_at_the_very_deadline_does_not_lose_the_deadline)},
    {RUN(event_behind_the_shield_reaches_a_cancelled_task)},
};

int main(void)
{
    return CHECK_RUN(tests);
}
