/* Döngünün ve görevin içi; yalnız common/async'in kendi dosyaları içindir. */
#ifndef ASYNC_INTERNAL_H
#define ASYNC_INTERNAL_H

#include <pthread.h>

#include "async/context.h"
#include "async/loop.h"
#include "async/poller.h"
#include "async/stack.h"
#include "async/task.h"
#include "net/lines.h"

/* En sık bakılanlar baştadır: binlerce görev varken bir geçiş az önbellek satırına dokunsun. */
struct task {
    enum task_state state;
    int cancels;
    unsigned burst;   /* art arda kaç işi hiç beklemeden buldu */
    unsigned ignored; /* iptal edilmişken art arda kaç kez beklemeye kalktı */
    struct loop *loop;
    deadline_t shield;   /* 0: kalkan yok */
    deadline_t deadline; /* şimdiki bekleyişin sınırı */
    bool timed_out;
    bool awaited; /* sonucuna bakan oldu */
    bool owned;   /* task_release'i beklenen biri var; yoksa bitince kendisi geri verilir */
    struct context context; /* kaldığı yer */
    struct call resume;     /* sırada, bu çağrıyla durur */
    struct call alarm;      /* bekleyişin zaman sınırı */
    struct stack stack;
    struct link link; /* döngünün bütün görevleri */
    int (*run)(void *argument);
    void *argument;
    int result;
    struct waiters joiners;
    struct link callbacks;      /* bitince çalışacak çağrılar */
    unsigned long finish_order; /* kaçıncı biten */
    struct group *group;
    struct link member; /* grubun üyeleri */
    const char *name;
    unsigned long number;
};

/* Sırada bekleyen; kendi yığınındadır. */
struct waiter {
    struct link link;
    struct task *task;
    bool woken;
};

struct loop {
    struct link ready; /* sırada duran çağrılar */
    struct timers timers;
    struct context context; /* iş parçacığının kendi yığını: döngü burada döner */
    bool closing;           /* ana görev bitti */
    struct task *running;
    struct task *finished;  /* bitti, ama yığını henüz geri verilmedi */
    struct link tasks;      /* bitmemiş olanlar */
    struct link unreleased; /* bitmiş, ama sahibi geri vermemiş olanlar */
    unsigned long task_numbers;
    unsigned long finish_orders;
    unsigned steps;    /* son olay sorulalı çalıştırılanlar */
    int64_t polled_at; /* kaba saatle */
    const struct poller_kind *kind;
    struct poller *poller;
    struct watch wake; /* eventfd: başka iş parçacıkları bununla uyandırır */
    pthread_mutex_t inbox_lock;
    struct link inbox;         /* inbox_lock korur */
    struct lines spare;        /* bekleyen akışların bıraktığı boş tampon */
    struct executor *executor; /* ilk işte açılır */
    int64_t slow_ns;           /* 0 değilse: bundan uzun süren çağrının adı yazılır */
};

/* loop_current ve task_current'in, çağrısız biçimleri: her bekleyiş bunlara birkaç kez bakar. */
extern _Thread_local struct loop *loop_of_thread;

static inline struct task *this_task(void)
{
    return loop_of_thread->running;
}

/* region: is-cancelled */
static inline bool is_cancelled(const struct task *task)
{
    return task->cancels > 0 && (task->shield == 0 || monotonic_ns() >= task->shield);
}
/* endregion */

/* Şimdiki görevi, task_wake ile uyandırılana, sınıra ya da iptale dek durdurur: 0, -ETIMEDOUT,
 * -ECANCELED. */
int task_park(deadline_t deadline);

/* Döngünün çağırdığı: görevi (argument), bekleyişe ya da sona dek çalıştırır. */
void task_resume(void *argument);

/* İptal edilmiş görevin bekleyişini geri çevirir: -ECANCELED. Hiç beklemeden geri çevirenler de
 * bunu çağırır; dönüşe bakmayan bir döngü, ötekilere sıra vermeden sonsuza dek dönemesin. */
int task_refuse(struct task *self);

/* Art arda bu kadar işi hiç beklemeden bulan görev ötekilere sıra verir: çok konuşan bir karşı
 * taraf onu hiç bekletmeyebilir. */
#define BURST_MOST 64

/* Hazır bulunan işlerin arasında sınıra bakar ve sırayı bırakır: 0, -ETIMEDOUT, -ECANCELED. */
int task_breathe(struct task *self, deadline_t deadline);

/* watch_wait'in iki yarısı; iptale bakmış olan çağırır. Hazır yönün olağan yolu birkaç komuttur. */
static inline bool watch_passes(const struct watch *watch, enum watch_direction direction,
                                struct task *self)
{
    return watch->ready[direction] && ++self->burst < BURST_MOST;
}
int watch_block(struct watch *watch, enum watch_direction direction, struct task *self,
                deadline_t deadline);

/* Bekleyen görevi sıraya koyar; beklemiyorsa bir şey yapmaz. */
void task_wake(struct task *task);

/* Görevin bitmesini, iptal edilemeden bekler. */
void task_wait_for_end(struct task *task);

/* Sahibi olmayan görev: bitince kendini geri verir. */
void task_detach(struct task *task);

/* Çağrı sırada mı? (Zamanı beklenen değil, sırası beklenen.) */
bool loop_call_waiting(const struct call *call);

/* Çağrıyı, adı ve sınırı bilinen bir döngüde sıraya koyar (loop_current'a bakmadan). */
void loop_enqueue(struct loop *loop, struct call *call);

/* Bitmiş görevin yığınını geri verir; döngünün yığınındayken çağrılır. */
void loop_bury(struct loop *loop);

/* Döngü kapanırken: sahibinin unuttuğu görevleri adlarıyla söyler, belleklerini geri verir. */
void loop_name_unreleased(struct loop *loop);

#endif
