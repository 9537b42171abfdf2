/* Döngünün politikası: yeni bir döngünün hangi arka uçla kurulacağını söyleyen nesne.
 *
 * Python'da politika bir sınıftır ve new_event_loop yöntemi döngünün kendisini verir. Burada tek
 * işlevli bir yapıdır ve yalnız arka ucu (poller.h) verir: döngünün geri kalanı hep aynıdır.
 */
#ifndef LESSON_13_POLICY_H
#define LESSON_13_POLICY_H

#include "async/poller.h"

struct policy {
    const char *name;
    const struct poller_kind *(*new_event_loop)(void);
};

/* Olağan politika: sessizce epoll. */
extern const struct policy policy_usual;

/* Belgenin özel politikası, iki arka uçla: her yeni döngüyü duyurur. NULL ile biter. */
extern const struct policy *const policies[];

/* `name` adlı özel politika; yoksa NULL. */
const struct policy *policy_named(const char *name);

/* loop_run, arka ucu politikanın seçtiği bir döngüde. */
int policy_run(const struct policy *policy, int (*run)(void *argument), void *argument);

#endif
