#include "context.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <unistd.h>

/* Ayrılan yer yalnız adrestir; bellek, dokunulan sayfa kadardır. */
#define STACK_SIZE ((size_t)256 * 1024)

static size_t guard_size(void)
{
    return (size_t)sysconf(_SC_PAGESIZE);
}

/* region: stack */
static int map_stack(struct context *context)
{
    char *mapping = mmap(NULL, guard_size() + STACK_SIZE, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (mapping == MAP_FAILED)
        return -errno;
    /* Yığın aşağı büyür. Taşan, komşusunun belleğini bozmaz; bu sayfaya çarpar ve SIGSEGV alır. */
    if (mprotect(mapping, guard_size(), PROT_NONE) < 0) {
        int error = errno;
        munmap(mapping, guard_size() + STACK_SIZE);
        return -error;
    }
    context->mapping = mapping;
    context->stack = (struct sanitizer_stack){mapping + guard_size(), STACK_SIZE, NULL};
    return 0;
}

void context_destroy(struct context *context)
{
    sanitizer_forget(&context->stack);
    munmap(context->mapping, guard_size() + STACK_SIZE);
}
/* endregion */

/* region: create */
int context_create(struct context *context, void (*entry)(void))
{
    int outcome = map_stack(context);
    if (outcome < 0)
        return outcome;
    getcontext(&context->saved);
    context->saved.uc_stack.ss_sp = (char *)context->mapping + guard_size();
    context->saved.uc_stack.ss_size = STACK_SIZE;
    context->saved.uc_link = NULL;
    makecontext(&context->saved, entry, 0);
    return 0;
}
/* endregion */

/* region: switch */
/* getcontext iki kez döner: önce hemen, yazmaçları sakladığında; sonra, biri buraya setcontext ile
 * atlayınca. Hangisi olduğunu söyleyen değişken bellekte durmalıdır (volatile): yazmaçta dursaydı
 * atlayışta o da eski haline dönerdi. */
void context_switch(struct context *from, struct context *to)
{
    volatile bool resumed = false;
    sanitizer_leave(&from->stack, &to->stack, false);
    getcontext(&from->saved);
    if (!resumed) {
        resumed = true;
        setcontext(&to->saved);
    }
    sanitizer_arrive(&from->stack, &to->stack);
}
/* endregion */

void context_begin(struct context *here, struct context *from)
{
    sanitizer_arrive(&here->stack, &from->stack);
}

void context_finish(struct context *from, struct context *to)
{
    sanitizer_leave(&from->stack, &to->stack, true);
    setcontext(&to->saved);
    __builtin_unreachable();
}
