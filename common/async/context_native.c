/* context_x86_64.S ve context_aarch64.S için ilk yığın düzeni. */
#include <stdint.h>
#include <string.h>

#include "async/context_machine.h"

void context_begin(void);

/* region: first-stack */
#if defined(__x86_64__)
enum { FLOATING, R15, R14, R13, R12, RBX, RBP, RETURN, ABOVE, SAVED };

static void fill(uintptr_t *saved, void (*entry)(void *), void *argument)
{
    uint32_t mxcsr;
    uint16_t x87;
    __asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
    __asm__ volatile("fnstcw %0" : "=m"(x87));
    saved[FLOATING] = (uintptr_t)mxcsr | (uintptr_t)x87 << 32;
    saved[R12] = (uintptr_t)entry;
    saved[R13] = (uintptr_t)argument;
    saved[RETURN] = (uintptr_t)context_begin;
}
/* endregion */
#elif defined(__aarch64__)
enum { X19, X20, X30 = 11, SAVED = 20 };

static void fill(uintptr_t *saved, void (*entry)(void *), void *argument)
{
    saved[X19] = (uintptr_t)entry;
    saved[X20] = (uintptr_t)argument;
    saved[X30] = (uintptr_t)context_begin;
}
#endif

/* region: context-prepare */
void *context_prepare(void *stack, size_t size, void (*entry)(void *), void *argument)
{
    /* İki ABI de çağrı anında 16'lık hizayı ister: context_begin'in çağırdığı işlev onu bulur. */
    uintptr_t top = ((uintptr_t)stack + size) & ~(uintptr_t)15;
    uintptr_t *saved = (uintptr_t *)(top - sizeof(uintptr_t) * ((SAVED + 1) & ~1));
    memset(saved, 0, sizeof(uintptr_t) * SAVED);
    fill(saved, entry, argument);
    return saved;
}
/* endregion */
