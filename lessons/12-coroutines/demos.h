/* Gösteriler. Her biri ana görevde çalışır; 0 ya da -errno döner, -errno'nun nedeni
 * settings.failure'dadır. */
#ifndef LESSON_12_DEMOS_H
#define LESSON_12_DEMOS_H

#include "settings.h"

int demo_inspect(struct settings *settings);
int demo_nested(struct settings *settings);
int demo_chained(struct settings *settings);
int demo_generator(struct settings *settings);
int demo_producer_consumer(struct settings *settings);
int demo_stack(struct settings *settings);

#endif
