/* Sunucunun bir bağlantıdaki konuşması: satır oku, işi yap, yanıtla; nasıl biterse bitsin düzgün
 * bitir. */
#ifndef LESSON_13_CONVERSATION_H
#define LESSON_13_CONVERSATION_H

#include "async/server.h"

/* async/server'ın bağlantı görevi; `argument` bir struct desk'tir. */
int converse(struct stream *stream, const struct address *peer, void *argument);

#endif
