/* Saat ve zaman sınırları.
 *
 * Süre ölçmek için tek yönlü saat (CLOCK_MONOTONIC) kullanılır: duvar saati geri alınabilir, o
 * alınamaz. Zaman sınırı (deadline) bir süre değil, bu saatin bir anıdır. Böylece bir iş kaç
 * parçada yapılırsa yapılsın toplam süresi sınırlı kalır.
 *
 * Kaynak: clock_gettime(2), localtime_r(3)
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

/* Tek yönlü saatin bir anı, nanosaniye. */
typedef int64_t deadline_t;

/* "Sınır yok." Sınırsız beklemek bilerek yapılıyorsa bu ad yazılır, sayı yazılmaz. */
#define DEADLINE_NONE INT64_MAX

/* datetime_now'ın yazdığı metnin en büyük boyu, sondaki NUL ile. */
#define DATETIME_SIZE 32

/* Tek yönlü saatin şimdiki anı, nanosaniye. Sinyal işleyicisinden de çağrılabilir. */
int64_t monotonic_ns(void);

/* Aynı saatin, çekirdeğin son tıkındaki değeri: birkaç ms geride kalabilir, ama okumak birkaç
 * nanosaniyedir (CLOCK_MONOTONIC_COARSE). */
int64_t monotonic_coarse_ns(void);

/* Şu andan `seconds` saniye sonrası. Eksi süre "hemen" demektir. */
deadline_t deadline_after(double seconds);

/* `start` anından `seconds` saniye sonrası; eksi süre sıfır sayılır. Saate bakmaz. */
deadline_t deadline_from(int64_t start, double seconds);

/* İkisinden önce geleni. */
deadline_t deadline_sooner(deadline_t a, deadline_t b);

/* poll(2) için kalan süre, milisaniye: geçmişse 0, sınır yoksa -1. Yukarı yuvarlar; aşağı
 * yuvarlansaydı son milisaniyede poll defalarca boşuna uyanırdı. */
int deadline_poll_ms(deadline_t deadline);

/* Yerel saati Python'daki str(datetime.now()) ile aynı biçimde yazar: "2026-11-20 14:03:11.042137".
 * Mikrosaniye tam sıfırsa Python noktayı ve altı haneyi yazmaz; burada da yazılmaz.
 * `out` en az DATETIME_SIZE bayttır; dönen değer `out`tur. */
const char *datetime_now(char *out);

/* datetime_now'ın saatten bağımsız yarısı: 1970'ten beri `seconds` saniye ve `microseconds`. */
const char *datetime_format(char *out, int64_t seconds, long microseconds);

#endif
