/* Bir bağlantının konuşması: bir eş yordamın başından sonuna.
 *
 * Ders 04'ün bloke eden konuşması gibi okunur: oku, yanıtla, yeniden oku. Orada beklerken iş
 * parçacığı uyurdu; burada yalnız bu eş yordam durur, ötekiler sürer. Buradaki her çağrı bir eş
 * yordamdan yapılır.
 *
 * Durdurma isteği gelince bekleyen konuşma coroutine_wake ile uyandırılır: gelmiş istekler, kapanış
 * sınırına sığdıkça yanıtlanır, sonra bağlantı kapanır.
 *
 * Kaynak: recv(2), send(2), shutdown(2), poll(2)
 */
#ifndef LESSON_10_CONVERSATION_H
#define LESSON_10_CONVERSATION_H

#include "net/address.h"
#include "net/lines.h"

/* Bütün konuşmaların ortak yanı. */
struct rules {
    double timeout;   /* sessizliğin ve bir yanıtı göndermenin en uzun süresi */
    double max_delay; /* istenebilecek en uzun gecikme */
    long in_flight;   /* o anda yürüyen istek sayısı */
};

struct conversation {
    struct rules *rules;
    int fd;
    struct lines lines;
    bool input_ended; /* karşı taraf yazmayı bitirdi */
    char name[ADDRESS_TEXT_SIZE];
};

/* Konuşmayı yürütür, nasıl bittiğini loglar, soketi kapatır. */
void converse(struct conversation *talk);

/* Yeri olmayana nedenini söyler, soketi kapatır. */
void conversation_refuse(struct conversation *talk);

#endif
