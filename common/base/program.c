#include "base/program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/errtext.h"
#include "base/text.h"

/* Hata bulucuların çıkış kodu, programların kendi kodlarıyla (0, 1, 2) karışmasın. Bu iki adı
 * AddressSanitizer ve UBSan kendileri arar; onlarsız derlemede kimse çağırmaz. */
/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
const char *__asan_default_options(void);
const char *__ubsan_default_options(void);

const char *__asan_default_options(void)
{
    return "exitcode=99";
}

const char *__ubsan_default_options(void)
{
    return "exitcode=99:print_stacktrace=1";
}
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */

/* Kapalı başlatılan 0, 1, 2 numaraları boş kalırsa ilk açılan soket onların yerine geçer ve
 * stdout'a yazılan satır ağa gider. Ters kipte açılan /dev/null, kullanılınca EBADF verir. */
static void fill_standard_descriptors(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

void program_init(void)
{
    fill_standard_descriptors();
    setvbuf(stdout, NULL, _IOLBF, 0);
    signal(SIGPIPE, SIG_IGN);
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

void program_complain(const char *format, va_list arguments)
{
    char message[1024];
    char line[2048];
    int length = vsnprintf(message, sizeof message, format, arguments);
    size_t kept = strlen(message);
    if (length >= (int)sizeof message)
        kept = text_utf8_floor(message, kept); /* kesilen yer bir karakterin ortası olabilir */
    text_escape(line, sizeof line, message, kept);
    fprintf(stderr, "%s\n", line);
}

int program_fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    program_complain(format, arguments);
    va_end(arguments);
    return EXIT_FAILURE;
}

int program_ready(const char *address)
{
    if (printf("%s dinleniyor\n", address) < 0 || fflush(stdout) != 0)
        return -errno;
    return 0;
}

int program_exit(int code)
{
    int error = fflush(stdout) == 0 ? 0 : errno;
    if (error == 0 && !ferror(stdout))
        return code;
    /* Yazma daha önce başarısız olduysa errno çoktan başka bir işindir; neden uydurulmaz. */
    const char *why = error ? error_text(error) : "çıktının bir kısmı kayboldu";
    int failed = program_fail("stdout'a yazılamadı: %s", why);
    return code == EXIT_SUCCESS ? failed : code;
}
