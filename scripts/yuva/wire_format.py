"""Telden geçen baytların uçbirimdeki yazılışı: tırnak içinde metin ya da on altılık döküm.

Ağdan gelen hiçbir bayt olduğu gibi yazılmaz: yazdırılamayan her karakter kaçışla görünür, uçbirime buyruk olamaz.
"""

from __future__ import annotations

import codecs
from typing import Iterator

ROW = 16
MOST_CHARACTERS = 120
MOST_ROWS = 8
# UTF-8'de bir karakter en çok dört bayttır; parçanın başında ya da sonunda bu kadarı yarım kalabilir.
MOST_BYTES = 4
MOST_CUT = MOST_BYTES - 1
ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}


def escape(character: str) -> str:
    """Yazdırılamayan karakterin baytları: \\x1b, \\xe2\\x80\\xae."""
    if character in ESCAPES:
        return ESCAPES[character]
    if character.isprintable():
        return character
    return "".join(f"\\x{byte:02x}" for byte in character.encode("utf-8", "surrogateescape"))


def decode(data: bytes) -> str | None:
    """Metinse metin, değilse None. Parça sınırının ikiye böldüğü karakterin baytları \\xNN olarak kalır."""
    start = 0
    while start < min(MOST_CUT, len(data)) and data[start] & 0xC0 == 0x80:
        start += 1
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        text = decoder.decode(data[start:])
    except UnicodeDecodeError:
        return None
    unfinished = decoder.getstate()[0]
    if _looks_binary(text):
        return None
    head, tail = (part.decode("ascii", "surrogateescape") for part in (data[:start], unfinished))
    return head + text + tail


def _looks_binary(text: str) -> bool:
    odd = sum(not character.isprintable() and character not in ESCAPES for character in text)
    return odd * 4 > len(text)


def quoted(data: bytes, most: int | None = MOST_CHARACTERS) -> str | None:
    """Tırnak içinde, en çok `most` karakter (None: hepsi); metin değilse None. Metin olup olmadığını görünecek kısım
    söyler: büyük bir parçanın tamamını çözmek, gösterilmeyecek bir şey için akışı bekletirdi."""
    text = decode(data if most is None else data[: most * MOST_BYTES])
    if text is None:
        return None
    shown = text if most is None else text[:most]
    left = len(data) - len(shown.encode("utf-8", "surrogateescape"))
    return '"' + "".join(map(escape, shown)) + '"' + (f" … ({left} bayt daha)" if left else "")


def dump(data: bytes, most: int | None = MOST_ROWS) -> Iterator[str]:
    """Satır satır: konum, on altı bayt, yazdırılabilen ASCII karakterler."""
    end = len(data) if most is None else most * ROW
    for offset in range(0, min(end, len(data)), ROW):
        row = data[offset : offset + ROW]
        halves = (" ".join(f"{byte:02x}" for byte in half) for half in (row[:8], row[8:]))
        letters = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
        yield f"{offset:04x}  {'  '.join(f'{half:<23}' for half in halves)}  |{letters}|"
    if len(data) > end:
        yield f"…     ({len(data) - end} bayt daha)"


def milliseconds(nanoseconds: int) -> str:
    """Türkçe ondalık virgülüyle: 12,4 ms"""
    return f"{nanoseconds / 1e6:.1f} ms".replace(".", ",")
