"""Bir programın iki çıktısı: geliş zamanlarıyla, hem ayrı ayrı hem geliş sırasıyla."""

from __future__ import annotations

import re
import selectors
import threading
from dataclasses import dataclass
from typing import IO, Callable

from harness.clock import Deadline

LIMIT = 8 * 1024 * 1024
SHOWN_LINES = 60
SHOWN_CHARACTERS = 200


@dataclass(frozen=True)
class Chunk:
    """Tek okumada gelen parça."""

    at: float
    stream: str
    data: bytes


class Output:
    """stdout ve stderr'i bir iş parçacığında okur; bekleyenleri uyandırır."""

    def __init__(self, pipes: dict[str, IO[bytes]], now: Callable[[], float]) -> None:
        self._pipes = pipes
        self._now = now
        self._chunks: list[Chunk] = []
        self._size = 0
        self._changed = threading.Condition()
        self._open = set(pipes)
        self._thread = threading.Thread(target=self._pump, daemon=True)
        self._thread.start()

    def data(self, stream: str) -> bytes:
        with self._changed:
            return b"".join(chunk.data for chunk in self._chunks if chunk.stream == stream)

    def text(self, stream: str) -> str:
        return self.data(stream).decode("utf-8", "backslashreplace")

    def chunks(self) -> list[Chunk]:
        with self._changed:
            return list(self._chunks)

    def lines(self, stream: str) -> list[str]:
        """Tamamlanmış satırlar; sonunda satır sonu olmayan kalıntı, ancak akış bitmişse satır sayılır."""
        with self._changed:
            ended = stream not in self._open
        pieces = self.text(stream).split("\n")
        return pieces if ended and pieces[-1] else pieces[:-1]

    def wait(self, ready: Callable[[], bool], deadline: Deadline) -> bool:
        """`ready` doğru olana ya da süre dolana kadar, her yeni çıktıda yeniden bakar."""
        with self._changed:
            return self._changed.wait_for(ready, deadline.remaining())

    def wait_closed(self, seconds: float) -> bool:
        """Programın (ve çocuklarının) elindeki yazma uçları kapanana kadar."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def notify(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def report(self) -> str:
        """Bütün çıktı, satır satır, geliş sırasıyla; uzun satırların yalnız başı."""
        rows = _rows(self.chunks())
        if len(rows) > SHOWN_LINES:
            left_out = len(rows) - SHOWN_LINES
            half = SHOWN_LINES // 2
            rows = rows[:half] + [f"      ... {left_out} satır atlandı ..."] + rows[-half:]
        return "\n".join(rows) if rows else "   (çıktı yok)"

    def _pump(self) -> None:
        with selectors.DefaultSelector() as selector:
            for name, pipe in self._pipes.items():
                selector.register(pipe, selectors.EVENT_READ, name)
            while selector.get_map():
                for key, _ in selector.select():
                    self._take(selector, key)
        self.notify()

    def _take(self, selector: selectors.BaseSelector, key: selectors.SelectorKey) -> None:
        data = key.fileobj.read1(65536)
        with self._changed:
            if not data:
                selector.unregister(key.fileobj)
                key.fileobj.close()
                self._open.discard(key.data)
            elif self._size < LIMIT:
                self._size += len(data)
                self._chunks.append(Chunk(self._now(), key.data, data))
            self._changed.notify_all()


def find(pattern: re.Pattern[str] | str, lines: list[str], count: int) -> re.Match[str] | None:
    """`count`'uncu uyan satır. Düz metin satırın herhangi bir yerinde aranır."""
    regex = re.compile(re.escape(pattern)) if isinstance(pattern, str) else pattern
    for line in lines:
        match = regex.search(line)
        if match:
            count -= 1
            if count == 0:
                return match
    return None


def _rows(chunks: list[Chunk]) -> list[str]:
    """Her akışın yarım kalan satırı, arkasından gelen parçayla tamamlanır."""
    rows: list[str] = []
    partial: dict[str, tuple[float, bytes]] = {}
    for chunk in chunks:
        started, before = partial.pop(chunk.stream, (chunk.at, b""))
        *whole, rest = (before + chunk.data).split(b"\n")
        for line in whole:
            rows.append(_row(started, chunk.stream, line))
            started = chunk.at
        if rest:
            partial[chunk.stream] = (started, rest)
    return rows + [_row(at, stream, line) + " (satır sonu yok)" for stream, (at, line) in partial.items()]


def _row(at: float, stream: str, line: bytes) -> str:
    return f"   {at:8.3f} {stream} │ {_shortened(line)}"


def _shortened(line: bytes) -> str:
    text = line.decode("utf-8", "backslashreplace")
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}… ({len(line)} bayt)"
