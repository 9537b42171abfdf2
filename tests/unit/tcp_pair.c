#include "tcp_pair.h"

#include <poll.h>
#include <unistd.h>

#include "base/wait.h"
#include "check.h"
#include "net/socket.h"

#define HOST "127.0.0.1"

/* Takılan bir beklemeyi ele veren, olağan koşuda hiç dolmayan sınır. */
#define PATIENCE deadline_after(10)

int pair_listen(int port, int type)
{
    const char *why = "";
    int fd = socket_listen(HOST, port, type, 16, &why);
    CHECK_TEXT_EQ(why, "");
    CHECK_TRUE(fd >= 0);
    return fd;
}

struct address pair_address_of(int fd)
{
    struct address address;
    CHECK_INT_EQ(address_of_socket(fd, &address), 0);
    return address;
}

int pair_connect(int listener)
{
    struct address address = pair_address_of(listener);
    int fd = socket_connect(&address, SOCK_STREAM, PATIENCE);
    CHECK_TRUE(fd >= 0);
    return fd;
}

int pair_accept(int listener)
{
    CHECK_INT_EQ(wait_fd(listener, POLLIN, PATIENCE), POLLIN);
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    CHECK_TRUE(fd >= 0);
    return fd;
}

struct pair pair_open(void)
{
    int listener = pair_listen(0, SOCK_STREAM);
    struct pair pair = {.client = pair_connect(listener)};
    pair.server = pair_accept(listener);
    close(listener);
    return pair;
}

void pair_close(struct pair pair)
{
    close(pair.client);
    close(pair.server);
}

void pair_reset(int fd)
{
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    CHECK_INT_EQ(setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger), 0);
    close(fd);
}

void pair_set_buffers(struct pair pair, int send_size, int receive_size)
{
    CHECK_INT_EQ(setsockopt(pair.server, SOL_SOCKET, SO_SNDBUF, &send_size, sizeof send_size), 0);
    CHECK_INT_EQ(setsockopt(pair.client, SOL_SOCKET, SO_RCVBUF, &receive_size, sizeof receive_size),
                 0);
}
