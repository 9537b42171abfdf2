/* Bir HTTP yanıtının başlığı: satır satır verilir, ağdan okumaz.
 *
 * Bilerek yapmadığı: parçalı gövdeyi (Transfer-Encoding: chunked) çözmek. Onu anlamayan ama anlamış
 * gibi yapan istemci, parça boylarını gövde sanardı; burada hata olarak söylenir.
 *
 * Kaynak: RFC 9112 4, 6.3
 */
#ifndef LESSON_11_RESPONSE_H
#define LESSON_11_RESPONSE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

struct response {
    int status;
    bool has_length;
    size_t length; /* Content-Length */
    int fields;
};

/* Durum satırı; alanların her biri. 0 ya da -EPROTO; `*why` nedenin sabit metni. */
int response_begin(struct response *response, struct text line, const char **why);
int response_field(struct response *response, struct text line, const char **why);

#endif
