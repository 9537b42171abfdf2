/* Eş yordamların birleşmesi: iki iş birlikte (iç içe), üç iş art arda (zincir).
 *
 * Birlikte olması istenen iş bir görevdir; sırayla olması yeten iş sıradan bir işlev çağrısıdır.
 * Yığınlı (stackful) eş yordamda, içinde beklenen bir işlevin beklemeyenden çağrılış farkı yoktur.
 */
#include <stdio.h>
#include <string.h>

#include "async/combine.h"
#include "connection.h"
#include "demos.h"

#define RECORD_SECONDS 0.5
#define STEP_SECONDS 0.5

/* Sunucudan bir kayıt. Kendi bağlantısını açar ve kapatır: birlikte sorulan iki soru iki
 * bağlantıdır. */
struct fetch {
    struct settings *settings;
    const char *what; /* "kullanıcı", "gönderiler" */
    long user;
    char json[REPLY_SIZE];
};

static int fetch(void *argument)
{
    struct fetch *fetch = argument;
    struct connection connection = {0};
    int outcome = connection_open(&connection, fetch->settings);
    if (outcome == 0)
        outcome = connection_ask(&connection, RECORD_SECONDS, fetch->json, "%s %ld %g", fetch->what,
                                 fetch->user, RECORD_SECONDS * fetch->settings->scale);
    char first = *fetch->what == 'k' ? '{' : '[';
    if (outcome == 0 && fetch->json[0] != first)
        outcome = connection_unexpected(&connection);
    connection_close(&connection);
    return outcome;
}

/* region: nested */
/* İki eş yordam birlikte; sonuçları, ikisinin de argümanının durduğu bu yığında birleşir. */
static int fetch_user_with_posts(struct fetch *user, struct fetch *posts)
{
    SCOPED_TASK user_task = task_create("kullanıcı", fetch, user);
    SCOPED_TASK posts_task = task_create("gönderiler", fetch, posts);
    struct task *const both[] = {user_task, posts_task};
    return task_gather(both, 2, DEADLINE_NONE); /* her bekleyişin kendi sınırı var */
}

int demo_nested(struct settings *settings)
{
    struct fetch user = {.settings = settings, .what = "kullanıcı", .user = 1};
    struct fetch posts = {.settings = settings, .what = "gönderiler", .user = 1};
    printf("=== Nested Coroutines ===\n");
    int outcome = fetch_user_with_posts(&user, &posts);
    if (outcome < 0)
        return outcome;
    /* {**user, "posts": posts}: nesnenin kapanışından önce bir alan daha. */
    int length = (int)strcspn(user.json, "}");
    printf("Kullanıcı verisi: %.*s, \"posts\": %s}\n", length, user.json, posts.json);
    return 0;
}
/* endregion */

/* region: chained */
/* Bir adım: önceki adımın sonucuyla başlar, kendi sonucunu `result`a yazar. Görev değildir;
 * çağıranın görevinde, onun yığınında bekler. */
static int step(struct connection *connection, int number, const char *previous, char *result)
{
    printf("Adım %d çalışıyor", number);
    if (previous)
        printf(" (önceki: %s)", previous);
    putchar('\n');
    return connection_ask(connection, STEP_SECONDS, result, "bekle %g Adım %d",
                          STEP_SECONDS * connection->settings->scale, number);
}

static int chained_coroutines(struct connection *connection, char *final)
{
    char first[REPLY_SIZE];
    char second[REPLY_SIZE];
    int outcome = step(connection, 1, NULL, first);
    if (outcome == 0)
        outcome = step(connection, 2, first, second);
    if (outcome == 0)
        outcome = step(connection, 3, second, final);
    return outcome;
}
/* endregion */

int demo_chained(struct settings *settings)
{
    char final[REPLY_SIZE];
    struct connection connection;
    printf("=== Chained Coroutines ===\n");
    int outcome = connection_open(&connection, settings);
    if (outcome < 0)
        return outcome;
    outcome = chained_coroutines(&connection, final);
    if (outcome == 0)
        printf("Final sonuç: %s\n", final);
    connection_close(&connection);
    return outcome;
}
