/* İstemcinin bir bağlantısı: bekleyerek bağlanmak, sormak, yanıtını beklemek.
 *
 * Bir bağlantıyı aynı anda bir görev kullanır; birlikte sorulacak iki soru iki bağlantı ister.
 * Olmayan ilk iş settings.failure'a yazılır: görevlerden biri başarısız olunca ötekiler iptal
 * edilir ve asıl neden onların -ECANCELED'ı altında kaybolmaz.
 */
#ifndef LESSON_12_CONNECTION_H
#define LESSON_12_CONNECTION_H

#include "async/stream.h"
#include "settings.h"

/* Bir yanıtın gösterilen metni, sondaki NUL ile; uzunu kesilir. */
#define REPLY_SIZE 256

struct connection {
    struct settings *settings;
    struct stream stream;
    char name[ADDRESS_TEXT_SIZE];
};

/* 0 ya da -errno; hatada açık bir şey kalmamıştır. */
int connection_open(struct connection *connection, struct settings *settings);

/* İkinci kez çağrılabilir; sıfırlanmış (hiç açılmamış) yapıda da. */
void connection_close(struct connection *connection);

/* Biçimlenen isteği gönderir ve `seconds` saniyelik (çarpansız) işin yanıtını bekler. `reply`,
 * REPLY_SIZE bayttır; ekrana güvenle yazılacak metindir ve çağıranındır. 0 ya da -errno. */
int connection_ask(struct connection *connection, double seconds, char *reply, const char *format,
                   ...) __attribute__((format(printf, 4, 5)));

/* Bir isteğin sonraki yanıt satırı (say isteğinin değerleri). Dönüşü connection_ask gibidir. */
int connection_next(struct connection *connection, double seconds, char *reply);

/* Yanıt beklenen biçimde değil: -EPROTO döner, nedeni yazar. */
int connection_unexpected(struct connection *connection);

#endif
