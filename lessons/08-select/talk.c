#include "talk.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/errtext.h"

#define ECHO "Echo: "
#define PIECE_SIZE 1024
#define INPUT_SIZE 4096

void talk_print(const char *label, struct text line)
{
    char shown[4 * PIECE_SIZE + 1]; /* bir bayt en çok dört karakterlik kaçış olur */
    fputs(label, stdout);
    while (line.length > 0) {
        size_t piece = line.length > PIECE_SIZE ? text_utf8_floor(line.bytes, PIECE_SIZE)
                                                : line.length;
        fwrite(shown, 1, text_escape(shown, sizeof shown, line.bytes, piece), stdout);
        line.bytes += piece;
        line.length -= piece;
    }
    putchar('\n');
}

/* --- mesaj göndermek */

static bool is_echo(struct text line)
{
    return text_starts_with(line, ECHO);
}

static bool echoes(struct text line, const char *message)
{
    struct text said = text_strip(message, strlen(message));
    size_t prefix = strlen(ECHO);
    return line.length == prefix + said.length &&
           memcmp(line.bytes + prefix, said.bytes, said.length) == 0;
}

/* region: say */
/* Yankıyı bekler; o arada gelen başka her satır (ötekilerin sözü) olduğu gibi yazılır. Yankı "Echo:
 * " ile başlar, ötekilerin sözü köşeli ayraçla: ikisi karışmaz. Süre, yankının tamamınındır. */
static int await_echo(struct session *session, const char *message)
{
    deadline_t deadline = deadline_after(session->target->timeout);
    struct text line;
    int outcome;
    while ((outcome = session_await(session, &line, deadline)) > 0) {
        if (is_echo(line)) {
            talk_print("Cevap: ", line);
            return echoes(line, message) ? 0 : -EPROTO;
        }
        talk_print("", line);
        if (monotonic_ns() >= deadline) /* ötekiler hiç susmasa da */
            return -ETIMEDOUT;
    }
    return outcome < 0 ? outcome : -ENODATA;
}
/* endregion */

int talk_say_all(struct session *session, char **messages)
{
    for (char **message = messages; *message; message++) {
        printf("\nGönderiliyor: %s\n", *message);
        int outcome = session_say(session, *message);
        if (outcome == 0)
            outcome = await_echo(session, *message);
        if (outcome < 0)
            return session_fail(session, "Yanıt alınamadı", error_text(outcome), outcome);
    }
    return 0;
}

/* --- dinlemek, ayrılmak */

/* Akış sonuna dek okur: 0 akış bitti, -ETIMEDOUT süre bitti, başka -errno. */
static int read_until(struct session *session, deadline_t deadline, bool aloud)
{
    struct text line;
    int outcome;
    while ((outcome = session_await(session, &line, deadline)) > 0) {
        if (aloud)
            talk_print("", line);
        if (monotonic_ns() >= deadline)
            return -ETIMEDOUT;
    }
    return outcome;
}

static int cut(struct session *session, int outcome)
{
    return session_fail(session, "Bağlantı kesildi", error_text(outcome), outcome);
}

int talk_listen(struct session *session, double seconds)
{
    int outcome = read_until(session, deadline_after(seconds), true);
    if (outcome == -ETIMEDOUT)
        return 0;
    return cut(session, outcome < 0 ? outcome : -ENODATA);
}

int talk_leave(struct session *session, bool aloud)
{
    int outcome = session_half_close(session);
    if (outcome == 0)
        outcome = read_until(session, deadline_after(session->target->timeout), aloud);
    return outcome < 0 ? cut(session, outcome) : 0;
}

/* --- klavyeyle sohbet */

/* Girdiden bir parça alıp kuyruğa koyar. 1: girdi bitti, 0: sürüyor, -errno. select okunur demişse
 * read beklemez: uçbirimde bir satır, boruda gelmiş olan, dosyada sıradaki parça. */
static int read_input(struct session *session)
{
    char piece[INPUT_SIZE];
    ssize_t got = read(STDIN_FILENO, piece, sizeof piece);
    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return 0;
    if (got < 0) {
        int error = -errno;
        return session_fail(session, "Girdi okunamadı", error_text(error), error);
    }
    return got == 0 ? 1 : session_write(session, piece, (size_t)got);
}

static int print_arrived(struct session *session)
{
    struct text line;
    int outcome;
    while ((outcome = session_take(session, &line)) > 0)
        talk_print("", line);
    return outcome;
}

/* Klavye başındaki düşünebilir: yazılmasını beklemenin sınırı yoktur. Gönderilecek bir şey varken
 * ya da girdi bitmişken susan sunucunun vardır. */
static deadline_t patience(const struct session *session, bool typing)
{
    if (typing && outbox_waiting(&session->outbox) == 0)
        return DEADLINE_NONE;
    return deadline_from(session->last_progress, session->target->timeout);
}

/* region: chat */
/* İki kaynak, tek bekleyiş. Kuyruk doluyken girdi okunmaz; ama soket hep okunur: ikisi de gönderip
 * hiç okumayan iki taraf birbirini sonsuza dek beklerdi. */
static int carry(struct session *session)
{
    bool typing = true;
    bool half_closed = false;
    int outcome = 0;
    while (outcome == 0 && !session->ended) {
        bool input_ready = false;
        int input = typing && !outbox_full(&session->outbox) ? STDIN_FILENO : -1;
        outcome = sessions_turn(&session, 1, input, &input_ready, patience(session, typing));
        if (outcome == 0)
            outcome = print_arrived(session);
        if (outcome == 0 && input_ready) {
            outcome = read_input(session);
            typing = outcome == 0;
            session->last_progress = monotonic_ns(); /* sunucunun süresi şimdi başlıyor */
            outcome = outcome > 0 ? 0 : outcome;
        }
        if (outcome == 0 && !typing && !half_closed && outbox_waiting(&session->outbox) == 0) {
            outcome = session_half_close(session);
            half_closed = true;
        }
    }
    return outcome == 0 && !half_closed ? -ENODATA : outcome;
}
/* endregion */

int talk_chat(struct session *session)
{
    session->failed = NULL;
    int outcome = carry(session);
    return outcome < 0 && !session->failed ? cut(session, outcome) : outcome;
}
