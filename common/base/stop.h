/* Durdurma isteği: SIGINT ve SIGTERM.
 *
 * İlk sinyal isteği duyurur ve stop_fd()'yi okunur kılar; bekleyen her döngü o tanımlayıcıyı da
 * izlediği için hemen uyanır. İkinci sinyal programı o sinyalle bitirir: düzgün kapanış takılırsa
 * kullanıcı beklemek zorunda kalmaz.
 *
 * Sinyal işleyicisinde yapılabilecek iş çok azdır (signal-safety(7)); burada yalnızca saate bakılır
 * ve bir eventfd'ye yazılır. Geri kalan her şey olağan akışta olur.
 *
 * Kaynak: sigaction(2), eventfd(2), signal-safety(7)
 */
#ifndef BASE_STOP_H
#define BASE_STOP_H

#include <stdbool.h>

#include "base/clock.h"

/* Durdurma isteğinden sonra süren işlere tanınan süre, saniye. */
#define STOP_GRACE_SECONDS 1.5

/* Bu sürenin baştaki bölümü: istekten önce gelmiş olanlar okunup yanıtlanır. Susmayan bir istemci
 * kapanışı bundan çok geciktiremez; gerisi son söze ve son baytlara kalır. */
#define STOP_READING_SECONDS 0.5

/* İşleyicileri kurar. İş parçacıklarından ve bağlantılardan önce, bir kez çağrılır.
 * Başarıda 0, hatada -errno. */
int stop_install(void);

/* İstek geldi mi? Her iş parçacığından çağrılabilir. */
bool stop_requested(void);

/* İstek gelince okunur olan ve hep okunur kalan tanımlayıcı; kapatılmaz, okunmaz.
 * stop_install çağrılmadıysa -1 (poll onu yok sayar). */
int stop_fd(void);

/* Kapanışta son söz ve son baytlar için zaman sınırı: istek anı + STOP_GRACE_SECONDS.
 * İstek yoksa DEADLINE_NONE. */
deadline_t stop_deadline(void);

/* Okumanın ve yanıtlamanın sınırı: istek anı + STOP_READING_SECONDS. İstek yoksa DEADLINE_NONE. */
deadline_t stop_reading_deadline(void);

/* O sınır geçti mi? Öyleyse okumak ve yanıtlamak biter. */
bool stop_overdue(void);

#endif
