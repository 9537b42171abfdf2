/* 04 · TCP istemcisi: zaman aşımı, tamponlu satırlar, kopan bağlantıyı yeniden kurma.
 *
 * Gösterdiği: her sorunun yanıtını o soruyla eşleştirmek. Yanıt gecikirse bağlantı bırakılır ve
 * soru yeni bir bağlantıda yinelenir; böylece geç kalan yanıt sonraki sorununki sanılamaz.
 * Karşılığı: D0 §2, örnek 4.
 * Çalışırken bak: sunucuyu konuşmanın ortasında durdurup yeniden başlat (-v ile).
 */
#include <errno.h>
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
#include "net/address.h"
#include "net/lines.h"
#include "net/socket.h"

/* "Echo: " öneki, en uzun satırın üstüne biner. */
#define REPLY_LIMIT (LINES_LIMIT + 64)
#define FIRST_BACKOFF_SECONDS 0.1
#define LAST_BACKOFF_SECONDS 5.0

struct connection {
    const char *host;
    int port;
    double timeout;
    long retries;
    int fd; /* bağlı değilse -1 */
    struct lines lines;
    char name[ADDRESS_TEXT_SIZE];
    const char *failed; /* olmayan son iş: "Bağlanılamadı" gibi */
    const char *why;    /* nedeni */
};

/* Hatayı, programın son satırında söylenecek biçimde saklar; `error` aynen döner. */
static int failure(struct connection *connection, const char *failed, const char *why, int error)
{
    connection->failed = failed;
    connection->why = why;
    return error;
}

static void disconnect(struct connection *connection)
{
    if (connection->fd >= 0)
        close(connection->fd);
    connection->fd = -1;
    lines_free(&connection->lines); /* eski bağlantının yarım satırı yenisine karışmasın */
}

/* region: connect */
/* Bloke etmeyen soketle bağlanmak, zaman sınırı koyabilmenin yoludur: connect hemen döner, sonucu
 * soket yazılabilir olunca SO_ERROR söyler. */
static int connect_with_deadline(int fd, const struct address *address, deadline_t deadline)
{
    if (connect(fd, &address->any, address->length) == 0)
        return 0;
    if (errno != EINPROGRESS && errno != EINTR)
        return -errno;
    int ready = wait_fd(fd, POLLOUT, deadline);
    if (ready < 0)
        return ready;
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
        return -errno;
    return -error;
}

static int open_connection(struct connection *connection, const struct address *address)
{
    int fd = socket(address->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    address_text(address, connection->name);
    log_info("Bağlanılıyor: %s", connection->name);
    int outcome = connect_with_deadline(fd, address, deadline_after(connection->timeout));
    if (outcome < 0) {
        close(fd);
        return outcome;
    }
    connection->fd = fd;
    return 0;
}
/* endregion */

static int connect_any(struct connection *connection)
{
    struct address addresses[ADDRESS_MAX];
    const char *why;
    snprintf(connection->name, sizeof connection->name, "%.100s:%d", connection->host,
             connection->port);
    int count = address_resolve(connection->host, connection->port, SOCK_STREAM, false, addresses,
                                &why);
    if (count < 0)
        return failure(connection, "Bağlanılamadı", why, count);
    int outcome = -EHOSTUNREACH;
    for (int i = 0; i < count && outcome < 0; i++)
        outcome = open_connection(connection, &addresses[i]);
    return outcome < 0 ? failure(connection, "Bağlanılamadı", error_text(outcome), outcome) : 0;
}

/* region: read-line */
/* Bir satır okur; zaman sınırı satırın tamamı içindir, parçaları için değil. 0 ya da -errno; akış,
 * satır tamamlanmadan biterse -ENODATA. */
static int read_line(struct connection *connection, struct text *line)
{
    deadline_t deadline = deadline_after(connection->timeout);
    int outcome;
    while ((outcome = lines_next(&connection->lines, line)) == 0) {
        char *room;
        size_t size = lines_room(&connection->lines, &room);
        if (size == 0)
            return -ENOMEM;
        ssize_t got = socket_receive(connection->fd, room, size, deadline);
        if (got <= 0)
            return got == 0 ? -ENODATA : (int)got;
        lines_added(&connection->lines, (size_t)got);
    }
    if (outcome > 0 && !text_is_utf8(line->bytes, line->length))
        return -EILSEQ;
    return outcome < 0 ? outcome : 0;
}
/* endregion */

static bool is_quit(const char *message)
{
    return text_is_command(text_strip(message, strlen(message)), "quit");
}

static void print_line(const char *label, struct text line)
{
    fputs(label, stdout);
    fwrite(line.bytes, 1, line.length, stdout);
    putchar('\n');
}

/* region: establish */
/* Bağlanır ve karşılama satırını okur. Dolu sunucu karşılama yerine "dolu" der. 0 ya da -errno. */
static int establish(struct connection *connection)
{
    struct text welcome = {0};
    int outcome = connect_any(connection);
    if (outcome < 0)
        return outcome;
    outcome = read_line(connection, &welcome);
    if (outcome < 0)
        failure(connection, "Karşılama okunamadı", error_text(outcome), outcome);
    else if (text_starts_with(welcome, "Sunucu dolu"))
        outcome = failure(connection, "Bağlanılamadı", "sunucu dolu", -EAGAIN);
    if (outcome < 0) {
        disconnect(connection);
        return outcome;
    }
    log_info("Bağlantı başarılı: %s", connection->name);
    print_line("Server: ", welcome);
    return 0;
}
/* endregion */

static int send_line(struct connection *connection, const char *message)
{
    size_t length = strlen(message);
    char *line = malloc(length + 1);
    if (!line)
        return -ENOMEM;
    memcpy(line, message, length);
    line[length] = '\n';
    deadline_t deadline = deadline_after(connection->timeout);
    int outcome = socket_send_all(connection->fd, line, length + 1, deadline);
    free(line);
    return outcome;
}

/* region: ask */
/* Soruyu gönderir, yanıtını okur. Olmazsa bağlantı bırakılır: yarım kalmış bir soru-yanıttan sonra
 * aynı bağlantıdan gelecek satırın hangi soruya ait olduğu bilinemez. */
static int ask_once(struct connection *connection, const char *message, struct text *reply)
{
    const char *why = NULL;
    /* Sorulmadan gelmiş satır varsa sıra çoktan bozulmuştur: bir sorunun iki yanıtı olmuş. */
    int outcome = lines_empty(&connection->lines) ? send_line(connection, message) : -EPROTO;
    if (outcome == 0)
        outcome = read_line(connection, reply);
    /* Sorulmadan gelen veda da bu sorunun yanıtı değildir. */
    if (outcome == 0 && text_starts_with(*reply, "Güle güle!") && !is_quit(message)) {
        outcome = -ECONNABORTED;
        why = "sunucu kapanıyor";
    }
    if (outcome < 0) {
        disconnect(connection);
        failure(connection, "Yanıt alınamadı", why ? why : error_text(outcome), outcome);
    }
    return outcome;
}

/* Sorar; bağlantı koparsa yenisini kurup soruyu baştan gönderir. Her denemeden önceki bekleme, bir
 * öncekinin iki katıdır, bir yere kadar. Tehlikesi: sunucu ilk soruyu da almış ve yapmış olabilir;
 * bu yüzden yalnız iki kez yapılması zararsız olan sorular yinelenir. Buradakiler öyledir. */
static int ask(struct connection *connection, const char *message, struct text *reply)
{
    int outcome = failure(connection, "Yanıt alınamadı", "bağlantı yok", -ENOTCONN);
    if (connection->fd >= 0)
        outcome = ask_once(connection, message, reply);
    double backoff = FIRST_BACKOFF_SECONDS;
    for (long i = 0; i < connection->retries && outcome < 0; i++) {
        log_warning("%s (%s); %g saniye sonra yeniden bağlanılacak", connection->failed,
                    connection->why, backoff);
        wait_stop(deadline_after(backoff));
        backoff = backoff < LAST_BACKOFF_SECONDS / 2 ? backoff * 2 : LAST_BACKOFF_SECONDS;
        outcome = establish(connection);
        if (outcome == 0)
            outcome = ask_once(connection, message, reply);
    }
    return outcome;
}
/* endregion */

/* region: talk */
static int talk(struct connection *connection, char **messages)
{
    int outcome = establish(connection);
    for (char **message = messages; *message && outcome == 0; message++) {
        struct text reply = {0};
        printf("\nGönderiliyor: %s\n", *message);
        outcome = ask(connection, *message, &reply);
        if (outcome < 0)
            break;
        print_line("Cevap: ", reply);
        if (is_quit(*message))
            disconnect(connection); /* sunucu kapatıyor; sonraki mesaj yeni bağlantı ister */
    }
    disconnect(connection);
    return outcome;
}
/* endregion */

int main(int argc, char **argv)
{
    (void)argc;
    bool verbose = false;
    struct connection connection = {
        .host = "127.0.0.1", .port = 9000, .timeout = 10, .retries = 3, .fd = -1};
    const struct cli_option options[] = {
        CLI_OPTION_HOST(&connection.host, "sunucunun adı ya da adresi"),
        CLI_OPTION_CLIENT_PORT(&connection.port),
        CLI_OPTION_TIMEOUT(&connection.timeout,
                           "bağlanmanın ve her yanıtın en uzun süresi, saniye"),
        {0, "retries", CLI_NUMBER, &connection.retries, 0, 100, NULL,
         "kopan bağlantı bir mesaj için en çok bu kadar kez yeniden kurulur", NULL},
        CLI_OPTION_VERBOSE(&verbose),
        CLI_OPTION_HELP,
        CLI_OPTION_END,
    };
    program_init();
    char **messages = cli_parse(
        &(struct cli){.name = "client",
                      .operands = "[MESAJ ...]",
                      .about = "Ders 04: satır gönderip yanıtını bekleyen TCP istemcisi.\n"
                               "MESAJ verilmezse belgedeki dört mesajı gönderir.",
                      .options = options},
        argv);
    log_set_level(verbose ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING);
    cli_check_lines(messages, LINES_LIMIT);

    static char *defaults[] = {"Hello Server", "time", "Test message", "quit", NULL};
    lines_init(&connection.lines, REPLY_LIMIT);
    int outcome = talk(&connection, *messages ? messages : defaults);
    if (outcome < 0)
        return program_fail("%s: %s: %s", connection.failed, connection.name, connection.why);
    return program_exit(EXIT_SUCCESS);
}
