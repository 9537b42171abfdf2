#include "async/timers.h"

#include <stddef.h>

static bool earlier(const struct timer *a, const struct timer *b)
{
    return a->when != b->when ? a->when < b->when : a->order < b->order;
}

/* İki ağacı birleştirir: geç olan, erkenin en sol çocuğu olur. */
static struct timer *merge(struct timer *a, struct timer *b)
{
    if (!a || !b)
        return a ? a : b;
    if (earlier(b, a)) {
        struct timer *swap = a;
        a = b;
        b = swap;
    }
    b->previous = a;
    b->sibling = a->child;
    if (b->sibling)
        b->sibling->previous = b;
    a->child = b;
    return a;
}

/* Kardeşleri soldan sağa ikişer ikişer, sonra sağdan sola tek ağaçta birleştirir: paylaştırılmış
 * O(log n) bu iki geçişten gelir. */
static struct timer *merge_siblings(struct timer *first)
{
    struct timer *pairs = NULL;
    while (first) {
        struct timer *a = first, *b = a->sibling;
        first = b ? b->sibling : NULL;
        a->sibling = NULL;
        if (b)
            b->sibling = NULL;
        struct timer *pair = merge(a, b);
        pair->sibling = pairs; /* eşleri tersine dizer */
        pairs = pair;
    }
    struct timer *whole = NULL;
    while (pairs) {
        struct timer *next = pairs->sibling;
        pairs->sibling = NULL;
        whole = merge(whole, pairs);
        pairs = next;
    }
    return whole;
}

static void set_first(struct timers *timers, struct timer *first)
{
    timers->first = first;
    if (first)
        first->previous = first;
}

void timers_add(struct timers *timers, struct timer *timer, deadline_t when)
{
    *timer = (struct timer){.when = when, .order = timers->order++};
    set_first(timers, merge(timers->first, timer));
}

static void cut_from_siblings(struct timer *timer)
{
    struct timer *previous = timer->previous;
    if (previous->child == timer)
        previous->child = timer->sibling;
    else
        previous->sibling = timer->sibling;
    if (timer->sibling)
        timer->sibling->previous = previous;
}

void timers_remove(struct timers *timers, struct timer *timer)
{
    if (!timer_active(timer))
        return;
    struct timer *children = merge_siblings(timer->child);
    if (timer == timers->first) {
        set_first(timers, children);
    } else {
        cut_from_siblings(timer);
        set_first(timers, merge(timers->first, children));
    }
    timer->previous = timer->child = timer->sibling = NULL;
}
