#include "chat.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>

#include "base/errtext.h"
#include "base/log.h"

/* Bir satır, ötekilerin sayısı kadar mesaj demektir. Tampon dolusu minik satır gönderen biri bir
 * turu saniyelerce uzatabilirdi; kalan satırları sonraki tura kalır. */
#define LINES_PER_TURN 64

/* --- ayrılmak */

static void say_slow(struct member *member, int64_t now)
{
    struct connection *connection = &member->connection;
    log_warning("Yavaş istemci çıkarıldı: %s: %zu bayt bekliyordu", connection->name,
                outbox_waiting(&connection->outbox));
    connection_drop(connection, CONNECTION_TOO_SLOW, now + CONNECTION_FAREWELL_NS);
    member->blocked = false; /* yarım mesajın kalanı ve son söz hemen denensin */
}

/* Bağlantı artık kullanılmaz. Uğurlanan birinin kopması ayrıca söylenmez. */
static void lose(struct member *member, int error)
{
    if (member->connection.state == CONNECTION_OPEN && !member->finishing)
        log_warning("Bağlantı kesildi: %s: %s", member->connection.name, error_text(error));
    member->gone = true;
}

/* Sözünün devamı okunmayacak: önce eski yanıtları gitsin, sonra kapansın. */
static void finish(struct member *member, int error)
{
    log_warning("Bağlantı kesildi: %s: %s", member->connection.name, error_text(error));
    member->finishing = true;
    member->last_word = error == -EMSGSIZE ? CONNECTION_LINE_TOO_LONG : NULL;
}

/* --- konuşmak */

/* region: broadcast */
/* Yazma yarısını kapatan ayrılıyor demektir: yanıtlarının hepsini alır ama yeni söz duymaz; yoksa
 * ötekiler konuştukça kuyruğu hiç boşalmayabilirdi. */
static bool hears(const struct member *member)
{
    const struct connection *connection = &member->connection;
    return !member->gone && !member->finishing && connection->state == CONNECTION_OPEN &&
           !connection->input_ended;
}

static void deliver(struct member *member, const char *label, struct text text, int64_t now)
{
    struct connection *connection = &member->connection;
    /* Kuyruk bu turda dolmuş olabilir: çıkarmadan önce sokete bir şans verilir. */
    int outcome = outbox_full(&connection->outbox) ? connection_send(connection, now) : 0;
    if (outcome == 0 && outbox_full(&connection->outbox)) {
        say_slow(member, now);
        return;
    }
    if (outcome == 0)
        outcome = connection_say(connection, label, text);
    if (outcome < 0)
        lose(member, outcome);
}

/* Dizi dolaşılırken kimse çıkarılmaz; kopan ya da yetişemeyen yalnız işaretlenir. */
static void broadcast(struct chat *chat, const struct member *from, struct text text, int64_t now)
{
    char label[ADDRESS_TEXT_SIZE + 8];
    snprintf(label, sizeof label, "[%s]: ", from->connection.name);
    for (size_t i = 0; i < chat->count; i++)
        if (&chat->members[i] != from && hears(&chat->members[i]))
            deliver(&chat->members[i], label, text, now);
}
/* endregion */

/* region: hear */
static void answer(struct chat *chat, struct member *member, struct text line, int64_t now)
{
    char shown[200];
    text_escape(shown, sizeof shown, line.bytes, line.length);
    log_debug("[%s] Mesaj: %s", member->connection.name, shown);

    struct text text = text_strip(line.bytes, line.length);
    broadcast(chat, member, text, now);
    int outcome = connection_say(&member->connection, "Echo: ", text);
    if (outcome < 0)
        lose(member, outcome);
}

/* Üyeden en çok bir parça okur, satırlarını yanıtlar. */
static void hear(struct chat *chat, struct member *member, int64_t now)
{
    struct connection *connection = &member->connection;
    member->spoke = false;
    if (member->gone || member->finishing || connection->state != CONNECTION_OPEN ||
        !(member->readable || member->unfinished))
        return;
    int outcome = member->readable ? connection_receive(connection, now) : 0;
    if (outcome < 0) {
        lose(member, outcome);
        return;
    }
    struct text line;
    int answered = 0;
    while (answered < LINES_PER_TURN && (outcome = connection_next_line(connection, &line)) > 0) {
        answer(chat, member, line, now);
        answered++;
    }
    member->spoke = answered > 0;
    member->unfinished = answered == LINES_PER_TURN || outbox_full(&connection->outbox);
    if (outcome < 0)
        finish(member, outcome);
}
/* endregion */

/* --- göndermek */

/* Söyleyecek ve dinleyecek bir şeyi kalmadıysa kapanışı başlatır. */
static void end_if_done(struct member *member, int64_t now)
{
    struct connection *connection = &member->connection;
    if (connection_finished(connection)) {
        log_info("İstemci ayrıldı: %s", connection->name);
        member->gone = true;
    } else if (member->finishing && outbox_waiting(&connection->outbox) == 0) {
        connection_leave(connection, member->last_word, now + CONNECTION_FAREWELL_NS);
    }
}

/* region: settle */
/* Kuyruktakini gönderir, kapanıyorsa bir adım daha kapatır. Önce denenir; soket almadıysa (blocked)
 * bir daha ancak select yazılabilir deyince denenir. */
static void settle(struct member *member, int64_t now)
{
    struct connection *connection = &member->connection;
    if (member->gone)
        return;
    int outcome = 0;
    bool may_send = !member->blocked || member->writable;
    if (connection->state == CONNECTION_OPEN && may_send) {
        outcome = connection_send(connection, now);
        if (outcome == 0)
            end_if_done(member, now);
    }
    if (outcome == 0 && ((connection->state == CONNECTION_LEAVING && may_send) ||
                         (connection->state == CONNECTION_DRAINING && member->readable)))
        outcome = connection_wind_down(connection, now);
    if (outcome < 0)
        lose(member, outcome);
    else if (outcome > 0)
        member->gone = true;
    member->blocked = outbox_waiting(&connection->outbox) > 0;
}
/* endregion */

static void expire(const struct chat *chat, struct member *member, int64_t now)
{
    struct connection *connection = &member->connection;
    if (member->gone || now < connection_deadline(connection, chat->timeout, chat->stall))
        return;
    if (connection->state == CONNECTION_OPEN && outbox_full(&connection->outbox)) {
        say_slow(member, now);
        settle(member, now);
        return;
    }
    if (connection->state == CONNECTION_OPEN)
        log_warning("İstemci zaman aşımı: %s", connection->name);
    member->gone = true;
}

/* region: remove */
/* Turun tek çıkarma yeri: kalanlar sıralarını koruyarak öne kayar. */
static void remove_gone(struct chat *chat)
{
    size_t kept = 0;
    for (size_t i = 0; i < chat->count; i++) {
        struct member *member = &chat->members[i];
        if (member->gone) {
            chat->refused -= member->refused;
            connection_close(&member->connection);
        } else {
            if (kept != i)
                chat->members[kept] = *member;
            kept++;
        }
    }
    chat->count = kept;
}
/* endregion */

/* region: turn */
void chat_turn(struct chat *chat, int64_t now)
{
    for (size_t i = 0; i < chat->count; i++)
        hear(chat, &chat->members[i], now);
    /* Önce dinleyenler, sonra konuşanlar: Echo'yu alan, sözünün ötekilere verilmiş olduğunu
     * bilir. */
    for (size_t i = 0; i < chat->count; i++)
        if (!chat->members[i].spoke)
            settle(&chat->members[i], now);
    for (size_t i = 0; i < chat->count; i++)
        if (chat->members[i].spoke)
            settle(&chat->members[i], now);
    for (size_t i = 0; i < chat->count; i++)
        expire(chat, &chat->members[i], now);
    remove_gone(chat);
}
/* endregion */

/* --- beklemek */

short chat_events(const struct member *member)
{
    short events = connection_events(&member->connection);
    bool silenced = member->unfinished || member->finishing;
    if (silenced && member->connection.state == CONNECTION_OPEN)
        return events & POLLOUT;
    return events;
}

deadline_t chat_deadline(const struct chat *chat, const struct member *member)
{
    const struct connection *connection = &member->connection;
    if (member->unfinished && connection->state == CONNECTION_OPEN &&
        !outbox_full(&connection->outbox))
        return 0;
    return connection_deadline(connection, chat->timeout, chat->stall);
}

/* --- kapanış */

bool chat_unanswered(const struct chat *chat)
{
    for (size_t i = 0; i < chat->count; i++) {
        const struct member *member = &chat->members[i];
        if (member->connection.state == CONNECTION_OPEN && !member->finishing &&
            (member->unfinished || outbox_full(&member->connection.outbox)))
            return true;
    }
    return false;
}

void chat_leave_all(struct chat *chat, deadline_t deadline)
{
    for (size_t i = 0; i < chat->count; i++) {
        struct member *member = &chat->members[i];
        if (member->connection.state == CONNECTION_OPEN)
            connection_leave(&member->connection, member->last_word, deadline);
    }
}

void chat_close_all(struct chat *chat)
{
    for (size_t i = 0; i < chat->count; i++)
        chat->members[i].gone = true;
    remove_gone(chat);
}
