"""Sunucu modellerinin ölçümü: bağlantılar çoğaldıkça ve susanlar eklendikçe aynı yankı her modelde neye mal oluyor?

Turlar iç içedir: her turda her noktada bütün sunucular, her turda başka birinden başlayarak. Makine ölçüm sürerken
yavaşlarsa hepsini etkiler, birini kayırmaz. Ölçülen duvar saati değil, sunucunun işlemci süresidir. Sunucu her ölçümde
yeni başlatılır; yük istemcisi (tests/bench/load.c) her yanıtı bayt bayt denetler.
"""

from __future__ import annotations

import platform
from collections.abc import Iterator
from pathlib import Path

from yuva import bench_echo, bench_plot
from yuva.bench_echo import ALONE, ASYNCIO, ECHO, FEW, LIMIT, MANY, POINTS, SUM, Bench
from yuva.bench_report import Report, Target, decimal, grouped
from yuva.bench_samples import FULL, Cell, Contestant, Samples, ratio, results_table
from yuva.build import RELEASE, build_everything
from yuva.terminal import Progress

PAGES = "docs/tr/"
PICTURE = f"{PAGES}img/09-models.svg"
PICTURE_TEXT = "Her sunucunun bir gidiş dönüşe harcadığı işlemci süresi, dört noktada"
LESSONS = ("04", "06", "07", "08", "09")

ROUNDS = 7
COUNTED_POINTS = (FEW, MANY)

ROOM = ("--max-clients", "10000")
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
    ASYNCIO,
)

NOTES = f"""\
- Tek bağlantıda sunucu ile istemci aynı çekirdektedir: uyuyan bir çekirdeği uyandırmanın bedeli sayıya karışmaz.
- `08, select` bir sohbettir: her satırı öteki istemcilerin hepsine de yayar. Çok bağlantıda başka bir iş yapacağı için
  yalnız tek bağlantıda ölçüldü; `select`'in çok bağlantıdaki sayısı `09, select` satırındadır.
- `{FULL}`: sunucu bağlantıların bir bölümünü "dolu" diye geri çevirdi.
- `06, iş parçacığı` sunucusu `thread` mimarisiyle başlatıldı; ona `topla 1 2` sorulur (o da 64 bayt).
- `04, iş parçacığı` her mesajı loglar; log `/dev/null`'a gider, ama yazmanın bedeli sayının içindedir.
{bench_echo.MALLOC_NOTE}"""

RATIO_TARGET = 1.10
CALLS_TARGET = 2.15
TARGET_POINTS = (FEW, MANY)


def measure(quick: bool) -> Report:
    bench_plot.prepare()
    bench = Bench(build(), bench_echo.QUICK_SECONDS if quick else bench_echo.MEASURE_SECONDS)
    points = bench_echo.affordable_points(POINTS, bench_echo.raise_descriptor_limit())
    samples = {(each, point): Cell() for each in CONTESTANTS for point in points if point in each.points}
    progress = Progress("Modeller ölçülüyor")
    rounds = 1 if quick else ROUNDS
    for turn in range(rounds):
        for contestant, point in bench_echo.order(samples, turn):
            progress.show(f"tur {turn + 1}/{rounds}: {contestant.title}, {point.title}")
            bench_echo.sample(bench, contestant, point, samples[contestant, point])
    counter = bench_echo.count_calls(bench, samples, COUNTED_POINTS, progress)
    progress.done()
    return report(samples, rounds, counter)


def build() -> Path:
    return build_everything(RELEASE, [bench_echo.find_lesson(number) for number in LESSONS])


def report(samples: Samples, rounds: int, counter: str | None) -> Report:
    picture = f"![{PICTURE_TEXT}]({PICTURE.removeprefix(PAGES)})"
    body = "\n\n".join([summary(rounds, counter), results_table(samples, LIMIT, COUNTED_POINTS), picture, NOTES])
    return Report(body, {PICTURE: bench_plot.draw(samples)}, targets(samples, counter))


def summary(rounds: int, counter: str | None) -> str:
    how = f"{rounds} turun ortancası" if rounds > 1 else "tek tur"
    return (
        f"{how}; istemci de aynı makinede. Hücrede, sunucunun bir gidiş dönüşe (64 baytlık istek) harcadığı işlemci "
        f"süresi durur, mikrosaniye; ayraçta aynı turda ölçülen yalın epoll'e oranı. Çağrı: bir gidiş dönüşteki sistem "
        f"çağrıları; {bench_echo.counted_by(counter)}. Python {platform.python_version()}."
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
