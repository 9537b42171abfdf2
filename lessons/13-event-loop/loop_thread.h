/* Kendi iş parçacığında süren ikinci bir döngü ve onun bitmesini, birincisini durdurmadan beklemek.
 *
 * Bellek çağıranındır; loop_thread_await dönene dek yerinde durur. Başlatılan her iş parçacığı
 * onunla beklenir.
 *
 * Kaynak: pthread_create(3), pthread_join(3), pthread_setname_np(3), Python threading
 */
#ifndef LESSON_13_LOOP_THREAD_H
#define LESSON_13_LOOP_THREAD_H

#include <pthread.h>

#include "async/future.h"
#include "async/loop.h"
#include "policy.h"

struct loop_thread {
    const char *name; /* en çok 15 bayt: çekirdeğin sınırı */
    const struct policy *policy;
    int (*run)(void *argument);
    void *argument;

    /* gerisi bu modülündür */
    pthread_t thread;
    struct loop *home; /* başlatanın döngüsü */
    struct call ended;
    struct future finished;
    int result;
    bool joined;
};

/* 0 ya da -errno: iş parçacığı açılamadı. */
int loop_thread_start(struct loop_thread *thread);

/* Bitmesini, öteki görevlere yer vererek bekler; iptal edilemez. Dönen: döngünün sonucu. */
int loop_thread_await(struct loop_thread *thread);

/* Belgenin beklemesi: iş parçacığı bitene dek şimdiki döngüyü de durdurur. Ardından yine
 * loop_thread_await çağrılır: haber daha yoldadır ve `thread`in içindedir. */
void loop_thread_join(struct loop_thread *thread);

/* Çalışan iş parçacığının adı; `out` 16 bayttır. */
const char *thread_name(char *out);

#endif
