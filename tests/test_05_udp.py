"""Ders 05: datagramları yankılayan UDP sunucusu; yeniden gönderen ve yanıtları eşleştiren istemci."""

import errno
import re
import signal
import socket
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Iterator

import pytest

from harness.address import Address
from harness.capability import needs
from harness.datagram import UdpPeer
from harness.listener import refusing_udp
from harness.patterns import DATETIME
from harness.udp_proxy import UdpProxy, UdpRules

LARGEST = {"127.0.0.1": 65507, "::1": 65527}
LONGEST_MESSAGE = 65507 - len("Echo:  (Zaman: 2026-11-20 14:03:11.042137)")
DOCUMENT_BUFFER = 4096
SUMMARY = re.compile(r"Özet: (\d+) yanıt, (\d+) yeniden gönderim, (\d+) fazladan yanıt, (\d+) tanınmayan datagram")


def answer_to(text: str) -> re.Pattern:
    """Sunucunun bu metne vereceği yanıt."""
    return re.compile(rf"Echo: {re.escape(text)} \(Zaman: {DATETIME}\)", re.DOTALL)


def made_answer(text: str, second: int = 0) -> str:
    """El ile verilen yanıt; saniyesi, hangi yanıtın alındığını belli eder."""
    return f"Echo: {text} (Zaman: 2026-11-20 14:03:{second:02}.042137)"


def answers(out_lines: list[str]) -> list[str]:
    return [line.removeprefix("Cevap: ") for line in out_lines if line.startswith("Cevap: ")]


def summary(out_lines: list[str]) -> list[int]:
    """İstemcinin son satırındaki sayılar: yanıt, yeniden gönderim, fazladan, tanınmayan."""
    return [int(number) for number in SUMMARY.fullmatch(out_lines[-1]).groups()]


def check_conversation(out_lines: list[str], messages: list[str]) -> None:
    """Her mesaj bir kez sorulmuş, bir kez, kendi yanıtıyla yanıtlanmış."""
    asked = [line.removeprefix("Gönderiliyor: ") for line in out_lines if line.startswith("Gönderiliyor: ")]
    given = answers(out_lines)
    assert asked == messages
    assert len(given) == len(messages)
    for message, answer in zip(messages, given):
        assert answer_to(message).fullmatch(answer)


# --- iki taraf birlikte


def test_document_conversation(start_server, run_client, pairing):
    """Mesaj verilmeyen istemci belgedeki üç mesajı gönderir, üçünün de yanıtını yazar."""
    start_server()
    finished = run_client()
    check_conversation(finished.out_lines, ["Hello UDP", "Test message", "Goodbye"])
    assert finished.out_lines[:2] == ["", "Gönderiliyor: Hello UDP"]
    assert len(finished.out_lines) == 9


def test_document_conversation_on_both_families(start_server, run_client, host):
    """Aynı konuşma IPv4 ve IPv6 üzerinden."""
    start_server(host=host)
    check_conversation(run_client().out_lines, ["Hello UDP", "Test message", "Goodbye"])


def test_name_instead_of_address(start_server, run_client):
    """Adın birden çok adresi varsa (localhost) sunucunun bulunmadığı adreste takılıp kalınmaz."""
    start_server()
    finished = run_client("--host", "localhost", "--timeout", "30", "selam")
    check_conversation(finished.out_lines, ["selam"])
    assert finished.seconds < 10


def test_empty_and_odd_messages(start_server, run_client, pairing):
    """Boş datagram da sorudur; metnin içindeki satır sonu ve yanıta benzeyen sözler eşleşmeyi bozmaz."""
    messages = ["", "ığüşöç İ € 😀", made_answer("iç içe"), "x (Zaman: 2026-11-20 14:03:11)", "iki  boşluk"]
    start_server()
    check_conversation(run_client(*messages).out_lines, messages)


def test_answer_to_padded_message(start_server, run_client, pairing):
    """İki uçtaki boşluklar yankıda yoktur; istemci yanıtını yine de tanır."""
    start_server()
    finished = run_client("  ortada  ", "\u3000\t")
    assert answer_to("ortada").fullmatch(answers(finished.out_lines)[0])
    assert answer_to("").fullmatch(answers(finished.out_lines)[1])


def test_messages_over_the_document_buffer(start_server, run_client, pairing):
    """4096 baytı aşan soru ve yanıt kesilmez; sınıra denk gelen karakter soruyu yanıtsız bırakmaz."""
    messages = ["a" * 4096, "a" * 5000, "a" * 4095 + "ş"]
    start_server()
    check_conversation(run_client(*messages).out_lines, messages)


def test_longest_message_goes_there_and_back(start_server, run_client, pairing):
    """Yanıtı bir datagrama sığan en uzun mesaj eksiksiz gider gelir."""
    message = "ş" * (LONGEST_MESSAGE // 2) + "a" * (LONGEST_MESSAGE % 2)
    start_server()
    check_conversation(run_client(message).out_lines, [message])


def test_thirty_percent_loss(start_server, run_client, pairing):
    """Yanıtların yüzde otuzu kaybolsa da her soru bir kez, kendi yanıtıyla yanıtlanır."""
    messages = [f"soru {i}" for i in range(20)]
    start_server("--loss", "30", "--seed", "5")
    finished = run_client("--retries", "10", "--timeout", "20", "--stats", *messages)
    check_conversation(finished.out_lines, messages)
    assert summary(finished.out_lines)[1] > 0


def test_every_trouble_at_once(start_server, run_client, pairing):
    """Kayıp, çoğalma ve sıra bozulması birlikteyken, yinelenen sorular arasında da çıktı değişmez."""
    messages = ["a", "a", "b", "a", "c", "c", "c", "d", "b", "a"]
    start_server("--loss", "20", "--duplicate", "30", "--reorder", "30", "--seed", "9")
    check_conversation(run_client("--retries", "10", "--timeout", "20", *messages).out_lines, messages)


def test_unreliable_network_between(start_server, run_client, pairing):
    """Aradaki ağ iki yönde de kaybeder, çoğaltır, sıra bozarken her soru bir kez yanıtlanır."""
    messages = [f"soru {i}" for i in range(15)]
    proxy = UdpProxy(start_server().address, UdpRules(drop=0.15, duplicate=0.15, reorder=0.15))
    finished = run_client("--retries", "10", "--timeout", "30", *messages, to=proxy, seconds=40)
    check_conversation(finished.out_lines, messages)


def test_lost_question_and_lost_answer(start_server, run_client, pairing):
    """Yitenin soru mu yanıt mı olduğu istemciden görünmez: ikisinde de soru yeniden gönderilir."""
    proxy = UdpProxy(start_server().address, UdpRules(script={("client", 1): "drop", ("server", 2): "drop"}))
    finished = run_client("--stats", "--timeout", "2", "bir", "iki", to=proxy)
    check_conversation(finished.out_lines, ["bir", "iki"])
    assert summary(finished.out_lines)[:2] == [2, 2]
    assert proxy.fates("client") == ["drop", "pass", "pass", "pass"]


# --- sunucu: yankı


def test_one_datagram_in_one_out(start_server, host):
    """Her datagrama, göndericisine, satır sonu olmadan bir yanıt."""
    server = start_server(host=host)
    peers = [UdpPeer.connect(server) for _ in range(3)]
    for number, peer in enumerate(peers):
        peer.send(f"{number} \r\n")
    for number, peer in enumerate(peers):
        peer.expect(answer_to(str(number)))
        peer.expect_silence(0.1)


def test_empty_datagram(start_server):
    """Boş datagram akış sonu değildir: o da yanıt alır."""
    peer = UdpPeer.connect(start_server())
    for data in (b"", b" \n\t", "\u3000".encode()):
        peer.send(data)
        peer.expect(answer_to(""))


def test_nul_is_passed_on(start_server):
    """Metnin içindeki NUL yanıtta da durur."""
    peer = UdpPeer.connect(start_server())
    peer.send(b"a\0b")
    assert peer.receive().startswith(b"Echo: a\0b (Zaman: ")


def test_invalid_utf8_is_not_answered(start_server):
    """Bozuk UTF-8 yanıt almaz ve loglanır; sonraki datagramlara hizmet sürer."""
    server = start_server()
    peer = UdpPeer.connect(server)
    for data in (b"\xff", b"a\xc5", b"\xed\xa0\x80"):
        peer.send(data)
    peer.send("iyi")
    peer.expect(answer_to("iyi"))
    server.wait_line(re.compile(r".* - WARNING - .*Geçersiz UTF-8.*"), "stderr", count=3)


def test_largest_datagram_is_answered_whole_or_shortened_in_words(start_server, host):
    """En büyük datagram bütün alınır; sığmayan yanıtın metni karakter sınırından kısaltılır, loglanır, saati kalır."""
    server = start_server(host=host)
    peer = UdpPeer.connect(server)
    largest = LARGEST[host]
    peer.send(b"a" * largest)
    assert len(peer.receive()) == largest
    peer.send("ş" * (largest // 2))
    answer = peer.receive()
    assert largest - 1 <= len(answer) <= largest
    assert re.fullmatch(rf"Echo: ş+ \(Zaman: {DATETIME}\)", answer.decode("utf-8"))
    server.wait_line(re.compile(r".* - WARNING - .*Yanıt kısaltıldı.*"), "stderr", count=2)


@needs("ipv6")
def test_ipv4_client_of_an_ipv6_socket(start_server):
    """IPv6 soketine IPv4'ten gelen datagramın yanıtı da IPv4'ün boyunu aşmaz."""
    server = start_server(host="::ffff:127.0.0.1")
    peer = UdpPeer.connect(Address("127.0.0.1", server.address.port))
    peer.send(b"a" * LARGEST["127.0.0.1"])
    assert len(peer.receive()) == LARGEST["127.0.0.1"]


def test_second_server_cannot_take_the_port(start_server):
    """SO_REUSEADDR verilmemiştir: ikinci sunucu başlayamaz, seçeneği kendisi verse de portu çalamaz."""
    server = start_server()
    port = server.address.port
    finished = start_server("--port", port, ready=False).wait(expect_code=1)
    assert finished.err_lines[-1] == f"Dinlenemedi: 127.0.0.1:{port}: adres kullanımda"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as thief:
        thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with pytest.raises(OSError) as refused:
            thief.bind(("127.0.0.1", port))
        assert refused.value.errno == errno.EADDRINUSE
    peer = UdpPeer.connect(server)
    peer.send("hâlâ benim")
    peer.expect(answer_to("hâlâ benim"))


# --- sunucu: kesilme ve kayıp


def test_truncated_question_is_reported(start_server):
    """--buffer 4096 belgedeki kesilmeyi yapar, ama loglayarak; yarım kalan karakter soruyu yanıtsız bırakır."""
    server = start_server("--buffer", DOCUMENT_BUFFER)
    peer = UdpPeer.connect(server)
    peer.send("a" * DOCUMENT_BUFFER)
    peer.expect(answer_to("a" * DOCUMENT_BUFFER))
    assert "kesildi" not in server.text("stderr")
    peer.send("b" * 5000)
    peer.expect(answer_to("b" * DOCUMENT_BUFFER))
    server.wait_line(re.compile(r".* - WARNING - .*Datagram kesildi: 5000 bayttı, tampona 4096 baytı sığdı"), "stderr")
    peer.send("a" * 4095 + "ş")
    server.wait_line(re.compile(r".* - WARNING - .*Geçersiz UTF-8.*"), "stderr")
    peer.expect_silence(0.1)


def test_kernel_drops_are_reported(start_server):
    """Alma tamponu dolduğu için çekirdeğin attığı datagramlar sayısıyla loglanır."""
    server = start_server()
    peer = UdpPeer.connect(server)
    server.signal(signal.SIGSTOP)
    for _ in range(3000):
        peer.socket.send(b"sel")
    server.signal(signal.SIGCONT)
    server.wait_line("Mesaj: sel", "stderr")
    while _is_answering(peer):
        pass
    peer.send("selden sonra")
    server.wait_line(re.compile(r".* - WARNING - Alma tamponu dolmuş: çekirdek \d+ datagramı attı"), "stderr")


def _is_answering(peer: UdpPeer) -> bool:
    peer.socket.settimeout(0.3)
    try:
        return bool(peer.socket.recv(65535))
    except TimeoutError:
        return False


def test_vanished_clients_end_nothing(start_server):
    """Yanıtını beklemeden giden istemciler sunucuyu bitirmez."""
    server = start_server()
    for number in range(200):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.sendto(f"{number}".encode(), ("127.0.0.1", server.address.port))
    peer = UdpPeer.connect(server)
    peer.send("kalan")
    peer.expect(answer_to("kalan"))


@needs("strace")
def test_failed_send_ends_nothing(start_server, tmp_path):
    """Gönderilemeyen yanıt loglanır, sunucu sürer."""
    server = start_server(under=injected(tmp_path / "trace", "sendto:error=ENOBUFS:when=1"))
    peer = UdpPeer.connect(server)
    peer.send("giden")
    peer.send("kalan")
    peer.expect(answer_to("kalan"))
    server.wait_line(re.compile(r".* - WARNING - .*Yanıt gönderilemedi: .*"), "stderr")


@needs("strace")
def test_shutdown_under_flood(start_server, tmp_path):
    """Okunacak datagram hiç bitmezken de SIGTERM iki saniyede, 0 koduyla bitirir."""
    server = start_server(under=injected(tmp_path / "trace", "recvmsg:delay_exit=20000"))
    with flooding(server.address, "sel"):
        server.wait_line("Mesaj: sel", "stderr", count=5)
        server.stop()


def injected(output: Path, fault: str) -> list[str]:
    """Programı, sistem çağrılarına bu arıza ya da yavaşlık katılarak başlatan ön ek (strace)."""
    return ["strace", "-D", "-f", "-qq", "-o", str(output), "-E", "ASAN_OPTIONS=exitcode=99:detect_leaks=0",
            "-e", f"inject={fault}"]


@contextmanager
def flooding(target: Address, text: str, sock: socket.socket | None = None) -> Iterator[None]:
    """Gövde sürerken hedefe durmadan datagram gönderir (en çok 15 saniye)."""
    stop = threading.Event()
    sender = sock or socket.socket(target.family, socket.SOCK_DGRAM)

    def flood() -> None:
        deadline = time.monotonic() + 15
        while not stop.is_set() and time.monotonic() < deadline:
            with suppress(OSError):
                sender.sendto(text.encode(), target.sockaddr)

    thread = threading.Thread(target=flood, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        if sock is None:
            sender.close()


# --- sunucu: istenince dert


def fates(start_server, *options, count: int = 40) -> list[str]:
    """Bu seçeneklerle açılan sunucunun `count` soruya verdiği yanıtların metinleri, geliş sırasıyla."""
    server = start_server(*options)
    peer = UdpPeer.connect(server)
    for number in range(count):
        peer.socket.send(str(number).encode())
        server.wait_line(f"Mesaj: {number}", "stderr")
    server.stop()
    arrived = []
    while True:
        try:
            arrived.append(peer.socket.recv(65535).decode())
        except BlockingIOError:
            return [text.removeprefix("Echo: ").partition(" (Zaman")[0] for text in arrived]


def test_same_seed_same_fates(start_server):
    """Aynı tohum aynı dertleri aynı yerde çıkarır; başka tohum başka yerde."""
    options = ("--loss", "30", "--duplicate", "30", "--reorder", "30", "--seed")
    first = fates(start_server, *options, "7")
    assert first == fates(start_server, *options, "7")
    assert first != fates(start_server, *options, "8")


def test_loss_is_near_its_percentage(start_server):
    """--loss 30, uzun bir koşuda yanıtların kabaca üçte birini kaybeder; 0 hiçbirini, 100 hepsini."""
    assert 100 <= len(fates(start_server, "--loss", "30", "--seed", "1", count=200)) <= 170
    assert len(fates(start_server, "--loss", "0", count=20)) == 20
    assert fates(start_server, "--loss", "100", count=20) == []


def test_duplicate_sends_twice(start_server):
    """--duplicate 100 her yanıtı iki kez gönderir."""
    assert fates(start_server, "--duplicate", "100", count=3) == ["0", "0", "1", "1", "2", "2"]


def test_reorder_swaps_neighbours(start_server):
    """--reorder 100 her yanıtı bir sonrakinin arkasına bırakır."""
    assert fates(start_server, "--reorder", "100", count=4) == ["1", "0", "3", "2"]


def test_held_answer_does_not_wait_for_ever(start_server):
    """Arkasından gideceği yanıt gelmezse bekletilen yanıt --timeout dolunca tek başına gider."""
    peer = UdpPeer.connect(start_server("--reorder", "100", "--timeout", "0.2"))
    peer.send("tek")
    peer.expect(answer_to("tek"))


def test_delay_holds_every_answer_and_blocks_nobody(start_server):
    """--delay yanıtları geciktirir, ama ard arda değil birlikte; sıra bozulmaz."""
    peer = UdpPeer.connect(start_server("--delay", "0.5"))
    started = time.monotonic()
    for number in range(10):
        peer.send(str(number))
    peer.expect(answer_to("0"))
    assert time.monotonic() - started >= 0.5
    for number in range(1, 10):
        peer.expect(answer_to(str(number)))
    assert time.monotonic() - started < 4


def test_held_answers_are_bounded(start_server):
    """Bekletilenler bir mebibaytı aşmaz: sığmayan atılır, kapanışta kalanların sayısı loglanır."""
    server = start_server("--delay", "60")
    peer = UdpPeer.connect(server)
    for number in range(1, 26):
        peer.send("z" * 60000)
        server.wait_line("Mesaj: zz", "stderr", count=number)
    server.wait_line(re.compile(r".* - WARNING - .*Bekletilecek yer kalmadı, yanıt atıldı"), "stderr", count=8)
    finished = server.stop()
    assert "Bekletilen 17 yanıt gönderilmedi" in finished.err


def test_wrong_server_options(start_server):
    """Sınır dışındaki seçenek tek satırla geri çevrilir."""
    for option in ("--loss 101", "--duplicate -1", "--reorder yarısı", "--delay 61", "--seed -1", "--buffer 0", "--buffer 65536"):
        finished = start_server(*option.split(), ready=False).wait(expect_code=2)
        assert len(finished.err_lines) == 1


# --- istemci: eşleştirme


def test_late_and_duplicate_answers_are_dropped(start_client):
    """Önceki sorunun geç kalan ve yinelenen yanıtları şimdikininki sanılmaz; sayılır ve loglanır."""
    peer = UdpPeer.bound()
    client = start_client("--timeout", "7", "--stats", "-v", "bir", "iki", to=peer)
    _, sender = peer.receive_from()
    peer.expect("bir")
    peer.send_to(made_answer("bir", 1), sender)
    peer.send_to(made_answer("bir", 2), sender)
    peer.expect("iki")
    peer.send_to(made_answer("bir", 3), sender)
    peer.send_to(made_answer("iki", 4), sender)
    finished = client.wait()
    assert answers(finished.out_lines) == [made_answer("bir", 1), made_answer("iki", 4)]
    assert summary(finished.out_lines)[2:] == [2, 0]
    assert finished.err.count("INFO - Önceki bir sorunun fazladan yanıtı atıldı") == 2


def test_same_question_twice(start_client):
    """Aynı soru ikinci kez başka porttan sorulur: ilkinin fazladan yanıtı onun yanıtı olamaz."""
    peer = UdpPeer.bound()
    client = start_client("aynı", " aynı ", "aynı", to=peer)
    senders = []
    for second in (1, 2, 3):
        _, sender = peer.receive_from()
        senders.append(sender)
        for each in senders:
            peer.send_to(made_answer("aynı", second if each == sender else 50), each)
            peer.send_to(made_answer("aynı", 60), each)
    assert len(set(senders)) == 3
    assert answers(client.wait().out_lines) == [made_answer("aynı", second) for second in (1, 2, 3)]


def test_forged_sender_is_ignored(start_client, host):
    """Başka bir porttan gelen yanıt, metni doğru olsa da alınmaz."""
    peer, forger = UdpPeer.bound(host), UdpPeer.bound(host)
    client = start_client("bir", to=peer)
    _, sender = peer.receive_from()
    forger.send_to(made_answer("bir", 13), sender)
    peer.send_to(made_answer("bir", 1), sender)
    assert answers(client.wait().out_lines) == [made_answer("bir", 1)]


@pytest.mark.parametrize(
    "stranger",
    ["", "bambaşka", "Echo: bir", made_answer("iki"), "Echo: bir (Zaman: yarın)", made_answer("bir") + "\n", b"\xff\xfe"],
    ids=["empty", "other", "no-tail", "other-text", "no-date", "newline", "binary"],
)
def test_unknown_datagram_is_dropped(start_client, stranger):
    """Sorunun yanıtına benzemeyen datagram sayılır, atılır; asıl yanıt beklenir."""
    peer = UdpPeer.bound()
    client = start_client("--stats", "bir", to=peer)
    _, sender = peer.receive_from()
    peer.send_to(stranger, sender)
    peer.send_to(made_answer("bir"), sender)
    finished = client.wait()
    assert answers(finished.out_lines) == [made_answer("bir")]
    assert summary(finished.out_lines)[3] == 1
    assert "WARNING - Hiçbir soruya uymayan datagram atıldı" in finished.err


def test_short_date_is_accepted(start_client):
    """Mikrosaniye tam sıfırken Python kesri yazmaz; o yanıt da yanıttır."""
    peer = UdpPeer.bound()
    client = start_client("bir", to=peer)
    _, sender = peer.receive_from()
    peer.send_to("Echo: bir (Zaman: 2026-11-20 14:03:11)", sender)
    assert answers(client.wait().out_lines) == ["Echo: bir (Zaman: 2026-11-20 14:03:11)"]


# --- istemci: zaman aşımı, kayıp, kesilme


def test_missing_server_is_noticed_at_once(run_client, pairing, host):
    """Kapalı port, --timeout beklenmeden anlaşılır."""
    address = refusing_udp(host)
    finished = run_client("--timeout", "60", to=address, expect_code=1)
    assert finished.err_lines[-1] == f"Yanıt alınamadı: {address}: bağlantı reddedildi"
    assert finished.seconds < 5


def test_silent_server_times_out(start_client, pairing):
    """Susan sunucuya aynı soru --retries kadar yeniden gönderilir, sonra zaman aşımı söylenir."""
    peer = UdpPeer.bound()
    client = start_client("--timeout", "0.7", "--retries", "2", "--stats", "bir", "iki", to=peer)
    for _ in range(3):
        peer.expect("bir")
    finished = client.wait(expect_code=1)
    peer.expect_silence(0.1)
    assert finished.err_lines[-1] == f"Yanıt alınamadı: {peer.address}: zaman aşımı"
    assert finished.seconds >= 0.7
    assert summary(finished.out_lines) == [0, 2, 0, 0]


def test_restarted_server_is_waited_for(start_server, start_client):
    """Daha önce yanıt vermiş sunucu gidip gelirse kapalı port bildirimi konuşmayı bitirmez."""
    peer = UdpPeer.bound()
    client = start_client("--timeout", "20", "--retries", "6", "bir", "iki", to=peer)
    _, sender = peer.receive_from()
    peer.send_to(made_answer("bir"), sender)
    peer.expect("iki")
    peer.close()
    client.wait_line("Port kapalı bildirimi geldi", "stderr")
    start_server("--port", peer.address.port)
    assert answer_to("iki").fullmatch(answers(client.wait(20).out_lines)[-1])


@needs("strace")
def test_endless_strangers_do_not_extend_the_wait(start_client, tmp_path):
    """Ardı kesilmeyen yabancı datagramlar zaman sınırını uzatamaz."""
    peer = UdpPeer.bound()
    slow = injected(tmp_path / "trace", "recvfrom:delay_exit=5000")
    client = start_client("--timeout", "0.5", "--retries", "0", "bir", to=peer, under=slow)
    _, sender = peer.receive_from()
    with flooding(sender, "sel", peer.socket):
        finished = client.wait(expect_code=1)
    assert finished.err_lines[-1].endswith(": zaman aşımı")
    assert finished.seconds < 5


@needs("strace")
def test_failed_send_is_a_loss(start_server, run_client, tmp_path):
    """Yerel tamponun dolması kaybolmuş bir datagramdan farksızdır: soru yeniden gönderilir."""
    start_server()
    finished = run_client("--stats", "bir", under=injected(tmp_path / "trace", "sendto:error=ENOBUFS:when=1"))
    check_conversation(finished.out_lines, ["bir"])
    assert summary(finished.out_lines)[1] == 1


def test_answer_cut_by_the_server_is_reported(start_server, run_client, pairing):
    """Sunucunun kestiği sorunun yanıtı bütünmüş gibi yazılmaz: çıkış kodu 1, iki boy da söylenir."""
    server = start_server("--buffer", DOCUMENT_BUFFER)
    finished = run_client("kısa", "a" * 5000, expect_code=1)
    assert len(answers(finished.out_lines)) == 1
    assert finished.err_lines[-1] == f"Yanıt kesik: {server.address}: soru 5000 bayttı, 4096 baytı yankılandı"


def test_answer_over_the_client_buffer_is_reported(start_server, run_client):
    """--buffer'a sığmayan yanıt, saati kesilmiş halde yazılmaz: çıkış kodu 1."""
    server = start_server()
    finished = run_client("--buffer", DOCUMENT_BUFFER, "a" * DOCUMENT_BUFFER, expect_code=1)
    assert answers(finished.out_lines) == []
    assert re.fullmatch(rf"Yanıt kesik: {server.address}: \d+ baytlık yanıt 4096 baytlık tampona sığmadı", finished.err_lines[-1])


@pytest.mark.parametrize("message", [b"\xff", b"x" * (LONGEST_MESSAGE + 1)], ids=["utf8", "long"])
def test_message_whose_answer_cannot_come(run_client, pairing, message):
    """Yanıtı gelemeyecek mesaj gönderilmeden, tek satırlık açıklamayla geri çevrilir."""
    peer = UdpPeer.bound()
    finished = run_client("önce", message.decode(errors="surrogateescape"), to=peer, expect_code=2)
    assert len(finished.err_lines) == 1
    peer.expect_silence(0.1)


def test_wrong_client_options(run_client):
    """Sınır dışındaki seçenek tek satırla geri çevrilir."""
    for option in ("--retries 11", "--retries -1", "--buffer 0", "--buffer yarım", "--stats=1"):
        assert len(run_client(*option.split(), to=refusing_udp(), expect_code=2).err_lines) == 1
