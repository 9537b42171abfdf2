/* İstemcinin bir bağlantısı: bekleyerek bağlanmak, sormak, yanıtını beklemek, vazgeçmek.
 *
 * Bir bağlantıyı aynı anda bir görev kullanır; birlikte sorulacak iki soru iki bağlantı ister.
 * Bağlantının kendisiyle ilgili ilk sorun settings.failure'a yazılır. İptal sorun değildir: nedeni,
 * iptal edenin kendisidir. Sunucunun `HATA: ` yanıtı da burada değil, isteyende karara bağlanır.
 */
#ifndef LESSON_14_REMOTE_H
#define LESSON_14_REMOTE_H

#include "async/stream.h"
#include "settings.h"

struct remote {
    struct settings *settings;
    struct stream stream;
    bool leaving; /* veda ediyor: duyulmaması sorun değildir, settings.failure'a yazılmaz */
};

/* 0 ya da -errno; hatada açık bir şey kalmamıştır. */
int remote_open(struct remote *remote, struct settings *settings);

/* İkinci kez çağrılabilir; sıfırlanmış (hiç açılmamış) yapıda da. */
void remote_close(struct remote *remote);

/* `VERB SANİYE NAME` ister; SANİYE, çarpanla çarpılmış `seconds`tır. Yanıtı REPLY_SIZE baytlık
 * `reply`a ekrana güvenle yazılacak biçimde koyar. 0; -EREMOTEIO: yanıt `HATA: ` ile başlıyor,
 * kalanı `reply`da; -EPROTO: yanıt `NAME tamamlandı` değil; -errno. */
int remote_ask(struct remote *remote, const char *verb, double seconds, const char *name,
               char *reply);

/* Süren isteği bıraktırır (`vazgeç`): onun yanıtını okuyup geçer, vazgeçişin yanıtını bekler.
 * Dönünce bağlantı yeni bir isteğe hazırdır. İptal edilmiş görev bunu kalkanın arkasında
 * çağırır. 0 ya da -errno. */
int remote_withdraw(struct remote *remote, double seconds);

#endif
