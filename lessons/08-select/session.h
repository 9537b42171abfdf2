/* İstemcinin bir oturumu: bağlantı, gelen satırlar, giden kuyruk. Birden çok oturumu select ile
 * birlikte yürütmek.
 *
 * Gelen ve giden bayt sınırlıdır: alınmamış satırı olan oturum okunmaz, kuyruğun boyuna çağıran
 * bakar.
 *
 * Kaynak: select(2), recv(2), send(2), shutdown(2)
 */
#ifndef LESSON_08_SESSION_H
#define LESSON_08_SESSION_H

#include <stdbool.h>

#include "base/clock.h"
#include "base/text.h"
#include "net/address.h"
#include "net/lines.h"
#include "net/outbox.h"

struct target {
    const char *host;
    int port;
    double timeout; /* bağlanmanın ve her bekleyişin en uzun süresi */
};

struct session {
    const struct target *target;
    int fd; /* bağlı değilse -1 */
    struct lines lines;
    struct outbox outbox;
    struct text line; /* alınmayı bekleyen satır; has_line iken geçerli */
    bool has_line;
    bool ended;            /* karşı taraf yazmayı bitirdi */
    int trouble;           /* satırların ardından gelen hata, yoksa 0 */
    int send_error;        /* gönderilemeyenin nedeni; gelenler okununca trouble olur */
    int64_t last_progress; /* son bayt alışverişinin anı */
    char name[ADDRESS_TEXT_SIZE];
    const char *failed;
    const char *why;
};

void session_init(struct session *session, const struct target *target);
void session_close(struct session *session);

/* Bağlantıyı RST ile koparır. */
void session_reset(struct session *session);

/* Bağlanır, karşılama satırını `*welcome`a alır. 0 ya da -errno; dolu sunucuda -EAGAIN. */
int session_open(struct session *session, struct text *welcome);

/* Baytları kuyruğa koyar, session_say satır sonuyla birlikte. Göndermek sessions_turn'ün işidir. */
int session_write(struct session *session, const void *bytes, size_t length);
int session_say(struct session *session, const char *text);

/* Sıradaki satır: 1 `*line` dolu (sonraki sessions_turn'e dek geçerli), 0 şimdilik yok, -errno.
 * Hata, ondan önce gelmiş satırlar alınınca söylenir. */
int session_take(struct session *session, struct text *line);

/* Satır gelene dek turlar: 1 satır, 0 akış düzgünce bitti, -errno. */
int session_await(struct session *session, struct text *line, deadline_t deadline);

/* Yazma yarısını kapatır; okuma sürer. */
int session_half_close(struct session *session);

/* Bir tur: oturumlardan biri (ya da `input`) hazır olana dek bekler, kuyruklardan gönderir,
 * gelenden birer parça okur. Satırı alınmamış oturum okunmaz. `input` -1 ise izlenmez; okunur
 * olunca `*input_ready` true olur. 0, süre dolduysa -ETIMEDOUT, başka -errno. */
int sessions_turn(struct session *const *sessions, size_t count, int input, bool *input_ready,
                  deadline_t deadline);

/* Hatayı, programın son satırında söylenecek biçimde saklar; `error` aynen döner. */
int session_fail(struct session *session, const char *failed, const char *why, int error);

#endif
