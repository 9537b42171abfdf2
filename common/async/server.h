/* Akış sunucusu: kabul eden bir görev, her bağlantıya bir görev (start_server).
 *
 * Bağlantıların görevleri bağımsız bir gruptur: birinin hatası ötekilere dokunmaz. Sınırdan fazlası
 * sözle geri çevrilir; tanımlayıcı kalmayınca kabul duraklar (net/listener).
 *
 * Kaynak: accept(2), Python asyncio (start_server, Server)
 */
#ifndef ASYNC_SERVER_H
#define ASYNC_SERVER_H

#include "async/group.h"
#include "async/stream.h"
#include "net/listener.h"

/* Bir bağlantının görevi. Akışı sunucu açar; dönünce düzgün kapatır. İptal kapanış demektir: veda
 * için task_shield kullanılır. */
typedef int server_handler(struct stream *stream, const struct address *peer, void *argument);

struct server {
    struct listener listener;
    struct watch watch;
    struct group clients;
    struct task *acceptor;
    server_handler *handle;
    void *argument;
    size_t line_limit;
    size_t max_clients;
    size_t refused; /* geri çevrilenlerden kapanması beklenenler */
};

/* Dinleyen, bloke etmeyen `fd`de kabule başlar; soket sunucunundur. 0 ya da -errno (soket
 * kapatılmıştır). */
int server_start(struct server *server, int fd, server_handler *handle, void *argument,
                 size_t line_limit, size_t max_clients);

/* Dinlemeyi bırakır, bağlantıların görevlerini iptal eder, bitmelerini bekler. */
void server_stop(struct server *server);

#endif
