"""Terminale yazmanın ortak kuralları: renk ne zaman kullanılır, ilerleme nasıl gösterilir, hata nasıl söylenir."""

from __future__ import annotations

import os
import sys
from typing import TextIO

DEFAULT_COLUMNS = 80
RESET = "\x1b[0m"
STYLES = {
    "bold": "\x1b[1m",
    "dim": "\x1b[2m",
    "red": "\x1b[31m",
    "green": "\x1b[32m",
    "yellow": "\x1b[33m",
    "cyan": "\x1b[36m",
}


class Failure(Exception):
    """Kullanıcıya tek satırla (gerekirse ardından bir araç çıktısıyla) söylenecek başarısızlık."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


class UsageError(Failure):
    """Komut yanlış yazıldı: tek satır, çıkış kodu 2."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code=2)


def has_colour(stream: TextIO) -> bool:
    """NO_COLOR (https://no-color.org) boş değilse ya da akış terminal değilse renk yoktur."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def paint(text: str, style: str, stream: TextIO | None = None) -> str:
    if not has_colour(stream or sys.stdout):
        return text
    return f"{STYLES[style]}{text}{RESET}"


def say(message: str) -> None:
    """Ne yapıldığını söyler; stdout'a karışmasın diye stderr'e yazar."""
    print(paint(message, "dim", sys.stderr), file=sys.stderr, flush=True)


class Progress:
    """Uzun bir işin tek satırlık göstergesi: terminalde yerinde yenilenir, başka yerde yalnız başlığı yazılır."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._live = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._started = False

    def show(self, detail: str) -> None:
        if not self._started and not self._live:
            say(self._title)
        self._started = True
        if self._live:
            room = max(20, _columns() - 1)
            sys.stderr.write(f"\r\x1b[K{f'{self._title} {detail}'[:room]}")
            sys.stderr.flush()

    def done(self) -> None:
        if self._live and self._started:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def _columns() -> int:
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or DEFAULT_COLUMNS
    except OSError:
        return DEFAULT_COLUMNS
