/* Beş mimarinin ortak girdisi ve her birinin tek işlevi.
 *
 * Hepsi aynı kapıdan (door.h) bağlantı alır ve aynı konuşmayı (conversation.h) yürütür. Değişen tek
 * şey, konuşmayı kimin yürüttüğüdür: ana döngü, yeni bir süreç, yeni bir iş parçacığı, hazır
 * bekleyen bir süreç ya da hazır bekleyen bir iş parçacığı.
 */
#ifndef LESSON_06_SERVER_H
#define LESSON_06_SERVER_H

#include <stdatomic.h>

#include "door.h"

struct server {
    struct door door;
    long max_clients;
    long workers; /* prefork ve pool için; max_clients'ı aşmaz */
    double timeout;
    atomic_long *total; /* protocol.h'deki session.total */
};

/* Durdurma isteğine dek hizmet eder. Döndüğünde açtığı bütün süreçler ve iş parçacıkları bitmiş ve
 * toplanmıştır. 0 ya da, hiç başlayamadıysa, -errno. */
int iterative_serve(struct server *server);
int fork_serve(struct server *server);
int thread_serve(struct server *server);
int prefork_serve(struct server *server);
int pool_serve(struct server *server);

/* Hizmete hazır olunca bir kez çağrılır: hazır satırını yazar. 0 ya da -errno. */
int server_announce(struct server *server);

#endif
