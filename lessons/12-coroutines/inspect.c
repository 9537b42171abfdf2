/* Bir eş yordamın ömrü: oluşturuldu, çalışıyor, bekliyor, hazır, bitti; hepsi dışarıdan bakılarak.
 *
 * Bakan da bakılan da aynı iş parçacığındadır: bakan çalışıyorsa öteki çalışmıyordur. Başkasını
 * çalışırken gören tek kod, onun çağırdığı koddur (look'un gövdeden çağrılması).
 */
#include <errno.h>
#include <stdio.h>

#include "async/sync.h"
#include "async/task.h"
#include "connection.h"
#include "demos.h"

#define WORK_SECONDS 1.0

struct simple {
    const char *name;
    struct connection connection;
    struct task *task;
    bool began;            /* gövdesinin ilk satırı çalıştı */
    struct event answered; /* sunucunun yanıtı geldi ya da gelmeyecek */
    struct event allowed;  /* sürebilir */
    char result[REPLY_SIZE];
};

/* region: state-name */
/* Döngü için iki "hazır" aynıdır: ikisi de sırada bekler. Bize biri henüz hiç çalışmamıştır. */
static const char *state_name(const struct simple *simple)
{
    switch (task_state(simple->task)) {
    case TASK_READY:
        return simple->began ? "hazır" : "oluşturuldu";
    case TASK_RUNNING:
        return "çalışıyor";
    case TASK_WAITING:
        return "bekliyor";
    case TASK_DONE:
        return "bitti";
    }
    return "?";
}

static void look(const struct simple *simple)
{
    printf("Durum: %s\n", state_name(simple));
}
/* endregion */

/* region: simple-coroutine */
/* İki bekleyiş: sunucunun yanıtı, sonra dışarıdakinin izni. */
static int simple_coroutine(void *argument)
{
    struct simple *simple = argument;
    simple->began = true;
    printf("%s başladı\n", simple->name);
    look(simple);
    double seconds = WORK_SECONDS * simple->connection.settings->scale;
    int outcome = connection_ask(&simple->connection, WORK_SECONDS, simple->result, "bekle %g %s",
                                 seconds, simple->name);
    event_set(&simple->answered); /* olmasa da: dışarıdaki bunu bekliyor */
    if (outcome == 0)
        outcome = event_wait(&simple->allowed, DEADLINE_NONE);
    if (outcome == 0)
        printf("%s bitti\n", simple->name);
    return outcome;
}
/* endregion */

/* region: watch-life */
static int watch_life(struct simple *simple)
{
    look(simple);
    int outcome = task_yield(); /* sıra onda; ilk bekleyişinde geri gelir */
    look(simple);
    if (outcome == 0)
        outcome = event_wait(&simple->answered, DEADLINE_NONE);
    event_set(&simple->allowed); /* uyandırmak sıraya koymaktır: gövde daha çalışmadı */
    look(simple);
    if (outcome == 0)
        outcome = task_await(simple->task, DEADLINE_NONE);
    look(simple);
    return outcome;
}
/* endregion */

int demo_inspect(struct settings *settings)
{
    printf("=== Coroutine İnceleme ===\n");
    struct simple simple = {.name = "Test"};
    event_init(&simple.answered);
    event_init(&simple.allowed);
    int outcome = connection_open(&simple.connection, settings);
    if (outcome < 0)
        return outcome;
    simple.task = task_create(simple.name, simple_coroutine, &simple);
    printf("Tip: struct task *\n");
    printf("Coroutine mu?: %s\n", simple.task ? "True" : "False");
    outcome = simple.task ? watch_life(&simple) : -ENOMEM; /* gövdesiz görevin haberi gelmez */
    if (outcome == 0)
        printf("Sonuç: %s\n", simple.result);
    task_release(simple.task);
    connection_close(&simple.connection);
    return outcome;
}
