/* Kapı: bağlantıları kabul etmek ve geri çevirmek. Beş mimaride de aynıdır.
 *
 * Geri çevirmek de konuşmaktır: söz gönderilir, ama karşı tarafın onu okuması beklenmez; kapıdaki
 * beklerse herkes bekler. Sözü söylenmiş soketler kısa bir süre kenarda tutulur, sonra kapatılır.
 * Hemen kapatılsalardı, okunmamış baytları olan bir bağlantıda close() RST gönderir, söz
 * kaybolabilirdi.
 *
 * Kaynak: accept4(2), listen(2), tcp(7) (TCP_INFO)
 */
#ifndef LESSON_06_DOOR_H
#define LESSON_06_DOOR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"
#include "net/address.h"

#define REFUSED_MAX 32

/* Kabul edilmiş bağlantı; soket alanındır. */
struct visitor {
    int fd;
    char name[ADDRESS_TEXT_SIZE];
};

struct door {
    int listener;
    bool short_of_descriptors; /* kabul duraklatıldı; bir kez loglandı */
    struct refused {
        int fd;
        deadline_t until;
    } refused[REFUSED_MAX]; /* halka: en eskisi `oldest` */
    size_t oldest;
    size_t refused_count;
};

/* Dinlemeye başlar. 0 ya da negatif; `*why` nedenin sabit metnidir. */
int door_open(struct door *door, const char *host, int port, const char **why);

/* Sıradaki bağlantıyı bekler. 1: `*visitor` dolu. 0: bağlantı yok, ama `wake` okunur oldu (-1
 * verilirse izlenmez) ya da `deadline` geldi. -ECANCELED: durdurma isteği. Başka hata döndürmez:
 * kaynak yokluğunda kabul duraklar, kabul edilemeden kopan bağlantı atlanır. */
int door_next(struct door *door, int wake, deadline_t deadline, struct visitor *visitor);

/* "Sunucu dolu" der ve bağlantıyı bırakır; beklemez. */
void door_refuse(struct door *door, const struct visitor *visitor);

/* Çekirdeğin kuyruğunda kabul edilmeyi bekleyen bağlantı sayısı. */
long door_waiting(const struct door *door);

/* Kuyruğun başından `count` bağlantıyı geri çevirir. */
void door_refuse_waiting(struct door *door, long count);

/* Geri çevrilmiş ve süresi dolmuş soketleri kapatır; door_next bunu kendisi de yapar. */
void door_tidy(struct door *door);

/* Kapanış: kuyrukta kalanlara veda eder, her şeyi kapatır. En çok kısa bir an bekler. */
void door_close(struct door *door);

/* fork'tan sonra, kapıda işi olmayan çocuk için: kopyaları sessizce kapatır. */
void door_leave(struct door *door);

#endif
