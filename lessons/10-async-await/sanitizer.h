/* Yığın değişimini AddressSanitizer'a söylemek; onsuz derlemede hepsi boştur.
 *
 * ASan yığının ancak çağrıyla büyüyüp dönüşle küçüldüğünü varsayar; yürütme bir yığından ötekine
 * atlayınca yanlış alarm verir. Nereden nereye gidildiği ona burada söylenir: gitmeden hemen önce
 * ve varır varmaz, arada başka iş yapılmadan. Programın ne yaptığını anlamak için bu dosyayı okumak
 * gerekmez.
 *
 * valgrind'e bir şey söylenmez: döngüyle eş yordam arasındaki büyük sıçramanın yığın değişimi
 * olduğunu kendisi anlar.
 *
 * Kaynak: sanitizer/common_interface_defs.h, sanitizer/asan_interface.h
 */
#ifndef LESSON_10_SANITIZER_H
#define LESSON_10_SANITIZER_H

#include <stdbool.h>
#include <stddef.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_ASAN 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define HAS_ASAN 1
#endif

#ifdef HAS_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

/* Bir yığının ASan'ın bildiği yanı. */
struct sanitizer_stack {
    const void *bottom;
    size_t size;
    void *fake; /* ASan'ın bu yığın için tuttuğu */
};

/* Gitmeden hemen önce. `ends`: `from`a bir daha dönülmeyecek. */
static inline void sanitizer_leave(struct sanitizer_stack *from, const struct sanitizer_stack *to,
                                   bool ends)
{
#ifdef HAS_ASAN
    __sanitizer_start_switch_fiber(ends ? NULL : &from->fake, to->bottom, to->size);
#endif
    (void)from, (void)to, (void)ends;
}

/* Varır varmaz. Sürecin kendi yığınının sınırları da (`left` oysa) burada öğrenilir. */
static inline void sanitizer_arrive(const struct sanitizer_stack *here,
                                    struct sanitizer_stack *left)
{
#ifdef HAS_ASAN
    __sanitizer_finish_switch_fiber(here->fake, &left->bottom, &left->size);
#endif
    (void)here, (void)left;
}

/* Yığın çekirdeğe geri verilmeden önce: üstünde dönmeden kalmış işlevlerin izleri silinir. */
static inline void sanitizer_forget(const struct sanitizer_stack *stack)
{
#ifdef HAS_ASAN
    ASAN_UNPOISON_MEMORY_REGION(stack->bottom, stack->size);
#endif
    (void)stack;
}

#endif
