/* Görevlerin yığınları: korumalı, havuzlu.
 *
 * Her yığın kendi mmap'idir; altında dokunulamayan bir koruma sayfası (guard page) durur, taşan
 * görev komşusunun belleğini bozamaz, SIGSEGV ile durur ve adı yazılır (stack_guard). Ayrılan yer
 * yalnız adres alanıdır: bellek, dokunulan sayfa kadardır.
 *
 * Koruma sayfası önce madvise(MADV_GUARD_INSTALL) ile denenir (Linux 6.13): eşlemeyi bölmez, yüz
 * bin yığın olabilir. Yoksa mprotect kullanılır; o zaman her yığın iki eşleme demektir ve
 * çekirdeğin sınırı (vm.max_map_count) 32 bin kadar göreve yeter.
 *
 * Kaynak: mmap(2), madvise(2), mprotect(2)
 */
#ifndef ASYNC_STACK_H
#define ASYNC_STACK_H

#include <stdbool.h>
#include <stddef.h>

struct stack {
    void *bottom; /* kullanılabilir en düşük adres; koruma sayfası hemen altındadır */
    size_t size;
    unsigned valgrind; /* valgrind'e kayıt numarası */
};

/* Bir yığın: havuzda varsa son bırakılan, yoksa yeni bir eşleme. 0 ya da -errno (-ENOMEM). */
int stack_take(struct stack *stack);

/* Geri verir: havuza ya da, havuz doluysa, çekirdeğe. Üstünde çalışılmıyor olmalıdır. */
void stack_give(struct stack *stack);

/* Havuzdakileri çekirdeğe geri verir. */
void stack_drain_pool(void);

/* Adres, bu yığının koruma sayfasında mı? */
bool stack_guard_contains(const struct stack *stack, const void *address);

/* Koruma sayfasını mprotect ile kurdurur; sonraki yeni yığınlar için. Testlerde eski yolu sınamak
 * için. */
void stack_force_mprotect(bool force);

#endif
