#include "request.h"

#include <string.h>

#include "delay.h"
#include "posts.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_token_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) ||
           (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static size_t token_length(struct text text)
{
    size_t length = 0;
    while (length < text.length && is_token_char(text.bytes[length]))
        length++;
    return length;
}

static struct text skip(struct text text, size_t count)
{
    return (struct text){text.bytes + count, text.length - count};
}

static struct text take_until(struct text text, char end)
{
    const char *found = memchr(text.bytes, end, text.length);
    return (struct text){text.bytes, found ? (size_t)(found - text.bytes) : text.length};
}

static bool is_equal(struct text text, const char *word)
{
    return text.length == strlen(word) && text_starts_with(text, word);
}

bool request_is_http(struct text line)
{
    return line.length > 0 && line.bytes[0] >= 'A' && line.bytes[0] <= 'Z' &&
           memmem(line.bytes, line.length, " HTTP/", strlen(" HTTP/")) != NULL;
}

void request_break(struct request *request, int status)
{
    if (!request->broken)
        request->status = status;
    request->broken = true;
    request->keep_alive = false;
}

/* Yol ya da yöntem yanlış: yanıt odur, ama bağlantı sürebilir. */
static void refuse(struct request *request, int status)
{
    if (request->status == 200)
        request->status = status;
}

/* --- istek satırı --- */

/* Yalnız onluk rakamlar, başta sıfır yok; değilse 0. */
static int parse_number(struct text text)
{
    int value = 0;
    if (text.length == 0 || text.length > 4 || text.bytes[0] == '0')
        return 0;
    for (size_t i = 0; i < text.length; i++) {
        if (!is_digit(text.bytes[i]))
            return 0;
        value = value * 10 + (text.bytes[i] - '0');
    }
    return value;
}

static void parse_path(struct request *request, struct text path)
{
    if (text_starts_with(path, "/posts/"))
        request->post = parse_number(skip(path, strlen("/posts/")));
    if (request->post < 1 || request->post > POSTS_COUNT)
        refuse(request, 404);
}

/* Sorgunun bilinen tek anahtarı delay'dir; ötekiler yok sayılır. */
static void parse_query(struct request *request, struct text query, double max_delay)
{
    while (query.length > 0) {
        struct text pair = take_until(query, '&');
        query = skip(query, pair.length + (pair.length < query.length));
        if (!text_starts_with(pair, "delay="))
            continue;
        if (!delay_parse(skip(pair, strlen("delay=")), &request->delay) ||
            request->delay > max_delay)
            refuse(request, 400);
    }
}

/* "/posts/1?delay=2" ya da, vekil sunucuya yazıldığı gibi, "http://makine/posts/1". */
static void parse_target(struct request *request, struct text target, double max_delay)
{
    if (text_starts_with(target, "http://")) {
        target = skip(target, strlen("http://"));
        target = skip(target, take_until(target, '/').length);
    }
    if (!text_starts_with(target, "/") && !is_equal(target, "*"))
        request_break(request, 400);
    for (size_t i = 0; i < target.length; i++)
        if (target.bytes[i] <= ' ' || target.bytes[i] > '~')
            request_break(request, 400);
    struct text path = take_until(target, '?');
    parse_path(request, path);
    if (path.length < target.length)
        parse_query(request, skip(target, path.length + 1), max_delay);
}

static void parse_version(struct request *request, struct text version)
{
    bool well_formed = version.length == strlen("HTTP/1.1") && text_starts_with(version, "HTTP/") &&
                       is_digit(version.bytes[5]) && version.bytes[6] == '.' &&
                       is_digit(version.bytes[7]);
    request->old_version = is_equal(version, "HTTP/1.0");
    if (!well_formed)
        request_break(request, 400);
    else if (version.bytes[5] != '1')
        request_break(request, 505);
}

void request_begin(struct request *request, struct text line, double max_delay)
{
    *request = (struct request){.status = 200, .keep_alive = true};
    struct text method = {line.bytes, token_length(line)};
    struct text rest = skip(line, method.length);
    if (method.length == 0 || !text_starts_with(rest, " ")) {
        request_break(request, 400);
        return;
    }
    rest = skip(rest, 1);
    struct text target = take_until(rest, ' ');
    if (target.length == 0 || target.length == rest.length) {
        request_break(request, 400);
        return;
    }
    parse_version(request, skip(rest, target.length + 1));
    request->head_only = is_equal(method, "HEAD");
    if (!request->head_only && !is_equal(method, "GET"))
        refuse(request, 405);
    parse_target(request, target, max_delay);
}

/* --- alanlar --- */

/* text_strip'ten dar: alanın iki ucunda yalnız boşluk ve sekme atılır (RFC 9110 5.6.3). */
static struct text trim(struct text text)
{
    while (text.length > 0 && (*text.bytes == ' ' || *text.bytes == '\t'))
        text = skip(text, 1);
    while (text.length > 0 &&
           (text.bytes[text.length - 1] == ' ' || text.bytes[text.length - 1] == '\t'))
        text.length--;
    return text;
}

static void parse_length(struct request *request, struct text value)
{
    bool is_number = value.length > 0 && value.length <= 18;
    for (size_t i = 0; i < value.length; i++) {
        is_number = is_number && is_digit(value.bytes[i]);
        request->has_body |= value.bytes[i] != '0';
    }
    if (!is_number || request->has_length)
        request_break(request, 400);
    request->has_length = true;
}

/* "keep-alive, Upgrade" gibi virgüllü bir liste. */
static void parse_connection(struct request *request, struct text value)
{
    while (value.length > 0) {
        struct text item = take_until(value, ',');
        value = skip(value, item.length + (item.length < value.length));
        if (text_is_command(trim(item), "close"))
            request->keep_alive = false;
    }
}

static bool has_control(struct text value)
{
    for (size_t i = 0; i < value.length; i++) {
        unsigned char c = (unsigned char)value.bytes[i];
        if ((c < ' ' && c != '\t') || c == 0x7F)
            return true;
    }
    return false;
}

/* region: request-field */
/* Ad ile iki nokta arasında boşluk olamaz, satır boşlukla başlayamaz: arkadaki bir program başka
 * türlü anlarsa iki taraf isteğin nerede bittiğinde anlaşamaz (istek kaçakçılığı). */
void request_field(struct request *request, struct text line)
{
    struct text name = {line.bytes, token_length(line)};
    struct text rest = skip(line, name.length);
    if (++request->fields > REQUEST_FIELDS_MAX)
        request_break(request, 431);
    if (name.length == 0 || !text_starts_with(rest, ":")) {
        request_break(request, 400);
        return;
    }
    struct text value = trim(skip(rest, 1));
    if (has_control(value))
        request_break(request, 400);
    if (text_is_command(name, "host"))
        request->hosts++;
    else if (text_is_command(name, "content-length"))
        parse_length(request, value);
    else if (text_is_command(name, "transfer-encoding"))
        request->has_coding = true;
    else if (text_is_command(name, "connection"))
        parse_connection(request, value);
}
/* endregion */

void request_end(struct request *request)
{
    if (request->hosts > 1 || (request->hosts == 0 && !request->old_version))
        request_break(request, 400);
    if (request->has_coding && (request->has_length || request->old_version))
        request_break(request, 400);
    if (request->old_version || request->has_body || request->has_coding)
        request->keep_alive = false;
}
