"""Ağdan geçenlerin kaydı: sayfalardaki sıra diyagramları bu JSON'dan yapılır.

Dinleyen varsa olaylar saklanmaz, oldukları anda ona verilir: `scripts/lesson wire` saatlerce sürebilir.
"""

from __future__ import annotations

import base64
import json
import threading
import time
from pathlib import Path
from typing import Any, Callable, NamedTuple


class Event(NamedTuple):
    """Dinleyene verilen olay. `more`: UDP'de kural (fate), açılışta uçların adları, hatada neden."""

    connection: int
    side: str
    kind: str
    data: bytes
    more: dict[str, Any]


Listener = Callable[[Event], None]


class Recorder:
    """Olayları sırasıyla toplar ya da dinleyene verir; birden çok iş parçacığından çağrılabilir."""

    def __init__(self, transport: str, listener: Listener | None = None) -> None:
        self.transport = transport
        self._listener = listener
        self._events: list[dict[str, Any]] = []
        self._started = time.monotonic()
        self._lock = threading.Lock()

    def add(self, connection: int, side: str, kind: str, data: bytes = b"", **more: Any) -> None:
        """`side`: client ya da server; `kind`: open, data, eof, reset. Dinleyen sırayla, tek tek çağrılır."""
        with self._lock:
            if self._listener is not None:
                self._listener(Event(connection, side, kind, data, more))
                return
            self._events.append(
                {
                    "t": round(time.monotonic() - self._started, 6),
                    "connection": connection,
                    "from": side,
                    "kind": kind,
                    "data": base64.b64encode(data).decode("ascii"),
                    **more,
                }
            )

    @property
    def live(self) -> bool:
        """Olaylar saklanmıyor, bir dinleyene mi veriliyor?"""
        return self._listener is not None

    def note(self, connection: int, side: str, kind: str, **more: Any) -> None:
        """Kayda girmeyen, yalnız dinleyene söylenen: bir datagramın iletilememesi gibi."""
        if self.live:
            self.add(connection, side, kind, **more)

    def events(self) -> list[dict[str, Any]]:
        with self._lock:
            return list(self._events)

    def data(self, side: str, connection: int = 1) -> bytes:
        """Bir bağlantıda bir yönden geçen bütün baytlar."""
        return b"".join(self.pieces(side, connection))

    def pieces(self, side: str, connection: int = 1) -> list[bytes]:
        """Bir bağlantıda bir yönden geçen parçalar, iletildikleri boyda."""
        return [
            base64.b64decode(event["data"])
            for event in self.events()
            if event["from"] == side and event["connection"] == connection and event["kind"] == "data"
        ]

    def document(self, lesson: str, scenario: str) -> dict[str, Any]:
        return {"lesson": lesson, "scenario": scenario, "transport": self.transport, "events": self.events()}

    def save(self, path: Path, lesson: str, scenario: str) -> None:
        text = json.dumps(self.document(lesson, scenario), ensure_ascii=False, indent=1)
        path.write_text(text + "\n", encoding="utf-8")
