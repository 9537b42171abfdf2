/* net/listener: bloke olmadan kabul, kaynak yokluğunda duraklama. */
#include "net/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/wait.h"
#include "check.h"
#include "child.h"
#include "stubs.h"
#include "tcp_pair.h"

#define HALF_SECOND_NS 500000000

static struct listener open_listener(void)
{
    struct listener listener;
    listener_init(&listener, pair_listen(0, SOCK_STREAM));
    return listener;
}

/* Bir istemci bağlanır; kuyruğa girdiği görülene dek beklenir. */
static int connect_client(const struct listener *listener)
{
    int client = pair_connect(listener->fd);
    CHECK_TRUE(wait_fd(listener->fd, POLLIN, deadline_after(10)) > 0);
    return client;
}

static void nobody_waiting_is_eagain(void)
{
    struct listener listener = open_listener();
    struct address peer;
    CHECK_INT_EQ(listener_accept(&listener, &peer, monotonic_ns()), -EAGAIN);
    CHECK_INT_EQ(listener_paused_until(&listener, monotonic_ns()), DEADLINE_NONE);
    close(listener.fd);
}

static void accepted_socket_neither_blocks_nor_leaks_into_exec(void)
{
    struct listener listener = open_listener();
    struct address peer;
    int client = connect_client(&listener);
    int fd = listener_accept(&listener, &peer, monotonic_ns());
    CHECK_TRUE(fd >= 0);
    CHECK_TRUE(fcntl(fd, F_GETFL) & O_NONBLOCK);
    CHECK_TRUE(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    struct address local = pair_address_of(client);
    CHECK_TRUE(address_equal(&peer, &local));
    close(fd);
    close(client);
    close(listener.fd);
}

/* Dinleyenden ve istemciden başka tanımlayıcıya yer yok; -1 eski sınırı geri getirir (çıkışta
 * sızıntı denetimi de dosya açar). */
static void leave_no_descriptor_after(int highest)
{
    struct rlimit limit;
    CHECK_INT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = highest < 0 ? limit.rlim_max : (rlim_t)highest + 1;
    CHECK_INT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

/* Tanımlayıcı kalmayınca: duraklar, bir kez loglar, süre dolana dek soketi izletmez. */
static void lack_of_descriptors_work(void *argument)
{
    struct listener *listener = argument;
    struct address peer;
    leave_no_descriptor_after(connect_client(listener));
    int64_t now = monotonic_ns();
    CHECK_INT_EQ(listener_accept(listener, &peer, now), -EAGAIN);
    deadline_t until = listener_paused_until(listener, now);
    CHECK_BETWEEN(until, now + 1, now + HALF_SECOND_NS);
    CHECK_INT_EQ(listener_accept(listener, &peer, until), -EAGAIN);
    CHECK_TRUE(listener_paused_until(listener, until) > until);
    leave_no_descriptor_after(-1);
}

static void lack_of_descriptors_pauses_and_is_logged_once(void)
{
    struct listener listener = open_listener();
    struct child_end end = child_run(lack_of_descriptors_work, &listener);
    CHECK_INT_EQ(end.code, 0);
    CHECK_TEXT_MATCHES(end.err, "[^\n]* - ERROR - Kabul duraklatıldı: [^\n]+\n");
    close(listener.fd);
}

static void paused_listener_does_not_even_try(void)
{
    struct listener listener = open_listener();
    struct address peer;
    int client = connect_client(&listener);
    int64_t now = monotonic_ns();
    listener.paused_until = now + 1;
    CHECK_INT_EQ(listener_accept(&listener, &peer, now), -EAGAIN);
    int fd = listener_accept(&listener, &peer, now + 1);
    CHECK_TRUE(fd >= 0);
    CHECK_INT_EQ(listener_paused_until(&listener, now + 1), DEADLINE_NONE);
    close(fd);
    close(client);
    close(listener.fd);
}

/* Yer açıldıktan sonraki yokluk yeni bir olaydır: yine loglanır. */
static void logged_again_work(void *argument)
{
    struct listener *listener = argument;
    struct address peer;
    int64_t now = monotonic_ns();
    int client = connect_client(listener);
    leave_no_descriptor_after(client);
    CHECK_INT_EQ(listener_accept(listener, &peer, now), -EAGAIN);
    close(client); /* kuyruktaki bağlantı durur, tanımlayıcı boşalır */
    now += HALF_SECOND_NS;
    CHECK_TRUE(listener_accept(listener, &peer, now) >= 0);
    CHECK_FALSE(listener->complained);
    leave_no_descriptor_after(-1);
}

static void accepting_again_ends_the_complaint(void)
{
    struct listener listener = open_listener();
    child_check(logged_again_work, &listener);
    close(listener.fd);
}

/* Kabul edilemeden kopan bağlantının arkasındaki, kenar tetiklemeli bir döngüde bir daha haber
 * verilmez. */
static void aborted_connection_does_not_hide_the_next_work(void *argument)
{
    struct listener *listener = argument;
    struct address peer;
    int client = connect_client(listener);
    stub_abort_accepts(1);
    CHECK_TRUE(listener_accept(listener, &peer, monotonic_ns()) >= 0);
    struct address local = pair_address_of(client);
    CHECK_TRUE(address_equal(&peer, &local));
    close(client);
}

static void aborted_connection_does_not_hide_the_next(void)
{
    struct listener listener = open_listener();
    struct child_end end = child_run(aborted_connection_does_not_hide_the_next_work, &listener);
    CHECK_INT_EQ(end.code, 0);
    CHECK_TEXT_MATCHES(end.err, "[^\n]* - WARNING - Kabul edilemedi: [^\n]+\n");
    close(listener.fd);
}

/* Hepsi kopuyorsa döngü burada tutulmaz: kabul duraklar. */
static void many_aborted_connections_pause_work(void *argument)
{
    struct listener *listener = argument;
    struct address peer;
    int client = connect_client(listener);
    stub_abort_accepts(64);
    int64_t now = monotonic_ns();
    CHECK_INT_EQ(listener_accept(listener, &peer, now), -EAGAIN);
    CHECK_BETWEEN(listener_paused_until(listener, now), now + 1, now + HALF_SECOND_NS);
    CHECK_TRUE(listener_accept(listener, &peer, now + HALF_SECOND_NS) >= 0);
    close(client);
}

static void many_aborted_connections_pause(void)
{
    struct listener listener = open_listener();
    CHECK_INT_EQ(child_run(many_aborted_connections_pause_work, &listener).code, 0);
    close(listener.fd);
}

static const struct check_test tests[] = {
    {RUN(nobody_waiting_is_eagain)},
    {RUN(accepted_socket_neither_blocks_nor_leaks_into_exec)},
    {RUN(lack_of_descriptors_pauses_and_is_logged_once)},
    {RUN(paused_listener_does_not_even_try)},
    {RUN(accepting_again_ends_the_complaint)},
    {RUN(aborted_connection_does_not_hide_the_next)},
    {RUN(many_aborted_connections_pause)},
};

int main(void)
{
    return CHECK_RUN(tests);
}
