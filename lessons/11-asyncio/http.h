/* HTTP konuşması: başlığı oku, yazıyı bekle, yanıtla; istemci istedikçe aynı bağlantıda yine. */
#ifndef LESSON_11_HTTP_H
#define LESSON_11_HTTP_H

#include "visit.h"

/* `first` ilk isteğin istek satırıdır. Dönen: 0 konuşma bitti, -errno. */
int http_converse(struct visit *visit, struct text first);

#endif
