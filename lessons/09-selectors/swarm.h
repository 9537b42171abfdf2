/* Sürü: çok bağlantıyı birden yürüten istemci döngüsü.
 *
 * Sessiz bağlantılar önce açılır ve karşılanır, konuşacak olanlar ondan sonra. Hepsi sonuna dek
 * açık durur. Bir bağlantının başarısızlığı ötekileri durdurmaz.
 */
#ifndef LESSON_09_SWARM_H
#define LESSON_09_SWARM_H

#include "selector.h"
#include "visit.h"

struct swarm {
    const char *backend;
    double timeout; /* bağlanmanın ve her yanıtın en uzun süresi, saniye */
    long idle;      /* sessiz bağlantı sayısı */
    long talking;   /* konuşan bağlantı sayısı, en az 1 */
    char **messages;
    struct address address; /* sunucununki */

    /* Aşağısı swarm_run'ındır. */
    struct selector *selector;
    struct visit *visits; /* önce sessizler, sonra konuşanlar */
    short *watched;       /* her birinin seçicideki olayları; 0: kayıtlı değil */
    long opened;
    long waiting; /* açıldı, daha karşılanmadı */
    long settled; /* soracağı kalmadı ya da olmadı */
    deadline_t sweep_at;
};

/* `address`e kurulmuş ilk bağlantıyla başlar, hepsi sonuçlanana dek sürer. `fd` artık
 * sürünündür. 0 ya da döngü yürüyemediyse -errno; tek tek bağlantıların sonucu `visits`tedir. */
int swarm_run(struct swarm *swarm, int fd);

/* Bağlantıları kapatır, belleği geri verir. swarm_run'ın dönüşü ne olursa olsun çağrılır. */
void swarm_close(struct swarm *swarm);

#endif
