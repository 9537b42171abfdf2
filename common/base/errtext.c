#include "base/errtext.h"

#include <errno.h>
#include <netdb.h>
#include <stddef.h>
#include <string.h>

struct error_name {
    int error;
    const char *text;
};

static const struct error_name errors[] = {
    {0, "hata yok"},
    {EACCES, "izin yok"},
    {EADDRINUSE, "adres kullanımda"},
    {EADDRNOTAVAIL, "bu makinede böyle bir adres yok"},
    {EAFNOSUPPORT, "adres ailesi desteklenmiyor"},
    {EAGAIN, "şu an yapılamıyor"},
    {EALREADY, "önceki bağlanma girişimi sürüyor"},
    {EBADF, "geçersiz dosya tanımlayıcısı"},
    {EBUSY, "şu an başkası kullanıyor"},
    {ECANCELED, "iptal edildi"},
    {ECONNABORTED, "bağlantı kurulmadan kesildi"},
    {ECONNREFUSED, "bağlantı reddedildi"},
    {ECONNRESET, "bağlantı karşı tarafça sıfırlandı"},
    {EDEADLK, "kendisini bekleyemez"},
    {EDESTADDRREQ, "hedef adres gerekli"},
    {EEXIST, "zaten var"},
    {EHOSTUNREACH, "makineye ulaşılamıyor"},
    {EILSEQ, "geçersiz UTF-8"},
    {EINPROGRESS, "bağlanma sürüyor"},
    {EINTR, "sinyal çağrıyı böldü"},
    {EINVAL, "geçersiz değer"},
    {EIO, "giriş/çıkış hatası"},
    {EISCONN, "soket zaten bağlı"},
    {EMFILE, "sürecin dosya tanımlayıcısı kalmadı"},
    {EMSGSIZE, "mesaj çok büyük"},
    {ENAMETOOLONG, "ad çok uzun"},
    {ENETUNREACH, "ağa ulaşılamıyor"},
    {ENFILE, "sistemin dosya tanımlayıcısı kalmadı"},
    {ENODATA, "akış beklenenden önce bitti"},
    {ENOBUFS, "çekirdekte tampon kalmadı"},
    {ENOENT, "böyle bir dosya ya da dizin yok"},
    {ENOMEM, "bellek kalmadı"},
    {ENOPROTOOPT, "protokolde böyle bir seçenek yok"},
    {ENOSPC, "yer kalmadı"},
    {ENOTCONN, "soket bağlı değil"},
    {ENOTDIR, "dizin değil"},
    {ENOTSOCK, "tanımlayıcı bir soket değil"},
    {EOPNOTSUPP, "bu soketle yapılamayan bir işlem"},
    {EPERM, "işleme izin verilmiyor"},
    {EPIPE, "yazma yönü kapalı"},
    {EPROTO, "protokole aykırı"},
    {EPROTONOSUPPORT, "protokol desteklenmiyor"},
    {EPROTOTYPE, "protokol bu soket tipine uymuyor"},
    {EREMOTEIO, "iş karşı tarafta yapılamadı"},
    {ETIMEDOUT, "zaman aşımı"},
};

static const struct error_name gai_errors[] = {
    {EAI_AGAIN, "ad sunucusu şu an yanıt vermiyor"},
    {EAI_BADFLAGS, "geçersiz bayrak"},
    {EAI_FAIL, "ad sunucusu çözemedi"},
    {EAI_FAMILY, "adres ailesi desteklenmiyor"},
    {EAI_MEMORY, "bellek kalmadı"},
    {EAI_NODATA, "adın bu türden adresi yok"},
    {EAI_NONAME, "ad bilinmiyor"},
    {EAI_OVERFLOW, "ad çok uzun"},
    {EAI_SERVICE, "hizmet adı ya da port geçersiz"},
    {EAI_SOCKTYPE, "soket tipi desteklenmiyor"},
};

static const char *find(const struct error_name *names, size_t count, int error)
{
    for (size_t i = 0; i < count; i++)
        if (names[i].error == error)
            return names[i].text;
    return NULL;
}

const char *error_text(int error)
{
    if (error < 0)
        error = -error;
    const char *text = find(errors, sizeof errors / sizeof *errors, error);
    if (!text)
        text = strerrordesc_np(error);
    return text ? text : "bilinmeyen hata";
}

bool error_is_shortage(int error)
{
    if (error < 0)
        error = -error;
    return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

const char *gai_text(int error)
{
    if (error == EAI_SYSTEM)
        return error_text(errno);
    const char *text = find(gai_errors, sizeof gai_errors / sizeof *gai_errors, error);
    return text ? text : gai_strerror(error);
}
