/* Adresin iki yazılışı: insanın okuduğu metin ve çekirdeğin istediği yapı.
 *
 * Kaynak: getnameinfo(3), getaddrinfo(3), RFC 5952 (IPv6'nın yazımı)
 */
#ifndef LESSON_ENDPOINT_H
#define LESSON_ENDPOINT_H

#include <netdb.h>
#include <stdbool.h>
#include <sys/socket.h>

/* endpoint_text'in yazdığı en uzun metin, sondaki NUL ile. */
#define ENDPOINT_TEXT_SIZE 128

/* "127.0.0.1:10001" ya da "[::1]:10001". Ad sunucusuna sorulmaz. Dönen değer `out`tur. */
const char *endpoint_text(const struct sockaddr *address, socklen_t length, char *out);

/* Soketin kendi adresi (getsockname), metin olarak. Öğrenilemezse "?". Dönen değer `out`tur. */
const char *endpoint_of_socket(int fd, char *out);

/* Adı ve portu, denenecek adreslerin listesine çevirir (`passive`: dinlemek için). Liste
 * çağıranındır, freeaddrinfo ile geri verilir. Hatada NULL; `*why` nedenin sabit metnidir. Ad
 * sunucusuna sorulan çağrı bloke eder ve süresi sınırlanamaz; sayısal adreste soru sorulmaz. */
struct addrinfo *endpoint_resolve(const char *host, int port, bool passive, const char **why);

#endif
