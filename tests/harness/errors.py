"""Sistem hatalarının Türkçesi; ileti iki dilde karışmasın."""

from __future__ import annotations

import errno

TEXTS = {
    errno.EACCES: "izin yok",
    errno.EADDRINUSE: "adres kullanımda",
    errno.EADDRNOTAVAIL: "bu adres bu makinede yok",
    errno.ECONNREFUSED: "bağlantı reddedildi",
    errno.ECONNRESET: "bağlantı sıfırlandı",
    errno.EMFILE: "açık dosya sınırına ulaşıldı",
    errno.ENOENT: "böyle bir dosya yok",
    errno.ENOEXEC: "çalıştırılabilir bir program değil",
    errno.EPIPE: "karşı taraf bağlantıyı kapatmış",
    errno.ETIMEDOUT: "süre doldu",
}


def reason(error: OSError) -> str:
    """Hatanın nedeni; numarası olmayan hata zaman aşımıdır (socket modülü öyle fırlatır)."""
    if error.errno is None:
        return TEXTS[errno.ETIMEDOUT]
    return TEXTS.get(error.errno, error.strerror or str(error))
