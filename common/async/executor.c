#include "async/executor.h"

#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "async/future.h"
#include "async/internal.h"
#include "async/sync.h"
#include "base/log.h"

/* Ad: RFC 1035'e göre en çok 255 bayt. */
#define HOST_SIZE 256

/* İş: görevin, iş parçacığının ve döngünün ortak belleği. Sırada beklerken ve bitince yalnız
 * döngünün iş parçacığı dokunur, çalışırken yalnız onu çalıştıran. */
struct job {
    struct link link; /* jobs ya da done */
    struct future finished;
    bool started;   /* executor->lock korur */
    bool abandoned; /* bekleyeni gitti: döngü geri verir */
    bool is_name;   /* adlara ayrılan yerlerden birini tutar */
    int (*work)(void *data);
    int result;
    _Alignas(max_align_t) char data[];
};

struct executor {
    struct loop *loop;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct link jobs;
    struct link done;       /* bitmiş, döngünün daha görmedikleri */
    struct call done_first; /* done boş değilken döngüye bırakılmış olan çağrı */
    int threads;
    int idle;
    int pending; /* jobs'un boyu */
    bool closing;
    struct semaphore names;
};

/* --- iş bitince, döngüde --- */

/* Ad çözen işin yeri, bekleyeni vazgeçse de iş bitince boşalır: iş parçacığı o ana dek doludur. */
static void release_job(struct executor *executor, struct job *job)
{
    if (job->is_name)
        semaphore_release(&executor->names);
    free(job);
}

static void finish_jobs(void *argument)
{
    struct executor *executor = argument;
    struct link done;
    list_init(&done);
    pthread_mutex_lock(&executor->lock);
    list_move_all(&executor->done, &done);
    pthread_mutex_unlock(&executor->lock);
    while (!list_empty(&done)) {
        struct job *job = LIST_OWNER(list_take_first(&done), struct job, link);
        if (job->abandoned)
            release_job(executor, job);
        else
            future_set(&job->finished, job->result);
    }
}

/* --- iş parçacığında --- */

static struct job *next_job(struct executor *executor)
{
    executor->idle++;
    while (list_empty(&executor->jobs) && !executor->closing)
        pthread_cond_wait(&executor->changed, &executor->lock);
    executor->idle--;
    if (executor->closing)
        return NULL;
    struct job *job = LIST_OWNER(list_take_first(&executor->jobs), struct job, link);
    executor->pending--;
    job->started = true;
    return job;
}

/* Kilit altında. Bir çağrı, kaç iş birikmiş olursa olsun hepsine yeter. */
static void hand_over(struct executor *executor, struct job *job)
{
    if (executor->closing) { /* döngü artık yok; iş de kimsenin değil */
        free(job);
        return;
    }
    bool first = list_empty(&executor->done);
    list_append(&executor->done, &job->link);
    if (first)
        loop_call_soon_threadsafe(executor->loop, &executor->done_first, finish_jobs, executor);
}

static void free_executor(struct executor *executor)
{
    pthread_cond_destroy(&executor->changed);
    pthread_mutex_destroy(&executor->lock);
    free(executor);
}

static void *work_thread(void *argument)
{
    struct executor *executor = argument;
    struct job *job;
    pthread_mutex_lock(&executor->lock);
    while ((job = next_job(executor))) {
        pthread_mutex_unlock(&executor->lock);
        job->result = job->work(job->data);
        pthread_mutex_lock(&executor->lock);
        hand_over(executor, job);
    }
    bool last = --executor->threads == 0;
    bool orphaned = last && !executor->loop;
    pthread_cond_broadcast(&executor->changed);
    pthread_mutex_unlock(&executor->lock);
    if (orphaned)
        free_executor(executor);
    return NULL;
}

/* --- döngüde --- */

/* Sinyaller döngünün iş parçacığına gitsin diye yenisi hepsini engelleyerek doğar. */
static int start_thread(struct executor *executor)
{
    pthread_t thread;
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&thread, NULL, work_thread, executor);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error)
        return -error;
    pthread_detach(thread);
    executor->threads++;
    return 0;
}

static struct executor *open_executor(struct loop *loop)
{
    struct executor *executor = malloc(sizeof *executor);
    if (!executor)
        return NULL;
    *executor = (struct executor){.loop = loop, .lock = PTHREAD_MUTEX_INITIALIZER};
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&executor->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    list_init(&executor->jobs);
    list_init(&executor->done);
    semaphore_init(&executor->names, EXECUTOR_THREADS / 2);
    return executor;
}

static struct executor *this_executor(void)
{
    struct loop *loop = loop_current();
    if (!loop->executor)
        loop->executor = open_executor(loop);
    return loop->executor;
}

static void withdraw(struct executor *executor, struct job *job)
{
    list_remove(&job->link);
    executor->pending--;
}

/* İşi sıraya koyar; boşta iş parçacığı yoksa ve sınıra varılmadıysa bir tane açar. */
static int submit(struct executor *executor, struct job *job)
{
    int outcome = 0;
    pthread_mutex_lock(&executor->lock);
    list_append(&executor->jobs, &job->link);
    executor->pending++;
    if (executor->pending > executor->idle && executor->threads < EXECUTOR_THREADS)
        outcome = start_thread(executor);
    if (outcome < 0 && executor->threads > 0)
        outcome = 0; /* bir süre sonra var olanlardan biri yapar */
    if (outcome < 0)
        withdraw(executor, job);
    pthread_cond_signal(&executor->changed);
    pthread_mutex_unlock(&executor->lock);
    return outcome;
}

/* Beklemeyi bırakan görev: başlamamış iş sıradan çıkar, başlamış olan kendi hâline bırakılır. */
static void abandon(struct executor *executor, struct job *job)
{
    pthread_mutex_lock(&executor->lock);
    bool started = job->started;
    if (!started)
        withdraw(executor, job);
    pthread_mutex_unlock(&executor->lock);
    if (started && !job->finished.done)
        job->abandoned = true;
    else
        release_job(executor, job);
}

static int run_job(struct executor *executor, struct job *job, void *data, size_t size,
                   deadline_t deadline)
{
    if (size > 0)
        memcpy(job->data, data, size);
    future_init(&job->finished);
    int outcome = submit(executor, job);
    if (outcome < 0) {
        release_job(executor, job);
        return outcome;
    }
    outcome = future_await(&job->finished, deadline);
    if (!job->finished.done || outcome != job->result) {
        abandon(executor, job);
        return outcome;
    }
    if (size > 0)
        memcpy(data, job->data, size);
    release_job(executor, job);
    return outcome;
}

int executor_run(int (*work)(void *), void *data, size_t size, deadline_t deadline)
{
    struct executor *executor = this_executor();
    struct job *job = executor ? malloc(sizeof *job + size) : NULL;
    if (!job)
        return -ENOMEM;
    *job = (struct job){.work = work};
    return run_job(executor, job, data, size, deadline);
}

void executor_close(struct executor *executor, deadline_t deadline)
{
    if (!executor)
        return;
    struct timespec until = {.tv_sec = deadline / 1000000000, .tv_nsec = deadline % 1000000000};
    pthread_mutex_lock(&executor->lock);
    executor->closing = true;
    executor->loop->executor = NULL;
    pthread_cond_broadcast(&executor->changed);
    int error = 0;
    while (executor->threads > 0 && error == 0)
        error = pthread_cond_timedwait(&executor->changed, &executor->lock, &until);
    while (!list_empty(&executor->done)) /* kimsenin beklemediği sonuçlar */
        free(LIST_OWNER(list_take_first(&executor->done), struct job, link));
    bool busy = executor->threads > 0;
    executor->loop = NULL; /* son çıkan iş parçacığı geri verir */
    pthread_mutex_unlock(&executor->lock);
    if (busy)
        log_warning("Bitmeyen iş parçacığı beklenmedi");
    else
        free_executor(executor);
}

/* --- ad çözümleme --- */

struct question {
    char host[HOST_SIZE];
    int port, type;
    struct address addresses[ADDRESS_MAX];
    const char *why; /* sabit metin */
};

static int answer(void *data)
{
    struct question *question = data;
    return address_resolve(question->host, question->port, question->type, false,
                           question->addresses, &question->why);
}

static bool is_numeric(const char *host)
{
    struct in6_addr unused;
    return inet_pton(AF_INET, host, &unused) == 1 || inet_pton(AF_INET6, host, &unused) == 1;
}

static int resolve_in_thread(struct executor *executor, struct question *question,
                             deadline_t deadline)
{
    int outcome = semaphore_acquire(&executor->names, deadline);
    if (outcome < 0)
        return outcome;
    struct job *job = malloc(sizeof *job + sizeof *question);
    if (!job) {
        semaphore_release(&executor->names);
        return -ENOMEM;
    }
    *job = (struct job){.work = answer, .is_name = true};
    return run_job(executor, job, question, sizeof *question, deadline);
}

int executor_resolve(const char *host, int port, int type, struct address out[ADDRESS_MAX],
                     const char **why, deadline_t deadline)
{
    *why = "ad çözülemeden vazgeçildi";
    if (task_cancelling())
        return task_refuse(this_task());
    if (is_numeric(host)) /* soru sorulmaz, bloke etmez */
        return address_resolve(host, port, type, false, out, why);
    struct executor *executor = this_executor();
    struct question *question = executor ? malloc(sizeof *question) : NULL;
    if (!question) {
        *why = "bellek yetersiz";
        return -ENOMEM;
    }
    *question = (struct question){.port = port, .type = type};
    if (strlen(host) >= sizeof question->host) {
        free(question);
        *why = "ad çok uzun";
        return -EHOSTUNREACH;
    }
    memcpy(question->host, host, strlen(host) + 1);
    int outcome = resolve_in_thread(executor, question, deadline);
    if (question->why)
        *why = question->why;
    if (outcome > 0)
        memcpy(out, question->addresses, (size_t)outcome * sizeof *out);
    free(question);
    return outcome;
}
