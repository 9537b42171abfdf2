/* Kapı: dinleyen soket ve bloke etmeyen kabul.
 *
 * Dosya tanımlayıcısı ya da bellek kalmayınca accept hemen hata verir, ama dinleyen soket okunur
 * kalır: onu bekleyen bir döngü hiç uyumadan döner durur. O zaman kapı kısa bir süre kapanır; bu
 * bir kez loglanır ve süre dolana dek soket izlenmez.
 *
 * Kaynak: accept4(2)
 */
#ifndef LESSON_07_DOOR_H
#define LESSON_07_DOOR_H

#include <stdbool.h>

#include "base/clock.h"
#include "net/address.h"

struct door {
    int fd;
    deadline_t shut_until; /* geçmişteyse kapı açıktır */
    bool complained;
};

/* Adresi dinlemeye başlar: 0; olmazsa negatif, `*why` nedenin metni. */
int door_open(struct door *door, const char *host, int port, const char **why);

/* Sıradaki bağlantı: bloke etmeyen kipte bir soket, `*peer` karşı tarafın adresi. Sırada kimse
 * yoksa ya da kapı kapalıysa -EAGAIN. */
int door_accept(struct door *door, struct address *peer, int64_t now);

/* Kapı kapalı mı? */
bool door_is_shut(const struct door *door, int64_t now);

#endif
