/* İş parçacığı havuzu: konuşmayı, hazır bekleyen iş parçacıklarından biri yürütür.
 *
 * prefork'tan farkı: bellek ortaktır ve kuyruk çekirdekte değil, burada durur. Kapıdaki boş olduğu
 * için bağlantıyı hemen kabul eder, kuyruğun dolduğunu bilir ve geri çevirdiğine bunu söyleyebilir.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/errtext.h"
#include "base/log.h"
#include "conversation.h"

struct pool {
    struct server *server;
    pthread_t *threads;
    long started;
    pthread_mutex_t lock; /* aşağıdakileri korur */
    pthread_cond_t changed;
    struct visitor *queue; /* max_clients yerlik halka */
    long first, queued;
    long busy;
    bool closing;
};

/* region: queue */
/* Bağlantıyı kuyruğa koyar. Konuşulanlarla bekleyenler sınırdaysa false. */
static bool put(struct pool *pool, const struct visitor *visitor)
{
    long most = pool->server->max_clients;
    pthread_mutex_lock(&pool->lock);
    bool room = pool->queued + pool->busy < most;
    if (room) {
        pool->queue[(pool->first + pool->queued) % most] = *visitor;
        pool->queued++;
        pthread_cond_signal(&pool->changed);
    }
    pthread_mutex_unlock(&pool->lock);
    return room;
}

/* Sıradakini alır, yoksa bekler. false: sunucu kapanıyor ve kuyruk boş. */
static bool take(struct pool *pool, struct visitor *visitor)
{
    pthread_mutex_lock(&pool->lock);
    while (pool->queued == 0 && !pool->closing)
        pthread_cond_wait(&pool->changed, &pool->lock);
    bool taken = pool->queued > 0;
    if (taken) {
        *visitor = pool->queue[pool->first];
        pool->first = (pool->first + 1) % pool->server->max_clients;
        pool->queued--;
        pool->busy++;
    }
    pthread_mutex_unlock(&pool->lock);
    return taken;
}
/* endregion */

static void done(struct pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    pool->busy--;
    pthread_mutex_unlock(&pool->lock);
}

/* region: worker */
static void *work(void *argument)
{
    struct pool *pool = argument;
    struct visitor visitor;
    while (take(pool, &visitor)) {
        converse(pool->server, &visitor);
        done(pool);
    }
    return NULL;
}
/* endregion */

static int open_pool(struct pool *pool, struct server *server)
{
    *pool = (struct pool){
        .server = server,
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .changed = PTHREAD_COND_INITIALIZER,
        .queue = calloc((size_t)server->max_clients, sizeof *pool->queue),
        .threads = calloc((size_t)server->workers, sizeof *pool->threads),
    };
    if (!pool->queue || !pool->threads)
        return -ENOMEM;
    for (; pool->started < server->workers; pool->started++) {
        int error = pthread_create(&pool->threads[pool->started], NULL, work, pool);
        if (error)
            return -error;
    }
    return 0;
}

/* Kuyrukta kalanlara da işçiler veda eder: durdurma isteğini gören konuşma başlamadan biter. */
static void close_pool(struct pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    pool->closing = true;
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
    while (pool->started > 0)
        pthread_join(pool->threads[--pool->started], NULL);
    free(pool->threads);
    free(pool->queue);
}

int pool_serve(struct server *server)
{
    struct pool pool;
    struct visitor visitor;
    int outcome = open_pool(&pool, server);
    if (outcome < 0)
        log_error("İşçi açılamadı: %s", error_text(outcome));
    else
        outcome = server_announce(server);
    while (outcome == 0 && door_next(&server->door, -1, DEADLINE_NONE, &visitor) > 0)
        if (!put(&pool, &visitor))
            door_refuse(&server->door, &visitor);
    door_close(&server->door);
    close_pool(&pool);
    return outcome;
}
