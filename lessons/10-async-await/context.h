/* Durmuş bir yürütme: kendi yığınında, kaldığı yerden sürdürülebilen bir işlev.
 *
 * Bir yürütmeyi kaldığı yerden sürdürmek için iki şey yeter: işlemcinin yazmaçları ve yığını.
 * Yazmaçlar ucontext_t'ye saklanır; yığın kopyalanmaz, yerinde durur. Kimin ne zaman süreceğini
 * bilmez, o coroutine.h'nin işidir.
 *
 * Kaynak: getcontext(3), makecontext(3), mmap(2), mprotect(2)
 */
#ifndef LESSON_10_CONTEXT_H
#define LESSON_10_CONTEXT_H

#include <ucontext.h>

#include "sanitizer.h"

struct context {
    ucontext_t saved; /* yazmaçlar ve sinyal maskesi */
    void *mapping;    /* yığını; sürecin kendi yığınıysa NULL */
    struct sanitizer_stack stack;
};

/* Kendi yığınında, ilk geçişte entry() ile başlayacak bir yürütme. entry'nin ilk işi context_begin,
 * son işi context_finish'tir; dönmez. 0 ya da -errno (-ENOMEM). */
int context_create(struct context *context, void (*entry)(void));

/* Yığını geri verir. Üstünde duran bir yürütme bunu kendisi için çağıramaz. */
void context_destroy(struct context *context);

/* `from`daki durur, `to`daki kaldığı yerden sürer. Biri `from`a geçince döner. Bedeli iki sistem
 * çağrısıdır: getcontext de setcontext de sinyal maskesi için çekirdeğe gider. */
void context_switch(struct context *from, struct context *to);

/* Yeni yığına varıldı; `from`dan gelindi. */
void context_begin(struct context *here, struct context *from);

/* Son geçiş: `from` bir daha sürdürülmez. */
_Noreturn void context_finish(struct context *from, struct context *to);

#endif
