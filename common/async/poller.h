/* Döngünün olay kaynağı: izlenen tanımlayıcılardan hangilerinin hazır olduğunu çekirdeğe soran arka
 * uç.
 *
 * Olağanı epoll'dür; poll, aynı işin her POSIX sisteminde olan biçimidir ve her soruşta hepsini
 * dolaşır.
 *
 * Kaynak: epoll(7), poll(2); ders 09
 */
#ifndef ASYNC_POLLER_H
#define ASYNC_POLLER_H

#include "async/watch.h"

struct poller;

/* Arka uç: işlevler tablosu. */
struct poller_kind {
    const char *name;
    int (*open)(struct poller **poller); /* 0 ya da -errno */
    void (*close)(struct poller *poller);
    int (*add)(struct poller *poller, struct watch *watch); /* 0 ya da -errno */
    void (*remove)(struct poller *poller, struct watch *watch);
    /* En çok `timeout` ms bekler (-1: sınırsız), hazır olanları watch_notice ile bildirir. 0 ya da
     * -errno; sinyal bölmesi hata değildir. */
    int (*wait)(struct poller *poller, int timeout);
};

extern const struct poller_kind poller_epoll;
extern const struct poller_kind poller_poll;

#endif
