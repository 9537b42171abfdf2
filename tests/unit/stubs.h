/* Sınanan kodun sistemden aldığı ve testin elinde tutmak istedikleri: saat, bellek, uyandırmalar.
 *
 * Bağlayıcı; accept4, clock_gettime, malloc, calloc, realloc, mmap ve eventfd_write çağrılarını
 * buraya yönlendirir (ld --wrap, meson.build). İstenmedikçe hepsi olağan işini yapar.
 *
 * Kaynak: ld(1) --wrap
 */
#ifndef UNIT_STUBS_H
#define UNIT_STUBS_H

#include <stdbool.h>
#include <stdint.h>

/* Saati durdurur: duvar saati da tek yönlü saat de bundan sonra hep bunu söyler. */
void stub_freeze_clock(int64_t seconds, int64_t nanoseconds);
void stub_release_clock(void);

/* true: malloc, calloc ve realloc NULL döndürür. */
void stub_fill_memory(bool full);

/* true: mmap, ENOMEM ile MAP_FAILED döndürür. */
void stub_fill_address_space(bool full);

/* Sıradaki bu kadar accept4, bağlantı kabul edilemeden kopmuş gibi ECONNABORTED verir. */
void stub_abort_accepts(int count);

/* Programın başından beri realloc'un kaç kez çağrıldığı. */
int stub_realloc_count(void);

/* Her eventfd_write bundan sonra bu kadar gecikir: bir iş parçacığının o noktada durması
 * sınanır. */
void stub_delay_wakeups(int microseconds);

/* Programın başından beri başlayan ve başarısız olan (örneğin kapanmış tanımlayıcıya)
 * eventfd_write'lar. */
int stub_wakeup_count(void);
int stub_failed_wakeups(void);

#endif
