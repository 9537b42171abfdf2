/* Her bağlantıya bir iş parçacığı: konuşmayı, o bağlantı için açılan iş parçacığı yürütür.
 *
 * fork'tan farkı: bellek ortaktır. Toplam sayaç kendiliğinden toplanır, ama bir iş parçacığının
 * çökmesi hepsinin sonudur.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/errtext.h"
#include "base/log.h"
#include "conversation.h"

/* Bir istemcilik yer. Sırasıyla boş, dolu ve boşalmış olur; yalnız ana iş parçacığı boşaltır. */
struct seat {
    atomic_int state;
    pthread_t thread;
    const struct server *server;
    struct visitor visitor;
};

enum { SEAT_FREE, SEAT_TAKEN, SEAT_LEFT };

/* region: thread */
static void *seat_thread(void *argument)
{
    struct seat *seat = argument;
    converse(seat->server, &seat->visitor);
    atomic_store(&seat->state, SEAT_LEFT);
    return NULL;
}

/* Boş bir yer; yoksa NULL. Boşalmış yerin iş parçacığı önce toplanır: join edilmeyen iş
 * parçacığının yığını geri verilmez. */
static struct seat *find_seat(struct seat *seats, long count)
{
    for (struct seat *seat = seats; seat < seats + count; seat++) {
        if (atomic_load(&seat->state) == SEAT_LEFT) {
            pthread_join(seat->thread, NULL);
            atomic_store(&seat->state, SEAT_FREE);
        }
        if (atomic_load(&seat->state) == SEAT_FREE)
            return seat;
    }
    return NULL;
}

static void admit(struct server *server, struct seat *seat, const struct visitor *visitor)
{
    if (!seat) {
        door_refuse(&server->door, visitor);
        return;
    }
    seat->server = server;
    seat->visitor = *visitor;
    atomic_store(&seat->state, SEAT_TAKEN);
    int error = pthread_create(&seat->thread, NULL, seat_thread, seat);
    if (error) { /* pthread_create errno kullanmaz, hatayı döndürür */
        log_error("İş parçacığı açılamadı: %s", error_text(error));
        atomic_store(&seat->state, SEAT_FREE);
        door_refuse(&server->door, visitor);
    }
}
/* endregion */

int thread_serve(struct server *server)
{
    struct visitor visitor;
    struct seat *seats = calloc((size_t)server->max_clients, sizeof *seats);
    int outcome = seats ? server_announce(server) : -ENOMEM;
    while (outcome == 0 && door_next(&server->door, -1, DEADLINE_NONE, &visitor) > 0)
        admit(server, find_seat(seats, server->max_clients), &visitor);
    door_close(&server->door);
    for (long i = 0; seats && i < server->max_clients; i++)
        if (atomic_load(&seats[i].state) != SEAT_FREE)
            pthread_join(seats[i].thread, NULL);
    free(seats);
    return outcome;
}
