/* base/program: süreç ayarları, son söz, hazır satırı, çıkış. */
#include "base/program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "child.h"
#include "check.h"

/* Kapalı 0, 1, 2 ile başlayan çocuğun gördükleri. stderr'i olmayan çocuk denetim yapamaz; gördüğünü
 * ortak belleğe yazar, denetimi ana süreç yapar. */
struct seen {
    bool open[3];
    int first_new_fd;
    int read_error;
    int write_error;
    int exit_code;
};

static struct seen *new_seen(void)
{
    void *memory = mmap(NULL, sizeof(struct seen), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK_TRUE(memory != MAP_FAILED);
    return memory;
}

static void start_with_closed_descriptors(void *argument)
{
    struct seen *seen = argument;
    char byte;
    for (int fd = 0; fd <= STDERR_FILENO; fd++)
        close(fd);
    program_init();
    for (int fd = 0; fd <= STDERR_FILENO; fd++)
        seen->open[fd] = fcntl(fd, F_GETFD) >= 0;
    seen->first_new_fd = open("/dev/null", O_RDONLY);
    close(seen->first_new_fd);
    seen->read_error = read(STDIN_FILENO, &byte, 1) < 0 ? errno : 0;
    seen->write_error = write(STDOUT_FILENO, "x", 1) < 0 ? errno : 0;
    printf("kaybolan satır\n");
    seen->exit_code = program_exit(EXIT_SUCCESS);
    _exit(EXIT_SUCCESS);
}

static void closed_standard_descriptors_are_filled(void)
{
    struct seen *seen = new_seen();
    child_check(start_with_closed_descriptors, seen);
    for (int fd = 0; fd <= STDERR_FILENO; fd++)
        CHECK_TRUE(seen->open[fd]);
    CHECK_BETWEEN(seen->first_new_fd, 3, 1000000);
    munmap(seen, sizeof *seen);
}

/* Kapalı stdout'a yazmak, sessizce kaybolmak yerine hata vermelidir. */
static void filled_descriptors_refuse_to_be_used(void)
{
    struct seen *seen = new_seen();
    child_check(start_with_closed_descriptors, seen);
    CHECK_INT_EQ(seen->read_error, EBADF);
    CHECK_INT_EQ(seen->write_error, EBADF);
    CHECK_INT_EQ(seen->exit_code, EXIT_FAILURE);
    munmap(seen, sizeof *seen);
}

static void close_only_stdout(void *argument)
{
    struct seen *seen = argument;
    close(STDOUT_FILENO);
    program_init();
    seen->write_error = write(STDOUT_FILENO, "x", 1) < 0 ? errno : 0;
    seen->exit_code = fcntl(STDERR_FILENO, F_GETFD) >= 0 ? EXIT_SUCCESS : EXIT_FAILURE;
    _exit(EXIT_SUCCESS);
}

static void only_the_closed_descriptor_is_filled(void)
{
    struct seen *seen = new_seen();
    child_check(close_only_stdout, seen);
    CHECK_INT_EQ(seen->write_error, EBADF);
    CHECK_INT_EQ(seen->exit_code, EXIT_SUCCESS);
    munmap(seen, sizeof *seen);
}

static void leave_open_descriptors(void *unused)
{
    (void)unused;
    program_init();
    printf("stdout yerinde\n");
    fprintf(stderr, "stderr yerinde\n");
    exit(program_exit(EXIT_SUCCESS));
}

static void open_standard_descriptors_are_left_alone(void)
{
    struct child_end end = child_run(leave_open_descriptors, NULL);
    CHECK_INT_EQ(end.code, EXIT_SUCCESS);
    CHECK_TEXT_EQ(end.out, "stdout yerinde\n");
    CHECK_TEXT_EQ(end.err, "stderr yerinde\n");
}

static void lower_and_init(void *unused)
{
    (void)unused;
    struct rlimit limit;
    CHECK_INT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
    rlim_t hard = limit.rlim_max;
    limit.rlim_cur = 64;
    CHECK_INT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
    program_init();
    CHECK_INT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
    CHECK_INT_EQ(limit.rlim_cur, hard);
    CHECK_INT_EQ(limit.rlim_max, hard);
}

static void descriptor_limit_is_raised_to_hard(void)
{
    child_check(lower_and_init, NULL);
}

static void write_to_broken_pipe(void *unused)
{
    (void)unused;
    int ends[2];
    CHECK_INT_EQ(pipe(ends), 0);
    close(ends[0]);
    program_init();
    CHECK_INT_EQ(write(ends[1], "x", 1), -1);
    CHECK_INT_EQ(errno, EPIPE);
}

static void sigpipe_does_not_kill(void)
{
    child_check(write_to_broken_pipe, NULL);
}

/* stdout boruya bağlıyken de satır, satır sonuyla birlikte çıkmalıdır: fflush beklenmez. */
static void print_into_pipe(void *unused)
{
    (void)unused;
    int ends[2];
    char line[16];
    CHECK_INT_EQ(pipe2(ends, O_NONBLOCK), 0);
    CHECK_INT_EQ(dup2(ends[1], STDOUT_FILENO), STDOUT_FILENO);
    program_init();
    printf("satır\n");
    CHECK_INT_EQ(read(ends[0], line, sizeof line), strlen("satır\n"));
}

static void stdout_is_line_buffered_into_a_pipe(void)
{
    child_check(print_into_pipe, NULL);
}

static void fail_once(void *unused)
{
    (void)unused;
    program_init();
    exit(program_fail("Bağlanılamadı: %s:%d: %s", "127.0.0.1", 9000, "bağlantı reddedildi"));
}

static void failure_is_one_bare_line_and_code_one(void)
{
    struct child_end end = child_run(fail_once, NULL);
    CHECK_INT_EQ(end.code, EXIT_FAILURE);
    CHECK_TEXT_EQ(end.out, "");
    CHECK_TEXT_EQ(end.err, "Bağlanılamadı: 127.0.0.1:9000: bağlantı reddedildi\n");
}

static void fail_with_hostile_text(void *unused)
{
    (void)unused;
    program_fail("ad: %s", "iki\nsatır\x1b[2J\xff");
}

static void failure_line_escapes_control_characters(void)
{
    struct child_end end = child_run(fail_with_hostile_text, NULL);
    CHECK_TEXT_EQ(end.err, "ad: iki\\nsatır\\x1b[2J\\xff\n");
}

/* Öne konan 0 ya da 1 harfle kesme noktası karakterin ortasına da denk gelir. */
static void fail_with_long_text(void *unused)
{
    (void)unused;
    char text[4000];
    for (size_t ahead = 0; ahead < 2; ahead++) {
        memset(text, 'a', ahead);
        for (size_t at = ahead; at + 2 < sizeof text; at += 2)
            memcpy(text + at, "ş", 3);
        program_fail("%s", text);
    }
}

static void long_failure_line_is_cut_between_characters(void)
{
    struct child_end end = child_run(fail_with_long_text, NULL);
    CHECK_TEXT_MATCHES(end.err, "(ş)+\na(ş)+\n");
}

static void announce(void *unused)
{
    (void)unused;
    program_init();
    CHECK_INT_EQ(program_ready("127.0.0.1:9000"), 0);
}

static void ready_line_is_the_address(void)
{
    struct child_end end = child_run(announce, NULL);
    CHECK_INT_EQ(end.code, 0);
    CHECK_TEXT_EQ(end.out, "127.0.0.1:9000 dinleniyor\n");
    CHECK_TEXT_EQ(end.err, "");
}

/* Hazır satırını bekleyen, stdout nasıl tamponlanırsa tamponlansın onu hemen görür. */
static void announce_into_pipe(void *unused)
{
    (void)unused;
    int ends[2];
    char line[64];
    CHECK_INT_EQ(pipe2(ends, O_NONBLOCK), 0);
    CHECK_INT_EQ(dup2(ends[1], STDOUT_FILENO), STDOUT_FILENO);
    CHECK_INT_EQ(program_ready("[::1]:9000"), 0);
    CHECK_INT_EQ(read(ends[0], line, sizeof line), strlen("[::1]:9000 dinleniyor\n"));
}

static void ready_line_does_not_wait_in_the_buffer(void)
{
    child_check(announce_into_pipe, NULL);
}

static void fill_the_disk(void)
{
    int full = open("/dev/full", O_WRONLY);
    CHECK_INT_EQ(dup2(full, STDOUT_FILENO), STDOUT_FILENO);
    close(full);
    program_init();
}

static void announce_on_full_disk(void *unused)
{
    (void)unused;
    fill_the_disk();
    CHECK_INT_EQ(program_ready("127.0.0.1:9000"), -ENOSPC);
}

static void ready_line_that_cannot_be_written_is_an_error(void)
{
    child_check(announce_on_full_disk, NULL);
}

static void exit_on_full_disk(void *code)
{
    fill_the_disk();
    printf("sığmayan satır\n");
    errno = EPROTO; /* arada yapılan başka bir işin hatası, neden diye söylenmemelidir */
    exit(program_exit(*(int *)code));
}

static void lost_output_turns_success_into_failure(void)
{
    struct child_end end = child_run(exit_on_full_disk, &(int){EXIT_SUCCESS});
    CHECK_INT_EQ(end.code, EXIT_FAILURE);
    CHECK_TEXT_EQ(end.err, "stdout'a yazılamadı: çıktının bir kısmı kayboldu\n");
}

static void lost_output_keeps_another_code(void)
{
    struct child_end end = child_run(exit_on_full_disk, &(int){EXIT_USAGE});
    CHECK_INT_EQ(end.code, EXIT_USAGE);
}

/* Satır sonu olmadan kalan çıktı ancak çıkışta yazılmaya çalışılır. */
static void exit_with_unflushed_rest(void *unused)
{
    (void)unused;
    fill_the_disk();
    printf("yarım");
    exit(program_exit(EXIT_SUCCESS));
}

static void unflushed_rest_is_not_forgotten(void)
{
    struct child_end end = child_run(exit_with_unflushed_rest, NULL);
    CHECK_INT_EQ(end.code, EXIT_FAILURE);
    CHECK_TEXT_EQ(end.err, "stdout'a yazılamadı: yer kalmadı\n");
}

static void exit_with(void *code)
{
    program_init();
    printf("son satır\n");
    exit(program_exit(*(int *)code));
}

static void written_output_keeps_the_code(void)
{
    CHECK_INT_EQ(child_run(exit_with, &(int){EXIT_SUCCESS}).code, EXIT_SUCCESS);
    CHECK_INT_EQ(child_run(exit_with, &(int){EXIT_FAILURE}).code, EXIT_FAILURE);
    CHECK_TEXT_EQ(child_run(exit_with, &(int){EXIT_SUCCESS}).err, "");
}

static const struct check_test tests[] = {
    {RUN(closed_standard_descriptors_are_filled)},
    {RUN(filled_descriptors_refuse_to_be_used)},
    {RUN(only_the_closed_descriptor_is_filled)},
    {RUN(open_standard_descriptors_are_left_alone)},
    {RUN(descriptor_limit_is_raised_to_hard)},
    {RUN(sigpipe_does_not_kill)},
    {RUN(stdout_is_line_buffered_into_a_pipe)},
    {RUN(failure_is_one_bare_line_and_code_one)},
    {RUN(failure_line_escapes_control_characters)},
    {RUN(long_failure_line_is_cut_between_characters)},
    {RUN(ready_line_is_the_address)},
    {RUN(ready_line_does_not_wait_in_the_buffer)},
    {RUN(ready_line_that_cannot_be_written_is_an_error)},
    {RUN(lost_output_turns_success_into_failure)},
    {RUN(lost_output_keeps_another_code)},
    {RUN(unflushed_rest_is_not_forgotten)},
    {RUN(written_output_keeps_the_code)},
};

int main(void)
{
    return CHECK_RUN(tests);
}
