/* net/address: çözümleme, metne çevirme, karşılaştırma. */
#include "net/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "check.h"

static struct address v4(const char *host, int port)
{
    struct address address = {.length = sizeof address.v4};
    address.v4.sin_family = AF_INET;
    address.v4.sin_port = htons((uint16_t)port);
    CHECK_INT_EQ(inet_pton(AF_INET, host, &address.v4.sin_addr), 1);
    return address;
}

static struct address v6(const char *host, int port)
{
    struct address address = {.length = sizeof address.v6};
    address.v6.sin6_family = AF_INET6;
    address.v6.sin6_port = htons((uint16_t)port);
    CHECK_INT_EQ(inet_pton(AF_INET6, host, &address.v6.sin6_addr), 1);
    return address;
}

/* `name` sıfırla başlıyorsa soyut addır; boyu bu yüzden ayrı verilir. */
static struct address local(const char *name, size_t length)
{
    struct address address = {
        .length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)};
    address.local.sun_family = AF_UNIX;
    CHECK_BETWEEN(length, 0, sizeof address.local.sun_path);
    memcpy(address.local.sun_path, name, length);
    return address;
}

static void check_text(struct address address, const char *expected)
{
    char out[ADDRESS_TEXT_SIZE];
    CHECK_TRUE(address_text(&address, out) == out);
    CHECK_TEXT_EQ(out, expected);
}

/* --- address_text --- */

static void ipv4_text_is_host_and_port(void)
{
    check_text(v4("127.0.0.1", 9000), "127.0.0.1:9000");
    check_text(v4("255.255.255.255", 65535), "255.255.255.255:65535");
    check_text(v4("0.0.0.0", 0), "0.0.0.0:0");
}

static void ipv6_text_is_in_brackets(void)
{
    check_text(v6("::1", 9000), "[::1]:9000");
    check_text(v6("2001:db8:0:0:0:0:0:5", 80), "[2001:db8::5]:80");
    check_text(v6("1111:2222:3333:4444:5555:6666:7777:8888", 65535),
               "[1111:2222:3333:4444:5555:6666:7777:8888]:65535");
}

static void ipv6_text_names_the_scope(void)
{
    char name[IF_NAMESIZE];
    char expected[ADDRESS_TEXT_SIZE];
    struct address address = v6("fe80::1", 9000);
    address.v6.sin6_scope_id = 1;
    if (!if_indextoname(1, name))
        SKIP("ağ arayüzü yok");
    snprintf(expected, sizeof expected, "[fe80::1%%%s]:9000", name);
    check_text(address, expected);
}

static void unix_text_is_the_path(void)
{
    check_text(local("/run/yuva.sock", sizeof "/run/yuva.sock"), "unix:/run/yuva.sock");
}

/* unix(7): yolun sonunda NUL bulunmayabilir; boy, yapının boyundan okunur. */
static void unix_path_may_lack_the_final_nul(void)
{
    struct address address = local("/run/yuva.sockartık", strlen("/run/yuva.sockartık"));
    address.length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen("/run/yuva.sock"));
    check_text(address, "unix:/run/yuva.sock");
}

static void longest_unix_path_is_whole(void)
{
    char path[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
    char expected[ADDRESS_TEXT_SIZE];
    memset(path, 'a', sizeof path);
    snprintf(expected, sizeof expected, "unix:%.*s", (int)sizeof path, path);
    check_text(local(path, sizeof path), expected);
}

static void abstract_name_starts_with_at(void)
{
    check_text(local("\0yuva", 5), "unix:@yuva");
}

static void unnamed_unix_socket_has_no_name(void)
{
    check_text(local("", 0), "unix:");
}

static void unknown_family_is_a_question_mark(void)
{
    check_text((struct address){.length = sizeof(struct sockaddr_storage)}, "?");
}

/* --- address_of_socket, address_of_peer --- */

static void unix_pair_is_unnamed(void)
{
    int pair[2];
    struct address address;
    CHECK_INT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    CHECK_INT_EQ(address_of_socket(pair[0], &address), 0);
    check_text(address, "unix:");
    CHECK_INT_EQ(address_of_peer(pair[0], &address), 0);
    check_text(address, "unix:");
    close(pair[0]);
    close(pair[1]);
}

static void own_and_peer_address_of_a_connection_agree(void)
{
    struct address server = v4("127.0.0.1", 0);
    struct address found;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    CHECK_INT_EQ(bind(listener, &server.any, server.length), 0);
    CHECK_INT_EQ(listen(listener, 1), 0);
    CHECK_INT_EQ(address_of_socket(listener, &server), 0);
    CHECK_TRUE(server.v4.sin_port != 0);

    int client = socket(AF_INET, SOCK_STREAM, 0);
    CHECK_INT_EQ(connect(client, &server.any, server.length), 0);
    CHECK_INT_EQ(address_of_peer(client, &found), 0);
    CHECK_TRUE(address_equal(&found, &server));
    CHECK_INT_EQ(address_of_socket(client, &found), 0);
    CHECK_FALSE(address_equal(&found, &server));
    close(client);
    close(listener);
}

static void unconnected_socket_has_no_peer(void)
{
    struct address address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    CHECK_INT_EQ(address_of_peer(fd, &address), -ENOTCONN);
    close(fd);
    CHECK_INT_EQ(address_of_socket(fd, &address), -EBADF);
}

/* --- address_resolve --- */

static void check_resolved(const char *host, int port, const char *expected)
{
    struct address found[ADDRESS_MAX];
    const char *why = "dokunulmadı";
    CHECK_INT_EQ(address_resolve(host, port, SOCK_STREAM, false, found, &why), 1);
    CHECK_TEXT_EQ(why, "dokunulmadı");
    check_text(found[0], expected);
}

static void numeric_ipv4_resolves_to_itself(void)
{
    check_resolved("127.0.0.1", 9000, "127.0.0.1:9000");
    check_resolved("192.0.2.7", 65535, "192.0.2.7:65535");
}

static void numeric_ipv6_resolves_to_itself(void)
{
    check_resolved("::1", 9000, "[::1]:9000");
    check_resolved("2001:db8::5", 0, "[2001:db8::5]:0");
}

static void check_not_resolved(const char *host)
{
    struct address found[ADDRESS_MAX];
    const char *why = NULL;
    CHECK_INT_EQ(address_resolve(host, 80, SOCK_STREAM, false, found, &why), -EHOSTUNREACH);
    CHECK_TRUE(why && why[0]);
}

/* Ad sunucusuna soru sormadan geri çevrilen adlar: 63 baytı aşan etiket (RFC 1035 2.3.4), boş
 * etiket. */
static void impossible_name_is_refused_with_a_reason(void)
{
    char label[80];
    memset(label, 'a', sizeof label - 1);
    label[sizeof label - 1] = '\0';
    check_not_resolved(label);
    check_not_resolved("a..b");
}

/* --- address_equal --- */

static void check_equality(struct address a, struct address b, bool expected)
{
    CHECK_INT_EQ(address_equal(&a, &b), expected);
    CHECK_INT_EQ(address_equal(&b, &a), expected);
}

static void same_host_and_port_are_equal(void)
{
    check_equality(v4("127.0.0.1", 80), v4("127.0.0.1", 80), true);
    check_equality(v6("::1", 80), v6("::1", 80), true);
    check_equality(local("/a", 3), local("/a", 3), true);
}

static void another_host_or_port_is_not_equal(void)
{
    check_equality(v4("127.0.0.1", 80), v4("127.0.0.1", 81), false);
    check_equality(v4("127.0.0.1", 80), v4("127.0.0.2", 80), false);
    check_equality(v6("::1", 80), v6("::1", 81), false);
    check_equality(v6("::1", 80), v6("::2", 80), false);
    check_equality(local("/a", 3), local("/b", 3), false);
    check_equality(local("/a", 3), local("/ab", 4), false);
    check_equality(local("\0a", 2), local("\0ab", 3), false);
}

static void another_family_is_not_equal(void)
{
    check_equality(v4("127.0.0.1", 80), v6("::ffff:127.0.0.1", 80), false);
    check_equality(v4("0.0.0.0", 0), local("", 0), false);
}

static void ipv6_scope_counts(void)
{
    struct address address = v6("fe80::1", 80);
    address.v6.sin6_scope_id = 2;
    check_equality(v6("fe80::1", 80), address, false);
}

/* Çekirdek dolgu baytlarını doldurmak zorunda değildir; akış etiketi de adresten sayılmaz. */
static void padding_and_flow_label_do_not_count(void)
{
    struct address a = v4("127.0.0.1", 80);
    memset(a.v4.sin_zero, 0x55, sizeof a.v4.sin_zero);
    check_equality(a, v4("127.0.0.1", 80), true);
    struct address b = v6("::1", 80);
    b.v6.sin6_flowinfo = 7;
    check_equality(b, v6("::1", 80), true);
}

static const struct check_test tests[] = {
    {RUN(ipv4_text_is_host_and_port)},
    {RUN(ipv6_text_is_in_brackets)},
    {RUN(ipv6_text_names_the_scope)},
    {RUN(unix_text_is_the_path)},
    {RUN(unix_path_may_lack_the_final_nul)},
    {RUN(longest_unix_path_is_whole)},
    {RUN(abstract_name_starts_with_at)},
    {RUN(unnamed_unix_socket_has_no_name)},
    {RUN(unknown_family_is_a_question_mark)},
    {RUN(unix_pair_is_unnamed)},
    {RUN(own_and_peer_address_of_a_connection_agree)},
    {RUN(unconnected_socket_has_no_peer)},
    {RUN(numeric_ipv4_resolves_to_itself)},
    {RUN(numeric_ipv6_resolves_to_itself)},
    {RUN(impossible_name_is_refused_with_a_reason)},
    {RUN(same_host_and_port_are_equal)},
    {RUN(another_host_or_port_is_not_equal)},
    {RUN(another_family_is_not_equal)},
    {RUN(ipv6_scope_counts)},
    {RUN(padding_and_flow_label_do_not_count)},
};

int main(void)
{
    return CHECK_RUN(tests);
}
