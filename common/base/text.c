#include "base/text.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Baştaki karakterin kod noktasını ve boyunu verir; düzgün değilse ya da yarımsa 0 döner. */
static size_t decode(const char *bytes, size_t length, uint32_t *code_point)
{
    const unsigned char *at = (const unsigned char *)bytes;
    if (length == 0)
        return 0;
    if (at[0] < 0x80) {
        *code_point = at[0];
        return 1;
    }

    size_t size = at[0] >= 0xF0 ? 4 : at[0] >= 0xE0 ? 3 : 2;
    if (at[0] < 0xC2 || at[0] > 0xF4 || length < size)
        return 0;
    uint32_t value = at[0] & (0xFFU >> (size + 1));
    for (size_t i = 1; i < size; i++) {
        if ((at[i] & 0xC0) != 0x80)
            return 0;
        value = value << 6 | (at[i] & 0x3FU);
    }
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (value < smallest[size] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
        return 0;
    *code_point = value;
    return size;
}

/* Baştaki ASCII baytların sayısı, sekizin katı olarak: her metnin her baytına bakıldığı için burada
 * hız işe yarar, üst biti sıfır olan sekiz bayt tek karşılaştırmada geçilir. */
static size_t skip_ascii(const char *bytes, size_t length)
{
    const uint64_t high_bits = UINT64_C(0x8080808080808080);
    uint64_t word;
    size_t at = 0;
    while (length - at >= sizeof word) {
        memcpy(&word, bytes + at, sizeof word);
        if (word & high_bits)
            break;
        at += sizeof word;
    }
    return at;
}

bool text_is_utf8(const char *bytes, size_t length)
{
    uint32_t code_point;
    for (size_t at = skip_ascii(bytes, length); at < length;) {
        size_t size = decode(bytes + at, length - at, &code_point);
        if (size == 0)
            return false;
        at += size;
        at += skip_ascii(bytes + at, length - at);
    }
    return true;
}

static bool is_continuation(char byte)
{
    return ((unsigned char)byte & 0xC0) == 0x80;
}

size_t text_utf8_floor(const char *bytes, size_t length)
{
    size_t start = length;
    while (start > 0 && length - start < 3 && is_continuation(bytes[start - 1]))
        start--;
    if (start == 0)
        return length;
    unsigned char lead = (unsigned char)bytes[start - 1];
    size_t wanted = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 1;
    return length - (start - 1) < wanted ? start - 1 : length;
}

static bool is_space(uint32_t c)
{
    return (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x20) || c == 0x85 || c == 0xA0 ||
           c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 ||
           c == 0x202F || c == 0x205F || c == 0x3000;
}

/* Sondaki karakterin başladığı yer. */
static size_t last_start(const char *bytes, size_t length)
{
    size_t start = length - 1;
    while (start > 0 && is_continuation(bytes[start]))
        start--;
    return start;
}

struct text text_strip(const char *bytes, size_t length)
{
    uint32_t code_point;
    size_t size;
    while ((size = decode(bytes, length, &code_point)) > 0 && is_space(code_point)) {
        bytes += size;
        length -= size;
    }
    while (length > 0) {
        size_t start = last_start(bytes, length);
        if (decode(bytes + start, length - start, &code_point) == 0 || !is_space(code_point))
            break;
        length = start;
    }
    return (struct text){bytes, length};
}

static char ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool text_is_command(struct text text, const char *word)
{
    if (text.length != strlen(word))
        return false;
    for (size_t i = 0; i < text.length; i++)
        if (ascii_lower(text.bytes[i]) != word[i])
            return false;
    return true;
}

bool text_starts_with(struct text text, const char *prefix)
{
    size_t length = strlen(prefix);
    return text.length >= length && memcmp(text.bytes, prefix, length) == 0;
}

/* Bir karakterin ekrandaki yazımını `piece`e koyar, boyunu verir; `used` kaç bayt tükettiğidir. */
static size_t escape_one(char piece[5], const char *bytes, size_t length, size_t *used)
{
    uint32_t code_point = 0;
    *used = decode(bytes, length, &code_point);
    if (*used == 0)
        *used = 1; /* bozuk bayt */
    else if (code_point >= 0x20 && code_point != 0x7F &&
             !(code_point >= 0x80 && code_point < 0xA0)) {
        memcpy(piece, bytes, *used);
        return *used;
    }
    const char *name = *used > 1          ? NULL
                       : bytes[0] == '\n' ? "\\n"
                       : bytes[0] == '\r' ? "\\r"
                       : bytes[0] == '\t' ? "\\t"
                                          : NULL;
    if (name) {
        memcpy(piece, name, 2);
        return 2;
    }
    *used = 1;
    snprintf(piece, 5, "\\x%02x", (unsigned)(unsigned char)bytes[0]);
    return 4;
}

size_t text_escape(char *out, size_t size, const char *bytes, size_t length)
{
    size_t written = 0;
    for (size_t at = 0; at < length;) {
        char piece[5];
        size_t used;
        size_t wanted = escape_one(piece, bytes + at, length - at, &used);
        if (written + wanted >= size)
            break;
        memcpy(out + written, piece, wanted);
        written += wanted;
        at += used;
    }
    out[written] = '\0';
    return written;
}
