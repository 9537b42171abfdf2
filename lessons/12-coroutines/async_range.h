/* Asenkron üreteç: değerleri sunucuda üretilen bir sayı dizisi.
 *
 * Python'da `async def` içindeki `yield` bir üreteç (generator) yapar; onu durduran ve sürdüren
 * yorumlayıcıdır. Burada üreteç bir yapı ve bir `next` işlevidir: nerede kaldığı yapının
 * alanlarında yazar, `next` bekleyebilir.
 *
 *     struct async_range range;
 *     async_range_init(&range, settings, 0, 5, 1);
 *     while ((outcome = async_range_next(&range, &value)) > 0)
 *         ...
 *     async_range_close(&range);
 */
#ifndef LESSON_12_ASYNC_RANGE_H
#define LESSON_12_ASYNC_RANGE_H

#include "connection.h"

struct async_range {
    struct settings *settings;
    long start, stop, step; /* step >= 1; stop dahil değil */
    enum { RANGE_NEW, RANGE_COUNTING, RANGE_ENDED } state;
    struct connection connection;
};

/* Hiçbir şey başlatmaz: Python'da üreteç çağrılınca gövdesinin başlamaması gibi, bağlantı ilk
 * next'te kurulur. */
void async_range_init(struct async_range *range, struct settings *settings, long start, long stop,
                      long step);

/* Sıradaki değer. 1: `*value` dolu, 0: değer kalmadı (hep 0 kalır), -errno. */
int async_range_next(struct async_range *range, long *value);

/* Bağlantıyı kapatır: sunucu saymayı bırakır. Dizinin sonuna varılmamışken de, hiç başlamamışken de
 * çağrılır. */
void async_range_close(struct async_range *range);

#endif
