/* Sahne: gösterilerin ortak dekoru. Soket çiftleri kurar, bir çağrıyı yapıp ne olduğunu yazar.
 *
 * Soketlerin sahibi gösteridir. CLOSED_AT_END ile tanımlanan tanımlayıcı, işlevden nasıl çıkılırsa
 * çıkılsın kapanır; bu yüzden gösterilerde temizlik satırı yoktur.
 */
#ifndef LESSON_STAGE_H
#define LESSON_STAGE_H

#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>

/* Beklenen bir şeyin gelmesi için tanınan en uzun süre ve gelmeyeceğini görmek için beklenen
 * süre. */
#define STAGE_PATIENCE_SECONDS 2.0
#define STAGE_SILENCE_SECONDS 0.05

void stage_close(int *fd);
#define CLOSED_AT_END __attribute__((cleanup(stage_close)))

/* Gösterinin bir satırı: iki boşluk içeriden. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* errno değerinin adı ve anlamı: "EPIPE (yazma yönü kapalı)". `out` boyu `size`. */
const char *stage_error(int error, char *out, size_t size);
#define STAGE_ERROR_SIZE 160

/* Geri döngü adresinde, sistemin seçtiği portta dinleyen TCP soketi. -errno ya da tanımlayıcı. */
int stage_listen(int backlog);

/* `listener`a bağlanmış soket. -errno ya da tanımlayıcı. */
int stage_connect(int listener);

/* Birbirine bağlı iki TCP soketi. 0 ya da -errno. */
int stage_pair(int *left, int *right);

/* Geri döngü adresine bağlı UDP soketi. -errno ya da tanımlayıcı. */
int stage_udp(void);

/* send eder ve ne olduğunu yazar. Dönen: gönderilen bayt sayısı ya da -errno. */
ssize_t say_send(const char *who, int fd, const char *text);

/* Bir şey (bayt, akış sonu, hata) gelene dek, en çok STAGE_PATIENCE_SECONDS bekler; recv eder ve
 * sonucu yazar. Dönen: bayt sayısı ya da -errno; hiçbir şey gelmediyse -ETIMEDOUT. */
ssize_t say_recv(const char *who, int fd, size_t size);

/* Kısa bir süre bekler ve yine de, beklemeden, recv eder: gelen bir şey olmadığını göstermek
 * için. */
ssize_t say_recv_now(const char *who, int fd);

/* Alım kuyruğunda `count` bayt birikene dek bekler. 0 ya da -errno. */
int stage_wait_bytes(int fd, int count);

#endif
