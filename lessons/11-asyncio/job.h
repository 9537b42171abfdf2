/* Belgenin background_task'ı ve onlardan oluşan takım.
 *
 * Görevin argümanı ve sonucu takımın içindedir; takım gösterinin yığınında durur ve crew_release
 * dönene dek, yani bütün görevler gerçekten bitene dek, yerinden oynamaz.
 */
#ifndef LESSON_11_JOB_H
#define LESSON_11_JOB_H

#include "async/task.h"
#include "remote.h"

#define CREW_MOST 4

/* Belgenin adımı, ve takımdaki her görevin adımının bir öncekininkinden farkı: ağın üstünde iki
 * eşit bekleyişten hangisinin önce biteceği belli değildir, gösterinin çıktısı ise belli
 * olmalıdır. */
#define STEP_SECONDS 0.5
#define STAGGER_SECONDS 0.1

struct job {
    char name[16];
    int count;       /* adım sayısı */
    double step;     /* bir adımın süresi, saniye */
    int *started;    /* gövdesi çalışmaya başlayınca artırdığı sayı */
    char result[64]; /* "AD tamamlandı" */
    struct remote remote;
};

struct crew {
    size_t count;
    int started; /* gövdesi başlamış görevler */
    struct job jobs[CREW_MOST];
    struct task *tasks[CREW_MOST];
};

/* `size` görevin bağlantılarını sırayla açar; görevler bundan sonra, arada hiç beklemeden
 * kurulabilir. 0 ya da -errno; hatada da crew_release çağrılır. */
int crew_open(struct crew *crew, const struct target *target, size_t size);

/* Sıradaki bağlantının görevini kurar (create_task); başlaması, çağıran bekleyince olur. */
void crew_add(struct crew *crew, const char *name, int count);

/* Bitmemişleri iptal eder, hepsini bekler, geri verir; bağlantıları kapatır. `outcome` < 0 ise
 * ilk sorun `*trouble`a yazılır; `outcome` aynen döner. */
int crew_release(struct crew *crew, int outcome, struct trouble *trouble);

#endif
