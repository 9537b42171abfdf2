#include "demo.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/wait.h"

#define UNWELCOMED_SECONDS 0.5
#define WORKER_SIZE 128

/* Gösterinin bir konuğu: ekranda [A] ya da [B] diye görünen bağlantı. */
struct guest {
    char letter;
    struct connection connection;
    char worker[WORKER_SIZE]; /* `işçi` isteğine aldığı yanıt */
};

static void show(const struct guest *guest, const char *request, struct text reply)
{
    printf("[%c] %s → %.*s\n", guest->letter, request, (int)reply.length, reply.bytes);
}

/* Boşlukla biten beklenti yanıtın başı, öbürleri tamamıdır. */
static int check(struct guest *guest, struct text reply, const char *expected)
{
    size_t length = strlen(expected);
    bool fits = expected[length - 1] == ' ' ? reply.length >= length : reply.length == length;
    if (fits && memcmp(reply.bytes, expected, length) == 0)
        return 0;
    return connection_fail(&guest->connection, "Yanıt yanlış", expected, -EPROTO);
}

static int ask(struct guest *guest, const char *request, const char *expected)
{
    struct text reply;
    int outcome = connection_ask(&guest->connection, request, &reply);
    if (outcome < 0)
        return outcome;
    show(guest, request, reply);
    return check(guest, reply, expected);
}

/* Sıradaki soru-yanıtlar; biri olmayınca durur. */
static int ask_all(struct guest *guest, const char *const dialogue[][2], size_t count)
{
    int outcome = 0;
    for (size_t i = 0; i < count && outcome == 0; i++)
        outcome = ask(guest, dialogue[i][0], dialogue[i][1]);
    return outcome;
}

#define ASK_ALL(guest, dialogue) ask_all(guest, dialogue, sizeof(dialogue) / sizeof *(dialogue))

static int ask_worker(struct guest *guest)
{
    struct text reply;
    int outcome = connection_ask(&guest->connection, "işçi", &reply);
    if (outcome < 0)
        return outcome;
    show(guest, "işçi", reply);
    snprintf(guest->worker, sizeof guest->worker, "%.*s", (int)reply.length, reply.bytes);
    return check(guest, reply, "İşçi: ");
}

static int first_guest(struct guest *a)
{
    static const char *const stateless[][2] = {{"topla 3 4", "Sonuç: 7"},
                                               {"saat", "Sunucu zamanı: "}};
    static const char *const session[][2] = {
        {"say", "Sayaç: 1"},     {"say", "Sayaç: 2"},
        {"kim", "Hata: "},       {"ad Ayşe", "Adınız kaydedildi"},
        {"kim", "Adınız: Ayşe"},
    };
    printf("1. Durumsuz istekler: yanıt yalnız isteğe bağlı\n");
    int outcome = connection_establish(&a->connection);
    if (outcome == 0)
        outcome = ASK_ALL(a, stateless);
    if (outcome < 0)
        return outcome;
    printf("\n2. Oturum: yanıt, aynı bağlantıda daha önce söylenenlere bağlı\n");
    outcome = ASK_ALL(a, session);
    return outcome < 0 ? outcome : ask_worker(a);
}

/* B bağlanır. A ile konuşan sunucu B'yi karşılayamıyorsa bunu söyler ve A'yı uğurlar: yineleyen
 * sunucuda A gitmeden B'ye sıra gelmez. */
static int second_guest_arrives(struct guest *a, struct guest *b)
{
    int outcome = connection_open(&b->connection);
    if (outcome < 0)
        return outcome;
    if (wait_fd(b->connection.fd, POLLIN, deadline_after(UNWELCOMED_SECONDS)) == -ETIMEDOUT) {
        printf("[B] bağlandı ama karşılanmadı: sunucu A ile konuşuyor. A ayrılıyor.\n");
        outcome = connection_leave(&a->connection);
    }
    return outcome < 0 ? outcome : connection_welcome(&b->connection);
}

/* "İşçi: süreç P, iş parçacığı T": virgüle kadarı süreçtir. */
static void compare_workers(const struct guest *a, const struct guest *b)
{
    size_t process = strcspn(a->worker, ",");
    if (strcmp(a->worker, b->worker) == 0)
        printf("A'ya da B'ye de aynı iş parçacığı yanıt verdi.\n");
    else if (strncmp(a->worker, b->worker, process + 1) == 0)
        printf("A'ya ve B'ye aynı sürecin ayrı iş parçacıkları yanıt verdi.\n");
    else
        printf("A'ya ve B'ye ayrı süreçler yanıt verdi.\n");
}

static int second_guest(struct guest *a, struct guest *b)
{
    static const char *const session[][2] = {{"say", "Sayaç: 1"}, {"kim", "Hata: "}};
    printf("\n3. İkinci bağlantı, ayrı oturum\n");
    int outcome = second_guest_arrives(a, b);
    if (outcome == 0)
        outcome = ASK_ALL(b, session);
    if (outcome == 0 && a->connection.fd >= 0)
        outcome = ask(a, "say", "Sayaç: 3");
    if (outcome < 0)
        return outcome;
    printf("\n4. Kim yanıtlıyor, sayaç kimin?\n");
    outcome = ask_worker(b);
    if (outcome < 0)
        return outcome;
    compare_workers(a, b);
    if (a->connection.fd >= 0)
        outcome = ask(a, "toplam", "Toplam istek: ");
    return outcome < 0 ? outcome : ask(b, "toplam", "Toplam istek: ");
}

static int part(struct guest *guest)
{
    return guest->connection.fd < 0 ? 0 : connection_leave(&guest->connection);
}

static int finish_slow(struct guest *a)
{
    struct text reply;
    int outcome = connection_receive(&a->connection, &reply);
    if (outcome < 0)
        return outcome;
    show(a, "bekle 0.5", reply);
    outcome = check(a, reply, "Beklendi: 0.5 saniye");
    return outcome < 0 ? outcome : part(a);
}

static int finish_quick(struct guest *b)
{
    int outcome = connection_welcome(&b->connection);
    if (outcome == 0)
        outcome = ask(b, "topla 1 2", "Sonuç: 3");
    return outcome < 0 ? outcome : part(b);
}

/* region: slow */
static bool second_speaks_first(const struct guest *a, const struct guest *b)
{
    struct pollfd fds[] = {{.fd = a->connection.fd, .events = POLLIN},
                           {.fd = b->connection.fd, .events = POLLIN}};
    deadline_t deadline = deadline_after(a->connection.target->timeout);
    while (poll(fds, 2, deadline_poll_ms(deadline)) < 0 && errno == EINTR)
        ;
    return fds[1].revents != 0;
}
/* endregion */

/* A yavaş isteğini gönderir, B hemen ardından bağlanır. Önce hangisine söz gelirse sunucu onu öne
 * almıştır: A'ya yanıt, B'ye karşılama. */
static int slow_request(struct guest *a, struct guest *b)
{
    printf("\n5. Yavaş istek ötekini bekletir mi?\n");
    int outcome = connection_establish(&a->connection);
    if (outcome == 0)
        outcome = connection_send(&a->connection, "bekle 0.5");
    if (outcome == 0)
        outcome = connection_open(&b->connection);
    if (outcome < 0)
        return outcome;

    bool b_first = second_speaks_first(a, b);
    outcome = b_first ? finish_quick(b) : finish_slow(a);
    if (outcome == 0)
        outcome = b_first ? finish_slow(a) : finish_quick(b);
    if (outcome == 0)
        printf("B, A'nın yanıtını %s.\n", b_first ? "beklemedi" : "bekledi");
    return outcome;
}

int demo_run(const struct target *target, struct connection *trouble)
{
    struct guest a = {.letter = 'A'};
    struct guest b = {.letter = 'B'};
    connection_init(&a.connection, target);
    connection_init(&b.connection, target);
    int outcome = first_guest(&a);
    if (outcome == 0)
        outcome = second_guest(&a, &b);
    if (outcome == 0)
        outcome = part(&a);
    if (outcome == 0)
        outcome = part(&b);
    if (outcome == 0)
        outcome = slow_request(&a, &b);
    connection_close(&a.connection);
    connection_close(&b.connection);
    *trouble = a.connection.failed ? a.connection : b.connection;
    return outcome;
}
