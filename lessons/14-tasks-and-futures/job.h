/* Belgenin izlenen görevi (monitored_task): kendi bağlantısından sunucuya bir iş yaptırır,
 * başladığını, bittiğini, iptal edildiğini söyler.
 *
 * Görevin sonucu bir sayıdır (>= 0 ya da -errno); metni argümanındaki yapıda, burada durur. Yapı,
 * görev bitene dek yerinde kalmalıdır.
 */
#ifndef LESSON_14_JOB_H
#define LESSON_14_JOB_H

#include "async/task.h"
#include "remote.h"

struct job {
    struct settings *settings;
    const char *verb; /* "bekle", "hata" */
    const char *name;
    double seconds; /* çarpansız */
    int decimals;   /* sürenin ekrandaki yazımı: 2 ya da 2.0 */

    int outcome;             /* görevin sonucu; bitmediyse -EINPROGRESS */
    char result[REPLY_SIZE]; /* sonucun ya da hatanın metni */
};

/* Olacak ve (sunucu öyle dediği için) olmayacak iş; ikincisi sessiz çalışır. */
struct job job_waiting(struct settings *settings, const char *name, double seconds, int decimals);
struct job job_failing(struct settings *settings, const char *name, double seconds);

/* Görevin gövdesi; `argument` bir struct job'dır. */
int job_run(void *argument);

#endif
