/* async/timers: en erkeni üstte tutan yığın. */
#include "async/timers.h"

#include <stdlib.h>

#include "check.h"

#define MANY 2000
#define OPERATIONS 20000

/* En erkeni çıkarır; testler onu sırası ile tanır. */
static struct timer *take_first(struct timers *timers)
{
    struct timer *first = timers_first(timers);
    if (first)
        timers_remove(timers, first);
    return first;
}

static void check_order(struct timers *timers, struct timer *const expected[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        CHECK_TRUE(take_first(timers) == expected[i]);
    CHECK_TRUE(timers_first(timers) == NULL);
}

static void empty_heap_has_no_first(void)
{
    struct timers timers = {0};
    CHECK_TRUE(timers_first(&timers) == NULL);
}

static void earliest_is_first(void)
{
    struct timers timers = {0};
    struct timer late = {0}, early = {0}, middle = {0};
    timers_add(&timers, &late, 30);
    CHECK_TRUE(timers_first(&timers) == &late);
    timers_add(&timers, &early, 10);
    timers_add(&timers, &middle, 20);
    check_order(&timers, (struct timer *[]){&early, &middle, &late}, 3);
}

static void first_stays_until_it_is_removed(void)
{
    struct timers timers = {0};
    struct timer timer = {0};
    timers_add(&timers, &timer, 1);
    CHECK_TRUE(timers_first(&timers) == &timer);
    CHECK_TRUE(timers_first(&timers) == &timer);
    timers_remove(&timers, &timer);
    CHECK_TRUE(timers_first(&timers) == NULL);
}

static void same_instant_keeps_the_order_of_adding(void)
{
    struct timers timers = {0};
    static struct timer all[100];
    struct timer *expected[100];
    for (size_t i = 0; i < 100; i++) {
        all[i] = (struct timer){0};
        timers_add(&timers, &all[i], 5);
        expected[i] = &all[i];
    }
    check_order(&timers, expected, 100);
}

static void instants_before_the_clock_began_are_ordinary(void)
{
    struct timers timers = {0};
    struct timer negative = {0}, zero = {0}, never = {0};
    timers_add(&timers, &never, DEADLINE_NONE);
    timers_add(&timers, &zero, 0);
    timers_add(&timers, &negative, INT64_MIN);
    check_order(&timers, (struct timer *[]){&negative, &zero, &never}, 3);
}

static void timer_is_active_only_while_it_is_in_the_heap(void)
{
    struct timers timers = {0};
    struct timer timer = {0}, other = {0};
    CHECK_FALSE(timer_active(&timer));
    timers_add(&timers, &timer, 1);
    timers_add(&timers, &other, 2);
    CHECK_TRUE(timer_active(&timer));
    CHECK_TRUE(timer_active(&other));
    timers_remove(&timers, &other);
    CHECK_FALSE(timer_active(&other));
    timers_remove(&timers, &timer);
    CHECK_FALSE(timer_active(&timer));
}

static void removing_twice_is_harmless(void)
{
    struct timers timers = {0};
    struct timer timer = {0}, other = {0};
    timers_remove(&timers, &timer);
    timers_add(&timers, &timer, 1);
    timers_add(&timers, &other, 2);
    timers_remove(&timers, &timer);
    timers_remove(&timers, &timer);
    check_order(&timers, (struct timer *[]){&other}, 1);
}

/* Çıkarılan düğüm başta, ortada ya da sonda olsun, ötekilerin sırası bozulmaz. */
static void any_node_may_be_removed(void)
{
    enum { COUNT = 40 };
    for (size_t gone = 0; gone < COUNT; gone++) {
        struct timers timers = {0};
        struct timer all[COUNT] = {0};
        for (size_t i = 0; i < COUNT; i++)
            timers_add(&timers, &all[i], (deadline_t)(i * 7 % COUNT));
        /* bir kez çıkarıp koymak ağacı derinleştirir: yoksa hepsi tepenin çocuğudur */
        struct timer *first = take_first(&timers);
        timers_add(&timers, first, first->when);
        timers_remove(&timers, &all[gone]);
        for (deadline_t when = 0; when < COUNT; when++)
            if (all[gone].when != when)
                CHECK_INT_EQ(take_first(&timers)->when, when);
        CHECK_TRUE(timers_first(&timers) == NULL);
    }
}

static void removed_timer_may_be_added_again(void)
{
    struct timers timers = {0};
    struct timer timer = {0}, other = {0};
    timers_add(&timers, &timer, 1);
    timers_add(&timers, &other, 2);
    timers_remove(&timers, &timer);
    timers_add(&timers, &timer, 3);
    check_order(&timers, (struct timer *[]){&other, &timer}, 2);
}

/* Sıra, yeniden eklenenin ilk eklenişinden değil son eklenişinden sayılır. */
static void readded_timer_goes_behind_its_equals(void)
{
    struct timers timers = {0};
    struct timer timer = {0}, other = {0};
    timers_add(&timers, &timer, 1);
    timers_add(&timers, &other, 1);
    timers_remove(&timers, &timer);
    timers_add(&timers, &timer, 1);
    check_order(&timers, (struct timer *[]){&other, &timer}, 2);
}

/* Aynı işi dizide arayarak yapan, yavaş ama açık karşılık. */
struct reference {
    struct timer *timers[MANY];
    size_t count;
};

static void reference_remove(struct reference *reference, const struct timer *timer)
{
    size_t at = 0;
    while (reference->timers[at] != timer)
        at++;
    for (reference->count--; at < reference->count; at++)
        reference->timers[at] = reference->timers[at + 1];
}

/* Dizi ekleme sırasındadır; eşitlerin ilki böylece önce bulunur. */
static struct timer *reference_first(const struct reference *reference)
{
    struct timer *first = NULL;
    for (size_t i = 0; i < reference->count; i++)
        if (!first || reference->timers[i]->when < first->when)
            first = reference->timers[i];
    return first;
}

static void random_operations(unsigned seed, size_t count, int instants)
{
    static struct timer all[MANY];
    static struct reference reference;
    struct timers timers = {0};
    reference.count = 0;
    for (size_t i = 0; i < count; i++)
        all[i] = (struct timer){0};
    for (int i = 0; i < OPERATIONS; i++) {
        struct timer *timer = &all[(size_t)rand_r(&seed) % count];
        CHECK_TRUE(timers_first(&timers) == reference_first(&reference));
        if (rand_r(&seed) % 4 == 0 && reference.count > 0)
            timer = timers_first(&timers);
        if (timer_active(timer)) {
            timers_remove(&timers, timer);
            reference_remove(&reference, timer);
        } else {
            timers_add(&timers, timer, rand_r(&seed) % instants);
            reference.timers[reference.count++] = timer;
        }
    }
    for (; reference.count > 0; reference_remove(&reference, take_first(&timers)))
        CHECK_TRUE(timers_first(&timers) == reference_first(&reference));
    CHECK_TRUE(timers_first(&timers) == NULL);
}

static void random_adds_and_removes_match_a_plain_array(void)
{
    for (unsigned seed = 1; seed <= 5; seed++) {
        random_operations(seed, 10, 5);
        random_operations(seed, 100, 1000000);
        random_operations(seed, 300, 20);
    }
}

static void check_sorted(deadline_t (*when_of)(size_t i))
{
    static struct timer all[MANY];
    struct timers timers = {0};
    for (size_t i = 0; i < MANY; i++) {
        all[i] = (struct timer){0};
        timers_add(&timers, &all[i], when_of(i));
    }
    deadline_t last = INT64_MIN;
    for (size_t i = 0; i < MANY; i++) {
        deadline_t when = take_first(&timers)->when;
        CHECK_TRUE(when >= last);
        last = when;
    }
    CHECK_TRUE(timers_first(&timers) == NULL);
}

static deadline_t rising(size_t i)
{
    return (deadline_t)i;
}

static deadline_t falling(size_t i)
{
    return -(deadline_t)i;
}

static deadline_t mixed(size_t i)
{
    return (deadline_t)(i * 7919 % MANY);
}

static void every_order_of_adding_comes_out_sorted(void)
{
    check_sorted(rising);
    check_sorted(falling);
    check_sorted(mixed);
}

static const struct check_test tests[] = {
    {RUN(empty_heap_has_no_first)},
    {RUN(earliest_is_first)},
    {RUN(first_stays_until_it_is_removed)},
    {RUN(same_instant_keeps_the_order_of_adding)},
    {RUN(instants_before_the_clock_began_are_ordinary)},
    {RUN(timer_is_active_only_while_it_is_in_the_heap)},
    {RUN(removing_twice_is_harmless)},
    {RUN(any_node_may_be_removed)},
    {RUN(removed_timer_may_be_added_again)},
    {RUN(readded_timer_goes_behind_its_equals)},
    {RUN(random_adds_and_removes_match_a_plain_array)},
    {RUN(every_order_of_adding_comes_out_sorted)},
};

int main(void)
{
    return CHECK_RUN(tests);
}
