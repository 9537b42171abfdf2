/* Soket seçenekleri: adları, istenen değerleri, çekirdeğin verdiği yanıt.
 *
 * İki program da soketini buradaki tablodan kurar ve tabloyu gösterir. Bir seçeneğin üç değeri
 * vardır: istediğin (setsockopt), çekirdeğin kabul ettiği (getsockopt) ve hiç dokunmasaydın kalacak
 * olan.
 *
 * Kaynak: setsockopt(2), socket(7), tcp(7), ipv6(7)
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

#define OPTIONS_MAX 16
#define OPTION_TEXT_SIZE 32

/* getsockopt'un doldurduğu yapı ve değerin yazılışı. */
enum option_kind {
    OPTION_NUMBER,  /* int */
    OPTION_SECONDS, /* int, saniye */
    OPTION_TIMEOUT, /* struct timeval; sıfır sınırsız demektir */
    OPTION_LINGER,  /* struct linger */
};

struct option {
    const char *name;
    int level, number; /* setsockopt'un ikinci ve üçüncü parametresi */
    enum option_kind kind;
    bool asked; /* false: yalnız okunur */
    double wish;
    const char *note;
};

/* Programların değiştirebildikleri. Tamponlarda 0 "dokunma" demektir. */
struct wishes {
    long sndbuf, rcvbuf;
    bool no_delay;
    bool dual_stack; /* IPv6 soketi IPv4 bağlantılarını da alsın */
    double timeout;  /* saniye */
};

/* Belgenin değerleri. */
#define WISHES_OF_DOCUMENT                                                                         \
    {                                                                                              \
        65536, 65536, true, false, 30                                                              \
    }

/* `family` ailesinden bir TCP soketinin tablosunu kurar; dönen satır sayısıdır. */
int options_for(int family, const struct wishes *wishes, struct option out[OPTIONS_MAX]);

/* İstenen seçenekleri sokete verir. 0 ya da -errno; hatada `*failed` olmayan satırdır. */
int options_set(int fd, const struct option *options, int count, const struct option **failed);

/* Çekirdeğin şimdiki değerini metne çevirir: "131072", "30 s", "kapalı"; okunamazsa hatanın metni.
 * Dönen değer `out`tur. */
const char *option_value(int fd, const struct option *option, char out[OPTION_TEXT_SIZE]);

/* Tabloyu yazar: istenen, `fd`'deki değer, `untouched`'daki (hiç dokunulmamış soket) değer,
 * açıklama. */
void options_print(const struct option *options, int count, int fd, int untouched);

#endif
