/* Seçici: hangi tanımlayıcılar hazır? Tek arayüz, üç arka uç: epoll, poll, select.
 *
 * Bekleyen programın soketlerini bir kez kaydedersin; her turda hazır olanları sorarsın:
 *
 *     selector_add(selector, fd, SELECTOR_READ, client);
 *     while (selector_wait(selector, deadline) >= 0)
 *         while (selector_next(selector, &event))
 *             ...
 *     selector_remove(selector, fd);                  soketi kapatmadan önce
 *
 * Üçünde de aynı olanlar:
 *   - Düzey tetiklemelidir (level triggering): soket hazır kaldıkça her turda yeniden söylenir. Bir
 *     turda okunmayan bayt sonraki turda yine haber verir.
 *   - Hata ve kopma ayrı bir olay değildir; beklenen olayların hepsi hazır sayılır. Hatanın adını
 *     sonraki recv ya da send söyler.
 *   - Olaylar dağıtılırken her kayıt silinebilir, soket kapatılabilir, verisi geri verilebilir:
 *     silinen kaydın o turdan kalan olayı bir daha verilmez. Numarası hemen yeni bir sokete verilip
 *     kaydedilse bile eski olay yenisine gitmez. Turda beklenen olaylar değişirse yalnız yeni
 *     beklenenler verilir.
 *
 * Seçici soketlerin sahibi değildir, kapatmaz. Kapatılmış bir tanımlayıcı kayıtlı bırakılmaz:
 * numarası başka bir sokete verilebilir.
 *
 * Kaynak: epoll(7), epoll_ctl(2), epoll_wait(2), poll(2), select(2)
 */
#ifndef LESSON_09_SELECTOR_H
#define LESSON_09_SELECTOR_H

#include <poll.h>
#include <stdbool.h>

#include "base/clock.h"

/* Beklenen ve gelen olaylar; ikisi birden `|` ile. Sayıları poll'ünkilerdir. */
enum { SELECTOR_READ = POLLIN, SELECTOR_WRITE = POLLOUT };

struct selector;

struct selector_event {
    void *data;   /* kaydederken verilen */
    short events; /* hazır olanlar: beklenenlerin bir bölümü ya da hepsi */
};

/* Arka uçların adları; NULL ile biter, ilki bu makinede en iyisidir. */
extern const char *const selector_backends[];

/* Adı verilen arka uçla boş bir seçici açar. 0 ya da -errno (-EINVAL: öyle bir arka uç yok). */
int selector_open(struct selector **selector, const char *backend);
void selector_close(struct selector *selector);

/* Tanımlayıcıyı kaydeder. `data` olayla birlikte geri verilir; sahibi çağırandır. -EEXIST: kayıtlı,
 * -EINVAL: beklenen olay yok, -ENOSPC: arka uca sığmıyor (select'te numara FD_SETSIZE'a varmış),
 * -ENOMEM. Hatada kayıt yapılmamıştır. */
int selector_add(struct selector *selector, int fd, short events, void *data);

/* Beklenen olayları değiştirir. -ENOENT: kayıtlı değil, -EINVAL: beklenen olay yok. */
int selector_modify(struct selector *selector, int fd, short events);

/* Kaydı siler. -ENOENT: kayıtlı değil. Maliyeti bekleyenlerin sayısına bağlı değildir. */
int selector_remove(struct selector *selector, int fd);

/* Olay gelene ya da sınır dolana dek bekler. Önceki turdan kalan olaylar unutulur; düzey
 * tetiklemede bir şey yitirilmez. Sinyal bölerse kalan süreyle sürer. Dönen: 0'dan büyük
 * (selector_next ile alınır), süre dolduysa 0, -errno. */
int selector_wait(struct selector *selector, deadline_t deadline);

/* Turun sıradaki olayı: true ise `*event` dolu, false ise tur bitti. */
bool selector_next(struct selector *selector, struct selector_event *event);

#endif
