#include "talk.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/errtext.h"
#include "base/program.h"

#define FULL "Sunucu dolu"
#define GREETING_MAX 512 /* karşılama satırının en uzunu */

int fail_at(const struct load *load, long index, const char *format, ...)
{
    char why[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(why, sizeof why, format, arguments);
    va_end(arguments);
    program_fail("Bağlantı %ld/%ld: %s", index + 1, load->busy + load->idle, why);
    return -EPROTO;
}

/* Okunan bayt sayısı; okunacak bir şey yoksa 0. Karşı tarafın kapatması da bir hatadır. */
static ssize_t receive(const struct load *load, long index, char *bytes, size_t size, int flags)
{
    ssize_t got = recv(load->slots[index].fd, bytes, size, flags);
    if (got > 0)
        return got;
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return 0;
    return fail_at(load, index, "%s", got == 0 ? "sunucu kapattı" : error_text(errno));
}

/* Satır, bütünü gelene dek sokette bırakılır (MSG_PEEK): parçaları saklamak gerekmez. */
int greet(const struct load *load, long index)
{
    char line[GREETING_MAX];
    ssize_t got = receive(load, index, line, sizeof line, MSG_PEEK);
    if (got <= 0)
        return (int)got;
    const char *end = memchr(line, '\n', (size_t)got);
    if (!end)
        return got < GREETING_MAX ? 0 : fail_at(load, index, "karşılama satırı çok uzun");
    if (text_starts_with((struct text){line, (size_t)got}, FULL))
        return fail_at(load, index, "sunucu dolu");
    if (end - line != got - 1)
        return fail_at(load, index, "karşılamadan sonra fazladan bayt geldi");
    receive(load, index, line, (size_t)got, 0);
    load->slots[index].greeted = true;
    return 1;
}

int ask(const struct load *load, long index)
{
    struct slot *slot = &load->slots[index];
    slot->received = 0;
    ssize_t sent = send(slot->fd, load->request.bytes, load->request.length, MSG_NOSIGNAL);
    if (sent == (ssize_t)load->request.length)
        return 0;
    return fail_at(load, index, "istek gönderilemedi: %s",
                   sent < 0 ? error_text(errno) : "gönderme arabelleği dolu");
}

static int wrong_answer(const struct load *load, long index, const char *bytes, size_t length)
{
    char got[200];
    text_escape(got, sizeof got, bytes, length);
    return fail_at(load, index, "yanıt yanlış, %zu. bayttan sonrası: '%s'",
                   load->slots[index].received, got);
}

int hear(const struct load *load, long index)
{
    char bytes[LINE_SIZE];
    struct slot *slot = &load->slots[index];
    ssize_t got = receive(load, index, bytes, sizeof bytes, 0);
    if (got <= 0)
        return (int)got;
    size_t missing = index < load->busy ? load->answer.length - slot->received : 0;
    if ((size_t)got > missing ||
        memcmp(bytes, load->answer.bytes + slot->received, (size_t)got) != 0)
        return wrong_answer(load, index, bytes, (size_t)got);
    slot->received += (size_t)got;
    return slot->received == load->answer.length;
}
