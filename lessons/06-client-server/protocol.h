/* Ders 06'nın protokolü: bir satır istek, bir satır yanıt.
 *
 * Ağı bilmez: ne okur ne yazar ne de bekler. Bu yüzden beş mimarinin beşi de aynı dosyayı kullanır
 * ve hangi istemciye kimin baktığı burayı hiç değiştirmez. Durumsuz isteklerin (saat, topla) yanıtı
 * yalnız isteğin kendisine bağlıdır; oturum isteklerininki (say, ad, kim) aynı bağlantıda daha önce
 * söylenenlere, toplam'ınki bütün bağlantılara.
 */
#ifndef LESSON_06_PROTOCOL_H
#define LESSON_06_PROTOCOL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

#define NAME_LIMIT 64
#define REPLY_SIZE 256

#define GOODBYE "Güle güle!\n"

/* region: session */
/* Bir bağlantının belleği: bağlantıyla başlar, onunla biter. */
struct session {
    long counted; /* kaç kez `say` dendi */
    char name[NAME_LIMIT];
    size_t name_length;
    /* Bütün bağlantıların istek sayısı. Nerede durduğu mimarinin işidir: süreçler arasında
     * paylaşılan bellekte değilse her süreç kendi kopyasını sayar. */
    atomic_long *total;
};
/* endregion */

/* Satır sonuyla birlikte, gönderilmeye hazır yanıt. */
struct reply {
    char text[REPLY_SIZE];
    size_t length;
    double delay; /* göndermeden önce beklenecek saniye (bekle) */
    bool leaving; /* bu yanıttan sonra bağlantı kapanır (quit) */
};

/* Bir isteğin yanıtını yazar. `line` satır sonu olmadan, düzgün UTF-8. Her isteğin bir yanıtı
 * vardır; bilinmeyeninki de "Hata: " ile başlayan bir satırdır. */
void protocol_answer(struct session *session, struct text line, struct reply *reply);

#endif
