#include "loop.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/errtext.h"
#include "base/log.h"
#include "base/stop.h"

#define WELCOME "Welcome to non-blocking server!"
#define FULL "Sunucu dolu, daha sonra deneyin\n"
#define TOO_SLOW "Çok yavaş okunuyor, bağlantı kapatılıyor\n"

#define ACCEPT_AT_ONCE 64
#define REFUSED_MAX 64
#define SWEEP_NS 100000000

/* `watched`daki sıra: durdurma isteği, kapı, sonra `connections` ile aynı sırada istemciler. */
enum { STOP, DOOR, FIRST };

int loop_init(struct loop *loop)
{
    size_t most = (size_t)loop->max_clients + REFUSED_MAX;
    loop->connections = calloc(most, sizeof(struct connection *));
    loop->watched = calloc(FIRST + most, sizeof *loop->watched);
    if (!loop->connections || !loop->watched)
        return -ENOMEM;
    loop->watched[STOP] = (struct pollfd){.fd = stop_fd(), .events = POLLIN};
    loop->watched[DOOR] = (struct pollfd){.fd = loop->door.fd, .events = POLLIN};
    loop->sweep_at = DEADLINE_NONE;
    return 0;
}

/* region: wait */
/* Birinin hazır olmasını, en çok `deadline`a dek bekler; kimin neye hazır olduğu
 * `watched[i].revents`te yazar. Sinyal bölerse yeniden sorulur: bölünen poll revents'lere dokunmaz,
 * orada eskisi durur. */
static int poll_until(struct loop *loop, deadline_t deadline)
{
    int ready;
    do
        ready = poll(loop->watched, FIRST + loop->count, deadline_poll_ms(deadline));
    while (ready < 0 && errno == EINTR);
    return ready < 0 ? -errno : 0;
}

/* Kapı kapalıyken izlenmez (poll eksi tanımlayıcıyı atlar), ama açılacağı an da bir zaman
 * sınırıdır. */
static int wait_for_someone(struct loop *loop, deadline_t deadline)
{
    deadline = deadline_sooner(deadline, loop->sweep_at);
    bool shut = door_is_shut(&loop->door, monotonic_ns());
    if (shut)
        deadline = deadline_sooner(deadline, loop->door.shut_until);
    loop->watched[DOOR].fd = shut ? -1 : loop->door.fd;
    return poll_until(loop, deadline);
}
/* endregion */

/* Bir zaman sınırını aklında tutar; taramalar arası en az SWEEP_NS'tir. */
static void note_deadline(struct loop *loop, deadline_t deadline)
{
    deadline_t soonest = loop->swept_at + SWEEP_NS;
    loop->sweep_at = deadline_sooner(loop->sweep_at, deadline > soonest ? deadline : soonest);
}

/* region: remove */
/* Ayrılanın yerine sondaki gelir. Diziyi dolaşan döngüler bu yüzden sondan başa gider: gelen,
 * çoktan bakılmış olandır. */
static void remove_connection(struct loop *loop, size_t i)
{
    loop->refused -= loop->connections[i]->refused;
    connection_free(loop->connections[i]);
    loop->count--;
    loop->connections[i] = loop->connections[loop->count];
    loop->watched[FIRST + i] = loop->watched[FIRST + loop->count];
}
/* endregion */

static void log_ending(const struct connection *connection, int outcome)
{
    if (connection->state != CONNECTION_OPEN)
        return; /* nedeni çoktan loglandı */
    if (outcome > 0)
        log_info("İstemci ayrıldı: %s", connection->name);
    else
        log_warning("Bağlantı kesildi: %s: %s", connection->name, error_text(outcome));
}

/* region: serve */
/* Bir istemciye sıra verir; sonra ondan artık neyin bekleneceğini yazar. Yazılabilirlik yalnız
 * gönderilecek bir şey varken beklenir: boş bir soket hep yazılabilirdir, onu beklemek hiç
 * uyumamaktır. */
static void serve(struct loop *loop, size_t i, short ready, int64_t now)
{
    struct connection *connection = loop->connections[i];
    int outcome = connection_work(connection, ready, now);
    if (outcome != 0) {
        log_ending(connection, outcome);
        remove_connection(loop, i);
        return;
    }
    loop->watched[FIRST + i].events = connection_events(connection);
    note_deadline(loop, connection_deadline(connection, loop->stall));
}
/* endregion */

/* Yeni bağlantıyı diziye koyar; geri çevrileni de: sözünün gitmesi ve karşı tarafın kapatması
 * beklenir. `fd` artık dizinindir. 0; bellek yoksa fd kapanır, -ENOMEM. */
static int enroll(struct loop *loop, int fd, const struct address *peer, bool refused, int64_t now)
{
    struct connection *connection = connection_new(fd, peer, (size_t)loop->max_queue, loop->timeout,
                                                   now);
    if (!connection) {
        close(fd);
        return -ENOMEM;
    }
    if (refused) {
        connection_leave(connection, FULL, now);
    } else if (connection_say(connection, WELCOME, (struct text){"", 0}) < 0) {
        connection_free(connection);
        return -ENOMEM;
    }
    connection->refused = refused;
    loop->refused += refused;
    loop->connections[loop->count] = connection;
    loop->watched[FIRST + loop->count] = (struct pollfd){.fd = fd};
    loop->count++;
    serve(loop, loop->count - 1, POLLOUT, now);
    return 0;
}

/* Geri çevrilip bekleyenlerin de sayısı sınırlıdır; ötesine söz tek denemede gider ya da gitmez. */
static void admit(struct loop *loop, int fd, const struct address *peer, int64_t now)
{
    char name[ADDRESS_TEXT_SIZE];
    bool full = loop->count - loop->refused >= (size_t)loop->max_clients;
    address_text(peer, name);
    if (full)
        log_warning("Sunucu dolu, geri çevrildi: %s", name);
    else
        log_info("Yeni bağlantı: %s", name);
    if (full && loop->refused >= REFUSED_MAX) {
        send(fd, FULL, strlen(FULL), MSG_NOSIGNAL);
        close(fd);
    } else if (enroll(loop, fd, peer, full, now) < 0) {
        log_error("Bellek yok, bağlantı kapatıldı: %s", name);
    }
}

static void accept_newcomers(struct loop *loop, int64_t now)
{
    for (int i = 0; i < ACCEPT_AT_ONCE; i++) {
        struct address peer;
        int fd = door_accept(&loop->door, &peer, now);
        if (fd < 0)
            return;
        admit(loop, fd, &peer, now);
    }
}

static void expire(struct loop *loop, size_t i, int64_t now)
{
    struct connection *connection = loop->connections[i];
    if (connection->state == CONNECTION_OPEN && connection_full(connection)) {
        log_warning("Yavaş istemci çıkarıldı: %s: %zu bayt bekliyordu", connection->name,
                    connection_waiting(connection));
        connection_drop(connection, TOO_SLOW, now);
        serve(loop, i, POLLOUT, now);
        return;
    }
    if (connection->state == CONNECTION_OPEN)
        log_warning("İstemci zaman aşımı: %s", connection->name);
    remove_connection(loop, i);
}

/* Süresi dolanları bulur, kalanların en yakınını sweep_at'e yazar. Düzenli bir saat vuruşu yoktur:
 * kimsenin sınırı gelmemişse döngü uyanmaz. */
static void sweep(struct loop *loop, int64_t now)
{
    loop->swept_at = now;
    loop->sweep_at = DEADLINE_NONE;
    for (size_t i = loop->count; i-- > 0;) {
        deadline_t deadline = connection_deadline(loop->connections[i], loop->stall);
        if (deadline <= now)
            expire(loop, i, now);
        else
            note_deadline(loop, deadline);
    }
}

/* region: turn */
/* Bir tur: bekle, hazır olanlara sıra ver, gelenleri kabul et, süresi dolanlara bak. --busy ile
 * beklenmez ve kimin hazır olduğu bilinmez: herkes denenir, hazır olmayanın çağrısı EAGAIN der. */
int loop_turn(struct loop *loop, deadline_t deadline)
{
    loop->turns++;
    int outcome = loop->busy ? 0 : wait_for_someone(loop, deadline);
    if (outcome < 0)
        return outcome;
    int64_t now = monotonic_ns();
    for (size_t i = loop->count; i-- > 0;) {
        short ready = loop->busy ? POLLIN | POLLOUT : loop->watched[FIRST + i].revents;
        if (ready)
            serve(loop, i, ready, now);
    }
    if (loop->busy || loop->watched[DOOR].revents)
        accept_newcomers(loop, now);
    if (now >= loop->sweep_at)
        sweep(loop, now);
    return 0;
}
/* endregion */

/* region: stop */
/* Okunacak bir şey kaldı mı: gelmiş bayt ya da dolu kuyruğun ardında bekleyen satır? */
static bool anyone_talking(struct loop *loop)
{
    if (poll_until(loop, 0) < 0)
        return false;
    for (size_t i = 0; i < loop->count; i++) {
        const struct connection *connection = loop->connections[i];
        bool arrived = loop->watched[FIRST + i].revents & POLLIN;
        if (connection->state == CONNECTION_OPEN && (arrived || connection_full(connection)))
            return true;
    }
    return false;
}

/* Kapanış: önce gelmiş olan okunup yanıtlanır, sonra herkese kuyruğu ve akış sonu gider. İki adımın
 * da süresi sınırlıdır; susmayan ya da okumayan biri onları uzatamaz. */
int loop_shut_down(struct loop *loop)
{
    int outcome = 0;
    loop->busy = false;
    close(loop->door.fd);
    loop->door.fd = -1;
    loop->watched[DOOR].fd = -1;
    loop->watched[STOP].fd = -1; /* hep okunur kalır; izlense döngü uyumazdı */
    while (outcome == 0 && !stop_overdue() && anyone_talking(loop))
        outcome = loop_turn(loop, stop_reading_deadline());
    for (size_t i = loop->count; i-- > 0;) {
        int64_t now = monotonic_ns();
        if (loop->connections[i]->state == CONNECTION_OPEN)
            connection_leave(loop->connections[i], NULL, now);
        serve(loop, i, POLLOUT, now);
    }
    while (outcome == 0 && loop->count > 0 && monotonic_ns() < stop_deadline())
        outcome = loop_turn(loop, stop_deadline());
    return outcome;
}
/* endregion */

void loop_free(struct loop *loop)
{
    while (loop->count > 0)
        remove_connection(loop, loop->count - 1);
    if (loop->door.fd >= 0)
        close(loop->door.fd);
    free(loop->connections);
    free(loop->watched);
}
