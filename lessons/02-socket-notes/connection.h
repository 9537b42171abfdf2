/* İstemcinin bağlantısı: bağlanmak, tamamını göndermek, gelen parçayı okumak.
 *
 * Soket bloke etmeyen kiptedir; bekleyen hep poll'dür. Böylece her işlem aynı zaman sınırına uyar.
 *
 * Kaynak: connect(2), send(2), recv(2), poll(2)
 */
#ifndef LESSON_CONNECTION_H
#define LESSON_CONNECTION_H

#include <stddef.h>
#include <sys/types.h>

#include "base/clock.h"
#include "endpoint.h"

struct connection {
    int fd;
    char name[ENDPOINT_TEXT_SIZE]; /* son denenen adres */
};

/* Adın adreslerini sırayla dener; sınıra kalan süreyi kalan adreslere eşit böler, böylece yanıt
 * vermeyen ilk adres ötekilerin süresini yiyemez. 0 ya da negatif; `*why` nedenin sabit
 * metnidir. */
int connection_open(struct connection *connection, const char *host, int port, deadline_t deadline,
                    const char **why);

/* Baytların tamamını gönderir (Python'un sendall'ı). 0 ya da -errno: o zaman kaçının gittiği
 * bilinmez. */
int connection_send(const struct connection *connection, const void *bytes, size_t length,
                    deadline_t deadline);

/* Gelen bir parçayı okur. Dönen: bayt sayısı, akış sonunda 0, hatada -errno (-ETIMEDOUT: sınır
 * doldu). */
ssize_t connection_receive(const struct connection *connection, void *bytes, size_t size,
                           deadline_t deadline);

/* Yarı kapatır: "başka sözüm yok, ama seni dinliyorum". 0 ya da -errno. */
int connection_finish(const struct connection *connection);

#endif
