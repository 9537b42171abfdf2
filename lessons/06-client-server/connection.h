/* İstemcinin bir bağlantısı: bağlan, karşılan, sor, ayrıl.
 *
 * Her işlev 0 ya da -errno döner; hatada `failed` hangi işin, `why` neden olmadığını söyler ve
 * bağlantı kapanmıştır: yarım kalmış bir soru-yanıttan sonra gelecek satırın hangi soruya ait
 * olduğu bilinemez.
 */
#ifndef LESSON_06_CONNECTION_H
#define LESSON_06_CONNECTION_H

#include "base/clock.h"
#include "net/address.h"
#include "net/lines.h"

struct target {
    const char *host;
    int port;
    double timeout; /* bağlanmanın ve her yanıtın en uzun süresi */
};

struct connection {
    const struct target *target;
    int fd; /* bağlı değilse -1 */
    struct lines lines;
    char name[ADDRESS_TEXT_SIZE];
    const char *failed;
    const char *why;
};

void connection_init(struct connection *connection, const struct target *target);

/* Bağlanır. Karşılama beklenmez: sunucu başkasıyla konuşuyorsa bağlantı kurulur, karşılama
 * gecikir. */
int connection_open(struct connection *connection);

/* Karşılama satırını okur; dolu sunucu onun yerine "dolu" der, o zaman -EAGAIN. */
int connection_welcome(struct connection *connection);

/* İkisi birden. */
int connection_establish(struct connection *connection);

int connection_send(struct connection *connection, const char *request);

/* Sıradaki satır. `reply` sonraki okumaya dek geçerlidir. */
int connection_receive(struct connection *connection, struct text *reply);

/* Sorar ve yanıtını okur. Sorulmadan gelen veda yanıt değildir, sunucu kapanıyordur. */
int connection_ask(struct connection *connection, const char *request, struct text *reply);

/* quit der, vedayı ve akış sonunu bekler: dönüşünde sunucu bu istemciyle işini bitirmiştir. */
int connection_leave(struct connection *connection);

void connection_close(struct connection *connection);

/* Hatayı saklar, bağlantıyı kapatır; `error` aynen döner. */
int connection_fail(struct connection *connection, const char *failed, const char *why, int error);

#endif
