/* Kabul: bekleyen bağlantıları bloke olmadan almak, kaynak bitince boşuna dönmemek.
 *
 * Tanımlayıcı ya da bellek kalmayınca accept hemen hata verir, ama dinleyen soket okunur kalır:
 * bekleyen bir döngü hiç uyumadan döner durur. Burada kabul kısa bir süre duraklar ve bu bir kez
 * loglanır; çağıran duraklama sürdükçe soketi izlemez (listener_paused_until).
 *
 * Kaynak: accept(2)
 */
#ifndef NET_LISTENER_H
#define NET_LISTENER_H

#include "base/clock.h"
#include "net/address.h"

struct listener {
    int fd; /* dinleyen, bloke etmeyen soket; sahibi çağırandır */
    deadline_t paused_until;
    bool complained;
};

void listener_init(struct listener *listener, int fd);

/* Sıradaki bağlantı: bloke etmeyen kipte, exec'te kapanan bir tanımlayıcı, `*peer` karşı tarafın
 * adresi. Sırada kimse yoksa ya da kabul duraklatıldıysa -EAGAIN. `now`: monotonic_ns. */
int listener_accept(struct listener *listener, struct address *peer, int64_t now);

/* Kabul duraklatıldıysa yeniden başlayacağı an; duraklatılmadıysa DEADLINE_NONE. */
deadline_t listener_paused_until(const struct listener *listener, int64_t now);

#endif
