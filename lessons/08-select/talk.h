/* İstemcinin üç konuşma biçimi: mesaj göndermek, dinlemek, klavyeyle sohbet.
 *
 * Her işlev bağlı bir oturum alır; 0 ya da -errno döner, nedeni oturumun failed ve why
 * alanlarındadır.
 */
#ifndef LESSON_08_TALK_H
#define LESSON_08_TALK_H

#include "session.h"

/* Mesajları sırayla gönderir; her birinin yankısını bekler, o arada gelen her şeyi yazar. */
int talk_say_all(struct session *session, char **messages);

/* `seconds` boyunca gelenleri yazar. */
int talk_listen(struct session *session, double seconds);

/* Standart girdiyi sunucuya, gelenleri ekrana taşır; girdi bitince yazma yarısını kapatır, akış
 * sonuna dek okur. */
int talk_chat(struct session *session);

/* Yazma yarısını kapatır, akış sonuna dek okur (`aloud` ise yazarak): son sözler kaybolmaz, sunucu
 * RST görmez. */
int talk_leave(struct session *session, bool aloud);

/* Satırı `label` ile stdout'a yazar; ağdan gelen baytlar uçbirime kaçışla gider. */
void talk_print(const char *label, struct text line);

#endif
