/* async/loop: çağrıların sırası, zamanlayıcılar, başka iş parçacıkları, açılış ve kapanış. */
#include "async/loop.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "async/future.h"
#include "check.h"
#include "child.h"
#include "in_loop.h"
#include "stubs.h"

/* --- sıra --- */

LOOP_TEST(calls_run_in_the_order_they_came)
{
    struct call first = {0}, second = {0}, third = {0};
    loop_call_soon(&first, note_call, "1");
    loop_call_soon(&second, note_call, "2");
    loop_call_soon(&third, note_call, "3");
    CHECK_TEXT_EQ(notes(), "");
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_TEXT_EQ(notes(), "123");
}

LOOP_TEST(call_runs_once)
{
    struct call call = {0};
    loop_call_soon(&call, note_call, "1");
    let_others_run();
    CHECK_TEXT_EQ(notes(), "1");
}

LOOP_TEST(call_may_be_queued_again_after_it_ran)
{
    struct call call = {0};
    loop_call_soon(&call, note_call, "1");
    CHECK_INT_EQ(task_yield(), 0);
    loop_call_soon(&call, note_call, "2");
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_TEXT_EQ(notes(), "12");
}

struct repeat {
    struct call call;
    const char *word;
    int left;
};

static void note_and_repeat(void *argument)
{
    struct repeat *repeat = argument;
    note(repeat->word);
    if (--repeat->left > 0)
        loop_call_soon(&repeat->call, note_and_repeat, repeat);
}

LOOP_TEST(call_queued_while_running_waits_behind_the_others)
{
    struct repeat a = {.word = "a", .left = 3}, b = {.word = "b", .left = 3};
    loop_call_soon(&a.call, note_and_repeat, &a);
    loop_call_soon(&b.call, note_and_repeat, &b);
    let_others_run();
    CHECK_TEXT_EQ(notes(), "ababab");
}

static void repeat_for_ever(void *argument)
{
    struct repeat *repeat = argument;
    loop_call_soon(&repeat->call, repeat_for_ever, repeat);
}

/* Kendini hep yeniden sıraya koyan çağrı turu hiç bitirmeseydi zamanlayıcıya bakılmazdı. */
REAL_LOOP_TEST(endless_calls_do_not_starve_a_timer)
{
    struct repeat endless = {0};
    loop_call_soon(&endless.call, repeat_for_ever, &endless);
    CHECK_INT_EQ(task_sleep(0.001), 0);
    CHECK_TRUE(loop_call_cancel(&endless.call));
}

/* Uzun adımlarla sıra bırakıp duran bir hesap; kimse uyanmazsa otuz adımda vazgeçer. */
static int compute_in_long_steps(void *steps)
{
    for (*(int *)steps = 0; *(int *)steps < 30 && notes()[0] == '\0'; ++*(int *)steps) {
        int64_t now = monotonic_ns() + 50 * MS;
        stub_freeze_clock(now / SECOND, now % SECOND);
        CHECK_INT_EQ(task_yield(), 0);
    }
    return 0;
}

static int sleep_and_note(void *word)
{
    int outcome = task_sleep(0.1);
    note(word);
    return outcome;
}

/* Az ama uzun adım da zamanlayıcıları bekletmez. 100 ms'lik uyku ikinci 50 ms'de dolar; çalar saat
 * bir turda, uyandırdığı görev sonrakinde çalışır. */
LOOP_TEST(long_steps_do_not_starve_a_timer)
{
    int steps;
    SCOPED_TASK sleeper = task_create(NULL, sleep_and_note, "uyandı");
    SCOPED_TASK worker = task_create(NULL, compute_in_long_steps, &steps);
    CHECK_INT_EQ(task_await(worker, SOON), 0);
    CHECK_INT_EQ(task_await(sleeper, SOON), 0);
    CHECK_BETWEEN(steps, 2, 4);
}

/* Sırada biri varken çekirdeğe bakılır ama beklenmez: sanal zaman hiç ilerlememelidir. */
LOOP_TEST(loop_does_not_sleep_while_something_is_ready)
{
    struct repeat endless = {0};
    deadline_t began = monotonic_ns();
    loop_call_soon(&endless.call, repeat_for_ever, &endless);
    for (int i = 0; i < 2000; i++)
        CHECK_INT_EQ(task_yield(), 0);
    CHECK_TRUE(loop_call_cancel(&endless.call));
    CHECK_TRUE(virtual_waits() > 0);
    CHECK_INT_EQ(monotonic_ns(), began);
}

/* --- zamanlayıcılar --- */

LOOP_TEST(timed_calls_run_in_the_order_of_their_instants)
{
    struct call first = {0}, second = {0}, third = {0};
    deadline_t now = monotonic_ns();
    loop_call_at(&third, now + 3 * SECOND, note_call, "3");
    loop_call_at(&first, now + 1 * SECOND, note_call, "1");
    loop_call_at(&second, now + 2 * SECOND, note_call, "2");
    CHECK_INT_EQ(task_sleep(1.5), 0);
    CHECK_TEXT_EQ(notes(), "1");
    CHECK_INT_EQ(task_sleep(10), 0);
    CHECK_TEXT_EQ(notes(), "123");
}

LOOP_TEST(same_instant_keeps_the_order_of_asking)
{
    struct call calls[5] = {0};
    static char words[5][2] = {"1", "2", "3", "4", "5"};
    deadline_t when = deadline_after(1);
    for (size_t i = 0; i < 5; i++)
        loop_call_at(&calls[i], when, note_call, words[i]);
    CHECK_INT_EQ(task_sleep_until(when), 0);
    CHECK_TEXT_EQ(notes(), "12345");
}

LOOP_TEST(instant_in_the_past_means_at_once)
{
    struct call past = {0}, negative = {0};
    loop_call_at(&past, monotonic_ns() - SECOND, note_call, "1");
    loop_call_later(&negative, -5, note_call, "2");
    deadline_t before = monotonic_ns();
    CHECK_INT_EQ(task_sleep(0), 0);
    CHECK_TEXT_EQ(notes(), "12");
    CHECK_INT_EQ(monotonic_ns(), before);
}

static void note_instant(void *argument)
{
    *(deadline_t *)argument = monotonic_ns();
}

LOOP_TEST(call_later_counts_from_now)
{
    struct call call = {0};
    deadline_t ran = 0, asked = monotonic_ns();
    loop_call_later(&call, 2.5, note_instant, &ran);
    CHECK_INT_EQ(task_sleep(5), 0);
    CHECK_INT_EQ(ran - asked, 5 * SECOND / 2);
}

/* Milisaniyeden küçük artık aşağı yuvarlansaydı arka uca ikinci kez, boşuna sorulurdu. */
LOOP_TEST(fraction_of_a_millisecond_is_waited_in_one_go)
{
    struct call call = {0};
    deadline_t ran = 0, asked = monotonic_ns();
    int before = virtual_waits();
    loop_call_later(&call, 0.0015, note_instant, &ran);
    CHECK_INT_EQ(task_sleep_until(asked + MS * 3 / 2), 0);
    CHECK_INT_EQ(ran - asked, 2 * MS);
    CHECK_INT_EQ(virtual_waits() - before, 1);
}

struct appointment {
    struct call call;
    deadline_t when;
    int *early;
    int *ran;
};

static void keep(void *argument)
{
    const struct appointment *appointment = argument;
    *appointment->early += monotonic_ns() < appointment->when;
    (*appointment->ran)++;
}

REAL_LOOP_TEST(no_timed_call_runs_early)
{
    enum { COUNT = 200 };
    static struct appointment all[COUNT];
    int early = 0, ran = 0;
    for (size_t i = 0; i < COUNT; i++) {
        deadline_t when = monotonic_ns() + (deadline_t)i * 97003; /* 19 ms'ye dek, kesirli */
        all[i] = (struct appointment){.when = when, .early = &early, .ran = &ran};
        loop_call_at(&all[i].call, when, keep, &all[i]);
    }
    CHECK_INT_EQ(task_sleep(0.025), 0);
    CHECK_INT_EQ(early, 0);
    CHECK_INT_EQ(ran, COUNT);
}

/* --- geri çekmek --- */

LOOP_TEST(cancelled_call_does_not_run)
{
    struct call first = {0}, second = {0}, third = {0};
    loop_call_soon(&first, note_call, "1");
    loop_call_soon(&second, note_call, "2");
    loop_call_soon(&third, note_call, "3");
    CHECK_TRUE(loop_call_cancel(&second));
    let_others_run();
    CHECK_TEXT_EQ(notes(), "13");
}

LOOP_TEST(cancelled_timed_call_does_not_run)
{
    struct call first = {0}, second = {0};
    loop_call_later(&first, 1, note_call, "1");
    loop_call_later(&second, 2, note_call, "2");
    CHECK_TRUE(loop_call_cancel(&first));
    CHECK_INT_EQ(task_sleep(5), 0);
    CHECK_TEXT_EQ(notes(), "2");
}

static void cancel_call(void *call)
{
    note(loop_call_cancel(call) ? "çekildi" : "çekilemedi");
}

/* İkisi aynı turda sıraya girmiştir; ilki, henüz çalışmamış olan ikincisini çeker. */
LOOP_TEST(call_of_this_round_may_be_cancelled)
{
    struct call first = {0}, second = {0};
    loop_call_soon(&first, cancel_call, &second);
    loop_call_soon(&second, note_call, "2");
    let_others_run();
    CHECK_TEXT_EQ(notes(), "çekildi");
}

LOOP_TEST(expired_call_may_be_cancelled_before_it_runs)
{
    struct call first = {0}, second = {0};
    deadline_t when = deadline_after(1);
    loop_call_at(&first, when, cancel_call, &second);
    loop_call_at(&second, when, note_call, "2");
    CHECK_INT_EQ(task_sleep(2), 0);
    CHECK_TEXT_EQ(notes(), "çekildi");
}

LOOP_TEST(nothing_is_left_to_cancel_after_the_run)
{
    struct call ready = {0}, timed = {0}, never = {0};
    loop_call_soon(&ready, note_call, "1");
    loop_call_later(&timed, 1, note_call, "2");
    CHECK_INT_EQ(task_sleep(2), 0);
    CHECK_FALSE(loop_call_cancel(&ready));
    CHECK_FALSE(loop_call_cancel(&timed));
    CHECK_FALSE(loop_call_cancel(&never));
}

LOOP_TEST(call_is_cancelled_once)
{
    struct call ready = {0}, timed = {0};
    loop_call_soon(&ready, note_call, "1");
    loop_call_later(&timed, 1, note_call, "2");
    CHECK_TRUE(loop_call_cancel(&ready));
    CHECK_FALSE(loop_call_cancel(&ready));
    CHECK_TRUE(loop_call_cancel(&timed));
    CHECK_FALSE(loop_call_cancel(&timed));
}

/* --- başka iş parçacıkları --- */

enum { SENDERS = 4, CALLS_EACH = 2000 };

struct sender {
    struct loop *loop;
    struct call calls[CALLS_EACH];
    int received;
    struct future *finished;
    int *open;
};

static void receive(void *argument)
{
    struct sender *sender = argument;
    if (++sender->received == CALLS_EACH && --*sender->open == 0)
        future_set(sender->finished, 0);
}

static void *send_calls(void *argument)
{
    struct sender *sender = argument;
    for (size_t i = 0; i < CALLS_EACH; i++)
        loop_call_soon_threadsafe(sender->loop, &sender->calls[i], receive, sender);
    return NULL;
}

/* NOLINTBEGIN(readability-non-const-parameter): `open`a iş parçacıkları yazar */
static void start_senders(struct sender *senders, pthread_t *threads, struct future *finished,
                          int *open)
{
    for (size_t i = 0; i < SENDERS; i++) {
        senders[i] = (struct sender){.loop = loop_current(), .finished = finished, .open = open};
        CHECK_INT_EQ(pthread_create(&threads[i], NULL, send_calls, &senders[i]), 0);
    }
}
/* NOLINTEND(readability-non-const-parameter) */

REAL_LOOP_TEST(calls_from_threads_all_run)
{
    static struct sender senders[SENDERS];
    pthread_t threads[SENDERS];
    struct future finished;
    int open = SENDERS;
    future_init(&finished);
    start_senders(senders, threads, &finished, &open);
    CHECK_INT_EQ(future_await(&finished, SOON), 0);
    for (size_t i = 0; i < SENDERS; i++)
        CHECK_INT_EQ(pthread_join(threads[i], NULL), 0);
    for (size_t i = 0; i < SENDERS; i++)
        CHECK_INT_EQ(senders[i].received, CALLS_EACH);
}

/* Gönderen iş parçacığı, son çağrısı döngüde çalışıp döngüyü bitirse de güvenle döner: döngünün
 * kapanması, gönderenin döngüye son dokunuşundan sonradır. */
struct last_word {
    struct loop *loop;
    struct call call;
    struct future *finished;
};

static void finish(void *argument)
{
    struct last_word *last = argument;
    future_set(last->finished, 0);
}

static void *send_last_word(void *argument)
{
    struct last_word *last = argument;
    loop_call_soon_threadsafe(last->loop, &last->call, finish, last);
    return NULL;
}

struct last_run {
    struct last_word last;
    pthread_t thread;
};

/* Geri çekilen ilk çağrı, kutu boşken bekleyen bir uyandırma bırakır. Döngü onunla kalkar ve son
 * çağrıyı, gönderen kendi uyandırmasının tam ortasındayken bulur. */
static int end_with_a_call(void *argument)
{
    struct last_run *run = argument;
    struct future finished;
    struct call decoy = {0};
    future_init(&finished);
    run->last = (struct last_word){.loop = loop_current(), .finished = &finished};
    loop_call_soon_threadsafe(run->last.loop, &decoy, note_call, "çalışmamalı");
    CHECK_TRUE(loop_call_cancel(&decoy));
    int before = stub_wakeup_count();
    stub_delay_wakeups(5000);
    CHECK_INT_EQ(pthread_create(&run->thread, NULL, send_last_word, &run->last), 0);
    while (stub_wakeup_count() == before)
        sched_yield();
    return future_await(&finished, SOON);
}

static void loop_may_end_with_the_last_call_of_a_thread(void)
{
    struct last_run run;
    CHECK_INT_EQ(loop_run(end_with_a_call, &run), 0);
    CHECK_INT_EQ(pthread_join(run.thread, NULL), 0);
    stub_delay_wakeups(0);
    CHECK_INT_EQ(stub_failed_wakeups(), 0);
}

/* Yalnız döngünün iş parçacığı uyuyorken gönderir. */
static bool asleep(pid_t thread)
{
    char path[64], line[256] = "";
    snprintf(path, sizeof path, "/proc/self/task/%d/stat", thread);
    FILE *stat = fopen(path, "re");
    if (!stat)
        return false;
    (void)fgets(line, sizeof line, stat);
    fclose(stat);
    const char *after_name = strrchr(line, ')');
    return after_name && after_name[2] == 'S';
}

struct waker {
    struct last_word last;
    pid_t loop_thread;
};

static void *wake_when_asleep(void *argument)
{
    struct waker *waker = argument;
    int seen = 0;
    while (seen < 3) {
        seen = asleep(waker->loop_thread) ? seen + 1 : 0;
        usleep(1000);
    }
    return send_last_word(&waker->last);
}

REAL_LOOP_TEST(call_from_a_thread_wakes_a_sleeping_loop)
{
    struct future finished;
    pthread_t thread;
    future_init(&finished);
    struct waker waker = {
        .last = {.loop = loop_current(), .finished = &finished},
        .loop_thread = getpid(),
    };
    for (int i = 0; i < 3; i++) {
        future_init(&finished);
        CHECK_INT_EQ(pthread_create(&thread, NULL, wake_when_asleep, &waker), 0);
        CHECK_INT_EQ(future_await(&finished, DEADLINE_NONE), 0);
        CHECK_INT_EQ(pthread_join(thread, NULL), 0);
    }
}

REAL_LOOP_TEST(endless_calls_do_not_starve_a_thread)
{
    struct repeat endless = {0};
    struct future finished;
    pthread_t thread;
    future_init(&finished);
    struct last_word last = {.loop = loop_current(), .finished = &finished};
    loop_call_soon(&endless.call, repeat_for_ever, &endless);
    CHECK_INT_EQ(pthread_create(&thread, NULL, send_last_word, &last), 0);
    CHECK_INT_EQ(future_await(&finished, DEADLINE_NONE), 0);
    CHECK_TRUE(loop_call_cancel(&endless.call));
    CHECK_INT_EQ(pthread_join(thread, NULL), 0);
}

/* Döngünün kendisi de kullanabilir; çağrı yine sonra çalışır. */
LOOP_TEST(threadsafe_call_from_the_loop_itself_runs_later)
{
    struct call first = {0}, second = {0};
    loop_call_soon_threadsafe(loop_current(), &first, note_call, "1");
    loop_call_soon_threadsafe(loop_current(), &second, note_call, "2");
    CHECK_TEXT_EQ(notes(), "");
    CHECK_INT_EQ(task_sleep(0), 0);
    let_others_run();
    CHECK_TEXT_EQ(notes(), "12");
}

/* Kutuya başka iş parçacıkları çağrı koyarken kutudaki bir çağrı geri çekilir; arada sıra onlara
 * verilir ki çağrının komşuları değişmiş olsun. Kilitsiz çekmeyi TSan yakalar. */
REAL_LOOP_TEST(threadsafe_call_may_be_cancelled_while_others_send)
{
    static struct sender senders[SENDERS];
    pthread_t threads[SENDERS];
    struct future finished;
    int open = SENDERS;
    future_init(&finished);
    start_senders(senders, threads, &finished, &open);
    for (int i = 0; i < 2000; i++) {
        struct call call = {0};
        loop_call_soon_threadsafe(loop_current(), &call, note_call, "çalışmamalı");
        sched_yield();
        CHECK_TRUE(loop_call_cancel(&call));
    }
    CHECK_INT_EQ(future_await(&finished, SOON), 0);
    for (size_t i = 0; i < SENDERS; i++)
        CHECK_INT_EQ(pthread_join(threads[i], NULL), 0);
    CHECK_TEXT_EQ(notes(), "");
}

/* --- döngünün kendisi --- */

static void loop_returns_the_result_of_main(void)
{
    int results[] = {0, 42, -EPIPE};
    for (size_t i = 0; i < 3; i++)
        CHECK_INT_EQ(loop_run(return_number, &results[i]), results[i]);
}

static int check_current(void *out)
{
    *(struct loop **)out = loop_current();
    return 0;
}

static void current_loop_exists_only_while_it_runs(void)
{
    struct loop *seen = NULL;
    CHECK_TRUE(loop_current() == NULL);
    CHECK_FALSE(loop_facts().running);
    CHECK_INT_EQ(loop_run(check_current, &seen), 0);
    CHECK_TRUE(seen != NULL);
    CHECK_TRUE(loop_current() == NULL);
}

LOOP_TEST(second_loop_in_the_same_thread_is_busy)
{
    CHECK_INT_EQ(loop_run(note_task, "olmamalı"), -EBUSY);
    CHECK_TEXT_EQ(notes(), "");
    CHECK_TRUE(loop_current() != NULL);
}

static void loops_may_follow_each_other(void)
{
    int zero = 0;
    for (int i = 0; i < 20; i++)
        CHECK_INT_EQ(loop_run(return_number, &zero), 0);
}

LOOP_TEST(facts_tell_the_backend_and_the_tasks)
{
    struct loop_facts facts = loop_facts();
    CHECK_TRUE(facts.running);
    CHECK_FALSE(facts.debug);
    CHECK_TEXT_EQ(facts.backend, poller_virtual.name);
    CHECK_INT_EQ(facts.tasks, 1);
    SCOPED_TASK task = task_create("bekleyen", wait_forever, NULL);
    CHECK_TRUE(task != NULL);
    CHECK_INT_EQ(loop_facts().tasks, 2);
    loop_set_debug(0.1);
    CHECK_TRUE(loop_facts().debug);
    loop_set_debug(0);
    CHECK_FALSE(loop_facts().debug);
}

static int name_backend(void *unused)
{
    (void)unused;
    note(loop_facts().backend);
    return 0;
}

static void loop_runs_on_the_backend_that_was_asked(void)
{
    clear_notes();
    CHECK_INT_EQ(loop_run(name_backend, NULL), 0);
    CHECK_INT_EQ(loop_run_on(&poller_poll, name_backend, NULL), 0);
    CHECK_TEXT_EQ(notes(), "epollpoll");
}

static void no_memory_is_an_error(void)
{
    stub_fill_memory(true);
    int on_epoll = loop_run(note_task, "olmamalı");
    int on_poll = loop_run_on(&poller_poll, note_task, "olmamalı");
    stub_fill_memory(false);
    stub_fill_address_space(true);
    int no_stack = loop_run(note_task, "olmamalı");
    stub_fill_address_space(false);
    CHECK_INT_EQ(on_epoll, -ENOMEM);
    CHECK_INT_EQ(on_poll, -ENOMEM);
    CHECK_INT_EQ(no_stack, -ENOMEM);
    CHECK_TRUE(loop_current() == NULL);
}

/* Döngü iki tanımlayıcı açar; ikincisi açılamazsa birincisi kapanır. */
static void run_with_few_descriptors(void *unused)
{
    (void)unused;
    int next = dup(0);
    CHECK_TRUE(next >= 0);
    close(next);
    struct rlimit usual;
    CHECK_INT_EQ(getrlimit(RLIMIT_NOFILE, &usual), 0);
    for (int spare = 0; spare < 2; spare++) {
        struct rlimit few = {.rlim_cur = (rlim_t)(next + spare), .rlim_max = usual.rlim_max};
        CHECK_INT_EQ(setrlimit(RLIMIT_NOFILE, &few), 0);
        CHECK_INT_EQ(loop_run(note_task, ""), -EMFILE);
        CHECK_INT_EQ(setrlimit(RLIMIT_NOFILE, &usual), 0);
        int after = dup(0);
        CHECK_INT_EQ(after, next);
        close(after);
    }
}

static void no_descriptor_is_an_error(void)
{
    child_check(run_with_few_descriptors, NULL);
}

/* --- kapanış --- */

/* Çağrılar döngüden uzun yaşar; çalışırlarsa note_call not eder. */
static struct call left_soon, left_threadsafe, left_later;

static int end_with_calls_left(void *unused)
{
    (void)unused;
    loop_call_soon(&left_soon, note_call, "sonra ");
    loop_call_soon_threadsafe(loop_current(), &left_threadsafe, note_call, "uzaktan ");
    loop_call_later(&left_later, 3600, note_call, "bir saat sonra ");
    return 0;
}

static void calls_left_at_the_end_do_not_run(void)
{
    clear_notes();
    left_soon = left_threadsafe = left_later = (struct call){0};
    CHECK_INT_EQ(loop_run(end_with_calls_left, NULL), 0);
    CHECK_INT_EQ(loop_run(note_task, "yeni döngü"), 0);
    CHECK_TEXT_EQ(notes(), "yeni döngü");
}

/* --- iki iş parçacığı, iki döngü --- */

struct ring {
    pthread_barrier_t *both_run;
    struct loop *loop;
    int turns;
};

static int yield_often(void *argument)
{
    struct ring *ring = argument;
    for (int i = 0; i < 1000; i++) {
        CHECK_INT_EQ(task_yield(), 0);
        ring->turns += loop_current() == ring->loop;
    }
    return 0;
}

static int run_ring(void *argument)
{
    struct ring *ring = argument;
    ring->loop = loop_current();
    pthread_barrier_wait(ring->both_run);
    for (int i = 0; i < 5; i++) {
        SCOPED_TASK one = task_create(NULL, yield_often, ring);
        SCOPED_TASK two = task_create(NULL, yield_often, ring);
        CHECK_INT_EQ(task_await(one, SOON), 0);
        CHECK_INT_EQ(task_await(two, SOON), 0);
        CHECK_INT_EQ(task_sleep(0.001), 0);
    }
    return 0;
}

static void *run_loop_in_thread(void *argument)
{
    int outcome = loop_run(run_ring, argument);
    return outcome == 0 ? NULL : argument;
}

static void two_threads_run_their_own_loops(void)
{
    pthread_t threads[2];
    pthread_barrier_t both_run;
    CHECK_INT_EQ(pthread_barrier_init(&both_run, NULL, 2), 0);
    struct ring rings[2] = {{.both_run = &both_run}, {.both_run = &both_run}};
    for (size_t i = 0; i < 2; i++)
        CHECK_INT_EQ(pthread_create(&threads[i], NULL, run_loop_in_thread, &rings[i]), 0);
    for (size_t i = 0; i < 2; i++) {
        void *wrong;
        CHECK_INT_EQ(pthread_join(threads[i], &wrong), 0);
        CHECK_TRUE(wrong == NULL);
        CHECK_INT_EQ(rings[i].turns, 10000);
    }
    CHECK_TRUE(rings[0].loop != rings[1].loop);
    pthread_barrier_destroy(&both_run);
}

static const struct check_test tests[] = {
    /* en başta: ortak ne varsa ilk kez iki iş parçacığında birden kurulsun (TSan) */
    {RUN(two_threads_run_their_own_loops)},
    {RUN(calls_run_in_the_order_they_came)},
    {RUN(call_runs_once)},
    {RUN(call_may_be_queued_again_after_it_ran)},
    {RUN(call_queued_while_running_waits_behind_the_others)},
    {RUN(endless_calls_do_not_starve_a_timer)},
    {RUN(long_steps_do_not_starve_a_timer)},
    {RUN(loop_does_not_sleep_while_something_is_ready)},
    {RUN(timed_calls_run_in_the_order_of_their_instants)},
    {RUN(same_instant_keeps_the_order_of_asking)},
    {RUN(instant_in_the_past_means_at_once)},
    {RUN(call_later_counts_from_now)},
    {RUN(fraction_of_a_millisecond_is_waited_in_one_go)},
    {RUN(no_timed_call_runs_early)},
    {RUN(cancelled_call_does_not_run)},
    {RUN(cancelled_timed_call_does_not_run)},
    {RUN(call_of_this_round_may_be_cancelled)},
    {RUN(expired_call_may_be_cancelled_before_it_runs)},
    {RUN(nothing_is_left_to_cancel_after_the_run)},
    {RUN(call_is_cancelled_once)},
    {RUN(calls_from_threads_all_run)},
    {RUN(loop_may_end_with_the_last_call_of_a_thread)},
    {RUN(call_from_a_thread_wakes_a_sleeping_loop)},
    {RUN(endless_calls_do_not_starve_a_thread)},
    {RUN(threadsafe_call_from_the_loop_itself_runs_later)},
    {RUN(threadsafe_call_may_be_cancelled_while_others_send)},
    {RUN(loop_returns_the_result_of_main)},
    {RUN(current_loop_exists_only_while_it_runs)},
    {RUN(second_loop_in_the_same_thread_is_busy)},
    {RUN(loops_may_follow_each_other)},
    {RUN(facts_tell_the_backend_and_the_tasks)},
    {RUN(loop_runs_on_the_backend_that_was_asked)},
    {RUN(no_memory_is_an_error)},
    {RUN(no_descriptor_is_an_error)},
    {RUN(calls_left_at_the_end_do_not_run)},
};

int main(void)
{
    return CHECK_RUN(tests);
}
