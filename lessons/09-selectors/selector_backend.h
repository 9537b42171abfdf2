/* Bir arka ucun sağlaması gereken yedi küçük işlev; yalnız selector.c ve arka uçlar içerir.
 *
 * Numaradan kayda giden tablo ortaktır ve burada tutulur. Arka uç, numaraları çekirdeğe soracağı
 * biçimde saklar: epoll'de çekirdekte, poll'de bir dizide, select'te bit kümelerinde.
 */
#ifndef LESSON_09_SELECTOR_BACKEND_H
#define LESSON_09_SELECTOR_BACKEND_H

#include "selector.h"

/* Bir tanımlayıcının kaydı. */
struct registration {
    void *data;
    short events; /* 0: kayıtlı değil */
    int place;    /* arka ucun kendi notu */
};

struct selector {
    const struct selector_backend *backend;
    void *state;                        /* arka ucunki */
    struct registration *registrations; /* sırası, tanımlayıcının numarası */
    int capacity;
};

/* Tamsayı döndürenler 0 ya da -errno döner. Kayıt tablosunu selector.c yazar: add'den sonra,
 * remove'dan sonra; arka uç oradan yalnız `place`i değiştirir. */
struct selector_backend {
    const char *name;
    int (*open)(struct selector *selector);
    void (*close)(struct selector *selector);
    int (*add)(struct selector *selector, int fd, short events);
    int (*modify)(struct selector *selector, int fd, short events);
    void (*remove)(struct selector *selector, int fd);
    /* `milliseconds` -1 ise sınırsız. Dönen: 0'dan büyük (select, tanımlayıcıları değil bitleri
     * sayar), süre dolduysa 0, -errno (-EINTR de). */
    int (*wait)(struct selector *selector, int milliseconds);
    /* Turun sıradaki hazır tanımlayıcısı ve çekirdeğin söylediği olaylar; kalmadıysa -1. Turun
     * içinde silinmiş bir kaydı vermez. */
    int (*next)(struct selector *selector, short *events);
};

extern const struct selector_backend selector_epoll;
extern const struct selector_backend selector_poll;
extern const struct selector_backend selector_select;

#endif
