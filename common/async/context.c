#include "async/context.h"

#include "async/context_machine.h"
#include "async/sanitizer.h"

/* Geçişin bıraktığı yürütme: ASan sınırlarını, varınca söyler. */
static _Thread_local struct context *left;

void context_init_thread(struct context *context)
{
    *context = (struct context){.fiber = sanitizer_this_fiber()};
}

/* Geçişten hemen önce; `fake_stack` NULL ise `from` bir daha sürdürülmez. */
IN_THE_SWITCH void depart(struct context *from, void **fake_stack, const struct context *to)
{
    if (SANITIZER_WATCHES_STACKS)
        left = from;
    sanitizer_leave(fake_stack, to->stack, to->stack_size, to->fiber);
}

/* Varılan yürütmenin yığınında ilk iş. */
IN_THE_SWITCH void arrive(const struct context *here)
{
    const void *stack = NULL;
    size_t size = 0;
    sanitizer_arrive(here->fake_stack, &stack, &size);
    if (SANITIZER_WATCHES_STACKS && !left->stack) {
        left->stack = stack;
        left->stack_size = size;
    }
}

static void begin(void *argument)
{
    struct context *here = argument;
    arrive(here);
    here->entry(here->argument);
    __builtin_trap(); /* entry dönmez: dönecek yer yoktur */
}

void context_init(struct context *context, void *stack, size_t size, void (*entry)(void *),
                  void *argument)
{
    *context = (struct context){
        .stack_pointer = context_prepare(stack, size, begin, context),
        .stack = stack,
        .stack_size = size,
        .fiber = sanitizer_new_fiber(),
        .entry = entry,
        .argument = argument,
    };
}

/* region: context-switch */
void context_switch(struct context *from, struct context *to)
{
    depart(from, &from->fake_stack, to);
    context_swap(&from->stack_pointer, to->stack_pointer);
    arrive(from);
}
/* endregion */

void context_finish(struct context *from, struct context *to)
{
    depart(from, NULL, to);
    context_swap(&from->stack_pointer, to->stack_pointer);
    __builtin_unreachable();
}

void context_destroy(struct context *context)
{
    sanitizer_free_fiber(context->fiber);
    context->fiber = NULL;
}
