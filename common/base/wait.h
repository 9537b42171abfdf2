/* Bir tanımlayıcıyı zaman sınırıyla beklemek.
 *
 * Kaynak: poll(2)
 */
#ifndef BASE_WAIT_H
#define BASE_WAIT_H

#include "base/clock.h"

/* `fd`, `events` (POLLIN, POLLOUT) için hazır olana dek bekler. Sinyal bölerse kalan süreyle sürer.
 * Hazırsa 0'dan büyük (poll'ün revents'i: POLLHUP ve POLLERR de gelebilir; hatanın adını sonraki
 * okuma ya da yazma söyler), süre dolarsa -ETIMEDOUT, hatada -errno. Hazır olan tanımlayıcı, sınır
 * geçmiş olsa da hazır döner: hiç susmayan bir karşı tarafla dönen döngü saate kendisi de
 * bakmalıdır. */
int wait_fd(int fd, short events, deadline_t deadline);

/* wait_fd gibi; ek olarak durdurma isteği gelirse (ya da çoktan geldiyse) -ECANCELED döner. */
int wait_fd_or_stop(int fd, short events, deadline_t deadline);

/* Durdurma isteğini bekleyerek uyur: süre dolarsa 0, istek gelirse -ECANCELED. */
int wait_stop(deadline_t deadline);

#endif
