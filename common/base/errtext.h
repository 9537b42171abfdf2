/* Hata metinleri, Türkçe.
 *
 * strerror yerine: yerel ayara bakmaz, iş parçacıkları arasında paylaşılan tampon kullanmaz ve her
 * makinede aynı sözü söyler.
 *
 * Kaynak: errno(3), getaddrinfo(3), gai_strerror(3)
 */
#ifndef BASE_ERRTEXT_H
#define BASE_ERRTEXT_H

/* errno değerinin metni; -errno da verilebilir. Bilinmeyen değer için sistemin İngilizce metni.
 * Dönen metin sabittir, geri verilmez; hiçbir zaman NULL değildir. */
const char *error_text(int error);

/* getaddrinfo'nun döndürdüğü EAI_* değerinin metni. EAI_SYSTEM için error_text(errno). */
const char *gai_text(int error);

#endif
