"""Sunucu modellerinin ölçümü: bağlantılar çoğaldıkça ve susanlar eklendikçe aynı yankı her modelde neye mal oluyor?

Turlar iç içedir: her turda her noktada bütün sunucular, her turda başka birinden başlayarak. Makine ölçüm sürerken
yavaşlarsa hepsini etkiler, birini kayırmaz. Ölçülen duvar saati değil, sunucunun işlemci süresidir. Sunucu her ölçümde
yeni başlatılır; yük istemcisi (tests/bench/load.c) her yanıtı bayt bayt denetler.
"""

from __future__ import annotations

import contextlib
import functools
import os
import platform
import resource
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from yuva import bench_plot, bench_syscalls, manifest
from yuva.bench_load import Conversation, Full, Load
from yuva.bench_report import Report, Target, decimal, grouped
from yuva.bench_samples import FULL, Cell, Contestant, Point, Samples, ratio, results_table
from yuva.bench_server import Server
from yuva.build import RELEASE, build_everything
from yuva.manifest import ROOT, LessonNotFound
from yuva.terminal import Failure, Progress, say

PAGES = "docs/tr/"
PICTURE = f"{PAGES}img/09-models.svg"
PICTURE_TEXT = "Her sunucunun bir gidiş dönüşe harcadığı işlemci süresi, dört noktada"
BENCH_FOLDER = "tests/bench"
ASYNCIO = ROOT / BENCH_FOLDER / "asyncio_echo.py"
LESSONS = ("04", "06", "07", "08", "09")

ROUNDS = 7
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
COUNTED_POINTS = (FEW, MANY)

MALLOC = ("MALLOC_MMAP_THRESHOLD_=4194304", "MALLOC_TRIM_THRESHOLD_=8388608")
ROOM = ("--max-clients", "10000")
LIMIT = Contestant("yalın epoll (C)", "", (), PLAIN, POINTS)
CHALLENGER = Contestant("09, epoll", "09", ("--backend", "epoll", *ROOM), ECHO, POINTS)
CONTESTANTS = (
    LIMIT,
    CHALLENGER,
    Contestant("09, poll", "09", ("--backend", "poll", *ROOM), ECHO, POINTS),
    Contestant("09, select", "09", ("--backend", "select", *ROOM), ECHO, POINTS),
    Contestant("07, poll", "07", ROOM, ECHO, POINTS),
    Contestant("08, select", "08", ROOM, ECHO, (ALONE,)),
    Contestant("06, iş parçacığı", "06", ("--architecture", "thread", *ROOM), SUM, POINTS),
    Contestant("04, iş parçacığı", "04", ROOM, ECHO, POINTS),
    Contestant("asyncio (Python)", "", (), ECHO, POINTS, MALLOC),
)

NOTES = f"""\
- Tek bağlantıda sunucu ile istemci aynı çekirdektedir: uyuyan bir çekirdeği uyandırmanın bedeli sayıya karışmaz.
- `08, select` bir sohbettir: her satırı öteki istemcilerin hepsine de yayar. Çok bağlantıda başka bir iş yapacağı için
  yalnız tek bağlantıda ölçüldü; `select`'in çok bağlantıdaki sayısı `09, select` satırındadır.
- `{FULL}`: sunucu bağlantıların bir bölümünü "dolu" diye geri çevirdi.
- `06, iş parçacığı` sunucusu `thread` mimarisiyle başlatıldı; ona `topla 1 2` sorulur (o da 64 bayt).
- `04, iş parçacığı` her mesajı loglar; log `/dev/null`'a gider, ama yazmanın bedeli sayının içindedir.
- asyncio her okumaya 256 KiB'lik bir yer ayırıp sonra küçültür. `malloc` bunu, o güne dek boşaltılmış en büyük parçaya
  bakarak, kimi süreçte okuma başına üç sistem çağrısıyla yapar (`mmap`, `mremap`, `munmap`) ve bir gidiş dönüş iki
  katından pahalıya gelir. Rastlantıya kalmasın diye eşik sabitlendi: `{" ".join(MALLOC)}`."""

RATIO_TARGET = 1.10
CALLS_TARGET = 2.15
TARGET_POINTS = (FEW, MANY)


@dataclass(frozen=True)
class Bench:
    """Ölçenin elindekiler: derlenmiş programlar ve her ölçümün süresi."""

    folder: Path
    seconds: float

    def command(self, contestant: Contestant) -> list[str]:
        environment = ["env", *contestant.environment] if contestant.environment else []
        return [*environment, *self._program(contestant), *contestant.options]

    def _program(self, contestant: Contestant) -> list[str]:
        if contestant.lesson:
            folder = self.folder / "lessons" / find_lesson(contestant.lesson).folder
            return [str(folder / "server"), "--port", "0"]
        return {LIMIT: [self.program("bare_epoll")]}.get(contestant, [sys.executable, str(ASYNCIO)])

    def program(self, name: str) -> str:
        return str(self.folder / BENCH_FOLDER / name)

    @contextlib.contextmanager
    def warm_load(self, server: Server, contestant: Contestant, point: Point) -> Iterator[Load]:
        """Bağlantıları açılmış, ısınmış bir yük."""
        load = Load(self.program("load"), server.address, point.busy, point.idle, contestant.conversation)
        with contextlib.closing(load):
            load.measure(LEAST_TRIPS + 2 * point.busy)
            yield load


def measure(quick: bool) -> Report:
    bench_plot.prepare()
    bench = Bench(build(), QUICK_SECONDS if quick else MEASURE_SECONDS)
    points = affordable_points(raise_descriptor_limit())
    samples = {(each, point): Cell() for each in CONTESTANTS for point in points if point in each.points}
    progress = Progress("Modeller ölçülüyor")
    rounds = 1 if quick else ROUNDS
    for turn in range(rounds):
        for contestant, point in order(samples, turn):
            progress.show(f"tur {turn + 1}/{rounds}: {contestant.title}, {point.title}")
            sample(bench, contestant, point, samples[contestant, point])
    counter = count_calls(bench, samples, progress)
    progress.done()
    return report(samples, rounds, counter)


def build() -> Path:
    return build_everything(RELEASE, [find_lesson(number) for number in LESSONS])


def find_lesson(number: str) -> manifest.Lesson:
    try:
        return manifest.load().find(number)
    except LessonNotFound as missing:
        raise Failure(f"models ölçülemez: {missing}") from None


def raise_descriptor_limit() -> int:
    """Yumuşak sınırı serte çıkarır (başlatılan sunucular da miras alır); sert sınırı döndürür."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return sys.maxsize if hard == resource.RLIM_INFINITY else hard


def affordable_points(limit: int) -> list[Point]:
    """Dosya tanımlayıcısı sınırına sığan noktalar; sığmayan söylenir."""
    points = []
    for point in POINTS:
        needed = point.busy + point.idle + SPARE_DESCRIPTORS
        if needed <= limit:
            points.append(point)
        else:
            say(f"{point.title}: ölçülmüyor; {needed} dosya tanımlayıcısı ister, sert sınır {limit} (ulimit -Hn)")
    return points


def order(samples: Samples, turn: int) -> list[tuple[Contestant, Point]]:
    """Nokta nokta; her noktada sunucular, `turn` kadar döndürülmüş sırayla."""
    first = turn % len(CONTESTANTS)
    turned = [*CONTESTANTS[first:], *CONTESTANTS[:first]]
    return [(contestant, point) for point in POINTS for contestant in turned if (contestant, point) in samples]


def sample(bench: Bench, contestant: Contestant, point: Point, cell: Cell) -> None:
    """Bir tur. Süre hep aynıdır, gidiş dönüş sayısı ısınmanın hızından kestirilir."""
    if cell.full:
        return
    with placed(point), contextlib.closing(Server(bench.command(contestant))) as server:
        try:
            with bench.warm_load(server, contestant, point) as load:
                trips = max(LEAST_TRIPS, int(bench.seconds / load.seconds_per_trip))
                before = server.cpu_seconds()
                load.measure(trips)
                cell.microseconds.append((server.cpu_seconds() - before) / trips * 1e6)
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


def count_calls(bench: Bench, samples: Samples, progress: Progress) -> str | None:
    """Sistem çağrılarını ayrı koşularda sayar; sayanın adı, sayılamıyorsa None."""
    counter = bench_syscalls.best_counter()
    if counter is None:
        return None
    for (contestant, point), cell in samples.items():
        if point not in COUNTED_POINTS or cell.full:
            continue
        progress.show(f"çağrılar sayılıyor ({counter.name}): {contestant.title}, {point.title}")
        opened = functools.partial(bench.warm_load, contestant=contestant, point=point)
        cell.calls = counter.count(bench.command(contestant), opened, COUNTED_TRIPS)
    return counter.name


def report(samples: Samples, rounds: int, counter: str | None) -> Report:
    picture = f"![{PICTURE_TEXT}]({PICTURE.removeprefix(PAGES)})"
    body = "\n\n".join([summary(rounds, counter), results_table(samples, LIMIT, COUNTED_POINTS), picture, NOTES])
    return Report(body, {PICTURE: bench_plot.draw(samples)}, targets(samples, counter))


def summary(rounds: int, counter: str | None) -> str:
    how = f"{rounds} turun ortancası" if rounds > 1 else "tek tur"
    counted = f"`{counter}` saydı" if counter else "sayılmadı, çünkü ne `perf` ne `strace` çalışabildi"
    return (
        f"{how}; istemci de aynı makinede. Hücrede, sunucunun bir gidiş dönüşe (64 baytlık istek) harcadığı işlemci "
        f"süresi durur, mikrosaniye; ayraçta aynı turda ölçülen yalın epoll'e oranı. Çağrı: bir gidiş dönüşteki sistem "
        f"çağrıları; {counted}. Python {platform.python_version()}."
    )


def targets(samples: Samples, counter: str | None) -> list[Target]:
    return [*ratio_targets(samples), *calls_targets(samples, counter)]


def ratio_targets(samples: Samples) -> Iterator[Target]:
    for point in TARGET_POINTS:
        promise = f"ders 09 (epoll) ≤ {decimal(RATIO_TARGET, 2)} × yalın epoll, {grouped(point.busy)} bağlantı"
        if (LIMIT, point) not in samples:
            yield Target(f"{promise}: ölçülmedi", None)
            continue
        found = ratio(samples, CHALLENGER, LIMIT, point)
        yield Target(f"{promise}: {decimal(found, 3)}", found <= RATIO_TARGET)


def calls_targets(samples: Samples, counter: str | None) -> Iterator[Target]:
    for point in TARGET_POINTS:
        promise = f"ders 09 (epoll) ≤ {decimal(CALLS_TARGET, 2)} sistem çağrısı, {grouped(point.busy)} bağlantı"
        cell = samples.get((CHALLENGER, point))
        if cell is None or cell.calls is None:
            yield Target(f"{promise}: sayılmadı", None)
            continue
        yield Target(f"{promise}: {decimal(cell.calls, 2)} ({counter})", cell.calls <= CALLS_TARGET)
