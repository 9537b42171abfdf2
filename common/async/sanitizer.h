/* Hata buluculara ve valgrind'e yığın değişimini söylemek. Onlarsız derlemede hepsi boştur.
 *
 * ASan her yığının sınırlarını bilmek ister: geçişten hemen önce "gidiyorum", varınca hemen
 * "geldim" denir; ikisi arasında başka kod çalışmaz. TSan her yürütmeyi ayrı bir iş parçacığı
 * (fiber) sayar.
 *
 * Kaynak: sanitizer/common_interface_defs.h, sanitizer/tsan_interface.h, valgrind.h
 */
#ifndef ASYNC_SANITIZER_H
#define ASYNC_SANITIZER_H

#include <stdbool.h>
#include <stddef.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_ASAN 1
#endif
#if __has_feature(thread_sanitizer)
#define HAS_TSAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define HAS_ASAN 1
#endif
#if defined(__SANITIZE_THREAD__)
#define HAS_TSAN 1
#endif

#ifdef HAS_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#ifdef HAS_TSAN
#include <sanitizer/tsan_interface.h>
#endif

/* ASan çerçeveleri büyütür ve yığına koruma bölgeleri koyar; yer de ona göre ayrılır. */
#ifdef HAS_ASAN
#define SANITIZER_STACK_SCALE 4
#define SANITIZER_WATCHES_STACKS 1
#else
#define SANITIZER_STACK_SCALE 1
#define SANITIZER_WATCHES_STACKS 0
#endif

static inline void *sanitizer_this_fiber(void)
{
#ifdef HAS_TSAN
    return __tsan_get_current_fiber();
#else
    return NULL;
#endif
}

static inline void *sanitizer_new_fiber(void)
{
#ifdef HAS_TSAN
    return __tsan_create_fiber(0);
#else
    return NULL;
#endif
}

static inline void sanitizer_free_fiber(void *fiber)
{
#ifdef HAS_TSAN
    if (fiber)
        __tsan_destroy_fiber(fiber);
#else
    (void)fiber;
#endif
}

/* Geçişin iki yanı, çağıranın içine açılmalıdır: en iyilemesiz derlemede ayrı işlev olarak kalsalar
 * TSan, birinin girişini bir yürütmenin, çıkışını ötekinin çağrı yığınına yazardı. */
#define IN_THE_SWITCH static inline __attribute__((always_inline))

/* Geçişten hemen önce. `fake_stack` NULL ise bırakılan yığın bir daha kullanılmayacaktır. */
IN_THE_SWITCH void sanitizer_leave(void **fake_stack, const void *stack, size_t size, void *fiber)
{
#ifdef HAS_ASAN
    __sanitizer_start_switch_fiber(fake_stack, stack, size);
#endif
#ifdef HAS_TSAN
    __tsan_switch_to_fiber(fiber, 0);
#endif
    (void)fake_stack, (void)stack, (void)size, (void)fiber;
}

/* Varır varmaz. Bırakılan yığının sınırları `*stack` ve `*size`a yazılır. */
/* NOLINTNEXTLINE(readability-non-const-parameter): ASan'lı derlemede oraya yazılır */
IN_THE_SWITCH void sanitizer_arrive(void *fake_stack, const void **stack, size_t *size)
{
#ifdef HAS_ASAN
    __sanitizer_finish_switch_fiber(fake_stack, stack, size);
#endif
    (void)fake_stack, (void)stack, (void)size;
}

/* Yeniden kullanılacak yığında, dönmeden bitmiş işlevlerin koruma bölgeleri kalmış olabilir. */
static inline void sanitizer_forget_frames(const void *stack, size_t size)
{
#ifdef HAS_ASAN
    ASAN_UNPOISON_MEMORY_REGION(stack, size);
#endif
    (void)stack, (void)size;
}

#endif
