/* Sunucunun bir bağlantıda gördüğü satırlar, bir adım önden: iş sürerken gelen satır da okunur ki
 * `vazgeç` işi bıraktırabilsin.
 *
 * Öne bakan, yalnız iş sürerken yaşayan bir görevdir (kulak). Okuduğu satır `vazgeç` değilse
 * sırasını bekler: bir bağlantının istekleri sırayla yapılır.
 */
#ifndef LESSON_14_VISIT_H
#define LESSON_14_VISIT_H

#include "async/stream.h"
#include "async/sync.h"

/* Bütün bağlantıların ortak hesabı. Görevler yalnız beklerken sıra değiştirdiği için kilit
 * gerekmez. */
struct desk {
    double timeout;   /* satır beklemenin ve bir yanıtı yazmanın en uzun süresi, saniye */
    double max_delay; /* istenebilecek en uzun bekleyiş, saniye */
    size_t active;    /* süren işler */
    size_t most;      /* aynı anda sürmüş en çok iş */
    size_t dropped;   /* bıraktırılan işler */
};

struct visit {
    struct desk *desk;
    struct stream *stream;
    bool ahead;           /* kulak bir sonuç okudu, henüz verilmedi */
    int outcome;          /* o sonuç: stream_read_line'ın dönüşü */
    struct text line;     /* ve satır */
    struct event dropped; /* iş bırakılsın */
};

/* Sıradaki satır: 1, 0 akış sonu, -ETIMEDOUT, -ECANCELED (kapanış istendi ve gelmiş satır
 * kalmadı), ya da -errno. Satır, sonraki visit_line ya da visit_work'e dek geçerlidir. */
int visit_line(struct visit *visit, struct text *line);

/* O kadar çalışır. 1: bitti; 0: bıraktırıldı; -ECANCELED: kapanış istendi ve iş kapanış sınırına
 * sığmıyor; -errno: karşı taraf gitti. */
int visit_work(struct visit *visit, double seconds);

#endif
