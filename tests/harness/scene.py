"""Bir testin sahnesi: atılan adımlar, çalışan programlar, açık soketler.

Her test boş bir sahneyle başlar. Düzeneğin her parçası yaptığını buraya yazar; bir beklenti tutmadığında
ileti buradan kurulur, test bitince her şey buradan kapatılır.
"""

from __future__ import annotations

import random
import threading
import time
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from harness.program import Program

MAX_STEPS = 400


class Closeable(Protocol):
    def close(self) -> None: ...


class Scene:
    """Tek bir testin ortak belleği."""

    def __init__(self, seed: int = 0, name: str = "") -> None:
        self.seed = seed
        self.name = name
        self.programs: list[Program] = []
        self._owned: list[Closeable] = []
        self._steps: list[tuple[float, str]] = []
        self._dropped = 0
        self._numbers: dict[str, int] = {}
        self._started = time.monotonic()
        self._lock = threading.Lock()

    def now(self) -> float:
        """Testin başından beri geçen saniye."""
        return time.monotonic() - self._started

    def random(self, purpose: str) -> random.Random:
        """Testin tohumundan türeyen rastgelelik; aynı tohum ve amaç aynı diziyi verir."""
        return random.Random(f"{self.seed}/{self.name}/{purpose}")

    def step(self, text: str) -> None:
        with self._lock:
            if len(self._steps) < MAX_STEPS:
                self._steps.append((self.now(), text))
            else:
                self._dropped += 1

    def number(self, kind: str) -> int:
        """Aynı türden kaçıncı: karşı taraf 1, karşı taraf 2, ..."""
        with self._lock:
            self._numbers[kind] = self._numbers.get(kind, 0) + 1
            return self._numbers[kind]

    def own(self, thing: Closeable) -> None:
        """Test bitince kapatılacaklara ekler."""
        with self._lock:
            self._owned.append(thing)

    def disown(self, thing: Closeable) -> None:
        """Kendisi kapanan bir şey artık listede durmaz."""
        with self._lock:
            if thing in self._owned:
                self._owned.remove(thing)

    def owned(self) -> list[Closeable]:
        with self._lock:
            return list(self._owned)

    def story(self) -> str:
        """Adımlar, numaralı ve zamanlı."""
        with self._lock:
            lines = [f"{n:4}. {at:8.3f} s  {text}" for n, (at, text) in enumerate(self._steps, start=1)]
            if self._dropped:
                lines.append(f"      ... ve {self._dropped} adım daha")
        return "\n".join(lines) if lines else "   (henüz adım yok)"

    def finish(self) -> None:
        """Başarıyla biten testin sonu: çalışan her sunucu düzgün kapanmak zorundadır.

        Önce karşı taraflar ve sürmekte olan istemciler gider: susan istemcilerle kapanış bir dersin konusuysa o test sunucuyu kendisi durdurur;
        ötekilerde sunucu, sahibi kalmamış bağlantıların süresini beklerdi.
        """
        __tracebackhide__ = True
        for program in self.programs:
            if program.role == "client" and not program.ended:
                program.destroy()
        self._close_owned()
        for program in self.programs:
            program.finish()

    def close(self) -> None:
        """Ne olursa olsun: soketler kapatılır, süreçler öldürülür."""
        self._close_owned()
        for program in self.programs:
            program.destroy()

    def _close_owned(self) -> None:
        for thing in reversed(self.owned()):
            thing.close()


_current = Scene()


def current() -> Scene:
    return _current


def begin(seed: int, name: str) -> Scene:
    global _current
    _current = Scene(seed, name)
    return _current


def step(text: str) -> None:
    """Şimdiki testin adımlarına bir satır ekler."""
    _current.step(text)
