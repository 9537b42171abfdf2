/* Gösteriler: notlardaki hata sınıflarının C'deki karşılıkları.
 *
 * Kaynak: errno(3), getaddrinfo(3), gethostbyname(3)
 */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/errtext.h"
#include "demos.h"
#include "stage.h"

/* Son çağrının errno'su; beklenmedik biçimde başarılı olduysa da öyle yazar. */
static void say_error(const char *what, ssize_t result, const char *python)
{
    char why[STAGE_ERROR_SIZE];
    say("%s → %s; Python: %s", what, result < 0 ? stage_error(errno, why, sizeof why) : "hata yok",
        python);
}

static int fail_to_connect(void)
{
    struct sockaddr_in address = {0};
    socklen_t length = sizeof address;
    CLOSED_AT_END int listener = stage_listen(1);
    /* Bağlı ama dinlemeyen soket portu tutar: oraya bağlanan kesin geri çevrilir. */
    CLOSED_AT_END int holder = stage_listen(1);
    CLOSED_AT_END int client = listener < 0 ? listener : stage_connect(listener);
    if (holder < 0 || client < 0)
        return holder < 0 ? holder : client;
    if (getsockname(listener, (struct sockaddr *)&address, &length) < 0)
        return -errno;
    say_error("bağlı soketle bir daha connect",
              connect(client, (struct sockaddr *)&address, length), "OSError");
    stage_close(&client);
    stage_close(&listener);
    CLOSED_AT_END int late = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    say_error("dinleyeni olmayan porta connect", connect(late, (struct sockaddr *)&address, length),
              "ConnectionRefusedError");
    return 0;
}

static int fail_to_transfer(void)
{
    char byte;
    CLOSED_AT_END int mine = -1;
    CLOSED_AT_END int theirs = -1;
    CLOSED_AT_END int alone = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int outcome = stage_pair(&mine, &theirs);
    if (outcome < 0)
        return outcome;
    say_error("bağlanmamış sokette recv", recv(alone, &byte, 1, 0), "OSError");
    send(mine, "okunmayacak", strlen("okunmayacak"), MSG_NOSIGNAL);
    outcome = stage_wait_bytes(theirs, 1);
    stage_close(&theirs); /* okumadan: RST */
    say_error("karşı taraf okumadan kapattı, recv", recv(mine, &byte, 1, 0),
              "ConnectionResetError");
    say_error("ardından send", send(mine, "x", 1, MSG_NOSIGNAL), "BrokenPipeError");
    return outcome;
}

int demo_error(void)
{
    static char datagram[65508]; /* UDP'nin taşıyabildiğinden bir bayt fazla */
    struct sockaddr_in address = {0};
    socklen_t length = sizeof address;
    say("Python 2'de socket.error; Python 3'te OSError'ın öbür adı. C'de: -1 ve errno");
    int outcome = fail_to_connect();
    if (outcome == 0)
        outcome = fail_to_transfer();
    if (outcome < 0)
        return outcome;
    CLOSED_AT_END int udp = stage_udp();
    if (udp < 0 || getsockname(udp, (struct sockaddr *)&address, &length) < 0)
        return udp < 0 ? udp : -errno;
    say_error("65508 baytlık datagram",
              sendto(udp, datagram, sizeof datagram, 0, (struct sockaddr *)&address, length),
              "OSError");
    say_error("kapalı tanımlayıcıyla recv", recv(-1, datagram, 1, 0), "OSError");
    return 0;
}

static const char *h_errno_name(int error)
{
    switch (error) {
    case HOST_NOT_FOUND:
        return "HOST_NOT_FOUND (ad bilinmiyor)";
    case TRY_AGAIN:
        return "TRY_AGAIN (ad sunucusu şu an yanıt vermiyor)";
    case NO_RECOVERY:
        return "NO_RECOVERY (ad sunucusu çözemedi)";
    case NO_DATA:
        return "NO_DATA (adın bu türden adresi yok)";
    default:
        return "bilinmeyen h_errno";
    }
}

int demo_herror(void)
{
    /* Rakam ve noktadan oluştuğu için ad sunucusuna sorulmaz, hemen geri çevrilir. */
    static const char name[] = "300.300.300.300";
    say("errno'dan ayrı bir değişken: h_errno. Onu kuranlar gethostbyname ve gethostbyaddr");
    if (!gethostbyname(name))
        say("gethostbyname(\"%s\") → h_errno: %s", name, h_errno_name(h_errno));
    say("ikisi de eskimiştir (POSIX.1-2008'de yok): yalnız IPv4, iş parçacıkları arasında ortak tampon");
    return 0;
}

static const char *gai_name(int error)
{
    switch (error) {
    case EAI_NONAME:
        return "EAI_NONAME";
    case EAI_SERVICE:
        return "EAI_SERVICE";
    case EAI_FAMILY:
        return "EAI_FAMILY";
    case EAI_SOCKTYPE:
        return "EAI_SOCKTYPE";
    case EAI_BADFLAGS:
        return "EAI_BADFLAGS";
    default:
        return "EAI_?";
    }
}

static void try_resolving(const char *what, const char *host, const char *service,
                          struct addrinfo hints)
{
    struct addrinfo *found = NULL;
    int failed = getaddrinfo(host, service, &hints, &found);
    if (failed)
        say("%s → %s (%s)", what, gai_name(failed), gai_text(failed));
    else
        freeaddrinfo(found);
}

int demo_gaierror(void)
{
    say("getaddrinfo errno kullanmaz, kendi hatasını döndürür; EAI_SYSTEM gelirse neden errno'dadır");
    try_resolving("sayısal olmayan ad, AI_NUMERICHOST ile", "yuva", "80",
                  (struct addrinfo){.ai_flags = AI_NUMERICHOST});
    try_resolving("TCP'de olmayan hizmet adı", "127.0.0.1", "yuva-hizmeti",
                  (struct addrinfo){.ai_socktype = SOCK_STREAM});
    try_resolving("olmayan aile", "127.0.0.1", "80", (struct addrinfo){.ai_family = AF_MAX});
    try_resolving("olmayan soket tipi", "127.0.0.1", "80", (struct addrinfo){.ai_socktype = 999});
    try_resolving("olmayan bayrak", "127.0.0.1", "80", (struct addrinfo){.ai_flags = 1 << 30});
    return 0;
}
