"""Bekçi: pytest habersiz ölürse (SIGKILL, bellek bitmesi) başlattığı programlar geride kalmaz.

Bekçi ayrı bir süreçtir ve bir borunun ucunda bekler; öbür ucu yalnız pytest'tedir. pytest nasıl ölürse ölsün boru
kapanır, bekçi de ortamında bu oturumun işareti olan her süreci öldürür. PR_SET_PDEATHSIG kullanılmadı: o, süreci
başlatan *iş parçacığı* bitince de öldürür ve ancak fork ile exec arasında kurulabilir; çok iş parçacıklı bir süreçte
orada Python çalıştırmak kilitlenebilir.
"""

from __future__ import annotations

import functools
import os
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

from harness import procfs

VARIABLE = "YUVA_TEST_SESSION"
ROUNDS = 20

_watchers: list[subprocess.Popen[bytes]] = []


@functools.lru_cache(maxsize=None)
def mark() -> dict[str, str]:
    """Bu oturumun programlarının ortamına konacak işaret; ilk istendiğinde bekçiyi de başlatır."""
    session = uuid.uuid4().hex
    _watchers.append(
        subprocess.Popen(
            [sys.executable, "-m", "harness.guardian", session],
            cwd=Path(__file__).parents[1],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    )
    return {VARIABLE: session}


def dismiss() -> None:
    """Oturumun olağan sonu: bekçi son bir kez bakar ve gider."""
    mark.cache_clear()
    while _watchers:
        watcher = _watchers.pop()
        watcher.communicate(timeout=30)


def kill_marked(session: str) -> None:
    """Öldürülürken yeni çocuk doğuran olabilir: kimse kalmayana dek, sınırlı sayıda yinelenir."""
    for _ in range(ROUNDS):
        marked = [pid for pid in procfs.alive() if procfs.has_variable(pid, VARIABLE, session)]
        if not marked:
            return
        for pid in marked:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        time.sleep(0.05)


def main() -> None:
    sys.stdin.buffer.read()
    kill_marked(sys.argv[1])


if __name__ == "__main__":
    main()
