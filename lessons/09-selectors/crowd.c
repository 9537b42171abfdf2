#include "crowd.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/errtext.h"
#include "base/log.h"

#define WELCOME "Welcome to selectors server!"
#define REFUSED_MAX 64
#define SWEEP_NS 100000000

void crowd_init(struct crowd *crowd, struct selector *selector)
{
    crowd->selector = selector;
    crowd->serving = crowd->refusing = 0;
    crowd->first = NULL;
    crowd->sweep_at = DEADLINE_NONE;
    crowd->swept_at = 0;
}

static void enter(struct crowd *crowd, struct client *client)
{
    client->next = crowd->first;
    if (crowd->first)
        crowd->first->previous = client;
    crowd->first = client;
    *(client->refused ? &crowd->refusing : &crowd->serving) += 1;
}

/* Sıra önemlidir: önce seçiciden silinir, sonra soket kapanır. */
static void forget(struct crowd *crowd, struct client *client)
{
    if (client->watched != 0)
        (void)selector_remove(crowd->selector, client->connection.fd);
    connection_close(&client->connection);
    *(client->previous ? &client->previous->next : &crowd->first) = client->next;
    if (client->next)
        client->next->previous = client->previous;
    *(client->refused ? &crowd->refusing : &crowd->serving) -= 1;
    free(client);
}

/* region: sweep-at */
/* Süpürmenin anı yalnız öne çekilir: bayt alıp veren istemcinin sınırı ileri gider, ama bunun
 * için her mesajda kimse gezilmez; erken gelen süpürme yeni anı bulur. */
static void note_deadline(struct crowd *crowd, const struct client *client)
{
    deadline_t deadline = connection_deadline(&client->connection, crowd->timeout, crowd->stall);
    if (deadline >= crowd->sweep_at)
        return;
    int64_t soonest = crowd->swept_at + SWEEP_NS;
    crowd->sweep_at = deadline > soonest ? deadline : soonest;
}
/* endregion */

/* region: watch */
/* Seçiciye, yalnız beklenenler değiştiyse söylenir: yanıtı hemen giden bir mesajın epoll_ctl'i
 * yoktur. */
static int watch(struct crowd *crowd, struct client *client)
{
    short wanted = connection_events(&client->connection);
    if (wanted == client->watched || client->watched == 0)
        return 0;
    int outcome = selector_modify(crowd->selector, client->connection.fd, wanted);
    if (outcome == 0)
        client->watched = wanted;
    return outcome;
}
/* endregion */

static void log_message(const struct connection *connection, struct text line)
{
    char shown[200];
    text_escape(shown, sizeof shown, line.bytes, line.length);
    log_debug("[%s] Mesaj: %s", connection->name, shown);
}

/* region: answer */
/* Tampondaki satırların yanıtlarını kuyruğa koyar: 0, -errno. Kuyruk dolunca kalan satırlar
 * bekler. */
static int answer_lines(const struct crowd *crowd, struct connection *connection)
{
    struct text line;
    int outcome;
    while ((outcome = connection_next_line(connection, &line)) > 0) {
        if (crowd->verbose)
            log_message(connection, line);
        outcome = connection_say(connection, "Echo: ", text_strip(line.bytes, line.length));
        if (outcome < 0)
            return outcome;
    }
    return outcome;
}

/* En çok bir recv; sonra yanıtlar hemen denenir, seçiciye sorulmadan. Dolu kuyruk boşaldıysa
 * bekleyen satırlara dönülür: onlar için yeni bir olay gelmeyecek. */
static int converse(const struct crowd *crowd, struct connection *connection, short events,
                    int64_t now)
{
    int outcome = events & SELECTOR_READ ? connection_receive(connection, now) : 0;
    bool again = outcome == 0;
    while (again) {
        outcome = answer_lines(crowd, connection);
        bool was_full = outbox_full(&connection->outbox);
        int sent = connection_send(connection, now);
        if (sent < 0)
            return sent;
        again = outcome == 0 && was_full && !outbox_full(&connection->outbox);
    }
    return outcome;
}
/* endregion */

/* Konuşmanın bir adımı: 0 sürüyor, 1 bitti, -errno koptu. */
static int talk(const struct crowd *crowd, struct connection *connection, short events, int64_t now)
{
    int outcome = converse(crowd, connection, events, now);
    if (outcome == 0 && connection_finished(connection)) {
        log_info("İstemci ayrıldı: %s", connection->name);
        return 1;
    }
    if (outcome < 0)
        log_warning("Bağlantı kesildi: %s: %s", connection->name, error_text(outcome));
    if (outcome != -EMSGSIZE && outcome != -EILSEQ)
        return outcome;
    /* Önceki satırların yanıtları kuyrukta olabilir; onlar da gider, alınması sessizlik kadar
     * beklenir. */
    connection_leave(connection, outcome == -EMSGSIZE ? CONNECTION_LINE_TOO_LONG : NULL,
                     deadline_from(now, crowd->timeout));
    return 0;
}

/* region: step */
void crowd_step(struct crowd *crowd, struct client *client, short events, int64_t now)
{
    struct connection *connection = &client->connection;
    int outcome = 0;
    if (connection->state == CONNECTION_OPEN)
        outcome = talk(crowd, connection, events, now);
    if (outcome == 0 && connection->state != CONNECTION_OPEN)
        outcome = connection_wind_down(connection, now);
    if (outcome == 0)
        outcome = watch(crowd, client);
    if (outcome == 0)
        note_deadline(crowd, client);
    else
        forget(crowd, client);
}
/* endregion */

/* Geri çevirmeye de yer yok: söz tek denemede gider ya da gitmez. */
static void turn_away(int fd, const char *name)
{
    log_warning("Sunucu dolu, geri çevrildi: %s", name);
    send(fd, CONNECTION_SERVER_FULL, strlen(CONNECTION_SERVER_FULL), MSG_NOSIGNAL | MSG_DONTWAIT);
    close(fd);
}

static void greet(struct client *client)
{
    log_info("Yeni bağlantı: %s", client->connection.name);
    (void)connection_say(&client->connection, WELCOME, (struct text){"", 0});
}

static void refuse(struct client *client, int outcome, int64_t now)
{
    struct connection *connection = &client->connection;
    if (outcome == -ENOSPC && connection->fd >= FD_SETSIZE)
        log_warning(
            "Sunucu dolu, geri çevrildi: %s: tanımlayıcı %d, select'in sınırı FD_SETSIZE %d",
            connection->name, connection->fd, FD_SETSIZE);
    else if (outcome < 0)
        log_warning("Sunucu dolu, geri çevrildi: %s: %s", connection->name, error_text(outcome));
    else
        log_warning("Sunucu dolu, geri çevrildi: %s", connection->name);
    connection_leave(connection, CONNECTION_SERVER_FULL, now + CONNECTION_FAREWELL_NS);
}

void crowd_admit(struct crowd *crowd, int fd, const struct address *peer, int64_t now)
{
    char name[ADDRESS_TEXT_SIZE];
    struct client *client = calloc(1, sizeof *client);
    int outcome = client ? selector_add(crowd->selector, fd, SELECTOR_READ, client) : -ENOMEM;
    bool refused = outcome < 0 || crowd->serving >= crowd->max_clients;
    if (!client || (refused && crowd->refusing >= REFUSED_MAX)) {
        (void)selector_remove(crowd->selector, fd);
        free(client);
        turn_away(fd, address_text(peer, name));
        return;
    }
    client->refused = refused;
    client->watched = outcome < 0 ? 0 : SELECTOR_READ;
    connection_init(&client->connection, fd, peer, (size_t)crowd->max_queue, now);
    enter(crowd, client);
    if (refused)
        refuse(client, outcome, now);
    else
        greet(client);
    crowd_step(crowd, client, 0, now);
}

static void expire(struct crowd *crowd, struct client *client, int64_t now)
{
    struct connection *connection = &client->connection;
    if (connection->state == CONNECTION_OPEN && outbox_full(&connection->outbox)) {
        log_warning("Yavaş istemci çıkarıldı: %s: %zu bayt bekliyordu", connection->name,
                    outbox_waiting(&connection->outbox));
        connection_drop(connection, CONNECTION_TOO_SLOW, now + CONNECTION_FAREWELL_NS);
        crowd_step(crowd, client, 0, now);
        return;
    }
    if (connection->state == CONNECTION_OPEN)
        log_warning("İstemci zaman aşımı: %s", connection->name);
    forget(crowd, client);
}

void crowd_sweep(struct crowd *crowd, int64_t now)
{
    if (now < crowd->sweep_at)
        return;
    crowd->sweep_at = DEADLINE_NONE;
    crowd->swept_at = now;
    struct client *next;
    for (struct client *client = crowd->first; client; client = next) {
        next = client->next;
        if (connection_deadline(&client->connection, crowd->timeout, crowd->stall) <= now)
            expire(crowd, client, now);
        else
            note_deadline(crowd, client);
    }
}

bool crowd_blocked(const struct crowd *crowd)
{
    for (const struct client *client = crowd->first; client; client = client->next)
        if (client->connection.state == CONNECTION_OPEN && outbox_full(&client->connection.outbox))
            return true;
    return false;
}

void crowd_leave(struct crowd *crowd, deadline_t deadline, int64_t now)
{
    struct client *next;
    for (struct client *client = crowd->first; client; client = next) {
        next = client->next;
        struct connection *connection = &client->connection;
        if (connection->state == CONNECTION_OPEN)
            connection_leave(connection, NULL, deadline);
        else
            connection->deadline = deadline_sooner(connection->deadline, deadline);
        crowd_step(crowd, client, 0, now);
    }
}

void crowd_close(struct crowd *crowd)
{
    struct client *next;
    for (struct client *client = crowd->first; client; client = next) {
        next = client->next;
        forget(crowd, client);
    }
}
