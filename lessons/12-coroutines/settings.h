/* İstemcinin ayarları: sunucu, süreler, gösterilerin boyu. */
#ifndef LESSON_12_SETTINGS_H
#define LESSON_12_SETTINGS_H

#include <stdbool.h>

struct settings {
    const char *host;
    int port;
    double timeout; /* bağlanmanın ve, istenen sürenin ardından, bir yanıtın sınırı, saniye */
    double scale; /* bütün bekleyişlerin çarpanı */

    long take; /* üreteçten alınacak değer */

    long producers, consumers;
    long items;    /* üretici başına öğe */
    long capacity; /* kuyruğun boyu */
    long seed;     /* sürelerin tohumu */
    bool sentinel; /* belgenin yoluyla bitir: kuyruğa None koyarak */
    double cancel; /* bundan sonra bütünü iptal et, saniye; 0: etme */

    /* İlk olmayan iş: hangi iş, hangi adreste, neden. Boşsa her şey oldu. */
    char failure[512];
};

#endif
