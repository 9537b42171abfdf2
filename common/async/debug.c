#include "async/debug.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "async/internal.h"
#include "async/sanitizer.h"
#include "base/log.h"

#define SLOW_MS 100

int64_t debug_slow_ns(void)
{
    const char *wanted = getenv("YUVA_ASYNC_DEBUG");
    const char *ms = getenv("YUVA_ASYNC_SLOW_MS");
    if (!wanted || strcmp(wanted, "1") != 0)
        return 0;
    long slow = ms ? strtol(ms, NULL, 10) : 0;
    return (slow > 0 ? slow : SLOW_MS) * INT64_C(1000000);
}

/* Görev bu adımda bitip geri verilebilir; adına önceden bakılır. */
static const char *who(const struct call *call, char *name)
{
    if (call->run == task_resume)
        return task_name(call->argument, name);
    return call->name ? call->name : "geri çağrı";
}

/* region: debug-call */
void debug_run_call(struct loop *loop, struct call *call)
{
    char name[TASK_NAME_SIZE];
    const char *title = who(call, name);
    int64_t started = monotonic_ns();
    call->run(call->argument);
    int64_t took = monotonic_ns() - started;
    if (loop->slow_ns > 0 && took > loop->slow_ns) /* kip bu çağrının içinde kapatılmış olabilir */
        log_warning("%s döngüyü %lld ms bekletti; o sürede başka hiçbir görev çalışamadı", title,
                    (long long)(took / 1000000));
}
/* endregion */

#ifdef HAS_ASAN
void debug_watch_stacks(void) {}
#else
/* Sinyal işleyicisi, taşan yığının üstünde çalışamaz. */
static _Thread_local char spare_stack[16384];

static void say(const char *text)
{
    ssize_t ignored = write(STDERR_FILENO, text, strlen(text));
    (void)ignored;
}

static void overflow(int number, siginfo_t *info, void *context)
{
    (void)context;
    struct task *task = task_current();
    if (task && stack_guard_contains(&task->stack, info->si_addr)) {
        say("Yığın taştı: ");
        say(task->name ? task->name : "adsız görev");
        say(" (büyük dizileri yığına koyma, özyinelemeyi sınırla)\n");
    }
    signal(number, SIG_DFL); /* dönüşte aynı erişim yinelenir, süreç bu kez ölür */
    if (info->si_code <= 0)  /* dışarıdan gönderilmiş: yinelenecek bir erişim yok */
        raise(number);
}

void debug_watch_stacks(void)
{
    stack_t spare = {.ss_sp = spare_stack, .ss_size = sizeof spare_stack};
    struct sigaction action = {.sa_sigaction = overflow, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    if (sigaltstack(&spare, NULL) == 0)
        sigaction(SIGSEGV, &action, NULL);
}
#endif
