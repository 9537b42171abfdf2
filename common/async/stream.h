/* Akış (stream): bir TCP ya da unix bağlantısında bekleyerek okumak ve yazmak.
 *
 * Okunan baytlar sınırlı bir tamponda durur; bekleyen bir bağlantının tamponu yoktur (boşta on bin
 * bağlantı, on bin tampon demek olmasın). Yazmak önce doğrudan dener; soket dolarsa görev bekler:
 * geri basınç budur. İptal ya da zaman aşımıyla yarıda kalan yazmadan sonra akışın nerede kaldığı
 * bilinemez; akış bozulmuş sayılır ve sonraki yazmalar -EPIPE verir. Okunmuş olan kaybolmaz.
 *
 * Bir akışı aynı anda bir görev okuyabilir, bir görev yazabilir.
 *
 * Kaynak: recv(2), send(2), shutdown(2), Python asyncio (StreamReader, StreamWriter)
 */
#ifndef ASYNC_STREAM_H
#define ASYNC_STREAM_H

#include <sys/types.h>

#include "async/task.h"
#include "async/watch.h"
#include "base/text.h"
#include "net/address.h"
#include "net/lines.h"

struct stream {
    int fd; /* kapalıysa -1 */
    struct watch watch;
    struct lines lines; /* okunmuş, verilmemiş baytlar */
    bool input_ended;
    bool poisoned;
};

/* Bloke etmeyen `fd`yi akışa verir; soket bundan sonra akışındır. `limit`: bir satırın en uzunu,
 * bayt. 0 ya da -errno: hatada soket kapatılmıştır. */
int stream_open(struct stream *stream, int fd, size_t limit);

/* Adresin ilk yanıt verenine bağlanır. 0 ya da negatif; `*why` nedenin sabit metni. */
int stream_connect(struct stream *stream, const char *host, int port, size_t limit,
                   const char **why, deadline_t deadline);

/* Soketi ve tamponu geri verir; ikinci kez çağrılabilir. */
void stream_close(struct stream *stream);

/* Yazma yarısını kapatır, karşı taraf kapatana ya da sınıra dek geleni okuyup atar, sonra
 * kapatır. */
void stream_close_gracefully(struct stream *stream, deadline_t deadline);

/* Gelmiş olandan en çok `size` bayt; yoksa bekler. Dönen: bayt sayısı (0 akış sonu) ya da
 * -errno. */
ssize_t stream_read(struct stream *stream, void *bytes, size_t size, deadline_t deadline);

/* Tam `size` bayt: 0; akış önce biterse -ENODATA (o zamana dek gelenler `bytes`tadır). */
int stream_read_exactly(struct stream *stream, void *bytes, size_t size, deadline_t deadline);

/* Sıradaki satır, satır sonu olmadan; sonraki okumaya dek geçerlidir. 1: satır var, 0: akış sonu,
 * -EMSGSIZE: sınırdan uzun. Satır sonu gelmeden biten akışın kalanı da satırdır. */
int stream_read_line(struct stream *stream, struct text *line, deadline_t deadline);

/* Tamamını yazar: 0 ya da -errno. */
int stream_write(struct stream *stream, const void *bytes, size_t length, deadline_t deadline);

/* Yazma yarısını kapatır (write_eof). 0 ya da -errno. */
int stream_write_eof(struct stream *stream);

#endif
