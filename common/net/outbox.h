/* Sınırlı gönderme kuyruğu: bir bağlantının henüz gönderilememiş baytları.
 *
 * Bloke etmeyen sokette send, verdiğinin bir kısmını alabilir ya da hiçbirini almaz (EAGAIN). Kalan
 * burada bekler; soket yazılabilir oldukça gönderilir. Kullanımı lines.h'nin aynadaki görüntüsüdür:
 *
 *     char *room = outbox_room(&outbox, length);    yer iste
 *     memcpy(room, bytes, length);                  oraya yaz
 *     outbox_added(&outbox, length);                kuyruğa girdi
 *     outcome = outbox_send(&outbox, fd);           soketin aldığı kadarı gider
 *
 * Baytlar bir yerde hazır duruyorsa ilk üçü outbox_put'tur.
 *
 * Sınır, yeni mesaj kabul etmenin sınırıdır: kuyruk sınıra varmamışsa bir mesaj daha alır. Bellek
 * bu yüzden en çok sınır + bir mesaj kadardır ve ne küçük sınırda ne uzun mesajda kilitlenme olur.
 * Sınıra varınca ne yapılacağı çağıranın kararıdır: okumayı kesmek (geri basınç) ya da istemciyi
 * çıkarmak.
 *
 * Kaynak: send(2), tcp(7)
 */
#ifndef NET_OUTBOX_H
#define NET_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct outbox {
    char *bytes;
    size_t capacity;
    size_t limit;
    size_t start; /* gönderilmemiş ilk bayt */
    size_t end;   /* son baytın ötesi */
    bool torn;    /* baştaki mesajın bir kısmı gitti */
};

/* Boş kuyruk. Bellek ilk outbox_room'da ayrılır, kuyruk boşalınca geri verilir: boşta duran on bin
 * bağlantı on bin tampon tutmaz, az önce bırakılan küçük tampon da sıradaki bağlantı için
 * önbellekte sıcaktır. Kuyruktakilerle birlikte bırakmak outbox_free'dir. */
void outbox_init(struct outbox *outbox, size_t limit);
void outbox_free(struct outbox *outbox);

/* Gönderilmeyi bekleyen bayt sayısı. */
size_t outbox_waiting(const struct outbox *outbox);

/* Sınıra varıldı mı? */
bool outbox_full(const struct outbox *outbox);

/* `length` (en az 1) baytlık yer; sınıra bakmaz. Bellek yoksa NULL: kuyruktakiler olduğu gibi
 * durur. Yer, kuyruğa dokunan ilk çağrıya dek geçerlidir. */
char *outbox_room(struct outbox *outbox, size_t length);

/* outbox_room'un verdiği yere `length` bayt kondu. */
void outbox_added(struct outbox *outbox, size_t length);

/* Hazır baytların kopyasını kuyruğa koyar; yeri kendisi ister, sınıra bakmaz. 0 ya da -ENOMEM. */
int outbox_put(struct outbox *outbox, const void *bytes, size_t length);

/* Soketin o an aldığı kadarını tek send ile gönderir; beklemez. Dönen: giden bayt sayısı (soket
 * doluysa ya da kuyruk boşsa 0), hatada -errno. */
ssize_t outbox_send(struct outbox *outbox, int fd);

/* Kuyruktakileri atar; yalnız bir kısmı gitmiş olan mesajın kalanı (satır sonuna dek) kalır, yoksa
 * karşı taraf iki mesajı birbirine yapışmış görürdü. Dönen: atılan bayt sayısı. */
size_t outbox_discard(struct outbox *outbox);

#endif
