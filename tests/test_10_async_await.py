"""Ders 10: eş yordamlar ve onları yürüten küçük döngü; sırayla altı saniye süren işler birlikte iki saniye sürer."""

import contextlib
import re
import signal
import socket
import threading
import time

import pytest

from harness.capability import needs
from harness.contract import INTERRUPTIBLE_CALLS
from harness.listener import TcpListener, refusing_tcp
from harness.load import idle_connections, storm
from harness.peer import TcpPeer
from harness.waiting import eventually
from harness.wrappers import interrupted_calls, traced

FULL = "Sunucu dolu, daha sonra deneyin"
TOO_LONG = "Satır çok uzun (en fazla 65536 bayt)"
UNKNOWN = "HATA: anlaşılmadı"
LIMIT = 65536
MIB = 1024 * 1024
QUICK = ("--scale", "0.05")

SYNC = [
    "=== Senkron Çalıştırma ===",
    *(f"[SAAT] Task-{i} {what}" for i in (1, 2, 3) for what in ("başladı", "bitti")),
    "Toplam süre: SÜRE saniye", "İşlemci: SÜRE saniye",
]
ASYNC = [
    "=== Asenkron Çalıştırma ===",
    *(f"[SAAT] Task-{i} {what}" for what in ("başladı", "bitti") for i in (1, 2, 3)),
    "Toplam süre: SÜRE saniye", "İşlemci: SÜRE saniye",
]
ONE = ['Tek kullanıcı: {"id": 1, "name": "User-1"}']
MANY = ["Birer birer: SÜRE saniye", "Birlikte: SÜRE saniye", "Çoklu kullanıcı: 5 kullanıcı çekildi"]
CALLS = ['Sync\'ten async: {"id": 1, "name": "User-1"}', 'Async\'ten sync: 4, {"id": 1, "name": "User-1"}']


def masked(lines) -> list[str]:
    """Saatleri ve süreleri silinmiş satırlar."""
    return [re.sub(r"\d+\.\d\d saniye", "SÜRE saniye", re.sub(r"\d\d:\d\d:\d\d", "SAAT", line)) for line in lines]


def asking(server, question, **options) -> TcpPeer:
    """Sorusunu sormuş, yanıtını bekleyen bir karşı taraf."""
    peer = TcpPeer.connect(server, **options)
    peer.send(question + "\n")
    return peer


def check_served(server) -> None:
    """Sunucu yeni bir istemciye hâlâ hizmet ediyor."""
    peer = asking(server, "bekle 0 ayaktayım")
    peer.expect("ayaktayım tamamlandı\n")
    peer.close()


def admitted(server) -> TcpPeer:
    """Yer açılınca hizmet gören bir karşı taraf: gidenin yerinin boşalması bir an sürebilir."""

    def enter() -> TcpPeer | None:
        peer = asking(server, "bekle 0 yer")
        return peer if peer.read_line() != FULL else peer.close()

    return eventually(enter, "yer açıldı")


def logged(server, text, *, count=1, seconds=5.0) -> re.Match[str]:
    return server.wait_line(re.compile(f".* - {text}"), "stderr", count=count, seconds=seconds)


def user(number) -> str:
    return f'{{"id": {number}, "name": "User-{number}"}}'


# --- iki taraf birlikte


def test_document_demos(start_server, run_client, pairing):
    """Argümansız istemci belgenin gösterilerini belgenin sırasıyla yapar; satırlar belgenindir."""
    start_server()
    lines = masked(run_client(*QUICK, seconds=30).out_lines)
    common = [line for line in lines if "olmaz" not in line]
    assert common == [*SYNC, "", *ASYNC, "", *ONE, "", *MANY, "", *CALLS]


def test_named_demos_in_the_given_order(start_server, run_client, pairing):
    """Adı verilen gösteriler, verildiği sırayla."""
    start_server()
    assert masked(run_client(*QUICK, "tek", "asenkron", "tek").out_lines) == [*ONE, "", *ASYNC, "", *ONE]


def test_demos_on_both_families(start_server, run_client, host):
    """Aynı gösteriler IPv4 ve IPv6 üzerinden."""
    start_server(host=host)
    assert masked(run_client(*QUICK, "asenkron").out_lines) == ASYNC


def test_demos_survive_cutting_and_joining(start_server, run_client, proxied, pairing, chunking):
    """Bayt bayt, rastgele ya da birleşik gelen akışta istek de yanıt da bölünmez."""
    proxy = proxied(start_server(), chunking)
    assert masked(run_client(*QUICK, "senkron", "tek", "çoklu", to=proxy, seconds=30).out_lines) == [
        *SYNC, "", *ONE, "", *MANY
    ]


def test_server_is_given_by_name(start_server, run_client):
    """Sunucunun adresi yerine adı da verilebilir; adreslerinden dinlemeyen varsa öteki denenir."""
    server = start_server()
    out = run_client("--host", "localhost", "--port", server.address.port, *QUICK, "tek", to=None).out_lines
    assert out == ONE


# --- eşzamanlılık: saate bakmadan


def served(listener, question, answer) -> None:
    """Sıradaki bağlantının sorusu bu olmalı; yanıtı gönderilir, istemcinin kapatması beklenir."""
    peer = listener.accept()
    peer.expect(question + "\n")
    peer.send(answer + "\n")
    peer.expect_eof()


def test_sync_jobs_come_one_after_another(start_client):
    """Senkron koşuda ikinci iş, birincinin yanıtı gelmeden bağlanmaz bile; gecikmeler belgenindir."""
    listener = TcpListener()
    client = start_client("senkron", to=listener)
    for number in (1, 2, 3):
        peer = listener.accept()
        peer.expect(f"bekle 2 Task-{number}\n")
        listener.expect_nobody()
        peer.send(f"Task-{number} tamamlandı\n")
    assert masked(client.wait().out_lines) == SYNC


def test_async_jobs_are_in_flight_together(start_client):
    """Asenkron koşuda üç soru da yanıtsızken gelmiş olur; işler, yanıtlarının geldiği sırayla biter."""
    listener = TcpListener()
    client = start_client("asenkron", to=listener)
    peers = [listener.accept() for _ in range(3)]
    for number, peer in enumerate(peers, 1):
        peer.expect(f"bekle 2 Task-{number}\n")
    for number in (3, 1, 2):
        peers[number - 1].send_segments(f"Task-{number} tam", "amlandı\n")
        peers[number - 1].expect_eof()
    assert masked(client.wait().out_lines)[:7] == [
        *ASYNC[:4], "[SAAT] Task-3 bitti", "[SAAT] Task-1 bitti", "[SAAT] Task-2 bitti"
    ]


def test_users_come_in_turn_and_then_together(start_client):
    """Beş kullanıcı önce birer birer, sonra beşi birden istenir; olağan gecikmede süre söylenmez."""
    listener = TcpListener()
    client = start_client("çoklu", to=listener)
    for number in range(1, 6):
        peer = listener.accept()
        peer.expect(f"kullanıcı {number}\n")
        if number == 1:
            listener.expect_nobody()
        peer.send(user(number) + "\n")
    peers = [listener.accept() for _ in range(5)]
    for number, peer in reversed(list(enumerate(peers, 1))):
        peer.expect(f"kullanıcı {number}\n")
        peer.send(user(number) + "\n")
    assert masked(client.wait().out_lines) == MANY


def test_scale_multiplies_every_delay(start_client):
    """--scale bütün gecikmeleri çarpar; kullanıcı isteğinin süresi de o zaman söylenir."""
    listener = TcpListener()
    client = start_client("--scale", "0.5", "senkron", "tek", to=listener)
    for number in (1, 2, 3):
        served(listener, f"bekle 1 Task-{number}", f"Task-{number} tamamlandı")
    served(listener, "kullanıcı 1 0.25", user(1))
    client.wait()


def test_slow_request_delays_nobody(start_server):
    """Biri otuz saniyelik yanıtını beklerken öteki hemen yanıtlanır."""
    server = start_server()
    slow = asking(server, "bekle 30 yavaş")
    for _ in range(5):
        check_served(server)
    slow.expect_silence(0.1)


def test_hundreds_in_flight_at_once(start_server):
    """Üç yüz bağlantının yarımşar saniyelik isteği birlikte yürür: sırayla yüz elli saniye sürerdi."""
    server = start_server()
    peers = [asking(server, f"bekle 0.5 {number}") for number in range(300)]
    for number, peer in enumerate(peers):
        peer.expect(f"{number} tamamlandı\n", seconds=10)
        peer.close()


def test_shorter_delay_is_answered_first(start_server):
    """Yanıtlar istek sırasıyla değil, süreleri doldukça gelir."""
    server = start_server()
    late = asking(server, "bekle 1 geç")
    early = asking(server, "bekle 0.1 erken")
    early.expect("erken tamamlandı\n")
    late.expect_silence(0.1)
    late.expect("geç tamamlandı\n")


@pytest.mark.own_program
def test_log_counts_requests_in_flight(start_server, run_client):
    """Sunucunun logu: senkron koşuda hep bir istek yürür, asenkronda üç."""
    server = start_server()
    for demo, counts in (("senkron", [1, 1, 1]), ("asenkron", [1, 2, 3])):
        before = len(server.lines("stderr"))
        run_client("--scale", "0.1", demo)
        text = "\n".join(server.lines("stderr")[before:])
        assert [int(count) for count in re.findall(r"İstek: bekle .*\(yürüyen: (\d+)\)", text)] == counts


@pytest.mark.own_program
def test_one_thread_serves_everyone(start_server):
    """Yüz istek yürürken de sunucuda tek iş parçacığı vardır."""
    server = start_server()
    peers = [asking(server, "bekle 30 uzun") for _ in range(100)]
    logged(server, r"INFO - .*yürüyen: 100\)")
    assert server.threads == 1
    for peer in peers:
        peer.reset()


# --- belgedeki yanlışlar


@pytest.mark.parametrize("demo", ["senkron", "asenkron"])
def test_waiting_costs_no_cpu(start_server, run_client, demo):
    """Bloke eden bekleyiş iş parçacığını durdurur, işlemciyi değil: geçen sürenin azı bile harcanmaz."""
    start_server()
    out = run_client("--scale", "0.2", demo).out
    total, cpu = (float(re.search(rf"{word}: (\d+\.\d\d) saniye", out)[1]) for word in ("Toplam süre", "İşlemci"))
    assert total >= (1.2 if demo == "senkron" else 0.4)
    assert cpu < total / 4


@pytest.mark.own_program
def test_loop_inside_a_loop_is_refused_in_words(start_server, run_client):
    """Süren döngünün içinde ikinci bir döngü kurulmaz: hata sözle söylenir, dıştaki döngü sürer, çıkış kodu 0'dır."""
    start_server()
    lines = run_client(*QUICK, "çağrılar").out_lines
    assert lines == [
        CALLS[0],
        "Döngü yokken coroutine_wait_fd: olmaz, duracak bir eş yordam yok",
        CALLS[1],
        "Süren döngünün içinde coroutine_run: olmaz, bu iş parçacığında döngü zaten sürüyor",
    ]


# --- sunucu: istekler


@pytest.mark.parametrize(
    "question, answer",
    [
        ("bekle 0 AD", "AD tamamlandı"),
        ("  bekle \t 0.05   iki söz  \r", "iki söz tamamlandı"),
        ("bekle 0 Türkçe: ığüşöç İ 😀", "Türkçe: ığüşöç İ 😀 tamamlandı"),
        ("bekle 0 a\0b", "a\0b tamamlandı"),
        ("bekle 00.010 x", "x tamamlandı"),
        ("kullanıcı 7 0", user(7)),
        ("kullanıcı 007 0.0", user(7)),
        ("kullanıcı 999999999999999 0", user(999999999999999)),
        ("kullanıcı 3", user(3)),
        ("bekle 60.5 x", "HATA: en çok 60 saniye beklenir"),
        ("kullanıcı 1 61", "HATA: en çok 60 saniye beklenir"),
        *((line, UNKNOWN) for line in (
            "", " ", "merhaba", "bekle", "bekle 1", "bekle x y", "bekle -1 x", "bekle 1. x", "bekle .5 x", "bekle 1.2.3 x",
            "bekle 1e1 x", "bekle nan x", "bekle 0x1 x", "Bekle 0 x", "bekleme 0 x", "kullanıcı", "kullanıcı x", "kullanıcı -1 0",
            "kullanıcı 1 x", "kullanıcı 1 0 0", "kullanıcı 1000000000000000 0", "kullanici 1 0", "bekle 0.0000000000000000 x",
        )),
    ],
)  # fmt: skip
def test_each_request_has_one_answer(start_server, question, answer):
    """Her satırın bir yanıtı vardır; anlaşılmayan da söylenir ve bağlantı sürer."""
    peer = asking(start_server(), question)
    peer.expect(answer + "\n")
    peer.send("bekle 0 sonra\n")
    peer.expect("sonra tamamlandı\n")


def test_max_delay_is_an_option(start_server):
    """--max-delay gecikmenin sınırıdır: sınırdaki beklenir, üstü sözle geri çevrilir."""
    peer = asking(start_server("--max-delay", "0.5"), "bekle 0.5 tam\nbekle 0.51 fazla\nkullanıcı 1\nkullanıcı 2 0.6")
    peer.expect("tam tamamlandı\nHATA: en çok 0.5 saniye beklenir\n" + user(1) + "\n")
    peer.expect("HATA: en çok 0.5 saniye beklenir\n")


def test_requests_of_one_connection_are_answered_in_turn(start_server):
    """Bir bağlantının istekleri sırayla yürür: kısa olan uzunun önüne geçmez."""
    peer = asking(start_server(), "bekle 0.3 uzun\nbekle 0 kısa\nne?\nbekle 0.1 son")
    peer.expect(f"uzun tamamlandı\nkısa tamamlandı\n{UNKNOWN}\nson tamamlandı\n")


def test_lines_in_pieces_and_together(start_server):
    """Parça parça gelen satır tek istektir, birlikte gelen satırların her biri ayrı istek."""
    peer = TcpPeer.connect(start_server())
    peer.send_segments("bek", "le 0 ", "a\nbekle 0 b\nbekle 0 \xc5".encode("latin-1"), b"\x9f\n")
    peer.expect("a tamamlandı\nb tamamlandı\nş tamamlandı\n")


def test_thousand_lines_in_one_segment(start_server):
    """Tek parçada gelen bin satır, sırayla bin yanıt alır."""
    peer = asking(start_server(), "\n".join(f"bekle 0 {i}" for i in range(1000)))
    peer.expect("".join(f"{i} tamamlandı\n" for i in range(1000)), seconds=20)


def test_each_reply_is_one_read(start_server):
    """Bir yanıt tek gönderimde, bölünmeden çıkar."""
    peer = TcpPeer.connect(start_server())
    for name in ("kısa", "ığüşöç" * 300):
        peer.send(f"bekle 0 {name}\n")
        peer.expect_single_read(f"{name} tamamlandı\n")


def test_half_close_gets_every_answer(start_server):
    """Yazma yarısını kapatan istemci, gecikenler de içinde, bütün yanıtlarını ve sonra akış sonunu alır."""
    peer = asking(start_server(), "bekle 0.4 geç\nkullanıcı 2 0.1\nbekle 0 son")
    peer.half_close()
    peer.expect(f"geç tamamlandı\n{user(2)}\nson tamamlandı\n")
    peer.expect_eof()


def test_last_line_without_newline(start_server):
    """Satır sonu gelmeden biten akışın son satırı da yanıtlanır."""
    peer = TcpPeer.connect(start_server())
    peer.send("bekle 0 son")
    peer.half_close()
    peer.expect("son tamamlandı\n")
    peer.expect_eof()


def test_invalid_utf8_closes_after_earlier_answers(start_server):
    """Bozuk UTF-8 bağlantıyı sessizce kapatır; ondan önceki satırın yanıtı kaybolmaz."""
    server = start_server()
    peer = TcpPeer.connect(server)
    peer.send(b"bekle 0 iyi\nbekle 0 \xff\nbekle 0 son\n")
    peer.expect("iyi tamamlandı\n")
    peer.expect_eof()
    logged(server, r"WARNING - Bağlantı kesildi: .*: geçersiz UTF-8")


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_line_at_the_limit_and_over(start_server, ending):
    """65536 baytlık satır yanıtlanır; bir bayt fazlası sözle geri çevrilir ve bağlantı kapanır."""
    name = "x" * (LIMIT - len("bekle 0 "))
    peer = TcpPeer.connect(start_server())
    peer.send(f"bekle 0 {name}{ending}")
    peer.expect(f"{name} tamamlandı\n")
    peer.send(f"bekle 0 önce\nbekle 0 {name}y{ending}")
    peer.expect(f"önce tamamlandı\n{TOO_LONG}\n")
    peer.expect_eof()


def test_endless_line_is_refused(start_server):
    """Satır sonu gelmeyen 20 MB: söz söylenir, bağlantı kapanır, bellek büyümez, öteki hizmet görür."""
    server = start_server()
    check_served(server)
    memory = server.resident_kib
    peer = TcpPeer.connect(server)
    peer.fill("z" * 65536, 20 * MIB)
    peer.expect_line(TOO_LONG)
    peer.expect_closed()
    assert server.resident_kib - memory < 4096
    check_served(server)


# --- sunucu: gidenler, susanlar, almayanlar


@pytest.mark.own_program
def test_reset_while_waiting_ends_only_that_client(start_server):
    """Yanıtını beklerken bağlantısını sıfırlayan için beklenmez: eş yordamı hemen biter, ötekiler sürer."""
    server = start_server("--max-clients", "2")
    other = asking(server, "bekle 1 öteki")
    gone = asking(server, "bekle 60 giden")
    logged(server, r"INFO - .*yürüyen: 2\)")
    gone.reset()
    logged(server, r"WARNING - Bağlantı kesildi: .*: bağlantı karşı tarafça sıfırlandı")
    check_served(server)
    other.expect("öteki tamamlandı\n")


def test_resets_at_every_step(start_server):
    """Sıfırlanan bağlantı yalnız kendini bitirir: soru sormadan, satırın ortasında, yanıtlarını almadan."""
    server = start_server()
    other = asking(server, "bekle 1 öteki")
    for _ in range(20):
        TcpPeer.connect(server).reset()
    talking = TcpPeer.connect(server)
    talking.send("bekle 0 yar")
    talking.reset()
    greedy = TcpPeer.connect(server, receive_buffer=4096)
    greedy.fill("bekle 0 " + "x" * 4000 + "\n", 64 * MIB, quiet=0.1)
    greedy.reset()
    other.expect("öteki tamamlandı\n")
    check_served(server)


def test_silent_client_is_closed(start_server):
    """Sessiz istemci --timeout dolunca, söz söylenmeden kapatılır; yanıtını bekleyen sessiz sayılmaz."""
    server = start_server("--timeout", "0.5")
    silent = TcpPeer.connect(server)
    waiting = asking(server, "bekle 1.5 sabırlı")
    silent.expect_eof()
    logged(server, "WARNING - İstemci zaman aşımı: ")
    waiting.expect_silence(0.1)
    waiting.expect("sabırlı tamamlandı\n")


def test_slow_reader_delays_nobody_and_is_dropped(start_server):
    """Yanıtlarını almayan istemci kendini durdurur: bellek büyümez, öteki hizmet görür, --timeout dolunca kapatılır."""
    server = start_server("--timeout", "2")
    check_served(server)
    memory = server.resident_kib
    slow = TcpPeer.connect(server, receive_buffer=4096)
    assert slow.fill("bekle 0 " + "x" * 4000 + "\n", 64 * MIB) < 32 * MIB
    before = server.cpu_seconds
    for _ in range(3):
        check_served(server)
    assert server.cpu_seconds - before < 0.5
    assert server.resident_kib - memory < 16 * 1024
    logged(server, "WARNING - İstemci zaman aşımı: ")


def test_slow_reader_gets_everything(start_server):
    """Okumayı bir süre bırakan istemci, okumaya başlayınca yanıtlarının hepsini eksiksiz alır."""
    line, count = b"bekle 0 " + b"x" * 4000 + b"\n", 3000
    peer = TcpPeer.connect(start_server(), receive_buffer=4096)
    sent = peer.fill(line, len(line) * count)
    assert sent < len(line) * count
    rest = (line * count)[sent:]
    sender = threading.Thread(target=lambda: (peer.send(rest, seconds=40), peer.half_close()))
    sender.start()
    answers = peer.read_until_eof(seconds=40)
    sender.join()
    assert answers == (b"x" * 4000 + " tamamlandı\n".encode()) * count


def test_flood_does_not_starve_others(start_server):
    """Durmadan soran ve alan biri varken ötekiler yanıtlanır."""
    server = start_server()
    with talking_endlessly(server):
        for _ in range(20):
            check_served(server)


@contextlib.contextmanager
def talking_endlessly(server):
    """Gövde sürerken bir istemci hem durmadan gönderir hem durmadan okur."""
    lines = (b" " * 99 + b"\n") * 4096
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


# --- sunucu: çok bağlantı


@pytest.mark.deadline(120)
def test_thousands_at_once(start_server):
    """İki bin sessiz bağlantının yanında bin istek birlikte yürür; sonra her şey geri verilir."""
    server = start_server()
    idle = server.open_descriptors
    with idle_connections(server, 2000), idle_connections(server, 1000) as asking_ones:
        for sock in asking_ones:
            sock.sendall(b"bekle 1 x\n")
        for sock in asking_ones:
            sock.settimeout(30)
            assert sock.recv(100) == "x tamamlandı\n".encode()
        check_served(server)
    eventually(lambda: server.open_descriptors <= idle, "tanımlayıcılar kapandı", seconds=20)


def test_idle_clients_cost_nothing(start_server):
    """Dokuz yüz sessiz istemci ve bekleyen bir istek varken işlemci boştadır."""
    server = start_server()
    with idle_connections(server, 900):
        logged(server, "INFO - Yeni bağlantı: ", count=900, seconds=20)
        waiting = asking(server, "bekle 30 uzun")
        waiting.expect_silence(0.2)
        before = server.cpu_seconds
        time.sleep(1)
        assert server.cpu_seconds - before < 0.2
        check_served(server)


@needs("strace")
def test_waiting_wakes_nobody(start_server, tmp_path):
    """Bekleyen tek istek: bekleyen çağrı bir saniye boyunca dönmez."""
    trace = tmp_path / "trace"
    calls = [call for call in INTERRUPTIBLE_CALLS if re.search("poll|select|epoll", call)]
    server = start_server(under=traced(trace, *calls))
    asking(server, "bekle 30 uzun").expect_silence(1)
    server.stop()
    assert len(trace.read_text().splitlines()) < 40


def test_thousands_in_a_row_leave_nothing(start_server):
    """Art arda üç bin bağlantıdan sonra geride açık tanımlayıcı ve yığın kalmaz."""
    server = start_server()
    check_served(server)
    idle = server.open_descriptors
    storm(server, 1500, say=b"bekle 0 x\n")
    storm(server, 1500, say=b"bekle 0 x", ending="reset")
    check_served(server)
    eventually(lambda: server.open_descriptors <= idle, "tanımlayıcılar kapandı")
    with open(f"/proc/{server.pid}/maps", encoding="utf-8") as maps:
        assert sum(1 for _ in maps) < 1000


def test_client_over_the_limit_is_told(start_server):
    """N istemci varken N+1'inciye dolu olduğu söylenir; biri gidince yeri yenisine verilir."""
    server = start_server("--max-clients", "2")
    peers = [asking(server, "bekle 0 x") for _ in range(2)]
    for peer in peers:
        peer.expect("x tamamlandı\n")
    extra = asking(server, "bekle 0 fazla")
    extra.expect_line(FULL)
    extra.expect_eof()
    logged(server, "WARNING - Sunucu dolu, geri çevrildi: ")
    peers[0].close()
    admitted(server)
    peers[1].send("bekle 0 yerimde\n")
    peers[1].expect("yerimde tamamlandı\n")


def test_flood_of_clients_over_the_limit(start_server):
    """Doluyken gelen iki yüz istemciye de söz söylenir; içerideki bundan etkilenmez, yerleri geri gelir."""
    server = start_server("--max-clients", "1")
    inside = asking(server, "bekle 0 x")
    inside.expect("x tamamlandı\n")
    idle = server.open_descriptors
    extras = [TcpPeer.connect(server) for _ in range(200)]
    for extra in extras:
        extra.expect_line(FULL)
    assert server.open_descriptors <= idle + 64 + 1  # biri o sırada geri çevriliyor olabilir
    for extra in extras:
        extra.expect_closed()
    inside.send("bekle 0 yerimde\n")
    inside.expect("yerimde tamamlandı\n")
    eventually(lambda: server.open_descriptors <= idle, "geri çevrilenler kapandı")


def test_full_descriptor_table(start_server):
    """Tanımlayıcı kalmayınca kabul durur: log tek satırdır, işlemci boşa dönmez, yer açılınca sürer."""
    server = start_server()
    with server.descriptors_left(6):
        peers = [asking(server, "bekle 0 x") for _ in range(12)]
        logged(server, "ERROR - Kabul duraklatıldı: ")
        before = server.cpu_seconds
        time.sleep(1)
        assert server.cpu_seconds - before < 0.2
        assert sum("Kabul duraklatıldı" in line for line in server.lines("stderr")) == 1
        for peer in peers[:6]:
            peer.close()
        peers[-1].expect("x tamamlandı\n")


# --- sunucu: kapanış


def test_in_flight_is_answered_at_the_end(start_server):
    """Kapanışta, süresi kapanış sınırına sığan istek yanıtlanır; sığmayanın bağlantısı yanıtsız kapanır."""
    server = start_server()
    soon = [asking(server, f"bekle 0.7 {number}") for number in range(20)]
    late = asking(server, "bekle 30 geç")
    idle = TcpPeer.connect(server)
    logged(server, "INFO - .* İstek: ", count=21)
    server.signal(signal.SIGTERM)
    for number, peer in enumerate(soon):
        peer.expect(f"{number} tamamlandı\n")
        peer.expect_eof()
    for peer in (late, idle):
        peer.expect_eof()
    finished = server.wait(2)
    assert finished.err_lines[-1].endswith(" - INFO - Server kapatıldı")


def test_what_has_arrived_is_answered(start_server):
    """Kapanırken gelmiş olan her satır yanıtlanır, ardından akış sonu gelir."""
    server = start_server()
    peers = [asking(server, "bekle 0 hazır") for _ in range(5)]
    for peer in peers:
        peer.expect("hazır tamamlandı\n")
    text = "\n".join(f"bekle 0 {i}" for i in range(300))
    for peer in peers:
        peer.send(text + "\n")
    finished = server.stop()
    for peer in peers:
        peer.expect("".join(f"{i} tamamlandı\n" for i in range(300)))
        peer.expect_eof()
    assert finished.err_lines[-1].endswith(" - INFO - Server kapatıldı")


def test_nobody_can_delay_shutdown(start_server):
    """Okumayan, susmayan, uzun bekleyen, art arda bağlanan: hiçbiri kapanışı iki saniyeden uzatamaz."""
    server = start_server()
    stuck = [TcpPeer.connect(server, receive_buffer=4096) for _ in range(3)]
    for peer in stuck:
        peer.fill("bekle 0 " + "x" * 4000 + "\n", 64 * MIB, quiet=0.05)
    waiting = [asking(server, "bekle 60 uzun") for _ in range(50)]
    chain = asking(server, "\n".join(["bekle 1 zincir"] * 100))
    chain.expect("zincir tamamlandı\n")
    stop = threading.Event()
    knocking = threading.Thread(target=_knock_until, args=(server.address, stop))
    knocking.start()
    with talking_endlessly(server):
        server.stop()
    stop.set()
    knocking.join(timeout=5)
    for peer in waiting:
        peer.expect_closed()


@pytest.mark.parametrize("attempt", range(5))
def test_signal_among_arrivals(start_server, attempt):
    """Bağlantılar yağarken gelen durdurma isteği kaçırılmaz."""
    server = start_server()
    stop = threading.Event()
    threads = [threading.Thread(target=_knock_until, args=(server.address, stop)) for _ in range(4)]
    for thread in threads:
        thread.start()
    eventually(lambda: sum("Yeni bağlantı" in line for line in server.lines("stderr")) > 50, "bağlantılar yağıyor")
    server.stop()
    stop.set()
    for thread in threads:
        thread.join(timeout=5)


def _knock_until(address, stop):
    while not stop.is_set():
        try:
            with socket.create_connection((address.host, address.port), timeout=3) as sock:
                sock.sendall(b"bekle 0 x\n")
        except OSError:
            time.sleep(0.01)


@needs("strace")
def test_interrupted_calls_lose_nothing(start_server, run_client, tmp_path):
    """Soket ve bekleme çağrılarının her ikincisi EINTR ile dönse de bütün yanıtlar doğrudur."""
    server = start_server(under=interrupted_calls(tmp_path / "trace", *INTERRUPTIBLE_CALLS))
    assert sorted(masked(run_client(*QUICK, "asenkron", seconds=30).out_lines)) == sorted(ASYNC)
    peer = asking(server, "\n".join(f"bekle 0 {i}" for i in range(50)))
    peer.half_close()
    peer.expect("".join(f"{i} tamamlandı\n" for i in range(50)))
    peer.expect_eof()


# --- istemci


def failing(start_client, *words, serve=None, demo="tek") -> str:
    """Bağlanan istemciye `serve` uygulanır; stderr'in son satırı."""
    listener = TcpListener()
    client = start_client(*words, demo, to=listener)
    if serve:
        serve(listener)
    finished = client.wait(expect_code=1)
    return finished.err_lines[-1].replace(str(listener.address), "ADRES")


def answering(*segments):
    """Soruyu okur, parçaları gönderir."""

    def serve(listener):
        peer = listener.accept()
        peer.read_line()
        peer.send_segments(*segments)

    return serve


@pytest.mark.parametrize("answer", [user(2), user(1) + " ", " " + user(1), user(1)[:-1], "User-1", UNKNOWN, ""])
def test_client_is_exact(start_client, answer):
    """Sorulanın yanıtı olmayan satır kabul edilmez; son satır geleni gösterir."""
    last = failing(start_client, serve=answering(answer + "\n"))
    assert last == f"Yanıt yanlış: ADRES: beklenmeyen yanıt: {answer}"


def test_client_refuses_what_comes_after_the_answer(start_client):
    """Tek soruya iki satır yanıt: hangisinin doğru olduğu bilinemez."""
    last = failing(start_client, serve=answering(user(1) + "\n" + user(1) + "\n"))
    assert last == f"Yanıt yanlış: ADRES: beklenmeyen yanıt: {user(1)} ve fazlası"


@pytest.mark.parametrize("demo", ["senkron", "asenkron"])
def test_client_reports_a_lost_connection(start_client, demo):
    """Yanıt beklerken gelen akış sonu ya da sıfırlama: iki biçimde de aynı son satır, çıkış kodu 1."""
    for how, why in (("close", "akış beklenenden önce bitti"), ("reset", "bağlantı karşı tarafça sıfırlandı")):

        def serve(listener, how=how):
            peers = [listener.accept() for _ in range(3 if demo == "asenkron" else 1)]
            for peer in peers:
                peer.read_line()
                getattr(peer, how)()

        assert failing(start_client, serve=serve, demo=demo) == f"Yanıt alınamadı: ADRES: {why}"


def test_one_lost_job_does_not_take_the_rest(start_client):
    """Birlikte yürüyenlerden biri olmazsa ötekiler yine biter; ilk olmayan söylenir."""
    listener = TcpListener()
    client = start_client("asenkron", to=listener)
    peers = [listener.accept() for _ in range(3)]
    for peer in peers:
        peer.read_line()
    peers[1].close()
    for number in (1, 3):
        peers[number - 1].send(f"Task-{number} tamamlandı\n")
    finished = client.wait(expect_code=1)
    assert finished.err_lines[-1] == f"Yanıt alınamadı: {listener.address}: akış beklenenden önce bitti"
    assert sorted(masked(finished.out_lines)[4:]) == ["[SAAT] Task-1 bitti", "[SAAT] Task-3 bitti"]


@pytest.mark.parametrize("demo", ["senkron", "asenkron"])
def test_client_stops_waiting(start_client, demo):
    """Kabul edip susan sunucu istemciyi, istenen gecikme ve --timeout toplamından uzun bekletmez."""
    last = failing(start_client, "--timeout", "0.3", *QUICK, demo=demo)
    assert last == "Yanıt alınamadı: ADRES: zaman aşımı"


def test_delay_is_not_part_of_the_timeout(start_client):
    """--timeout, istenen gecikmenin üstüne eklenir: 0.4 saniyelik yanıt 0.2 saniyelik sınıra takılmaz."""

    listener = TcpListener()
    client = start_client("--timeout", "0.2", "--scale", "4", "tek", to=listener)
    peer = listener.accept()
    peer.expect("kullanıcı 1 2\n")
    peer.expect_silence(0.6)
    peer.send(user(1) + "\n")
    assert client.wait().out_lines == ONE


@pytest.mark.parametrize("demo", ["senkron", "asenkron", "tek", "çoklu", "çağrılar"])
def test_client_cannot_connect(run_client, demo):
    """Dinleyen yoksa her gösteri aynı son satırla, 1 ile biter."""
    address = refusing_tcp()
    finished = run_client(demo, to=address, expect_code=1)
    assert finished.err_lines[-1] == f"Bağlanılamadı: {address}: bağlantı reddedildi"


def test_client_is_told_the_server_is_full(start_server, run_client):
    """Dolu sunucunun sözü yanıt sanılmaz; birlikte gelenlerden içeri girebilen işini bitirir."""
    server = start_server("--max-clients", "1")
    finished = run_client("--scale", "0.1", "asenkron", expect_code=1)
    assert finished.err_lines[-1] == f"Bağlanılamadı: {server.address}: sunucu dolu"
    assert masked(finished.out_lines)[-1] == "[SAAT] Task-1 bitti"


def test_invalid_and_endless_answers_are_refused(start_client):
    """Bozuk UTF-8 ekrana yazılmaz; satır sonu gelmeyen yanıt belleği doldurmadan hata olur; denetim karakteri kaçışlıdır."""

    def endless(listener):
        peer = listener.accept()
        peer.read_line()
        peer.fill("E" * 65536, MIB)

    assert failing(start_client, serve=answering(b"\xff\n")) == "Yanıt alınamadı: ADRES: geçersiz UTF-8"
    assert failing(start_client, serve=endless) == "Yanıt alınamadı: ADRES: mesaj çok büyük"
    shown = failing(start_client, serve=answering("a\x1b[2Jb\n"))
    assert shown == r"Yanıt yanlış: ADRES: beklenmeyen yanıt: a\x1b[2Jb"


def test_unknown_demo_is_wrong_usage(run_client):
    """Bilinmeyen gösteri: tek satırda olanların listesi, çıkış kodu 2; hiçbir şeye bağlanılmaz."""
    finished = run_client("tek", "hepsi", to=None, expect_code=2)
    assert finished.out == "" and len(finished.err_lines) == 1
    for name in ("hepsi", "senkron", "asenkron", "tek", "çoklu", "çağrılar"):
        assert name in finished.err


@pytest.mark.parametrize("scale", ["0", "31", "-1", "iki", ""])
def test_scale_has_bounds(run_client, scale):
    """--scale'in sınırları vardır; yanlışı tek satırla, 2 ile geri çevrilir."""
    finished = run_client("--scale", scale, "tek", to=None, expect_code=2)
    assert len(finished.err_lines) == 1 and "--scale" in finished.err
