"""Zaman sınırları: düzenekteki her bekleme bunlardan birine bağlıdır.

YUVA_DEADLINE_FACTOR, bütün sınırları çarpar: valgrind altında ya da yavaş bir makinede 5 ya da 10 verilir.
"""

from __future__ import annotations

import os
import time

FACTOR = float(os.environ.get("YUVA_DEADLINE_FACTOR", "1"))

EXPECT_SECONDS = 5.0
"""Bir yanıtın, bir satırın, bir akış sonunun gelmesi için."""

START_SECONDS = 10.0
"""Bir programın hazır olma satırını yazması ya da bir istemcinin işini bitirmesi için."""

STOP_SECONDS = 2.0
"""Sözleşme: SIGTERM ya da SIGINT alan program bu sürede biter."""

TEARDOWN_SECONDS = 2.5
"""Test bittiğinde hâlâ çalışan sunucuya tanınan süre: sözleşmenin süresi ve zamanlama payı."""


class Deadline:
    """Şimdiden başlayarak verilen saniye sonra dolan sınır (çarpan uygulanmış olarak)."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds * FACTOR
        self._end = time.monotonic() + self.seconds

    def remaining(self) -> float:
        return max(0.0, self._end - time.monotonic())

    @property
    def expired(self) -> bool:
        return time.monotonic() >= self._end
