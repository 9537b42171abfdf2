"""Yankı sunucularını yükle ölçmek: bir noktada bir tur, sistem çağrıları, tanımlayıcı sınırı.

Ölçülen duvar saati değil, sunucunun işlemci süresidir. Sunucu her ölçümde yeni başlatılır; yük istemcisi
(tests/bench/load.c) her yanıtı bayt bayt denetler.
"""

from __future__ import annotations

import contextlib
import functools
import os
import resource
import statistics
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from yuva import bench_syscalls, manifest
from yuva.bench_load import Conversation, Full, Load
from yuva.bench_samples import Cell, Contestant, Point, Samples, contestants_of, points_of
from yuva.bench_server import Server
from yuva.manifest import ROOT, LessonNotFound
from yuva.terminal import Failure, Progress, say

BENCH_FOLDER = "tests/bench"

MEASURE_SECONDS = 0.3
QUICK_SECONDS = 0.1
LEAST_TRIPS = 2000
COUNTED_TRIPS = 20000
SPARE_DESCRIPTORS = 100
"""Bağlantılardan başka açık olanlar, bol keseden."""

REQUEST = ("gidip-gelen " * 6)[:63]
"""Satır sonuyla 64 bayt."""
PLAIN = Conversation(REQUEST, REQUEST)
ECHO = Conversation(REQUEST, f"Echo: {REQUEST}")
SUM = Conversation(f"{'topla 1 2':<63}", "Sonuç: 3")

ALONE, FEW, MANY, CROWD = Point(1), Point(50), Point(1000), Point(50, 5000)
POINTS = (ALONE, FEW, MANY, CROWD)

MALLOC = ("MALLOC_MMAP_THRESHOLD_=4194304", "MALLOC_TRIM_THRESHOLD_=8388608")
LIMIT = Contestant("yalın epoll (C)", "", (), PLAIN, POINTS, program="bare_epoll")
ASYNCIO = Contestant("asyncio (Python)", "", (), ECHO, POINTS, MALLOC, program="asyncio_echo.py")

MALLOC_NOTE = f"""\
- asyncio her okumaya 256 KiB'lik bir yer ayırıp sonra küçültür. `malloc` bunu, o güne dek boşaltılmış en büyük parçaya
  bakarak, kimi süreçte okuma başına üç sistem çağrısıyla yapar (`mmap`, `mremap`, `munmap`) ve bir gidiş dönüş iki
  katından pahalıya gelir. Rastlantıya kalmasın diye eşik sabitlendi: `{" ".join(MALLOC)}`."""


@dataclass(frozen=True)
class Bench:
    """Ölçenin elindekiler: derlenmiş programlar ve her ölçümün süresi."""

    folder: Path
    seconds: float

    def command(self, contestant: Contestant, *wrapper: str) -> list[str]:
        """`wrapper`: sunucuyu içinde çalıştıracak araç (valgrind)."""
        environment = ["env", *contestant.environment] if contestant.environment else []
        return [*environment, *wrapper, *self._program(contestant), *contestant.options]

    def _program(self, contestant: Contestant) -> list[str]:
        if contestant.lesson:
            folder = self.folder / "lessons" / find_lesson(contestant.lesson).folder
            return [str(folder / "server"), "--port", "0"]
        if contestant.program.endswith(".py"):
            return [sys.executable, str(ROOT / BENCH_FOLDER / contestant.program)]
        return [self.program(contestant.program)]

    def program(self, name: str) -> str:
        return str(self.folder / BENCH_FOLDER / name)

    def load(self, server: Server, contestant: Contestant, point: Point) -> Load:
        return Load(self.program("load"), server.address, point.busy, point.idle, contestant.conversation)

    @contextlib.contextmanager
    def warm_load(self, server: Server, contestant: Contestant, point: Point) -> Iterator[Load]:
        """Bağlantıları açılmış, ısınmış bir yük."""
        with contextlib.closing(self.load(server, contestant, point)) as load:
            load.measure(LEAST_TRIPS + 2 * point.busy)
            yield load


def find_lesson(number: str) -> manifest.Lesson:
    try:
        return manifest.load().find(number)
    except LessonNotFound as missing:
        raise Failure(f"sunucular ölçülemez: {missing}") from None


def raise_descriptor_limit() -> int:
    """Yumuşak sınırı serte çıkarır (başlatılan sunucular da miras alır); sert sınırı döndürür."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return sys.maxsize if hard == resource.RLIM_INFINITY else hard


def affordable_points(points: Sequence[Point], limit: int) -> list[Point]:
    """Dosya tanımlayıcısı sınırına sığan noktalar; sığmayan söylenir."""
    return [point for point in points if affordable(point.title, point.busy + point.idle, limit)]


def affordable(title: str, connections: int, limit: int) -> bool:
    needed = connections + SPARE_DESCRIPTORS
    if needed > limit:
        say(f"{title}: ölçülmüyor; {needed} dosya tanımlayıcısı ister, sert sınır {limit} (ulimit -Hn)")
    return needed <= limit


def order(samples: Samples, turn: int) -> list[tuple[Contestant, Point]]:
    """Nokta nokta; her noktada sunucular, `turn` kadar döndürülmüş sırayla."""
    contestants = contestants_of(samples)
    first = turn % len(contestants)
    turned = [*contestants[first:], *contestants[:first]]
    places = [(contestant, point) for point in points_of(samples) for contestant in turned]
    return [place for place in places if place in samples]


def sample(bench: Bench, contestant: Contestant, point: Point, cell: Cell) -> None:
    """Bir tur. Süre hep aynıdır, gidiş dönüş sayısı ısınmanın hızından kestirilir."""
    if cell.full:
        return
    with placed(point), contextlib.closing(Server(bench.command(contestant))) as server:
        try:
            with bench.warm_load(server, contestant, point) as load:
                trips = max(LEAST_TRIPS, int(bench.seconds / load.seconds_per_trip))
                user, kernel = server.mode_ticks()
                before = server.cpu_seconds()
                load.measure(trips)
                cell.microseconds.append((server.cpu_seconds() - before) / trips * 1e6)
                user_now, kernel_now = server.mode_ticks()
                cell.user_ticks += user_now - user
                cell.kernel_ticks += kernel_now - kernel
        except Full:
            cell.full = True
        except Failure as failure:
            raise Failure(f"{contestant.title}, {point.title}: {failure}") from None


@contextlib.contextmanager
def placed(point: Point) -> Iterator[None]:
    """Tek bağlantıda sunucu ile istemci zaten sırayla çalışır; ikisi tek çekirdeğe konur. Yoksa ölçülen, zamanlayıcının
    ikisini o turda aynı çekirdeğe koyup koymadığı olur: uyuyan bir çekirdeği uyandırmak, işin kendisinden pahalıdır."""
    cores = os.sched_getaffinity(0)
    if point == ALONE:
        os.sched_setaffinity(0, {min(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


def count_calls(
    bench: Bench, samples: Samples, points: Sequence[Point], progress: Progress, rounds: int = 1
) -> str | None:
    """Sistem çağrılarını ayrı koşularda sayar; sayanın adı, sayılamıyorsa None. Turların ortancası alınır: o sıra işlemciyi
    bekleyen bir yük istekleri tek tek gönderir, sunucu da her biri için ayrıca uyanır."""
    counter = bench_syscalls.best_counter()
    if counter is None:
        return None
    counted = {place: cell for place, cell in samples.items() if place[1] in points and not cell.full}
    found: dict[tuple[Contestant, Point], list[float]] = {place: [] for place in counted}
    for turn in range(rounds):
        for contestant, point in order(counted, turn):
            progress.show(f"çağrılar sayılıyor ({counter.name}): {contestant.title}, {point.title}")
            opened = functools.partial(bench.warm_load, contestant=contestant, point=point)
            found[contestant, point].append(counter.count(bench.command(contestant), opened, COUNTED_TRIPS))
    for place, cell in counted.items():
        cell.calls = statistics.median(found[place])
    return counter.name


def counted_by(counter: str | None) -> str:
    """Sistem çağrılarını kimin saydığı, tablonun üstündeki cümle için."""
    return f"`{counter}` saydı" if counter else "sayılmadı, çünkü ne `perf` ne `strace` çalışabildi"
