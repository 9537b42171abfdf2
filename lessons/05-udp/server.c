/* 05 · UDP sunucusu: gelen her datagrama bir datagramla yanıt.
 *
 * Gösterdiği: bağlantısız konuşma. Dinlemek, kabul etmek, iş parçacığı açmak yoktur: tek soket
 * herkese yeter, kimin sorduğu her datagramla birlikte gelir. Tampona sığmayan datagramın kesildiği
 * ve dolan alma tamponundan atılanların sayısı recvmsg ile görülür; ikisi de loglanır.
 * Karşılığı: D0 §3, örnek 5.
 * Çalışırken bak: `--loss 30` ile çalıştır; istemcinin çıktısı değişmez, sunucunun logu değişir.
 *
 * Bilerek yapmadığı: yanıtı, sorunun geldiği yerel adresten göndermeyi güvenceye almak
 * (IP_PKTINFO). 0.0.0.0'a bağlı sunucunun yanıtına kaynak adresini çekirdek seçer; çok adresli bir
 * makinede bu, sorulan adres olmayabilir.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/clock.h"
#include "base/errtext.h"
#include "base/log.h"
#include "base/program.h"
#include "base/stop.h"
#include "base/text.h"
#include "base/wait.h"
#include "net/address.h"
#include "answer.h"
#include "wire.h"

/* UDP'nin boy alanı 16 bittir ve 8 baytlık başlığı da sayar. IPv4'te IP başlığının 20 baytı da aynı
 * 65535'in içindedir; IPv6'da 40 baytlık başlık o sayıya girmez. */
#define PAYLOAD_MAX_IPV4 (65535 - 8 - 20)
#define PAYLOAD_MAX_IPV6 (65535 - 8)

/* Her datagramın sığdığı tampon. */
#define BUFFER_MAX 65535

#define FAILURE_PAUSE_SECONDS 0.1

struct server {
    int fd;
    long buffer;           /* datagram'ın kullanılan kısmı (--buffer) */
    uint32_t kernel_drops; /* soket açılalı beri, çekirdeğin sayımı */
    struct wire wire;
    char datagram[BUFFER_MAX];
    char answer[PAYLOAD_MAX_IPV6];
};

struct question {
    struct address from;
    struct text text;   /* sunucunun tamponunda, sonraki receive'e dek geçerli */
    size_t sent_length; /* yola çıktığı boy; tampona sığmadıysa text.length'ten büyüktür */
};

/* region: kernel-drops */
/* Alma tamponu doluyken gelen datagramı çekirdek sessizce atar; SO_RXQ_OVFL açıksa o zamana dek
 * attıklarının sayısını, sonra kabul ettiği her datagramın yanında bildirir. */
static void report_kernel_drops(struct server *server, struct msghdr *message)
{
    for (struct cmsghdr *note = CMSG_FIRSTHDR(message); note; note = CMSG_NXTHDR(message, note)) {
        if (note->cmsg_level != SOL_SOCKET || note->cmsg_type != SO_RXQ_OVFL)
            continue;
        uint32_t total;
        memcpy(&total, CMSG_DATA(note), sizeof total);
        if (total != server->kernel_drops)
            log_warning("Alma tamponu dolmuş: çekirdek %u datagramı attı",
                        total - server->kernel_drops);
        server->kernel_drops = total;
    }
}
/* endregion */

/* region: receive */
/* Sıradaki datagramı alır. 0 ya da -errno; -EAGAIN: datagram yok. */
static int receive(struct server *server, struct question *question)
{
    union {
        char bytes[CMSG_SPACE(sizeof(uint32_t))];
        struct cmsghdr align;
    } control;
    struct iovec buffer = {.iov_base = server->datagram, .iov_len = (size_t)server->buffer};
    struct msghdr message = {
        .msg_name = &question->from.storage,
        .msg_namelen = sizeof question->from.storage,
        .msg_iov = &buffer,
        .msg_iovlen = 1,
        .msg_control = control.bytes,
        .msg_controllen = sizeof control.bytes,
    };
    /* MSG_TRUNC verilince dönen, tampona sığan değil datagramın gerçek boyudur. */
    ssize_t got = recvmsg(server->fd, &message, MSG_DONTWAIT | MSG_TRUNC);
    if (got < 0)
        return -errno;
    bool cut = message.msg_flags & MSG_TRUNC;
    question->from.length = message.msg_namelen;
    question->sent_length = (size_t)got;
    question->text = (struct text){server->datagram, cut ? buffer.iov_len : (size_t)got};
    report_kernel_drops(server, &message);
    return 0;
}
/* endregion */

/* Bu adrese gönderilebilecek en büyük datagram, bayt. */
static size_t payload_max(const struct address *to)
{
    /* IPv6 soketine IPv4'ten gelen (::ffff:a.b.c.d) yine IPv4 paketidir. */
    bool ipv6 = to->any.sa_family == AF_INET6 && !IN6_IS_ADDR_V4MAPPED(&to->v6.sin6_addr);
    return ipv6 ? PAYLOAD_MAX_IPV6 : PAYLOAD_MAX_IPV4;
}

/* region: answer */
/* Yanıtı server->answer'a yazar; dönen boyudur. Yanıt sorudan uzundur: en büyük datagramı aşacaksa
 * metnin sonu bir karakteri bölmeden bırakılır, saat hep kalır. */
static size_t make_answer(struct server *server, const struct address *to, struct text message,
                          const char *name)
{
    static const char head[] = ANSWER_HEAD;
    char now[DATETIME_SIZE];
    char tail[DATETIME_SIZE + sizeof ANSWER_TAIL];
    size_t head_length = strlen(head);
    size_t tail_length = (size_t)snprintf(tail, sizeof tail, ANSWER_TAIL "%s)", datetime_now(now));
    size_t room = payload_max(to) - head_length - tail_length;
    if (message.length > room) {
        size_t kept = text_utf8_floor(message.bytes, room);
        log_warning("[%s] Yanıt kısaltıldı: metin %zu bayt, datagrama %zu baytı sığdı", name,
                    message.length, kept);
        message.length = kept;
    }
    memcpy(server->answer, head, head_length);
    memcpy(server->answer + head_length, message.bytes, message.length);
    memcpy(server->answer + head_length + message.length, tail, tail_length);
    return head_length + message.length + tail_length;
}
/* endregion */

static void serve(struct server *server, const struct question *question)
{
    char name[ADDRESS_TEXT_SIZE];
    struct text text = question->text;
    address_text(&question->from, name);
    if (question->sent_length > text.length)
        log_warning("[%s] Datagram kesildi: %zu bayttı, tampona %zu baytı sığdı", name,
                    question->sent_length, text.length);
    if (!text_is_utf8(text.bytes, text.length)) {
        log_warning("[%s] Geçersiz UTF-8, yanıt verilmedi", name);
        return;
    }
    struct text message = text_strip(text.bytes, text.length);
    char shown[200];
    text_escape(shown, sizeof shown, message.bytes, message.length);
    log_info("[%s] Mesaj: %s", name, shown);

    size_t length = make_answer(server, &question->from, message, name);
    wire_send(&server->wire, &question->from, server->answer, length);
}

/* region: serve-loop */
static int serve_next(struct server *server)
{
    struct question question;
    int outcome = receive(server, &question);
    if (outcome == 0)
        serve(server, &question);
    return outcome;
}

/* poll "okunur" dese de sağlama toplamı tutmayan datagram okunurken atılır: -EAGAIN. */
static bool is_passing(int error)
{
    return error == -ETIMEDOUT || error == -EAGAIN || error == -EINTR;
}

/* Her datagramdan önce poll'e dönülür: soru yağarken de durdurma isteği görülür. */
static void serve_until_stop(struct server *server)
{
    for (;;) {
        int outcome = wait_fd_or_stop(server->fd, POLLIN, wire_next_due(&server->wire));
        if (outcome == -ECANCELED)
            return;
        wire_send_due(&server->wire);
        if (outcome > 0)
            outcome = serve_next(server);
        if (outcome < 0 && !is_passing(outcome)) {
            log_warning("Datagram alınamadı: %s", error_text(outcome));
            wait_stop(deadline_after(FAILURE_PAUSE_SECONDS));
        }
    }
}
/* endregion */

/* region: bind */
/* Adrese bağlı soket ya da -errno. SO_REUSEADDR verilmez: UDP'de o seçenek, aynı portu isteyen
 * ikinci bir programın bütün datagramları sessizce üstüne almasına izin verir. */
static int open_socket(const struct address *address)
{
    int fd = socket(address->any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    int on = 1;
    if (setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on) < 0 ||
        bind(fd, &address->any, address->length) < 0) {
        int error = errno;
        close(fd);
        return -error;
    }
    return fd;
}
/* endregion */

static int open_any(const char *host, int port, const char **why)
{
    struct address addresses[ADDRESS_MAX];
    int count = address_resolve(host, port, SOCK_DGRAM, true, addresses, why);
    int fd = count;
    for (int i = 0; i < count; i++) {
        fd = open_socket(&addresses[i]);
        if (fd >= 0)
            break;
        *why = error_text(fd);
    }
    return fd;
}

static int announce(const struct server *server)
{
    struct address local;
    char name[ADDRESS_TEXT_SIZE];
    int outcome = address_of_socket(server->fd, &local);
    if (outcome < 0)
        return outcome;
    log_info("UDP Server başlatıldı: %s", address_text(&local, name));
    const struct wire_options *options = &server->wire.options;
    if (options->loss || options->duplicate || options->reorder || options->delay > 0)
        log_info("Hat: kayıp %%%ld, çoğaltma %%%ld, sıra bozma %%%ld, gecikme %g s, tohum %ld",
                 options->loss, options->duplicate, options->reorder, options->delay,
                 options->seed);
    return program_ready(name);
}

int main(int argc, char **argv)
{
    (void)argc;
    static struct server server = {.buffer = BUFFER_MAX};
    const char *host = "127.0.0.1";
    int port = 9001;
    bool verbose = false;
    struct wire_options wire = {.timeout = 5, .seed = 1};
    const struct cli_option options[] = {
        CLI_OPTION_HOST(&host, "dinlenecek adres"),
        CLI_OPTION_SERVER_PORT(&port),
        CLI_OPTION_TIMEOUT(&wire.timeout,
                           "--reorder ile bekletilen yanıt en geç bu kadar saniye sonra gider"),
        {0, "buffer", CLI_NUMBER, &server.buffer, 1, BUFFER_MAX, NULL,
         "alma tamponu, bayt; sığmayan datagram kesilir (belgedeki: 4096)", NULL},
        {0, "loss", CLI_NUMBER, &wire.loss, 0, 100, NULL, "yanıtların yüzde kaçı kaybedilsin",
         NULL},
        {0, "duplicate", CLI_NUMBER, &wire.duplicate, 0, 100, NULL,
         "yanıtların yüzde kaçı iki kez gönderilsin", NULL},
        {0, "reorder", CLI_NUMBER, &wire.reorder, 0, 100, NULL,
         "yanıtların yüzde kaçı bir sonrakinin arkasından gitsin", NULL},
        {0, "delay", CLI_SECONDS, &wire.delay, 0, 60, NULL, "her yanıt bu kadar saniye geciksin",
         NULL},
        {0, "seed", CLI_NUMBER, &wire.seed, 0, 2147483647, NULL,
         "rastgeleliğin tohumu; aynı tohum aynı dertleri çıkarır", NULL},
        CLI_OPTION_VERBOSE(&verbose),
        CLI_OPTION_HELP,
        CLI_OPTION_END,
    };
    program_init();
    cli_parse(&(struct cli){.name = "server",
                            .about = "Ders 05: gelen her datagramı yankılayan UDP sunucusu.\n"
                                     "İstenirse ağın dertlerini çıkarır: kayıp, çoğalma, sıra "
                                     "bozulması, gecikme, kesilme.",
                            .options = options},
              argv);
    log_set_level(verbose ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO);

    const char *why = NULL;
    char name[CLI_ENDPOINT_SIZE];
    server.fd = open_any(host, port, &why);
    if (server.fd < 0)
        return program_fail("Dinlenemedi: %s: %s", cli_endpoint(host, port, name), why);
    wire_init(&server.wire, server.fd, &wire);
    int outcome = stop_install();
    if (outcome == 0)
        outcome = announce(&server);
    if (outcome < 0) {
        close(server.fd);
        return program_fail("Server çalışamadı: %s", error_text(outcome));
    }

    serve_until_stop(&server);
    log_info("Server kapatılıyor");
    size_t unsent = wire_end(&server.wire);
    if (unsent > 0)
        log_warning("Bekletilen %zu yanıt gönderilmedi", unsent);
    close(server.fd);
    log_info("Server kapatıldı");
    return program_exit(EXIT_SUCCESS);
}
