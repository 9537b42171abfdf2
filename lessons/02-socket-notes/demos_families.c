/* Gösteriler: adres aileleri ve soket tipleri.
 *
 * Kaynak: socket(2), unix(7), ip(7), ipv6(7)
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/wait.h"
#include "demos.h"
#include "endpoint.h"
#include "stage.h"

/* Geçici bir dizin ve içindeki soket dosyası; gösteri bitince ikisi de silinir. */
struct place {
    char directory[128];
    struct sockaddr_un address;
};

static void remove_place(struct place *place)
{
    unlink(place->address.sun_path);
    rmdir(place->directory);
}

static int make_place(struct place *place)
{
    const char *parent = getenv("TMPDIR");
    /* sun_path 108 bayttır; uzun bir TMPDIR'in içine sığmaz. */
    if (!parent || strlen(parent) > 64)
        parent = P_tmpdir;
    snprintf(place->directory, sizeof place->directory, "%.64s/yuva-XXXXXX", parent);
    if (!mkdtemp(place->directory))
        return -errno;
    place->address.sun_family = AF_UNIX;
    snprintf(place->address.sun_path, sizeof place->address.sun_path, "%.80s/soket",
             place->directory);
    return 0;
}

/* Bağlanan, gönderen, kabul edip okuyan: üç ailede de aynı çağrılar. Kabul edilen soket
 * `*accepted`. */
static int greet(int listener, int client, const struct sockaddr *address, socklen_t length,
                 int *accepted)
{
    if (listen(listener, 1) < 0 || connect(client, address, length) < 0)
        return -errno;
    *accepted = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (*accepted < 0)
        return -errno;
    ssize_t outcome = say_send("istemci", client, "merhaba");
    if (outcome >= 0)
        outcome = say_recv("sunucu ", *accepted, 1024);
    return outcome < 0 ? (int)outcome : 0;
}

static bool is_same_process(int fd)
{
    struct ucred peer;
    socklen_t length = sizeof peer;
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 && peer.pid == getpid();
}

int demo_unix(void)
{
    __attribute__((cleanup(remove_place))) struct place place = {.directory = ""};
    int outcome = make_place(&place);
    if (outcome < 0)
        return outcome;
    CLOSED_AT_END int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CLOSED_AT_END int client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CLOSED_AT_END int accepted = -1;
    const struct sockaddr *address = (struct sockaddr *)&place.address;
    struct stat status;
    if (bind(listener, address, sizeof place.address) < 0 ||
        stat(place.address.sun_path, &status) < 0)
        return -errno;
    say("adres bir dosya yolu (sockaddr_un, %zu bayt); bind orada bir soket dosyası oluşturdu: %s",
        sizeof place.address, S_ISSOCK(status.st_mode) ? "evet" : "hayır");
    outcome = greet(listener, client, address, sizeof place.address, &accepted);
    if (outcome < 0)
        return outcome;
    say("SO_PEERCRED karşı sürecin kim olduğunu söyler; bu sürecin kendisi mi: %s",
        is_same_process(accepted) ? "evet" : "hayır");
    stage_close(&listener);
    say("close'dan sonra dosya duruyor: %s; onu unlink siler",
        stat(place.address.sun_path, &status) == 0 ? "evet" : "hayır");
    return 0;
}

int demo_inet(void)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons(10001),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    unsigned char port[2];
    memcpy(port, &address.sin_port, sizeof port);
    say("adres (ad, port) ikilisidir: sockaddr_in, %zu bayt", sizeof address);
    say("htons(10001) bellekte: %02x %02x (ağ bayt sırası: büyük uç önce)", port[0], port[1]);

    CLOSED_AT_END int listener = stage_listen(1);
    CLOSED_AT_END int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CLOSED_AT_END int accepted = -1;
    socklen_t length = sizeof address;
    if (listener < 0 || getsockname(listener, (struct sockaddr *)&address, &length) < 0)
        return listener < 0 ? listener : -errno;
    return greet(listener, client, (struct sockaddr *)&address, length, &accepted);
}

/* `text` adresine, boş bir porta bağlı IPv6 soketi; -errno ya da tanımlayıcı. */
static int bind_inet6(const char *text, struct sockaddr_in6 *address)
{
    *address = (struct sockaddr_in6){.sin6_family = AF_INET6};
    inet_pton(AF_INET6, text, &address->sin6_addr);
    int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int off = 0;
    socklen_t length = sizeof *address;
    if (fd >= 0 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) == 0 &&
        bind(fd, (struct sockaddr *)address, length) == 0 &&
        getsockname(fd, (struct sockaddr *)address, &length) == 0)
        return fd;
    int error = errno;
    stage_close(&fd);
    return -error;
}

/* IPv4 istemcisi, IPv6 soketine bağlanır; sunucunun gördüğü adresi yazar. */
static int show_mapped(void)
{
    struct sockaddr_in6 address = {0};
    struct sockaddr_in6 peer = {0};
    socklen_t length = sizeof peer;
    CLOSED_AT_END int listener = bind_inet6("::ffff:127.0.0.1", &address);
    if (listener < 0 || listen(listener, 1) < 0)
        return listener < 0 ? listener : -errno;
    struct sockaddr_in target = {
        .sin_family = AF_INET,
        .sin_port = address.sin6_port,
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    CLOSED_AT_END int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(client, (struct sockaddr *)&target, sizeof target) < 0)
        return -errno;
    CLOSED_AT_END int accepted = accept4(listener, (struct sockaddr *)&peer, &length, SOCK_CLOEXEC);
    if (accepted < 0)
        return -errno;
    char name[ENDPOINT_TEXT_SIZE];
    say("IPV6_V6ONLY kapalıyken IPv4 istemcisi de gelir: %s",
        endpoint_text((struct sockaddr *)&peer, length, name));
    return 0;
}

int demo_inet6(void)
{
    char why[STAGE_ERROR_SIZE];
    struct sockaddr_in6 address = {0};
    CLOSED_AT_END int listener = bind_inet6("::1", &address);
    if (listener == -EAFNOSUPPORT || listener == -EADDRNOTAVAIL) {
        say("bu makinede IPv6 yok: %s; gösteri atlandı", stage_error(listener, why, sizeof why));
        return 0;
    }
    if (listener < 0)
        return listener;
    say("adres dörtlüdür (ad, port, akış bilgisi, kapsam): sockaddr_in6, %zu bayt", sizeof address);
    CLOSED_AT_END int client = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CLOSED_AT_END int accepted = -1;
    int outcome = greet(listener, client, (struct sockaddr *)&address, sizeof address, &accepted);
    return outcome < 0 ? outcome : show_mapped();
}

int demo_stream(void)
{
    CLOSED_AT_END int left = -1;
    CLOSED_AT_END int right = -1;
    int outcome = stage_pair(&left, &right);
    if (outcome < 0)
        return outcome;
    say_send("gönderen", left, "ilk");
    say_send("gönderen", left, "ikinci");
    outcome = stage_wait_bytes(right, (int)strlen("ilkikinci"));
    if (outcome < 0)
        return outcome;
    ssize_t got = say_recv("alan    ", right, 1024);
    say("iki send tek recv'de geldi: akışta mesaj sınırı yoktur");
    return got < 0 ? (int)got : 0;
}

/* Bir datagram bekler ve yazar; 0 bayt burada akış sonu değil, boş datagramdır. */
static int say_datagram(int fd)
{
    char bytes[64];
    int ready = wait_fd(fd, POLLIN, deadline_after(STAGE_PATIENCE_SECONDS));
    ssize_t got = ready < 0 ? ready : recv(fd, bytes, sizeof bytes, 0);
    if (got < 0)
        return ready < 0 ? ready : -errno;
    say("alan     recv(%zu) → %zd bayt: \"%.*s\"%s", sizeof bytes, got, (int)got, bytes,
        got == 0 ? " (boş datagram; akış sonu değil)" : "");
    return 0;
}

int demo_dgram(void)
{
    static const char *const messages[] = {"ilk", "ikinci", ""};
    CLOSED_AT_END int sender = stage_udp();
    CLOSED_AT_END int receiver = stage_udp();
    struct sockaddr_in address = {0};
    socklen_t length = sizeof address;
    if (sender < 0 || receiver < 0)
        return sender < 0 ? sender : receiver;
    if (getsockname(receiver, (struct sockaddr *)&address, &length) < 0)
        return -errno;
    for (int i = 0; i < 3; i++)
        if (sendto(sender, messages[i], strlen(messages[i]), 0, (struct sockaddr *)&address,
                   length) < 0)
            return -errno;
    say("gönderen, bağlantı kurmadan üç kez sendto çağırdı");
    int outcome = 0;
    for (int i = 0; i < 3 && outcome == 0; i++)
        outcome = say_datagram(receiver);
    say("her recv bir datagram verdi: mesaj sınırları korunur (sıra ve ulaşma güvencesi ise yoktur)");
    return outcome;
}
