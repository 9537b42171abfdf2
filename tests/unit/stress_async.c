/* common/async'in hepsi bir arada: binlerce görev uyur, sırayı bırakır, birbirini iptal eder, zaman
 * aşımına uğrar, kuyruğu, kilidi, sayacı, olayı ve grupları kullanır, başarısız olur. Her adım
 * rastgeledir ama tohumdan gelir; sanal zamanda aynı tohum aynı koşuyu verir. Aranan, tek tek
 * sonuçlar değil, ne olursa olsun bozulmaması gerekenlerdir: tutulan her yer geri verilmiş, konan
 * her öğe sayılmış, başlayan her görev bitmiş olmalıdır.
 *
 *     build/tests/unit/stress_async [TOHUM]
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "async/combine.h"
#include "async/future.h"
#include "async/group.h"
#include "async/internal.h"
#include "async/queue.h"
#include "async/sync.h"
#include "async/watch.h"
#include "check.h"
#include "in_loop.h"

enum { PLACES = 5, CAPACITY = 4, LIVING_MOST = 2000, DEPTH_MOST = 3, STEPS = 8 };

static unsigned seed = 20261120;

/* Görevlerin paylaştığı dünya ve sayıları. */
static struct world {
    unsigned random;
    int64_t tick; /* sürelerin birimi, ns */
    bool exact;   /* sanal zaman: geç kalınmaz */
    struct semaphore semaphore;
    struct lock lock;
    struct queue queue;
    struct event event;
    struct task *living[LIVING_MOST];
    size_t living_count;
    long started, ended, failed, cancelled;
    long inside, holders;
    long put, got, done;
    long calls_asked, calls_run, calls_dropped;
} world;

static int pick(int choices)
{
    return (int)((unsigned)rand_r(&world.random) % (unsigned)choices);
}

static deadline_t in_ticks(int most)
{
    return monotonic_ns() + pick(most + 1) * world.tick;
}

/* Bir bekleyişin dürüst sonucu: iptal edildiyse iptal sürüyordur; sınır ne erken ne geç
 * bildirilir. */
static int honest(int outcome, deadline_t deadline)
{
    int64_t late = deadline == DEADLINE_NONE ? 0 : monotonic_ns() - deadline;
    if (outcome == -ECANCELED)
        CHECK_TRUE(task_cancelling());
    else if (outcome == -ETIMEDOUT)
        CHECK_TRUE(late >= 0);
    else
        CHECK_INT_EQ(outcome, 0);
    if (world.exact)
        CHECK_BETWEEN(late, INT64_MIN, MS);
    return outcome;
}

static int nap(void)
{
    deadline_t when = in_ticks(5);
    return honest(task_sleep_until(when), when);
}

/* --- tek adımlar --- */

static int step_yield(int depth)
{
    (void)depth;
    return honest(task_yield(), DEADLINE_NONE);
}

static int step_sleep(int depth)
{
    (void)depth;
    return nap();
}

static int step_cancel_someone(int depth)
{
    (void)depth;
    task_cancel(world.living[pick((int)world.living_count)]);
    return 0;
}

static int step_semaphore(int depth)
{
    (void)depth;
    deadline_t deadline = in_ticks(10);
    int outcome = honest(semaphore_acquire(&world.semaphore, deadline), deadline);
    if (outcome < 0)
        return outcome;
    world.inside++;
    CHECK_BETWEEN(world.inside, 1, PLACES);
    outcome = nap();
    world.inside--;
    semaphore_release(&world.semaphore);
    return outcome;
}

static int step_lock(int depth)
{
    (void)depth;
    deadline_t deadline = in_ticks(10);
    int outcome = honest(lock_acquire(&world.lock, deadline), deadline);
    if (outcome < 0)
        return outcome;
    CHECK_INT_EQ(++world.holders, 1);
    CHECK_INT_EQ(lock_acquire(&world.lock, deadline), -EDEADLK);
    outcome = nap();
    CHECK_INT_EQ(--world.holders, 0);
    CHECK_INT_EQ(lock_release(&world.lock), 0);
    return outcome;
}

static int step_put(int depth)
{
    (void)depth;
    deadline_t deadline = in_ticks(10);
    int outcome = honest(queue_put(&world.queue, &world, deadline), deadline);
    world.put += outcome == 0;
    return outcome;
}

static int step_get(int depth)
{
    void *item;
    (void)depth;
    deadline_t deadline = in_ticks(10);
    int outcome = honest(queue_get(&world.queue, &item, deadline), deadline);
    if (outcome < 0)
        return outcome;
    CHECK_TRUE(item == &world);
    world.got++;
    outcome = nap();
    CHECK_INT_EQ(queue_task_done(&world.queue), 0);
    world.done++;
    return outcome;
}

static int step_now(int depth)
{
    void *item;
    (void)depth;
    world.put += queue_put_now(&world.queue, &world) == 0;
    if (pick(2) || queue_get_now(&world.queue, &item) < 0)
        return 0;
    world.got++;
    CHECK_INT_EQ(queue_task_done(&world.queue), 0);
    world.done++;
    return 0;
}

static int step_event(int depth)
{
    (void)depth;
    if (pick(2)) {
        event_set(&world.event);
        if (pick(2))
            event_clear(&world.event);
        return 0;
    }
    deadline_t deadline = in_ticks(10);
    return honest(event_wait(&world.event, deadline), deadline);
}

static int random_step(int depth);

/* Kapsam kendi iptalini geri alır, dışarıdan geleni almaz. */
static int step_timeout(int depth)
{
    struct timeout timeout;
    timeout_open(&timeout, in_ticks(5));
    int outcome = random_step(depth + 1);
    bool alone = timeout.fired && task_current()->cancels == 1;
    outcome = timeout_close(&timeout, outcome);
    if (alone)
        CHECK_FALSE(task_cancelling());
    return outcome;
}

static int step_shield(int depth)
{
    (void)depth;
    task_shield(in_ticks(5));
    int outcome = nap();
    task_unshield();
    return outcome;
}

static void run_late_call(void *unused)
{
    (void)unused;
    world.calls_run++;
}

static int step_call(int depth)
{
    (void)depth;
    struct call call = {0};
    world.calls_asked++;
    if (pick(2))
        loop_call_at(&call, in_ticks(5), run_late_call, NULL);
    else
        loop_call_soon(&call, run_late_call, NULL);
    int outcome = nap();
    world.calls_dropped += loop_call_cancel(&call);
    return outcome;
}

static int echo(struct watch watches[2], const int sockets[2])
{
    char byte = 'x';
    watch_spent(&watches[1], WATCH_READ);
    if (pick(2))
        CHECK_INT_EQ(write(sockets[0], &byte, 1), 1);
    deadline_t deadline = in_ticks(5);
    int outcome = honest(watch_wait(&watches[1], WATCH_READ, deadline), deadline);
    if (outcome == 0)
        CHECK_INT_EQ(read(sockets[1], &byte, 1), 1);
    return outcome;
}

static int step_socket(int depth)
{
    struct watch watches[2];
    int sockets[2];
    (void)depth;
    int type = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
    CHECK_INT_EQ(socketpair(AF_UNIX, type, 0, sockets), 0);
    for (size_t i = 0; i < 2; i++)
        CHECK_INT_EQ(watch_open(&watches[i], sockets[i]), 0);
    int outcome = echo(watches, sockets);
    for (size_t i = 0; i < 2; i++) {
        watch_close(&watches[i]);
        close(sockets[i]);
    }
    return outcome;
}

/* --- çocuk görevler --- */

static int worker(void *argument);

/* Çocukların derinliği, görevden görev doğarak sonsuza gitmesin diye. */
static int depths[DEPTH_MOST + 2] = {0, 1, 2, 3, 4};

static int step_group(int depth)
{
    struct group group;
    if (depth >= DEPTH_MOST)
        return 0;
    group_open(&group, pick(2) ? GROUP_TOGETHER : GROUP_INDEPENDENT);
    int children = pick(4);
    for (int i = 0; i < children; i++)
        CHECK_INT_EQ(group_spawn(&group, "üye", worker, &depths[depth + 1]), 0);
    if (pick(2))
        (void)nap();
    if (pick(8) == 0)
        group_cancel(&group);
    int outcome = group_close(&group, in_ticks(20));
    CHECK_INT_EQ(group.count, 0);
    return outcome;
}

static void wait_somehow(struct task *tasks[], size_t count)
{
    bool taken[4] = {false};
    switch (pick(5)) {
    case 0:
        task_gather(tasks, count, in_ticks(20));
        break;
    case 1:
        task_wait(tasks, count, (enum wait_for)pick(3), in_ticks(20));
        break;
    case 2:
        while (task_next_done(tasks, taken, count, in_ticks(20)) >= 0)
            ;
        break;
    case 3:
        for (size_t i = 0; i < count; i++)
            task_wait_for(tasks[i], in_ticks(10));
        break;
    default:
        for (size_t i = 0; i < count; i++)
            task_await(tasks[i], in_ticks(10));
    }
}

static int step_children(int depth)
{
    struct task *tasks[4];
    if (depth >= DEPTH_MOST)
        return 0;
    size_t count = (size_t)pick(5);
    for (size_t i = 0; i < count; i++)
        tasks[i] = task_create("çocuk", worker, &depths[depth + 1]);
    wait_somehow(tasks, count);
    for (size_t i = 0; i < count; i++) {
        (void)task_result(tasks[i]); /* bitmiş olanın hatası görülmüş sayılsın */
        task_release(tasks[i]);
    }
    return task_cancelling() ? -ECANCELED : 0;
}

static int (*const steps[])(int depth) = {
    step_yield, step_sleep, step_cancel_someone, step_semaphore, step_lock,
    step_put,   step_get,   step_event,          step_timeout,   step_shield,
    step_call,  step_group, step_children,       step_socket,    step_now,
};

enum { STEP_KINDS = sizeof steps / sizeof *steps };

static int random_step(int depth)
{
    return steps[pick(STEP_KINDS)](depth);
}

/* --- görev --- */

static void begin(void)
{
    world.started++;
    CHECK_BETWEEN(world.living_count, 0, LIVING_MOST - 1);
    world.living[world.living_count++] = task_current();
}

static int finish(int outcome)
{
    size_t at = 0;
    while (world.living[at] != task_current())
        at++;
    world.living[at] = world.living[--world.living_count];
    world.ended++;
    world.failed += outcome == -EIO;
    world.cancelled += outcome == -ECANCELED;
    return outcome;
}

static int worker(void *argument)
{
    int depth = *(const int *)argument;
    int outcome = 0;
    begin();
    for (int i = 0; i < STEPS && outcome >= 0; i++) {
        outcome = random_step(depth);
        if (outcome == -ETIMEDOUT || outcome == -EIO)
            outcome = 0;
        if (outcome == -ECANCELED && pick(3) == 0) { /* kimi görev iptali duymazdan gelir */
            while (task_uncancel() > 0)
                ;
            outcome = 0;
        }
        if (pick(40) == 0)
            outcome = -EIO;
    }
    return finish(outcome);
}

/* --- dalgalar --- */

static void wave(int workers)
{
    struct group group;
    group_open(&group, pick(4) ? GROUP_INDEPENDENT : GROUP_TOGETHER);
    for (int i = 0; i < workers; i++)
        CHECK_INT_EQ(group_spawn(&group, "işçi", worker, &depths[0]), 0);
    if (pick(3) == 0) {
        (void)task_sleep_until(in_ticks(10));
        group_cancel(&group);
    }
    (void)group_close(&group, in_ticks(200));
    while (task_uncancel() > 0)
        ;
    CHECK_INT_EQ(world.living_count, 1);
}

static void open_world(int64_t tick, bool exact)
{
    world = (struct world){.random = seed, .tick = tick, .exact = exact};
    semaphore_init(&world.semaphore, PLACES);
    lock_init(&world.lock);
    event_init(&world.event);
    CHECK_INT_EQ(queue_init(&world.queue, CAPACITY), 0);
    world.living[world.living_count++] = task_current(); /* ana görev de iptal edilebilir */
}

static void drain_queue(void)
{
    void *item;
    queue_close(&world.queue);
    while (queue_get(&world.queue, &item, SOON) == 0) {
        world.got++;
        CHECK_INT_EQ(queue_task_done(&world.queue), 0);
        world.done++;
    }
    CHECK_INT_EQ(queue_join(&world.queue, SOON), 0);
    CHECK_INT_EQ(queue_task_done(&world.queue), -EINVAL);
    queue_free(&world.queue);
}

static void check_world(void)
{
    drain_queue();
    CHECK_INT_EQ(loop_facts().tasks, 1);
    CHECK_INT_EQ(world.started, world.ended);
    CHECK_INT_EQ(world.inside, 0);
    CHECK_INT_EQ(world.semaphore.free, PLACES);
    CHECK_INT_EQ(world.holders, 0);
    CHECK_TRUE(world.lock.owner == NULL);
    CHECK_INT_EQ(world.lock.one.free, 1);
    CHECK_INT_EQ(world.put, world.got);
    CHECK_INT_EQ(world.put, world.done);
    CHECK_INT_EQ(world.calls_run + world.calls_dropped, world.calls_asked);
    CHECK_TRUE(list_empty(&loop_current()->unreleased));
}

static void stress(int waves, int workers, int64_t tick, bool exact)
{
    open_world(tick, exact);
    for (int i = 0; i < waves; i++)
        wave(workers);
    check_world();
    /* Sayılar, adımların gerçekten atıldığını gösterir; hepsi sıfır olsaydı denetimler boş
     * olurdu. */
    CHECK_TRUE(world.started > waves * workers);
    CHECK_TRUE(world.failed > 0 && world.cancelled > 0 && world.put > 0 && world.calls_run > 0);
    dprintf(STDOUT_FILENO, "# tohum %u: %ld görev, %ld iptal, %ld hata, %ld öğe\n", seed,
            world.started, world.cancelled, world.failed, world.put);
}

LOOP_TEST(thousands_of_tasks_in_virtual_time)
{
    stress(60, 60, MS, true);
}

REAL_LOOP_TEST(hundreds_of_tasks_on_epoll)
{
    stress(4, 60, MS / 20, false);
}

LOOP_TEST_ON(hundreds_of_tasks_on_poll, &poller_poll)
{
    stress(4, 60, MS / 20, false);
}

/* --- iki iş parçacığı arasında --- */

enum { MESSAGES = 3000 };

struct courier {
    struct loop *loop;
    struct semaphore *arrived;
    struct call calls[MESSAGES];
};

static void deliver(void *semaphore)
{
    semaphore_release(semaphore);
}

static void *send_all(void *argument)
{
    struct courier *courier = argument;
    for (size_t i = 0; i < MESSAGES; i++) {
        loop_call_soon_threadsafe(courier->loop, &courier->calls[i], deliver, courier->arrived);
        if (i % 100 == 0)
            usleep(100);
    }
    return NULL;
}

static int take_third(void *semaphore)
{
    for (int i = 0; i < MESSAGES / 3; i++)
        CHECK_INT_EQ(semaphore_acquire(semaphore, DEADLINE_NONE), 0);
    return 0;
}

REAL_LOOP_TEST(messages_from_a_thread_reach_waiting_tasks)
{
    static struct courier courier;
    struct semaphore arrived;
    struct task *tasks[3];
    pthread_t thread;
    semaphore_init(&arrived, 0);
    courier.loop = loop_current();
    courier.arrived = &arrived;
    for (size_t i = 0; i < 3; i++)
        tasks[i] = task_create(NULL, take_third, &arrived);
    CHECK_INT_EQ(pthread_create(&thread, NULL, send_all, &courier), 0);
    CHECK_INT_EQ(task_gather(tasks, 3, DEADLINE_NONE), 0);
    CHECK_INT_EQ(pthread_join(thread, NULL), 0);
    for (size_t i = 0; i < 3; i++)
        task_release(tasks[i]);
    CHECK_INT_EQ(arrived.free, 0);
}

static const struct check_test tests[] = {
    {RUN(thousands_of_tasks_in_virtual_time)},
    {RUN(hundreds_of_tasks_on_epoll)},
    {RUN(hundreds_of_tasks_on_poll)},
    {RUN(messages_from_a_thread_reach_waiting_tasks)},
};

int main(int argc, char **argv)
{
    if (argc > 1)
        seed = (unsigned)strtoul(argv[1], NULL, 10);
    return CHECK_RUN(tests);
}
