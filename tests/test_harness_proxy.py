"""Vekil sunucunun kendi testleri: baytlar aynı kalır, parçalar kipe göre kesilir, kapanışlar olduğu gibi geçer."""

from __future__ import annotations

import json
import random
import socket
import threading
import time
from pathlib import Path

import pytest

from harness import clock, scene, sockets
from harness.address import Address
from harness.capability import needs
from harness.chunks import MODES, Cutter
from harness.datagram import UdpPeer
from harness.listener import TcpListener, UnixListener, refusing_tcp
from harness.peer import StreamPeer, TcpPeer, UnixPeer
from harness.proxy import Proxy
from harness.udp_proxy import UdpProxy, UdpRules
from harness.waiting import eventually

TEXT = "Türkçe satır: ığüşöç İ, €, 😀\n".encode()

every_mode = pytest.mark.parametrize("mode", MODES)


def through(mode: str, host: str = "127.0.0.1") -> tuple[Proxy, TcpPeer, StreamPeer]:
    """Vekil sunucu ve iki ucundaki karşı taraflar."""
    listener = TcpListener(host)
    proxy = Proxy(listener.address, mode)
    return proxy, TcpPeer.connect(proxy), listener.accept()


@every_mode
def test_bytes_are_identical_both_ways(mode: str, host: str) -> None:
    """Her kipte iki yönde de gönderilen baytların aynısı, aynı sırayla gelir."""
    proxy, client, server = through(mode, host)
    client.send(TEXT * 10)
    server.expect(TEXT * 10)
    server.send(TEXT)
    client.expect(TEXT)
    assert proxy.recorder.data("client") == TEXT * 10
    assert proxy.recorder.data("server") == TEXT


@every_mode
def test_large_stream_is_identical(mode: str) -> None:
    """Bir megabayt her kipte, makul sürede ve bozulmadan geçer."""
    _, client, server = through(mode)
    data = scene.current().random("veri").randbytes(1024 * 1024)
    sender = threading.Thread(target=client.send, args=(data,))
    sender.start()
    assert server.read_exactly(len(data), seconds=30) == data
    sender.join()


def test_single_bytes_are_read_separately() -> None:
    """bytes kipinde her recv() tek bayt getirir."""
    _, client, server = through("bytes")
    client.send("merhaba\n")
    for byte in b"merhaba\n":
        server.expect_single_read(bytes([byte]))


def test_single_byte_mode_is_quick() -> None:
    """Okuyan bir karşı tarafta birkaç yüz bayt bir saniyeden kısa sürer; sınır, yüklü makineye göre geniştir."""
    _, client, server = through("bytes")
    data = b"a" * 400
    started = time.monotonic()
    client.send(data)
    server.expect(data)
    assert time.monotonic() - started < 4.0 * clock.FACTOR


def test_reader_that_does_not_read_is_not_waited_for() -> None:
    """Karşıdaki daha okumuyorsa bytes kipi onu beklemez: veri yine de geçer."""
    proxy, client, _ = through("bytes")
    data = b"b" * 300
    client.send(data)
    eventually(lambda: proxy.recorder.data("client") == data, "veri vekil sunucudan geçti", seconds=2)


def test_random_mode_cuts_lines_and_characters() -> None:
    """random kipi satırın ve çok baytlı karakterin ortasından keser."""
    proxy, client, server = through("random")
    client.send(TEXT)
    server.expect(TEXT)
    pieces = proxy.recorder.pieces("client")
    assert len(pieces) > 1
    assert any(piece[0] & 0xC0 == 0x80 for piece in pieces[1:])


def test_random_mode_follows_the_seed() -> None:
    """Aynı tohum aynı yerlerden keser, başka tohum başka yerlerden."""
    cuts = [list(Cutter("random", random.Random(seed)).cut(TEXT * 20)) for seed in (7, 7, 8)]
    assert cuts[0] == cuts[1]
    assert cuts[0] != cuts[2]


def test_joined_mode_gathers_writes() -> None:
    """joined kipi, ayrı ayrı gönderilenleri tek parçada verir."""
    _, client, server = through("joined")
    for part in ("bir\n", "iki\n", "üç\n"):
        client.send(part)
    server.expect_single_read("bir\niki\nüç\n")


@every_mode
def test_half_close_is_passed_on(mode: str) -> None:
    """Yarı kapatma geçer, öteki yön çalışmayı sürdürür."""
    proxy, client, server = through(mode)
    client.send("soru\n")
    client.half_close()
    server.expect("soru\n")
    server.expect_eof()
    server.send("yanıt\n")
    server.half_close()
    client.expect("yanıt\n")
    client.expect_eof()
    assert [event["from"] for event in proxy.recorder.events() if event["kind"] == "eof"] == ["client", "server"]


@every_mode
def test_reset_is_passed_on(mode: str) -> None:
    """Bir tarafın sıfırlaması ötekine sıfırlama olarak varır."""
    proxy, client, server = through(mode)
    client.send("soru\n")
    server.expect("soru\n")
    client.reset()
    server.expect_reset()
    assert proxy.recorder.events()[-1]["kind"] == "reset"
    assert proxy.recorder.events()[-1]["from"] == "client"


def test_reset_after_half_close_is_passed_on() -> None:
    """Yarı kapatmış bir taraf sıfırlarsa, boşta bekleyen öteki yön de bunu görür."""
    _, client, server = through("pass")
    client.half_close()
    server.expect_eof()
    client.reset()
    server.expect_reset()


def test_server_reset_is_passed_on() -> None:
    """Sunucunun sıfırlaması istemciye varır."""
    _, client, server = through("pass")
    server.reset()
    client.expect_reset()


def test_refused_target_resets_client() -> None:
    """Hedef bağlanmayı reddediyorsa istemcinin bağlantısı sıfırlanır."""
    proxy = Proxy(refusing_tcp())
    with pytest.raises(ConnectionResetError), socket.create_connection(proxy.address.sockaddr, 5) as client:
        client.recv(1)


def test_connections_are_independent() -> None:
    """Bir bağlantının sıfırlanması ötekine dokunmaz; kayıtta her biri ayrı numaradadır."""
    listener = TcpListener()
    proxy = Proxy(listener.address)
    first, first_end = TcpPeer.connect(proxy), listener.accept()
    second, second_end = TcpPeer.connect(proxy), listener.accept()
    first.reset()
    first_end.expect_reset()
    second.send("buradayım\n")
    second_end.expect("buradayım\n")
    assert proxy.recorder.data("client", 2) == "buradayım\n".encode()


@every_mode
def test_unix_socket(mode: str, tmp_path: Path) -> None:
    """UNIX akış soketi de aynı kiplerden geçer."""
    listener = UnixListener(tmp_path / "s")
    proxy = Proxy(listener.address, mode)
    client = UnixPeer.connect(proxy)
    server = listener.accept()
    client.send(TEXT)
    client.half_close()
    server.expect(TEXT)
    server.expect_eof()
    server.send("tamam\n")
    client.expect("tamam\n")


def test_unix_single_bytes_are_read_separately(tmp_path: Path) -> None:
    """UNIX soketinde de bytes kipi baytları ayrı ayrı okutur."""
    listener = UnixListener(tmp_path / "s")
    client = UnixPeer.connect(Proxy(listener.address, "bytes"))
    server = listener.accept()
    client.send("ab")
    server.expect_single_read("a")
    server.expect_single_read("b")


def test_recording_document(tmp_path: Path) -> None:
    """Kayıt, sayfaların beklediği biçimdedir."""
    proxy, client, server = through("pass")
    client.send("selam\n")
    server.expect("selam\n")
    client.half_close()
    server.expect_eof()
    path = tmp_path / "kayit.json"
    proxy.recorder.save(path, "04-tcp", "run")
    document = json.loads(path.read_text(encoding="utf-8"))
    assert {key: document[key] for key in ("lesson", "scenario", "transport")} == {
        "lesson": "04-tcp", "scenario": "run", "transport": "tcp",
    }  # fmt: skip
    events = [(event["connection"], event["from"], event["kind"], event["data"]) for event in document["events"]]
    assert events == [
        (1, "client", "open", ""),
        (1, "client", "data", "c2VsYW0K"),
        (1, "client", "eof", ""),
    ]
    assert all(isinstance(event["t"], float) for event in document["events"])


def test_close_ends_every_thread() -> None:
    """close() açık bağlantıları koparır ve hiçbir iş parçacığı bırakmaz."""
    proxy, client, _ = through("joined")
    proxy.close()
    client.expect_closed()


def test_separate_segments_are_read_separately(host: str) -> None:
    """send_segments parçaları, karşıdaki her birini ayrı okur."""
    listener = TcpListener(host)
    client = TcpPeer.connect(listener)
    server = listener.accept()
    with_reader = [(b"a\xc5", b"\x9f\n"), (b"quit\r", b"\n")]
    for parts in with_reader:
        client.send(parts[0])
        server.expect_single_read(parts[0])
        assert sockets.wait_until_read(client.socket, 1.0)
        client.send(parts[1])
        server.expect_single_read(parts[1])


def test_unread_data_is_noticed() -> None:
    """Karşıdaki uygulama okumadıysa bekleme süresi dolar."""
    listener = TcpListener()
    client = TcpPeer.connect(listener)
    listener.accept()
    client.send("okunmayan\n")
    assert not sockets.wait_until_read(client.socket, 0.1)


# --- UDP


def udp_pair(rules: UdpRules, host: str = "127.0.0.1") -> tuple[UdpProxy, UdpPeer, UdpPeer]:
    server = UdpPeer.bound(host)
    proxy = UdpProxy(server.address, rules)
    return proxy, UdpPeer.connect(proxy), server


def test_udp_passes_datagrams_both_ways(host: str) -> None:
    """Kuralsız vekil sunucu datagramları olduğu gibi taşır; boş ve en büyük olan da geçer."""
    _, client, server = udp_pair(UdpRules(), host)
    for data in (b"selam", b"", b"x" * 65507 if host == "127.0.0.1" else b"x" * 60000):
        client.send(data)
        received, sender = server.receive_from()
        assert received == data
        server.send_to(received, sender)
        client.expect(data)


def test_udp_clients_have_their_own_path() -> None:
    """Her istemcinin sunucuya giden soketi ayrıdır: yanıtlar karışmaz."""
    proxy, first, server = udp_pair(UdpRules())
    second = UdpPeer.connect(proxy)
    first.send("bir")
    _, first_name = server.receive_from()
    second.send("iki")
    _, second_name = server.receive_from()
    assert first_name != second_name
    server.send_to("ikiye", second_name)
    server.send_to("bire", first_name)
    first.expect("bire")
    second.expect("ikiye")
    assert proxy.recorder.data("server", 2) == b"ikiye"


def test_udp_script_drops_duplicates_and_holds() -> None:
    """Kesin buyruklar: 1. datagram düşer, 2. çoğalır, 3. dördüncünün arkasına kalır."""
    script = {("client", 1): "drop", ("client", 2): "duplicate", ("client", 3): "hold"}
    proxy, client, server = udp_pair(UdpRules(script=script))
    for text in ("bir", "iki", "üç", "dört"):
        client.send(text)
    for text in ("iki", "iki", "dört", "üç"):
        server.expect(text)
    assert proxy.fates("client") == ["drop", "duplicate", "hold", "pass"]


def test_udp_held_datagram_is_released() -> None:
    """Arkasından başka datagram gelmese de bekletilen sonunda gider."""
    _, client, server = udp_pair(UdpRules(script={("client", 1): "hold"}))
    client.send("yalnız")
    server.expect("yalnız")


def test_udp_loss_is_the_same_twice() -> None:
    """Aynı tohumla kayıp, çoğalma ve sıra bozulması iki koşuda da aynıdır."""
    fates = []
    for _ in range(2):
        proxy, client, server = udp_pair(UdpRules(drop=0.3, duplicate=0.1, reorder=0.1))
        for number in range(60):
            client.send(str(number))
            eventually(lambda: len(proxy.fates("client")) == number + 1, f"{number + 1} datagram ele alındı")
        fates.append(proxy.fates("client"))
        proxy.close()
        server.close()
    assert fates[0] == fates[1]
    assert {"drop", "duplicate", "hold", "pass"} == set(fates[0]) or fates[0].count("drop") > 5


@needs("ipv6")
def test_proxy_listens_in_the_family_of_its_target() -> None:
    """IPv6 hedefin vekili de IPv6 adresindedir."""
    proxy = Proxy(Address("::1", refusing_tcp("::1").port))
    assert proxy.address.host == "::1"
