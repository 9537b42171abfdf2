/* base/cli: seçenek türleri, yazım biçimleri, yanlış kullanım, --help. */
#include "base/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/program.h"
#include "child.h"
#include "check.h"

#define WORDS(...) ((char *[]){"program", __VA_ARGS__, NULL})

static bool verbose;
static const char *host = "127.0.0.1";
static int port = 9000;
static double timeout = 2.5;
static double factor = 1;
static long count = 5;
static const char *mode = "thread";
static const char *note;
static bool port_given;

static const char *const modes[] = {"fork", "thread", NULL};

static const struct cli_option options[] = {
    CLI_OPTION_HOST(&host, "adres"),
    {'p', "port", CLI_PORT, &port, 1, 65535, NULL, "port", &port_given},
    CLI_OPTION_TIMEOUT(&timeout, "süre"),
    {0, "scale", CLI_FACTOR, &factor, 0.5, 10, NULL, "çarpan", NULL},
    {'n', "count", CLI_NUMBER, &count, -3, 1000, NULL, "sayı", NULL},
    {0, "mode", CLI_CHOICE, &mode, 0, 0, modes, "biçim", NULL},
    {'x', "note", CLI_TEXT, &note, 0, 0, NULL, "not", NULL},
    CLI_OPTION_VERBOSE(&verbose),
    CLI_OPTION_HELP,
    CLI_OPTION_END,
};

static const struct cli with_operands = {
    .name = "client", .operands = "[MESAJ ...]", .about = "Deneme istemcisi.", .options = options};
static const struct cli without_operands = {
    .name = "server", .about = "Deneme sunucusu.", .options = options};

static void print_operands(char **operands)
{
    for (; *operands; operands++)
        printf("[%s]", *operands);
}

static void parse_and_print_operands(void *words)
{
    print_operands(cli_parse(&with_operands, words));
}

static void parse_and_print_values(void *words)
{
    char **operands = cli_parse(&with_operands, words);
    printf("%s %s %d%s %g %ld %s %s ", verbose ? "v" : "-", host, port, port_given ? "!" : "",
           timeout, count, mode, note ? note : "(yok)");
    print_operands(operands);
}

static void parse_without_operands(void *words)
{
    cli_parse(&without_operands, words);
}

static void check_values(char **words, const char *expected)
{
    struct child_end end = child_run(parse_and_print_values, words);
    CHECK_TEXT_EQ(end.err, "");
    CHECK_TEXT_EQ(end.out, expected);
    CHECK_INT_EQ(end.code, 0);
}

static void check_operands(char **words, const char *expected)
{
    struct child_end end = child_run(parse_and_print_operands, words);
    CHECK_TEXT_EQ(end.err, "");
    CHECK_TEXT_EQ(end.out, expected);
}

/* Yanlış kullanım: stdout boş, stderr tek satır, çıkış kodu 2. */
static void check_refused(char **words, const char *complaint)
{
    struct child_end end = child_run(parse_and_print_values, words);
    CHECK_TEXT_EQ(end.out, "");
    CHECK_TEXT_EQ(end.err, complaint);
    CHECK_INT_EQ(end.code, EXIT_USAGE);
}

static void defaults_stay_when_nothing_is_given(void)
{
    check_values((char *[]){"program", NULL}, "- 127.0.0.1 9000 2.5 5 thread (yok) ");
}

static void missing_program_name_is_not_an_option(void)
{
    check_values((char *[]){NULL}, "- 127.0.0.1 9000 2.5 5 thread (yok) ");
}

static void every_kind_takes_its_value(void)
{
    check_values(WORDS("--verbose", "--host", "::1", "--port", "80", "--timeout", "0.25", "--count",
                       "7", "--mode", "fork", "--note", "ne"),
                 "v ::1 80! 0.25 7 fork ne ");
}

static void value_may_follow_an_equals_sign(void)
{
    check_values(
        WORDS("--host=::1", "--port=80", "--timeout=3", "--count=-2", "--mode=fork", "--note=a=b"),
        "- ::1 80! 3 -2 fork a=b ");
}

static void short_options_take_values_too(void)
{
    check_values(WORDS("-H", "::1", "-p80", "-t1.5", "-n", "-3", "-x", "-v"),
                 "- ::1 80! 1.5 -3 thread -v ");
}

static void flags_may_be_bundled(void)
{
    check_values(WORDS("-vp80"), "v 127.0.0.1 80! 2.5 5 thread (yok) ");
    check_values(WORDS("-vvp", "81"), "v 127.0.0.1 81! 2.5 5 thread (yok) ");
}

static void the_last_of_repeated_options_counts(void)
{
    check_values(WORDS("-p", "80", "--port=81"), "- 127.0.0.1 81! 2.5 5 thread (yok) ");
}

static void empty_text_is_a_value(void)
{
    check_values(WORDS("--note=", "-x", ""), "- 127.0.0.1 9000 2.5 5 thread  ");
}

static void limits_themselves_are_allowed(void)
{
    check_values(WORDS("-p", "1", "-t", "0.001", "-n", "-3"),
                 "- 127.0.0.1 1! 0.001 -3 thread (yok) ");
    check_values(WORDS("-p", "65535", "-t", "86400", "-n", "1000"),
                 "- 127.0.0.1 65535! 86400 1000 thread (yok) ");
}

static void operands_keep_their_order_among_options(void)
{
    check_operands(WORDS("bir", "-v", "iki", "--port", "80", "üç"), "[bir][iki][üç]");
}

static void lone_dash_is_an_operand(void)
{
    check_operands(WORDS("-", "-v", "-"), "[-][-]");
}

static void everything_after_two_dashes_is_an_operand(void)
{
    check_operands(WORDS("bir", "--", "-v", "--port", "--", "-"), "[bir][-v][--port][--][-]");
}

static void empty_word_is_an_operand(void)
{
    check_operands(WORDS("", "a"), "[][a]");
}

#define VALID_NAMES "--host, --port, --timeout, --scale, --count, --mode, --note, --verbose, --help"

static void unknown_option_is_refused(void)
{
    check_refused(WORDS("--renk"),
                  "bilinmeyen seçenek: --renk (geçerli olanlar: " VALID_NAMES ")\n");
    check_refused(WORDS("-q"), "bilinmeyen seçenek: -q (geçerli olanlar: " VALID_NAMES ")\n");
    check_refused(WORDS("-vq"), "bilinmeyen seçenek: -vq (geçerli olanlar: " VALID_NAMES ")\n");
    check_refused(WORDS("--=80"), "bilinmeyen seçenek: --=80 (geçerli olanlar: " VALID_NAMES ")\n");
}

static void abbreviation_is_refused(void)
{
    check_refused(WORDS("--por", "80"),
                  "bilinmeyen seçenek: --por (geçerli olanlar: " VALID_NAMES ")\n");
    check_refused(WORDS("--ports=80"),
                  "bilinmeyen seçenek: --ports=80 (geçerli olanlar: " VALID_NAMES ")\n");
}

static void missing_value_is_refused(void)
{
    check_refused(WORDS("--port"), "--port: değeri eksik\n");
    check_refused(WORDS("-vp"), "--port: değeri eksik\n");
}

static void value_for_a_flag_is_refused(void)
{
    check_refused(WORDS("--verbose=1"), "--verbose: değer almaz\n");
    check_refused(WORDS("--help=tr"), "--help: değer almaz\n");
}

static void empty_host_is_refused(void)
{
    check_refused(WORDS("--host="),
                  "--host: boş olamaz; bir ad ya da adres olmalı (örnek: 127.0.0.1)\n");
    check_refused(WORDS("-H", ""),
                  "--host: boş olamaz; bir ad ya da adres olmalı (örnek: 127.0.0.1)\n");
}

static void check_port_refused(const char *value)
{
    char word[64];
    char complaint[256];
    snprintf(word, sizeof word, "--port=%s", value);
    snprintf(complaint, sizeof complaint,
             "--port: '%s' olmaz; 1 ile 65535 arasında bir tam sayı olmalı\n", value);
    check_refused(WORDS(word), complaint);
}

static void port_outside_the_range_is_refused(void)
{
    check_port_refused("0");
    check_port_refused("-1");
    check_port_refused("65536");
    check_port_refused("70000");
}

static void number_too_big_for_any_type_is_refused(void)
{
    check_port_refused("4294967376");           /* 2^32 + 80 */
    check_port_refused("18446744073709551696"); /* 2^64 + 80 */
    check_port_refused("-99999999999999999999999");
}

static void anything_but_digits_is_not_a_number(void)
{
    check_port_refused("");
    check_port_refused("-");
    check_port_refused("80x");
    check_port_refused(" 80");
    check_port_refused("+80");
    check_port_refused("0x50");
    check_port_refused("80.0");
    check_port_refused("http");
}

static void check_seconds_refused(const char *value)
{
    char word[512];
    char complaint[1024];
    snprintf(word, sizeof word, "--timeout=%s", value);
    snprintf(complaint, sizeof complaint,
             "--timeout: '%.200s' olmaz; 0.001 ile 86400 arasında saniye olmalı (örnek: 2.5)\n",
             value);
    check_refused(WORDS(word), complaint);
}

static void seconds_outside_the_range_are_refused(void)
{
    char endless[400];
    memset(endless, '9', sizeof endless - 1);
    endless[sizeof endless - 1] = '\0';
    check_seconds_refused("0");
    check_seconds_refused("0.0009");
    check_seconds_refused("86401");
    check_seconds_refused("-1");
    check_seconds_refused(endless); /* strtod'da sonsuz */
}

static void seconds_are_plain_decimals(void)
{
    check_seconds_refused("");
    check_seconds_refused(".5");
    check_seconds_refused("5.");
    check_seconds_refused("1,5");
    check_seconds_refused("1e3");
    check_seconds_refused("0x10");
    check_seconds_refused("nan");
    check_seconds_refused("inf");
    check_seconds_refused(" 1");
    check_seconds_refused("1.2.3");
}

static void print_factor(void *words)
{
    cli_parse(&with_operands, words);
    printf("%g", factor);
}

static void factor_is_a_decimal_in_its_range(void)
{
    CHECK_TEXT_EQ(child_run(print_factor, WORDS("--scale=2.5")).out, "2.5");
    check_refused(WORDS("--scale=0.4"),
                  "--scale: '0.4' olmaz; 0.5 ile 10 arasında bir çarpan olmalı (örnek: 2.5)\n");
    check_refused(WORDS("--scale=iki"),
                  "--scale: 'iki' olmaz; 0.5 ile 10 arasında bir çarpan olmalı (örnek: 2.5)\n");
}

static void choice_must_be_one_of_the_list(void)
{
    check_refused(WORDS("--mode", "process"),
                  "--mode: 'process' olmaz; şunlardan biri olmalı: fork, thread\n");
    check_refused(WORDS("--mode="), "--mode: '' olmaz; şunlardan biri olmalı: fork, thread\n");
    check_refused(WORDS("--mode=thr"),
                  "--mode: 'thr' olmaz; şunlardan biri olmalı: fork, thread\n");
}

static void complaint_is_one_line_whatever_was_given(void)
{
    check_refused(WORDS("--port=80\n81\x1b"),
                  "--port: '80\\n81\\x1b' olmaz; 1 ile 65535 arasında bir tam sayı olmalı\n");
}

static void operand_is_refused_where_none_is_taken(void)
{
    struct child_end end = child_run(parse_without_operands, WORDS("-v", "merhaba"));
    CHECK_TEXT_EQ(end.err, "fazladan söz: 'merhaba'; server yalnız seçenek alır (--help)\n");
    CHECK_INT_EQ(end.code, EXIT_USAGE);
}

static const char help_of_client[] =
    "Kullanım: client [SEÇENEKLER] [MESAJ ...]\n"
    "\n"
    "Deneme istemcisi.\n"
    "\n"
    "Seçenekler:\n"
    "  -H, --host ADRES\n"
    "          adres (varsayılan: 127.0.0.1)\n"
    "  -p, --port PORT\n"
    "          port (varsayılan: 9000)\n"
    "  -t, --timeout SANİYE\n"
    "          süre (varsayılan: 2.5)\n"
    "      --scale ÇARPAN\n"
    "          çarpan (varsayılan: 1)\n"
    "  -n, --count SAYI\n"
    "          sayı (varsayılan: 5)\n"
    "      --mode fork|thread\n"
    "          biçim (varsayılan: thread)\n"
    "  -x, --note METİN\n"
    "          not\n"
    "  -v, --verbose\n"
    "          ayrıntılı log\n"
    "  -h, --help\n"
    "          bu metni yazar ve çıkar\n"
    "\n"
    "Çıkış kodları: 0 bitti, 1 olmadı (nedeni stderr'in son satırında), 2 yanlış kullanım.\n";

static void help_goes_to_stdout_and_exits_zero(void)
{
    struct child_end end = child_run(parse_and_print_values, WORDS("--help"));
    CHECK_TEXT_EQ(end.out, help_of_client);
    CHECK_TEXT_EQ(end.err, "");
    CHECK_INT_EQ(end.code, EXIT_SUCCESS);
    CHECK_TEXT_EQ(child_run(parse_and_print_values, WORDS("-vh")).out, help_of_client);
}

static void help_of_a_server_mentions_no_operands(void)
{
    struct child_end end = child_run(parse_without_operands, WORDS("-h"));
    CHECK_INT_EQ(end.code, EXIT_SUCCESS);
    CHECK_TRUE(strstr(end.out, "Kullanım: server [SEÇENEKLER]\n\nDeneme sunucusu.\n") == end.out);
}

static void unset_port_has_no_default_in_help(void)
{
    port = -1;
    struct child_end end = child_run(parse_and_print_values, WORDS("--help"));
    port = 9000;
    CHECK_TRUE(strstr(end.out, "          port\n"));
}

static void long_value_leaves_room_for_what_is_allowed(void)
{
    char value[2001];
    memset(value, 'a', sizeof value - 1);
    value[sizeof value - 1] = '\0';
    struct child_end end = child_run(parse_and_print_values,
                                     (char *[]){"program", "--port", value, NULL});
    CHECK_TEXT_MATCHES(end.err,
                       "--port: 'a{200}' olmaz; 1 ile 65535 arasında bir tam sayı olmalı\n");
    CHECK_INT_EQ(end.code, EXIT_USAGE);
}

static void endpoint_of_ipv6_is_in_brackets(void)
{
    char out[CLI_ENDPOINT_SIZE];
    CHECK_TEXT_EQ(cli_endpoint("::1", 80, out), "[::1]:80");
    CHECK_TEXT_EQ(cli_endpoint("localhost", 9000, out), "localhost:9000");
}

static void fail_in_own_words(void *unused)
{
    (void)unused;
    cli_fail("mesaj çok uzun: %d bayt", 70000);
}

static void programs_own_complaint_exits_two(void)
{
    struct child_end end = child_run(fail_in_own_words, NULL);
    CHECK_TEXT_EQ(end.err, "mesaj çok uzun: 70000 bayt\n");
    CHECK_INT_EQ(end.code, EXIT_USAGE);
}

static void check_lines(void *words)
{
    cli_check_lines(words, 5);
}

#define LINES(...) ((char *[]){__VA_ARGS__, NULL})

static void operands_that_are_lines_pass(void)
{
    struct child_end end = child_run(check_lines, LINES("", "ab\rcd", "\xc4\x9f\xc4\x9fz"));
    CHECK_TEXT_EQ(end.err, "");
    CHECK_INT_EQ(end.code, EXIT_SUCCESS);
    CHECK_INT_EQ(child_run(check_lines, (char *[]){NULL}).code, EXIT_SUCCESS);
}

static void operand_that_is_not_one_line_is_refused(void)
{
    struct child_end end = child_run(check_lines, LINES("a", "b\nc"));
    CHECK_TEXT_EQ(end.err, "mesajın içinde satır sonu olamaz: 'b\\nc'; "
                           "her satırı ayrı mesaj olarak ver\n");
    CHECK_INT_EQ(end.code, EXIT_USAGE);
}

static void operand_with_broken_utf8_is_refused(void)
{
    struct child_end end = child_run(check_lines, LINES("b\xc4", "a"));
    CHECK_TEXT_EQ(end.err, "mesaj geçerli UTF-8 değil: 'b\\xc4'\n");
    CHECK_INT_EQ(end.code, EXIT_USAGE);
}

static void operand_over_the_limit_is_refused(void)
{
    struct child_end end = child_run(check_lines, LINES("12345", "123456"));
    CHECK_TEXT_EQ(end.err, "mesaj çok uzun: 6 bayt; en fazla 5 bayt olmalı\n");
    CHECK_INT_EQ(end.code, EXIT_USAGE);
}

static const struct check_test tests[] = {
    {RUN(defaults_stay_when_nothing_is_given)},
    {RUN(missing_program_name_is_not_an_option)},
    {RUN(every_kind_takes_its_value)},
    {RUN(value_may_follow_an_equals_sign)},
    {RUN(short_options_take_values_too)},
    {RUN(flags_may_be_bundled)},
    {RUN(the_last_of_repeated_options_counts)},
    {RUN(empty_text_is_a_value)},
    {RUN(limits_themselves_are_allowed)},
    {RUN(operands_keep_their_order_among_options)},
    {RUN(lone_dash_is_an_operand)},
    {RUN(everything_after_two_dashes_is_an_operand)},
    {RUN(empty_word_is_an_operand)},
    {RUN(unknown_option_is_refused)},
    {RUN(abbreviation_is_refused)},
    {RUN(missing_value_is_refused)},
    {RUN(value_for_a_flag_is_refused)},
    {RUN(empty_host_is_refused)},
    {RUN(port_outside_the_range_is_refused)},
    {RUN(number_too_big_for_any_type_is_refused)},
    {RUN(anything_but_digits_is_not_a_number)},
    {RUN(seconds_outside_the_range_are_refused)},
    {RUN(seconds_are_plain_decimals)},
    {RUN(factor_is_a_decimal_in_its_range)},
    {RUN(choice_must_be_one_of_the_list)},
    {RUN(complaint_is_one_line_whatever_was_given)},
    {RUN(operand_is_refused_where_none_is_taken)},
    {RUN(help_goes_to_stdout_and_exits_zero)},
    {RUN(help_of_a_server_mentions_no_operands)},
    {RUN(unset_port_has_no_default_in_help)},
    {RUN(long_value_leaves_room_for_what_is_allowed)},
    {RUN(endpoint_of_ipv6_is_in_brackets)},
    {RUN(programs_own_complaint_exits_two)},
    {RUN(operands_that_are_lines_pass)},
    {RUN(operand_that_is_not_one_line_is_refused)},
    {RUN(operand_with_broken_utf8_is_refused)},
    {RUN(operand_over_the_limit_is_refused)},
};

int main(void)
{
    return CHECK_RUN(tests);
}
