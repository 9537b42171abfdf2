/* base/log: satır biçimi, düzeyler, tek write, denetim karakterleri, uzun satırlar. */
#include "base/log.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "child.h"
#include "check.h"
#include "stubs.h"

#define PREFIX "[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2},[0-9]{3} - "

static struct child_end log_in_child(void (*work)(void *))
{
    struct child_end end = child_run(work, NULL);
    CHECK_INT_EQ(end.code, 0);
    CHECK_TEXT_EQ(end.out, "");
    return end;
}

/* Satırın mesaj kısmı: " - DÜZEY - "den satır sonuna dek. */
static const char *message_of(char *line)
{
    static const char mark[] = " - INFO - ";
    char *message = strstr(line, mark);
    char *newline = strchr(line, '\n');
    CHECK_TRUE(message && newline);
    CHECK_INT_EQ(newline[1], '\0');
    *newline = '\0';
    return message + strlen(mark);
}

static void log_one(void *unused)
{
    (void)unused;
    log_info("Yeni bağlantı: %s:%d", "127.0.0.1", 51234);
}

static void line_has_the_documents_format(void)
{
    struct child_end end = log_in_child(log_one);
    CHECK_TEXT_MATCHES(end.err, PREFIX "INFO - Yeni bağlantı: 127\\.0\\.0\\.1:51234\n");
}

static void log_at_frozen_time(void *unused)
{
    (void)unused;
    setenv("TZ", "TRT-3", 1);
    stub_freeze_clock(1795183391, 42999999); /* 2026-11-20 14:03:11.042999999 UTC */
    log_info("mesaj");
    stub_freeze_clock(1795183391, 0);
    log_info("mesaj");
}

static void time_is_local_with_three_digits_of_milliseconds(void)
{
    struct child_end end = log_in_child(log_at_frozen_time);
    CHECK_TEXT_EQ(end.err, "2026-11-20 17:03:11,042 - INFO - mesaj\n"
                           "2026-11-20 17:03:11,000 - INFO - mesaj\n");
}

static void log_all_levels(void *unused)
{
    (void)unused;
    log_set_level(LOG_LEVEL_DEBUG);
    log_debug("a");
    log_info("b");
    log_warning("c");
    log_error("d");
}

static void every_level_is_named(void)
{
    struct child_end end = log_in_child(log_all_levels);
    CHECK_TEXT_MATCHES(end.err, PREFIX "DEBUG - a\n" PREFIX "INFO - b\n" PREFIX
                                       "WARNING - c\n" PREFIX "ERROR - d\n");
}

static void log_by_default(void *unused)
{
    (void)unused;
    log_debug("görünmez");
    log_info("görünür");
}

static void debug_is_hidden_at_first(void)
{
    struct child_end end = log_in_child(log_by_default);
    CHECK_TEXT_MATCHES(end.err, PREFIX "INFO - görünür\n");
}

static void log_above_warning(void *unused)
{
    (void)unused;
    log_set_level(LOG_LEVEL_WARNING);
    log_info("görünmez");
    log_warning("görünür");
}

static void lines_below_the_level_are_hidden(void)
{
    struct child_end end = log_in_child(log_above_warning);
    CHECK_TEXT_MATCHES(end.err, PREFIX "WARNING - görünür\n");
}

/* Her write'ı ayrı bir kayıt olarak saklayan bir soket çifti, stderr'in yerine. */
static void log_into_records(void *unused)
{
    (void)unused;
    int pair[2];
    char record[8192];
    char letters[LOG_LINE_MAX];
    memset(letters, '\x01', sizeof letters); /* kaçışla dört katına çıkar, PIPE_BUF'ta kesilir */
    CHECK_INT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
    int real_stderr = dup(STDERR_FILENO);
    dup2(pair[1], STDERR_FILENO);
    log_info("kısa");
    log_info("%.*s", (int)sizeof letters - 1, letters);
    dup2(real_stderr, STDERR_FILENO);
    close(pair[1]);

    ssize_t size = recv(pair[0], record, sizeof record, 0);
    CHECK_TRUE(size > 0 && record[size - 1] == '\n');
    size = recv(pair[0], record, sizeof record, 0);
    CHECK_BETWEEN(size, PIPE_BUF - 32, PIPE_BUF);
    CHECK_INT_EQ(record[size - 1], '\n');
    CHECK_INT_EQ(recv(pair[0], record, sizeof record, 0), 0);
}

static void each_line_is_one_write(void)
{
    child_check(log_into_records, NULL);
}

static void log_hostile_text(void *unused)
{
    (void)unused;
    log_info("%s", "ad\n2026-01-01 00:00:00,000 - INFO - sahte\r\x1b[2J");
}

static void control_characters_cannot_forge_a_line(void)
{
    struct child_end end = log_in_child(log_hostile_text);
    CHECK_TEXT_EQ(message_of(end.err), "ad\\n2026-01-01 00:00:00,000 - INFO - sahte\\r\\x1b[2J");
}

static void log_longest(void *unused)
{
    (void)unused;
    char text[LOG_LINE_MAX];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    log_info("%s", text);
}

static void line_that_just_fits_is_whole(void)
{
    struct child_end end = log_in_child(log_longest);
    const char *message = message_of(end.err);
    CHECK_INT_EQ(strlen(message), LOG_LINE_MAX - 1);
    CHECK_INT_EQ(strspn(message, "a"), LOG_LINE_MAX - 1);
}

static void log_too_long(void *unused)
{
    (void)unused;
    char text[LOG_LINE_MAX + 1];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    log_info("%s", text);
}

static void longer_line_is_cut_and_marked(void)
{
    struct child_end end = log_in_child(log_too_long);
    const char *message = message_of(end.err);
    CHECK_INT_EQ(strspn(message, "a"), LOG_LINE_MAX - 1);
    CHECK_TEXT_EQ(message + LOG_LINE_MAX - 1, "…");
}

/* Kesme noktası her seferinde başka bir bayta denk gelsin diye öne 0..3 harf konur. */
static void log_long_emoji(void *unused)
{
    (void)unused;
    char text[2 * LOG_LINE_MAX + 8];
    for (size_t ahead = 0; ahead < 4; ahead++) {
        memset(text, 'a', ahead);
        for (size_t at = ahead; at + 4 < sizeof text; at += 4)
            memcpy(text + at, "\U0001F600", 5);
        log_info("%s", text);
    }
}

static void long_line_is_cut_between_characters(void)
{
    struct child_end end = log_in_child(log_long_emoji);
    int count = 0;
    for (char *line = end.err, *newline; (newline = strchr(line, '\n')); line = newline + 1) {
        *newline = '\0';
        CHECK_TEXT_MATCHES(line, PREFIX "INFO - a{0,3}(\U0001F600)+…");
        count++;
    }
    CHECK_INT_EQ(count, 4);
}

static void log_to_nowhere(void *unused)
{
    (void)unused;
    int real_stderr = dup(STDERR_FILENO);
    close(STDERR_FILENO);
    errno = EPROTO;
    log_info("yazılamaz");
    int after = errno;
    dup2(real_stderr, STDERR_FILENO);
    CHECK_INT_EQ(after, EPROTO);
}

static void errno_survives_even_a_failed_write(void)
{
    child_check(log_to_nowhere, NULL);
}

static const struct check_test tests[] = {
    {RUN(line_has_the_documents_format)},
    {RUN(time_is_local_with_three_digits_of_milliseconds)},
    {RUN(every_level_is_named)},
    {RUN(debug_is_hidden_at_first)},
    {RUN(lines_below_the_level_are_hidden)},
    {RUN(each_line_is_one_write)},
    {RUN(control_characters_cannot_forge_a_line)},
    {RUN(line_that_just_fits_is_whole)},
    {RUN(longer_line_is_cut_and_marked)},
    {RUN(long_line_is_cut_between_characters)},
    {RUN(errno_survives_even_a_failed_write)},
};

int main(void)
{
    return CHECK_RUN(tests);
}
