#include "request.h"

#include <string.h>

#define DIGITS_MOST 9

/* İki uçtaki boşluklar atılmış `rest`ten ilk sözcük; sözcükler U+0020 ile ayrılır. */
static struct text take_word(struct text *rest)
{
    const char *end = rest->length > 0 ? memchr(rest->bytes, ' ', rest->length) : NULL;
    struct text word = {rest->bytes, end ? (size_t)(end - rest->bytes) : rest->length};
    *rest = (struct text){rest->bytes + word.length, rest->length - word.length};
    while (rest->length > 0 && *rest->bytes == ' ')
        *rest = (struct text){rest->bytes + 1, rest->length - 1};
    return word;
}

static bool is_word(struct text word, const char *expected)
{
    return word.length == strlen(expected) && memcmp(word.bytes, expected, word.length) == 0;
}

/* Baştaki rakamlar: sayısı, değeri. */
static size_t take_digits(struct text text, double *value)
{
    size_t count = 0;
    *value = 0;
    while (count < text.length && text.bytes[count] >= '0' && text.bytes[count] <= '9')
        *value = *value * 10 + (text.bytes[count++] - '0');
    return count;
}

/* `2` ya da `0.5`. strtod kullanılmadı: NUL ister; işareti, üssü, "inf" ve "nan"ı da kabul
 * ederdi. */
static bool read_seconds(struct text word, double *seconds)
{
    size_t whole = take_digits(word, seconds);
    if (whole == 0 || whole > DIGITS_MOST)
        return false;
    if (whole == word.length)
        return true;
    struct text rest = {word.bytes + whole + 1, word.length - whole - 1};
    double fraction;
    size_t places = take_digits(rest, &fraction);
    if (word.bytes[whole] != '.' || places == 0 || places > DIGITS_MOST || places != rest.length)
        return false;
    for (size_t i = 0; i < places; i++)
        fraction /= 10;
    *seconds += fraction;
    return true;
}

static struct request parse_work(enum request_kind kind, struct text rest)
{
    struct request request = {.kind = kind};
    bool timed = read_seconds(take_word(&rest), &request.seconds);
    request.name = rest;
    return timed && rest.length > 0 ? request : (struct request){.kind = REQUEST_UNKNOWN};
}

static struct request parse_withdraw(struct text rest)
{
    struct request request = {.kind = REQUEST_WITHDRAW};
    struct text word = take_word(&rest);
    bool timed = word.length == 0 || read_seconds(word, &request.seconds);
    return timed && rest.length == 0 ? request : (struct request){.kind = REQUEST_UNKNOWN};
}

struct request request_parse(struct text line)
{
    struct text rest = text_strip(line.bytes, line.length);
    struct text verb = take_word(&rest);
    if (is_word(verb, "bekle"))
        return parse_work(REQUEST_WAIT, rest);
    if (is_word(verb, "hata"))
        return parse_work(REQUEST_FAIL, rest);
    if (is_word(verb, "vazgeç"))
        return parse_withdraw(rest);
    if (is_word(verb, "durum") && rest.length == 0)
        return (struct request){.kind = REQUEST_STATUS};
    return (struct request){.kind = REQUEST_UNKNOWN};
}
