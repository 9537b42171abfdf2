"""Çalışma zamanının işleri: bir geçişin, bir görev açıp beklemenin nanosaniyesi.

Her iş, ölçülen her çalışma zamanında ayrı bir süreçtir (tests/bench/runtime.c, asyncio_runtime.py). Süreçler sırayla
çalışır ve her turda hepsi ölçülür; oran, aynı turun iki ölçümünün oranıdır.
"""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from yuva.bench_echo import BENCH_FOLDER
from yuva.bench_report import decimal, grouped, table
from yuva.bench_samples import UNMEASURED
from yuva.manifest import ROOT
from yuva.terminal import Failure

PROGRAM = "runtime"
PYTHON_PROGRAM = "asyncio_runtime.py"
WAIT_SECONDS = 120.0
DONE = re.compile(r"bitti (?P<count>\d+) (?P<nanoseconds>\d+)\n")
QUICK_SHARE = 20


@dataclass(frozen=True)
class Runtime:
    """İşi yapan."""

    title: str


NATIVE = Runtime("C")
UCONTEXT = Runtime("C, `ucontext` ile")
ASYNCIO = Runtime("asyncio (Python)")
RUNTIMES = (NATIVE, UCONTEXT, ASYNCIO)


@dataclass(frozen=True)
class Work:
    name: str
    """Programın --work seçeneği."""
    title: str
    counts: tuple[tuple[Runtime, int], ...]
    """Yapabilenler ve bir ölçümde kaç kez: onda bir saniye kadar tutsun diye."""


SWITCH = Work("switch", "bağlam değişimi: git ve dön", ((NATIVE, 8_000_000), (UCONTEXT, 300_000)))
YIELD = Work(
    "yield", "yüz görev: sırayı bırak, geri al", ((NATIVE, 3_000_000), (UCONTEXT, 300_000), (ASYNCIO, 150_000))
)
CREATE = Work("create", "görev aç, bitmesini bekle", ((NATIVE, 800_000), (UCONTEXT, 150_000), (ASYNCIO, 30_000)))
FRESH = Work("create-fresh", "aynısı, her yığın yeni eşlenmiş", ((NATIVE, 15_000), (UCONTEXT, 15_000)))
WORKS = (SWITCH, YIELD, CREATE, FRESH)

Times = Mapping[tuple[Work, Runtime], list[float]]
"""Her turda, işin bir kezinin nanosaniyesi."""


def no_times() -> dict[tuple[Work, Runtime], list[float]]:
    return {(work, runtime): [] for work in WORKS for runtime, _ in work.counts}


def commands(native: Path, ucontext: Path) -> dict[Runtime, list[str]]:
    """Derleme klasörlerinden, her çalışma zamanının programı."""
    return {
        NATIVE: [str(native / BENCH_FOLDER / PROGRAM)],
        UCONTEXT: [str(ucontext / BENCH_FOLDER / PROGRAM)],
        ASYNCIO: [sys.executable, str(ROOT / BENCH_FOLDER / PYTHON_PROGRAM)],
    }


def order(times: Times, turn: int) -> list[tuple[Work, Runtime]]:
    """Bir işi yapabilenler yan yana; her turda başka bir çalışma zamanıyla başlanır."""
    first = turn % len(RUNTIMES)
    turned = [*RUNTIMES[first:], *RUNTIMES[:first]]
    places = [(work, runtime) for work in WORKS for runtime in turned]
    return [place for place in places if place in times]


def sample(command: Sequence[str], work: Work, count: int) -> float:
    """Bir koşu: işin bir kezinin nanosaniyesi."""
    words = [*command, "--work", work.name, "--count", str(count)]
    try:
        result = subprocess.run(
            words, stdin=subprocess.DEVNULL, capture_output=True, text=True, encoding="utf-8", timeout=WAIT_SECONDS
        )
    except subprocess.TimeoutExpired:
        raise Failure(f"{work.title}: {WAIT_SECONDS:g} saniyede bitmedi: {words[0]}") from None
    done = DONE.fullmatch(result.stdout)
    if result.returncode != 0 or not done or int(done["count"]) != count:
        reason = result.stderr.strip().rpartition("\n")[2] or f"'{result.stdout.strip()}' yazdı"
        raise Failure(f"{work.title}: ölçülemedi: {reason}")
    return int(done["nanoseconds"]) / count


def typical(times: Times, work: Work, runtime: Runtime) -> float | None:
    found = times.get((work, runtime))
    return statistics.median(found) if found else None


def ratio(times: Times, work: Work, slow: Runtime, fast: Runtime) -> float | None:
    """Turların kendi oranlarının ortancası; biri o işi yapmıyorsa None."""
    pairs = list(zip(times.get((work, slow), ()), times.get((work, fast), ())))
    return statistics.median(cost / least for cost, least in pairs) if pairs else None


def works_table(times: Times) -> str:
    heads = ["iş", *(runtime.title for runtime in RUNTIMES), "asyncio / C"]
    rows = [
        [work.title, *(nanoseconds(typical(times, work, runtime)) for runtime in RUNTIMES), times_as_dear(times, work)]
        for work in WORKS
    ]
    return table([heads, *rows])


def times_as_dear(times: Times, work: Work) -> str:
    found = ratio(times, work, ASYNCIO, NATIVE)
    return UNMEASURED if found is None else f"{found:.0f}"


def nanoseconds(value: float | None) -> str:
    if value is None:
        return UNMEASURED
    return decimal(value) if value < 100 else grouped(round(value))
