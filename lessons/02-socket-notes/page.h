/* Elle HTTP GET: istek satırı ve başlıklar yazılır, yarı kapatılır, yanıt sonuna dek okunur.
 *
 * Kaynak: RFC 1945 (HTTP/1.0), RFC 9112 2.1, 3.2 ve 6.3
 */
#ifndef LESSON_PAGE_H
#define LESSON_PAGE_H

#include "target.h"

/* Sayfayı ister ve yanıtı bayt bayt stdout'a yazar; dönen çıkış kodudur. 0: yanıt 2xx ya da 3xx ve
 * tam. 1: nedeni stderr'in son satırında; gelen kadarı yine yazılmıştır. `timeout` işin bütünü
 * içindir. */
int page_fetch(const struct target *target, double timeout);

#endif
