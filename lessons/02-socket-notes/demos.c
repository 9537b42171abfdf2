#include "demos.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cli.h"
#include "base/errtext.h"
#include "base/program.h"

struct demo {
    const char *name;
    const char *title;
    int (*run)(void);
};

/* Notlardaki sırayla. */
static const struct demo demos[] = {
    {"unix", "AF_UNIX: aynı makinedeki süreçler", demo_unix},
    {"inet", "AF_INET: IPv4", demo_inet},
    {"inet6", "AF_INET6: IPv6", demo_inet6},
    {"stream", "SOCK_STREAM: bayt akışı", demo_stream},
    {"dgram", "SOCK_DGRAM: datagram", demo_dgram},
    {"bind", "bind: adrese bağlamak", demo_bind},
    {"listen", "listen: bekleme kuyruğu", demo_listen},
    {"accept", "accept: (bağlantı, adres)", demo_accept},
    {"recv", "recv: parça mesaj değildir", demo_recv},
    {"recvfrom", "recvfrom: (veri, adres)", demo_recvfrom},
    {"send", "send: istenenden azı gidebilir", demo_send},
    {"sendall", "sendall: C'de bir döngü", demo_sendall},
    {"shutdown", "shutdown: üç kip", demo_shutdown},
    {"close", "close: FIN mi, RST mi?", demo_close},
    {"setblocking", "setblocking: bloke eden, bloke etmeyen", demo_setblocking},
    {"settimeout", "settimeout: zaman aşımı kipi", demo_settimeout},
    {"error", "error: errno", demo_error},
    {"herror", "herror: h_errno", demo_herror},
    {"gaierror", "gaierror: EAI_*", demo_gaierror},
    {"timeout", "timeout: süre doldu", demo_timeout},
};

#define DEMO_COUNT (sizeof demos / sizeof *demos)

static int run_one(const struct demo *demo)
{
    printf("[%s] %s\n", demo->name, demo->title);
    int outcome = demo->run();
    if (outcome < 0)
        return program_fail("Gösteri yarıda kaldı: %s: %s", demo->name, error_text(outcome));
    return EXIT_SUCCESS;
}

static int run_all(void)
{
    int code = EXIT_SUCCESS;
    for (size_t i = 0; i < DEMO_COUNT; i++) {
        if (i > 0)
            putchar('\n');
        if (run_one(&demos[i]) != EXIT_SUCCESS)
            code = EXIT_FAILURE;
    }
    return program_exit(code);
}

static int list_all(void)
{
    for (size_t i = 0; i < DEMO_COUNT; i++)
        printf("%-12s %s\n", demos[i].name, demos[i].title);
    return program_exit(EXIT_SUCCESS);
}

int demos_run(const char *name)
{
    if (strcmp(name, DEMOS_ALL) == 0)
        return run_all();
    if (strcmp(name, DEMOS_LIST) == 0)
        return list_all();
    for (size_t i = 0; i < DEMO_COUNT; i++)
        if (strcmp(name, demos[i].name) == 0)
            return program_exit(run_one(&demos[i]));
    cli_fail("--demo: '%s' diye bir gösteri yok; hepsini çalıştıran ad: %s, adların listesi: %s",
             name, DEMOS_ALL, DEMOS_LIST);
}
