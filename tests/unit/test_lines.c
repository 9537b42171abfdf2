/* net/lines: satır çerçeveleme, sınır, bellek. */
#include "net/lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "stubs.h"

#define SMALL_LIMIT 10

/* Gelen satırların dökümü: her satır "[...]", uzun satır "!", akışın satır sonsuz kalanı
 * "(...)". */
struct transcript {
    char text[4096];
    size_t used;
};

static void note(struct transcript *transcript, char open, struct text line, char closing)
{
    CHECK_BETWEEN(transcript->used + line.length + 3, 0, sizeof transcript->text);
    transcript->text[transcript->used++] = open;
    memcpy(transcript->text + transcript->used, line.bytes, line.length);
    transcript->used += line.length;
    transcript->text[transcript->used++] = closing;
    transcript->text[transcript->used] = '\0';
}

/* Hazır satırların hepsini alır. Satır sınırı aşılmışsa false. */
static bool take_lines(struct lines *lines, struct transcript *transcript)
{
    struct text line;
    int outcome;
    while ((outcome = lines_next(lines, &line)) > 0)
        note(transcript, '[', line, ']');
    if (outcome == 0)
        return true;
    CHECK_INT_EQ(outcome, -EMSGSIZE);
    note(transcript, '!', (struct text){"", 0}, '!');
    return false;
}

/* Bir recv'in yapacağı gibi: yer istenir, sığan kadarı konur, satırlar alınır. */
static bool feed(struct lines *lines, struct transcript *transcript, const char *bytes,
                 size_t length)
{
    while (length > 0) {
        char *room;
        size_t size = lines_room(lines, &room);
        CHECK_TRUE(size > 0);
        if (size > length)
            size = length;
        memcpy(room, bytes, size);
        lines_added(lines, size);
        CHECK_BETWEEN(lines->capacity, 0, lines->limit + 2);
        if (!take_lines(lines, transcript))
            return false;
        bytes += size;
        length -= size;
    }
    return true;
}

static void take_last(struct lines *lines, struct transcript *transcript)
{
    struct text line;
    int outcome = lines_last(lines, &line);
    if (outcome > 0)
        note(transcript, '(', line, ')');
    else
        CHECK_INT_EQ(outcome, 0);
}

/* Baytları her seferinde en çok `step` bayt vererek çerçeveler. */
static void check_lines_in_steps(size_t limit, const char *bytes, size_t length, size_t step,
                                 const char *expected)
{
    struct lines lines;
    struct transcript transcript = {.used = 0};
    lines_init(&lines, limit);
    bool within_limit = true;
    for (size_t at = 0; at < length && within_limit; at += step)
        within_limit = feed(&lines, &transcript, bytes + at,
                            length - at < step ? length - at : step);
    if (within_limit)
        take_last(&lines, &transcript);
    lines_free(&lines);
    CHECK_BYTES_EQ(transcript.text, transcript.used, expected, strlen(expected));
}

static void check_lines(size_t limit, const char *bytes, const char *expected)
{
    for (size_t step = 1; step <= strlen(bytes); step++)
        check_lines_in_steps(limit, bytes, strlen(bytes), step, expected);
}

static void newline_ends_a_line(void)
{
    check_lines(SMALL_LIMIT, "bir\niki\n", "[bir][iki]");
}

static void return_before_the_newline_is_dropped(void)
{
    check_lines(SMALL_LIMIT, "bir\r\niki\r\n", "[bir][iki]");
}

static void only_the_last_return_is_dropped(void)
{
    check_lines(SMALL_LIMIT, "a\r\r\n\rb\rc\n", "[a\r][\rb\rc]");
}

static void empty_lines_are_lines(void)
{
    check_lines(SMALL_LIMIT, "\n\r\n\na\n", "[][][][a]");
}

static void rest_without_newline_is_the_last_line(void)
{
    check_lines(SMALL_LIMIT, "bir\nson", "[bir](son)");
    check_lines(SMALL_LIMIT, "bir\nson\r", "[bir](son)");
    check_lines(SMALL_LIMIT, "\r", "()");
}

static void nothing_remains_after_a_newline(void)
{
    check_lines(SMALL_LIMIT, "bir\n", "[bir]");
}

static void nul_is_an_ordinary_byte(void)
{
    static const char bytes[] = "a\0b\n\0";
    struct lines lines;
    struct transcript transcript = {.used = 0};
    lines_init(&lines, SMALL_LIMIT);
    CHECK_TRUE(feed(&lines, &transcript, bytes, sizeof bytes - 1));
    take_last(&lines, &transcript);
    lines_free(&lines);
    CHECK_BYTES_EQ(transcript.text, transcript.used, "[a\0b](\0)", 8);
}

/* Üç parçaya her bölünüşte satırlar aynıdır. */
static void every_split_gives_the_same_lines(void)
{
    static const char sample[] = "ab\r\nşğ\n\n\r\nuzun bir satır\nson";
    static const char expected[] = "[ab][şğ][][][uzun bir satır](son)";
    size_t length = strlen(sample);
    for (size_t first = 0; first <= length; first++)
        for (size_t second = first; second <= length; second++) {
            struct lines lines;
            struct transcript transcript = {.used = 0};
            lines_init(&lines, 20);
            CHECK_TRUE(feed(&lines, &transcript, sample, first));
            CHECK_TRUE(feed(&lines, &transcript, sample + first, second - first));
            CHECK_TRUE(feed(&lines, &transcript, sample + second, length - second));
            take_last(&lines, &transcript);
            lines_free(&lines);
            CHECK_BYTES_EQ(transcript.text, transcript.used, expected, strlen(expected));
        }
}

static void line_of_exactly_the_limit_is_accepted(void)
{
    check_lines(SMALL_LIMIT, "0123456789\n", "[0123456789]");
    check_lines(SMALL_LIMIT, "0123456789\r\n", "[0123456789]");
    check_lines(SMALL_LIMIT, "0123456789\r\n0123456789\n", "[0123456789][0123456789]");
    check_lines(SMALL_LIMIT, "0123456789", "(0123456789)");
    check_lines(SMALL_LIMIT, "0123456789\r", "(0123456789)");
}

static void line_one_byte_over_the_limit_is_refused(void)
{
    check_lines(SMALL_LIMIT, "0123456789x\n", "!!");
    check_lines(SMALL_LIMIT, "0123456789x\r\n", "!!");
    check_lines(SMALL_LIMIT, "0123456789\r\r\n", "!!");
}

/* Satır sonu hiç gelmese de sınır aşılır aşılmaz söylenir: beklemek belleği büyütürdü. */
static void endless_line_is_refused_at_the_limit(void)
{
    check_lines(SMALL_LIMIT, "0123456789x", "!!");
    check_lines(SMALL_LIMIT, "0123456789\rx", "!!");
}

static void lines_before_an_endless_one_are_given_first(void)
{
    check_lines(SMALL_LIMIT, "bir\niki\n0123456789x", "[bir][iki]!!");
}

static void last_line_over_the_limit_is_refused(void)
{
    struct lines lines;
    struct text line;
    char *room;
    lines_init(&lines, SMALL_LIMIT);
    CHECK_INT_EQ(lines_room(&lines, &room), SMALL_LIMIT + 2);
    memcpy(room, "0123456789x", 11);
    lines_added(&lines, 11);
    CHECK_INT_EQ(lines_last(&lines, &line), -EMSGSIZE);
    lines_free(&lines);
}

static void hundreds_of_lines_may_come_in_one_chunk(void)
{
    enum { COUNT = 500 };
    struct lines lines;
    struct text line;
    char *room;
    lines_init(&lines, LINES_LIMIT);
    CHECK_BETWEEN(lines_room(&lines, &room), 2 * COUNT, LINES_LIMIT);
    for (int i = 0; i < COUNT; i++)
        memcpy(room + (size_t)(2 * i), (char[]){(char)('a' + i % 26), '\n'}, 2);
    lines_added(&lines, 2 * COUNT);
    for (int i = 0; i < COUNT; i++) {
        CHECK_INT_EQ(lines_next(&lines, &line), 1);
        CHECK_BYTES_EQ(line.bytes, line.length, (char[]){(char)('a' + i % 26)}, 1);
    }
    CHECK_INT_EQ(lines_next(&lines, &line), 0);
    lines_free(&lines);
}

/* İkili veri satırların arasından alınabilir; kalan baytlar yine satırlara bölünür. */
static void bytes_may_be_taken_between_lines(void)
{
    struct lines lines;
    struct text line;
    char bytes[8];
    char *room;
    lines_init(&lines, SMALL_LIMIT);
    CHECK_INT_EQ(lines_take_bytes(&lines, bytes, sizeof bytes), 0);
    CHECK_TRUE(lines_room(&lines, &room) >= 10);
    memcpy(room, "ab\n\0cdef\ng", 10);
    lines_added(&lines, 10);
    CHECK_INT_EQ(lines_next(&lines, &line), 1);
    CHECK_INT_EQ(lines_take_bytes(&lines, bytes, 3), 3);
    CHECK_BYTES_EQ(bytes, 3, "\0cd", 3);
    CHECK_INT_EQ(lines_next(&lines, &line), 1);
    CHECK_BYTES_EQ(line.bytes, line.length, "ef", 2);
    CHECK_INT_EQ(lines_next(&lines, &line), 0);
    CHECK_INT_EQ(lines_take_bytes(&lines, bytes, sizeof bytes), 1);
    CHECK_INT_EQ(bytes[0], 'g');
    CHECK_TRUE(lines_empty(&lines));
    CHECK_INT_EQ(lines_next(&lines, &line), 0);
    lines_free(&lines);
}

static void feed_letters(struct lines *lines, struct transcript *transcript, size_t count,
                         bool expected)
{
    bool within_limit = true;
    for (size_t i = 0; i < count && within_limit; i++)
        within_limit = feed(lines, transcript, "a", 1);
    CHECK_INT_EQ(within_limit, expected);
}

static void documented_limit_holds_byte_by_byte(void)
{
    struct lines lines;
    struct text line;
    struct transcript transcript = {.used = 0};
    lines_init(&lines, LINES_LIMIT);
    feed_letters(&lines, &transcript, LINES_LIMIT, true);
    CHECK_INT_EQ(lines_last(&lines, &line), 1);
    CHECK_INT_EQ(line.length, LINES_LIMIT);
    feed_letters(&lines, &transcript, LINES_LIMIT + 1, false);
    CHECK_BETWEEN(lines.capacity, LINES_LIMIT, LINES_LIMIT + 2);
    lines_free(&lines);
}

/* 1 KiB'den 64 KiB'ye ikiye katlanarak: kopyalanan toplam bayt, satırın boyuyla orantılı kalır. */
static void buffer_grows_in_a_few_steps(void)
{
    struct lines lines;
    struct transcript transcript = {.used = 0};
    lines_init(&lines, LINES_LIMIT);
    int before = stub_realloc_count();
    feed_letters(&lines, &transcript, LINES_LIMIT, true);
    CHECK_BETWEEN(stub_realloc_count() - before, 1, 8);
    lines_free(&lines);
}

/* Kısa satırlar tamponu büyütmez: bellek, gelen toplam bayta değil en uzun satıra bağlıdır. */
static void short_lines_do_not_grow_the_buffer(void)
{
    struct lines lines;
    struct transcript transcript = {.used = 0};
    lines_init(&lines, LINES_LIMIT);
    CHECK_TRUE(feed(&lines, &transcript, "a\n", 2));
    size_t first_capacity = lines.capacity;
    for (int i = 0; i < 20000; i++) {
        transcript.used = 0;
        CHECK_TRUE(feed(&lines, &transcript, "0123456789\n012", 14));
        CHECK_TRUE(feed(&lines, &transcript, "3456789\n", 8));
    }
    CHECK_INT_EQ(lines.capacity, first_capacity);
    lines_free(&lines);
}

/* Yoksa parça parça gelen uzun bir satırın maliyeti karesel olurdu. */
static void scanned_bytes_are_not_scanned_again(void)
{
    struct lines lines;
    struct transcript transcript = {.used = 0};
    lines_init(&lines, LINES_LIMIT);
    for (int i = 0; i < 3000; i++) {
        CHECK_INT_EQ(lines.scanned, lines.end);
        CHECK_TRUE(feed(&lines, &transcript, "a", 1));
    }
    lines_free(&lines);
}

static void line_stays_valid_until_room_is_asked_for(void)
{
    struct lines lines;
    struct text first;
    struct text second;
    char *room;
    lines_init(&lines, SMALL_LIMIT);
    lines_room(&lines, &room);
    memcpy(room, "bir\niki\n", 8);
    lines_added(&lines, 8);
    CHECK_INT_EQ(lines_next(&lines, &first), 1);
    CHECK_INT_EQ(lines_next(&lines, &second), 1);
    CHECK_BYTES_EQ(first.bytes, first.length, "bir", 3);
    CHECK_BYTES_EQ(second.bytes, second.length, "iki", 3);
    lines_free(&lines);
}

static void fresh_framer_has_no_lines(void)
{
    struct lines lines;
    struct text line;
    lines_init(&lines, SMALL_LIMIT);
    CHECK_INT_EQ(lines_next(&lines, &line), 0);
    CHECK_INT_EQ(lines_last(&lines, &line), 0);
    lines_free(&lines);
}

static void framer_is_empty_when_every_byte_is_given(void)
{
    struct lines lines;
    struct text line;
    char *room;
    lines_init(&lines, LINES_LIMIT);
    CHECK_TRUE(lines_empty(&lines));
    lines_room(&lines, &room);
    memcpy(room, "a\nb", 3);
    lines_added(&lines, 3);
    CHECK_INT_EQ(lines_next(&lines, &line), 1);
    CHECK_FALSE(lines_empty(&lines));
    CHECK_INT_EQ(lines_last(&lines, &line), 1);
    CHECK_TRUE(lines_empty(&lines));
    lines_free(&lines);
}

static void freed_framer_may_be_used_again(void)
{
    struct lines lines;
    struct transcript transcript = {.used = 0};
    lines_init(&lines, SMALL_LIMIT);
    CHECK_TRUE(feed(&lines, &transcript, "yarım", strlen("yarım")));
    lines_free(&lines);
    CHECK_INT_EQ(lines.limit, SMALL_LIMIT);
    CHECK_TRUE(feed(&lines, &transcript, "yeni\n", 5));
    lines_free(&lines);
    CHECK_TEXT_EQ(transcript.text, "[yeni]");
}

static void no_memory_at_first_means_no_room(void)
{
    struct lines lines;
    char *room;
    lines_init(&lines, SMALL_LIMIT);
    stub_fill_memory(true);
    size_t size = lines_room(&lines, &room);
    stub_fill_memory(false);
    CHECK_INT_EQ(size, 0);
    lines_free(&lines);
}

/* Büyüyemeyen tampon elindekini yitirmez: bellek bulununca satır kaldığı yerden sürer. */
static void no_memory_to_grow_loses_nothing(void)
{
    static char block[8192];
    struct lines lines;
    struct text line;
    char *room;
    memset(block, 'a', sizeof block);
    lines_init(&lines, LINES_LIMIT);
    size_t size = lines_room(&lines, &room);
    CHECK_BETWEEN(size, 1, sizeof block);
    memcpy(room, block, size);
    lines_added(&lines, size);
    CHECK_INT_EQ(lines_next(&lines, &line), 0);

    stub_fill_memory(true);
    size_t none = lines_room(&lines, &room);
    stub_fill_memory(false);
    CHECK_INT_EQ(none, 0);
    CHECK_BETWEEN(lines_room(&lines, &room), 1, LINES_LIMIT);
    room[0] = '\n';
    lines_added(&lines, 1);
    CHECK_INT_EQ(lines_next(&lines, &line), 1);
    CHECK_BYTES_EQ(line.bytes, line.length, block, size);
    lines_free(&lines);
}

static void lent_buffer_serves_the_next_one(void)
{
    struct lines waiting, working, spare;
    char *room, *again;
    lines_init(&waiting, SMALL_LIMIT);
    lines_init(&working, SMALL_LIMIT);
    lines_init(&spare, 0);
    CHECK_TRUE(lines_room(&waiting, &room) > 0);
    lines_lend(&waiting, &spare);
    CHECK_TRUE(waiting.bytes == NULL);
    int before = stub_realloc_count();
    lines_borrow(&working, &spare);
    CHECK_TRUE(lines_room(&working, &again) > 0);
    CHECK_TRUE(again == room);
    CHECK_INT_EQ(stub_realloc_count(), before);
    CHECK_TRUE(spare.bytes == NULL);
    lines_free(&working);
}

/* Yedek bir tanedir; fazlası geri verilir (sızarsa ASan söyler). */
static void one_spare_is_kept(void)
{
    struct lines first, second, spare;
    char *room;
    lines_init(&first, SMALL_LIMIT);
    lines_init(&second, SMALL_LIMIT);
    lines_init(&spare, 0);
    CHECK_TRUE(lines_room(&first, &room) > 0);
    char *kept = room;
    CHECK_TRUE(lines_room(&second, &room) > 0);
    lines_lend(&first, &spare);
    lines_lend(&second, &spare);
    CHECK_TRUE(second.bytes == NULL);
    CHECK_TRUE(spare.bytes == kept);
    lines_free(&spare);
}

static void framer_with_a_buffer_borrows_nothing(void)
{
    struct lines waiting, working, spare;
    struct transcript transcript = {.used = 0};
    char *room;
    lines_init(&waiting, SMALL_LIMIT);
    lines_init(&working, SMALL_LIMIT);
    lines_init(&spare, 0);
    CHECK_TRUE(lines_room(&waiting, &room) > 0);
    lines_lend(&waiting, &spare);
    CHECK_TRUE(feed(&working, &transcript, "yar", 3));
    lines_borrow(&working, &spare);
    CHECK_TRUE(spare.bytes == room);
    CHECK_TRUE(feed(&working, &transcript, "ım\n", strlen("ım\n")));
    CHECK_TEXT_EQ(transcript.text, "[yarım]");
    lines_free(&working);
    lines_free(&spare);
}

static const struct check_test tests[] = {
    {RUN(newline_ends_a_line)},
    {RUN(return_before_the_newline_is_dropped)},
    {RUN(only_the_last_return_is_dropped)},
    {RUN(empty_lines_are_lines)},
    {RUN(rest_without_newline_is_the_last_line)},
    {RUN(nothing_remains_after_a_newline)},
    {RUN(nul_is_an_ordinary_byte)},
    {RUN(every_split_gives_the_same_lines)},
    {RUN(line_of_exactly_the_limit_is_accepted)},
    {RUN(line_one_byte_over_the_limit_is_refused)},
    {RUN(endless_line_is_refused_at_the_limit)},
    {RUN(lines_before_an_endless_one_are_given_first)},
    {RUN(last_line_over_the_limit_is_refused)},
    {RUN(hundreds_of_lines_may_come_in_one_chunk)},
    {RUN(bytes_may_be_taken_between_lines)},
    {RUN(documented_limit_holds_byte_by_byte)},
    {RUN(buffer_grows_in_a_few_steps)},
    {RUN(short_lines_do_not_grow_the_buffer)},
    {RUN(scanned_bytes_are_not_scanned_again)},
    {RUN(line_stays_valid_until_room_is_asked_for)},
    {RUN(fresh_framer_has_no_lines)},
    {RUN(framer_is_empty_when_every_byte_is_given)},
    {RUN(freed_framer_may_be_used_again)},
    {RUN(no_memory_at_first_means_no_room)},
    {RUN(no_memory_to_grow_loses_nothing)},
    {RUN(lent_buffer_serves_the_next_one)},
    {RUN(one_spare_is_kept)},
    {RUN(framer_with_a_buffer_borrows_nothing)},
};

int main(void)
{
    return CHECK_RUN(tests);
}
