"""Ders 04: her bağlantıya bir iş parçacığı açan TCP sunucusu ve yeniden bağlanan istemci."""

import re
import socket
import threading
import time
from pathlib import Path

import pytest

from harness.listener import TcpListener
from harness.peer import TcpPeer
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
    test_slow_reader_gets_everything,
    test_thousand_lines_in_one_segment,
)

DATE = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{6})?"
WELCOME = re.compile(f"Hoşgeldiniz! Bağlantı zamanı: {DATE}")
TIME = re.compile(f"Sunucu zamanı: {DATE}")
FULL = "Sunucu dolu, daha sonra deneyin"
TOO_LONG = "Satır çok uzun (en fazla 65536 bayt)"
LIMIT = 65536


def welcomed(server, **options) -> TcpPeer:
    """Karşılamayı okumuş bir karşı taraf."""
    peer = TcpPeer.connect(server, **options)
    peer.expect_line(WELCOME)
    return peer


@pytest.fixture
def echo(start_server):
    """Ortak yankı testlerinin sunucusu."""
    return lambda *options: EchoServer(start_server(*options), WELCOME)


def admitted(server) -> TcpPeer:
    """Yer açılınca karşılanan bir karşı taraf: gidenin yerinin boşalması bir an sürebilir."""

    def enter() -> TcpPeer | None:
        peer = TcpPeer.connect(server)
        return peer if peer.read_line() != FULL else peer.close()

    return eventually(enter, "yer açıldı")


def memory_maps(server) -> int:
    """Adres alanındaki bölge sayısı; join edilmeyen her iş parçacığının yığını burada birikir."""
    return len(Path(f"/proc/{server.pid}/maps").read_text().splitlines())


def check_document_output(lines):
    """İstemcinin, belgedeki dört mesaj için yazdıkları."""
    assert re.fullmatch(f"Server: {WELCOME.pattern}", lines[0])
    assert lines[1:4] == ["", "Gönderiliyor: Hello Server", "Cevap: Echo: Hello Server"]
    assert lines[4:6] == ["", "Gönderiliyor: time"]
    assert re.fullmatch(f"Cevap: {TIME.pattern}", lines[6])
    assert lines[7:] == ["", "Gönderiliyor: Test message", "Cevap: Echo: Test message",
                         "", "Gönderiliyor: quit", "Cevap: Güle güle!"]


# --- iki taraf birlikte


def test_document_conversation(start_server, run_client, pairing):
    """Mesaj verilmeyen istemci belgedeki dört mesajı gönderir, dördünün de yanıtını yazar."""
    start_server()
    check_document_output(run_client().out_lines)


def test_document_conversation_on_both_families(start_server, run_client, host):
    """Aynı konuşma IPv4 ve IPv6 üzerinden."""
    start_server(host=host)
    check_document_output(run_client().out_lines)


def test_conversation_survives_cutting_and_joining(start_server, run_client, proxied, pairing, chunking):
    """Bayt bayt, rastgele ya da birleşik gelen akışta satırlar ve karakterler bölünmez."""
    proxy = proxied(start_server(), chunking)
    messages = ["Türkçe: ığüşöç İ", "time", "", "boşluk  içeride", "€ 😀"]
    finished = run_client(*messages, "quit", to=proxy)
    replies = [line for line in finished.out_lines if line.startswith("Cevap: ")]
    assert re.fullmatch(f"Cevap: {TIME.pattern}", replies.pop(1))
    assert replies == [f"Cevap: Echo: {text}" for text in (messages[0], *messages[2:])] + ["Cevap: Güle güle!"]


def test_longest_line_goes_there_and_back(start_server, run_client, pairing):
    """Sınırdaki satır (65536 bayt) eksiksiz gider gelir."""
    start_server()
    text = "ş" * (LIMIT // 2)
    assert run_client(text).out_lines[-1] == f"Cevap: Echo: {text}"


# --- sunucu: çerçeveleme


def test_two_commands_in_one_segment(start_server):
    """Tek parçada gelen iki komutun ikisi de yapılır."""
    peer = welcomed(start_server())
    peer.send("time\nquit\n")
    peer.expect_line(TIME)
    peer.expect_line("Güle güle!")
    peer.expect_eof()


def test_command_in_two_segments(start_server):
    """İki parçada gelen komut tek komuttur."""
    peer = welcomed(start_server())
    peer.send_segments("ti", "me\n")
    peer.expect_line(TIME)


def test_commands_ignore_case_and_spaces(start_server):
    """Komutlarda büyük küçük ayrılmaz, iki uçtaki boşluklar sayılmaz; noktalı İ ise başka bir harftir."""
    peer = welcomed(start_server())
    peer.send("  TiMe\t\r\n")
    peer.expect_line(TIME)
    peer.send("QUİT\n\u3000selam\u2003\n\n")
    peer.expect("Echo: QUİT\nEcho: selam\nEcho: \n")
    peer.send("\x1cQuit \n")
    peer.expect_line("Güle güle!")
    peer.expect_eof()


# --- sunucu: konuşmanın sonu


def test_megabyte_line_is_refused_in_words(start_server):
    """Bir mebibaytlık satır belleği büyütmez: sınırda söz söylenir, bağlantı kapanır, öbürleri sürer."""
    server = start_server()
    other = welcomed(server)
    peer = welcomed(server)
    peer.fill("z" * 65536, 1024 * 1024)
    peer.expect_line(TOO_LONG)
    peer.expect_closed()
    other.send("buradayım\n")
    other.expect("Echo: buradayım\n")


def test_slow_reader_delays_nobody(start_server):
    """Yanıtlarını okumayan istemci yalnız kendini durdurur."""
    server = start_server()
    slow = welcomed(server, receive_buffer=4096)
    slow.fill("x" * 4000 + "\n", 64 * 1024 * 1024)
    quick = welcomed(server)
    quick.send("hızlı\n")
    quick.expect("Echo: hızlı\n")


# --- sunucu: sayı sınırı


def test_client_over_the_limit_is_told(start_server):
    """N istemci varken N+1'inciye dolu olduğu söylenir; biri gidince yeri yenisine verilir."""
    server = start_server("--max-clients", "3")
    peers = [welcomed(server) for _ in range(3)]
    extra = TcpPeer.connect(server)
    extra.send("time\n")
    extra.expect_line(FULL)
    extra.expect_eof()
    peers[0].send("quit\n")
    peers[0].expect_line("Güle güle!")
    peers[0].close()
    admitted(server)
    for peer in peers[1:]:
        peer.send("hâlâ buradayım\n")
        peer.expect("Echo: hâlâ buradayım\n")


def flood(server) -> list[TcpPeer]:
    """Dolu sunucuya gelen yüz istemci."""
    extras = [TcpPeer.connect(server) for _ in range(100)]
    for extra in extras:
        extra.expect_line(FULL)
    return extras


def test_flood_of_clients_over_the_limit(start_server):
    """Doluyken gelen yüz istemcinin yüzüne de söz söylenir; içerideki bundan etkilenmez."""
    server = start_server("--max-clients", "1")
    inside = welcomed(server)
    for extra in flood(server):
        extra.expect_closed()
    inside.send("yerimdeyim\n")
    inside.expect("Echo: yerimdeyim\n")


@pytest.mark.own_program
def test_refusing_takes_few_threads(start_server):
    """Geri çevrilenler için açılan iş parçacıklarının da sınırı vardır."""
    server = start_server("--max-clients", "1")
    welcomed(server)
    flood(server)
    assert server.threads <= 1 + 1 + 16


def visits(server, count):
    for _ in range(count):
        peer = TcpPeer.connect(server)
        peer.send("quit\n")
        peer.read_until_eof()
        peer.close()


def test_gone_clients_leave_no_descriptor(start_server):
    """Gelip giden yüzlerce istemciden sonra geride açık tanımlayıcı kalmaz."""
    server = start_server()
    visits(server, 1)
    idle = server.open_descriptors
    visits(server, 300)
    eventually(lambda: server.open_descriptors <= idle + 2, "tanımlayıcılar kapandı")


@pytest.mark.own_program
def test_finished_threads_are_joined(start_server):
    """Gelip giden yüzlerce istemciden sonra geride iş parçacığı ya da yığın kalmaz."""
    server = start_server()
    mapped = memory_maps(server)
    visits(server, 300)
    welcomed(server)
    assert server.threads <= 3
    assert memory_maps(server) < mapped + 150


def test_five_thousand_connections_in_a_row(start_server):
    """Art arda beş bin bağlantı sunucuyu ne bitirir ne şişirir."""
    server = start_server()
    for _ in range(5000):
        with socket.create_connection(("127.0.0.1", server.address.port), timeout=5) as sock:
            sock.sendall(b"quit\n")
    peer = admitted(server)
    peer.send("5001\n")
    peer.expect("Echo: 5001\n")


def test_full_descriptor_table(start_server):
    """Tanımlayıcı kalmayınca kabul durur: log tek satırdır, işlemci boşa dönmez, yer açılınca sürer."""
    server = start_server()
    with server.descriptors_left(6):
        peers = [TcpPeer.connect(server) for _ in range(12)]
        server.wait_line(re.compile(r".* - ERROR - Kabul duraklatıldı: .*"), "stderr")
        before = server.cpu_seconds
        time.sleep(1)
        assert server.cpu_seconds - before < 0.3
        assert sum("Kabul duraklatıldı" in line for line in server.lines("stderr")) == 1
        for peer in peers[:6]:
            peer.close()
        peers[-1].expect_line(WELCOME)
        peers[-1].send("sıra geldi\n")
        peers[-1].expect("Echo: sıra geldi\n")


# --- sunucu: kapanış


def test_idle_clients_are_told_goodbye(start_server):
    """Kapanan sunucu boşta bekleyenlere veda eder; veda sıfırlamayla kaybolmaz."""
    server = start_server()
    peers = [welcomed(server) for _ in range(5)]
    peers[0].send("yarım kalan satır")
    finished = server.stop()
    for peer in peers:
        peer.expect_line("Güle güle!")
        peer.expect_eof()
    assert finished.err_lines[-1].endswith(" - INFO - Server kapatıldı")
    assert server.code == 0


def test_shutdown_under_load(start_server):
    """Yük altında da SIGTERM iki saniyede, 0 koduyla bitirir; okumayan istemci bunu uzatamaz."""
    server = start_server("--max-clients", "40")
    stuck = [welcomed(server, receive_buffer=4096) for _ in range(3)]
    for peer in stuck:
        peer.fill("x" * 4000 + "\n", 64 * 1024 * 1024, quiet=0.05)
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


def test_endless_talker_does_not_delay_shutdown(start_server):
    """Durmadan gönderen ve yanıtlarını okuyan istemci kapanışı geciktiremez."""
    server = start_server()
    lines = (b" " * 99 + b"\n") * 4096  # yanıtı sorusundan kısa: gönderme tamponu hiç dolmaz
    with socket.create_connection((server.address.host, server.address.port), timeout=5) as talker:
        moves = (lambda: talker.sendall(lines), lambda: talker.recv(1024 * 1024))
        threads = [threading.Thread(target=_repeat, args=(move,)) for move in moves]
        for thread in threads:
            thread.start()
        eventually(lambda: server.cpu_seconds > 0.3, "sunucu sele tutuldu")
        server.stop()
        for thread in threads:
            thread.join(timeout=5)


def _repeat(move):
    """Bağlantı bitene dek."""
    try:
        while move() != b"":
            pass
    except OSError:
        pass


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


# --- istemci


def test_buffered_replies(start_client):
    """İki parçada gelen yanıt birleştirilir, tek parçada gelen iki satır ayrılır."""
    listener = TcpListener()
    client = start_client("bir", "iki", to=listener)
    peer = listener.accept()
    peer.send_segments("Hoş", b"geldiniz\xc5", b"\x9f\n")
    peer.expect_line("bir")
    peer.send_segments("Echo: b", "ir\n")
    peer.expect_line("iki")
    peer.send("Echo: iki\nartık\n")
    finished = client.wait()
    assert finished.out_lines == ["Server: Hoşgeldinizş", "", "Gönderiliyor: bir", "Cevap: Echo: bir",
                                  "", "Gönderiliyor: iki", "Cevap: Echo: iki"]


def test_reconnects_and_resends(start_client):
    """Yanıtı beklerken kopan bağlantı yeniden kurulur, soru baştan gönderilir."""
    listener = TcpListener()
    client = start_client("bir", "iki", to=listener)
    first = listener.accept()
    first.send("Hoşgeldiniz 1\n")
    first.expect_line("bir")
    first.send("Echo: bir\n")
    first.expect_line("iki")
    first.send("Echo: i")
    first.reset()
    second = listener.accept()
    second.send("Hoşgeldiniz 2\n")
    second.expect_line("iki")
    second.send("Echo: iki\n")
    assert client.wait().out_lines[-2:] == ["Server: Hoşgeldiniz 2", "Cevap: Echo: iki"]


def test_reconnects_to_a_restarted_server(start_server, start_client):
    """Sunucu konuşmanın ortasında gidip gelirse istemci konuşmayı bitirir."""
    listener = TcpListener()
    client = start_client("--retries", "8", "bir", "iki", to=listener)
    peer = listener.accept()
    peer.send("Hoşgeldiniz\n")
    peer.expect_line("bir")
    port = listener.address.port
    peer.reset()
    listener.close()
    start_server("--port", str(port))
    assert client.wait(30).out_lines[-1] == "Cevap: Echo: iki"


def test_late_answer_is_not_taken_for_the_next(start_client):
    """Süresinde gelmeyen yanıt, geldiğinde sonraki sorunun yanıtı sanılmaz."""
    listener = TcpListener()
    client = start_client("--timeout", "0.4", "bir", "iki", to=listener)
    first = listener.accept()
    first.send("Hoşgeldiniz\n")
    first.expect_line("bir")
    second = listener.accept()
    second.send("Hoşgeldiniz\n")
    second.expect_line("bir")
    first.send("Echo: geç kalan\n")
    second.send("Echo: bir\n")
    second.expect_line("iki")
    second.send("Echo: iki\n")
    replies = [line for line in client.wait().out_lines if line.startswith("Cevap")]
    assert replies == ["Cevap: Echo: bir", "Cevap: Echo: iki"]


def test_stray_line_is_not_the_next_answer(start_client):
    """Bir soruya iki satır gelirse sıra bozulmuştur: ikincisi sonraki sorunun yanıtı sanılmaz, yeniden bağlanılır."""
    listener = TcpListener()
    client = start_client("bir", "iki", to=listener)
    first = listener.accept()
    first.send("Hoşgeldiniz\n")
    first.expect_line("bir")
    first.send("Echo: bir\nEcho: eski\n")
    second = listener.accept()
    second.send("Hoşgeldiniz\n")
    second.expect_line("iki")
    second.send("Echo: iki\n")
    replies = [line for line in client.wait().out_lines if line.startswith("Cevap")]
    assert replies == ["Cevap: Echo: bir", "Cevap: Echo: iki"]


def test_goodbye_is_not_an_answer(start_client):
    """Soru beklerken gelen veda sunucunun kapanışıdır; soru yeni bağlantıda yinelenir."""
    listener = TcpListener()
    client = start_client("bir", to=listener)
    first = listener.accept()
    first.send("Hoşgeldiniz\n")
    first.expect_line("bir")
    first.send("Güle güle!\n")
    first.close()
    second = listener.accept()
    second.send("Hoşgeldiniz\n")
    second.expect_line("bir")
    second.send("Echo: bir\n")
    assert client.wait().out_lines[-1] == "Cevap: Echo: bir"


def test_gives_up_after_the_retries(start_client):
    """Yeniden denemeler sınırlıdır; sonunda neden tek satırda söylenir ve çıkış kodu 1'dir."""
    listener = TcpListener()
    client = start_client("--retries", "2", "bir", to=listener)
    for _ in range(3):
        peer = listener.accept()
        peer.send("Hoşgeldiniz\n")
        peer.expect_line("bir")
        peer.reset()
    finished = client.wait(expect_code=1)
    assert finished.err_lines[-1] == f"Yanıt alınamadı: {listener.address}: bağlantı karşı tarafça sıfırlandı"
    listener.expect_nobody()


def test_silent_server_times_out(start_client):
    """Kabul edip susan sunucu istemciyi --timeout'tan uzun bekletmez."""
    listener = TcpListener()
    finished = start_client("--timeout", "0.3", to=listener).wait(expect_code=1)
    assert finished.err_lines[-1] == f"Karşılama okunamadı: {listener.address}: zaman aşımı"


def test_full_server_is_reported(start_server, run_client):
    """Dolu sunucunun sözü karşılama sanılmaz."""
    server = start_server("--max-clients", "1")
    welcomed(server)
    finished = run_client(expect_code=1)
    assert finished.err_lines[-1] == f"Bağlanılamadı: {server.address}: sunucu dolu"
    assert finished.out == ""


def test_invalid_reply_is_refused(start_client):
    """Geçerli UTF-8 olmayan yanıt ekrana yazılmaz."""
    listener = TcpListener()
    client = start_client("--retries", "0", "bir", to=listener)
    peer = listener.accept()
    peer.send("Hoşgeldiniz\n")
    peer.expect_line("bir")
    peer.send(b"Echo: \xff\n")
    assert client.wait(expect_code=1).err_lines[-1].endswith(": geçersiz UTF-8")


def test_endless_reply_is_bounded(start_client):
    """Satır sonu gelmeyen yanıt belleği doldurmadan hata olur."""
    listener = TcpListener()
    client = start_client("--retries", "0", "bir", to=listener)
    peer = listener.accept()
    peer.send("Hoşgeldiniz\n")
    peer.expect_line("bir")
    peer.fill("E" * 65536, 1024 * 1024)
    assert client.wait(expect_code=1).err_lines[-1].endswith(": mesaj çok büyük")


@pytest.mark.parametrize("message", ["iki\nsatır", b"\xff", "x" * (LIMIT + 1)], ids=["newline", "utf8", "long"])
def test_message_that_cannot_be_a_line(run_client, message):
    """Bir satır olamayacak mesaj gönderilmeden, tek satırlık açıklamayla geri çevrilir."""
    text = message if isinstance(message, str) else message.decode(errors="surrogateescape")
    finished = run_client(text, to=None, expect_code=2)
    assert len(finished.err_lines) == 1
