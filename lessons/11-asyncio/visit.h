/* Bir bağlantının, iki protokolde de aynı olan yarısı: satır okumak, iş için beklemek, yanıtı
 * göndermek.
 *
 * Kapanış, sunucunun bağlantı görevlerini iptal etmesiyle duyurulur; iptalden sonra her bekleyiş
 * -ECANCELED verir. Buradaki üç bekleyiş de kalkanla (task_shield) kapanışa sınırlı bir pay
 * bırakır: gelmiş istek okunur, kapanış sınırına sığan iş bitirilir, yola çıkmış yanıt yarıda
 * kesilmez. Hepsinde -ECANCELED artık gerçekten "bitir" demektir.
 */
#ifndef LESSON_11_VISIT_H
#define LESSON_11_VISIT_H

#include <stdbool.h>

#include "async/stream.h"

/* Bütün bağlantıların paylaştığı. Kilit yoktur: görevler yalnız beklerken yer değiştirir. */
struct service {
    double timeout;      /* sessiz istemcinin ve bir yanıtın gönderilmesinin sınırı, saniye */
    double head_timeout; /* HTTP başlığının istek satırından sonraki sınırı, saniye */
    double max_delay;    /* istenebilecek en uzun bekleyiş, saniye */
    bool verbose;
    long in_flight; /* şu an yanıtını bekleyen istekler */
};

struct visit {
    struct service *service;
    struct stream *stream;
    char name[ADDRESS_TEXT_SIZE];
};

/* Sıradaki satır. Dönüşü stream_read_line gibidir; ek olarak -EILSEQ: geçersiz UTF-8. */
int visit_read_line(struct visit *visit, struct text *line, deadline_t deadline);

/* İsteğin işi: `seconds` saniye bekler, bu sürece istek "sürüyor" sayılır. `request` yalnız log
 * içindir. 0 ya da -ECANCELED. */
int visit_work(struct visit *visit, double seconds, struct text request);

/* 0 ya da -errno. */
int visit_send(struct visit *visit, const char *bytes, size_t length);

#endif
