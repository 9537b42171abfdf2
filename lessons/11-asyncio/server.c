/* 11 · asyncio: istenen süre kadar sonra yanıt veren sunucu; satırla da HTTP ile de sorulur.
 *
 * Gösterdiği: bağlantı başına bir görev (server_start) ve o görevin, beklemesi gereken yerde
 * düpedüz beklemesi. Ders 09'un durum makinesi burada yoktur: konuşma yukarıdan aşağı okunur.
 * Karşılığı: D2 §2, örnek 3'ün sorduğu uzaktaki makine.
 * Çalışırken bak: -v ile "süren" sayısına; aynı anda kaç isteğin beklediğini söyler. İş parçacığı
 * hep bir tanedir.
 *
 * Bilerek yapmadığı: isteği bırakıp giden istemciyi, yanıtı gönderene dek fark etmek. Yarı kapatan
 * istemci yanıt bekliyor olabilir; giden ile onu yalnız yazmak ayırır.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "async/server.h"
#include "async/signals.h"
#include "base/cli.h"
#include "base/errtext.h"
#include "base/log.h"
#include "base/program.h"
#include "base/stop.h"
#include "delay.h"
#include "http.h"
#include "net/connection.h"
#include "net/socket.h"
#include "request.h"
#include "visit.h"

#define DONE " tamamlandı\n"

struct daemon {
    struct service service;
    int listener;
    long max_clients;
};

/* --- satırlar --- */

static int say(struct visit *visit, const char *text)
{
    return visit_send(visit, text, strlen(text));
}

static struct text skip_spaces(struct text text)
{
    while (text.length > 0 && *text.bytes == ' ')
        text = (struct text){text.bytes + 1, text.length - 1};
    return text;
}

/* "bekle 2 çay" → 2 ve "çay". İki ucu ayıklanmış istekte ad boş kalamaz. */
static bool parse_wait(struct text request, double *seconds, struct text *name)
{
    static const char command[] = "bekle ";
    if (!text_starts_with(request, command))
        return false;
    size_t skipped = strlen(command);
    struct text rest = skip_spaces(
        (struct text){request.bytes + skipped, request.length - skipped});
    const char *space = memchr(rest.bytes, ' ', rest.length);
    if (!space)
        return false;
    size_t length = (size_t)(space - rest.bytes);
    *name = skip_spaces((struct text){space, rest.length - length});
    return delay_parse((struct text){rest.bytes, length}, seconds);
}

/* Ad ve söz tek gönderimde çıksın diye yan yana getirilir. */
static int say_done(struct visit *visit, struct text name)
{
    char *answer = malloc(name.length + strlen(DONE));
    if (!answer)
        return -ENOMEM;
    memcpy(answer, name.bytes, name.length);
    memcpy(answer + name.length, DONE, strlen(DONE));
    int outcome = visit_send(visit, answer, name.length + strlen(DONE));
    free(answer);
    return outcome;
}

static int answer_line(struct visit *visit, struct text line)
{
    struct text request = text_strip(line.bytes, line.length);
    struct text name;
    double seconds;
    if (!parse_wait(request, &seconds, &name))
        return say(visit, "HATA: anlaşılmadı\n");
    if (seconds > visit->service->max_delay) {
        char refusal[64];
        snprintf(refusal, sizeof refusal, "HATA: en çok %g saniye beklenir\n",
                 visit->service->max_delay);
        return say(visit, refusal);
    }
    int outcome = visit_work(visit, seconds, request);
    return outcome < 0 ? outcome : say_done(visit, name);
}

/* --- bağlantı --- */

static int converse_in_lines(struct visit *visit, struct text first)
{
    struct text line = first;
    int outcome = 1;
    while (outcome > 0) {
        outcome = answer_line(visit, line);
        if (outcome < 0)
            break;
        outcome = visit_read_line(visit, &line, deadline_after(visit->service->timeout));
    }
    return outcome;
}

/* region: converse */
/* Bir bağlantının bütün konuşması, kendi görevinde. İlk satır dili belirler. */
static int converse(struct stream *stream, const struct address *peer, void *argument)
{
    struct service *service = argument;
    struct visit visit = {.service = service, .stream = stream};
    struct text first;
    address_text(peer, visit.name);
    log_debug("Yeni bağlantı: %s", visit.name);
    int outcome = visit_read_line(&visit, &first, deadline_after(service->timeout));
    if (outcome > 0)
        outcome = request_is_http(first) ? http_converse(&visit, first)
                                         : converse_in_lines(&visit, first);
    if (outcome == -EMSGSIZE)
        (void)say(&visit, CONNECTION_LINE_TOO_LONG);
    if (outcome < 0 && outcome != -ECANCELED)
        log_warning("Bağlantı kesildi: %s: %s", visit.name, error_text(outcome));
    log_debug("Bağlantı bitti: %s", visit.name);
    return outcome;
}
/* endregion */

static int announce(int listener)
{
    struct address local;
    char name[ADDRESS_TEXT_SIZE];
    int outcome = address_of_socket(listener, &local);
    if (outcome < 0)
        return outcome;
    log_info("Server başlatıldı: %s", address_text(&local, name));
    return program_ready(name);
}

/* region: serve */
/* Ana görev. server_stop bağlantıların görevlerini iptal eder ve bitmelerini bekler. */
static int serve(void *argument)
{
    struct daemon *daemon = argument;
    struct server server;
    int outcome = server_start(&server, daemon->listener, converse, &daemon->service, LINES_LIMIT,
                               (size_t)daemon->max_clients);
    if (outcome < 0)
        return outcome;
    outcome = announce(daemon->listener);
    if (outcome == 0)
        outcome = stop_await(DEADLINE_NONE);
    log_info("Server kapatılıyor");
    server_stop(&server);
    return outcome;
}
/* endregion */

int main(int argc, char **argv)
{
    (void)argc;
    const char *host = "127.0.0.1";
    int port = 9111;
    struct daemon daemon = {.max_clients = 10000,
                            .service = {.timeout = 60, .head_timeout = 10, .max_delay = 60}};
    struct service *service = &daemon.service;
    const struct cli_option options[] = {
        CLI_OPTION_HOST(&host, "dinlenecek adres"),
        CLI_OPTION_SERVER_PORT(&port),
        {0, "max-clients", CLI_NUMBER, &daemon.max_clients, 1, 10000, NULL,
         "aynı anda hizmet verilen en çok istemci", NULL},
        {0, "max-delay", CLI_SECONDS, &service->max_delay, 0.001, 86400, NULL,
         "bir isteğin isteyebileceği en uzun bekleyiş, saniye", NULL},
        {0, "head-timeout", CLI_SECONDS, &service->head_timeout, 0.001, 86400, NULL,
         "HTTP başlığının kalanı bu kadar saniyede gelmelidir", NULL},
        CLI_OPTION_TIMEOUT(&service->timeout,
                           "sessiz kalan istemci bu kadar saniye sonra kapatılır"),
        CLI_OPTION_VERBOSE(&service->verbose),
        CLI_OPTION_HELP,
        CLI_OPTION_END,
    };
    program_init();
    cli_parse(&(struct cli){.name = "server",
                            .about = "Ders 11: istenen süre kadar sonra yanıt veren sunucu.\n"
                                     "Satırları (bekle SANİYE AD) ve HTTP'yi (GET /posts/N) bilir.",
                            .options = options},
              argv);
    log_set_level(service->verbose ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO);

    const char *why = NULL;
    char name[CLI_ENDPOINT_SIZE];
    daemon.listener = socket_listen(host, port, SOCK_STREAM, SOMAXCONN, &why);
    if (daemon.listener < 0)
        return program_fail("Dinlenemedi: %s: %s", cli_endpoint(host, port, name), why);
    int outcome = stop_install();
    if (outcome == 0)
        outcome = loop_run(serve, &daemon);
    if (outcome < 0)
        return program_fail("Server çalışamadı: %s", error_text(outcome));
    log_info("Server kapatıldı");
    return program_exit(EXIT_SUCCESS);
}
