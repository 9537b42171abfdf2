/* Asenkron üretecin kullanımı: `async for` bir döngü ve bir kapanıştır. */
#include <stdio.h>

#include "async_range.h"
#include "demos.h"

/* region: use-generator */
int demo_generator(struct settings *settings)
{
    struct async_range range;
    long value;
    int outcome = 1;
    printf("=== Async Generator ===\n");
    printf("Async range kullanımı:\n");
    async_range_init(&range, settings, 0, 5, 1);
    for (long taken = 0; taken < settings->take; taken++) {
        outcome = async_range_next(&range, &value);
        if (outcome <= 0)
            break;
        printf("Değer: %ld\n", value);
    }
    async_range_close(&range); /* erken bırakılanı da: sunucu boşuna saymasın */
    return outcome < 0 ? outcome : 0;
}
/* endregion */
