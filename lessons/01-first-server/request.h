/* Gelen baytlar düz metin mi, HTTP isteği mi?
 *
 * Ağdan okumaz; o ana dek gelen baytlara bakar ve gerekirse "daha ver" der. Böylece isteğin kaç
 * parçada geldiğinin önemi kalmaz.
 *
 * Kaynak: RFC 9112 (istek satırı, başlığın sonu), RFC 6585 5 (431)
 */
#ifndef FIRST_SERVER_REQUEST_H
#define FIRST_SERVER_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

/* Bakılan en çok bayt. Başlığı bundan uzun olan HTTP isteği geri çevrilir. */
#define REQUEST_MAX 16384

enum request_kind {
    REQUEST_PARTIAL,   /* karar vermek için daha çok bayt gerek */
    REQUEST_PLAIN,     /* HTTP değil */
    REQUEST_HTTP,      /* başlığı tamam bir HTTP isteği */
    REQUEST_HTTP_HEAD, /* yöntemi HEAD olanı: yanıtta gövde bulunmaz */
    REQUEST_TOO_LARGE, /* HTTP, ama başlık REQUEST_MAX'a sığmadı */
    REQUEST_TIMED_OUT, /* HTTP, ama başlığın sonu gelmedi; bunu çağıran belirler */
};

enum request_kind request_classify(const char *bytes, size_t length);

/* İstek satırı tamam ve sonunda HTTP sürümü var mı? Başlığın gerisi gelmemiş olabilir. */
bool request_is_http(const char *bytes, size_t length);

#endif
