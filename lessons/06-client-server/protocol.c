#include "protocol.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

#define DELAY_LIMIT 5.0
#define DECIMAL_LIMIT 8 /* bekle'nin sayısı, karakter */
#define INTEGER_LIMIT 18 /* topla'nın sayıları, basamak: iki tanesinin toplamı 64 bite hep sığar */

static void say(struct reply *reply, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void say(struct reply *reply, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    reply->length = (size_t)vsnprintf(reply->text, sizeof reply->text, format, arguments);
    va_end(arguments);
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

/* Baştaki sözcüğü ayırır; kalanı, öndeki boşlukları atılmış olarak `*rest`e koyar. */
static struct text first_word(struct text line, struct text *rest)
{
    size_t length = 0;
    while (length < line.length && !is_blank(line.bytes[length]))
        length++;
    *rest = text_strip(line.bytes + length, line.length - length);
    return (struct text){line.bytes, length};
}

static bool is_digits(const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (bytes[i] < '0' || bytes[i] > '9')
            return false;
    return length > 0;
}

static bool parse_integer(struct text word, long long *value)
{
    char digits[INTEGER_LIMIT + 2] = "";
    size_t sign = word.length > 0 && word.bytes[0] == '-';
    if (word.length > INTEGER_LIMIT + sign || !is_digits(word.bytes + sign, word.length - sign))
        return false;
    memcpy(digits, word.bytes, word.length);
    *value = strtoll(digits, NULL, 10);
    return true;
}

/* Yalnız rakam ve en çok bir nokta; "1e3" ya da "nan" sayı sayılmaz. */
static bool parse_decimal(struct text word, double *value)
{
    char digits[DECIMAL_LIMIT + 1] = "";
    const char *dot = word.length > 0 ? memchr(word.bytes, '.', word.length) : NULL;
    size_t whole = dot ? (size_t)(dot - word.bytes) : word.length;
    if (word.length > DECIMAL_LIMIT || !is_digits(word.bytes, whole) ||
        (dot && !is_digits(dot + 1, word.length - whole - 1)))
        return false;
    memcpy(digits, word.bytes, word.length);
    *value = strtod(digits, NULL);
    return true;
}

static void answer_time(struct session *session, struct text argument, struct reply *reply)
{
    char now[DATETIME_SIZE];
    (void)session;
    (void)argument;
    say(reply, "Sunucu zamanı: %s\n", datetime_now(now));
}

/* region: stateless */
static void answer_add(struct session *session, struct text argument, struct reply *reply)
{
    struct text second;
    struct text first = first_word(argument, &second);
    long long a, b;
    (void)session;
    if (parse_integer(first, &a) && parse_integer(second, &b))
        say(reply, "Sonuç: %lld\n", a + b);
    else
        say(reply, "Hata: topla iki tam sayı ister (örnek: topla 3 4)\n");
}
/* endregion */

/* region: session */
static void answer_count(struct session *session, struct text argument, struct reply *reply)
{
    (void)argument;
    session->counted++;
    say(reply, "Sayaç: %ld\n", session->counted);
}
/* endregion */

static void answer_name(struct session *session, struct text argument, struct reply *reply)
{
    if (argument.length == 0 || argument.length > NAME_LIMIT) {
        say(reply, "Hata: ad 1 ile %d bayt arasında olmalı (örnek: ad Ayşe)\n", NAME_LIMIT);
        return;
    }
    memcpy(session->name, argument.bytes, argument.length);
    session->name_length = argument.length;
    say(reply, "Adınız kaydedildi\n");
}

static void answer_who(struct session *session, struct text argument, struct reply *reply)
{
    (void)argument;
    if (session->name_length == 0) {
        say(reply, "Hata: adınızı söylemediniz (önce: ad X)\n");
        return;
    }
    /* Adın içinde NUL olabilir: %s ile değil, boyuyla kopyalanır. */
    say(reply, "Adınız: ");
    memcpy(reply->text + reply->length, session->name, session->name_length);
    reply->length += session->name_length;
    reply->text[reply->length++] = '\n';
}

static void answer_total(struct session *session, struct text argument, struct reply *reply)
{
    (void)argument;
    say(reply, "Toplam istek: %ld\n", atomic_load(session->total));
}

static void answer_worker(struct session *session, struct text argument, struct reply *reply)
{
    (void)session;
    (void)argument;
    say(reply, "İşçi: süreç %d, iş parçacığı %d\n", (int)getpid(), (int)gettid());
}

static void answer_delay(struct session *session, struct text argument, struct reply *reply)
{
    (void)session;
    if (parse_decimal(argument, &reply->delay) && reply->delay <= DELAY_LIMIT) {
        say(reply, "Beklendi: %.*s saniye\n", (int)argument.length, argument.bytes);
        return;
    }
    reply->delay = 0;
    say(reply, "Hata: bekle 0 ile %g arasında saniye ister (örnek: bekle 0.5)\n", DELAY_LIMIT);
}

static void answer_quit(struct session *session, struct text argument, struct reply *reply)
{
    (void)session;
    (void)argument;
    reply->leaving = true;
    say(reply, GOODBYE);
}

/* region: requests */
static const struct request {
    const char *word;
    bool takes_argument;
    void (*answer)(struct session *session, struct text argument, struct reply *reply);
} requests[] = {
    {"saat", false, answer_time},   {"topla", true, answer_add},   {"say", false, answer_count},
    {"ad", true, answer_name},      {"kim", false, answer_who},    {"toplam", false, answer_total},
    {"işçi", false, answer_worker}, {"bekle", true, answer_delay}, {"quit", false, answer_quit},
};
/* endregion */

void protocol_answer(struct session *session, struct text line, struct reply *reply)
{
    struct text argument;
    struct text word = first_word(text_strip(line.bytes, line.length), &argument);
    *reply = (struct reply){.length = 0};
    atomic_fetch_add(session->total, 1);
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        const struct request *request = &requests[i];
        if (text_is_command(word, request->word) &&
            (request->takes_argument || argument.length == 0)) {
            request->answer(session, argument, reply);
            return;
        }
    }
    say(reply, "Hata: bilinmeyen istek; bilinenler: saat, topla A B, say, ad X, kim, toplam, işçi, "
               "bekle S, quit\n");
}
