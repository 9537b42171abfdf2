#include "children.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/errtext.h"
#include "base/log.h"
#include "base/stop.h"
#include "base/wait.h"

/* Çocukların kapanış sınırı ana sürecinkinden (STOP_GRACE_SECONDS) biraz sonra başlar. */
#define KILL_AFTER_SECONDS (STOP_GRACE_SECONDS + 0.2)

int children_open(struct children *children, long most)
{
    sigset_t ended;
    sigemptyset(&ended);
    sigaddset(&ended, SIGCHLD);
    *children = (struct children){.most = most, .signal_fd = -1};
    children->pids = calloc((size_t)most, sizeof *children->pids);
    if (!children->pids)
        return -ENOMEM;
    sigprocmask(SIG_BLOCK, &ended, NULL);
    children->signal_fd = signalfd(-1, &ended, SFD_CLOEXEC | SFD_NONBLOCK);
    return children->signal_fd < 0 ? -errno : 0;
}

static void (*note_stop)(int); /* stop_install'ın kurduğu işleyici */

static void on_stop_signal(int signal_number);

static void take_stop_signals(void)
{
    struct sigaction action = {.sa_handler = on_stop_signal};
    sigfillset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

/* Olağan programda ikinci sinyal öldürür (stop.h). Çocukta öldürmemeli: süreç grubuna gönderilen
 * sinyal (Ctrl-C, systemd) ona iki kez gelir, bir gruptan, bir de ana süreçten. */
static void on_stop_signal(int signal_number)
{
    if (!stop_requested())
        note_stop(signal_number);
    take_stop_signals();
}

/* stop_fd() ana süreçle ortaktır: çocuğa gelen sinyal onu okunur kılsa herkes kapanırdı. Çocuk
 * kendi tanımlayıcısını açar; fork'tan az önce gelmiş bir istek varsa onu yenisine taşır. */
static int own_stop_request(void)
{
    struct sigaction installed;
    int inherited = stop_fd();
    bool already = stop_requested();
    int outcome = stop_install();
    if (outcome < 0)
        return outcome;
    close(inherited);
    sigaction(SIGTERM, NULL, &installed);
    note_stop = installed.sa_handler;
    if (already)
        note_stop(SIGTERM);
    take_stop_signals();
    return 0;
}

/* Çocuğun ilk işi: ana süreçten kalanları bırakmak. */
static void become_child(struct children *children, pid_t parent)
{
    sigset_t none;
    /* Ana süreç SIGKILL ile bile ölse çocuğa SIGTERM gelir. prctl'den önce öldüyse artık haber
     * gelmez. */
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(EXIT_FAILURE);
    close(children->signal_fd);
    free(children->pids);
    int outcome = own_stop_request();
    if (outcome < 0) {
        log_error("Çocuk süreç başlayamadı: %s", error_text(outcome));
        _exit(EXIT_FAILURE);
    }
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* region: fork */
pid_t children_fork(struct children *children)
{
    sigset_t stop_signals;
    sigset_t before;
    if (children->count == children->most)
        return -EAGAIN;
    /* Sinyaller, çocuk kendi işleyicisini kurana dek bekletilir; arada gelen kaybolmaz. */
    sigemptyset(&stop_signals);
    sigaddset(&stop_signals, SIGINT);
    sigaddset(&stop_signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &stop_signals, &before);
    pid_t parent = getpid();
    pid_t pid = fork();
    int error = errno;
    if (pid == 0) {
        become_child(children, parent);
        return 0;
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (pid < 0)
        return -error;
    children->pids[children->count++] = pid;
    return pid;
}
/* endregion */

static void forget(struct children *children, pid_t pid)
{
    for (long i = 0; i < children->count; i++)
        if (children->pids[i] == pid) {
            children->pids[i] = children->pids[--children->count];
            return;
        }
}

static void log_ending(pid_t pid, int status)
{
    if (WIFSIGNALED(status))
        log_warning("Çocuk süreç beklenmedik biçimde bitti: pid %d, sinyal SIG%s", (int)pid,
                    sigabbrev_np(WTERMSIG(status)));
    else if (WEXITSTATUS(status) != EXIT_SUCCESS)
        log_warning("Çocuk süreç beklenmedik biçimde bitti: pid %d, çıkış kodu %d", (int)pid,
                    WEXITSTATUS(status));
    else
        log_debug("Çocuk süreç bitti: pid %d", (int)pid);
}

/* region: reap */
void children_reap(struct children *children)
{
    struct signalfd_siginfo news[8];
    int status;
    pid_t pid;
    /* Haberler birleşebilir: üç çocuk biter, bir SIGCHLD gelir. Sayıya değil waitpid'e bakılır. */
    while (read(children->signal_fd, news, sizeof news) > 0)
        ;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        log_ending(pid, status);
        forget(children, pid);
    }
}
/* endregion */

static void signal_all(const struct children *children, int signal_number)
{
    for (long i = 0; i < children->count; i++)
        kill(children->pids[i], signal_number);
}

void children_close(struct children *children)
{
    deadline_t deadline = deadline_after(KILL_AFTER_SECONDS);
    signal_all(children, SIGTERM);
    while (children->count > 0 && wait_fd(children->signal_fd, POLLIN, deadline) > 0)
        children_reap(children);
    if (children->count > 0)
        log_error("Zamanında kapanmayan %ld çocuk süreç öldürüldü", children->count);
    signal_all(children, SIGKILL);
    for (long i = 0; i < children->count; i++)
        waitpid(children->pids[i], NULL, 0);
    close(children->signal_fd);
    free(children->pids);
}
