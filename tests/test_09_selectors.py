"""Ders 09: tek iş parçacığında on bin bağlantı; epoll, poll ve select aynı davranır."""

import contextlib
import fcntl
import re
import signal
import socket
import struct
import termios
import threading
import time

import pytest

from harness.capability import needs
from harness.contract import INTERRUPTIBLE_CALLS
from harness.listener import TcpListener
from harness.load import idle_connections, storm
from harness.peer import TcpPeer
from harness.sockets import wait_until_read
from harness.waiting import eventually
from harness.wrappers import interrupted_calls, traced
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
    test_slow_reader_gets_everything,
    test_spaces_and_line_endings,
    test_thousand_lines_in_one_segment,
)

BACKENDS = ("epoll", "poll", "select")
WELCOME = "Welcome to selectors server!"
FULL = "Sunucu dolu, daha sonra deneyin"
TOO_LONG = "Satır çok uzun (en fazla 65536 bayt)"
TOO_SLOW = "Çok yavaş okunuyor, bağlantı kapatılıyor"
LIMIT = 65536
FD_SETSIZE = 1024
MIB = 1024 * 1024

DEFAULTS = ("Hello Selectors", "Türkçe: ığüşöç İ", "Test message")
LINE = b"x" * 4000 + b"\n"
ANSWER = b"Echo: " + LINE


@pytest.fixture(params=BACKENDS)
def backend(request) -> str:
    """Testi üç arka uçta koşturur; yalnız birini ilgilendiren test adını kendisi sayar."""
    return request.param


@pytest.fixture
def start(start_server, run_program, backend):
    """Sunucuyu bu arka uçla başlatır. Verilen sunucunun --help metninde adı geçmeyen arka uçlar atlanır."""
    if not re.search(rf"\b{backend}\b", run_program("server", "--help").out):
        pytest.skip(f"sunucu {backend} arka ucunu bilmiyor")
    return lambda *options, **more: start_server("--backend", backend, *options, **more)


@pytest.fixture
def echo(start):
    """Ortak yankı testlerinin sunucusu, üç arka uçla da."""
    return lambda *options: EchoServer(start(*options), WELCOME)


def only(*names):
    return pytest.mark.parametrize("backend", names)


def welcomed(server, **options) -> TcpPeer:
    """Karşılamayı okumuş bir karşı taraf."""
    peer = TcpPeer.connect(server, **options)
    peer.expect_line(WELCOME)
    return peer


def check_served(server) -> None:
    """Sunucu yeni bir istemciye hâlâ hizmet ediyor."""
    peer = welcomed(server)
    peer.send("ayaktayım\n")
    peer.expect("Echo: ayaktayım\n")
    peer.close()


def admitted(server) -> TcpPeer:
    """Yer açılınca karşılanan bir karşı taraf: gidenin yerinin boşalması bir an sürebilir."""

    def enter() -> TcpPeer | None:
        peer = TcpPeer.connect(server)
        return peer if peer.read_line() != FULL else peer.close()

    return eventually(enter, "yer açıldı")


def conversation(number, messages=DEFAULTS) -> list[str]:
    """İstemcinin bir bağlantı için yazdıkları."""
    answers = [f"[{number}] {message} → Echo: {message.strip()}" for message in messages]
    return [f"[{number}] Server: {WELCOME}", *answers]


def logged(server, text, *, count=1, seconds=5.0) -> re.Match[str]:
    return server.wait_line(re.compile(f".* - {text}"), "stderr", count=count, seconds=seconds)


def first_line(sock) -> str:
    """Yalın bir soketten ilk satır."""
    sock.settimeout(5)
    with sock.makefile("rb") as stream:
        return stream.readline().decode().rstrip("\n")


# --- iki taraf birlikte


def test_default_conversation(start, run_client, pairing, backend):
    """Argümansız istemci üç bağlantıdan üçer mesaj gönderir; yanıtlar bağlantı bağlantı yazılır."""
    start()
    assert run_client("--backend", backend).out_lines == [
        *conversation(1), *conversation(2), *conversation(3),
        "Konuşan bağlantı: 3; karşılanan: 3, geri çevrilen: 0, doğru yanıt: 9",
    ]


def test_conversation_on_both_families(start_server, run_client, host):
    """Aynı konuşma IPv4 ve IPv6 üzerinden."""
    start_server(host=host)
    assert run_client("--connections", "1").out_lines[:4] == conversation(1)


def test_conversation_survives_cutting_and_joining(start_server, run_client, proxied, pairing, chunking):
    """Bayt bayt, rastgele ya da birleşik gelen akışta satırlar ve karakterler bölünmez."""
    messages = ("Türkçe: ığüşöç İ", "", "boşluk  içeride ", "€ 😀", "quit")
    proxy = proxied(start_server(), chunking)
    lines = run_client("--connections", "2", *messages, to=proxy).out_lines
    assert lines[:12] == conversation(1, messages) + conversation(2, messages)


def test_longest_line_goes_there_and_back(start_server, run_client, pairing):
    """Sınırdaki satır (65536 bayt) eksiksiz gider gelir."""
    start_server()
    text = "ş" * (LIMIT // 2)
    assert run_client("--connections", "1", text).out_lines[1] == f"[1] {text} → Echo: {text}"


def test_hundreds_at_once(start, run_client, pairing, backend):
    """Susan üç yüz, konuşan üç yüz bağlantı: hepsi karşılanır, konuşanların hepsi yanıtını alır."""
    start()
    out = run_client("--backend", backend, "--idle", "300", "--connections", "300", seconds=30).out_lines
    assert out[0] == "Sessiz bağlantı: 300"
    assert out[1] == "Konuşan bağlantı: 300; karşılanan: 600, geri çevrilen: 0, doğru yanıt: 900"
    assert re.fullmatch(r"Süre: \d+\.\d{3} s", out[2])


@only("epoll", "poll")
@pytest.mark.deadline(120)
def test_thousands_at_once(start, run_client, backend):
    """Üç bin bağlantı, select'in sınırının çok üstü."""
    start()
    out = run_client("--backend", backend, "--connections", "3000", "selam", seconds=60).out_lines
    assert out[0] == "Konuşan bağlantı: 3000; karşılanan: 3000, geri çevrilen: 0, doğru yanıt: 3000"


# --- sunucu: çerçeveleme


def test_lines_in_pieces_and_together(start):
    """Parça parça gelen satır tek yanıt alır, birlikte gelen satırların her biri kendi yanıtını."""
    peer = welcomed(start())
    peer.send_segments("ya", "rım\nbir\niki\nya", "rım\n")
    peer.expect("Echo: yarım\nEcho: bir\nEcho: iki\nEcho: yarım\n")


# --- sunucu: konuşmanın sonu


@pytest.mark.parametrize("bad, last_word", [(b"\xff\n", b""), (b"y" * (LIMIT + 1) + b"\n", f"{TOO_LONG}\n".encode())],
                         ids=["utf8", "long"])
def test_queued_answers_outlive_a_bad_line(start, bad, last_word):
    """Bozuk satır gelince kuyrukta bekleyen yanıtlar atılmaz: geç okuyan da hepsini, sonra akış sonunu alır."""
    peer = welcomed(start("--max-queue", "67108864"), receive_buffer=65536)
    count = 2000
    peer.send(LINE * count + bad, seconds=20)
    wait_until_read(peer.socket, 20)
    time.sleep(1.2)  # son söz için beklenen süreden uzun: kuyruk o süreye sığmak zorunda değil
    assert peer.read_until_eof(seconds=30) == ANSWER * count + last_word


def test_peer_that_never_closes_is_not_waited_for(start):
    """Akış sonunu görüp kendi ucunu kapatmayan istemci, bir saniye sonra unutulur; --timeout beklenmez."""
    server = start()
    idle = server.open_descriptors
    peer = welcomed(server)
    peer.send(b"\xff\n")
    peer.expect_eof()
    eventually(lambda: server.open_descriptors <= idle, "bağlantı kapandı")


def test_broken_connections_are_logged(start):
    """Kopan bağlantının nedeni WARNING olarak loglanır."""
    server = start()
    welcomed(server).send(b"\xff\n")
    logged(server, r"WARNING - Bağlantı kesildi: .*: geçersiz UTF-8")
    greedy = welcomed(server, receive_buffer=4096)
    greedy.fill(LINE, 64 * MIB, quiet=0.1)
    greedy.reset()
    logged(server, r"WARNING - Bağlantı kesildi: .*: bağlantı karşı tarafça sıfırlandı")


def test_endless_line_is_refused(start):
    """Satır sonu gelmeyen 20 MB: söz söylenir, bağlantı kapanır, bellek büyümez, işlemci harcanmaz."""
    server = start()
    other = welcomed(server)
    peer = welcomed(server)
    memory, cpu = server.resident_kib, server.cpu_seconds
    peer.fill("z" * 65536, 20 * MIB)
    peer.expect_line(TOO_LONG)
    peer.expect_closed()
    assert server.resident_kib - memory < 4096
    assert server.cpu_seconds - cpu < 2
    other.send("buradayım\n")
    other.expect("Echo: buradayım\n")


def test_silent_client_is_closed(start):
    """Sessiz istemci --timeout dolunca, söz söylenmeden kapatılır ve loglanır; konuşan kalır."""
    server = start("--timeout", "1")
    silent = welcomed(server)
    talker = welcomed(server)
    for _ in range(6):
        talker.send("buradayım\n")
        talker.expect("Echo: buradayım\n")
        time.sleep(0.3)
    silent.expect_eof()
    logged(server, "WARNING - İstemci zaman aşımı: ")
    talker.send("hâlâ\n")
    talker.expect("Echo: hâlâ\n")


# --- sunucu: boşta ve yükte ne harcar


def test_idle_clients_cost_nothing(start):
    """Dokuz yüz sessiz istemci varken işlemci boştadır; sonra gelen hemen hizmet görür."""
    server = start()
    with idle_connections(server, 900):
        logged(server, "INFO - Yeni bağlantı: ", count=900, seconds=20)
        before = server.cpu_seconds
        time.sleep(1)
        assert server.cpu_seconds - before < 0.2
        check_served(server)


@needs("strace")
def test_idle_client_wakes_nobody(start, tmp_path):
    """Tek sessiz istemci: bekleyen çağrı bir saniye boyunca dönmez. Yazılabilirlik hep beklenseydi hiç durmazdı."""
    trace = tmp_path / "trace"
    calls = [call for call in INTERRUPTIBLE_CALLS if re.search("poll|select|epoll", call)]
    server = start(under=traced(trace, *calls))
    peer = welcomed(server)
    peer.send("bir\n")
    peer.expect("Echo: bir\n")
    peer.expect_silence(1)
    peer.close()
    server.stop()
    assert len(trace.read_text().splitlines()) < 60


@only("epoll")
@needs("strace")
@pytest.mark.own_program
def test_message_costs_three_calls(start, tmp_path):
    """Yalnız konuşanın bir mesajı bir bekleme, bir okuma, bir göndermedir; kayıt değişmez, log yazılmaz."""
    trace = tmp_path / "trace"
    server = start(under=traced(trace))
    peer = welcomed(server)
    before = len(trace.read_text().splitlines())
    for number in range(200):
        peer.send(f"{number}\n")
        peer.expect(f"Echo: {number}\n")
    calls = trace.read_text().splitlines()[before:]
    assert len(calls) < 3.3 * 200
    assert sum("epoll_ctl" in call for call in calls) < 10


def test_flood_does_not_starve_others(start):
    """Durmadan gönderip alan biri, bir tur içinde yalnız bir okumalık yer tutar: öteki bekletilmez."""
    server = start()
    with talking_endlessly(server):
        check_served(server)
        peer = welcomed(server)
        for number in range(50):
            peer.send(f"{number}\n")
            peer.expect(f"Echo: {number}\n")


@contextlib.contextmanager
def talking_endlessly(server):
    """Gövde sürerken bir istemci hem durmadan gönderir hem durmadan okur."""
    lines = (b" " * 99 + b"\n") * 4096  # yanıtı sorusundan kısa: gönderme tamponu hiç dolmaz
    talker = socket.create_connection((server.address.host, server.address.port), timeout=5)
    moves = (lambda: talker.sendall(lines), lambda: talker.recv(MIB))
    threads = [threading.Thread(target=_repeat, args=(move,)) for move in moves]
    for thread in threads:
        thread.start()
    try:
        eventually(lambda: server.cpu_seconds > 0.2, "sunucu sele tutuldu")
        yield
    finally:
        with contextlib.suppress(OSError):
            talker.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join(timeout=5)
        talker.close()


def _repeat(move):
    """Bağlantı bitene dek."""
    try:
        while move() != b"":
            pass
    except OSError:
        pass


# --- sunucu: yavaş okuyan


def test_unread_answers_do_not_pile_up(start):
    """Yanıtlarını okumayan istemci durdurulur: bellek büyümez, işlemci dönmez, öteki hizmet görür."""
    server = start("--stall", "30")
    memory = server.resident_kib
    slow = welcomed(server, receive_buffer=4096)
    assert slow.fill(LINE, 64 * MIB) < 32 * MIB
    before = server.cpu_seconds
    time.sleep(1)
    assert server.cpu_seconds - before < 0.2
    assert server.resident_kib - memory < 16 * 1024
    check_served(server)


def test_smallest_queue_loses_nothing(start):
    """Kuyruk sınırı bir bayt olsa da bütün satırlar yanıtlanır: sınır, yeni satır almanın sınırıdır."""
    peer = welcomed(start("--max-queue", "1"))
    text = "".join(f"satır {i}\n" for i in range(2000))
    peer.send(text)
    peer.half_close()
    peer.expect("".join(f"Echo: satır {i}\n" for i in range(2000)))
    peer.expect_eof()


def test_stuck_reader_is_dropped_in_words(start):
    """Kuyruğu doluyken --stall boyunca hiç almayan çıkarılır; okumaya dönerse bütün satırlar ve neden oradadır."""
    server = start("--stall", "0.5")
    peer = welcomed(server, receive_buffer=4096)
    peer.fill(LINE, 64 * MIB)
    waiting = logged(server, r"WARNING - Yavaş istemci çıkarıldı: .*: (\d+) bayt bekliyordu")
    assert int(waiting[1]) >= MIB
    *answers, last, nothing = peer.read_until_eof(seconds=20).split(b"\n")
    assert (last.decode(), nothing) == (TOO_SLOW, b"")
    assert all(answer + b"\n" == ANSWER for answer in answers)
    check_served(server)


def test_stuck_reader_is_cut(start):
    """Çıkarılan istemci hâlâ okumuyorsa bağlantı bir saniye sonra kesilir; tanımlayıcısı geri gelir."""
    server = start("--stall", "0.3")
    idle = server.open_descriptors
    peer = welcomed(server, receive_buffer=4096)
    peer.fill(LINE, 64 * MIB)
    logged(server, "WARNING - Yavaş istemci çıkarıldı: ")
    eventually(lambda: server.open_descriptors <= idle, "bağlantı kesildi")
    peer.expect_reset()


@only("epoll")
def test_slow_but_moving_reader_stays(start):
    """Yavaş ama okuyan istemci çıkarılmaz: sınır, hiç bayt almamanındır."""
    server = start("--stall", "2", "--max-queue", "65536")
    peer = welcomed(server, receive_buffer=4096)
    peer.fill(LINE, 64 * MIB)
    for _ in range(8):
        peer.read_exactly(256 * 1024, seconds=20)
        time.sleep(0.4)
    assert "Yavaş istemci" not in server.text("stderr")


# --- sunucu: sayı sınırı


def test_client_over_the_limit_is_told(start):
    """N istemci varken N+1'inciye dolu olduğu söylenir; biri gidince yeri yenisine verilir."""
    server = start("--max-clients", "3")
    peers = [welcomed(server) for _ in range(3)]
    extra = TcpPeer.connect(server)
    extra.send("selam\n")
    extra.expect_line(FULL)
    extra.expect_eof()
    logged(server, "WARNING - Sunucu dolu, geri çevrildi: ")
    peers[0].close()
    admitted(server)
    for peer in peers[1:]:
        peer.send("hâlâ buradayım\n")
        peer.expect("Echo: hâlâ buradayım\n")


def test_flood_of_clients_over_the_limit(start):
    """Doluyken gelen iki yüz istemciye de söz söylenir; içerideki bundan etkilenmez, yerleri geri gelir."""
    server = start("--max-clients", "1")
    inside = welcomed(server)
    idle = server.open_descriptors
    extras = [TcpPeer.connect(server) for _ in range(200)]
    for extra in extras:
        extra.expect_line(FULL)
    assert server.open_descriptors <= idle + 64 + 2  # sonuncusu o an kapanıyor olabilir
    for extra in extras:
        extra.expect_closed()
    inside.send("yerimdeyim\n")
    inside.expect("Echo: yerimdeyim\n")
    eventually(lambda: server.open_descriptors <= idle, "geri çevrilenler kapandı")


@only("select")
def test_descriptors_beyond_fd_setsize_are_refused(start):
    """select'in bakamayacağı numarayı alan istemciye dolu olduğu söylenir; ötekiler hizmet görmeyi sürdürür."""
    server = start()
    with idle_connections(server, 1200) as clients:
        words = [first_line(client) for client in clients]
        assert set(words) == {WELCOME, FULL}
        assert 900 <= words.count(WELCOME) < FD_SETSIZE
        inside = clients[0]
        inside.sendall(b"buradayim\n")
        assert first_line(inside) == "Echo: buradayim"
        assert clients[-1].recv(1) == b""
        clients[1].close()
    check_served_later(server)


@only("select")
@pytest.mark.own_program
def test_log_names_fd_setsize(start):
    """Geri çevrilenin neden sığmadığı logda yazar."""
    server = start()
    with idle_connections(server, 1100):
        logged(server, f"WARNING - Sunucu dolu, geri çevrildi: .*: tanımlayıcı {FD_SETSIZE}, .* FD_SETSIZE ")


def check_served_later(server) -> None:
    peer = admitted(server)
    peer.send("yer var\n")
    peer.expect("Echo: yer var\n")


@only("epoll", "poll")
def test_descriptors_beyond_fd_setsize_are_served(start):
    """poll ve epoll'de numaranın sınırı yoktur: 1024'ten büyük olanlar da karşılanır ve yanıtlanır."""
    with idle_connections(start(), 1200) as clients:
        assert {first_line(client) for client in clients} == {WELCOME}
        clients[-1].sendall(b"son\n")
        assert first_line(clients[-1]) == "Echo: son"


def test_thousands_in_a_row_leave_nothing(start):
    """Art arda üç bin bağlantıdan sonra geride açık tanımlayıcı kalmaz, bellek büyümez."""
    server = start()
    check_served(server)
    idle = server.open_descriptors
    storm(server, 1500, say=b"merhaba\n")
    storm(server, 1500, say=b"yar", ending="reset")
    check_served(server)
    eventually(lambda: server.open_descriptors <= idle, "tanımlayıcılar kapandı")


def test_full_descriptor_table(start):
    """Tanımlayıcı kalmayınca kabul durur: log tek satırdır, işlemci boşa dönmez, yer açılınca sürer."""
    server = start()
    with server.descriptors_left(6):
        peers = [TcpPeer.connect(server) for _ in range(12)]
        logged(server, "ERROR - Kabul duraklatıldı: ")
        before = server.cpu_seconds
        time.sleep(1)
        assert server.cpu_seconds - before < 0.2
        assert sum("Kabul duraklatıldı" in line for line in server.lines("stderr")) == 1
        for peer in peers[:6]:
            peer.close()
        peers[-1].expect_line(WELCOME)
        peers[-1].send("sıra geldi\n")
        peers[-1].expect("Echo: sıra geldi\n")


# --- sunucu: kapanış


def test_what_has_arrived_is_answered(start):
    """Kapanırken gelmiş olan her satır yanıtlanır, ardından akış sonu gelir; yanıtlar sıfırlamayla kaybolmaz."""
    server = start()
    peers = [welcomed(server) for _ in range(5)]
    text = "".join(f"{i}\n" for i in range(2000))
    for peer in peers:
        peer.send(text)
    finished = server.stop()
    for peer in peers:
        peer.expect("".join(f"Echo: {i}\n" for i in range(2000)))
        peer.expect_eof()
    assert finished.err_lines[-1].endswith(" - INFO - Server kapatıldı")


def test_queue_is_delivered_at_the_end(start):
    """Kapanış başladığında kuyrukta bekleyen megabaytlar, alan istemciye sonuna dek gönderilir."""
    server = start("--max-queue", "67108864")
    peer = welcomed(server)
    count = 4000
    peer.send(LINE * count, seconds=20)
    wait_until_read(peer.socket, 20)
    server.signal(signal.SIGTERM)
    assert peer.read_until_eof(seconds=20) == ANSWER * count
    server.wait(2)


def test_held_back_lines_are_answered_at_the_end(start):
    """Kuyruk dolu olduğu için okunmamış ama gelmiş satırlar da, istemci o sırada alıyorsa, kapanışta yanıtlanır."""
    server = start("--max-queue", "4096")
    peer = welcomed(server, receive_buffer=65536)
    sent = peer.fill(LINE, 64 * MIB)
    arrived = sent - struct.unpack("i", fcntl.ioctl(peer.socket, termios.TIOCOUTQ, b"\0" * 4))[0]
    server.signal(signal.SIGTERM)
    answers = peer.read_until_eof(seconds=20)
    count = len(answers) // len(ANSWER)
    assert answers == ANSWER * count
    assert count >= arrived // len(LINE)
    server.wait(2)


def test_shutdown_under_load(start):
    """Yük altında da SIGTERM iki saniyede, 0 koduyla bitirir; okumayan istemci bunu uzatamaz."""
    server = start()
    stuck = [welcomed(server, receive_buffer=4096) for _ in range(3)]
    for peer in stuck:
        peer.fill(LINE, 64 * MIB, quiet=0.05)
    stop = threading.Event()
    answers: list[bytes] = []
    talkers = [threading.Thread(target=_talk_until, args=(server.address, stop, answers)) for _ in range(20)]
    for talker in talkers:
        talker.start()
    eventually(lambda: len(answers) >= 100, "yüz yanıt geldi")
    server.stop()
    stop.set()
    for talker in talkers:
        talker.join(timeout=5)


def test_endless_talker_does_not_delay_shutdown(start):
    """Durmadan gönderen ve yanıtlarını okuyan istemci kapanışı geciktiremez."""
    server = start()
    with talking_endlessly(server):
        server.stop()


def _talk_until(address, stop, answers):
    try:
        with socket.create_connection((address.host, address.port), timeout=3) as sock:
            while not stop.is_set():
                sock.sendall("yük\n".encode())
                answer = sock.recv(4096)
                if not answer:
                    return
                answers.append(answer)
    except OSError:
        pass


# --- sunucu: arka uç


@needs("strace")
def test_interrupted_calls_lose_nothing(start, run_client, backend, tmp_path):
    """Soket ve bekleme çağrılarının her ikincisi EINTR ile dönse de bütün yanıtlar doğrudur."""
    start(under=interrupted_calls(tmp_path / "trace", *INTERRUPTIBLE_CALLS))
    assert "doğru yanıt: 60" in run_client("--backend", backend, "--connections", "20", seconds=30).out


@pytest.mark.own_program
def test_log_names_the_backend(start, backend):
    """Sunucu hangi seçiciyle çalıştığını başta söyler."""
    logged(start(), f"INFO - Seçici: {backend}, ")


def test_messages_are_logged_only_when_asked(start):
    """Mesajın metni yalnız -v ile loglanır: bin istemcide her mesaja bir log satırı, mesajın kendisi kadar tutar."""
    for options, expected in (((), False), (("-v",), True)):
        server = start(*options)
        peer = welcomed(server)
        peer.send("gizli \x1b[31m söz\n")
        peer.expect("Echo: gizli \x1b[31m söz\n")
        peer.close()
        server.stop()
        line = next((line for line in server.lines("stderr") if "gizli" in line), "")
        assert bool(line) == expected
        assert "\x1b" not in line


def test_wrong_backend_is_wrong_usage(run_program):
    """Bilinmeyen arka uç yanlış kullanımdır: iki programda da tek satır, çıkış kodu 2."""
    for role in ("server", "client"):
        finished = run_program(role, "--backend", "kqueue", expect_code=2)
        assert "kqueue" in finished.err and len(finished.err_lines) == 1


# --- istemci


def greet(listener) -> TcpPeer:
    peer = listener.accept()
    peer.send(WELCOME + "\n")
    return peer


@pytest.fixture(params=BACKENDS)
def client_backend(request) -> str:
    """İstemcinin seçicisi."""
    return request.param


def test_client_connections_are_really_at_once(start_client, client_backend):
    """Bağlantıların hepsi, ilki daha karşılanmadan açılır; yanıt hangi sırayla gelirse gelsin yerini bulur."""
    listener = TcpListener()
    client = start_client("--backend", client_backend, "bir", "iki", to=listener)
    peers = [listener.accept() for _ in range(3)]
    for peer in reversed(peers):
        peer.send_segments("Wel", "come\n")
        peer.expect_line("bir")
    for text, following in (("bir", "iki"), ("iki", None)):
        for peer in reversed(peers):
            peer.send_segments("Echo: ", text[:2], text[2:] + "\n")
            if following:
                peer.expect_line(following)
    finished = client.wait()
    assert finished.out_lines[:3] == ["[1] Server: Welcome", "[1] bir → Echo: bir", "[1] iki → Echo: iki"]
    assert finished.out_lines[-1].endswith("karşılanan: 3, geri çevrilen: 0, doğru yanıt: 6")
    for peer in peers:
        peer.expect_eof()


def test_client_opens_idle_connections_first(start_client):
    """Sessizlerin hepsi karşılanmadan konuşan açılmaz; sessizler hiçbir şey göndermez, sonuna dek açık durur."""
    listener = TcpListener()
    client = start_client("--idle", "2", "--connections", "1", "bir", to=listener)
    idle = [listener.accept() for _ in range(2)]
    idle[0].send(WELCOME + "\n")
    listener.expect_nobody()
    idle[1].send(WELCOME + "\n")
    talking = greet(listener)
    talking.expect_line("bir")
    for peer in idle:
        peer.expect_silence(0.1)
    talking.send("Echo: bir\n")
    out = client.wait().out_lines
    assert out[:3] == [f"[1] Server: {WELCOME}", "[1] bir → Echo: bir", "Sessiz bağlantı: 2"]
    for peer in idle:
        peer.expect_eof()


def failing(start_client, *words, serve) -> tuple[str, str]:
    """Tek bağlantılı istemci, onu karşılayan `serve`, stderr'in son satırı ve stdout."""
    listener = TcpListener()
    client = start_client("--connections", "1", *words, to=listener)
    serve(listener)
    finished = client.wait(expect_code=1)
    return finished.err_lines[-1].replace(str(listener.address), "ADRES"), finished.out


def test_client_reports_a_wrong_echo(start_client, client_backend):
    """Gönderilenden farklı yankı yanıt sayılmaz: çıkış kodu 1, son satır nedeni söyler."""

    def serve(listener):
        peer = greet(listener)
        peer.expect_line("bir")
        peer.send("Echo: bit\n")

    last, out = failing(start_client, "--backend", client_backend, "bir", serve=serve)
    assert last == "Yanıt yanlış: ADRES: yankı gönderilenden farklı"
    assert "doğru yanıt: 0" in out


def test_one_failure_does_not_stop_the_others(start_client, client_backend):
    """Yanlış yanıt alan bağlantı hemen kapatılır; öteki işini bitirir. Çıkış kodu yine 1'dir."""
    listener = TcpListener()
    client = start_client("--backend", client_backend, "--connections", "2", "bir", to=listener)
    wrong, right = listener.accept(), listener.accept()
    for peer in (wrong, right):
        peer.send(WELCOME + "\n")
        peer.expect_line("bir")
    wrong.send("Echo: bit\n")
    wrong.expect_eof()
    right.send("Echo: bir\n")
    assert client.wait(expect_code=1).out_lines[-1].endswith("karşılanan: 2, geri çevrilen: 0, doğru yanıt: 1")


@pytest.mark.parametrize("answer", ["Echo: bir\nEcho: bir\n", "Echo: biri\n", "bir\n", "Echo: bi\n", "Echo:  bir\n"])
def test_client_is_exact(start_client, answer):
    """Fazla satır, uzun, kısa, öneksiz ya da boşluklu yankı da yanlıştır."""

    def serve(listener):
        peer = greet(listener)
        peer.expect_line("bir")
        peer.send(answer)

    assert failing(start_client, "bir", "iki", serve=serve)[0].startswith("Yanıt yanlış: ADRES: ")


def test_client_refuses_a_stray_line(start_client):
    """Son yanıtın ardından, sorulmadan gelen satır da yanlıştır."""

    def serve(listener):
        peer = greet(listener)
        peer.expect_line("bir")
        peer.send("Echo: bir\nEcho: fazla\n")

    assert failing(start_client, "bir", serve=serve)[0] == "Yanıt yanlış: ADRES: sorulmadan bir satır geldi"


def test_client_reports_a_lost_connection(start_client, client_backend):
    """Yanıt beklerken gelen akış sonu ya da sıfırlama, yanıt alınamadığı anlamına gelir."""
    for how, why in (("close", "akış beklenenden önce bitti"), ("reset", "bağlantı karşı tarafça sıfırlandı")):

        def serve(listener, how=how):
            peer = greet(listener)
            peer.expect_line("bir")
            getattr(peer, how)()

        last, _ = failing(start_client, "--backend", client_backend, "bir", serve=serve)
        assert last == f"Yanıt alınamadı: ADRES: {why}"


@needs("strace")
def test_client_waits_for_a_full_socket(start_server, run_client, client_backend, tmp_path):
    """Gönderilemeyen soru (EAGAIN) kaybolmaz: soket yazılabilir olunca gider."""
    start_server()
    full = ["strace", "-D", "-f", "-qq", "-o", str(tmp_path / "trace"), "-E", "ASAN_OPTIONS=exitcode=99:detect_leaks=0",
            "-e", "inject=sendto:error=EAGAIN:when=1+2"]
    out = run_client("--backend", client_backend, under=full, seconds=30).out_lines
    assert out[-1].endswith("doğru yanıt: 9")


def test_client_stops_waiting(start_client, client_backend):
    """Kabul edip susan sunucu da, karşılayıp susan da istemciyi --timeout'tan uzun bekletmez."""
    options = ("--backend", client_backend, "--timeout", "0.3", "bir")
    assert failing(start_client, *options, serve=lambda listener: listener.accept())[0] == (
        "Karşılama okunamadı: ADRES: zaman aşımı"
    )
    assert failing(start_client, *options, serve=greet)[0] == "Yanıt alınamadı: ADRES: zaman aşımı"


def test_slow_answers_are_not_a_timeout(start_client):
    """Süre her yanıt için yeniden başlar: konuşmanın bütünü --timeout'tan uzun sürebilir."""
    listener = TcpListener()
    client = start_client("--connections", "1", "--timeout", "1", *"abcde", to=listener)
    peer = greet(listener)
    for letter in "abcde":
        peer.expect_line(letter)
        time.sleep(0.3)
        peer.send(f"Echo: {letter}\n")
    assert client.wait().out_lines[-1].endswith("doğru yanıt: 5")


def test_client_is_told_the_server_is_full(start_server, run_client, client_backend):
    """Dolu sunucunun sözü karşılama sanılmaz; içeri girebilen bağlantılar işini bitirir."""
    server = start_server("--max-clients", "2")
    finished = run_client("--backend", client_backend, "--connections", "5", expect_code=1)
    assert finished.out_lines[-1] == "Konuşan bağlantı: 5; karşılanan: 2, geri çevrilen: 3, doğru yanıt: 6"
    assert finished.err_lines[-1] == f"Bağlanılamadı: {server.address}: sunucu dolu"


def test_client_reports_a_lost_idle_connection(start_client):
    """Sessiz bağlantıyı kapatan sunucu fark edilir."""
    listener = TcpListener()
    client = start_client("--idle", "1", "--connections", "1", "bir", to=listener)
    idle = greet(listener)
    talking = greet(listener)
    talking.expect_line("bir")
    idle.close()
    eventually(lambda: client.open_descriptors > 0, "istemci çalışıyor")
    talking.send_segments("Echo: ", "bir\n")
    finished = client.wait(expect_code=1)
    assert finished.err_lines[-1] == f"Bağlantı açık kalmadı: {listener.address}: akış beklenenden önce bitti"


def test_invalid_and_endless_answers_are_refused(start_client):
    """Bozuk UTF-8 ekrana yazılmaz; satır sonu gelmeyen yanıt belleği doldurmadan hata olur."""

    def invalid(listener):
        peer = greet(listener)
        peer.expect_line("bir")
        peer.send(b"Echo: \xff\n")

    def endless(listener):
        peer = greet(listener)
        peer.expect_line("bir")
        peer.fill("E" * 65536, MIB)

    assert failing(start_client, "bir", serve=invalid)[0] == "Yanıt alınamadı: ADRES: geçersiz UTF-8"
    assert failing(start_client, "bir", serve=endless)[0] == "Yanıt alınamadı: ADRES: mesaj çok büyük"


def test_welcome_is_escaped(start_client):
    """Sunucudan gelen denetim karakteri ekrana kaçışla yazılır."""
    listener = TcpListener()
    client = start_client("--connections", "1", "bir", to=listener)
    peer = listener.accept()
    peer.send("Hoş\x1b[2Jgeldin\n")
    peer.expect_line("bir")
    peer.send("Echo: bir\n")
    assert client.wait().out_lines[0] == r"[1] Server: Hoş\x1b[2Jgeldin"


@pytest.mark.parametrize("message", ["iki\nsatır", b"\xff", "x" * (LIMIT + 1)], ids=["newline", "utf8", "long"])
def test_message_that_cannot_be_a_line(run_client, message):
    """Bir satır olamayacak mesaj gönderilmeden, tek satırlık açıklamayla geri çevrilir."""
    text = message if isinstance(message, str) else message.decode(errors="surrogateescape")
    finished = run_client(text, to=None, expect_code=2)
    assert len(finished.err_lines) == 1
