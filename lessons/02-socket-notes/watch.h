/* select ile beklemek: birden çok tanımlayıcı, bir zaman sınırı.
 *
 * Kaynak: select(2)
 */
#ifndef LESSON_WATCH_H
#define LESSON_WATCH_H

#include <stdbool.h>

#include "base/clock.h"

/* fd_set, FD_SETSIZE (1024) bitlik bir dizidir. Daha büyük bir tanımlayıcıyla FD_SET dizinin dışına
 * yazar: tanımsız davranış. select kullanan her program bunu kendisi denetlemek zorundadır. */
bool watch_fits(int fd);

/* Verilenlerden en az biri okunur olana ya da sınıra dek bekler. Dönen: okunur olanların maskesi
 * (fds[i] için 1 << i), süre dolduysa 0, hatada -errno. Her tanımlayıcı watch_fits'ten geçmiş
 * olmalı. */
int watch_readable(const int *fds, int count, deadline_t deadline);

#endif
