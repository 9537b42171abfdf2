/* Çalışma zamanının ölçülen işleri: geçmek, sırayı bırakmak, görev açıp beklemek; onu
 * `scripts/bench runtime` sürer.
 *
 * Bir koşu tek işi verilen sayıda yapar ve tek satır yazar:
 *
 *     bitti SAYI NANOSANİYE
 *
 * Nanosaniye, hepsine harcanan işlemci süresidir: makinede başkası çalışsa da sayılmaz. Saymadan
 * önce işin onda biri ısınmak için yapılır. asyncio_runtime.py aynı işleri asyncio ile yapar, aynı
 * satırı yazar.
 *
 * Bilerek yapmadığı: ölçüleni döngünün içine açmak. Her iş, bir programın yazacağı çağrılarladır.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "async/combine.h"
#include "async/context.h"
#include "async/stack.h"
#include "async/task.h"
#include "base/cli.h"
#include "base/errtext.h"
#include "base/program.h"

#define TASKS 100
#define WARM_SHARE 10

struct work {
    const char *name;
    int (*repeat)(long count); /* işi o kadar yapar: 0 ya da -errno */
};

static int64_t cpu_ns(void)
{
    struct timespec spent;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
    return (int64_t)spent.tv_sec * 1000000000 + spent.tv_nsec;
}

/* --- switch: yalnız bağlamlar; sıra, görev, iptal yok --- */

struct pair {
    struct context thread;
    struct context other;
    long left;
};

static void return_at_once(void *argument)
{
    struct pair *pair = argument;
    while (--pair->left > 0)
        context_switch(&pair->other, &pair->thread);
    context_finish(&pair->other, &pair->thread);
}

/* Bir iş, gidip gelmektir. */
static int repeat_switch(long count)
{
    struct pair pair = {.left = count};
    struct stack stack;
    int outcome = stack_take(&stack);
    if (outcome < 0)
        return outcome;
    context_init_thread(&pair.thread);
    context_init(&pair.other, stack.bottom, stack.size, return_at_once, &pair);
    for (long i = 0; i < count; i++)
        context_switch(&pair.thread, &pair.other);
    context_destroy(&pair.other);
    stack_give(&stack);
    return 0;
}

/* --- yield: sıradan geçmek --- */

static int yield_in_turn(void *argument)
{
    long *left = argument; /* ortak: görevlerin hangisi kaç kez bıraktı, fark etmez */
    int outcome = 0;
    while (outcome == 0 && (*left)-- > 0)
        outcome = task_yield();
    return outcome;
}

/* Yüz görev sırayı birbirine bırakır; bir iş, bir görevin sırayı bırakıp geri almasıdır. */
static int repeat_yield(long count)
{
    struct task *tasks[TASKS];
    for (int i = 0; i < TASKS; i++)
        tasks[i] = task_create(NULL, yield_in_turn, &count);
    int outcome = task_gather(tasks, TASKS, DEADLINE_NONE);
    for (int i = 0; i < TASKS; i++)
        task_release(tasks[i]);
    return outcome;
}

/* --- create, create-fresh: görev açmak, beklemek, geri vermek --- */

static int nothing(void *argument)
{
    (void)argument;
    return 0;
}

static int create_and_join(void)
{
    struct task *task = task_create(NULL, nothing, NULL);
    int outcome = task_await(task, DEADLINE_NONE);
    task_release(task);
    return outcome;
}

static int repeat_create(long count)
{
    int outcome = 0;
    while (outcome == 0 && count-- > 0)
        outcome = create_and_join();
    return outcome;
}

/* Havuz hep boşaltılır: her yığın yeniden eşlenir, koruma sayfası yeniden kurulur. */
static int repeat_create_fresh(long count)
{
    int outcome = 0;
    while (outcome == 0 && count-- > 0) {
        stack_drain_pool();
        outcome = create_and_join();
    }
    return outcome;
}

/* --- ölçmek --- */

static const struct work works[] = {
    {"switch", repeat_switch},
    {"yield", repeat_yield},
    {"create", repeat_create},
    {"create-fresh", repeat_create_fresh},
};
static const char *const names[] = {"switch", "yield", "create", "create-fresh", NULL};

static const struct work *find_work(const char *name)
{
    const struct work *work = works;
    while (strcmp(work->name, name) != 0)
        work++;
    return work;
}

struct order {
    const struct work *work;
    long count;
};

static int measure(void *argument)
{
    const struct order *order = argument;
    int outcome = order->work->repeat(order->count / WARM_SHARE + 1);
    if (outcome < 0)
        return outcome;
    int64_t began = cpu_ns();
    outcome = order->work->repeat(order->count);
    if (outcome == 0)
        printf("bitti %ld %" PRId64 "\n", order->count, cpu_ns() - began);
    return outcome;
}

int main(int argc, char **argv)
{
    (void)argc;
    const char *name = "yield";
    struct order order = {.count = 1000000};
    const struct cli_option options[] = {
        {'w', "work", CLI_CHOICE, &name, 0, 0, names, "yapılacak iş", NULL},
        {'c', "count", CLI_NUMBER, &order.count, 1, 1e9, NULL, "kaç kez", NULL},
        CLI_OPTION_HELP,
        CLI_OPTION_END,
    };
    program_init();
    cli_parse(&(struct cli){.name = "runtime",
                            .about = "Çalışma zamanının bir işini tekrarlar, harcadığı işlemci "
                                     "süresini yazar.",
                            .options = options},
              argv);
    order.work = find_work(name);
    int outcome = loop_run(measure, &order);
    if (outcome < 0)
        return program_fail("Ölçülemedi: %s", error_text(outcome));
    return program_exit(EXIT_SUCCESS);
}
