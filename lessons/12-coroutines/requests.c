#include "requests.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/stop.h"

#define VALUE_SECONDS 0.1
#define RECORD_SECONDS 0.5
#define SENDING_SECONDS 0.5
#define DIGITS_MAX 9
#define REPLY_MAX 160 /* boyu önceden belli yanıtlar */

/* --- sözcükler --- */

static struct text take_word(struct text *rest)
{
    while (rest->length > 0 && *rest->bytes == ' ')
        *rest = (struct text){rest->bytes + 1, rest->length - 1};
    const char *end = memchr(rest->bytes, ' ', rest->length);
    struct text word = {rest->bytes, end ? (size_t)(end - rest->bytes) : rest->length};
    *rest = (struct text){rest->bytes + word.length, rest->length - word.length};
    return word;
}

static bool is_word(struct text word, const char *expected)
{
    return word.length == strlen(expected) && memcmp(word.bytes, expected, word.length) == 0;
}

/* 1 ile DIGITS_MAX arasında rakam. strtol kullanılmaz: metnin sonunda NUL yoktur. */
static bool read_digits(struct text word, long *value)
{
    *value = 0;
    for (size_t i = 0; i < word.length; i++) {
        if (word.bytes[i] < '0' || word.bytes[i] > '9' || i == DIGITS_MAX)
            return false;
        *value = *value * 10 + (word.bytes[i] - '0');
    }
    return word.length > 0;
}

static bool read_integer(struct text word, long *value)
{
    bool negative = word.length > 0 && *word.bytes == '-';
    if (negative)
        word = (struct text){word.bytes + 1, word.length - 1};
    if (!read_digits(word, value))
        return false;
    *value = negative ? -*value : *value;
    return true;
}

/* `2` ya da `0.5`; eksi ve üslü sayı süre değildir. */
static bool read_seconds(struct text word, double *seconds)
{
    const char *point = memchr(word.bytes, '.', word.length);
    struct text whole = {word.bytes, point ? (size_t)(point - word.bytes) : word.length};
    long units;
    long fraction = 0;
    double parts = 1;
    if (!read_digits(whole, &units))
        return false;
    if (point) {
        struct text decimals = {point + 1, word.length - whole.length - 1};
        if (!read_digits(decimals, &fraction))
            return false;
        for (size_t i = 0; i < decimals.length; i++)
            parts *= 10;
    }
    *seconds = (double)units + (double)fraction / parts;
    return true;
}

/* Satırın kalanı yalnız bir süreyse odur, boşsa `usual`. */
static bool read_last_seconds(struct text rest, double usual, double *seconds)
{
    struct text word = take_word(&rest);
    *seconds = usual;
    return rest.length == 0 && (word.length == 0 || read_seconds(word, seconds));
}

/* --- yanıtlar --- */

/* Kapanışta da söylenir, ama okumayan istemci kapanışı en çok SENDING_SECONDS oyalar. */
static int deliver(struct desk *desk, struct stream *stream, const char *bytes, size_t length)
{
    task_shield(deadline_sooner(deadline_after(SENDING_SECONDS), stop_deadline()));
    int outcome = stream_write(stream, bytes, length, deadline_after(desk->timeout));
    task_unshield();
    return outcome;
}

static int say(struct desk *desk, struct stream *stream, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static int say(struct desk *desk, struct stream *stream, const char *format, ...)
{
    char reply[REPLY_MAX];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(reply, sizeof reply, format, arguments);
    va_end(arguments);
    return deliver(desk, stream, reply, (size_t)length);
}

/* İstemcinin verdiği ad ve `ending`; tek gönderimde gitsin diye birleştirilir. */
static int say_about(struct desk *desk, struct stream *stream, struct text name, const char *ending)
{
    size_t length = name.length + strlen(ending);
    char *reply = malloc(length);
    if (!reply)
        return -ENOMEM;
    memcpy(reply, name.bytes, name.length);
    memcpy(reply + name.length, ending, strlen(ending));
    int outcome = deliver(desk, stream, reply, length);
    free(reply);
    return outcome;
}

static int refuse(struct desk *desk, struct stream *stream)
{
    return say(desk, stream, "HATA: anlaşılmadı\n");
}

/* --- işler --- */

/* region: work */
/* İşin kendisi: o kadar beklemek. Kapanış istenince görevin bekleyişi -ECANCELED ile biter; iş
 * kapanış sınırına sığıyorsa kalkanın arkasında sürer, sığmıyorsa hemen bırakılır. */
static int work(struct desk *desk, double seconds)
{
    deadline_t due = deadline_after(seconds);
    if (++desk->active > desk->most)
        desk->most = desk->active;
    int outcome = task_sleep_until(due);
    if (outcome == -ECANCELED && due <= stop_deadline()) {
        task_shield(stop_deadline());
        outcome = task_sleep_until(due);
        task_unshield();
    }
    desk->active--;
    return outcome;
}
/* endregion */

/* Süre sınırı aşmıyorsa çalışır. 1: iş yapıldı, 0: istek geri çevrildi, -errno. */
static int try_work(struct desk *desk, struct stream *stream, double seconds)
{
    int outcome;
    if (seconds > desk->max_delay)
        outcome = say(desk, stream, "HATA: en çok %g saniye beklenir\n", desk->max_delay);
    else
        outcome = work(desk, seconds);
    return outcome < 0 ? outcome : seconds <= desk->max_delay;
}

static int serve_wait(struct desk *desk, struct stream *stream, struct text rest)
{
    double seconds;
    if (!read_seconds(take_word(&rest), &seconds) || rest.length == 0)
        return refuse(desk, stream);
    while (*rest.bytes == ' ')
        rest = (struct text){rest.bytes + 1, rest.length - 1};
    int outcome = try_work(desk, stream, seconds);
    return outcome > 0 ? say_about(desk, stream, rest, " tamamlandı\n") : outcome;
}

static int serve_process(struct desk *desk, struct stream *stream, struct text rest)
{
    struct text item = take_word(&rest);
    double seconds;
    if (!read_seconds(take_word(&rest), &seconds) || rest.length > 0)
        return refuse(desk, stream);
    int outcome = try_work(desk, stream, seconds);
    return outcome > 0 ? say_about(desk, stream, item, " işlendi\n") : outcome;
}

/* Kayıt getirmenin işi: "N [SANİYE]". Dönüşü try_work'ünki gibidir. */
static int work_on_record(struct desk *desk, struct stream *stream, struct text rest, long *number)
{
    double seconds;
    if (!read_digits(take_word(&rest), number) ||
        !read_last_seconds(rest, RECORD_SECONDS, &seconds))
        return refuse(desk, stream);
    return try_work(desk, stream, seconds);
}

static int serve_user(struct desk *desk, struct stream *stream, struct text rest)
{
    long number;
    int outcome = work_on_record(desk, stream, rest, &number);
    if (outcome <= 0)
        return outcome;
    return say(desk, stream, "{\"id\": %ld, \"name\": \"User-%ld\"}\n", number, number);
}

static int serve_posts(struct desk *desk, struct stream *stream, struct text rest)
{
    long number;
    int outcome = work_on_record(desk, stream, rest, &number);
    if (outcome <= 0)
        return outcome;
    return say(desk, stream,
               "[{\"id\": 1, \"title\": \"Post 1\"}, {\"id\": 2, \"title\": \"Post 2\"}]\n");
}

/* region: count */
/* Her değer ayrı bir iştir. Dinleyen gittiyse sonraki yazma başarısız olur ve sayma orada biter:
 * kimsenin almayacağı değerler üretilmez. */
static int serve_count(struct desk *desk, struct stream *stream, struct text rest)
{
    long start;
    long stop;
    long step;
    double seconds;
    if (!read_integer(take_word(&rest), &start) || !read_integer(take_word(&rest), &stop) ||
        !read_digits(take_word(&rest), &step) || step == 0 ||
        !read_last_seconds(rest, VALUE_SECONDS, &seconds))
        return refuse(desk, stream);
    for (long value = start; value < stop; value += step) {
        int outcome = try_work(desk, stream, seconds);
        if (outcome > 0)
            outcome = say(desk, stream, "%ld\n", value);
        if (outcome < 0 || seconds > desk->max_delay)
            return outcome;
    }
    return say(desk, stream, "bitti\n");
}
/* endregion */

static int serve_status(struct desk *desk, struct stream *stream, struct text rest)
{
    if (rest.length > 0)
        return refuse(desk, stream);
    return say(desk, stream, "süren %zu, aynı anda en çok %zu\n", desk->active, desk->most);
}

int request_serve(struct desk *desk, struct stream *stream, struct text line)
{
    static const struct {
        const char *name;
        int (*serve)(struct desk *desk, struct stream *stream, struct text rest);
    } requests[] = {
        {"bekle", serve_wait},       {"işle", serve_process}, {"kullanıcı", serve_user},
        {"gönderiler", serve_posts}, {"say", serve_count},    {"durum", serve_status},
    };
    struct text rest = text_strip(line.bytes, line.length);
    struct text name = take_word(&rest);
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++)
        if (is_word(name, requests[i].name))
            return requests[i].serve(desk, stream, rest);
    return refuse(desk, stream);
}
