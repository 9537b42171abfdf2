/* Bekleyen bir eş yordam nerede durur? Çağrı çağrı derinleşip dibinde bekler; yığınının neresinde
 * durduğunu ölçer.
 *
 * Yığınlı eş yordamda bekleyiş hangi derinlikte olursa olsun çerçeveler (frame) yerindedir:
 * sürdürmek yalnız yığın işaretçisini geri koymaktır. Üreteç ise yığın istemez: nerede kaldığını
 * bir yapıda tutar.
 */
#include <stdint.h>
#include <stdio.h>

#include "async/task.h"
#include "async_range.h"
#include "demos.h"

#define WAIT_SECONDS 0.1

struct descent {
    struct settings *settings;
    struct connection connection;
    long depth;
    uintptr_t top, bottom; /* ilk ve son çerçevenin yeri */
    bool moved;            /* bekleyişten sonra dipteki çerçeve başka yerde */
    char reply[REPLY_SIZE];
    long intact; /* bekleyişten sonra değeri yerinde duran yereller */
};

/* Derleyicinin yer değiştiremeyeceği bir işaret. Yerelin adresi olmazdı: ASan onu yığının dışına
 * koyabilir. */
static uintptr_t frame_address(void *frame)
{
    return (uintptr_t)frame;
}

/* region: descend */
__attribute__((noinline)) static int descend(struct descent *descent, long left)
{
    volatile long mine = left * left;
    int outcome;
    if (left > 0) {
        outcome = descend(descent, left - 1);
    } else {
        descent->bottom = frame_address(__builtin_frame_address(0));
        outcome = connection_ask(&descent->connection, WAIT_SECONDS, descent->reply, "bekle %g dip",
                                 WAIT_SECONDS * descent->settings->scale);
        descent->moved = descent->bottom != frame_address(__builtin_frame_address(0));
    }
    descent->intact += mine == left * left;
    return outcome;
}
/* endregion */

static int descent_task(void *argument)
{
    struct descent *descent = argument;
    int outcome = connection_open(&descent->connection, descent->settings);
    if (outcome < 0)
        return outcome;
    descent->top = frame_address(__builtin_frame_address(0));
    outcome = descend(descent, descent->depth);
    connection_close(&descent->connection);
    return outcome;
}

int demo_stack(struct settings *settings)
{
    static const long depths[] = {1, 10, 100};
    printf("=== Yığın ===\n");
    for (size_t i = 0; i < sizeof depths / sizeof *depths; i++) {
        struct descent descent = {.settings = settings, .depth = depths[i]};
        SCOPED_TASK task = task_create("dalgıç", descent_task, &descent);
        int outcome = task_await(task, DEADLINE_NONE);
        if (outcome < 0)
            return outcome;
        printf("%ld çağrı derinde beklendi: yığında %ld bayt, yerinde duran yerel %ld/%ld%s\n",
               descent.depth, (long)(descent.top - descent.bottom), descent.intact,
               descent.depth + 1, descent.moved ? ", çerçeve taşındı" : "");
    }
    printf("Üreteç: yığın yok, bir yapı: %zu bayt\n", sizeof(struct async_range));
    return 0;
}
