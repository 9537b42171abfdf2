#include "async_range.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VALUE_SECONDS 0.1

void async_range_init(struct async_range *range, struct settings *settings, long start, long stop,
                      long step)
{
    *range = (struct async_range){.settings = settings, .start = start, .stop = stop, .step = step};
}

/* region: range-next */
static int begin(struct async_range *range, char *reply)
{
    int outcome = connection_open(&range->connection, range->settings);
    if (outcome < 0)
        return outcome;
    range->state = RANGE_COUNTING;
    return connection_ask(&range->connection, VALUE_SECONDS, reply, "say %ld %ld %ld %g",
                          range->start, range->stop, range->step,
                          VALUE_SECONDS * range->settings->scale);
}

/* Sayı değilse sıradaki satırı kimin yazdığı belli değildir: okumak bırakılır. */
static int read_value(struct async_range *range, const char *reply, long *value)
{
    char *end;
    errno = 0;
    *value = strtol(reply, &end, 10);
    return *end == '\0' && end != reply && errno == 0 ? 1
                                                      : connection_unexpected(&range->connection);
}

int async_range_next(struct async_range *range, long *value)
{
    char reply[REPLY_SIZE];
    int outcome = 0;
    if (range->state == RANGE_ENDED)
        return 0;
    if (range->state == RANGE_NEW)
        outcome = begin(range, reply);
    else
        outcome = connection_next(&range->connection, VALUE_SECONDS, reply);
    if (outcome == 0 && strcmp(reply, "bitti") != 0)
        outcome = read_value(range, reply, value);
    if (outcome <= 0)
        async_range_close(range);
    return outcome;
}
/* endregion */

void async_range_close(struct async_range *range)
{
    range->state = RANGE_ENDED;
    connection_close(&range->connection);
}
