/* Sunucunun yaptığı işler: bir istek satırını yapmak, yanıtını yazmak.
 *
 * Bir iş burada yalnız beklemektir ve bağlantının kendi görevinde beklenir: sıra bu sırada öteki
 * görevlerdedir. Kaç işin birlikte sürdüğü sayılır; eşzamanlılığın kanıtı saat değil, bu sayıdır.
 */
#ifndef LESSON_12_REQUESTS_H
#define LESSON_12_REQUESTS_H

#include "async/stream.h"
#include "base/text.h"

/* Bütün bağlantıların ortak hesabı. Görevler yalnız beklerken sıra değiştirdiği için kilit
 * gerekmez. */
struct desk {
    double timeout;   /* bir yanıtı yazmanın en uzun süresi, saniye */
    double max_delay; /* istenebilecek en uzun bekleyiş, saniye */
    size_t active;    /* süren işler */
    size_t most;      /* aynı anda sürmüş en çok iş */
};

/* İsteği yapar ve yanıtını yazar. 0, ya da -errno: akış artık kullanılmaz. -ECANCELED: kapanış
 * istendi ve iş, kapanış sınırına sığmıyor. `line` düzgün UTF-8'dir ve iş bitene dek yerinde
 * durur. */
int request_serve(struct desk *desk, struct stream *stream, struct text line);

#endif
