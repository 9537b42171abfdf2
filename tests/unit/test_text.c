/* base/text: UTF-8 denetimi, boşluk kırpma, komut eşleme, güvenle yazdırma. */
#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "check.h"

#define LAST_CODE_POINT 0x10FFFFU

/* İçinde NUL olabilen sabit metin: adresi ve boyu. */
#define LITERAL(text) (text), sizeof(text) - 1

/* İki yanı okunamayan tek bir sayfa: sınırın bir bayt dışına bakan kod SIGSEGV alır. */
static char *fenced_page(void)
{
    static char *page;
    size_t size = (size_t)sysconf(_SC_PAGESIZE);
    if (!page) {
        page = mmap(NULL, 3 * size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        CHECK_TRUE(page != MAP_FAILED);
        page += size;
        CHECK_INT_EQ(mprotect(page, size, PROT_READ | PROT_WRITE), 0);
    }
    return page;
}

/* Son baytın hemen ardında okunamayan sayfa başlar. */
static const char *before_fence(const char *bytes, size_t length)
{
    return memcpy(fenced_page() + sysconf(_SC_PAGESIZE) - length, bytes, length);
}

/* İlk baytın hemen önünde okunamayan sayfa biter. */
static const char *after_fence(const char *bytes, size_t length)
{
    return memcpy(fenced_page(), bytes, length);
}

static bool is_utf8(const char *bytes, size_t length)
{
    return text_is_utf8(before_fence(bytes, length), length);
}

/* Sınanan kodla hiçbir şeyi paylaşmayan, denetimsiz kodlayıcı. */
static size_t encode(uint32_t code_point, char out[4])
{
    static const unsigned char marks[] = {0, 0x00, 0xC0, 0xE0, 0xF0};
    size_t size = code_point < 0x80 ? 1 : code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
    for (size_t i = size - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (code_point & 0x3F));
        code_point >>= 6;
    }
    out[0] = (char)(marks[size] | code_point);
    return size;
}

static bool is_surrogate(uint32_t code_point)
{
    return code_point >= 0xD800 && code_point <= 0xDFFF;
}

/* Python'da str.isspace() olan bütün kod noktaları. */
static const uint32_t spaces[] = {
    0x09,   0x0A,   0x0B,   0x0C,   0x0D,   0x1C,   0x1D,   0x1E,   0x1F,   0x20,
    0x85,   0xA0,   0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006,
    0x2007, 0x2008, 0x2009, 0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000,
};
#define SPACE_COUNT (sizeof spaces / sizeof *spaces)

static bool is_listed_space(uint32_t code_point)
{
    for (size_t i = 0; i < SPACE_COUNT; i++)
        if (spaces[i] == code_point)
            return true;
    return false;
}

/* --- text_is_utf8 --- */

static void empty_text_is_utf8(void)
{
    CHECK_TRUE(is_utf8("", 0));
}

static void nul_inside_is_utf8(void)
{
    CHECK_TRUE(is_utf8(LITERAL("a\0b")));
}

static void mixed_sizes_are_utf8(void)
{
    CHECK_TRUE(is_utf8(LITERAL("a\u015f\u20ac\U0001F600 son")));
}

/* Metin her boyda ve bozuk bayt her yerde: sekizer sekizer bakan hızlı yol ne atlar ne taşar.
 * Bellek tam boyundadır; bir bayt ötesine bakan kodu ASan yakalar. */
static void bad_byte_is_found_at_every_position(void)
{
    for (size_t length = 1; length <= 40; length++) {
        char *bytes = malloc(length);
        CHECK_TRUE(bytes != NULL);
        memset(bytes, 'x', length);
        CHECK_TRUE(text_is_utf8(bytes, length));
        for (size_t at = 0; at < length; at++) {
            bytes[at] = (char)0x80;
            if (text_is_utf8(bytes, length))
                CHECK_INT_EQ(at, -1); /* hangi yerde olduğu görünsün */
            bytes[at] = 'x';
        }
        free(bytes);
    }
}

static void every_code_point_but_surrogates_is_utf8(void)
{
    char bytes[4];
    for (uint32_t c = 0; c <= LAST_CODE_POINT; c++) {
        size_t size = encode(c, bytes);
        if (text_is_utf8(bytes, size) == is_surrogate(c))
            CHECK_INT_EQ(c, -1); /* hangi kod noktası olduğu görünsün */
    }
}

static void beyond_the_last_code_point_is_not_utf8(void)
{
    CHECK_TRUE(is_utf8(LITERAL("\xF4\x8F\xBF\xBF")));
    CHECK_FALSE(is_utf8(LITERAL("\xF4\x90\x80\x80")));
    CHECK_FALSE(is_utf8(LITERAL("\xF5\x80\x80\x80")));
    CHECK_FALSE(is_utf8(LITERAL("\xF8\x88\x80\x80\x80")));
    CHECK_FALSE(is_utf8(LITERAL("\xFE")));
    CHECK_FALSE(is_utf8(LITERAL("\xFF")));
}

static void overlong_forms_are_not_utf8(void)
{
    CHECK_FALSE(is_utf8(LITERAL("\xC0\x80")));
    CHECK_FALSE(is_utf8(LITERAL("\xC1\xBF")));
    CHECK_FALSE(is_utf8(LITERAL("\xE0\x80\x80")));
    CHECK_FALSE(is_utf8(LITERAL("\xE0\x9F\xBF")));
    CHECK_FALSE(is_utf8(LITERAL("\xF0\x80\x80\x80")));
    CHECK_FALSE(is_utf8(LITERAL("\xF0\x8F\xBF\xBF")));
}

static void lone_continuation_byte_is_not_utf8(void)
{
    CHECK_FALSE(is_utf8(LITERAL("\x80")));
    CHECK_FALSE(is_utf8(LITERAL("\xBF")));
    CHECK_FALSE(is_utf8(LITERAL("a\x9F"
                                "b")));
}

static void wrong_byte_inside_a_character_is_not_utf8(void)
{
    static const char good[] = "\xF0\x9F\x98\x80";
    for (size_t i = 1; i < 4; i++)
        for (int wrong = 0; wrong < 256; wrong++) {
            char bytes[4];
            memcpy(bytes, good, 4);
            bytes[i] = (char)wrong;
            bool continues = wrong >= 0x80 && wrong <= 0xBF;
            bool overlong = i == 1 && wrong < 0x90;
            CHECK_INT_EQ(is_utf8(bytes, 4), continues && !overlong);
        }
}

static void half_a_character_at_the_end_is_not_utf8(void)
{
    static const uint32_t samples[] = {0x80,   0x15F,  0x7FF,   0x800,
                                       0x20AC, 0xFFFF, 0x10000, LAST_CODE_POINT};
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        char bytes[5] = "a";
        size_t size = encode(samples[i], bytes + 1);
        CHECK_TRUE(is_utf8(bytes, 1 + size));
        for (size_t cut = 1; cut < size; cut++)
            CHECK_FALSE(is_utf8(bytes, 1 + cut));
    }
}

/* --- text_utf8_floor --- */

/* Kesilen yer hep bir karakter sınırıdır ve `length`e en yakın olandır. */
static void floor_is_the_nearest_character_boundary(void)
{
    static const char sample[] = "a\u015fk\u20ac\U0001F600z";
    static const size_t boundaries[] = {0, 1, 3, 4, 7, 11, 12};
    for (size_t length = 0, next = 0; length < sizeof sample; length++) {
        if (next + 1 < sizeof boundaries / sizeof *boundaries && length == boundaries[next + 1])
            next++;
        CHECK_INT_EQ(text_utf8_floor(before_fence(sample, length), length), boundaries[next]);
        CHECK_INT_EQ(text_utf8_floor(after_fence(sample, length), length), boundaries[next]);
    }
}

static void floor_drops_a_lone_lead_byte(void)
{
    CHECK_INT_EQ(text_utf8_floor(after_fence("\xC5", 1), 1), 0);
    CHECK_INT_EQ(text_utf8_floor(after_fence("\xE2\x82", 2), 2), 0);
    CHECK_INT_EQ(text_utf8_floor(after_fence("\xF0\x9F\x98", 3), 3), 0);
}

static void floor_leaves_stray_continuation_bytes_alone(void)
{
    CHECK_INT_EQ(text_utf8_floor(after_fence("\x80", 1), 1), 1);
    CHECK_INT_EQ(text_utf8_floor(after_fence("\x80\x80\x80\x80", 4), 4), 4);
    CHECK_INT_EQ(text_utf8_floor(after_fence(LITERAL("\xF0\x9F\x98\x80\x80")), 5), 5);
}

/* --- text_strip --- */

static void check_strip(const char *bytes, size_t length, const char *expected,
                        size_t expected_length)
{
    const char *edges[] = {before_fence(bytes, length), NULL};
    for (int side = 0; side < 2; side++) {
        const char *placed = side == 0 ? edges[0] : after_fence(bytes, length);
        struct text kept = text_strip(placed, length);
        CHECK_BYTES_EQ(kept.bytes, kept.length, expected, expected_length);
        CHECK_TRUE(kept.bytes >= placed && kept.bytes + kept.length <= placed + length);
    }
}

static void strip_removes_every_unicode_space_at_both_ends(void)
{
    CHECK_INT_EQ(SPACE_COUNT, 29);
    for (size_t i = 0; i < SPACE_COUNT; i++) {
        char bytes[16];
        size_t size = encode(spaces[i], bytes);
        bytes[size] = 'x';
        memcpy(bytes + size + 1, bytes, size);
        check_strip(bytes, 2 * size + 1, "x", 1);
        check_strip(bytes, size, "", 0);
    }
}

static void strip_keeps_every_other_code_point(void)
{
    for (uint32_t c = 0; c <= LAST_CODE_POINT; c++) {
        if (is_surrogate(c) || is_listed_space(c))
            continue;
        char bytes[4];
        size_t size = encode(c, bytes);
        struct text kept = text_strip(bytes, size);
        if (kept.bytes != bytes || kept.length != size)
            CHECK_INT_EQ(c, -1);
    }
}

static void strip_removes_a_mixed_run_of_spaces(void)
{
    check_strip(LITERAL("\r\n\t \u00a0\u3000m\u2003\xC2\x85\u2028 \n"), "m", 1);
}

static void strip_keeps_spaces_inside(void)
{
    check_strip(LITERAL(" iki  s\u00f6z\u3000c\u00fck "), LITERAL("iki  s\u00f6z\u3000c\u00fck"));
}

static void strip_of_nothing_but_spaces_is_empty(void)
{
    check_strip(LITERAL(""), "", 0);
    check_strip(LITERAL(" \t\u2003\r\n"), "", 0);
}

static void strip_keeps_nul_bytes(void)
{
    check_strip(LITERAL("\0 a \0"), LITERAL("\0 a \0"));
}

/* Bozuk metin sözleşmeye aykırıdır; yine de dışına taşılmaz. */
static void strip_of_broken_text_stays_inside(void)
{
    check_strip(LITERAL("\x80\x80"), LITERAL("\x80\x80"));
    check_strip(LITERAL("\xC5"), LITERAL("\xC5"));
}

/* --- text_is_command --- */

static bool is_command(const char *bytes, size_t length, const char *word)
{
    return text_is_command((struct text){before_fence(bytes, length), length}, word);
}

static void command_matches_in_any_ascii_case(void)
{
    CHECK_TRUE(is_command(LITERAL("quit"), "quit"));
    CHECK_TRUE(is_command(LITERAL("QUIT"), "quit"));
    CHECK_TRUE(is_command(LITERAL("qUiT"), "quit"));
    CHECK_TRUE(is_command(LITERAL("AZ:"), "az:"));
}

static void turkish_i_does_not_match_a_command(void)
{
    CHECK_FALSE(is_command(LITERAL("QU\u0130T"), "quit"));
    CHECK_FALSE(is_command(LITERAL("qu\u0131t"), "quit"));
}

static void kelvin_sign_does_not_match_k(void)
{
    CHECK_FALSE(is_command(LITERAL("\u212aapat"), "kapat"));
}

static void only_letters_are_folded(void)
{
    CHECK_FALSE(is_command(LITERAL("@"), "`"));
    CHECK_FALSE(is_command(LITERAL("["), "{"));
    CHECK_TRUE(is_command(LITERAL("@["), "@["));
}

static void shorter_or_longer_text_is_not_the_command(void)
{
    CHECK_FALSE(is_command(LITERAL("qui"), "quit"));
    CHECK_FALSE(is_command(LITERAL("quit "), "quit"));
    CHECK_FALSE(is_command(LITERAL("quit\0"), "quit"));
    CHECK_FALSE(is_command(LITERAL(""), "quit"));
}

/* --- text_escape --- */

static void prefix_is_found_only_at_the_start(void)
{
    CHECK_TRUE(text_starts_with((struct text){"Echo: a", 7}, "Echo: "));
    CHECK_TRUE(text_starts_with((struct text){"Echo: ", 6}, "Echo: "));
    CHECK_FALSE(text_starts_with((struct text){"Echo:", 5}, "Echo: "));
    CHECK_FALSE(text_starts_with((struct text){" Echo: ", 7}, "Echo: "));
}

static void check_escape(const char *bytes, size_t length, const char *expected)
{
    char out[128];
    size_t written = text_escape(out, sizeof out, before_fence(bytes, length), length);
    CHECK_BYTES_EQ(out, written, expected, strlen(expected));
    CHECK_INT_EQ(out[written], '\0');
}

static void escape_keeps_printable_text(void)
{
    check_escape(LITERAL("T\u00fcrk\u00e7e \u015f \u20ac \U0001F600 ~!"),
                 "T\u00fcrk\u00e7e \u015f \u20ac \U0001F600 ~!");
}

static void escape_names_newline_return_and_tab(void)
{
    check_escape(LITERAL("a\r\n\tb"), "a\\r\\n\\tb");
}

static void escape_writes_control_characters_in_hex(void)
{
    check_escape(LITERAL("\x1b[31m\0\x07\x1f\x7f"), "\\x1b[31m\\x00\\x07\\x1f\\x7f");
}

static void escape_writes_c1_controls_in_hex(void)
{
    check_escape(LITERAL("\xC2\x80\xC2\x9F\u00a0"), "\\xc2\\x80\\xc2\\x9f\u00a0");
}

static void escape_writes_broken_bytes_in_hex(void)
{
    check_escape(LITERAL("\xFF"
                         "a\xC5"),
                 "\\xffa\\xc5");
    check_escape(LITERAL("\xED\xA0\x80"), "\\xed\\xa0\\x80");
}

/* Her boyda: çıktı, tam çıktının bir parça sınırında biten en uzun başıdır; gerisine dokunulmaz. */
static void escape_is_cut_only_between_pieces(void)
{
    static const char sample[] = "a\n\u015f\xFF\U0001F600z";
    static const char full[] = "a\\n\u015f\\xff\U0001F600z";
    static const size_t boundaries[] = {0, 1, 3, 5, 9, 13, 14};
    for (size_t size = 1, next = 0; size <= sizeof full; size++) {
        if (next + 1 < sizeof boundaries / sizeof *boundaries && size > boundaries[next + 1])
            next++;
        char out[32];
        memset(out, '#', sizeof out);
        size_t written = text_escape(out, size, sample, sizeof sample - 1);
        CHECK_BYTES_EQ(out, written, full, boundaries[next]);
        CHECK_INT_EQ(out[written], '\0');
        for (size_t i = size; i < sizeof out; i++)
            CHECK_INT_EQ(out[i], '#');
    }
}

static const struct check_test tests[] = {
    {RUN(empty_text_is_utf8)},
    {RUN(nul_inside_is_utf8)},
    {RUN(mixed_sizes_are_utf8)},
    {RUN(bad_byte_is_found_at_every_position)},
    {RUN(every_code_point_but_surrogates_is_utf8)},
    {RUN(beyond_the_last_code_point_is_not_utf8)},
    {RUN(overlong_forms_are_not_utf8)},
    {RUN(lone_continuation_byte_is_not_utf8)},
    {RUN(wrong_byte_inside_a_character_is_not_utf8)},
    {RUN(half_a_character_at_the_end_is_not_utf8)},
    {RUN(floor_is_the_nearest_character_boundary)},
    {RUN(floor_drops_a_lone_lead_byte)},
    {RUN(floor_leaves_stray_continuation_bytes_alone)},
    {RUN(strip_removes_every_unicode_space_at_both_ends)},
    {RUN(strip_keeps_every_other_code_point)},
    {RUN(strip_removes_a_mixed_run_of_spaces)},
    {RUN(strip_keeps_spaces_inside)},
    {RUN(strip_of_nothing_but_spaces_is_empty)},
    {RUN(strip_keeps_nul_bytes)},
    {RUN(strip_of_broken_text_stays_inside)},
    {RUN(command_matches_in_any_ascii_case)},
    {RUN(turkish_i_does_not_match_a_command)},
    {RUN(kelvin_sign_does_not_match_k)},
    {RUN(only_letters_are_folded)},
    {RUN(shorter_or_longer_text_is_not_the_command)},
    {RUN(prefix_is_found_only_at_the_start)},
    {RUN(escape_keeps_printable_text)},
    {RUN(escape_names_newline_return_and_tab)},
    {RUN(escape_writes_control_characters_in_hex)},
    {RUN(escape_writes_c1_controls_in_hex)},
    {RUN(escape_writes_broken_bytes_in_hex)},
    {RUN(escape_is_cut_only_between_pieces)},
};

int main(void)
{
    return CHECK_RUN(tests);
}
