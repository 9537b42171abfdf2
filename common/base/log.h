/* Günlük (log): belgelerdeki biçimle stderr'e satır yazar.
 *
 *     2026-11-20 14:03:11,042 - INFO - Yeni bağlantı: 127.0.0.1:51234
 *
 * stderr'i okuyan yoksa (dolmuş boru) satır kısa bir bekleyişten sonra atılır: log, programı
 * durduramaz. Her satır tek write(2) ile çıkar; iş parçacıklarının ve süreçlerin satırları
 * birbirine karışmaz. Metindeki denetim karakterleri kaçışla yazılır: istemciden gelen bir metin
 * sahte log satırı uyduramaz. LOG_LINE_MAX'ten uzun satır kesilir ve sonuna "…" konur.
 *
 * Kaynak: Python logging (%(asctime)s - %(levelname)s - %(message)s), write(2)
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARNING, LOG_LEVEL_ERROR };

#define LOG_LINE_MAX 1024

/* Bundan önemsiz olanlar yazılmaz. Başlangıçta INFO'dur; iş parçacıkları başlamadan ayarlanır. */
void log_set_level(enum log_level level);

/* errno'ya dokunmaz; yazma hatası sessizce yutulur (loglanacak yer kalmamıştır). */
void log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
