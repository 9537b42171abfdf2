"""Mesajlara adlarını vermek: dersin manifest'teki protokolü, bir de her yerde tanınan HTTP.

TCP'de parça mesaj değildir: bir parçada üç mesaj ya da yarım mesaj olabilir. Bu yüzden her bağlantının her yönü için
bir Reader vardır; parçaları biriktirir, o parçada neyin bittiğini ya da neyin yarım kaldığını söyler.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Iterator, Mapping

UNITS = ("line", "piece")
SIDES = ("client", "server")
KEYS = {"name", "unit", *SIDES}

MOST_KEPT = 1 << 17
MOST_NAMES = 4
UNFINISHED_LINE = "yarım satır"

# Her dersin sunucusunun uyduğu sözler (ortak sözleşmenin 9. maddesi).
COMMON_REFUSALS = (
    (r"Sunucu dolu, daha sonra deneyin", "ret: sunucu dolu"),
    (r"Satır çok uzun \(en fazla \d+ bayt\)", "ret: satır çok uzun"),
)

HTTP_REQUEST = re.compile(rb"[A-Z]{3,16} \S+ HTTP/1\.[01]\r?\n")
HTTP_RESPONSE = re.compile(rb"HTTP/1\.[01] (\d{3})[^\n]*\n")
HTTP_START = re.compile(rb"[A-Z]{3,16} \S+ HTTP/1|HTTP/1\.")
HEAD_END = re.compile(rb"\r?\n\r?\n")
CONTENT_LENGTH = re.compile(rb"\ncontent-length:[ \t]*(\d{1,15})[ \t]*\r?\n", re.IGNORECASE)
CHUNKED = re.compile(rb"\ntransfer-encoding:[^\n]*chunked", re.IGNORECASE)
NO_BODY = re.compile(rb"1\d\d|204|304")
LAST_CHUNK = b"0\r\n\r\n"

Rules = tuple[tuple[re.Pattern[str], str], ...]


@dataclass(frozen=True)
class Protocol:
    """Manifest'teki "protocol" alanı; alan yoksa adsız ve kuralsız bir protokol."""

    name: str = ""
    unit: str = ""
    rules: Mapping[str, Rules] = field(default_factory=dict)

    @classmethod
    def from_row(cls, row: Mapping[str, Any], transport: str) -> Protocol:
        """UDP'de mesajın birimi her zaman datagramdır."""
        given = row.get("protocol")
        if given is None:
            return cls()
        refusals = {"client": (), "server": COMMON_REFUSALS}
        rules = {
            side: tuple((re.compile(pattern), name) for pattern, name in (*given.get(side, ()), *refusals[side]))
            for side in SIDES
        }
        return cls(given["name"], "piece" if transport == "udp" else given.get("unit", "line"), rules)

    def name_of(self, side: str, message: bytes) -> str | None:
        """Kuralı uyan ilk ad; satır sonu kurala girmez."""
        try:
            text = message.decode("utf-8")
        except UnicodeDecodeError:
            return None
        text = text.removesuffix("\n").removesuffix("\r") if self.unit == "line" else text
        return next((name for pattern, name in self.rules.get(side, ()) if pattern.fullmatch(text)), None)


def problems(row: Any) -> Iterator[str]:
    """Manifest'teki alanın yanlışları."""
    if not isinstance(row, dict) or not row.get("name"):
        yield "'protocol' bir ad (name) ister"
        return
    for key in sorted(row.keys() - KEYS):
        yield f"'protocol' içinde '{key}' diye bir alan yok; olanlar: {', '.join(sorted(KEYS))}"
    if row.get("unit", "line") not in UNITS:
        yield f"'protocol' içinde unit {' ya da '.join(UNITS)} olur, {row['unit']} olamaz"
    for side in SIDES:
        for rule in row.get(side, []):
            if not (isinstance(rule, list) and len(rule) == 2 and all(isinstance(part, str) and part for part in rule)):
                yield f"'protocol' {side}: [düzenli ifade, ad] bekleniyordu, {rule!r} yazılmış"
            elif broken := _broken(rule[0]):
                yield f"'protocol' {side}: {rule[0]!r} düzenli ifade değil ({broken})"


def _broken(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        return str(error)
    return ""


class Reader:
    """Bir bağlantının bir yönü. `messages`: o ana dek bitenler; mesajın nerede bittiği bilinmiyorsa sıfır kalır."""

    def __init__(self, protocol: Protocol, side: str, datagrams: bool) -> None:
        self.messages = 0
        self._protocol = protocol
        self._side = side
        self._datagrams = datagrams
        self._kept = b""
        self._http = ""
        self._body_left: int | None = 0
        self._chunked = False

    def names(self, piece: bytes) -> list[str]:
        """Bu parçada geçenlerin adları, sırasıyla."""
        if self._datagrams:
            self.messages += 1
            return [self._protocol.name_of(self._side, piece) or "tanınmayan mesaj"] if self._protocol.name else []
        return list(self._read(piece))

    def last_words(self) -> list[str]:
        """Akış bitti: satır sonu gelmeden kalan varsa, son mesaj odur."""
        left, self._kept = self._kept, b""
        if not left or self._protocol.unit != "line" or self._http:
            return []
        self.messages += 1
        return [f"satır sonu gelmeden biten {self._protocol.name_of(self._side, left) or 'satır'}"]

    def _read(self, piece: bytes) -> Iterator[str]:
        while piece:
            if self._http == "head":
                piece = self._head(piece)
                yield "HTTP başlığının devamı"
            elif self._http == "body":
                piece = self._body(piece)
                yield "HTTP gövdesi"
            elif not self._kept and HTTP_START.match(piece):
                self.messages += 1
                yield self._http_name(piece)
                piece = self._head(piece)
            else:
                yield from self._plain(piece)
                return

    def _plain(self, piece: bytes) -> Iterator[str]:
        if self._protocol.unit == "piece":
            name = self._protocol.name_of(self._side, piece)
            yield from [name] if name else []
        elif self._protocol.unit == "line":
            *lines, self._kept = (self._kept + piece).split(b"\n")
            self._kept = self._kept[:MOST_KEPT]
            self.messages += len(lines)
            yield from (self._protocol.name_of(self._side, line + b"\n") or "tanınmayan satır" for line in lines)
            if self._kept:
                yield UNFINISHED_LINE

    def _http_name(self, piece: bytes) -> str:
        if HTTP_RESPONSE.match(piece) or piece.startswith(b"HTTP/"):
            return "HTTP yanıtı"
        return "HTTP isteği"

    def _head(self, piece: bytes) -> bytes:
        """Başlığın bu parçadaki kısmını alır, artanı döndürür."""
        before = len(self._kept)
        self._kept += piece
        end = HEAD_END.search(self._kept)
        self._http = "head"
        if end is None:
            if len(self._kept) > MOST_KEPT:
                self._start_body(None)
            return b""
        head, rest = self._kept[: end.end()], piece[end.end() - before :]
        self._chunked = bool(CHUNKED.search(head))
        self._start_body(_body_length(head))
        return rest

    def _start_body(self, length: int | None) -> None:
        self._kept = b""
        self._body_left = length
        self._http = "" if length == 0 else "body"

    def _body(self, piece: bytes) -> bytes:
        if self._body_left is None:
            self._kept = (self._kept + piece)[-len(LAST_CHUNK) :]
            if self._chunked and self._kept == LAST_CHUNK:
                self._start_body(0)
            return b""
        taken = min(self._body_left, len(piece))
        self._start_body(self._body_left - taken)
        return piece[taken:]


def _body_length(head: bytes) -> int | None:
    """Başlığın söylediği gövde boyu; baştan bilinmiyorsa (akışın sonuna dek ya da dilim dilim geliyorsa) None."""
    length, response = CONTENT_LENGTH.search(head), HTTP_RESPONSE.match(head)
    if response and NO_BODY.fullmatch(response[1]):
        return 0
    if length:
        return int(length[1])
    return None if response or CHUNKED.search(head) else 0


def summary(names: list[str]) -> str:
    """Art arda aynı adlar tek yazılır: `seçenek ×13`. Çoksa sonu kısalır."""
    runs = [(name, len(list(group))) for name, group in groupby(names)]
    shown = [f"{name} ×{times}" if times > 1 else name for name, times in runs[:MOST_NAMES]]
    return ", ".join(shown) + (", …" if len(runs) > MOST_NAMES else "")
