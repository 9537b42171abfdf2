/* async/executor: bloke eden işler, iş parçacıklarının sayısı, vazgeçmek, kapanış, ad çözümleme. */
#include "async/executor.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "child.h"
#include "in_loop.h"
#include "stubs.h"

/* --- kapı: işleri, test açana dek durdurur --- */

enum { PASSERS = 16 };

struct gate {
    sem_t arrived; /* kapıya varanlar */
    sem_t open;
    atomic_int count;
    pid_t threads[PASSERS]; /* varanların iş parçacıkları */
};

static void init_gate(struct gate *gate)
{
    *gate = (struct gate){0};
    CHECK_INT_EQ(sem_init(&gate->arrived, 0, 0), 0);
    CHECK_INT_EQ(sem_init(&gate->open, 0, 0), 0);
}

static void wait_semaphore(sem_t *semaphore)
{
    while (sem_wait(semaphore) < 0)
        CHECK_INT_EQ(errno, EINTR);
}

static void pass_gate(struct gate *gate)
{
    gate->threads[atomic_fetch_add(&gate->count, 1)] = gettid();
    sem_post(&gate->arrived);
    wait_semaphore(&gate->open);
}

static void open_gate(struct gate *gate, int count)
{
    for (int i = 0; i < count; i++)
        sem_post(&gate->open);
}

/* Döngüyü durdurmadan, bu kadar işin kapıya varmasını bekler. */
static void wait_arrivals(struct gate *gate, int count)
{
    while (count > 0) {
        if (sem_trywait(&gate->arrived) == 0)
            count--;
        else
            CHECK_INT_EQ(task_yield(), 0);
    }
}

static int work_at_gate(void *data)
{
    pass_gate(*(struct gate **)data);
    return 0;
}

/* Kapıda duran bir iş bekleyen görev. */
static int wait_at_gate(void *gate)
{
    return executor_run(work_at_gate, &gate, sizeof gate, DEADLINE_NONE);
}

static void start_tasks(struct task **tasks, int count, int (*run)(void *), void *argument)
{
    for (int i = 0; i < count; i++)
        tasks[i] = task_create("işçi", run, argument);
    CHECK_INT_EQ(task_yield(), 0);
}

static void check_ends(struct task **tasks, int count)
{
    for (int i = 0; i < count; i++) {
        CHECK_INT_EQ(task_await(tasks[i], SOON), 0);
        task_release(tasks[i]);
    }
}

/* --- iş parçacıklarını saymak --- */

struct threads {
    int count;
    pid_t numbers[64];
};

static struct threads list_threads(void)
{
    struct threads threads = {0};
    DIR *folder = opendir("/proc/self/task");
    CHECK_TRUE(folder != NULL);
    for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder))
        if (entry->d_name[0] != '.' && threads.count < 64)
            threads.numbers[threads.count++] = (pid_t)strtol(entry->d_name, NULL, 10);
    closedir(folder);
    return threads;
}

static bool has_thread(const struct threads *threads, pid_t number)
{
    for (int i = 0; i < threads->count; i++)
        if (threads->numbers[i] == number)
            return true;
    return false;
}

/* Çekirdek biten iş parçacığını biraz sonra siler; eskilerden kalanlar bu yüzden sayılmaz. */
static int count_newer_than(const struct threads *before)
{
    struct threads now = list_threads();
    int count = 0;
    for (int i = 0; i < now.count; i++)
        count += !has_thread(before, now.numbers[i]);
    return count;
}

static void wait_until_threads_end(const struct gate *gate)
{
    for (int i = 0; i < gate->count; i++)
        while (tgkill(getpid(), gate->threads[i], 0) == 0)
            sched_yield();
}

static int tell_thread(void *out)
{
    *(pid_t *)out = gettid();
    return 0;
}

/* --- çözücü: sistemdekinin önüne geçer --- */

static int (*system_resolver)(const char *, const char *, const struct addrinfo *,
                              struct addrinfo **);
static struct gate *resolver_gate;    /* "bekleyen" adı bu kapıda durur */
static atomic_int resolver_thread;    /* son soruyu soran */
static atomic_size_t resolver_length; /* son sorulan adın boyu */

/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name) */
int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
                struct addrinfo **found)
{
    resolver_thread = gettid();
    resolver_length = strlen(host);
    if (strcmp(host, "bekleyen") == 0)
        pass_gate(resolver_gate);
    if (strcmp(host, "localhost") != 0 && !strpbrk(host, ".:"))
        return EAI_NONAME;
    return system_resolver(host, service, hints, found);
}

/* --- kapanış (çocukta: döngü biterken log yazılır, sızıntı çocuğun sonunda aranır) --- */

static struct gate closing_gate;

static int leave_a_job_running(void *gate)
{
    SCOPED_TASK task = task_create("işçi", wait_at_gate, gate);
    wait_arrivals(gate, 1);
    return 0;
}

static void end_the_loop_before_the_job(void *unused)
{
    (void)unused;
    init_gate(&closing_gate);
    CHECK_INT_EQ(loop_run(leave_a_job_running, &closing_gate), 0);
    open_gate(&closing_gate, 1);
    wait_until_threads_end(&closing_gate);
}

/* Süren iş döngüyü sonsuza dek tutmaz; sonradan bitince arkasında bir şey bırakmaz (LSan). */
static void loop_does_not_wait_forever_for_a_running_job(void)
{
    struct child_end end = child_run(end_the_loop_before_the_job, NULL);
    CHECK_INT_EQ(end.code, 0);
    CHECK_TEXT_MATCHES(end.err, "[^\n]* - WARNING - Bitmeyen iş parçacığı beklenmedi\n");
}

static void *open_a_little_later(void *gate)
{
    usleep(50000);
    open_gate(gate, 1);
    return NULL;
}

static void end_the_loop_just_before_the_job(void *unused)
{
    (void)unused;
    pthread_t opener;
    init_gate(&closing_gate);
    CHECK_INT_EQ(pthread_create(&opener, NULL, open_a_little_later, &closing_gate), 0);
    CHECK_INT_EQ(loop_run(leave_a_job_running, &closing_gate), 0);
    CHECK_INT_EQ(sem_trywait(&closing_gate.open), -1);
    CHECK_INT_EQ(pthread_join(opener, NULL), 0);
}

static void loop_waits_a_while_for_a_running_job(void)
{
    struct child_end end = child_run(end_the_loop_just_before_the_job, NULL);
    CHECK_INT_EQ(end.code, 0);
    CHECK_TEXT_EQ(end.err, "");
}

REAL_LOOP_TEST(idle_body)
{
    struct task *tasks[EXECUTOR_THREADS];
    init_gate(&closing_gate);
    start_tasks(tasks, EXECUTOR_THREADS, wait_at_gate, &closing_gate);
    wait_arrivals(&closing_gate, EXECUTOR_THREADS);
    open_gate(&closing_gate, EXECUTOR_THREADS);
    check_ends(tasks, EXECUTOR_THREADS);
}

static void idle_threads_end_with_the_loop(void)
{
    idle_body();
    CHECK_INT_EQ(closing_gate.count, EXECUTOR_THREADS);
    wait_until_threads_end(&closing_gate);
}

static int resolve_waiting_name(void *unused)
{
    (void)unused;
    struct address found[ADDRESS_MAX];
    const char *why;
    return executor_resolve("bekleyen", 80, SOCK_STREAM, found, &why, DEADLINE_NONE);
}

/* Bırakılan işin bittiği haberi, döngü kapanırken hâlâ kutudadır. */
static int leave_a_finished_job(void *run)
{
    struct task *task = task_create("işçi", *(int (**)(void *))run, &closing_gate);
    wait_arrivals(&closing_gate, 1);
    task_release(task);
    int before = stub_wakeup_count();
    open_gate(&closing_gate, 1);
    while (stub_wakeup_count() == before)
        sched_yield();
    return 0;
}

static void end_the_loop_after_the_job(void *run)
{
    init_gate(&closing_gate);
    resolver_gate = &closing_gate;
    CHECK_INT_EQ(loop_run(leave_a_finished_job, run), 0);
}

static void check_unseen_end(int (*run)(void *))
{
    struct child_end end = child_run(end_the_loop_after_the_job, (void *)&run);
    CHECK_INT_EQ(end.code, 0);
    CHECK_TEXT_EQ(end.err, "");
}

static void job_that_ended_unseen_leaves_nothing_behind(void)
{
    check_unseen_end(wait_at_gate);
}

static void name_that_ended_unseen_leaves_nothing_behind(void)
{
    check_unseen_end(resolve_waiting_name);
}

/* --- işin yapılması --- */

static int double_it(void *data)
{
    int *number = data;
    *number *= 2;
    return 7;
}

REAL_LOOP_TEST(result_and_data_come_back)
{
    int number = 21;
    CHECK_INT_EQ(executor_run(double_it, &number, sizeof number, SOON), 7);
    CHECK_INT_EQ(number, 42);
}

/* -ETIMEDOUT, işin kendi sonucu da olabilir: veri yine geri gelir. */
static int fail_with_timeout(void *data)
{
    *(int *)data = 1;
    return -ETIMEDOUT;
}

REAL_LOOP_TEST(error_of_the_work_is_a_result)
{
    int number = 0;
    CHECK_INT_EQ(executor_run(fail_with_timeout, &number, sizeof number, SOON), -ETIMEDOUT);
    CHECK_INT_EQ(number, 1);
}

static int return_five(void *unused)
{
    (void)unused;
    return 5;
}

/* Döngü bakmadan biten işlerin hepsi birden gelir. */
REAL_LOOP_TEST(jobs_that_end_together_all_come_back)
{
    struct gate gate;
    struct task *tasks[EXECUTOR_THREADS];
    init_gate(&gate);
    start_tasks(tasks, EXECUTOR_THREADS, wait_at_gate, &gate);
    wait_arrivals(&gate, EXECUTOR_THREADS);
    open_gate(&gate, EXECUTOR_THREADS);
    usleep(50000); /* sıra bırakılmaz: döngü bu sürede hiçbirini görmez */
    check_ends(tasks, EXECUTOR_THREADS);
}

static void open_gate_and_block(void *gate)
{
    open_gate(gate, 1);
    usleep(50000);
}

/* İlk işin haberi sıradayken biten ikincisi onu bir daha sıraya koymaz. */
REAL_LOOP_TEST(job_that_ends_while_news_of_another_waits_comes_back)
{
    struct gate gates[2];
    struct task *tasks[2];
    struct call call = {0};
    for (int i = 0; i < 2; i++) {
        init_gate(&gates[i]);
        start_tasks(&tasks[i], 1, wait_at_gate, &gates[i]);
        wait_arrivals(&gates[i], 1);
    }
    loop_call_soon_threadsafe(loop_current(), &call, open_gate_and_block, &gates[1]);
    open_gate_and_block(&gates[0]);
    check_ends(tasks, 2);
}

REAL_LOOP_TEST(job_may_have_no_data)
{
    CHECK_INT_EQ(executor_run(return_five, NULL, 0, SOON), 5);
}

REAL_LOOP_TEST(job_runs_outside_the_thread_of_the_loop)
{
    pid_t thread = 0;
    CHECK_INT_EQ(executor_run(tell_thread, &thread, sizeof thread, SOON), 0);
    CHECK_TRUE(thread != 0 && thread != gettid());
}

static int open_for_others(void *gate)
{
    open_gate(gate, 1);
    return 0;
}

/* Döngü dursaydı kapıyı açacak görev çalışamaz, iş de bitmezdi. */
REAL_LOOP_TEST(loop_goes_on_while_the_job_blocks)
{
    struct gate gate;
    init_gate(&gate);
    SCOPED_TASK opener = task_create(NULL, open_for_others, &gate);
    CHECK_INT_EQ(wait_at_gate(&gate), 0);
    CHECK_INT_EQ(task_await(opener, SOON), 0);
}

/* --- iş parçacıkları --- */

static int meet(void *data)
{
    int outcome = pthread_barrier_wait(*(pthread_barrier_t **)data);
    return outcome == PTHREAD_BARRIER_SERIAL_THREAD ? 0 : outcome;
}

static int meet_in_thread(void *barrier)
{
    return executor_run(meet, &barrier, sizeof barrier, DEADLINE_NONE);
}

/* Hepsi aynı anda çalışmazsa hiçbiri engeli geçemez. */
REAL_LOOP_TEST(jobs_run_in_parallel)
{
    pthread_barrier_t barrier;
    struct task *tasks[EXECUTOR_THREADS];
    CHECK_INT_EQ(pthread_barrier_init(&barrier, NULL, EXECUTOR_THREADS), 0);
    start_tasks(tasks, EXECUTOR_THREADS, meet_in_thread, &barrier);
    check_ends(tasks, EXECUTOR_THREADS);
    pthread_barrier_destroy(&barrier);
}

REAL_LOOP_TEST(threads_are_limited_and_every_job_is_done)
{
    enum { JOBS = 3 * EXECUTOR_THREADS };
    struct gate gate;
    struct task *tasks[JOBS];
    init_gate(&gate);
    struct threads before = list_threads();
    start_tasks(tasks, JOBS, wait_at_gate, &gate);
    wait_arrivals(&gate, EXECUTOR_THREADS);
    CHECK_INT_EQ(count_newer_than(&before), EXECUTOR_THREADS);
    open_gate(&gate, JOBS);
    check_ends(tasks, JOBS);
}

REAL_LOOP_TEST(idle_thread_takes_the_next_job)
{
    pid_t first = 0, next = 0;
    CHECK_INT_EQ(executor_run(tell_thread, &first, sizeof first, SOON), 0);
    for (int i = 0; i < 20; i++) {
        CHECK_INT_EQ(executor_run(tell_thread, &next, sizeof next, SOON), 0);
        CHECK_INT_EQ(next, first);
    }
}

static int look_at_mask(void *data)
{
    return pthread_sigmask(SIG_BLOCK, NULL, data);
}

REAL_LOOP_TEST(threads_block_signals_but_the_loop_does_not)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGCHLD, SIGUSR1, SIGALRM};
    sigset_t theirs, ours;
    sigemptyset(&theirs);
    CHECK_INT_EQ(executor_run(look_at_mask, &theirs, sizeof theirs, SOON), 0);
    CHECK_INT_EQ(look_at_mask(&ours), 0);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        CHECK_INT_EQ(sigismember(&theirs, numbers[i]), 1);
        CHECK_INT_EQ(sigismember(&ours, numbers[i]), 0);
    }
}

/* --- beklemeyi bırakmak --- */

/* İşin kopyası ve, geri yazılmayacağı için, gördüğünü koyduğu yer. */
struct slow {
    struct gate *gate;
    _Atomic int *seen;
    deadline_t deadline;
    int number;
};

static int look_after_gate(void *data)
{
    struct slow *slow = data;
    pass_gate(slow->gate);
    *slow->seen = slow->number;
    slow->number = -1;
    sem_post(&slow->gate->arrived);
    return 0;
}

/* Verisi bekleyişten hemen sonra bozulur ve geri verilir. */
static int run_and_forget(void *argument)
{
    struct slow *data = malloc(sizeof *data);
    CHECK_TRUE(data != NULL);
    memcpy(data, argument, sizeof *data);
    int outcome = executor_run(look_after_gate, data, sizeof *data, data->deadline);
    CHECK_INT_EQ(data->number, 42);
    data->number = 13;
    free(data);
    return outcome;
}

REAL_LOOP_TEST(job_left_by_the_deadline_keeps_its_own_copy)
{
    struct gate gate;
    _Atomic int seen = 0;
    init_gate(&gate);
    struct slow slow = {&gate, &seen, deadline_after(0.02), 42};
    CHECK_INT_EQ(run_and_forget(&slow), -ETIMEDOUT);
    open_gate(&gate, 1);
    wait_arrivals(&gate, 2);
    CHECK_INT_EQ(seen, 42);
}

REAL_LOOP_TEST(job_left_by_the_cancel_keeps_its_own_copy)
{
    struct gate gate;
    _Atomic int seen = 0;
    init_gate(&gate);
    struct slow slow = {&gate, &seen, DEADLINE_NONE, 42};
    SCOPED_TASK task = task_create("işçi", run_and_forget, &slow);
    wait_arrivals(&gate, 1);
    CHECK_TRUE(task_cancel(task));
    CHECK_INT_EQ(task_await(task, SOON), -ECANCELED);
    open_gate(&gate, 1);
    wait_arrivals(&gate, 1);
    CHECK_INT_EQ(seen, 42);
}

static _Atomic int withdrawn_runs;

static int count_run(void *unused)
{
    (void)unused;
    withdrawn_runs++;
    return 0;
}

static int run_counted(void *deadline)
{
    return executor_run(count_run, NULL, 0, *(deadline_t *)deadline);
}

/* Biri sınırla, biri iptalle vazgeçer; üçüncüsü bekler ve onlarınki sıradan çıkmış olarak
 * bulunur. */
REAL_LOOP_TEST(withdrawing_body)
{
    struct gate gate;
    struct task *tasks[EXECUTOR_THREADS];
    deadline_t soon = deadline_after(0.02), never = DEADLINE_NONE;
    init_gate(&gate);
    start_tasks(tasks, EXECUTOR_THREADS, wait_at_gate, &gate);
    wait_arrivals(&gate, EXECUTOR_THREADS);
    SCOPED_TASK cancelled = task_create(NULL, run_counted, &never);
    CHECK_INT_EQ(run_counted(&soon), -ETIMEDOUT);
    CHECK_TRUE(task_cancel(cancelled));
    CHECK_INT_EQ(task_await(cancelled, SOON), -ECANCELED);
    open_gate(&gate, EXECUTOR_THREADS);
    check_ends(tasks, EXECUTOR_THREADS);
    CHECK_INT_EQ(executor_run(return_five, NULL, 0, SOON), 5);
}

/* Döngünün sonu bütün iş parçacıklarını bekler: çalışmış olsaydı burada görülürdü. */
static void job_left_before_it_starts_never_runs(void)
{
    withdrawn_runs = 0;
    withdrawing_body();
    CHECK_INT_EQ(withdrawn_runs, 0);
}

REAL_LOOP_TEST(cancelled_task_waits_for_no_job)
{
    CHECK_TRUE(task_cancel(task_current()));
    CHECK_INT_EQ(executor_run(return_five, NULL, 0, SOON), -ECANCELED);
    CHECK_INT_EQ(task_uncancel(), 0);
}

/* --- ad çözümleme --- */

static int resolve(const char *host, struct address found[ADDRESS_MAX], const char **why)
{
    return executor_resolve(host, 80, SOCK_STREAM, found, why, SOON);
}

REAL_LOOP_TEST(numeric_address_opens_no_thread)
{
    static const char *const hosts[] = {"127.0.0.1", "::1"};
    static const char *const texts[] = {"127.0.0.1:80", "[::1]:80"};
    struct address found[ADDRESS_MAX];
    const char *why;
    char text[ADDRESS_TEXT_SIZE];
    for (size_t i = 0; i < 2; i++) {
        CHECK_INT_EQ(resolve(hosts[i], found, &why), 1);
        CHECK_TEXT_EQ(address_text(&found[0], text), texts[i]);
        CHECK_INT_EQ(resolver_thread, gettid());
    }
}

REAL_LOOP_TEST(name_is_resolved_in_a_thread)
{
    struct address found[ADDRESS_MAX];
    const char *why;
    char text[ADDRESS_TEXT_SIZE];
    CHECK_BETWEEN(resolve("localhost", found, &why), 1, ADDRESS_MAX);
    CHECK_TEXT_MATCHES(address_text(&found[0], text), "127\\.0\\.0\\.1:80|\\[::1\\]:80");
    CHECK_TRUE(resolver_thread != gettid());
}

REAL_LOOP_TEST(unknown_name_is_an_error_with_a_reason)
{
    struct address found[ADDRESS_MAX];
    const char *why = NULL;
    const char *expected = NULL;
    CHECK_INT_EQ(address_resolve("olmayan", 80, SOCK_STREAM, false, found, &expected),
                 -EHOSTUNREACH);
    CHECK_INT_EQ(resolve("olmayan", found, &why), -EHOSTUNREACH);
    CHECK_TEXT_EQ(why, expected);
}

REAL_LOOP_TEST(longest_name_is_asked_and_a_longer_one_is_not)
{
    struct address found[ADDRESS_MAX];
    const char *why = NULL;
    char name[257];
    memset(name, 'a', 256);
    name[256] = '\0';
    resolver_length = 0;
    CHECK_INT_EQ(resolve(name, found, &why), -EHOSTUNREACH);
    CHECK_TEXT_EQ(why, "ad çok uzun");
    CHECK_INT_EQ(resolver_length, 0);
    name[255] = '\0';
    CHECK_INT_EQ(resolve(name, found, &why), -EHOSTUNREACH);
    CHECK_INT_EQ(resolver_length, 255);
}

REAL_LOOP_TEST(cancelled_task_resolves_nothing)
{
    struct address found[ADDRESS_MAX];
    const char *why = NULL;
    CHECK_TRUE(task_cancel(task_current()));
    CHECK_INT_EQ(resolve("127.0.0.1", found, &why), -ECANCELED);
    CHECK_INT_EQ(resolve("localhost", found, &why), -ECANCELED);
    CHECK_INT_EQ(task_uncancel(), 0);
}

enum { NAMES = 2 * EXECUTOR_THREADS, PLACES = EXECUTOR_THREADS / 2 };

/* Adlar bütün iş parçacıklarını tutsaydı son iş sıra bulamazdı. */
REAL_LOOP_TEST(names_leave_threads_to_other_jobs)
{
    struct gate gate;
    struct task *tasks[NAMES];
    init_gate(&gate);
    resolver_gate = &gate;
    start_tasks(tasks, NAMES, resolve_waiting_name, NULL);
    wait_arrivals(&gate, PLACES);
    CHECK_INT_EQ(executor_run(return_five, NULL, 0, SOON), 5);
    open_gate(&gate, NAMES);
    for (int i = 0; i < NAMES; i++) {
        CHECK_INT_EQ(task_await(tasks[i], SOON), -EHOSTUNREACH);
        task_release(tasks[i]);
    }
}

static void abandon_names(struct gate *gate)
{
    struct task *tasks[PLACES];
    start_tasks(tasks, PLACES, resolve_waiting_name, NULL);
    wait_arrivals(gate, PLACES);
    for (int i = 0; i < PLACES; i++)
        task_release(tasks[i]);
}

/* Bırakılan sorunun iş parçacığı hâlâ doludur: yeri boşalmış sayılsaydı cevapsız adlar hepsini
 * doldururdu. Cevap gelince yer boşalır. */
REAL_LOOP_TEST(abandoned_name_keeps_its_place_until_it_ends)
{
    struct gate gate;
    struct address found[ADDRESS_MAX];
    const char *why = NULL;
    init_gate(&gate);
    resolver_gate = &gate;
    abandon_names(&gate);
    CHECK_INT_EQ(executor_resolve("olmayan", 80, SOCK_STREAM, found, &why, deadline_after(0.02)),
                 -ETIMEDOUT);
    CHECK_TEXT_EQ(why, "ad çözülemeden vazgeçildi");
    CHECK_INT_EQ(executor_run(return_five, NULL, 0, SOON), 5);
    open_gate(&gate, PLACES);
    for (int i = 0; i < NAMES; i++)
        CHECK_INT_EQ(resolve("olmayan", found, &why), -EHOSTUNREACH);
}

/* --- bellek ve iş parçacığı yokken --- */

REAL_LOOP_TEST(no_memory_is_an_error)
{
    struct address found[ADDRESS_MAX];
    const char *why = NULL;
    stub_fill_memory(true);
    int first = executor_run(return_five, NULL, 0, SOON);
    int resolved = resolve("localhost", found, &why);
    stub_fill_memory(false);
    CHECK_INT_EQ(first, -ENOMEM);
    CHECK_INT_EQ(resolved, -ENOMEM);
    CHECK_TEXT_EQ(why, "bellek yetersiz");
    CHECK_INT_EQ(executor_run(return_five, NULL, 0, SOON), 5);
    stub_fill_memory(true);
    int second = executor_run(return_five, NULL, 0, SOON);
    stub_fill_memory(false);
    CHECK_INT_EQ(second, -ENOMEM);
    CHECK_INT_EQ(executor_run(return_five, NULL, 0, SOON), 5);
}

/* Adres alanına sığmayan yığınla hiçbir iş parçacığı açılamaz. */
static pthread_attr_t forbid_threads(void)
{
    pthread_attr_t before, huge;
    CHECK_INT_EQ(pthread_getattr_default_np(&before), 0);
    CHECK_INT_EQ(pthread_getattr_default_np(&huge), 0);
    CHECK_INT_EQ(pthread_attr_setstacksize(&huge, (size_t)1 << 60), 0);
    CHECK_INT_EQ(pthread_setattr_default_np(&huge), 0);
    pthread_attr_destroy(&huge);
    return before;
}

static void allow_threads(pthread_attr_t *before)
{
    CHECK_INT_EQ(pthread_setattr_default_np(before), 0);
    pthread_attr_destroy(before);
}

REAL_LOOP_TEST(first_thread_that_cannot_start_is_an_error)
{
    pthread_attr_t before = forbid_threads();
    int outcome = executor_run(return_five, NULL, 0, SOON);
    allow_threads(&before);
    CHECK_TRUE(outcome == -EAGAIN || outcome == -EINVAL); /* ikincisi valgrind'de */
    CHECK_INT_EQ(executor_run(return_five, NULL, 0, SOON), 5);
}

/* Bir iş parçacığı varsa yenisi açılamayınca iş sırada bekler. */
REAL_LOOP_TEST(running_threads_do_the_jobs_when_no_more_can_start)
{
    struct gate gate;
    struct task *tasks[3];
    init_gate(&gate);
    start_tasks(tasks, 1, wait_at_gate, &gate);
    wait_arrivals(&gate, 1);
    pthread_attr_t before = forbid_threads();
    start_tasks(&tasks[1], 2, wait_at_gate, &gate);
    allow_threads(&before);
    open_gate(&gate, 3);
    check_ends(tasks, 3);
}

/* Çocukta koşanlar önce: TSan, iş parçacığı açmış süreçten çatallanana iş parçacığı açtırmaz. */
static const struct check_test tests[] = {
    {RUN(loop_does_not_wait_forever_for_a_running_job)},
    {RUN(loop_waits_a_while_for_a_running_job)},
    {RUN(job_that_ended_unseen_leaves_nothing_behind)},
    {RUN(name_that_ended_unseen_leaves_nothing_behind)},
    {RUN(idle_threads_end_with_the_loop)},
    {RUN(result_and_data_come_back)},
    {RUN(error_of_the_work_is_a_result)},
    {RUN(jobs_that_end_together_all_come_back)},
    {RUN(job_that_ends_while_news_of_another_waits_comes_back)},
    {RUN(job_may_have_no_data)},
    {RUN(job_runs_outside_the_thread_of_the_loop)},
    {RUN(loop_goes_on_while_the_job_blocks)},
    {RUN(jobs_run_in_parallel)},
    {RUN(threads_are_limited_and_every_job_is_done)},
    {RUN(idle_thread_takes_the_next_job)},
    {RUN(threads_block_signals_but_the_loop_does_not)},
    {RUN(job_left_by_the_deadline_keeps_its_own_copy)},
    {RUN(job_left_by_the_cancel_keeps_its_own_copy)},
    {RUN(job_left_before_it_starts_never_runs)},
    {RUN(cancelled_task_waits_for_no_job)},
    {RUN(numeric_address_opens_no_thread)},
    {RUN(name_is_resolved_in_a_thread)},
    {RUN(unknown_name_is_an_error_with_a_reason)},
    {RUN(longest_name_is_asked_and_a_longer_one_is_not)},
    {RUN(cancelled_task_resolves_nothing)},
    {RUN(names_leave_threads_to_other_jobs)},
    {RUN(abandoned_name_keeps_its_place_until_it_ends)},
    {RUN(no_memory_is_an_error)},
    {RUN(first_thread_that_cannot_start_is_an_error)},
    {RUN(running_threads_do_the_jobs_when_no_more_can_start)},
};

int main(void)
{
    /* ISO C, veri işaretçisinden işlev işaretçisine dönüşümü tanımaz; POSIX'in yolu budur. */
    *(void **)&system_resolver = dlsym(RTLD_NEXT, "getaddrinfo");
    return CHECK_RUN(tests);
}
