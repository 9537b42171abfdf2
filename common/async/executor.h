/* Bloke eden işi iş parçacıklarına vermek (run_in_executor).
 *
 * Sıradan dosyalar ve ad çözümleme epoll ile beklenemez: okuma çağrısı, disk yanıt verene dek bütün
 * döngüyü durdurur. Böyle işler dört iş parçacığından birinde yapılır, görev bu sırada öteki
 * görevlere yer bırakarak bekler. İş parçacıkları ilk işte açılır, döngü kapanırken toplanır.
 *
 * Kaynak: pthreads(7), epoll_ctl(2) (EPERM), Python asyncio (run_in_executor)
 */
#ifndef ASYNC_EXECUTOR_H
#define ASYNC_EXECUTOR_H

#include <stddef.h>

#include "async/task.h"
#include "net/address.h"

#define EXECUTOR_THREADS 4

/* work(kopya)'yı bir iş parçacığında çalıştırır; bitince kopyayı `data`ya geri yazar. Dönen:
 * work'ün sonucu; -ENOMEM, ya da beklenmediyse -ETIMEDOUT, -ECANCELED. İş başka bir iş parçacığında
 * yarıda kesilemez: beklemeyi bırakan görev giderse iş kendi kopyasında sürer, sonucu atılır.
 * `work`, `data`nın dışındaki ortak belleğe kilitsiz dokunmamalıdır. */
int executor_run(int (*work)(void *data), void *data, size_t size, deadline_t deadline);

/* address_resolve, döngüyü durdurmadan; aynı anda en çok EXECUTOR_THREADS / 2 ad çözülür ki
 * cevapsız ad sunucuları dosyaların önünü tıkamasın (bırakılan soru da, cevabı gelene dek yerini
 * tutar). Sayısal adreste iş parçacığına gidilmez. */
int executor_resolve(const char *host, int port, int type, struct address out[ADDRESS_MAX],
                     const char **why, deadline_t deadline);

struct executor;

/* Döngü kapanırken: bekleyen işler atılır, süren işler `deadline`a dek beklenir. NULL
 * verilebilir. */
void executor_close(struct executor *executor, deadline_t deadline);

#endif
