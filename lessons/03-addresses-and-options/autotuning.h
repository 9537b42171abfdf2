/* Alım tamponunun otomatik ayarı (autotuning): SO_RCVBUF istenince kapanır.
 *
 * Kaynak: tcp(7) (tcp_rmem, tcp_moderate_rcvbuf), socket(7) (SO_RCVBUF)
 */
#ifndef AUTOTUNING_H
#define AUTOTUNING_H

#include "base/clock.h"

/* Geri döngüde iki bağlantı kurar: birinin alıcısında SO_RCVBUF `rcvbuf` olarak istenir,
 * öbürününkine dokunulmaz. Aynı veriyi ikisinden de geçirip tamponların önceki ve sonraki boyunu
 * yazar. 0 ya da -errno (-ETIMEDOUT: sınıra yetişmedi). */
int autotuning_show(long rcvbuf, deadline_t deadline);

#endif
