/* Gösteriler: belgenin örnek 3'ündeki yedi bölüm, onun sırasıyla. */
#ifndef LESSON_11_DEMOS_H
#define LESSON_11_DEMOS_H

#include "remote.h"

struct demo {
    const char *name;    /* komut satırındaki adı */
    const char *heading; /* belgenin başlığı */
    int (*run)(const struct target *target, struct trouble *trouble);
};

/* `name`i NULL olanla biter. */
extern const struct demo demos[];

/* Yedincisi kendi dosyasındadır (http_demo.c). */
int parallel_http_requests(const struct target *target, struct trouble *trouble);

#endif
