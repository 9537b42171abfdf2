/* Konuşma: bütün mesajlar art arda gider, yanıtlar geldikçe sırayla eşleşir.
 */
#ifndef LESSON_07_CONVERSATION_H
#define LESSON_07_CONVERSATION_H

#include "channel.h"

/* `messages` NULL ile biter. 0 ya da -errno; hatada `channel` nedeni bilir. */
int converse(struct channel *channel, char **messages);

#endif
