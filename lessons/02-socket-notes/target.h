/* Sayfanın adresi: "http://HOST[:PORT][/YOL]" ya da "HOST:PORT[/YOL]".
 *
 * Kaynak: RFC 3986 3. bölüm (http şemasının burada gereken kadarı), RFC 9110 4.2.1
 */
#ifndef LESSON_TARGET_H
#define LESSON_TARGET_H

#include <stdbool.h>
#include <stddef.h>

#define TARGET_HOST_SIZE 256
#define TARGET_PATH_MAX 8000

struct target {
    char host[TARGET_HOST_SIZE];
    int port;
    const char *path; /* çağıranın metni içinde; "" ise kök ("/") */
    size_t path_length;
};

/* Bu söz bir sayfa adresi mi, yoksa gönderilecek bir mesaj mı? http:// (ve https://) ile başlayan,
 * ya da sayısal adres veya localhost ile bir porttan oluşan söz adrestir. */
bool target_looks_like(const char *word);

/* `word`ü çözer. Olmazsa nedenini yanlış kullanım olarak söyler ve programı 2 ile bitirir. `word`,
 * `target` kullanıldıkça yaşamalıdır. */
void target_parse(struct target *target, const char *word);

/* İstek satırına konacak yolu denetler ve yerleştirir; olmazsa programı 2 ile bitirir. */
void target_set_path(struct target *target, const char *path);

#endif
