#include "net/outbox.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define FIRST_CAPACITY 1024

void outbox_init(struct outbox *outbox, size_t limit)
{
    *outbox = (struct outbox){.limit = limit};
}

void outbox_free(struct outbox *outbox)
{
    free(outbox->bytes);
    outbox_init(outbox, outbox->limit);
}

size_t outbox_waiting(const struct outbox *outbox)
{
    return outbox->end - outbox->start;
}

bool outbox_full(const struct outbox *outbox)
{
    return outbox_waiting(outbox) >= outbox->limit;
}

static void move_to_front(struct outbox *outbox)
{
    memmove(outbox->bytes, outbox->bytes + outbox->start, outbox_waiting(outbox));
    outbox->end -= outbox->start;
    outbox->start = 0;
}

static bool grow(struct outbox *outbox, size_t needed)
{
    size_t capacity = outbox->capacity > 0 ? outbox->capacity : FIRST_CAPACITY;
    while (capacity < needed)
        capacity *= 2;
    char *grown = realloc(outbox->bytes, capacity);
    if (!grown)
        return false;
    outbox->bytes = grown;
    outbox->capacity = capacity;
    return true;
}

char *outbox_room(struct outbox *outbox, size_t length)
{
    if (outbox->end + length > outbox->capacity) {
        /* Öndeki boşluk kalandan küçükse kaydırmak yerine büyütülür: kaydırılan her bayta karşılık
         * en az bir bayt gönderilmiş olur, toplam maliyet doğrusal kalır. */
        if (outbox->start > 0 && outbox->start >= outbox_waiting(outbox))
            move_to_front(outbox);
        if (outbox->end + length > outbox->capacity && !grow(outbox, outbox->end + length))
            return NULL;
    }
    return outbox->bytes + outbox->end;
}

void outbox_added(struct outbox *outbox, size_t length)
{
    outbox->end += length;
}

int outbox_put(struct outbox *outbox, const void *bytes, size_t length)
{
    if (length == 0)
        return 0;
    char *room = outbox_room(outbox, length);
    if (!room)
        return -ENOMEM;
    memcpy(room, bytes, length);
    outbox_added(outbox, length);
    return 0;
}

ssize_t outbox_send(struct outbox *outbox, int fd)
{
    size_t waiting = outbox_waiting(outbox);
    if (waiting == 0)
        return 0;
    ssize_t sent;
    do
        sent = send(fd, outbox->bytes + outbox->start, waiting, MSG_NOSIGNAL | MSG_DONTWAIT);
    while (sent < 0 && errno == EINTR);
    if (sent < 0)
        return errno == EAGAIN ? 0 : -errno;
    if (sent > 0)
        outbox->torn = outbox->bytes[outbox->start + (size_t)sent - 1] != '\n';
    outbox->start += (size_t)sent;
    if (outbox->start == outbox->end)
        outbox_free(outbox);
    return sent;
}

size_t outbox_discard(struct outbox *outbox)
{
    size_t waiting = outbox_waiting(outbox);
    size_t kept = 0;
    if (outbox->torn && waiting > 0) {
        const char *first = outbox->bytes + outbox->start;
        const char *newline = memchr(first, '\n', waiting);
        kept = newline ? (size_t)(newline - first) + 1 : waiting;
    }
    outbox->end = outbox->start + kept;
    if (kept == 0)
        outbox_free(outbox);
    return waiting - kept;
}
