#include "check.h"

#include <dirent.h>
#include <regex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* valgrind ile de yetsin: en yavaş test olağan koşuda iki saniyeyi bulmaz. */
#define TEST_SECONDS 30
#define SHOWN_BYTES 200

static pid_t runner;
static const char *current = "?";
static int number;
static const char *skip_reason;

/* Çocuk süreçteki denetim de buraya düşer; TAP satırı yalnız ana sürecindir. TAP satırları
 * stdio'dan geçmez: sınanan program stdout'u, hiç kullanılmamış olarak bulmalıdır. */
static _Noreturn void give_up(void)
{
    if (getpid() == runner)
        dprintf(STDOUT_FILENO, "not ok %d - %s\n1..%d\n", number, current, number);
    _exit(EXIT_FAILURE);
}

static void print_place(struct check_place place)
{
    fprintf(stderr, "%s:%d: %s: %s\n", place.file, place.line, current, place.expression);
}

/* UTF-8 olduğu gibi çıkar ki Türkçe metin okunsun; gözle ayırt edilemeyen farkın yerini ilk fark
 * söyler. */
static void print_bytes(const char *label, const void *bytes, size_t length)
{
    const unsigned char *at = bytes;
    fprintf(stderr, "    %s (%zu bayt): \"", label, length);
    for (size_t i = 0; i < length && i < SHOWN_BYTES; i++)
        if (at[i] >= 0x20 && at[i] != 0x7F)
            putc(at[i], stderr);
        else
            fprintf(stderr, "\\x%02x", at[i]);
    fprintf(stderr, "\"%s\n", length > SHOWN_BYTES ? "..." : "");
}

_Noreturn void check_failed(struct check_place place, bool expected)
{
    print_place(place);
    fprintf(stderr, "    beklenen: %s\n", expected ? "doğru" : "yanlış");
    give_up();
}

void check_int_eq(struct check_place place, intmax_t actual, intmax_t expected)
{
    if (actual == expected)
        return;
    print_place(place);
    fprintf(stderr, "    beklenen: %jd\n    gelen:    %jd\n", expected, actual);
    give_up();
}

void check_between(struct check_place place, intmax_t actual, intmax_t low, intmax_t high)
{
    if (actual >= low && actual <= high)
        return;
    print_place(place);
    fprintf(stderr, "    beklenen: %jd ile %jd arası\n    gelen:    %jd\n", low, high, actual);
    give_up();
}

static size_t first_difference(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t at = 0;
    while (at < a_length && at < b_length && a[at] == b[at])
        at++;
    return at;
}

void check_bytes_eq(struct check_place place, const void *actual, size_t actual_length,
                    const void *expected, size_t expected_length)
{
    size_t at = first_difference(actual, actual_length, expected, expected_length);
    if (actual_length == expected_length && at == actual_length)
        return;
    print_place(place);
    print_bytes("beklenen", expected, expected_length);
    print_bytes("gelen   ", actual, actual_length);
    fprintf(stderr, "    ilk fark %zu. baytta\n", at);
    give_up();
}

void check_text_eq(struct check_place place, const char *actual, const char *expected)
{
    if (!actual) {
        print_place(place);
        fprintf(stderr, "    beklenen: \"%s\"\n    gelen:    NULL\n", expected);
        give_up();
    }
    check_bytes_eq(place, actual, strlen(actual), expected, strlen(expected));
}

void check_text_matches(struct check_place place, const char *actual, const char *pattern)
{
    regex_t compiled;
    regmatch_t whole;
    if (regcomp(&compiled, pattern, REG_EXTENDED) != 0) {
        print_place(place);
        fprintf(stderr, "    düzenli ifade bozuk: %s\n", pattern);
        give_up();
    }
    bool matches = regexec(&compiled, actual, 1, &whole, 0) == 0 && whole.rm_so == 0 &&
                   (size_t)whole.rm_eo == strlen(actual);
    regfree(&compiled);
    if (matches)
        return;
    print_place(place);
    fprintf(stderr, "    beklenen biçim: %s\n", pattern);
    print_bytes("gelen", actual, strlen(actual));
    give_up();
}

void check_skip(struct check_place place, const char *reason)
{
    const char *ci = getenv("CI");
    if (ci && strcmp(ci, "true") == 0) {
        print_place(place);
        fprintf(stderr, "    CI'da atlanamaz: %s\n", reason);
        give_up();
    }
    skip_reason = reason;
}

static int count_descriptors(void)
{
    DIR *folder = opendir("/proc/self/fd");
    if (!folder)
        return 0;
    int count = 0;
    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

/* Hangi testin takıldığını söyler. İşleyicide stdio kullanılamaz (signal-safety(7)). */
static void on_alarm(int signal_number)
{
    (void)signal_number;
    const char *const parts[] = {current, ": zaman aşımı, test bitmedi\n"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        ssize_t ignored = write(STDERR_FILENO, parts[i], strlen(parts[i]));
        (void)ignored;
    }
    _exit(EXIT_FAILURE);
}

static void run_one(const struct check_test *test)
{
    current = test->name;
    number++;
    skip_reason = NULL;
    int descriptors = count_descriptors();
    alarm(TEST_SECONDS);
    test->run();
    alarm(0);
    check_int_eq(CHECK_PLACE("testten sonra açık dosya tanımlayıcıları"), count_descriptors(),
                 descriptors);
    dprintf(STDOUT_FILENO, "ok %d - %s%s%s\n", number, current, skip_reason ? " # SKIP " : "",
            skip_reason ? skip_reason : "");
}

int check_run(const struct check_test *tests, size_t count)
{
    runner = getpid();
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_alarm;
    sigaction(SIGALRM, &action, NULL);
    for (size_t i = 0; i < count; i++)
        run_one(&tests[i]);
    dprintf(STDOUT_FILENO, "1..%d\n", number);
    return EXIT_SUCCESS;
}
