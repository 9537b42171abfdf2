/* Metin: UTF-8 denetimi, baştaki ve sondaki boşluklar, güvenle yazdırma.
 *
 * Buradaki hiçbir işlev NUL'a dayanmaz: ağdan gelen metnin içinde NUL olabilir, boy hep ayrı
 * verilir. Hiçbiri bellek ayırmaz.
 *
 * Kaynak: RFC 3629 (UTF-8); Python str.strip() ve str.lower()
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Sahibi başkası olan bir bayt dilimi. */
struct text {
    const char *bytes;
    size_t length;
};

/* Baştan sona düzgün UTF-8 mi? Vekil kod noktaları (D800-DFFF), gereğinden uzun yazımlar ve
 * 10FFFF'ten büyükleri düzgün saymaz; sonda yarım kalan karakter de düzgün değildir. */
bool text_is_utf8(const char *bytes, size_t length);

/* Bir karakteri bölmeden `length` içinde kalan en büyük boy: sonda yarım karakter varsa onu
 * atar. */
size_t text_utf8_floor(const char *bytes, size_t length);

/* Python'daki strip() ile aynı: iki uçtaki Unicode boşlukları dışarıda bırakır.
 * `bytes` düzgün UTF-8 olmalıdır. */
struct text text_strip(const char *bytes, size_t length);

/* ASCII harflerde büyük küçük ayırmadan eşit mi? `word` küçük harfle yazılmış bir komuttur.
 * Türkçe ı/İ yüzünden yerel ayara bakan tolower kullanılmaz: "QUİT" quit değildir. */
bool text_is_command(struct text text, const char *word);

bool text_starts_with(struct text text, const char *prefix);

/* `bytes`'ı ekrana güvenle yazılacak biçime çevirir: denetim karakterleri (yeni satır da) \n, \r,
 * \t, \xHH olur; düzgün UTF-8 olduğu gibi kalır, bozuk bayt \xHH olur. Sığmayan kısım atılır; bir
 * karakter ya da kaçış ortasından bölünmez. `out` sonuna NUL konur, dönen değer NUL'suz boydur.
 * `size` > 0. */
size_t text_escape(char *out, size_t size, const char *bytes, size_t length);

#endif
