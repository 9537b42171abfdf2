/* async/server: bağlantı başına görev, geri çevirme, kapanış. */
#include "async/server.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "async/sync.h"
#include "base/wait.h"
#include "check.h"
#include "child.h"
#include "in_loop.h"
#include "net/connection.h"
#include "stubs.h"
#include "tcp_pair.h"

#define LIMIT 256 /* satır sınırı */
#define MANY 300  /* aynı anda açık istemciler */
#define GOODBYE "güle güle\n"

/* Sunucu, işleyicilerinin saydıkları ve portu. */
struct scene {
    struct server server;
    int port;
    int ended;       /* dönen işleyiciler */
    int cancelled;   /* bunlardan iptal görenler */
    const char *say; /* iptal edilen işleyicinin vedası */
};

static void open_scene(struct scene *scene, server_handler *handle, size_t max_clients)
{
    int listener = pair_listen(0, SOCK_STREAM);
    struct address address = pair_address_of(listener);
    /* Kısa sırada, birlikte bağlananların çoğunun SYN'i düşer ve saniyeler sonra yinelenirdi. */
    CHECK_INT_EQ(listen(listener, 2 * MANY), 0);
    *scene = (struct scene){.port = ntohs(address.v4.sin_port)};
    CHECK_INT_EQ(server_start(&scene->server, listener, handle, scene, LIMIT, max_clients), 0);
}

/* Satırları yankılar; "bozul" denirse hata verir, "git" denirse döner. */
static int converse(struct stream *stream)
{
    struct text line;
    int outcome;
    while ((outcome = stream_read_line(stream, &line, DEADLINE_NONE)) > 0) {
        char answer[LIMIT + 1];
        if (line.length == 5 && memcmp(line.bytes, "bozul", 5) == 0)
            return -EIO;
        if (line.length == 3 && memcmp(line.bytes, "git", 3) == 0)
            return 0;
        memcpy(answer, line.bytes, line.length);
        answer[line.length] = '\n';
        outcome = stream_write(stream, answer, line.length + 1, SOON);
        if (outcome < 0)
            return outcome;
    }
    return outcome;
}

static int handle_echo(struct stream *stream, const struct address *peer, void *argument)
{
    struct scene *scene = argument;
    (void)peer;
    int outcome = converse(stream);
    if (outcome == -ECANCELED) {
        scene->cancelled++;
        if (scene->say) {
            task_shield(SOON);
            CHECK_INT_EQ(stream_write(stream, scene->say, strlen(scene->say), SOON), 0);
            task_unshield();
        }
    }
    scene->ended++;
    return outcome;
}

static void connect_client(const struct scene *scene, struct stream *client)
{
    const char *why = "";
    CHECK_INT_EQ(stream_connect(client, "127.0.0.1", scene->port, LIMIT, &why, SOON), 0);
}

static void say(struct stream *client, const char *line)
{
    CHECK_INT_EQ(stream_write(client, line, strlen(line), SOON), 0);
}

static void check_answer(struct stream *client, const char *expected)
{
    struct text line;
    CHECK_INT_EQ(stream_read_line(client, &line, SOON), 1);
    CHECK_BYTES_EQ(line.bytes, line.length, expected, strlen(expected));
}

static void check_served(struct stream *client)
{
    say(client, "merhaba\n");
    check_answer(client, "merhaba");
}

static void check_end(struct stream *client)
{
    struct text line;
    CHECK_INT_EQ(stream_read_line(client, &line, SOON), 0);
}

static void check_refused(struct stream *client)
{
    check_answer(client, "Sunucu dolu, daha sonra deneyin");
    check_end(client);
}

static void wait_for_clients(const struct scene *scene, size_t count)
{
    while (scene->server.clients.count != count)
        CHECK_INT_EQ(task_sleep(0.001), 0);
}

/* --- bağlantı başına bir görev --- */

REAL_LOOP_TEST(every_connection_has_its_own_handler)
{
    struct scene scene;
    struct stream clients[3];
    open_scene(&scene, handle_echo, 10);
    for (int i = 0; i < 3; i++)
        connect_client(&scene, &clients[i]);
    say(&clients[0], "yarım "); /* onu bekleyen işleyici ötekileri bekletmez */
    say(&clients[2], "üç\n");
    check_answer(&clients[2], "üç");
    say(&clients[1], "iki\n");
    check_answer(&clients[1], "iki");
    say(&clients[0], "satır\n");
    check_answer(&clients[0], "yarım satır");
    CHECK_INT_EQ(scene.server.clients.count, 3);
    for (int i = 0; i < 3; i++)
        stream_close(&clients[i]);
    wait_for_clients(&scene, 0);
    CHECK_INT_EQ(scene.ended, 3);
    server_stop(&scene.server);
}

static int tell_address(struct stream *stream, const struct address *peer, void *argument)
{
    char text[ADDRESS_TEXT_SIZE];
    (void)argument;
    address_text(peer, text);
    int outcome = stream_write(stream, text, strlen(text), SOON);
    return outcome < 0 ? outcome : stream_write(stream, "\n", 1, SOON);
}

REAL_LOOP_TEST(handler_knows_its_peer)
{
    struct scene scene;
    struct stream client;
    char own[ADDRESS_TEXT_SIZE];
    open_scene(&scene, tell_address, 10);
    connect_client(&scene, &client);
    struct address address = pair_address_of(client.fd);
    check_answer(&client, address_text(&address, own));
    stream_close(&client);
    server_stop(&scene.server);
}

/* Okunmamış bayt bırakan işleyicinin son yanıtı da gider: kapanış RST ile değil, FIN iledir. */
REAL_LOOP_TEST(connection_is_closed_when_the_handler_returns)
{
    struct scene scene;
    struct stream client;
    open_scene(&scene, handle_echo, 10);
    connect_client(&scene, &client);
    say(&client, "son\ngit\nokunmayacak\n");
    check_answer(&client, "son");
    check_end(&client);
    stream_close(&client);
    wait_for_clients(&scene, 0);
    server_stop(&scene.server);
}

REAL_LOOP_TEST(failing_handler_harms_nobody_else)
{
    struct scene scene;
    struct stream bad, good, late;
    open_scene(&scene, handle_echo, 10);
    connect_client(&scene, &good);
    connect_client(&scene, &bad);
    check_served(&good);
    say(&bad, "bozul\n");
    check_end(&bad);
    stream_close(&bad);
    wait_for_clients(&scene, 1);
    check_served(&good);
    connect_client(&scene, &late);
    check_served(&late);
    CHECK_INT_EQ(scene.cancelled, 0);
    stream_close(&good);
    stream_close(&late);
    server_stop(&scene.server);
}

REAL_LOOP_TEST(line_limit_is_the_servers)
{
    struct scene scene;
    struct stream client;
    char line[LIMIT + 2];
    open_scene(&scene, handle_echo, 10);
    connect_client(&scene, &client);
    memset(line, 'x', sizeof line);
    line[LIMIT + 1] = '\0';
    say(&client, line);
    check_end(&client);
    CHECK_INT_EQ(scene.ended, 1);
    stream_close(&client);
    server_stop(&scene.server);
}

/* --- geri çevirmek --- */

REAL_LOOP_TEST(client_over_the_limit_is_refused_in_words)
{
    struct scene scene;
    struct stream clients[2], third;
    open_scene(&scene, handle_echo, 2);
    for (int i = 0; i < 2; i++) {
        connect_client(&scene, &clients[i]);
        check_served(&clients[i]);
    }
    connect_client(&scene, &third);
    say(&third, "okunmayacak\n");
    check_refused(&third);
    for (int i = 0; i < 2; i++)
        check_served(&clients[i]);
    stream_close(&third);
    wait_for_clients(&scene, 2);
    CHECK_INT_EQ(scene.server.refused, 0);
    CHECK_INT_EQ(scene.ended, 0); /* işleyici geri çevrilen için çalışmadı */
    for (int i = 0; i < 2; i++)
        stream_close(&clients[i]);
    server_stop(&scene.server);
}

/* Kapanması beklenen geri çevrilmişler yer tutmaz. */
REAL_LOOP_TEST(place_of_a_leaver_is_free_at_once)
{
    struct scene scene;
    struct stream first, next, refused[3];
    open_scene(&scene, handle_echo, 1);
    connect_client(&scene, &first);
    check_served(&first);
    for (int i = 0; i < 3; i++) {
        connect_client(&scene, &refused[i]);
        check_refused(&refused[i]);
    }
    stream_close(&first);
    while (scene.ended == 0 || scene.server.clients.count > scene.server.refused)
        CHECK_INT_EQ(task_sleep(0.001), 0);
    connect_client(&scene, &next);
    check_served(&next);
    stream_close(&next);
    for (int i = 0; i < 3; i++)
        stream_close(&refused[i]);
    server_stop(&scene.server);
}

/* Geri çevrilenler de sınırsız birikmez: fazlası sözünü tek denemede alır. */
REAL_LOOP_TEST(crowd_of_refused_is_bounded)
{
    struct scene scene;
    struct stream first, refused[80];
    size_t most = 0;
    open_scene(&scene, handle_echo, 1);
    connect_client(&scene, &first);
    check_served(&first);
    for (int i = 0; i < 80; i++)
        connect_client(&scene, &refused[i]);
    for (int i = 0; i < 80; i++) {
        check_answer(&refused[i], "Sunucu dolu, daha sonra deneyin");
        if (scene.server.refused > most)
            most = scene.server.refused;
    }
    CHECK_BETWEEN(most, 1, 64);
    check_served(&first);
    for (int i = 0; i < 80; i++)
        stream_close(&refused[i]);
    stream_close(&first);
    server_stop(&scene.server);
}

REAL_LOOP_TEST(without_memory_newcomers_are_turned_away)
{
    struct scene scene;
    struct stream client, later;
    open_scene(&scene, handle_echo, 10);
    connect_client(&scene, &later); /* çözümleyici, bağlanmanın belleği bitmeden hazır olsun */
    check_served(&later);
    int fd = pair_connect(scene.server.listener.fd);
    stub_fill_memory(true);
    CHECK_INT_EQ(stream_open(&client, fd, LIMIT), 0);
    while (wait_fd(fd, POLLIN, 0) < 0)
        CHECK_INT_EQ(task_sleep(0.001), 0);
    stub_fill_memory(false);
    check_refused(&client);
    stream_close(&client);
    check_served(&later);
    stream_close(&later);
    server_stop(&scene.server);
}

/* --- kaynak bitmesi --- */

static void limit_descriptors(rlim_t count)
{
    struct rlimit limit;
    CHECK_INT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = count == 0 ? limit.rlim_max : count;
    CHECK_INT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

static int turns_of_the_loop;

static int wait_counted(struct poller *poller, int timeout)
{
    turns_of_the_loop++;
    return poller_epoll.wait(poller, timeout);
}

static void lack_of_descriptors_body(void)
{
    struct scene scene;
    struct stream first, second;
    open_scene(&scene, handle_echo, 10);
    connect_client(&scene, &first);
    check_served(&first);
    connect_client(&scene, &second);
    int highest = second.fd;
    wait_for_clients(&scene, 2);
    stream_close(&second);
    wait_for_clients(&scene, 1);

    int late = pair_connect(scene.server.listener.fd);
    CHECK_TRUE(late <= highest);
    limit_descriptors((rlim_t)late + 1);
    while (scene.server.listener.paused_until == 0)
        CHECK_INT_EQ(task_sleep(0.001), 0);
    check_served(&first); /* duraklayan yalnız kabuldür */
    turns_of_the_loop = 0;
    CHECK_INT_EQ(task_sleep(0.5), 0);
    CHECK_BETWEEN(turns_of_the_loop, 1, 50); /* boşuna dönmez */
    limit_descriptors(0);
    if (RUNNING_ON_VALGRIND) { /* valgrind sınırı aşan bağlantıyı kabul edip kapatır */
        close(late);
        late = pair_connect(scene.server.listener.fd);
    }
    CHECK_INT_EQ(stream_open(&second, late, LIMIT), 0);
    check_served(&second); /* kendiliğinden sürer */
    stream_close(&first);
    stream_close(&second);
    server_stop(&scene.server);
}

static void lack_of_descriptors_work(void *unused)
{
    (void)unused;
    struct poller_kind counting = poller_epoll;
    counting.wait = wait_counted;
    in_loop(&counting, lack_of_descriptors_body);
}

static void lack_of_descriptors_pauses_accepting(void)
{
    struct child_end end = child_run(lack_of_descriptors_work, NULL);
    CHECK_TEXT_MATCHES(end.err, "[^\n]* - ERROR - Kabul duraklatıldı: [^\n]+\n");
    CHECK_INT_EQ(end.code, 0);
}

/* --- çok bağlantı --- */

struct crowd {
    struct scene scene;
    int served;
    struct event all_served;
};

static int crowd_member(void *argument)
{
    struct crowd *crowd = argument;
    struct stream client;
    connect_client(&crowd->scene, &client);
    check_served(&client);
    if (++crowd->served == MANY)
        event_set(&crowd->all_served);
    int outcome = event_wait(&crowd->all_served, SOON);
    if (outcome == 0)
        check_served(&client);
    stream_close(&client);
    return outcome;
}

/* Hepsi aynı anda açıktır; gidince geride görev de tanımlayıcı da kalmaz. */
REAL_LOOP_TEST(hundreds_of_connections_come_and_go)
{
    struct crowd crowd = {.served = 0};
    struct group group;
    event_init(&crowd.all_served);
    open_scene(&crowd.scene, handle_echo, MANY);
    group_open(&group, GROUP_TOGETHER);
    for (int i = 0; i < MANY; i++)
        CHECK_INT_EQ(group_spawn(&group, NULL, crowd_member, &crowd), 0);
    CHECK_INT_EQ(event_wait(&crowd.all_served, SOON), 0);
    CHECK_INT_EQ(crowd.scene.server.clients.count, MANY);
    CHECK_INT_EQ(group_close(&group, SOON), 0);
    wait_for_clients(&crowd.scene, 0);
    CHECK_INT_EQ(crowd.scene.ended, MANY);
    CHECK_INT_EQ(loop_facts().tasks, 2); /* bu ve kabul görevi */
    server_stop(&crowd.scene.server);
    CHECK_INT_EQ(loop_facts().tasks, 1);
}

/* --- durmak --- */

static int stop_task(void *argument)
{
    struct scene *scene = argument;
    server_stop(&scene->server);
    note("durdu");
    return 0;
}

REAL_LOOP_TEST(stopping_cancels_the_handlers_and_waits)
{
    struct scene scene;
    struct stream clients[3];
    const char *why = "";
    open_scene(&scene, handle_echo, 10);
    for (int i = 0; i < 3; i++) {
        connect_client(&scene, &clients[i]);
        check_served(&clients[i]);
    }
    SCOPED_TASK task = task_create(NULL, stop_task, &scene);
    for (int i = 0; i < 3; i++)
        check_end(&clients[i]);
    CHECK_INT_EQ(scene.cancelled, 3);
    CHECK_TEXT_EQ(notes(), ""); /* istemciler kapatmadı, bağlantılar daha bitmedi */
    for (int i = 0; i < 3; i++)
        stream_close(&clients[i]);
    CHECK_INT_EQ(task_await(task, SOON), 0);
    CHECK_INT_EQ(scene.server.clients.count, 0);
    CHECK_INT_EQ(loop_facts().tasks, 1);
    CHECK_INT_EQ(stream_connect(&clients[0], "127.0.0.1", scene.port, LIMIT, &why, SOON),
                 -ECONNREFUSED);
}

REAL_LOOP_TEST(goodbye_under_a_shield_arrives)
{
    struct scene scene;
    struct stream client;
    open_scene(&scene, handle_echo, 10);
    scene.say = GOODBYE;
    connect_client(&scene, &client);
    check_served(&client);
    say(&client, "yarım kalan");
    SCOPED_TASK task = task_create(NULL, stop_task, &scene);
    check_answer(&client, "güle güle");
    check_end(&client);
    stream_close(&client);
    CHECK_INT_EQ(task_await(task, SOON), 0);
}

/* Kapatmayan istemci durmayı sonsuza dek geciktiremez. */
REAL_LOOP_TEST(client_that_stays_does_not_hold_the_stop)
{
    struct scene scene;
    struct stream client;
    open_scene(&scene, handle_echo, 10);
    connect_client(&scene, &client);
    check_served(&client);
    server_stop(&scene.server);
    CHECK_INT_EQ(scene.ended, 1);
    CHECK_INT_EQ(scene.server.clients.count, 0);
    stream_close(&client);
}

static int serve_until_cancelled(void *argument)
{
    struct scene *scene = argument;
    open_scene(scene, handle_echo, 10);
    int outcome = task_sleep_until(DEADLINE_NONE);
    server_stop(&scene->server);
    CHECK_INT_EQ(scene->server.clients.count, 0);
    return outcome;
}

/* Programlar böyle kapanır: sunucunun sahibi iptal edilmiştir, ama bağlantıların bitmesini yine
 * bekler. */
REAL_LOOP_TEST(cancelled_owner_waits_for_its_clients)
{
    struct scene scene = {.port = 0};
    struct stream client;
    SCOPED_TASK task = task_create(NULL, serve_until_cancelled, &scene);
    CHECK_INT_EQ(task_yield(), 0);
    scene.say = GOODBYE;
    connect_client(&scene, &client);
    check_served(&client);
    CHECK_TRUE(task_cancel(task));
    check_answer(&client, "güle güle");
    check_end(&client);
    stream_close(&client);
    CHECK_INT_EQ(task_await(task, SOON), -ECANCELED);
    CHECK_INT_EQ(scene.ended, 1);
}

/* Durdurmak, veda eden bir görevin kalkanını düşürmez. */
REAL_LOOP_TEST(stopping_keeps_the_shield_of_its_caller)
{
    struct scene scene;
    open_scene(&scene, handle_echo, 10);
    CHECK_TRUE(task_cancel(task_current()));
    task_shield(DEADLINE_NONE);
    server_stop(&scene.server);
    CHECK_FALSE(task_cancelling());
    task_unshield();
    CHECK_TRUE(task_cancelling());
    CHECK_INT_EQ(task_uncancel(), 0);
}

REAL_LOOP_TEST(idle_server_stops)
{
    struct scene scene;
    open_scene(&scene, handle_echo, 10);
    server_stop(&scene.server); /* kabul görevi daha hiç çalışmadı */
    open_scene(&scene, handle_echo, 10);
    CHECK_INT_EQ(task_sleep(0.002), 0);
    server_stop(&scene.server);
    CHECK_INT_EQ(loop_facts().tasks, 1);
}

/* Soket o zaman da sunucunundur: kapatılmıştır. */
REAL_LOOP_TEST(server_without_memory_does_not_start)
{
    struct server server;
    int listener = pair_listen(0, SOCK_STREAM);
    stub_fill_memory(true);
    int outcome = server_start(&server, listener, handle_echo, NULL, LIMIT, 10);
    stub_fill_memory(false);
    CHECK_INT_EQ(outcome, -ENOMEM);
}

static const struct check_test tests[] = {
    {RUN(every_connection_has_its_own_handler)},
    {RUN(handler_knows_its_peer)},
    {RUN(connection_is_closed_when_the_handler_returns)},
    {RUN(failing_handler_harms_nobody_else)},
    {RUN(line_limit_is_the_servers)},
    {RUN(client_over_the_limit_is_refused_in_words)},
    {RUN(place_of_a_leaver_is_free_at_once)},
    {RUN(crowd_of_refused_is_bounded)},
    {RUN(without_memory_newcomers_are_turned_away)},
    {RUN(lack_of_descriptors_pauses_accepting)},
    {RUN(hundreds_of_connections_come_and_go)},
    {RUN(stopping_cancels_the_handlers_and_waits)},
    {RUN(goodbye_under_a_shield_arrives)},
    {RUN(client_that_stays_does_not_hold_the_stop)},
    {RUN(cancelled_owner_waits_for_its_clients)},
    {RUN(stopping_keeps_the_shield_of_its_caller)},
    {RUN(idle_server_stops)},
    {RUN(server_without_memory_does_not_start)},
};

int main(void)
{
    return CHECK_RUN(tests);
}
