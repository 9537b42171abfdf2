#include "job.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/errtext.h"

struct job job_waiting(struct settings *settings, const char *name, double seconds, int decimals)
{
    return (struct job){.settings = settings,
                        .verb = "bekle",
                        .name = name,
                        .seconds = seconds,
                        .decimals = decimals,
                        .outcome = -EINPROGRESS};
}

struct job job_failing(struct settings *settings, const char *name, double seconds)
{
    struct job job = job_waiting(settings, name, seconds, 1);
    job.verb = "hata";
    return job;
}

static void say(const struct job *job, const char *what)
{
    char clock[16] = "";
    struct tm local;
    time_t now = time(NULL);
    if (strcmp(job->verb, "hata") == 0)
        return;
    if (localtime_r(&now, &local))
        strftime(clock, sizeof clock, "%H:%M:%S", &local);
    printf("[%s] %s\n", clock, what);
}

/* Sonucun metni: olduysa ne olduğu, olmadıysa nedeni. */
static void conclude(struct job *job, const char *reply)
{
    if (job->outcome == 0)
        snprintf(job->result, sizeof job->result, "%s başarıyla tamamlandı (%.*fs)", job->name,
                 job->decimals, job->seconds);
    else if (job->outcome == -EREMOTEIO)
        snprintf(job->result, sizeof job->result, "%s", reply);
    else
        snprintf(job->result, sizeof job->result, "%s", error_text(job->outcome));
}

/* region: monitored-task */
int job_run(void *argument)
{
    struct job *job = argument;
    struct remote remote = {0};
    char reply[REPLY_SIZE] = "";
    char news[REPLY_SIZE];
    snprintf(news, sizeof news, "%s başladı", job->name);
    say(job, news);
    int outcome = remote_open(&remote, job->settings);
    if (outcome == 0)
        outcome = remote_ask(&remote, job->verb, job->seconds, job->name, reply);
    remote_close(&remote); /* iptal edilince de buraya gelinir */
    job->outcome = outcome;
    conclude(job, reply);
    snprintf(news, sizeof news, "%s iptal edildi", job->name);
    if (outcome == 0 || outcome == -ECANCELED)
        say(job, outcome == 0 ? job->result : news);
    return outcome;
}
/* endregion */
