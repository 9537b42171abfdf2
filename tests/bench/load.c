/* Ölçümlerin yük istemcisi; onu `scripts/bench` sürer (models, runtime).
 *
 * Bağlantıların `busy` kadarı sorar: her birinin havada hep tek isteği vardır, yanıtı gelmeden
 * yenisi gönderilmez. `idle` kadarı açık durur ve susar. Her yanıt bayt bayt denetlenir: yanlış
 * yanıt veren sunucu hızlı görünebilir.
 *
 * Ölçen taraf, sunucunun işlemci saatini tam ölçümün iki ucunda okuyabilsin diye bu program komut
 * bekler; iki ölçümün arasında havada istek yoktur:
 *
 *     yazar   hazır BUSY IDLE            bütün bağlantılar karşılandı
 *     okur    ölç SAYI                   o kadar gidiş dönüş (ısınmak için de bu kullanılır)
 *     yazar   bitti SAYI NANOSANİYE      hepsinin yanıtı geldi ve doğruydu
 *     okur    (akış sonu)                çıkış kodu 0
 *
 * Komut, öncekinin `bitti` satırından sonra gönderilir. Bağlanmanın ve her ölçümün bir zaman sınırı
 * vardır (--timeout).
 *
 * Bilerek yapmadığı: gecikme dağılımı ölçmek. Burada sorulan, sunucunun bir gidiş dönüşe ne
 * harcadığıdır.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/clock.h"
#include "base/errtext.h"
#include "base/program.h"
#include "base/wait.h"
#include "net/socket.h"
#include "talk.h"

#define MEASURE "ölç "
#define BURST 100 /* aynı anda karşılanmayı bekleyen bağlantı: sunucunun kuyruğu taşmasın */
#define EVENTS 256

/* Olan biteni bekler; `deadline` geçtiyse olay olsa da -ETIMEDOUT: susmayan bir sunucu bizi
 * tutamaz. */
static int wait_events(const struct load *load, deadline_t deadline, struct epoll_event *events)
{
    int count;
    do
        count = epoll_wait(load->epoll, events, EVENTS, deadline_poll_ms(deadline));
    while (count < 0 && errno == EINTR);
    if (count < 0)
        return -errno;
    return count == 0 || monotonic_ns() >= deadline ? -ETIMEDOUT : count;
}

/* Kenar tetiklemeli kayıt: bağlantı bir kez kaydedilir. Beklenenin tamamı okununca yeni bayt yeni
 * haber getirir; yarım okunan yanıtta da öyle. */
static int open_connection(const struct load *load, long index, deadline_t deadline)
{
    int fd = socket_connect(&load->server, SOCK_STREAM, deadline);
    if (fd < 0)
        return fail_at(load, index, "bağlanılamadı: %s", error_text(fd));
    load->slots[index].fd = fd;
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.u64 = (uint64_t)index};
    if (epoll_ctl(load->epoll, EPOLL_CTL_ADD, fd, &event) < 0)
        return fail_at(load, index, "izlenemedi: %s", error_text(errno));
    return 0;
}

/* `first`ten başlayan `count` bağlantıyı açar, hepsinin karşılanmasını bekler. */
static int open_burst(const struct load *load, long first, long count, deadline_t deadline)
{
    struct epoll_event events[EVENTS];
    int outcome = 0;
    for (long i = first; i < first + count && outcome == 0; i++)
        outcome = open_connection(load, i, deadline);
    for (long greeted = 0; outcome >= 0 && greeted < count;) {
        int ready = wait_events(load, deadline, events);
        if (ready < 0)
            return fail_at(load, first + greeted, "karşılanmadı: %s", error_text(ready));
        for (int i = 0; i < ready && outcome >= 0; i++) {
            long index = (long)events[i].data.u64;
            outcome = load->slots[index].greeted ? hear(load, index) : greet(load, index);
            greeted += outcome > 0;
        }
    }
    return outcome < 0 ? outcome : 0;
}

static int open_all(const struct load *load)
{
    deadline_t deadline = deadline_after(load->timeout);
    long total = load->busy + load->idle;
    int outcome = 0;
    for (long first = 0; first < total && outcome == 0; first += BURST)
        outcome = open_burst(load, first, total - first < BURST ? total - first : BURST, deadline);
    return outcome;
}

/* Bir tur olayın yanıtları; tamamlanan her yanıtın ardından, kaldıysa, yeni istek. */
static int answer_events(const struct load *load, const struct epoll_event *events, int ready,
                         long *unsent, long *unanswered)
{
    for (int i = 0; i < ready; i++) {
        long index = (long)events[i].data.u64;
        int outcome = hear(load, index);
        if (outcome < 0)
            return outcome;
        *unanswered -= outcome;
        if (outcome > 0 && *unsent > 0) {
            (*unsent)--;
            outcome = ask(load, index);
            if (outcome < 0)
                return outcome;
        }
    }
    return 0;
}

static int measure(const struct load *load, long trips)
{
    struct epoll_event events[EVENTS];
    deadline_t deadline = deadline_after(load->timeout);
    int64_t began = monotonic_ns();
    long unsent = trips;
    long unanswered = trips;
    int outcome = 0;
    for (long i = 0; i < load->busy && unsent > 0 && outcome == 0; i++, unsent--)
        outcome = ask(load, i);
    while (unanswered > 0 && outcome == 0) {
        int ready = wait_events(load, deadline, events);
        if (ready < 0) {
            program_fail("%ld yanıttan %ld tanesi alınamadı: %s", trips, unanswered,
                         error_text(ready));
            return ready;
        }
        outcome = answer_events(load, events, ready, &unsent, &unanswered);
    }
    if (outcome == 0)
        printf("bitti %ld %" PRId64 "\n", trips, monotonic_ns() - began);
    return outcome;
}

/* Sıradaki komutun sayısı; komut bittiyse 0. */
static long next_command(const struct load *load)
{
    char line[64];
    long trips = 0;
    int ready = wait_fd(STDIN_FILENO, POLLIN, deadline_after(load->timeout));
    if (ready < 0) {
        program_fail("Komut beklenirken: %s", error_text(ready));
        return ready;
    }
    if (!fgets(line, sizeof line, stdin))
        return 0;
    if (strncmp(line, MEASURE, strlen(MEASURE)) == 0)
        trips = strtol(line + strlen(MEASURE), NULL, 10);
    if (trips > 0)
        return trips;
    program_fail("Komut anlaşılmadı; geçerli olan: ölç SAYI");
    return -EINVAL;
}

static int obey(const struct load *load)
{
    printf("hazır %ld %ld\n", load->busy, load->idle);
    long trips;
    int outcome = 0;
    while (outcome == 0 && (trips = next_command(load)) != 0)
        outcome = trips < 0 ? (int)trips : measure(load, trips);
    return outcome;
}

/* Sonuna satır sonu eklenmiş kopya: `storage` LINE_SIZE bayttır. */
static struct text line_of(const char *option, const char *text, char *storage)
{
    size_t length = strlen(text);
    if (length + 1 > LINE_SIZE)
        cli_fail("--%s çok uzun: %zu bayt", option, length);
    memcpy(storage, text, length);
    storage[length] = '\n';
    return (struct text){storage, length + 1};
}

static int run(struct load *load)
{
    load->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (load->epoll < 0) {
        int error = errno;
        program_fail("epoll açılamadı: %s", error_text(error));
        return -error;
    }
    int outcome = open_all(load);
    if (outcome == 0)
        outcome = obey(load);
    return outcome; /* soketleri ve epoll'ü sürecin bitişi kapatır */
}

int main(int argc, char **argv)
{
    (void)argc;
    const char *host = "127.0.0.1";
    int port = 0;
    const char *request = "";
    const char *answer = "";
    char request_line[LINE_SIZE];
    char answer_line[LINE_SIZE];
    struct load load = {.busy = 1, .timeout = 60};
    const struct cli_option options[] = {
        CLI_OPTION_HOST(&host, "sunucunun adı ya da adresi"),
        CLI_OPTION_CLIENT_PORT(&port),
        {'b', "busy", CLI_NUMBER, &load.busy, 1, 20000, NULL, "soran bağlantılar", NULL},
        {'i', "idle", CLI_NUMBER, &load.idle, 0, 20000, NULL, "susan bağlantılar", NULL},
        {0, "request", CLI_TEXT, &request, 0, 0, NULL, "gönderilen satır", NULL},
        {0, "answer", CLI_TEXT, &answer, 0, 0, NULL, "beklenen yanıt satırı", NULL},
        CLI_OPTION_TIMEOUT(&load.timeout, "bağlanmanın ve her ölçümün en uzun süresi, saniye"),
        CLI_OPTION_HELP,
        CLI_OPTION_END,
    };
    program_init();
    cli_parse(&(struct cli){.name = "load",
                            .about = "Ölçümlerin yük istemcisi. Komutları stdin'den okur: ölç SAYI",
                            .options = options},
              argv);
    load.request = line_of("request", request, request_line);
    load.answer = line_of("answer", answer, answer_line);

    const char *why = NULL;
    struct address addresses[ADDRESS_MAX];
    if (address_resolve(host, port, SOCK_STREAM, false, addresses, &why) < 0)
        return program_fail("Bağlanılamadı: %s: %s", host, why);
    load.server = addresses[0];
    load.slots = calloc((size_t)(load.busy + load.idle), sizeof *load.slots);
    if (!load.slots)
        return program_fail("Bağlantılara bellek yok");
    int outcome = run(&load);
    free(load.slots);
    return program_exit(outcome < 0 ? EXIT_FAILURE : EXIT_SUCCESS);
}
