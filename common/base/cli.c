#include "base/cli.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/program.h"
#include "base/text.h"

_Noreturn void cli_fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    program_complain(format, arguments);
    va_end(arguments);
    exit(EXIT_USAGE);
}

static bool takes_value(const struct cli_option *option)
{
    return option->kind != CLI_FLAG && option->kind != CLI_HELP;
}

/* "--host, --port, ..." */
static const char *option_names(const struct cli *cli, char *out, size_t size)
{
    size_t used = 0;
    for (const struct cli_option *option = cli->options; option->name && used < size; option++)
        used += (size_t)snprintf(out + used, size - used, "%s--%s", used ? ", " : "", option->name);
    return out;
}

static _Noreturn void fail_unknown(const struct cli *cli, const char *given)
{
    char names[512];
    cli_fail("bilinmeyen seçenek: %.200s (geçerli olanlar: %s)", given,
             option_names(cli, names, sizeof names));
}

/* Yalnız rakamlar ve en çok bir nokta: strtod'un kabul ettiği "nan", "0x1p3", " 1e5" burada
 * yanlıştır. */
static bool is_plain_decimal(const char *value)
{
    size_t digits = strspn(value, "0123456789");
    if (digits == 0)
        return false;
    if (value[digits] == '.') {
        size_t fraction = strspn(value + digits + 1, "0123456789");
        return fraction > 0 && value[digits + 1 + fraction] == '\0';
    }
    return value[digits] == '\0';
}

static bool is_plain_integer(const char *value)
{
    const char *digits = value[0] == '-' ? value + 1 : value;
    return digits[0] != '\0' && digits[strspn(digits, "0123456789")] == '\0';
}

static long parse_integer(const struct cli_option *option, const char *value)
{
    /* Taşan sayı strtol'de LONG_MAX olur; sınır denetimi onu zaten geri çevirir. */
    long number = strtol(value, NULL, 10);
    if (!is_plain_integer(value) || (double)number < option->min || (double)number > option->max)
        cli_fail("--%s: '%.200s' olmaz; %.0f ile %.0f arasında bir tam sayı olmalı", option->name,
                 value, option->min, option->max);
    return number;
}

static double parse_decimal(const struct cli_option *option, const char *value)
{
    const char *what = option->kind == CLI_SECONDS ? "saniye" : "bir çarpan";
    double number = is_plain_decimal(value) ? strtod(value, NULL) : -1;
    if (number < option->min || number > option->max)
        cli_fail("--%s: '%.200s' olmaz; %g ile %g arasında %s olmalı (örnek: 2.5)", option->name,
                 value, option->min, option->max, what);
    return number;
}

static void join_choices(const struct cli_option *option, const char *separator, char *out,
                         size_t size)
{
    size_t used = 0;
    for (const char *const *choice = option->choices; *choice && used < size; choice++)
        used += (size_t)snprintf(out + used, size - used, "%s%s", used ? separator : "", *choice);
}

static const char *parse_choice(const struct cli_option *option, const char *value)
{
    for (const char *const *choice = option->choices; *choice; choice++)
        if (strcmp(*choice, value) == 0)
            return *choice;
    char names[512];
    join_choices(option, ", ", names, sizeof names);
    cli_fail("--%s: '%.200s' olmaz; şunlardan biri olmalı: %s", option->name, value, names);
}

static const char *parse_host(const struct cli_option *option, const char *value)
{
    if (value[0] == '\0')
        cli_fail("--%s: boş olamaz; bir ad ya da adres olmalı (örnek: 127.0.0.1)", option->name);
    return value;
}

static void store(const struct cli_option *option, const char *value)
{
    switch (option->kind) {
    case CLI_FLAG:
        *(bool *)option->target = true;
        break;
    case CLI_HOST:
        *(const char **)option->target = parse_host(option, value);
        break;
    case CLI_PORT:
        *(int *)option->target = (int)parse_integer(option, value);
        break;
    case CLI_NUMBER:
        *(long *)option->target = parse_integer(option, value);
        break;
    case CLI_SECONDS:
    case CLI_FACTOR:
        *(double *)option->target = parse_decimal(option, value);
        break;
    case CLI_CHOICE:
        *(const char **)option->target = parse_choice(option, value);
        break;
    case CLI_TEXT:
        *(const char **)option->target = value;
        break;
    case CLI_HELP:
        break;
    }
    if (option->given)
        *option->given = true;
}

static void value_name(const struct cli_option *option, char *out, size_t size)
{
    static const char *const names[] = {
        [CLI_HOST] = "ADRES",  [CLI_PORT] = "PORT",  [CLI_SECONDS] = "SANİYE",
        [CLI_NUMBER] = "SAYI", [CLI_TEXT] = "METİN", [CLI_FACTOR] = "ÇARPAN",
    };
    if (option->kind == CLI_CHOICE)
        join_choices(option, "|", out, size);
    else
        snprintf(out, size, "%s", names[option->kind]);
}

static void default_text(const struct cli_option *option, char *out, size_t size)
{
    const char *text = NULL;
    out[0] = '\0';
    switch (option->kind) {
    case CLI_PORT:
        if (*(int *)option->target >= (int)option->min)
            snprintf(out, size, " (varsayılan: %d)", *(int *)option->target);
        break;
    case CLI_NUMBER:
        snprintf(out, size, " (varsayılan: %ld)", *(long *)option->target);
        break;
    case CLI_SECONDS:
    case CLI_FACTOR:
        snprintf(out, size, " (varsayılan: %g)", *(double *)option->target);
        break;
    case CLI_HOST:
    case CLI_CHOICE:
    case CLI_TEXT:
        text = *(const char **)option->target;
        if (text)
            snprintf(out, size, " (varsayılan: %s)", text);
        break;
    case CLI_FLAG:
    case CLI_HELP:
        break;
    }
}

static void print_option(const struct cli_option *option)
{
    char value[256] = "";
    char fallback[256];
    if (takes_value(option))
        value_name(option, value, sizeof value);
    default_text(option, fallback, sizeof fallback);
    char letter[8] = "    ";
    if (option->letter)
        snprintf(letter, sizeof letter, "-%c, ", option->letter);
    printf("  %s--%s%s%s\n          %s%s\n", letter, option->name, value[0] ? " " : "", value,
           option->help, fallback);
}

static _Noreturn void print_help(const struct cli *cli)
{
    printf("Kullanım: %s [SEÇENEKLER]%s%s\n\n%s\n\nSeçenekler:\n", cli->name,
           cli->operands ? " " : "", cli->operands ? cli->operands : "", cli->about);
    for (const struct cli_option *option = cli->options; option->name; option++)
        print_option(option);
    printf(
        "\nÇıkış kodları: 0 bitti, 1 olmadı (nedeni stderr'in son satırında), 2 yanlış kullanım.\n");
    exit(program_exit(EXIT_SUCCESS));
}

static const struct cli_option *find_long(const struct cli *cli, const char *name, size_t length)
{
    for (const struct cli_option *option = cli->options; option->name; option++)
        if (strlen(option->name) == length && strncmp(option->name, name, length) == 0)
            return option;
    return NULL;
}

static const struct cli_option *find_short(const struct cli *cli, char letter)
{
    for (const struct cli_option *option = cli->options; option->name; option++)
        if (option->letter && option->letter == letter)
            return option;
    return NULL;
}

/* Değeri seçeneğin içinden (`attached`) ya da sıradaki sözcükten alır. Dönen: okunacak sonraki
 * yer. */
static char **apply(const struct cli *cli, const struct cli_option *option, const char *attached,
                    char **next)
{
    if (option->kind == CLI_HELP)
        print_help(cli);
    if (takes_value(option) && !attached) {
        if (!*next)
            cli_fail("--%s: değeri eksik", option->name);
        attached = *next++;
    }
    store(option, attached);
    return next;
}

static char **parse_long(const struct cli *cli, const char *word, char **next)
{
    const char *name = word + 2;
    size_t length = strcspn(name, "=");
    const char *attached = name[length] == '=' ? name + length + 1 : NULL;
    const struct cli_option *option = find_long(cli, name, length);
    if (!option)
        fail_unknown(cli, word);
    if (attached && !takes_value(option))
        cli_fail("--%s: değer almaz", option->name);
    return apply(cli, option, attached, next);
}

static char **parse_short(const struct cli *cli, const char *word, char **next)
{
    for (const char *letter = word + 1; *letter; letter++) {
        const struct cli_option *option = find_short(cli, *letter);
        if (!option)
            fail_unknown(cli, word);
        if (takes_value(option))
            return apply(cli, option, letter[1] ? letter + 1 : NULL, next);
        next = apply(cli, option, NULL, next);
    }
    return next;
}

char **cli_parse(const struct cli *cli, char **argv)
{
    char **operands = argv[0] ? argv + 1 : argv;
    char **end = operands; /* işlenenler dizinin başına toplanır */
    char **next = operands;
    bool only_operands = false;
    while (*next) {
        char *word = *next++;
        if (only_operands || word[0] != '-' || word[1] == '\0')
            *end++ = word;
        else if (strcmp(word, "--") == 0)
            only_operands = true;
        else if (word[1] == '-')
            next = parse_long(cli, word, next);
        else
            next = parse_short(cli, word, next);
    }
    *end = NULL;
    if (!cli->operands && *operands)
        cli_fail("fazladan söz: '%.200s'; %s yalnız seçenek alır (--help)", *operands, cli->name);
    return operands;
}

void cli_check_lines(char **lines, size_t limit)
{
    for (char **line = lines; *line; line++) {
        size_t length = strlen(*line);
        if (memchr(*line, '\n', length))
            cli_fail("mesajın içinde satır sonu olamaz: '%s'; her satırı ayrı mesaj olarak ver",
                     *line);
        if (!text_is_utf8(*line, length))
            cli_fail("mesaj geçerli UTF-8 değil: '%s'", *line);
        if (length > limit)
            cli_fail("mesaj çok uzun: %zu bayt; en fazla %zu bayt olmalı", length, limit);
    }
}

const char *cli_endpoint(const char *host, int port, char *out)
{
    snprintf(out, CLI_ENDPOINT_SIZE, strchr(host, ':') ? "[%.255s]:%d" : "%.255s:%d", host, port);
    return out;
}
