/* Soketlerle her derste yinelenen işler: dinlemek, bağlanmak, tamamını göndermek, düzgün kapatmak.
 *
 * Her biri önceki derslerde elle yazılmış bir parçanın toplanmış halidir. Soketler burada hep bloke
 * etmeyen kipte ya da MSG_DONTWAIT ile kullanılır; beklemek poll'ün işidir, çünkü yalnız o hem
 * zaman sınırını hem de durdurma isteğini birlikte izleyebilir.
 *
 * Kaynak: socket(2), bind(2), listen(2), connect(2), send(2), shutdown(2), tcp(7)
 */
#ifndef NET_SOCKET_H
#define NET_SOCKET_H

#include <stddef.h>

#include "base/clock.h"
#include "net/address.h"

/* `host`:`port`'a bağlı bir soket açar; SOCK_STREAM ise dinlemeye de başlar (SO_REUSEADDR ile;
 * datagram soketinde o seçenek portun çalınmasına yol açtığı için verilmez). Adın birden çok adresi
 * varsa ilk bağlanabilen kullanılır. Soket bloke etmeyen kiptedir ve çağıranındır.
 * Dönen: dosya tanımlayıcısı; hatada negatif, `*why` nedenin sabit metnidir. */
int socket_listen(const char *host, int port, int type, int backlog, const char **why);

/* `address`e bağlanır; SOCK_DGRAM ise yalnız karşı tarafı sabitler. Soket bloke etmeyen kiptedir ve
 * çağıranındır. Dönen: dosya tanımlayıcısı ya da -errno (-ETIMEDOUT, -ECANCELED: durdurma
 * isteği). */
int socket_connect(const struct address *address, int type, deadline_t deadline);

/* `length` baytın tamamını gönderir; send'in eksik göndermesi ve sinyaller burada karşılanır.
 * Durdurma isteği gelirse işi yarım bırakmaz, ama kapanış sınırını (stop_deadline) aşmaz. Başarıda
 * 0; hatada -errno: o zaman baytların kaçının gittiği bilinmez, bağlantı artık kullanılmaz. */
int socket_send_all(int fd, const void *bytes, size_t length, deadline_t deadline);

/* En çok `size` bayt okur; veri, akış sonu ya da sınır gelene dek bekler. Durdurma istendiğinde
 * beklemez, ama gelmiş olanı STOP_READING_SECONDS boyunca yine okur. Dönen: bayt sayısı (0 akış
 * sonu) ya da -errno (-ETIMEDOUT, -ECANCELED: durdurma isteği, -ECONNRESET ...). `size` 0
 * olamaz. */
ssize_t socket_receive(int fd, void *bytes, size_t size, deadline_t deadline);

/* Düzgün kapanış: yazma yarısını kapatır, karşı taraf da kapatana ya da sınıra dek geleni okuyup
 * atar, sonra kapatır. Okunmamış bayt varken close() RST gönderir ve RST, karşı tarafın henüz
 * okumadığı son sözümüzü yok edebilir. */
void socket_close_gracefully(int fd, deadline_t deadline);

#endif
