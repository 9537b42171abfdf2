"""Ölçülen sunucu: başlatmak, hazır satırını beklemek, işlemci saatini ve belleğini okumak."""

from __future__ import annotations

import contextlib
import os
import re
import select
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from yuva.runner import READY_LINE
from yuva.terminal import Failure

WAIT_SECONDS = 10.0


class Server:
    """Ölçülen sunucu ve onun bütün süreçleri."""

    def __init__(self, command: Sequence[str], patience: float = WAIT_SECONDS) -> None:
        """`patience`: başlamasının ve bitmesinin en uzun süresi, saniye."""
        self._patience = patience
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.pid = self._process.pid
        self.address = self._wait_ready()

    def _wait_ready(self) -> tuple[str, int]:
        assert self._process.stdout is not None
        readable, _, _ = select.select([self._process.stdout], [], [], self._patience)
        line = self._process.stdout.readline().decode() if readable else ""
        ready = READY_LINE.fullmatch(line.strip())
        if not ready:
            self.close()
            raise Failure(f"ölçülecek sunucu hazır olmadı: {line.strip() or 'hazır satırı gelmedi'}")
        return ready["host"], int(ready["port"])

    def close(self) -> None:
        assert self._process.stdout is not None
        self._process.terminate()
        try:
            self._process.wait(self._patience)
        finally:
            self._process.kill()
            self._process.wait()
            self._process.stdout.close()

    def processes(self) -> list[int]:
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return [self.pid, *map(int, children)]

    def cpu_seconds(self) -> float:
        """Kullanıcı ve çekirdek kipinde, bütün iş parçacıkları; bitip toplanmış çocuklarınki de içinde."""
        return self._reaped_children_seconds() + sum(map(process_seconds, self.processes()))

    def _reaped_children_seconds(self) -> float:
        return sum(map(int, self._stat()[13:15])) / os.sysconf("SC_CLK_TCK")

    def mode_ticks(self) -> tuple[int, int]:
        """Sunucunun kendisinin kullanıcı ve çekirdek kipinde geçirdiği, saat vuruşu (yüzde bir saniye)."""
        user, kernel = map(int, self._stat()[11:13])
        return user, kernel

    def _stat(self) -> list[str]:
        """/proc/PID/stat, parantezli addan sonrası."""
        return Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()

    def memory_mib(self) -> float:
        return sum(map(proportional_kib, self.processes())) / 1024

    def resident_kib(self) -> int:
        """RSS. Paylaşılan sayfalar bölüşülmez: başka bir programın açılıp kapanması bu sayıyı değiştirmez."""
        return sum(memory_kib(pid, "Rss", "VmRSS") for pid in self.processes())


def process_seconds(pid: int) -> float:
    """Sürecin işlemci saati. /proc/PID/stat yüzde bir saniyeliktir, bu nanosaniyelik (clock_getcpuclockid'in hesabı)."""
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return 0.0


def proportional_kib(pid: int) -> int:
    """PSS: paylaşılan sayfalar paylaşanlara bölünür, toplamda iki kez sayılmaz. Okunamıyorsa RSS."""
    return memory_kib(pid, "Pss", "VmRSS")


def memory_kib(pid: int, exact: str, rough: str) -> int:
    """smaps_rollup'taki değer; o okunamıyorsa status'taki."""
    for name, key in (("smaps_rollup", exact), ("status", rough)):
        with contextlib.suppress(OSError):
            found = re.search(rf"^{key}:\s+(\d+)", Path(f"/proc/{pid}/{name}").read_text(), re.MULTILINE)
            if found:
                return int(found[1])
    return 0
