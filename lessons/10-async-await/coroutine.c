#include "coroutine.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>

#include "context.h"

/* region: coroutine */
struct coroutine {
    struct context context;
    int (*run)(void *argument);
    void *argument;
    int result;
    bool done;
    bool detached;
    struct coroutine *awaiter; /* bunun bitmesini bekleyen */
    struct coroutine *awaited; /* bunun beklediği */
    struct coroutine *next;    /* bulunduğu listede sonraki */

    /* coroutine_wait_fd'de beklenen ve bekleyişin sonucu */
    bool waiting;
    bool woken;
    int fd; /* yoksa -1 */
    short events;
    deadline_t deadline;
    int outcome;
};
/* endregion */

/* region: loop */
/* Eş yordamların listesi, geliş sırasıyla. */
struct list {
    struct coroutine *first, *last;
};

static struct {
    bool running;
    struct context context;    /* coroutine_run'ın kendi yürütmesi */
    struct coroutine *current; /* çalışan; sıra döngüdeyse NULL */
    struct list ready;         /* sürecek olanlar */
    struct list waiting;       /* bir tanımlayıcıyı ya da bir anı bekleyenler */
    size_t alive;
    struct pollfd *watched; /* en az `alive` kişilik: beklemek bellek istemez */
    size_t watched_size;
} loop;
/* endregion */

static void append(struct list *list, struct coroutine *coroutine)
{
    coroutine->next = NULL;
    *(list->last ? &list->last->next : &list->first) = coroutine;
    list->last = coroutine;
}

/* Listeyi boşaltır, içindekileri verir. */
static struct coroutine *take_all(struct list *list)
{
    struct coroutine *first = list->first;
    *list = (struct list){NULL, NULL};
    return first;
}

/* region: suspend */
/* Yeni yığındaki ilk çağrı; dönmez, dönecek bir çağıran yoktur. */
static void begin(void)
{
    struct coroutine *self = loop.current;
    context_begin(&self->context, &loop.context);
    self->result = self->run(self->argument);
    self->done = true;
    context_finish(&self->context, &loop.context);
}

/* Çalışan eş yordam durur, sıra döngüye geçer. Onu bir listeye koymak çağıranın işidir: hiçbir
 * yerde adı geçmeyeni kimse sürdürmez. */
static void suspend(void)
{
    context_switch(&loop.current->context, &loop.context);
}
/* endregion */

/* region: spawn */
static int reserve_watch(void)
{
    if (loop.alive < loop.watched_size)
        return 0;
    size_t size = loop.watched_size * 2 + 16;
    struct pollfd *watched = realloc(loop.watched, size * sizeof *watched);
    if (!watched)
        return -ENOMEM;
    loop.watched = watched;
    loop.watched_size = size;
    return 0;
}

struct coroutine *coroutine_spawn(int (*run)(void *argument), void *argument)
{
    if (!loop.running || reserve_watch() < 0)
        return NULL;
    struct coroutine *coroutine = calloc(1, sizeof *coroutine);
    if (!coroutine || context_create(&coroutine->context, begin) < 0) {
        free(coroutine);
        return NULL;
    }
    coroutine->run = run;
    coroutine->argument = argument;
    loop.alive++;
    append(&loop.ready, coroutine);
    return coroutine;
}
/* endregion */

/* region: await */
int coroutine_wait_fd(int fd, short events, deadline_t deadline)
{
    struct coroutine *self = loop.current;
    if (!self)
        return -EPERM;
    self->fd = fd;
    self->events = events;
    self->deadline = deadline;
    self->waiting = true;
    append(&loop.waiting, self);
    suspend();
    return self->outcome;
}

int coroutine_sleep(deadline_t when)
{
    int outcome = coroutine_wait_fd(-1, 0, when);
    return outcome == -ETIMEDOUT ? 0 : outcome;
}
/* endregion */

/* region: join */
static bool waits_for(const struct coroutine *coroutine, const struct coroutine *other)
{
    while (coroutine && coroutine != other)
        coroutine = coroutine->awaited;
    return coroutine;
}

int coroutine_await(struct coroutine *coroutine)
{
    struct coroutine *self = loop.current;
    if (!coroutine)
        return -ENOMEM;
    if (!self)
        return -EPERM;
    if (waits_for(coroutine, self))
        return -EDEADLK;
    if (!coroutine->done) {
        coroutine->awaiter = self;
        self->awaited = coroutine;
        suspend();
        self->awaited = NULL;
    }
    int result = coroutine->result;
    free(coroutine);
    return result;
}

void coroutine_detach(struct coroutine *coroutine)
{
    coroutine->detached = true;
}

void coroutine_wake(struct coroutine *coroutine)
{
    coroutine->woken = coroutine->waiting;
}
/* endregion */

/* region: resume */
/* Yığın, ancak üstünde kimse durmazken geri verilir: bu yüzden eş yordamın kendisi değil, döngü
 * verir. */
static void bury(struct coroutine *coroutine)
{
    context_destroy(&coroutine->context);
    loop.alive--;
    if (coroutine->awaiter)
        append(&loop.ready, coroutine->awaiter);
    if (coroutine->detached)
        free(coroutine);
}

/* Sırada kim varsa, bekleyene ya da bitene dek. Onların sıraya koydukları sonraki turundur. */
static void run_ready(void)
{
    struct coroutine *next;
    for (struct coroutine *coroutine = take_all(&loop.ready); coroutine; coroutine = next) {
        next = coroutine->next;
        loop.current = coroutine;
        context_switch(&loop.context, &coroutine->context);
        loop.current = NULL;
        if (coroutine->done)
            bury(coroutine);
    }
}
/* endregion */

/* region: poll */
/* Bekleyişin sonucu; daha bitmediyse 0. */
static int outcome_of(const struct coroutine *coroutine, int revents, int64_t now)
{
    if (coroutine->woken)
        return -ECANCELED;
    if (revents != 0)
        return revents;
    return coroutine->deadline <= now ? -ETIMEDOUT : 0;
}

/* Beklediği olanları sıraya geçirir, ötekiler beklemeyi sürdürür. poll yapılamadıysa tanımlayıcı
 * bekleyenlerin hepsine hatası söylenir. */
static void wake_waiting(int error)
{
    int64_t now = monotonic_ns();
    const struct pollfd *watched = loop.watched;
    struct coroutine *next;
    for (struct coroutine *coroutine = take_all(&loop.waiting); coroutine; coroutine = next) {
        next = coroutine->next;
        int revents = 0;
        if (coroutine->fd >= 0)
            revents = error ? -error : (watched++)->revents;
        coroutine->outcome = outcome_of(coroutine, revents, now);
        coroutine->waiting = coroutine->outcome == 0;
        coroutine->woken = false;
        append(coroutine->waiting ? &loop.waiting : &loop.ready, coroutine);
    }
}

/* Çekirdeğe sorar: en erken sınıra dek, sırada biri varsa ya da uyandırılan olduysa hiç
 * beklemeden. */
static void poll_waiting(void)
{
    nfds_t count = 0;
    deadline_t soonest = loop.ready.first ? 0 : DEADLINE_NONE;
    for (const struct coroutine *at = loop.waiting.first; at; at = at->next) {
        soonest = deadline_sooner(soonest, at->woken ? 0 : at->deadline);
        if (at->fd >= 0)
            loop.watched[count++] = (struct pollfd){.fd = at->fd, .events = at->events};
    }
    int ready = poll(loop.watched, count, deadline_poll_ms(soonest));
    wake_waiting(ready < 0 && errno != EINTR ? errno : 0);
}
/* endregion */

/* region: run */
int coroutine_run(int (*run)(void *argument), void *argument)
{
    if (loop.running)
        return -EBUSY;
    loop.running = true;
    struct coroutine *first = coroutine_spawn(run, argument);
    while (loop.alive > 0) {
        run_ready();
        if (loop.alive > 0)
            poll_waiting();
    }
    /* Ana eş yordam hiç bırakılmaz, döngü onu geri vermemiştir. */
    int result = first ? first->result : -ENOMEM; /* NOLINT(clang-analyzer-unix.Malloc) */
    free(first);
    free(loop.watched);
    loop.watched = NULL;
    loop.watched_size = 0;
    loop.running = false;
    return result;
}
/* endregion */
