/* Belgenin ilk örneği: bir TCP soketi açmak, seçeneklerini kurmak, ne olduğunu göstermek.
 *
 * Kaynak: socket(2), socket(7) (SO_DOMAIN, SO_TYPE, SO_PROTOCOL)
 */
#ifndef TCP_SOCKET_H
#define TCP_SOCKET_H

#include "options.h"

/* Seçenekleri kurulmuş, AÇIK bir TCP soketi döndürür; kapatmak çağıranın işidir. Hatada -errno ve
 * `*failed` olmayan işin adı; o zaman açık soket de kalmaz. */
int tcp_socket_create(int family, const struct wishes *wishes, const char **failed);

/* Soketin kimliğini ve seçenek tablosunu stdout'a yazar. 0 ya da -errno. */
int tcp_socket_show(int fd, const struct wishes *wishes);

#endif
