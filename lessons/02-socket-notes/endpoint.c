#include "endpoint.h"

#include <stdio.h>

#include "base/errtext.h"

const char *endpoint_text(const struct sockaddr *address, socklen_t length, char *out)
{
    char host[NI_MAXHOST];
    char port[NI_MAXSERV];
    int failed = getnameinfo(address, length, host, sizeof host, port, sizeof port,
                             NI_NUMERICHOST | NI_NUMERICSERV);
    if (failed)
        snprintf(out, ENDPOINT_TEXT_SIZE, "?");
    else
        snprintf(out, ENDPOINT_TEXT_SIZE,
                 address->sa_family == AF_INET6 ? "[%.90s]:%.8s" : "%.90s:%.8s", host, port);
    return out;
}

const char *endpoint_of_socket(int fd, char *out)
{
    struct sockaddr_storage local = {0};
    socklen_t length = sizeof local;
    if (getsockname(fd, (struct sockaddr *)&local, &length) < 0)
        length = 0;
    return endpoint_text((struct sockaddr *)&local, length, out);
}

struct addrinfo *endpoint_resolve(const char *host, int port, bool passive, const char **why)
{
    char service[16];
    struct addrinfo hints = {
        .ai_family = AF_UNSPEC, /* IPv4 de IPv6 da */
        .ai_socktype = SOCK_STREAM,
        .ai_flags = AI_NUMERICSERV | (passive ? AI_PASSIVE : 0),
    };
    struct addrinfo *found;
    snprintf(service, sizeof service, "%d", port);
    int failed = getaddrinfo(host, service, &hints, &found);
    if (failed) {
        *why = gai_text(failed);
        return NULL;
    }
    return found;
}
