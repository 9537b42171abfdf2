/* Her programın ilk ve son satırı: süreç ayarları ve çıkış.
 *
 * Kaynak: setvbuf(3), signal(7), getrlimit(2), POSIX XSH 2.5 (stdin, stdout, stderr)
 */
#ifndef BASE_PROGRAM_H
#define BASE_PROGRAM_H

#include <stdarg.h>

/* Çıkış kodları: 0 bitti, 1 olmadı, 2 yanlış kullanım. */
#define EXIT_USAGE 2

/* stdout'u satır tamponlu yapar (boruya da satır satır yazsın: hazır satırını bekleyen var),
 * SIGPIPE'ı yok sayar (kopan bağlantı EPIPE hatası olsun, programı öldürmesin) ve dosya
 * tanımlayıcısı sınırını yumuşaktan serte çıkarır; kapalı başlatılmış 0, 1, 2 numaralarını
 * doldurur. Başka her şeyden önce çağrılır. */
void program_init(void);

/* Programın son sözü: stderr'e biçimlenmiş tek satır (log biçiminde değil, yalın) yazar.
 * Her zaman 1 (EXIT_FAILURE) döner: `return program_fail("Bağlanılamadı: %s: %s", ...);`
 * Satırdaki denetim karakterleri kaçışla yazılır. */
int program_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* program_fail'in yazan yarısı; kendi biçimli hata işlevi olanlar için. */
void program_complain(const char *format, va_list arguments) __attribute__((format(printf, 1, 0)));

/* Hazır satırı: sunucunun dinlediği adresi stdout'a bir kez yazar. Yazılamazsa -errno: hazır
 * olduğunu duyuramayan bir sunucuyu bekleyen herkes boşuna bekler. */
int program_ready(const char *address);

/* main'in dönüş değeri buradan geçer: stdout'a yazılanlar gerçekten yazılabildi mi? Disk dolduysa
 * ya da boru koptuysa bunu söyler ve 0 yerine 1 döner. */
int program_exit(int code);

#endif
