/* İstekteki süre: ondalık saniye, `2` ya da `0.5`. */
#ifndef LESSON_11_DELAY_H
#define LESSON_11_DELAY_H

#include <stdbool.h>

#include "base/text.h"

/* Eksi, üslü ve dokuz haneden uzun sayılar süre değildir: false. */
bool delay_parse(struct text text, double *seconds);

#endif
