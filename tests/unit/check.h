/* Birim testlerinin bütün düzeneği: denetimler ve testleri sırayla koşturan tablo.
 *
 *     static void empty_text_is_utf8(void)
 *     {
 *         CHECK_TRUE(text_is_utf8("", 0));
 *     }
 *
 *     static const struct check_test tests[] = {{RUN(empty_text_is_utf8)}};
 *
 *     int main(void)
 *     {
 *         return CHECK_RUN(tests);
 *     }
 *
 * Testin adı, sınadığı tek davranıştır. Tutmayan ilk denetim programı bitirir: stderr'e
 * dosya:satır, testin adı ve iki değer yazılır, çıkış kodu 1 olur. assert kullanılmadı: NDEBUG
 * ile derlenince yok olur ve değerleri söylemez. Açık dosya tanımlayıcısı bırakan ya da
 * bitmeyen test de kalır.
 *
 * stdout TAP biçimindedir; meson testleri dosya dosya değil, tek tek sayar.
 *
 * Kaynak: TAP 13 (Test Anything Protocol)
 */
#ifndef UNIT_CHECK_H
#define UNIT_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Valgrind'in olağandan ayrıldığı birkaç yer için. */
#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#else
#define RUNNING_ON_VALGRIND 0
#endif

struct check_test {
    const char *name;
    void (*run)(void);
};

/* Tablonun bir satırı; süslü ayraçlar tabloda yazılır: {RUN(test)} */
#define RUN(test) .name = #test, .run = (test)
#define CHECK_RUN(tests) check_run(tests, sizeof(tests) / sizeof *(tests))

/* Denetimin yazıldığı yer ve sınanan ifade. */
struct check_place {
    const char *file;
    int line;
    const char *expression;
};

#define CHECK_PLACE(expression) ((struct check_place){__FILE__, __LINE__, expression})

#define CHECK_TRUE(actual) ((actual) ? (void)0 : check_failed(CHECK_PLACE(#actual), true))
#define CHECK_FALSE(actual) ((actual) ? check_failed(CHECK_PLACE(#actual), false) : (void)0)
#define CHECK_INT_EQ(actual, expected)                                                             \
    check_int_eq(CHECK_PLACE(#actual), (intmax_t)(actual), (intmax_t)(expected))
/* low <= actual <= high */
#define CHECK_BETWEEN(actual, low, high)                                                           \
    check_between(CHECK_PLACE(#actual), (intmax_t)(actual), (intmax_t)(low), (intmax_t)(high))
#define CHECK_TEXT_EQ(actual, expected) check_text_eq(CHECK_PLACE(#actual), actual, expected)
/* `pattern` genişletilmiş düzenli ifadedir, metnin tamamına uymalıdır. */
#define CHECK_TEXT_MATCHES(actual, pattern)                                                        \
    check_text_matches(CHECK_PLACE(#actual), actual, pattern)
#define CHECK_BYTES_EQ(actual, actual_length, expected, expected_length)                           \
    check_bytes_eq(CHECK_PLACE(#actual), actual, actual_length, expected, expected_length)

/* Makinede olmayan bir yetenek yüzünden koşamayan test: nedeni söylenir ve sayılır. CI'da (CI=true)
 * atlanan test kalmış sayılır; eksik yetenek orada gözden kaçmamalıdır. */
#define SKIP(reason)                                                                               \
    do {                                                                                           \
        check_skip(CHECK_PLACE("SKIP"), reason);                                                   \
        return;                                                                                    \
    } while (0)

/* Testleri sırayla koşar; hepsi geçtiyse 0. */
int check_run(const struct check_test *tests, size_t count);

_Noreturn void check_failed(struct check_place place, bool expected);
void check_int_eq(struct check_place place, intmax_t actual, intmax_t expected);
void check_between(struct check_place place, intmax_t actual, intmax_t low, intmax_t high);
void check_text_eq(struct check_place place, const char *actual, const char *expected);
void check_text_matches(struct check_place place, const char *actual, const char *pattern);
void check_bytes_eq(struct check_place place, const void *actual, size_t actual_length,
                    const void *expected, size_t expected_length);
void check_skip(struct check_place place, const char *reason);

#endif
