/* İstemcinin bir bağlantısı: bağlan, karşılan, sor, yanıtı denetle; hiçbir adımda bekleme.
 *
 * Durum, sırada neyin beklendiğidir. Bloke eden istemcide bunu programın o an hangi satırda durduğu
 * söylüyordu; burada bin bağlantının hiçbiri bir satırda duramaz, yeri yapıda yazar.
 *
 * Kaynak: connect(2), recv(2), send(2), socket(7) (SO_ERROR)
 */
#ifndef LESSON_09_VISIT_H
#define LESSON_09_VISIT_H

#include "base/clock.h"
#include "net/address.h"
#include "net/lines.h"
#include "net/outbox.h"

/* Karşılama satırının ekrana yazılan en uzun hali, sondaki NUL ile. */
#define WELCOME_SIZE 128

/* region: state */
enum visit_state {
    VISIT_CONNECTING, /* yazılabilir olunca bağlanmıştır ya da bağlanamamıştır */
    VISIT_GREETING,   /* karşılama satırını bekliyor */
    VISIT_ASKING,     /* bir yanıtı bekliyor */
    VISIT_QUIET,      /* soracağı kalmadı, açık duruyor */
    VISIT_FAILED,     /* olmadı; `failed` ve `why` dolu, soketi kapatmak çağıranındır */
};
/* endregion */

struct visit {
    enum visit_state state;
    int fd; /* kapalıysa -1 */
    struct lines lines;
    struct outbox outbox;
    char **message; /* yanıtı beklenen ya da sıradaki mesaj; NULL ile biter */
    long answered;
    bool welcomed;
    bool refused;        /* "Sunucu dolu" */
    deadline_t deadline; /* beklenenin sınırı; VISIT_QUIET'te yok */
    char welcome[WELCOME_SIZE];
    const char *failed; /* hangi iş olmadı: "Bağlanılamadı" gibi */
    const char *why;    /* neden */
};

/* `messages` hiç mesaj vermezse bağlantı karşılanır ve susar. */
void visit_init(struct visit *visit, char **messages);

/* Bağlanmaya başlar; olmazsa durum VISIT_FAILED'dır. `timeout` saniyedir. */
void visit_open(struct visit *visit, const struct address *address, double timeout, int64_t now);

/* Kurulmuş bir bağlantıyı alır. */
void visit_adopt(struct visit *visit, int fd, double timeout, int64_t now);

/* Beklenen olaylar: SELECTOR_READ, SELECTOR_WRITE. */
short visit_events(const struct visit *visit);

/* Hazır olan olaylarla bir adım ilerler. */
void visit_step(struct visit *visit, short events, double timeout, int64_t now);

/* Başarısız sayar. Soket açık kalır: çağıran onu önce seçiciden siler, sonra visit_close der. */
void visit_fail(struct visit *visit, const char *failed, const char *why);

/* Süresi doldu: durumuna göre hangi işin olmadığını yazar. */
void visit_expire(struct visit *visit);

/* Soketi ve belleği geri verir. */
void visit_close(struct visit *visit);

#endif
