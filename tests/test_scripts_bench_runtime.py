"""scripts/bench runtime: işler ve sunucular doğru ölçülür, sözler doğru yargılanır, sayfadaki tablo bu ölçümündür.

Yargılanan sayılar uydurmadır; gerçek koşularda ölçülebildiğine bakılır, süreye bakılmaz.
"""

from __future__ import annotations

import asyncio
import functools
import importlib.util
import os
import signal
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from harness import lessons, pairing  # lessons, scripts/ klasörünü modül yoluna ekler
from harness.capability import needs
from harness.peer import TcpPeer
from harness.program import Program
from harness.wrappers import traced

from yuva import bench, bench_echo, bench_instructions, bench_runtime, bench_syscalls, bench_works, build
from yuva.bench_echo import FEW, LIMIT, MANY, Bench
from yuva.bench_report import Report, bullet
from yuva.bench_runtime import BYTES, CONTESTANTS, STREAMS, Findings
from yuva.bench_samples import Cell, Point
from yuva.bench_server import Server
from yuva.bench_works import ASYNCIO, CREATE, FRESH, NATIVE, RUNTIMES, SWITCH, UCONTEXT, WORKS, YIELD, Runtime, Work
from yuva.terminal import Failure, Progress

# Çalıştığı sürece gelen satırları sayan yankı; bitince valgrind'in yazacağı dosyayı yazar: 5000 + satır başına 7.
FAKE_VALGRIND = """\
#!{python}
import asyncio, signal, sys
tool, output, program = sys.argv[1:4]
lines = 0
async def converse(reader, writer):
    global lines
    writer.write(b"selam\\n")
    while line := await reader.readline():
        lines += 1
        writer.write(line)
async def main():
    server = await asyncio.start_server(converse, "127.0.0.1", 0)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    print("127.0.0.1:%d dinleniyor" % server.sockets[0].getsockname()[1], flush=True)
    await stop.wait()
asyncio.run(main())
assert tool == "--tool=callgrind" and program.endswith("/bare_epoll")
with open(output.removeprefix("--callgrind-out-file="), "w") as file:
    print("events: Ir\\nsummary: 1\\n\\ntotals: %d" % (5000 + 7 * lines), file=file)
"""


@pytest.fixture
def programs(request: pytest.FixtureRequest) -> Path:
    """Derleme klasörü."""
    folder = pairing.build_folder(request.config)
    if not (folder / "tests/bench/runtime").is_file():
        pytest.fail("ölçümlerin programları derlenmemiş; önce: scripts/test ya da ninja", pytrace=False)
    return folder


def made_up() -> Findings:
    """Her hedefi tam sınırında tutan ölçüm."""
    times = bench_works.no_times()
    for (work, runtime), found in times.items():
        found += [{NATIVE: 20.0, UCONTEXT: 400.0, ASYNCIO: 1000.0}[runtime]] * 3
    times[YIELD, NATIVE][:], times[YIELD, ASYNCIO][:] = [30.0] * 3, [1500.0] * 3
    times[CREATE, NATIVE][:], times[CREATE, ASYNCIO][:] = [100.0] * 3, [4000.0] * 3
    samples = {(each, point): Cell([4.0] * 3, 2.15) for each in CONTESTANTS for point in (FEW, MANY)}
    for point in (FEW, MANY):
        samples[BYTES, point].microseconds[:] = [4.4] * 3
        samples[STREAMS, point].microseconds[:] = [4.4] * 3
        samples[bench_echo.ASYNCIO, point].microseconds[:] = [8.8] * 3
    samples[BYTES, FEW].user_ticks, samples[BYTES, FEW].kernel_ticks = 7, 93
    instructions = {LIMIT: 46.0, BYTES: 400.0, STREAMS: 400.0, bench_echo.ASYNCIO: 40255.0}
    idle = {LIMIT: 0.0, BYTES: 4.5, STREAMS: 4.5, bench_echo.ASYNCIO: 4.8}
    return Findings(times, samples, instructions, idle, rounds=3, counter="perf")


def judged(found: Findings) -> dict[str, bool | None]:
    """Hedefler: söz (değeri olmadan) ve tutup tutmadığı."""
    return {target.text.rpartition(": ")[0]: target.held for target in bench_runtime.targets(found)}


# --- işler


def test_ratio_of_two_runtimes_compares_one_round() -> None:
    """Oran, turların oranlarının ortancasıdır: makinenin yavaşladığı tur onu değiştirmez."""
    times = {(YIELD, NATIVE): [10.0, 20.0, 10.0], (YIELD, ASYNCIO): [500.0, 1000.0, 900.0]}
    assert bench_works.ratio(times, YIELD, ASYNCIO, NATIVE) == 50.0
    assert bench_works.ratio(times, SWITCH, ASYNCIO, NATIVE) is None


def test_works_table() -> None:
    """Hücrede turların ortancası, sonda oran; o işi yapmayanın yeri boştur, büyük sayının binlikleri ayrılır."""
    found = made_up()
    found.times[FRESH, NATIVE][:] = [9000.4, 8000.0, 90000.0]
    lines = bench_works.works_table(found.times).splitlines()
    assert lines[0] == "| iş | C | C, `ucontext` ile | asyncio (Python) | asyncio / C |"
    assert lines[2] == f"| {SWITCH.title} | 20,0 | 400 | – | – |"
    assert lines[3] == f"| {YIELD.title} | 30,0 | 400 | 1.500 | 50 |"
    assert lines[5] == f"| {FRESH.title} | 9.000 | 400 | – | – |"


def test_every_round_times_every_work_in_another_order() -> None:
    """Her turda her iş, yapabilen her çalışma zamanında bir kez ölçülür; bir işin ölçümleri yan yanadır."""
    times = bench_works.no_times()
    rounds = [bench_works.order(times, turn) for turn in range(len(RUNTIMES))]
    assert all(len(places) == len(times) and set(places) == set(times) for places in rounds)
    assert all([work for work, _ in places] == sorted((w for w, _ in places), key=WORKS.index) for places in rounds)
    assert {[runtime for work, runtime in places if work == YIELD][0] for places in rounds} == set(RUNTIMES)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("print('bitti 7 900')", "'bitti 7 900' yazdı"),
        ("print('bitti 8')", "'bitti 8' yazdı"),
        ("print('bitti 8 900 9')", "'bitti 8 900 9' yazdı"),
        ("print('bitti 8 900'); print('bir daha')", "'bitti 8 900\nbir daha' yazdı"),
        ("print('bitti 8 900'); raise SystemExit('bellek yok')", "bellek yok"),
    ],
    ids=["another count", "half a line", "longer line", "two lines", "failed"],
)
def test_run_that_cannot_be_trusted(code: str, reason: str) -> None:
    """İstenen sayıda yapmayan, anlaşılmayan ya da başarısız koşu ölçüm sayılmaz; işiyle ve nedeniyle söylenir."""
    with pytest.raises(Failure) as failure:
        bench_works.sample([sys.executable, "-c", code], YIELD, 8)
    assert str(failure.value) == f"{YIELD.title}: ölçülemedi: {reason}"


def test_run_is_asked_for_its_work_and_divided_by_its_count() -> None:
    """Program işi ve sayıyı seçenek olarak alır; sonuç, işin bir kezinin süresidir."""
    code = "import sys; assert sys.argv[1:] == ['--work', 'create', '--count', '8']; print('bitti 8 900')"
    assert bench_works.sample([sys.executable, "-c", code], CREATE, 8) == 112.5


def test_run_that_never_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bitmeyen koşu sonsuza dek beklenmez."""
    monkeypatch.setattr(bench_works, "WAIT_SECONDS", 0.2)
    with pytest.raises(Failure, match="0.2 saniyede bitmedi"):
        bench_works.sample([sys.executable, "-c", "import signal; signal.pause()"], YIELD, 8)


@pytest.mark.parametrize(
    ("work", "runtime"),
    [(work, runtime) for work in WORKS for runtime, _ in work.counts if runtime != UCONTEXT],
    ids=lambda value: value.name if isinstance(value, Work) else value.title.partition(" ")[0],
)
def test_real_work(work: Work, runtime: Runtime, programs: Path) -> None:
    """Ölçülen programlar her işi istenen sayıda yapar; yüze bölünmeyen sayıda da."""
    assert bench_works.sample(bench_works.commands(programs, programs)[runtime], work, 257) > 0


@pytest.mark.parametrize(
    ("name", "call"), [("yield", "asyncio.sleep"), ("create", "asyncio.create_task")], ids=["yield", "create"]
)
def test_work_of_asyncio_is_really_done(
    name: str, call: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """asyncio'nun işleri de istenen sayıda yapılır: ısınmak için onda biri, sonra hepsi."""
    spec = importlib.util.spec_from_file_location("asyncio_runtime", bench_works.ROOT / "tests/bench/asyncio_runtime.py")
    assert spec and spec.loader
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    real, calls = getattr(asyncio, call.partition(".")[2]), []

    def counted(argument: object) -> object:
        calls.append(argument)
        return real(argument)

    monkeypatch.setattr(call, counted)
    asyncio.run(program.measure(name, 257))
    assert len(calls) == 26 + 257
    assert capsys.readouterr().out.startswith("bitti 257 ")


@needs("strace")
@pytest.mark.parametrize(("work", "count"), [(YIELD, 20000), (CREATE, 20000), (FRESH, 400)], ids=["yield", "create", "fresh"])
def test_work_is_really_done(work: Work, count: int, programs: Path, tmp_path: Path) -> None:
    """Döngü gerçekten döner (arada bir olayları sorar); yığın, yalnız istenince her görevde yeniden eşlenir."""
    output = tmp_path / "çağrılar"
    command = [str(programs / "tests/bench/runtime"), "--work", work.name, "--count", str(count)]
    Program(command, under=traced(output, "mmap", "?epoll_wait", "epoll_pwait")).wait()
    calls = output.read_text(encoding="utf-8", errors="replace")
    assert (calls.count("MAP_STACK") >= count) == (work == FRESH), "yığınlar"
    assert work == FRESH or calls.count("epoll_") >= 10, "döngü"


# --- yankı


def test_stream_echo(programs: Path) -> None:
    """Akışlarla yankı satırları ayrı ayrı yanıtlar; durdurulunca bağlantısı açıkken de düzgün biter."""
    server = Program([str(programs / "tests/bench/stream_echo")])
    peer = TcpPeer.connect(server.wait_ready())
    peer.expect_line("Akış yankısı")
    peer.send_segments("bir\ni", "ki\r\n")
    peer.expect("Echo: bir\nEcho: iki\n")
    server.signal(signal.SIGTERM)
    peer.expect_eof()
    server.wait(expect_code=0)


def test_sample_of_streams(programs: Path) -> None:
    """Akışların yanıtları, ölçülen her sunucununki gibi bayt bayt denetlenir ve işlemci süresi okunur."""
    cell = Cell()
    bench_echo.sample(Bench(programs, 0.01), STREAMS, Point(2, 3), cell)
    (microseconds,) = cell.microseconds
    assert microseconds > 0


def test_share_of_the_kernel_is_of_all_rounds(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Çekirdeğin payı, yük sürerken geçen vuruşlardan ve bütün turlardan çıkar: tek turun vuruşu azdır."""
    readings = iter([(1, 2), (11, 32), (3, 5), (13, 35)])
    monkeypatch.setattr(Server, "mode_ticks", lambda server: next(readings))
    cell = Cell()
    assert cell.kernel_share is None
    for _ in range(2):
        bench_echo.sample(Bench(programs, 0.01), LIMIT, Point(2), cell)
    assert (cell.user_ticks, cell.kernel_ticks) == (20, 60) and cell.kernel_share == 0.75


def test_ticks_of_both_modes() -> None:
    """Vuruşlar sürecin kendi saatleridir, kullanıcı kipininki önce gelir."""
    server = Server.__new__(Server)
    server.pid = os.getpid()
    before = os.times()
    ticks = server.mode_ticks()
    after = os.times()
    rate = os.sysconf("SC_CLK_TCK")
    assert round(before.user * rate) <= ticks[0] <= round(after.user * rate)
    assert round(before.system * rate) <= ticks[1] <= round(after.system * rate)


def test_idle_memory_of_a_task(programs: Path) -> None:
    """Boşta bağlantının görevi en az bir sayfa tutar."""
    assert bench_runtime.idle_kib(Bench(programs, 0.01), STREAMS, 40) >= 4


def test_idle_memory_is_the_growth_of_one_connection(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bellek, bağlantılardan önce ve hepsi açıkken okunur; fark bağlantılara bölünür."""
    seen: list[int] = []

    def weigh(server: Server) -> int:
        seen.append(len(list(Path(f"/proc/{server.pid}/fd").iterdir())))
        return [3000, 3048][len(seen) - 1]

    monkeypatch.setattr(Server, "resident_kib", weigh)
    assert bench_runtime.idle_kib(Bench(programs, 0.01), LIMIT, 32) == 1.5
    assert seen[1] - seen[0] == 32


def test_echoes_table() -> None:
    """Satırda süreler ve oranları, çekirdeğin payı, çağrılar, komutlar, KiB; sayılmayanın yeri boştur."""
    found = made_up()
    found.instructions.pop(LIMIT)
    found.samples[LIMIT, MANY].calls = None
    lines = bench_runtime.echoes_table(found).splitlines()
    assert {line.count("|") for line in lines} == {9}
    assert lines[2] == "| yalın epoll (C) | 4,0 (1,00) | 4,0 (1,00) | – | 2,15 | – | – | 0,00 |"
    assert lines[3] == "| akışlar, bayt yankısı | 4,4 (1,10) | 4,4 (1,10) | %93 | 2,15 | 2,15 | 400 | 4,50 |"
    assert lines[5].endswith("| 8,8 (2,20) | 8,8 (2,20) | – | 2,15 | 2,15 | 40.255 | 4,80 |")


def test_calls_are_the_median_of_the_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Çağrılar her turda her sunucuda sayılır; işlemcisini bekleyen bir yükün bozduğu tur sonucu çekmez, "sığmaz" sayılmaz."""
    counts: dict[str, list[float]] = {"bare_epoll": [2.0, 2.0, 2.1], "stream_echo": [2.9, 2.1, 2.0]}
    full = Cell(full=True)
    samples = {(LIMIT, FEW): Cell(), (STREAMS, FEW): Cell(), (LIMIT, MANY): full, (STREAMS, Point(1)): Cell()}

    def count(command: list[str], _: object, trips: int) -> float:
        assert trips == bench_echo.COUNTED_TRIPS
        return counts[Path(command[0]).name].pop(0)

    monkeypatch.setattr(bench_syscalls, "best_counter", lambda: bench_syscalls.Counter("sayan", count))
    tools = Bench(Path("derleme"), 0.01)
    assert bench_echo.count_calls(tools, samples, (FEW, MANY), Progress("deneme"), 3) == "sayan"
    assert [cell.calls for cell in samples.values()] == [2.0, 2.1, None, None]
    assert counts == {"bare_epoll": [], "stream_echo": []}


# --- komutlar


def test_instructions_of_one_round_trip(programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Açılışın ve ısınmanın komutları sayıya girmez; sunucu valgrind'in içinde, yük dışındadır."""
    fake = tmp_path / "valgrind"
    fake.write_text(FAKE_VALGRIND.format(python=sys.executable), encoding="utf-8")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    tools = Bench(programs, 0.01)
    opened = functools.partial(tools.warm_load, contestant=LIMIT, point=Point(1))
    assert bench_instructions.count(functools.partial(tools.command, LIMIT), opened, 50) == 7.0


@pytest.mark.parametrize("content", [None, "events: Ir\nsummary: 17\n"], ids=["no file", "half written"])
def test_count_that_cannot_be_read(content: str | None, tmp_path: Path) -> None:
    """callgrind'in yazmadığı ya da yarım bıraktığı dosyadan sayı çıkarılmaz."""
    output = tmp_path / "callgrind.out"
    if content is not None:
        output.write_text(content, encoding="utf-8")
    with pytest.raises(Failure, match="okunamadı"):
        bench_instructions.read_total(output)


def test_tool_goes_between_the_environment_and_the_server(programs: Path) -> None:
    """Aracın içinde çalışan, ortamı kuran env değil sunucudur."""
    words = Bench(programs, 0.01).command(bench_echo.ASYNCIO, "araç", "--seçenek")
    assert words[0] == "env" and words[-4:-1] == ["araç", "--seçenek", sys.executable]
    assert words[1:-4] == list(bench_echo.MALLOC) and words[-1].endswith("tests/bench/asyncio_echo.py")


def test_missing_valgrind_is_named(programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """valgrind yoksa ölçüm durmaz: komutlar sayılmaz, tabloda yeri boştur, gereken paket söylenir, hedef aranmaz."""
    monkeypatch.setenv("PATH", str(tmp_path))
    found = made_up()
    found.instructions.clear()
    bench_runtime.count_instructions(Bench(programs, 0.01), found, Progress("deneme"))
    assert not found.instructions
    report = bench_runtime.report(found)
    assert "sayılmadı, çünkü `valgrind` paketi kurulu değil" in report.body
    assert "| 2,15 | 2,15 | – | 4,50 |" in report.body
    unmeasured = [target.text for target in report.targets if target.held is None]
    assert unmeasured == ["bayt yankısı ≤ 400 kullanıcı komutu, 50 soran: sayılmadı: `valgrind` paketi kurulu değil"]


# --- hedefler


def set_times(work: Work, runtime: Runtime, value: float) -> Callable[[Findings], None]:
    return lambda found: found.times[work, runtime].__setitem__(slice(None), [value] * 3)


def set_cell(point: Point, microseconds: float, calls: float) -> Callable[[Findings], None]:
    return lambda found: found.samples.__setitem__((BYTES, point), Cell([microseconds] * 3, calls))


MISSES: dict[str, Callable[[Findings], None]] = {
    "yüz görev: sırayı bırak, geri al ≤ 30 ns": set_times(YIELD, NATIVE, 30.01),
    "yüz görev: sırayı bırak, geri al: asyncio'dan ≥ 50 kat ucuz": set_times(YIELD, ASYNCIO, 1499.0),
    "görev aç, bitmesini bekle ≤ 100 ns": set_times(CREATE, NATIVE, 100.1),
    "görev aç, bitmesini bekle: asyncio'dan ≥ 40 kat ucuz": set_times(CREATE, ASYNCIO, 3999.0),
    "bayt yankısı ≤ 1,10 × yalın epoll, 50 soran": set_cell(FEW, 4.41, 2.15),
    "bayt yankısı ≤ 1,10 × yalın epoll, 1.000 soran": set_cell(MANY, 4.41, 2.15),
    "bayt yankısı ≤ 2,15 sistem çağrısı, 50 soran": set_cell(FEW, 4.4, 2.151),
    "bayt yankısı ≤ 2,15 sistem çağrısı, 1.000 soran": set_cell(MANY, 4.4, 2.151),
    "bayt yankısı ≤ 400 kullanıcı komutu, 50 soran": lambda found: found.instructions.__setitem__(BYTES, 400.5),
    "bayt yankısı ≤ 4,5 KiB, 10.000 boşta bağlantının her biri": lambda found: found.idle_kib.__setitem__(BYTES, 4.51),
}


def test_targets_at_their_limits() -> None:
    """Hedefler bunlardır ve sınırın kendisi tutmuş sayılır."""
    assert judged(made_up()) == dict.fromkeys(MISSES, True)


@pytest.mark.parametrize("promise", MISSES)
def test_missed_target(promise: str) -> None:
    """Sınırı azıcık aşan, o hedefi (mutlak süre aşıldıysa oranını da) tutmamış sayılır; ötekilere dokunmaz."""
    found = made_up()
    MISSES[promise](found)
    missed = {text for text, held in judged(found).items() if held is False}
    assert promise in missed
    assert {text.partition(" ≤")[0].partition(": asyncio")[0] for text in missed} == {
        promise.partition(" ≤")[0].partition(": asyncio")[0]
    }


def test_what_could_not_be_measured_is_no_target() -> None:
    """Tanımlayıcı sınırına sığmayan ölçümün tablosu yine çıkar; sözleri ne tutmuş ne tutmamış sayılır."""
    found = made_up()
    for contestant in CONTESTANTS:
        found.samples[contestant, FEW].calls = None
        del found.samples[contestant, MANY]
    found.idle_kib.clear()
    found.counter = None
    report = bench_runtime.report(found)
    assert "| akışlar, bayt yankısı | 4,4 (1,10) | – | %93 | – | – | 400 | – |" in report.body
    assert "ne `perf` ne `strace`" in report.body and "1.000 soran varken" not in report.body
    assert [target.held for target in report.targets] == [True] * 4 + [True, None, None, None, True, None]


# --- sayfa


def test_notes_say_how_much_is_gained() -> None:
    """Kazanç sözle de söylenir: yankıda asyncio'nun kaç katı, geçişte, görevde ve komutta kaç kat."""
    body = " ".join(bench_runtime.report(made_up()).body.split())
    assert "harcadığının 50 soran varken 2,0, 1.000 soran varken 2,0 katını harcadı." in body
    assert "sırayı bırakmakta 50 kat, görev açmakta 40 kat, yankıda çalışan komutta 101 kat." in body


def test_bullet_is_wrapped() -> None:
    """Madde imi satırlara bölünür, devamı içeriden başlar; sözcükler ve tireler bölünmez."""
    lines = bullet("söz " * 28 + "bir-seçenek" + " söz" * 28).splitlines()
    assert len(lines) == 3 and max(map(len, lines)) <= 118
    assert lines[0].startswith("- söz") and lines[1].startswith("  bir-seçenek söz") and lines[2].startswith("  söz")


def test_page_holds_the_tables_of_this_bench() -> None:
    """Sayfadaki tabloların başlıkları ve satırları bu ölçümünkilerdir: ölçüm değişip sayfa eski kalmasın."""
    text = (lessons.ROOT / bench.BENCHMARKS["runtime"].page).read_text(encoding="utf-8")
    block = text.partition("<!-- scripts/bench runtime -->")[2].partition("<!-- /scripts/bench runtime -->")[0]
    rows = [line for line in block.splitlines() if line.startswith("|")]
    found = made_up()
    expected = [*bench_works.works_table(found.times).splitlines(), *bench_runtime.echoes_table(found).splitlines()]
    heads = [line for line in expected if line.startswith(("| iş", "| sunucu", "| ---"))]
    assert [row for row in rows if row in heads] == heads
    assert [row.split(" | ")[0] for row in rows] == [row.split(" | ")[0] for row in expected]


# --- bütünü


def test_whole_measurement(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Küçültülmüş bir ölçüm baştan sona koşar: her şey ölçülür, her hedefin bir yargısı olur."""
    asked: list[tuple[str, ...]] = []

    def built(flavour: build.Flavour, *words: str) -> Path:
        asked.append((flavour.folder_name, *words))
        return programs

    monkeypatch.setattr(bench_runtime, "build_programs", built)
    monkeypatch.setattr(bench_runtime, "POINTS", (FEW, replace(MANY, busy=60)))
    monkeypatch.setattr(bench_runtime, "QUICK_IDLE", 40)
    monkeypatch.setattr(bench_runtime, "count_instructions", lambda *_: None)
    monkeypatch.setattr(bench_works, "QUICK_SHARE", 5000)
    monkeypatch.setattr(bench_echo, "QUICK_SECONDS", 0.01)
    monkeypatch.setattr(bench_echo, "COUNTED_TRIPS", 50)
    report: Report = bench_runtime.measure(quick=True)
    held = [target.held for target in report.targets]
    assert len(held) == 10 and held[8] is None and None not in held[:6] and held[9] is not None
    assert "40 boşta bağlantı" in report.body and report.body.startswith("tek tur")
    folder = "tests/bench"
    assert asked == [
        ("build-release", folder, "load", "bare_epoll", "stream_echo", "runtime"),
        ("build-ucontext", folder, "runtime"),
    ]
