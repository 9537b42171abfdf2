#include "swarm.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/errtext.h"

/* Karşılanmayı aynı anda bekleyen en çok bağlantı. Sunucunun bekleme kuyruğu taşarsa çekirdek
 * SYN'i atar, yenisi bir saniye sonra gider. */
#define WAITING_MAX 128
#define SWEEP_NS 100000000

static char *no_messages[] = {NULL};

static bool is_waiting(const struct visit *visit)
{
    return visit->state == VISIT_CONNECTING || visit->state == VISIT_GREETING;
}

static bool is_settled(const struct visit *visit)
{
    return visit->state == VISIT_QUIET || visit->state == VISIT_FAILED;
}

static void count(struct swarm *swarm, const struct visit *visit, int by)
{
    swarm->waiting += is_waiting(visit) ? by : 0;
    swarm->settled += is_settled(visit) ? by : 0;
}

/* Seçicideki kaydı bağlantının durumuna uydurur. Olmayan bağlantının kaydı, soketi kapanmadan
 * silinir. */
static void follow(struct swarm *swarm, struct visit *visit)
{
    short *watched = &swarm->watched[visit - swarm->visits];
    short wanted = visit->state == VISIT_FAILED ? 0 : visit_events(visit);
    int outcome = 0;
    if (wanted == *watched)
        return;
    if (wanted == 0)
        (void)selector_remove(swarm->selector, visit->fd);
    else if (*watched == 0)
        outcome = selector_add(swarm->selector, visit->fd, wanted, visit);
    else
        outcome = selector_modify(swarm->selector, visit->fd, wanted);
    if (outcome == 0)
        *watched = wanted;
    else
        visit_fail(visit, "Seçiciye eklenemedi", error_text(outcome));
}

/* Adımdan sonra: kayıt, sayılar, sıradaki sınır. */
static void stepped(struct swarm *swarm, struct visit *visit)
{
    follow(swarm, visit);
    count(swarm, visit, 1);
    if (visit->state == VISIT_FAILED)
        visit_close(visit);
    swarm->sweep_at = deadline_sooner(swarm->sweep_at, visit->deadline);
}

static void open_next(struct swarm *swarm, int64_t now)
{
    struct visit *visit = &swarm->visits[swarm->opened];
    visit_init(visit, swarm->opened < swarm->idle ? no_messages : swarm->messages);
    swarm->opened++;
    visit_open(visit, &swarm->address, swarm->timeout, now);
    stepped(swarm, visit);
}

static void open_some(struct swarm *swarm, int64_t now)
{
    while (swarm->opened < swarm->idle + swarm->talking && swarm->waiting < WAITING_MAX) {
        if (swarm->opened == swarm->idle && swarm->settled < swarm->idle)
            return; /* sessizlerin hepsi sonuçlanmadan konuşanlar başlamaz */
        open_next(swarm, now);
    }
}

static void open_first(struct swarm *swarm, int fd, int64_t now)
{
    struct visit *visit = &swarm->visits[0];
    visit_init(visit, swarm->idle > 0 ? no_messages : swarm->messages);
    swarm->opened = 1;
    visit_adopt(visit, fd, swarm->timeout, now);
    stepped(swarm, visit);
}

static void sweep(struct swarm *swarm, int64_t now)
{
    if (now < swarm->sweep_at)
        return;
    swarm->sweep_at = DEADLINE_NONE;
    for (long i = 0; i < swarm->opened; i++) {
        struct visit *visit = &swarm->visits[i];
        if (visit->deadline <= now) {
            count(swarm, visit, -1);
            visit_expire(visit);
            stepped(swarm, visit);
        } else {
            swarm->sweep_at = deadline_sooner(swarm->sweep_at, visit->deadline);
        }
    }
    if (swarm->sweep_at < now + SWEEP_NS)
        swarm->sweep_at = now + SWEEP_NS;
}

static int turn(struct swarm *swarm)
{
    int ready = selector_wait(swarm->selector, swarm->sweep_at);
    int64_t now = monotonic_ns();
    struct selector_event event;
    while (ready > 0 && selector_next(swarm->selector, &event)) {
        struct visit *visit = event.data;
        count(swarm, visit, -1);
        visit_step(visit, event.events, swarm->timeout, now);
        stepped(swarm, visit);
    }
    sweep(swarm, now);
    open_some(swarm, now);
    return ready;
}

int swarm_run(struct swarm *swarm, int fd)
{
    size_t total = (size_t)(swarm->idle + swarm->talking);
    swarm->opened = swarm->waiting = swarm->settled = 0;
    swarm->sweep_at = DEADLINE_NONE;
    swarm->selector = NULL;
    swarm->visits = calloc(total, sizeof *swarm->visits);
    swarm->watched = calloc(total, sizeof *swarm->watched);
    int outcome = swarm->visits && swarm->watched ? 0 : -ENOMEM;
    if (outcome == 0)
        outcome = selector_open(&swarm->selector, swarm->backend);
    if (outcome < 0) {
        close(fd);
        return outcome;
    }
    int64_t now = monotonic_ns();
    open_first(swarm, fd, now);
    open_some(swarm, now);
    while (outcome >= 0 && swarm->settled < swarm->idle + swarm->talking)
        outcome = turn(swarm);
    return outcome < 0 ? outcome : 0;
}

void swarm_close(struct swarm *swarm)
{
    for (long i = 0; i < swarm->opened; i++)
        visit_close(&swarm->visits[i]);
    if (swarm->selector)
        selector_close(swarm->selector);
    free(swarm->visits);
    free(swarm->watched);
}
