/* 01 · İlk istemci: bağlanır, bir mesaj gönderir, gelen yanıtı yazar.
 *
 * Gösterdiği: bir istemcinin beş çağrısı: socket, connect, send, shutdown, recv (ve close).
 * Karşılığı: D3 sunucuyu anlatır, istemci olarak tarayıcıyı kullanır; bu program onun yalın hali.
 * Çalışırken bak: yanıtın sonu bir sayıyla ya da satır sonuyla değil, bağlantının kapanmasıyla
 * belli olur.
 */
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/clock.h"
#include "base/errtext.h"
#include "base/log.h"
#include "base/program.h"
#include "base/text.h"
#include "base/wait.h"

/* Yanıt bundan uzun olamaz; sınırı olmayan tampon, karşı tarafın eline bırakılmış bellektir. */
#define ANSWER_MAX 65536

/* region: connect */
/* Bloke etmeyen sokette connect hemen döner; sonucunu, soket yazılabilir olunca SO_ERROR söyler. */
static int connect_to(const struct addrinfo *address, deadline_t deadline)
{
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    int error = 0;
    socklen_t size = sizeof error;
    if (connect(fd, address->ai_addr, address->ai_addrlen) < 0)
        error = errno;
    if (error == EINPROGRESS || error == EINTR) {
        int ready = wait_fd(fd, POLLOUT, deadline);
        error = ready < 0 ? -ready : 0;
        if (!error && getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
            error = errno;
    }
    if (error) {
        close(fd);
        return -error;
    }
    return fd;
}
/* endregion */

/* Adın adreslerini sırayla dener. Dönen: bağlı soket ya da negatif; `*why` nedenin metni. */
static int connect_any(const char *host, int port, deadline_t deadline, const char **why)
{
    char service[16];
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    struct addrinfo *found;
    snprintf(service, sizeof service, "%d", port);
    int failed = getaddrinfo(host, service, &hints, &found);
    if (failed) {
        *why = gai_text(failed);
        return -1;
    }
    int fd = -1;
    for (struct addrinfo *at = found; at && fd < 0; at = at->ai_next) {
        fd = connect_to(at, deadline);
        if (fd < 0)
            *why = error_text(fd);
    }
    freeaddrinfo(found);
    return fd;
}

static int send_all(int fd, const char *bytes, size_t length, deadline_t deadline)
{
    while (length > 0) {
        int ready = wait_fd(fd, POLLOUT, deadline);
        if (ready < 0)
            return ready;
        ssize_t sent = send(fd, bytes, length, MSG_NOSIGNAL);
        if (sent < 0 && errno != EINTR && errno != EAGAIN)
            return -errno;
        if (sent > 0) {
            bytes += sent;
            length -= (size_t)sent;
        }
    }
    return 0;
}

/* region: receive */
/* Akış sonuna dek okur. Dönen: bayt sayısı ya da -errno; yanıt sığmazsa -EMSGSIZE. */
static ssize_t receive_all(int fd, char *bytes, size_t size, deadline_t deadline)
{
    size_t length = 0;
    while (length < size) {
        int ready = wait_fd(fd, POLLIN, deadline);
        if (ready < 0)
            return ready;
        ssize_t got = recv(fd, bytes + length, size - length, 0);
        if (got == 0)
            return (ssize_t)length;
        if (got < 0 && errno != EINTR && errno != EAGAIN)
            return -errno;
        if (got > 0)
            length += (size_t)got;
    }
    return -EMSGSIZE;
}
/* endregion */

/* region: visit */
/* Mesajı gönderir, "başka sözüm yok" der (yarı kapatma), yanıtı bekler. Dönüşü receive_all gibi. */
static ssize_t visit(int fd, const char *message, char *answer, deadline_t deadline)
{
    int outcome = send_all(fd, message, strlen(message), deadline);
    if (outcome < 0)
        return outcome;
    if (shutdown(fd, SHUT_WR) < 0 && errno != ENOTCONN)
        return -errno;
    return receive_all(fd, answer, ANSWER_MAX, deadline);
}
/* endregion */

static int report(const char *endpoint, const char *answer, ssize_t length)
{
    const char *why = NULL;
    if (length < 0)
        why = error_text((int)length);
    else if (length == 0)
        why = "karşı taraf bir şey söylemeden kapattı";
    else if (!text_is_utf8(answer, (size_t)length))
        why = error_text(EILSEQ);
    if (why)
        return program_fail("Yanıt alınamadı: %s: %s", endpoint, why);
    fwrite(answer, 1, (size_t)length, stdout);
    putchar('\n');
    return program_exit(EXIT_SUCCESS);
}

int main(int argc, char **argv)
{
    (void)argc;
    const char *host = "127.0.0.1";
    int port = 0;
    double timeout = 10;
    bool verbose = false;
    const struct cli_option options[] = {
        CLI_OPTION_HOST(&host, "sunucunun adı ya da adresi"),
        CLI_OPTION_CLIENT_PORT(&port),
        CLI_OPTION_TIMEOUT(&timeout, "bağlanmaktan son bayta, en uzun süre"),
        CLI_OPTION_VERBOSE(&verbose),
        CLI_OPTION_HELP,
        CLI_OPTION_END,
    };
    program_init();
    char **operands = cli_parse(
        &(struct cli){.name = "client",
                      .operands = "[MESAJ]",
                      .about = "Ders 01: bir mesaj gönderip yanıtını yazan istemci.\n"
                               "Sunucu portunu sistemden aldığı için --port zorunludur.",
                      .options = options},
        argv);
    log_set_level(verbose ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING);
    if (port == 0)
        cli_fail("--port gerekli; sunucunun yazdığı port, 1 ile 65535 arasında");
    if (operands[0] && operands[1])
        cli_fail("tek mesaj gönderilir, fazlası: '%s'", operands[1]);

    static char answer[ANSWER_MAX];
    const char *why = NULL;
    deadline_t deadline = deadline_after(timeout);
    char endpoint[CLI_ENDPOINT_SIZE];
    log_info("Bağlanılıyor: %s", cli_endpoint(host, port, endpoint));
    int fd = connect_any(host, port, deadline, &why);
    if (fd < 0)
        return program_fail("Bağlanılamadı: %s: %s", endpoint, why);
    ssize_t length = visit(fd, operands[0] ? operands[0] : "Merhaba!", answer, deadline);
    close(fd);
    return report(endpoint, answer, length);
}
