/* 03 · Adresler ve soket seçenekleri, istemci: bir soketi kurmak, bir adı çözmek, ilk yanıt verene
 * bağlanmak.
 *
 * Gösterdiği: belgenin iki örneği, sonra ikisinin birleştiği yer. Ad birden çok adrese çözülür;
 * hangisinin yanıt vereceği ancak denenerek öğrenilir.
 * Karşılığı: D0 §1, örnek 1-2.
 * Çalışırken bak: `--host localhost` ile. Sunucu yalnız 127.0.0.1'i dinlerken makinende
 * localhost'un ::1 adresi de varsa ilk deneme geri çevrilir, ikincisi bağlanır.
 *
 * Bilerek yapmadığı: ad çözümlemeye zaman sınırı koymak. getaddrinfo yarıda kesilemez; yalnız ad
 * sunucusunun bekletme süresi kısaltılır (names.h). Onu bloke etmeden bekleyen yürütücü ders 13'te.
 */
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "autotuning.h"
#include "base/cli.h"
#include "base/clock.h"
#include "base/errtext.h"
#include "base/log.h"
#include "base/program.h"
#include "base/text.h"
#include "connection.h"
#include "local.h"
#include "names.h"
#include "options.h"
#include "tcp_socket.h"

#define RULE "--------------------------------------------------"
#define DOCUMENT_PORT 80 /* belgedeki resolve_hostname'in varsayılanı */

/* Çözülecek bir ad. */
struct target {
    const char *host;
    int port;
    bool optional; /* makinenin kendi adı: çözülememesi bir bilgidir, başarısızlık değil */
};

struct client {
    const char *host;
    int port;
    struct wishes wishes;
    const struct target *targets;
    size_t target_count;
};

/* region: use-socket */
/* Dönen soket açık mı? Kullanarak görülür: kapalı olsaydı bind EBADF verirdi. */
static int use_socket(int fd)
{
    struct sockaddr_in local = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof local;
    char name[NAMES_TEXT_SIZE];
    if (bind(fd, (struct sockaddr *)&local, length) < 0 ||
        getsockname(fd, (struct sockaddr *)&local, &length) < 0)
        return -errno;
    printf("\nDönen soket açık: bind'dan sonra adresi %s\n",
           names_endpoint((struct sockaddr *)&local, length, name));
    return 0;
}
/* endregion */

static int demo_socket(const struct client *client)
{
    const char *failed;
    int fd = tcp_socket_create(AF_INET, &client->wishes, &failed);
    if (fd < 0)
        return program_fail("Socket oluşturma hatası: %s: %s", failed, error_text(fd));
    int outcome = tcp_socket_show(fd, &client->wishes);
    if (outcome == 0)
        outcome = use_socket(fd);
    close(fd);
    if (outcome < 0)
        return program_fail("Socket oluşturma hatası: %s", error_text(outcome));
    return EXIT_SUCCESS;
}

static int demo_autotuning(const struct client *client)
{
    int outcome = autotuning_show(client->wishes.rcvbuf, deadline_after(client->wishes.timeout));
    if (outcome < 0)
        return program_fail("Otomatik ayar gösterilemedi: %s", error_text(outcome));
    return EXIT_SUCCESS;
}

static int resolve(const struct target *target)
{
    const char *why;
    struct addrinfo *list = names_resolve(target->host, target->port, 0, &why);
    if (!list && target->optional) {
        char shown[4 * HOST_NAME_MAX + 1];
        text_escape(shown, sizeof shown, target->host, strlen(target->host));
        printf("DNS çözümleme hatası: %s: %s\n", shown, why);
        return EXIT_SUCCESS;
    }
    if (!list)
        return program_fail("DNS çözümleme hatası: %s: %s", target->host, why);
    printf("DNS Çözümleme: %s\n%s\n", target->host, RULE);
    for (const struct addrinfo *at = list; at; at = at->ai_next) {
        char address[NAMES_TEXT_SIZE];
        if (!names_repeated(list, at))
            printf("Aile: %s, Adres: %s, Port: %d\n", at->ai_family == AF_INET ? "IPv4" : "IPv6",
                   names_address(at->ai_addr, at->ai_addrlen, address), target->port);
    }
    freeaddrinfo(list);
    return EXIT_SUCCESS;
}

/* Çözülemeyen ad öbürlerini durdurmaz; çıkış kodu sonunda söyler. */
static int demo_resolve(const struct client *client)
{
    int code = EXIT_SUCCESS;
    for (size_t i = 0; i < client->target_count; i++)
        if (resolve(&client->targets[i]) != EXIT_SUCCESS)
            code = EXIT_FAILURE;
    return code;
}

static int demo_local(const struct client *client)
{
    (void)client;
    int outcome = local_show();
    if (outcome < 0)
        return program_fail("Makinenin bilgileri alınamadı: %s", error_text(outcome));
    return EXIT_SUCCESS;
}

static int demo_connect(const struct client *client)
{
    const char *why;
    struct addrinfo *list = names_resolve(client->host, client->port, 0, &why);
    int outcome = list ? connection_show(list, client->wishes.timeout, &why) : -EHOSTUNREACH;
    if (list)
        freeaddrinfo(list);
    char name[CLI_ENDPOINT_SIZE];
    if (outcome < 0)
        return program_fail("Bağlanılamadı: %s: %s", cli_endpoint(client->host, client->port, name),
                            why);
    return EXIT_SUCCESS;
}

/* Belgenin sırası: örnek 1, örnek 2'nin iki yarısı. Sonuncusu hepsini kullanır. */
static const struct demo {
    const char *name;
    const char *about;
    int (*run)(const struct client *client);
} demos[] = {
    {"socket", "TCP soketi ve seçenekleri", demo_socket},
    {"autotuning", "SO_RCVBUF otomatik ayarı kapatır", demo_autotuning},
    {"resolve", "adların bütün adresleri", demo_resolve},
    {"local", "bu makinenin adı ve adresleri", demo_local},
    {"connect", "rapor veren ilk adrese bağlanmak", demo_connect},
};

#define DEMO_COUNT (sizeof demos / sizeof *demos)

static int list_demos(void)
{
    for (size_t i = 0; i < DEMO_COUNT; i++)
        printf("%-12s %s\n", demos[i].name, demos[i].about);
    return EXIT_SUCCESS;
}

/* Biri olmazsa sıradaki yine yapılır. */
static int run_demos(const struct client *client, const char *wanted)
{
    int code = EXIT_SUCCESS;
    bool first = true;
    for (size_t i = 0; i < DEMO_COUNT; i++) {
        if (strcmp(wanted, "all") != 0 && strcmp(wanted, demos[i].name) != 0)
            continue;
        printf("%s[%s] %s\n", first ? "" : "\n", demos[i].name, demos[i].about);
        first = false;
        if (demos[i].run(client) != EXIT_SUCCESS)
            code = EXIT_FAILURE;
    }
    return code;
}

/* Port sınırda denetlenir; denetlenmeseydi 16 bitlik alana sığmayan 70000 sessizce 4464 olurdu. */
static int parse_port(const char *operand, const char *text)
{
    size_t digits = strspn(text, "0123456789");
    long port = strtol(text, NULL, 10);
    if (digits == 0 || text[digits] != '\0' || port < 1 || port > 65535)
        cli_fail("'%s': port '%s' olmaz; 1 ile 65535 arasında bir tam sayı olmalı", operand, text);
    return (int)port;
}

/* "ad", "ad:443", "::1", "[::1]:443". Birden çok iki nokta, ayraçsız bir IPv6 adresidir. */
static struct target parse_target(char *operand)
{
    struct target target = {.host = operand, .port = DOCUMENT_PORT};
    char *end = strchr(operand, ':'); /* adın bittiği yer */
    if (operand[0] == '[') {
        end = strchr(operand, ']');
        if (!end || (end[1] != '\0' && end[1] != ':'))
            cli_fail("'%s' olmaz; köşeli ayraç yalnız IPv6 adresini sarar (örnek: [::1]:443)",
                     operand);
        target.host = operand + 1;
    } else if (end && strchr(end + 1, ':')) {
        end = NULL;
    }
    if (target.host[0] == '\0' || target.host == end)
        cli_fail("'%s' olmaz; adı boş (örnek: localhost:80)", operand);
    if (!end)
        return target;
    const char *port = *end == ':' ? end + 1 : end + 2;
    if (*end == ':' || end[1] == ':')
        target.port = parse_port(operand, port);
    *end = '\0';
    return target;
}

/* Ad verilmediyse iki ad çözülür: her makinede olması gereken ile çözülemeyebilecek olan. */
static size_t default_targets(struct target targets[2], char *own_name, size_t size)
{
    targets[0] = (struct target){.host = "localhost", .port = DOCUMENT_PORT};
    if (local_host_name(own_name, size) < 0)
        return 1;
    targets[1] = (struct target){.host = own_name, .port = DOCUMENT_PORT, .optional = true};
    return 2;
}

static size_t count_operands(char **operands)
{
    size_t count = 0;
    while (operands[count])
        count++;
    return count;
}

int main(int argc, char **argv)
{
    (void)argc;
    static const char *const choices[] = {"all",     "list",  "socket",  "autotuning",
                                          "resolve", "local", "connect", NULL};
    const char *wanted = "all";
    bool verbose = false;
    struct client client = {.host = "127.0.0.1", .port = 9103, .wishes = WISHES_OF_DOCUMENT};
    const struct cli_option options[] = {
        CLI_OPTION_HOST(&client.host, "sunucunun adı ya da adresi"),
        CLI_OPTION_CLIENT_PORT(&client.port),
        CLI_OPTION_TIMEOUT(&client.wishes.timeout,
                           "her bağlanma denemesinin, raporuyla birlikte, en uzun süresi, saniye"),
        {0, "demo", CLI_CHOICE, &wanted, 0, 0, choices,
         "yalnız bu gösteri; list: gösterilerin listesi", NULL},
        CLI_OPTION_VERBOSE(&verbose),
        CLI_OPTION_HELP,
        CLI_OPTION_END,
    };
    program_init();
    names_limit_waiting();
    char **operands = cli_parse(
        &(struct cli){
            .name = "client",
            .operands = "[AD[:PORT] ...]",
            .about = "Ders 03: TCP soketini kurar, adları çözer, sunucunun raporunu okur.\n"
                     "AD verilmezse localhost ve makinenin kendi adı çözülür; PORT "
                     "verilmezse 80'dir.",
            .options = options},
        argv);
    log_set_level(verbose ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING);
    if (*operands && strcmp(wanted, "all") != 0 && strcmp(wanted, "resolve") != 0)
        cli_fail("--demo %s ad almaz; adlar resolve gösterisi içindir", wanted);

    char own_name[HOST_NAME_MAX + 1];
    client.target_count = count_operands(operands);
    struct target *targets = calloc(client.target_count + 2, sizeof *targets);
    if (!targets)
        return program_fail("Bellek kalmadı");
    for (size_t i = 0; i < client.target_count; i++)
        targets[i] = parse_target(operands[i]);
    if (client.target_count == 0)
        client.target_count = default_targets(targets, own_name, sizeof own_name);
    client.targets = targets;

    int code = strcmp(wanted, "list") == 0 ? list_demos() : run_demos(&client, wanted);
    free(targets);
    return program_exit(code);
}
