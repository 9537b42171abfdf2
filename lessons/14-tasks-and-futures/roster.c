#include "roster.h"

#include <errno.h>
#include <stdio.h>

void roster_open(struct roster *roster, enum group_kind kind, struct settings *settings)
{
    *roster = (struct roster){.settings = settings};
    group_open(&roster->group, kind);
}

int roster_add(struct roster *roster, struct job job)
{
    if (roster->count == ROSTER_MOST)
        return -ENOBUFS;
    struct job *place = &roster->jobs[roster->count];
    *place = job;
    int outcome = group_spawn(&roster->group, place->name, job_run, place);
    if (outcome == 0)
        roster->count++;
    return outcome;
}

int roster_close(struct roster *roster, deadline_t deadline)
{
    return group_close(&roster->group, deadline);
}

size_t roster_count(const struct roster *roster, int outcome)
{
    size_t found = 0;
    for (size_t i = 0; i < roster->count; i++)
        found += roster->jobs[i].outcome == outcome;
    return found;
}

void roster_print(const struct roster *roster)
{
    for (size_t i = 0; i < roster->count; i++) {
        const struct job *job = &roster->jobs[i];
        bool plain = job->outcome == 0 || job->outcome == -ECANCELED;
        printf("%s: %s%s\n", job->name, plain ? "" : "hata: ", job->result);
    }
}
