/* Adresleri sırayla denemek: rapor veren ilk adrese kadar.
 *
 * Kaynak: connect(2), poll(2), RFC 6724 (sıra), RFC 8305 (denemeleri yarıştırmak; burada yapılmaz)
 */
#ifndef CONNECTION_H
#define CONNECTION_H

#include <netdb.h>

/* Listedeki adresleri sırayla dener; her denemeyi ve neden olmadığını, sonunda sunucunun raporunu
 * stdout'a yazar. Her deneme (bağlanma ve raporun tamamı) en çok `timeout` saniye sürer. 0 ya da
 * negatif; o zaman `*why` son denemenin olmama nedenidir. */
int connection_show(const struct addrinfo *list, double timeout, const char **why);

#endif
