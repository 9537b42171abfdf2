/* Döngü: tek iş parçacığının bütün istemcilere sıra vermesi.
 *
 * Hiçbir soket çağrısı beklemez; beklemek tek yerde, poll'de olur. `busy` ise o da yapılmaz.
 *
 * Kaynak: poll(2)
 */
#ifndef LESSON_07_LOOP_H
#define LESSON_07_LOOP_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"
#include "connection.h"
#include "door.h"

struct loop {
    struct door door;
    bool busy;
    long max_clients, max_queue;
    double timeout, stall;
    struct connection **connections;
    struct pollfd *watched;
    size_t count, refused; /* geri çevrilenler de count'un içindedir */
    int64_t swept_at;
    deadline_t sweep_at; /* bilinen en yakın zaman sınırı */
    unsigned long turns;
};

/* Açılmış `door`, sınırlar ve `busy` doldurulmuş olarak gelir; gerisi burada kurulur. Bellek,
 * sınıra göre baştan alınır. 0 ya da -ENOMEM. */
int loop_init(struct loop *loop);

/* Kapıyı ve kalan bağlantıları kapatır, belleği geri verir. loop_init başarısız olduysa da
 * çağrılır. */
void loop_free(struct loop *loop);

/* Bir tur: en geç `deadline`a dek bekler, hazır olanlara sıra verir. 0; beklenemezse -errno. */
int loop_turn(struct loop *loop, deadline_t deadline);

/* Durdurma istendikten sonra: kapı kapanır, gelmiş olan yanıtlanır, herkes uğurlanır.
 * stop_deadline'ı aşmaz; o ana dek kapanmayan loop_free'ye kalır. 0 ya da -errno. */
int loop_shut_down(struct loop *loop);

#endif
