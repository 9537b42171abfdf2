#include "base/log.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/stop.h"
#include "base/text.h"
#include "base/wait.h"

/* stderr'i okuyan yavaşsa bir satır için en çok bu kadar beklenir. */
#define PATIENCE_SECONDS 0.1

static enum log_level threshold = LOG_LEVEL_INFO;

static const char *const level_names[] = {"DEBUG", "INFO", "WARNING", "ERROR"};

void log_set_level(enum log_level level)
{
    threshold = level;
}

static size_t write_prefix(char *line, size_t size, enum log_level level)
{
    struct timespec now;
    struct tm local;
    clock_gettime(CLOCK_REALTIME, &now);
    localtime_r(&now.tv_sec, &local);
    size_t used = strftime(line, size, "%Y-%m-%d %H:%M:%S", &local);
    int rest = snprintf(line + used, size - used, ",%03ld - %s - ", now.tv_nsec / 1000000,
                        level_names[level]);
    return used + (size_t)rest;
}

static void log_line(enum log_level level, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

static void log_line(enum log_level level, const char *format, va_list arguments)
{
    if (level < threshold)
        return;
    int saved_errno = errno;
    char message[LOG_LINE_MAX];
    int length = vsnprintf(message, sizeof message, format, arguments);
    size_t kept = strnlen(message, sizeof message);
    if (length >= (int)sizeof message)
        kept = text_utf8_floor(message, kept);

    /* Kaçışlar metni dört katına çıkarabilir. Satır yine de PIPE_BUF'ı aşmaz: bir boruyu paylaşan
     * süreçlerin o boydaki yazmaları bölünmez (pipe(7)). */
    char line[PIPE_BUF];
    size_t used = write_prefix(line, sizeof line, level);
    used += text_escape(line + used, sizeof line - used - 8, message, kept);
    if (length >= (int)sizeof message) {
        memcpy(line + used, "…", strlen("…"));
        used += strlen("…");
    }
    line[used++] = '\n';
    if (wait_fd(STDERR_FILENO, POLLOUT, deadline_after(stop_requested() ? 0 : PATIENCE_SECONDS)) >
        0)
        while (write(STDERR_FILENO, line, used) < 0 && errno == EINTR)
            ;
    errno = saved_errno;
}

#define LOG_FUNCTION(name, level)                                                                  \
    void name(const char *format, ...)                                                             \
    {                                                                                              \
        va_list arguments;                                                                         \
        va_start(arguments, format);                                                               \
        log_line(level, format, arguments);                                                        \
        va_end(arguments);                                                                         \
    }

LOG_FUNCTION(log_debug, LOG_LEVEL_DEBUG)
LOG_FUNCTION(log_info, LOG_LEVEL_INFO)
LOG_FUNCTION(log_warning, LOG_LEVEL_WARNING)
LOG_FUNCTION(log_error, LOG_LEVEL_ERROR)
