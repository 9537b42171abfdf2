"""Döküm: bir koşunun iki uçta yazdığı satırlar, etiketleriyle ve koşudan koşuya değişen yerleri maskelenmiş.

Bir programın satırları kendi içinde sıralıdır; iki programın satırlarının birbirine göre yeri her koşuda değişebilir.
Karşılaştırma bu yüzden etiket etiket yapılır.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Sequence

SEPARATOR = "│"

# Maskeler ‹böyle› yazılır: Mermaid'de < ve > kaçırılmak zorundadır, diyagramın kaynağı okunmaz olurdu.
MASKS: tuple[tuple[str, str], ...] = (
    (r"\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:[.,]\d+)?", "‹zaman›"),
    (r"((?<![\d.])(?:\d{1,3}\.){3}\d{1,3}|\[[0-9a-f:.]+(?:%\w+)?\]|\blocalhost):\d{1,5}\b", r"\1:‹port›"),
    (r"\b((?:pid|PID)[ =:]+)\d+", r"\1‹pid›"),
)


def masker(extra: Sequence[tuple[str, str]] = ()) -> Callable[[str], str]:
    """Senaryonun maskelerini, sonra ortak olanları uygulayan işlev."""
    rules = [(re.compile(pattern), replacement) for pattern, replacement in (*extra, *machine_masks(), *MASKS)]

    def mask(text: str) -> str:
        for pattern, replacement in rules:
            text = pattern.sub(replacement, text)
        return text

    return mask


def machine_masks() -> list[tuple[str, str]]:
    """Makinenin adı; tam adı (FQDN) kısa adını içerdiği için önce gelir."""
    names = sorted({socket.gethostname(), socket.getfqdn()} - {"localhost", ""}, key=len, reverse=True)
    return [(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", "‹makine›") for name in names]


def same(shown: str, real: str, unordered: bool = False) -> bool:
    """İki döküm aynı koşuyu mu anlatıyor? unordered: bir programın satırları da karışık sırada gelebilir."""
    return streams(shown, unordered) == streams(real, unordered)


def streams(text: str, unordered: bool) -> dict[str, list[str]]:
    """Satırları etiketlerine göre ayırır; etiketsiz satırlar (çitler) boş etikette toplanır."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        label, separator, rest = line.partition(SEPARATOR)
        if not separator:
            label, rest = "", line
        found.setdefault(label.strip(), []).append(rest.rstrip())
    if unordered:
        for lines in found.values():
            lines.sort()
    return found
