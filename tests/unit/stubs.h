/* Sınanan kodun sistemden aldığı ve testin elinde tutmak istediği iki şey: saat ve bellek.
 *
 * Bağlayıcı, clock_gettime ve realloc çağrılarını buraya yönlendirir (ld --wrap, meson.build).
 * İstenmedikçe ikisi de olağan işini yapar.
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

/* true: realloc NULL döndürür. */
void stub_fill_memory(bool full);

/* Programın başından beri realloc'un kaç kez çağrıldığı. */
int stub_realloc_count(void);

#endif
