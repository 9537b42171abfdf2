/* Bir istek satırı: neyin, kimin adına, kaç saniyelik istendiği. */
#ifndef LESSON_14_REQUEST_H
#define LESSON_14_REQUEST_H

#include "base/text.h"

enum request_kind {
    REQUEST_UNKNOWN,
    REQUEST_WAIT,     /* bekle SANİYE AD */
    REQUEST_FAIL,     /* hata SANİYE AD */
    REQUEST_WITHDRAW, /* vazgeç [SANİYE] */
    REQUEST_STATUS,   /* durum */
};

struct request {
    enum request_kind kind;
    double seconds;
    struct text name; /* okunan satırın içindedir: o satır kadar yaşar */
};

/* Satır düzgün UTF-8 olmalıdır; anlaşılmayanın türü REQUEST_UNKNOWN'dır. */
struct request request_parse(struct text line);

#endif
