#include "demo.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/errtext.h"
#include "talk.h"

#define GUESTS 4

enum { A, B, C, D };

struct demo {
    struct session sessions[GUESTS];
    struct session *all[GUESTS]; /* hepsi birlikte beklenir */
    struct session *troubled;
    int step;
};

static void title(struct demo *demo, const char *text)
{
    demo->step++;
    printf("%s%d. %s\n", demo->step > 1 ? "\n" : "", demo->step, text);
}

static int give_up(struct demo *demo, int guest, const char *failed, int error)
{
    demo->troubled = &demo->sessions[guest];
    return session_fail(demo->troubled, failed, error_text(error), error);
}

static void show(int guest, const char *sign, struct text line)
{
    char label[16];
    snprintf(label, sizeof label, "[%c] %s ", 'A' + guest, sign);
    talk_print(label, line);
}

/* Bu üyeye gelen sıradaki satır. Beklerken hepsi birlikte yürür: kimin satırı önce gelirse gelsin,
 * ekrana sorulan sırayla yazılır. */
static int next_line(struct demo *demo, int guest, struct text *line, deadline_t deadline)
{
    struct session *session = &demo->sessions[guest];
    int outcome;
    while ((outcome = session_take(session, line)) == 0) {
        if (session->ended)
            return give_up(demo, guest, "Yanıt alınamadı", -ENODATA);
        outcome = sessions_turn(demo->all, GUESTS, -1, NULL, deadline);
        if (outcome < 0)
            break;
    }
    return outcome < 0 ? give_up(demo, guest, "Yanıt alınamadı", outcome) : outcome;
}

/* Üyenin beklenen satırı: yankıysa "Echo: metin", başkasının sözüyse "[...]: metin". Odada
 * gösteriden olmayan biri de konuşuyor olabilir; onun sözü atlanır. */
static int hear(struct demo *demo, int guest, const char *head, const char *text)
{
    deadline_t deadline = deadline_after(demo->sessions[guest].target->timeout);
    size_t length = strlen(text);
    struct text line;
    for (;;) {
        int outcome = next_line(demo, guest, &line, deadline);
        if (outcome < 0)
            return outcome;
        if (text_starts_with(line, head) && line.length > length &&
            memcmp(line.bytes + line.length - length, text, length) == 0) {
            show(guest, "←", line);
            return 0;
        }
        if (!text_starts_with(line, "["))
            return give_up(demo, guest, "Yanıt yanlış", -EPROTO);
    }
}

static int say(struct demo *demo, int guest, const char *text)
{
    show(guest, "→", (struct text){text, strlen(text)});
    int outcome = session_say(&demo->sessions[guest], text);
    if (outcome < 0)
        demo->troubled = &demo->sessions[guest];
    return outcome;
}

/* `speaker`ın her sözünü hayattaki herkes duyar: kendisi yankı olarak, ötekiler adresiyle. */
static int everyone_hears(struct demo *demo, int speaker, const char *text)
{
    char tail[128];
    int outcome = hear(demo, speaker, "Echo: ", text);
    snprintf(tail, sizeof tail, "]: %s", text);
    for (int guest = A; guest < GUESTS && outcome == 0; guest++)
        if (guest != speaker && demo->sessions[guest].fd >= 0)
            outcome = hear(demo, guest, "[", tail);
    return outcome;
}

static int arrive(struct demo *demo)
{
    title(demo, "Dört üye geliyor");
    for (int guest = A; guest < GUESTS; guest++) {
        struct text welcome;
        int outcome = session_open(&demo->sessions[guest], &welcome);
        if (outcome < 0) {
            demo->troubled = &demo->sessions[guest];
            return outcome;
        }
        show(guest, "←", welcome);
    }
    return 0;
}

static int speak(struct demo *demo)
{
    title(demo, "A konuşuyor: yankı A'ya, söz ötekilere");
    int outcome = say(demo, A, "merhaba");
    return outcome < 0 ? outcome : everyone_hears(demo, A, "merhaba");
}

/* İki satır kuyrukta birleşir, tek parçada gider; çerçeveleme olmasaydı tek mesaj sanılırdı. */
static int two_lines_at_once(struct demo *demo)
{
    title(demo, "B tek parçada iki satır gönderiyor");
    int outcome = say(demo, B, "bir");
    if (outcome == 0)
        outcome = say(demo, B, "iki");
    if (outcome == 0)
        outcome = everyone_hears(demo, B, "bir");
    return outcome < 0 ? outcome : everyone_hears(demo, B, "iki");
}

static int die_and_speak(struct demo *demo)
{
    title(demo, "B kopuyor (RST), A hemen ardından konuşuyor");
    session_reset(&demo->sessions[B]);
    int outcome = say(demo, A, "duyan var mı?");
    return outcome < 0 ? outcome : everyone_hears(demo, A, "duyan var mı?");
}

static int part(struct demo *demo)
{
    title(demo, "Kalanlar ayrılıyor");
    for (int guest = A; guest < GUESTS; guest++) {
        struct session *session = &demo->sessions[guest];
        if (session->fd < 0)
            continue;
        int outcome = talk_leave(session, false);
        if (outcome < 0) {
            demo->troubled = session;
            return outcome;
        }
        session_close(session);
        printf("[%c] ayrıldı\n", 'A' + guest);
    }
    return 0;
}

static const struct step {
    const char *name;
    int (*run)(struct demo *demo);
} steps[] = {
    {"speak", speak},
    {"lines", two_lines_at_once},
    {"reset", die_and_speak},
};

const char *const demo_names[] = {"speak", "lines", "reset", NULL};

static int run_steps(struct demo *demo, const char *only)
{
    int outcome = arrive(demo);
    for (size_t i = 0; i < sizeof steps / sizeof *steps && outcome == 0; i++)
        if (!only || strcmp(only, steps[i].name) == 0)
            outcome = steps[i].run(demo);
    return outcome < 0 ? outcome : part(demo);
}

int demo_run(const struct target *target, const char *only, struct session *trouble)
{
    static struct demo demo;
    for (int guest = A; guest < GUESTS; guest++) {
        session_init(&demo.sessions[guest], target);
        demo.all[guest] = &demo.sessions[guest];
    }
    int outcome = run_steps(&demo, only);
    for (int guest = A; guest < GUESTS; guest++)
        session_close(&demo.sessions[guest]);
    if (outcome < 0)
        *trouble = *demo.troubled;
    return outcome;
}
