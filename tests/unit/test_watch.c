/* async/watch: tanımlayıcının hazır olmasını beklemek; iki arka uçta da (epoll, poll). */
#include "async/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"
#include "in_loop.h"
#include "tcp_pair.h"

/* Her test iki arka uçta koşar: name_on_epoll, name_on_poll. */
#define WATCH_TEST(name)                                                                           \
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

/* İzlenen uç (mine) ile karşısındaki. */
struct ends {
    struct watch watch;
    int mine, other;
};

static struct ends *watch_first(struct ends *ends, int mine, int other)
{
    *ends = (struct ends){.mine = mine, .other = other};
    CHECK_INT_EQ(watch_open(&ends->watch, mine), 0);
    return ends;
}

static void open_sockets(struct ends *ends)
{
    int fds[2];
    CHECK_INT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds), 0);
    watch_first(ends, fds[0], fds[1]);
}

static void close_ends(struct ends *ends)
{
    if (ends->watch.fd >= 0)
        watch_close(&ends->watch);
    close(ends->mine);
    if (ends->other >= 0)
        close(ends->other);
}

static void hang_up(struct ends *ends)
{
    close(ends->other);
    ends->other = -1;
}

static void send_byte(int fd)
{
    CHECK_INT_EQ(write(fd, "x", 1), 1);
}

/* Okunacakları bitirir; EAGAIN ise bunu söyler. Dönen: son read'in sonucu. */
static ssize_t drain(struct ends *ends)
{
    char bytes[4096];
    ssize_t got;
    while ((got = read(ends->mine, bytes, sizeof bytes)) > 0)
        ;
    if (got < 0) {
        CHECK_INT_EQ(errno, EAGAIN);
        watch_spent(&ends->watch, WATCH_READ);
    }
    return got;
}

static void fill(struct ends *ends)
{
    static const char bytes[4096];
    while (write(ends->mine, bytes, sizeof bytes) > 0)
        ;
    CHECK_INT_EQ(errno, EAGAIN);
    watch_spent(&ends->watch, WATCH_WRITE);
}

struct reader {
    struct ends *ends;
    enum watch_direction direction;
    deadline_t deadline;
};

static int wait_in_task(void *argument)
{
    const struct reader *reader = argument;
    int outcome = watch_wait(&reader->ends->watch, reader->direction, reader->deadline);
    note(reader->direction == WATCH_READ ? "okunur" : "yazılır");
    return outcome;
}

/* --- hazır olmak --- */

WATCH_TEST(fresh_watch_is_perhaps_ready)
{
    struct ends ends;
    open_sockets(&ends);
    CHECK_INT_EQ(watch_wait(&ends.watch, WATCH_READ, DEADLINE_NONE), 0);
    CHECK_INT_EQ(watch_wait(&ends.watch, WATCH_WRITE, DEADLINE_NONE), 0);
    close_ends(&ends);
}

WATCH_TEST(spent_direction_waits_for_data)
{
    struct ends ends;
    open_sockets(&ends);
    struct reader reader = {&ends, WATCH_READ, DEADLINE_NONE};
    for (int i = 0; i < 3; i++) {
        CHECK_TRUE(drain(&ends) < 0);
        CHECK_INT_EQ(watch_wait(&ends.watch, WATCH_READ, BRIEFLY), -ETIMEDOUT);
        SCOPED_TASK task = task_create(NULL, wait_in_task, &reader);
        CHECK_INT_EQ(task_yield(), 0);
        CHECK_INT_EQ(task_state(task), TASK_WAITING);
        send_byte(ends.other);
        CHECK_INT_EQ(task_await(task, SOON), 0);
    }
    close_ends(&ends);
}

WATCH_TEST(full_socket_waits_for_room)
{
    struct ends ends;
    open_sockets(&ends);
    fill(&ends);
    CHECK_INT_EQ(watch_wait(&ends.watch, WATCH_WRITE, BRIEFLY), -ETIMEDOUT);
    struct reader writer = {&ends, WATCH_WRITE, DEADLINE_NONE};
    SCOPED_TASK task = task_create(NULL, wait_in_task, &writer);
    CHECK_INT_EQ(task_yield(), 0);
    char bytes[65536];
    while (read(ends.other, bytes, sizeof bytes) > 0)
        ;
    CHECK_INT_EQ(task_await(task, SOON), 0);
    close_ends(&ends);
}

WATCH_TEST(pipes_are_watched_too)
{
    struct ends reading, writing;
    int fds[2];
    CHECK_INT_EQ(pipe2(fds, O_NONBLOCK | O_CLOEXEC), 0);
    watch_first(&reading, fds[0], -1);
    watch_first(&writing, fds[1], -1);
    CHECK_TRUE(drain(&reading) < 0);
    CHECK_INT_EQ(watch_wait(&reading.watch, WATCH_READ, BRIEFLY), -ETIMEDOUT);
    fill(&writing);
    CHECK_INT_EQ(watch_wait(&reading.watch, WATCH_READ, SOON), 0);
    CHECK_INT_EQ(watch_wait(&writing.watch, WATCH_WRITE, BRIEFLY), -ETIMEDOUT);
    CHECK_TRUE(drain(&reading) < 0);
    CHECK_INT_EQ(watch_wait(&writing.watch, WATCH_WRITE, SOON), 0);
    close_ends(&writing);
    close_ends(&reading);
}

WATCH_TEST(tcp_connection_is_watched)
{
    struct pair pair = pair_open();
    struct ends ends;
    watch_first(&ends, pair.server, pair.client);
    CHECK_TRUE(drain(&ends) < 0);
    struct reader reader = {&ends, WATCH_READ, DEADLINE_NONE};
    SCOPED_TASK task = task_create(NULL, wait_in_task, &reader);
    CHECK_INT_EQ(task_yield(), 0);
    send_byte(ends.other);
    CHECK_INT_EQ(task_await(task, SOON), 0);
    close_ends(&ends);
}

/* Olay, tükendi denip beklemeye başlanmadan önce gelse de kaybolmaz. */
WATCH_TEST(event_between_spent_and_wait_is_not_lost)
{
    struct ends ends;
    open_sockets(&ends);
    CHECK_TRUE(drain(&ends) < 0);
    send_byte(ends.other);
    CHECK_INT_EQ(watch_wait(&ends.watch, WATCH_READ, SOON), 0);
    CHECK_TRUE(drain(&ends) < 0);
    send_byte(ends.other);
    CHECK_INT_EQ(task_sleep(0.005), 0); /* olay, bekleyen yokken alınır */
    CHECK_INT_EQ(watch_wait(&ends.watch, WATCH_READ, SOON), 0);
    close_ends(&ends);
}

/* Süresi dolan ya da iptal edilen bekleyiş olayı götürmez. */
WATCH_TEST(event_after_a_timeout_is_for_the_next_wait)
{
    struct ends ends;
    open_sockets(&ends);
    CHECK_TRUE(drain(&ends) < 0);
    CHECK_INT_EQ(watch_wait(&ends.watch, WATCH_READ, BRIEFLY), -ETIMEDOUT);
    send_byte(ends.other);
    CHECK_INT_EQ(watch_wait(&ends.watch, WATCH_READ, SOON), 0);
    close_ends(&ends);
}

WATCH_TEST(cancelled_wait_leaves_the_watch_usable)
{
    struct ends ends;
    open_sockets(&ends);
    CHECK_TRUE(drain(&ends) < 0);
    struct reader reader = {&ends, WATCH_READ, DEADLINE_NONE};
    SCOPED_TASK task = task_create(NULL, wait_in_task, &reader);
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_TRUE(task_cancel(task));
    CHECK_INT_EQ(task_await(task, SOON), -ECANCELED);
    send_byte(ends.other);
    CHECK_INT_EQ(watch_wait(&ends.watch, WATCH_READ, SOON), 0);
    close_ends(&ends);
}

WATCH_TEST(directions_are_waited_for_separately)
{
    struct ends ends;
    open_sockets(&ends);
    CHECK_TRUE(drain(&ends) < 0);
    fill(&ends);
    struct reader reader = {&ends, WATCH_READ, DEADLINE_NONE};
    struct reader writer = {&ends, WATCH_WRITE, DEADLINE_NONE};
    SCOPED_TASK reading = task_create(NULL, wait_in_task, &reader);
    SCOPED_TASK writing = task_create(NULL, wait_in_task, &writer);
    CHECK_INT_EQ(task_yield(), 0);
    send_byte(ends.other);
    CHECK_INT_EQ(task_await(reading, SOON), 0);
    CHECK_INT_EQ(task_state(writing), TASK_WAITING);
    CHECK_TEXT_EQ(notes(), "okunur");
    char bytes[65536];
    while (read(ends.other, bytes, sizeof bytes) > 0)
        ;
    CHECK_INT_EQ(task_await(writing, SOON), 0);
    close_ends(&ends);
}

WATCH_TEST(second_waiter_of_a_direction_is_busy)
{
    struct ends ends;
    open_sockets(&ends);
    CHECK_TRUE(drain(&ends) < 0);
    struct reader reader = {&ends, WATCH_READ, DEADLINE_NONE};
    SCOPED_TASK task = task_create(NULL, wait_in_task, &reader);
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_INT_EQ(watch_wait(&ends.watch, WATCH_READ, SOON), -EBUSY);
    CHECK_INT_EQ(watch_wait(&ends.watch, WATCH_WRITE, SOON), 0);
    send_byte(ends.other);
    CHECK_INT_EQ(task_await(task, SOON), 0);
    close_ends(&ends);
}

/* --- kopmak --- */

/* Okumak artık hiç bloke etmez: baytlar bitince akış sonu gelir, tükendi dense de. */
WATCH_TEST(hang_up_keeps_reading_ready)
{
    struct ends ends;
    open_sockets(&ends);
    CHECK_TRUE(drain(&ends) < 0);
    send_byte(ends.other);
    hang_up(&ends);
    for (int i = 0; i < 3; i++) {
        CHECK_INT_EQ(watch_wait(&ends.watch, WATCH_READ, SOON), 0);
        watch_spent(&ends.watch, WATCH_READ);
    }
    CHECK_INT_EQ(drain(&ends), 0);
    CHECK_INT_EQ(watch_wait(&ends.watch, WATCH_READ, SOON), 0);
    close_ends(&ends);
}

WATCH_TEST(end_of_the_peers_stream_keeps_reading_ready)
{
    struct ends ends;
    open_sockets(&ends);
    CHECK_TRUE(drain(&ends) < 0);
    CHECK_INT_EQ(shutdown(ends.other, SHUT_WR), 0);
    CHECK_INT_EQ(watch_wait(&ends.watch, WATCH_READ, SOON), 0);
    watch_spent(&ends.watch, WATCH_READ);
    CHECK_INT_EQ(watch_wait(&ends.watch, WATCH_READ, SOON), 0);
    CHECK_INT_EQ(drain(&ends), 0);
    close_ends(&ends);
}

WATCH_TEST(hang_up_wakes_both_directions)
{
    struct ends ends;
    open_sockets(&ends);
    CHECK_TRUE(drain(&ends) < 0);
    fill(&ends);
    struct reader reader = {&ends, WATCH_READ, DEADLINE_NONE};
    struct reader writer = {&ends, WATCH_WRITE, DEADLINE_NONE};
    SCOPED_TASK reading = task_create(NULL, wait_in_task, &reader);
    SCOPED_TASK writing = task_create(NULL, wait_in_task, &writer);
    CHECK_INT_EQ(task_yield(), 0);
    hang_up(&ends);
    CHECK_INT_EQ(task_await(reading, SOON), 0);
    CHECK_INT_EQ(task_await(writing, SOON), 0);
    close_ends(&ends);
}

WATCH_TEST(reset_wakes_the_reader)
{
    struct pair pair = pair_open();
    struct ends ends;
    watch_first(&ends, pair.server, -1);
    CHECK_TRUE(drain(&ends) < 0);
    struct reader reader = {&ends, WATCH_READ, DEADLINE_NONE};
    SCOPED_TASK task = task_create(NULL, wait_in_task, &reader);
    CHECK_INT_EQ(task_yield(), 0);
    pair_reset(pair.client);
    CHECK_INT_EQ(task_await(task, SOON), 0);
    char byte;
    CHECK_INT_EQ(read(ends.mine, &byte, 1), -1);
    CHECK_INT_EQ(errno, ECONNRESET);
    close_ends(&ends);
}

/* Kimsenin dinlemediği bir UDP portuna bağlı soket: gelen hata bir kez okunur, soket ondan sonra
 * sağlamdır. Hata "koptu" sayılsaydı sonraki bekleyişler boşuna hemen dönerdi. */
WATCH_TEST(error_that_passes_does_not_keep_reading_ready)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7F000001)};
    socklen_t length = sizeof address;
    int other = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int mine = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    CHECK_INT_EQ(bind(other, (struct sockaddr *)&address, length), 0);
    CHECK_INT_EQ(getsockname(other, (struct sockaddr *)&address, &length), 0);
    CHECK_INT_EQ(connect(mine, (struct sockaddr *)&address, length), 0);
    close(other);
    struct ends ends;
    watch_first(&ends, mine, -1);
    CHECK_TRUE(drain(&ends) < 0);
    CHECK_INT_EQ(send(mine, "x", 1, 0), 1);
    CHECK_INT_EQ(watch_wait(&ends.watch, WATCH_READ, SOON), 0);
    char byte;
    CHECK_INT_EQ(recv(mine, &byte, 1, 0), -1);
    CHECK_INT_EQ(errno, ECONNREFUSED);
    CHECK_TRUE(drain(&ends) < 0);
    CHECK_INT_EQ(watch_wait(&ends.watch, WATCH_READ, BRIEFLY), -ETIMEDOUT);
    close_ends(&ends);
}

/* --- kapatmak --- */

WATCH_TEST(closing_the_watch_wakes_its_waiters)
{
    struct ends ends;
    open_sockets(&ends);
    CHECK_TRUE(drain(&ends) < 0);
    fill(&ends);
    struct reader reader = {&ends, WATCH_READ, DEADLINE_NONE};
    struct reader writer = {&ends, WATCH_WRITE, SOON};
    SCOPED_TASK reading = task_create(NULL, wait_in_task, &reader);
    SCOPED_TASK writing = task_create(NULL, wait_in_task, &writer);
    CHECK_INT_EQ(task_yield(), 0);
    watch_close(&ends.watch);
    CHECK_INT_EQ(task_await(reading, SOON), -EBADF);
    CHECK_INT_EQ(task_await(writing, SOON), -EBADF);
    close_ends(&ends);
}

static int wait_often(void *argument)
{
    struct reader *reader = argument;
    int outcome = 0;
    while (outcome == 0)
        outcome = watch_wait(&reader->ends->watch, reader->direction, reader->deadline);
    return outcome;
}

/* Hiç beklemeden hep hazır bulan görevin de sınırı vardır. */
WATCH_TEST(direction_that_stays_ready_does_not_outlast_the_deadline)
{
    struct ends ends;
    open_sockets(&ends);
    struct reader reader = {&ends, WATCH_WRITE, BRIEFLY};
    SCOPED_TASK task = task_create(NULL, wait_often, &reader);
    (void)task_await(task, SOON);
    CHECK_INT_EQ(task_result(task), -ETIMEDOUT);
    close_ends(&ends);
}

/* Sıra bırakmışken de bekleyen sayılır: kapanışı öğrenir. */
WATCH_TEST(closing_the_watch_is_told_to_who_gave_way)
{
    struct ends ends;
    open_sockets(&ends);
    struct reader reader = {&ends, WATCH_WRITE, DEADLINE_NONE};
    SCOPED_TASK task = task_create(NULL, wait_often, &reader);
    CHECK_INT_EQ(task_yield(), 0);
    CHECK_INT_EQ(task_state(task), TASK_READY);
    CHECK_INT_EQ(watch_wait(&ends.watch, WATCH_WRITE, SOON), 0);
    watch_close(&ends.watch);
    CHECK_INT_EQ(task_await(task, SOON), -EBADF);
    close_ends(&ends);
}

WATCH_TEST(closed_watch_has_nothing_to_wait_for)
{
    struct ends ends;
    open_sockets(&ends);
    watch_spent(&ends.watch, WATCH_READ);
    watch_close(&ends.watch);
    CHECK_INT_EQ(watch_wait(&ends.watch, WATCH_READ, BRIEFLY), -EBADF);
    CHECK_INT_EQ(watch_wait(&ends.watch, WATCH_WRITE, BRIEFLY), -EBADF);
    watch_close(&ends.watch); /* ikinci kez kapatmak zararsızdır */
    close_ends(&ends);
}

WATCH_TEST(descriptor_of_a_closed_watch_may_be_watched_again)
{
    struct ends ends;
    open_sockets(&ends);
    watch_close(&ends.watch);
    CHECK_INT_EQ(watch_open(&ends.watch, ends.mine), 0);
    CHECK_TRUE(drain(&ends) < 0);
    send_byte(ends.other);
    CHECK_INT_EQ(watch_wait(&ends.watch, WATCH_READ, SOON), 0);
    close_ends(&ends);
}

/* Kapatılanın numarası hemen yeniden kullanılır; eskisinin olayı yenisine gitmez. */
WATCH_TEST(reused_number_is_a_new_watch)
{
    struct ends first, second;
    open_sockets(&first);
    int number = first.mine;
    send_byte(first.other);
    watch_close(&first.watch);
    close(first.mine);
    open_sockets(&second);
    CHECK_INT_EQ(second.mine, number);
    CHECK_TRUE(drain(&second) < 0);
    hang_up(&first);
    CHECK_INT_EQ(watch_wait(&second.watch, WATCH_READ, BRIEFLY), -ETIMEDOUT);
    send_byte(second.other);
    CHECK_INT_EQ(watch_wait(&second.watch, WATCH_READ, SOON), 0);
    close_ends(&second);
}

WATCH_TEST(watches_may_be_closed_in_any_order)
{
    enum { COUNT = 40 };
    static struct ends all[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        open_sockets(&all[i]);
        watch_spent(&all[i].watch, WATCH_READ);
    }
    for (size_t i = 0; i < COUNT; i += 3)
        close_ends(&all[i]);
    for (size_t i = 0; i < COUNT; i++) {
        if (i % 3 == 0)
            continue;
        send_byte(all[i].other);
        CHECK_INT_EQ(watch_wait(&all[i].watch, WATCH_READ, SOON), 0);
    }
    for (size_t i = COUNT; i-- > 0;)
        if (i % 3 != 0)
            close_ends(&all[i]);
}

/* --- izlenemeyenler --- */

REAL_LOOP_TEST(regular_file_is_refused_by_epoll)
{
    FILE *file = tmpfile();
    CHECK_TRUE(file != NULL);
    struct watch watch;
    CHECK_INT_EQ(watch_open(&watch, fileno(file)), -EPERM);
    fclose(file);
}

REAL_LOOP_TEST(closed_descriptor_is_refused_by_epoll)
{
    struct watch watch;
    CHECK_INT_EQ(watch_open(&watch, 1000000), -EBADF);
}

/* --- çok olay, tek soruş --- */

static int echo_once(void *argument)
{
    struct ends *ends = argument;
    char byte;
    while (read(ends->mine, &byte, 1) < 0) {
        watch_spent(&ends->watch, WATCH_READ);
        int outcome = watch_wait(&ends->watch, WATCH_READ, SOON);
        if (outcome < 0)
            return outcome;
    }
    return write(ends->mine, &byte, 1) == 1 ? 0 : -errno;
}

WATCH_TEST(hundreds_of_descriptors_are_served)
{
    enum { COUNT = 300 };
    static struct ends all[COUNT];
    static struct task *tasks[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        open_sockets(&all[i]);
        tasks[i] = task_create(NULL, echo_once, &all[i]);
    }
    CHECK_INT_EQ(task_sleep(0), 0);
    for (size_t i = 0; i < COUNT; i++)
        send_byte(all[i].other);
    for (size_t i = 0; i < COUNT; i++) {
        CHECK_INT_EQ(task_await(tasks[i], SOON), 0);
        task_release(tasks[i]);
        close_ends(&all[i]);
    }
}

/* --- boşuna sormamak --- */

static const struct poller_kind *counted;
static int asked;

static int wait_and_count(struct poller *poller, int timeout)
{
    asked++;
    return counted->wait(poller, timeout);
}

/* Kimsenin beklemediği hazırlık döngüyü döndürüp durmaz: okunmamış bayt, boş yer, kopmuş
 * bağlantı. */
static int sleep_beside_ready_descriptors(void *unused)
{
    struct ends full, gone, quiet;
    (void)unused;
    open_sockets(&full);
    open_sockets(&gone);
    open_sockets(&quiet);
    CHECK_TRUE(drain(&gone) < 0);
    CHECK_TRUE(drain(&quiet) < 0);
    send_byte(full.other);
    hang_up(&gone);
    CHECK_INT_EQ(task_sleep(0.001), 0);
    asked = 0;
    CHECK_INT_EQ(task_sleep(0.02), 0);
    close_ends(&full);
    close_ends(&gone);
    close_ends(&quiet);
    return 0;
}

static void check_idle(const struct poller_kind *kind)
{
    struct poller_kind counting = *kind;
    counting.wait = wait_and_count;
    counted = kind;
    CHECK_INT_EQ(loop_run_on(&counting, sleep_beside_ready_descriptors, NULL), 0);
    CHECK_BETWEEN(asked, 1, 10);
}

static void readiness_nobody_waits_for_is_not_asked_again_on_epoll(void)
{
    check_idle(&poller_epoll);
}

static void readiness_nobody_waits_for_is_not_asked_again_on_poll(void)
{
    check_idle(&poller_poll);
}

static const struct check_test tests[] = {
    RUN_ON_BOTH(fresh_watch_is_perhaps_ready),
    RUN_ON_BOTH(spent_direction_waits_for_data),
    RUN_ON_BOTH(full_socket_waits_for_room),
    RUN_ON_BOTH(pipes_are_watched_too),
    RUN_ON_BOTH(tcp_connection_is_watched),
    RUN_ON_BOTH(event_between_spent_and_wait_is_not_lost),
    RUN_ON_BOTH(event_after_a_timeout_is_for_the_next_wait),
    RUN_ON_BOTH(cancelled_wait_leaves_the_watch_usable),
    RUN_ON_BOTH(directions_are_waited_for_separately),
    RUN_ON_BOTH(second_waiter_of_a_direction_is_busy),
    RUN_ON_BOTH(hang_up_keeps_reading_ready),
    RUN_ON_BOTH(end_of_the_peers_stream_keeps_reading_ready),
    RUN_ON_BOTH(hang_up_wakes_both_directions),
    RUN_ON_BOTH(reset_wakes_the_reader),
    RUN_ON_BOTH(error_that_passes_does_not_keep_reading_ready),
    RUN_ON_BOTH(closing_the_watch_wakes_its_waiters),
    RUN_ON_BOTH(direction_that_stays_ready_does_not_outlast_the_deadline),
    RUN_ON_BOTH(closing_the_watch_is_told_to_who_gave_way),
    RUN_ON_BOTH(closed_watch_has_nothing_to_wait_for),
    RUN_ON_BOTH(descriptor_of_a_closed_watch_may_be_watched_again),
    RUN_ON_BOTH(reused_number_is_a_new_watch),
    RUN_ON_BOTH(watches_may_be_closed_in_any_order),
    RUN_ON_BOTH(hundreds_of_descriptors_are_served),
    RUN_ON_BOTH(readiness_nobody_waits_for_is_not_asked_again),
    {RUN(regular_file_is_refused_by_epoll)},
    {RUN(closed_descriptor_is_refused_by_epoll)},
};

int main(void)
{
    return CHECK_RUN(tests);
}
