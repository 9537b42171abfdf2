/* Yineleyen sunucu: istemcilere birer birer bakar; konuşmayı ana döngü yürütür.
 *
 * Çalışırken bak: biri bağlıyken ikincisi de bağlanır (çekirdek kabul kuyruğuna alır), ama
 * karşılanmaz. Susan bir istemci herkesi --timeout dolana dek bekletir.
 */
#include "conversation.h"

/* region: iterative */
int iterative_serve(struct server *server)
{
    struct visitor visitor;
    int outcome = server_announce(server);
    while (outcome == 0 && door_next(&server->door, -1, DEADLINE_NONE, &visitor) > 0) {
        converse(server, &visitor);
        /* "Dolu" diyecek olan da konuşmayı yürütendir: sıraya ancak iki konuşma arasında
         * bakılır. */
        door_refuse_waiting(&server->door, door_waiting(&server->door) - server->max_clients);
    }
    door_close(&server->door);
    return outcome;
}
/* endregion */
