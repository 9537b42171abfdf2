"""common/async'in ölçümü: bir geçiş, bir görev, bir yankı, boşta duran bir bağlantı neye mal oluyor?

Sözlerin iki türü vardır. Kimi, sayının kendisinedir (nanosaniye, çağrı, komut, KiB); kimi, aynı turda ölçülen bir başkasına
orandır: yalın epoll'e, asyncio'ya. Turlar iç içedir (bench_works, bench_echo).
"""

from __future__ import annotations

import functools
import platform
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field

from yuva import bench_echo, bench_instructions, bench_works
from yuva.bench_echo import ALONE, ASYNCIO, BENCH_FOLDER, ECHO, FEW, LIMIT, MALLOC_NOTE, MANY, PLAIN, Bench
from yuva.bench_report import Report, Target, bullet, decimal, grouped, table
from yuva.bench_samples import UNMEASURED, Cell, Contestant, Point, calls, cost, ratio
from yuva.bench_server import Server
from yuva.bench_works import CREATE, NATIVE, YIELD, Work
from yuva.build import RELEASE, UCONTEXT, build_programs
from yuva.terminal import Progress

POINTS = (FEW, MANY)
BYTES = Contestant("akışlar, bayt yankısı", "", ("--bytes",), PLAIN, POINTS, program="stream_echo")
"""Yalın epoll'ün yaptığı işin aynısı: hedefler bununladır."""
STREAMS = Contestant("akışlar, satır yankısı", "", (), ECHO, POINTS, program="stream_echo")
CONTESTANTS = (LIMIT, BYTES, STREAMS, ASYNCIO)

ROUNDS = 15
CALLS_ROUNDS = 7
IDLE = 10_000
QUICK_IDLE = 1_000
COUNTED_TRIPS = 20_000
COUNTED_SLOW_TRIPS = 2_000
"""asyncio'nunki: bir gidiş dönüşü C'ninkinin yüz katına yakın komuttur, sayısı da o kadar kolay belli olur."""

YIELD_TARGET, YIELD_RATIO_TARGET = 30.0, 50.0
CREATE_TARGET, CREATE_RATIO_TARGET = 100.0, 40.0
RATIO_TARGET = 1.10
CALLS_TARGET = 2.15
INSTRUCTIONS_TARGET = 400.0
IDLE_TARGET = 4.5


@dataclass
class Findings:
    """Ölçülenlerin hepsi."""

    times: dict[tuple[Work, bench_works.Runtime], list[float]]
    samples: dict[tuple[Contestant, Point], Cell]
    instructions: dict[Contestant, float] = field(default_factory=dict)
    """Gidiş dönüş başına kullanıcı komutu, FEW noktasında."""
    idle_kib: dict[Contestant, float] = field(default_factory=dict)
    """Boşta bağlantı başına yerleşik bellek."""
    rounds: int = 1
    counter: str | None = None
    idle: int = IDLE


def measure(quick: bool) -> Report:
    folder = build_programs(RELEASE, BENCH_FOLDER, "load", "bare_epoll", "stream_echo", "runtime")
    works = bench_works.commands(folder, build_programs(UCONTEXT, BENCH_FOLDER, "runtime"))
    bench = Bench(folder, bench_echo.QUICK_SECONDS if quick else bench_echo.MEASURE_SECONDS)
    limit = bench_echo.raise_descriptor_limit()
    points = bench_echo.affordable_points(POINTS, limit)
    found = Findings(bench_works.no_times(), {(each, point): Cell() for each in CONTESTANTS for point in points})
    found.rounds = 1 if quick else ROUNDS
    found.idle = QUICK_IDLE if quick else IDLE
    progress = Progress("Çalışma zamanı ölçülüyor")
    for turn in range(found.rounds):
        time_works(works, found, turn, bench_works.QUICK_SHARE if quick else 1, progress)
        time_echoes(bench, found, turn, progress)
    found.counter = bench_echo.count_calls(bench, found.samples, points, progress, 1 if quick else CALLS_ROUNDS)
    count_instructions(bench, found, progress)
    if bench_echo.affordable(f"{grouped(found.idle)} boşta bağlantı", found.idle, limit):
        weigh(bench, found, progress)
    progress.done()
    return report(found)


# --- ölçmek


def time_works(
    commands: dict[bench_works.Runtime, list[str]], found: Findings, turn: int, share: int, progress: Progress
) -> None:
    for work, runtime in bench_works.order(found.times, turn):
        progress.show(f"tur {turn + 1}/{found.rounds}: {work.title}, {runtime.title}")
        count = dict(work.counts)[runtime] // share
        found.times[work, runtime].append(bench_works.sample(commands[runtime], work, count))


def time_echoes(bench: Bench, found: Findings, turn: int, progress: Progress) -> None:
    for contestant, point in bench_echo.order(found.samples, turn):
        progress.show(f"tur {turn + 1}/{found.rounds}: {contestant.title}, {point.title}")
        bench_echo.sample(bench, contestant, point, found.samples[contestant, point])


def count_instructions(bench: Bench, found: Findings, progress: Progress) -> None:
    if not bench_instructions.available():
        return
    for contestant in CONTESTANTS:
        progress.show(f"komutlar sayılıyor: {contestant.title}")
        command = functools.partial(bench.command, contestant)
        opened = functools.partial(bench.warm_load, contestant=contestant, point=FEW)
        trips = COUNTED_SLOW_TRIPS if contestant == ASYNCIO else COUNTED_TRIPS
        found.instructions[contestant] = bench_instructions.count(command, opened, trips)


def weigh(bench: Bench, found: Findings, progress: Progress) -> None:
    for contestant in CONTESTANTS:
        progress.show(f"bellek: {contestant.title}, {grouped(found.idle)} boşta bağlantı")
        found.idle_kib[contestant] = idle_kib(bench, contestant, found.idle)


def idle_kib(bench: Bench, contestant: Contestant, connections: int) -> float:
    """İlk bağlantıların ardından gelen her bağlantının büyüttüğü: programın kendisi ve ısınmak sayılmaz."""
    with closing(Server(bench.command(contestant))) as server, bench.warm_load(server, contestant, ALONE):
        before = server.resident_kib()
        with closing(bench.load(server, contestant, Point(1, connections - 1))):
            return (server.resident_kib() - before) / connections


# --- yazmak


def report(found: Findings) -> Report:
    parts = [summary(found), bench_works.works_table(found.times), echoes_table(found), notes(found)]
    return Report("\n\n".join(parts), targets=list(targets(found)))


def summary(found: Findings) -> str:
    how = f"{found.rounds} turun ortancası" if found.rounds > 1 else "tek tur"
    return (
        f"{how}. Süreler işlemci süresidir: ilk tabloda bir işin nanosaniyesi, ikincisinde sunucunun 64 baytlık bir gidiş "
        f"dönüşe harcadığı mikrosaniye, ayraçta aynı turda ölçülen yalın epoll'e oranı. Çekirdekte: o sürenin sistem "
        f"çağrılarının içinde geçen payı. Çağrı: bir gidiş dönüşteki sistem çağrıları; "
        f"{bench_echo.counted_by(found.counter)}. Komut: bir gidiş dönüşte kullanıcı kipinde çalışan makine komutları; "
        f"{instructions_counted(found)}. KiB: {grouped(found.idle)} boşta bağlantının her birinin büyüttüğü bellek. "
        f"Python {platform.python_version()}."
    )


def instructions_counted(found: Findings) -> str:
    return "valgrind (`callgrind`) saydı" if found.instructions else "sayılmadı, çünkü `valgrind` paketi kurulu değil"


def echoes_table(found: Findings) -> str:
    heads = ["sunucu", *(point.title for point in POINTS), *(f"çağrı, {point.title}" for point in POINTS)]
    heads.insert(1 + len(POINTS), f"çekirdekte, {FEW.title}")
    rows = [[*heads, f"komut, {FEW.title}", "boşta bağlantı, KiB"]]
    for contestant in CONTESTANTS:
        cells = [cost(found.samples, contestant, LIMIT, point) for point in POINTS]
        cells.append(kernel_share(found, contestant))
        cells += [calls(found.samples.get((contestant, point))) for point in POINTS]
        counted, weight = found.instructions.get(contestant), found.idle_kib.get(contestant)
        cells.append(UNMEASURED if counted is None else grouped(round(counted)))
        cells.append(UNMEASURED if weight is None else decimal(weight, 2))
        rows.append([contestant.title, *cells])
    return table(rows)


def kernel_share(found: Findings, contestant: Contestant) -> str:
    cell = found.samples.get((contestant, FEW))
    return UNMEASURED if cell is None or cell.kernel_share is None else f"%{cell.kernel_share * 100:.0f}"


def notes(found: Findings) -> str:
    said = [
        "İlk iş yalnız yazmaçları değiştirir. İkincisinde görev sıraya da girer, iptal edilip edilmediğine bakar, arada bir "
        "olaylar da sorulur. `ucontext` her geçişte sinyal maskesi için çekirdeğe de gider: fark, o çağrının bedelidir.",
        "Biten görevin yığını havuza döner, sonraki görev onu alır. Son satırda havuz hep boştur: her yığın yeni bir `mmap` "
        "ister, koruma sayfası da yeniden kurulur. Havuzun nedeni o satırdır.",
        "C'de yazılmış yankı, süresinin yüzde doksandan çoğunu çekirdeğin TCP'sinde geçirir; Python'dan çağrılan da aynı "
        f"çekirdektir, o iş kısalmaz. {echo_gain(found)}Yankı gibi az iş yapan bir sunucuyu C'de yazmak onu on kat "
        "hızlandırmaz.",
        f"Kazanç, çekirdeğin dışında kalan iştedir: {gains(found)}. Çok görevi olan ya da her mesajda hesap yapan "
        "programda görülür.",
        "Boşta bekleyen görev, yığınının dokunulmuş tek sayfasını (4 KiB) ve kendi kaydını tutar; satır tamponunu "
        "beklerken geri verir. Yalın epoll'ün saklayacağı bir şey yoktur. Çekirdeğin soketler için ayırdığı bu sayıların "
        "dışındadır.",
        "Komut sayısına makinenin o sıradaki işi karışmaz: başka bir günde de aşağı yukarı aynı çıkar.",
    ]
    return "\n".join([*map(bullet, said), MALLOC_NOTE])


def echo_gain(found: Findings) -> str:
    """Yankıda asyncio'ya göre kazanç, ölçülen noktalarda."""
    said = [
        f"{point.title} varken {decimal(ratio(found.samples, ASYNCIO, STREAMS, point))}"
        for point in POINTS
        if (STREAMS, point) in found.samples
    ]
    return f"Ölçülen fark: asyncio, akışların harcadığının {', '.join(said)} katını harcadı. " if said else ""


def gains(found: Findings) -> str:
    """Kaç kat: sırayı bırakmakta, görev açmakta ve sayıldıysa komutta."""
    pairs = [("sırayı bırakmakta", YIELD), ("görev açmakta", CREATE)]
    said = [
        f"{name} {times:.0f} kat"
        for name, work in pairs
        if (times := bench_works.ratio(found.times, work, bench_works.ASYNCIO, NATIVE)) is not None
    ]
    if found.instructions:
        said.append(f"yankıda çalışan komutta {found.instructions[ASYNCIO] / found.instructions[STREAMS]:.0f} kat")
    return ", ".join(said)


# --- hedefler


def targets(found: Findings) -> Iterator[Target]:
    yield from work_targets(found, YIELD, YIELD_TARGET, YIELD_RATIO_TARGET)
    yield from work_targets(found, CREATE, CREATE_TARGET, CREATE_RATIO_TARGET)
    for point in POINTS:
        yield ratio_target(found, point)
    for point in POINTS:
        yield calls_target(found, point)
    counted = found.instructions.get(BYTES)
    promise = f"bayt yankısı ≤ {INSTRUCTIONS_TARGET:.0f} kullanıcı komutu, {FEW.title}"
    yield at_most(promise, counted, INSTRUCTIONS_TARGET, 0, "sayılmadı: `valgrind` paketi kurulu değil")
    promise = f"bayt yankısı ≤ {decimal(IDLE_TARGET)} KiB, {grouped(found.idle)} boşta bağlantının her biri"
    yield at_most(promise, found.idle_kib.get(BYTES), IDLE_TARGET, 2)


def work_targets(found: Findings, work: Work, most: float, least_ratio: float) -> Iterator[Target]:
    yield at_most(f"{work.title} ≤ {most:.0f} ns", bench_works.typical(found.times, work, NATIVE), most, 1)
    promise = f"{work.title}: asyncio'dan ≥ {least_ratio:.0f} kat ucuz"
    times = bench_works.ratio(found.times, work, bench_works.ASYNCIO, NATIVE)
    if times is None:
        yield Target(f"{promise}: ölçülmedi", None)
    else:
        yield Target(f"{promise}: {decimal(times)}", times >= least_ratio)


def ratio_target(found: Findings, point: Point) -> Target:
    promise = f"bayt yankısı ≤ {decimal(RATIO_TARGET, 2)} × yalın epoll, {point.title}"
    measured = (BYTES, point) in found.samples
    return at_most(promise, ratio(found.samples, BYTES, LIMIT, point) if measured else None, RATIO_TARGET, 3)


def calls_target(found: Findings, point: Point) -> Target:
    cell = found.samples.get((BYTES, point))
    promise = f"bayt yankısı ≤ {decimal(CALLS_TARGET, 2)} sistem çağrısı, {point.title}"
    return at_most(promise, cell.calls if cell else None, CALLS_TARGET, 2, "sayılmadı")


def at_most(promise: str, value: float | None, most: float, digits: int, missing: str = "ölçülmedi") -> Target:
    if value is None:
        return Target(f"{promise}: {missing}", None)
    return Target(f"{promise}: {decimal(value, digits)}", value <= most)
