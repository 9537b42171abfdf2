/* Bir tanımlayıcının hazır olmasını beklemek.
 *
 * Tanımlayıcı döngüye bir kez kaydedilir; epoll'de iki yön için ve kenar tetiklemeli
 * (edge-triggered): hazır oluşu değiştikçe tek olay gelir, her bekleyişte epoll_ctl gerekmez. Bunun
 * bedeli, hazır oluşu burada akılda tutmaktır: bir yön "belki hazır"dır ya da çağıran onu
 * tükettiğini söylemiştir (EAGAIN ya da istenenden az bayt); tükenmiş yön yeni olaya dek hazır
 * sayılmaz.
 *
 * Bir yönü aynı anda tek görev bekler.
 *
 * Kaynak: epoll(7), epoll_ctl(2)
 */
#ifndef ASYNC_WATCH_H
#define ASYNC_WATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"

enum watch_direction { WATCH_READ, WATCH_WRITE, WATCH_DIRECTIONS };

struct watch {
    int fd;
    bool ready[WATCH_DIRECTIONS];
    bool always_read; /* bekleyen olmasa da okunur oluşu sorulur */
    bool hung;        /* karşı taraf yazmayı bitirdi: okumak artık hiç bloke etmez */
    struct watch_waiter *waiting[WATCH_DIRECTIONS];
    size_t slot; /* arka ucun kendi notu */
};

/* `fd`yi şimdiki döngüde izlemeye başlar; `watch`, watch_close'a dek yerinde durur. 0 ya da -errno
 * (-EPERM: sıradan dosya, hep hazırdır ve epoll onu izlemez). */
int watch_open(struct watch *watch, int fd);

/* İzlemeyi bırakır; fd'yi kapatmaz ve ondan önce çağrılır. Bekleyen görev -EBADF alır. Açılmamış ya
 * da kapanmış olanda bir şey yapmaz. */
void watch_close(struct watch *watch);

/* Yön (belki) hazır olana dek bekler. Zaten hazırsa hemen döner; ama art arda 64 kez hiç beklemeyen
 * görev sınırına bakar ve ötekilere sıra verir. 0, -ETIMEDOUT, -ECANCELED, -EBADF, -EBUSY (bekleyen
 * var). */
int watch_wait(struct watch *watch, enum watch_direction direction, deadline_t deadline);

/* Yön tükendi: çağrı EAGAIN verdi ya da istenenden azını aldı. Çağrı ile bunun arasında beklenmez;
 * o arada gelen olay unutulurdu. */
static inline void watch_spent(struct watch *watch, enum watch_direction direction)
{
    watch->ready[direction] = direction == WATCH_READ && watch->hung;
}

/* --- döngünün arka uçları için --- */

/* Yön hazır değil ve bekleyeni var mı? */
bool watch_wants(const struct watch *watch, enum watch_direction direction);

/* Çekirdeğin bildirdiği: poll(2)'nin bitleri; epoll'ünkiler de onlardır. */
void watch_notice(struct watch *watch, unsigned events);

#endif
