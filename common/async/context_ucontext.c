/* Taşınabilir bağlam değiştirme: swapcontext(3).
 *
 * swapcontext sinyal maskesini de saklayıp geri yükler, yani her geçişte bir sistem çağrısı yapar.
 * Bedeli budur; yararı, çekirdeğin ve C kitaplığının bildiği her işlemcide çalışmasıdır. Bizde
 * maske yürütmenin değil, iş parçacığınındır: bir görevin engellediği sinyal ötekilerde de engelli
 * kalsın diye geçilecek yere o anki maske konur (bir sistem çağrısı daha).
 */
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <ucontext.h>

#include "async/context_machine.h"

/* Yığının tepesine konur; "yığın işaretçisi" budur. */
struct machine {
    ucontext_t context;
    void (*entry)(void *);
    void *argument;
};

/* makecontext yalnız int geçirir; işaretçi iki yarıya bölünür. */
static void begin(unsigned high, unsigned low)
{
    struct machine *machine = (struct machine *)((uintptr_t)high << 32 | (uintptr_t)low);
    machine->entry(machine->argument);
}

void *context_prepare(void *stack, size_t size, void (*entry)(void *), void *argument)
{
    uintptr_t top = ((uintptr_t)stack + size - sizeof(struct machine)) & ~(uintptr_t)63;
    struct machine *machine = (struct machine *)top;
    memset(machine, 0, sizeof *machine);
    machine->entry = entry;
    machine->argument = argument;
    getcontext(&machine->context);
    machine->context.uc_stack.ss_sp = stack;
    machine->context.uc_stack.ss_size = top - (uintptr_t)stack;
    uintptr_t whole = (uintptr_t)machine;
    makecontext(&machine->context, (void (*)(void))begin, 2, (unsigned)(whole >> 32),
                (unsigned)whole);
    return machine;
}

void context_swap(void **save, void *load)
{
    /* Duran yürütmenin kaydı kendi yığınında, bu çerçevededir: geri dönülene dek yerinde durur. */
    struct machine here;
    here.context.uc_stack = (stack_t){0}; /* swapcontext doldurmaz, ASan bakar */
    *save = &here;
    struct machine *there = load;
    pthread_sigmask(SIG_SETMASK, NULL, &there->context.uc_sigmask);
    swapcontext(&here.context, &there->context);
}
