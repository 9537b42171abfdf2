#include "async/group.h"

#include <errno.h>

#include "async/internal.h"

void group_open(struct group *group, enum group_kind kind)
{
    *group = (struct group){.kind = kind, .owner = this_task()};
    list_init(&group->members);
    waiters_init(&group->all_done);
}

int group_spawn(struct group *group, const char *name, int (*run)(void *), void *argument)
{
    struct task *task = task_create(name, run, argument);
    if (!task)
        return -ENOMEM;
    task->group = group;
    list_append(&group->members, &task->member);
    group->count++;
    if (group->cancelling)
        task_cancel(task);
    task_detach(task);
    return 0;
}

void group_cancel(struct group *group)
{
    group->cancelling = true;
    for (struct link *at = group->members.next; at != &group->members; at = at->next)
        task_cancel(LIST_OWNER(at, struct task, member));
}

static void fail(struct group *group, int failure)
{
    group->failure = failure;
    group_cancel(group);
    if (!group->closing) { /* sahibi grubun gövdesinde: o da sürmesin */
        group->cancelled_owner = true;
        task_cancel(group->owner);
    }
}

void group_member_done(struct group *group, struct task *task)
{
    list_remove(&task->member);
    task->awaited = true;
    if (task->result < 0 && task->result != -ECANCELED && group->kind == GROUP_TOGETHER &&
        group->failure == 0)
        fail(group, task->result);
    if (--group->count == 0)
        waiters_wake_all(&group->all_done);
}

static int wait_for_members(struct group *group, deadline_t deadline)
{
    int outcome = 0;
    while (group->count > 0 && outcome == 0)
        outcome = waiters_wait(&group->all_done, deadline, NULL);
    return outcome;
}

/* Veda eden bir görev de grup bitirebilir; onun kalkanı sonra da yerinde durur. */
void group_end(struct group *group)
{
    struct task *self = this_task();
    deadline_t shield = self->shield;
    group->closing = true;
    group_cancel(group);
    self->shield = DEADLINE_NONE;
    (void)wait_for_members(group, DEADLINE_NONE);
    self->shield = shield;
}

int group_close(struct group *group, deadline_t deadline)
{
    if (this_task()->group == group)
        return -EDEADLK;
    group->closing = true;
    if (group->cancelled_owner)
        task_uncancel();
    int outcome = is_cancelled(this_task()) ? -ECANCELED : wait_for_members(group, deadline);
    if (outcome < 0)
        group_end(group);
    return outcome < 0 ? outcome : group->failure;
}
