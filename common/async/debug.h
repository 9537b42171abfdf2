/* Acemilik hatalarını koşarken adıyla söylemek.
 *
 * YUVA_ASYNC_DEBUG=1 ile: döngüyü 100 ms'den uzun tutan çağrı ya da görev loglanır (asyncio'nun
 * hata ayıklama kipi). YUVA_ASYNC_SLOW_MS ile sınır değişir. Yığını taşan görevin adı her zaman
 * yazılır; ASan ile derlenmişse onun kendi bildirisi vardır.
 *
 * Kaynak: sigaltstack(2), Python asyncio (slow_callback_duration)
 */
#ifndef ASYNC_DEBUG_H
#define ASYNC_DEBUG_H

#include <stdint.h>

#include "async/loop.h"

/* Uzun sayılan çağrının sınırı, nanosaniye; hata ayıklama kipi kapalıysa 0. */
int64_t debug_slow_ns(void);

/* Çağrıyı çalıştırır, uzun sürerse loglar. */
void debug_run_call(struct loop *loop, struct call *call);

/* Taşan yığını tanıyan SIGSEGV işleyicisini bu iş parçacığı için kurar. */
void debug_watch_stacks(void);

#endif
