"""Çalışma zamanının birim testleri, birinin gördüğünü öteki görmeyen hata bulucuların her biriyle ayrı ayrı.

Görev yığınlarını elle değiştiren bir kütüphanede hata bulucunun kendisi de sınanmış olur: yığın değişimi ona yanlış
söylenirse (common/async/sanitizer.h) olmayan hatalar bulur ya da ölür.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from yuva import processes
from yuva.build import DEBUG, RELEASE, UCONTEXT, VALGRIND, Flavour, build_unit_tests
from yuva.manifest import ROOT, Lesson
from yuva.terminal import say

SUITES = ("async", "coroutines")
SEEDS = (1, 2, 3, 4, 5)
TSAN = Flavour(
    "clang'in TSan'ı ile", "build-tsan", ("--native-file", str(ROOT / "scripts" / "clang.ini"), "-Db_sanitize=thread")
)
# Bölünen çocuğun bildirdiği ölüm beklenendir; yalnız kesin sızıntı sayılır: ölmekte olan bir iş parçacığının belleği
# "belki" sızmış görünür.
VALGRIND_COMMAND = (
    "valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite --child-silent-after-fork=yes"
)
SLOWDOWN = 10


@dataclass(frozen=True)
class Run:
    title: str
    flavour: Flavour
    environment: Mapping[str, str] = field(default_factory=dict)
    options: tuple[str, ...] = ()


RUNS = (
    Run("ASan ve UBSan, use_after_return=0", DEBUG, {"ASAN_OPTIONS": "detect_stack_use_after_return=0"}),
    Run("ASan ve UBSan, use_after_return=1", DEBUG, {"ASAN_OPTIONS": "detect_stack_use_after_return=1"}),
    Run("TSan", TSAN),
    Run("valgrind", VALGRIND, options=("--timeout-multiplier", str(SLOWDOWN), "--wrapper", VALGRIND_COMMAND)),
    Run("ucontext", UCONTEXT),
    Run("hızlı derleme", RELEASE),
)

# Komut ve ortam değişkenleri -> çıkış kodu ve çıktı.
Execute = Callable[[Sequence[str], Mapping[str, str]], tuple[int, str]]


def execute(command: Sequence[str], environment: Mapping[str, str]) -> tuple[int, str]:
    return processes.capture(command, env={**os.environ, **environment})


def check(lessons: Sequence[Lesson]) -> list[str]:
    """Bulunan sorunlar; her birinin başında hangi koşuda olduğu yazar."""
    problems: list[str] = []
    for run in RUNS:
        folder = build_unit_tests(run.flavour, lessons, SUITES)
        say(f"Çalışma zamanının testleri koşuyor: {run.title}")
        problems += check_run(run, folder)
    folder = build_unit_tests(DEBUG, lessons, SUITES)
    return problems + check_seeds(folder)


def check_run(run: Run, folder: Path, execute: Execute = execute) -> list[str]:
    suites = [word for suite in SUITES for word in ("--suite", suite)]
    command = ["meson", "test", "-C", str(folder), "--no-rebuild", "--print-errorlogs", *suites, *run.options]
    code, output = execute(command, run.environment)
    return [f"{run.title}:\n{output.rstrip()}"] if code != 0 else []


def check_seeds(folder: Path, execute: Execute = execute) -> list[str]:
    """Başka tohumlarla zorlama: kalan koşu, yazdığı tohumla yinelenir."""
    problems: list[str] = []
    for seed in SEEDS:
        code, output = execute([str(folder / "tests" / "unit" / "stress_async"), str(seed)], {})
        if code != 0:
            problems.append(f"zorlama, tohum {seed}:\n{output.rstrip()}")
    return problems
