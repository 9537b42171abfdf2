#include "target.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cli.h"

#define HTTP "http://"
#define HTTPS "https://"
#define DEFAULT_PORT 80

static bool starts_with(const char *word, const char *prefix)
{
    return strncasecmp(word, prefix, strlen(prefix)) == 0;
}

/* Adın boyu: "[::1]" köşeli ayraçlarıyla, ötekiler ':' ya da yolun başına kadar. */
static size_t host_length(const char *word)
{
    const char *bracket = word[0] == '[' ? strchr(word, ']') : NULL;
    return bracket ? (size_t)(bracket - word) + 1 : strcspn(word, ":/?#");
}

/* Adı, varsa köşeli ayraçlarını atarak, `host`a kopyalar. Sığmıyorsa false. */
static bool copy_host(char host[TARGET_HOST_SIZE], const char *word, size_t length)
{
    if (word[0] == '[') {
        word++;
        length -= 2;
    }
    if (length >= TARGET_HOST_SIZE)
        return false;
    memcpy(host, word, length);
    host[length] = '\0';
    return true;
}

static bool is_local_or_numeric(const char *host, bool bracketed)
{
    unsigned char address[sizeof(struct in6_addr)];
    if (bracketed)
        return inet_pton(AF_INET6, host, address) == 1;
    return strcasecmp(host, "localhost") == 0 || inet_pton(AF_INET, host, address) == 1;
}

bool target_looks_like(const char *word)
{
    char host[TARGET_HOST_SIZE];
    if (starts_with(word, HTTP) || starts_with(word, HTTPS))
        return true;
    size_t length = host_length(word);
    if (word[length] != ':' || !copy_host(host, word, length))
        return false;
    const char *port = word + length + 1;
    size_t digits = strspn(port, "0123456789");
    return digits > 0 && strchr("/?#", port[digits]) && is_local_or_numeric(host, word[0] == '[');
}

/* Portu okur; `*rest` portun ötesidir. */
static int parse_port(const char *digits, const char **rest, const char *word)
{
    size_t length = strspn(digits, "0123456789");
    long port = length > 0 && length < 6 ? strtol(digits, NULL, 10) : 0;
    *rest = digits + length;
    if (port < 1 || port > 65535 || !strchr("/?#", **rest))
        cli_fail("'%s': port 1 ile 65535 arasında bir tam sayı olmalı", word);
    return (int)port;
}

void target_parse(struct target *target, const char *word)
{
    if (starts_with(word, HTTPS))
        cli_fail("'%s': https bu derste yok (ders 24); adres http:// ile başlamalı", word);
    const char *host = starts_with(word, HTTP) ? word + strlen(HTTP) : word;
    size_t length = host_length(host);
    if (length == 0 || memchr(host, '@', length) || !copy_host(target->host, host, length) ||
        target->host[0] == '\0' || (host[0] == '[') != (host[length - 1] == ']'))
        cli_fail("'%s': adres http://AD[:PORT][/YOL] biçiminde olmalı", word);
    const char *rest = host + length;
    target->port = DEFAULT_PORT;
    if (*rest == ':')
        target->port = parse_port(rest + 1, &rest, word);
    target_set_path(target, rest);
}

void target_set_path(struct target *target, const char *path)
{
    size_t length = strcspn(path, "#"); /* # ve ötesi tarayıcının işidir, sunucuya gönderilmez */
    for (size_t i = 0; i < length; i++)
        if (path[i] <= ' ' || path[i] > '~')
            cli_fail("yol '%s' olmaz: boşluk, denetim karakteri ve ASCII dışındakiler %%XX yazılır",
                     path);
    if (length > TARGET_PATH_MAX)
        cli_fail("yol çok uzun: %zu bayt; en fazla %d bayt olmalı", length, TARGET_PATH_MAX);
    if (length > 0 && path[0] != '/' && path[0] != '?')
        cli_fail("yol '%s' olmaz: / ile başlamalı", path);
    target->path = path;
    target->path_length = length;
}
