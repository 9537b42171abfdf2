/* async/group: hepsini beklemek, ilk hata, iptal. */
#include "async/group.h"

#include <errno.h>

#include "async/sync.h"
#include "check.h"
#include "in_loop.h"
#include "stubs.h"

/* Bir süre uyuyup bir sonuçla biten üye; ne olduğunu not eder. */
struct member {
    double seconds;
    int result;
    const char *word;
};

static int member_body(void *argument)
{
    const struct member *member = argument;
    int outcome = task_sleep(member->seconds);
    note(outcome < 0 ? "iptal " : member->word);
    return outcome < 0 ? outcome : member->result;
}

static void spawn(struct group *group, struct member *member)
{
    CHECK_INT_EQ(group_spawn(group, member->word, member_body, member), 0);
}

LOOP_TEST(close_waits_for_every_member)
{
    struct group group;
    struct member members[3] = {{3, 0, "üç "}, {1, 0, "bir "}, {2, 5, "iki "}};
    group_open(&group, GROUP_TOGETHER);
    for (size_t i = 0; i < 3; i++)
        spawn(&group, &members[i]);
    CHECK_TEXT_EQ(notes(), "");
    CHECK_INT_EQ(group_close(&group, SOON), 0);
    CHECK_TEXT_EQ(notes(), "bir iki üç ");
    CHECK_INT_EQ(loop_facts().tasks, 1);
}

LOOP_TEST(empty_group_closes_at_once)
{
    struct group group;
    group_open(&group, GROUP_TOGETHER);
    CHECK_INT_EQ(group_close(&group, deadline_after(-1)), 0);
}

LOOP_TEST(group_of_finished_members_closes_at_once)
{
    struct group group;
    struct member member = {0, 0, "bir "};
    group_open(&group, GROUP_TOGETHER);
    spawn(&group, &member);
    CHECK_INT_EQ(task_sleep(1), 0);
    CHECK_TEXT_EQ(notes(), "bir ");
    CHECK_INT_EQ(group_close(&group, deadline_after(-1)), 0);
}

LOOP_TEST(first_failure_cancels_the_siblings_and_is_returned)
{
    struct group group;
    struct member members[3] = {{5, 0, "beş "}, {1, -EPIPE, "hata "}, {2, -EIO, "geç hata "}};
    deadline_t began = monotonic_ns();
    group_open(&group, GROUP_TOGETHER);
    for (size_t i = 0; i < 3; i++)
        spawn(&group, &members[i]);
    CHECK_INT_EQ(group_close(&group, SOON), -EPIPE);
    CHECK_TEXT_EQ(notes(), "hata iptal iptal ");
    CHECK_INT_EQ(monotonic_ns() - began, SECOND);
    CHECK_FALSE(task_cancelling());
}

/* İptal edilirken başka bir hatayla biten üye, ilk hatanın yerini almaz. */
static int fail_when_cancelled(void *unused)
{
    (void)unused;
    CHECK_INT_EQ(task_sleep_until(DEADLINE_NONE), -ECANCELED);
    return -EIO;
}

LOOP_TEST(failure_during_the_cancel_is_not_the_first)
{
    struct group group;
    struct member member = {1, -EPIPE, "hata "};
    group_open(&group, GROUP_TOGETHER);
    CHECK_INT_EQ(group_spawn(&group, NULL, fail_when_cancelled, NULL), 0);
    spawn(&group, &member);
    CHECK_INT_EQ(group_close(&group, SOON), -EPIPE);
}

LOOP_TEST(failure_cancels_the_body_of_the_owner)
{
    struct group group;
    struct member member = {1, -EPIPE, "hata "};
    deadline_t began = monotonic_ns();
    group_open(&group, GROUP_TOGETHER);
    spawn(&group, &member);
    CHECK_INT_EQ(task_sleep(60), -ECANCELED);
    CHECK_INT_EQ(monotonic_ns() - began, SECOND);
    CHECK_INT_EQ(task_sleep(60), -ECANCELED); /* kapanışa dek sürer */
    CHECK_INT_EQ(group_close(&group, SOON), -EPIPE);
    CHECK_FALSE(task_cancelling());
    CHECK_INT_EQ(task_yield(), 0);
}

LOOP_TEST(close_takes_back_only_the_cancel_of_the_group)
{
    struct group group;
    struct member member = {1, -EPIPE, "hata "};
    group_open(&group, GROUP_TOGETHER);
    spawn(&group, &member);
    CHECK_INT_EQ(task_sleep(60), -ECANCELED);
    CHECK_TRUE(task_cancel(task_current()));
    CHECK_INT_EQ(group_close(&group, SOON), -ECANCELED);
    CHECK_TRUE(task_cancelling());
    CHECK_INT_EQ(task_uncancel(), 0);
}

static void cancel_given(void *task)
{
    task_cancel(task);
}

LOOP_TEST(cancelled_member_is_not_a_failure)
{
    struct group group;
    struct member members[2] = {{1, -ECANCELED, "bir "}, {2, 0, "iki "}};
    group_open(&group, GROUP_TOGETHER);
    spawn(&group, &members[0]);
    spawn(&group, &members[1]);
    CHECK_INT_EQ(group_close(&group, SOON), 0);
    CHECK_TEXT_EQ(notes(), "bir iki ");
}

/* --- bağımsız grup --- */

LOOP_TEST(failure_in_an_independent_group_is_only_its_own)
{
    struct group group;
    struct member members[3] = {{1, -EPIPE, "hata "}, {2, 0, "iki "}, {3, -EIO, "üç "}};
    group_open(&group, GROUP_INDEPENDENT);
    for (size_t i = 0; i < 3; i++)
        spawn(&group, &members[i]);
    CHECK_INT_EQ(task_sleep(1.5), 0); /* gövde de sürer */
    CHECK_INT_EQ(group_close(&group, SOON), 0);
    CHECK_TEXT_EQ(notes(), "hata iki üç ");
}

/* --- iptal --- */

LOOP_TEST(group_cancel_cancels_the_members_and_does_not_wait)
{
    struct group group;
    struct member members[2] = {{5, 0, "beş "}, {6, 0, "altı "}};
    group_open(&group, GROUP_TOGETHER);
    spawn(&group, &members[0]);
    spawn(&group, &members[1]);
    CHECK_INT_EQ(task_yield(), 0);
    group_cancel(&group);
    CHECK_TEXT_EQ(notes(), "");
    CHECK_INT_EQ(task_yield(), 0); /* sahibi iptal edilmemiştir */
    CHECK_INT_EQ(group_close(&group, SOON), 0);
    CHECK_TEXT_EQ(notes(), "iptal iptal ");
}

LOOP_TEST(member_spawned_into_a_cancelled_group_starts_cancelled)
{
    struct group group;
    struct member member = {5, 0, "beş "};
    group_open(&group, GROUP_TOGETHER);
    group_cancel(&group);
    spawn(&group, &member);
    deadline_t began = monotonic_ns();
    CHECK_INT_EQ(group_close(&group, SOON), 0);
    CHECK_TEXT_EQ(notes(), "iptal ");
    CHECK_INT_EQ(monotonic_ns(), began);
}

struct closer {
    struct group group;
    deadline_t deadline;
    double patience; /* üyenin, iptalden sonra daha çalıştığı süre */
    int result;      /* ve sonucu */
};

/* İptali bir süre duymazdan gelen üye. */
static int linger(void *argument)
{
    const struct closer *closer = argument;
    CHECK_INT_EQ(task_sleep(60), -ECANCELED);
    task_shield(DEADLINE_NONE);
    for (int i = 0; i < 3; i++)
        CHECK_INT_EQ(task_sleep(closer->patience / 3), 0);
    task_unshield();
    note("üye ");
    return closer->result;
}

static int open_and_close(void *argument)
{
    struct closer *closer = argument;
    group_open(&closer->group, GROUP_TOGETHER);
    CHECK_INT_EQ(group_spawn(&closer->group, "oyalanan", linger, closer), 0);
    int outcome = group_close(&closer->group, closer->deadline);
    note("grup ");
    return outcome;
}

LOOP_TEST(cancelled_closer_cancels_the_members_and_waits_for_their_end)
{
    struct closer closer = {.deadline = DEADLINE_NONE, .patience = 3};
    deadline_t began = monotonic_ns();
    SCOPED_TASK task = task_create(NULL, open_and_close, &closer);
    CHECK_INT_EQ(task_sleep(1), 0);
    CHECK_TRUE(task_cancel(task));
    CHECK_TRUE(task_cancel(task));
    CHECK_INT_EQ(task_await(task, SOON), -ECANCELED);
    CHECK_TEXT_EQ(notes(), "üye grup ");
    CHECK_INT_EQ(monotonic_ns() - began, 4 * SECOND);
}

LOOP_TEST(second_cancel_does_not_cut_the_closing_short)
{
    struct closer closer = {.deadline = DEADLINE_NONE, .patience = 3};
    struct call call = {0};
    SCOPED_TASK task = task_create(NULL, open_and_close, &closer);
    CHECK_INT_EQ(task_sleep(1), 0);
    CHECK_TRUE(task_cancel(task));
    loop_call_later(&call, 1, cancel_given, task);
    CHECK_INT_EQ(task_await(task, SOON), -ECANCELED);
    CHECK_TEXT_EQ(notes(), "üye grup ");
}

LOOP_TEST(deadline_cancels_the_members_and_waits_for_their_end)
{
    struct closer closer = {.deadline = deadline_after(2), .patience = 3};
    deadline_t began = monotonic_ns();
    CHECK_INT_EQ(open_and_close(&closer), -ETIMEDOUT);
    CHECK_TEXT_EQ(notes(), "üye grup ");
    CHECK_INT_EQ(monotonic_ns() - began, 5 * SECOND);
    CHECK_FALSE(task_cancelling());
}

LOOP_TEST(deadline_is_returned_before_a_late_failure)
{
    struct closer closer = {.deadline = deadline_after(2), .patience = 3, .result = -EIO};
    CHECK_INT_EQ(open_and_close(&closer), -ETIMEDOUT);
}

/* Sahibi kapanıştan önce iptal edilmişse üyeler beklenmeden iptal edilir. */
LOOP_TEST(close_of_a_cancelled_owner_cancels_at_once)
{
    struct group group;
    struct member member = {5, 0, "beş "};
    group_open(&group, GROUP_TOGETHER);
    spawn(&group, &member);
    CHECK_INT_EQ(task_yield(), 0);
    deadline_t began = monotonic_ns();
    CHECK_TRUE(task_cancel(task_current()));
    CHECK_INT_EQ(group_close(&group, SOON), -ECANCELED);
    CHECK_TEXT_EQ(notes(), "iptal ");
    CHECK_INT_EQ(monotonic_ns(), began);
    CHECK_INT_EQ(task_uncancel(), 0);
}

/* Veda eden görev kalkanının arkasında bir grup kapatırsa kalkanı sonra da sürer. */
LOOP_TEST(close_keeps_the_shield_of_its_caller)
{
    struct group group;
    struct member member = {5, 0, "beş "};
    CHECK_TRUE(task_cancel(task_current()));
    task_shield(DEADLINE_NONE);
    group_open(&group, GROUP_TOGETHER);
    spawn(&group, &member);
    CHECK_INT_EQ(group_close(&group, deadline_after(1)), -ETIMEDOUT);
    CHECK_INT_EQ(task_sleep(1), 0);
    task_unshield();
    CHECK_INT_EQ(task_yield(), -ECANCELED);
    CHECK_INT_EQ(task_uncancel(), 0);
}

/* --- üyeler üye doğurur, gruplar iç içe --- */

struct spawner {
    struct group *group;
    struct member *member;
};

static int spawn_sibling(void *argument)
{
    const struct spawner *spawner = argument;
    CHECK_INT_EQ(task_sleep(1), 0);
    spawn(spawner->group, spawner->member);
    note("doğuran ");
    return 0;
}

static int close_group(void *group)
{
    return group_close(group, DEADLINE_NONE);
}

/* Kendi bitmesini beklerdi. */
LOOP_TEST(member_cannot_close_its_own_group)
{
    struct group group;
    group_open(&group, GROUP_TOGETHER);
    CHECK_INT_EQ(group_spawn(&group, NULL, close_group, &group), 0);
    CHECK_INT_EQ(group_close(&group, deadline_after(1)), -EDEADLK);
}

LOOP_TEST(end_cancels_the_members_and_waits_for_their_end)
{
    struct group group;
    struct member member = {5, 0, "beş "};
    group_open(&group, GROUP_INDEPENDENT);
    spawn(&group, &member);
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_TRUE(task_cancel(task_current()));
    group_end(&group);
    CHECK_INT_EQ(group.count, 0);
    CHECK_TEXT_EQ(notes(), "iptal ");
    CHECK_INT_EQ(task_uncancel(), 0);
}

LOOP_TEST(member_may_spawn_siblings_while_the_owner_closes)
{
    struct group group;
    struct member member = {2, 0, "doğan "};
    struct spawner spawner = {&group, &member};
    group_open(&group, GROUP_TOGETHER);
    CHECK_INT_EQ(group_spawn(&group, NULL, spawn_sibling, &spawner), 0);
    CHECK_INT_EQ(group_close(&group, SOON), 0);
    CHECK_TEXT_EQ(notes(), "doğuran doğan ");
}

static void spawn_from_call(void *argument)
{
    const struct spawner *spawner = argument;
    spawn(spawner->group, spawner->member);
}

struct last_moment {
    struct call call;
    struct spawner spawner;
};

static int spawn_after_the_end(void *argument)
{
    struct last_moment *moment = argument;
    task_on_done(task_current(), &moment->call, spawn_from_call, &moment->spawner);
    note("ilk ");
    return 0;
}

/* Son üye bitip kapatanı uyandırmış, o daha çalışmamışken yeni üye gelir. */
LOOP_TEST(member_that_comes_at_the_last_moment_is_waited_for)
{
    struct group group;
    struct member last = {2, 0, "son "};
    struct last_moment moment = {.spawner = {&group, &last}};
    group_open(&group, GROUP_TOGETHER);
    CHECK_INT_EQ(group_spawn(&group, NULL, spawn_after_the_end, &moment), 0);
    CHECK_INT_EQ(group_close(&group, SOON), 0);
    CHECK_TEXT_EQ(notes(), "ilk son ");
}

static int inner_group(void *argument)
{
    struct member *members = argument;
    struct group group;
    group_open(&group, GROUP_TOGETHER);
    spawn(&group, &members[0]);
    spawn(&group, &members[1]);
    int outcome = group_close(&group, DEADLINE_NONE);
    note("iç ");
    return outcome;
}

LOOP_TEST(failure_of_an_inner_group_cancels_the_outer_one)
{
    struct group group;
    struct member inner[2] = {{1, -EPIPE, "hata "}, {5, 0, "beş "}};
    struct member outer = {6, 0, "altı "};
    group_open(&group, GROUP_TOGETHER);
    CHECK_INT_EQ(group_spawn(&group, "iç", inner_group, inner), 0);
    spawn(&group, &outer);
    CHECK_INT_EQ(group_close(&group, SOON), -EPIPE);
    CHECK_TEXT_EQ(notes(), "hata iptal iç iptal ");
}

LOOP_TEST(cancel_of_an_outer_group_reaches_the_inner_members)
{
    struct group group;
    struct member inner[2] = {{4, 0, "dört "}, {5, 0, "beş "}};
    group_open(&group, GROUP_TOGETHER);
    CHECK_INT_EQ(group_spawn(&group, "iç", inner_group, inner), 0);
    CHECK_INT_EQ(task_sleep(1), 0);
    group_cancel(&group);
    CHECK_INT_EQ(group_close(&group, SOON), 0);
    CHECK_TEXT_EQ(notes(), "iptal iptal iç ");
}

LOOP_TEST(two_groups_of_one_owner_fail_independently)
{
    struct group outer, inner;
    struct member failing = {1, -EPIPE, "hata "}, quiet = {3, 0, "üç "};
    group_open(&outer, GROUP_TOGETHER);
    spawn(&outer, &quiet);
    group_open(&inner, GROUP_TOGETHER);
    spawn(&inner, &failing);
    CHECK_INT_EQ(task_sleep(60), -ECANCELED);
    CHECK_INT_EQ(group_close(&inner, SOON), -EPIPE);
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_INT_EQ(group_close(&outer, SOON), 0);
    CHECK_TEXT_EQ(notes(), "hata üç ");
}

LOOP_TEST(no_memory_spawns_nothing)
{
    struct group group;
    struct member member = {0, 0, "olmamalı"};
    group_open(&group, GROUP_TOGETHER);
    stub_fill_memory(true);
    int outcome = group_spawn(&group, NULL, member_body, &member);
    stub_fill_memory(false);
    CHECK_INT_EQ(outcome, -ENOMEM);
    CHECK_INT_EQ(group_close(&group, SOON), 0);
    CHECK_TEXT_EQ(notes(), "");
}

LOOP_TEST(hundreds_of_members_end_together)
{
    enum { COUNT = 500 };
    static struct member members[COUNT];
    struct group group;
    group_open(&group, GROUP_TOGETHER);
    for (size_t i = 0; i < COUNT; i++) {
        members[i] = (struct member){(double)(i % 7), 0, ""};
        spawn(&group, &members[i]);
    }
    CHECK_INT_EQ(group_close(&group, SOON), 0);
    CHECK_INT_EQ(loop_facts().tasks, 1);
}

static const struct check_test tests[] = {
    {RUN(close_waits_for_every_member)},
    {RUN(empty_group_closes_at_once)},
    {RUN(group_of_finished_members_closes_at_once)},
    {RUN(first_failure_cancels_the_siblings_and_is_returned)},
    {RUN(failure_during_the_cancel_is_not_the_first)},
    {RUN(failure_cancels_the_body_of_the_owner)},
    {RUN(close_takes_back_only_the_cancel_of_the_group)},
    {RUN(cancelled_member_is_not_a_failure)},
    {RUN(failure_in_an_independent_group_is_only_its_own)},
    {RUN(group_cancel_cancels_the_members_and_does_not_wait)},
    {RUN(member_spawned_into_a_cancelled_group_starts_cancelled)},
    {RUN(cancelled_closer_cancels_the_members_and_waits_for_their_end)},
    {RUN(second_cancel_does_not_cut_the_closing_short)},
    {RUN(deadline_cancels_the_members_and_waits_for_their_end)},
    {RUN(deadline_is_returned_before_a_late_failure)},
    {RUN(close_of_a_cancelled_owner_cancels_at_once)},
    {RUN(close_keeps_the_shield_of_its_caller)},
    {RUN(member_cannot_close_its_own_group)},
    {RUN(end_cancels_the_members_and_waits_for_their_end)},
    {RUN(member_may_spawn_siblings_while_the_owner_closes)},
    {RUN(member_that_comes_at_the_last_moment_is_waited_for)},
    {RUN(failure_of_an_inner_group_cancels_the_outer_one)},
    {RUN(cancel_of_an_outer_group_reaches_the_inner_members)},
    {RUN(two_groups_of_one_owner_fail_independently)},
    {RUN(no_memory_spawns_nothing)},
    {RUN(hundreds_of_members_end_together)},
};

int main(void)
{
    return CHECK_RUN(tests);
}
