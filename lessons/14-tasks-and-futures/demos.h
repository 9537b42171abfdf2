/* Gösteriler. Her biri ana görevde çalışır; 0 ya da -errno döner. Bağlantıyla ilgili bir sorun
 * settings.failure'dadır. */
#ifndef LESSON_14_DEMOS_H
#define LESSON_14_DEMOS_H

#include "settings.h"

/* Belgenin gösterileri */
int demo_management(struct settings *settings);
int demo_cancellation(struct settings *settings);
int demo_group(struct settings *settings);
int demo_results(struct settings *settings);
int demo_future(struct settings *settings);
int demo_exceptions(struct settings *settings);

/* Belgenin göstermediği: görevin ömrü, iptalin sürmesi, grupların ayrıntıları */
int demo_life(struct settings *settings);
int demo_level(struct settings *settings);
int demo_order(struct settings *settings);
int demo_early(struct settings *settings);
int demo_together(struct settings *settings);
int demo_independent(struct settings *settings);
int demo_child(struct settings *settings);
int demo_limit(struct settings *settings);
int demo_compute(struct settings *settings);

#endif
