/* Görev grubu: birlikte başlayıp birlikte biten görevler.
 *
 * Grup kapanmadan hiçbir üyesi geride kalmaz: group_close hepsini bekler. Üyelerden biri başarısız
 * olunca ötekiler ve grubu açan görev iptal edilir; group_close o ilk hatayı döndürür. Bağımsız
 * grupta (GROUP_INDEPENDENT) bir üyenin hatası yalnız onundur: bağlantı başına bir görev açan
 * sunucu böyledir.
 *
 * Bellek çağıranındır ve group_close dönene dek yerinde durur.
 *
 * Kaynak: Python asyncio (TaskGroup)
 */
#ifndef ASYNC_GROUP_H
#define ASYNC_GROUP_H

#include "async/task.h"

enum group_kind { GROUP_TOGETHER, GROUP_INDEPENDENT };

struct group {
    enum group_kind kind;
    struct task *owner;
    struct link members; /* bitmemiş üyeler */
    size_t count;
    int failure;          /* ilk hata; yoksa 0 */
    bool closing;         /* group_close başladı */
    bool cancelling;      /* üyeler iptal edildi; yeni gelen de iptal başlar */
    bool cancelled_owner; /* sahibi grup iptal etti: kapanışta geri alınır */
    struct waiters all_done;
};

void group_open(struct group *group, enum group_kind kind);

/* Üye görev başlatır. 0 ya da -ENOMEM. Üyeyi grup geri verir. */
int group_spawn(struct group *group, const char *name, int (*run)(void *), void *argument);

/* Bitmemiş üyeleri iptal eder; beklemez. */
void group_cancel(struct group *group);

/* Bitmemiş üyeleri iptal eder ve bitmelerini bekler; bu bekleyiş iptal edilemez. */
void group_end(struct group *group);

/* Bütün üyelerin bitmesini bekler. Bekleyen iptal edilirse ya da sınır geçerse üyeler iptal edilir
 * ve yine de bitmeleri beklenir. 0, ilk üyenin hatası, -ECANCELED ya da -ETIMEDOUT; üyesi kendi
 * grubunu kapatamaz: -EDEADLK. */
int group_close(struct group *group, deadline_t deadline);

/* Görev bitti; yalnız task.c çağırır. */
void group_member_done(struct group *group, struct task *task);

#endif
