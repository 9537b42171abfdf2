/* Test gövdesini bir döngünün ana görevi olarak çalıştırmak ve olanların sırasını not etmek.
 *
 *     LOOP_TEST(calls_run_in_the_order_they_came)
 *     {
 *         struct call first = {0}, second = {0};
 *         loop_call_soon(&first, note_call, "1");
 *         loop_call_soon(&second, note_call, "2");
 *         let_others_run();
 *         CHECK_TEXT_EQ(notes(), "12");
 *     }
 *
 * LOOP_TEST'te zaman sanaldır: saat donuktur ve herkes beklerken ilk zamanlayıcının anına atlar.
 * Saatler süren uyku da hemen biter, süreler ve sıraları her koşuda aynıdır; zamanlayıcı yokken
 * herkesin beklemesi kilitlenmedir ve testi hemen bırakır. İş parçacığı ya da çekirdekten olay
 * bekleyen test REAL_LOOP_TEST'tir: orada saat gerçektir, bitmeyen bekleyişi check.c'nin zaman
 * sınırı yakalar.
 */
#ifndef UNIT_IN_LOOP_H
#define UNIT_IN_LOOP_H

#include "async/loop.h"
#include "async/poller.h"
#include "async/task.h"

#define LOOP_TEST(name) LOOP_TEST_ON(name, &poller_virtual)
#define REAL_LOOP_TEST(name) LOOP_TEST_ON(name, &poller_epoll)
#define LOOP_TEST_ON(name, kind)                                                                   \
    static void name##_body(void);                                                                 \
    static void name(void)                                                                         \
    {                                                                                              \
        in_loop(kind, name##_body);                                                                \
    }                                                                                              \
    static void name##_body(void)

/* Dolmasıyla testin kalması gereken süre: gerçek saatte, yüklü makinede de yeter. */
#define SOON deadline_after(10)

#define SECOND INT64_C(1000000000)
#define MS INT64_C(1000000)

/* Sanal zamanlı arka uç. */
extern const struct poller_kind poller_virtual;

/* Test başlayalı arka uca kaç kez soruldu? Yalnız sanal zamanda. */
int virtual_waits(void);

/* `body`yi yeni bir döngüde, notları silinmiş olarak çalıştırır. */
void in_loop(const struct poller_kind *kind, void (*body)(void));

/* Sırayla ne olduğu: her note metnin sonuna eklenir. */
void note(const char *word);
const char *notes(void);
void clear_notes(void);

/* loop_call_soon'a verilecek, argümanını not eden çağrı. */
void note_call(void *word);

/* Sırayı defalarca bırakır: sırada olanlar ve onların uyandırdıkları çalışır. İptal edilmiş görevde
 * kullanılmaz. */
void let_others_run(void);

/* Sık kullanılan görevler. */
int wait_forever(void *unused);  /* iptale dek bekler: -ECANCELED */
int return_number(void *number); /* hemen biter: *(int *)number */
int note_task(void *word);       /* not eder, biter: 0 */

#endif
