/* Sınırlı satır çerçeveleme: bayt akışını satırlara böler.
 *
 * Ağdan okumaz, yalnız kendisine verilen baytlara bakar; bu yüzden bloke eden ya da etmeyen her
 * programda, iş parçacığında ya da eş yordamda aynı biçimde çalışır. Kullanımı:
 *
 *     char *room;
 *     size_t size = lines_room(&lines, &room);      yer iste
 *     ssize_t got = recv(fd, room, size, 0);        oraya oku
 *     lines_added(&lines, (size_t)got);             kaç bayt geldiğini söyle
 *     while ((outcome = lines_next(&lines, &line)) > 0) ...
 *
 * Tampon, gelen satır büyüdükçe büyür, ama satır sınırını iki bayttan (\r\n) çok aşmaz.
 * Taranan bayt yeniden taranmaz: parça parça gelen uzun satırın maliyeti doğrusaldır.
 *
 * Kaynak: RFC 9112 2.2 (satır sonları için aynı hoşgörü: \n yeter, önündeki \r atılır)
 */
#ifndef NET_LINES_H
#define NET_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

/* Belgelenen satır sınırı, bayt; satır sonu sayılmaz. */
#define LINES_LIMIT 65536

struct lines {
    char *bytes;
    size_t capacity;
    size_t limit;
    size_t start;   /* verilmemiş ilk bayt */
    size_t scanned; /* buraya kadar \n yok */
    size_t end;     /* son geçerli baytın ötesi */
};

/* Boş bir çerçeveleyici. Bellek ilk lines_room'da ayrılır; lines_free ile geri verilir. */
void lines_init(struct lines *lines, size_t limit);
void lines_free(struct lines *lines);

/* Okunacak yer. Dönen: kaç bayt sığdığı; bellek yoksa 0. Önce lines_next'in 0 dönmesi beklenir
 * (yoksa henüz alınmamış satırlar yüzünden yer kalmayabilir). `*room` sonraki çağrıya dek
 * geçerlidir. */
size_t lines_room(struct lines *lines, char **room);

/* lines_room'un verdiği yere `count` bayt kondu. */
void lines_added(struct lines *lines, size_t count);

/* Sıradaki tam satır, satır sonu olmadan. 1: `*line` dolu (baytlar sonraki lines_room'a dek
 * geçerli), 0: satır tamam değil, -EMSGSIZE: satır sınırdan uzun; bundan sonra bu çerçeveleyici
 * kullanılmaz. */
int lines_next(struct lines *lines, struct text *line);

/* Satırlara bakmadan, sıradaki en çok `size` bayt (ikili veri için). Dönen: kaç bayt alındığı. */
size_t lines_take_bytes(struct lines *lines, void *bytes, size_t size);

/* Tamponda verilmemiş hiçbir bayt yok mu? */
static inline bool lines_empty(const struct lines *lines)
{
    return lines->start == lines->end;
}

/* Boş bir çerçeveleyicinin tamponunu yedeğe koyar; yedekte tampon varsa geri verir. Bekleyen
 * binlerce çerçeveleyici böyle hiç bellek tutmaz, çalışanlar da her seferinde malloc'a gitmez. */
void lines_lend(struct lines *lines, struct lines *spare);

/* Tamponu yoksa yedektekini alır. */
void lines_borrow(struct lines *lines, struct lines *spare);

/* Akış bitti: satır sonu gelmeden kalanı son satır olarak verir. Dönüşü lines_next gibidir. */
int lines_last(struct lines *lines, struct text *line);

#endif
