/* Yoklama listesi: bir görev grubunun üyeleri ve sonuçları, gruba katılış sırasıyla.
 *
 * Beklemeyi, iptali, ilk hatayı grup bilir (async/group.h); sonuçların metnini bilmez. Onlar
 * burada, katılış sırasına dizili yapılarda durur: kim ne zaman bitmiş olursa olsun yeri bellidir
 * ve erken bitenin sonucu da, olmayanın nedeni de kalır.
 *
 * Bellek çağıranındır ve roster_close dönene dek yerinde durur.
 */
#ifndef LESSON_14_ROSTER_H
#define LESSON_14_ROSTER_H

#include "async/group.h"
#include "job.h"

#define ROSTER_MOST 8

struct roster {
    struct group group;
    struct settings *settings;
    size_t count; /* katılanlar; bitmeyenlerin sayısı group.count'tur */
    struct job jobs[ROSTER_MOST];
};

void roster_open(struct roster *roster, enum group_kind kind, struct settings *settings);

/* `job`un kopyasını listeye yazar, görevini başlatır. 0, -ENOMEM, ya da liste doluysa -ENOBUFS. */
int roster_add(struct roster *roster, struct job job);

/* group_close: hepsi bitene dek bekler. */
int roster_close(struct roster *roster, deadline_t deadline);

/* Sonucu `outcome` olanların sayısı. */
size_t roster_count(const struct roster *roster, int outcome);

/* Her üyenin sonucunu, katılış sırasıyla, birer satır yazar. */
void roster_print(const struct roster *roster);

#endif
