"""Ders 07: bloke etmeyen soketlerle tek iş parçacığında yankı; okumayı ve yazmayı tek bekleyişte yapan istemci."""

import re
import select
import signal
import socket
import threading
import time
from pathlib import Path

import pytest

from harness.listener import TcpListener, refusing_tcp
from harness.load import idle_connections, storm
from harness.peer import TcpPeer
from harness.sockets import wait_until_read
from harness.waiting import eventually
from line_echo import (  # noqa: F401  (ortak testler bu dersin testleri olarak koşar)
    EchoServer,
    test_character_on_the_4096_boundary,
    test_character_split_over_segments,
    test_each_reply_is_one_read,
    test_half_close_gets_every_answer,
    test_invalid_utf8_closes_without_a_word,
    test_last_line_without_newline,
    test_line_at_the_limit_and_over,
    test_nul_is_passed_on,
    test_reset_ends_only_that_client,
    test_silent_client_is_closed,
    test_spaces_and_line_endings,
    test_thousand_lines_in_one_segment,
)

WELCOME = "Welcome to non-blocking server!"
FULL = "Sunucu dolu, daha sonra deneyin"
TOO_LONG = "Satır çok uzun (en fazla 65536 bayt)"
TOO_SLOW = "Çok yavaş okunuyor, bağlantı kapatılıyor"
LIMIT = 65536
LINE = b"x" * 3999 + b"\n"
ANSWER = b"Echo: " + LINE
FLOOD = 64 * 1024 * 1024

DOCUMENT_OUTPUT = [
    f"Server: {WELCOME}", "",
    "Gönderiliyor: Hello Server", "Gönderiliyor: Test message", "Gönderiliyor: quit", "",
    "Cevap: Echo: Hello Server", "Cevap: Echo: Test message", "Cevap: Echo: quit",
]  # fmt: skip
FLOOD_COUNTS = "Gönderilen: 2000 satır, 8000000 bayt; alınan: 2000 satır, 8012000 bayt; kayıp: 0"


@pytest.fixture(params=[[], ["--busy"]], ids=["waiting", "busy"])
def mode(request) -> list[str]:
    """Sunucunun iki döngüsü: bekleyen ve belgenin beklemeden dönen döngüsü."""
    return request.param


@pytest.fixture
def echo(start_server, mode):
    """Ortak yankı testlerinin sunucusu, iki döngüyle de."""
    return lambda *options: EchoServer(start_server(*mode, *options), WELCOME)


def welcomed(server, **options) -> TcpPeer:
    """Karşılamayı okumuş bir karşı taraf."""
    peer = TcpPeer.connect(server, **options)
    peer.expect_line(WELCOME)
    return peer


def stuck(server) -> TcpPeer:
    """Yanıtlarını okumadığı için artık okunmayan bir karşı taraf."""
    peer = welcomed(server, receive_buffer=4096)
    assert peer.fill(LINE, FLOOD, quiet=0.2) < FLOOD
    return peer


def expect_graceful_end(peer) -> None:
    """Akış sonu gelir, ardından RST gelmez: sunucu okumadığı baytlar varken kapatmamıştır."""
    peer.expect_eof()
    poller = select.poll()
    poller.register(peer.socket, 0)
    assert poller.poll(200) == []


def quiet(server) -> bool:
    """Sunucu elindeki işi bitirdi mi?"""
    before = server.cpu_seconds
    time.sleep(0.2)
    return server.cpu_seconds == before


def is_running(server) -> bool:
    """Çalışıyor ya da çalışmayı bekliyor: uyuyan süreç bunlardan hiçbiri değildir."""
    return Path(f"/proc/{server.pid}/stat").read_text().rpartition(")")[2].split()[0] == "R"


def check_idle(server) -> None:
    """Sunucu bir saniye boyunca uyur. Dolu bir makinede boş dönene bile az işlemci düşer; durumu onu ele verir."""
    before = server.cpu_seconds
    running = sum(is_running(server) for _ in range(50) if not time.sleep(0.02))
    assert server.cpu_seconds - before < 0.2
    assert running < 15


def warning(text: str) -> re.Pattern[str]:
    return re.compile(f".* - WARNING - {text}")


# --- iki taraf birlikte


def test_document_conversation(start_server, run_client, pairing):
    """Argümansız istemci üç mesajı yanıt beklemeden gönderir, sonra seli yürütür; ikisi de eksiksizdir."""
    start_server()
    lines = run_client().out_lines
    assert lines[:9] == DOCUMENT_OUTPUT
    assert lines[9:11] == ["", "Sel: 2000 satır, satır başına 4000 bayt; yanıtlar okunmuyor"]
    assert re.fullmatch(r"İlk EAGAIN: \d+ bayttan sonra", lines[11])
    assert re.fullmatch(r"Okumadan giden: \d+ bayt", lines[12])
    assert lines[13:] == [FLOOD_COUNTS]


def test_document_conversation_on_both_families(start_server, run_client, host):
    """Aynı konuşma IPv4 ve IPv6 üzerinden."""
    start_server(host=host)
    assert run_client().out_lines[:9] == DOCUMENT_OUTPUT


def test_conversation_survives_cutting_and_joining(start_server, run_client, proxied, pairing, chunking):
    """Bayt bayt, rastgele ya da birleşik gelen akışta satırlar ve karakterler bölünmez."""
    proxy = proxied(start_server(), chunking)
    messages = ["Türkçe: ığüşöç İ", "quit", "", "boşluk  içeride", "€ 😀"]
    replies = [line for line in run_client(*messages, to=proxy).out_lines if line.startswith("Cevap: ")]
    assert replies == [f"Cevap: Echo: {text}" for text in messages]


def test_answers_come_in_order(start_server, run_client, pairing, mode):
    """Art arda gönderilen üç yüz mesajın yanıtları sırasıyla gelir."""
    start_server(*mode)
    replies = run_client(*map(str, range(300))).out_lines[-300:]
    assert replies == [f"Cevap: Echo: {number}" for number in range(300)]


def test_longest_line_goes_there_and_back(start_server, run_client, pairing):
    """Sınırdaki satır (65536 bayt) eksiksiz gider gelir."""
    start_server()
    text = "ş" * (LIMIT // 2)
    assert run_client(text).out_lines[-1] == f"Cevap: Echo: {text}"


@pytest.mark.parametrize("count, size", [(2000, 4000), (300, 1), (20000, 9), (100, LIMIT + 1)])
def test_flood_loses_nothing(start_server, run_client, pairing, count, size):
    """Okumadan gönderilen sel, satırlar kısa da olsa uzun da, eksiksiz ve sırasıyla yankılanır."""
    start_server()
    lines = run_client("--flood", str(count), "--size", str(size), seconds=30).out_lines
    assert lines[-1] == (
        f"Gönderilen: {count} satır, {count * size} bayt; alınan: {count} satır, {count * (size + 6)} bayt; kayıp: 0"
    )


def test_flood_in_pieces(start_server, run_client, proxied):
    """Sel rastgele parçalara bölünse de eksilmez."""
    proxy = proxied(start_server(), "random")
    assert run_client("--flood", "300", "--size", "300", to=proxy, seconds=30).out_lines[-1].endswith("kayıp: 0")


@pytest.mark.parametrize("size", [9, 4000])
def test_flood_with_the_smallest_queue(start_server, run_client, mode, size):
    """Kuyruk sınırı tek bayta inse de her seferinde bir yanıt sığar; okunmuş satırlar unutulmaz, kilitlenme olmaz."""
    start_server("--max-queue", "1", *mode)
    lines = run_client("--flood", "2000", "--size", str(size), seconds=30).out_lines
    assert lines[-1].endswith("kayıp: 0")


# --- sunucu: işlemci kullanımı


def test_no_client_takes_no_cpu(start_server):
    """Kimse bağlı değilken sunucu uyur: belgenin döngüsü boşa dönerdi."""
    check_idle(start_server())


def test_idle_client_takes_no_cpu(start_server):
    """Boşta bir istemci bağlıyken de sunucu uyur."""
    server = start_server()
    welcomed(server)
    check_idle(server)


def test_thousand_idle_clients_take_no_cpu(start_server):
    """Boşta bin istemci de işlemci harcamaz; aralarından konuşana yanıt gelir."""
    server = start_server()
    with idle_connections(server, 1000):
        peer = welcomed(server)
        check_idle(server)
        peer.send("buradayım\n")
        peer.expect("Echo: buradayım\n")


def test_stuck_client_takes_no_cpu(start_server):
    """Yanıtlarını almayan istemci sunucuyu boşa döndürmez: yazılamayan soket beklenir, denenip durulmaz."""
    server = start_server("--stall", "60")
    stuck(server)
    check_idle(server)


def test_half_closed_stuck_client_takes_no_cpu(start_server):
    """Akış sonu görüldükten sonra okunurluk beklenmez; o soket hep okunurdur."""
    server = start_server("--stall", "60", "--max-queue", "67108864")
    peer = welcomed(server, receive_buffer=4096)
    peer.fill(LINE, 8 * 1024 * 1024)
    peer.half_close()
    eventually(lambda: quiet(server), "sunucu duruldu")
    check_idle(server)


def test_refused_clients_take_no_cpu(start_server):
    """Geri çevrilip kapatmayan istemciler de sunucuyu boşa döndürmez."""
    server = start_server("--max-clients", "1")
    welcomed(server)
    peers = [TcpPeer.connect(server) for _ in range(10)]
    for peer in peers:
        peer.expect_line(FULL)
    check_idle(server)


def test_busy_loop_takes_the_cpu(start_server):
    """--busy ile sunucu, yapacak hiçbir iş yokken de döner durur."""
    server = start_server("--busy")
    welcomed(server)
    before = server.cpu_seconds
    eventually(lambda: server.cpu_seconds - before > 0.3, "işlemci kullanıldı", seconds=20)


def turns(finished) -> int:
    """Kapanışta loglanan tur sayısı."""
    pattern = r".* - INFO - Tur: (\d+), işlemci: \d+,\d\d s, geçen: \d+,\d\d s"
    return next(int(match[1]) for line in finished.err_lines if (match := re.fullmatch(pattern, line)))


@pytest.mark.own_program
def test_turns_are_reported(start_server):
    """Kapanışta tur sayısı loglanır: bekleyen döngü olay başına döner, düzenli bir saat vuruşu yoktur; öbürü durmaz."""
    server = start_server()
    peer = welcomed(server)
    time.sleep(1.5)
    peer.send("selam\n")
    peer.expect("Echo: selam\n")
    peer.close()
    assert turns(server.stop()) < 12
    busy = start_server("--busy")
    peer = welcomed(busy)
    eventually(lambda: busy.cpu_seconds > 0.3, "işlemci kullanıldı", seconds=20)
    peer.close()
    assert turns(busy.stop()) > 1000


# --- sunucu: çerçeveleme


def test_two_lines_in_one_segment(start_server, mode):
    """Tek parçada gelen iki satır iki yanıt alır; quit bir komut değildir, yankılanır."""
    peer = welcomed(start_server(*mode))
    peer.send("bir\nquit\n")
    peer.expect("Echo: bir\nEcho: quit\n")
    peer.expect_silence()


def test_line_in_two_segments(start_server, mode):
    """İki parçada gelen satır tek yanıt alır."""
    peer = welcomed(start_server(*mode))
    peer.send_segments("ya", "rım\n")
    peer.expect("Echo: yarım\n")


# --- sunucu: konuşmanın sonu


def test_megabyte_line_is_refused_in_words(start_server):
    """Bir mebibaytlık satır belleği büyütmez: sınırda söz söylenir, kalanı okunup atılır, bağlantı RST'siz kapanır."""
    server = start_server()
    other = welcomed(server)
    peer = welcomed(server)
    peer.fill("z" * 65536, 1024 * 1024)
    peer.expect_line(TOO_LONG)
    expect_graceful_end(peer)
    other.send("buradayım\n")
    other.expect("Echo: buradayım\n")


def test_middle_client_leaves(start_server):
    """Aradan biri ayrılınca kalanların yanıtları birbirine karışmaz; gidenin yeri de izlenmez olur."""
    server = start_server()
    peers = [welcomed(server) for _ in range(5)]
    for gone in (2, 0):
        peers.pop(gone).close()
    for number, peer in enumerate(peers):
        peer.send(f"{number}\n")
    for number, peer in enumerate(peers):
        peer.expect(f"Echo: {number}\n")
    check_idle(server)


def test_every_byte_starts_the_timeout_anew(start_server):
    """Zaman aşımı sessizliğin süresidir: yavaş da olsa konuşan istemci kapatılmaz."""
    peer = welcomed(start_server("--timeout", "0.6"))
    for letter in "yavaş":
        peer.send(letter)
        peer.expect_silence(0.3)
    peer.send("\n")
    peer.expect("Echo: yavaş\n")


# --- sunucu: yavaş okuyan


def test_slow_reader_delays_nobody(start_server, mode):
    """Yanıtlarını okumayan istemci yalnız kendini durdurur."""
    server = start_server(*mode)
    stuck(server)
    quick = welcomed(server)
    quick.send("hızlı\n")
    quick.expect("Echo: hızlı\n")


def test_full_socket_loses_nothing(start_server, mode):
    """Okumadan iki bin kez dört bin bayt: dolu sokete sığmayan yanıtlar bekler, sonra hepsi gelir."""
    peer = welcomed(start_server(*mode), receive_buffer=4096)
    sent = peer.fill(LINE, 2000 * len(LINE))
    rest = (LINE * 2000)[sent:]
    sender = threading.Thread(target=lambda: (peer.send(rest, seconds=30), peer.half_close()))
    sender.start()
    answers = peer.read_until_eof(seconds=30)
    sender.join()
    assert len(answers) == 2000 * len(ANSWER)
    assert answers == ANSWER * 2000


def test_reader_after_a_pause_gets_everything(start_server):
    """Kuyruğu dolmuşken --stall dolmadan okumaya başlayan istemci çıkarılmaz; gönderdiğinin yanıtını alır."""
    peer = welcomed(start_server("--stall", "20", "--max-queue", "65536"), receive_buffer=4096)
    whole, part = divmod(peer.fill(LINE, FLOOD, quiet=1.0), len(LINE))
    peer.expect(ANSWER * whole, seconds=30)
    peer.send(LINE[part:])
    peer.expect(ANSWER)


def test_unread_answers_stay_within_the_bound(start_server):
    """Hiç okumayan istemcinin seli belleği büyütmez: kuyruk sınıra varınca istemci de okunmaz."""
    server = start_server()
    before = server.resident_kib
    stuck(server)
    assert server.resident_kib - before < 16 * 1024


def test_long_lines_leave_no_memory_behind(start_server):
    """Birer uzun satır konuşup susan istemcilerin büyümüş tamponları geri verilir."""
    server = start_server(env={"ASAN_OPTIONS": "exitcode=99:quarantine_size_mb=0:thread_local_quarantine_size_kb=0"})
    before = server.resident_kib
    text = "u" * 60000
    for peer in [welcomed(server) for _ in range(200)]:
        peer.send(f"{text}\n")
        peer.expect(f"Echo: {text}\n")
    assert server.resident_kib - before < 12 * 1024


def test_slow_reader_is_dropped_in_words(start_server, mode):
    """Kuyruğu doluyken --stall süresince almayan istemciye nedeni söylenir; yarım kalmış yanıt tamamlanır."""
    server = start_server("--stall", "0.6", "--max-queue", "65536", *mode)
    peer = welcomed(server)
    peer.fill(LINE, FLOOD, quiet=0.1)
    server.wait_line(warning(r"Yavaş istemci çıkarıldı: .*: \d+ bayt bekliyordu"), "stderr")
    answers = peer.read_until_eof()
    last = f"{TOO_SLOW}\n".encode()
    assert answers.endswith(last)
    whole = answers.removesuffix(last)
    assert whole == ANSWER * (len(whole) // len(ANSWER))


def test_reader_that_vanished_is_cut(start_server):
    """Yanıtlarını almadan susan istemci --timeout dolunca RST ile kesilir: baytları çekirdekte de beklemez."""
    server = start_server("--timeout", "0.6", "--max-queue", "67108864")
    peer = welcomed(server, receive_buffer=4096)
    assert peer.fill(LINE, 8 * 1024 * 1024) >= 8 * 1024 * 1024
    server.wait_line(warning("İstemci zaman aşımı: .*"), "stderr")
    peer.expect_reset()


def test_every_byte_taken_starts_the_timeout_anew(start_server):
    """Yalnız okuyan, ama okumayı sürdüren istemci kapatılmaz: alınan her bayt da alışveriştir."""
    peer = welcomed(start_server("--timeout", "1", "--max-queue", "67108864"), receive_buffer=65536)
    assert peer.fill(LINE, 4000 * len(LINE)) == 4000 * len(LINE)
    peer.half_close()
    for _ in range(40):
        peer.read_exactly(100 * len(ANSWER))
        time.sleep(0.08)
    peer.expect_eof()


def test_queue_of_the_dropped_is_discarded(start_server):
    """Çıkarılan istemcinin bekleyen yanıtları atılır: sonradan okusa da yalnız çekirdeğe verilmiş olanları alır."""
    limit = 16 * 1024 * 1024
    server = start_server("--stall", "0.6", "--max-queue", str(limit))
    peer = welcomed(server, receive_buffer=65536)
    peer.fill(LINE, FLOOD, quiet=0.2)
    server.wait_line(warning("Yavaş istemci çıkarıldı: .*"), "stderr")
    answers = peer.read_until_eof()
    assert answers.endswith(f"{TOO_SLOW}\n".encode())
    assert len(answers) < limit


def test_dropped_reader_is_cut(start_server):
    """Sözü de almayan istemci bir saniyede kesilir; tanımlayıcısı ve belleği geri gelir."""
    server = start_server("--stall", "0.6", "--max-queue", "65536")
    other = welcomed(server)
    occupied = server.open_descriptors
    peer = stuck(server)
    eventually(lambda: server.open_descriptors <= occupied, "bağlantı kesildi")
    peer.expect_reset()
    other.send("buradayım\n")
    other.expect("Echo: buradayım\n")


def test_talker_does_not_starve_others(start_server):
    """Durmadan gönderip okuyan istemci ötekini bekletmez."""
    server = start_server()
    quick = welcomed(server)
    with talker(server):
        for number in range(50):
            quick.send(f"{number}\n")
            quick.expect(f"Echo: {number}\n")


class talker:
    """Durmadan satır gönderen ve yanıtlarını okuyan bir istemci."""

    def __init__(self, server) -> None:
        self._server = server
        self._lines = (b" " * 99 + b"\n") * 4096  # yanıtı sorusundan kısa: gönderme tamponu hiç dolmaz

    def __enter__(self) -> None:
        address = self._server.address
        self._socket = socket.create_connection((address.host, address.port), timeout=5)
        moves = (lambda: self._socket.sendall(self._lines), lambda: self._socket.recv(1024 * 1024))
        self._threads = [threading.Thread(target=_repeat, args=(move,)) for move in moves]
        for thread in self._threads:
            thread.start()
        before = self._server.cpu_seconds
        eventually(lambda: self._server.cpu_seconds > before + 0.2, "sunucu sele tutuldu", seconds=20)

    def __exit__(self, *_) -> None:
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        for thread in self._threads:
            thread.join(timeout=5)
        self._socket.close()


def _repeat(move) -> None:
    """Bağlantı bitene dek."""
    try:
        while move() != b"":
            pass
    except OSError:
        pass


# --- sunucu: sayı sınırı


def admitted(server) -> TcpPeer:
    """Yer açılınca karşılanan bir karşı taraf: gidenin yerinin boşalması bir an sürebilir."""

    def enter() -> TcpPeer | None:
        peer = TcpPeer.connect(server)
        return peer if peer.read_line() == WELCOME else peer.close()

    return eventually(enter, "yer açıldı")


def test_client_over_the_limit_is_told(start_server, mode):
    """N istemci varken N+1'inciye dolu olduğu söylenir; biri gidince yeri yenisine verilir."""
    server = start_server("--max-clients", "3", *mode)
    peers = [welcomed(server) for _ in range(3)]
    extra = TcpPeer.connect(server)
    extra.send("selam\n")
    extra.expect_line(FULL)
    expect_graceful_end(extra)
    server.wait_line(warning("Sunucu dolu, geri çevrildi: .*"), "stderr")
    peers.pop(0).close()
    peers.append(admitted(server))
    TcpPeer.connect(server).expect_line(FULL)
    for peer in peers:
        peer.send("hâlâ buradayım\n")
        peer.expect("Echo: hâlâ buradayım\n")


def test_flood_of_clients_over_the_limit(start_server):
    """Doluyken gelen iki yüz istemcinin hepsine söz söylenir; kapatmayanlar da bir saniyede gönderilir."""
    server = start_server("--max-clients", "1")
    inside = welcomed(server)
    occupied = server.open_descriptors
    extras = [TcpPeer.connect(server) for _ in range(200)]
    assert server.open_descriptors <= occupied + 64 + 8
    for extra in extras:
        extra.expect_line(FULL)
    eventually(lambda: server.open_descriptors <= occupied, "geri çevrilenler gönderildi")
    inside.send("yerimdeyim\n")
    inside.expect("Echo: yerimdeyim\n")
    inside.close()
    admitted(server)


def test_gone_clients_leave_no_descriptor(start_server):
    """Art arda gelip giden üç bin istemciden sonra geride açık tanımlayıcı kalmaz."""
    server = start_server()
    peer = welcomed(server)
    occupied = server.open_descriptors
    for ending in ("close", "reset"):
        storm(server, 1500, say=b"selam\nyar", ending=ending)
    eventually(lambda: server.open_descriptors <= occupied, "tanımlayıcılar kapandı")
    peer.send("buradayım\n")
    peer.expect("Echo: buradayım\n")


@pytest.mark.own_program
def test_one_thread_serves_everyone(start_server):
    """Kaç istemci bağlanırsa bağlansın tek iş parçacığı vardır."""
    server = start_server()
    peers = [welcomed(server) for _ in range(50)]
    assert server.threads == 1
    for number, peer in enumerate(peers):
        peer.send(f"{number}\n")
    for number, peer in enumerate(peers):
        peer.expect(f"Echo: {number}\n")


def test_full_descriptor_table(start_server):
    """Tanımlayıcı kalmayınca kabul durur: log tek satırdır, işlemci boşa dönmez, yer açılınca sürer."""
    server = start_server()
    with server.descriptors_left(6):
        peers = [TcpPeer.connect(server) for _ in range(12)]
        server.wait_line(re.compile(r".* - ERROR - Kabul duraklatıldı: .*"), "stderr")
        peers[0].send("içerideyim\n")
        peers[0].expect(f"{WELCOME}\nEcho: içerideyim\n")
        check_idle(server)
        assert sum("Kabul duraklatıldı" in line for line in server.lines("stderr")) == 1
        for peer in peers[:6]:
            peer.close()
        peers[-1].expect_line(WELCOME)
        peers[-1].send("sıra geldi\n")
        peers[-1].expect("Echo: sıra geldi\n")


# --- sunucu: kapanış


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_shutdown_is_logged_once(start_server, mode, number):
    """Kapanış bir kez yürür: iki satırı da birer kez loglanır; boştakiler söz duymadan akış sonunu görür."""
    server = start_server(*mode)
    peers = [welcomed(server) for _ in range(3)]
    finished = server.stop(number)
    for peer in peers:
        peer.expect_eof()
    for text in ("Server kapatılıyor", "Server kapatıldı"):
        assert sum(line.endswith(f" - INFO - {text}") for line in finished.err_lines) == 1


def test_arrived_lines_are_answered_before_the_end(start_server, mode):
    """Durdurma isteğinden önce gelmiş satırlar, kaç istemciden gelmiş olurlarsa olsunlar yanıtlanır."""
    server = start_server(*mode)
    peers = [welcomed(server) for _ in range(3)]
    server.signal(signal.SIGSTOP)
    for number, peer in enumerate(peers):
        peer.send("".join(f"{number}.{i} {'y' * 3000}\n" for i in range(10)))
    server.signal(signal.SIGTERM)
    server.signal(signal.SIGCONT)
    for number, peer in enumerate(peers):
        peer.expect("".join(f"Echo: {number}.{i} {'y' * 3000}\n" for i in range(10)))
        peer.expect_eof()
        peer.close()
    server.wait()


def test_queue_is_delivered_at_the_end(start_server):
    """Kapanırken bekleyen yanıtlar atılmaz: o sırada okuyan istemci hepsini, sonra akış sonunu alır."""
    server = start_server()
    peer = stuck(server)
    server.signal(signal.SIGTERM)
    answers = peer.read_until_eof()
    peer.close()
    server.wait()
    assert len(answers) > 1024 * 1024
    assert answers == ANSWER * (len(answers) // len(ANSWER))


@pytest.mark.own_program
def test_shutdown_does_not_spin(start_server):
    """Kapatmayan istemciler beklenirken de boşa dönülmez."""
    server = start_server()
    peers = [welcomed(server) for _ in range(3)]
    assert turns(server.stop()) < 50
    for peer in peers:
        peer.expect_eof()


def test_shutdown_under_load(start_server, mode):
    """Yük altında da SIGTERM iki saniyede, 0 koduyla bitirir; okumayan istemci bunu uzatamaz."""
    server = start_server(*mode)
    for _ in range(2):
        stuck(server)
    with talker(server):
        started = time.monotonic()
        server.stop()
        assert time.monotonic() - started < 5


# --- istemci


def test_sends_everything_before_the_first_answer(start_client):
    """Mesajlar yanıt beklemeden art arda gider, ardından yazma yarısı kapanır."""
    listener = TcpListener()
    client = start_client("bir", "iki", "üç", to=listener)
    peer = listener.accept()
    peer.send("Welcome\n")
    peer.expect("bir\niki\nüç\n")
    peer.expect_eof()
    peer.send("Echo: bir\nEcho: iki\nEcho: üç\n")
    peer.close()
    assert client.wait().out_lines[-3:] == ["Cevap: Echo: bir", "Cevap: Echo: iki", "Cevap: Echo: üç"]


def test_waits_for_the_welcome(start_client):
    """Karşılama gelmeden mesaj gitmez: o satır "dolu" da diyebilir."""
    listener = TcpListener()
    client = start_client("bir", to=listener)
    peer = listener.accept()
    peer.expect_silence(0.3)
    peer.send(f"{FULL}\n")
    assert client.wait(expect_code=1).err_lines[-1] == f"Bağlanılamadı: {listener.address}: sunucu dolu"


def test_reads_while_it_writes(start_client):
    """Yanıtını vermeden sonraki satırı okumayan bir sunucu da istemciyi kilitleyemez."""
    listener = TcpListener()
    for name in (socket.SO_SNDBUF, socket.SO_RCVBUF):
        listener.socket.setsockopt(socket.SOL_SOCKET, name, 4096)
    messages = [f"{number}:" + "m" * 60000 for number in range(25)]
    client = start_client(*messages, to=listener)
    peer = listener.accept()
    peer.send("Welcome\n")
    for message in messages:
        peer.expect(f"{message}\n")
        peer.send(f"Echo: {message}\n")
    peer.close()
    assert client.wait(30).out_lines[-1] == f"Cevap: Echo: {messages[-1]}"


def test_buffered_replies(start_client):
    """İki parçada gelen yanıt birleştirilir, tek parçada gelen iki satır ayrılır."""
    listener = TcpListener()
    client = start_client("bir", "iki", to=listener)
    peer = listener.accept()
    peer.send_segments("Wel", b"come\xc5", b"\x9f\n")
    peer.expect("bir\niki\n")
    peer.send_segments("Echo: b", "ir\nEcho: iki\n")
    peer.close()
    lines = client.wait().out_lines
    assert lines[0] == "Server: Welcomeş"
    assert lines[-2:] == ["Cevap: Echo: bir", "Cevap: Echo: iki"]


def test_replies_are_shown_safely(start_client):
    """Yanıttaki denetim karakterleri ekrana kaçışla yazılır."""
    listener = TcpListener()
    client = start_client("bir", to=listener)
    peer = listener.accept()
    peer.send("Wel\x1b[2Jcome\n")
    peer.expect("bir\n")
    peer.send("Echo: \0\x07\n")
    peer.close()
    lines = client.wait().out_lines
    assert (lines[0], lines[-1]) == (r"Server: Wel\x1b[2Jcome", r"Cevap: Echo: \x00\x07")


@pytest.mark.parametrize(
    "replies, why",
    [
        ("Echo: bir\n", "akış beklenenden önce bitti"),
        ("Echo: bir\nEcho: ik", "akış beklenenden önce bitti"),
        ("Echo: bir\nEcho: iki\nEcho: üç\n", "protokole aykırı"),
        (b"Echo: bir\nEcho: \xff\n", "geçersiz UTF-8"),
        ("E" * (LIMIT + 200), "mesaj çok büyük"),
    ],
    ids=["fewer", "half", "more", "utf8", "endless"],
)
def test_wrong_replies_are_an_error(start_client, replies, why):
    """Eksik, fazla, bozuk ya da sonu gelmeyen yanıt başarı sayılmaz."""
    listener = TcpListener()
    client = start_client("bir", "iki", to=listener)
    peer = listener.accept()
    peer.send("Welcome\n")
    peer.expect("bir\niki\n")
    peer.fill(replies, len(replies))
    peer.close()
    assert client.wait(expect_code=1).err_lines[-1] == f"Yanıt alınamadı: {listener.address}: {why}"


def test_reset_is_an_error(start_client):
    """Konuşma sürerken sıfırlanan bağlantı söylenir."""
    listener = TcpListener()
    client = start_client("bir", to=listener)
    peer = listener.accept()
    peer.send("Welcome\n")
    peer.expect("bir\n")
    peer.reset()
    why = "bağlantı karşı tarafça sıfırlandı"
    assert client.wait(expect_code=1).err_lines[-1] == f"Yanıt alınamadı: {listener.address}: {why}"


@pytest.mark.parametrize(
    "greeting, failed", [("", "Karşılama okunamadı"), ("Welcome\n", "Yanıt alınamadı")], ids=["welcome", "reply"]
)
def test_silent_server_times_out(start_client, greeting, failed):
    """Kabul edip susan sunucu istemciyi --timeout'tan uzun bekletmez."""
    listener = TcpListener()
    client = start_client("--timeout", "0.3", "bir", to=listener)
    listener.accept().send(greeting)
    assert client.wait(expect_code=1).err_lines[-1] == f"{failed}: {listener.address}: zaman aşımı"


def test_refused_connect_is_reported(start_client):
    """Reddedilen bağlantı bağlanma sırasında anlaşılır, sonraki okumada değil."""
    address = refusing_tcp()
    assert start_client(to=address).wait(expect_code=1).err_lines == [f"Bağlanılamadı: {address}: bağlantı reddedildi"]


def test_unanswered_connect_times_out(start_client):
    """Kuyruğu dolu bir porta bağlanmak sürer durur; istemci onu da --timeout'tan uzun beklemez."""
    listener = TcpListener(backlog=0)
    waiting = [socket.socket() for _ in range(8)]
    for sock in waiting:
        sock.setblocking(False)
        sock.connect_ex((listener.address.host, listener.address.port))
    finished = start_client("--timeout", "0.3", to=listener).wait(expect_code=1)
    assert finished.err_lines[-1] == f"Bağlanılamadı: {listener.address}: zaman aşımı"
    for sock in waiting:
        sock.close()


def test_full_server_is_reported(start_server, run_client):
    """Dolu sunucunun sözü karşılama sanılmaz."""
    server = start_server("--max-clients", "1")
    welcomed(server)
    finished = run_client(expect_code=1)
    assert finished.err_lines[-1] == f"Bağlanılamadı: {server.address}: sunucu dolu"
    assert finished.out == ""


@pytest.mark.parametrize("message", ["iki\nsatır", b"\xff", "x" * (LIMIT + 1)], ids=["newline", "utf8", "long"])
def test_message_that_cannot_be_a_line(run_client, message):
    """Bir satır olamayacak mesaj gönderilmeden, tek satırlık açıklamayla geri çevrilir."""
    text = message if isinstance(message, str) else message.decode(errors="surrogateescape")
    finished = run_client(text, to=None, expect_code=2)
    assert len(finished.err_lines) == 1


def test_size_needs_a_flood(run_client):
    """--size yalnız sel içindir."""
    finished = run_client("--size", "10", "selam", to=None, expect_code=2)
    assert len(finished.err_lines) == 1 and "--flood" in finished.err


# --- istemci: sel


def flooded(start_client, answer, *, lines: int = 5):
    """Seli, verilen yanıtlarla karşılayan bir sunucu; istemcinin bitmiş hâli."""
    listener = TcpListener()
    client = start_client("--flood", str(lines), "--size", "3", "--timeout", "1", to=listener)
    peer = listener.accept()
    peer.send("Welcome\n")
    peer.expect("".join(f"{number:02}\n" for number in range(lines)))
    peer.expect_eof()
    peer.send("".join(f"Echo: {text}\n" for text in answer))
    peer.close()
    finished = client.wait(expect_code=None)
    last = finished.err_lines[-1].replace(str(listener.address), "ADRES") if finished.err_lines else ""
    return finished.code, finished.out_lines[-1].split("; ", 1)[1], last


@pytest.mark.parametrize(
    "answer, counts",
    [
        (["00", "01", "03", "04"], "alınan: 4 satır, 36 bayt; kayıp: 3"),
        (["00", "01", "02", "03"], "alınan: 4 satır, 36 bayt; kayıp: 1"),
        (["00", "01", "02", "04", "03"], "alınan: 5 satır, 45 bayt; kayıp: 1"),
        (["00", "01", "02", "03", "0"], "alınan: 5 satır, 44 bayt; kayıp: 1"),
        (["00", "01", "02", "03", "04", "05"], "alınan: 6 satır, 54 bayt; kayıp: 0"),
        ([], "alınan: 0 satır, 0 bayt; kayıp: 5"),
    ],
    ids=["hole", "short", "order", "cut", "extra", "nothing"],
)
def test_wrong_echo_is_an_error(start_client, answer, counts):
    """Selin bir satırı bile eksik, fazla, bozuk ya da yer değiştirmiş dönerse istemci 1 ile biter."""
    assert flooded(start_client, answer) == (1, counts, "Yankı tutmadı: ADRES: gelen, gönderilenle aynı değil")


def test_right_echo_is_not_an_error(start_client):
    """Aynı denetim, doğru yankıyı yanlış saymaz."""
    right = [f"{number:02}" for number in range(5)]
    assert flooded(start_client, right) == (0, "alınan: 5 satır, 45 bayt; kayıp: 0", "")


def test_flood_reads_nothing_until_the_socket_is_full(start_client):
    """Sel, karşı taraf almaz olana dek hiç okumaz; hiç okumayan sunucuda zaman aşımıyla biter."""
    listener = TcpListener()
    client = start_client("--flood", "10000", "--timeout", "0.5", to=listener)
    peer = listener.accept()
    peer.send("Welcome\n")
    finished = client.wait(expect_code=1)
    full, unread = (int(re.search(r"\d+", line)[0]) for line in finished.out_lines[2:4])
    assert 0 < full <= unread < 10000 * 4000
    assert finished.err_lines[-1] == f"Sel bitmedi: {listener.address}: zaman aşımı"


def test_cut_flood_is_an_error(start_client):
    """Sel sürerken kapanan bağlantı başarı sayılmaz."""
    listener = TcpListener()
    client = start_client("--flood", "10000", to=listener)
    peer = listener.accept()
    peer.send("Welcome\n")
    peer.read_exactly(40000)
    peer.half_close()
    assert client.wait(expect_code=1).err_lines[-1] == f"Sel bitmedi: {listener.address}: akış beklenenden önce bitti"

@pytest.mark.parametrize(
    ("bad", "last_word"),
    [(b"\xff\n", b""), (b"y" * (LIMIT + 1) + b"\n", f"{TOO_LONG}\n".encode())],
    ids=["utf-8", "long line"],
)
def test_queued_answers_outlive_a_bad_line(start_server, bad, last_word):
    """Bozuk satır gelince kuyrukta bekleyen yanıtlar atılmaz: geç okuyan da hepsini, sonra akış sonunu alır."""
    peer = welcomed(start_server("--max-queue", "67108864"), receive_buffer=65536)
    count = 2000
    peer.send(LINE * count + bad, seconds=20)
    wait_until_read(peer.socket, 20)
    time.sleep(1.2)  # son söz için beklenen süreden uzun: kuyruk o süreye sığmak zorunda değil
    assert peer.read_until_eof(seconds=30) == ANSWER * count + last_word
