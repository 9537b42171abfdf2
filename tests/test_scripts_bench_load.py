"""Ölçümlerin programları: yük istemcisi yanlış sunucuyu ele verir, ölçen ile ölçülenler birbirini anlar."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness import pairing
from harness.capability import needs
from harness.listener import TcpListener
from harness.peer import StreamPeer
from harness.program import Program

from yuva import bench_echo, bench_syscalls
from yuva.bench_echo import ECHO, LIMIT, PLAIN, Bench
from yuva.bench_load import Load
from yuva.bench_models import CONTESTANTS
from yuva.bench_samples import Cell, Contestant, Point
from yuva.bench_server import Server
from yuva.terminal import Failure

WELCOME = "Hoş geldin\n"


@pytest.fixture
def programs(request: pytest.FixtureRequest) -> Path:
    """Derleme klasörü."""
    folder = pairing.build_folder(request.config)
    if not (folder / "tests/bench/load").is_file():
        pytest.fail("yük istemcisi derlenmemiş; önce: scripts/test ya da ninja", pytrace=False)
    return folder


Start = Callable[..., tuple[Program, list[StreamPeer]]]


@pytest.fixture
def start_load(programs: Path) -> Start:
    """Yük istemcisini el ile yönetilen bir sunucuya bağlar; bağlananları bağlanma sırasıyla verir."""

    def start(*options: str, connections: int, greetings: str = WELCOME) -> tuple[Program, list[StreamPeer]]:
        listener = TcpListener()
        words = ["--port", str(listener.address.port), "--request", "sor", "--answer", "yanıt", *options]
        program = Program([str(programs / "tests/bench/load"), *words], "client", interactive=True)
        peers = [listener.accept() for _ in range(connections)]
        for peer in peers:
            peer.send(greetings)
        return program, peers

    return start


def complaint(program: Program) -> str:
    """Çıkış kodu 1 olan programın son sözü."""
    return program.wait(expect_code=1).err_lines[-1]


def test_busy_ask_and_idle_are_silent(start_load: Start) -> None:
    """Soran her bağlantıda hep tek istek havadadır; susanlar bir şey göndermez; istenen sayıda yanıtta durulur."""
    load, (first, second, idle) = start_load("--busy", "2", "--idle", "1", connections=3)
    load.wait_line("hazır 2 1")
    load.write("ölç 3\n")
    first.expect("sor\n")
    second.expect("sor\n")
    first.expect_silence(0.05)
    first.send("yanıt\n")
    first.expect("sor\n")
    first.send("yanıt\n")
    second.send("yanıt\n")
    load.wait_line(re.compile(r"bitti 3 \d+"))
    for peer in (first, second, idle):
        peer.expect_silence(0.05)
    load.close_stdin()
    load.wait(expect_code=0)


def test_split_answer_is_one_answer(start_load: Start) -> None:
    """Parça parça gelen karşılama ve yanıt bütünüyle beklenir."""
    load, (peer,) = start_load(connections=1, greetings="Hoş gel")
    peer.expect_silence(0.05)
    peer.send("din\n")
    load.wait_line("hazır 1 0")
    load.write("ölç 1\n")
    peer.expect("sor\n")
    peer.send_segments("yan".encode(), "ı".encode()[:1], "ı".encode()[1:], b"t\n")
    load.wait_line(re.compile(r"bitti 1 \d+"))
    load.close_stdin()
    load.wait(expect_code=0)


@pytest.mark.parametrize("answer", ["yanıf\n", "yanıt\nyanıt\n"], ids=["wrong byte", "one answer too many"])
def test_wrong_answer(start_load: Start, answer: str) -> None:
    """Tek baytı yanlış ya da fazla olan yanıt, bağlantısı ve kendisiyle söylenir."""
    load, (_, peer) = start_load("--busy", "2", connections=2)
    load.write("ölç 2\n")
    peer.expect("sor\n")
    peer.send(answer)
    shown = answer.replace("\n", "\\n")
    assert complaint(load) == f"Bağlantı 2/2: yanıt yanlış, 0. bayttan sonrası: '{shown}'"


def test_wrong_tail_of_an_answer(start_load: Start) -> None:
    """Yanlış olan, sonradan gelen parçaysa onun yeri söylenir."""
    load, (peer,) = start_load(connections=1)
    load.write("ölç 1\n")
    peer.expect("sor\n")
    peer.send("yan")
    peer.expect_silence(0.05)
    peer.send("it\n")
    assert complaint(load) == "Bağlantı 1/1: yanıt yanlış, 3. bayttan sonrası: 'it\\n'"


@pytest.mark.parametrize("index", [0, 1], ids=["busy", "idle"])
def test_server_that_closes(start_load: Start, index: int) -> None:
    """Ölçüm sürerken kapanan bağlantı söylenir; susanlarınki de."""
    load, peers = start_load("--idle", "1", connections=2)
    load.write("ölç 1\n")
    peers[0].expect("sor\n")
    peers[index].close()
    assert complaint(load) == f"Bağlantı {index + 1}/2: sunucu kapattı"


def test_idle_connection_hears_something(start_load: Start) -> None:
    """Sormadan yanıt alan susan bağlantı, yanlış sunucudur."""
    load, (_, idle) = start_load("--idle", "1", connections=2)
    load.wait_line("hazır 1 1")
    idle.send("yanıt\n")
    load.write("ölç 1\n")
    assert complaint(load) == "Bağlantı 2/2: yanıt yanlış, 0. bayttan sonrası: 'yanıt\\n'"


def test_refused_connection(start_load: Start) -> None:
    """Dolu olduğunu söyleyen sunucu, sözü parça parça gelse de, kaçıncı bağlantıda dediğiyle söylenir."""
    load, (peer,) = start_load(connections=1, greetings="Sunucu do")
    peer.expect_silence(0.05)
    peer.send("lu, daha sonra deneyin\n")
    assert complaint(load) == "Bağlantı 1/1: sunucu dolu"


@pytest.mark.parametrize(
    ("greeting", "reason"),
    [(WELCOME + "a", "karşılamadan sonra fazladan bayt geldi"), ("a" * 600, "karşılama satırı çok uzun")],
    ids=["more than a line", "no line"],
)
def test_wrong_greeting(start_load: Start, greeting: str, reason: str) -> None:
    """Karşılama tek ve kısa bir satırdır."""
    load, _ = start_load(connections=1, greetings=greeting)
    assert complaint(load) == f"Bağlantı 1/1: {reason}"


def test_silent_server_is_not_waited_for_ever(start_load: Start) -> None:
    """Karşılamayan sunucu, süre dolunca bağlantısıyla söylenir."""
    load, _ = start_load("--timeout", "0.1", connections=1, greetings="")
    assert complaint(load) == "Bağlantı 1/1: karşılanmadı: zaman aşımı"


def test_late_answer_is_not_waited_for_ever(start_load: Start) -> None:
    """Yanıtlamayan sunucu, süre dolunca gelmeyen yanıtların sayısıyla söylenir."""
    load, (peer,) = start_load("--timeout", "0.3", connections=1)
    load.write("ölç 2\n")
    peer.expect("sor\n")
    peer.send("yanıt\n")
    assert complaint(load) == "2 yanıttan 1 tanesi alınamadı: zaman aşımı"


def test_unknown_command(start_load: Start) -> None:
    """Anlaşılmayan komut yük sayılmaz."""
    load, _ = start_load(connections=1)
    load.write("ölç az\n")
    assert complaint(load) == "Komut anlaşılmadı; geçerli olan: ölç SAYI"


# --- ölçen ve ölçülenler


@pytest.mark.parametrize("title", ["yalın epoll (C)", "asyncio (Python)"])
def test_sample_of_a_program_written_for_the_bench(title: str, programs: Path) -> None:
    """Ölçüm için yazılmış sunucular, susanlar varken de her isteği doğru yanıtlar ve işlemci süreleri okunur."""
    (contestant,) = [each for each in CONTESTANTS if each.title == title]
    cell = Cell()
    bench_echo.sample(Bench(programs, 0.01), contestant, Point(2, 3), cell)
    (microseconds,) = cell.microseconds
    assert microseconds > 0 and not cell.full


def test_full_server_is_a_result(programs: Path) -> None:
    """Bağlantıların hepsini almayan sunucu ölçümü durdurmaz; hücresi "sığmaz" olur."""
    small = Contestant("04, dar", "04", ("--max-clients", "1"), ECHO, (Point(2),))
    cell = Cell()
    bench_echo.sample(Bench(programs, 0.01), small, Point(2), cell)
    assert cell.full and not cell.microseconds


def test_wrong_server_stops_the_bench(programs: Path) -> None:
    """Yanlış yanıt veren sunucu ölçülmez; hangisi olduğu söylenir."""
    wrong = Contestant("04, yalın", "04", (), PLAIN, (Point(1),))
    with pytest.raises(Failure, match="04, yalın, 1 soran: .*yanıt yanlış"):
        bench_echo.sample(Bench(programs, 0.01), wrong, Point(1), Cell())


@needs("strace")
def test_counters_agree_on_one_connection(programs: Path) -> None:
    """Tek bağlantıda birikecek istek yoktur: yalın epoll bir gidiş dönüşte üç çağrı yapar, kim sayarsa saysın."""
    bench = Bench(programs, 0.01)

    @contextlib.contextmanager
    def opened(server: Server) -> Iterator[Load]:
        with contextlib.closing(Load(bench.program("load"), server.address, 1, 0, PLAIN)) as load:
            yield load

    counters = [bench_syscalls.with_strace]
    if (best := bench_syscalls.best_counter()) and best.name == "perf":
        counters.append(bench_syscalls.with_perf)
    for count in counters:
        assert count(bench.command(LIMIT), opened, 200) == pytest.approx(3.0, abs=0.1)
