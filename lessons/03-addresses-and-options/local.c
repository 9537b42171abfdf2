#include "local.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <limits.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/errtext.h"
#include "base/text.h"
#include "names.h"

/* Belgelerde örnek diye kullanılmaya ayrılmış adresler (RFC 5737, RFC 3849): kimsenin değildir. */
#define ELSEWHERE_IPV4 "192.0.2.1"
#define ELSEWHERE_IPV6 "2001:db8::1"
#define DISCARD_PORT 9

static bool is_loopback(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const void *)address;
        return ntohl(v4->sin_addr.s_addr) >> 24 == 127;
    }
    const struct sockaddr_in6 *v6 = (const void *)address;
    return IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
}

int local_host_name(char *out, size_t size)
{
    if (gethostname(out, size) < 0)
        return -errno;
    out[size - 1] = '\0'; /* sığmayan adın sonuna NUL konacağı söz verilmemiştir */
    return 0;
}

/* "vm.example.org" tam addır; "vm" ya da hosts dosyasından gelen "localhost" değildir. */
static bool is_full_name(const char *name)
{
    return name && strchr(name, '.') && strncmp(name, "localhost", strlen("localhost")) != 0;
}

static void show_own_addresses(const struct addrinfo *list)
{
    char text[NAMES_TEXT_SIZE];
    printf("Kendi adının adresleri:");
    for (const struct addrinfo *at = list; at; at = at->ai_next)
        if (!names_repeated(list, at))
            printf(" %s%s", names_address(at->ai_addr, at->ai_addrlen, text),
                   is_loopback(at->ai_addr) ? " (geri döngü)" : "");
    putchar('\n');
}

/* region: own-name */
/* Makinenin kendi adı çözülemeyebilir: ad hosts dosyasında yoktur, ad sunucusu da onu bilmez. */
static void show_own_name(const char *host)
{
    char shown[NI_MAXHOST];
    const char *why;
    struct addrinfo *list = names_resolve(host, 0, AI_CANONNAME, &why);
    text_escape(shown, sizeof shown, host, strlen(host));
    printf("Hostname: %s\n", shown);
    if (!list) {
        printf("FQDN: bilinmiyor\n");
        printf("Kendi adının adresleri: çözülemedi: %s\n", why);
        return;
    }
    if (is_full_name(list->ai_canonname)) {
        text_escape(shown, sizeof shown, list->ai_canonname, strlen(list->ai_canonname));
        printf("FQDN: %s\n", shown);
    } else {
        printf("FQDN: %s (alan adı yok)\n", shown);
    }
    show_own_addresses(list);
    freeaddrinfo(list);
}
/* endregion */

/* region: source-address */
/* Dışarıya giderken çekirdeğin seçeceği kaynak adres. UDP'de connect hiçbir şey göndermez: yalnız
 * yolu bulur ve soketin yerel adresini yazar. Yol yoksa -errno (ENETUNREACH). */
static int source_address(const struct sockaddr *elsewhere, socklen_t length,
                          struct sockaddr_storage *out, socklen_t *out_length)
{
    int fd = socket(elsewhere->sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    int outcome = 0;
    *out_length = sizeof *out;
    if (connect(fd, elsewhere, length) < 0 ||
        getsockname(fd, (struct sockaddr *)out, out_length) < 0)
        outcome = -errno;
    close(fd);
    return outcome;
}
/* endregion */

static void show_source(const char *family, const struct sockaddr *elsewhere, socklen_t length)
{
    struct sockaddr_storage source;
    socklen_t source_length = sizeof source;
    char text[NAMES_TEXT_SIZE];
    int outcome = source_address(elsewhere, length, &source, &source_length);
    if (outcome < 0)
        printf("Local IP (%s): yok (%s)\n", family, error_text(outcome));
    else
        printf("Local IP (%s): %s\n", family,
               names_address((struct sockaddr *)&source, source_length, text));
}

static void show_sources(void)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(DISCARD_PORT)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(DISCARD_PORT)};
    inet_pton(AF_INET, ELSEWHERE_IPV4, &v4.sin_addr);
    inet_pton(AF_INET6, ELSEWHERE_IPV6, &v6.sin6_addr);
    show_source("IPv4", (struct sockaddr *)&v4, sizeof v4);
    show_source("IPv6", (struct sockaddr *)&v6, sizeof v6);
}

/* Ailenin adres yapısının boyu; IP değilse 0 (getifaddrs donanım adreslerini de verir). */
static socklen_t address_size(const struct sockaddr *address)
{
    if (!address)
        return 0;
    return address->sa_family == AF_INET    ? sizeof(struct sockaddr_in)
           : address->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
                                            : 0;
}

static int show_interfaces(void)
{
    struct ifaddrs *list;
    char text[NAMES_TEXT_SIZE];
    if (getifaddrs(&list) < 0)
        return -errno;
    const char *separator = " ";
    printf("Arayüzlerin adresleri:");
    for (const struct ifaddrs *at = list; at; at = at->ifa_next) {
        socklen_t length = address_size(at->ifa_addr);
        if (length == 0 || !(at->ifa_flags & IFF_UP))
            continue;
        printf("%s%s %s", separator, at->ifa_name, names_address(at->ifa_addr, length, text));
        separator = ", ";
    }
    putchar('\n');
    freeifaddrs(list);
    return 0;
}

int local_show(void)
{
    char host[HOST_NAME_MAX + 1];
    int outcome = local_host_name(host, sizeof host);
    if (outcome < 0)
        return outcome;
    show_own_name(host);
    show_sources();
    return show_interfaces();
}
