#include "flood.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/wait.h"

/* Bir kerede bu kadar baytlık satır hazırlanır; sonuncusu sınırı aşabilir. */
#define BATCH_SIZE 65536

/* Çekirdeğin iki tamponu. Boyları verilmezse kendiliğinden büyürler, kısa bir sel onları
 * dolduramadan biterdi. */
#define BUFFER_SIZE 65536

/* Soket bu kadar süre hiç almazsa iki yönün de tamponları dolmuştur. */
#define STUCK_SECONDS 0.2

#define ECHO "Echo: "
#define ECHO_LENGTH (sizeof ECHO - 1)

struct tide {
    const struct flood *flood;
    struct channel *channel;
    char *batch;     /* hazırlanmış satırlar; channel->unsent onları gösterir */
    char *expected;  /* sıradaki yanıt */
    long prepared;   /* hazırlanan satırlar */
    long first_full; /* ilk EAGAIN'e dek giden bayt; hiç olmadıysa -1 */
    long lines_back, bytes_back;
    long intact; /* sırasında ve eksiksiz gelen yanıtlar */
};

/* Satırın içi kendi sırasıdır: eksilen ya da yer değiştiren satır böylece fark edilir. */
static void write_line(char *out, long index, long length)
{
    for (long i = length; i-- > 0; index /= 10)
        out[i] = (char)('0' + index % 10);
}

static long bytes_sent(const struct tide *tide)
{
    return tide->prepared * tide->flood->size - (long)tide->channel->unsent_length;
}

/* Hazırdakiler gittiyse yenilerini hazırlar; sonuncuların ardından yazma yarısı kapanacaktır.
 * Gönderilecek bir şey kalmadıysa false. */
static bool refill(struct tide *tide)
{
    struct channel *channel = tide->channel;
    const struct flood *flood = tide->flood;
    if (channel->unsent_length > 0 || tide->prepared == flood->lines)
        return channel->unsent_length > 0;
    char *end = tide->batch;
    while (tide->prepared < flood->lines && end < tide->batch + BATCH_SIZE) {
        write_line(end, tide->prepared++, flood->size - 1);
        end += flood->size;
        end[-1] = '\n';
    }
    channel->unsent = tide->batch;
    channel->unsent_length = (size_t)(end - tide->batch);
    channel->finishing = tide->prepared == flood->lines;
    return true;
}

/* region: send-without-reading */
/* Hiç okumadan gönderir. EAGAIN "soket dolu" demektir: karşı taraf okudukça yer açılır ve sürülür.
 * Yer açılmaz olunca karşı taraf da bizi bekliyordur: yanıtlarını okumadığımız için bizi
 * okumuyor. */
static int send_without_reading(struct tide *tide)
{
    while (refill(tide)) {
        ssize_t sent = channel_send(tide->channel);
        if (sent < 0)
            return (int)sent;
        if (sent > 0)
            continue;
        if (tide->first_full < 0)
            tide->first_full = bytes_sent(tide);
        int ready = wait_fd(tide->channel->fd, POLLOUT, deadline_after(STUCK_SECONDS));
        if (ready < 0)
            return ready == -ETIMEDOUT ? 0 : ready;
    }
    return 0;
}
/* endregion */

static void check_reply(struct tide *tide, struct text reply)
{
    size_t length = ECHO_LENGTH + (size_t)tide->flood->size - 1;
    write_line(tide->expected + ECHO_LENGTH, tide->intact, tide->flood->size - 1);
    tide->lines_back++;
    tide->bytes_back += (long)reply.length + 1;
    if (tide->intact < tide->flood->lines && reply.length == length &&
        memcmp(reply.bytes, tide->expected, length) == 0)
        tide->intact++;
}

/* Kalanı gönderirken yanıtları da okur, akış sonuna dek. */
static int send_and_read(struct tide *tide)
{
    int outcome = 0;
    while (outcome == 0) {
        struct text reply;
        while ((outcome = channel_next_line(tide->channel, &reply)) > 0)
            check_reply(tide, reply);
        if (outcome < 0 || tide->channel->ended)
            return outcome;
        refill(tide);
        outcome = channel_exchange(tide->channel);
    }
    return outcome;
}

static void print_counts(const struct tide *tide)
{
    long size = tide->flood->size;
    long lines = bytes_sent(tide) / size;
    printf("Gönderilen: %ld satır, %ld bayt; alınan: %ld satır, %ld bayt; kayıp: %ld\n", lines,
           bytes_sent(tide), tide->lines_back, tide->bytes_back, tide->flood->lines - tide->intact);
}

static int pour(struct tide *tide)
{
    int outcome = send_without_reading(tide);
    if (tide->first_full >= 0)
        printf("İlk EAGAIN: %ld bayttan sonra\n", tide->first_full);
    else
        puts("İlk EAGAIN: olmadı, soket hiç dolmadı");
    printf("Okumadan giden: %ld bayt\n", bytes_sent(tide));
    if (outcome == 0)
        outcome = send_and_read(tide);
    print_counts(tide);
    if (outcome == 0 && bytes_sent(tide) < tide->flood->lines * tide->flood->size)
        outcome = -ENODATA;
    if (outcome < 0)
        return channel_fail(tide->channel, "Sel bitmedi", NULL, outcome);
    if (tide->intact < tide->flood->lines || tide->lines_back > tide->intact)
        return channel_fail(tide->channel, "Yankı tutmadı", "gelen, gönderilenle aynı değil",
                            -EBADMSG);
    return 0;
}

int flood_run(const struct flood *flood, struct channel *channel)
{
    struct text welcome;
    struct tide tide = {.flood = flood, .channel = channel, .first_full = -1};
    channel->buffer_size = BUFFER_SIZE;
    int outcome = channel_open(channel, &welcome);
    if (outcome < 0)
        goto close;
    outcome = -ENOMEM;
    tide.batch = malloc(BATCH_SIZE + (size_t)flood->size);
    tide.expected = malloc(ECHO_LENGTH + (size_t)flood->size);
    if (!tide.batch || !tide.expected) {
        channel_fail(channel, "Sel başlatılamadı", NULL, outcome);
        goto release;
    }
    memcpy(tide.expected, ECHO, ECHO_LENGTH);
    printf("\nSel: %ld satır, satır başına %ld bayt; yanıtlar okunmuyor\n", flood->lines,
           flood->size);
    outcome = pour(&tide);
release:
    free(tide.expected);
    free(tide.batch);
close:
    channel_close(channel);
    return outcome;
}
