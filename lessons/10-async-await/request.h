/* İstek satırları ve yanıtları; ağı ve saati bilmez.
 *
 *     bekle SANİYE AD          →  AD tamamlandı
 *     kullanıcı N [SANİYE]     →  {"id": N, "name": "User-N"}
 *
 * Yanıtı geciktirmek çağıranın işidir: istek yalnız ne kadar gecikeceğini söyler.
 */
#ifndef LESSON_10_REQUEST_H
#define LESSON_10_REQUEST_H

#include <stddef.h>

#include "base/text.h"

/* `kullanıcı` isteğinde süre verilmezse. */
#define REQUEST_USER_SECONDS 0.5

enum request_kind { REQUEST_UNKNOWN, REQUEST_DELAY, REQUEST_USER };

struct request {
    enum request_kind kind;
    double seconds;
    struct text name; /* REQUEST_DELAY; satırın içindedir, onunla birlikte geçersiz olur */
    long long user;   /* REQUEST_USER */
};

/* Geçerli UTF-8 bir satırı okur. Anlaşılmayan satırın türü REQUEST_UNKNOWN'dur. */
struct request request_parse(struct text line);

/* İsteğin yanıtı için yetecek yer, bayt. */
size_t request_answer_size(const struct request *request);

/* Yanıtı satır sonuyla `out`a yazar; dönen boyudur. NUL konmaz: adın içinde NUL olabilir. */
size_t request_answer(const struct request *request, char *out);

#endif
