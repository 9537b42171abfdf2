/* async/stream: bekleyerek okumak, yazmak, bağlanmak; iki arka uçta da (epoll, poll). */
#include "async/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/wait.h"
#include "check.h"
#include "in_loop.h"
#include "stubs.h"
#include "tcp_pair.h"

/* Her test iki arka uçta koşar: name_on_epoll, name_on_poll. */
#define STREAM_TEST(name)                                                                          \
    static void name(void);                                                                        \
    static void name##_on_epoll(void)                                                              \
    {                                                                                              \
        in_loop(&poller_epoll, name);                                                              \
    }                                                                                              \
    static void name##_on_poll(void)                                                               \
    {                                                                                              \
        in_loop(&poller_poll, name);                                                               \
    }                                                                                              \
    static void name(void)

#define RUN_ON_BOTH(name)                                                                          \
    {RUN(name##_on_epoll)},                                                                        \
    {                                                                                              \
        RUN(name##_on_poll)                                                                        \
    }

/* Olmayacağı beklenen olay için: kısa, çünkü her koşuda sonuna dek beklenir. */
#define BRIEFLY deadline_after(0.02)

#define LIMIT 64          /* testlerdeki satır sınırı */
#define LARGE (4 << 20)   /* hiçbir soket tamponuna sığmayan */
#define BUFFER_SIZE 65536 /* iki uçtaki soket tamponları */
#define CHUNK 50000       /* yavaş okuyanın bir kerede aldığı; hiçbir tamponun katı değil */
#define FLOOD_BYTES 150000 /* bir nefeslik okumadan (64 tampon) çok */

/* Sınanan akış ile karşısındaki çıplak soket. */
struct ends {
    struct stream stream;
    int other; /* kapandıysa -1 */
};

static void open_ends(struct ends *ends)
{
    struct pair pair = pair_open();
    pair_set_buffers(pair, BUFFER_SIZE, BUFFER_SIZE);
    ends->other = pair.client;
    CHECK_INT_EQ(stream_open(&ends->stream, pair.server, LIMIT), 0);
}

static void close_other(struct ends *ends)
{
    close(ends->other);
    ends->other = -1;
}

static void close_ends(struct ends *ends)
{
    stream_close(&ends->stream);
    if (ends->other >= 0)
        close(ends->other);
}

static void other_sends(const struct ends *ends, const char *text)
{
    CHECK_INT_EQ(send(ends->other, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

/* Karşıya tam bu baytlar gelir. Döngüyü bekletir; baytlar yola çıkmış olmalıdır. */
static void check_other_gets(const struct ends *ends, const char *expected)
{
    char bytes[256];
    size_t total = 0, wanted = strlen(expected);
    while (total < wanted) {
        CHECK_TRUE(wait_fd(ends->other, POLLIN, SOON) > 0);
        ssize_t got = recv(ends->other, bytes + total, wanted - total, 0);
        CHECK_TRUE(got > 0);
        total += (size_t)got;
    }
    CHECK_BYTES_EQ(bytes, total, expected, wanted);
}

static void check_other_sees_end(const struct ends *ends)
{
    char byte;
    CHECK_TRUE(wait_fd(ends->other, POLLIN, SOON) > 0);
    CHECK_INT_EQ(recv(ends->other, &byte, 1, 0), 0);
}

static void drain_other(const struct ends *ends)
{
    static char bytes[BUFFER_SIZE];
    while (wait_fd(ends->other, POLLIN, BRIEFLY) > 0)
        CHECK_TRUE(recv(ends->other, bytes, sizeof bytes, 0) > 0);
}

static void check_line(struct ends *ends, const char *expected)
{
    struct text line;
    CHECK_INT_EQ(stream_read_line(&ends->stream, &line, SOON), 1);
    CHECK_BYTES_EQ(line.bytes, line.length, expected, strlen(expected));
}

static int read_line_task(void *argument)
{
    struct ends *ends = argument;
    struct text line;
    char word[LIMIT + 1] = "";
    int outcome = stream_read_line(&ends->stream, &line, DEADLINE_NONE);
    if (outcome == 1)
        memcpy(word, line.bytes, line.length);
    note(word);
    return outcome;
}

/* Yazılacak baytlar: hangi baytın nereye ait olduğu görülsün diye 251'de (asal) bir yinelenir. */
static char *large_bytes(void)
{
    char *bytes = malloc(LARGE);
    CHECK_TRUE(bytes);
    for (size_t i = 0; i < LARGE; i++)
        bytes[i] = (char)(i % 251);
    return bytes;
}

struct writing {
    struct ends *ends;
    const char *bytes;
    size_t length;
};

static int write_task(void *argument)
{
    const struct writing *writing = argument;
    return stream_write(&writing->ends->stream, writing->bytes, writing->length, DEADLINE_NONE);
}

/* Yazan görev soketi doldurup beklemeye geçene dek. */
static void wait_until_waiting(const struct task *task)
{
    for (int i = 0; i < 3 || task_state(task) != TASK_WAITING; i++)
        CHECK_INT_EQ(task_sleep(0.002), 0);
}

/* --- satır okumak --- */

STREAM_TEST(line_is_joined_from_cut_segments)
{
    static const char *const pieces[] = {"b", "i", "r\nik", "i\r"};
    struct ends ends;
    open_ends(&ends);
    SCOPED_TASK first = task_create(NULL, read_line_task, &ends);
    for (int i = 0; i < 2; i++) {
        other_sends(&ends, pieces[i]);
        wait_until_waiting(first);
    }
    other_sends(&ends, pieces[2]);
    CHECK_INT_EQ(task_await(first, SOON), 1);
    SCOPED_TASK second = task_create(NULL, read_line_task, &ends);
    other_sends(&ends, pieces[3]);
    wait_until_waiting(second);
    other_sends(&ends, "\n");
    CHECK_INT_EQ(task_await(second, SOON), 1);
    CHECK_TEXT_EQ(notes(), "biriki");
    close_ends(&ends);
}

STREAM_TEST(lines_of_one_segment_come_one_by_one)
{
    struct ends ends;
    open_ends(&ends);
    other_sends(&ends, "bir\n\niki\r\nüç\n");
    check_line(&ends, "bir");
    check_line(&ends, "");
    check_line(&ends, "iki");
    check_line(&ends, "üç");
    close_ends(&ends);
}

STREAM_TEST(line_longer_than_the_limit_is_refused)
{
    char text[LIMIT + 2];
    struct ends ends;
    struct text line;
    open_ends(&ends);
    memset(text, 'x', sizeof text);
    text[LIMIT + 1] = '\0';
    other_sends(&ends, text + 1); /* sınır kadar */
    other_sends(&ends, "\n");
    check_line(&ends, text + 1);
    other_sends(&ends, text); /* satır sonu hiç gelmez */
    CHECK_INT_EQ(stream_read_line(&ends.stream, &line, SOON), -EMSGSIZE);
    close_ends(&ends);
}

STREAM_TEST(last_line_needs_no_newline)
{
    struct ends ends;
    struct text line;
    open_ends(&ends);
    other_sends(&ends, "bir\nson");
    close_other(&ends);
    check_line(&ends, "bir");
    check_line(&ends, "son");
    CHECK_INT_EQ(stream_read_line(&ends.stream, &line, SOON), 0);
    close_ends(&ends);
}

STREAM_TEST(end_of_stream_stays_the_end)
{
    struct ends ends;
    struct text line;
    char byte;
    open_ends(&ends);
    close_other(&ends);
    for (int i = 0; i < 2; i++) {
        CHECK_INT_EQ(stream_read_line(&ends.stream, &line, SOON), 0);
        CHECK_INT_EQ(stream_read(&ends.stream, &byte, 1, SOON), 0);
        CHECK_INT_EQ(stream_read_exactly(&ends.stream, &byte, 1, SOON), -ENODATA);
    }
    close_ends(&ends);
}

/* --- bayt okumak --- */

STREAM_TEST(read_gives_what_came)
{
    struct ends ends;
    char bytes[16];
    open_ends(&ends);
    other_sends(&ends, "abcde");
    CHECK_INT_EQ(stream_read(&ends.stream, bytes, 2, SOON), 2);
    CHECK_BYTES_EQ(bytes, 2, "ab", 2);
    CHECK_INT_EQ(stream_read(&ends.stream, bytes, sizeof bytes, SOON), 3);
    CHECK_BYTES_EQ(bytes, 3, "cde", 3);
    CHECK_INT_EQ(stream_read(&ends.stream, bytes, sizeof bytes, BRIEFLY), -ETIMEDOUT);
    close_ends(&ends);
}

/* Sıfır bayt istemek akışın bittiği anlamına gelmez. */
STREAM_TEST(reading_no_bytes_does_not_end_the_stream)
{
    struct ends ends;
    char byte;
    open_ends(&ends);
    other_sends(&ends, "x\n");
    CHECK_INT_EQ(stream_read(&ends.stream, &byte, 0, SOON), 0);
    check_line(&ends, "x");
    close_ends(&ends);
}

STREAM_TEST(read_exactly_collects_the_pieces)
{
    struct ends ends;
    char bytes[5];
    open_ends(&ends);
    other_sends(&ends, "ab");
    CHECK_INT_EQ(stream_read(&ends.stream, bytes, 1, SOON), 1); /* "ab" gelmiş, "b" sokettedir */
    other_sends(&ends, "cdef");
    CHECK_INT_EQ(stream_read_exactly(&ends.stream, bytes, 4, SOON), 0);
    CHECK_BYTES_EQ(bytes, 4, "bcde", 4);
    other_sends(&ends, "g");
    CHECK_INT_EQ(stream_read_exactly(&ends.stream, bytes, 3, BRIEFLY), -ETIMEDOUT);
    CHECK_BYTES_EQ(bytes, 2, "fg", 2);
    close_ends(&ends);
}

STREAM_TEST(read_exactly_tells_an_early_end)
{
    struct ends ends;
    char bytes[8] = "------";
    open_ends(&ends);
    other_sends(&ends, "abc");
    close_other(&ends);
    CHECK_INT_EQ(stream_read_exactly(&ends.stream, bytes, 5, SOON), -ENODATA);
    CHECK_TEXT_EQ(bytes, "abc---");
    close_ends(&ends);
}

STREAM_TEST(lines_and_bytes_mix)
{
    struct ends ends;
    char bytes[8];
    open_ends(&ends);
    other_sends(&ends, "uzunluk 7\nab\n");
    check_line(&ends, "uzunluk 7");
    other_sends(&ends, "cdefson\nx"); /* ilk üç bayt tamponda, kalanı sokette */
    CHECK_INT_EQ(stream_read_exactly(&ends.stream, bytes, 7, SOON), 0);
    CHECK_BYTES_EQ(bytes, 7, "ab\ncdef", 7);
    check_line(&ends, "son");
    CHECK_INT_EQ(stream_read(&ends.stream, bytes, sizeof bytes, SOON), 1);
    CHECK_BYTES_EQ(bytes, 1, "x", 1);
    close_ends(&ends);
}

STREAM_TEST(reset_is_an_error_to_the_reader)
{
    struct ends ends;
    struct text line;
    open_ends(&ends);
    other_sends(&ends, "yarım");
    pair_reset(ends.other);
    ends.other = -1;
    int outcome = stream_read_line(&ends.stream, &line, SOON);
    CHECK_INT_EQ(outcome, -ECONNRESET);
    close_ends(&ends);
}

/* --- okumanın yarıda kalması --- */

STREAM_TEST(deadline_leaves_read_bytes_buffered)
{
    struct ends ends;
    struct text line;
    open_ends(&ends);
    other_sends(&ends, "ya");
    CHECK_INT_EQ(stream_read_line(&ends.stream, &line, BRIEFLY), -ETIMEDOUT);
    CHECK_FALSE(lines_empty(&ends.stream.lines));
    other_sends(&ends, "rım\n");
    check_line(&ends, "yarım");
    close_ends(&ends);
}

STREAM_TEST(cancelled_read_keeps_what_was_read)
{
    struct ends ends;
    open_ends(&ends);
    SCOPED_TASK task = task_create(NULL, read_line_task, &ends);
    other_sends(&ends, "ya");
    while (lines_empty(&ends.stream.lines))
        CHECK_INT_EQ(task_sleep(0.001), 0);
    CHECK_TRUE(task_cancel(task));
    CHECK_INT_EQ(task_await(task, SOON), -ECANCELED);
    other_sends(&ends, "rım\n");
    check_line(&ends, "yarım");
    close_ends(&ends);
}

static int read_while_cancelled(void *argument)
{
    struct ends *ends = argument;
    struct text line;
    char byte;
    CHECK_INT_EQ(task_sleep(0), -ECANCELED);
    CHECK_INT_EQ(stream_read_line(&ends->stream, &line, SOON), -ECANCELED);
    CHECK_INT_EQ(stream_read(&ends->stream, &byte, 1, SOON), -ECANCELED);
    CHECK_INT_EQ(stream_write(&ends->stream, "x", 1, SOON), -ECANCELED);
    return 0;
}

/* Beklenecek bir şey olmasa da: iptal, tamponda satır var diye gecikmez; satır sonrakine kalır. */
STREAM_TEST(cancelled_task_takes_nothing_from_the_buffer)
{
    struct ends ends;
    open_ends(&ends);
    other_sends(&ends, "bir\niki\n");
    check_line(&ends, "bir");
    SCOPED_TASK task = task_create(NULL, read_while_cancelled, &ends);
    CHECK_TRUE(task_cancel(task));
    CHECK_INT_EQ(task_await(task, SOON), 0);
    check_line(&ends, "iki");
    CHECK_INT_EQ(stream_write(&ends.stream, "y", 1, SOON), 0); /* bozulmamıştır */
    check_other_gets(&ends, "y");
    close_ends(&ends);
}

STREAM_TEST(second_reader_is_busy)
{
    struct ends ends;
    struct text line;
    open_ends(&ends);
    SCOPED_TASK task = task_create(NULL, read_line_task, &ends);
    wait_until_waiting(task);
    CHECK_INT_EQ(stream_read_line(&ends.stream, &line, SOON), -EBUSY);
    other_sends(&ends, "bir\n");
    CHECK_INT_EQ(task_await(task, SOON), 1);
    CHECK_TEXT_EQ(notes(), "bir");
    close_ends(&ends);
}

/* --- tampon --- */

STREAM_TEST(idle_stream_holds_no_buffer)
{
    struct ends ends;
    open_ends(&ends);
    for (int i = 0; i < 2; i++) {
        SCOPED_TASK task = task_create(NULL, read_line_task, &ends);
        wait_until_waiting(task);
        CHECK_TRUE(ends.stream.lines.bytes == NULL);
        other_sends(&ends, "bir\n");
        CHECK_INT_EQ(task_await(task, SOON), 1);
    }
    close_ends(&ends);
}

static void wait_for_a_line(void)
{
    struct ends ends;
    struct text line;
    open_ends(&ends);
    CHECK_INT_EQ(stream_read_line(&ends.stream, &line, deadline_after(0.001)), -ETIMEDOUT);
    other_sends(&ends, "bir\n");
    check_line(&ends, "bir");
    CHECK_INT_EQ(stream_read_line(&ends.stream, &line, deadline_after(0.001)), -ETIMEDOUT);
    close_ends(&ends);
}

/* Bekleyen akışın bıraktığı tamponu döngü geri verir; vermezse ASan söyler (birkaç kez:
 * sonuncusunun adresi bir yerde kalmış olabilir). */
static void loop_gives_back_the_lent_buffer(void)
{
    for (int i = 0; i < 5; i++)
        in_loop(&poller_epoll, wait_for_a_line);
}

STREAM_TEST(lack_of_memory_loses_no_bytes)
{
    struct ends ends;
    struct text line;
    open_ends(&ends);
    other_sends(&ends, "bir\n");
    stub_fill_memory(true);
    int outcome = stream_read_line(&ends.stream, &line, SOON);
    stub_fill_memory(false);
    CHECK_INT_EQ(outcome, -ENOMEM);
    check_line(&ends, "bir");
    close_ends(&ends);
}

/* --- sıra bırakmak --- */

static int count_turns(void *count)
{
    int outcome = 0;
    while (outcome == 0) {
        ++*(int *)count;
        outcome = task_yield();
    }
    return outcome;
}

/* Soketi ağzına kadar satırlarla doldurur; okuyan hiç beklemez. */
static size_t flood(const struct ends *ends)
{
    static char lines[1000];
    memset(lines, 'x', sizeof lines);
    for (size_t i = 9; i < sizeof lines; i += 10)
        lines[i] = '\n';
    size_t total = 0;
    while (total < FLOOD_BYTES) {
        ssize_t sent = send(ends->other, lines, sizeof lines, MSG_NOSIGNAL);
        CHECK_INT_EQ(sent, sizeof lines);
        total += (size_t)sent;
    }
    return total;
}

static void open_roomy_ends(struct ends *ends)
{
    struct pair pair = pair_open();
    struct pair turned = {.client = pair.server, .server = pair.client};
    pair_set_buffers(turned, 4 * FLOOD_BYTES, 4 * FLOOD_BYTES);
    ends->other = pair.client;
    CHECK_INT_EQ(stream_open(&ends->stream, pair.server, LIMIT), 0);
}

STREAM_TEST(talker_read_by_bytes_starves_nobody)
{
    struct ends ends;
    int turns = 0;
    char byte;
    open_ends(&ends);
    for (int i = 0; i < 100; i++)
        other_sends(&ends, "0123456789");
    CHECK_TRUE(wait_fd(ends.stream.fd, POLLIN, SOON) > 0);
    SCOPED_TASK task = task_create(NULL, count_turns, &turns);
    for (int i = 0; i < 900; i++)
        CHECK_INT_EQ(stream_read(&ends.stream, &byte, 1, SOON), 1);
    CHECK_BETWEEN(turns, 5, 900);
    close_ends(&ends);
}

STREAM_TEST(talker_read_by_lines_starves_nobody)
{
    struct ends ends;
    int turns = 0;
    open_roomy_ends(&ends);
    size_t lines = flood(&ends) / 10;
    SCOPED_TASK task = task_create(NULL, count_turns, &turns);
    for (size_t i = 0; i < lines - 1000; i++)
        check_line(&ends, "xxxxxxxxx");
    CHECK_TRUE(turns > 0);
    close_ends(&ends);
}

STREAM_TEST(writer_that_never_waits_starves_nobody)
{
    struct ends ends;
    int turns = 0;
    open_ends(&ends);
    SCOPED_TASK task = task_create(NULL, count_turns, &turns);
    for (int i = 0; i < 300; i++)
        CHECK_INT_EQ(stream_write(&ends.stream, "x", 1, SOON), 0);
    CHECK_BETWEEN(turns, 1, 300);
    close_ends(&ends);
}

static int close_stream(void *stream)
{
    stream_close(stream);
    return 0;
}

/* Okuyan, hazır bir akışta sıra bırakmışken akış kapanırsa ona bir daha dokunmaz: yeni tampon da
 * ayırmaz. */
STREAM_TEST(stream_closed_while_its_reader_gave_way_leaves_nothing)
{
    struct ends ends;
    struct text line;
    open_roomy_ends(&ends);
    flood(&ends);
    SCOPED_TASK task = task_create(NULL, close_stream, &ends.stream);
    int outcome = 1;
    while (outcome == 1)
        outcome = stream_read_line(&ends.stream, &line, SOON);
    CHECK_INT_EQ(outcome, -EBADF);
    CHECK_TRUE(ends.stream.lines.bytes == NULL);
    close_ends(&ends);
}

/* --- yazmak --- */

STREAM_TEST(megabytes_wait_for_a_slow_reader)
{
    struct ends ends;
    struct stream reader;
    open_ends(&ends);
    char *bytes = large_bytes(), *got = malloc(LARGE);
    CHECK_TRUE(got);
    struct writing writing = {&ends, bytes, LARGE};
    SCOPED_TASK task = task_create(NULL, write_task, &writing);
    wait_until_waiting(task);
    CHECK_INT_EQ(stream_open(&reader, ends.other, LIMIT), 0);
    size_t total = 0;
    while (total + CHUNK < LARGE) {
        CHECK_INT_EQ(stream_read_exactly(&reader, got + total, CHUNK, SOON), 0);
        total += CHUNK;
        /* Karşı taraf okumadıkça yazan ilerleyemez: kalanı hiçbir tampona sığmaz. */
        if (total < LARGE / 2)
            CHECK_TRUE(task_state(task) != TASK_DONE);
    }
    CHECK_INT_EQ(stream_read_exactly(&reader, got + total, LARGE - total, SOON), 0);
    CHECK_INT_EQ(task_await(task, SOON), 0);
    CHECK_BYTES_EQ(got, LARGE, bytes, LARGE);
    stream_close(&reader);
    ends.other = -1;
    close_ends(&ends);
    free(got);
    free(bytes);
}

STREAM_TEST(deadline_in_a_write_poisons_the_stream)
{
    struct ends ends;
    open_ends(&ends);
    char *bytes = large_bytes();
    CHECK_INT_EQ(stream_write(&ends.stream, bytes, LARGE, BRIEFLY), -ETIMEDOUT);
    drain_other(&ends);
    CHECK_INT_EQ(stream_write(&ends.stream, "x", 1, SOON), -EPIPE);
    other_sends(&ends, "okumak sürer\n");
    check_line(&ends, "okumak sürer");
    close_ends(&ends);
    free(bytes);
}

STREAM_TEST(cancel_in_a_write_poisons_the_stream)
{
    struct ends ends;
    open_ends(&ends);
    char *bytes = large_bytes();
    struct writing writing = {&ends, bytes, LARGE};
    SCOPED_TASK task = task_create(NULL, write_task, &writing);
    wait_until_waiting(task);
    CHECK_TRUE(task_cancel(task));
    CHECK_INT_EQ(task_await(task, SOON), -ECANCELED);
    drain_other(&ends);
    CHECK_INT_EQ(stream_write(&ends.stream, "x", 1, SOON), -EPIPE);
    close_ends(&ends);
    free(bytes);
}

/* Tek bayt gitmeden vazgeçilen yazma akışı bozmaz: karşı taraf yarım bir şey görmemiştir. */
STREAM_TEST(write_that_sent_nothing_does_not_poison)
{
    struct ends ends;
    open_ends(&ends);
    static const char zeros[4096];
    while (send(ends.stream.fd, zeros, sizeof zeros, MSG_NOSIGNAL) > 0)
        ;
    CHECK_INT_EQ(stream_write(&ends.stream, "x", 1, BRIEFLY), -ETIMEDOUT);
    drain_other(&ends);
    CHECK_INT_EQ(stream_write(&ends.stream, "y", 1, SOON), 0);
    check_other_gets(&ends, "y");
    close_ends(&ends);
}

/* SIGPIPE ile ölünmez, hata döner. */
STREAM_TEST(write_to_a_reset_peer_is_an_error)
{
    struct ends ends;
    open_ends(&ends);
    pair_reset(ends.other);
    ends.other = -1;
    CHECK_TRUE(wait_fd(ends.stream.fd, POLLIN, SOON) > 0);
    CHECK_INT_EQ(stream_write(&ends.stream, "x", 1, SOON), -ECONNRESET);
    CHECK_INT_EQ(stream_write(&ends.stream, "x", 1, SOON), -EPIPE);
    close_ends(&ends);
}

STREAM_TEST(reset_ends_a_waiting_write)
{
    struct ends ends;
    open_ends(&ends);
    char *bytes = large_bytes();
    struct writing writing = {&ends, bytes, LARGE};
    SCOPED_TASK task = task_create(NULL, write_task, &writing);
    wait_until_waiting(task);
    pair_reset(ends.other);
    ends.other = -1;
    CHECK_INT_EQ(task_await(task, SOON), -ECONNRESET);
    close_ends(&ends);
    free(bytes);
}

STREAM_TEST(one_reads_while_another_writes)
{
    struct ends ends;
    open_ends(&ends);
    char *bytes = large_bytes();
    struct writing writing = {&ends, bytes, LARGE};
    SCOPED_TASK writer = task_create(NULL, write_task, &writing);
    SCOPED_TASK reader = task_create(NULL, read_line_task, &ends);
    wait_until_waiting(writer);
    wait_until_waiting(reader);
    other_sends(&ends, "bir\n");
    CHECK_INT_EQ(task_await(reader, SOON), 1);
    CHECK_INT_EQ(task_state(writer), TASK_WAITING);
    task_cancel(writer);
    CHECK_INT_EQ(task_await(writer, SOON), -ECANCELED);
    close_ends(&ends);
    free(bytes);
}

/* --- yarım kapanış --- */

STREAM_TEST(write_eof_leaves_reading_open)
{
    struct ends ends;
    open_ends(&ends);
    CHECK_INT_EQ(stream_write(&ends.stream, "soru\n", 5, SOON), 0);
    CHECK_INT_EQ(stream_write_eof(&ends.stream), 0);
    check_other_gets(&ends, "soru\n");
    check_other_sees_end(&ends);
    other_sends(&ends, "yanıt\n");
    check_line(&ends, "yanıt");
    CHECK_INT_EQ(stream_write(&ends.stream, "x", 1, SOON), -EPIPE);
    close_ends(&ends);
}

STREAM_TEST(half_closed_peer_still_gets_answers)
{
    struct ends ends;
    struct text line;
    open_ends(&ends);
    other_sends(&ends, "soru\n");
    CHECK_INT_EQ(shutdown(ends.other, SHUT_WR), 0);
    check_line(&ends, "soru");
    CHECK_INT_EQ(stream_read_line(&ends.stream, &line, SOON), 0);
    CHECK_INT_EQ(stream_write(&ends.stream, "yanıt\n", strlen("yanıt\n"), SOON), 0);
    check_other_gets(&ends, "yanıt\n");
    close_ends(&ends);
}

/* --- kapatmak --- */

/* İkinci kapatma, o arada aynı numarayı alan tanımlayıcıya dokunmaz. */
STREAM_TEST(closing_twice_is_harmless)
{
    struct ends ends;
    open_ends(&ends);
    int number = ends.stream.fd;
    stream_close(&ends.stream);
    CHECK_INT_EQ(ends.stream.fd, -1);
    int reused = fcntl(ends.other, F_DUPFD_CLOEXEC, number);
    CHECK_INT_EQ(reused, number);
    stream_close(&ends.stream);
    stream_close_gracefully(&ends.stream, SOON);
    CHECK_INT_EQ(close(reused), 0);
    close_ends(&ends);
}

STREAM_TEST(closing_wakes_the_reader)
{
    struct ends ends;
    open_ends(&ends);
    SCOPED_TASK task = task_create(NULL, read_line_task, &ends);
    wait_until_waiting(task);
    stream_close(&ends.stream);
    CHECK_INT_EQ(task_await(task, SOON), -EBADF);
    close_ends(&ends);
}

static int close_task(void *argument)
{
    struct ends *ends = argument;
    stream_close_gracefully(&ends->stream, DEADLINE_NONE);
    return 0;
}

/* Okunmamış bayt varken doğrudan kapatmak RST gönderirdi; karşı taraf akış sonu yerine hata
 * görürdü. */
STREAM_TEST(last_word_arrives_although_bytes_are_unread)
{
    struct ends ends;
    open_ends(&ends);
    other_sends(&ends, "bir\nokunmayacak\n");
    check_line(&ends, "bir");
    other_sends(&ends, "bu da\n");
    CHECK_INT_EQ(stream_write(&ends.stream, "son söz\n", strlen("son söz\n"), SOON), 0);
    SCOPED_TASK task = task_create(NULL, close_task, &ends);
    wait_until_waiting(task); /* karşı taraf daha kapatmadı */
    other_sends(&ends, "geç kaldı\n");
    wait_until_waiting(task);
    check_other_gets(&ends, "son söz\n");
    check_other_sees_end(&ends);
    close_other(&ends);
    CHECK_INT_EQ(task_await(task, SOON), 0);
    CHECK_INT_EQ(ends.stream.fd, -1);
    close_ends(&ends);
}

STREAM_TEST(peer_that_stays_is_left_at_the_deadline)
{
    struct ends ends;
    open_ends(&ends);
    stream_close_gracefully(&ends.stream, BRIEFLY);
    CHECK_INT_EQ(ends.stream.fd, -1);
    check_other_sees_end(&ends);
    close_ends(&ends);
}

static int talk_without_end(void *argument)
{
    const struct ends *ends = argument;
    static const char bytes[CHUNK];
    int outcome = 0;
    while (outcome == 0) {
        (void)send(ends->other, bytes, sizeof bytes, MSG_NOSIGNAL);
        outcome = task_yield();
    }
    return outcome;
}

STREAM_TEST(peer_that_never_stops_talking_is_left_at_the_deadline)
{
    struct ends ends;
    open_ends(&ends);
    SCOPED_TASK talker = task_create(NULL, talk_without_end, &ends);
    stream_close_gracefully(&ends.stream, BRIEFLY);
    CHECK_INT_EQ(ends.stream.fd, -1);
    task_cancel(talker);
    CHECK_INT_EQ(task_await(talker, SOON), -ECANCELED);
    close_ends(&ends);
}

/* epoll sıradan dosyayı izlemez; poll'ün böyle bir hatası yoktur. */
REAL_LOOP_TEST(unwatchable_descriptor_is_closed)
{
    struct stream stream;
    int fd = memfd_create("dosya", MFD_CLOEXEC);
    CHECK_TRUE(fd >= 0);
    CHECK_INT_EQ(stream_open(&stream, fd, LIMIT), -EPERM);
    CHECK_INT_EQ(stream.fd, -1);
    stream_close(&stream); /* zararsız */
}

/* --- bağlanmak --- */

static int port_of(int listener)
{
    struct address address = pair_address_of(listener);
    return ntohs(address.v4.sin_port);
}

STREAM_TEST(connecting_gives_a_usable_stream)
{
    struct ends ends;
    const char *why = "";
    int listener = pair_listen(0, SOCK_STREAM);
    CHECK_INT_EQ(stream_connect(&ends.stream, "127.0.0.1", port_of(listener), LIMIT, &why, SOON),
                 0);
    ends.other = pair_accept(listener);
    CHECK_INT_EQ(stream_write(&ends.stream, "merhaba\n", 8, SOON), 0);
    check_other_gets(&ends, "merhaba\n");
    other_sends(&ends, "selam\n");
    check_line(&ends, "selam");
    close_ends(&ends);
    close(listener);
}

STREAM_TEST(refused_connection_has_its_reason)
{
    struct stream stream;
    const char *why = "";
    int listener = pair_listen(0, SOCK_STREAM);
    int port = port_of(listener);
    close(listener);
    CHECK_INT_EQ(stream_connect(&stream, "127.0.0.1", port, LIMIT, &why, SOON), -ECONNREFUSED);
    CHECK_TRUE(strlen(why) > 0);
    CHECK_INT_EQ(stream.fd, -1);
    stream_close(&stream);
}

/* Kabul sırası dolu bir dinleyen: bağlanmak isteyenin SYN'i yanıtsız kalır. `fds`: sırayı
 * tutanlar. */
#define QUEUE_FILLERS 4
static int full_listener(int fds[QUEUE_FILLERS])
{
    int listener = pair_listen(0, SOCK_STREAM);
    CHECK_INT_EQ(listen(listener, 0), 0);
    struct address address = pair_address_of(listener);
    for (int i = 0; i < QUEUE_FILLERS; i++) {
        fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        CHECK_TRUE(fds[i] >= 0);
        (void)connect(fds[i], &address.any, address.length);
    }
    return listener;
}

static void close_full_listener(int listener, const int fds[QUEUE_FILLERS])
{
    for (int i = 0; i < QUEUE_FILLERS; i++)
        close(fds[i]);
    close(listener);
}

STREAM_TEST(connecting_ends_at_the_deadline)
{
    struct stream stream;
    const char *why = "";
    int fds[QUEUE_FILLERS], listener = full_listener(fds);
    CHECK_INT_EQ(stream_connect(&stream, "127.0.0.1", port_of(listener), LIMIT, &why, BRIEFLY),
                 -ETIMEDOUT);
    CHECK_TRUE(strlen(why) > 0);
    CHECK_INT_EQ(stream.fd, -1);
    close_full_listener(listener, fds);
}

static int connect_task(void *port)
{
    struct stream stream;
    const char *why = "";
    int outcome = stream_connect(&stream, "127.0.0.1", *(int *)port, LIMIT, &why, DEADLINE_NONE);
    stream_close(&stream);
    return outcome;
}

STREAM_TEST(cancelled_connecting_leaves_nothing)
{
    int fds[QUEUE_FILLERS], listener = full_listener(fds);
    int port = port_of(listener);
    SCOPED_TASK task = task_create(NULL, connect_task, &port);
    wait_until_waiting(task);
    CHECK_TRUE(task_cancel(task));
    CHECK_INT_EQ(task_await(task, SOON), -ECANCELED);
    close_full_listener(listener, fds);
}

static const struct check_test tests[] = {
    RUN_ON_BOTH(line_is_joined_from_cut_segments),
    RUN_ON_BOTH(lines_of_one_segment_come_one_by_one),
    RUN_ON_BOTH(line_longer_than_the_limit_is_refused),
    RUN_ON_BOTH(last_line_needs_no_newline),
    RUN_ON_BOTH(end_of_stream_stays_the_end),
    RUN_ON_BOTH(read_gives_what_came),
    RUN_ON_BOTH(reading_no_bytes_does_not_end_the_stream),
    RUN_ON_BOTH(read_exactly_collects_the_pieces),
    RUN_ON_BOTH(read_exactly_tells_an_early_end),
    RUN_ON_BOTH(lines_and_bytes_mix),
    RUN_ON_BOTH(reset_is_an_error_to_the_reader),
    RUN_ON_BOTH(deadline_leaves_read_bytes_buffered),
    RUN_ON_BOTH(cancelled_read_keeps_what_was_read),
    RUN_ON_BOTH(cancelled_task_takes_nothing_from_the_buffer),
    RUN_ON_BOTH(second_reader_is_busy),
    RUN_ON_BOTH(idle_stream_holds_no_buffer),
    {RUN(loop_gives_back_the_lent_buffer)},
    RUN_ON_BOTH(lack_of_memory_loses_no_bytes),
    RUN_ON_BOTH(talker_read_by_bytes_starves_nobody),
    RUN_ON_BOTH(talker_read_by_lines_starves_nobody),
    RUN_ON_BOTH(writer_that_never_waits_starves_nobody),
    RUN_ON_BOTH(stream_closed_while_its_reader_gave_way_leaves_nothing),
    RUN_ON_BOTH(megabytes_wait_for_a_slow_reader),
    RUN_ON_BOTH(deadline_in_a_write_poisons_the_stream),
    RUN_ON_BOTH(cancel_in_a_write_poisons_the_stream),
    RUN_ON_BOTH(write_that_sent_nothing_does_not_poison),
    RUN_ON_BOTH(write_to_a_reset_peer_is_an_error),
    RUN_ON_BOTH(reset_ends_a_waiting_write),
    RUN_ON_BOTH(one_reads_while_another_writes),
    RUN_ON_BOTH(write_eof_leaves_reading_open),
    RUN_ON_BOTH(half_closed_peer_still_gets_answers),
    RUN_ON_BOTH(closing_twice_is_harmless),
    RUN_ON_BOTH(closing_wakes_the_reader),
    RUN_ON_BOTH(last_word_arrives_although_bytes_are_unread),
    RUN_ON_BOTH(peer_that_stays_is_left_at_the_deadline),
    RUN_ON_BOTH(peer_that_never_stops_talking_is_left_at_the_deadline),
    {RUN(unwatchable_descriptor_is_closed)},
    RUN_ON_BOTH(connecting_gives_a_usable_stream),
    RUN_ON_BOTH(refused_connection_has_its_reason),
    RUN_ON_BOTH(connecting_ends_at_the_deadline),
    RUN_ON_BOTH(cancelled_connecting_leaves_nothing),
};

int main(void)
{
    return CHECK_RUN(tests);
}
