/* Çocuk süreçler: açmak, bitenleri toplamak, kapanışta hepsini bitirmek.
 *
 * Biten çocuğun haberi SIGCHLD'dir. Burada sinyal işleyicisi yazılmaz: sinyal bloklanır ve signalfd
 * ile bir dosya tanımlayıcısına çevrilir; ana süreç onu öbürleriyle birlikte poll'de bekler.
 * Toplanmayan çocuk, bitmiş olsa da süreç tablosunda durur (zombi).
 *
 * Kaynak: fork(2), waitpid(2), signalfd(2), PR_SET_PDEATHSIG (prctl(2))
 */
#ifndef LESSON_06_CHILDREN_H
#define LESSON_06_CHILDREN_H

#include <sys/types.h>

struct children {
    int signal_fd; /* toplanacak çocuk varsa okunur */
    long count;
    long most;
    pid_t *pids; /* ilk `count` tanesi yaşıyor */
};

/* En çok `most` çocuk için hazırlanır. 0 ya da -errno. */
int children_open(struct children *children, long most);

/* fork. Ana süreçte çocuğun numarası, çocukta 0, hatada -errno (-EAGAIN: sistemin ya da
 * kullanıcının süreç sınırı; `most` doluysa da). Çocuk kendi durdurma isteğiyle başlar ve ana süreç
 * ölürse o da kapanır. Çocuk exit ile değil _exit ile bitmelidir: exit, ana sürecin kopyalanmış
 * tamponlarını da boşaltırdı. */
pid_t children_fork(struct children *children);

/* Bitmiş çocukları toplar; beklenmedik biçimde bitenleri loglar. Bitmiş çocuk yoksa beklemez. */
void children_reap(struct children *children);

/* Hepsine SIGTERM gönderir, toplanana dek bekler; kapanış süresini aşanı SIGKILL bitirir. */
void children_close(struct children *children);

#endif
