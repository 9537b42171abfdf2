/* Bir HTTP isteğinin başlığı: satır satır verilir, ağdan okumaz.
 *
 * Bilerek yapmadığı: gövdeyi anlamak. Gövdesi olan istek de yanıtlanır, ama gövde okunmaz ve
 * bağlantı kapanır; yoksa gövdenin baytları sıradaki istek sanılabilirdi.
 *
 * Kaynak: RFC 9110 9, 15; RFC 9112 2-6; RFC 6585 5 (431)
 */
#ifndef LESSON_11_REQUEST_H
#define LESSON_11_REQUEST_H

#include <stdbool.h>

#include "base/text.h"

/* Başlığın tamamı, bayt, ve alan sayısı. */
#define REQUEST_HEAD_MAX 16384
#define REQUEST_FIELDS_MAX 100

struct request {
    int status;     /* verilecek yanıtın durum kodu; sorun yoksa 200 */
    bool broken;    /* başlık anlaşılamadı: bağlantının gerisine de güvenilmez */
    bool head_only; /* HEAD: yanıtın gövdesi gönderilmez */
    bool keep_alive;
    bool old_version; /* HTTP/1.0 */
    bool has_length, has_body, has_coding;
    int hosts, fields;
    int post;     /* istenen yazının numarası */
    double delay; /* ?delay=SANİYE */
};

/* İlk satır bir HTTP isteğine benziyor mu? Benzeyip bozuk olan da HTTP ile (400) yanıtlanır. */
bool request_is_http(struct text line);

/* İstek satırı, alanların her biri, başlığı bitiren boş satır. Bulunan yanlış `status`a yazılır. */
void request_begin(struct request *request, struct text line, double max_delay);
void request_field(struct request *request, struct text line);
void request_end(struct request *request);

/* Başlık okunamadı (431, 408): o durum koduyla yanıtlanıp kapatılır. */
void request_break(struct request *request, int status);

#endif
