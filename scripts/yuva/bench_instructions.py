"""Kullanıcı kipindeki komutları saymak: süre makineden makineye değişir, komut sayısı hemen hemen değişmez.

Sayan valgrind'in callgrind aracıdır: programı komut komut yorumlar, bu yüzden elli kat yavaş ama kesindir. Yük istemcisi
onun dışında çalışır. Açılış ve ısınma sayıya girmesin diye sunucu iki kez koşulur, sayılar çıkarılır.

Çekirdeğin yaptıkları bu sayıda yoktur. vDSO da yoktur (valgrind onu kapatır): `clock_gettime` burada bir sistem çağrısıdır.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from yuva.bench_server import Server
from yuva.bench_syscalls import Opener
from yuva.packages import VALGRIND
from yuva.terminal import Failure

TOTALS = re.compile(r"^totals: (\d+)$", re.MULTILINE)
PATIENCE_SECONDS = 60.0

# Verilen aracın içinde çalışan sunucunun komutu.
Wrapped = Callable[..., Sequence[str]]


def available() -> bool:
    return VALGRIND.present()


def count(command: Wrapped, opened: Opener, trips: int) -> float:
    """Gidiş dönüş başına komut: aynı koşunun ölçümlü ve ölçümsüz toplamlarının farkı."""
    return (total(command, opened, trips) - total(command, opened, 0)) / trips


def total(command: Wrapped, opened: Opener, trips: int) -> int:
    """Sunucunun bütün ömründe çalıştırdığı komutlar."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "callgrind.out"
        wrapped = command("valgrind", "--tool=callgrind", f"--callgrind-out-file={output}")
        with closing(Server(wrapped, PATIENCE_SECONDS)) as server, opened(server) as load:
            if trips:
                load.measure(trips)
        return read_total(output)


def read_total(output: Path) -> int:
    try:
        found = TOTALS.search(output.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        found = None
    if not found:
        raise Failure("callgrind'in saydığı okunamadı")
    return int(found[1])
