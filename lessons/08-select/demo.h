/* Gösteri: tek süreçte dört üye, tek select. */
#ifndef LESSON_08_DEMO_H
#define LESSON_08_DEMO_H

#include "session.h"

/* Adımların adları; NULL ile biter. */
extern const char *const demo_names[];

/* Gösteriyi yürütür: bütün adımları ya da `only` NULL değilse yalnız onu; gelip gitmek hep vardır.
 * 0 ya da -errno. Hatada `*trouble`, hangi işin, kimde, neden olmadığını taşır. */
int demo_run(const struct target *target, const char *only, struct session *trouble);

#endif
