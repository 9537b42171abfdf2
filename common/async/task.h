/* Görevler (task): kendi yığınında çalışan, bekleyince sırayı bırakan işlevler.
 *
 * Bir görev `int run(void *argument)` işlevidir; sonucu >= 0 ya da -errno'dur, başka değerleri
 * çağıranın verdiği yapıya yazar. Bekleyen her çağrı bir zaman sınırı alır ve şunlardan birini
 * döndürür: 0 (ya da sonuç), -ETIMEDOUT, -ECANCELED.
 *
 * İptal bir kez atılan bir istisna değil, süren bir durumdur: iptal edilen görevde bekleyen HER
 * çağrı, görev task_uncancel diyene dek -ECANCELED döndürür. Dönüş değerini yok sayan kod iptali
 * yutamaz.
 *
 * Görevler yalnız kendi döngülerinin iş parçacığından kullanılır. NULL görev, belleği bulunamadığı
 * için başlayamamış görevdir: beklenirse -ENOMEM verir, gerisi onda bir şey yapmaz; task_create'in
 * dönüşüne bakmak bu yüzden gerekmez.
 *
 * Kaynak: Python asyncio (Task)
 */
#ifndef ASYNC_TASK_H
#define ASYNC_TASK_H

#include <stdbool.h>
#include <stddef.h>

#include "async/loop.h"
#include "base/clock.h"

struct task;

enum task_state {
    TASK_READY,   /* sırada */
    TASK_RUNNING, /* şimdi çalışan */
    TASK_WAITING, /* bir şeyi bekliyor */
    TASK_DONE,    /* sonucu belli */
};

/* Görevi sıraya koyar; gövdesi, çağıran sırayı bırakınca başlar. `name` kopyalanmaz (NULL:
 * "görev-7"). Sahibi çağırandır: task_release ile geri verilir. Bellek ya da süren bir döngü yoksa
 * NULL. */
struct task *task_create(const char *name, int (*run)(void *argument), void *argument);

/* Bitmesini bekler: sonucu, ya da bekleyiş bitmediyse -ETIMEDOUT, -ECANCELED. Beklemeyi bırakmak
 * görevi iptal etmez. Kendisini bekleyene -EDEADLK. */
int task_await(struct task *task, deadline_t deadline);

/* Geri verir. Bitmemişse iptal eder ve gerçekten bitmesini bekler (bu bekleyiş iptal edilemez). */
void task_release(struct task *task);

/* Kapsamdan çıkınca kendini geri veren görev: `SCOPED_TASK task = task_create(...);` */
#define SCOPED_TASK __attribute__((cleanup(task_release_scoped), unused)) struct task *
void task_release_scoped(struct task **task);

/* İptal ister; bitmişse bir şey yapmaz, false döner. Başlamamış görevin gövdesi yine çalışır ve ilk
 * bekleyişinde -ECANCELED alır: argümanını geri vermek gövdenin işidir, hiç çalışmasaydı
 * sızardı. */
bool task_cancel(struct task *task);

/* Şimdiki görevin bir iptal isteğini düşürür; kalan istek sayısını verir. */
int task_uncancel(void);

/* Şimdiki görev iptal edilmiş mi? Uzun bir hesap arada sırayı bırakmalı (task_yield): iptal edecek
 * olan da ancak o zaman çalışabilir. */
bool task_cancelling(void);

/* task_unshield'e ya da sınıra dek şimdiki görevin bekleyişleri iptalden etkilenmez: veda etmek
 * için. İç içe kullanılmaz. */
void task_shield(deadline_t deadline);
void task_unshield(void);

/* Sırayı bırakır, ötekilerden sonra sürer. 0 ya da -ECANCELED. */
int task_yield(void);

/* O ana dek uyur. 0 ya da -ECANCELED. */
int task_sleep_until(deadline_t when);
int task_sleep(double seconds);

struct task *task_current(void);
enum task_state task_state(const struct task *task);

/* Bitmiş görevin sonucu; bitmemişse -EINPROGRESS. Bakılan hata, görülmüş sayılır. */
int task_result(struct task *task);

/* Görevin adı; `out` TASK_NAME_SIZE bayttır, adı olmayanınki oraya yazılır. */
#define TASK_NAME_SIZE 32
const char *task_name(const struct task *task, char *out);

/* Görev bitince döngüde çalışacak çağrı (add_done_callback). Görev bitmişse bir sonraki turda
 * çalışır. */
void task_on_done(struct task *task, struct call *call, void (*run)(void *), void *argument);

/* --- eşzamanlama nesnelerinin kullandığı alt yarı --- */

/* Bir şeyi bekleyen görevlerin sırası. Bekleyen düğüm, bekleyenin kendi yığınındadır. */
struct waiters {
    struct link head;
};

void waiters_init(struct waiters *waiters);

/* Sıraya girip bekler. 0: uyandırıldı; -ETIMEDOUT, -ECANCELED: vazgeçildi ve sıradan çıkıldı. Bir
 * görev uyandırıldıktan sonra ama çalışamadan iptal edilebilir: o zaman -ECANCELED döner ve
 * `*woken` true olur; uyandırmayla bir şey devrediliyorsa bekleyen onu geri vermelidir (`woken`
 * NULL: devredilen yok). */
int waiters_wait(struct waiters *waiters, deadline_t deadline, bool *woken);

/* İlk bekleyeni ya da hepsini uyandırır. Uyanan var mıydı? */
bool waiters_wake_first(struct waiters *waiters);
void waiters_wake_all(struct waiters *waiters);

#endif
