/* Bağlam değiştirme: bir yığındaki yürütmeyi durdurup bir başkasındakini kaldığı yerden sürdürmek.
 *
 * Eş yordamın makinedeki karşılığı budur. Durdurulan yürütmenin unutulmaması gereken her şeyi,
 * çağrılan bir işlevin zaten koruması gereken yazmaçlardadır; onlar kendi yığınına konur ve yalnız
 * yığın işaretçisi değişir. Sistem çağrısı yoktur.
 *
 * Yazmaçların hangileri olduğu işlemciye göre değişir: context_x86_64.S, context_aarch64.S. Başka
 * işlemcilerde ve `-Dcontext=ucontext` ile context_ucontext.c kullanılır; o, her geçişte sinyal
 * maskesi için çekirdeğe de gider ve bu yüzden çok daha yavaştır.
 *
 * Hata bulucular (ASan, TSan) yığının değiştiğini kendiliğinden anlamaz; onlara burada, tek yerde
 * söylenir.
 *
 * Kaynak: System V ABI (AMD64) 3.2.1, AAPCS64 6.1, swapcontext(3),
 * sanitizer/common_interface_defs.h
 */
#ifndef ASYNC_CONTEXT_H
#define ASYNC_CONTEXT_H

#include <stddef.h>

/* Durmuş bir yürütme. Alanlar yalnız bu modülündür. */
struct context {
    void *stack_pointer;
    const void
        *stack; /* en düşük adresi; iş parçacığının kendi yığınınınki ilk geçişte öğrenilir */
    size_t stack_size;
    void *fake_stack; /* ASan'ın bu yığın için tuttuğu */
    void *fiber;      /* TSan'ın bu yürütmeye verdiği */
    void (*entry)(void *);
    void *argument;
};

/* İş parçacığının kendi yığınındaki yürütme; ilk context_switch'ten önce bir kez. */
void context_init_thread(struct context *context);

/* `stack`te, ilk geçişte entry(argument) ile başlayacak bir yürütme. `entry` dönmez, context_finish
 * ile biter. Yığın çağıranındır ve yürütme bitene dek yerinde durur. */
void context_init(struct context *context, void *stack, size_t size, void (*entry)(void *),
                  void *argument);

/* `from`daki yürütmeyi durdurur, `to`dakini sürdürür. Biri bu bağlama geri geçince döner. */
void context_switch(struct context *from, struct context *to);

/* Son geçiş: `from` bir daha sürdürülmez. */
_Noreturn void context_finish(struct context *from, struct context *to);

/* Bitmiş ya da hiç başlamamış bir yürütmenin hata bulucularda tuttuğunu geri verir. Kendi yığınının
 * üstünde duran bir yürütme için çağrılamaz. */
void context_destroy(struct context *context);

#endif
