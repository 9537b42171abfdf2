/* 04 · TCP sunucusu: her bağlantıya bir iş parçacığı.
 *
 * Gösterdiği: bloke eden bir konuşmayı aynı anda çok istemciyle yürütmenin en yalın yolu. Sayı
 * sınırlıdır (--max-clients), biten iş parçacıkları toplanır (join), kapanışta herkese veda edilir.
 * Karşılığı: D0 §2, örnek 3.
 * Çalışırken bak: `ls /proc/PID/task | wc -l` her bağlantıda bir artar, bağlantı bitince azalır.
 *
 * Bilerek yapmadığı: iş parçacıklarını önceden açmak (ders 06) ya da tek iş parçacığıyla çok
 * bağlantı (ders 07 ve sonrası).
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/clock.h"
#include "base/errtext.h"
#include "base/log.h"
#include "base/program.h"
#include "base/stop.h"
#include "base/text.h"
#include "base/wait.h"
#include "net/address.h"
#include "net/lines.h"
#include "net/socket.h"

#define REPLY_MAX (LINES_LIMIT + 128)
#define GOODBYE "Güle güle!\n"
#define FULL "Sunucu dolu, daha sonra deneyin\n"

/* Geri çevrilenlere sözü söyleyip kapanmalarını bekleyen iş parçacıkları da sınırlıdır. */
#define REFUSED_MAX 16
#define REFUSED_SECONDS 1.0
#define FAREWELL_SECONDS 0.4
#define ACCEPT_PAUSE_SECONDS 0.2

struct server {
    int listener;
    long max_clients;
    double timeout;
    pthread_mutex_t lock; /* aşağıdakileri korur */
    long serving;
    long refusing;
    struct client *finished; /* işi bitmiş, join bekleyenler */
    pthread_cond_t all_gone; /* serving + refusing sıfır oldu */
};

/* Bir bağlantı. Onu yürüten iş parçacığınındır; `finished` listesine girince kabul döngüsünün
 * olur. */
struct client {
    struct server *server;
    int fd;
    bool refused;
    pthread_t thread;
    struct client *next;
    char name[ADDRESS_TEXT_SIZE];
};

/* region: reply */
/* Bir satırın yanıtını `reply`a yazar; dönen boyudur. Vedaysa `*leaving` true olur. */
static size_t make_reply(struct text line, char *reply, bool *leaving)
{
    char now[DATETIME_SIZE];
    struct text message = text_strip(line.bytes, line.length);
    if (text_is_command(message, "quit")) {
        *leaving = true;
        return (size_t)snprintf(reply, REPLY_MAX, GOODBYE);
    }
    if (text_is_command(message, "time"))
        return (size_t)snprintf(reply, REPLY_MAX, "Sunucu zamanı: %s\n", datetime_now(now));

    /* İçinde NUL olabilir: %s ile değil, boyuyla kopyalanır. */
    size_t used = (size_t)snprintf(reply, REPLY_MAX, "Echo: ");
    memcpy(reply + used, message.bytes, message.length);
    reply[used + message.length] = '\n';
    return used + message.length + 1;
}
/* endregion */

/* region: answer */
/* Satırı yanıtlar. 0: konuşma sürüyor, 1: istemci veda etti, -errno: bağlantı artık kullanılmaz. */
static int answer(struct client *client, struct text line, char *reply)
{
    if (!text_is_utf8(line.bytes, line.length))
        return -EILSEQ;
    char shown[200];
    text_escape(shown, sizeof shown, line.bytes, line.length);
    log_info("[%s] Mesaj: %s", client->name, shown);

    bool leaving = false;
    size_t length = make_reply(line, reply, &leaving);
    int sent = socket_send_all(client->fd, reply, length, deadline_after(client->server->timeout));
    return sent < 0 ? sent : leaving;
}

/* Tampondaki tam satırların hepsini yanıtlar. Dönüşü answer gibidir; satır uzunsa -EMSGSIZE,
 * kapanışın okumaya ayrılan süresi bittiyse -ECANCELED. */
static int answer_lines(struct client *client, struct lines *lines, char *reply)
{
    struct text line;
    int outcome;
    while ((outcome = lines_next(lines, &line)) > 0) {
        outcome = stop_overdue() ? -ECANCELED : answer(client, line, reply);
        if (outcome != 0)
            return outcome;
    }
    return outcome;
}
/* endregion */

/* region: converse */
/* Bağlantının bütün konuşması. Dönüşü: 1 istemci quit dedi, 0 akış sonu, -errno başka bir son. */
static int converse(struct client *client, struct lines *lines, char *reply)
{
    char now[DATETIME_SIZE];
    double timeout = client->server->timeout;
    int length = snprintf(reply, REPLY_MAX, "Hoşgeldiniz! Bağlantı zamanı: %s\n",
                          datetime_now(now));
    int outcome = socket_send_all(client->fd, reply, (size_t)length, deadline_after(timeout));

    while (outcome == 0) {
        char *room;
        size_t size = lines_room(lines, &room);
        if (size == 0)
            return -ENOMEM;
        ssize_t got = socket_receive(client->fd, room, size, deadline_after(timeout));
        if (got < 0)
            return (int)got;
        if (got == 0) {
            /* Satır sonu gelmeden biten akış: son satır yine de yanıtlanır. */
            struct text line;
            outcome = lines_last(lines, &line);
            return outcome > 0 ? answer(client, line, reply) : outcome;
        }
        lines_added(lines, (size_t)got);
        outcome = answer_lines(client, lines, reply);
    }
    return outcome;
}
/* endregion */

static void log_ending(const struct client *client, int outcome)
{
    if (outcome >= 0)
        log_info("İstemci ayrıldı: %s", client->name);
    else if (outcome == -ECANCELED)
        log_info("Sunucu kapanıyor, istemciye veda edildi: %s", client->name);
    else if (outcome == -ETIMEDOUT)
        log_warning("İstemci zaman aşımı: %s", client->name);
    else
        log_warning("Bağlantı kesildi: %s: %s", client->name, error_text(outcome));
}

/* region: farewell */
/* Konuşmanın nasıl bittiğine göre son söz ve kapanış. Dosya tanımlayıcısı burada kapanır. */
static void farewell(struct client *client, int outcome, char *reply)
{
    int fd = client->fd;
    deadline_t deadline = deadline_sooner(deadline_after(FAREWELL_SECONDS), stop_deadline());
    if (outcome == -ECANCELED) {
        socket_send_all(fd, GOODBYE, strlen(GOODBYE), deadline);
    } else if (outcome == -EMSGSIZE) {
        int length = snprintf(reply, REPLY_MAX, "Satır çok uzun (en fazla %d bayt)\n", LINES_LIMIT);
        socket_send_all(fd, reply, (size_t)length, deadline);
    }
    socket_close_gracefully(fd, deadline);
}
/* endregion */

static void serve(struct client *client)
{
    struct lines lines;
    lines_init(&lines, LINES_LIMIT);
    char *reply = malloc(REPLY_MAX);
    if (!reply) {
        log_error("Bellek yok, bağlantı kapatıldı: %s", client->name);
        close(client->fd);
        return;
    }
    int outcome = converse(client, &lines, reply);
    log_ending(client, outcome);
    farewell(client, outcome, reply);
    lines_free(&lines);
    free(reply);
}

static void refuse(struct client *client)
{
    deadline_t deadline = deadline_after(REFUSED_SECONDS);
    log_warning("Sunucu dolu, geri çevrildi: %s", client->name);
    if (socket_send_all(client->fd, FULL, strlen(FULL), deadline) == 0)
        socket_close_gracefully(client->fd, deadline_sooner(deadline, stop_deadline()));
    else
        close(client->fd);
}

/* region: reserve */
/* Yer ayırır: istemciye, o doluysa geri çevirmeye. İkisi de doluysa -EAGAIN. */
static int reserve_place(struct server *server, struct client *client)
{
    int outcome = 0;
    pthread_mutex_lock(&server->lock);
    client->refused = server->serving >= server->max_clients;
    if (!client->refused)
        server->serving++;
    else if (server->refusing < REFUSED_MAX)
        server->refusing++;
    else
        outcome = -EAGAIN;
    pthread_mutex_unlock(&server->lock);
    return outcome;
}

/* Yeri geri verir; kilit çağırandadır. */
static void release_place(struct server *server, const struct client *client)
{
    if (client->refused)
        server->refusing--;
    else
        server->serving--;
}
/* endregion */

/* region: thread */
static void *client_thread(void *argument)
{
    struct client *client = argument;
    struct server *server = client->server;
    if (client->refused)
        refuse(client);
    else
        serve(client);
    log_info("Bağlantı kapatıldı: %s", client->name);

    /* Yer, soket kapandıktan sonra boşalır. Kendini join edemez; listeye girer, kabul döngüsü
     * toplar. */
    pthread_mutex_lock(&server->lock);
    release_place(server, client);
    client->next = server->finished;
    server->finished = client;
    if (server->serving + server->refusing == 0)
        pthread_cond_signal(&server->all_gone);
    pthread_mutex_unlock(&server->lock);
    return NULL;
}

/* Bitmiş iş parçacıklarını toplar. join edilmeyen iş parçacığının yığını geri verilmez. */
static void join_finished(struct server *server)
{
    pthread_mutex_lock(&server->lock);
    struct client *client = server->finished;
    server->finished = NULL;
    pthread_mutex_unlock(&server->lock);
    while (client) {
        struct client *next = client->next;
        pthread_join(client->thread, NULL);
        free(client);
        client = next;
    }
}
/* endregion */

/* İş parçacığı bile açılamıyorsa: söz tek denemede gider ya da gitmez, kabul döngüsü beklemez. */
static void turn_away(int fd, const char *name)
{
    log_warning("Geri çevrildi: %s", name);
    send(fd, FULL, strlen(FULL), MSG_NOSIGNAL | MSG_DONTWAIT);
    close(fd);
}

/* region: admit */
/* Kabul edilmiş soketi bir iş parçacığına verir; veremezse kapatır. */
static void admit(struct server *server, int fd, const struct address *peer)
{
    char name[ADDRESS_TEXT_SIZE];
    address_text(peer, name);
    struct client *client = malloc(sizeof *client);
    if (!client) {
        turn_away(fd, name);
        return;
    }
    *client = (struct client){.server = server, .fd = fd};
    memcpy(client->name, name, sizeof name);
    if (reserve_place(server, client) < 0) {
        turn_away(fd, name);
        free(client);
        return;
    }
    if (!client->refused)
        log_info("Yeni bağlantı: %s", name);
    int error = pthread_create(&client->thread, NULL, client_thread, client);
    if (error) { /* pthread_create errno kullanmaz, hatayı döndürür */
        log_error("İş parçacığı açılamadı: %s", error_text(error));
        pthread_mutex_lock(&server->lock);
        release_place(server, client);
        pthread_mutex_unlock(&server->lock);
        turn_away(fd, name);
        free(client);
    }
}
/* endregion */

/* region: accept-loop */
/* Durdurma isteğine dek kabul eder: 0, beklemek olanaksızsa -errno. */
static int accept_loop(struct server *server)
{
    bool paused = false;
    int ready;
    while ((ready = wait_fd_or_stop(server->listener, POLLIN, DEADLINE_NONE)) >= 0) {
        struct address peer = {.length = sizeof peer.storage};
        int fd = accept4(server->listener, &peer.any, &peer.length, SOCK_CLOEXEC | SOCK_NONBLOCK);
        int error = errno;
        join_finished(server);
        if (fd >= 0) {
            admit(server, fd, &peer);
            paused = false;
        } else if (error_is_shortage(error)) {
            if (!paused)
                log_error("Kabul duraklatıldı: %s", error_text(error));
            paused = true;
            wait_stop(deadline_after(ACCEPT_PAUSE_SECONDS));
        } else if (error != EAGAIN && error != EINTR) {
            /* Sıradaki bağlantı kabul edilemeden koptu (accept(2): ağ hataları da buradan
             * döner). */
            log_warning("Kabul edilemedi: %s", error_text(error));
        }
    }
    return ready == -ECANCELED ? 0 : ready;
}
/* endregion */

/* region: shutdown */
/* İş parçacıkları isteği kendileri görür (stop_fd) ve her işleri kapanış sınırına bağlıdır; bu
 * yüzden burada sınırsız beklenebilir. */
static void wait_for_clients(struct server *server)
{
    pthread_mutex_lock(&server->lock);
    while (server->serving + server->refusing > 0)
        pthread_cond_wait(&server->all_gone, &server->lock);
    pthread_mutex_unlock(&server->lock);
    join_finished(server);
}
/* endregion */

/* region: listen */
/* Adresi dinleyen soket ya da negatif; `*why` nedenin metni. */
static int open_listener(const struct address *address)
{
    int fd = socket(address->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    int on = 1;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
        bind(fd, &address->any, address->length) < 0 || listen(fd, SOMAXCONN) < 0) {
        int error = errno;
        close(fd);
        return -error;
    }
    return fd;
}
/* endregion */

static int listen_on(const char *host, int port, const char **why)
{
    struct address addresses[ADDRESS_MAX];
    int count = address_resolve(host, port, SOCK_STREAM, true, addresses, why);
    int fd = count;
    for (int i = 0; i < count; i++) {
        fd = open_listener(&addresses[i]);
        if (fd >= 0)
            break;
        *why = error_text(fd);
    }
    return fd;
}

static int announce(const struct server *server)
{
    struct address local;
    char name[ADDRESS_TEXT_SIZE];
    int outcome = address_of_socket(server->listener, &local);
    if (outcome < 0)
        return outcome;
    log_info("Server başlatıldı: %s", address_text(&local, name));
    log_info("En çok istemci: %ld", server->max_clients);
    return program_ready(name);
}

int main(int argc, char **argv)
{
    (void)argc;
    const char *host = "127.0.0.1";
    int port = 9000;
    bool verbose = false;
    struct server server = {
        .max_clients = 64,
        .timeout = 60,
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .all_gone = PTHREAD_COND_INITIALIZER,
    };
    const struct cli_option options[] = {
        CLI_OPTION_HOST(&host, "dinlenecek adres"),
        CLI_OPTION_SERVER_PORT(&port),
        CLI_OPTION_TIMEOUT(&server.timeout, "sessiz kalan istemci bu kadar saniye sonra kapatılır"),
        {0, "max-clients", CLI_NUMBER, &server.max_clients, 1, 10000, NULL,
         "aynı anda hizmet verilen en çok istemci", NULL},
        CLI_OPTION_VERBOSE(&verbose),
        CLI_OPTION_HELP,
        CLI_OPTION_END,
    };
    program_init();
    cli_parse(&(struct cli){.name = "server",
                            .about = "Ders 04: her bağlantıya bir iş parçacığı açan TCP sunucusu.\n"
                                     "Satırları yankılar; `time` saati söyler, `quit` kapatır.",
                            .options = options},
              argv);
    log_set_level(verbose ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO);

    const char *why = NULL;
    char name[CLI_ENDPOINT_SIZE];
    server.listener = listen_on(host, port, &why);
    if (server.listener < 0)
        return program_fail("Dinlenemedi: %s: %s", cli_endpoint(host, port, name), why);
    int outcome = stop_install();
    if (outcome == 0)
        outcome = announce(&server);
    if (outcome == 0)
        outcome = accept_loop(&server);
    close(server.listener);
    if (outcome < 0)
        return program_fail("Server çalışamadı: %s", error_text(outcome));
    log_info("Server kapatılıyor");
    wait_for_clients(&server);
    log_info("Server kapatıldı");
    return program_exit(EXIT_SUCCESS);
}
