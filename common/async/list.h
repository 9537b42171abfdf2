/* Çift bağlı halka: baş düğüm de halkadadır, boşken kendine bağlıdır. Düğümler başka yapıların
 * içinde durur; hiçbir işlem bellek ayırmaz ve her düğüm, hangi halkada olduğu bilinmeden
 * çıkarılabilir.
 */
#ifndef ASYNC_LIST_H
#define ASYNC_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct link {
    struct link *next, *previous;
};

/* `link`i içinde taşıyan yapı. */
#define LIST_OWNER(link, type, member) ((type *)(void *)((char *)(link)-offsetof(type, member)))

static inline void list_init(struct link *head)
{
    head->next = head->previous = head;
}

static inline bool list_empty(const struct link *head)
{
    return head->next == head;
}

static inline void list_append(struct link *head, struct link *link)
{
    link->previous = head->previous;
    link->next = head;
    head->previous->next = link;
    head->previous = link;
}

/* Halkadan çıkarır ve kendine bağlar: ikinci kez çıkarmak zararsızdır. */
static inline void list_remove(struct link *link)
{
    link->previous->next = link->next;
    link->next->previous = link->previous;
    list_init(link);
}

static inline struct link *list_take_first(struct link *head)
{
    /* İnceleme, halkadan çıkarılıp geri verilen düğümü hâlâ halkada sanır. */
    struct link *first = head->next; /* NOLINT(clang-analyzer-unix.Malloc) */
    list_remove(first);              /* NOLINT(clang-analyzer-unix.Malloc) */
    return first;
}

/* `from`daki bütün düğümleri `to`nun sonuna taşır. */
static inline void list_move_all(struct link *from, struct link *to)
{
    if (list_empty(from))
        return;
    from->next->previous = to->previous;
    to->previous->next = from->next;
    from->previous->next = to;
    to->previous = from->previous;
    list_init(from);
}

#endif
