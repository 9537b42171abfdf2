#include "conversation.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Kaçışlı yazımda bir bayt en çok dört karakter olur. */
#define SHOWN_SIZE (4 * (LINES_LIMIT + 64) + 1)

static void print_line(const char *label, struct text line)
{
    static char shown[SHOWN_SIZE];
    text_escape(shown, sizeof shown, line.bytes, line.length);
    printf("%s%s\n", label, shown);
}

/* Mesajları satır satır tek bellekte birleştirir. Sahibi çağırandır; bellek yoksa NULL. */
static char *join(char **messages, size_t *length)
{
    size_t size = 1;
    for (char **message = messages; *message; message++)
        size += strlen(*message) + 1;
    char *joined = malloc(size);
    if (!joined)
        return NULL;
    char *end = joined;
    for (char **message = messages; *message; message++) {
        end = stpcpy(end, *message);
        *end++ = '\n';
    }
    *length = (size_t)(end - joined);
    return joined;
}

/* region: converse */
/* Yanıtlar beklenmeden hepsi gönderilir, son bayttan sonra yazma yarısı kapatılır. Sunucu sırayı
 * koruduğu için i'inci yanıt i'inci mesajındır; akış sonunda sayılar tutmalıdır. */
static int read_replies(struct channel *channel, size_t expected)
{
    size_t count = 0;
    for (;;) {
        struct text reply;
        int outcome = channel_next_line(channel, &reply);
        if (outcome > 0) {
            if (count++ == expected)
                return -EPROTO; /* sorulmadan gelen yanıt */
            print_line("Cevap: ", reply);
            continue;
        }
        if (outcome == 0 && channel->ended)
            return count == expected && lines_empty(&channel->lines) ? 0 : -ENODATA;
        if (outcome == 0)
            outcome = channel_exchange(channel);
        if (outcome < 0)
            return outcome;
    }
}

static int talk(struct channel *channel, char **messages)
{
    size_t count = 0;
    char *joined = join(messages, &channel->unsent_length);
    if (!joined)
        return -ENOMEM;
    putchar('\n');
    for (; messages[count]; count++)
        printf("Gönderiliyor: %s\n", messages[count]);
    putchar('\n');
    channel->unsent = joined;
    channel->finishing = true;
    int outcome = read_replies(channel, count);
    free(joined);
    return outcome;
}
/* endregion */

int converse(struct channel *channel, char **messages)
{
    struct text welcome;
    int outcome = channel_open(channel, &welcome);
    if (outcome == 0) {
        print_line("Server: ", welcome);
        outcome = talk(channel, messages);
        if (outcome < 0)
            channel_fail(channel, "Yanıt alınamadı", NULL, outcome);
    }
    channel_close(channel);
    return outcome;
}
