/* Olay döngüsü: hazır olanı çalıştırır, kimse hazır değilse çekirdeği dinleyerek bekler.
 *
 * Bir iş parçacığında bir döngü olur. Bir turu dört adımdır: o an sırada duranlar çalıştırılır,
 * olaylar sorulur (epoll), süresi dolan zamanlayıcılar sıraya girer, yeniden başa dönülür. Çalışan
 * bir şey sırayı kendisi bırakmadıkça başkası çalışmaz; bu yüzden görevler arasında kilit gerekmez
 * ve bu yüzden uzun süren bir hesap herkesi bekletir.
 *
 * struct call çağıranındır ve çalışana ya da geri çekilene dek yerinde durmalıdır; döngü bellek
 * ayırmaz, sıraya koymak başarısız olmaz. Sırada duran bir çağrı ikinci kez sıraya konmaz; döngü
 * kapanırken sırada kalanlar çalışmaz.
 *
 * Kaynak: epoll(7), eventfd(2), Python asyncio (BaseEventLoop)
 */
#ifndef ASYNC_LOOP_H
#define ASYNC_LOOP_H

#include <stdbool.h>

#include "async/list.h"
#include "async/timers.h"
#include "base/clock.h"

struct loop;

/* Döngünün çalıştıracağı bir işlev. Sıfırla başlatılır: `struct call call = {0};` ya da adıyla:
 * `struct call call = {.name = "özet"};` */
struct call {
    struct link link;
    void (*run)(void *argument);
    void *argument;
    struct timer timer;
    const char *name; /* istenirse: hata ayıklama kipi çağrıyı bununla anar */
    bool foreign;     /* başka bir iş parçacığı koydu */
};

/* asyncio.run: bir döngü kurar, run(argument)'i ana görev olarak çalıştırır, o bitince kalan
 * görevleri iptal edip bitmelerini bekler, döngüyü kapatır. Dönen: ana görevin sonucu ya da
 * -errno. */
int loop_run(int (*run)(void *argument), void *argument);

/* loop_run, başka bir arka uçla (poller.h): poller_epoll ya da poller_poll. */
struct poller_kind;
int loop_run_on(const struct poller_kind *kind, int (*run)(void *argument), void *argument);

/* Bu iş parçacığında süren döngü; yoksa NULL. */
struct loop *loop_current(void);

/* Süren döngünün durumu; döngü yoksa `running` false, gerisi sıfırdır. */
struct loop_facts {
    bool running;
    bool debug;
    double slow_seconds; /* hata ayıklama kipinin sınırı; kip kapalıysa 0 */
    const char *backend; /* "epoll", "poll" */
    size_t tasks;        /* bitmemiş görevler */
};
struct loop_facts loop_facts(void);

/* Hata ayıklama kipi: döngüyü bundan uzun tutan çağrı adıyla loglanır; 0 kapatır. Süreç başlarken
 * YUVA_ASYNC_DEBUG=1 de aynısını yapar (debug.h). */
void loop_set_debug(double slow_seconds);

/* Bu turda sırada ne varsa ondan sonra, kuruldukları sırayla çalıştırır. */
void loop_call_soon(struct call *call, void (*run)(void *), void *argument);

/* Tek yönlü saatin `when` anında ya da hemen sonrasında. */
void loop_call_at(struct call *call, deadline_t when, void (*run)(void *), void *argument);
void loop_call_later(struct call *call, double seconds, void (*run)(void *), void *argument);

/* Çalışmamışsa geri çeker. Çekildiyse true. */
bool loop_call_cancel(struct call *call);

/* Başka bir iş parçacığından: `call` o döngüde çalışır. Döngü kapanmadıkça her iş parçacığından
 * çağrılabilir; döngünün kapanmayacağını çağıran sağlar. */
void loop_call_soon_threadsafe(struct loop *loop, struct call *call, void (*run)(void *),
                               void *argument);

#endif
