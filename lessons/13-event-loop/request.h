/* Bir istek satırının okunuşu: `bekle SANİYE AD` ya da `durum`. Ağdan okumaz. */
#ifndef LESSON_13_REQUEST_H
#define LESSON_13_REQUEST_H

#include "base/text.h"

enum request_kind { REQUEST_UNKNOWN, REQUEST_WAIT, REQUEST_STATUS };

struct request {
    enum request_kind kind;
    double seconds;   /* yalnız REQUEST_WAIT'te */
    struct text name; /* satırın içini gösterir; boş olamaz */
};

/* `line` düzgün UTF-8 olmalıdır. */
struct request request_parse(struct text line);

#endif
