#include "async/server.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "net/connection.h"

#define ACCEPTS_AT_ONCE 64
#define REFUSED_MOST 64
#define REFUSED_SECONDS 1.0
#define FAREWELL_SECONDS 0.4

/* Kabul edilmiş bağlantı. Yığındaki ilk sayfaya zaten dokunulur; görev bunu oraya alıp belleği
 * hemen geri verir, boşta bekleyen her bağlantı o kadar az yer tutar. */
struct visit {
    struct server *server;
    int fd;
    struct address peer;
    bool refused;
};

static int serve(const struct visit *visit, struct stream *stream)
{
    struct server *server = visit->server;
    if (!visit->refused)
        return server->handle(stream, &visit->peer, server->argument);
    return stream_write(stream, CONNECTION_SERVER_FULL, strlen(CONNECTION_SERVER_FULL),
                        deadline_after(REFUSED_SECONDS));
}

static int visit_task(void *argument)
{
    struct visit visit = *(struct visit *)argument;
    free(argument);
    struct stream stream;
    int outcome = stream_open(&stream, visit.fd, visit.server->line_limit);
    if (outcome == 0) {
        outcome = serve(&visit, &stream);
        task_shield(deadline_after(FAREWELL_SECONDS));
        stream_close_gracefully(&stream, deadline_after(FAREWELL_SECONDS));
        task_unshield();
    }
    if (visit.refused)
        visit.server->refused--;
    return outcome;
}

/* Görev açılamıyorsa: söz tek denemede gider ya da gitmez. */
static void turn_away(int fd)
{
    (void)send(fd, CONNECTION_SERVER_FULL, strlen(CONNECTION_SERVER_FULL),
               MSG_NOSIGNAL | MSG_DONTWAIT);
    close(fd);
}

static void admit(struct server *server, int fd, const struct address *peer)
{
    bool full = server->clients.count - server->refused >= server->max_clients;
    struct visit *visit = full && server->refused >= REFUSED_MOST ? NULL : malloc(sizeof *visit);
    if (visit)
        *visit = (struct visit){.server = server, .fd = fd, .peer = *peer, .refused = full};
    if (!visit || group_spawn(&server->clients, "bağlantı", visit_task, visit) < 0) {
        free(visit);
        turn_away(fd);
        return;
    }
    server->refused += full;
}

static int accept_some(struct server *server)
{
    struct address peer;
    for (int i = 0; i < ACCEPTS_AT_ONCE; i++) {
        int fd = listener_accept(&server->listener, &peer, monotonic_ns());
        if (fd < 0)
            return fd;
        admit(server, fd, &peer);
    }
    return task_yield();
}

static int accept_task(void *argument)
{
    struct server *server = argument;
    int outcome = 0;
    while (outcome == 0) {
        outcome = accept_some(server);
        if (outcome != -EAGAIN)
            continue;
        deadline_t paused = listener_paused_until(&server->listener, monotonic_ns());
        watch_spent(&server->watch, WATCH_READ);
        outcome = paused == DEADLINE_NONE ? watch_wait(&server->watch, WATCH_READ, DEADLINE_NONE)
                                          : task_sleep_until(paused);
    }
    return outcome;
}

int server_start(struct server *server, int fd, server_handler *handle, void *argument,
                 size_t line_limit, size_t max_clients)
{
    *server = (struct server){.handle = handle,
                              .argument = argument,
                              .line_limit = line_limit,
                              .max_clients = max_clients};
    listener_init(&server->listener, fd);
    int outcome = watch_open(&server->watch, fd);
    if (outcome < 0) {
        close(fd);
        return outcome;
    }
    group_open(&server->clients, GROUP_INDEPENDENT);
    server->acceptor = task_create("kabul", accept_task, server);
    if (server->acceptor)
        return 0;
    watch_close(&server->watch);
    close(fd);
    return -ENOMEM;
}

void server_stop(struct server *server)
{
    task_release(server->acceptor);
    watch_close(&server->watch);
    close(server->listener.fd);
    group_end(&server->clients);
}
