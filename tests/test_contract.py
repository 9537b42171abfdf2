"""Ortak sözleşme: bildirimdeki her dersin sunucusu ve istemcisi aynı kurallara uyar."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from harness import contract, lessons, procfs, wrappers
from harness.address import Address, parse_ready_line
from harness.capability import needs
from harness.datagram import UdpPeer
from harness.failure import Evidence, fail
from harness.interrupts import interrupted
from harness.lessons import Lesson
from harness.listener import TcpListener, refusing_tcp, refusing_udp
from harness.peer import TcpPeer

ALL = lessons.all_lessons()
STREAMS = [lesson for lesson in ALL if lesson.transport == "tcp"]

every_lesson = pytest.mark.parametrize("lesson", ALL, ids=lambda lesson: lesson.folder)
every_stream_lesson = pytest.mark.parametrize("lesson", STREAMS, ids=lambda lesson: lesson.folder)
both_roles = pytest.mark.parametrize("role", ["server", "client"])
both_signals = pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)


@every_lesson
@both_roles
def test_help(lesson: Lesson, role: str, run_program) -> None:
    """--help: 0 ile çıkar, stdout'ta Türkçe anlatır, ortak seçeneklerin hepsinden söz eder."""
    contract.check_help(run_program(role, "--help"))
    contract.check_help(run_program(role, "-h"))


@every_lesson
@both_roles
@pytest.mark.deadline(120)
def test_wrong_usage(lesson: Lesson, role: str, run_program) -> None:
    """Yanlış kullanım: stderr'de tek satır, stdout boş, çıkış kodu 2."""
    complaints = contract.wrong_usages(role, lambda words: run_program(role, *words, expect_code=None))
    if complaints:
        fail(f"{len(complaints)} yanlış kullanıma sözleşmedeki yanıt verilmedi", Evidence(details=complaints))


@every_lesson
def test_ready_line_and_log(lesson: Lesson, start_server) -> None:
    """Hazır olma satırı bir kez yazılır; stderr'in her satırı log biçimindedir, sonuncusu kapanışı söyler."""
    server = start_server()
    result = server.stop()
    assert len(server.ready_addresses()) == 1
    contract.check_log(result.err_lines)
    assert result.err_lines[-1].endswith(f" - INFO - {contract.LAST_LOG_LINE}")


@every_lesson
def test_default_host_is_loopback(lesson: Lesson, start_server) -> None:
    """--host verilmeden başlayan sunucu yalnız geri döngüyü dinler."""
    server = start_server()
    assert server.address.host in contract.LOOPBACK
    for address in procfs.listening(server.pid, lesson.transport):
        assert address.host in contract.LOOPBACK


@every_lesson
@needs("ipv6")
def test_ipv6_ready_line(lesson: Lesson, start_server) -> None:
    """--host ::1: hazır olma satırında adres köşeli ayraç içindedir."""
    server = start_server(host="::1")
    assert f"[::1]:{server.address.port} dinleniyor" in server.lines()


@every_lesson
def test_port_in_use(lesson: Lesson, start_server) -> None:
    """Kullanılan port: sunucu adresi ve nedeni söyleyip 1 ile biter."""
    held = TcpListener() if lesson.transport == "tcp" else UdpPeer.bound()
    server = start_server("--port", held.address.port, ready=False)
    contract.check_failure_line(server.wait(expect_code=None), held.address)
    assert server.ready_addresses() == []


@every_lesson
def test_connection_refused(lesson: Lesson, run_client) -> None:
    """Kimsenin dinlemediği adres: istemci adresi ve nedeni söyleyip 1 ile biter."""
    address: Address = refusing_tcp() if lesson.transport == "tcp" else refusing_udp()
    result = run_client(*contract.client_words(lesson), to=address, expect_code=None)
    contract.check_failure_line(result, address)


@every_lesson
@both_signals
def test_signal_ends_server(lesson: Lesson, number: signal.Signals, start_server) -> None:
    """SIGTERM ve SIGINT: sunucu 2 saniye içinde, son log satırı kapanış olarak, 0 ile biter."""
    result = start_server().stop(number)
    assert result.err_lines[-1].endswith(contract.LAST_LOG_LINE)


@every_stream_lesson
def test_signal_with_open_connections(lesson: Lesson, start_server) -> None:
    """Susan istemciler bağlıyken de sunucu 2 saniye içinde 0 ile biter; istemciler akış sonunu görür."""
    server = start_server()
    peers = [TcpPeer.connect(server) for _ in range(3)]
    server.stop()
    for peer in peers:
        peer.expect_closed()


@every_stream_lesson
def test_second_signal_ends_at_once(lesson: Lesson, start_server) -> None:
    """Kapanış sürerken gelen ikinci sinyal programı o sinyalle bitirir."""
    server = start_server()
    peer = TcpPeer.connect(server)
    server.signal(signal.SIGTERM)
    peer.expect_closed()
    server.signal(signal.SIGTERM)
    asked = time.monotonic()
    result = server.wait(expect_code=None)
    finished_by_itself = result.code == 0 and time.monotonic() - asked < 0.25
    assert result.code == -signal.SIGTERM or finished_by_itself


@every_lesson
@both_roles
def test_full_standard_output(lesson: Lesson, role: str, run_program) -> None:
    """stdout'a yazılamıyorsa (/dev/full) program bunu stderr'de söyler, 0 ile bitmez."""
    with open("/dev/full", "wb") as full:
        result = run_program(role, "--help", stdout=full.fileno(), expect_code=None)
    assert result.code > 0
    assert result.err_lines


@every_lesson
def test_broken_pipe_does_not_kill_client(lesson: Lesson, start_server, start_client) -> None:
    """İstemcinin stdout'unu okuyan giderse SIGPIPE onu öldürmez."""
    start_server()
    reader, writer = os.pipe()
    os.close(reader)
    client = start_client(*contract.client_words(lesson), stdout=writer)
    os.close(writer)
    assert client.wait(seconds=30, expect_code=None).code >= 0


@every_lesson
def test_broken_pipe_does_not_kill_server(lesson: Lesson, start_server, run_client) -> None:
    """Sunucunun stdout'unu okuyan giderse SIGPIPE onu öldürmez; durdurulana kadar hizmet eder."""
    reader, writer = os.pipe()
    server = start_server(ready=False, stdout=writer)
    os.close(writer)
    with open(reader, encoding="utf-8") as pipe:
        address = next(filter(None, (parse_ready_line(line.rstrip("\n")) for line in pipe)))
    run_client(*contract.client_words(lesson), to=address, seconds=30)
    assert not server.ended
    assert server.stop(expect_code=None).code >= 0


@every_lesson
def test_client_logs_only_when_asked(lesson: Lesson, start_server, run_client) -> None:
    """İstemci INFO'yu yalnız -v ile yazar; yazdığı log belgelerin biçimindedir."""
    words = contract.client_words(lesson)
    start_server()
    assert " - INFO - " not in run_client(*words, seconds=30).err
    start_server()
    verbose = run_client("-v", *words, seconds=30)
    assert " - INFO - " in verbose.err
    contract.check_log(verbose.err_lines)


@every_lesson
@pytest.mark.deadline(120)
def test_stopping_and_continuing_changes_nothing(lesson: Lesson, start_server, run_client, start_client) -> None:
    """Sürekli durdurulup sürdürülen sunucu ve istemci aynı çıktıyı verir."""
    words = contract.client_words(lesson)
    start_server()
    calm = run_client(*words, seconds=30)
    server = start_server()
    client = start_client(*words)
    with interrupted(server, client):
        stormy = client.wait(60)
    assert contract.comparable(stormy.out, lesson) == contract.comparable(calm.out, lesson)


@every_lesson
@needs("strace")
@pytest.mark.deadline(120)
def test_interrupted_calls_change_nothing(
    lesson: Lesson, start_server, run_client, tmp_path: Path
) -> None:
    """Soket ve bekleme çağrılarının her ikincisi EINTR ile dönse de çıktı aynıdır."""
    words = contract.client_words(lesson)
    start_server()
    calm = run_client(*words, seconds=30)
    calls = contract.INTERRUPTIBLE_CALLS
    start_server(under=wrappers.interrupted_calls(tmp_path / "server.trace", *calls))
    stormy = run_client(*words, seconds=60, under=wrappers.interrupted_calls(tmp_path / "client.trace", *calls))
    assert contract.comparable(stormy.out, lesson) == contract.comparable(calm.out, lesson)
