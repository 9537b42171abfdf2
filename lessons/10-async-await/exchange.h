/* Bir alışveriş: bağlan, bir satır sor, bir satır yanıt al, kapat.
 *
 * Soket hep bloke etmeyen kiptedir; beklemeyi kimin yapacağını çağıran verir. wait_fd ile bütün iş
 * parçacığı uyur, coroutine_wait_fd ile yalnız çağıran eş yordam durur. İkisinin imzası aynıdır;
 * alışverişin kalanı hangisiyle çalıştığını bilmez.
 *
 * Kaynak: connect(2), getsockopt(2), send(2), recv(2)
 */
#ifndef LESSON_10_EXCHANGE_H
#define LESSON_10_EXCHANGE_H

#include "base/clock.h"
#include "net/address.h"

/* Sorunun ve gösterilecek yanıtın en uzun hali, sondaki NUL ile. */
#define EXCHANGE_TEXT_SIZE 128

/* Kime, ne kadar süreyle. Adın adresleri bir kez, döngüden önce çözülür. */
struct target {
    struct address addresses[ADDRESS_MAX];
    int count;
    double timeout; /* bağlanmanın, bir de istenen gecikmeden sonra yanıtın en uzun süresi */
    double scale;   /* bütün gecikmelerin çarpanı */
};

struct exchange {
    const struct target *target;
    int (*wait)(int fd, short events, deadline_t deadline);
    double delay; /* yanıtın istenen gecikmesi, saniye */
    char question[EXCHANGE_TEXT_SIZE];
    char expected[EXCHANGE_TEXT_SIZE]; /* doğru yanıt, satır sonu olmadan */

    /* Olmadıysa: hangi iş, hangi adreste, neden. */
    const char *failed;
    char name[ADDRESS_TEXT_SIZE];
    char why[2 * EXCHANGE_TEXT_SIZE];
};

/* Adı çözer. 0 ya da negatif; `*why` nedenin sabit metnidir. Bloke eder (getaddrinfo). */
int target_resolve(struct target *target, const char *host, int port, const char **why);

/* Alışverişi yürütür: 0 ya da -errno; o zaman `failed`, `name` ve `why` doludur. */
int exchange_run(struct exchange *exchange);

#endif
