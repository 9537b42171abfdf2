#include "request.h"

#include <string.h>

#define DIGITS_MAX 9

static struct text drop(struct text text, size_t count)
{
    return (struct text){text.bytes + count, text.length - count};
}

static struct text skip_spaces(struct text text)
{
    while (text.length > 0 && *text.bytes == ' ')
        text = drop(text, 1);
    return text;
}

static struct text first_word(struct text text)
{
    const char *end = memchr(text.bytes, ' ', text.length);
    return (struct text){text.bytes, end ? (size_t)(end - text.bytes) : text.length};
}

static bool is_word(struct text word, const char *expected)
{
    return word.length == strlen(expected) && memcmp(word.bytes, expected, word.length) == 0;
}

/* 1 ile DIGITS_MAX arasında rakam; `*value`yu onlarla sürdürür. strtod kullanılmaz: metnin sonunda
 * NUL yoktur, üslü ve on altılık sayılar da süre değildir. */
static bool read_digits(struct text digits, double *value)
{
    for (size_t i = 0; i < digits.length; i++) {
        if (digits.bytes[i] < '0' || digits.bytes[i] > '9' || i == DIGITS_MAX)
            return false;
        *value = *value * 10 + (digits.bytes[i] - '0');
    }
    return digits.length > 0;
}

/* `2` ya da `0.5`. */
static bool read_seconds(struct text word, double *seconds)
{
    const char *point = memchr(word.bytes, '.', word.length);
    struct text whole = {word.bytes, point ? (size_t)(point - word.bytes) : word.length};
    double fraction = 0;
    *seconds = 0;
    if (!read_digits(whole, seconds))
        return false;
    if (!point)
        return true;
    struct text decimals = drop(word, whole.length + 1);
    if (!read_digits(decimals, &fraction))
        return false;
    for (size_t i = 0; i < decimals.length; i++)
        fraction /= 10;
    *seconds += fraction;
    return true;
}

struct request request_parse(struct text line)
{
    struct request request = {.kind = REQUEST_UNKNOWN};
    struct text rest = text_strip(line.bytes, line.length);
    struct text verb = first_word(rest);
    rest = skip_spaces(drop(rest, verb.length));
    if (is_word(verb, "durum") && rest.length == 0)
        request.kind = REQUEST_STATUS;
    if (!is_word(verb, "bekle"))
        return request;
    struct text seconds = first_word(rest);
    request.name = skip_spaces(drop(rest, seconds.length));
    if (read_seconds(seconds, &request.seconds) && request.name.length > 0)
        request.kind = REQUEST_WAIT;
    return request;
}
