/* Sunucunun yazıları: deneme sitelerinin `/posts/N` yanıtı biçiminde JSON. */
#ifndef LESSON_11_POSTS_H
#define LESSON_11_POSTS_H

#include <stddef.h>

#define POSTS_COUNT 100
#define POST_SIZE 512

/* `number` (1..POSTS_COUNT) numaralı yazının JSON'u; dönen boyudur. `out` POST_SIZE bayttır. */
size_t post_write(char *out, int number);

#endif
