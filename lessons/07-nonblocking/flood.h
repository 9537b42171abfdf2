/* Sel: yanıtları okumadan, soket almaz olana dek göndermek; sonra okuyup saymak.
 *
 * Bloke etmeyen bir sunucunun en zor sınavıdır: gönderemediği yanıtları saklamazsa satırlar
 * kaybolur.
 */
#ifndef LESSON_07_FLOOD_H
#define LESSON_07_FLOOD_H

#include "channel.h"

struct flood {
    long lines; /* gönderilecek satır */
    long size;  /* birinin boyu, satır sonuyla, bayt */
};

/* 0 ya da -errno; hatada `channel` nedeni bilir. Bir satır bile eksik ya da farklı gelirse
 * -EBADMSG. */
int flood_run(const struct flood *flood, struct channel *channel);

#endif
