/* Sunucunun istemcileri: kabulden kapanışa kadar her birinin konuşması, hepsi tek iş parçacığında.
 *
 * Hiçbir çağrı beklemez. Seçiciden gelen her olay bir adımdır (crowd_step); zamanı dolanları
 * süpürme (crowd_sweep) bulur. Bir istemci kapanınca seçiciden de silinir ve belleği hemen geri
 * verilir.
 */
#ifndef LESSON_09_CROWD_H
#define LESSON_09_CROWD_H

#include <stddef.h>

#include "net/connection.h"
#include "selector.h"

struct client {
    short watched; /* seçicinin bildiği olaylar; 0: seçiciye sığmadı, yalnız süpürülür */
    bool refused;
    struct connection connection;
    struct client *previous;
    struct client *next;
};

struct crowd {
    struct selector *selector;
    long max_clients;
    long max_queue; /* bir istemcinin kuyruğunun sınırı, bayt */
    double timeout; /* sessizliğin sınırı, saniye */
    double stall;   /* dolu kuyrukla hiç bayt almamanın sınırı, saniye */
    bool verbose;
    long serving;
    long refusing;
    struct client *first;
    deadline_t sweep_at; /* bundan önce kimsenin süresi dolmaz */
    int64_t swept_at;
};

/* Ayarları doldurulmuş yapının kalanını kurar. */
void crowd_init(struct crowd *crowd, struct selector *selector);

/* Kabul edilmiş, bloke etmeyen soketi alır: karşılar ya da, yer yoksa, söyleyip kapatır. `now`:
 * monotonic_ns, buradaki bütün çağrılarda. */
void crowd_admit(struct crowd *crowd, int fd, const struct address *peer, int64_t now);

/* İstemciyi hazır olan olaylarla bir adım ilerletir. İstemci geri verilmiş olabilir. */
void crowd_step(struct crowd *crowd, struct client *client, short events, int64_t now);

/* `sweep_at` geldiyse süresi dolanları çıkarır, yeni `sweep_at`i bulur. */
void crowd_sweep(struct crowd *crowd, int64_t now);

/* Kuyruğu dolu olduğu için okunmayan biri var mı? Herkese bakar; yalnız kapanışta sorulur. */
bool crowd_blocked(const struct crowd *crowd);

/* Kapanış: kimse artık okunmaz, herkes kuyruğundakileri alır, en geç `deadline`da kesilir. */
void crowd_leave(struct crowd *crowd, deadline_t deadline, int64_t now);

/* Kalanları keser. */
void crowd_close(struct crowd *crowd);

#endif
