/* Sunucuya giden bağlantı: okumak ve yazmak aynı bekleyişte.
 *
 * Gönderecek bir şey varken de gelen okunur: önce hepsini gönderip sonra okumaya kalkan istemci,
 * yanıtları alınmadığı için kendisini okumayan bir sunucuyla karşılıklı bekler durur.
 *
 * İşlevler 0 ya da -errno döner; hatada `failed` hangi işin, `why` neden olmadığını söyleyebilir
 * (channel_fail).
 *
 * Kaynak: connect(2), getsockopt(2), poll(2), send(2), recv(2)
 */
#ifndef LESSON_07_CHANNEL_H
#define LESSON_07_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/text.h"
#include "net/address.h"
#include "net/lines.h"

struct channel {
    const char *host;
    int port;
    double timeout;     /* bağlanmanın ve iki alışveriş arasının en uzun süresi */
    int buffer_size;    /* çekirdeğin gönderme ve alma tamponu; 0: boyuna dokunulmaz */
    int fd;             /* bağlı değilse -1 */
    const char *unsent; /* gönderilecekler; bellek çağıranındır, gidene dek durmalıdır */
    size_t unsent_length;
    bool finishing; /* unsent gidince yazma yarısı kapatılsın */
    bool ended;     /* karşı taraf yazmayı bitirdi */
    struct lines lines;
    char name[ADDRESS_TEXT_SIZE];
    const char *failed;
    const char *why;
};

/* Bağlanır, karşılama satırını okur; `*welcome` sonraki çağrıya dek geçerlidir. */
int channel_open(struct channel *channel, struct text *welcome);
void channel_close(struct channel *channel);

/* unsent'ten soketin o an aldığı kadarını gönderir. Giden bayt sayısı (soket doluysa 0) ya da
 * -errno. */
ssize_t channel_send(struct channel *channel);

/* Bekler ve olanı yapar: gelmişi okur, soket alıyorsa gönderir. */
int channel_exchange(struct channel *channel);

/* Gelmiş olanlardan sıradaki satır: 1 `*line` dolu (sonraki channel_exchange'e dek geçerli), 0
 * şimdilik yok, -errno. */
int channel_next_line(struct channel *channel, struct text *line);

/* Hatayı, programın son satırında söylenecek biçimde saklar; `error` aynen döner. `why` NULL ise
 * nedeni `error`ın metnidir. */
int channel_fail(struct channel *channel, const char *failed, const char *why, int error);

#endif
