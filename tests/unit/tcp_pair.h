/* Kurulmuş bir TCP bağlantısının iki ucu; ikisi de bloke etmeyen kiptedir.
 *
 * Kaynak: socket(7), tcp(7)
 */
#ifndef UNIT_TCP_PAIR_H
#define UNIT_TCP_PAIR_H

#include "net/address.h"

struct pair {
    int client;
    int server;
};

/* Geri döngüde dinleyen soket; port 0 ise boş olan birinde. Olmazsa test kalır. */
int pair_listen(int port, int type);
struct address pair_address_of(int fd);
int pair_connect(int listener);
int pair_accept(int listener);

struct pair pair_open(void);
void pair_close(struct pair pair);

/* Bağlantıyı FIN ile değil RST ile bitirir (socket(7), SO_LINGER). */
void pair_reset(int fd);

/* Sunucudan istemciye giden yolun iki tamponu. Alıcınınki gönderenden çok küçük olmamalıdır: küçük
 * pencerede geciken ACK'ler (tcp(7)) aktarımı saniyelerce uzatır. */
void pair_set_buffers(struct pair pair, int send_size, int receive_size);

#endif
