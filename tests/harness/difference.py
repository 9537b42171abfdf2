"""Beklenen ile gelen baytların yan yana, ilk farkın altında `^` ile gösterilmesi."""

from __future__ import annotations

import re

BEFORE = 48
AFTER = 40


def escape(data: bytes) -> str:
    """Baytlar, okunur ve ters çevrilebilir biçimde: `Echo: ş\\n`, bozuk baytlar `\\xc5`."""
    return "".join(_pieces(data))


def printable(text: str) -> str:
    """Metnin UTF-8'e çevrilebilen hâli: çözülememiş baytlardan kalanlar (surrogate) kaçışla yazılır."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def quote(data: bytes, limit: int = 120) -> str:
    """Adım listesi için: tırnak içinde, uzunsa kısaltılmış."""
    if len(data) <= limit:
        return f'"{escape(data)}"'
    return f'"{escape(data[:limit])}"… ({len(data)} bayt)'


def first_difference(expected: bytes, received: bytes) -> int:
    """İki dizinin ayrıldığı ilk baytın yeri; biri ötekinin başıysa kısa olanın boyu."""
    for index, (left, right) in enumerate(zip(expected, received)):
        if left != right:
            return index
    return min(len(expected), len(received))


def show(expected: bytes, received: bytes) -> str:
    """Beklenen, gelen ve ilk farkın altında işaret."""
    at = first_difference(expected, received)
    start = _character_start(expected, max(0, at - BEFORE))
    return _rows("Beklenen", expected[start : at + AFTER], len(expected), received, at, start)


def show_pattern(pattern: re.Pattern[str], received: bytes) -> str:
    """Bir kalıp beklenmişse: işaret, kalıbın tuttuğu yerin sonundadır."""
    text = received.decode("utf-8", "backslashreplace")
    at = len(text[: _matched_prefix(pattern, text)].encode("utf-8"))
    start = _character_start(received, max(0, at - BEFORE))
    head = f"Beklenen kalıp: {pattern.pattern}"
    label = f"Gelen ({len(received)} bayt): "
    return "\n".join([head, *_marked(label, received, at, start)])


def _pieces(data: bytes) -> list[str]:
    pieces = []
    for character in data.decode("utf-8", "surrogateescape"):
        code = ord(character)
        if 0xDC80 <= code <= 0xDCFF:
            pieces.append(f"\\x{code - 0xDC00:02x}")
        elif character in '\\"':
            pieces.append("\\" + character)
        elif character.isprintable():
            pieces.append(character)
        elif code < 0x80:
            pieces.append({"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(character, f"\\x{code:02x}"))
        else:
            pieces.append(f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}")
    return pieces


def _character_start(data: bytes, at: int) -> int:
    """`at` çok baytlı bir karakterin içindeyse o karakterin başı, değilse `at`."""
    for start in range(at, max(-1, at - 4), -1):
        if start >= len(data) or data[start] < 0x80:
            return at
        if data[start] >= 0xC0:
            return start
    return at


def _rows(label: str, shown: bytes, total: int, received: bytes, at: int, start: int) -> str:
    labels = [f"{label} ({total} bayt): ", f"Gelen ({len(received)} bayt): "]
    width = max(map(len, labels))
    ellipsis = "…" if start else ""
    first = f"{labels[0]:<{width}}{ellipsis}\"{escape(shown)}\"" + ("…" if start + len(shown) < total else "")
    return "\n".join([first, *_marked(f"{labels[1]:<{width}}", received, at, start)])


def _marked(label: str, received: bytes, at: int, start: int) -> list[str]:
    ellipsis = "…" if start else ""
    shown = received[start : at + AFTER]
    tail = "…" if start + len(shown) < len(received) else ""
    line = f'{label}{ellipsis}"{escape(shown)}"{tail}'
    column = len(label) + len(ellipsis) + 1 + len(escape(received[start : _character_start(received, at)]))
    return [line, " " * column + f"^ ilk fark: {at + 1}. bayt"]


def _matched_prefix(pattern: re.Pattern[str], text: str) -> int:
    """Kalıbın, metnin başına uyan en uzun ön ekinin bittiği yer."""
    for length in range(len(pattern.pattern), 0, -1):
        try:
            match = re.match(pattern.pattern[:length], text, pattern.flags)
        except re.error:
            continue
        if match:
            return match.end()
    return 0
