#include "request.h"

#include <string.h>

static const char *const methods[] = {"GET ",     "HEAD ",  "POST ",    "PUT ",  "DELETE ",
                                      "OPTIONS ", "PATCH ", "CONNECT ", "TRACE "};

/* Bilinen bir yöntemle başlıyor mu, ya da gerisi gelirse başlayabilir mi? */
static bool may_be_http(const char *bytes, size_t length)
{
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        size_t size = strlen(methods[i]);
        if (memcmp(bytes, methods[i], length < size ? length : size) == 0)
            return true;
    }
    return false;
}

bool request_is_http(const char *bytes, size_t length)
{
    const char *newline = memchr(bytes, '\n', length);
    if (!newline || !may_be_http(bytes, length))
        return false;
    return memmem(bytes, (size_t)(newline - bytes), " HTTP/1.", strlen(" HTTP/1.")) != NULL;
}

/* Başlık boş satırla biter; satır sonu \r\n olmalıdır, ama yalnız \n gönderen de anlaşılır. */
static bool has_blank_line(const char *bytes, size_t length)
{
    return memmem(bytes, length, "\r\n\r\n", 4) || memmem(bytes, length, "\n\n", 2);
}

enum request_kind request_classify(const char *bytes, size_t length)
{
    if (!may_be_http(bytes, length))
        return REQUEST_PLAIN;
    bool too_large = length >= REQUEST_MAX;
    if (!memchr(bytes, '\n', length))
        return too_large ? REQUEST_PLAIN : REQUEST_PARTIAL;
    if (!request_is_http(bytes, length))
        return REQUEST_PLAIN;
    if (has_blank_line(bytes, length))
        return strncmp(bytes, "HEAD ", 5) == 0 ? REQUEST_HTTP_HEAD : REQUEST_HTTP;
    return too_large ? REQUEST_TOO_LARGE : REQUEST_PARTIAL;
}
