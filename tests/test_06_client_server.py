"""Ders 06: tek protokol, beş sunucu mimarisi."""

import os
import re
import signal
import socket
import threading
from pathlib import Path

import pytest

from harness import procfs
from harness.capability import needs
from harness.clock import Deadline
from harness.contract import INTERRUPTIBLE_CALLS
from harness.listener import TcpListener
from harness.patterns import DATETIME
from harness.peer import TcpPeer
from harness.wrappers import interrupted_calls, traced

ARCHITECTURES = ("iterative", "fork", "thread", "prefork", "pool")
PROCESSES = ("fork", "prefork")
WITH_WORKERS = ("prefork", "pool")
ONE_MEMORY = ("iterative", "thread", "pool")

WELCOME = re.compile(f"Hoşgeldiniz! Bağlantı zamanı: {DATETIME}")
TIME = re.compile(f"Sunucu zamanı: {DATETIME}")
WORKER = re.compile(r"İşçi: süreç (\d+), iş parçacığı (\d+)")
UNKNOWN = "Hata: bilinmeyen istek; bilinenler: saat, topla A B, say, ad X, kim, toplam, işçi, bekle S, quit"
NAMELESS = "Hata: adınızı söylemediniz (önce: ad X)"
GOODBYE = "Güle güle!"
FULL = "Sunucu dolu, daha sonra deneyin"
TOO_LONG = "Satır çok uzun (en fazla 65536 bayt)"
LIMIT = 65536


@pytest.fixture(params=ARCHITECTURES)
def architecture(request) -> str:
    """Testi beş mimaride koşturur; yalnız birkaçını ilgilendiren test, adları kendisi sayar."""
    return request.param


@pytest.fixture
def start(start_server, run_program, architecture):
    """Sunucuyu bu mimaride başlatır. Verilen sunucunun --help metninde adı geçmeyen mimariler atlanır."""
    if not re.search(rf"\b{architecture}\b", run_program("server", "--help").out):
        pytest.skip(f"sunucu {architecture} mimarisini bilmiyor")
    return lambda *options, **more: start_server("--architecture", architecture, *options, **more)


def only(*names):
    return pytest.mark.parametrize("architecture", names)


def welcomed(server, **options) -> TcpPeer:
    """Karşılamayı okumuş bir karşı taraf."""
    peer = TcpPeer.connect(server, **options)
    peer.expect_line(WELCOME)
    return peer


def leave(peer) -> None:
    """quit der; dönüşünde sunucunun bu bağlantıyla işi bitmiştir."""
    peer.send("quit\n")
    peer.expect_line(GOODBYE)
    peer.expect_eof()
    peer.close()


def ask(peer, request, reply) -> None:
    peer.send(f"{request}\n")
    peer.expect_line(reply)


def worker_of(peer) -> tuple[int, int]:
    """Bu bağlantıya bakan süreç ve iş parçacığı."""
    peer.send("işçi\n")
    match = peer.expect_line(WORKER)
    return int(match[1]), int(match[2])


def wait_until(condition) -> None:
    deadline = Deadline(5)
    while not condition():
        assert not deadline.expired, "beklenen durum 5 saniyede oluşmadı"


# --- iki taraf birlikte

CONCLUSIONS = {
    "iterative": ("A'ya da B'ye de aynı iş parçacığı yanıt verdi.", "B, A'nın yanıtını bekledi."),
    "fork": ("A'ya ve B'ye ayrı süreçler yanıt verdi.", "B, A'nın yanıtını beklemedi."),
    "thread": ("A'ya ve B'ye aynı sürecin ayrı iş parçacıkları yanıt verdi.", "B, A'nın yanıtını beklemedi."),
    "prefork": ("A'ya ve B'ye ayrı süreçler yanıt verdi.", "B, A'nın yanıtını beklemedi."),
    "pool": ("A'ya ve B'ye aynı sürecin ayrı iş parçacıkları yanıt verdi.", "B, A'nın yanıtını beklemedi."),
}


def check_demo(lines, architecture):
    """Gösterinin, mimariden mimariye değişmeyen ve değişen satırları."""
    assert [line[0] for line in lines if re.match(r"\d\. ", line)] == list("12345")
    assert [line for line in lines if line.startswith(("[A] say", "[A] kim", "[B] say", "[B] kim"))][:6] == [
        "[A] say → Sayaç: 1", "[A] say → Sayaç: 2", f"[A] kim → {NAMELESS}", "[A] kim → Adınız: Ayşe",
        "[B] say → Sayaç: 1", f"[B] kim → {NAMELESS}",
    ]
    unwelcomed = "[B] bağlandı ama karşılanmadı: sunucu A ile konuşuyor. A ayrılıyor."
    assert (unwelcomed in lines) == (architecture == "iterative")
    workers, order = CONCLUSIONS[architecture]
    assert workers in lines
    assert lines[-1] == order


def test_demonstration(start, run_client, architecture):
    """Argümansız istemci beş adımı beş mimaride de bitirir; vardığı sonuç mimariyi ele verir."""
    start()
    check_demo(run_client().out_lines, architecture)


def test_demonstration_in_every_pairing(start_server, run_client, pairing):
    """Aynı gösteri Python eşleriyle de."""
    start_server()
    check_demo(run_client().out_lines, "thread")


def test_demonstration_on_both_families(start_server, run_client, host):
    """Aynı gösteri IPv4 ve IPv6 üzerinden."""
    start_server(host=host)
    check_demo(run_client().out_lines, "thread")


def test_conversation_survives_cutting_and_joining(start_server, run_client, proxied, pairing, chunking):
    """Bayt bayt, rastgele ya da birleşik gelen akışta satırlar ve karakterler bölünmez."""
    proxy = proxied(start_server(), chunking)
    requests = ["topla 3 4", "ad Şükrü İğdır", "kim", "yok böyle", "say", "bekle 0.01", "saat", "quit"]
    lines = run_client(*requests, to=proxy).out_lines
    assert TIME.fullmatch(lines.pop(6).removeprefix("saat → "))
    assert lines == [
        "topla 3 4 → Sonuç: 7", "ad Şükrü İğdır → Adınız kaydedildi", "kim → Adınız: Şükrü İğdır",
        f"yok böyle → {UNKNOWN}", "say → Sayaç: 1", "bekle 0.01 → Beklendi: 0.01 saniye", f"quit → {GOODBYE}",
    ]


@pytest.mark.parametrize("connections", [4, 60])
def test_load_in_every_pairing(start_server, run_client, pairing, connections):
    """Yükün her yanıtı denetlenir; bağlantı sayısı seçilen biçime uyar."""
    start_server()
    options = ["--new-connections"] if connections == 60 else []
    lines = run_client("--requests", "60", "--concurrency", "4", *options).out_lines
    assert lines[0] == f"60 istek, eşzamanlılık 4, {connections} bağlantı"
    assert re.fullmatch(r"Toplam: [\d.]+ s, saniyede \d+ istek ve \d+ bağlantı", lines[1])
    assert re.fullmatch(r"Bir istek: ortalama [\d.]+ ms, en uzun [\d.]+ ms", lines[2])


@pytest.mark.deadline(120)
def test_five_thousand_connections_leave_nothing(start, run_client):
    """Beş bin bağlantının beş bini de doğru yanıt alır; geride tanımlayıcı ya da süreç kalmaz."""
    server = start("--workers", "2")
    before = server.open_descriptors, len(server.children)
    run_client("--requests", "5000", "--concurrency", "8", "--new-connections", seconds=60)
    wait_until(lambda: (server.open_descriptors, len(server.children)) == before)
    ask(welcomed(server), "topla 2 3", "Sonuç: 5")


@pytest.mark.own_program
def test_finished_threads_are_joined(start, run_client):
    """Biten iş parçacıkları toplanır: geride ne kendileri kalır ne yığınları."""
    server = start("--workers", "2")
    before, mapped = server.threads, mappings(server)
    run_client("--requests", "500", "--concurrency", "8", "--new-connections", seconds=30)
    wait_until(lambda: server.threads == before)
    assert mappings(server) < mapped + 250  # toplanmamış her iş parçacığının yığını iki satırdır


def mappings(server) -> int:
    """Sürecin bellek haritasındaki satırlar."""
    return Path(f"/proc/{server.pid}/maps").read_text().count("\n")


@needs("strace")
def test_interrupted_calls_lose_nothing(start, run_client, tmp_path):
    """Sunucunun soket ve bekleme çağrılarının her ikincisi EINTR ile dönse de bütün yanıtlar doğrudur."""
    start(under=interrupted_calls(tmp_path / "calls", *INTERRUPTIBLE_CALLS))
    run_client("--requests", "40", "--concurrency", "4", "--new-connections", seconds=30)


# --- protokol


def test_every_request_has_one_answer(start):
    """Durumsuz istekler, oturum istekleri ve yanlış istekler; hiçbiri bağlantıyı bitirmez."""
    peer = welcomed(start())
    ask(peer, "topla 3 4", "Sonuç: 7")
    ask(peer, "TOPLA\t-999999999999999999  999999999999999999", "Sonuç: 0")
    ask(peer, "saat", TIME)
    ask(peer, "  SaaT \r", TIME)
    ask(peer, "kim", NAMELESS)
    ask(peer, "ad  Ayşe Nur ", "Adınız kaydedildi")
    ask(peer, "kim", "Adınız: Ayşe Nur")
    ask(peer, "say", "Sayaç: 1")
    ask(peer, "say", "Sayaç: 2")
    ask(peer, "toplam", "Toplam istek: 10")
    ask(peer, "bekle 0.01", "Beklendi: 0.01 saniye")
    for wrong in ("topla", "topla 3", "topla 3 4 5", "topla 3 dört", "topla 1e3 4", "topla 1234567890123456789 1"):
        ask(peer, wrong, "Hata: topla iki tam sayı ister (örnek: topla 3 4)")
    for wrong in ("bekle", "bekle 5.1", "bekle -1", "bekle nan", "bekle 1.", "bekle 000000001"):
        ask(peer, wrong, "Hata: bekle 0 ile 5 arasında saniye ister (örnek: bekle 0.5)")
    for wrong in ("ad", "ad " + "ş" * 33):
        ask(peer, wrong, "Hata: ad 1 ile 64 bayt arasında olmalı (örnek: ad Ayşe)")
    for wrong in ("", "merhaba", "say 5", "İŞÇİ", "QUİT", "saat\0"):
        ask(peer, wrong, UNKNOWN)
    ask(peer, "kim", "Adınız: Ayşe Nur")
    leave(peer)


def test_nul_in_a_name_is_kept(start_server):
    """Adın içindeki NUL yanıtta da durur; metin orada kesilmez."""
    peer = welcomed(start_server())
    peer.send(b"ad a\0b\nkim\n")
    peer.expect("Adınız kaydedildi\nAdınız: a\0b\n")


def test_session_belongs_to_its_connection(start):
    """Bir bağlantıda söylenen, sonraki bağlantıda bilinmez."""
    server = start("--workers", "1")
    first = welcomed(server)
    ask(first, "ad Ayşe", "Adınız kaydedildi")
    ask(first, "say", "Sayaç: 1")
    leave(first)
    second = welcomed(server)
    ask(second, "kim", NAMELESS)
    ask(second, "say", "Sayaç: 1")


@pytest.mark.parametrize("shared", [False, True], ids=["own", "shared"])
def test_total_adds_up_where_memory_is_shared(start, architecture, shared):
    """Toplam sayaç süreçler arasında ancak paylaşılan bellekte toplanır; iş parçacıklarında hep."""
    server = start("--workers", "2", *(["--shared-total"] if shared else []))
    first = welcomed(server)
    for _ in range(3):
        ask(first, "topla 1 1", "Sonuç: 2")
    if architecture == "iterative":
        first.close()
    adds_up = shared or architecture in ONE_MEMORY
    ask(welcomed(server), "toplam", f"Toplam istek: {4 if adds_up else 1}")


def test_worker_tells_the_architecture(start, architecture):
    """`işçi` yanıtındaki süreç ve iş parçacığı, mimarinin söylediği kimse odur."""
    server = start("--workers", "2")
    first = welcomed(server)
    process, thread = worker_of(first)
    if architecture == "iterative":
        assert (process, thread) == (server.pid, server.pid)
        return
    other_process, other_thread = worker_of(welcomed(server))
    assert thread != other_thread
    if architecture in PROCESSES:
        assert {process, other_process} <= set(server.children)
        assert process != other_process
    else:
        assert process == other_process == server.pid
        assert server.pid not in (thread, other_thread)


# --- çerçeveleme


def test_lines_are_cut_by_newline_only(start):
    """İki parçada gelen istek tektir, tek parçada gelen iki istek ikidir, bölünen karakter bozulmaz."""
    peer = welcomed(start())
    peer.send_segments("top", "la 3 4\n")
    peer.expect("Sonuç: 7\n")
    peer.send("say\nsay\n")
    peer.expect("Sayaç: 1\nSayaç: 2\n")
    peer.send_segments(b"ad a\xc5", b"\x9f\r\nkim\r\n")
    peer.expect("Adınız kaydedildi\nAdınız: aş\n")


def test_half_close_gets_every_answer(start):
    """Tek parçada bin istek gönderip yazma yarısını kapatan, satır sonu eksik sonuncunun da yanıtını alır."""
    peer = welcomed(start())
    peer.send("say\n" * 999 + "say")
    peer.half_close()
    peer.expect("".join(f"Sayaç: {i}\n" for i in range(1, 1001)))
    peer.expect_eof()


def test_line_over_the_limit_is_refused_in_words(start):
    """65536 baytlık satır yanıtlanır; bir mebibaytlık satıra söz söylenir, sunucu sürer."""
    server = start()
    peer = welcomed(server)
    ask(peer, "x" * LIMIT, UNKNOWN)
    peer.fill("z" * 65536, 1024 * 1024)
    peer.expect_line(TOO_LONG)
    peer.expect_closed()
    ask(welcomed(server), "topla 1 2", "Sonuç: 3")


def test_invalid_utf8_closes_without_a_word(start):
    """Bozuk UTF-8 bağlantıyı sessizce kapatır; önceki yanıt kaybolmaz."""
    peer = welcomed(start())
    peer.send(b"say\n\xff\nsay\n")
    peer.expect("Sayaç: 1\n")
    peer.expect_eof()


# --- bir istemcinin ötekilere etkisi


def test_reset_ends_only_that_client(start):
    """Karşılanmadan ya da konuşmanın ortasında sıfırlanan bağlantı kimseye dokunmaz."""
    server = start("--workers", "1")
    for _ in range(10):
        TcpPeer.connect(server).reset()
    talking = welcomed(server)
    talking.send("yarım")
    talking.reset()
    ask(welcomed(server), "topla 1 2", "Sonuç: 3")


def test_stalled_client_delays_only_the_iterative(start, architecture):
    """Satırını yarım bırakan istemci yineleyen sunucuda herkesi bekletir, ötekilerde kimseyi; süresi dolunca kapatılır."""
    server = start("--workers", "2", "--timeout", "1")
    stalled = welcomed(server)
    stalled.send("top")
    other = TcpPeer.connect(server)
    if architecture == "iterative":
        other.expect_silence(0.3)
    other.expect_line(WELCOME)
    ask(other, "topla 1 2", "Sonuç: 3")
    stalled.expect_eof()
    server.wait_line(re.compile(r".* - WARNING - İstemci zaman aşımı: .*"), "stderr")


@only("iterative", "prefork", "pool")
def test_waiting_client_is_served_when_a_worker_is_free(start):
    """Bütün işçiler doluyken gelen bağlanır, karşılanmaz, sırası gelince hizmet alır."""
    server = start("--workers", "1")
    talking = welcomed(server)
    waiting = TcpPeer.connect(server)
    waiting.send("topla 1 2\n")
    waiting.expect_silence(0.3)
    leave(talking)
    waiting.expect_line(WELCOME)
    waiting.expect_line("Sonuç: 3")


@only("fork", "thread", "prefork", "pool")
def test_slow_reader_delays_nobody(start):
    """Yanıtlarını okumayan istemci yalnız kendisine bakanı durdurur."""
    server = start("--workers", "2")
    slow = welcomed(server, receive_buffer=4096)
    slow.fill("saat\n" * 1000, 64 * 1024 * 1024, quiet=0.1)
    ask(welcomed(server), "topla 1 2", "Sonuç: 3")
    slow.reset()


# --- sayı sınırı

REFUSED = {  # biri konuşurken gelen üç kişiden hangileri geri çevrilir
    "iterative": [0],
    "fork": [1, 2],
    "thread": [1, 2],
    "prefork": [0, 1],
    "pool": [1, 2],
}


def test_client_over_the_limit_is_told(start, architecture):
    """Sınırı aşana dolu olduğu söylenir. Kuyruğu çekirdekte tutanlar, baştan sayıldığı için en eskiyi geri çevirir."""
    server = start("--workers", "1", "--max-clients", "2")
    talking = welcomed(server)
    others = [TcpPeer.connect(server) for _ in range(3)]
    others[0].send("say\n")
    if architecture == "iterative":
        leave(talking)  # iki konuşma arasında bakılır; o ana dek kimse geri çevrilemez
    for index in REFUSED[architecture]:
        others[index].expect_line(FULL)
        others[index].expect_eof()
    if architecture != "iterative":
        ask(talking, "topla 1 2", "Sonuç: 3")
        leave(talking)
    for index in set(range(3)) - set(REFUSED[architecture]):
        others[index].expect_line(WELCOME)
        others[index].close()


@only("thread", "pool")
def test_full_descriptor_table(start):
    """Tanımlayıcı kalmayınca kabul durur: log tek satırdır, işlemci boşa dönmez, yer açılınca sürer."""
    server = start("--workers", "12")
    with server.descriptors_left(6):
        peers = [TcpPeer.connect(server) for _ in range(12)]
        server.wait_line(re.compile(r".* - ERROR - Kabul duraklatıldı: .*"), "stderr")
        before = server.cpu_seconds
        peers[-1].expect_silence(0.5)
        assert server.cpu_seconds - before < 0.2
        assert sum("Kabul duraklatıldı" in line for line in server.lines("stderr")) == 1
        for peer in peers[:6]:
            peer.close()
        peers[-1].expect_line(WELCOME)
        ask(peers[-1], "topla 1 2", "Sonuç: 3")


def failing_clone(output) -> list[str]:
    """Yeni süreç ve iş parçacığı açtırmayan koşul."""
    return [*traced(output, "clone", "clone3", "?fork"), "-e", "inject=clone,clone3,?fork:error=EAGAIN"]


@pytest.mark.own_program
@needs("strace")
@only("fork", "thread")
def test_client_is_told_when_nobody_can_be_started(start, tmp_path):
    """Süreç ya da iş parçacığı açılamazsa istemciye dolu olduğu söylenir, sunucu ölmez."""
    server = start(under=failing_clone(tmp_path / "calls"))
    for _ in range(2):
        peer = TcpPeer.connect(server)
        peer.expect_line(FULL)
        peer.expect_eof()
    server.wait_line(re.compile(r".* - ERROR - .* açılamadı: .*"), "stderr", count=2)


@pytest.mark.own_program
@needs("strace")
@only("prefork", "pool")
def test_server_without_workers_does_not_start(start, tmp_path, architecture):
    """İlk işçilerini açamayan sunucu hazır olmaz; nedenini söyler, 1 ile biter."""
    server = start(ready=False, under=failing_clone(tmp_path / "calls"))
    finished = server.wait(expect_code=1)
    assert finished.out == ""
    assert finished.err_lines[-1].startswith(f"Server çalışamadı: {architecture}: ")


# --- süreçler


@only(*PROCESSES)
def test_killed_child_takes_nobody_with_it(start, architecture):
    """Öldürülen çocuğun istemcisi akış sonunu görür; öbürleri sürer, işçinin yerine yenisi gelir."""
    server = start("--workers", "2")
    victim, other = welcomed(server), welcomed(server)
    process, _ = worker_of(victim)
    os.kill(process, signal.SIGKILL)
    victim.expect_closed()
    server.wait_line(re.compile(rf".* - WARNING - Çocuk süreç beklenmedik biçimde bitti: pid {process}, sinyal SIGKILL"), "stderr")
    ask(other, "topla 1 2", "Sonuç: 3")
    wait_until(lambda: process not in server.children)
    if architecture == "prefork":
        wait_until(lambda: len(server.children) == 2)
    ask(welcomed(server), "topla 1 2", "Sonuç: 3")


@only(*PROCESSES)
def test_children_follow_a_killed_parent(start):
    """Ana süreç SIGKILL ile ölünce çocuklar da veda edip biter; kimse yetim kalmaz."""
    server = start("--workers", "2")
    peers = [welcomed(server), welcomed(server)]
    server.kill()
    for peer in peers:
        peer.expect_line(GOODBYE)
        peer.expect_eof()
    wait_until(lambda: not procfs.in_group(server.pid))


@only(*PROCESSES)
def test_signal_to_the_whole_group(start):
    """Süreç grubuna gelen sinyal (Ctrl-C) çocuğa iki kez ulaşır; veda yine de söylenir."""
    server = start("--workers", "2")
    peers = [welcomed(server), welcomed(server)]
    os.killpg(server.pid, signal.SIGINT)
    for peer in peers:
        peer.expect_line(GOODBYE)
        peer.expect_eof()
    server.wait(2)
    assert not any("beklenmedik" in line for line in server.lines("stderr"))


@only(*PROCESSES)
def test_signal_to_one_child_stops_only_that_child(start):
    """Tek çocuğa gönderilen SIGTERM onun konuşmasını bitirir; sunucu ve öbür konuşma sürer."""
    server = start("--workers", "2")
    told, other = welcomed(server), welcomed(server)
    os.kill(worker_of(told)[0], signal.SIGTERM)
    told.expect_line(GOODBYE)
    told.expect_eof()
    ask(other, "topla 1 2", "Sonuç: 3")
    ask(welcomed(server), "topla 1 2", "Sonuç: 3")


@only("fork")
def test_child_does_not_listen(start):
    """Çocuk, dinleyen soketin kopyasını kapatır: açık kalsa, ana süreç kapandıktan sonra da port dinlenirdi."""
    server = start()
    child, _ = worker_of(welcomed(server))
    assert procfs.listening(server.pid)
    assert not procfs.listening(child)


# --- kapanış


def test_idle_and_waiting_clients_are_told_goodbye(start):
    """Kapanan sunucu konuştuğu istemcilere de sırada bekleyenlere de veda eder."""
    server = start("--workers", "2")
    peers = [welcomed(server), *(TcpPeer.connect(server) for _ in range(3))]
    peers[0].send("yarım kalan satır")
    finished = server.stop()
    for peer in peers:
        line = peer.read_line()
        if WELCOME.fullmatch(line):
            line = peer.read_line()
        assert line == GOODBYE
        peer.expect_eof()
    assert finished.err_lines[-1].endswith(" - INFO - Server kapatıldı")


def test_short_request_in_flight_is_answered(start):
    """Yolda olan istek kapanış sınırına (1,5 s) sığıyorsa yanıtlanır, sonra veda edilir."""
    server = start()
    peer = welcomed(server)
    peer.send_segments("bekle 0.3\n")  # dönüşünde sunucu isteği okumuştur
    server.stop()
    peer.expect_line("Beklendi: 0.3 saniye")
    peer.expect_line(GOODBYE)


@only("fork", "pool")
def test_long_request_in_flight_is_given_up(start):
    """Kapanış sınırına sığmayan istek yanıtlanmaz; istemciye yine de veda edilir."""
    server = start()
    peer = welcomed(server)
    peer.send_segments("bekle 5\n")
    server.stop()
    peer.expect_line(GOODBYE)


def test_shutdown_under_load(start, start_client):
    """Yük altında da SIGTERM iki saniyede 0 koduyla bitirir; okumayan istemci bunu uzatamaz."""
    server = start("--workers", "3", "--shared-total")
    client = start_client("--requests", "1000000", "--concurrency", "8", "--new-connections")
    wait_until(lambda: requests_served(server) > 200)
    stuck = TcpPeer.connect(server, receive_buffer=4096)
    stuck.fill("saat\n" * 1000, 4 * 1024 * 1024, quiet=0.1)
    server.stop()
    client.wait(expect_code=1)


def test_talkative_client_cannot_delay_shutdown(start_server):
    """Hiç susmadan soran ve yanıtları okuyan istemci de kapanışı uzatamaz."""
    server = start_server()
    with socket.create_connection((server.address.host, server.address.port), timeout=5) as talker:
        threads = [threading.Thread(target=repeat, args=(work,)) for work in (
            lambda: talker.sendall(b"say\n" * 4096), lambda: talker.recv(262144),
        )]
        for thread in threads:
            thread.start()
        wait_until(lambda: requests_served(server) > 10000)
        server.stop()
        for thread in threads:
            thread.join(timeout=5)


def repeat(work) -> None:
    """Bağlantı bitene dek."""
    try:
        while work() != b"":
            pass
    except OSError:
        pass


def requests_served(server) -> int:
    peer = welcomed(server)
    peer.send("toplam\n")
    served = int(peer.read_line().removeprefix("Toplam istek: "))
    peer.close()
    return served


# --- istemci


def test_reply_in_pieces(start_client):
    """İki parçada gelen yanıt birleştirilir, tek parçada gelen iki satır ayrılır."""
    listener = TcpListener()
    client = start_client("say", "kim", to=listener)
    peer = listener.accept()
    peer.send_segments("Hoş", b"geldiniz\xc5", b"\x9f\n")
    peer.expect_line("say")
    peer.send_segments("Sayaç: ", "1\n")
    peer.expect_line("kim")
    peer.send("Adınız: X\nartık\n")
    assert client.wait().out_lines == ["say → Sayaç: 1", "kim → Adınız: X"]


@pytest.mark.parametrize("reply", ["Sonuç: 41", "Sonuç: 0 ", "Hata: yok", ""])
def test_wrong_answer_under_load_fails(start_client, reply):
    """Yükte yanlış yanıt başarısızlıktır: süre yazılmaz, çıkış kodu 1'dir."""
    listener = TcpListener()
    client = start_client("--requests", "1", to=listener)
    peer = listener.accept()
    peer.send("Hoşgeldiniz!\n")
    peer.expect_line("topla 0 0")
    peer.send(f"{reply}\n")
    finished = client.wait(expect_code=1)
    assert finished.out == ""
    assert finished.err_lines[-1].startswith(f"Yanıt yanlış: {listener.address}: ")


def test_missing_answer_under_load_fails(start_client):
    """Yükte gelmeyen yanıt, --timeout dolunca başarısızlıktır."""
    listener = TcpListener()
    client = start_client("--requests", "1", "--timeout", "0.3", to=listener)
    listener.accept().send("Hoşgeldiniz!\n")
    assert client.wait(expect_code=1).err_lines[-1] == f"Yanıt alınamadı: {listener.address}: zaman aşımı"


def test_wrong_session_fails_the_demonstration(start_client):
    """Gösteri de yanıtları denetler: oturumları karıştıran sunucu ele verilir."""
    listener = TcpListener()
    client = start_client(to=listener)
    peer = listener.accept()
    peer.send("Hoşgeldiniz!\n")
    for request, reply in (("topla 3 4", "Sonuç: 7"), ("saat", "Sunucu zamanı: şimdi"), ("say", "Sayaç: 8")):
        ask_client(peer, request, reply)
    assert client.wait(expect_code=1).err_lines[-1] == f"Yanıt yanlış: {listener.address}: Sayaç: 1"


def ask_client(peer, request, reply) -> None:
    peer.expect_line(request)
    peer.send(f"{reply}\n")


def test_goodbye_is_not_an_answer(start_client):
    """Sorulmadan gelen veda, sıradaki isteğin yanıtı sanılmaz."""
    listener = TcpListener()
    client = start_client("say", to=listener)
    peer = listener.accept()
    peer.send("Hoşgeldiniz!\n")
    ask_client(peer, "say", GOODBYE)
    finished = client.wait(expect_code=1)
    assert finished.out == ""
    assert finished.err_lines[-1] == f"Yanıt alınamadı: {listener.address}: sunucu kapanıyor"


def test_full_server_is_reported(start_server, run_client):
    """Dolu sunucunun sözü karşılama sanılmaz."""
    server = start_server("--max-clients", "1")
    welcomed(server)
    assert run_client(expect_code=1).err_lines[-1] == f"Bağlanılamadı: {server.address}: sunucu dolu"


@pytest.mark.parametrize(
    "words",
    [["iki\nsatır"], ["x" * (LIMIT + 1)], ["--requests", "5", "say"], ["--concurrency", "0"], ["--requests", "0"]],
    ids=["newline", "long", "both", "nobody", "nothing"],
)
def test_wrong_usage_is_one_line(run_client, words):
    """Gönderilemeyecek istek ve anlamsız yük, bağlanmadan, tek satırla geri çevrilir."""
    assert len(run_client(*words, to=None, expect_code=2).err_lines) == 1
