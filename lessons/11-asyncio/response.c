#include "response.h"

#include <errno.h>
#include <string.h>

#define FIELDS_MAX 100
#define LENGTH_DIGITS_MAX 15

static int refuse(const char **why, const char *text)
{
    *why = text;
    return -EPROTO;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "HTTP/1.1 200 OK": sürüm 1.x, üç haneli durum, arkasında boşluk ya da satırın sonu. */
int response_begin(struct response *response, struct text line, const char **why)
{
    *response = (struct response){0};
    const char *at = line.bytes;
    if (line.length < strlen("HTTP/1.1 200") || !text_starts_with(line, "HTTP/1.") ||
        !is_digit(at[7]) || at[8] != ' ' || !is_digit(at[9]) || !is_digit(at[10]) ||
        !is_digit(at[11]) || (line.length > 12 && at[12] != ' '))
        return refuse(why, "HTTP yanıtı değil");
    response->status = (at[9] - '0') * 100 + (at[10] - '0') * 10 + (at[11] - '0');
    return 0;
}

static int parse_length(struct response *response, struct text value, const char **why)
{
    size_t length = 0;
    bool is_number = value.length > 0 && value.length <= LENGTH_DIGITS_MAX;
    for (size_t i = 0; i < value.length && is_number; i++) {
        is_number = is_digit(value.bytes[i]);
        length = length * 10 + (size_t)(value.bytes[i] - '0');
    }
    if (!is_number)
        return refuse(why, "gövdenin boyu (Content-Length) anlaşılmadı");
    if (response->has_length && response->length != length)
        return refuse(why, "gövdenin iki ayrı boyu var");
    response->has_length = true;
    response->length = length;
    return 0;
}

int response_field(struct response *response, struct text line, const char **why)
{
    const char *colon = memchr(line.bytes, ':', line.length);
    if (!colon || ++response->fields > FIELDS_MAX)
        return refuse(why, "HTTP başlığı anlaşılmadı");
    struct text name = {line.bytes, (size_t)(colon - line.bytes)};
    struct text value = text_strip(colon + 1, line.length - name.length - 1);
    if (text_is_command(name, "transfer-encoding"))
        return refuse(why, "parçalı gövde (Transfer-Encoding) bu derste çözülmez");
    if (text_is_command(name, "content-length"))
        return parse_length(response, value, why);
    return 0;
}
