#include "answer.h"

#include <string.h>

static bool is_datetime(const char *bytes, size_t length)
{
    static const char shape[] = "0000-00-00 00:00:00.000000";
    for (size_t i = 0; i < length; i++) {
        bool digit = bytes[i] >= '0' && bytes[i] <= '9';
        if (shape[i] == '0' ? !digit : bytes[i] != shape[i])
            return false;
    }
    return true;
}

/* Datagram " (Zaman: ...)" ile bitiyorsa o sonun boyu, bitmiyorsa 0. Aynı sözler METİN'in içinde de
 * geçebilir; bu yüzden baştan aranmaz, sondan ölçülür. */
static size_t tail_length(struct text datagram)
{
    static const size_t datetimes[] = {ANSWER_DATETIME, ANSWER_DATETIME_SHORT};
    size_t mark = strlen(ANSWER_TAIL);
    for (size_t i = 0; i < sizeof datetimes / sizeof *datetimes; i++) {
        size_t length = mark + datetimes[i] + 1;
        if (datagram.length < length)
            continue;
        const char *tail = datagram.bytes + datagram.length - length;
        if (memcmp(tail, ANSWER_TAIL, mark) == 0 && tail[length - 1] == ')' &&
            is_datetime(tail + mark, datetimes[i]))
            return length;
    }
    return 0;
}

/* region: parse */
bool answer_parse(struct text datagram, struct text *echo)
{
    size_t head = strlen(ANSWER_HEAD);
    size_t tail = tail_length(datagram);
    if (tail == 0 || datagram.length < head + tail ||
        memcmp(datagram.bytes, ANSWER_HEAD, head) != 0)
        return false;
    *echo = (struct text){datagram.bytes + head, datagram.length - head - tail};
    return true;
}
/* endregion */
