/* Gösteriler: notlardaki her çağrı için, kendi içinde kurulup biten küçük bir deney.
 *
 * Hiçbiri dışarıya bağlanmaz: soket çiftleri, geri döngü adresi ve geçici bir dizindeki UNIX soketi
 * kullanılır. Her biri sınırlı sürede biter ve açtığı her şeyi kapatır.
 */
#ifndef LESSON_DEMOS_H
#define LESSON_DEMOS_H

#define DEMOS_ALL "all"
#define DEMOS_LIST "list"

/* Adı verilen gösteriyi, DEMOS_ALL ise hepsini notlardaki sırayla çalıştırır; DEMOS_LIST adları
 * yazar. Dönen çıkış kodudur. Bilinmeyen ad yanlış kullanımdır: program 2 ile biter. */
int demos_run(const char *name);

/* Gösterilerin her biri: 0 ya da beklenmeyen bir hatada -errno. Aileler ve tipler
 * (demos_families.c): */
int demo_unix(void);
int demo_inet(void);
int demo_inet6(void);
int demo_stream(void);
int demo_dgram(void);

/* Adres ve bağlantı (demos_connections.c): */
int demo_bind(void);
int demo_listen(void);
int demo_accept(void);
int demo_shutdown(void);
int demo_close(void);

/* Göndermek ve almak (demos_transfers.c): */
int demo_recv(void);
int demo_recvfrom(void);
int demo_send(void);
int demo_sendall(void);

/* Kipler ve zaman aşımı (demos_modes.c): */
int demo_setblocking(void);
int demo_settimeout(void);
int demo_timeout(void);

/* Hata sınıfları (demos_errors.c): */
int demo_error(void);
int demo_herror(void);
int demo_gaierror(void);

#endif
