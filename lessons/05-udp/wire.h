/* Hat: yanıtların yola çıktığı yer.
 *
 * Olağan durumda her yanıt hemen sendto ile gider. İstenirse ağın yapabileceği dertlerden
 * bazılarını kendisi çıkarır: yanıtı kaybeder, çoğaltır, bir sonrakinin arkasına bırakır,
 * geciktirir. Geri döngüde (loopback) bunlar kendiliğinden pek olmaz; burada istendiğinde ve aynı
 * tohumla hep aynı biçimde olur.
 *
 * Bekletilen yanıtların toplamı sınırlıdır (WIRE_BYTES_MAX); yer kalmayınca, dolu bir
 * yönlendiricinin yaptığı gibi yeni gelen atılır. Atılan, gönderilemeyen her yanıt loglanır.
 *
 * Kaynak: sendto(2), udp(7), RFC 768
 */
#ifndef WIRE_H
#define WIRE_H

#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "net/address.h"

#define WIRE_BYTES_MAX (1024 * 1024)

struct wire_options {
    long loss, duplicate, reorder; /* yüzde, 0..100 */
    double delay;                  /* saniye */
    double timeout; /* reorder ile bekletilen, arkasından gideceği yanıtı en çok bu kadar bekler */
    long seed;
};

/* Bekletilen bir yanıt; hattındır. */
struct parcel {
    struct parcel *next;
    deadline_t due;
    struct address to;
    size_t length;
    char bytes[];
};

struct wire {
    int fd; /* çağıranındır, hat kapatmaz */
    struct wire_options options;
    uint64_t random;
    struct parcel *held; /* sonraki yanıtın arkasından gidecek olan; en çok bir tane */
    struct parcel *first_due, **last_due; /* gecikmesini bekleyenler, gönderilme sırasıyla */
    size_t waiting_bytes;
    size_t waiting_count;
};

/* Boş bir hat. Bekletilenler için bellek gerektikçe ayrılır; wire_end ile geri verilir. */
void wire_init(struct wire *wire, int fd, const struct wire_options *options);

/* Yanıtı yola çıkarır ya da dertlerden birine uğratır. Baytlar gerekiyorsa kopyalanır; çağıranda
 * kalır. Sonuç bildirmez: gönderenin, datagramın varıp varmadığını bilmesinin yolu zaten yoktur. */
void wire_send(struct wire *wire, const struct address *to, const char *bytes, size_t length);

/* Bekletilenlerden süresi ilk dolacak olanın anı; bekleyen yoksa DEADLINE_NONE. */
deadline_t wire_next_due(const struct wire *wire);

/* Süresi dolanları gönderir. */
void wire_send_due(struct wire *wire);

/* Bekletilenleri göndermeden atar, belleği geri verir. Dönen: atılan yanıt sayısı. */
size_t wire_end(struct wire *wire);

#endif
