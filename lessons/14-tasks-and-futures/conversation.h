/* Sunucunun bir bağlantıdaki konuşması: satır oku, yap, yanıtla; nasıl biterse bitsin düzgün
 * bitir. */
#ifndef LESSON_14_CONVERSATION_H
#define LESSON_14_CONVERSATION_H

#include "async/server.h"
#include "visit.h"

/* async/server'ın bağlantı görevi; `argument` bir struct desk'tir. */
int converse(struct stream *stream, const struct address *peer, void *argument);

#endif
