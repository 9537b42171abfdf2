#include "stage.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/errtext.h"
#include "base/text.h"
#include "base/wait.h"

void stage_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

void say(const char *format, ...)
{
    char line[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    printf("  %s\n", line);
}

const char *stage_error(int error, char *out, size_t size)
{
    error = error < 0 ? -error : error;
    snprintf(out, size, "%s (%s)", strerrorname_np(error), error_text(error));
    return out;
}

static int bound_to_loopback(int type)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = 0,
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
    if (fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    int error = errno;
    stage_close(&fd);
    return -error;
}

int stage_listen(int backlog)
{
    int fd = bound_to_loopback(SOCK_STREAM);
    if (fd >= 0 && listen(fd, backlog) < 0) {
        int error = errno;
        stage_close(&fd);
        return -error;
    }
    return fd;
}

int stage_connect(int listener)
{
    struct sockaddr_in address = {0};
    socklen_t length = sizeof address;
    if (getsockname(listener, (struct sockaddr *)&address, &length) < 0)
        return -errno;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, length) == 0)
        return fd;
    int error = errno;
    stage_close(&fd);
    return -error;
}

int stage_pair(int *left, int *right)
{
    CLOSED_AT_END int listener = stage_listen(1);
    *left = listener < 0 ? listener : stage_connect(listener);
    if (*left < 0)
        return *left;
    *right = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    return *right < 0 ? -errno : 0;
}

int stage_udp(void)
{
    return bound_to_loopback(SOCK_DGRAM);
}

ssize_t say_send(const char *who, int fd, const char *text)
{
    char why[STAGE_ERROR_SIZE];
    ssize_t sent = send(fd, text, strlen(text), MSG_NOSIGNAL);
    int error = errno;
    if (sent < 0)
        say("%s send(\"%s\") → %s", who, text, stage_error(error, why, sizeof why));
    else
        say("%s send(\"%s\") → çekirdek %zd bayt aldı", who, text, sent);
    return sent < 0 ? -error : sent;
}

static ssize_t receive_and_say(const char *who, int fd, size_t size)
{
    char bytes[1024];
    char shown[4 * sizeof bytes + 1];
    ssize_t got = recv(fd, bytes, size < sizeof bytes ? size : sizeof bytes, MSG_DONTWAIT);
    int error = errno;
    if (got < 0) {
        say("%s recv(%zu) → %s", who, size, stage_error(error, shown, sizeof shown));
        return -error;
    }
    text_escape(shown, sizeof shown, bytes, (size_t)got);
    if (got == 0)
        say("%s recv(%zu) → 0: akış sonu", who, size);
    else
        say("%s recv(%zu) → %zd bayt: \"%s\"", who, size, got, shown);
    return got;
}

ssize_t say_recv(const char *who, int fd, size_t size)
{
    int ready = wait_fd(fd, POLLIN, deadline_after(STAGE_PATIENCE_SECONDS));
    return ready < 0 ? ready : receive_and_say(who, fd, size);
}

ssize_t say_recv_now(const char *who, int fd)
{
    wait_fd(fd, POLLIN, deadline_after(STAGE_SILENCE_SECONDS));
    return receive_and_say(who, fd, 1024);
}

int stage_wait_bytes(int fd, int count)
{
    /* SO_RCVLOWAT: poll, bu kadar bayt birikmeden "okunur" demez. */
    int once = 1;
    if (setsockopt(fd, SOL_SOCKET, SO_RCVLOWAT, &count, sizeof count) < 0)
        return -errno;
    int ready = wait_fd(fd, POLLIN, deadline_after(STAGE_PATIENCE_SECONDS));
    if (setsockopt(fd, SOL_SOCKET, SO_RCVLOWAT, &once, sizeof once) < 0)
        return -errno;
    return ready < 0 ? ready : 0;
}
