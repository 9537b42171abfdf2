#include "load.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/errtext.h"

/* Eşzamanlılığın bir kolu: isteklerin bir bölümünü art arda gönderen iş parçacığı. */
struct lane {
    const struct load *load;
    long number;
    long requests;
    long connections; /* kurduğu */
    int64_t waited;   /* bütün isteklerinin süresi, ns */
    int64_t longest;
    int outcome;
    struct connection connection;
    bool started;
    pthread_t thread;
};

/* Bir istek. Yanıtı bilinen bir soru sorulur: doğruluğu denetlenmeyen yük, bozuk sunucuyu hızlı
 * gösterebilir. */
static int request(struct lane *lane, long number)
{
    char question[64];
    char expected[64];
    struct text reply;
    snprintf(question, sizeof question, "topla %ld %ld", lane->number, number);
    snprintf(expected, sizeof expected, "Sonuç: %ld", lane->number + number);
    int outcome = connection_ask(&lane->connection, question, &reply);
    if (outcome < 0)
        return outcome;
    if (reply.length != strlen(expected) || memcmp(reply.bytes, expected, reply.length) != 0)
        return connection_fail(&lane->connection, "Yanıt yanlış", "sonuç istenenin sonucu değil",
                               -EPROTO);
    return 0;
}

/* İsteğin süresi bağlanmayı da kapsar; bağlantı zaten açıksa bağlanmak bir şey tutmaz. */
static int timed_request(struct lane *lane, long number)
{
    int64_t began = monotonic_ns();
    if (lane->connection.fd < 0) {
        int outcome = connection_establish(&lane->connection);
        if (outcome < 0)
            return outcome;
        lane->connections++;
    }
    int outcome = request(lane, number);
    if (outcome == 0 && lane->load->new_connections)
        connection_close(&lane->connection);
    int64_t took = monotonic_ns() - began;
    lane->waited += took;
    if (took > lane->longest)
        lane->longest = took;
    return outcome;
}

static void *lane_thread(void *argument)
{
    struct lane *lane = argument;
    for (long i = 0; i < lane->requests && lane->outcome == 0; i++)
        lane->outcome = timed_request(lane, i);
    connection_close(&lane->connection);
    return NULL;
}

static void report(const struct load *load, const struct lane *lanes, int64_t elapsed)
{
    long connections = 0;
    int64_t waited = 0;
    int64_t longest = 0;
    for (long i = 0; i < load->concurrency; i++) {
        connections += lanes[i].connections;
        waited += lanes[i].waited;
        longest = lanes[i].longest > longest ? lanes[i].longest : longest;
    }
    double seconds = (double)elapsed / 1e9;
    printf("%ld istek, eşzamanlılık %ld, %ld bağlantı\n", load->requests, load->concurrency,
           connections);
    printf("Toplam: %.3f s, saniyede %.0f istek ve %.0f bağlantı\n", seconds,
           (double)load->requests / seconds, (double)connections / seconds);
    printf("Bir istek: ortalama %.3f ms, en uzun %.3f ms\n",
           (double)waited / (double)load->requests / 1e6, (double)longest / 1e6);
}

/* İsteklerin ilk `concurrency` parçaya bölünüşü: artan, baştaki kollara birer birer. */
static void prepare(struct lane *lanes, const struct load *load, const struct target *target)
{
    for (long i = 0; i < load->concurrency; i++) {
        lanes[i] = (struct lane){
            .load = load,
            .number = i,
            .requests = load->requests / load->concurrency +
                        (i < load->requests % load->concurrency),
        };
        connection_init(&lanes[i].connection, target);
    }
}

/* Kolları açar ve hepsini bekler. Açılamayan kol kendi başarısızlığıyla sayılır, açılanlar yine
 * beklenir. */
static void run_lanes(struct lane *lanes, long count)
{
    for (long i = 0; i < count; i++) {
        int error = pthread_create(&lanes[i].thread, NULL, lane_thread, &lanes[i]);
        lanes[i].started = error == 0;
        if (error)
            lanes[i].outcome = connection_fail(&lanes[i].connection, "İş parçacığı açılamadı",
                                               error_text(error), -error);
    }
    for (long i = 0; i < count; i++)
        if (lanes[i].started)
            pthread_join(lanes[i].thread, NULL);
}

int load_run(const struct load *load, const struct target *target, struct connection *trouble)
{
    struct lane *lanes = calloc((size_t)load->concurrency, sizeof *lanes);
    connection_init(trouble, target);
    if (!lanes)
        return connection_fail(trouble, "Yük kurulamadı", error_text(ENOMEM), -ENOMEM);
    prepare(lanes, load, target);
    int64_t began = monotonic_ns();
    run_lanes(lanes, load->concurrency);
    int64_t elapsed = monotonic_ns() - began;

    int outcome = 0;
    for (long i = 0; i < load->concurrency && outcome == 0; i++) {
        outcome = lanes[i].outcome;
        *trouble = lanes[i].connection;
    }
    if (outcome == 0)
        report(load, lanes, elapsed);
    free(lanes);
    return outcome;
}
