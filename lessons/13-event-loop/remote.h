/* Sunucuya bekletmek: bir bağlantı, üstünde `bekle` istekleri.
 *
 * Her bağlantının sorunu kendi `trouble`ındadır: iki iş parçacığının döngüsü aynı anda soruyor
 * olabilir, ortak bir yere yazsalardı kilit gerekirdi.
 */
#ifndef LESSON_13_REMOTE_H
#define LESSON_13_REMOTE_H

#include "async/stream.h"
#include "base/cli.h"

/* İstemcinin ayarları; döngüler sürerken yalnız okunur. */
struct target {
    const char *host;
    int port;
    double timeout; /* bağlanmanın ve, istenen sürenin ardından, bir yanıtın en uzun süresi */
    double scale;   /* sürelerin çarpanı */
    bool join;      /* threading: belgenin yoluyla, döngüyü durdurarak bekle */
    char endpoint[CLI_ENDPOINT_SIZE];
};

struct trouble {
    const char *operation; /* olmayan iş; NULL: sorun yok */
    char why[160];
};

#define REPLY_SIZE 128

struct remote {
    const struct target *target;
    struct stream stream; /* bağlanılmadıysa fd'si -1 */
    struct trouble trouble;
    char reply[REPLY_SIZE]; /* son yanıt, ekrana güvenle yazılacak biçimde */
};

void remote_init(struct remote *remote, const struct target *target);

/* 0 ya da -errno. */
int remote_connect(struct remote *remote);

/* Sunucuya `seconds` (çarpansız) bekletir; yanıtın "NAME tamamlandı" olduğuna bakar. 0 ya da
 * -errno. */
int remote_wait_exactly(struct remote *remote, double seconds, const char *name);

/* Aynısı, çarpanla. */
int remote_wait(struct remote *remote, double seconds, const char *name);

/* İkinci kez çağrılabilir. */
void remote_close(struct remote *remote);

/* Bağlanır, bir kez bekletir, kapatır. */
int remote_wait_once(struct remote *remote, double seconds, const char *name);

/* Gösterinin sonucu: olmadıysa bağlantının sorunu `*trouble`a geçer. `outcome` aynen döner. */
int remote_report(const struct remote *remote, int outcome, struct trouble *trouble);

#endif
