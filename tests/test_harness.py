"""Düzeneğin parçaları: programlar, karşı taraflar, dinleyiciler, yük, ileti."""

from __future__ import annotations

import os
import re
import signal
import socket
import sys
import time
from pathlib import Path

import pytest

from harness import difference, inner, load, procfs, scene, wrappers
from harness.address import Address, parse_ready_line
from harness.capability import needs
from harness.causes import Clues, likely
from harness.datagram import UdpPeer
from harness.failure import HarnessFailure
from harness.interrupts import interrupted
from harness.listener import TcpListener, UnixListener, refusing_tcp, refusing_udp
from harness.peer import TcpPeer, UnixPeer
from harness.program import Program
from harness.waiting import eventually

ECHO = [sys.executable, str(inner.WRONG / "echo.py"), "--port", "0"]


def script(body: str, role: str = "client", **options) -> Program:
    """Gövdesi verilen küçük bir Python programı."""
    return Program([sys.executable, "-c", body], role, **options)


# --- ileti


def test_difference_marks_first_differing_byte() -> None:
    """İşaret, iki metnin ayrıldığı karakterin altındadır."""
    lines = difference.show("Echo: dünya\n".encode(), "Echo: dünyö\n".encode()).splitlines()
    assert lines[1][lines[2].index("^")] == "ö"
    assert "ilk fark: 12. bayt" in lines[2]


def test_difference_marks_missing_end() -> None:
    """Eksik bayt, gelenin bittiği yerde gösterilir."""
    lines = difference.show(b"Echo: a\n", b"Echo: a").splitlines()
    assert lines[1][lines[2].index("^")] == '"'


def test_difference_of_long_texts_shows_the_neighbourhood() -> None:
    """Uzun metinde yalnız farkın çevresi görünür ve işaret doğru yerdedir."""
    lines = difference.show(b"a" * 5000, b"a" * 3000 + b"b" * 2000).splitlines()
    assert all(len(line) < 160 for line in lines)
    assert lines[1][lines[2].index("^")] == "b"
    assert "3001. bayt" in lines[2]


def test_difference_of_a_pattern() -> None:
    """Kalıpta işaret, tutan kısmın sonundadır."""
    lines = difference.show_pattern(re.compile(r"Zaman: \d{4}-\d\d"), b"Zaman: 2024:11").splitlines()
    assert lines[1][lines[2].index("^")] == ":"


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (b"a\n", "a\\n"),
        (b"\xc5", "\\xc5"),
        ("ş\r".encode(), "ş\\r"),
        (b"\0\"\\", '\\x00\\"\\\\'),
        ("\u2028".encode(), "\\u2028"),
    ],
)
def test_escape(data: bytes, shown: str) -> None:
    """Denetim karakterleri ve bozuk baytlar kaçışla, okunur karakterler kendileri olarak görünür."""
    assert difference.escape(data) == shown


@pytest.mark.parametrize(
    ("line", "address"),
    [
        ("127.0.0.1:9000 dinleniyor", Address("127.0.0.1", 9000)),
        ("[::1]:9000 dinleniyor", Address("::1", 9000)),
        ("unix:/run/yuva/s dinleniyor", Address(path="/run/yuva/s")),
        ("localhost:0 dinleniyor", None),
        ("::1:9000 dinleniyor", None),
        ("127.0.0.1:70000 dinleniyor", None),
        ("127.0.0.1:9000 dinleniyor.", None),
        ("sunucu başladı", None),
    ],
)
def test_ready_line(line: str, address: Address | None) -> None:
    """Hazır olma satırı yalnız sözleşmedeki biçimlerde kabul edilir."""
    assert parse_ready_line(line) == address
    if address:
        assert f"{address} dinleniyor" == line


@pytest.mark.parametrize(
    ("clues", "cause"),
    [
        (Clues(expected=b"a\r\n", received=b"a\n", ending="timeout"), "`\\r\\n` istiyor"),
        (Clues(expected="ş\n".encode(), received="Å\x9f\n".encode(), ending="mismatch"), "bir kez daha UTF-8'e"),
        (Clues(expected=b"Merhaba\n", received=b"merhaba\n", ending="mismatch"), "büyük-küçük harf"),
        (Clues(expected=b"Echo: a\n", received=b"Echo: a \n", ending="mismatch"), "boşluk farklı"),
        (Clues(expected=b"Echo: sela\n", received=b"Echo: selam\n", ending="mismatch"), "sözleşmedekinden farklı"),
        (Clues(expected=b"Echo: a\n", received=b"Echo: aEcho: b\n", ending="mismatch"), "Yanıtlar birleşti"),
        (Clues(expected=b"a\n", sent=b"soru", ending="timeout"), "satır sonu yok"),
        (Clues(expected=b"a\n", sent=b"soru\n", ending="timeout"), "Sunucu sustu"),
        (Clues(expected=b"a\n", sent=b"soru\n", ending="timeout", rivals=1), "İkinci istemci"),
        (Clues(want="eof", ending="timeout"), "Bağlantı kapatılmadı"),
        (Clues(want="eof", received=b"x"), "Fazladan veri"),
        (Clues(want="silence", received=b"x"), "Fazladan veri"),
        (Clues(want="exit", code=-13), "SIGPIPE"),
        (Clues(want="exit", code=1, expected_code=0), "Yanlış çıkış kodu"),
    ],
)
def test_likely_cause(clues: Clues, cause: str) -> None:
    """Her belirti kendi nedenini söyler."""
    assert cause in likely(clues)


# --- programlar


def test_streams_are_kept_apart_and_merged() -> None:
    """stdout ve stderr ayrı ayrı da, tek günlükte zamanlarıyla da durur."""
    result = script("import sys; print('veri', flush=True); print('log', file=sys.stderr)").wait()
    assert (result.out, result.err) == ("veri\n", "log\n")
    report = scene.current().programs[0].report()
    assert "stdout │ veri" in report and "stderr │ log" in report


def test_long_line_of_output_is_cut() -> None:
    """Programın çıktısında uzun satırın yalnız başı ve boyu görünür; kısa satıra dokunulmaz."""
    script("print('ş' * 200); print('a' * 5000)").wait()
    report = scene.current().programs[0].report()
    assert f"stdout │ {'ş' * 200}\n" in report
    assert f"stdout │ {'a' * 200}… (5000 bayt)" in report
    assert max(map(len, report.splitlines()[1:])) < 250


def test_wait_line_counts_from_the_beginning() -> None:
    """wait_line bütün satırlara bakar; count, kaçıncının beklendiğini söyler."""
    program = script("print('bir'); print('iki'); print('bir son')")
    assert program.wait_line("iki").string == "iki"
    assert program.wait_line("bir", count=2).string == "bir son"
    assert program.wait_line(re.compile(r"^b(.)r$"))[1] == "i"
    program.wait()


def test_missing_line_fails_with_the_output() -> None:
    """Gelmeyen satırın iletisinde programın çıktısı vardır; program bittiyse süre dolması beklenmez."""
    program = script("print('başka')")
    started = time.monotonic()
    with pytest.raises(HarnessFailure) as caught:
        program.wait_line("beklenen")
    assert time.monotonic() - started < 3
    assert "stdout │ başka" in str(caught.value)
    program.wait()


def test_wrong_exit_code_is_told() -> None:
    """Beklenmeyen çıkış kodu başarısızlıktır; beklenen kod verilebilir ya da denetim kapatılabilir."""
    with pytest.raises(HarnessFailure, match="Yanlış çıkış kodu"):
        script("raise SystemExit(1)").wait()
    assert script("raise SystemExit(1)").wait(expect_code=1).code == 1
    assert script("raise SystemExit(7)").wait(expect_code=None).code == 7


def test_death_by_signal_is_told() -> None:
    """Sinyalle ölen programın iletisi sinyalin adını söyler."""
    with pytest.raises(HarnessFailure, match="SIGABRT"):
        script("import os; os.abort()").wait()


def test_program_that_does_not_end_is_told() -> None:
    """Süresi dolan bekleyiş, programı bekletmeden başarısız olur."""
    program = script("import time; time.sleep(60)")
    with pytest.raises(HarnessFailure, match="bitmedi"):
        program.wait(0.2)


@pytest.mark.parametrize(
    "report",
    [
        "==7==ERROR: AddressSanitizer: heap-use-after-free",
        "server.c:10:3: runtime error: signed integer overflow",
        "WARNING: ThreadSanitizer: data race",
    ],
)
def test_sanitizer_report_fails_even_with_right_code(report: str) -> None:
    """Sanitizer raporu, çıkış kodu beklenen olsa da başarısızlıktır."""
    with pytest.raises(HarnessFailure, match="Sanitizer bulgusu"):
        script(f"import sys; sys.stderr.write({report!r} + '\\n')").wait()
    scene.current().programs.clear()


def test_missing_program_is_told() -> None:
    """Olmayan dosya, traceback değil, okunur bir ileti verir."""
    with pytest.raises(HarnessFailure, match="başlatılamadı"):
        Program(["/olmayan/program"])


def test_input_and_interactive_writing() -> None:
    """stdin baştan verilebilir ya da karşılıklı yazılabilir."""
    echo = "import sys\nfor line in sys.stdin: print('>', line.strip(), flush=True)"
    assert script(echo, input="bir\niki\n").wait().out == "> bir\n> iki\n"
    program = script(echo, interactive=True)
    program.write("üç\n")
    program.wait_line("> üç")
    program.close_stdin()
    program.wait()


def test_environment_and_folder(tmp_path: Path) -> None:
    """Ortam değişkenleri eklenir, dil C.UTF-8'dir, çalışma klasörü seçilebilir."""
    body = "import os; print(os.environ['LC_ALL'], os.environ['YUVA_X'], os.getcwd())"
    result = script(body, env={"YUVA_X": "var"}, cwd=tmp_path).wait()
    assert result.out == f"C.UTF-8 var {tmp_path}\n"


def test_measures_of_a_running_program() -> None:
    """Bellek, işlemci, tanımlayıcı ve iş parçacığı sayısı /proc'tan okunur."""
    server = Program(ECHO)
    server.wait_ready()
    before = server.open_descriptors
    peer = TcpPeer.connect(server)
    peer.expect("Hoşgeldiniz!\n")
    assert server.open_descriptors == before + 1
    assert server.threads == 2
    assert server.resident_kib > 1000
    assert server.cpu_seconds >= 0
    assert server.children == []
    assert procfs.listening(server.pid) == [server.address]


def test_kill_is_an_expected_end() -> None:
    """kill() ile giden sunucu testin sonunda suç sayılmaz."""
    server = Program(ECHO)
    server.wait_ready()
    server.kill()
    assert server.code == -signal.SIGKILL


def test_peers_leave_before_the_server_is_stopped() -> None:
    """Testin sonunda önce karşı taraflar kapanır; SIGTERM alan sunucu onların gidişini çoktan görmüştür."""
    body = """if True:
        import signal, socket
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        listener = socket.create_server(("127.0.0.1", 0))
        print(f"127.0.0.1:{listener.getsockname()[1]} dinleniyor", flush=True)
        peer, _ = listener.accept()
        signal.sigwait({signal.SIGTERM})
        print("gelen:", peer.recv(1, socket.MSG_DONTWAIT))
    """
    server = script(body, "server")
    TcpPeer.connect(server)
    scene.current().finish()
    assert server.lines()[1:] == ["gelen: b''"]


def test_destroy_also_ends_children() -> None:
    """destroy(), programın geride bıraktığı süreçleri de bulup öldürür."""
    child_body = "import signal; signal.pause()"
    body = f"import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', {child_body!r}]).pid)"
    program = script(body, orderly=False)
    child = int(program.wait_line(re.compile(r"^\d+$"))[0])
    program.wait()
    program.destroy()
    eventually(lambda: child not in procfs.in_group(program.pid), "çocuk süreç öldü")


def test_limits_are_set_before_the_program_starts() -> None:
    """limited_descriptors: yumuşak ve sert sınır programa geçer."""
    body = "import resource; print(resource.getrlimit(resource.RLIMIT_NOFILE))"
    assert script(body, under=wrappers.limited_descriptors(40)).wait().out == "(40, 40)\n"


@needs("unshare")
def test_host_name_can_be_chosen() -> None:
    """host_named: program başka bir makine adı görür, süreç numarası aynı kalır."""
    body = "import os, socket; print(socket.gethostname(), os.getpid())"
    program = script(body, under=wrappers.host_named("yokboyle"))
    assert program.wait().out == f"yokboyle {program.pid}\n"


@needs("strace")
def test_traced_program_gets_signals_itself(tmp_path: Path) -> None:
    """traced: çağrılar dosyaya yazılır, sinyal programın kendisine gider."""
    log = tmp_path / "izleme"
    server = Program(ECHO, under=wrappers.traced(log, "listen"))
    server.wait_ready()
    server.stop()
    assert "listen(" in log.read_text()


@needs("strace")
def test_interrupted_calls_return_eintr(tmp_path: Path) -> None:
    """interrupted_calls: seçilen çağrılar EINTR ile döner, doğru program yine de çalışır."""
    log = tmp_path / "izleme"
    server = Program(ECHO, under=wrappers.interrupted_calls(log, "recvfrom", "accept4"))
    peer = TcpPeer.connect(server)
    peer.expect("Hoşgeldiniz!\n")
    peer.send("selam\n")
    peer.expect("Echo: selam\n")
    server.stop()
    assert "EINTR" in log.read_text()


def test_interrupting_leaves_the_program_running() -> None:
    """Sinyal yağmuru biter bitmez program çalışır durumdadır; konuşma bozulmaz."""
    server = Program(ECHO)
    peer = TcpPeer.connect(server)
    peer.expect("Hoşgeldiniz!\n")
    with interrupted(server):
        for number in range(20):
            peer.send(f"{number}\n")
            peer.expect(f"Echo: {number}\n")
    peer.send("son\n")
    peer.expect("Echo: son\n")


# --- karşı taraflar


def test_peer_to_peer_conversation(host: str) -> None:
    """Satırlar, kesin boy, akış sonu: iki el ile yönetilen uç arasında."""
    listener = TcpListener(host)
    client = TcpPeer.connect(listener)
    server = listener.accept()
    client.send("bir\niki\nüçson")
    assert server.read_line() == "bir"
    assert server.expect_line(re.compile("i(k)i"))[1] == "k"
    assert server.read_exactly(4) == "üç".encode()
    client.half_close()
    assert server.read_until_eof() == b"son"
    server.close()
    client.expect_eof()


def test_expectations_fail_when_they_should() -> None:
    """Her beklenti, tutmadığında başarısız olur ve adımları anlatır."""
    listener = TcpListener()
    client = TcpPeer.connect(listener)
    server = listener.accept()
    for expectation in (
        lambda: client.expect("x", seconds=0.1),
        lambda: client.expect_line("x", seconds=0.1),
        lambda: client.expect_single_read("x", seconds=0.1),
        lambda: client.expect_eof(seconds=0.1),
        lambda: client.expect_reset(seconds=0.1),
        lambda: client.expect_closed(seconds=0.1),
        lambda: client.read_exactly(1, seconds=0.1),
        lambda: client.read_until_eof(seconds=0.1),
        lambda: listener.accept(seconds=0.1),
    ):
        with pytest.raises(HarnessFailure, match="Şimdiye kadarki adımlar"):
            expectation()
    server.send("y")
    with pytest.raises(HarnessFailure, match="hiçbir şey gelmemesi"):
        client.expect_silence(0.5)


def test_reset_is_not_an_end_of_file() -> None:
    """Sıfırlama ile akış sonu birbirinin yerine geçmez."""
    listener = TcpListener()
    first, first_end = TcpPeer.connect(listener), listener.accept()
    first_end.reset()
    with pytest.raises(HarnessFailure, match=re.escape("sıfırlandı (RST)")):
        first.expect_eof()
    second, second_end = TcpPeer.connect(listener), listener.accept()
    second_end.close()
    with pytest.raises(HarnessFailure, match="sıfırlanması bekleniyordu"):
        second.expect_reset(seconds=0.2)


def test_fill_stops_when_the_peer_stops_reading() -> None:
    """fill, karşı taraf okumayınca durur."""
    listener = TcpListener()
    client = TcpPeer.connect(listener)
    listener.accept()
    sent = client.fill("satır\n", 64 * 1024 * 1024, quiet=0.1)
    assert 0 < sent < 64 * 1024 * 1024


def test_unix_peer(tmp_path: Path) -> None:
    """UNIX soketinde de aynı beklentiler çalışır."""
    listener = UnixListener(tmp_path / "s")
    client = UnixPeer.connect(listener)
    server = listener.accept()
    client.send("selam\n")
    server.expect_line("selam")
    server.close()
    client.expect_eof()
    assert str(listener.address).startswith("unix:/")


def test_nobody_is_expected() -> None:
    """expect_nobody: gelen olmadığı sürece geçer."""
    listener = TcpListener()
    listener.expect_nobody(0.05)
    TcpPeer.connect(listener)
    with pytest.raises(HarnessFailure, match="beklenmeyen bir bağlantı"):
        listener.expect_nobody(1.0)


def test_refusing_addresses_refuse(host: str) -> None:
    """Reddeden adresler kesin reddeder ve port test boyunca başkasına geçmez."""
    with pytest.raises(HarnessFailure, match="bağlanılamadı"):
        TcpPeer.connect(refusing_tcp(host))
    peer = UdpPeer.connect(refusing_udp(host))
    peer.send("kimse var mı?")
    peer.expect_refused()


def test_udp_expectations(host: str) -> None:
    """Datagramlar bütün olarak beklenir; fazlası ve farklısı başarısızlıktır."""
    server = UdpPeer.bound(host)
    client = UdpPeer.connect(server)
    client.send("soru")
    data, sender = server.receive_from()
    assert data == b"soru"
    server.send_to("yanıt 1", sender)
    assert client.expect(re.compile(r"yanıt (\d)"))[1] == "1"
    client.expect_silence(0.05)
    server.send_to("yanıt 2", sender)
    with pytest.raises(HarnessFailure, match="başka bir datagram"):
        client.expect("yanıt 3")
    with pytest.raises(HarnessFailure, match="süre doldu"):
        client.receive(seconds=0.05)


def test_eventually_waits_and_gives_up() -> None:
    """eventually koşulu bekler; olmazsa beklenenin adını söyler."""
    values = iter([0, 0, 7])
    assert eventually(lambda: next(values), "yedi") == 7
    with pytest.raises(HarnessFailure, match="olmadı: hiçbir zaman"):
        eventually(lambda: False, "hiçbir zaman", seconds=0.05)


# --- yük


def test_many_connections_and_storms() -> None:
    """Yük yardımcıları sayılarını tutturur; sunucu ardından hizmetini sürdürür."""
    server = Program(ECHO)
    server.wait_ready()

    def talk(peer: TcpPeer, number: int) -> str:
        peer.expect("Hoşgeldiniz!\n")
        peer.send(f"{number}\n")
        return peer.read_line()

    assert load.many_connections(server, 60, talk, at_once=8) == [f"Echo: {number}" for number in range(60)]
    load.storm(server, 100)
    load.storm(server, 100, ending="reset")
    with load.idle_connections(server, 50) as idle:
        assert len(idle) == 50
        assert load.many_connections(server, 1, talk) == ["Echo: 0"]


def test_load_is_bounded_in_count_and_time() -> None:
    """Yük ne sayıca ne süreçe sınırsız olabilir."""
    listener = TcpListener(backlog=1)
    with pytest.raises(ValueError):
        load.storm(listener, load.MOST_CONNECTIONS + 1)
    with pytest.raises(HarnessFailure):
        load.storm(listener, 100, seconds=0.5)


def test_failing_body_fails_the_load() -> None:
    """Bağlantılardan birinde tutmayan beklenti testi başarısız kılar."""
    server = Program(ECHO)
    with pytest.raises(HarnessFailure):
        load.many_connections(server, 3, lambda peer, _: peer.expect("Merhaba!\n", seconds=0.5))


def test_same_seed_same_randomness() -> None:
    """Testin rastgeleliği tohumdan türer; amaç değişince dizi de değişir."""
    first, again, other = (scene.current().random(name).random() for name in ("a", "a", "b"))
    assert first == again != other


def test_programs_run_in_their_own_session() -> None:
    """Program kendi oturumundadır: terminalden gelen Ctrl-C testi bölmeden ona gitmez."""
    body = "import os; print(os.getsid(0) == os.getpid())"
    assert script(body).wait().out == "True\n"
    assert os.getsid(0) != scene.current().programs[0].pid


def test_port_is_held_by_refusing_address() -> None:
    """refusing_tcp portu boş bırakmaz: başkası ona bağlanamaz."""
    address = refusing_tcp()
    with socket.socket() as sock, pytest.raises(OSError):
        sock.bind((address.host, address.port))
