"""Sistem çağrılarını saymak. Hız ölçümünden ayrı koşuda: sayan, sayılanı az ya da çok yavaşlatır.

perf, çekirdeğin kendi sayacını okur ve sunucuyu pek yavaşlatmaz, ama yetki ister (çoğu makinede root).
strace her çağrıda sunucuyu durdurur: o arada istekler birikir, bir uyanışa daha çok iş düşer, okunacak veri hep hazır
bulunur. strace'in sayısı bu yüzden gerçeğin altında kalabilir; yalnız perf yoksa kullanılır.
"""

from __future__ import annotations

import contextlib
import os
import re
import select
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import NamedTuple

from yuva.bench_load import Load
from yuva.bench_server import Server
from yuva.terminal import Failure

EVENT = "raw_syscalls:sys_enter"
WAIT_SECONDS = 10.0

# Verilen sunucuda, ısınmış bir yükü açar.
Opener = Callable[[Server], AbstractContextManager[Load]]


class Counter(NamedTuple):
    name: str
    count: Callable[[Sequence[str], Opener, int], float]
    """Sunucunun komutu, yükü ve gidiş dönüş sayısından: gidiş dönüş başına çağrı."""


def best_counter() -> Counter | None:
    """Bu makinede çalışan en doğru sayaç; hiçbiri çalışmıyorsa None."""
    if works("perf", "stat", "-x,", "-e", EVENT, "true"):
        return Counter("perf", with_perf)
    if works("strace", "-D", "-f", "-c", "-o", os.devnull, "true"):
        return Counter("strace", with_strace)
    return None


def works(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=WAIT_SECONDS).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def with_perf(command: Sequence[str], opened: Opener, trips: int) -> float:
    """Sayaç yalnız ölçüm sürerken açıktır."""
    with closing(Server(command)) as server, opened(server) as load, closing(Perf(server.pid)) as counter:
        counter.order("enable")
        load.measure(trips)
        counter.order("disable")
        return counter.total() / trips


class Perf:
    """Bir sürecin çağrılarını sayan, komutla açılıp kapanan `perf stat`."""

    def __init__(self, pid: int) -> None:
        self._files = contextlib.ExitStack()
        theirs, self._orders = self._pipe()
        self._replies, acknowledge = self._pipe()
        self._output = self._files.enter_context(tempfile.NamedTemporaryFile("r", encoding="utf-8"))
        control = f"fd:{theirs},{acknowledge}"
        command = ["perf", "stat", "-x,", "-o", self._output.name, "-e", EVENT, "-p", str(pid)]
        self._process = subprocess.Popen(
            [*command, "--delay=-1", f"--control={control}"],
            pass_fds=(theirs, acknowledge),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def _pipe(self) -> tuple[int, int]:
        ends = os.pipe()
        for end in ends:
            self._files.callback(os.close, end)
        return ends

    def order(self, word: str) -> None:
        """`enable` ya da `disable`; perf onu yapana dek bekler."""
        os.write(self._orders, f"{word}\n".encode())
        if not select.select([self._replies], [], [], WAIT_SECONDS)[0]:
            raise Failure(f"perf, '{word}' komutuna {WAIT_SECONDS:g} saniyede yanıt vermedi")
        os.read(self._replies, 64)

    def total(self) -> int:
        """perf'i bitirir; saydığı."""
        self._process.send_signal(signal.SIGINT)
        self._process.wait(WAIT_SECONDS)
        found = re.search(rf"^(\d+),[^\n]*{EVENT}", self._output.read(), re.MULTILINE)
        if not found:
            raise Failure("perf'in saydığı okunamadı")
        return int(found[1])

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self._files.close()


def with_strace(command: Sequence[str], opened: Opener, trips: int) -> float:
    """strace ancak sunucu bitince sayar: aynı koşunun ölçümlü ve ölçümsüz toplamlarının farkı."""
    return (strace_total(command, opened, trips) - strace_total(command, opened, 0)) / trips


def strace_total(command: Sequence[str], opened: Opener, trips: int) -> int:
    """Sunucunun bütün ömründe yaptığı çağrılar. -D: strace torun süreçtir, başlatılan süreç sunucunun kendisidir."""
    with tempfile.NamedTemporaryFile("r", encoding="utf-8") as output:
        traced = ["strace", "-D", "-f", "-c", "-U", "calls,name", "-o", output.name, *command]
        with closing(Server(traced)) as server, opened(server) as load:
            if trips:
                load.measure(trips)
        return last_total(Path(output.name))


def last_total(path: Path) -> int:
    """strace özetini sunucudan biraz sonra bitirir."""
    end = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end:
        found = re.search(r"^\s*(\d+) +total$", path.read_text(encoding="utf-8"), re.MULTILINE)
        if found:
            return int(found[1])
        time.sleep(0.02)
    raise Failure("strace'in saydığı okunamadı")
