#include "posts.h"

#include <stdio.h>

#define POSTS_PER_USER 10

/* Metinlerde tırnak, ters bölü ve denetim karakteri yoktur; JSON kaçışı bu yüzden gerekmez. */
static const char *const titles[] = {
    "Sırası gelen konuşur",
    "Bekleyen görev yer kaplamaz",
    "İğne deliğinden geçen bayt",
    "Önce soran önce duymaz",
    "Düğüm çözülünce",
    "Çağrılmadan gelen yanıt",
    "Yarıda kalan iş",
};
static const char *const bodies[] = {
    "Bir görev beklerken ötekiler çalışır; sıra, bırakıldıkça el değiştirir.",
    "Uzun süren hesap, kısa işleri de kuyruğa sokar.",
    "Ağ, gönderdiğini parça parça taşır; bütünü sen kurarsın.",
    "Süresi dolan istek için de söylenecek bir söz vardır.",
    "İptal edilen görev, elindekini geri vermeden gitmez.",
};

size_t post_write(char *out, int number)
{
    size_t title = (size_t)number % (sizeof titles / sizeof *titles);
    size_t body = (size_t)number % (sizeof bodies / sizeof *bodies);
    int user = (number - 1) / POSTS_PER_USER + 1;
    return (size_t)snprintf(out, POST_SIZE,
                            "{\n"
                            "  \"userId\": %d,\n"
                            "  \"id\": %d,\n"
                            "  \"title\": \"%s\",\n"
                            "  \"body\": \"%s\"\n"
                            "}\n",
                            user, number, titles[title], bodies[body]);
}
