/* Ders 09'un seçicisi: üç arka uç, her davranış üçünde de aynı. */
#include "../../lessons/09-selectors/selector.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "check.h"
#include "child.h"
#include "stubs.h"
#include "tcp_pair.h"

#define BOTH (SELECTOR_READ | SELECTOR_WRITE)
#define NS_PER_MS 1000000

/* Takılan bir beklemeyi ele veren, olağan koşuda hiç dolmayan sınır; ve hiç beklemeyen. */
#define PATIENCE deadline_after(10)
#define AT_ONCE 0

/* Bir davranışın üç arka uçtaki testi: tabloda EACH(davranış). */
#define ON_EACH(behaviour)                                                                         \
    static void epoll_##behaviour(void)                                                            \
    {                                                                                              \
        behaviour("epoll");                                                                        \
    }                                                                                              \
    static void poll_##behaviour(void)                                                             \
    {                                                                                              \
        behaviour("poll");                                                                         \
    }                                                                                              \
    static void select_##behaviour(void)                                                           \
    {                                                                                              \
        behaviour("select");                                                                       \
    }
#define EACH(behaviour)                                                                            \
    {RUN(epoll_##behaviour)}, {RUN(poll_##behaviour)},                                             \
    {                                                                                              \
        RUN(select_##behaviour)                                                                    \
    }

/* select'e verilen son sayı: en büyük numaranın bir fazlası (meson.build, --wrap=select). */
static int selected;

/* NOLINTBEGIN(bugprone-reserved-identifier) */
int __real_select(int count, fd_set *readable, fd_set *writable, fd_set *other,
                  struct timeval *left);
int __wrap_select(int count, fd_set *readable, fd_set *writable, fd_set *other,
                  struct timeval *left);

int __wrap_select(int count, fd_set *readable, fd_set *writable, fd_set *other,
                  struct timeval *left)
{
    selected = count;
    return __real_select(count, readable, writable, other, left);
}
/* NOLINTEND(bugprone-reserved-identifier) */

static struct selector *open_selector(const char *backend)
{
    struct selector *selector = NULL;
    CHECK_INT_EQ(selector_open(&selector, backend), 0);
    return selector;
}

/* Birbirine bağlı, bloke etmeyen iki soket: biri kayıtlı, öbüründen yazılır. */
struct ends {
    int near;
    int far;
};

static struct ends open_ends(void)
{
    int fds[2];
    CHECK_INT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
    return (struct ends){fds[0], fds[1]};
}

static void close_ends(struct ends ends)
{
    close(ends.near);
    close(ends.far);
}

static void make_readable(struct ends ends)
{
    CHECK_INT_EQ(write(ends.far, "x", 1), 1);
}

static void take_byte(struct ends ends)
{
    char byte;
    CHECK_INT_EQ(read(ends.near, &byte, 1), 1);
}

/* Turun tek olayı `data`nın `events`i olmalı. */
static void check_only(struct selector *selector, deadline_t deadline, const void *data,
                       short events)
{
    struct selector_event event;
    CHECK_TRUE(selector_wait(selector, deadline) > 0);
    CHECK_TRUE(selector_next(selector, &event));
    CHECK_TRUE(event.data == data);
    CHECK_INT_EQ(event.events, events);
    CHECK_FALSE(selector_next(selector, &event));
}

static void check_nothing(struct selector *selector)
{
    struct selector_event event;
    CHECK_INT_EQ(selector_wait(selector, AT_ONCE), 0);
    CHECK_FALSE(selector_next(selector, &event));
}

static void every_name_opens(void)
{
    CHECK_TEXT_EQ(selector_backends[0], "epoll");
    for (int i = 0; selector_backends[i]; i++)
        selector_close(open_selector(selector_backends[i]));
    struct selector *selector;
    CHECK_INT_EQ(selector_open(&selector, "kqueue"), -EINVAL);
}

static void ready_descriptor_comes_with_its_data(const char *backend)
{
    struct selector *selector = open_selector(backend);
    struct ends quiet = open_ends();
    struct ends ready = open_ends();
    CHECK_INT_EQ(selector_add(selector, quiet.near, SELECTOR_READ, &quiet), 0);
    CHECK_INT_EQ(selector_add(selector, ready.near, SELECTOR_READ, &ready), 0);
    check_nothing(selector);
    make_readable(ready);
    check_only(selector, PATIENCE, &ready, SELECTOR_READ);
    close_ends(quiet);
    close_ends(ready);
    selector_close(selector);
}
ON_EACH(ready_descriptor_comes_with_its_data)

static void ready_stays_ready_until_read(const char *backend)
{
    struct selector *selector = open_selector(backend);
    struct ends ends = open_ends();
    CHECK_INT_EQ(selector_add(selector, ends.near, SELECTOR_READ, &ends), 0);
    make_readable(ends);
    make_readable(ends);
    check_only(selector, PATIENCE, &ends, SELECTOR_READ);
    take_byte(ends);
    check_only(selector, AT_ONCE, &ends, SELECTOR_READ);
    take_byte(ends);
    check_nothing(selector);
    close_ends(ends);
    selector_close(selector);
}
ON_EACH(ready_stays_ready_until_read)

static void only_wanted_events_are_given(const char *backend)
{
    struct selector *selector = open_selector(backend);
    struct ends ends = open_ends();
    make_readable(ends);
    CHECK_INT_EQ(selector_add(selector, ends.near, SELECTOR_WRITE, &ends), 0);
    check_only(selector, PATIENCE, &ends, SELECTOR_WRITE);
    CHECK_INT_EQ(selector_modify(selector, ends.near, SELECTOR_READ), 0);
    check_only(selector, AT_ONCE, &ends, SELECTOR_READ);
    CHECK_INT_EQ(selector_modify(selector, ends.near, BOTH), 0);
    check_only(selector, AT_ONCE, &ends, BOTH);
    close_ends(ends);
    selector_close(selector);
}
ON_EACH(only_wanted_events_are_given)

static void full_socket_is_not_writable(const char *backend)
{
    static char bytes[65536];
    struct selector *selector = open_selector(backend);
    struct ends ends = open_ends();
    CHECK_INT_EQ(selector_add(selector, ends.near, SELECTOR_WRITE, &ends), 0);
    while (write(ends.near, bytes, sizeof bytes) > 0)
        ;
    CHECK_INT_EQ(errno, EAGAIN);
    check_nothing(selector);
    while (read(ends.far, bytes, sizeof bytes) > 0)
        ;
    check_only(selector, PATIENCE, &ends, SELECTOR_WRITE);
    close_ends(ends);
    selector_close(selector);
}
ON_EACH(full_socket_is_not_writable)

static void wrong_registrations_are_refused(const char *backend)
{
    struct selector *selector = open_selector(backend);
    struct ends ends = open_ends();
    CHECK_INT_EQ(selector_modify(selector, ends.near, SELECTOR_READ), -ENOENT);
    CHECK_INT_EQ(selector_remove(selector, ends.near), -ENOENT);
    CHECK_INT_EQ(selector_add(selector, ends.near, 0, NULL), -EINVAL);
    CHECK_INT_EQ(selector_add(selector, ends.near, POLLHUP, NULL), -EINVAL);
    CHECK_INT_EQ(selector_add(selector, -1, SELECTOR_READ, NULL), -EINVAL);
    CHECK_INT_EQ(selector_remove(selector, -1), -ENOENT);
    CHECK_INT_EQ(selector_add(selector, ends.near, SELECTOR_READ, &ends), 0);
    CHECK_INT_EQ(selector_add(selector, ends.near, SELECTOR_READ, NULL), -EEXIST);
    CHECK_INT_EQ(selector_modify(selector, ends.near, 0), -EINVAL);
    make_readable(ends);
    check_only(selector, PATIENCE, &ends, SELECTOR_READ);
    close_ends(ends);
    selector_close(selector);
}
ON_EACH(wrong_registrations_are_refused)

static void removed_descriptor_is_silent(const char *backend)
{
    struct selector *selector = open_selector(backend);
    struct ends ends = open_ends();
    CHECK_INT_EQ(selector_add(selector, ends.near, SELECTOR_READ, NULL), 0);
    make_readable(ends);
    CHECK_INT_EQ(selector_remove(selector, ends.near), 0);
    check_nothing(selector);
    CHECK_INT_EQ(selector_add(selector, ends.near, SELECTOR_READ, &ends), 0);
    check_only(selector, PATIENCE, &ends, SELECTOR_READ);
    close_ends(ends);
    selector_close(selector);
}
ON_EACH(removed_descriptor_is_silent)

/* Silinenin yeri doldurulsa da öteki kayıtlar kendi tanımlayıcılarının olarak kalır. */
static void others_can_be_changed_after_a_removal(const char *backend)
{
    struct selector *selector = open_selector(backend);
    struct ends ends[3];
    for (int i = 0; i < 3; i++) {
        ends[i] = open_ends();
        CHECK_INT_EQ(selector_add(selector, ends[i].near, SELECTOR_READ, &ends[i]), 0);
    }
    CHECK_INT_EQ(selector_remove(selector, ends[0].near), 0);
    CHECK_INT_EQ(selector_modify(selector, ends[2].near, SELECTOR_WRITE), 0);
    check_only(selector, PATIENCE, &ends[2], SELECTOR_WRITE);
    CHECK_INT_EQ(selector_remove(selector, ends[2].near), 0);
    make_readable(ends[1]);
    check_only(selector, PATIENCE, &ends[1], SELECTOR_READ);
    for (int i = 0; i < 3; i++)
        close_ends(ends[i]);
    selector_close(selector);
}
ON_EACH(others_can_be_changed_after_a_removal)

/* --- kopma */

static void end_of_file_is_readable(const char *backend)
{
    struct selector *selector = open_selector(backend);
    struct ends ends = open_ends();
    CHECK_INT_EQ(selector_add(selector, ends.near, SELECTOR_READ, &ends), 0);
    close(ends.far);
    check_only(selector, PATIENCE, &ends, SELECTOR_READ);
    close(ends.near);
    selector_close(selector);
}
ON_EACH(end_of_file_is_readable)

/* Sıfırlanmış bir bağlantı, `wanted` beklenirken ne olarak duyulur? */
static void check_reset(const char *backend, short wanted)
{
    static char bytes[262144];
    struct selector *selector = open_selector(backend);
    struct pair pair = pair_open();
    /* Yazılabilirlik kopmadan gelmesin: gönderme tamponu dolu. */
    while (send(pair.server, bytes, sizeof bytes, MSG_NOSIGNAL) > 0)
        ;
    CHECK_INT_EQ(selector_add(selector, pair.server, wanted, &pair), 0);
    pair_reset(pair.client);
    check_only(selector, PATIENCE, &pair, wanted);
    CHECK_INT_EQ(recv(pair.server, bytes, 1, 0), -1);
    CHECK_INT_EQ(errno, ECONNRESET);
    close(pair.server);
    selector_close(selector);
}

static void reset_is_whatever_was_wanted(const char *backend)
{
    check_reset(backend, SELECTOR_READ);
    check_reset(backend, SELECTOR_WRITE);
    check_reset(backend, BOTH);
}
ON_EACH(reset_is_whatever_was_wanted)

/* --- bir turun içinde değişenler */

struct trio {
    struct selector *selector;
    struct ends ends[3];
};

/* Üçü de okunur; tur başlamıştır. */
static struct trio open_trio(const char *backend)
{
    struct trio trio = {.selector = open_selector(backend)};
    for (int i = 0; i < 3; i++) {
        trio.ends[i] = open_ends();
        CHECK_INT_EQ(
            selector_add(trio.selector, trio.ends[i].near, SELECTOR_READ, (void *)(intptr_t)i), 0);
        make_readable(trio.ends[i]);
    }
    CHECK_INT_EQ(selector_wait(trio.selector, PATIENCE), 3);
    return trio;
}

static void close_trio(struct trio *trio)
{
    for (int i = 0; i < 3; i++)
        close_ends(trio->ends[i]);
    selector_close(trio->selector);
}

static int next_index(struct trio *trio)
{
    struct selector_event event;
    return selector_next(trio->selector, &event) ? (int)(intptr_t)event.data : -1;
}

static void everyone_ready_is_given_once(const char *backend)
{
    struct trio trio = open_trio(backend);
    int seen[3] = {0};
    for (int i = 0; i < 3; i++)
        seen[next_index(&trio)]++;
    CHECK_INT_EQ(next_index(&trio), -1);
    for (int i = 0; i < 3; i++)
        CHECK_INT_EQ(seen[i], 1);
    close_trio(&trio);
}
ON_EACH(everyone_ready_is_given_once)

static void one_removed_in_the_round_is_not_given(const char *backend)
{
    struct trio trio = open_trio(backend);
    int first = next_index(&trio);
    CHECK_BETWEEN(first, 0, 2);
    for (int i = 0; i < 3; i++)
        if (i != first)
            CHECK_INT_EQ(selector_remove(trio.selector, trio.ends[i].near), 0);
    CHECK_INT_EQ(next_index(&trio), -1);
    close_trio(&trio);
}
ON_EACH(one_removed_in_the_round_is_not_given)

/* İlk olay verilirken kendisini silen bir istemci ötekilerin hiçbirini yitirtmez: bu turda ya da
 * sonrakinde, hepsi verilir. */
static void removing_oneself_loses_nobody(const char *backend)
{
    struct trio trio = open_trio(backend);
    bool seen[3] = {false};
    for (int given = 0; given < 3;) {
        int index = next_index(&trio);
        if (index < 0) {
            CHECK_INT_EQ(selector_wait(trio.selector, PATIENCE), 3 - given);
            continue;
        }
        CHECK_FALSE(seen[index]);
        seen[index] = true;
        given++;
        CHECK_INT_EQ(selector_remove(trio.selector, trio.ends[index].near), 0);
    }
    CHECK_INT_EQ(next_index(&trio), -1);
    close_trio(&trio);
}
ON_EACH(removing_oneself_loses_nobody)

/* Kapanan soketin numarası, aynı turda yeni ve sessiz bir sokete verilir ve kaydedilir. */
static void reused_number_gets_no_old_event(const char *backend)
{
    struct trio trio = open_trio(backend);
    int first = next_index(&trio);
    int victim = first == 2 ? 1 : 2;
    int number = trio.ends[victim].near;
    struct ends fresh = open_ends();
    CHECK_INT_EQ(selector_remove(trio.selector, number), 0);
    CHECK_INT_EQ(dup2(fresh.near, number), number);
    CHECK_INT_EQ(selector_add(trio.selector, number, SELECTOR_READ, &fresh), 0);
    struct selector_event event;
    while (selector_next(trio.selector, &event))
        CHECK_TRUE(event.data != &fresh);
    for (int i = 0; i < 3; i++)
        if (i != victim)
            take_byte(trio.ends[i]);
    check_nothing(trio.selector);
    make_readable(fresh);
    check_only(trio.selector, PATIENCE, &fresh, SELECTOR_READ);
    close_ends(fresh);
    close_trio(&trio);
}
ON_EACH(reused_number_gets_no_old_event)

/* Turun içinde eklenen, hazır olsa da, ancak sonraki turda verilir. */
static void one_added_in_the_round_waits_for_the_next(const char *backend)
{
    struct trio trio = open_trio(backend);
    struct ends late = open_ends();
    make_readable(late);
    CHECK_INT_EQ(selector_add(trio.selector, late.near, SELECTOR_READ, &late), 0);
    for (int i = 0; i < 3; i++)
        CHECK_BETWEEN(next_index(&trio), 0, 2);
    CHECK_INT_EQ(next_index(&trio), -1);
    CHECK_INT_EQ(selector_wait(trio.selector, PATIENCE), 4);
    close_ends(late);
    close_trio(&trio);
}
ON_EACH(one_added_in_the_round_waits_for_the_next)

static void unwanted_in_the_round_is_not_given(const char *backend)
{
    struct trio trio = open_trio(backend);
    int first = next_index(&trio);
    for (int i = 0; i < 3; i++)
        if (i != first)
            CHECK_INT_EQ(selector_modify(trio.selector, trio.ends[i].near, SELECTOR_WRITE), 0);
    CHECK_INT_EQ(next_index(&trio), -1);
    close_trio(&trio);
}
ON_EACH(unwanted_in_the_round_is_not_given)

static void new_wait_forgets_the_old_round(const char *backend)
{
    struct trio trio = open_trio(backend);
    for (int i = 0; i < 3; i++)
        take_byte(trio.ends[i]);
    check_nothing(trio.selector);
    close_trio(&trio);
}
ON_EACH(new_wait_forgets_the_old_round)

/* --- çokluk */

#define CROWD 600

/* Hepsi hep hazırken de sıra herkese gelir: bir tura sığmayanlar sonraki turlarda verilir. */
static void check_everyone_gets_a_turn(const char *backend, int count, int rounds)
{
    static bool seen[8192];
    memset(seen, 0, sizeof seen);
    struct selector *selector = open_selector(backend);
    struct ends ends = open_ends();
    make_readable(ends);
    for (int i = 0; i < count; i++) {
        int fd = dup(ends.near);
        CHECK_TRUE(fd >= 0);
        CHECK_INT_EQ(selector_add(selector, fd, SELECTOR_READ, &seen[fd]), 0);
    }
    int given = 0;
    for (int round = 0; round < rounds; round++) {
        struct selector_event event;
        CHECK_TRUE(selector_wait(selector, PATIENCE) > 0);
        while (selector_next(selector, &event)) {
            bool *mine = event.data;
            given += !*mine;
            *mine = true;
        }
    }
    CHECK_INT_EQ(given, count);
    for (int fd = 0; fd < 8192; fd++)
        if (seen[fd])
            close(fd);
    close_ends(ends);
    selector_close(selector);
}

static void everyone_gets_a_turn(const char *backend)
{
    check_everyone_gets_a_turn(backend, CROWD, 4);
}
ON_EACH(everyone_gets_a_turn)

#define MANY 5000

static void hold_many(void *backend)
{
    struct rlimit limit;
    CHECK_INT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = limit.rlim_max;
    CHECK_INT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
    check_everyone_gets_a_turn(backend, MANY, 25);
}

static void check_many(char *backend)
{
    struct rlimit limit;
    CHECK_INT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
    if (limit.rlim_max < MANY + 64)
        SKIP("açık dosya sınırı 5064'ten küçük");
    child_check(hold_many, backend);
}

static void epoll_holds_thousands(void)
{
    check_many("epoll");
}

static void poll_holds_thousands(void)
{
    check_many("poll");
}

/* FD_SETSIZE - 1 sığar, FD_SETSIZE sığmaz; sığmayan ötekileri etkilemez. */
static void try_large_numbers(void *backend)
{
    struct rlimit limit = {.rlim_cur = FD_SETSIZE + 8, .rlim_max = FD_SETSIZE + 8};
    CHECK_INT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
    struct selector *selector = open_selector(backend);
    struct ends ends = open_ends();
    CHECK_INT_EQ(dup2(ends.near, FD_SETSIZE - 1), FD_SETSIZE - 1);
    CHECK_INT_EQ(dup2(ends.near, FD_SETSIZE), FD_SETSIZE);
    CHECK_INT_EQ(selector_add(selector, FD_SETSIZE - 1, SELECTOR_READ, &ends), 0);
    CHECK_INT_EQ(selector_add(selector, FD_SETSIZE, SELECTOR_READ, NULL), -ENOSPC);
    CHECK_INT_EQ(selector_remove(selector, FD_SETSIZE), -ENOENT);
    make_readable(ends);
    check_only(selector, PATIENCE, &ends, SELECTOR_READ);
    close(FD_SETSIZE - 1);
    close(FD_SETSIZE);
    close_ends(ends);
    selector_close(selector);
}

static void select_refuses_fd_setsize(void)
{
    struct rlimit limit;
    CHECK_INT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
    if (limit.rlim_max < FD_SETSIZE + 8)
        SKIP("açık dosya sınırı 1032'den küçük");
    child_check(try_large_numbers, "select");
}

/* En büyük numara giderse çekirdeğin baktığı bölüm daralır. */
static void select_looks_no_further_than_the_highest(void)
{
    struct selector *selector = open_selector("select");
    struct ends low = open_ends();
    int high = dup2(low.near, 200);
    CHECK_INT_EQ(high, 200);
    check_nothing(selector);
    CHECK_INT_EQ(selected, 0);
    CHECK_INT_EQ(selector_add(selector, high, SELECTOR_READ, NULL), 0);
    CHECK_INT_EQ(selector_add(selector, low.near, SELECTOR_READ, NULL), 0);
    check_nothing(selector);
    CHECK_INT_EQ(selected, high + 1);
    CHECK_INT_EQ(selector_remove(selector, high), 0);
    check_nothing(selector);
    CHECK_INT_EQ(selected, low.near + 1);
    close(high);
    close_ends(low);
    selector_close(selector);
}

/* Bellek yoksa kayıt yapılmaz; sonra yer bulununca yapılır. */
static void without_memory_nothing_is_registered(const char *backend)
{
    struct selector *selector = open_selector(backend);
    struct ends ends = open_ends();
    stub_fill_memory(true);
    int outcome = selector_add(selector, ends.near, SELECTOR_READ, &ends);
    stub_fill_memory(false);
    CHECK_INT_EQ(outcome, -ENOMEM);
    CHECK_INT_EQ(selector_remove(selector, ends.near), -ENOENT);
    CHECK_INT_EQ(selector_add(selector, ends.near, SELECTOR_READ, &ends), 0);
    make_readable(ends);
    check_only(selector, PATIENCE, &ends, SELECTOR_READ);
    close_ends(ends);
    selector_close(selector);
}
ON_EACH(without_memory_nothing_is_registered)

/* --- zaman */

static void past_deadline_does_not_wait(const char *backend)
{
    struct selector *selector = open_selector(backend);
    struct ends ends = open_ends();
    CHECK_INT_EQ(selector_add(selector, ends.near, SELECTOR_READ, &ends), 0);
    check_nothing(selector);
    make_readable(ends);
    check_only(selector, AT_ONCE, &ends, SELECTOR_READ);
    close_ends(ends);
    selector_close(selector);
}
ON_EACH(past_deadline_does_not_wait)

/* Aşağı yuvarlansaydı sınırdan önceki son milisaniye, hiç beklemeyen yüzlerce turla geçerdi. */
static void waits_are_rounded_up(const char *backend)
{
    struct selector *selector = open_selector(backend);
    for (int i = 0; i < 5; i++) {
        deadline_t deadline = monotonic_ns() + 3 * NS_PER_MS + 900000;
        int turns = 0;
        for (; monotonic_ns() < deadline; turns++)
            CHECK_INT_EQ(selector_wait(selector, deadline), 0);
        CHECK_BETWEEN(turns, 1, 3);
    }
    selector_close(selector);
}
ON_EACH(waits_are_rounded_up)

static volatile sig_atomic_t alarms;

static void on_alarm(int number)
{
    (void)number;
    alarms = alarms + 1;
}

/* SA_RESTART verilmez: bekleyen çağrı her sinyalde EINTR ile döner. */
static void ring_every(int milliseconds)
{
    struct sigaction action = {.sa_handler = on_alarm};
    struct itimerval timer = {.it_interval.tv_usec = milliseconds * 1000,
                              .it_value.tv_usec = milliseconds * 1000};
    CHECK_INT_EQ(sigaction(SIGALRM, &action, NULL), 0);
    CHECK_INT_EQ(setitimer(ITIMER_REAL, &timer, NULL), 0);
}

static void wait_through_signals(void *backend)
{
    struct selector *selector = open_selector(backend);
    struct ends ends = open_ends();
    ring_every(5);
    deadline_t deadline = deadline_after(0.1);
    CHECK_INT_EQ(selector_wait(selector, deadline), 0);
    CHECK_TRUE(monotonic_ns() >= deadline);
    CHECK_TRUE(alarms > 3);
    ring_every(0);
    close_ends(ends);
    selector_close(selector);
}

static void signals_do_not_shorten_the_wait(const char *backend)
{
    char name[16];
    snprintf(name, sizeof name, "%s", backend);
    child_check(wait_through_signals, name);
}
ON_EACH(signals_do_not_shorten_the_wait)

static const struct check_test tests[] = {
    {RUN(every_name_opens)},
    EACH(ready_descriptor_comes_with_its_data),
    EACH(ready_stays_ready_until_read),
    EACH(only_wanted_events_are_given),
    EACH(full_socket_is_not_writable),
    EACH(wrong_registrations_are_refused),
    EACH(removed_descriptor_is_silent),
    EACH(others_can_be_changed_after_a_removal),
    EACH(end_of_file_is_readable),
    EACH(reset_is_whatever_was_wanted),
    EACH(everyone_ready_is_given_once),
    EACH(one_removed_in_the_round_is_not_given),
    EACH(removing_oneself_loses_nobody),
    EACH(reused_number_gets_no_old_event),
    EACH(one_added_in_the_round_waits_for_the_next),
    EACH(unwanted_in_the_round_is_not_given),
    EACH(new_wait_forgets_the_old_round),
    EACH(everyone_gets_a_turn),
    {RUN(epoll_holds_thousands)},
    {RUN(poll_holds_thousands)},
    {RUN(select_refuses_fd_setsize)},
    {RUN(select_looks_no_further_than_the_highest)},
    EACH(without_memory_nothing_is_registered),
    EACH(past_deadline_does_not_wait),
    EACH(waits_are_rounded_up),
    EACH(signals_do_not_shorten_the_wait),
};

int main(void)
{
    return CHECK_RUN(tests);
}
