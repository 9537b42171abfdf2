/* Görevleri elde tutmak: adları, durumları, sonuçları; bittikçe işlemek; olmayanları ayırmak.
 *
 * Görevi açan onu geri verir. Buradaki görevlerin argümanları gösterinin yığınındadır; SCOPED_TASK
 * kapsamdan çıkarken görevin gerçekten bitmesini beklediği için yapılar onlardan önce yok olmaz.
 */
#include <errno.h>
#include <stdio.h>

#include "async/combine.h"
#include "demos.h"
#include "job.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const char *truth(bool value)
{
    return value ? "True" : "False";
}

/* region: management */
int demo_management(struct settings *settings)
{
    char name[TASK_NAME_SIZE];
    struct job first = job_waiting(settings, "Task-1", 2, 0);
    struct job second = job_waiting(settings, "Task-2", 3, 0);
    struct job third = job_waiting(settings, "Task-3", 1, 0);
    SCOPED_TASK task1 = task_create("task-1", job_run, &first);
    SCOPED_TASK task2 = task_create("task-2", job_run, &second);
    SCOPED_TASK task3 = task_create("task-3", job_run, &third);

    printf("Task-1 name: %s\n", task_name(task1, name));
    printf("Task-1 done: %s\n", truth(task_state(task1) == TASK_DONE));
    printf("Task-1 cancelled: %s\n", truth(task_result(task1) == -ECANCELED));

    struct task *const all[] = {task1, task2, task3};
    int outcome = task_gather(all, 3, DEADLINE_NONE);
    if (outcome == 0)
        printf("Tüm task'lar tamamlandı: ['%s', '%s', '%s']\n", first.result, second.result,
               third.result);
    return outcome;
}
/* endregion */

/* Bitmemişler iptal edilir, bitmeleri beklenir. Sonuca bakmak, hatayı görülmüş saymaktır:
 * bakılmayan hata loglanırdı. */
static void release_all(struct task *const tasks[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        (void)task_result(tasks[i]);
        task_release(tasks[i]);
    }
}

int demo_results(struct settings *settings)
{
    static const char *const names[] = {"Task-1", "Task-2", "Task-3", "Task-4", "Task-5"};
    struct job jobs[COUNT(names)];
    struct task *tasks[COUNT(names)];
    bool taken[COUNT(names)] = {false};
    int outcome = 0;
    for (size_t i = 0; i < COUNT(names); i++) {
        jobs[i] = job_waiting(settings, names[i], (double)(i + 1) * 0.5, 1);
        tasks[i] = task_create(names[i], job_run, &jobs[i]);
    }
    for (size_t left = COUNT(names); left > 0 && outcome == 0; left--) {
        int next = task_next_done(tasks, taken, COUNT(names), DEADLINE_NONE);
        outcome = next < 0 ? next : task_result(tasks[next]);
        if (outcome == 0)
            printf("Sonuç alındı: %s\n", jobs[next].result);
    }
    release_all(tasks, COUNT(names));
    return outcome;
}

int demo_exceptions(struct settings *settings)
{
    struct job jobs[] = {job_waiting(settings, "Success-1", 1, 0),
                         job_failing(settings, "Failure", 0.5),
                         job_waiting(settings, "Success-2", 1, 0)};
    struct task *tasks[COUNT(jobs)];
    for (size_t i = 0; i < COUNT(jobs); i++)
        tasks[i] = task_create(jobs[i].name, job_run, &jobs[i]);
    (void)task_gather(tasks, COUNT(jobs), DEADLINE_NONE); /* hata, aşağıda görev görev */
    for (size_t i = 0; i < COUNT(jobs); i++)
        printf("Task %zu %s: %s\n", i, task_result(tasks[i]) < 0 ? "hata verdi" : "başarılı",
               jobs[i].result);
    release_all(tasks, COUNT(jobs));
    return 0;
}
