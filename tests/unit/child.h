/* Bir işlevi çocuk süreçte çalıştırmak: exit çağıran, sinyalle ölen ya da sürecin bütününü
 * değiştiren (işleyiciler, dosya tanımlayıcıları, sınırlar) kod böyle sınanır, öteki testler
 * bundan etkilenmez.
 *
 * Kaynak: fork(2), waitpid(2), memfd_create(2)
 */
#ifndef UNIT_CHILD_H
#define UNIT_CHILD_H

#include <sys/types.h>

/* Çocuğun sonu ve yazdıkları. */
struct child_end {
    int code;   /* çıkış kodu; sinyalle bittiyse -1 */
    int signal; /* bitiren sinyal; kendisi çıktıysa 0 */
    char out[8192];
    char err[8192];
};

/* `work`ü çocukta çalıştırır, bitmesini bekler, stdout ve stderr'ini toplar. `work` dönerse kod
 * 0 olur. */
struct child_end child_run(void (*work)(void *), void *argument);

/* Denetimleri çocukta yapılan test: birisi tutmazsa (ya da çocuk başka türlü ölürse) test kalır. */
void child_check(void (*work)(void *), void *argument);

/* Bitmesi beklenmeyen çocuk; çağıran onu child_wait ile toplar. */
pid_t child_start(void (*work)(void *), void *argument);

/* waitpid'in durum sözcüğü. */
int child_wait(pid_t child);

#endif
