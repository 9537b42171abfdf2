#include "tcp_socket.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "names.h"

/* region: create */
int tcp_socket_create(int family, const struct wishes *wishes, const char **failed)
{
    struct option options[OPTIONS_MAX];
    const struct option *refused;
    int count = options_for(family, wishes, options);
    *failed = "socket";
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    int outcome = options_set(fd, options, count, &refused);
    if (outcome < 0) {
        *failed = refused->name;
        close(fd); /* yalnız hata yolunda: başarıda soket çağıranındır */
        return outcome;
    }
    return fd;
}
/* endregion */

/* SOL_SOCKET düzeyindeki bir tamsayıyı okur; okunamazsa -errno. */
static int read_number(int fd, int number)
{
    int value = 0;
    socklen_t size = sizeof value;
    return getsockopt(fd, SOL_SOCKET, number, &value, &size) < 0 ? -errno : value;
}

static const char *family_name(int family)
{
    return family == AF_INET ? "AF_INET" : family == AF_INET6 ? "AF_INET6" : "?";
}

/* region: identity */
/* Ne istendiğini değil ne olduğunu yazar: üç soru da çekirdeğe sorulur. socket()'e protokol olarak
 * verilen 0 "bu tipin olağanı" demekti; SO_PROTOCOL seçileni söyler. */
static int show_identity(int fd)
{
    struct sockaddr_storage local;
    socklen_t length = sizeof local;
    char name[NAMES_TEXT_SIZE];
    int family = read_number(fd, SO_DOMAIN);
    int type = read_number(fd, SO_TYPE);
    int protocol = read_number(fd, SO_PROTOCOL);
    if (family < 0 || type < 0 || protocol < 0 ||
        getsockname(fd, (struct sockaddr *)&local, &length) < 0)
        return -errno;
    printf("Socket oluşturuldu: fd=%d, yerel adres %s\n", fd,
           names_endpoint((struct sockaddr *)&local, length, name));
    printf("Socket ailesi: %d (%s)\n", family, family_name(family));
    printf("Socket tipi: %d (%s)\n", type, type == SOCK_STREAM ? "SOCK_STREAM" : "?");
    printf("Socket protokolü: %d (%s)\n", protocol, protocol == IPPROTO_TCP ? "IPPROTO_TCP" : "?");
    return 0;
}
/* endregion */

int tcp_socket_show(int fd, const struct wishes *wishes)
{
    struct option options[OPTIONS_MAX];
    int outcome = show_identity(fd);
    if (outcome < 0)
        return outcome;
    int family = read_number(fd, SO_DOMAIN);
    int untouched = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (untouched < 0)
        return -errno;
    putchar('\n');
    options_print(options, options_for(family, wishes, options), fd, untouched);
    close(untouched);
    return 0;
}
