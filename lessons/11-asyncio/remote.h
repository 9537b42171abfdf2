/* Bir görevin sunucudaki işi: kendi bağlantısı, üstünde `bekle` istekleri.
 *
 * Her görevin bağlantısı ayrıdır; görevler birbirinin yanıtını beklemez. Olmayan işin nedeni
 * `trouble`da kalır; iptal bir sorun değildir, orada görünmez.
 */
#ifndef LESSON_11_REMOTE_H
#define LESSON_11_REMOTE_H

#include "async/stream.h"
#include "base/cli.h"

struct target {
    const char *host;
    int port;
    double timeout; /* bağlanmanın ve yanıtın, istenen bekleyişten artan süresi */
    double scale;   /* bütün sürelerin çarpanı */
    double delay;   /* HTTP isteklerinden istenen bekleyiş */
    char endpoint[CLI_ENDPOINT_SIZE];
};

struct trouble {
    const char *operation; /* olmayan iş; NULL: sorun yok */
    char why[160];
};

/* Sorunu yazar, `error` aynen döner; -ECANCELED yazılmaz. Ağdan gelen metin `why`da kaçışlı
 * olmalıdır. */
int trouble_set(struct trouble *trouble, const char *operation, const char *why, int error);

struct remote {
    const struct target *target;
    struct stream stream; /* bağlanılmadıysa fd'si -1 */
    struct trouble trouble;
};

void remote_init(struct remote *remote, const struct target *target);

/* 0 ya da -errno. */
int remote_connect(struct remote *remote);

/* asyncio.sleep'in uzaktaki karşılığı: sunucuya `seconds` (çarpanla) bekletir, "NAME tamamlandı"
 * yanıtını doğrular. 0 ya da -errno. */
int remote_wait(struct remote *remote, double seconds, const char *name);

void remote_close(struct remote *remote);

/* Yazma yarısını kapatır, sunucu da kapatana ya da sınıra dek bekler, kapatır. */
void remote_leave(struct remote *remote, deadline_t deadline);

#endif
