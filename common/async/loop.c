#include "async/loop.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "async/debug.h"
#include "async/executor.h"
#include "async/internal.h"

/* Sırada hep birileri varken de olaylar ve zamanlayıcılar bu kadar adımda bir, adımlar uzunsa kaba
 * saatin her tıkında bir (birkaç ms) sorulur: her turda sormak, görevden göreve geçişin on katı
 * tutan bir sistem çağrısı demektir. */
#define STEPS_BETWEEN_POLLS 256

/* Döngü kapanırken süren işlere tanınan süre. */
#define EXECUTOR_PATIENCE_SECONDS 1.5

_Thread_local struct loop *loop_of_thread;

struct loop *loop_current(void)
{
    return loop_of_thread;
}

/* --- sıra --- */

/* region: ready-queue */
void loop_enqueue(struct loop *loop, struct call *call)
{
    list_append(&loop->ready, &call->link);
}

static void set_call(struct call *call, void (*run)(void *), void *argument)
{
    call->run = run;
    call->argument = argument;
    call->foreign = false;
}

void loop_call_soon(struct call *call, void (*run)(void *), void *argument)
{
    set_call(call, run, argument);
    loop_enqueue(loop_of_thread, call);
}
/* endregion */

void loop_call_at(struct call *call, deadline_t when, void (*run)(void *), void *argument)
{
    set_call(call, run, argument);
    list_init(&call->link);
    timers_add(&loop_of_thread->timers, &call->timer, when);
}

void loop_call_later(struct call *call, double seconds, void (*run)(void *), void *argument)
{
    loop_call_at(call, deadline_after(seconds), run, argument);
}

bool loop_call_waiting(const struct call *call)
{
    return call->link.next && !list_empty(&call->link);
}

bool loop_call_cancel(struct call *call)
{
    struct loop *loop = loop_of_thread;
    if (call->foreign) /* kutuda duruyor olabilir */
        pthread_mutex_lock(&loop->inbox_lock);
    bool waiting = timer_active(&call->timer) || loop_call_waiting(call);
    timers_remove(&loop->timers, &call->timer);
    if (call->link.next)
        list_remove(&call->link);
    if (call->foreign)
        pthread_mutex_unlock(&loop->inbox_lock);
    return waiting;
}

/* --- başka iş parçacıklarından --- */

/* region: threadsafe */
void loop_call_soon_threadsafe(struct loop *loop, struct call *call, void (*run)(void *),
                               void *argument)
{
    set_call(call, run, argument);
    call->foreign = true;
    pthread_mutex_lock(&loop->inbox_lock);
    bool first = list_empty(&loop->inbox);
    list_append(&loop->inbox, &call->link);
    if (first) /* dolu kutunun döngüsü zaten uyandırılmıştır */
        (void)eventfd_write(loop->wake.fd, 1);
    /* Uyandırmak da kilidin içindedir: bu çağrı döngünün son işi olabilir, kilit bırakılınca döngü
     * kapanır. */
    pthread_mutex_unlock(&loop->inbox_lock);
}

static void empty_inbox(struct loop *loop)
{
    eventfd_t count;
    (void)eventfd_read(loop->wake.fd, &count);
    watch_spent(&loop->wake, WATCH_READ);
    pthread_mutex_lock(&loop->inbox_lock);
    list_move_all(&loop->inbox, &loop->ready);
    pthread_mutex_unlock(&loop->inbox_lock);
}
/* endregion */

/* --- tur --- */

/* region: round */
static void run_call(struct loop *loop, struct call *call)
{
    loop->steps++;
    if (loop->slow_ns > 0)
        debug_run_call(loop, call);
    else if (call->run == task_resume) /* işaretçiyle çağrılmazsa yerine açılabilir */
        task_resume(call->argument);
    else
        call->run(call->argument);
    if (loop->finished)
        loop_bury(loop);
}

/* Tur başladığında sırada olanlar; bu sırada sıraya girenler sonraki tura kalır, yoksa birbirini
 * uyandıran iki görev ötekilere sıra bırakmazdı. */
static void run_round(struct loop *loop)
{
    struct link round;
    list_init(&round);
    list_move_all(&loop->ready, &round);
    while (!list_empty(&round))
        run_call(loop, LIST_OWNER(list_take_first(&round), struct call, link));
}
/* endregion */

/* region: expire */
static void expire_timers(struct loop *loop)
{
    struct timer *timer = timers_first(&loop->timers);
    if (!timer)
        return;
    for (int64_t now = monotonic_ns(); timer && timer->when <= now;
         timer = timers_first(&loop->timers)) {
        timers_remove(&loop->timers, timer);
        loop_enqueue(loop, LIST_OWNER(timer, struct call, timer));
    }
}
/* endregion */

/* region: turn */
static int patience(const struct loop *loop)
{
    if (!list_empty(&loop->ready))
        return 0;
    const struct timer *first = timers_first(&loop->timers);
    return deadline_poll_ms(first ? first->when : DEADLINE_NONE);
}

static int poll_events(struct loop *loop)
{
    loop->steps = 0;
    int outcome = loop->kind->wait(loop->poller, patience(loop));
    loop->polled_at = monotonic_coarse_ns();
    if (loop->wake.ready[WATCH_READ])
        empty_inbox(loop);
    expire_timers(loop);
    return outcome;
}

static bool polling_is_due(const struct loop *loop)
{
    return list_empty(&loop->ready) || loop->steps >= STEPS_BETWEEN_POLLS ||
           loop->polled_at != monotonic_coarse_ns();
}

static int run_once(struct loop *loop)
{
    int outcome = 0;
    if (polling_is_due(loop))
        outcome = poll_events(loop);
    run_round(loop);
    return outcome;
}
/* endregion */

/* --- kurmak ve kapatmak --- */

static int open_wake(struct loop *loop)
{
    int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (fd < 0)
        return -errno;
    loop->wake = (struct watch){.fd = fd, .always_read = true};
    int outcome = loop->kind->add(loop->poller, &loop->wake);
    if (outcome < 0)
        close(fd);
    return outcome;
}

static int open_loop(struct loop *loop, const struct poller_kind *kind)
{
    *loop = (struct loop){.inbox_lock = PTHREAD_MUTEX_INITIALIZER, .kind = kind};
    list_init(&loop->ready);
    list_init(&loop->inbox);
    list_init(&loop->tasks);
    list_init(&loop->unreleased);
    context_init_thread(&loop->context);
    loop->slow_ns = debug_slow_ns();
    int outcome = kind->open(&loop->poller);
    if (outcome < 0)
        return outcome;
    outcome = open_wake(loop);
    if (outcome < 0)
        kind->close(loop->poller);
    return outcome;
}

static void close_loop(struct loop *loop)
{
    executor_close(loop->executor, deadline_after(EXECUTOR_PATIENCE_SECONDS));
    loop_of_thread = NULL;
    lines_free(&loop->spare);
    close(loop->wake.fd);
    loop->kind->close(loop->poller);
    pthread_mutex_destroy(&loop->inbox_lock);
    stack_drain_pool();
}

/* Ana görev bitti: kalanlar iptal edilir ve gerçekten bitmeleri beklenir; bu sırada açılan görev de
 * iptal edilmiş başlar. */
static int finish_tasks(struct loop *loop)
{
    int outcome = 0;
    loop->closing = true;
    for (struct link *at = loop->tasks.next; at != &loop->tasks; at = at->next)
        task_cancel(LIST_OWNER(at, struct task, link));
    while (outcome == 0 && !list_empty(&loop->tasks))
        outcome = run_once(loop);
    return outcome;
}

int loop_run_on(const struct poller_kind *kind, int (*run)(void *), void *argument)
{
    if (loop_of_thread)
        return -EBUSY;
    struct loop loop;
    int outcome = open_loop(&loop, kind);
    if (outcome < 0)
        return outcome;
    loop_of_thread = &loop;
    debug_watch_stacks();
    struct task *task = task_create("ana", run, argument);
    outcome = task ? 0 : -ENOMEM;
    while (outcome == 0 && task_state(task) != TASK_DONE)
        outcome = run_once(&loop);
    if (outcome == 0)
        outcome = finish_tasks(&loop);
    if (outcome == 0) {
        outcome = task->result;
        task->awaited = true;
        task_release(task);
    }
    loop_name_unreleased(&loop);
    close_loop(&loop);
    return outcome;
}

int loop_run(int (*run)(void *), void *argument)
{
    return loop_run_on(&poller_epoll, run, argument);
}

struct loop_facts loop_facts(void)
{
    struct loop_facts facts = {0};
    if (!loop_of_thread)
        return facts;
    facts.running = true;
    facts.backend = loop_of_thread->kind->name;
    facts.debug = loop_of_thread->slow_ns > 0;
    facts.slow_seconds = (double)loop_of_thread->slow_ns / 1e9;
    for (struct link *at = loop_of_thread->tasks.next; at != &loop_of_thread->tasks; at = at->next)
        facts.tasks++;
    return facts;
}

void loop_set_debug(double slow_seconds)
{
    loop_of_thread->slow_ns = (int64_t)(slow_seconds * 1e9);
}
