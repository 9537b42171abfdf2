"""Telde olanların satırları: zaman, bağlantı, yön, boy, içerik, mesajın adı; sonunda özet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Iterator

from yuva.terminal import paint
from yuva.wire_format import dump, milliseconds, quoted
from yuva.wire_protocol import Protocol, Reader, summary

if TYPE_CHECKING:
    from harness.recording import Event

WIRE = "tel"
ARROWS = {"client": "istemci ──▶ sunucu", "server": "istemci ◀── sunucu"}
NAMES = {"client": "istemci", "server": "sunucu"}
COLOURS = {"client": "yellow", "server": "cyan"}
FATES = {
    "drop": "vekil bunu düşürdü",
    "duplicate": "vekil bunu iki kez iletti",
    "hold": "vekil bunu bekletti, sonrakinin arkasından gider",
}
INDENT = " " * 10


class Clock:
    """Gösterilen ilk olaydan beri geçen süre. Olaylar aynı duvar saatiyle damgalıdır."""

    def __init__(self) -> None:
        self._zero: int | None = None

    def column(self, nanoseconds: int) -> str:
        if self._zero is None:
            self._zero = nanoseconds
        return f"{milliseconds(nanoseconds - self._zero):>11}"


@dataclass
class Total:
    """Bir yönde geçenler."""

    pieces: int = 0
    size: int = 0
    lost: int = 0


@dataclass
class View:
    """Olayları satırlara çevirir. `hex`: metin de on altılık yazılsın; `full`: hiçbir şey kısaltılmasın."""

    protocol: Protocol
    datagrams: bool
    clock: Clock
    hex: bool = False
    full: bool = False
    connections: int = 0
    totals: dict[str, Total] = field(default_factory=lambda: {side: Total() for side in NAMES})
    _readers: dict[tuple[int, str], Reader] = field(default_factory=dict)
    _messages: dict[str, int] = field(default_factory=lambda: dict.fromkeys(NAMES, 0))
    _first: int = 0
    _last: int = 0

    def lines(self, event: Event, now: int) -> list[str]:
        """`now` (ns) anındaki olayın satırları; dökümü varsa birden çoktur."""
        self._first, self._last = self._first or now, now
        told = list(getattr(self, f"_{event.kind}")(event))
        arrow = paint(ARROWS[event.side], COLOURS[event.side])
        first = f"{paint(self.clock.column(now), 'dim')}  {event.connection:>2}  {arrow}  {told[0]}"
        return [first, *(INDENT + line for line in told[1:])]

    def summary(self) -> list[str]:
        """Kaç bağlantı, her yönde kaç mesaj, kaç parça, kaç bayt, ne kadar sürede."""
        for key in list(self._readers):
            self._forget(*key)
        what = "karşı taraf" if self.datagrams else "bağlantı"
        lasted = milliseconds(self._last - self._first)
        return [f"{self.connections} {what}, ilk olaydan son olaya {lasted}", *map(self._total, NAMES)]

    def _total(self, side: str) -> str:
        total, messages = self.totals[side], self._messages[side]
        piece = "datagram" if self.datagrams else "parça"
        parts = [f"{messages} mesaj"] if messages and not self.datagrams else []
        parts += [f"{total.pieces} {piece}", f"{total.size} bayt"]
        parts += [f"{total.lost} iletilmedi"] if total.lost else []
        return f"{ARROWS[side]}  {', '.join(parts)}"

    def _open(self, event: Event) -> Iterator[str]:
        self.connections += 1
        word = "ilk datagramını gönderiyor" if self.datagrams else "bağlantı açıldı"
        names = event.more
        if "seen" in names:
            yield f"{word} (istemci {names['client']}, sunucu onu {names['seen']} olarak görür)"
        else:
            yield word

    def _data(self, event: Event) -> Iterator[str]:
        total, fate = self.totals[event.side], event.more.get("fate", "pass")
        total.pieces += 1
        total.size += len(event.data)
        total.lost += fate == "drop"
        names = summary(self._reader(event).names(event.data))
        marks = "".join(f"  {paint(f'· {mark}', 'dim')}" for mark in (names, FATES.get(fate, "")) if mark)
        size = f"{len(event.data):>6} bayt"
        text = None if self.hex else quoted(event.data, *self._limit())
        if text is not None:
            yield f"{size}  {text}{marks}"
        else:
            yield f"{size}{marks}"
            yield from dump(event.data, *self._limit())

    def _limit(self) -> tuple[None, ...]:
        return (None,) if self.full else ()

    def _eof(self, event: Event) -> Iterator[str]:
        words = self._reader(event).last_words()
        self._forget(event.connection, event.side)
        yield f"FIN: {NAMES[event.side]} gönderme yönünü kapattı{''.join(f' ({word})' for word in words)}"

    def _reset(self, event: Event) -> Iterator[str]:
        for side in NAMES:
            self._forget(event.connection, side)
        if "reason" in event.more:
            yield f"vekil sunucuya bağlanamadı ({event.more['reason']}), istemciyi RST ile kapattı"
        else:
            yield f"RST: {NAMES[event.side]} bağlantıyı sıfırladı"

    def _lost(self, event: Event) -> Iterator[str]:
        self.totals[event.side].lost += 1
        yield f"datagram iletilemedi: {event.more['reason']}"

    def _closed(self, event: Event) -> Iterator[str]:
        yield f"ICMP: sunucunun portu kapalı ({event.more['reason']}); vekil bunu istemciye geçirmez"

    def _reader(self, event: Event) -> Reader:
        """UDP'de mesaj datagramla biter, biriken bir şey yoktur: bütün istemcilere tek okuyucu yeter."""
        key = (0 if self.datagrams else event.connection, event.side)
        if key not in self._readers:
            self._readers[key] = Reader(self.protocol, event.side, self.datagrams)
        return self._readers[key]

    def _forget(self, connection: int, side: str) -> None:
        """Biten yönün okuyucusu bırakılır, saydığı mesajlar kalır: uzun bir izlemede bellek büyümesin."""
        reader = self._readers.pop((connection, side), None)
        if reader is not None:
            self._messages[side] += reader.messages
