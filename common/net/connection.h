/* Bloke etmeyen bir bağlantı: gelen satırlar, giden kuyruk, kapanışın adımları.
 *
 * Hangi bağlantının ne zaman hazır olduğunu bilmez; onu poll, select ya da epoll ile çağıran bilir.
 * Buradaki hiçbir çağrı beklemez. Bağlantı üç durumdan geçer:
 *
 *     OPEN      okunur, satırlar yanıtlanır, kuyruk boşaldıkça gönderilir
 *     LEAVING   artık okunmaz; kuyruktakiler gidince yazma yarısı kapatılır (FIN)
 *     DRAINING  karşı tarafın kapatması, en çok CONNECTION_FAREWELL_NS, beklenir; gelen okunup
 *               atılır: okunmadan kapatılsaydı RST giderdi ve karşı taraf son sözü okuyamayabilirdi
 *
 * Kuyruk dolunca bağlantı okunmaz olur (geri basınç): yanıtlarını almayanın sorusu da alınmaz.
 * Çağıran her olaydan sonra connection_events'e yeniden bakar.
 *
 * Kaynak: recv(2), send(2), shutdown(2), poll(2), tcp(7)
 */
#ifndef NET_CONNECTION_H
#define NET_CONNECTION_H

#include <stdbool.h>

#include "base/clock.h"
#include "base/text.h"
#include "net/address.h"
#include "net/lines.h"
#include "net/outbox.h"

/* Kuyruğun olağan sınırı, bayt. */
#define CONNECTION_QUEUE_LIMIT 1048576

/* Son söz gidince karşı tarafın kapatması en çok bu kadar beklenir. Söyleyecek başka bir şeyi
 * olmayan bağlantının bütün kapanışına da bu süre yeter. */
#define CONNECTION_FAREWELL_NS INT64_C(1000000000)

/* Bağlantıyı sunucunun bitirdiği yerlerde söylenenler; her derste aynıdır. */
#define CONNECTION_SERVER_FULL "Sunucu dolu, daha sonra deneyin\n"
#define CONNECTION_LINE_TOO_LONG "Satır çok uzun (en fazla 65536 bayt)\n"
#define CONNECTION_TOO_SLOW "Çok yavaş okunuyor, bağlantı kapatılıyor\n"
_Static_assert(LINES_LIMIT == 65536, "CONNECTION_LINE_TOO_LONG aynı sayıyı söyler");

enum connection_state { CONNECTION_OPEN, CONNECTION_LEAVING, CONNECTION_DRAINING };

struct connection {
    int fd;
    enum connection_state state;
    bool input_ended; /* karşı taraf yazma yarısını kapattı */
    struct lines lines;
    struct outbox outbox;
    int64_t last_progress; /* son bayt alışverişinin anı */
    deadline_t deadline;   /* OPEN değilken: o ana dek kapanmazsa kesilir */
    char name[ADDRESS_TEXT_SIZE];
};

/* Kabul edilmiş `fd`yi bağlantıya verir; soket bundan sonra bağlantınındır, bloke etmeyen kipte
 * olmalıdır. `now`: monotonic_ns, buradaki bütün çağrılarda; çağıran saate her turda bir kez
 * bakar. */
void connection_init(struct connection *connection, int fd, const struct address *peer,
                     size_t queue_limit, int64_t now);

/* Belleği ve soketi geri verir. Kuyrukta gönderilmemiş bayt kaldıysa RST ile keser: almayan bir
 * istemcinin baytları çekirdekte de beklemesin. */
void connection_close(struct connection *connection);

/* poll için beklenen olaylar: POLLIN, POLLOUT ya da ikisi. */
short connection_events(const struct connection *connection);

/* Gelmiş olandan bir parça okur: en çok bir recv, ki çok konuşan ötekileri bekletmesin. Önce
 * connection_next_line'ın 0 dönmesi beklenir (yoksa yer kalmayabilir: -ENOMEM). 0, hatada -errno.
 * Akış sonunda input_ended olur. Bağlantı okunmak istemiyorsa bir şey yapmaz. */
int connection_receive(struct connection *connection, int64_t now);

/* Yanıtlanacak sıradaki satır: 1 `*line` dolu (sonraki connection_receive'e dek geçerli), 0
 * şimdilik yok ya da kuyruk dolu, -EMSGSIZE satır uzun, -EILSEQ geçersiz UTF-8. Satır sonu gelmeden
 * biten akışın son satırı da verilir. */
int connection_next_line(struct connection *connection, struct text *line);

/* `prefix`, `text` ve satır sonundan oluşan mesajı kuyruğa koyar; sınıra bakmaz. 0 ya da
 * -ENOMEM. */
int connection_say(struct connection *connection, const char *prefix, struct text text);

/* Kuyruktan soketin aldığı kadarını gönderir. 0 ya da -errno. */
int connection_send(struct connection *connection, int64_t now);

/* Karşı taraf yazmayı bitirdi, söylediği her şey yanıtlandı ve yanıtlar gitti mi? */
bool connection_finished(const struct connection *connection);

/* Kapanışı başlatır: kuyruktakiler ve varsa `last_word` (satır sonuyla; yoksa NULL) gider, sonra
 * kapanır. */
void connection_leave(struct connection *connection, const char *last_word, deadline_t deadline);

/* Yetişemeyeni çıkarır: kuyruk atılır, bir kısmı gitmiş mesaj tamamlanır, `last_word` söylenir,
 * kapanır. */
void connection_drop(struct connection *connection, const char *last_word, deadline_t deadline);

/* Kapanışın sıradaki adımı (durum OPEN değilken). 1: bitti, kapatılabilir; 0: sürüyor; -errno. */
int connection_wind_down(struct connection *connection, int64_t now);

/* Bağlantının zaman sınırı: OPEN iken son alışverişten `timeout` saniye sonra, kuyruk doluysa
 * `stall` saniye sonra; öbür durumlarda kapanışın sınırı. */
deadline_t connection_deadline(const struct connection *connection, double timeout, double stall);

#endif
