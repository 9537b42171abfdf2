#include "net/lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 1024
#define LINE_END_SIZE 2 /* \r\n */

void lines_init(struct lines *lines, size_t limit)
{
    *lines = (struct lines){.limit = limit};
}

void lines_free(struct lines *lines)
{
    free(lines->bytes);
    lines_init(lines, lines->limit);
}

static void move_to_front(struct lines *lines)
{
    if (lines->start == 0)
        return;
    memmove(lines->bytes, lines->bytes + lines->start, lines->end - lines->start);
    lines->scanned -= lines->start;
    lines->end -= lines->start;
    lines->start = 0;
}

size_t lines_room(struct lines *lines, char **room)
{
    size_t most = lines->limit + LINE_END_SIZE;
    if (lines->bytes)
        move_to_front(lines);
    if (lines->end == lines->capacity && lines->capacity < most) {
        size_t wanted = lines->capacity == 0 ? FIRST_CAPACITY : 2 * lines->capacity;
        if (wanted > most)
            wanted = most;
        char *grown = realloc(lines->bytes, wanted);
        if (!grown)
            return 0;
        lines->bytes = grown;
        lines->capacity = wanted;
    }
    *room = lines->bytes + lines->end;
    return lines->capacity - lines->end;
}

void lines_added(struct lines *lines, size_t count)
{
    lines->end += count;
}

/* Satır `start`tan `stop`a kadardır; sondaki \r satır sonundan sayılır. */
static int take(struct lines *lines, size_t stop, size_t next, struct text *line)
{
    size_t length = stop - lines->start;
    if (length > 0 && lines->bytes[stop - 1] == '\r')
        length--;
    if (length > lines->limit)
        return -EMSGSIZE;
    *line = (struct text){lines->bytes + lines->start, length};
    lines->start = next;
    lines->scanned = next;
    return 1;
}

int lines_next(struct lines *lines, struct text *line)
{
    if (lines->scanned < lines->end) {
        char *newline = memchr(lines->bytes + lines->scanned, '\n', lines->end - lines->scanned);
        if (newline) {
            size_t stop = (size_t)(newline - lines->bytes);
            return take(lines, stop, stop + 1, line);
        }
        lines->scanned = lines->end;
    }
    /* Sınırı aşan tek bayta yalnız, ardından \n gelebilecek bir \r ise izin var. */
    size_t waiting = lines->end - lines->start;
    if (waiting > lines->limit + 1)
        return -EMSGSIZE;
    if (waiting == lines->limit + 1 && lines->bytes[lines->end - 1] != '\r')
        return -EMSGSIZE;
    return 0;
}

size_t lines_take_bytes(struct lines *lines, void *bytes, size_t size)
{
    size_t count = lines->end - lines->start;
    if (count > size)
        count = size;
    if (count > 0)
        memcpy(bytes, lines->bytes + lines->start, count);
    lines->start += count;
    if (lines->scanned < lines->start)
        lines->scanned = lines->start;
    return count;
}

static void move_buffer(struct lines *from, struct lines *to)
{
    to->bytes = from->bytes;
    to->capacity = from->capacity;
    from->bytes = NULL;
    from->capacity = from->start = from->scanned = from->end = 0;
}

void lines_lend(struct lines *lines, struct lines *spare)
{
    if (spare->bytes)
        lines_free(lines);
    else
        move_buffer(lines, spare);
}

void lines_borrow(struct lines *lines, struct lines *spare)
{
    if (!lines->bytes)
        move_buffer(spare, lines);
}

int lines_last(struct lines *lines, struct text *line)
{
    if (lines_empty(lines))
        return 0;
    return take(lines, lines->end, lines->end, line);
}
