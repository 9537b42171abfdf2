/* net/connection: satırlar, kuyruk, geri basınç, kapanışın adımları. */
#include "net/connection.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/wait.h"
#include "check.h"
#include "stubs.h"
#include "tcp_pair.h"

#define NOW INT64_C(1000000000)
#define SECOND INT64_C(1000000000)
#define QUEUE_LIMIT 100

/* Sunucu ucunda bir bağlantı, istemci ucunda yalın soket. */
struct scene {
    struct connection connection;
    int client;
};

static struct scene open_scene(void)
{
    struct pair pair = pair_open();
    struct scene scene = {.client = pair.client};
    struct address peer = pair_address_of(pair.client);
    connection_init(&scene.connection, pair.server, &peer, QUEUE_LIMIT, NOW);
    return scene;
}

static void close_scene(struct scene *scene)
{
    close(scene->client);
    connection_close(&scene->connection);
}

static void client_sends(struct scene *scene, const void *bytes, size_t length)
{
    CHECK_INT_EQ(send(scene->client, bytes, length, 0), length);
}

/* Sunucuya bir şey (bayt ya da akış sonu) gelmesini bekleyip okur. */
static void receive(struct scene *scene)
{
    CHECK_TRUE(wait_fd(scene->connection.fd, POLLIN, deadline_after(10)) > 0);
    CHECK_INT_EQ(connection_receive(&scene->connection, NOW), 0);
}

static void receive_until_end(struct scene *scene)
{
    shutdown(scene->client, SHUT_WR);
    while (!scene->connection.input_ended)
        receive(scene);
}

static void check_line(struct scene *scene, const char *expected)
{
    struct text line;
    CHECK_INT_EQ(connection_next_line(&scene->connection, &line), 1);
    CHECK_BYTES_EQ(line.bytes, line.length, expected, strlen(expected));
}

static void check_no_line(struct scene *scene)
{
    struct text line;
    CHECK_INT_EQ(connection_next_line(&scene->connection, &line), 0);
}

static void say(struct scene *scene, const char *prefix, const char *text)
{
    CHECK_INT_EQ(connection_say(&scene->connection, prefix, (struct text){text, strlen(text)}), 0);
}

/* İstemciye gelen baytlar tam olarak bunlar; `ended` ise ardından akış sonu. */
static void check_client_gets(struct scene *scene, const char *expected, bool ended)
{
    char bytes[1024];
    size_t total = 0, wanted = strlen(expected);
    while (total < wanted) {
        CHECK_TRUE(wait_fd(scene->client, POLLIN, deadline_after(10)) > 0);
        ssize_t got = recv(scene->client, bytes + total, sizeof bytes - total, 0);
        CHECK_TRUE(got > 0);
        total += (size_t)got;
    }
    CHECK_BYTES_EQ(bytes, total, expected, wanted);
    if (ended) {
        CHECK_TRUE(wait_fd(scene->client, POLLIN, deadline_after(10)) > 0);
        CHECK_INT_EQ(recv(scene->client, bytes, sizeof bytes, 0), 0);
    }
}

/* Kuyruğu sınırın ötesine, soketi ağzına kadar doldurur; sonuncu mesajın bir kısmı gitmiştir. */
static void clog_up(struct scene *scene)
{
    static char lines[65536];
    memset(lines, 'x', sizeof lines);
    lines[sizeof lines - 1] = '\0';
    while (!outbox_full(&scene->connection.outbox)) {
        say(scene, "", lines);
        CHECK_INT_EQ(connection_send(&scene->connection, NOW), 0);
    }
}

/* İstemci, akış sonuna ya da bağlantının kopmasına dek okur. Dönen: son recv'in sonucu. */
static ssize_t client_reads_all(struct scene *scene, char *last, size_t size)
{
    static char bytes[65536];
    ssize_t got;
    last[0] = '\0';
    for (;;) {
        if (scene->connection.state != CONNECTION_OPEN)
            CHECK_TRUE(connection_wind_down(&scene->connection, NOW) >= 0);
        if (wait_fd(scene->client, POLLIN, deadline_after(10)) < 0)
            return -ETIMEDOUT;
        got = recv(scene->client, bytes, sizeof bytes, 0);
        if (got <= 0)
            return got;
        size_t tail = (size_t)got < size - 1 ? (size_t)got : size - 1;
        memcpy(last, bytes + (size_t)got - tail, tail);
        last[tail] = '\0';
    }
}

static void small_answers_are_not_held_back(void)
{
    struct scene scene = open_scene();
    int on = 0;
    socklen_t size = sizeof on;
    CHECK_INT_EQ(getsockopt(scene.connection.fd, IPPROTO_TCP, TCP_NODELAY, &on, &size), 0);
    CHECK_INT_EQ(on, 1);
    close_scene(&scene);
}

/* --- okumak ve yanıtlamak --- */

static void lines_come_one_by_one(void)
{
    struct scene scene = open_scene();
    client_sends(&scene, "bir\niki\r\nya", 11);
    receive(&scene);
    check_line(&scene, "bir");
    check_line(&scene, "iki");
    check_no_line(&scene);
    close_scene(&scene);
}

static void waiting_connection_holds_no_buffers(void)
{
    struct scene scene = open_scene();
    client_sends(&scene, "bir\n", 4);
    receive(&scene);
    check_line(&scene, "bir");
    check_no_line(&scene);
    say(&scene, "Echo: ", "bir");
    CHECK_INT_EQ(connection_send(&scene.connection, NOW), 0);
    CHECK_INT_EQ(scene.connection.lines.capacity, 0);
    CHECK_INT_EQ(scene.connection.outbox.capacity, 0);
    close_scene(&scene);
}

static void half_a_line_is_kept(void)
{
    struct scene scene = open_scene();
    client_sends(&scene, "bir\nya", 6);
    receive(&scene);
    check_line(&scene, "bir");
    check_no_line(&scene);
    client_sends(&scene, "rım\n", 5);
    receive(&scene);
    check_line(&scene, "yarım");
    close_scene(&scene);
}

static void nothing_to_read_is_no_error(void)
{
    struct scene scene = open_scene();
    CHECK_INT_EQ(connection_receive(&scene.connection, NOW + 5), 0);
    CHECK_INT_EQ(scene.connection.last_progress, NOW);
    CHECK_FALSE(scene.connection.input_ended);
    close_scene(&scene);
}

static void reset_is_an_error(void)
{
    struct scene scene = open_scene();
    pair_reset(scene.client);
    CHECK_TRUE(wait_fd(scene.connection.fd, POLLIN, deadline_after(10)) > 0);
    CHECK_INT_EQ(connection_receive(&scene.connection, NOW), -ECONNRESET);
    connection_close(&scene.connection);
}

static void lack_of_memory_is_an_error(void)
{
    struct scene scene = open_scene();
    client_sends(&scene, "bir\n", 4);
    stub_fill_memory(true);
    CHECK_INT_EQ(connection_receive(&scene.connection, NOW), -ENOMEM);
    CHECK_INT_EQ(connection_say(&scene.connection, "", (struct text){"x", 1}), -ENOMEM);
    stub_fill_memory(false);
    close_scene(&scene);
}

static void last_line_needs_no_newline(void)
{
    struct scene scene = open_scene();
    client_sends(&scene, "ilk\nson", 7);
    receive_until_end(&scene);
    check_line(&scene, "ilk");
    check_line(&scene, "son");
    check_no_line(&scene);
    CHECK_TRUE(connection_finished(&scene.connection));
    close_scene(&scene);
}

static void invalid_utf8_is_refused_only_in_its_own_line(void)
{
    struct scene scene = open_scene();
    struct text line;
    client_sends(&scene, "iyi\n\xff\n", 6);
    receive(&scene);
    check_line(&scene, "iyi");
    CHECK_INT_EQ(connection_next_line(&scene.connection, &line), -EILSEQ);
    close_scene(&scene);
}

static void long_line_is_refused(void)
{
    struct scene scene = open_scene();
    struct text line;
    static char bytes[LINES_LIMIT + 1];
    memset(bytes, 'x', sizeof bytes);
    int outcome = 0;
    for (size_t sent = 0; sent < sizeof bytes && outcome == 0; sent += 4096) {
        size_t rest = sizeof bytes - sent;
        client_sends(&scene, bytes, rest < 4096 ? rest : 4096);
        receive(&scene);
        outcome = connection_next_line(&scene.connection, &line);
    }
    CHECK_INT_EQ(outcome, -EMSGSIZE);
    close_scene(&scene);
}

static void answer_has_prefix_text_and_newline(void)
{
    struct scene scene = open_scene();
    CHECK_INT_EQ(connection_say(&scene.connection, "Echo: ", (struct text){"a\0b", 3}), 0);
    CHECK_INT_EQ(connection_send(&scene.connection, NOW), 0);
    char bytes[32];
    CHECK_TRUE(wait_fd(scene.client, POLLIN, deadline_after(10)) > 0);
    CHECK_INT_EQ(recv(scene.client, bytes, sizeof bytes, 0), 10);
    CHECK_BYTES_EQ(bytes, 10, "Echo: a\0b\n", 10);
    close_scene(&scene);
}

static void both_directions_count_as_progress(void)
{
    struct scene scene = open_scene();
    client_sends(&scene, "bir\n", 4);
    CHECK_TRUE(wait_fd(scene.connection.fd, POLLIN, deadline_after(10)) > 0);
    CHECK_INT_EQ(connection_receive(&scene.connection, NOW + 1), 0);
    CHECK_INT_EQ(scene.connection.last_progress, NOW + 1);
    say(&scene, "", "iki");
    CHECK_INT_EQ(connection_send(&scene.connection, NOW + 2), 0);
    CHECK_INT_EQ(scene.connection.last_progress, NOW + 2);
    CHECK_INT_EQ(connection_send(&scene.connection, NOW + 3), 0);
    CHECK_INT_EQ(scene.connection.last_progress, NOW + 2);
    close_scene(&scene);
}

/* --- ilgi ve geri basınç --- */

static void write_interest_only_while_something_waits(void)
{
    struct scene scene = open_scene();
    CHECK_INT_EQ(connection_events(&scene.connection), POLLIN);
    say(&scene, "", "bekleyen");
    CHECK_INT_EQ(connection_events(&scene.connection), POLLIN | POLLOUT);
    CHECK_INT_EQ(connection_send(&scene.connection, NOW), 0);
    CHECK_INT_EQ(connection_events(&scene.connection), POLLIN);
    close_scene(&scene);
}

static void full_queue_stops_reading_and_answering(void)
{
    struct scene scene = open_scene();
    client_sends(&scene, "bir\niki\n", 8);
    receive(&scene);
    check_line(&scene, "bir");
    clog_up(&scene);
    CHECK_INT_EQ(connection_events(&scene.connection), POLLOUT);
    check_no_line(&scene);
    client_sends(&scene, "üç\n", 4);
    CHECK_INT_EQ(connection_receive(&scene.connection, NOW + 1), 0);
    CHECK_INT_EQ(scene.connection.last_progress, NOW);
    close_scene(&scene);
}

static void answering_goes_on_when_the_queue_drains(void)
{
    struct scene scene = open_scene();
    client_sends(&scene, "bir\niki\n", 8);
    receive(&scene);
    check_line(&scene, "bir");
    clog_up(&scene);
    char bytes[65536];
    while (outbox_full(&scene.connection.outbox)) {
        CHECK_TRUE(wait_fd(scene.client, POLLIN, deadline_after(10)) > 0);
        CHECK_TRUE(recv(scene.client, bytes, sizeof bytes, 0) > 0);
        CHECK_INT_EQ(connection_send(&scene.connection, NOW), 0);
    }
    CHECK_TRUE(connection_events(&scene.connection) & POLLIN);
    check_line(&scene, "iki");
    close_scene(&scene);
}

static void half_closed_connection_no_longer_wants_to_read(void)
{
    struct scene scene = open_scene();
    client_sends(&scene, "bir\n", 4);
    receive_until_end(&scene);
    check_line(&scene, "bir");
    say(&scene, "Echo: ", "bir");
    CHECK_INT_EQ(connection_events(&scene.connection), POLLOUT);
    CHECK_FALSE(connection_finished(&scene.connection));
    CHECK_INT_EQ(connection_send(&scene.connection, NOW), 0);
    CHECK_TRUE(connection_finished(&scene.connection));
    close_scene(&scene);
}

static void unanswered_line_keeps_the_connection_unfinished(void)
{
    struct scene scene = open_scene();
    client_sends(&scene, "bir\n", 4);
    receive_until_end(&scene);
    CHECK_FALSE(connection_finished(&scene.connection));
    check_line(&scene, "bir");
    CHECK_TRUE(connection_finished(&scene.connection));
    close_scene(&scene);
}

/* --- kapanış --- */

static void leaving_sends_what_waits_then_the_last_word_then_fin(void)
{
    struct scene scene = open_scene();
    client_sends(&scene, "okunmayacak\n", 12);
    say(&scene, "Echo: ", "bekleyen");
    connection_leave(&scene.connection, "son söz\n", NOW + SECOND);
    CHECK_INT_EQ(connection_events(&scene.connection), POLLOUT);
    CHECK_INT_EQ(connection_wind_down(&scene.connection, NOW), 0);
    check_client_gets(&scene, "Echo: bekleyen\nson söz\n", true);
    CHECK_INT_EQ(connection_events(&scene.connection), POLLIN);
    client_sends(&scene, "geç kaldı\n", 12);
    CHECK_TRUE(wait_fd(scene.connection.fd, POLLIN, deadline_after(10)) > 0);
    CHECK_INT_EQ(connection_receive(&scene.connection, NOW + 1), 0);
    CHECK_INT_EQ(scene.connection.last_progress, NOW);
    close(scene.client);
    CHECK_TRUE(wait_fd(scene.connection.fd, POLLIN, deadline_after(10)) > 0);
    int outcome = 0;
    while (outcome == 0)
        outcome = connection_wind_down(&scene.connection, NOW);
    CHECK_INT_EQ(outcome, 1);
    connection_close(&scene.connection);
}

static void leaving_connection_reads_no_more_lines(void)
{
    struct scene scene = open_scene();
    client_sends(&scene, "bir\niki\n", 8);
    receive(&scene);
    connection_leave(&scene.connection, NULL, NOW + SECOND);
    check_no_line(&scene);
    CHECK_INT_EQ(connection_receive(&scene.connection, NOW + 1), 0);
    CHECK_INT_EQ(scene.connection.last_progress, NOW);
    close_scene(&scene);
}

static void nothing_to_wait_for_after_both_halves_closed(void)
{
    struct scene scene = open_scene();
    receive_until_end(&scene);
    connection_leave(&scene.connection, NULL, NOW + SECOND);
    CHECK_INT_EQ(connection_wind_down(&scene.connection, NOW), 1);
    close_scene(&scene);
}

static void dropped_peer_sees_whole_messages_and_the_reason(void)
{
    struct scene scene = open_scene();
    char last[64];
    clog_up(&scene);
    say(&scene, "", "hiç gitmeyecek");
    connection_drop(&scene.connection, CONNECTION_TOO_SLOW, NOW + SECOND);
    CHECK_INT_EQ(client_reads_all(&scene, last, sizeof last), 0);
    const char *end = "x\n" CONNECTION_TOO_SLOW;
    CHECK_TEXT_EQ(last + strlen(last) - strlen(end), end);
    close_scene(&scene);
}

static void unfinished_connection_is_cut_with_a_reset(void)
{
    struct scene scene = open_scene();
    clog_up(&scene);
    connection_close(&scene.connection);
    char bytes[65536];
    ssize_t got;
    do {
        CHECK_TRUE(wait_fd(scene.client, POLLIN, deadline_after(10)) > 0);
        got = recv(scene.client, bytes, sizeof bytes, 0);
    } while (got > 0);
    CHECK_INT_EQ(got, -1);
    CHECK_INT_EQ(errno, ECONNRESET);
    close(scene.client);
}

static void peer_that_resets_while_leaving_is_an_error(void)
{
    struct scene scene = open_scene();
    clog_up(&scene);
    connection_leave(&scene.connection, NULL, NOW + SECOND);
    pair_reset(scene.client);
    CHECK_TRUE(wait_fd(scene.connection.fd, POLLIN, deadline_after(10)) > 0);
    CHECK_INT_EQ(connection_wind_down(&scene.connection, NOW), -ECONNRESET);
    connection_close(&scene.connection);
}

/* --- zaman sınırları --- */

static void open_connection_has_the_silence_limit(void)
{
    struct scene scene = open_scene();
    CHECK_INT_EQ(connection_deadline(&scene.connection, 60, 5), NOW + 60 * SECOND);
    say(&scene, "", "kısa");
    CHECK_INT_EQ(connection_deadline(&scene.connection, 0.5, 5), NOW + SECOND / 2);
    close_scene(&scene);
}

static void full_queue_has_the_shorter_limit(void)
{
    struct scene scene = open_scene();
    clog_up(&scene);
    CHECK_INT_EQ(connection_deadline(&scene.connection, 60, 5), NOW + 5 * SECOND);
    close_scene(&scene);
}

static void leaving_connection_has_the_limit_it_was_given(void)
{
    struct scene scene = open_scene();
    connection_leave(&scene.connection, NULL, NOW + 7);
    CHECK_INT_EQ(connection_deadline(&scene.connection, 60, 5), NOW + 7);
    close_scene(&scene);
}

static void peer_that_does_not_close_is_not_waited_for_long(void)
{
    struct scene scene = open_scene();
    connection_leave(&scene.connection, NULL, NOW + 60 * SECOND);
    CHECK_INT_EQ(connection_deadline(&scene.connection, 60, 5), NOW + 60 * SECOND);
    int64_t sent_at = NOW + 3 * SECOND;
    CHECK_INT_EQ(connection_wind_down(&scene.connection, sent_at), 0);
    deadline_t limit = sent_at + CONNECTION_FAREWELL_NS;
    CHECK_INT_EQ(connection_deadline(&scene.connection, 60, 5), limit);
    CHECK_INT_EQ(connection_wind_down(&scene.connection, sent_at + SECOND / 2), 0);
    CHECK_INT_EQ(connection_deadline(&scene.connection, 60, 5), limit);
    close_scene(&scene);
}

static void farewell_does_not_lengthen_a_shorter_limit(void)
{
    struct scene scene = open_scene();
    connection_leave(&scene.connection, NULL, NOW + 7);
    CHECK_INT_EQ(connection_wind_down(&scene.connection, NOW), 0);
    CHECK_INT_EQ(connection_deadline(&scene.connection, 60, 5), NOW + 7);
    close_scene(&scene);
}

static const struct check_test tests[] = {
    {RUN(small_answers_are_not_held_back)},
    {RUN(lines_come_one_by_one)},
    {RUN(waiting_connection_holds_no_buffers)},
    {RUN(half_a_line_is_kept)},
    {RUN(nothing_to_read_is_no_error)},
    {RUN(reset_is_an_error)},
    {RUN(lack_of_memory_is_an_error)},
    {RUN(last_line_needs_no_newline)},
    {RUN(invalid_utf8_is_refused_only_in_its_own_line)},
    {RUN(long_line_is_refused)},
    {RUN(answer_has_prefix_text_and_newline)},
    {RUN(both_directions_count_as_progress)},
    {RUN(write_interest_only_while_something_waits)},
    {RUN(full_queue_stops_reading_and_answering)},
    {RUN(answering_goes_on_when_the_queue_drains)},
    {RUN(half_closed_connection_no_longer_wants_to_read)},
    {RUN(unanswered_line_keeps_the_connection_unfinished)},
    {RUN(leaving_sends_what_waits_then_the_last_word_then_fin)},
    {RUN(leaving_connection_reads_no_more_lines)},
    {RUN(nothing_to_wait_for_after_both_halves_closed)},
    {RUN(dropped_peer_sees_whole_messages_and_the_reason)},
    {RUN(unfinished_connection_is_cut_with_a_reset)},
    {RUN(peer_that_resets_while_leaving_is_an_error)},
    {RUN(open_connection_has_the_silence_limit)},
    {RUN(full_queue_has_the_shorter_limit)},
    {RUN(leaving_connection_has_the_limit_it_was_given)},
    {RUN(peer_that_does_not_close_is_not_waited_for_long)},
    {RUN(farewell_does_not_lengthen_a_shorter_limit)},
};

int main(void)
{
    return CHECK_RUN(tests);
}
