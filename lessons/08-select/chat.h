/* Sohbet: üyeler, birinin sözünü ötekilere yaymak, ayrılanlar ve yetişemeyenler.
 *
 * Kimin hazır olduğunu buradaki kod bilmez; onu select söyler (server.c) ve her üyenin readable,
 * writable alanlarına yazar. Buradaki hiçbir çağrı beklemez.
 *
 * Bir turun içinde kimse diziden çıkarılmaz: ayrılan yalnız `gone` diye işaretlenir, dizi turun
 * sonunda tek geçişte sıkıştırılır. Dolaşılan diziden eleman çıkarmak, sıradaki elemanı atlatır.
 *
 * Kaynak: select(2), send(2), shutdown(2)
 */
#ifndef LESSON_08_CHAT_H
#define LESSON_08_CHAT_H

#include <stdbool.h>
#include <sys/select.h>

#include "net/connection.h"

struct member {
    struct connection connection;
    bool readable, writable; /* select'in bu turda söyledikleri */
    bool blocked;            /* son send her şeyi almadı: yazılabilir olması bekleniyor */
    bool unfinished;         /* gelmiş ama yanıtlanmamış satırı kalmış olabilir */
    bool spoke;              /* bu turda bir satırı yanıtlandı */
    bool finishing; /* sözü bitti: yanıtları gidince `last_word` söylenip kapatılacak */
    bool refused;   /* üye olamadı, uğurlanıyor */
    bool gone;      /* turun sonunda kapatılıp diziden çıkarılacak */
    const char *last_word; /* yoksa NULL */
};

struct chat {
    long max_clients;
    long max_queue; /* bir üye için bekleyen en çok bayt */
    double timeout;
    double stall;
    size_t count;
    size_t refused; /* bunların kaçı geri çevrilmiş */
    /* Her tanımlayıcı tektir ve FD_SETSIZE'dan küçüktür: dizi taşamaz. Sıra, geliş sırasıdır. */
    struct member members[FD_SETSIZE];
};

/* Üyenin select'ten beklediği: POLLIN, POLLOUT ya da ikisi. */
short chat_events(const struct member *member);

/* Üye için en geç ne zaman uyanılmalı? Yanıtlanmayı bekleyen satırı varsa hemen. */
deadline_t chat_deadline(const struct chat *chat, const struct member *member);

/* Bir tur: hazır olanlardan birer parça okunur, satırlar yayılır, kuyruklar gönderilir, süresi
 * dolanlar ve ayrılanlar çıkarılır. */
void chat_turn(struct chat *chat, int64_t now);

/* Gelmiş ama yanıtlanmamış söz kalmış olabilir mi? (Satırı kalan ya da kuyruğu dolduğu için
 * okunmayan.) */
bool chat_unanswered(const struct chat *chat);

/* Kapanış: artık kimse okunmaz; herkes kuyruğundakini ve akış sonunu alır. */
void chat_leave_all(struct chat *chat, deadline_t deadline);

/* Kalanları beklemeden kapatır. */
void chat_close_all(struct chat *chat);

#endif
