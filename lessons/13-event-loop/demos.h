/* Gösteriler: belgenin örnek 6'sındaki işlevler, tanımlandıkları sırayla. */
#ifndef LESSON_13_DEMOS_H
#define LESSON_13_DEMOS_H

#include "remote.h"

/* Ana görevde çalışırlar; 0 ya da -errno. Sunucuyla ilgili neden `*trouble`dadır. */
int demo_info(const struct target *target, struct trouble *trouble);
int demo_callback(const struct target *target, struct trouble *trouble);
int demo_scheduling(const struct target *target, struct trouble *trouble);
int demo_policy(const struct target *target, struct trouble *trouble);
int demo_signals(const struct target *target, struct trouble *trouble);
int demo_threading(const struct target *target, struct trouble *trouble);
int demo_monitoring(const struct target *target, struct trouble *trouble);

#endif
