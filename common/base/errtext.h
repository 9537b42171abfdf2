/* Hata değerlerinin (errno, EAI_*) anlamı.
 *
 * strerror yerine: yerel ayara bakmaz, iş parçacıkları arasında paylaşılan tampon kullanmaz ve her
 * makinede aynı sözü söyler.
 *
 * Kaynak: errno(3), getaddrinfo(3), gai_strerror(3)
 */
#ifndef BASE_ERRTEXT_H
#define BASE_ERRTEXT_H

#include <stdbool.h>

/* errno değerinin metni; -errno da verilebilir. Bilinmeyen değer için sistemin İngilizce metni.
 * Dönen metin sabittir, geri verilmez; hiçbir zaman NULL değildir. */
const char *error_text(int error);

/* Hata, dosya tanımlayıcısının ya da belleğin o an kalmamasından mı? Öyleyse geçicidir: kabul eden
 * bir sunucu durup beklemeli, ne ölmeli ne de boşuna dönmelidir. -errno da verilebilir. */
bool error_is_shortage(int error);

/* getaddrinfo'nun döndürdüğü EAI_* değerinin metni. EAI_SYSTEM için error_text(errno). */
const char *gai_text(int error);

#endif
