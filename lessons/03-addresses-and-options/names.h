/* Ad çözümleme: bir adın bütün adresleri, ya da neden olmadığı.
 *
 * Kaynak: getaddrinfo(3), getnameinfo(3), RFC 1035 2.3.4 (adların boyu), RFC 6724 (adreslerin
 * sırası)
 */
#ifndef NAMES_H
#define NAMES_H

#include <netdb.h>
#include <stdbool.h>
#include <sys/socket.h>

/* names_endpoint'in yazdığı en uzun metin, sondaki NUL ile. */
#define NAMES_TEXT_SIZE 128

/* Ad sunucusu susarsa ne kadar beklenir (resolv.conf(5), "options"). Kullanıcının ortamda verdiği
 * RES_OPTIONS'a dokunulmaz. getaddrinfo'nun kendisine zaman sınırı verilemez. */
void names_limit_waiting(void);

/* `host`un bütün IPv4 ve IPv6 adresleri, denenecekleri sırayla. `flags`: AI_PASSIVE, AI_CANONNAME
 * ya da 0. Dönen liste freeaddrinfo ile geri verilir. Olmazsa NULL; `*why` nedenin sabit
 * metnidir. */
struct addrinfo *names_resolve(const char *host, int port, int flags, const char **why);

/* Listede bundan önce aynısı geçti mi? (Adın hosts dosyasında iki kez yazılması yeter.) */
bool names_repeated(const struct addrinfo *list, const struct addrinfo *address);

/* "127.0.0.1", "fe80::1%eth0": yalnız adres, ad sunucusuna sorulmadan. Dönen değer `out`tur. */
const char *names_address(const struct sockaddr *address, socklen_t length,
                          char out[NAMES_TEXT_SIZE]);

/* "127.0.0.1:9103", "[::1]:9103". */
const char *names_endpoint(const struct sockaddr *address, socklen_t length,
                           char out[NAMES_TEXT_SIZE]);

#endif
