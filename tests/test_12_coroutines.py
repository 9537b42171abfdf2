"""Ders 12: eş yordamın ömrü, birleşmesi, asenkron üreteç; sınırlı kuyruk, üreticiler, tüketiciler."""

import contextlib
import re
import signal
import socket
import threading
import time
from collections import Counter

import pytest

from harness.address import Address
from harness.capability import needs
from harness.contract import INTERRUPTIBLE_CALLS
from harness.listener import TcpListener
from harness.load import idle_connections, storm
from harness.peer import TcpPeer
from harness.waiting import eventually
from harness.wrappers import interrupted_calls

FULL = "Sunucu dolu, daha sonra deneyin"
TOO_LONG = "Satır çok uzun (en fazla 65536 bayt)"
UNKNOWN = "HATA: anlaşılmadı"
LIMIT = 65536
MIB = 1024 * 1024
FAST = ("--scale", "0.05")

client_languages = pytest.mark.parametrize("pairing", ["c-c", "py-c"])
server_languages = pytest.mark.parametrize("pairing", ["c-c", "c-py"])

INSPECT = [
    "=== Coroutine İnceleme ===", "Tip: struct task *", "Coroutine mu?: True", "Durum: oluşturuldu",
    "Test başladı", "Durum: çalışıyor", "Durum: bekliyor", "Durum: hazır", "Test bitti", "Durum: bitti",
    "Sonuç: Test tamamlandı",
]  # fmt: skip
POSTS = '[{"id": 1, "title": "Post 1"}, {"id": 2, "title": "Post 2"}]'
NESTED = [
    "=== Nested Coroutines ===",
    f'Kullanıcı verisi: {{"id": 1, "name": "User-1", "posts": {POSTS}}}',
]
CHAINED = [
    "=== Chained Coroutines ===", "Adım 1 çalışıyor", "Adım 2 çalışıyor (önceki: Adım 1 tamamlandı)",
    "Adım 3 çalışıyor (önceki: Adım 2 tamamlandı)", "Final sonuç: Adım 3 tamamlandı",
]  # fmt: skip
GENERATOR_HEAD = ["=== Async Generator ===", "Async range kullanımı:"]
GENERATOR = [*GENERATOR_HEAD, *(f"Değer: {value}" for value in range(5))]
FINISHED = "Producer-Consumer işlemi tamamlandı"


def logged(server, text, *, count=1, seconds=5.0) -> re.Match[str]:
    return server.wait_line(re.compile(f".* - {text}"), "stderr", count=count, seconds=seconds)


def ask(server, request) -> str:
    """Yeni bir bağlantıda tek istek."""
    peer = TcpPeer.connect(server)
    peer.send(request + "\n")
    reply = peer.read_line()
    peer.close()
    return reply


def active(server) -> int:
    """Sunucuda şu an süren işler."""
    return int(re.fullmatch(r"süren (\d+), aynı anda en çok \d+", ask(server, "durum"))[1])


def most(server) -> int:
    """Sunucuda aynı anda sürmüş en çok iş."""
    return int(re.fullmatch(r"süren \d+, aynı anda en çok (\d+)", ask(server, "durum"))[1])


def produced(lines) -> list[str]:
    return [match[2] for line in lines if (match := re.fullmatch(r"Producer (\d+) üretti: (P\1-Item\d+)", line))]


def processed(lines) -> list[str]:
    return [match[1] for line in lines if (match := re.fullmatch(r"Consumer \d+ işledi: (P\d+-Item\d+)", line))]


def check_pattern(lines, producers=2, items=5) -> None:
    """Her öğe bir kez üretilmiş, üretildikten sonra bir kez işlenmiş; üreticinin öğeleri sırasıyla."""
    made, done = produced(lines), processed(lines)
    assert lines[-1] == FINISHED
    assert len(made) + len(done) + 1 == len(lines)
    for number in range(producers):
        assert [item for item in made if item.startswith(f"P{number}-")] == [f"P{number}-Item{i}" for i in range(items)]
    assert Counter(done) == Counter(made)
    order = {line.split(": ")[1]: at for at, line in reversed(list(enumerate(lines[:-1])))}
    for at, line in enumerate(lines[:-1]):
        if line.startswith("Consumer"):
            assert order[line.split(": ")[1]] < at


class ByHand:
    """İstekleri testin verdiği işlevle, testin istediği anda yanıtlayan sunucu: bağlantı başına bir iş parçacığı.

    `answer(satır)` yanıtın baytlarını ya da metnini verir; boş yanıt söylenmez, None bağlantıyı kapatır.
    """

    def __init__(self, answer) -> None:
        self.answer = answer
        self.requests: list[str] = []
        self.open = 0
        self._lock = threading.Lock()
        self._sockets = [socket.create_server(("127.0.0.1", 0))]
        self.address = Address(*self._sockets[0].getsockname())
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> "ByHand":
        return self

    def __exit__(self, *_) -> None:
        for each in self._sockets:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def count(self, verb) -> int:
        return sum(request.split()[0] == verb for request in list(self.requests))

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._sockets[0].accept()
                self._sockets.append(connection)
                threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection) -> None:
        with self._lock:
            self.open += 1
        with contextlib.suppress(OSError), connection, connection.makefile("rwb") as stream:
            for line in stream:
                self.requests.append(line.decode().rstrip("\n"))
                reply = self.answer(self.requests[-1])
                if reply is None:
                    break
                stream.write(reply.encode() if isinstance(reply, str) else reply)
                stream.flush()
        with self._lock:
            self.open -= 1


def done_at_once(request) -> str:
    """Sunucunun yanıtları, beklemeden."""
    verb, *words = request.split()
    return f"{words[1]} tamamlandı\n" if verb == "bekle" else f"{words[0]} işlendi\n"


# --- iki taraf birlikte


@pytest.mark.deadline(60)
def test_every_demo_in_order(start_server, run_client, pairing):
    """Argümansız istemci belgenin gösterilerini sırasıyla, belgenin sözleriyle yapar."""
    start_server()
    lines = run_client(*FAST).out_lines
    sequential = [*INSPECT, "", *NESTED, "", *CHAINED, "", *GENERATOR, ""]
    assert lines[: len(sequential)] == sequential
    check_pattern(lines[len(sequential) :])


def test_demos_on_both_families(start_server, run_client, host):
    """Aynı gösteriler IPv4 ve IPv6 üzerinden."""
    start_server(host=host)
    assert run_client(*FAST, "chained", "nested").out_lines == [*CHAINED, "", *NESTED]


def test_demos_survive_cutting_and_joining(start_server, run_client, proxied, pairing, chunking):
    """Bayt bayt, rastgele ya da birleşik gelen akışta istekler ve yanıtlar bölünmez."""
    proxy = proxied(start_server(), chunking)
    lines = run_client(*FAST, "nested", "chained", "generator", "producer-consumer", to=proxy).out_lines
    sequential = [*NESTED, "", *CHAINED, "", *GENERATOR, ""]
    assert lines[: len(sequential)] == sequential
    check_pattern(lines[len(sequential) :])


def test_demos_by_name(start_server, run_client):
    """Adı verilen gösteriler verildikleri sırayla, yinelenenler yinelenerek çalışır."""
    start_server()
    lines = run_client(*FAST, "generator", "chained", "generator").out_lines
    assert lines == [*GENERATOR, "", *CHAINED, "", *GENERATOR]


def test_unknown_demo_is_wrong_usage(run_client):
    """Bilinmeyen gösteri: hiçbiri çalışmaz, tek satır olanları sayar, çıkış kodu 2."""
    finished = run_client("chained", "yok-böylesi", to=None, expect_code=2)
    assert finished.out == "" and len(finished.err_lines) == 1
    for name in ("yok-böylesi", "inspect", "nested", "chained", "generator", "producer-consumer", "stack"):
        assert name in finished.err


@needs("strace")
@pytest.mark.deadline(60)
def test_interrupted_calls_lose_nothing(start_server, run_client, tmp_path):
    """Soket ve bekleme çağrılarının her ikincisi EINTR ile dönse de her öğe bir kez işlenir."""
    start_server(under=interrupted_calls(tmp_path / "server", *INTERRUPTIBLE_CALLS))
    client = interrupted_calls(tmp_path / "client", *INTERRUPTIBLE_CALLS)
    check_pattern(run_client(*FAST, "producer-consumer", under=client, seconds=30).out_lines)


# --- istemci: bir eş yordamın ömrü


def test_life_of_a_coroutine(start_server, run_client, pairing):
    """Beş durum, dışarıdan: oluşturuldu, çalışıyor, bekliyor, hazır, bitti. Süren döngünün içinde de olur (örnek 4)."""
    start_server()
    finished = run_client(*FAST, "inspect")
    assert finished.out_lines == INSPECT
    assert finished.err == ""


def test_coroutine_waits_as_long_as_the_server(start_client):
    """Sunucu yanıtlamadıkça durum "bekliyor"dur; "hazır" ancak yanıtla gelir."""
    listener = TcpListener()
    client = start_client("inspect", to=listener)
    peer = listener.accept()
    peer.expect_line("bekle 1 Test")
    client.wait_line("Durum: bekliyor")
    peer.expect_silence(0.3)
    assert client.lines() == INSPECT[:7]
    peer.send("Test tamamlandı\n")
    assert client.wait().out_lines == INSPECT


def test_body_starts_only_when_its_turn_comes(start_client):
    """Oluşturulan eş yordam hemen başlamaz: önce durumu yazılır, sonra gövdesi çalışır ve sorar."""
    listener = TcpListener()
    client = start_client("inspect", to=listener)
    listener.accept().expect_line("bekle 1 Test")
    client.wait_line("Durum: bekliyor")
    lines = client.lines()
    assert lines.index("Durum: oluşturuldu") < lines.index("Test başladı") < lines.index("Durum: çalışıyor")
    client.kill()


# --- istemci: birlikte ve art arda


def test_user_and_posts_are_fetched_together(start_client):
    """İki kayıt, ilki daha yanıtlanmadan istenir; yanıtlar hangi sırayla gelirse gelsin birleşir."""
    listener = TcpListener()
    client = start_client("nested", to=listener)
    peers = {peer.read_line(): peer for peer in (listener.accept(), listener.accept())}
    assert set(peers) == {"kullanıcı 1 0.5", "gönderiler 1 0.5"}
    peers["gönderiler 1 0.5"].send('[{"id": 9, "title": "Dokuz"}]\n')
    peers["gönderiler 1 0.5"].expect_eof()
    peers["kullanıcı 1 0.5"].send('{"id": 1, "name": "Ayşe"}\n')
    merged = '{"id": 1, "name": "Ayşe", "posts": [{"id": 9, "title": "Dokuz"}]}'
    assert client.wait().out_lines == [NESTED[0], f"Kullanıcı verisi: {merged}"]


def test_server_sees_two_requests_at_once(start_server, run_client, pairing):
    """Eşzamanlılığın kanıtı sunucudadır: iç içe gösteride iki, zincirde bir iş birlikte sürmüştür."""
    server = start_server()
    run_client(*FAST, "chained", "generator")
    assert most(server) == 1
    run_client(*FAST, "nested")
    assert most(server) == 2


def test_step_is_given_the_previous_result(start_client):
    """Zincirde bir adım, öncekinin sonucu gelmeden istenmez ve onunla başlar."""
    listener = TcpListener()
    client = start_client("chained", to=listener)
    peer = listener.accept()
    for number, result in ((1, "elma"), (2, "armut ve ayva"), (3, "üzüm")):
        peer.expect_line(f"bekle 0.5 Adım {number}")
        peer.expect_silence(0.1)
        peer.send(f"{result}\n")
    assert client.wait().out_lines == [
        CHAINED[0], "Adım 1 çalışıyor", "Adım 2 çalışıyor (önceki: elma)",
        "Adım 3 çalışıyor (önceki: armut ve ayva)", "Final sonuç: üzüm",
    ]  # fmt: skip


@pytest.mark.parametrize("scale, shown", [("0.05", "0.05"), ("2", "2"), ("0.001", "0.001")])
def test_scale_multiplies_every_delay(start_client, scale, shown):
    """--scale istenen sürelerin çarpanıdır."""
    listener = TcpListener()
    start_client("--scale", scale, "inspect", to=listener)
    listener.accept().expect_line(f"bekle {shown} Test")


# --- istemci: asenkron üreteç


@client_languages
def test_values_come_from_the_server(start_client, pairing):
    """Değer, sunucudan geldiği anda yazılır; dizinin sonunu sunucu söyler."""
    listener = TcpListener()
    client = start_client("generator", to=listener)
    peer = listener.accept()
    peer.expect_line("say 0 5 1 0.1")
    for value in (7, -3, 1000000):
        peer.send(f"{value}\n")
        client.wait_line(f"Değer: {value}")
    peer.send("bitti\n")
    assert client.wait().out_lines == [*GENERATOR_HEAD, "Değer: 7", "Değer: -3", "Değer: 1000000"]
    peer.expect_closed()


@client_languages
def test_generator_left_early_closes_its_connection(start_client, pairing):
    """Yarıda bırakılan üretecin bağlantısı kapanır; fazladan değer okunmaz."""
    listener = TcpListener()
    client = start_client("--take", "2", "generator", to=listener)
    peer = listener.accept()
    peer.expect_line("say 0 5 1 0.1")
    peer.send("0\n1\n")
    peer.expect_closed()
    assert client.wait().out_lines == [*GENERATOR_HEAD, "Değer: 0", "Değer: 1"]


@client_languages
def test_generator_that_is_never_asked_never_begins(run_client, pairing):
    """Değer istenmeyen üreteç bağlanmaz bile: gövdesi ilk `next` ile başlar."""
    listener = TcpListener()
    assert run_client("--take", "0", "generator", to=listener).out_lines == GENERATOR_HEAD
    listener.expect_nobody()


def test_asking_beyond_the_end(start_server, run_client):
    """Dizinin sonundan fazlası istenirse dizi biter, hata olmaz."""
    start_server()
    assert run_client(*FAST, "--take", "50", "generator").out_lines == GENERATOR


# --- istemci: üreticiler ve tüketiciler

SHAPES = [
    # üretici, tüketici, öğe, kuyruk
    (1, 1, 1, 1), (1, 1, 12, 1), (2, 3, 5, 10), (7, 2, 6, 1), (2, 9, 8, 3), (20, 20, 10, 5), (3, 1, 4, 100),
]  # fmt: skip


def shape_words(producers, consumers, items, capacity) -> list[str]:
    numbers = {"--producers": producers, "--consumers": consumers, "--items": items, "--queue": capacity}
    return [str(word) for pair in numbers.items() for word in pair]


@pytest.mark.deadline(60)
@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: "-".join(map(str, shape)))
@pytest.mark.parametrize("seed", [0, 1, 2, 999999])
def test_every_item_is_processed_exactly_once(start_server, run_client, shape, seed):
    """Kaç üretici, tüketici, öğe ve yer olursa olsun her öğe tam bir kez işlenir ve join döner (örnek 5)."""
    start_server()
    words = (*shape_words(*shape), "--seed", seed, "--scale", "0.02")
    finished = run_client("producer-consumer", *words, seconds=30)
    check_pattern(finished.out_lines, producers=shape[0], items=shape[2])
    assert finished.err == ""


@pytest.mark.deadline(60)
def test_every_item_is_processed_in_every_pairing(start_server, run_client, pairing):
    """Aynısı, iki tarafın her dilinde ve kuyruk küçükken."""
    start_server()
    words = (*shape_words(3, 2, 6, 2), "--scale", "0.02")
    check_pattern(run_client("producer-consumer", *words).out_lines, producers=3, items=6)


@client_languages
def test_first_producer_to_end_does_not_send_consumers_away(start_client, pairing):
    """Bir üretici bitip öğeleri işlendikten çok sonra öteki üretir: onun öğeleri de işlenir (örnek 5)."""
    with late_second_producer() as server:
        client = start_client("producer-consumer", *shape_words(2, 3, 4, 10), to=server.address)
        eventually(lambda: len(processed(client.lines())) == 4, "ilk üreticinin öğeleri işlendi")
        server.release.set()
        check_pattern(client.wait().out_lines, items=4)


@contextlib.contextmanager
def late_second_producer():
    """1 numaralı üreticinin öğelerini `release` kurulana dek üretmeyen sunucu."""
    release = threading.Event()

    def answer(request):
        if "P1-" in request:
            release.wait(10)
        return done_at_once(request)

    with ByHand(answer) as server:
        server.release = release
        yield server
        release.set()


@pytest.mark.parametrize("capacity, consumers", [(1, 1), (4, 3), (10, 3)])
@client_languages
def test_full_queue_holds_the_producers(start_client, capacity, consumers, pairing):
    """Tüketiciler işini bitirmeyince üreticiler durur: kuyruk kadar, eldekiler kadar, bir de üreticilerin elindeki."""
    release = threading.Event()

    def answer(request):
        if request.startswith("işle"):
            release.wait(20)
        return done_at_once(request)

    with ByHand(answer) as server:
        words = shape_words(2, consumers, 30, capacity)
        client = start_client("producer-consumer", *words, to=server.address)
        queued = capacity + consumers
        eventually(lambda: len(produced(client.lines())) == queued, "kuyruk doldu")
        eventually(lambda: server.count("bekle") == queued + 2, "üreticilerin elinde birer öğe")
        time.sleep(0.3)
        assert len(produced(client.lines())) == queued
        assert server.count("bekle") == queued + 2
        assert server.count("işle") == consumers
        release.set()
        check_pattern(client.wait().out_lines, items=30)


def test_consumers_work_at_once(start_client):
    """Üç tüketici üç öğeyi birlikte işler: üçü de ilki yanıtlanmadan istenmiştir."""
    together = threading.Barrier(3)

    def answer(request):
        if request.startswith("işle"):
            together.wait(10)
        return done_at_once(request)

    with ByHand(answer) as server:
        client = start_client("producer-consumer", *shape_words(2, 3, 6, 10), to=server.address)
        check_pattern(client.wait().out_lines, items=6)


def test_server_sees_all_workers_at_once(start_server, run_client):
    """Beş eş yordamın beşi de birlikte bekleyebilir; altı iş birlikte sürmez."""
    server = start_server()
    run_client("producer-consumer", *shape_words(2, 3, 20, 10), "--scale", "0.1")
    assert 2 <= most(server) <= 5


# --- istemci: belgenin bitirme yolu


@client_languages
def test_sentinel_loses_items_and_never_joins(start_client, pairing):
    """--sentinel: ilk bitenin None'ı tüketicileri yollar, ötekinin öğeleri kuyrukta kalır, join bitmez (örnek 5)."""
    with late_second_producer() as server:
        words = ("--sentinel", *shape_words(2, 3, 4, 10), "--scale", "0.5")
        client = start_client("producer-consumer", *words, to=server.address)
        eventually(lambda: len(processed(client.lines())) == 4, "ilk üreticinin öğeleri işlendi")
        eventually(lambda: server.open == 1, "tüketiciler gitti")
        server.release.set()
        finished = client.wait()
    assert len(produced(finished.out_lines)) == 8
    assert finished.out_lines[-1] == "8 öğeden 4 tanesi işlendi, join bitmedi"
    assert finished.err == ""


def test_sentinel_never_joins_even_when_everything_is_processed(start_server, run_client, pairing):
    """--sentinel, tek üretici: bütün öğeler işlense de None'lar için task_done denmediğinden join bitmez."""
    start_server()
    words = (*shape_words(1, 3, 4, 10), "--scale", "0.2")
    lines = run_client("producer-consumer", "--sentinel", *words).out_lines
    assert len(processed(lines)) == 4
    assert lines[-1] == "4 öğeden 4 tanesi işlendi, join bitmedi"


@client_languages
def test_sentinel_is_bounded_when_producers_are_stuck(start_client, pairing):
    """--sentinel, tek yerlik kuyruk: geri konan None kuyruğu doldurur, üretici de takılır; program yine de biter."""
    with late_second_producer() as server:
        words = ("--sentinel", *shape_words(2, 1, 4, 1), "--scale", "0.5")
        client = start_client("producer-consumer", *words, to=server.address)
        eventually(lambda: len(processed(client.lines())) == 4, "ilk üreticinin öğeleri işlendi")
        eventually(lambda: server.open == 1, "tüketici gitti")
        server.release.set()
        finished = client.wait()
    assert len(produced(finished.out_lines)) == 4
    assert finished.out_lines[-1] == "4 öğeden 4 tanesi işlendi, join bitmedi"
    assert finished.err == ""


def test_sentinel_excludes_cancel(run_client):
    """--sentinel ile --cancel birlikte verilmez."""
    finished = run_client("--sentinel", "--cancel", "1", to=None, expect_code=2)
    assert len(finished.err_lines) == 1


# --- istemci: iptal


def check_cancelled(finished) -> None:
    lines = finished.out_lines
    made, done = produced(lines), processed(lines)
    assert lines[-1] == f"Producer-Consumer iptal edildi: {len(made)} öğe üretildi, {len(done)} öğe işlendi"
    assert len(made) + len(done) + 1 == len(lines)
    assert not Counter(done) - Counter(made)
    assert finished.err == ""


@pytest.mark.parametrize("moment", ["0.001", "0.01", "0.1", "0.25", "0.4", "0.7"])
def test_cancel_at_any_time_leaves_nothing(start_server, run_client, moment):
    """--cancel: hangi anda olursa olsun istemci her şeyi geri vererek biter, sunucuda iş kalmaz."""
    server = start_server()
    words = shape_words(6, 4, 50, 2)
    check_cancelled(run_client("producer-consumer", "--cancel", moment, *words, "--scale", "0.2"))
    eventually(lambda: active(server) == 0, "sunucuda iş kalmadı")


@client_languages
def test_cancel_reaches_every_kind_of_wait(start_client, pairing):
    """Tüketiciler sunucuyu, üreticiler dolu kuyruğu beklerken gelen iptal hepsini bitirir."""
    release = threading.Event()

    def answer(request):
        if request.startswith("işle"):
            release.wait(20)
        return done_at_once(request)

    with ByHand(answer) as server:
        client = start_client("producer-consumer", "--cancel", "1", *shape_words(3, 2, 9, 2), to=server.address)
        eventually(lambda: len(produced(client.lines())) == 4, "kuyruk doldu")
        finished = client.wait()
        release.set()
        check_cancelled(finished)
        eventually(lambda: server.open == 0, "bağlantılar kapandı")


def test_cancel_after_the_end_changes_nothing(start_server, run_client):
    """Süresi gelmeden biten iş iptal edilmez."""
    start_server()
    check_pattern(run_client("producer-consumer", "--cancel", "20", *FAST).out_lines)


# --- istemci: olmayan işler

DEMOS = ("inspect", "nested", "chained", "generator", "producer-consumer", "stack")


def check_failed(finished, operation, address, why) -> None:
    """Tek satır, asıl neden; geri verilmeyen görev ya da yutulan hata uyarısı yok."""
    assert finished.err_lines == [f"{operation}: {address}: {why}"]


@pytest.mark.parametrize("demo", DEMOS)
@client_languages
def test_server_that_leaves_is_named(run_client, demo, pairing):
    """Soruyu alıp giden sunucu: son satır neyin, nerede, neden olmadığını söyler; başka uyarı yoktur."""
    with ByHand(lambda request: None) as server:
        finished = run_client(demo, to=server.address, expect_code=1)
        check_failed(finished, "Yanıt alınamadı", server.address, "akış beklenenden önce bitti")
        eventually(lambda: server.open == 0, "bağlantılar kapandı")


@pytest.mark.parametrize(
    "reply, operation, why",
    [
        (b"\xff\n", "Yanıt alınamadı", "geçersiz UTF-8"),
        (b"x" * 70000, "Yanıt alınamadı", "mesaj çok büyük"),
        (f"{FULL}\n".encode(), "Bağlanılamadı", "sunucu dolu"),
        ("HATA: bugün \x1b[31m olmaz\n".encode(), "Yanıt alınamadı", "HATA: bugün \\x1b[31m olmaz"),
    ],
    ids=["utf8", "long", "full", "error"],
)
@pytest.mark.parametrize("demo", ["chained", "producer-consumer"])
def test_bad_reply_is_named(run_client, demo, reply, operation, why):
    """Yanıt sayılamayan yanıtın nedeni son satırdadır; ağdan gelen metin kaçışla yazılır."""
    with ByHand(lambda request: reply) as server:
        finished = run_client(demo, to=server.address, expect_code=1)
        check_failed(finished, operation, server.address, why)


@client_languages
def test_reply_is_printed_escaped(start_client, pairing):
    """Yanıtın denetim karakterleri ekrana kaçışla yazılır: sunucu istemcinin uçbirimini boyayamaz."""
    with ByHand(lambda request: "kır\x1b[31mızı\n") as server:
        lines = start_client("chained", to=server.address).wait().out_lines
    assert lines[-1] == "Final sonuç: kır\\x1b[31mızı"


@pytest.mark.parametrize("demo, reply", [("nested", "selam"), ("generator", "beş"), ("generator", "5x"), ("generator", "")])
@client_languages
def test_unexpected_reply_is_named(run_client, demo, reply, pairing):
    """Biçimi beklenen gibi olmayan yanıt protokole aykırıdır."""
    with ByHand(lambda request: f"{reply}\n") as server:
        finished = run_client(demo, to=server.address, expect_code=1)
        check_failed(finished, "Yanıt alınamadı", server.address, "protokole aykırı")


@pytest.mark.parametrize("said", ["Adım 1 tamam", "bi"])
@pytest.mark.parametrize("demo", ["chained", "generator"])
@client_languages
def test_half_a_line_is_no_reply(start_client, demo, said, pairing):
    """Satır sonu gelmeden biten akışta kalan yarım satır yanıt sayılmaz."""
    listener = TcpListener()
    client = start_client(demo, to=listener)
    peer = listener.accept()
    peer.read_line()
    peer.send(said)
    peer.close()
    check_failed(client.wait(expect_code=1), "Yanıt alınamadı", listener.address, "akış beklenenden önce bitti")


@pytest.mark.parametrize("demo", DEMOS)
def test_silent_server_is_given_up(run_client, demo):
    """Yanıtlamayan sunucu, istenen süreden --timeout kadar sonra bırakılır."""
    with ByHand(lambda request: "") as server:
        finished = run_client("--timeout", "0.2", "--scale", "0.01", demo, to=server.address, expect_code=1)
        check_failed(finished, "Yanıt alınamadı", server.address, "zaman aşımı")


def test_timeout_does_not_count_the_requested_delay(start_server, run_client, pairing):
    """İstenen süre --timeout'tan uzun olabilir: beklenen yanıt zaman aşımı değildir."""
    start_server()
    assert run_client("--timeout", "0.4", "inspect").out_lines == INSPECT


@pytest.mark.parametrize("verb", ["bekle", "işle"])
@client_languages
def test_one_failure_ends_the_others(run_client, verb, pairing):
    """Bir üreticinin ya da tüketicinin hatası ötekileri de bitirir: kimse gelmeyecek bir öğeyi beklemez."""
    release = threading.Event()

    def answer(request):
        if request.startswith(verb) and "P0-Item0" in request:
            return None
        if "P0-Item0" not in request:
            release.wait(20)
        return done_at_once(request)

    with ByHand(answer) as server:
        finished = run_client("producer-consumer", to=server.address, expect_code=1)
        check_failed(finished, "Yanıt alınamadı", server.address, "akış beklenenden önce bitti")
        assert FINISHED not in finished.out_lines
        eventually(lambda: server.open <= 4, "bağlantılar kapandı")
        release.set()


@client_languages
def test_failed_producer_interrupts_a_busy_consumer(run_client, pairing):
    """Üretici olmayınca, yanıtı gelmeyen bir öğeyi işleyen tüketici de beklenmez: iş hemen biter."""
    release = threading.Event()

    def answer(request):
        if request.startswith("işle"):
            release.wait(20)
        return None if request.endswith("P0-Item2") else done_at_once(request)

    with ByHand(answer) as server:
        words = ("--timeout", "30", *shape_words(1, 1, 5, 10))
        finished = run_client("producer-consumer", *words, to=server.address, expect_code=1)
        release.set()
        check_failed(finished, "Yanıt alınamadı", server.address, "akış beklenenden önce bitti")


@client_languages
def test_one_failed_fetch_is_the_result_of_both(start_client, pairing):
    """Birlikte istenenlerden biri olmazsa sonuç o hatadır; öteki de geride kalmaz."""
    listener = TcpListener()
    client = start_client("nested", to=listener)
    peers = {peer.read_line(): peer for peer in (listener.accept(), listener.accept())}
    peers["gönderiler 1 0.5"].close()
    peers["kullanıcı 1 0.5"].send('{"id": 1, "name": "Ayşe"}\n')
    check_failed(client.wait(expect_code=1), "Yanıt alınamadı", listener.address, "akış beklenenden önce bitti")
    peers["kullanıcı 1 0.5"].expect_closed()


@pytest.mark.own_program
def test_first_failure_is_the_one_named(start_client):
    """Birden çok iş olmazsa son satır ilk olmayanı söyler: sonrakiler çoğu zaman onun sonucudur."""
    listener = TcpListener()
    client = start_client("nested", to=listener)
    peers = {peer.read_line(): peer for peer in (listener.accept(), listener.accept())}
    peers["gönderiler 1 0.5"].half_close()
    peers["gönderiler 1 0.5"].expect_closed()
    peers["kullanıcı 1 0.5"].send(b"\xff\n")
    check_failed(client.wait(expect_code=1), "Yanıt alınamadı", listener.address, "akış beklenenden önce bitti")


# --- istemci: yığın


@pytest.mark.own_program
def test_frames_stay_where_they_are(start_server, run_client):
    """Yüz çağrı derinde beklenebilir: çerçeveler taşınmaz, yerelleri yerindedir, derinlikle orantılı yer tutar."""
    start_server()
    lines = run_client("--scale", "0.01", "stack").out_lines
    pattern = r"(\d+) çağrı derinde beklendi: yığında (\d+) bayt, yerinde duran yerel (\d+)/(\d+)"
    rows = [tuple(map(int, re.fullmatch(pattern, line).groups())) for line in lines[1:4]]
    assert [(depth, kept, all) for depth, _, kept, all in rows] == [(n, n + 1, n + 1) for n in (1, 10, 100)]
    one, ten, hundred = (size for _, size, _, _ in rows)
    assert 0 < one < ten < hundred
    assert (hundred - ten) == 10 * (ten - one)
    assert re.fullmatch(r"Üreteç: yığın yok, bir yapı: \d+ bayt", lines[4])


# --- sunucu: istekler


@pytest.mark.parametrize(
    "request_line, reply",
    [
        ("bekle 0 iş", "iş tamamlandı"),
        ("bekle 0.01 uzun bir  ad", "uzun bir  ad tamamlandı"),
        ("  bekle   000.0100   x  ", "x tamamlandı"),
        ("işle P0-Item0 0", "P0-Item0 işlendi"),
        ("işle ş 0.010000000", "ş işlendi"),
        ("kullanıcı 7 0", '{"id": 7, "name": "User-7"}'),
        ("kullanıcı 007 0.01", '{"id": 7, "name": "User-7"}'),
        ("kullanıcı 3", '{"id": 3, "name": "User-3"}'),
        ("gönderiler 1 0", POSTS),
        ("gönderiler 12", POSTS),
        ("say 0 3 1 0", "0\n1\n2\nbitti"),
        ("say 0 3 2 0", "0\n2\nbitti"),
        ("say -2 1 1 0.001", "-2\n-1\n0\nbitti"),
        ("say 4 4 1", "bitti"),
        ("say 9 4 1 0", "bitti"),
        ("say 0 1 999999999", "0\nbitti"),
        ("durum", "süren 0, aynı anda en çok 0"),
    ],
)
@server_languages
def test_requests_and_replies(start_server, request_line, reply, pairing):
    """Sözleşmedeki her istek ve yanıtı."""
    peer = TcpPeer.connect(start_server())
    peer.send(request_line + "\n")
    peer.expect(reply + "\n")


MISUNDERSTOOD = [
    "", " ", "selam", "BEKLE 1 x", "bekle", "bekle 1", "bekle x 1", "bekle -1 x", "bekle 1e0 x", "bekle .5 x",
    "bekle 5. x", "bekle nan x", "bekle 0x1 x", "bekle 1234567890 x", "bekle 0.1234567890 x", "bekle1 x", "işle x",
    "işle x y", "işle x 0 y", "işle 0", "kullanıcı", "kullanıcı x", "kullanıcı -1", "kullanıcı 1 x",
    "kullanıcı 1 0 0", "kullanıcı 1234567890", "gönderiler", "gönderiler 1 -1", "say", "say 1", "say 1 2",
    "say 0 5 0", "say 0 5 -1", "say 0 5 1 x", "say 0 5 1 0 0", "say a 5 1", "say 0 - 1", "durum x", "kullanici 1",
]  # fmt: skip


@server_languages
def test_misunderstood_requests(start_server, pairing):
    """Anlaşılmayan isteğe öyle denir; bağlantı sürer."""
    peer = TcpPeer.connect(start_server())
    for request in MISUNDERSTOOD:
        peer.send(request + "\n")
        peer.expect(f"{UNKNOWN}\n")
    peer.send("bekle 0 sonra\n")
    peer.expect("sonra tamamlandı\n")


@server_languages
def test_delay_over_the_limit_is_refused(start_server, pairing):
    """--max-delay'den uzun iş hiç başlamaz, sözle geri çevrilir; sınırdaki yapılır."""
    peer = TcpPeer.connect(start_server("--max-delay", "0.25"))
    refusal = "HATA: en çok 0.25 saniye beklenir\n"
    peer.send("bekle 0.251 x\nişle x 1\nkullanıcı 1\ngönderiler 1 99\nsay 0 9 1 0.3\ndurum\nbekle 0.25 y\n")
    peer.expect(refusal * 5 + "süren 0, aynı anda en çok 0\ny tamamlandı\n")


def test_default_limit_is_a_minute(start_server):
    """Olağan sınır 60 saniyedir."""
    peer = TcpPeer.connect(start_server())
    peer.send("bekle 60.001 x\n")
    peer.expect("HATA: en çok 60 saniye beklenir\n")


def test_delay_is_really_waited(start_server):
    """Süresi dolmadan yanıt gelmez."""
    peer = TcpPeer.connect(start_server())
    peer.send("bekle 0.5 x\n")
    peer.expect_silence(0.4)
    peer.expect("x tamamlandı\n")


def test_counting_is_paced(start_server):
    """say'ın her değeri kendi süresinden sonra, ayrı bir yanıt olarak gelir."""
    peer = TcpPeer.connect(start_server())
    peer.send("say 0 2 1 0.3\n")
    peer.expect_silence(0.2)
    peer.expect_single_read("0\n")
    peer.expect_silence(0.15)
    peer.expect("1\nbitti\n")


@server_languages
def test_connections_do_not_wait_for_each_other(start_server, pairing):
    """Yüz bağlantının yüz işi birlikte sürer; bu, sunucunun kendi sayımından okunur."""
    server = start_server()
    peers = [TcpPeer.connect(server) for _ in range(100)]
    for number, peer in enumerate(peers):
        peer.send(f"bekle 1 iş-{number}\n")
    eventually(lambda: active(server) == 100, "yüz iş birlikte sürüyor")
    for number, peer in enumerate(peers):
        peer.expect(f"iş-{number} tamamlandı\n")
    assert ask(server, "durum") == "süren 0, aynı anda en çok 100"


def test_requests_of_one_connection_are_in_turn(start_server):
    """Bir bağlantının istekleri sırayla yapılır: kısa olan, önündeki uzunu geçmez."""
    server = start_server()
    peer = TcpPeer.connect(server)
    peer.send("bekle 0.2 uzun\nbekle 0 kısa\nsay 0 2 1 0.01\nbekle 0.01 son\n")
    peer.expect("uzun tamamlandı\nkısa tamamlandı\n0\n1\nbitti\nson tamamlandı\n")
    assert most(server) == 1


def test_counting_stops_when_nobody_listens(start_server):
    """Dinleyeni giden say durur: on yedi dakikalık saymadan geriye iş de tanımlayıcı da kalmaz."""
    server = start_server()
    assert active(server) == 0
    idle = server.open_descriptors
    peer = TcpPeer.connect(server)
    peer.send("say 0 100000 1 0.01\n")
    peer.expect("0\n1\n")
    assert active(server) <= 1
    peer.close()
    logged(server, "WARNING - Bağlantı kesildi: ")
    eventually(lambda: server.open_descriptors <= idle, "bağlantı kapandı")
    assert active(server) == 0


# --- sunucu: çerçeveleme ve konuşmanın sonu


def test_lines_in_pieces_and_together(start_server):
    """Parça parça gelen istek tek yanıt alır, birlikte gelenlerin her biri kendi yanıtını."""
    peer = TcpPeer.connect(start_server())
    peer.send_segments("bek", "le 0 a\xc5\x9f".encode("latin-1")[:-1], b"\x9f\r\nbekle 0 b\nbekle 0 ", "c\n")
    peer.expect("aş tamamlandı\nb tamamlandı\nc tamamlandı\n")


def test_thousand_requests_in_one_segment(start_server):
    """Tek parçada gelen bin istek, sırayla bin yanıt alır."""
    peer = TcpPeer.connect(start_server())
    peer.send("".join(f"bekle 0 {i}\n" for i in range(1000)))
    peer.expect("".join(f"{i} tamamlandı\n" for i in range(1000)))


def test_each_reply_is_one_read(start_server):
    """Bir yanıt tek gönderimde, bölünmeden çıkar."""
    peer = TcpPeer.connect(start_server())
    name = "ığüşöç" * 300
    for request, reply in ((f"bekle 0 {name}", f"{name} tamamlandı"), ("gönderiler 1 0", POSTS)):
        peer.send(request + "\n")
        peer.expect_single_read(reply + "\n")


def test_nul_is_passed_on(start_server):
    """Adın içindeki NUL yanıtta da durur; metin orada kesilmez."""
    peer = TcpPeer.connect(start_server())
    peer.send(b"bekle 0 a\0b\n")
    peer.expect(b"a\0b tamamland\xc4\xb1\n")


def test_half_close_gets_every_answer(start_server):
    """Yazma yarısını kapatan istemci bütün yanıtlarını, saymanın bütün değerlerini, sonra akış sonunu alır."""
    peer = TcpPeer.connect(start_server())
    peer.send("bekle 0.1 bir\nsay 0 20 1 0.01\nbekle 0 son")
    peer.half_close()
    peer.expect("bir tamamlandı\n" + "".join(f"{i}\n" for i in range(20)) + "bitti\nson tamamlandı\n")
    peer.expect_eof()


def test_invalid_utf8_closes_after_earlier_answers(start_server):
    """Bozuk UTF-8 bağlantıyı sessizce kapatır; ondan önceki isteğin yanıtı kaybolmaz."""
    server = start_server()
    peer = TcpPeer.connect(server)
    peer.send(b"bekle 0.1 iyi\nbekle 0 \xff\nbekle 0 son\n")
    peer.expect("iyi tamamlandı\n")
    peer.expect_eof()
    logged(server, r"WARNING - Bağlantı kesildi: .*: geçersiz UTF-8")


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_line_at_the_limit_and_over(start_server, ending):
    """65536 baytlık istek yanıtlanır; bir bayt fazlası sözle geri çevrilir ve bağlantı kapanır."""
    peer = TcpPeer.connect(start_server())
    name = "x" * (LIMIT - len("bekle 0 "))
    peer.send(f"bekle 0 {name}{ending}")
    peer.expect(f"{name} tamamlandı\n")
    peer.send(f"bekle 0 önce\nbekle 0 {name}y{ending}")
    peer.expect(f"önce tamamlandı\n{TOO_LONG}\n")
    peer.expect_eof()


def test_endless_line_is_refused(start_server):
    """Satır sonu gelmeyen 20 MB: söz söylenir, bağlantı kapanır, bellek büyümez."""
    server = start_server()
    other = TcpPeer.connect(server)
    peer = TcpPeer.connect(server)
    memory = server.resident_kib
    peer.fill("z" * 65536, 20 * MIB)
    peer.expect_line(TOO_LONG)
    peer.expect_closed()
    assert server.resident_kib - memory < 4096
    other.send("bekle 0 buradayım\n")
    other.expect("buradayım tamamlandı\n")


def test_reader_that_never_reads(start_server):
    """Yanıtlarını okumayan istemci durdurulur: bellek büyümez, öteki hizmet görür, süresi dolunca kapatılır."""
    server = start_server("--timeout", "1")
    memory = server.resident_kib
    slow = TcpPeer.connect(server, receive_buffer=4096)
    line = "bekle 0 " + "x" * 4000 + "\n"
    assert slow.fill(line, 64 * MIB) < 32 * MIB
    assert ask(server, "bekle 0 x") == "x tamamlandı"
    assert server.resident_kib - memory < 16 * 1024  # çekirdeğe verilmiş yanıtları ASan bir süre daha tutar
    logged(server, "WARNING - İstemci zaman aşımı: ")


def test_reset_ends_only_that_client(start_server):
    """Sıfırlanan bağlantı yalnız kendini bitirir: beklerken, iş sürerken, sayarken ya da satırın ortasında."""
    server = start_server()
    other = TcpPeer.connect(server)
    for said in ("", "bekle 0.2 x\n", "say 0 1000 1 0.01\n", "bek"):
        peer = TcpPeer.connect(server)
        peer.send(said)
        peer.reset()
    other.send("bekle 0.3 ayaktayım\n")
    other.expect("ayaktayım tamamlandı\n")
    eventually(lambda: active(server) == 0, "işler bitti")


def test_silent_client_is_closed(start_server):
    """Sessiz istemci --timeout dolunca, söz söylenmeden kapatılır ve loglanır; işi süren istemci sessiz sayılmaz."""
    server = start_server("--timeout", "0.6")
    silent = TcpPeer.connect(server)
    half = TcpPeer.connect(server)
    half.send("bekle 0")
    working = TcpPeer.connect(server)
    working.send("bekle 1.5 iş\n")
    silent.expect_eof()
    half.expect_eof()
    logged(server, "WARNING - İstemci zaman aşımı: ", count=2)
    working.expect("iş tamamlandı\n")


# --- sunucu: sayı, yük, kaynak


def test_client_over_the_limit_is_told(start_server):
    """N istemci varken N+1'inciye dolu olduğu söylenir; biri gidince yeri yenisine verilir."""
    server = start_server("--max-clients", "2")
    peers = [TcpPeer.connect(server) for _ in range(2)]
    for peer in peers:
        peer.send("bekle 0 içeride\n")
        peer.expect("içeride tamamlandı\n")
    extra = TcpPeer.connect(server)
    extra.send("bekle 0 x\n")
    extra.expect_line(FULL)
    extra.expect_closed()
    peers[0].close()
    eventually(lambda: ask(server, "bekle 0 yeni") != FULL, "yer açıldı")
    peers[1].send("bekle 0 hâlâ\n")
    peers[1].expect("hâlâ tamamlandı\n")


def test_idle_clients_cost_nothing(start_server):
    """Dokuz yüz sessiz istemci varken işlemci boştadır; sonra gelen hemen hizmet görür."""
    server = start_server()
    with idle_connections(server, 900):
        logged(server, "INFO - Yeni bağlantı: ", count=900, seconds=20)
        before = server.cpu_seconds
        time.sleep(1)
        assert server.cpu_seconds - before < 0.2
        assert ask(server, "bekle 0 x") == "x tamamlandı"


def test_thousands_in_a_row_leave_nothing(start_server):
    """Art arda iki bin bağlantıdan sonra geride ne tanımlayıcı ne iş kalır."""
    server = start_server()
    assert active(server) == 0
    idle = server.open_descriptors
    storm(server, 1000, say="bekle 0.01 x\n".encode())
    storm(server, 1000, say=b"bek", ending="reset")
    eventually(lambda: server.open_descriptors <= idle, "tanımlayıcılar kapandı")
    assert active(server) == 0


def test_full_descriptor_table(start_server):
    """Tanımlayıcı kalmayınca kabul durur: log tek satırdır, işlemci boşa dönmez, yer açılınca sürer."""
    server = start_server()
    with server.descriptors_left(6):
        peers = [TcpPeer.connect(server) for _ in range(12)]
        logged(server, "ERROR - Kabul duraklatıldı: ")
        before = server.cpu_seconds
        time.sleep(1)
        assert server.cpu_seconds - before < 0.2
        assert sum("Kabul duraklatıldı" in line for line in server.lines("stderr")) == 1
        for peer in peers[:6]:
            peer.close()
        peers[-1].send("bekle 0 sıra\n")
        peers[-1].expect("sıra tamamlandı\n")


def test_requests_are_logged_only_when_asked(start_server):
    """İsteğin metni yalnız -v ile, kaçışla loglanır."""
    for options, expected in (((), False), (("-v",), True)):
        server = start_server(*options)
        peer = TcpPeer.connect(server)
        peer.send("bekle 0 gizli \x1b[31m söz\n")
        peer.expect("gizli \x1b[31m söz tamamlandı\n")
        server.stop()
        line = next((line for line in server.lines("stderr") if "gizli" in line), "")
        assert bool(line) == expected
        assert "\x1b" not in line
        assert re.search(r"\[127\.0\.0\.1:\d+\] İstek: bekle 0 gizli", line) or not expected


# --- sunucu: kapanış


@server_languages
def test_work_that_fits_the_grace_is_finished(start_server, pairing):
    """SIGTERM: sonu kapanış sınırına sığan iş bitirilip yanıtlanır, sığmayan hemen bırakılır."""
    server = start_server()
    short, long = TcpPeer.connect(server), TcpPeer.connect(server)
    short.send("bekle 0.8 kısa\n")
    long.send("bekle 30 uzun\n")
    eventually(lambda: active(server) == 2, "iki iş sürüyor")
    server.signal(signal.SIGTERM)
    long.expect_eof(seconds=0.7)
    short.expect("kısa tamamlandı\n")
    short.expect_eof()
    server.wait(2)


@server_languages
def test_what_has_arrived_is_answered(start_server, pairing):
    """Kapanırken gelmiş olan her istek yanıtlanır; yanıtlar sıfırlamayla kaybolmaz."""
    server = start_server()
    peers = [TcpPeer.connect(server) for _ in range(5)]
    for peer in peers:
        peer.send("bekle 0.2 ilk\nkullanıcı 1 0.1\nsay 0 3 1 0.05\nbekle 0 son\n")
    eventually(lambda: active(server) == 5, "işler başladı")
    finished = server.stop()
    for peer in peers:
        peer.expect('ilk tamamlandı\n{"id": 1, "name": "User-1"}\n0\n1\n2\nbitti\nson tamamlandı\n')
        peer.expect_eof()
    assert finished.err_lines[-1].endswith(" - INFO - Server kapatıldı")
    assert " - WARNING - " not in finished.err


@server_languages
def test_long_line_is_told_even_while_closing(start_server, pairing):
    """Kapanırken gelmiş olan satır uzunsa yine söylenir: iptal, son sözü yutmaz."""
    server = start_server()
    peer = TcpPeer.connect(server)
    peer.send("bekle 0.5 iş\n" + "x" * (LIMIT + 1))
    eventually(lambda: active(server) == 1, "iş sürüyor")
    finished = server.stop()
    peer.expect(f"iş tamamlandı\n{TOO_LONG}\n")
    peer.expect_eof()
    assert "mesaj çok büyük" in finished.err


def test_counting_ends_with_the_server(start_server):
    """Uzun bir sayma kapanış sınırına dek sürer, sonra akış biter; değerler sıralıdır."""
    server = start_server()
    peer = TcpPeer.connect(server)
    peer.send("say 0 100000 1 0.01\n")
    peer.expect("0\n")
    server.stop()
    values = peer.read_until_eof().decode().split()
    assert values == [str(i) for i in range(1, len(values) + 1)]


def test_shutdown_under_load(start_server, start_client):
    """Yük altında ve okumayan istemci varken SIGTERM iki saniyede, 0 koduyla bitirir; istemci de nedenini söyler."""
    server = start_server()
    stuck = TcpPeer.connect(server, receive_buffer=4096)
    stuck.fill("bekle 0 " + "x" * 4000 + "\n", 64 * MIB, quiet=0.05)
    client = start_client("producer-consumer", *shape_words(30, 30, 100, 10), "--scale", "0.1")
    eventually(lambda: len(processed(client.lines())) >= 50, "elli öğe işlendi")
    server.stop()
    finished = client.wait(expect_code=1)
    assert len(finished.err_lines) == 1
