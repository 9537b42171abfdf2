"""Ağdan geçenlerin kaydı: sayfalardaki sıra diyagramları bu JSON'dan yapılır."""

from __future__ import annotations

import base64
import json
import threading
import time
from pathlib import Path
from typing import Any


class Recorder:
    """Olayları sırasıyla toplar; birden çok iş parçacığından çağrılabilir."""

    def __init__(self, transport: str) -> None:
        self.transport = transport
        self._events: list[dict[str, Any]] = []
        self._started = time.monotonic()
        self._lock = threading.Lock()

    def add(self, connection: int, side: str, kind: str, data: bytes = b"", **more: Any) -> None:
        """`side`: client ya da server; `kind`: open, data, eof, reset."""
        with self._lock:
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
