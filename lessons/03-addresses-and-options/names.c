#include "names.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/errtext.h"

#define LABEL_MAX 63
#define NAME_MAX_BYTES 253

void names_limit_waiting(void)
{
    setenv("RES_OPTIONS", "timeout:1 attempts:2", 0);
}

static bool is_ascii_letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static const char *label_problem(const char *label, size_t length)
{
    if (length == 0)
        return "adda boş etiket var (yan yana iki nokta ya da başta nokta)";
    if (length > LABEL_MAX)
        return "adın bir etiketi çok uzun (iki nokta arası en fazla 63 bayt)";
    for (size_t i = 0; i < length; i++) {
        if ((unsigned char)label[i] >= 0x80)
            return "adda ASCII olmayan harf var (adın xn-- ile başlayan IDN biçimini ver)";
        if (!is_ascii_letter_or_digit(label[i]) && label[i] != '-' && label[i] != '_')
            return "adda harf, rakam, tire ve nokta dışında karakter var";
    }
    return NULL;
}

/* region: name-problem */
/* Sayısal olmayan bir ad DNS'in kurallarına uyuyor mu? Uyuyorsa NULL, yoksa nedeni. Soru sorulmadan
 * önce bakılır: kural dışı bir ad için ad sunucusu beklenmez, hata da "ad bilinmiyor" diye
 * örtülmez. */
static const char *name_problem(const char *name)
{
    if (name[0] == '\0')
        return "ad boş";
    if (strchr(name, ':'))
        return "IPv6 adresinin yazılışı yanlış ya da kapsamındaki arayüz yok";
    const char *label = name;
    for (;;) {
        size_t length = strcspn(label, ".");
        const char *problem = label_problem(label, length);
        if (problem)
            return problem;
        const char *rest = label + length;
        if (rest[0] == '\0' || rest[1] == '\0') /* sondaki tek nokta kökü gösterir, serbesttir */
            break;
        label = rest + 1;
    }
    if (strlen(name) > NAME_MAX_BYTES + (name[strlen(name) - 1] == '.'))
        return "ad çok uzun (en fazla 253 bayt)";
    return label[strspn(label, "0123456789.")] == '\0' ? "IPv4 adresinin yazılışı yanlış" : NULL;
}
/* endregion */

/* region: resolve */
struct addrinfo *names_resolve(const char *host, int port, int flags, const char **why)
{
    char service[16];
    struct addrinfo *list = NULL;
    struct addrinfo hints = {
        .ai_family = AF_UNSPEC,     /* IPv4 ve IPv6 */
        .ai_socktype = SOCK_STREAM, /* yoksa her adres TCP, UDP ve RAW için üç kez gelir */
        .ai_flags = AI_NUMERICSERV | AI_NUMERICHOST | flags,
    };
    snprintf(service, sizeof service, "%d", port);

    /* Önce "bu zaten bir adres mi?": yanıtı için kimseye sorulmaz. */
    int failed = getaddrinfo(host, service, &hints, &list);
    if (failed == EAI_NONAME) {
        *why = name_problem(host);
        if (*why)
            return NULL;
        hints.ai_flags &= ~AI_NUMERICHOST;
        failed = getaddrinfo(host, service, &hints, &list);
    }
    if (failed) {
        *why = gai_text(failed);
        return NULL;
    }
    return list;
}
/* endregion */

bool names_repeated(const struct addrinfo *list, const struct addrinfo *address)
{
    for (const struct addrinfo *at = list; at != address; at = at->ai_next)
        if (at->ai_addrlen == address->ai_addrlen &&
            memcmp(at->ai_addr, address->ai_addr, at->ai_addrlen) == 0)
            return true;
    return false;
}

/* region: address-text */
const char *names_address(const struct sockaddr *address, socklen_t length,
                          char out[NAMES_TEXT_SIZE])
{
    int failed = getnameinfo(address, length, out, NAMES_TEXT_SIZE, NULL, 0, NI_NUMERICHOST);
    if (failed)
        snprintf(out, NAMES_TEXT_SIZE, "?");
    return out;
}

const char *names_endpoint(const struct sockaddr *address, socklen_t length,
                           char out[NAMES_TEXT_SIZE])
{
    char host[NAMES_TEXT_SIZE];
    char port[NI_MAXSERV];
    int failed = getnameinfo(address, length, host, sizeof host, port, sizeof port,
                             NI_NUMERICHOST | NI_NUMERICSERV);
    if (failed)
        snprintf(out, NAMES_TEXT_SIZE, "?");
    else
        snprintf(out, NAMES_TEXT_SIZE,
                 address->sa_family == AF_INET6 ? "[%.90s]:%.8s" : "%.90s:%.8s", host, port);
    return out;
}
/* endregion */
