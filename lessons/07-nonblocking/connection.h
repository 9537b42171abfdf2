/* Bir istemcinin bağlantısı: gelen satırları, gönderilememiş baytları, kapanışının neresinde
 * olduğu.
 *
 * Soket bloke etmeyen kiptedir; buradaki hiçbir çağrı beklemez. Olmayan iş (EAGAIN) yarım kalır ve
 * kaldığı yer burada durur. Bağlantı üç durumdan geçer:
 *
 *     OPEN      okunur, yanıtlanır
 *     LEAVING   artık okunmaz; kalan çıktı gidince yazma yarısı kapatılır (FIN)
 *     DRAINING  karşı tarafın kapatması beklenir; gelen okunup atılır, çünkü okunmamış bayt varken
 *               close() RST gönderir, RST de karşı tarafın okumadığı son sözü yok edebilir
 *
 * Kaynak: recv(2), send(2), shutdown(2), tcp(7)
 */
#ifndef LESSON_07_CONNECTION_H
#define LESSON_07_CONNECTION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"
#include "net/address.h"
#include "net/lines.h"

/* region: connection */
enum connection_state { CONNECTION_OPEN, CONNECTION_LEAVING, CONNECTION_DRAINING };

struct connection {
    int fd;
    enum connection_state state;
    bool refused;     /* sunucu doluydu; yalnız bunu duymak için duruyor */
    bool input_ended; /* karşı taraf yazma yarısını kapattı */
    struct lines lines;
    char *output; /* gönderilmeyi bekleyenler: [output_start, output_end) */
    size_t output_start, output_end, output_size;
    size_t queue_limit;    /* bekleyen bu kadar olunca bağlantı okunmaz */
    bool torn;             /* baştaki yanıtın bir kısmı gitti */
    double timeout;        /* sessizliğin sınırı, saniye */
    int64_t last_progress; /* son bayt alışverişinin anı */
    deadline_t cut_at;     /* OPEN değilken: o ana dek kapanmazsa kesilir */
    char name[ADDRESS_TEXT_SIZE];
};
/* endregion */

/* Kabul edilmiş, bloke etmeyen `fd` için bir bağlantı; soket artık onundur. Bellek yoksa NULL: o
 * zaman `fd` çağıranda kalır. `now`: monotonic_ns, buradaki bütün çağrılarda. */
struct connection *connection_new(int fd, const struct address *peer, size_t queue_limit,
                                  double timeout, int64_t now);

/* Soketi ve belleği geri verir. Gönderilmemiş bayt kaldıysa bağlantıyı RST ile keser. */
void connection_free(struct connection *connection);

/* Sırası gelen adımı atar: `ready` okunacak bir şey olduğunu söylüyorsa (POLLIN, POLLHUP ...) en
 * çok bir recv; gelmiş satırların yanıtları, soketin aldığı kadar send; kapanıyorsa kapanışın
 * adımı. 0: sürüyor, 1: bitti, -errno: bağlantı koptu. */
int connection_work(struct connection *connection, short ready, int64_t now);

/* poll'e sorulacak olaylar: POLLIN, POLLOUT ya da ikisi. */
short connection_events(const struct connection *connection);

/* `prefix`, `text` ve satır sonunu çıktıya ekler. 0 ya da -ENOMEM. */
int connection_say(struct connection *connection, const char *prefix, struct text text);

/* Gönderilmeyi bekleyen bayt sayısı; sınıra vardı mı? */
size_t connection_waiting(const struct connection *connection);
bool connection_full(const struct connection *connection);

/* Kapanışı başlatır: bekleyen çıktı ve varsa `last_word` (satır sonuyla) gider, sonra kapanır. */
void connection_leave(struct connection *connection, const char *last_word, int64_t now);

/* Bekleyen çıktıyı atıp kapanışı başlatır; yarısı gitmiş yanıtın kalanı atılmaz, yoksa karşı taraf
 * onu son söze yapışmış okurdu. */
void connection_drop(struct connection *connection, const char *last_word, int64_t now);

/* Bağlantının zaman sınırı: son alışverişten `timeout` saniye sonra; kuyruk doluysa `stall` saniye;
 * kapanıyorsa cut_at. */
deadline_t connection_deadline(const struct connection *connection, double stall);

#endif
