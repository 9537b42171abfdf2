/* async/sync: kilit, olay, sayaç. */
#include "async/sync.h"

#include <errno.h>

#include "check.h"
#include "in_loop.h"

/* Bir yeri bekleyip alan, aldığını not eden, söylenene dek tutan görev. */
struct taker {
    struct semaphore *semaphore;
    struct lock *lock;
    const char *word;
    deadline_t deadline;
    struct event *hold;
};

static int take_place(void *argument)
{
    const struct taker *taker = argument;
    int outcome = semaphore_acquire(taker->semaphore, taker->deadline);
    if (outcome < 0)
        return outcome;
    note(taker->word);
    if (taker->hold)
        outcome = event_wait(taker->hold, DEADLINE_NONE);
    semaphore_release(taker->semaphore);
    return outcome;
}

static int take_lock(void *argument)
{
    const struct taker *taker = argument;
    int outcome = lock_acquire(taker->lock, taker->deadline);
    if (outcome < 0)
        return outcome;
    note(taker->word);
    if (taker->hold)
        outcome = event_wait(taker->hold, DEADLINE_NONE);
    CHECK_INT_EQ(lock_release(taker->lock), 0);
    return outcome;
}

/* --- sayaç --- */

LOOP_TEST(places_are_taken_until_they_run_out)
{
    struct semaphore semaphore;
    semaphore_init(&semaphore, 2);
    CHECK_INT_EQ(semaphore_acquire(&semaphore, SOON), 0);
    CHECK_INT_EQ(semaphore_acquire(&semaphore, SOON), 0);
    deadline_t when = deadline_after(1);
    CHECK_INT_EQ(semaphore_acquire(&semaphore, when), -ETIMEDOUT);
    CHECK_INT_EQ(monotonic_ns(), when);
    semaphore_release(&semaphore);
    CHECK_INT_EQ(semaphore_acquire(&semaphore, SOON), 0);
}

LOOP_TEST(release_without_waiters_is_kept)
{
    struct semaphore semaphore;
    semaphore_init(&semaphore, 0);
    semaphore_release(&semaphore);
    semaphore_release(&semaphore);
    CHECK_INT_EQ(semaphore_acquire(&semaphore, SOON), 0);
    CHECK_INT_EQ(semaphore_acquire(&semaphore, SOON), 0);
    CHECK_INT_EQ(semaphore_acquire(&semaphore, deadline_after(1)), -ETIMEDOUT);
}

LOOP_TEST(places_go_first_come_first_served)
{
    struct semaphore semaphore;
    semaphore_init(&semaphore, 0);
    struct taker takers[3] = {
        {.semaphore = &semaphore, .word = "1", .deadline = DEADLINE_NONE},
        {.semaphore = &semaphore, .word = "2", .deadline = DEADLINE_NONE},
        {.semaphore = &semaphore, .word = "3", .deadline = DEADLINE_NONE},
    };
    SCOPED_TASK first = task_create(NULL, take_place, &takers[0]);
    SCOPED_TASK second = task_create(NULL, take_place, &takers[1]);
    SCOPED_TASK third = task_create(NULL, take_place, &takers[2]);
    CHECK_INT_EQ(task_yield(), 0);
    semaphore_release(&semaphore);
    CHECK_INT_EQ(task_await(third, SOON), 0);
    CHECK_TEXT_EQ(notes(), "123");
}

/* Yer, uyandırılana devredilmiştir; o çalışmadan gelen onu kapamaz. */
LOOP_TEST(newcomer_does_not_steal_the_place)
{
    struct semaphore semaphore;
    semaphore_init(&semaphore, 0);
    struct taker taker = {.semaphore = &semaphore, .word = "1", .deadline = DEADLINE_NONE};
    SCOPED_TASK task = task_create(NULL, take_place, &taker);
    CHECK_INT_EQ(task_yield(), 0);
    semaphore_release(&semaphore);
    CHECK_INT_EQ(semaphore_acquire(&semaphore, SOON), 0);
    CHECK_TEXT_EQ(notes(), "1");
    CHECK_INT_EQ(task_await(task, SOON), 0);
}

LOOP_TEST(granted_waiter_that_is_cancelled_gives_the_place_back)
{
    struct semaphore semaphore;
    semaphore_init(&semaphore, 0);
    struct taker takers[2] = {
        {.semaphore = &semaphore, .word = "1", .deadline = DEADLINE_NONE},
        {.semaphore = &semaphore, .word = "2", .deadline = DEADLINE_NONE},
    };
    SCOPED_TASK first = task_create(NULL, take_place, &takers[0]);
    SCOPED_TASK second = task_create(NULL, take_place, &takers[1]);
    CHECK_INT_EQ(task_yield(), 0);
    semaphore_release(&semaphore);
    CHECK_TRUE(task_cancel(first));
    CHECK_INT_EQ(task_await(first, SOON), -ECANCELED);
    CHECK_INT_EQ(task_await(second, SOON), 0);
    CHECK_TEXT_EQ(notes(), "2");
    CHECK_INT_EQ(semaphore_acquire(&semaphore, deadline_after(1)), 0); /* ikincinin bıraktığı */
    CHECK_INT_EQ(semaphore_acquire(&semaphore, deadline_after(1)), -ETIMEDOUT);
}

static void release_semaphore(void *semaphore)
{
    semaphore_release(semaphore);
}

/* Süresi dolup sıraya girmiş, ama daha çalışmamış görev sıradadır: yer ona da devredilebilir. */
LOOP_TEST(granted_waiter_that_timed_out_gives_the_place_back)
{
    struct semaphore semaphore;
    struct call call = {0};
    semaphore_init(&semaphore, 0);
    deadline_t when = deadline_after(1);
    struct taker taker = {.semaphore = &semaphore, .word = "1", .deadline = when};
    SCOPED_TASK task = task_create(NULL, take_place, &taker);
    CHECK_INT_EQ(task_yield(), 0); /* zamanlayıcısı çağrıdan önce kurulsun */
    loop_call_at(&call, when, release_semaphore, &semaphore);
    CHECK_INT_EQ(task_await(task, SOON), -ETIMEDOUT);
    CHECK_TEXT_EQ(notes(), "");
    CHECK_INT_EQ(semaphore_acquire(&semaphore, deadline_after(1)), 0);
    CHECK_INT_EQ(semaphore_acquire(&semaphore, deadline_after(1)), -ETIMEDOUT);
}

LOOP_TEST(waiter_that_gave_up_is_passed_over)
{
    struct semaphore semaphore;
    semaphore_init(&semaphore, 0);
    struct taker takers[3] = {
        {.semaphore = &semaphore, .word = "1", .deadline = deadline_after(1)},
        {.semaphore = &semaphore, .word = "2", .deadline = DEADLINE_NONE},
        {.semaphore = &semaphore, .word = "3", .deadline = DEADLINE_NONE},
    };
    SCOPED_TASK first = task_create(NULL, take_place, &takers[0]);
    SCOPED_TASK second = task_create(NULL, take_place, &takers[1]);
    SCOPED_TASK third = task_create(NULL, take_place, &takers[2]);
    CHECK_INT_EQ(task_await(first, SOON), -ETIMEDOUT);
    CHECK_TRUE(task_cancel(second));
    CHECK_INT_EQ(task_await(second, SOON), -ECANCELED);
    semaphore_release(&semaphore);
    CHECK_INT_EQ(task_await(third, SOON), 0);
    CHECK_TEXT_EQ(notes(), "3");
}

struct census {
    struct semaphore *semaphore;
    int inside, most;
};

static int pass_through(void *argument)
{
    struct census *census = argument;
    for (int i = 0; i < 5; i++) {
        CHECK_INT_EQ(semaphore_acquire(census->semaphore, DEADLINE_NONE), 0);
        if (++census->inside > census->most)
            census->most = census->inside;
        CHECK_INT_EQ(task_sleep(0.01), 0);
        census->inside--;
        semaphore_release(census->semaphore);
    }
    return 0;
}

LOOP_TEST(never_more_inside_than_there_are_places)
{
    struct semaphore semaphore;
    struct census census = {.semaphore = &semaphore};
    struct task *tasks[10];
    semaphore_init(&semaphore, 3);
    for (size_t i = 0; i < 10; i++)
        tasks[i] = task_create(NULL, pass_through, &census);
    for (size_t i = 0; i < 10; i++) {
        CHECK_INT_EQ(task_await(tasks[i], SOON), 0);
        task_release(tasks[i]);
    }
    CHECK_INT_EQ(census.most, 3);
    CHECK_INT_EQ(census.inside, 0);
    CHECK_INT_EQ(semaphore.free, 3);
}

/* --- kilit --- */

LOOP_TEST(lock_is_held_by_one)
{
    struct lock lock;
    struct event hold;
    lock_init(&lock);
    event_init(&hold);
    struct taker holder = {.lock = &lock, .word = "1", .deadline = DEADLINE_NONE, .hold = &hold};
    SCOPED_TASK task = task_create(NULL, take_lock, &holder);
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_INT_EQ(lock_acquire(&lock, deadline_after(1)), -ETIMEDOUT);
    event_set(&hold);
    CHECK_INT_EQ(lock_acquire(&lock, SOON), 0);
    CHECK_INT_EQ(task_state(task), TASK_DONE);
    CHECK_INT_EQ(lock_release(&lock), 0);
    CHECK_INT_EQ(lock_acquire(&lock, SOON), 0);
}

LOOP_TEST(lock_asked_again_by_its_owner_is_a_deadlock)
{
    struct lock lock;
    lock_init(&lock);
    CHECK_INT_EQ(lock_acquire(&lock, SOON), 0);
    CHECK_INT_EQ(lock_acquire(&lock, DEADLINE_NONE), -EDEADLK);
    CHECK_INT_EQ(lock_release(&lock), 0);
    CHECK_INT_EQ(lock_acquire(&lock, SOON), 0);
}

static int release_lock(void *lock)
{
    return lock_release(lock);
}

LOOP_TEST(only_the_owner_may_release_the_lock)
{
    struct lock lock;
    lock_init(&lock);
    CHECK_INT_EQ(lock_release(&lock), -EPERM);
    CHECK_INT_EQ(lock_acquire(&lock, SOON), 0);
    SCOPED_TASK other = task_create(NULL, release_lock, &lock);
    CHECK_INT_EQ(task_await(other, SOON), -EPERM);
    CHECK_INT_EQ(lock_release(&lock), 0);
    CHECK_INT_EQ(lock_release(&lock), -EPERM);
}

/* Bırakılan kilit, bırakan hemen yeniden istese de sıradakinindir. */
LOOP_TEST(released_lock_belongs_to_the_first_waiter)
{
    struct lock lock;
    lock_init(&lock);
    CHECK_INT_EQ(lock_acquire(&lock, SOON), 0);
    struct taker takers[2] = {
        {.lock = &lock, .word = "1", .deadline = DEADLINE_NONE},
        {.lock = &lock, .word = "2", .deadline = DEADLINE_NONE},
    };
    SCOPED_TASK first = task_create(NULL, take_lock, &takers[0]);
    SCOPED_TASK second = task_create(NULL, take_lock, &takers[1]);
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_INT_EQ(lock_release(&lock), 0);
    CHECK_INT_EQ(lock_release(&lock), -EPERM);
    CHECK_INT_EQ(lock_acquire(&lock, SOON), 0);
    CHECK_TEXT_EQ(notes(), "12");
    CHECK_INT_EQ(lock_release(&lock), 0);
    CHECK_INT_EQ(task_await(first, SOON), 0);
    CHECK_INT_EQ(task_await(second, SOON), 0);
}

LOOP_TEST(cancelled_waiter_of_the_lock_passes_it_on)
{
    struct lock lock;
    lock_init(&lock);
    CHECK_INT_EQ(lock_acquire(&lock, SOON), 0);
    struct taker takers[2] = {
        {.lock = &lock, .word = "1", .deadline = DEADLINE_NONE},
        {.lock = &lock, .word = "2", .deadline = DEADLINE_NONE},
    };
    SCOPED_TASK first = task_create(NULL, take_lock, &takers[0]);
    SCOPED_TASK second = task_create(NULL, take_lock, &takers[1]);
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_INT_EQ(lock_release(&lock), 0);
    CHECK_TRUE(task_cancel(first));
    CHECK_INT_EQ(task_await(first, SOON), -ECANCELED);
    CHECK_INT_EQ(task_await(second, SOON), 0);
    CHECK_TEXT_EQ(notes(), "2");
    CHECK_INT_EQ(lock_acquire(&lock, deadline_after(1)), 0);
}

/* --- olay --- */

static int wait_and_note(void *argument)
{
    const struct taker *taker = argument;
    int outcome = event_wait(taker->hold, taker->deadline);
    note(taker->word);
    return outcome;
}

LOOP_TEST(set_event_does_not_hold_anyone)
{
    struct event event;
    event_init(&event);
    CHECK_INT_EQ(event_wait(&event, deadline_after(1)), -ETIMEDOUT);
    event_set(&event);
    event_set(&event);
    CHECK_INT_EQ(event_wait(&event, SOON), 0);
    CHECK_INT_EQ(event_wait(&event, DEADLINE_NONE), 0);
}

LOOP_TEST(setting_the_event_wakes_everyone_in_order)
{
    struct event event;
    event_init(&event);
    struct taker takers[3] = {
        {.hold = &event, .word = "1", .deadline = DEADLINE_NONE},
        {.hold = &event, .word = "2", .deadline = SOON},
        {.hold = &event, .word = "3", .deadline = DEADLINE_NONE},
    };
    SCOPED_TASK first = task_create(NULL, wait_and_note, &takers[0]);
    SCOPED_TASK second = task_create(NULL, wait_and_note, &takers[1]);
    SCOPED_TASK third = task_create(NULL, wait_and_note, &takers[2]);
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_TEXT_EQ(notes(), "");
    event_set(&event);
    CHECK_INT_EQ(task_await(third, SOON), 0);
    CHECK_INT_EQ(task_await(second, SOON), 0);
    CHECK_INT_EQ(task_await(first, SOON), 0);
    CHECK_TEXT_EQ(notes(), "123");
}

LOOP_TEST(cleared_event_holds_again)
{
    struct event event;
    event_init(&event);
    event_set(&event);
    event_clear(&event);
    deadline_t when = deadline_after(1);
    CHECK_INT_EQ(event_wait(&event, when), -ETIMEDOUT);
    CHECK_INT_EQ(monotonic_ns(), when);
}

/* Kurulup hemen bozulan olay, o an bekleyenleri yine uyandırmıştır. */
LOOP_TEST(event_cleared_at_once_still_wakes_those_who_waited)
{
    struct event event;
    event_init(&event);
    struct taker taker = {.hold = &event, .word = "1", .deadline = DEADLINE_NONE};
    SCOPED_TASK task = task_create(NULL, wait_and_note, &taker);
    CHECK_INT_EQ(task_yield(), 0);
    event_set(&event);
    event_clear(&event);
    CHECK_INT_EQ(task_await(task, SOON), 0);
    CHECK_TEXT_EQ(notes(), "1");
}

LOOP_TEST(cancelled_waiter_of_the_event_leaves_the_others)
{
    struct event event;
    event_init(&event);
    struct taker takers[2] = {
        {.hold = &event, .word = "1", .deadline = DEADLINE_NONE},
        {.hold = &event, .word = "2", .deadline = DEADLINE_NONE},
    };
    SCOPED_TASK first = task_create(NULL, wait_and_note, &takers[0]);
    SCOPED_TASK second = task_create(NULL, wait_and_note, &takers[1]);
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_TRUE(task_cancel(first));
    CHECK_INT_EQ(task_await(first, SOON), -ECANCELED);
    CHECK_INT_EQ(task_state(second), TASK_WAITING);
    event_set(&event);
    CHECK_INT_EQ(task_await(second, SOON), 0);
}

static const struct check_test tests[] = {
    {RUN(places_are_taken_until_they_run_out)},
    {RUN(release_without_waiters_is_kept)},
    {RUN(places_go_first_come_first_served)},
    {RUN(newcomer_does_not_steal_the_place)},
    {RUN(granted_waiter_that_is_cancelled_gives_the_place_back)},
    {RUN(granted_waiter_that_timed_out_gives_the_place_back)},
    {RUN(waiter_that_gave_up_is_passed_over)},
    {RUN(never_more_inside_than_there_are_places)},
    {RUN(lock_is_held_by_one)},
    {RUN(lock_asked_again_by_its_owner_is_a_deadlock)},
    {RUN(only_the_owner_may_release_the_lock)},
    {RUN(released_lock_belongs_to_the_first_waiter)},
    {RUN(cancelled_waiter_of_the_lock_passes_it_on)},
    {RUN(set_event_does_not_hold_anyone)},
    {RUN(setting_the_event_wakes_everyone_in_order)},
    {RUN(cleared_event_holds_again)},
    {RUN(event_cleared_at_once_still_wakes_those_who_waited)},
    {RUN(cancelled_waiter_of_the_event_leaves_the_others)},
};

int main(void)
{
    return CHECK_RUN(tests);
}
