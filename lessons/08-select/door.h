/* Kapı: geleni üye yapmak ya da nedenini söyleyip geri çevirmek.
 *
 * Kaynak: select(2), NOTES (FD_SETSIZE)
 */
#ifndef LESSON_08_DOOR_H
#define LESSON_08_DOOR_H

#include "chat.h"

/* fd_set, FD_SETSIZE (1024) bitlik bir dizidir; bundan büyük bir tanımlayıcı kümeye konamaz. Üyeler
 * bu sınırın biraz altında kesilir: geri çevrilene söz söyleyip kapanmasını beklemek de kümede yer
 * ister. */
#define DOOR_REFUSED_RESERVE 16
#define DOOR_MEMBER_FD_END (FD_SETSIZE - DOOR_REFUSED_RESERVE)

/* Kabul edilmiş soketi alır; bundan sonra sahibi sohbettir. */
void door_admit(struct chat *chat, int fd, const struct address *peer, int64_t now);

#endif
