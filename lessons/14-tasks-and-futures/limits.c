/* Sınırlı grup: iptale aldırmayan görev, sıra bırakmayan görev.
 *
 * İlki sınırı geçemez: iptal edilmiş görevin hiçbir bekleyişi beklemez. İkincisi geçebilir: sıra
 * kendisinde olduğu sürece döngü çalışmaz, sınırın geçtiğini görecek kimse yoktur.
 */
#include <errno.h>
#include <stdio.h>

#include "async/group.h"
#include "base/errtext.h"
#include "remote.h"
#include "demos.h"

#define STUBBORN_ASKS 10
#define LIMIT_SECONDS 0.5

/* --- iptale aldırmayan --- */

struct stubborn {
    struct settings *settings;
    int refused; /* -ECANCELED ile dönen bekleyişler */
};

/* region: stubborn */
/* Dönüş değerine bakmayan kod: her yanlışı yapar, ama iptali yutamaz. */
static int stubborn_task(void *argument)
{
    struct stubborn *stubborn = argument;
    struct remote remote = {0};
    char reply[REPLY_SIZE];
    int outcome = remote_open(&remote, stubborn->settings);
    if (outcome < 0)
        return outcome;
    for (int i = 0; i < STUBBORN_ASKS; i++)
        stubborn->refused += remote_ask(&remote, "bekle", 30, "inatçı", reply) == -ECANCELED;
    remote_close(&remote);
    return 0; /* "iptal edildim" bile demez */
}
/* endregion */

int demo_limit(struct settings *settings)
{
    struct stubborn stubborn = {.settings = settings};
    struct group group;
    printf("=== Sınır ===\n");
    group_open(&group, GROUP_TOGETHER);
    int outcome = group_spawn(&group, "inatçı", stubborn_task, &stubborn);
    int closed = group_close(&group, deadline_after(LIMIT_SECONDS * settings->scale));
    if (outcome == 0)
        outcome = closed;
    if (outcome < 0 && (outcome != -ETIMEDOUT || settings->failure[0] != '\0'))
        return outcome;
    printf("İptale aldırmayan görev: %d bekleyişin %d tanesi -ECANCELED\n", STUBBORN_ASKS,
           stubborn.refused);
    printf("Grup: %s\n", outcome == 0 ? "tamam" : error_text(outcome));
    return 0;
}

/* --- sıra bırakmayan --- */

#define PARTS 4000
#define PART_SECONDS 0.00025

struct computing {
    struct settings *settings;
    struct remote remote; /* komşunun; hesap başlamadan isteği yola çıkmış olsun diye açık */
    bool yields;
    int parts;     /* biten parçalar */
    int parts_now; /* komşu yanıtını aldığında bitmiş olan parçalar */
};

static void spin(deadline_t until)
{
    while (monotonic_ns() < until)
        ;
}

/* region: compute */
/* Bir saniye süren hesap. `yields` değilse hiç beklemez: onu ne iptal durdurur ne sınır. */
static int compute(void *argument)
{
    struct computing *computing = argument;
    int outcome = 0;
    while (computing->parts < PARTS && outcome == 0) {
        spin(deadline_after(PART_SECONDS * computing->settings->scale));
        computing->parts++;
        if (computing->yields)
            outcome = task_yield();
    }
    return outcome;
}
/* endregion */

static int neighbour(void *argument)
{
    struct computing *computing = argument;
    char reply[REPLY_SIZE];
    int outcome = remote_ask(&computing->remote, "bekle", 0.1, "komşu", reply);
    computing->parts_now = computing->parts;
    return outcome;
}

static int compute_within_limit(struct settings *settings, bool yields)
{
    struct computing computing = {.settings = settings, .yields = yields};
    struct group group;
    int outcome = remote_open(&computing.remote, settings);
    if (outcome < 0)
        return outcome;
    group_open(&group, GROUP_TOGETHER);
    outcome = group_spawn(&group, "komşu", neighbour, &computing);
    if (outcome == 0)
        outcome = group_spawn(&group, "hesap", compute, &computing);
    int closed = group_close(&group, deadline_after(LIMIT_SECONDS * settings->scale));
    remote_close(&computing.remote);
    if (outcome < 0 || settings->failure[0] != '\0' || (closed < 0 && closed != -ETIMEDOUT))
        return closed < 0 ? closed : outcome;
    printf("Sıra %s: hesap %s, komşunun yanıtı %s, grup: %s\n", yields ? "bırakarak" : "bırakmadan",
           computing.parts == PARTS ? "sonuna dek sürdü" : "sınırda kesildi",
           computing.parts_now == PARTS ? "hesaptan sonra" : "hesap sürerken",
           closed == 0 ? "tamam" : error_text(closed));
    return 0;
}

int demo_compute(struct settings *settings)
{
    printf("=== Hesap ===\n");
    int outcome = compute_within_limit(settings, false);
    return outcome < 0 ? outcome : compute_within_limit(settings, true);
}
