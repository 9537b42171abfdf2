/* Makineye bağlı yarı: context_x86_64.S, context_aarch64.S ya da context_ucontext.c. */
#ifndef ASYNC_CONTEXT_MACHINE_H
#define ASYNC_CONTEXT_MACHINE_H

#include <stddef.h>

/* `stack`i, context_swap ona geçince entry(argument) başlayacak biçimde hazırlar; dönen değer ilk
 * yığın işaretçisidir. */
void *context_prepare(void *stack, size_t size, void (*entry)(void *), void *argument);

/* Şimdikinin yığın işaretçisini `*save`e koyar, `load`a geçer. */
void context_swap(void **save, void *load);

#endif
