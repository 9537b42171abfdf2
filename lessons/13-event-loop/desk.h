/* Sunucunun bütün bağlantılarının ortak hesabı. Görevler yalnız beklerken sıra değiştirdiği için
 * kilit gerekmez. */
#ifndef LESSON_13_DESK_H
#define LESSON_13_DESK_H

#include <stddef.h>

struct desk {
    double timeout;   /* satır beklemenin ve yanıt yazmanın en uzun süresi, saniye */
    double max_delay; /* istenebilecek en uzun bekleyiş, saniye */
    size_t active;    /* süren işler */
    size_t most;      /* aynı anda sürmüş en çok iş */
};

#endif
