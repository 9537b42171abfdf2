#include "wire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/errtext.h"
#include "base/log.h"

void wire_init(struct wire *wire, int fd, const struct wire_options *options)
{
    *wire = (struct wire){.fd = fd, .options = *options, .random = (uint64_t)options->seed};
    wire->last_due = &wire->first_due;
}

/* splitmix64: durumu tek sayıdır, bu yüzden tohum bütün diziyi belirler. rand(3) kullanılmadı: onun
 * dizisi C kütüphanesine göre değişir. */
static uint64_t next_random(struct wire *wire)
{
    uint64_t value = (wire->random += 0x9E3779B97F4A7C15U);
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9U;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EBU;
    return value ^ (value >> 31);
}

static bool happens(struct wire *wire, long percent)
{
    return next_random(wire) % 100 < (uint64_t)percent;
}

static void log_fate(const struct address *to, const char *fate)
{
    char name[ADDRESS_TEXT_SIZE];
    log_info("[%s] %s", address_text(to, name), fate);
}

/* Gönderme tamponu doluysa beklenmez: bir alıcı için bekleyen sunucu herkesi bekletir. */
static void deliver(const struct wire *wire, const struct address *to, const char *bytes,
                    size_t length)
{
    ssize_t sent;
    do
        sent = sendto(wire->fd, bytes, length, MSG_DONTWAIT, &to->any, to->length);
    while (sent < 0 && errno == EINTR);
    char name[ADDRESS_TEXT_SIZE];
    if (sent < 0)
        log_warning("[%s] Yanıt gönderilemedi: %s", address_text(to, name), error_text(errno));
}

/* Yanıtın kopyası; yer ya da bellek yoksa NULL. */
static struct parcel *pack(struct wire *wire, const struct address *to, const char *bytes,
                           size_t length)
{
    size_t size = sizeof(struct parcel) + length;
    if (size > WIRE_BYTES_MAX - wire->waiting_bytes)
        return NULL;
    struct parcel *parcel = malloc(size);
    if (!parcel)
        return NULL;
    *parcel = (struct parcel){.to = *to, .length = length};
    memcpy(parcel->bytes, bytes, length);
    wire->waiting_bytes += size;
    wire->waiting_count++;
    return parcel;
}

static void discard(struct wire *wire, struct parcel *parcel)
{
    wire->waiting_bytes -= sizeof *parcel + parcel->length;
    wire->waiting_count--;
    free(parcel);
}

static void pass_on(struct wire *wire, const struct address *to, const char *bytes, size_t length)
{
    if (wire->options.delay == 0) {
        deliver(wire, to, bytes, length);
        return;
    }
    struct parcel *parcel = pack(wire, to, bytes, length);
    if (!parcel) {
        char name[ADDRESS_TEXT_SIZE];
        log_warning("[%s] Bekletilecek yer kalmadı, yanıt atıldı", address_text(to, name));
        return;
    }
    parcel->due = deadline_after(wire->options.delay); /* hepsi aynı süre bekler: sıra bozulmaz */
    *wire->last_due = parcel;
    wire->last_due = &parcel->next;
}

static struct parcel *take_first(struct wire *wire)
{
    struct parcel *parcel = wire->first_due;
    wire->first_due = parcel->next;
    if (!wire->first_due)
        wire->last_due = &wire->first_due;
    return parcel;
}

/* region: fates */
static void release_held(struct wire *wire)
{
    struct parcel *parcel = wire->held;
    if (!parcel)
        return;
    wire->held = NULL;
    log_fate(&parcel->to, "Bekletilen yanıt şimdi gidiyor (--reorder)");
    pass_on(wire, &parcel->to, parcel->bytes, parcel->length);
    discard(wire, parcel);
}

void wire_send(struct wire *wire, const struct address *to, const char *bytes, size_t length)
{
    /* Üçü de her yanıtta çekilir: bir seçeneği değiştirmek ötekilerin dizisini kaydırmaz. */
    bool lost = happens(wire, wire->options.loss);
    bool twice = happens(wire, wire->options.duplicate);
    bool late = happens(wire, wire->options.reorder);
    if (lost) {
        log_fate(to, "Yanıt kaybedildi (--loss)");
        return;
    }
    if (late && !wire->held && (wire->held = pack(wire, to, bytes, length))) {
        wire->held->due = deadline_after(wire->options.timeout);
        log_fate(to, "Yanıt bekletiliyor, bir sonrakinin arkasından gidecek (--reorder)");
        return;
    }
    pass_on(wire, to, bytes, length);
    if (twice) {
        log_fate(to, "Yanıt iki kez gönderildi (--duplicate)");
        pass_on(wire, to, bytes, length);
    }
    release_held(wire);
}
/* endregion */

deadline_t wire_next_due(const struct wire *wire)
{
    deadline_t held = wire->held ? wire->held->due : DEADLINE_NONE;
    deadline_t delayed = wire->first_due ? wire->first_due->due : DEADLINE_NONE;
    return deadline_sooner(held, delayed);
}

void wire_send_due(struct wire *wire)
{
    int64_t now = monotonic_ns();
    if (wire->held && wire->held->due <= now)
        release_held(wire);
    while (wire->first_due && wire->first_due->due <= now) {
        struct parcel *parcel = take_first(wire);
        deliver(wire, &parcel->to, parcel->bytes, parcel->length);
        discard(wire, parcel);
    }
}

size_t wire_end(struct wire *wire)
{
    size_t unsent = wire->waiting_count;
    if (wire->held)
        discard(wire, wire->held);
    wire->held = NULL;
    while (wire->first_due)
        discard(wire, take_first(wire));
    return unsent;
}
