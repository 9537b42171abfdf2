/* Görev grupları: birlikte başlamak, birlikte bitmek, olmayanı duymak.
 *
 * Hepsi yoklama listesiyle (roster.h) kurulur: sonuçlar katılış sırasındadır ve hiçbiri kaybolmaz.
 * Grup açıkken dönmek yoktur: her yol roster_close'dan geçer, yoksa üyeler yok olmuş bir yığına
 * yazardı.
 */
#include <errno.h>
#include <stdio.h>

#include "base/errtext.h"
#include "demos.h"
#include "roster.h"

/* Önce kapanışın söylediği: sahibin -ECANCELED'ı çoğu zaman onun sonucudur. */
static int first_of(int closed, int outcome)
{
    return closed < 0 ? closed : outcome;
}

/* Grup kapanana dek sahibin yaptığı başka iş: kendi bağlantısından bir istek. */
static int own_work(struct settings *settings, const char *name, double seconds)
{
    struct remote remote = {0};
    char reply[REPLY_SIZE];
    int outcome = remote_open(&remote, settings);
    if (outcome == 0)
        outcome = remote_ask(&remote, "bekle", seconds, name, reply);
    remote_close(&remote);
    return outcome;
}

int demo_group(struct settings *settings)
{
    struct roster roster;
    roster_open(&roster, GROUP_TOGETHER, settings);
    int outcome = roster_add(&roster, job_waiting(settings, "A", 1, 0));
    if (outcome == 0)
        outcome = roster_add(&roster, job_waiting(settings, "B", 2, 0));
    if (outcome == 0)
        outcome = roster_add(&roster, job_waiting(settings, "C", 3, 0));
    printf("Grup'ta %zu task var\n", roster.group.count);
    outcome = first_of(roster_close(&roster, deadline_after(settings->limit)), outcome);
    if (outcome == 0)
        printf("Tüm task'lar tamamlandı: %zu sonuç\n", roster_count(&roster, 0));
    if (outcome == -ETIMEDOUT && settings->failure[0] == '\0') {
        printf("MyGroup: Timeout! Kalan task'lar iptal edildi: %zu sonuç, %zu iptal\n",
               roster_count(&roster, 0), roster_count(&roster, -ECANCELED));
        snprintf(settings->failure, sizeof settings->failure, "Grup bitmedi: %s: zaman aşımı",
                 settings->endpoint);
    }
    return outcome;
}

int demo_order(struct settings *settings)
{
    struct roster roster;
    printf("=== Sonuçların sırası ===\n");
    roster_open(&roster, GROUP_TOGETHER, settings);
    int outcome = roster_add(&roster, job_waiting(settings, "A", 0.4, 1));
    if (outcome == 0)
        outcome = roster_add(&roster, job_waiting(settings, "B", 0.1, 1));
    if (outcome == 0)
        outcome = roster_add(&roster, job_waiting(settings, "C", 0.3, 1));
    if (outcome == 0)
        outcome = roster_add(&roster, job_waiting(settings, "D", 0.2, 1));
    outcome = first_of(roster_close(&roster, DEADLINE_NONE), outcome);
    if (outcome == 0)
        roster_print(&roster);
    return outcome;
}

/* A biter, B olmaz; sahibi bu sırada başka bir iştedir ve grubu kapattığında C daha sürmektedir. */
int demo_early(struct settings *settings)
{
    struct roster roster;
    printf("=== Erken bitenler ===\n");
    roster_open(&roster, GROUP_INDEPENDENT, settings);
    int outcome = roster_add(&roster, job_waiting(settings, "A", 0.1, 1));
    if (outcome == 0)
        outcome = roster_add(&roster, job_failing(settings, "B", 0.2));
    if (outcome == 0)
        outcome = roster_add(&roster, job_waiting(settings, "C", 1.0, 1));
    if (outcome == 0)
        outcome = own_work(settings, "sahip", 0.6);
    printf("Kapanıştan önce bitmeyen: %zu\n", roster.group.count);
    outcome = first_of(roster_close(&roster, DEADLINE_NONE), outcome);
    if (outcome == 0)
        roster_print(&roster);
    return outcome;
}

/* Bir üyenin (B) olmadığı grup, verilen türden; sahibi bu sırada kendi işindedir. */
static int run_failing_group(struct settings *settings, enum group_kind kind, double own_seconds)
{
    struct roster roster;
    roster_open(&roster, kind, settings);
    int outcome = roster_add(&roster, job_waiting(settings, "A", 0.9, 1));
    if (outcome == 0)
        outcome = roster_add(&roster, job_failing(settings, "B", 0.3));
    if (outcome == 0)
        outcome = roster_add(&roster, job_waiting(settings, "C", 1.2, 1));
    if (outcome == 0)
        outcome = own_work(settings, "sahip", own_seconds);
    printf("Sahibin işi: %s\n", outcome == 0 ? "tamam" : error_text(outcome));
    int closed = roster_close(&roster, DEADLINE_NONE);
    printf("group_close: %s\n", closed == -EREMOTEIO ? "ilk hata"
                                : closed == 0        ? "0"
                                                     : error_text(closed));
    roster_print(&roster);
    return closed == -EREMOTEIO ? 0 : first_of(closed, outcome);
}

int demo_together(struct settings *settings)
{
    printf("=== Biri olmayınca: GROUP_TOGETHER ===\n");
    int outcome = run_failing_group(settings, GROUP_TOGETHER, 2);
    if (outcome == 0) /* grubun istediği iptal kapanışta geri alındı: beklemek yine olur */
        outcome = own_work(settings, "sonra", 0.1);
    if (outcome == 0)
        printf("Kapanıştan sonra beklemek: tamam\n");
    return outcome;
}

int demo_independent(struct settings *settings)
{
    printf("=== Biri olmayınca: GROUP_INDEPENDENT ===\n");
    return run_failing_group(settings, GROUP_INDEPENDENT, 0.6);
}

struct parent {
    struct roster *roster;
    struct settings *settings;
    bool closing; /* çocuk açılırken grup kapanıyor muydu? */
};

/* region: child */
static int parent_task(void *argument)
{
    struct parent *parent = argument;
    int outcome = own_work(parent->settings, "ebeveyn", 0.2);
    if (outcome < 0)
        return outcome;
    parent->closing = parent->roster->group.closing;
    return roster_add(parent->roster, job_waiting(parent->settings, "çocuk", 0.3, 1));
}
/* endregion */

int demo_child(struct settings *settings)
{
    struct roster roster;
    struct parent parent = {.roster = &roster, .settings = settings};
    printf("=== Kapanırken gelen ===\n");
    roster_open(&roster, GROUP_TOGETHER, settings);
    int outcome = group_spawn(&roster.group, "ebeveyn", parent_task, &parent);
    outcome = first_of(roster_close(&roster, DEADLINE_NONE), outcome);
    if (outcome < 0)
        return outcome;
    printf("Çocuk açılırken grup kapanıyor muydu: %s\n", parent.closing ? "True" : "False");
    roster_print(&roster);
    return 0;
}
