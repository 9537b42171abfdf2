/* 05 · UDP istemcisi: zaman aşımı, yeniden gönderme, yanıtı sorusuyla eşleştirme.
 *
 * Gösterdiği: ağın vermediği güvenceyi istemcinin kendisinin kurması. Yanıtı gelmeyen soru yeniden
 * gönderilir; gelen her datagrama "bu benim sorumun yanıtı mı?" diye bakılır. Soket connect ile
 * bağlanır: o zaman çekirdek başka adresten geleni vermez ve kapalı portu (ICMP) bize bildirir.
 * Karşılığı: D0 §3, örnek 5.
 * Çalışırken bak: sunucuyu `--loss 50` ile aç, burada -v ve --stats ver.
 *
 * Bilerek yapmadığı: yanıtların gerçekten o sunucudan geldiğini kanıtlamak. Kaynak adresi
 * uydurulabilir; buna karşı imza gerekir (ders 24'ün konusu).
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
#include "answer.h"

/* En büyük datagram (IPv4'te 65507 bayt) yanıtı da taşıyabilmelidir; yanıt sorudan uzundur. */
#define MESSAGE_MAX (65507 - ANSWER_EXTRA)

#define BUFFER_MAX 65535

#define ANSWER_CUT "Yanıt kesik"

struct tally {
    long answers;
    long resent;
    long extra;   /* çoktan yanıtlanmış bir sorunun yanıtı */
    long unknown; /* hiçbir sorunun yanıtı olmayan datagram */
};

struct client {
    const char *host;
    int port;
    double timeout;
    long retries;
    long buffer; /* received'in kullanılan kısmı (--buffer) */
    struct address addresses[ADDRESS_MAX];
    int count, current; /* adres sayısı, kullanılan */
    int fd;             /* addresses[current]'a bağlı soket */
    bool heard;         /* sunucudan hiç ses geldi mi */
    struct tally tally;
    char name[ADDRESS_TEXT_SIZE];
    const char *failed; /* olmayan son iş */
    char why[128];      /* nedeni */
    char received[BUFFER_MAX];
};

/* Bu soketten sorulanlar: first'ten self'e kadar; sonuncusu, yanıtı şimdi beklenen. */
struct question {
    char **first, **self;
};

enum verdict { ANSWER, CUT, EXTRA, UNKNOWN };

/* Hatayı, programın son satırında söylenecek biçimde saklar; `error` aynen döner. */
static int failure(struct client *client, const char *failed, const char *why, int error)
{
    client->failed = failed;
    snprintf(client->why, sizeof client->why, "%s", why);
    return error;
}

/* region: connect */
/* UDP'de connect ağa hiçbir şey göndermez: karşı tarafı çekirdeğe söyler ve sokete boş bir port
 * verir. */
static int connected_socket(const struct address *address)
{
    int fd = socket(address->any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    if (connect(fd, &address->any, address->length) < 0) {
        int error = errno;
        close(fd);
        return -error;
    }
    return fd;
}

/* Şimdiki adrese yeni bir soketle bağlanır. Eski soket sonra kapanır: çekirdek aynı portu
 * veremez. */
static int renew_socket(struct client *client)
{
    int fd = connected_socket(&client->addresses[client->current]);
    address_text(&client->addresses[client->current], client->name);
    if (fd < 0)
        return failure(client, "Bağlanılamadı", error_text(fd), fd);
    if (client->fd >= 0)
        close(client->fd);
    client->fd = fd;
    struct address local;
    char name[ADDRESS_TEXT_SIZE];
    if (address_of_socket(fd, &local) == 0)
        log_info("Soket: %s -> %s", address_text(&local, name), client->name);
    return 0;
}
/* endregion */

/* Sıradaki adrese geçer. 0 ya da, denenecek adres kalmadıysa, `error`. */
static int next_address(struct client *client, int error)
{
    while (error < 0 && client->current + 1 < client->count) {
        client->current++;
        error = renew_socket(client);
    }
    return error;
}

static int open_client(struct client *client)
{
    const char *why;
    snprintf(client->name, sizeof client->name, "%.100s:%d", client->host, client->port);
    client->count = address_resolve(client->host, client->port, SOCK_DGRAM, false,
                                    client->addresses, &why);
    if (client->count < 0)
        return failure(client, "Bağlanılamadı", why, client->count);
    return next_address(client, renew_socket(client));
}

static bool starts_with(struct text text, struct text prefix)
{
    return text.length >= prefix.length && memcmp(text.bytes, prefix.bytes, prefix.length) == 0;
}

static bool is_same(struct text a, struct text b)
{
    return a.length == b.length && starts_with(a, b);
}

/* Sunucunun yankılayacağı hali: iki ucundaki boşluklar olmadan. */
static struct text echo_of(const char *message)
{
    return text_strip(message, strlen(message));
}

/* region: judge */
/* Bu soketten, şimdikinden önce, yankısı `echo` olan bir soru soruldu mu? */
static bool asked_before(const struct question *question, struct text echo)
{
    for (char **earlier = question->first; earlier < question->self; earlier++)
        if (is_same(echo_of(*earlier), echo))
            return true;
    return false;
}

/* Gelen datagram hangi sorunun yanıtı? Yanıtta numara yoktur; onu ancak taşıdığı metin tanıtır. */
static enum verdict judge(const struct question *question, struct text answer)
{
    struct text wanted = echo_of(*question->self);
    struct text echo;
    if (!answer_parse(answer, &echo))
        return UNKNOWN;
    if (is_same(echo, wanted))
        return ANSWER;
    if (asked_before(question, echo))
        return EXTRA;
    return starts_with(wanted, echo) ? CUT : UNKNOWN;
}
/* endregion */

static int cut_short(struct client *client, struct text wanted, struct text answer)
{
    struct text echo = {.length = 0};
    char why[100];
    answer_parse(answer, &echo);
    snprintf(why, sizeof why, "soru %zu bayttı, %zu baytı yankılandı", wanted.length, echo.length);
    return failure(client, ANSWER_CUT, why, -EBADMSG);
}

static int too_small(struct client *client, size_t length)
{
    char why[100];
    snprintf(why, sizeof why, "%zu baytlık yanıt %ld baytlık tampona sığmadı", length,
             client->buffer);
    return failure(client, ANSWER_CUT, why, -EBADMSG);
}

/* Gelmiş datagrama bakar. 1: sorunun yanıtıdır, 0: değildir (sayıldı, atıldı), -errno: yanıttır ama
 * kesik. */
static int consider(struct client *client, const struct question *question, struct text answer)
{
    char shown[100];
    text_escape(shown, sizeof shown, answer.bytes, answer.length);
    switch (judge(question, answer)) {
    case ANSWER:
        client->tally.answers++;
        return 1;
    case CUT:
        return cut_short(client, echo_of(*question->self), answer);
    case EXTRA:
        client->tally.extra++;
        log_info("Önceki bir sorunun fazladan yanıtı atıldı: %s", shown);
        return 0;
    case UNKNOWN:
        client->tally.unknown++;
        log_warning("Hiçbir soruya uymayan datagram atıldı: %s", shown);
        return 0;
    }
    return 0;
}

/* Deneme bu hataya karşın sürsün mü? Kapalı port, sunucu hiç ses vermediyse son sözdür; daha önce
 * yanıt vermişse yeniden başlıyor olabilir ve kayıp sayılır. Yerel tamponun dolması da kayıptan
 * farksızdır. */
static bool forgive(const struct client *client, int error)
{
    if (error == -ECONNREFUSED && client->heard)
        log_warning("Port kapalı bildirimi geldi; sunucu yeniden başlıyor olabilir");
    return (error == -ECONNREFUSED && client->heard) || error == -EAGAIN || error == -EINTR ||
           error == -ENOBUFS;
}

/* region: await */
/* Sorunun yanıtını bekler. 0: `*answer` dolu (sonraki alışa dek geçerli), -ETIMEDOUT ya da başka
 * -errno. Sınıra saatten de bakılır: ardı kesilmeyen yabancı datagramlar bekleyişi uzatamaz. */
static int await_answer(struct client *client, const struct question *question, deadline_t deadline,
                        struct text *answer)
{
    while (monotonic_ns() < deadline) {
        int ready = wait_fd(client->fd, POLLIN, deadline);
        if (ready < 0)
            return ready;
        size_t size = (size_t)client->buffer;
        ssize_t got = recv(client->fd, client->received, size, MSG_DONTWAIT | MSG_TRUNC);
        if (got < 0) {
            int error = -errno;
            if (!forgive(client, error))
                return error;
            continue;
        }
        client->heard = true;
        if ((size_t)got > size)
            return too_small(client, (size_t)got);
        *answer = (struct text){client->received, (size_t)got};
        int outcome = consider(client, question, *answer);
        if (outcome != 0)
            return outcome < 0 ? outcome : 0;
    }
    return -ETIMEDOUT;
}
/* endregion */

static int try_once(struct client *client, const struct question *question, double seconds,
                    struct text *answer)
{
    deadline_t deadline = deadline_after(seconds);
    int error;
    do
        error = send(client->fd, *question->self, strlen(*question->self), MSG_DONTWAIT) < 0
                    ? -errno
                    : 0;
    while (error == -EINTR);
    if (error < 0 && !forgive(client, error))
        return error;
    return await_answer(client, question, deadline, answer);
}

/* region: retransmit */
/* Yanıt gelene dek, her seferinde öncekinin iki katı bekleyerek sorar. Beklemelerin toplamı
 * --timeout eder: w + 2w + 4w + ... = w (2^n - 1). */
static int ask_here(struct client *client, const struct question *question, struct text *answer)
{
    double wait = client->timeout / (double)((1L << (client->retries + 1)) - 1);
    int outcome = try_once(client, question, wait, answer);
    for (long again = 1; again <= client->retries && outcome == -ETIMEDOUT; again++) {
        log_warning("%.2g saniyede yanıt gelmedi, yeniden gönderiliyor (%ld/%ld)", wait, again,
                    client->retries);
        client->tally.resent++;
        wait *= 2;
        outcome = try_once(client, question, wait, answer);
    }
    return outcome;
}
/* endregion */

static int ask(struct client *client, const struct question *question, struct text *answer)
{
    int outcome = ask_here(client, question, answer);
    while (outcome == -ECONNREFUSED && client->current + 1 < client->count) {
        outcome = next_address(client, outcome);
        if (outcome == 0)
            outcome = ask_here(client, question, answer);
    }
    if (outcome < 0 && outcome != -EBADMSG) /* kesik yanıtın açıklaması çoktan yazıldı */
        failure(client, "Yanıt alınamadı", error_text(outcome), outcome);
    return outcome;
}

static void print_answer(struct text answer)
{
    fputs("Cevap: ", stdout);
    fwrite(answer.bytes, 1, answer.length, stdout);
    putchar('\n');
}

/* region: talk */
static int talk(struct client *client, char **messages)
{
    int outcome = open_client(client);
    struct question question = {messages, messages};
    for (; *question.self && outcome == 0; question.self++) {
        struct text answer = {.length = 0};
        printf("\nGönderiliyor: %s\n", *question.self);
        /* Aynı metin ikinci kez sorulacak: ilkinin fazladan yanıtı bunun yanıtı sanılabilirdi. Yeni
         * portta sanılamaz; eski porta gelen hiç kimseye ulaşmaz. */
        if (asked_before(&question, echo_of(*question.self))) {
            outcome = renew_socket(client);
            question.first = question.self;
        }
        if (outcome == 0)
            outcome = ask(client, &question, &answer);
        if (outcome == 0)
            print_answer(answer);
    }
    if (client->fd >= 0)
        close(client->fd);
    return outcome;
}
/* endregion */

static void print_tally(const struct tally *tally)
{
    printf("\nÖzet: %ld yanıt, %ld yeniden gönderim, %ld fazladan yanıt, %ld tanınmayan datagram\n",
           tally->answers, tally->resent, tally->extra, tally->unknown);
}

/* Yanıtı gelemeyecek soru hiç sorulmaz: sunucu bozuk UTF-8'e yanıt vermez, yanıtı bir datagrama
 * sığmayan metin de bütün dönemez. */
static void check_messages(char **messages)
{
    for (char **message = messages; *message; message++) {
        size_t length = strlen(*message);
        if (!text_is_utf8(*message, length))
            cli_fail("mesaj geçerli UTF-8 değil: '%s'", *message);
        if (length > MESSAGE_MAX)
            cli_fail(
                "mesaj çok uzun: %zu bayt; yanıtı da bir datagrama sığsın diye en fazla %zu bayt olmalı",
                length, MESSAGE_MAX);
    }
}

int main(int argc, char **argv)
{
    (void)argc;
    static struct client client = {.host = "127.0.0.1",
                                   .port = 9001,
                                   .timeout = 5,
                                   .retries = 3,
                                   .buffer = BUFFER_MAX,
                                   .fd = -1};
    bool verbose = false;
    bool stats = false;
    const struct cli_option options[] = {
        CLI_OPTION_HOST(&client.host, "sunucunun adı ya da adresi"),
        CLI_OPTION_CLIENT_PORT(&client.port),
        CLI_OPTION_TIMEOUT(&client.timeout, "bir yanıtın, yeniden göndermelerle en uzun süresi"),
        {0, "retries", CLI_NUMBER, &client.retries, 0, 10, NULL,
         "yanıtsız kalan mesaj en çok bu kadar kez yeniden gönderilir", NULL},
        {0, "buffer", CLI_NUMBER, &client.buffer, 1, BUFFER_MAX, NULL,
         "alma tamponu, bayt; sığmayan yanıt kesilir (belgedeki: 4096)", NULL},
        {0, "stats", CLI_FLAG, &stats, 0, 0, NULL, "sonda özet satırı yazar", NULL},
        CLI_OPTION_VERBOSE(&verbose),
        CLI_OPTION_HELP,
        CLI_OPTION_END,
    };
    program_init();
    char **messages = cli_parse(
        &(struct cli){.name = "client",
                      .operands = "[MESAJ ...]",
                      .about = "Ders 05: her mesajı bir datagramla sorup yanıtını bekleyen "
                               "UDP istemcisi.\n"
                               "MESAJ verilmezse belgedeki üç mesajı gönderir.",
                      .options = options},
        argv);
    log_set_level(verbose ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING);
    check_messages(messages);

    static char *defaults[] = {"Hello UDP", "Test message", "Goodbye", NULL};
    int outcome = talk(&client, *messages ? messages : defaults);
    if (stats)
        print_tally(&client.tally);
    if (outcome < 0)
        return program_fail("%s: %s: %s", client.failed, client.name, client.why);
    return program_exit(EXIT_SUCCESS);
}
