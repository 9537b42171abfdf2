"""Her testin genel zaman sınırı: takılan test bütün koşuyu bekletmez.

Süre SIGALRM ile dolar; ileti, o anda her iş parçacığının nerede olduğunu da söyler. Uzun bir test kendi
sınırını `@pytest.mark.deadline(180)` ile verir.
"""

from __future__ import annotations

import faulthandler
import signal
import tempfile
import threading
from contextlib import contextmanager
from types import FrameType
from typing import Iterator

from harness import clock
from harness.failure import Evidence, fail

DEFAULT_SECONDS = 60.0


@contextmanager
def limit(seconds: float) -> Iterator[None]:
    """Gövde bu sürede (çarpan uygulanmış) bitmezse HarnessFailure."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    allowed = seconds * clock.FACTOR

    def expired(_number: int, _frame: FrameType | None) -> None:
        fail(f"test {allowed:g} saniyede bitmedi", Evidence(want="test", details=["Takıldığı yer", _stacks()]))

    previous = signal.signal(signal.SIGALRM, expired)
    signal.setitimer(signal.ITIMER_REAL, allowed)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def _stacks() -> str:
    with tempfile.TemporaryFile("w+") as file:
        faulthandler.dump_traceback(file, all_threads=True)
        file.seek(0)
        return "\n".join(f"   {line}" for line in file.read().splitlines()[:60])
