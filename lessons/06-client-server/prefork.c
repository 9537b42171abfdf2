/* Önceden çoğaltılmış süreçler: işçiler istemci gelmeden açılır, hepsi aynı kapıda bekler.
 *
 * fork'tan farkı: bağlantı başına süreç açılmaz, ama aynı anda en çok işçi sayısı kadar konuşma
 * olur; gerisi çekirdeğin kabul kuyruğunda bekler. Ana süreç konuşmaz: ölen işçinin yerine yenisini
 * açar.
 *
 * Bir bağlantı geldiğinde poll'de bekleyen bütün boş işçiler uyanır, accept'i biri kazanır,
 * öbürleri EAGAIN alıp yeniden uyur (İngilizcesi: thundering herd). Bilerek böyle bırakıldı; -v
 * bunu gösterir.
 */
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "base/errtext.h"
#include "base/log.h"
#include "base/wait.h"
#include "children.h"
#include "conversation.h"

/* Bakım aralığı. Ölen işçinin yeri burada doldurulur; açılır açılmaz ölen bir işçi fork yağmuruna
 * dönüşemez. */
#define CARE_SECONDS 0.25

/* region: worker */
static void work(struct server *server)
{
    struct visitor visitor;
    while (door_next(&server->door, -1, DEADLINE_NONE, &visitor) > 0)
        converse(server, &visitor);
    door_leave(&server->door);
    _exit(0);
}

/* Eksik işçileri açar. 0 ya da -errno. */
static int fill(struct server *server, struct children *workers)
{
    while (workers->count < server->workers) {
        pid_t pid = children_fork(workers);
        if (pid == 0)
            work(server);
        if (pid < 0)
            return pid;
        log_info("İşçi başladı: pid %d", (int)pid);
    }
    return 0;
}
/* endregion */

/* Kuyruktaki yerini aşanları geri çevirir. Tek bakış yetmez: o an kuyrukta görünen bağlantıyı boş
 * bir işçi almak üzere olabilir. İki bakışta da fazla varsa işçiler doludur. */
static void refuse_excess(struct server *server, long *waited_before)
{
    long waiting = door_waiting(&server->door);
    long steady = waiting < *waited_before ? waiting : *waited_before;
    door_refuse_waiting(&server->door, steady - (server->max_clients - server->workers));
    door_tidy(&server->door);
    *waited_before = waiting;
}

/* region: care */
static void look_after(struct server *server, struct children *workers)
{
    long waited_before = 0;
    int outcome = 0;
    int failed = 0; /* aynı hata her bakımda yeniden loglanmaz */
    deadline_t care = deadline_after(CARE_SECONDS);
    while (outcome != -ECANCELED) {
        outcome = wait_fd_or_stop(workers->signal_fd, POLLIN, care);
        children_reap(workers);
        if (outcome != -ETIMEDOUT)
            continue;
        int error = fill(server, workers);
        if (error != failed && error < 0)
            log_error("İşçi açılamadı, yeniden denenecek: %s", error_text(error));
        failed = error;
        refuse_excess(server, &waited_before);
        care = deadline_after(CARE_SECONDS);
    }
}
/* endregion */

int prefork_serve(struct server *server)
{
    struct children workers;
    int outcome = children_open(&workers, server->workers);
    if (outcome == 0)
        outcome = fill(server, &workers);
    if (outcome == 0)
        outcome = server_announce(server);
    if (outcome == 0)
        look_after(server, &workers);
    children_close(&workers);
    door_close(&server->door);
    return outcome;
}
