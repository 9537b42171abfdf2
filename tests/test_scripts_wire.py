"""`scripts/lesson wire`: telden geçenler, oldukları sırada; iki taraf da izlenirken olağan işini yapar.

Motor çoğunlukla burada, küçük programlarla çalıştırılır; komutun kendisi birkaç testte, dersin programlarıyla denenir.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Callable, Iterator

import pytest
from small_project import LESSON_ROW

from harness import lessons, pairing
from harness.address import Address
from harness.capability import needs
from harness.listener import TcpListener
from harness.peer import TcpPeer
from harness.proxy import Proxy
from harness.recording import Event, Recorder
from harness.udp_proxy import UdpProxy
from harness.waiting import eventually

from yuva import manifest, runner, watch, wire, wire_format, wire_protocol, wire_syscalls, wire_view
from yuva.manifest import Lesson
from yuva.runner import Programs
from yuva.terminal import Failure, UsageError
from yuva.watch import Line, Watch
from yuva.wire_protocol import Protocol, Reader
from yuva.wire_tap import WireTap

LESSON = lessons.ROOT / "scripts" / "lesson"

# Sunucu SIGTERM ile biter; ilk argümanı soket ailesidir, UNIX'te ikincisi yol.
SERVER = """
import os, signal, socket, sys
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
unix = sys.argv[1] == "unix"
listener = socket.socket(socket.AF_UNIX if unix else socket.AF_INET)
listener.bind(sys.argv[2] if unix else ("127.0.0.1", 0))
listener.listen()
print("unix:" + sys.argv[2] if unix else "127.0.0.1:%d" % listener.getsockname()[1], "dinleniyor", flush=True)
while True:
    peer, _ = listener.accept()
    try:
        while data := peer.recv(100):
            print("geldi", data, flush=True)
            peer.sendall(b"Echo: " + data)
    except OSError as error:
        print(type(error).__name__, flush=True)
    peer.close()
"""
CLIENT = """
import socket, struct, sys
def connect():
    host, *rest = sys.argv[2:]
    peer = socket.socket(socket.AF_UNIX if host.startswith("unix:") else socket.AF_INET)
    peer.connect(host[5:] if host.startswith("unix:") else (host, int(rest[1])))
    return peer
def reset(peer):
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    peer.close()
peer = connect()
"""
ASK = 'peer.sendall(b"selam\\n"); print("gitti", flush=True); print(peer.recv(100), flush=True); peer.close()\n'
LINES = {
    "name": "deneme",
    "client": [["selam", "soru"], ["bin.*", "uzun soru"]],
    "server": [["Echo: .*", "yankı"]],
}


def lesson(**more: Any) -> Lesson:
    return Lesson.from_row({**LESSON_ROW, "protocol": LINES, **more})


def programs(client: str, server: str = SERVER, *arguments: str) -> Programs:
    python = [sys.executable, "-S", "-c"]
    return Programs([*python, server, *(arguments or ("inet",))], [*python, CLIENT + client])


class Run:
    """İzlenmiş bir koşu: yazılanlar, etiket etiket, ve sonucu."""

    def __init__(self, text: str, code: int) -> None:
        self.code = code
        self.text = text
        self.lines = text.splitlines()

    def of(self, label: str) -> list[str]:
        return [line.partition("│ ")[2] for line in self.lines if line.partition("│")[0].strip() == label]

    def place(self, label: str, *words: str) -> int:
        """Sözlerin hepsini taşıyan ilk satırın yeri."""
        for number, line in enumerate(self.lines):
            if line.partition("│")[0].strip() == label and all(word in line for word in words):
                return number
        pytest.fail(f"{label}: {words} yok:\n{self.text}")

    def in_order(self, *places: tuple[str, ...]) -> None:
        found = [self.place(*place) for place in places]
        assert found == sorted(found), self.text


@pytest.fixture
def watched(capsys: pytest.CaptureFixture[str]) -> Callable[..., Run]:
    """Küçük programları izler; komut satırı `words`."""

    def call(pair: Programs, *words: str, of: Lesson | None = None) -> Run:
        request = wire.parse(["04", *words])
        chosen = of or lesson()
        scenario = wire.scenario_of(chosen, request)
        outcome, view = wire.watch(chosen, request, scenario, pair)
        wire.report(outcome, view, scenario)
        return Run(capsys.readouterr().out, 0 if wire.as_expected(outcome, scenario) else 1)

    return call


@pytest.fixture
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """Geçici dosyalar boş bir klasöre: geride kalan görülsün."""
    ignored = ("NO_COLOR", "CI", "CC", "ASAN_OPTIONS")
    kept = {name: value for name, value in os.environ.items() if name not in ignored}
    (tmp_path / "gecici").mkdir()
    folder = str(pairing.build_folder(request.config))
    return {**kept, "YUVA_BUILD_DIR": folder, "YUVA_PYTHON": sys.executable, "TMPDIR": str(tmp_path / "gecici")}


@pytest.fixture
def command(environment: dict[str, str]) -> Callable[..., Run]:
    """scripts/lesson wire ..."""

    def call(*words: str) -> Run:
        done = subprocess.run([LESSON, "wire", *words], capture_output=True, text=True, env=environment, timeout=50)
        return Run(done.stderr + done.stdout, done.returncode)

    return call


# Dersin programlarıyla


def test_tcp_lesson_is_shown_as_it_happens(command: Callable[..., Run]) -> None:
    """İstemcinin sözleri geçer; her satır telde, gönderenin yazdığı ile alanın yazdığının arasındadır."""
    run = command("04", "client", "selam", "quit")
    assert run.code == 0 and "\x1b" not in run.text, run.text
    run.in_order(
        ("sunucu", "dinleniyor"),
        ("tel", "vekil sunucu araya girdi", "protokol: satırlı yankı"),
        ("tel", "0,0 ms   1  istemci ──▶ sunucu  bağlantı açıldı"),
        ("sunucu", "Yeni bağlantı"),
        ("tel", "istemci ◀── sunucu", "Hoşgeldiniz!", "· karşılama"),
        ("istemci", "Server: Hoşgeldiniz!"),
        ("istemci", "Gönderiliyor: selam"),
        ("tel", "1  istemci ──▶ sunucu       6 bayt", r'"selam\n"  · mesaj'),
        ("sunucu", "Mesaj: selam"),
        ("tel", "1  istemci ◀── sunucu      12 bayt", r'"Echo: selam\n"  · yankı'),
        ("istemci", "Cevap: Echo: selam"),
        ("tel", r'"quit\n"  · komut: ayrıl'),
        ("tel", r'"Güle güle!\n"  · veda'),
    )
    assert len([line for line in run.of("tel") if "FIN: " in line]) == 2
    seen = re.search(r"sunucu onu (\S+) olarak görür", run.text)
    assert seen and f"Yeni bağlantı: {seen[1]}" in run.text
    assert run.lines[-4].startswith("1 bağlantı, ")
    assert run.lines[-3:] == [
        "istemci ──▶ sunucu  2 mesaj, 2 parça, 11 bayt",
        f"istemci ◀── sunucu  3 mesaj, 3 parça, {_sent_by_server(run)} bayt",
        "çıkış kodları: sunucu 0, istemci 0",
    ]


def _sent_by_server(run: Run) -> int:
    return sum(int(size) for size in re.findall(r"◀── sunucu +(\d+) bayt", run.text))


def test_udp_lesson_shows_each_datagram(command: Callable[..., Run]) -> None:
    """UDP'de bağlantı yoktur: karşı taraf ve datagramlar vardır. Kaybolan yanıt telde hiç görünmez."""
    run = command("--scenario", "loss", "05")
    assert run.code == 0, run.text
    run.in_order(
        ("tel", "0,0 ms   1  istemci ──▶ sunucu  ilk datagramını gönderiyor"),
        ("tel", '──▶ sunucu       9 bayt  "Hello UDP"  · soru'),
        ("tel", '◀── sunucu      5', '"Echo: Hello UDP (Zaman: ', "· yankı"),
    )
    assert len([line for line in run.of("tel") if '"Hello UDP"' in line]) == 2
    assert "istemci ──▶ sunucu  5 datagram, 44 bayt" in run.lines
    assert "bağlantı" not in "".join(run.of("tel"))


def test_only_server_waits_for_anyone(environment: dict[str, str], tmp_path: Path) -> None:
    """Vekil bir portta bekler, el ile bağlanan görünür, Ctrl-C olağan bitiştir; geride bir şey kalmaz."""
    words = [LESSON, "wire", "--port", "0", "04", "server", "--max-clients", "3"]
    process = _start(words, environment)
    told = _read_until(process, "Ctrl-C")
    invited = re.search(r"scripts/lesson run 04 client --host 127.0.0.1 --port (\d+), nc 127.0.0.1 (\d+)\n", told)
    assert invited and invited[1] == invited[2] and "En çok istemci: 3" in told
    with socket.create_connection(("127.0.0.1", int(invited[1])), 5) as peer:
        peer.sendall(b"time\n")
        _read_until(process, "yanıt: saat")
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "1 bağlantı" in rest and rest.endswith("çıkış kodları: sunucu 0\n")
    assert list((tmp_path / "gecici").iterdir()) == []


def test_interrupt_stops_both_and_still_counts(environment: dict[str, str], tmp_path: Path) -> None:
    """Ctrl-C: iki program da biter, özet yazılır, çıkış kodu `run`daki gibi 130'dur. Derlemek gerekmez."""
    (tmp_path / "sunucu.py").write_text(SERVER.replace("sys.argv[1]", '"inet"'))
    waiting = "import os, time\npeer.sendall(b'ab')\npeer.recv(9)\nprint('pid', os.getpid(), flush=True)\n"
    (tmp_path / "istemci.py").write_text(CLIENT + waiting + "time.sleep(60)\n")
    given = ["--server", tmp_path / "sunucu.py", f"--client={tmp_path}/istemci.py"]
    process = _start([LESSON, "wire", *given, "04"], {**environment, "YUVA_BUILD_DIR": "/dev/null/yok"})
    told = _read_until(process, "│ pid ")
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "istemci ──▶ sunucu  1 mesaj, 1 parça, 2 bayt" in rest
    assert "çıkış kodları: sunucu 0, istemci SIGTERM" in rest
    assert not Path(f"/proc/{told.split()[-1]}").exists()
    assert list((tmp_path / "gecici").iterdir()) == []


def _start(words: list[Any], environment: dict[str, str]) -> subprocess.Popen[str]:
    # Arka planda başlatılan bir test koşusunda SIGINT yok sayılı gelir ve çocuğa öyle geçer; burada olağan haldedir.
    return subprocess.Popen(
        list(map(str, words)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def _read_until(process: subprocess.Popen[str], word: str) -> str:
    """Sözün geçtiği satıra kadar yazılanlar."""
    told = ""
    assert process.stdout is not None
    for line in process.stdout:
        told += line
        if word in line:
            return told
    pytest.fail(f"{word} denmedi:\n{told}")


# Küçük programlarla


def test_unix_server_is_watched_on_another_path(watched: Callable[..., Run], tmp_path: Path) -> None:
    """UNIX soketinde istemciye, adres ve port yerine, vekilin yolu verilir."""
    path = tmp_path / "soket"
    run = watched(programs(ASK + "print(sys.argv[1:], flush=True)", SERVER, "unix", str(path)))
    assert run.code == 0
    given = re.search(r"\['--host', 'unix:(\S+)'\]", run.text)
    assert given and given[1] != str(path) and f"→ unix:{given[1]} → unix:{path} sunucu" in run.text
    run.in_order(
        ("sunucu", f"unix:{path} dinleniyor"),
        ("tel", "bağlantı açıldı"),
        ("tel", '"selam\\n"  · soru'),
        ("sunucu", "geldi"),
        ("tel", '"Echo: selam\\n"  · yankı'),
        ("istemci", "b'Echo"),
    )
    assert not Path(given[1]).exists()


def test_connections_are_numbered_and_closings_told(watched: Callable[..., Run]) -> None:
    """Birinci bağlantı yarı kapanır ve yanıtını yine alır, ikincisi sıfırlanır; ikisi de kendi numarasıyla."""
    run = watched(
        programs(
            'peer.sendall(b"selam"); peer.shutdown(socket.SHUT_WR); print(peer.recv(9))\n'
            "while peer.recv(9): pass\n"
            "peer.close()\n"
            'peer = connect(); peer.sendall(b"x\\n"); peer.recv(9); reset(peer)\n'
        )
    )
    assert run.code == 0
    run.in_order(
        ("tel", "  1  istemci ──▶ sunucu  bağlantı açıldı"),
        ("tel", '  1  istemci ──▶ sunucu       5 bayt  "selam"  · yarım satır'),
        ("tel", "  1  istemci ──▶ sunucu  FIN: istemci gönderme yönünü kapattı (satır sonu gelmeden biten soru)"),
        ("tel", "  1  istemci ◀── sunucu  FIN: sunucu gönderme yönünü kapattı"),
        ("tel", "  2  istemci ──▶ sunucu  bağlantı açıldı"),
        ("tel", '  2  istemci ──▶ sunucu       2 bayt  "x\\n"  · tanınmayan satır'),
        ("tel", "  2  istemci ──▶ sunucu  RST: istemci bağlantıyı sıfırladı"),
        ("sunucu", "ConnectionResetError"),
    )
    run.place("tel", "  1  istemci ◀── sunucu", '"Echo: selam"')
    assert "2 bağlantı, ilk olaydan son olaya " in run.text


def test_binary_is_dumped_and_long_is_cut(watched: Callable[..., Run]) -> None:
    """Metin olmayan on altılık yazılır, uzun metin kısaltılır; --hex ve --full bunları değiştirir."""
    client = (
        'peer.sendall(b"bin" + b"x" * 200 + b"\\n"); peer.recv(99)\n'
        "peer.sendall(bytes(range(11, 31))); peer.recv(99)\n"
    )
    plain = watched(programs(client))
    place = plain.place("tel", "──▶ sunucu      20 bayt")
    assert plain.lines[place + 1].endswith("0000  0b 0c 0d 0e 0f 10 11 12  13 14 15 16 17 18 19 1a  |................|")
    assert plain.lines[place + 2].split("│")[1].split() == ["0010", "1b", "1c", "1d", "1e", "|....|"]
    plain.place("tel", '"bin' + "x" * 117 + '" … (84 bayt daha)  · uzun soru')
    full = watched(programs(client), "--full", "--hex")
    full.place("tel", "204 bayt  · uzun soru")
    full.place("tel", "00c0  78 78 78 78 78 78 78 78  78 78 78 0a")


def test_failing_client_decides_the_exit_code(watched: Callable[..., Run]) -> None:
    failing = programs("raise SystemExit(3)")
    run = watched(failing)
    assert run.code == 1 and run.lines[-1] == "çıkış kodları: sunucu 0, istemci 3"
    expecting = lesson(scenarios={"run": {}, "kalan": {"clients": [[]], "client_exits": [3]}})
    assert watched(failing, "--scenario", "kalan", of=expecting).code == 0


def test_server_that_refuses_the_proxy_is_told(watched: Callable[..., Run]) -> None:
    """Sunucu dinlemeyi bırakmışsa istemci vekile bağlanmış olur; olanı tel söyler."""
    gone = SERVER.replace("while True:\n", "listener.close(); signal.pause()\nwhile True:\n")
    run = watched(programs("try:\n    peer.recv(9)\nexcept OSError as error:\n    print(type(error).__name__)\n", gone))
    run.in_order(("tel", "vekil sunucuya bağlanamadı (bağlantı reddedildi)"), ("istemci", "ConnectionResetError"))


@needs("strace")
def test_syscalls_stand_where_they_happened(watched: Callable[..., Run]) -> None:
    """Neden olan çağrı telden önce, sonucu gören çağrı telden sonradır; programın kendi çıktısı çağrı sayılmaz."""
    client = ASK + "import threading; other = threading.Thread(target=socket.socket); other.start(); other.join()\n"
    run = watched(programs(client), "--syscalls")
    assert run.code == 0
    run.in_order(
        ("sunucu çağrı", "socket(AF_INET"),
        ("sunucu çağrı", "listen(3"),
        ("sunucu", "dinleniyor"),
        ("istemci çağrı", "connect(3, {sa_family=AF_INET"),
        ("tel", "bağlantı açıldı"),
        ("sunucu çağrı", "accept4(3, "),
    )
    run.in_order(
        ("istemci çağrı", r'sendto(3, "selam\n", 6'),
        ("tel", '"selam\\n"  · soru'),
        ("sunucu çağrı", r'recvfrom(4, "selam\n", 100'),
        ("sunucu", "geldi"),
        ("tel", '"Echo: selam\\n"'),
        ("istemci", "b'Echo"),
        ("istemci çağrı", "close(3) = 0"),
        ("tel", "FIN: istemci"),
    )
    calls = "\n".join(run.of("istemci çağrı"))
    assert "geldi" not in "\n".join(run.of("sunucu çağrı")) and "gitti" not in calls
    assert re.search(r"ms  \[\d+\] socket\(", calls) and re.search(r"ms  socket\(", calls)


def test_missing_ptrace_permission_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stub = tmp_path / "strace"
    stub.write_text("#!/bin/sh\necho 'strace: PTRACE_TRACEME: Operation not permitted' >&2\nexit 1\n")
    stub.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(Failure, match="PTRACE_TRACEME: Operation not permitted.*SYS_PTRACE") as caught:
        wire_syscalls.obtain()
    assert caught.value.code == 1


# Komut satırı


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("", "hangi ders?"),
        ("--hex", "hangi ders?"),
        ("--valgrind 04", "--valgrind diye bir seçenek yok; olanlar: --hex"),
        ("04 selam", "scripts/lesson wire 04 client selam"),
        ("04 --scenario", "--scenario bir değer ister"),
        ("--scenario run 04 client", "--scenario ile client birlikte verilemez"),
        ("--port 1 04", "--port yalnız server ile"),
        ("--port 70000 04 server", "0 ile 65535 arasında bir sayı ister, 70000 değil"),
        ("--port=x 04 server", "0 ile 65535 arasında bir sayı ister, x değil"),
        ("--client x 04 server", "yalnız sunucu çalışacaksa --client verilemez"),
        ("--scenario yok 04", "yok senaryosu yok; olanlar: run, tek"),
        ("--scenario tek 04", "tek senaryosunda sunucu yok, araya girilemez"),
    ],
)
def test_wrong_words_are_told(words: str, told: str) -> None:
    chosen = lesson(scenarios={"run": {}, "tek": {"server": None}})
    with pytest.raises(UsageError, match=re.escape(told)) as caught:
        wire.scenario_of(chosen, wire.parse(words.split()))
    assert caught.value.code == 2


def test_wrong_words_get_one_line(command: Callable[..., Run]) -> None:
    run = command("--server", "yok.py", "04")
    assert (run.code, run.lines) == (2, ["wire: --server yok.py: böyle bir dosya yok"])


def test_words_after_side_belong_to_the_program() -> None:
    request = wire.parse(["--hex", "4", "--port=0", "server", "--full", "--port", "7"])
    assert (request.lesson, request.side, request.flags, request.port) == ("4", "server", {"--hex"}, 0)
    assert request.arguments == ["--full", "--port", "7"]


def test_scenario_without_server_needs_syscalls() -> None:
    chosen = lesson(scenarios={"run": {}, "tek": {"server": None}})
    request = wire.parse(["04", "--syscalls", "--scenario", "tek"])
    assert wire.scenario_of(chosen, request).server is None


@pytest.mark.parametrize(
    ("more", "here", "told"),
    [
        ({}, runner.Address("127.0.0.1", 9000), "scripts/lesson run 04 client, nc 127.0.0.1 9000"),
        ({}, runner.Address("0.0.0.0", 9000), "scripts/lesson run 04 client, nc 127.0.0.1 9000"),
        ({"transport": "udp"}, runner.Address("::1", 7), "client --host ::1 --port 7, nc -u ::1 7"),
        ({}, runner.Address("", 0, "/a/b"), "nc -U /a/b"),
        ({"protocol": {"name": "HTTP"}}, runner.Address("::1", 8), ", http://[::1]:8/"),
    ],
)
def test_invitation(more: dict[str, Any], here: runner.Address, told: str) -> None:
    assert told in wire.invitation(lesson(**more), here)[0]


# Yazılış


@pytest.mark.parametrize(
    ("data", "written"),
    [
        (b"", '""'),
        (b'a\t"\\\r\n', r'"a\t\"\\\r\n"'),
        (b"\x1b[31m", r'"\x1b[31m"'),
        ("ağ ş\u202e".encode(), r'"ağ ş\xe2\x80\xae"'),
        ("aş".encode()[:-1], r'"a\xc5"'),
        ("şa".encode()[1:], r'"\x9fa"'),
        (b"a\xffb", None),
        (bytes(8), None),
    ],
)
def test_text_is_escaped(data: bytes, written: str | None) -> None:
    assert wire_format.quoted(data) == written


def test_cut_counts_bytes_not_characters() -> None:
    assert wire_format.quoted("şşş".encode(), 2) == '"şş" … (2 bayt daha)'
    assert list(wire_format.dump(bytes(40), 2))[-1] == "…     (8 bayt daha)"
    assert len(list(wire_format.dump(bytes(40), None))) == 3


@pytest.mark.parametrize(
    ("kind", "side", "more", "told"),
    [
        ("data", "server", {"fate": "drop"}, "vekil bunu düşürdü"),
        ("data", "client", {"fate": "duplicate"}, "vekil bunu iki kez iletti"),
        ("data", "client", {"fate": "hold"}, "vekil bunu bekletti"),
        ("lost", "client", {"reason": "bağlantı reddedildi"}, "datagram iletilemedi: bağlantı reddedildi"),
        ("closed", "server", {"reason": "bağlantı reddedildi"}, "ICMP: sunucunun portu kapalı"),
    ],
)
def test_what_befell_a_datagram_is_told(kind: str, side: str, more: dict[str, Any], told: str) -> None:
    view = wire_view.View(Protocol(), True, wire_view.Clock())
    (line,) = view.lines(Event(1, side, kind, b"x" if kind == "data" else b"", more), 0)
    assert told in line
    assert ("1 iletilmedi" in "".join(view.summary())) == (kind == "lost" or more.get("fate") == "drop")


# Mesajların adları


def names(pieces: list[bytes], side: str = "client", row: dict[str, Any] | None = None) -> list[list[str]]:
    reader = Reader(Protocol.from_row({"protocol": row or LINES}, "tcp"), side, False)
    return [reader.names(piece) for piece in pieces]


def test_line_is_named_where_it_ends() -> None:
    assert names([b"sel", b"am\r\nselam\nbin", b"bir\nselamlar\n"]) == [
        ["yarım satır"],
        ["soru", "soru", "yarım satır"],
        ["uzun soru", "tanınmayan satır"],
    ]
    assert wire_protocol.summary(["soru", "soru", "yarım satır"]) == "soru ×2, yarım satır"


def test_every_server_refuses_in_the_same_words() -> None:
    full = "Sunucu dolu, daha sonra deneyin\nSatır çok uzun (en fazla 65536 bayt)\n".encode()
    assert names([full], "server") == [["ret: sunucu dolu", "ret: satır çok uzun"]]
    assert names([full]) == [["tanınmayan satır", "tanınmayan satır"]]


def test_http_is_known_everywhere() -> None:
    request = b"POST /a HTTP/1.1\r\nContent-Length: 4\r\n\r\n"
    assert names([request[:20], request[20:] + b"ab", b"cdGET / HTTP/1.0\r\n\r\nselam\n"]) == [
        ["HTTP isteği"],
        ["HTTP başlığının devamı", "HTTP gövdesi"],
        ["HTTP gövdesi", "HTTP isteği", "soru"],
    ]
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n"
    assert names([chunked, b"0\r\n", b"\r\n", b"Echo: a\n"], "server") == [
        ["HTTP yanıtı", "HTTP gövdesi"], ["HTTP gövdesi"], ["HTTP gövdesi"], ["yankı"],
    ]  # fmt: skip
    assert names([b"HTTP/1.1 204 Yok\r\n\r\nEcho: a\n"], "server") == [["HTTP yanıtı", "yankı"]]


def test_lesson_without_protocol_is_not_named() -> None:
    reader = Reader(Protocol.from_row({}, "tcp"), "client", False)
    assert reader.names(b"selam\nya") == [] and reader.last_words() == [] and reader.messages == 0


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ([], "bir ad (name) ister"),
        ({"name": "x", "sunucu": []}, "'sunucu' diye bir alan yok"),
        ({"name": "x", "unit": "satır"}, "unit line ya da piece olur, satır olamaz"),
        ({"name": "x", "client": ["a"]}, "[düzenli ifade, ad] bekleniyordu"),
        ({"name": "x", "server": [["(", "a"]]}, "'(' düzenli ifade değil"),
    ],
)
def test_wrong_protocol_row_is_told(row: Any, told: str) -> None:
    assert any(told in problem for problem in wire_protocol.problems(row))
    assert list(wire_protocol.problems(LINES)) == []


NAMED = [each for each in manifest.load().lessons if "protocol" in each.options]
ARROW = re.compile(r'(istemci|sunucu)\d*->>\w+: "(.*)"(?: \(\d+ bayt\))?')
MERMAID = {"#59;": ";", "#35;": "#", "#lt;": "<", "#gt;": ">", "#amp;": "&"}


def _arrows(page: str) -> Iterator[tuple[str, bytes]]:
    """Sayfanın diyagramlarındaki metinler; kısaltılmış olanlar dışında."""
    for sender, text in ARROW.findall(page):
        if "…" not in text:
            for shown, meant in MERMAID.items():
                text = text.replace(shown, meant)
            for shown, meant in (("\\n", "\n"), ("\\r", "\r"), ('\\"', '"')):
                text = text.replace(shown, meant)
            yield "client" if sender == "istemci" else "server", text.encode()


@pytest.mark.parametrize("chosen", NAMED, ids=[each.folder for each in NAMED])
def test_every_message_on_the_page_has_a_name(chosen: Lesson) -> None:
    """Dersin sayfasındaki diyagramda görünen her mesajı manifest'teki protokol tanır."""
    protocol = Protocol.from_row(chosen.options, chosen.transport)
    found = list(_arrows((lessons.ROOT / chosen.page).read_text(encoding="utf-8")))
    unnamed = [(side, text) for side, text in found if protocol.name_of(side, text) is None]
    assert found and not unnamed


# Uzun izlemeler


def test_live_recorder_keeps_nothing() -> None:
    heard: list[Event] = []
    recorder = Recorder("tcp", heard.append)
    recorder.add(1, "client", "data", b"x")
    recorder.note(1, "client", "lost", reason="y")
    told = [(event.kind, event.data, event.more) for event in heard]
    assert told == [("data", b"x", {}), ("lost", b"", {"reason": "y"})]
    assert recorder.events() == []
    kept = Recorder("tcp")
    kept.note(1, "client", "lost")
    assert kept.events() == []


def test_ended_connections_give_their_descriptors_back() -> None:
    listener = TcpListener()
    proxy = Proxy(listener.address, listener=lambda event: None)
    before = 0
    for _ in range(12):
        peer, end = TcpPeer.connect(proxy), listener.accept()
        peer.close()
        end.expect_eof()
        end.close()
        eventually(lambda: proxy.idle, "bağlantı kapandı", seconds=2)
        before = before or len(os.listdir("/proc/self/fd"))
    assert len(os.listdir("/proc/self/fd")) <= before + 4


def test_udp_proxy_forgets_the_oldest_client(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.udp_proxy.MOST_CLIENTS", 2)
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))
    server.settimeout(5)
    numbers: list[int] = []
    opened = lambda event: numbers.append(event.connection) if event.kind == "open" else None  # noqa: E731
    proxy = UdpProxy(Address(*server.getsockname()), listener=opened)
    for _ in range(4):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
            peer.settimeout(5)
            peer.sendto(b"soru", proxy.address.sockaddr)
            data, name = server.recvfrom(9)
            server.sendto(data + b"!", name)
            assert peer.recv(9) == b"soru!"
    server.close()
    assert numbers == [1, 2, 3, 4] and len(proxy._clients) == 2


@pytest.mark.parametrize(("kind", "front"), [(socket.SOCK_STREAM, Proxy), (socket.SOCK_DGRAM, UdpProxy)])
def test_proxy_says_its_port_is_taken(kind: int, front: Any) -> None:
    with socket.socket(socket.AF_INET, kind) as taken:
        taken.bind(("127.0.0.1", 0))
        if kind == socket.SOCK_STREAM:
            taken.listen()
        with pytest.raises(OSError):
            front(Address("127.0.0.1", 1), at=Address(*taken.getsockname()))


def test_taken_port_stops_the_server(watched: Callable[..., Run]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Failure, match=f"127.0.0.1:{port} adresinde dinleyemiyor: adres kullanımda.*--port 0"):
            watched(programs(""), "--port", str(port), "server")


def test_posted_line_waits_for_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """Gösteren yetişemiyorsa gören bekler; kapanışta bekleyen kalmaz."""
    monkeypatch.setattr(watch, "MOST_POSTED", 2)
    told: list[str] = []
    watching = Watch(lambda line: told.append(line.text))

    made: list[str] = []

    def make(now: int) -> list[Line]:
        made.append(str(len(made)))
        return [Line("tel", made[-1])]

    def post_all() -> None:
        for _ in range(100_000):
            watching.post(make)

    poster = threading.Thread(target=post_all, daemon=True)
    poster.start()
    poster.join(0.2)
    assert poster.is_alive() and told == [] and made == ["0", "1"]
    assert watching.wait_repeatedly(lambda: len(told) >= 3, 5)
    watching.refuse_posts()
    poster.join(5)
    assert not poster.is_alive() and told == made[: len(told)] and len(made) < 100_000
    watching.close()


def test_late_line_takes_its_place(tmp_path: Path) -> None:
    """strace, çağrı dönünce yazar: satırı telde görülenden sonra gelse de olduğu yerde durur."""
    told: list[str] = []
    watching = Watch(lambda line: told.append(line.text))
    view = wire_view.View(Protocol(), False, wire_view.Clock())
    tap = WireTap(view)
    tap.calls = [wire_syscalls.Calls("sunucu", tmp_path, view.clock)]
    tap.begin(watching)
    stamp = time.time()
    tap.say("telde")
    assert not watching.wait(lambda: bool(told), 0.01)
    os.write(tap.calls[0].output, f"7 {stamp:.6f} shutdown(3<TCP:[1]>, SHUT_WR) = 0 <0.000010>\n".encode())
    assert watching.wait(lambda: len(told) == 2, 5)
    assert told[0].endswith("  [7] shutdown(3, SHUT_WR) = 0") and told[1] == "telde"
    watching.close()
    os.close(tap.calls[0].output)


def test_last_words_of_the_tap_are_waited_for() -> None:
    """Programlar bitince vekilin elinde kalanlar da gösterilir."""

    class Slow(WireTap):
        asked = 0

        def quiet(self) -> bool:
            self.asked += 1
            if self.asked == 3:
                self.say("son söz")
            return self.asked > 3

    told: list[str] = []
    tap = Slow(wire_view.View(Protocol(), False, wire_view.Clock()))
    scenario = manifest.Scenario.from_row("run", {})
    runner.play(programs(""), scenario, on_line=lambda line: told.append(line.text), tap=tap)
    assert "son söz" in told
