/* Bir bağlantının konuşması: karşılama, istekler ve yanıtlar, veda. Beş mimaride de aynıdır.
 *
 * Çağıran, konuşma bitene dek bloke olur. Ders 04'teki konuşmayla aynı kurallar geçerlidir: satır
 * çerçevelenir, her yanıt tek seferde gider, her beklemenin sınırı vardır.
 */
#ifndef LESSON_06_CONVERSATION_H
#define LESSON_06_CONVERSATION_H

#include "server.h"

/* Konuşmayı baştan sona yürütür ve soketi kapatır. */
void converse(const struct server *server, const struct visitor *visitor);

#endif
