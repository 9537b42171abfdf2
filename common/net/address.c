#include "net/address.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

#include "base/errtext.h"

int address_resolve(const char *host, int port, int type, bool passive,
                    struct address out[ADDRESS_MAX], const char **why)
{
    char service[16];
    snprintf(service, sizeof service, "%d", port);
    struct addrinfo hints = {
        .ai_family = AF_UNSPEC,
        .ai_socktype = type,
        .ai_flags = AI_NUMERICSERV | (passive ? AI_PASSIVE : 0),
    };
    struct addrinfo *found;
    int failed = getaddrinfo(host, service, &hints, &found);
    if (failed) {
        *why = gai_text(failed);
        return -EHOSTUNREACH;
    }

    int count = 0;
    for (struct addrinfo *at = found; at && count < ADDRESS_MAX; at = at->ai_next, count++) {
        memset(&out[count], 0, sizeof out[count]);
        out[count].length = at->ai_addrlen;
        memcpy(&out[count].storage, at->ai_addr, at->ai_addrlen);
    }
    freeaddrinfo(found);
    return count;
}

static const char *local_text(const struct address *address, char *out)
{
    size_t header = offsetof(struct sockaddr_un, sun_path);
    size_t length = address->length > header ? address->length - header : 0;
    const char *path = address->local.sun_path;
    /* '\0' ile başlayan adlar soyuttur (dosya sisteminde yeri yoktur); '@' ile yazmak
     * gelenektir. */
    if (length > 0 && path[0] == '\0')
        snprintf(out, ADDRESS_TEXT_SIZE, "unix:@%.*s", (int)length - 1, path + 1);
    else
        snprintf(out, ADDRESS_TEXT_SIZE, "unix:%.*s", (int)length, path);
    return out;
}

const char *address_text(const struct address *address, char *out)
{
    if (address->any.sa_family == AF_UNIX)
        return local_text(address, out);
    char host[NI_MAXHOST];
    char port[NI_MAXSERV];
    int failed = getnameinfo(&address->any, address->length, host, sizeof host, port, sizeof port,
                             NI_NUMERICHOST | NI_NUMERICSERV);
    if (failed)
        snprintf(out, ADDRESS_TEXT_SIZE, "?");
    else
        snprintf(out, ADDRESS_TEXT_SIZE,
                 address->any.sa_family == AF_INET6 ? "[%.90s]:%.8s" : "%.90s:%.8s", host, port);
    return out;
}

int address_of_socket(int fd, struct address *out)
{
    memset(out, 0, sizeof *out);
    out->length = sizeof out->storage;
    return getsockname(fd, &out->any, &out->length) < 0 ? -errno : 0;
}

int address_of_peer(int fd, struct address *out)
{
    memset(out, 0, sizeof *out);
    out->length = sizeof out->storage;
    return getpeername(fd, &out->any, &out->length) < 0 ? -errno : 0;
}

bool address_equal(const struct address *a, const struct address *b)
{
    if (a->any.sa_family != b->any.sa_family)
        return false;
    if (a->any.sa_family == AF_INET)
        return a->v4.sin_port == b->v4.sin_port && a->v4.sin_addr.s_addr == b->v4.sin_addr.s_addr;
    if (a->any.sa_family == AF_INET6)
        return a->v6.sin6_port == b->v6.sin6_port && a->v6.sin6_scope_id == b->v6.sin6_scope_id &&
               memcmp(&a->v6.sin6_addr, &b->v6.sin6_addr, sizeof a->v6.sin6_addr) == 0;
    return a->length == b->length && memcmp(&a->any, &b->any, a->length) == 0;
}
