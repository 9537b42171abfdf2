/* Komut satırı: tablodan okunan GNU biçimli uzun seçenekler ve Türkçe --help.
 *
 * getopt_long kullanılmadı, çünkü uzun adların kısaltılmasını (--por) kapatmanın bir yolu yoktur ve
 * hataları İngilizcedir. Kabul edilen biçimler: --ad DEĞER, --ad=DEĞER, -a DEĞER, -aDEĞER, değersiz
 * kısaların yan yana yazımı (-vh) ve "bundan sonrası seçenek değil" diyen --. Seçeneklerle
 * işlenenler (operands) karışık sırada durabilir.
 *
 * Yanlış kullanımda stderr'e tek satır yazılır ve süreç 2 ile çıkar; --help stdout'a yazar, 0 ile
 * çıkar.
 *
 * Kaynak: POSIX XBD 12 (Utility Conventions), GNU Coding Standards 4.8
 */
#ifndef BASE_CLI_H
#define BASE_CLI_H

#include <stdbool.h>
#include <stddef.h>

enum cli_kind {
    CLI_FLAG,    /* bool: değer almaz, true yapar */
    CLI_HOST,    /* const char *: boş olamaz */
    CLI_PORT,    /* int: min..65535 */
    CLI_SECONDS, /* double: ondalık saniye, min..max */
    CLI_FACTOR,  /* double: ondalık çarpan, min..max */
    CLI_NUMBER,  /* long: min..max */
    CLI_CHOICE,  /* const char *: choices'tan biri */
    CLI_TEXT,    /* const char * */
    CLI_HELP,    /* --help; hedefi yoktur */
};

struct cli_option {
    char letter; /* kısa ad; yoksa 0 */
    const char *name;
    enum cli_kind kind;
    void *target; /* kind'ın yanında yazan türden; baştaki değeri varsayılandır */
    double min, max;
    const char *const *choices; /* NULL ile biter */
    const char *help;
    bool *given; /* NULL değilse: seçenek verilince true olur */
};

/* Her programda aynı olan seçenekler. */
#define CLI_OPTION_HOST(target, text)                                                              \
    {                                                                                              \
        'H', "host", CLI_HOST, target, 0, 0, NULL, text, NULL                                      \
    }
#define CLI_OPTION_SERVER_PORT(target)                                                             \
    {                                                                                              \
        'p', "port", CLI_PORT, target, 0, 65535, NULL,                                             \
            "dinlenecek port; 0: boş olanı sistem seçer", NULL                                     \
    }
#define CLI_OPTION_CLIENT_PORT(target)                                                             \
    {                                                                                              \
        'p', "port", CLI_PORT, target, 1, 65535, NULL, "sunucunun portu", NULL                     \
    }
#define CLI_OPTION_TIMEOUT(target, text)                                                           \
    {                                                                                              \
        't', "timeout", CLI_SECONDS, target, 0.001, 86400, NULL, text, NULL                        \
    }
#define CLI_OPTION_VERBOSE(target)                                                                 \
    {                                                                                              \
        'v', "verbose", CLI_FLAG, target, 0, 0, NULL, "ayrıntılı log", NULL                        \
    }
#define CLI_OPTION_HELP                                                                            \
    {                                                                                              \
        'h', "help", CLI_HELP, NULL, 0, 0, NULL, "bu metni yazar ve çıkar", NULL                   \
    }
#define CLI_OPTION_END                                                                             \
    {                                                                                              \
        0, NULL, CLI_HELP, NULL, 0, 0, NULL, NULL, NULL                                            \
    }

struct cli {
    const char *name;     /* "server" ya da "client" */
    const char *operands; /* "[MESAJ ...]"; işlenen almıyorsa NULL */
    const char *about;    /* --help'in ilk paragrafı */
    const struct cli_option *options;
};

/* argv'yi okur, hedefleri doldurur. Dönen dizi işlenenlerdir: argv'nin içindedir, NULL ile
 * biter. */
char **cli_parse(const struct cli *cli, char **argv);

/* Her biri bir satır olarak gönderilecek işlenenler: içinde satır sonu olan, geçersiz UTF-8 olan ve
 * `limit` bayttan uzun olan yanlış kullanımdır. Satır sonu bir mesajı ikiye böler, yanıtların
 * eşleşmesi kayardı. */
void cli_check_lines(char **lines, size_t limit);

/* cli_endpoint'in yazdığı en uzun metin, sondaki NUL ile. */
#define CLI_ENDPOINT_SIZE 280

/* Komut satırında verilen ad ve port, hata satırlarındaki yazımıyla: "localhost:9000",
 * "[::1]:9000". Dönen değer `out`tur. */
const char *cli_endpoint(const char *host, int port, char *out);

/* Programın kendi bulduğu yanlış kullanım: tek satır yazar, 2 ile çıkar. */
_Noreturn void cli_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
