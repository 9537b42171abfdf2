/* net/outbox: sınırlı gönderme kuyruğu. */
#include "net/outbox.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/wait.h"
#include "check.h"
#include "stubs.h"
#include "tcp_pair.h"

#define SMALL_LIMIT 10
#define STREAM_SIZE (4 * 1024 * 1024)

static void put(struct outbox *outbox, const char *text)
{
    CHECK_INT_EQ(outbox_put(outbox, text, strlen(text)), 0);
}

/* Karşı tarafta bekleyen baytlar tam olarak `expected` mı? */
static void check_arrived(int fd, const char *expected)
{
    char bytes[256];
    size_t length = strlen(expected);
    CHECK_INT_EQ(wait_fd(fd, POLLIN, deadline_after(10)), POLLIN);
    CHECK_INT_EQ(recv(fd, bytes, sizeof bytes, 0), length);
    CHECK_BYTES_EQ(bytes, length, expected, length);
}

/* `byte`tan oluşan `length` bayt ve bir satır sonu. */
static void put_long_line(struct outbox *outbox, char byte, size_t length)
{
    char *room = outbox_room(outbox, length + 1);
    CHECK_TRUE(room != NULL);
    memset(room, byte, length);
    room[length] = '\n';
    outbox_added(outbox, length + 1);
}

/* Soket artık almayana dek gönderir; kuyrukta bir şey kalmış olmalıdır. */
static void send_until_full(struct outbox *outbox, int fd)
{
    ssize_t sent;
    while ((sent = outbox_send(outbox, fd)) > 0)
        ;
    CHECK_INT_EQ(sent, 0);
    CHECK_TRUE(outbox_waiting(outbox) > 0);
}

static void new_outbox_holds_nothing(void)
{
    struct outbox outbox;
    outbox_init(&outbox, SMALL_LIMIT);
    CHECK_INT_EQ(outbox_waiting(&outbox), 0);
    CHECK_FALSE(outbox_full(&outbox));
    outbox_free(&outbox);
}

static void messages_leave_together_and_in_order(void)
{
    struct pair pair = pair_open();
    struct outbox outbox;
    outbox_init(&outbox, SMALL_LIMIT);
    put(&outbox, "bir\n");
    put(&outbox, "iki\n");
    CHECK_INT_EQ(outbox_waiting(&outbox), 8);
    CHECK_INT_EQ(outbox_send(&outbox, pair.server), 8);
    CHECK_INT_EQ(outbox_waiting(&outbox), 0);
    check_arrived(pair.client, "bir\niki\n");
    outbox_free(&outbox);
    pair_close(pair);
}

static void putting_nothing_asks_for_no_memory(void)
{
    struct outbox outbox;
    outbox_init(&outbox, SMALL_LIMIT);
    CHECK_INT_EQ(outbox_put(&outbox, "", 0), 0);
    CHECK_INT_EQ(outbox_waiting(&outbox), 0);
    CHECK_TRUE(outbox.bytes == NULL);
    put(&outbox, "bir\n");
    CHECK_INT_EQ(outbox_put(&outbox, "", 0), 0);
    CHECK_INT_EQ(outbox_waiting(&outbox), 4);
    outbox_free(&outbox);
}

static void empty_outbox_sends_nothing(void)
{
    struct outbox outbox;
    outbox_init(&outbox, SMALL_LIMIT);
    CHECK_INT_EQ(outbox_send(&outbox, -1), 0);
    outbox_free(&outbox);
}

static void outbox_is_full_at_the_limit_and_not_before(void)
{
    struct outbox outbox;
    outbox_init(&outbox, SMALL_LIMIT);
    put(&outbox, "123456789");
    CHECK_FALSE(outbox_full(&outbox));
    put(&outbox, "0");
    CHECK_TRUE(outbox_full(&outbox));
    outbox_free(&outbox);
}

/* Sınır altındaki kuyruk ne kadar uzun olursa olsun bir mesaj daha alır. */
static void outbox_below_the_limit_takes_one_long_message(void)
{
    struct outbox outbox;
    outbox_init(&outbox, SMALL_LIMIT);
    put_long_line(&outbox, 'x', 70000);
    CHECK_INT_EQ(outbox_waiting(&outbox), 70001);
    CHECK_TRUE(outbox_full(&outbox));
    outbox_free(&outbox);
}

static void full_socket_takes_nothing_and_loses_nothing(void)
{
    struct pair pair = pair_open();
    pair_set_buffers(pair, 65536, 262144);
    struct outbox outbox;
    outbox_init(&outbox, STREAM_SIZE);
    char *room = outbox_room(&outbox, STREAM_SIZE);
    for (size_t i = 0; i < STREAM_SIZE; i++)
        room[i] = (char)(i % 251);
    outbox_added(&outbox, STREAM_SIZE);

    static char got[STREAM_SIZE];
    size_t total = 0;
    send_until_full(&outbox, pair.server);
    while (total < STREAM_SIZE) {
        CHECK_TRUE(outbox_send(&outbox, pair.server) >= 0);
        CHECK_TRUE(wait_fd(pair.client, POLLIN, deadline_after(10)) > 0);
        ssize_t count = recv(pair.client, got + total, STREAM_SIZE - total, 0);
        CHECK_TRUE(count > 0);
        total += (size_t)count;
    }
    for (size_t i = 0; i < STREAM_SIZE; i++)
        if (got[i] != (char)(i % 251))
            CHECK_INT_EQ(got[i], (char)(i % 251));
    outbox_free(&outbox);
    pair_close(pair);
}

static void message_may_be_added_behind_a_half_sent_one(void)
{
    struct pair pair = pair_open();
    pair_set_buffers(pair, 65536, 262144);
    struct outbox outbox;
    outbox_init(&outbox, STREAM_SIZE);
    put_long_line(&outbox, 'a', STREAM_SIZE / 2);
    send_until_full(&outbox, pair.server);
    put_long_line(&outbox, 'b', STREAM_SIZE / 2);

    size_t counts[2] = {0, 0};
    char bytes[65536];
    while (counts[0] + counts[1] < STREAM_SIZE) {
        CHECK_TRUE(outbox_send(&outbox, pair.server) >= 0);
        CHECK_TRUE(wait_fd(pair.client, POLLIN, deadline_after(10)) > 0);
        ssize_t count = recv(pair.client, bytes, sizeof bytes, 0);
        CHECK_TRUE(count > 0);
        for (ssize_t i = 0; i < count; i++)
            if (bytes[i] != '\n') {
                CHECK_FALSE(bytes[i] == 'a' && counts[1] > 0); /* b'den sonra a gelmez */
                counts[bytes[i] == 'b']++;
            }
    }
    CHECK_INT_EQ(counts[0], STREAM_SIZE / 2);
    CHECK_INT_EQ(counts[1], STREAM_SIZE / 2);
    outbox_free(&outbox);
    pair_close(pair);
}

/* Her gidenin ardından boşalan kuyruk bellek tutmaz. */
static void idle_outbox_holds_no_memory(void)
{
    struct pair pair = pair_open();
    struct outbox outbox;
    char bytes[128];
    outbox_init(&outbox, SMALL_LIMIT);
    for (int i = 0; i < 100; i++) {
        put(&outbox, "mesaj\n");
        CHECK_INT_EQ(outbox_send(&outbox, pair.server), 6);
        CHECK_TRUE(wait_fd(pair.client, POLLIN, deadline_after(10)) > 0);
        CHECK_TRUE(recv(pair.client, bytes, sizeof bytes, 0) > 0);
        CHECK_INT_EQ(outbox.capacity, 0);
    }
    outbox_free(&outbox);
    pair_close(pair);
}

/* Sıra numarası taşıyan bin baytlık mesaj. */
static void put_numbered(struct outbox *outbox, int number)
{
    char text[1001];
    snprintf(text, sizeof text, "%0999d\n", number);
    put(outbox, text);
}

/* Gelen mesajların numaraları sırayla mı? `*bytes` şimdiye dek gelen bayt sayısıdır. */
static void check_numbers(int fd, size_t *bytes)
{
    char chunk[4096];
    ssize_t got;
    while ((got = recv(fd, chunk, sizeof chunk, 0)) > 0)
        for (ssize_t i = 0; i < got; i++, (*bytes)++) {
            char number[1001];
            snprintf(number, sizeof number, "%0999zu\n", *bytes / 1000);
            CHECK_INT_EQ(chunk[i], number[*bytes % 1000]);
        }
}

/* Kuyruk hiç boşalmasa da giden baytların yeri yeniden kullanılır, sıra bozulmaz. */
static void sent_bytes_make_room_for_new_ones(void)
{
    struct outbox outbox;
    outbox_init(&outbox, 64000);
    int sockets[2], small = 4096;
    CHECK_INT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, sockets), 0);
    CHECK_INT_EQ(setsockopt(sockets[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof small), 0);
    size_t received = 0;
    int number = 0;
    while (number < 2000) {
        while (!outbox_full(&outbox))
            put_numbered(&outbox, number++);
        CHECK_BETWEEN(outbox_send(&outbox, sockets[0]), 1, 64000);
        CHECK_TRUE(outbox_waiting(&outbox) > 0);
        CHECK_BETWEEN(outbox.capacity, 0, 131072);
        check_numbers(sockets[1], &received);
    }
    CHECK_INT_EQ(received + outbox_waiting(&outbox), (size_t)number * 1000);
    outbox_free(&outbox);
    close(sockets[0]);
    close(sockets[1]);
}

static void emptied_outbox_gives_large_memory_back(void)
{
    struct pair pair = pair_open();
    struct outbox outbox;
    outbox_init(&outbox, STREAM_SIZE);
    put_long_line(&outbox, 'x', 100000);
    while (outbox_waiting(&outbox) > 0) {
        char bytes[65536];
        CHECK_TRUE(outbox_send(&outbox, pair.server) >= 0);
        CHECK_TRUE(wait_fd(pair.client, POLLIN, deadline_after(10)) > 0);
        CHECK_TRUE(recv(pair.client, bytes, sizeof bytes, 0) > 0);
    }
    CHECK_INT_EQ(outbox.capacity, 0);
    CHECK_INT_EQ(outbox.limit, STREAM_SIZE);
    outbox_free(&outbox);
    pair_close(pair);
}

static void lack_of_memory_leaves_the_queue_as_it_is(void)
{
    struct pair pair = pair_open();
    struct outbox outbox;
    outbox_init(&outbox, STREAM_SIZE);
    put(&outbox, "duran\n");
    stub_fill_memory(true);
    static const char long_message[100000];
    char *room = outbox_room(&outbox, sizeof long_message);
    int outcome = outbox_put(&outbox, long_message, sizeof long_message);
    stub_fill_memory(false);
    CHECK_TRUE(room == NULL);
    CHECK_INT_EQ(outcome, -ENOMEM);
    CHECK_INT_EQ(outbox_send(&outbox, pair.server), 6);
    check_arrived(pair.client, "duran\n");
    outbox_free(&outbox);
    pair_close(pair);
}

static void gone_peer_is_an_error_and_no_signal(void)
{
    struct pair pair = pair_open();
    struct outbox outbox;
    outbox_init(&outbox, SMALL_LIMIT);
    pair_reset(pair.client);
    CHECK_TRUE(wait_fd(pair.server, POLLIN, deadline_after(10)) > 0);
    put(&outbox, "kime?\n");
    CHECK_INT_EQ(outbox_send(&outbox, pair.server), -ECONNRESET);
    CHECK_INT_EQ(outbox_send(&outbox, pair.server), -EPIPE);
    CHECK_INT_EQ(outbox_waiting(&outbox), strlen("kime?\n"));
    outbox_free(&outbox);
    close(pair.server);
}

static void discard_without_a_half_sent_message_empties(void)
{
    struct outbox outbox;
    outbox_init(&outbox, SMALL_LIMIT);
    put(&outbox, "bir\niki\n");
    CHECK_INT_EQ(outbox_discard(&outbox), 8);
    CHECK_INT_EQ(outbox_waiting(&outbox), 0);
    CHECK_INT_EQ(outbox_discard(&outbox), 0);
    outbox_free(&outbox);
}

static void discard_keeps_the_rest_of_a_half_sent_message(void)
{
    struct pair pair = pair_open();
    pair_set_buffers(pair, 65536, 262144);
    struct outbox outbox;
    outbox_init(&outbox, STREAM_SIZE);
    put_long_line(&outbox, 'a', STREAM_SIZE);
    put(&outbox, "sonraki\nen sonraki\n");
    send_until_full(&outbox, pair.server);
    size_t waiting = outbox_waiting(&outbox);
    CHECK_INT_EQ(outbox_discard(&outbox), strlen("sonraki\nen sonraki\n"));
    CHECK_INT_EQ(outbox_waiting(&outbox), waiting - strlen("sonraki\nen sonraki\n"));
    CHECK_INT_EQ(outbox.bytes[outbox.end - 1], '\n');
    outbox_free(&outbox);
    pair_close(pair);
}

/* Tam mesaj sınırında duran kuyruğun başı yarım değildir. */
static void discard_after_whole_messages_keeps_nothing(void)
{
    struct pair pair = pair_open();
    struct outbox outbox;
    outbox_init(&outbox, SMALL_LIMIT);
    put(&outbox, "giden\n");
    CHECK_INT_EQ(outbox_send(&outbox, pair.server), 6);
    put(&outbox, "kalan\n");
    CHECK_INT_EQ(outbox_discard(&outbox), 6);
    CHECK_INT_EQ(outbox_waiting(&outbox), 0);
    outbox_free(&outbox);
    pair_close(pair);
}

static const struct check_test tests[] = {
    {RUN(new_outbox_holds_nothing)},
    {RUN(messages_leave_together_and_in_order)},
    {RUN(putting_nothing_asks_for_no_memory)},
    {RUN(empty_outbox_sends_nothing)},
    {RUN(outbox_is_full_at_the_limit_and_not_before)},
    {RUN(outbox_below_the_limit_takes_one_long_message)},
    {RUN(full_socket_takes_nothing_and_loses_nothing)},
    {RUN(message_may_be_added_behind_a_half_sent_one)},
    {RUN(idle_outbox_holds_no_memory)},
    {RUN(sent_bytes_make_room_for_new_ones)},
    {RUN(emptied_outbox_gives_large_memory_back)},
    {RUN(lack_of_memory_leaves_the_queue_as_it_is)},
    {RUN(gone_peer_is_an_error_and_no_signal)},
    {RUN(discard_without_a_half_sent_message_empties)},
    {RUN(discard_keeps_the_rest_of_a_half_sent_message)},
    {RUN(discard_after_whole_messages_keeps_nothing)},
};

int main(void)
{
    return CHECK_RUN(tests);
}
