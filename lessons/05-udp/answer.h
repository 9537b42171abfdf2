/* Yanıtın biçimi: "Echo: METİN (Zaman: 2026-11-20 14:03:11.042137)", sonunda satır sonu olmadan.
 *
 * METİN, sorunun iki ucundaki boşluklar atılmış halidir. Yanıtta soru numarası yoktur; hangi
 * sorunun yanıtı olduğunu yalnız bu metin söyler.
 *
 * Kaynak: D0 §3, örnek 5
 */
#ifndef ANSWER_H
#define ANSWER_H

#include <stdbool.h>

#include "base/text.h"

#define ANSWER_HEAD "Echo: "
#define ANSWER_TAIL " (Zaman: "

#define ANSWER_DATETIME 26       /* 2026-11-20 14:03:11.042137 */
#define ANSWER_DATETIME_SHORT 19 /* mikrosaniye tam sıfırsa */

/* Yanıtın, taşıdığı metinden en çok kaç bayt uzun olduğu. */
#define ANSWER_EXTRA (sizeof ANSWER_HEAD - 1 + sizeof ANSWER_TAIL - 1 + ANSWER_DATETIME + 1)

/* Datagramdaki METİN'i `*echo`ya koyar; baytlar datagramın içindedir. Datagram bu biçimde değilse
 * false. */
bool answer_parse(struct text datagram, struct text *echo);

#endif
