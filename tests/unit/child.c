#include "child.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

#define CHILD_SECONDS 20

pid_t child_start(void (*work)(void *), void *argument)
{
    fflush(NULL);
    pid_t child = fork();
    CHECK_TRUE(child >= 0);
    if (child > 0)
        return child;
    alarm(CHILD_SECONDS);
    work(argument);
    exit(EXIT_SUCCESS);
}

int child_wait(pid_t child)
{
    int status = 0;
    while (waitpid(child, &status, 0) < 0)
        CHECK_INT_EQ(errno, EINTR);
    return status;
}

void child_check(void (*work)(void *), void *argument)
{
    int status = child_wait(child_start(work, argument));
    CHECK_INT_EQ(WIFSIGNALED(status) ? WTERMSIG(status) : 0, 0);
    CHECK_INT_EQ(WEXITSTATUS(status), EXIT_SUCCESS);
}

struct captured {
    int out;
    int err;
    void (*work)(void *);
    void *argument;
};

static void work_captured(void *argument)
{
    const struct captured *captured = argument;
    CHECK_INT_EQ(dup2(captured->out, STDOUT_FILENO), STDOUT_FILENO);
    CHECK_INT_EQ(dup2(captured->err, STDERR_FILENO), STDERR_FILENO);
    close(captured->out);
    close(captured->err);
    captured->work(captured->argument);
}

static void read_back(int fd, char *out, size_t size)
{
    ssize_t got = pread(fd, out, size - 1, 0);
    CHECK_TRUE(got >= 0);
    out[got] = '\0';
    close(fd);
}

struct child_end child_run(void (*work)(void *), void *argument)
{
    struct captured captured = {.work = work, .argument = argument};
    captured.out = memfd_create("stdout", MFD_CLOEXEC);
    captured.err = memfd_create("stderr", MFD_CLOEXEC);
    CHECK_TRUE(captured.out >= 0 && captured.err >= 0);
    int status = child_wait(child_start(work_captured, &captured));

    struct child_end end = {
        .code = WIFEXITED(status) ? WEXITSTATUS(status) : -1,
        .signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
    };
    read_back(captured.out, end.out, sizeof end.out);
    read_back(captured.err, end.err, sizeof end.err);
    return end;
}
