/* Ağ adresleri: ad çözümleme, metne çevirme, karşılaştırma.
 *
 * Çekirdeğin adres yapıları aileye göre değişir (sockaddr_in, sockaddr_in6, sockaddr_un) ve hepsi
 * `struct sockaddr *` diye verilir; burada hepsi tek yapıda durur, dönüştürme gerekmez.
 *
 * Kaynak: getaddrinfo(3), getnameinfo(3), ip(7), ipv6(7), unix(7), RFC 5952 (IPv6'nın yazımı)
 */
#ifndef NET_ADDRESS_H
#define NET_ADDRESS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

struct address {
    socklen_t length;
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
        struct sockaddr_un local;
        struct sockaddr_storage storage;
    };
};

/* Bir adın çözümlenmesinden kullanılan en çok adres sayısı. */
#define ADDRESS_MAX 16

/* address_text'in yazdığı en uzun metin, sondaki NUL ile. */
#define ADDRESS_TEXT_SIZE 128

/* Adı ve portu adreslere çevirir, denenecekleri sırayla `out`a koyar. `type`: SOCK_STREAM ya da
 * SOCK_DGRAM. `passive`: dinlemek için mi (bind), bağlanmak için mi? Dönen: adres sayısı (en az 1,
 * en çok ADDRESS_MAX). Hatada -EHOSTUNREACH; `*why` nedenin sabit metnidir. Ad sunucusuna sorulan
 * çağrı bloke eder ve süresi sınırlanamaz; sayısal adreste soru sorulmaz. */
int address_resolve(const char *host, int port, int type, bool passive,
                    struct address out[ADDRESS_MAX], const char **why);

/* "127.0.0.1:9000", "[::1]:9000", "unix:/yol" ya da adsız unix soketi için "unix:". Ad sunucusuna
 * sorulmaz. `out` ADDRESS_TEXT_SIZE bayttır; dönen değer `out`tur. */
const char *address_text(const struct address *address, char *out);

/* Soketin kendi adresi (getsockname) ve karşı tarafınki (getpeername). Başarıda 0, hatada
 * -errno. */
int address_of_socket(int fd, struct address *out);
int address_of_peer(int fd, struct address *out);

/* Aile, adres ve port aynı mı? (IPv6'da kapsam numarası da.) */
bool address_equal(const struct address *a, const struct address *b);

#endif
