#include "request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Bir sayının en çok basamağı: long long'a da double'a da taşmadan sığar. */
#define NUMBER_MAX 15
#define ANSWER_ROOM 96 /* ad dışında, en uzun yanıt */

static const char done[] = " tamamlandı\n";
static const char unknown[] = "HATA: anlaşılmadı\n";

/* İlk sözcük ve (iki ucundaki boşluklar atılmış) gerisi. */
static struct text first_word(struct text text, struct text *rest)
{
    size_t length = 0;
    while (length < text.length && text.bytes[length] != ' ' && text.bytes[length] != '\t')
        length++;
    *rest = text_strip(text.bytes + length, text.length - length);
    return (struct text){text.bytes, length};
}

static bool is_word(struct text text, const char *word)
{
    return text.length == strlen(word) && memcmp(text.bytes, word, text.length) == 0;
}

/* `allowed` dışında karakteri olmayan kısa bir sayıyı NUL ile biten hale getirir. */
static bool copy_number(struct text text, const char *allowed, char out[NUMBER_MAX + 1])
{
    if (text.length == 0 || text.length > NUMBER_MAX)
        return false;
    memcpy(out, text.bytes, text.length);
    out[text.length] = '\0';
    return strspn(out, allowed) == text.length;
}

/* Rakamlar, istenirse bir nokta ve yine rakamlar. strtod'un kabul ettiği öteki yazımlar ("1e9",
 * "nan", "0x10") sayı değildir. */
static bool parse_seconds(struct text text, double *seconds)
{
    char number[NUMBER_MAX + 1];
    if (!copy_number(text, "0123456789.", number))
        return false;
    const char *point = strchr(number, '.');
    if (point && (point == number || point[1] == '\0' || strchr(point + 1, '.')))
        return false;
    *seconds = strtod(number, NULL);
    return true;
}

static bool parse_user(struct text text, long long *user)
{
    char number[NUMBER_MAX + 1];
    if (!copy_number(text, "0123456789", number))
        return false;
    *user = strtoll(number, NULL, 10);
    return true;
}

struct request request_parse(struct text line)
{
    struct request request = {.seconds = REQUEST_USER_SECONDS};
    struct text rest, first, last;
    struct text verb = first_word(text_strip(line.bytes, line.length), &rest);
    first = first_word(rest, &last);
    if (is_word(verb, "bekle") && parse_seconds(first, &request.seconds) && last.length > 0) {
        request.kind = REQUEST_DELAY;
        request.name = last;
    } else if (is_word(verb, "kullanıcı") && parse_user(first, &request.user) &&
               (last.length == 0 || parse_seconds(last, &request.seconds))) {
        request.kind = REQUEST_USER;
    }
    return request;
}

size_t request_answer_size(const struct request *request)
{
    return request->name.length + ANSWER_ROOM;
}

size_t request_answer(const struct request *request, char *out)
{
    switch (request->kind) {
    case REQUEST_DELAY:
        memcpy(out, request->name.bytes, request->name.length);
        memcpy(out + request->name.length, done, sizeof done - 1);
        return request->name.length + sizeof done - 1;
    case REQUEST_USER:
        return (size_t)snprintf(out, ANSWER_ROOM, "{\"id\": %lld, \"name\": \"User-%lld\"}\n",
                                request->user, request->user);
    case REQUEST_UNKNOWN:
        break;
    }
    memcpy(out, unknown, sizeof unknown - 1);
    return sizeof unknown - 1;
}
