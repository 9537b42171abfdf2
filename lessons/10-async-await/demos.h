/* Belgenin iki örneğinin gösterileri.
 *
 * Her gösteri yazacağını stdout'a yazar. Olmazsa -errno döner; olmayan alışveriş `report`tadır.
 */
#ifndef LESSON_10_DEMOS_H
#define LESSON_10_DEMOS_H

#include "exchange.h"

struct demo {
    const char *name;
    int (*run)(const struct target *target, struct exchange *report);
};

/* Belgedeki sırayla; adı NULL olan satırla biter. */
extern const struct demo demos[];

/* Örnek 1 (demos_jobs.c). */
int demo_sync(const struct target *target, struct exchange *report);
int demo_async(const struct target *target, struct exchange *report);

/* Örnek 2 (demos_users.c). */
int demo_one_user(const struct target *target, struct exchange *report);
int demo_many_users(const struct target *target, struct exchange *report);
int demo_calls(const struct target *target, struct exchange *report);

#endif
