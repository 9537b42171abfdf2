#include "async/task.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "async/group.h"
#include "async/internal.h"
#include "base/errtext.h"
#include "base/log.h"

/* İptal edilen görevin bundan çok bekleme denemesi, dönüş değerinin yok sayıldığını gösterir. */
#define IGNORED_MOST 10000

/* --- çalışmak, durmak, bitmek --- */

/* region: task-resume */
/* Döngünün çağırdığı: görevi, bekleyişe ya da sona dek çalıştırır. */
void task_resume(void *argument)
{
    struct task *task = argument;
    struct loop *loop = task->loop;
    loop->running = task;
    task->state = TASK_RUNNING;
    context_switch(&loop->context, &task->context);
    loop->running = NULL;
}

/* Görevin sırayı bırakması: döngünün yığınına, task_resume'daki geçişin dönüşüne gider. */
static void switch_to_loop(struct task *task)
{
    context_switch(&task->context, &task->loop->context);
}
/* endregion */

/* region: task-end */
static void announce_end(struct task *task)
{
    task->state = TASK_DONE;
    if (task->alarm.run) /* kurulmuş olabilir */
        loop_call_cancel(&task->alarm);
    task->finish_order = ++task->loop->finish_orders;
    waiters_wake_all(&task->joiners);
    list_move_all(&task->callbacks, &task->loop->ready);
    if (task->group)
        group_member_done(task->group, task);
}

/* Görevin yığınındaki ilk işlev. Kendi yığınını geri veremez; onu döngü yapar. */
static void body(void *argument)
{
    struct task *task = argument;
    task->result = task->run(task->argument);
    announce_end(task);
    task->loop->finished = task;
    context_finish(&task->context, &task->loop->context);
}
/* endregion */

/* region: lazy-alarm */
/* Zamanlayıcı tembeldir: her bekleyişte kurulup bozulmaz. Kurulu olan gerekenden erkense
 * dokunulmaz; erken çalınca gerçek sınıra yeniden kurulur. 60 saniyelik sınırla saniyede bin kez
 * bekleyen bir görev, zamanlayıcılara bin kez değil, dakikada bir dokunur. */
static void ring_by(struct task *task, deadline_t when);

static void alarm_rings(void *argument)
{
    struct task *task = argument;
    if (task->state != TASK_WAITING || task->deadline == DEADLINE_NONE)
        return;
    if (task->deadline > monotonic_ns()) {
        ring_by(task, task->deadline);
        return;
    }
    task->timed_out = true;
    task_wake(task);
}

static void ring_by(struct task *task, deadline_t when)
{
    bool armed = timer_active(&task->alarm.timer) || loop_call_waiting(&task->alarm);
    if (when == DEADLINE_NONE || (armed && task->alarm.timer.when <= when))
        return;
    loop_call_cancel(&task->alarm);
    loop_call_at(&task->alarm, when, alarm_rings, task);
}
/* endregion */

/* İptal edilen görev, dönüş değerine bakmadan bir döngüde bekleyip duruyorsa sırayı hiç bırakmazdı:
 * adı söylenir, ötekilere de sıra verilir. */
int task_refuse(struct task *self)
{
    char name[TASK_NAME_SIZE];
    if (++self->ignored < IGNORED_MOST)
        return -ECANCELED;
    if (self->ignored == IGNORED_MOST)
        log_warning("%s: iptal edildiği hâlde beklemeyi sürdürüyor (-ECANCELED'a bakılmıyor)",
                    task_name(self, name));
    self->state = TASK_READY;
    loop_enqueue(self->loop, &self->resume);
    switch_to_loop(self);
    return -ECANCELED;
}

/* region: task-park */
int task_park(deadline_t deadline)
{
    struct task *self = this_task();
    if (is_cancelled(self))
        return task_refuse(self);
    self->ignored = 0;
    self->burst = 0;
    if (self->cancels > 0) /* kalkanın arkasında: o da bir sınırdır */
        deadline = deadline_sooner(deadline, self->shield);
    self->deadline = deadline;
    self->timed_out = false;
    ring_by(self, deadline);
    self->state = TASK_WAITING;
    switch_to_loop(self);
    if (is_cancelled(self))
        return -ECANCELED;
    return self->timed_out ? -ETIMEDOUT : 0;
}

void task_wake(struct task *task)
{
    if (task->state != TASK_WAITING)
        return;
    task->state = TASK_READY;
    loop_enqueue(task->loop, &task->resume);
}
/* endregion */

int task_yield(void)
{
    struct task *self = this_task();
    if (is_cancelled(self))
        return task_refuse(self);
    self->state = TASK_READY;
    loop_enqueue(self->loop, &self->resume);
    switch_to_loop(self);
    return is_cancelled(self) ? -ECANCELED : 0;
}

int task_breathe(struct task *self, deadline_t deadline)
{
    self->burst = 0;
    if (deadline != DEADLINE_NONE && deadline <= monotonic_ns())
        return -ETIMEDOUT;
    return task_yield();
}

int task_sleep_until(deadline_t when)
{
    int outcome = task_park(when);
    return outcome == -ETIMEDOUT ? 0 : outcome;
}

int task_sleep(double seconds)
{
    return task_sleep_until(deadline_after(seconds));
}

/* --- yaratmak ve geri vermek --- */

/* region: task-create */
struct task *task_create(const char *name, int (*run)(void *), void *argument)
{
    struct loop *loop = loop_of_thread;
    struct task *task = loop ? malloc(sizeof *task) : NULL;
    if (!task)
        return NULL;
    struct stack stack;
    if (stack_take(&stack) < 0) {
        free(task);
        return NULL;
    }
    *task = (struct task){
        .stack = stack,
        .loop = loop,
        .run = run,
        .argument = argument,
        .result = -EINPROGRESS,
        .owned = true,
        .cancels = loop->closing,
        .name = name,
        .number = ++loop->task_numbers,
        .resume = {.run = task_resume, .argument = task},
    };
    waiters_init(&task->joiners);
    list_init(&task->callbacks);
    list_append(&loop->tasks, &task->link);
    context_init(&task->context, stack.bottom, stack.size, body, task);
    loop_enqueue(loop, &task->resume);
    return task;
}
/* endregion */

static void warn_if_failure_was_not_seen(const struct task *task)
{
    char name[TASK_NAME_SIZE];
    if (!task->awaited && task->result < 0 && task->result != -ECANCELED)
        log_warning("%s: sonucu alınmadı: %s", task_name(task, name), error_text(task->result));
}

static void destroy(struct task *task)
{
    warn_if_failure_was_not_seen(task);
    list_remove(&task->link);
    free(task);
}

/* region: bury */
void loop_bury(struct loop *loop)
{
    struct task *task = loop->finished;
    loop->finished = NULL;
    context_destroy(&task->context);
    stack_give(&task->stack);
    list_remove(&task->link);
    if (task->owned)
        list_append(&loop->unreleased, &task->link);
    else
        destroy(task);
}
/* endregion */

/* İptal edilemeyen bekleyiş: sonu beklenmeden bırakılan görevin altından, kullandığı bellek
 * çekilmiş olurdu. */
void task_wait_for_end(struct task *task)
{
    struct task *self = this_task();
    deadline_t shield = self->shield;
    self->shield = DEADLINE_NONE;
    while (task->state != TASK_DONE)
        (void)waiters_wait(&task->joiners, DEADLINE_NONE, NULL);
    self->shield = shield;
}

void task_release(struct task *task)
{
    if (!task || task == this_task()) /* kendi yığınını bırakamaz */
        return;
    if (task->state != TASK_DONE) {
        task_cancel(task);
        task_wait_for_end(task);
        task->awaited = true;
    }
    destroy(task);
}

void task_release_scoped(struct task **task)
{
    task_release(*task);
}

void task_detach(struct task *task)
{
    if (!task)
        return;
    task->owned = false;
    if (task->state == TASK_DONE)
        destroy(task);
}

/* --- beklemek ve iptal --- */

/* region: task-await */
int task_await(struct task *task, deadline_t deadline)
{
    if (!task)
        return -ENOMEM;
    if (task == this_task())
        return -EDEADLK;
    while (task->state != TASK_DONE) {
        int outcome = waiters_wait(&task->joiners, deadline, NULL);
        if (outcome < 0)
            return outcome;
    }
    if (is_cancelled(this_task()))
        return task_refuse(this_task());
    task->awaited = true;
    return task->result;
}
/* endregion */

/* region: task-cancel */
bool task_cancel(struct task *task)
{
    if (!task || task->state == TASK_DONE)
        return false;
    task->cancels++;
    if (is_cancelled(task))
        task_wake(task);
    else if (task->state == TASK_WAITING) {
        task->deadline = deadline_sooner(task->deadline, task->shield);
        ring_by(task, task->deadline);
    }
    return true;
}
/* endregion */

int task_uncancel(void)
{
    struct task *self = this_task();
    if (self->cancels > 0)
        self->cancels--;
    return self->cancels;
}

bool task_cancelling(void)
{
    return is_cancelled(this_task());
}

void task_shield(deadline_t deadline)
{
    this_task()->shield = deadline;
}

void task_unshield(void)
{
    this_task()->shield = 0;
}

/* --- bakmak --- */

struct task *task_current(void)
{
    return loop_of_thread ? loop_of_thread->running : NULL;
}

enum task_state task_state(const struct task *task)
{
    return task ? task->state : TASK_DONE;
}

int task_result(struct task *task)
{
    if (!task)
        return -ENOMEM;
    task->awaited |= task->state == TASK_DONE;
    return task->result;
}

const char *task_name(const struct task *task, char *out)
{
    if (task && task->name)
        return task->name;
    snprintf(out, TASK_NAME_SIZE, "görev-%lu", task ? task->number : 0);
    return out;
}

void loop_name_unreleased(struct loop *loop)
{
    char name[TASK_NAME_SIZE];
    while (!list_empty(&loop->unreleased)) {
        struct task *task = LIST_OWNER(list_take_first(&loop->unreleased), struct task, link);
        log_warning("%s: geri verilmedi (task_release)", task_name(task, name));
        destroy(task);
    }
}

void task_on_done(struct task *task, struct call *call, void (*run)(void *), void *argument)
{
    if (!task || task->state == TASK_DONE) {
        loop_call_soon(call, run, argument);
        return;
    }
    call->run = run;
    call->argument = argument;
    list_append(&task->callbacks, &call->link);
}

/* --- bekleyenler --- */

void waiters_init(struct waiters *waiters)
{
    list_init(&waiters->head);
}

/* region: waiters */
int waiters_wait(struct waiters *waiters, deadline_t deadline, bool *woken)
{
    struct waiter waiter = {.task = this_task()};
    list_append(&waiters->head, &waiter.link);
    int outcome = task_park(deadline);
    list_remove(&waiter.link);
    if (woken)
        *woken = waiter.woken;
    return outcome;
}

bool waiters_wake_first(struct waiters *waiters)
{
    if (list_empty(&waiters->head))
        return false;
    struct waiter *waiter = LIST_OWNER(list_take_first(&waiters->head), struct waiter, link);
    waiter->woken = true;
    task_wake(waiter->task);
    return true;
}
/* endregion */

void waiters_wake_all(struct waiters *waiters)
{
    while (waiters_wake_first(waiters))
        ;
}
