/* Bu makine: adı, tam adı, adresleri.
 *
 * Kaynak: gethostname(2), getaddrinfo(3) (AI_CANONNAME), getifaddrs(3), udp(7), RFC 5737, RFC 3849
 */
#ifndef LOCAL_H
#define LOCAL_H

#include <stddef.h>

/* Makinenin adı. 0 ya da -errno; `size` en az HOST_NAME_MAX + 1. */
int local_host_name(char *out, size_t size);

/* Adı, tam adı ve adresleri stdout'a yazar. Adı çözülemeyen bir makine hata değildir, o da yazılır.
 * 0 ya da -errno. */
int local_show(void);

#endif
