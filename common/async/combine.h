/* Birden çok görevi birlikte beklemek: hepsini, ilkini, bittikleri sırayla, sınırla.
 *
 * Hiçbiri görevleri geri vermez; sonuçlar task_result ile okunur.
 *
 * Kaynak: Python asyncio (gather, wait, as_completed, wait_for, timeout)
 */
#ifndef ASYNC_COMBINE_H
#define ASYNC_COMBINE_H

#include "async/task.h"

/* Hepsinin bitmesini bekler: 0, ya da bir görev başarısızsa (dizide ilk olanının) hatası. Biri
 * başarısız olunca ötekiler SÜRER; her birinin sonucu kendisindedir, hiçbiri kaybolmaz. Bekleyen
 * iptal edilirse ya da sınır geçerse hepsi iptal edilir ve bitmeleri beklenir: -ECANCELED,
 * -ETIMEDOUT. */
int task_gather(struct task *const tasks[], size_t count, deadline_t deadline);

enum wait_for { WAIT_ALL, WAIT_FIRST_COMPLETED, WAIT_FIRST_FAILURE };

/* Koşul sağlanana dek bekler; kimseyi iptal etmez. Dönen: bitmiş görev sayısı, ya da -ETIMEDOUT,
 * -ECANCELED, -ENOMEM. */
int task_wait(struct task *const tasks[], size_t count, enum wait_for until, deadline_t deadline);

/* `taken`de işaretlenmemişlerden en önce biteni bekler, işaretler, yerini döndürür. Hepsi alınmışsa
 * -ENOENT; -ETIMEDOUT, -ECANCELED, -ENOMEM. */
int task_next_done(struct task *const tasks[], bool taken[], size_t count, deadline_t deadline);

/* Görevi bekler; sınır geçerse iptal eder ve gerçekten bitmesini bekler. Sonucu, ya da iptal
 * yüzünden bittiyse -ETIMEDOUT. Bekleyen iptal edilirse görev de edilir: -ECANCELED. */
int task_wait_for(struct task *task, deadline_t deadline);

/* Bir bölüm koda zaman sınırı: sınır geçince şimdiki görevi iptal eder.
 *
 *     struct timeout timeout;
 *     timeout_open(&timeout, deadline_after(2));
 *     int outcome = ...;
 *     outcome = timeout_close(&timeout, outcome);
 */
struct timeout {
    struct call alarm;
    struct task *task;
    bool fired;
};

void timeout_open(struct timeout *timeout, deadline_t deadline);

/* Kendi istediği iptali geri alır. Sınır geçtiyse ve `outcome` o iptalse (-ECANCELED, başka iptal
 * yoksa) -ETIMEDOUT, yoksa `outcome`. */
int timeout_close(struct timeout *timeout, int outcome);

#endif
