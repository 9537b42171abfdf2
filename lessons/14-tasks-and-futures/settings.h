/* İstemcinin ayarları: sunucu, süreler; bir de olmayan ilk işin nedeni. */
#ifndef LESSON_14_SETTINGS_H
#define LESSON_14_SETTINGS_H

#include "base/cli.h"

/* Bir yanıtın gösterilen metni, sondaki NUL ile; uzunu kesilir. */
#define REPLY_SIZE 256

struct settings {
    const char *host;
    int port;
    double timeout; /* bağlanmanın ve, istenen sürenin ardından, bir yanıtın sınırı, saniye */
    double scale; /* sunucudan istenen bütün sürelerin çarpanı */
    double limit; /* group gösterisinin sınırı, saniye; çarpılmaz */
    char endpoint[CLI_ENDPOINT_SIZE];

    /* İlk olmayan iş: hangi iş, hangi adreste, neden. Boşsa her şey oldu. */
    char failure[768];
    /* Bu gösteride sunucunun ilk `HATA: ` yanıtı; gösteri onu bekliyorsa sorun değildir. */
    char remote_error[REPLY_SIZE];
};

#endif
