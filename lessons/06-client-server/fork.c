/* Her bağlantıya bir süreç: konuşmayı, o bağlantı için açılan çocuk süreç yürütür.
 *
 * Yineleyen sunucudan farkı: konuşan başkasıdır, kapıdaki hemen sıradakine bakar. Bellek ortak
 * değildir: çocuğun saydığını ana süreç de öbür çocuklar da görmez.
 */
#include <errno.h>
#include <unistd.h>

#include "base/errtext.h"
#include "base/log.h"
#include "children.h"
#include "conversation.h"

/* region: fork */
static void admit(struct server *server, struct children *children, const struct visitor *visitor)
{
    if (children->count == server->max_clients) {
        door_refuse(&server->door, visitor);
        return;
    }
    pid_t pid = children_fork(children);
    if (pid == 0) {
        /* Açık kalsaydı, ana süreç kapattıktan sonra da port dinlenirdi. */
        door_leave(&server->door);
        converse(server, visitor);
        _exit(0);
    }
    if (pid < 0) {
        log_error("Çocuk süreç açılamadı: %s", error_text(pid));
        door_refuse(&server->door, visitor);
        return;
    }
    /* Çocuğunki açık. Bu kopya kapanmasa, çocuk öldürülünce karşı taraf akış sonunu görmezdi. */
    close(visitor->fd);
}

int fork_serve(struct server *server)
{
    struct children children;
    struct visitor visitor;
    int outcome = children_open(&children, server->max_clients);
    if (outcome == 0)
        outcome = server_announce(server);
    int arrived = outcome;
    while (arrived >= 0) {
        arrived = door_next(&server->door, children.signal_fd, DEADLINE_NONE, &visitor);
        children_reap(&children);
        if (arrived > 0)
            admit(server, &children, &visitor);
    }
    children_close(&children);
    door_close(&server->door);
    return outcome;
}
/* endregion */
