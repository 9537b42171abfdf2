"""EINTR yağmuru: program sürekli durdurulup sürdürülür; bölünen çağrılar çıktıyı değiştirmemelidir.

SIGSTOP ve SIGCONT hiçbir programı öldürmez, ama bekleyen bazı çağrıları (epoll_wait, zaman sınırlı recv, ...)
EINTR ile döndürür (signal(7)). Kendi işleyicisi olan sinyaller için `numbers` verilir.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import contextmanager
from typing import Iterator, Sequence

from harness import scene
from harness.program import Program

BETWEEN_SECONDS = 0.0003
STOP_AND_GO = (signal.SIGSTOP, signal.SIGCONT)


@contextmanager
def interrupted(
    *programs: Program, numbers: Sequence[int] = STOP_AND_GO, every: float = 0.001, most: int = 20_000
) -> Iterator[None]:
    """Gövde sürerken her programa, `every` saniyede bir, sırayla bu sinyaller; en çok `most` kez."""
    stopping = threading.Event()
    names = ", ".join(signal.Signals(number).name for number in numbers)
    scene.step(f"sinyal yağmuru başlıyor: {names}")

    def rain() -> None:
        for _ in range(most):
            for number in numbers:
                for program in programs:
                    _send(program, number)
                time.sleep(BETWEEN_SECONDS)
            if stopping.wait(every):
                return

    thread = threading.Thread(target=rain, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()
        for program in programs:
            _send(program, signal.SIGCONT)
        scene.step("sinyal yağmuru bitti")


def _send(program: Program, number: int) -> None:
    if not program.ended:
        try:
            os.kill(program.pid, number)
        except ProcessLookupError:
            pass
