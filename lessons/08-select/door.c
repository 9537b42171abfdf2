#include "door.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"

#define WELCOME "Welcome to select server!"
#define REFUSED_MAX 64

static struct member *add(struct chat *chat, int fd, const struct address *peer, int64_t now)
{
    struct member *member = &chat->members[chat->count++];
    *member = (struct member){0};
    connection_init(&member->connection, fd, peer, (size_t)chat->max_queue, now);
    return member;
}

/* region: turn-away */
/* Kümeye giremeyen: söz tek denemede gider ya da gitmez. Okunmamış bayt varken close RST gönderirdi
 * ve söz kaybolurdu; gelmiş olan okunup atılır. */
static void turn_away(int fd)
{
    char rest[16384];
    send(fd, CONNECTION_SERVER_FULL, strlen(CONNECTION_SERVER_FULL), MSG_NOSIGNAL | MSG_DONTWAIT);
    shutdown(fd, SHUT_WR);
    for (int i = 0; i < 16 && recv(fd, rest, sizeof rest, MSG_DONTWAIT) > 0; i++)
        ;
    close(fd);
}
/* endregion */

static void refuse(struct chat *chat, int fd, const struct address *peer, int64_t now)
{
    if (fd >= FD_SETSIZE || chat->refused >= REFUSED_MAX) {
        turn_away(fd);
        return;
    }
    struct member *member = add(chat, fd, peer, now);
    member->refused = true;
    chat->refused++;
    connection_leave(&member->connection, CONNECTION_SERVER_FULL, now + CONNECTION_FAREWELL_NS);
}

/* region: admit */
void door_admit(struct chat *chat, int fd, const struct address *peer, int64_t now)
{
    char name[ADDRESS_TEXT_SIZE];
    address_text(peer, name);
    bool full = chat->count - chat->refused >= (size_t)chat->max_clients;
    if (fd < DOOR_MEMBER_FD_END && !full) {
        struct member *member = add(chat, fd, peer, now);
        struct text welcome = {WELCOME, strlen(WELCOME)};
        log_info("Yeni bağlantı: %s", name);
        /* Karşılayacak bellek bile yoksa üye, turun sonunda, söz söylenmeden çıkarılır. */
        member->gone = connection_say(&member->connection, "", welcome) < 0;
        return;
    }
    if (full)
        log_warning("Sunucu dolu, geri çevrildi: %s", name);
    else
        log_warning("Geri çevrildi: %s: tanımlayıcı %d, select en çok %d tanımlayıcı izler "
                    "(FD_SETSIZE)",
                    name, fd, FD_SETSIZE);
    refuse(chat, fd, peer, now);
}
/* endregion */
