/* Gösteri: argümansız istemcinin, sırası belli beş adımı. */
#ifndef LESSON_06_DEMO_H
#define LESSON_06_DEMO_H

#include "connection.h"

/* 0 ya da -errno; hatada program_fail ile söylenecek söz `trouble`dadır. */
int demo_run(const struct target *target, struct connection *trouble);

#endif
