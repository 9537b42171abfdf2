/* net/socket: dinlemek, bağlanmak, tamamını göndermek, zaman sınırıyla okumak, düzgün kapatmak. */
#include "net/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/stop.h"
#include "base/wait.h"
#include "child.h"
#include "check.h"
#include "tcp_pair.h"

#define NS_PER_MS 1000000
#define HOST "127.0.0.1"

/* Takılan bir beklemeyi ele veren, olağan koşuda hiç dolmayan sınır. */
#define PATIENCE deadline_after(10)

static int port_of(int fd)
{
    return ntohs(pair_address_of(fd).v4.sin_port);
}

/* --- socket_listen --- */

static void listener_on_port_zero_gets_a_port(void)
{
    int fd = pair_listen(0, SOCK_STREAM);
    CHECK_BETWEEN(port_of(fd), 1, 65535);
    CHECK_INT_EQ(pair_address_of(fd).v4.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
    close(fd);
}

static void listener_on_ipv6_loopback_works(void)
{
    const char *why = "";
    int fd = socket_listen("::1", 0, SOCK_STREAM, 16, &why);
    if (fd < 0)
        SKIP("IPv6 yok");
    CHECK_INT_EQ(pair_address_of(fd).any.sa_family, AF_INET6);
    int client = pair_connect(fd);
    close(client);
    close(fd);
}

static void check_non_blocking_and_closed_on_exec(int fd)
{
    CHECK_TRUE(fcntl(fd, F_GETFL) & O_NONBLOCK);
    CHECK_TRUE(fcntl(fd, F_GETFD) & FD_CLOEXEC);
}

static void sockets_neither_block_nor_leak_into_exec(void)
{
    int listener = pair_listen(0, SOCK_STREAM);
    int client = pair_connect(listener);
    check_non_blocking_and_closed_on_exec(listener);
    check_non_blocking_and_closed_on_exec(client);
    close(client);
    close(listener);
}

static void second_listener_is_told_the_address_is_in_use(void)
{
    const char *why = NULL;
    int first = pair_listen(0, SOCK_STREAM);
    CHECK_INT_EQ(socket_listen(HOST, port_of(first), SOCK_STREAM, 16, &why), -EADDRINUSE);
    CHECK_TEXT_EQ(why, "adres kullanımda");
    close(first);
}

/* SO_REUSEADDR UDP'de portu paylaştırır: ikinci sunucu hata almaz, datagramları çalar. */
static void second_datagram_socket_is_refused_too(void)
{
    const char *why = NULL;
    int first = pair_listen(0, SOCK_DGRAM);
    CHECK_INT_EQ(socket_listen(HOST, port_of(first), SOCK_DGRAM, 0, &why), -EADDRINUSE);
    CHECK_TEXT_EQ(why, "adres kullanımda");
    close(first);
}

/* Sunucu önce kapatınca bağlantı onun portunda TIME_WAIT'te kalır; SO_REUSEADDR'sız yeniden
 * başlayamazdı. */
static void port_in_time_wait_may_be_listened_on_again(void)
{
    char byte;
    int listener = pair_listen(0, SOCK_STREAM);
    int port = port_of(listener);
    int client = pair_connect(listener);
    int server = pair_accept(listener);
    close(server);
    CHECK_INT_EQ(socket_receive(client, &byte, 1, PATIENCE), 0);
    close(client);
    close(listener);
    close(pair_listen(port, SOCK_STREAM));
}

static void foreign_address_cannot_be_listened_on(void)
{
    const char *why = NULL;
    CHECK_INT_EQ(socket_listen("192.0.2.1", 0, SOCK_STREAM, 16, &why), -EADDRNOTAVAIL);
    CHECK_TEXT_EQ(why, "bu makinede böyle bir adres yok");
}

static void impossible_name_cannot_be_listened_on(void)
{
    const char *why = NULL;
    CHECK_INT_EQ(socket_listen("a..b", 0, SOCK_STREAM, 16, &why), -EHOSTUNREACH);
    CHECK_TRUE(why && why[0]);
}

/* --- socket_connect --- */

/* Bağlı ama dinlemeyen soket portu tutar: başkası açamaz, bağlanan RST alır. */
static void connection_to_a_port_nobody_listens_on_is_refused(void)
{
    struct address address = {.length = sizeof address.v4};
    address.v4.sin_family = AF_INET;
    address.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int holder = socket(AF_INET, SOCK_STREAM, 0);
    CHECK_INT_EQ(bind(holder, &address.any, address.length), 0);
    CHECK_INT_EQ(address_of_socket(holder, &address), 0);
    CHECK_INT_EQ(socket_connect(&address, SOCK_STREAM, PATIENCE), -ECONNREFUSED);
    close(holder);
}

/* Kuyruğu dolu bir dinleyici: kabul etmez, yeni SYN'leri yanıtsız bırakır. `queued` içeride
 * bekleyenlerdir. */
struct full_listener {
    int fd;
    int queued[4];
    struct address address;
};

static struct full_listener open_full_listener(void)
{
    struct full_listener full = {.fd = pair_listen(0, SOCK_STREAM)};
    CHECK_INT_EQ(listen(full.fd, 0), 0);
    full.address = pair_address_of(full.fd);
    for (int i = 0; i < 4; i++) {
        full.queued[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        int outcome = connect(full.queued[i], &full.address.any, full.address.length);
        CHECK_TRUE(outcome == 0 || errno == EINPROGRESS);
    }
    return full;
}

static void close_full_listener(struct full_listener full)
{
    for (int i = 0; i < 4; i++)
        close(full.queued[i]);
    close(full.fd);
}

static void connection_to_a_full_backlog_times_out(void)
{
    struct full_listener full = open_full_listener();
    deadline_t deadline = monotonic_ns() + 50 * NS_PER_MS;
    CHECK_INT_EQ(socket_connect(&full.address, SOCK_STREAM, deadline), -ETIMEDOUT);
    CHECK_BETWEEN(monotonic_ns(), deadline, deadline + INT64_C(5000) * NS_PER_MS);
    close_full_listener(full);
}

static void connect_after_request(void *unused)
{
    (void)unused;
    struct full_listener full = open_full_listener();
    CHECK_INT_EQ(stop_install(), 0);
    raise(SIGTERM);
    CHECK_INT_EQ(socket_connect(&full.address, SOCK_STREAM, PATIENCE), -ECANCELED);
    close_full_listener(full);
}

static void stop_request_cancels_connecting(void)
{
    child_check(connect_after_request, NULL);
}

static void connected_datagram_socket_hears_of_a_missing_server(void)
{
    char byte;
    int server = pair_listen(0, SOCK_DGRAM);
    struct address address = pair_address_of(server);
    int client = socket_connect(&address, SOCK_DGRAM, PATIENCE);
    CHECK_TRUE(client >= 0);
    close(server);
    CHECK_INT_EQ(socket_send_all(client, "?", 1, PATIENCE), 0);
    CHECK_INT_EQ(socket_receive(client, &byte, 1, PATIENCE), -ECONNREFUSED);
    close(client);
}

static void unknown_family_cannot_be_connected_to(void)
{
    struct address address = {.length = sizeof address.storage};
    CHECK_INT_EQ(socket_connect(&address, SOCK_STREAM, PATIENCE), -EAFNOSUPPORT);
}

/* --- socket_send_all --- */

#define STREAM_SIZE ((size_t)1024 * 1024)

static unsigned char pattern_at(size_t at)
{
    return (unsigned char)(at % 251 + at / 4096);
}

static unsigned char *new_pattern(void)
{
    unsigned char *bytes = malloc(STREAM_SIZE);
    CHECK_TRUE(bytes);
    for (size_t i = 0; i < STREAM_SIZE; i++)
        bytes[i] = pattern_at(i);
    return bytes;
}

/* Durdurma isteğine bakmayan okuma: karşı taraf başka bir süreç olsaydı sinyali o almazdı. */
static ssize_t read_some(int fd, void *bytes, size_t size)
{
    int ready = wait_fd(fd, POLLIN, PATIENCE);
    return ready < 0 ? ready : recv(fd, bytes, size, 0);
}

/* Akışı değişen boyda parçalarla okur; dönen değer, beklenenle aynı olan baştaki baytların
 * sayısıdır. */
static void *read_pattern(void *argument)
{
    int fd = *(int *)argument;
    unsigned char chunk[3000];
    size_t at = 0;
    for (size_t size = 1;; size = size * 7 % sizeof chunk + 1) {
        ssize_t got = read_some(fd, chunk, size);
        if (got <= 0)
            return (void *)at;
        for (ssize_t i = 0; i < got; i++, at++)
            if (chunk[i] != pattern_at(at))
                return (void *)at;
    }
}

/* Gönderen tampondan çok büyük olan 1 MiB, karşıya bayt bayt aynı ulaşmalıdır. */
static void send_pattern(struct pair pair)
{
    pthread_t reader;
    void *arrived;
    unsigned char *bytes = new_pattern();
    pair_set_buffers(pair, 4096, 131072);
    CHECK_INT_EQ(pthread_create(&reader, NULL, read_pattern, &pair.client), 0);
    CHECK_INT_EQ(socket_send_all(pair.server, bytes, STREAM_SIZE, PATIENCE), 0);
    CHECK_INT_EQ(shutdown(pair.server, SHUT_WR), 0);
    CHECK_INT_EQ(pthread_join(reader, &arrived), 0);
    CHECK_INT_EQ((size_t)arrived, STREAM_SIZE);
    free(bytes);
}

static void short_sends_are_continued_byte_for_byte(void)
{
    struct pair pair = pair_open();
    send_pattern(pair);
    pair_close(pair);
}

static void on_storm(int signal_number)
{
    (void)signal_number;
}

static timer_t start_timer(int signal_number, struct itimerspec when)
{
    timer_t timer;
    struct sigevent event;
    memset(&event, 0, sizeof event);
    event.sigev_notify = SIGEV_SIGNAL;
    event.sigev_signo = signal_number;
    CHECK_INT_EQ(timer_create(CLOCK_MONOTONIC, &event, &timer), 0);
    CHECK_INT_EQ(timer_settime(timer, 0, &when, NULL), 0);
    return timer;
}

/* Her milisaniyede bir SIGUSR1; işleyicisi SA_RESTART'sızdır, her bekleme EINTR alır. */
static timer_t start_signal_storm(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_storm;
    CHECK_INT_EQ(sigaction(SIGUSR1, &action, NULL), 0);
    struct timespec each = {0, NS_PER_MS};
    return start_timer(SIGUSR1, (struct itimerspec){.it_interval = each, .it_value = each});
}

static void signals_neither_lose_nor_repeat_bytes(void)
{
    struct pair pair = pair_open();
    timer_t storm = start_signal_storm();
    send_pattern(pair);
    timer_delete(storm);
    pair_close(pair);
}

static void sending_nothing_is_done_at_once(void)
{
    struct pair pair = pair_open();
    CHECK_INT_EQ(socket_send_all(pair.server, "", 0, monotonic_ns() - 1), 0);
    pair_close(pair);
}

static void peer_that_does_not_read_times_the_send_out(void)
{
    struct pair pair = pair_open();
    unsigned char *bytes = new_pattern();
    pair_set_buffers(pair, 4096, 4096);
    deadline_t deadline = monotonic_ns() + 50 * NS_PER_MS;
    CHECK_INT_EQ(socket_send_all(pair.server, bytes, STREAM_SIZE, deadline), -ETIMEDOUT);
    CHECK_BETWEEN(monotonic_ns(), deadline, deadline + INT64_C(5000) * NS_PER_MS);
    free(bytes);
    pair_close(pair);
}

/* SIGPIPE burada yok sayılmıyor: send'in kendisi sinyal istememiş olmalıdır. */
static void send_to_a_gone_peer_is_an_error_and_no_signal(void)
{
    struct pair pair = pair_open();
    pair_reset(pair.client);
    CHECK_INT_EQ(socket_receive(pair.server, (char[1]){0}, 1, PATIENCE), -ECONNRESET);
    CHECK_INT_EQ(socket_send_all(pair.server, "x", 1, PATIENCE), -EPIPE);
    close(pair.server);
}

static void send_after_request(void *unused)
{
    (void)unused;
    struct pair pair = pair_open();
    CHECK_INT_EQ(stop_install(), 0);
    raise(SIGTERM);
    send_pattern(pair);
    pair_close(pair);
}

static void stop_request_lets_a_send_finish(void)
{
    child_check(send_after_request, NULL);
}

static void send_to_nobody_after_request(void *unused)
{
    (void)unused;
    struct pair pair = pair_open();
    unsigned char *bytes = new_pattern();
    pair_set_buffers(pair, 4096, 4096);
    CHECK_INT_EQ(stop_install(), 0);
    raise(SIGTERM);
    CHECK_INT_EQ(socket_send_all(pair.server, bytes, STREAM_SIZE, DEADLINE_NONE), -ETIMEDOUT);
    CHECK_BETWEEN(monotonic_ns(), stop_deadline(), stop_deadline() + INT64_C(5000) * NS_PER_MS);
    free(bytes);
    pair_close(pair);
}

static void stop_request_bounds_a_send_without_deadline(void)
{
    child_check(send_to_nobody_after_request, NULL);
}

/* İstek, bekleme sürerken gelir (20 ms). Gönderenin kendi sınırı kapanış sınırından önce
 * doluyorsa o geçerlidir. */
static void request_while_sending(void *unused)
{
    (void)unused;
    struct pair pair = pair_open();
    unsigned char *bytes = new_pattern();
    pair_set_buffers(pair, 4096, 4096);
    CHECK_INT_EQ(stop_install(), 0);
    timer_t timer = start_timer(SIGTERM, (struct itimerspec){.it_value = {0, 20 * NS_PER_MS}});
    deadline_t deadline = monotonic_ns() + 200 * NS_PER_MS;
    CHECK_INT_EQ(socket_send_all(pair.server, bytes, STREAM_SIZE, deadline), -ETIMEDOUT);
    CHECK_TRUE(stop_requested());
    CHECK_BETWEEN(monotonic_ns(), deadline, stop_deadline() - 1);
    timer_delete(timer);
    free(bytes);
    pair_close(pair);
}

static void request_during_a_send_keeps_its_own_deadline(void)
{
    child_check(request_while_sending, NULL);
}

/* --- socket_receive --- */

static void receive_gives_what_has_come(void)
{
    char bytes[16];
    struct pair pair = pair_open();
    CHECK_INT_EQ(socket_send_all(pair.client, "merhaba", 7, PATIENCE), 0);
    ssize_t got = socket_receive(pair.server, bytes, sizeof bytes, PATIENCE);
    CHECK_TRUE(got >= 0);
    CHECK_BYTES_EQ(bytes, (size_t)got, "merhaba", 7);
    pair_close(pair);
}

#define ROUNDS 200

/* Gelen baytı bir artırıp geri gönderir. */
static void *answer_rounds(void *argument)
{
    int fd = *(int *)argument;
    unsigned char byte;
    for (int i = 0; i < ROUNDS; i++) {
        CHECK_INT_EQ(socket_receive(fd, &byte, 1, PATIENCE), 1);
        byte++;
        CHECK_INT_EQ(socket_send_all(fd, &byte, 1, PATIENCE), 0);
    }
    return NULL;
}

/* Soru yanıttan önce gelemez: her turda iki yandan biri gerçekten bekler. */
static void receive_waits_for_bytes_to_come(void)
{
    pthread_t peer;
    unsigned char byte = 0;
    struct pair pair = pair_open();
    CHECK_INT_EQ(pthread_create(&peer, NULL, answer_rounds, &pair.server), 0);
    for (int i = 0; i < ROUNDS; i++) {
        CHECK_INT_EQ(socket_send_all(pair.client, &byte, 1, PATIENCE), 0);
        CHECK_INT_EQ(socket_receive(pair.client, &byte, 1, PATIENCE), 1);
    }
    CHECK_INT_EQ(byte, ROUNDS);
    CHECK_INT_EQ(pthread_join(peer, NULL), 0);
    pair_close(pair);
}

static void end_of_stream_is_zero(void)
{
    char byte;
    struct pair pair = pair_open();
    CHECK_INT_EQ(shutdown(pair.client, SHUT_WR), 0);
    CHECK_INT_EQ(socket_receive(pair.server, &byte, 1, PATIENCE), 0);
    CHECK_INT_EQ(socket_receive(pair.server, &byte, 1, PATIENCE), 0);
    pair_close(pair);
}

static void silent_peer_times_the_receive_out(void)
{
    char byte;
    struct pair pair = pair_open();
    deadline_t deadline = monotonic_ns() + 20 * NS_PER_MS;
    CHECK_INT_EQ(socket_receive(pair.server, &byte, 1, deadline), -ETIMEDOUT);
    CHECK_BETWEEN(monotonic_ns(), deadline, deadline + INT64_C(5000) * NS_PER_MS);
    pair_close(pair);
}

/* Alınan soket bloke eden kipte de olsa zaman sınırı geçerlidir. */
static void deadline_holds_for_a_blocking_socket_too(void)
{
    char byte;
    struct pair pair = pair_open();
    CHECK_INT_EQ(fcntl(pair.server, F_SETFL, 0), 0);
    CHECK_INT_EQ(socket_receive(pair.server, &byte, 1, monotonic_ns() + NS_PER_MS), -ETIMEDOUT);
    unsigned char *bytes = new_pattern();
    pair_set_buffers(pair, 4096, 4096);
    CHECK_INT_EQ(socket_send_all(pair.server, bytes, STREAM_SIZE, monotonic_ns() + NS_PER_MS),
                 -ETIMEDOUT);
    free(bytes);
    pair_close(pair);
}

static void reset_is_told_from_end_of_stream(void)
{
    char byte;
    struct pair pair = pair_open();
    pair_reset(pair.client);
    CHECK_INT_EQ(socket_receive(pair.server, &byte, 1, PATIENCE), -ECONNRESET);
    close(pair.server);
}

static void receive_after_request(void *unused)
{
    (void)unused;
    char bytes[16];
    struct pair pair = pair_open();
    CHECK_INT_EQ(stop_install(), 0);
    CHECK_INT_EQ(socket_send_all(pair.client, "son", 3, PATIENCE), 0);
    CHECK_INT_EQ(wait_fd(pair.server, POLLIN, PATIENCE), POLLIN);
    raise(SIGTERM);
    CHECK_INT_EQ(socket_receive(pair.server, bytes, sizeof bytes, PATIENCE), 3);
    CHECK_INT_EQ(socket_receive(pair.server, bytes, sizeof bytes, PATIENCE), -ECANCELED);
    pair_close(pair);
}

/* Gelmiş bayt istekten sonra da alınır, yenisi beklenmez. */
static void stop_request_cancels_only_the_waiting(void)
{
    child_check(receive_after_request, NULL);
}

/* --- socket_close_gracefully --- */

/* Okunmamış bayt varken kapanan bağlantıda bile son söz, ardından akış sonu gelir; RST gelmez. */
static void last_word_arrives_although_bytes_were_unread(void)
{
    char bytes[64];
    struct pair pair = pair_open();
    unsigned char *unread = new_pattern();
    CHECK_INT_EQ(socket_send_all(pair.client, unread, 20000, PATIENCE), 0);
    CHECK_INT_EQ(wait_fd(pair.server, POLLIN, PATIENCE), POLLIN);
    CHECK_INT_EQ(socket_send_all(pair.server, "hoşça kal\n", strlen("hoşça kal\n"), PATIENCE), 0);
    socket_close_gracefully(pair.server, monotonic_ns() + 50 * NS_PER_MS);

    ssize_t got = socket_receive(pair.client, bytes, sizeof bytes, PATIENCE);
    CHECK_TRUE(got > 0);
    CHECK_BYTES_EQ(bytes, (size_t)got, "hoşça kal\n", strlen("hoşça kal\n"));
    CHECK_INT_EQ(socket_receive(pair.client, bytes, sizeof bytes, PATIENCE), 0);
    close(pair.client);
    free(unread);
}

static void *close_after_end_of_stream(void *argument)
{
    char byte;
    int fd = *(int *)argument;
    ssize_t got = socket_receive(fd, &byte, 1, PATIENCE);
    close(fd);
    return (void *)got;
}

/* Karşı taraf da kapatınca sınır beklenmez. */
static void close_is_over_when_the_peer_closes(void)
{
    pthread_t peer;
    void *got;
    struct pair pair = pair_open();
    int64_t start = monotonic_ns();
    CHECK_INT_EQ(pthread_create(&peer, NULL, close_after_end_of_stream, &pair.client), 0);
    socket_close_gracefully(pair.server, deadline_after(20));
    CHECK_BETWEEN(monotonic_ns() - start, 0, INT64_C(10000) * NS_PER_MS);
    CHECK_INT_EQ(pthread_join(peer, &got), 0);
    CHECK_INT_EQ((ssize_t)got, 0);
}

static void peer_that_stays_delays_close_only_to_the_deadline(void)
{
    struct pair pair = pair_open();
    deadline_t deadline = monotonic_ns() + 30 * NS_PER_MS;
    socket_close_gracefully(pair.server, deadline);
    CHECK_BETWEEN(monotonic_ns(), deadline, deadline + INT64_C(5000) * NS_PER_MS);
    close(pair.client);
}

/* Sınır geçmişse gelmiş olan da okunmaz. Unix soketinde okunmadan kapanan, karşıya RST gibi
 * görünür (unix(7)). */
static void close_after_the_deadline_reads_nothing(void)
{
    char byte;
    int ends[2];
    CHECK_INT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    CHECK_INT_EQ(socket_send_all(ends[0], "geç", strlen("geç"), PATIENCE), 0);
    socket_close_gracefully(ends[1], monotonic_ns() - 1);
    CHECK_INT_EQ(socket_receive(ends[0], &byte, 1, PATIENCE), -ECONNRESET);
    close(ends[0]);
}

/* Bağlantı kopana dek durmadan gönderir. */
static void *talk_without_end(void *argument)
{
    char chunk[4096] = {0};
    while (socket_send_all(*(int *)argument, chunk, sizeof chunk, PATIENCE) == 0)
        ;
    return NULL;
}

static void peer_that_never_stops_talking_is_cut_at_the_deadline(void)
{
    pthread_t peer;
    struct pair pair = pair_open();
    CHECK_INT_EQ(pthread_create(&peer, NULL, talk_without_end, &pair.client), 0);
    deadline_t deadline = monotonic_ns() + 30 * NS_PER_MS;
    socket_close_gracefully(pair.server, deadline);
    CHECK_BETWEEN(monotonic_ns(), deadline, deadline + INT64_C(5000) * NS_PER_MS);
    CHECK_INT_EQ(pthread_join(peer, NULL), 0);
    close(pair.client);
}

static void close_of_a_broken_connection_just_closes(void)
{
    struct pair pair = pair_open();
    pair_reset(pair.client);
    CHECK_INT_EQ(socket_receive(pair.server, (char[1]){0}, 1, PATIENCE), -ECONNRESET);
    int64_t start = monotonic_ns();
    socket_close_gracefully(pair.server, deadline_after(20));
    CHECK_BETWEEN(monotonic_ns() - start, 0, INT64_C(10000) * NS_PER_MS);
}

static const struct check_test tests[] = {
    {RUN(listener_on_port_zero_gets_a_port)},
    {RUN(listener_on_ipv6_loopback_works)},
    {RUN(sockets_neither_block_nor_leak_into_exec)},
    {RUN(second_listener_is_told_the_address_is_in_use)},
    {RUN(second_datagram_socket_is_refused_too)},
    {RUN(port_in_time_wait_may_be_listened_on_again)},
    {RUN(foreign_address_cannot_be_listened_on)},
    {RUN(impossible_name_cannot_be_listened_on)},
    {RUN(connection_to_a_port_nobody_listens_on_is_refused)},
    {RUN(connection_to_a_full_backlog_times_out)},
    {RUN(stop_request_cancels_connecting)},
    {RUN(connected_datagram_socket_hears_of_a_missing_server)},
    {RUN(unknown_family_cannot_be_connected_to)},
    {RUN(short_sends_are_continued_byte_for_byte)},
    {RUN(signals_neither_lose_nor_repeat_bytes)},
    {RUN(sending_nothing_is_done_at_once)},
    {RUN(peer_that_does_not_read_times_the_send_out)},
    {RUN(send_to_a_gone_peer_is_an_error_and_no_signal)},
    {RUN(stop_request_lets_a_send_finish)},
    {RUN(stop_request_bounds_a_send_without_deadline)},
    {RUN(request_during_a_send_keeps_its_own_deadline)},
    {RUN(receive_gives_what_has_come)},
    {RUN(receive_waits_for_bytes_to_come)},
    {RUN(end_of_stream_is_zero)},
    {RUN(silent_peer_times_the_receive_out)},
    {RUN(deadline_holds_for_a_blocking_socket_too)},
    {RUN(reset_is_told_from_end_of_stream)},
    {RUN(stop_request_cancels_only_the_waiting)},
    {RUN(last_word_arrives_although_bytes_were_unread)},
    {RUN(close_is_over_when_the_peer_closes)},
    {RUN(peer_that_stays_delays_close_only_to_the_deadline)},
    {RUN(close_after_the_deadline_reads_nothing)},
    {RUN(peer_that_never_stops_talking_is_cut_at_the_deadline)},
    {RUN(close_of_a_broken_connection_just_closes)},
};

int main(void)
{
    return CHECK_RUN(tests);
}
