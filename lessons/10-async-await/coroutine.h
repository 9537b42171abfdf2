/* Eş yordamlar ve onları yürüten olay döngüsü: tek iş parçacığı, poll(2), ucontext(3).
 *
 * Eş yordam, kendi yığınında çalışan bir işlevdir: int run(void *argument). Aşağıda "bekler" diye
 * anlatılan çağrılarda durur ve sıra döngüye geçer; beklediği olunca aynı satırdan sürer. İki
 * bekleyiş arasında başka hiçbir eş yordam çalışmaz: paylaşılan veriye kilit gerekmez, ama uzun
 * süren bir hesap herkesi bekletir.
 *
 * Süreçte tek döngü vardır; buradaki her çağrı onun iş parçacığından yapılır.
 *
 * Kaynak: getcontext(3), makecontext(3), poll(2), mmap(2), Python asyncio
 */
#ifndef LESSON_10_COROUTINE_H
#define LESSON_10_COROUTINE_H

#include "base/clock.h"

struct coroutine;

/* asyncio.run: run(argument)'i ana eş yordam olarak başlatır ve bütün eş yordamlar bitene dek
 * döner. Dönen: ana eş yordamın sonucu; süren bir döngünün içinden çağrılırsa -EBUSY, bellek yoksa
 * -ENOMEM. */
int coroutine_run(int (*run)(void *argument), void *argument);

/* create_task: yeni bir eş yordam. Gövdesi, çağıran ilk kez bekleyince başlar. Sahibi çağırandır:
 * ya coroutine_await ile sonucunu alır ya coroutine_detach ile bırakır. Bellek ya da süren bir
 * döngü yoksa NULL. */
struct coroutine *coroutine_spawn(int (*run)(void *argument), void *argument);

/* await: bitmesini bekler, sonucunu verir, onu geri verir; bir kez çağrılır. NULL için -ENOMEM.
 * Beklenen, dönüp dolaşıp çağıranı bekliyorsa -EDEADLK; eş yordam olmayan bir yerden çağrılırsa
 * -EPERM: o zaman geri verilmez. */
int coroutine_await(struct coroutine *coroutine);

/* Kimse beklemeyecek: bitince kendini geri verir, sonucu atılır. O ana dek coroutine_wake'e
 * verilebilir. */
void coroutine_detach(struct coroutine *coroutine);

/* Süren bekleyişini -ECANCELED ile bitirir. Beklemiyorsa (sıradaysa ya da başka bir eş yordamın
 * sonucunu bekliyorsa) bir şey yapmaz. */
void coroutine_wake(struct coroutine *coroutine);

/* `fd`, `events` (POLLIN, POLLOUT) için hazır olana dek bekler. Dönüşü wait_fd'ninki gibidir: 0'dan
 * büyük (poll'ün revents'i), süre dolarsa -ETIMEDOUT, hatada -errno; ek olarak -ECANCELED
 * (coroutine_wake) ve eş yordam olmayan bir yerden çağrılırsa -EPERM. Hazır olsa da geçmiş bir
 * sınırla da en az bir tur bekler: sırayı hep ötekilere bırakır. */
int coroutine_wait_fd(int fd, short events, deadline_t deadline);

/* O ana dek uyur: 0, -ECANCELED ya da -EPERM. Aynı turda uyananlar, uyumaya başladıkları sırayla
 * çalışır. */
int coroutine_sleep(deadline_t when);

#endif
