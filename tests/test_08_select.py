"""Ders 08: select ile sohbet sunucusu ve aynı anda iki şeyi bekleyen istemcisi."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from harness import load, sockets
from harness.capability import needs
from harness.listener import TcpListener
from harness.peer import StreamPeer, TcpPeer
from harness.program import Program
from harness.waiting import eventually
from harness.wrappers import traced

WELCOME = "Welcome to select server!"
FULL = "Sunucu dolu, daha sonra deneyin"
TOO_LONG = "Satır çok uzun (en fazla 65536 bayt)"
TOO_SLOW = "Çok yavaş okunuyor, bağlantı kapatılıyor"
LIMIT = 65536
FD_SETSIZE = 1024
WIDE_QUEUE = 67108864
MEBIBYTE = 1024 * 1024
FLAT_MEMORY = {"ASAN_OPTIONS": "exitcode=99:quarantine_size_mb=1"}
"""Hata bulucu geri verilen belleği bir süre tutar; belleğin büyümediğini görmek için tutmasın."""


def joined(server, **options) -> TcpPeer:
    """Karşılamayı okumuş bir üye."""
    peer = TcpPeer.connect(server, **options)
    peer.expect_line(WELCOME)
    return peer


def joined_all(server, count) -> list[TcpPeer]:
    return [joined(server) for _ in range(count)]


def admitted(server) -> TcpPeer:
    """Yer açılınca karşılanan bir üye: gidenin yerinin boşalması bir an sürebilir."""

    def enter() -> TcpPeer | None:
        peer = TcpPeer.connect(server)
        return peer if peer.read_line() != FULL else peer.close()

    return eventually(enter, "yer açıldı")


def said(peer, text) -> str:
    """Bu üyenin sözünün ötekilere gelişi."""
    return f"[{peer.local}]: {text}\n"


def speak(speaker, text, *listeners) -> None:
    """Bir söz: ötekiler duyar, söyleyen yankısını alır."""
    speaker.send(text + "\n")
    for listener in listeners:
        listener.expect(said(speaker, text), seconds=20)
    speaker.expect(f"Echo: {text}\n", seconds=20)


@contextlib.contextmanager
def frozen(program):
    """Gövde sürerken program durur; sonra o arada olanların hepsini tek turda görür."""
    program.signal(signal.SIGSTOP)
    stat = Path(f"/proc/{program.pid}/stat")
    eventually(lambda: stat.read_text().rpartition(")")[2].split()[0] == "T", "program durdu")
    try:
        yield
    finally:
        program.signal(signal.SIGCONT)


def holding_descriptors(count) -> list[str]:
    """Programı, `count` açık dosya devralmış olarak başlatan ön ek."""
    code = (
        "import os, resource, sys; kind = resource.RLIMIT_NOFILE;"
        "resource.setrlimit(kind, (resource.getrlimit(kind)[1],) * 2);"
        "[os.set_inheritable(os.open(os.devnull, os.O_RDWR), True) for _ in range(int(sys.argv[1]))];"
        "os.execv(sys.argv[2], sys.argv[2:])"
    )
    return [sys.executable, "-I", "-c", code, str(count)]


def logged(server, text, *, count=1) -> re.Match[str]:
    return server.wait_line(re.compile(f".* - {text}"), "stderr", count=count, seconds=10)


# --- iki taraf birlikte


DEMONSTRATION = """\
1. Dört üye geliyor
[A] ← Welcome to select server!
[B] ← Welcome to select server!
[C] ← Welcome to select server!
[D] ← Welcome to select server!

2. A konuşuyor: yankı A'ya, söz ötekilere
[A] → merhaba
[A] ← Echo: merhaba
[B] ← [A]: merhaba
[C] ← [A]: merhaba
[D] ← [A]: merhaba

3. B tek parçada iki satır gönderiyor
[B] → bir
[B] → iki
[B] ← Echo: bir
[A] ← [B]: bir
[C] ← [B]: bir
[D] ← [B]: bir
[B] ← Echo: iki
[A] ← [B]: iki
[C] ← [B]: iki
[D] ← [B]: iki

4. B kopuyor (RST), A hemen ardından konuşuyor
[A] → duyan var mı?
[A] ← Echo: duyan var mı?
[C] ← [A]: duyan var mı?
[D] ← [A]: duyan var mı?

5. Kalanlar ayrılıyor
[A] ayrıldı
[C] ayrıldı
[D] ayrıldı
"""


def check_demonstration(out) -> None:
    """Gösterinin çıktısı; adreslerin yerine ilk konuşanlarınki A, ikincisininki B diye yazılır."""
    addresses = list(dict.fromkeys(re.findall(r"← \[((?:\[[0-9a-f:]+\]|[\d.]+):\d+)\]: ", out)))
    assert len(addresses) == 2
    for address, letter in zip(addresses, "AB"):
        out = out.replace(f"[{address}]", f"[{letter}]")
    assert out == DEMONSTRATION


def test_demonstration(start_server, run_client, pairing):
    """Argümansız istemci dört üyeli gösteriyi yürütür: kim kimi duydu, kopan kimseyi susturmadı."""
    start_server()
    check_demonstration(run_client().out)


def test_demonstration_on_both_families(start_server, run_client, host):
    """Aynı gösteri IPv4 ve IPv6 üzerinden."""
    start_server(host=host)
    check_demonstration(run_client().out)


def test_demonstration_survives_cutting_and_joining(start_server, run_client, proxied, chunking):
    """Gösteri, akış nasıl kesilirse kesilsin aynıdır."""
    check_demonstration(run_client(to=proxied(start_server(), chunking)).out)


@pytest.mark.parametrize(
    "step, title",
    [("speak", "A konuşuyor: yankı A'ya, söz ötekilere"), ("lines", "B tek parçada iki satır gönderiyor"),
     ("reset", "B kopuyor (RST), A hemen ardından konuşuyor")],
)  # fmt: skip
def test_single_step_of_the_demonstration(start_server, run_client, step, title):
    """--demo yalnız o adımı yürütür; üyelerin gelmesi ve gitmesi hep vardır."""
    start_server()
    lines = run_client("--demo", step).out_lines
    titles = ["1. Dört üye geliyor", f"2. {title}", "3. Kalanlar ayrılıyor"]
    assert [line for line in lines if re.match(r"\d\. ", line)] == titles
    assert lines[-1] == "[D] ayrıldı"


def test_demonstration_among_strangers(start_server, run_client):
    """Odada başkası da konuşuyorsa gösteri onun sözünü atlar."""
    server = start_server()
    stranger = joined(server)
    stopping = threading.Event()
    thread = threading.Thread(target=_chatter, args=(stranger.socket, stopping))
    thread.start()
    try:
        check_demonstration(run_client().out)
    finally:
        stopping.set()
        thread.join()


def _chatter(sock, stopping) -> None:
    """Durdurulana dek hiç susmadan konuşur ve duyduklarını okur."""
    while not stopping.is_set():
        with contextlib.suppress(BlockingIOError):
            sock.send(b"laf\n" * 10)
        with contextlib.suppress(BlockingIOError):
            sock.recv(MEBIBYTE)


def test_messages_survive_cutting_and_joining(start_server, run_client, proxied, pairing, chunking):
    """Bayt bayt, rastgele ya da birleşik gelen akışta satırlar ve karakterler bölünmez."""
    messages = ["Türkçe: ığüşöç İ", "", "  iki ucu  ", "€ 😀", "quit"]
    lines = run_client(*messages, to=proxied(start_server(), chunking)).out_lines
    assert lines[0] == f"Server: {WELCOME}"
    assert lines[1:] == [
        line for text in messages for line in ("", f"Gönderiliyor: {text}".rstrip("\n"), f"Cevap: Echo: {text.strip()}")
    ]


def test_longest_line_goes_there_and_back(start_server, run_client, pairing):
    """Sınırdaki satır (65536 bayt) eksiksiz gider gelir."""
    start_server()
    text = "ş" * (LIMIT // 2)
    assert run_client(text).out_lines[-1] == f"Cevap: Echo: {text}"


def test_two_members_hear_each_other(start_server, start_client, run_client, pairing):
    """--listen ile bekleyen, sonra gelenin sözünü, en uzununu da, adresiyle duyar."""
    start_server()
    listener = start_client("--listen", "30", "ilk")
    listener.wait_line("Cevap: Echo: ilk")
    longest = "ş" * (LIMIT // 2)
    run_client("selam", longest)
    for text in ("selam", longest):
        listener.wait_line(re.compile(rf"\[127\.0\.0\.1:\d+\]: {text}"))


def test_typing_and_hearing_at_once(start_server, start_client, pairing):
    """--chat iki kaynağı birlikte bekler: hiç yazmayan da duyar, hiç duymayan da yazar."""
    server = start_server()
    typist = start_client("--chat", interactive=True)
    typist.wait_line(f"Server: {WELCOME}")
    other = joined(server)
    other.send("yazmadan duy\n")
    typist.wait_line(said(other, "yazmadan duy")[:-1])
    typist.write("duymadan yaz\n")
    heard = other.read_line()
    while heard.startswith("Echo"):
        heard = other.read_line()
    assert re.fullmatch(r"\[.+\]: duymadan yaz", heard)
    typist.close_stdin()
    assert typist.wait().out_lines[-1] == "Echo: duymadan yaz"


# --- sunucu: kim neyi duyar


def test_echo_to_the_sender_and_broadcast_to_the_rest(start_server, host):
    """Söz gönderene yankı olarak, öteki herkese gönderenin adresiyle gider."""
    server = start_server(host=host)
    a, b, c = joined_all(server, 3)
    speak(a, "merhaba", b, c)
    speak(c, "selam", a, b)
    for peer in (a, b, c):
        peer.expect_silence(0.1)


def test_the_rest_hear_it_first(start_server):
    """Yankısını alan, sözünün ötekilere çoktan verilmiş olduğunu bilir; önce gelmiş olsa da."""
    members = joined_all(start_server(), 200)
    for speaker, listener in ((members[0], members[-1]), (members[-1], members[0])):
        speaker.send("önce ötekiler\n")
        speaker.expect("Echo: önce ötekiler\n")
        assert listener.socket.recv(4096, socket.MSG_DONTWAIT) == said(speaker, "önce ötekiler").encode()


def test_dead_member_hides_nothing(start_server):
    """A konuşurken kopmuş olan B, ondan sonra gelen C'nin ve D'nin sözü duymasını engellemez."""
    server = start_server()
    a, b, c, d = joined_all(server, 4)
    with frozen(server):
        a.send("duyan var mı?\n")
        b.reset()
    for peer in (c, d):
        peer.expect(said(a, "duyan var mı?"))
    a.expect("Echo: duyan var mı?\n")
    speak(d, "ben varım", a, c)


def test_many_deaths_in_one_turn(start_server):
    """Bir turda ayrılanlar, kopanlar ve konuşanlar karışıksa da kalanların hiçbiri bir söz kaçırmaz."""
    server = start_server()
    crowd = joined_all(server, 40)
    staying = crowd[1::2]
    with frozen(server):
        for order, peer in enumerate(crowd[::2]):
            peer.send("gidiyorum\n")
            (peer.reset if order % 2 else peer.half_close)()
        staying[7].send("kalıyorum\n")
    for peer in staying:
        heard = set()
        while len(heard) < 21:
            heard.add(peer.read_line())
        assert {line for line in heard if line.startswith("[")} >= {
            said(gone, "gidiyorum")[:-1] for gone in crowd[0::4]
        }
    eventually(lambda: server.open_descriptors < 40, "ayrılanlar kapatıldı")


def test_two_lines_in_one_segment(start_server):
    """Tek parçada gelen iki satır iki sözdür."""
    a, b = joined_all(start_server(), 2)
    a.send("bir\niki\n")
    a.expect("Echo: bir\nEcho: iki\n")
    b.expect(said(a, "bir") + said(a, "iki"))


def test_line_in_two_segments(start_server):
    """İki parçada gelen satır tek sözdür; yarım kalan satır kimseye gitmez."""
    a, b = joined_all(start_server(), 2)
    a.send_segments("yar", "ım")
    b.expect_silence(0.1)
    a.send("dı\n")
    a.expect("Echo: yarımdı\n")
    b.expect(said(a, "yarımdı"))


def test_character_split_over_segments(start_server):
    """İki parçaya bölünmüş karakter bağlantıyı kapatmaz."""
    a, b = joined_all(start_server(), 2)
    a.send_segments(b"a\xc5", b"\x9f\n")
    a.expect("Echo: aş\n")
    b.expect(said(a, "aş"))


def test_character_on_the_4096_boundary(start_server):
    """Belgenin okuma boyuna (4096) denk gelen karakter bölünmez, uzun satır ikiye ayrılmaz."""
    a, b = joined_all(start_server(), 2)
    for text in ("a" * 4095 + "ş", "a" * 5000):
        speak(a, text, b)


def test_thousand_lines_in_one_segment(start_server):
    """Tek parçada gelen bin satırın hepsi, sırayla, herkese gider."""
    a, b = joined_all(start_server(), 2)
    a.send("".join(f"satır {i}\n" for i in range(1000)))
    a.expect("".join(f"Echo: satır {i}\n" for i in range(1000)))
    b.expect("".join(said(a, f"satır {i}") for i in range(1000)))


def test_spaces_empty_lines_and_line_ends(start_server):
    """İki uçtaki boşluklar atılır, \\r\\n de satır sonudur, boş satır da sözdür, komut yoktur."""
    a, b = joined_all(start_server(), 2)
    a.send("  selam \t\r\n\n\u3000quit\u2003\n")
    a.expect("Echo: selam\nEcho: \nEcho: quit\n")
    b.expect(said(a, "selam") + said(a, "") + said(a, "quit"))


def test_nul_is_passed_on(start_server):
    """Satırın içindeki NUL iki yöne de geçer; metin orada kesilmez."""
    a, b = joined_all(start_server(), 2)
    a.send(b"a\0b\n")
    a.expect(b"Echo: a\0b\n")
    b.expect(said(a, "a\0b"))


def test_each_message_is_one_read(start_server):
    """Karşılama, yankı ve yayın tek gönderimde, bölünmeden çıkar."""
    server = start_server()
    a = TcpPeer.connect(server)
    a.expect_single_read(f"{WELCOME}\n")
    b = joined(server)
    for text in ("Hello", "ığüşöç" * 300):
        a.send(text + "\n")
        a.expect_single_read(f"Echo: {text}\n")
        b.expect_single_read(said(a, text))


# --- sunucu: konuşmanın sonu


def test_half_close_gets_every_answer(start_server):
    """Yazma yarısını kapatan bütün yanıtlarını, sonra akış sonunu alır; ötekiler de sözlerinin hepsini."""
    a, b = joined_all(start_server(), 2)
    a.send("".join(f"{i}\n" for i in range(500)))
    a.half_close()
    a.expect("".join(f"Echo: {i}\n" for i in range(500)))
    a.expect_eof()
    b.expect("".join(said(a, i) for i in range(500)))


def test_leaving_member_is_not_kept_by_the_talk(start_server):
    """Yazma yarısını kapatan üye yanıtlarının hepsini alır, ama ötekilerin bitmeyen sözü onu içeride tutmaz."""
    server = start_server("--max-queue", WIDE_QUEUE)
    leaving = joined(server, receive_buffer=4096)
    line, count = b"x" * 4000 + b"\n", 3000
    leaving.send(line * count, seconds=20)
    leaving.half_close()
    sockets.wait_until_read(leaving.socket, 10)
    talker, listener = joined_all(server, 2)
    for order in range(20):
        speak(talker, f"laf {order}", listener)
    assert leaving.read_until_eof(seconds=30) == b"Echo: " + b"Echo: ".join([line] * count)


def test_last_line_without_newline(start_server):
    """Satır sonu gelmeden biten akışın son satırı da yankılanır ve yayılır."""
    a, b = joined_all(start_server(), 2)
    a.send("ilk\nson")
    a.half_close()
    a.expect("Echo: ilk\nEcho: son\n")
    a.expect_eof()
    b.expect(said(a, "ilk") + said(a, "son"))


def test_invalid_utf8_closes_without_a_word(start_server):
    """Bozuk UTF-8 bağlantıyı sessizce kapatır; önceki satır kaybolmaz, sonrakini kimse duymaz."""
    a, b, c = joined_all(start_server(), 3)
    a.send(b"iyi\n\xff\nson\n")
    a.expect("Echo: iyi\n")
    a.expect_eof()
    for peer in (b, c):
        peer.expect(said(a, "iyi"))
    speak(c, "sürüyoruz", b)


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_line_at_the_limit_and_over(start_server, ending):
    """65536 baytlık satır herkese gider; bir bayt fazlası sözle geri çevrilir ve bağlantı kapanır."""
    a, b, c = joined_all(start_server(), 3)
    a.send("x" * LIMIT + ending)
    a.expect("Echo: " + "x" * LIMIT + "\n")
    for peer in (b, c):
        peer.expect(said(a, "x" * LIMIT))
    a.send("y" * (LIMIT + 1) + ending)
    a.expect_line(TOO_LONG)
    a.expect_eof()
    speak(c, "duyulmadı", b)


def test_megabyte_line_is_refused_in_words(start_server):
    """Bir mebibaytlık satır belleği büyütmez: sınırda söz söylenir, bağlantı kapanır, ötekiler sürer."""
    server = start_server()
    a, b = joined_all(server, 2)
    peer = joined(server)
    peer.fill("z" * 65536, MEBIBYTE)
    peer.expect_line(TOO_LONG)
    peer.expect_closed()
    speak(a, "buradayım", b)


def test_earlier_answers_come_before_the_last_word(start_server):
    """Uzun satırdan önceki yanıtlar, geç okunsalar da eksiksiz gelir; son söz onlardan sonradır."""
    server = start_server("--max-queue", WIDE_QUEUE)
    peer = joined(server, receive_buffer=4096)
    line, count = b"x" * 4000 + b"\n", 3000
    peer.send(line * count + b"y" * (LIMIT + 1) + b"\n", seconds=20)
    peer.send("duyulmadan\n" * 1000)
    sockets.wait_until_read(peer.socket, 1)
    before = server.cpu_seconds
    time.sleep(1.5)
    assert server.cpu_seconds - before < 0.12
    first = peer.read_exactly(5 * MEBIBYTE, seconds=20)
    time.sleep(1.5)
    answers = b"Echo: " + b"Echo: ".join([line] * count)
    assert first + peer.read_until_eof(seconds=30) == answers + f"{TOO_LONG}\n".encode()


def _send_quietly(sock, data) -> None:
    """Hepsini gönderir; bağlantı biterse sessizce bırakır."""
    view = memoryview(data)
    with contextlib.suppress(OSError):
        while view:
            try:
                view = view[sock.send(view) :]
            except BlockingIOError:
                time.sleep(0.001)


def test_reset_ends_only_that_member(start_server):
    """Karşılamadan önce ya da konuşmanın ortasında sıfırlanan bağlantı ötekilere dokunmaz."""
    server = start_server()
    a, b = joined_all(server, 2)
    for _ in range(20):
        TcpPeer.connect(server).reset()
    talking = joined(server)
    talking.send("yarım")
    talking.reset()
    speak(a, "ayaktayım", b)


def test_urgent_byte_throws_nobody_out(start_server):
    """MSG_OOB ile gönderilen bayt hata değildir: üye çıkarılmaz, sözü bozulmaz."""
    server = start_server()
    a, b = joined_all(server, 2)
    for order in range(3):
        a.socket.send(b"!", socket.MSG_OOB)
        speak(a, f"hâlâ buradayım {order}", b)
    before = server.cpu_seconds
    a.socket.send(b"!", socket.MSG_OOB)
    time.sleep(0.5)
    assert server.cpu_seconds - before < 0.1


# --- sunucu: süreler


def test_silent_client_is_closed(start_server):
    """Ne söyleyen ne dinleyen istemci --timeout dolunca, söz söylenmeden kapatılır ve loglanır."""
    server = start_server("--timeout", "0.3")
    peer = joined(server)
    peer.expect_eof()
    logged(server, f"WARNING - İstemci zaman aşımı: {re.escape(str(peer.local))}")


def test_listening_is_enough_to_stay(start_server):
    """Yalnız dinleyen üye, konuşan oldukça kapatılmaz; konuşma kesilince sırası gelir."""
    server = start_server("--timeout", "1")
    talker, listener = joined_all(server, 2)
    for order in range(12):
        time.sleep(0.2)
        speak(talker, f"{order}", listener)
    listener.expect_eof()


@pytest.mark.parametrize("members", [0, 1000])
def test_idle_server_uses_no_cpu(start_server, members):
    """Kimse konuşmazken işlemci harcanmaz; üye sayısı bunu değiştirmez."""
    server = start_server()
    with load.idle_connections(server, members) if members else contextlib.nullcontext():
        joined(server)
        before = server.cpu_seconds
        time.sleep(1)
        assert server.cpu_seconds - before < 0.1


# --- sunucu: yavaş okuyanlar


def pour(members, rounds, size) -> list[bytes]:
    """Üyeler sırayla uzun birer söz söyler; sıradaki, öncekini herkes duyunca konuşur. Dönen: söylenenler."""
    messages = []
    for order in range(rounds):
        speaker = members[order % len(members)]
        text = f"{order:06} ".ljust(size, "ş" if order % 2 else "x")[:size]
        speak(speaker, text, *(member for member in members if member is not speaker))
        messages.append(said(speaker, text).encode())
    return messages


@pytest.mark.deadline(120)
def test_member_that_never_reads_is_dropped(start_server):
    """Hiç okumayan üye ötekileri bekletmez: onlar her şeyi alır, o çıkarılır, bellek büyümez."""
    server = start_server(env=FLAT_MEMORY)
    stuck = joined(server, receive_buffer=4096)
    members = joined_all(server, 2)
    pour(members, 4, 30000)
    before = server.resident_kib
    messages = pour(members, 300, 30000)
    match = logged(server, rf"WARNING - Yavaş istemci çıkarıldı: {re.escape(str(stuck.local))}: (\d+) bayt bekliyordu")
    assert MEBIBYTE <= int(match[1]) <= MEBIBYTE + LIMIT + 64
    assert server.resident_kib - before < 8192
    speak(joined(server), "yeni geldim", *members)
    received = everything(stuck)
    *lines, torn = received.split(b"\n")
    lines = [line + b"\n" for line in lines]
    if lines and lines[-1] == f"{TOO_SLOW}\n".encode():
        lines.pop()
    expected = [said(members[i % 2], f"{i:06} ".ljust(30000, "ş" if i % 2 else "x")[:30000]).encode() for i in range(4)]
    expected += messages
    assert lines == expected[: len(lines)]
    assert torn == expected[len(lines)][: len(torn)]


def everything(peer, seconds=20) -> bytes:
    """Bağlantı nasıl biterse bitsin, o ana dek gelen her şey."""
    received = b""
    peer.socket.settimeout(seconds)
    with contextlib.suppress(ConnectionResetError):
        while chunk := peer.socket.recv(262144):
            received += chunk
    return received


def test_dropped_member_is_told_why(start_server):
    """Çıkarılan üye okumaya hemen başlarsa bütün mesajlar görür, sonra neden çıkarıldığını, sonra akış sonunu."""
    server = start_server("--max-queue", "2000000")
    slow = joined(server, receive_buffer=4096)
    members = joined_all(server, 2)
    waiting = threading.Event()
    received: list[bytes] = []

    def read_when_dropped() -> None:
        waiting.wait(30)
        received.append(everything(slow))

    reader = threading.Thread(target=read_when_dropped)
    reader.start()
    order = 0
    while not any("Yavaş istemci" in line for line in server.lines("stderr")):
        speak(members[0], f"{order:06} ".ljust(9000, "s"), members[1])
        order += 1
        assert order < 3000
    waiting.set()
    reader.join()
    lines = received[0].split(b"\n")
    assert lines[-2:] == [TOO_SLOW.encode(), b""]
    seen = [int(line.split(b": ")[1][:6]) for line in lines[:-2]]
    assert seen == list(range(len(seen)))
    assert len(seen) < order - 100  # kuyruğunda bekleyenler (iki yüzden çok söz) atıldı


def test_dropped_member_that_stays_silent_is_cut(start_server):
    """Çıkarıldığı hâlde okumayan üyenin bağlantısı kısa sürede sıfırlanır; tanımlayıcısı geri verilir."""
    server = start_server("--max-queue", "20000")
    stuck = joined(server, receive_buffer=4096)
    members = joined_all(server, 2)
    idle = server.open_descriptors
    pour(members, 330, 9000)
    logged(server, "WARNING - Yavaş istemci çıkarıldı: .*")
    eventually(lambda: server.open_descriptors < idle, "bağlantı kesildi")
    stuck.expect_reset(seconds=20)


def test_slow_reader_delays_nobody(start_server):
    """Yanıtlarını okumayan konuşkan yalnız kendini durdurur: yeni gelen karşılanır ve konuşur."""
    server = start_server()
    slow = joined(server, receive_buffer=4096)
    slow.fill("x" * 4000 + "\n", 64 * MEBIBYTE, quiet=0.1)
    a, b = joined_all(server, 2)
    speak(a, "hızlı", b)


def test_slow_reader_gets_everything(start_server):
    """Uzun süre okumayan istemci okumaya başlayınca kendi yankılarının hepsini, eksiksiz alır."""
    peer = joined(start_server(), receive_buffer=4096)
    line, count = b"x" * 4000 + b"\n", 4000
    sent = peer.fill(line, len(line) * count)
    assert sent < len(line) * count
    rest = (line * count)[sent:]
    sender = threading.Thread(target=lambda: (peer.send(rest, seconds=30), peer.half_close()))
    sender.start()
    answers = peer.read_until_eof(seconds=30)
    sender.join()
    assert answers == b"Echo: " + (b"Echo: ".join([line] * count))


@pytest.mark.parametrize("padding", [0, 3000])
def test_small_queue_still_works(start_server, padding):
    """--max-queue bir bayt olsa da hiçbir söz kaybolmaz, kimse boşuna çıkarılmaz."""
    server = start_server("--max-queue", "1")
    a, b = joined_all(server, 2)
    lines = [f"satır {i} ".ljust(padding, "x").strip() for i in range(600)]
    a.send("".join(f"{line}\n" for line in lines))
    a.half_close()
    assert a.read_until_eof() == "".join(f"Echo: {line}\n" for line in lines).encode()
    b.expect("".join(said(a, line) for line in lines))


def test_one_turn_fills_no_reader(start_server):
    """Yayın yankıdan uzundur: bir turun satırları dinleyenin kuyruğunu doldursa da, soket alıyorsa kimse çıkarılmaz."""
    server = start_server("--max-queue", "200")
    a, b = joined_all(server, 2)
    a.send("\n" * 60)
    b.expect(said(a, "") * 60)
    a.expect("Echo: \n" * 60)


@needs("strace")
@pytest.mark.own_program
def test_full_socket_is_not_tried_again_and_again(start_server, tmp_path):
    """Almayan sokete her sözde yeniden gönderilmez: yazılabilir olması select'ten beklenir."""
    trace = tmp_path / "server.trace"
    server = start_server("--max-queue", WIDE_QUEUE, under=traced(trace, "sendto"))
    joined(server, receive_buffer=4096)
    members = joined_all(server, 2)
    pour(members, 250, 30000)
    assert trace.read_text().count("EAGAIN") < 20


def test_unread_echoes_stall_only_their_owner(start_server):
    """Kendi yankılarını okumayan, kuyruğu dolunca okunmaz; --stall sonunda sözle çıkarılır ve loglanır."""
    server = start_server("--stall", "0.4", env=FLAT_MEMORY)
    a, b = joined_all(server, 2)
    before = server.resident_kib
    peer = joined(server, receive_buffer=4096)
    stopping = threading.Event()
    reader = threading.Thread(target=_read_along, args=((a, b), stopping))
    reader.start()
    peer.fill("x" * 60000 + "\n", 64 * MEBIBYTE)
    match = logged(server, rf"WARNING - Yavaş istemci çıkarıldı: {re.escape(str(peer.local))}: (\d+) bayt bekliyordu")
    stopping.set()
    reader.join()
    assert MEBIBYTE <= int(match[1]) <= MEBIBYTE + LIMIT + 64
    assert server.resident_kib - before < 12288
    peer.expect_closed(seconds=20)


def _read_along(peers, stopping) -> None:
    while not stopping.is_set():
        for peer in peers:
            with contextlib.suppress(BlockingIOError):
                while peer.socket.recv(MEBIBYTE):
                    pass
        time.sleep(0.001)


@pytest.mark.own_program
def test_flood_of_tiny_lines_starves_nobody(start_server):
    """Bir okumada on binlerce satır gelse de bir turda azı yanıtlanır: sıradaki üyenin sözü arkasında beklemez."""
    server = start_server()
    flooder, asking = joined_all(server, 2)
    with frozen(server):
        flooder.fill("\n", 30000, quiet=0.01)
        asking.send("soru\n")
    heard = 0
    while asking.read_line() != "Echo: soru":
        heard += 1
    assert 1 <= heard <= 64
    while heard < 30000:
        asking.expect(said(flooder, ""), seconds=20)
        heard += 1


def test_burst_of_tiny_lines_drops_no_reader(start_server):
    """Bir okumada gelen on binlerce satır, yayılınca büyür; okuyan üye bu yüzden yavaş sayılmaz."""
    server = start_server("--max-queue", "100000")
    a, b = joined_all(server, 2)
    count = 20000
    reader = threading.Thread(target=_send_quietly, args=(a.socket, b"k" * 65000 + b"\n" + b"\n" * count))
    received: list[bytes] = []
    echoes = threading.Thread(target=lambda: received.append(a.read_exactly(65007 + 7 * count, seconds=40)))
    with frozen(server):
        reader.start()
        time.sleep(0.1)
    echoes.start()
    size = len(said(a, "k" * 65000)) + len(said(a, "")) * count
    assert b.read_exactly(size, seconds=40).endswith(said(a, "").encode())
    reader.join()
    echoes.join()
    assert len(received) == 1


# --- sunucu: sayı sınırları


@pytest.mark.deadline(120)
def test_more_members_than_select_can_watch(start_server):
    """select'in izleyebileceğinden çoğu gelince sığmayana söz söylenir; içeridekiler sürer, yer açılınca biri girer."""
    server = start_server()
    with load.idle_connections(server, 1150) as sockets:
        inside, told = [], 0
        for sock in sockets:
            sock.settimeout(10)
            line = sock.recv(4096)
            if line == f"{WELCOME}\n".encode():
                inside.append(sock)
            else:
                assert line == f"{FULL}\n".encode()
                told += 1
        assert 1000 <= len(inside) < FD_SETSIZE
        assert told == 1150 - len(inside)
        first, last = inside[0], inside[-1]
        first.sendall("kaç kişiyiz?\n".encode())
        assert first.recv(4096) == "Echo: kaç kişiyiz?\n".encode()
        heard = [sock.recv(4096) for sock in inside[1:]]
        assert set(heard) == {f"[127.0.0.1:{first.getsockname()[1]}]: kaç kişiyiz?\n".encode()}
        inside[500].close()
        newcomer = admitted(server)
        newcomer.send("yerine geldim\n")
        newcomer.expect("Echo: yerine geldim\n")
        assert last.recv(4096).endswith("yerine geldim\n".encode())
        assert server.lines("stderr")[-1].endswith(f"Yeni bağlantı: {newcomer.local}")


def nearly_full(start_server) -> Program:
    """Devraldığı açık dosyalar yüzünden select'in sınırında ancak birkaç üyeye yer kalmış sunucu."""
    return start_server(under=holding_descriptors(990))


@pytest.mark.own_program
def test_refused_for_select_is_told_gracefully(start_server):
    """Sığmayana söz sıfırlamayla kaybolmadan söylenir, neden loglanır; biri gidince yeri yenisine verilir."""
    server = nearly_full(start_server)
    members = []
    while (peer := TcpPeer.connect(server)).read_line() == WELCOME:
        members.append(peer)
    assert 1 <= len(members) <= 18
    peer.expect_eof()
    address = re.escape(str(peer.local))
    logged(server, rf"WARNING - Geri çevrildi: {address}: tanımlayıcı 1008, select .* \(FD_SETSIZE\)")
    extras = [TcpPeer.connect(server) for _ in range(40)]
    for extra in extras:
        extra.socket.setblocking(True)
        extra.send("içeri alın\n")
    for extra in extras:
        extra.expect_line(FULL)
    logged(server, "WARNING - Geri çevrildi: .*", count=41)
    for extra in extras[:15]:
        extra.expect_eof()
    members.pop().close()
    members.append(admitted(server))
    speak(members[-1], "sığdım", *members[:-1])


@pytest.mark.own_program
def test_listener_beyond_select_is_refused(start_server):
    """Dinleyen soketin tanımlayıcısı bile sığmıyorsa sunucu bunu söyleyip 1 ile biter."""
    result = start_server(ready=False, under=holding_descriptors(1100)).wait(expect_code=1)
    assert result.out == ""
    refusal = r"Dinlenemedi: 127\.0\.0\.1:0: tanımlayıcı \d{4}, select'in sınırı 1024.*"
    assert re.fullmatch(refusal, result.err_lines[-1])


def test_client_over_the_limit_is_told(start_server):
    """N üye varken N+1'inciye dolu olduğu söylenir; biri gidince yeri yenisine verilir."""
    server = start_server("--max-clients", "3")
    peers = joined_all(server, 3)
    for _ in range(5):
        extra = TcpPeer.connect(server)
        extra.send("merhaba\n")
        extra.expect_line(FULL)
        extra.expect_eof()
        extra.socket.shutdown(socket.SHUT_WR)
    logged(server, f"WARNING - Sunucu dolu, geri çevrildi: {re.escape(str(extra.local))}")
    peers.pop().close()
    newcomer = admitted(server)
    speak(newcomer, "sıra bende", *peers)


def test_flood_of_clients_over_the_limit(start_server):
    """Doluyken gelen yüz istemcinin yüzüne de söz söylenir; içeridekiler bunu duymaz."""
    server = start_server("--max-clients", "2")
    a, b = joined_all(server, 2)
    extras = [TcpPeer.connect(server) for _ in range(100)]
    for extra in extras:
        extra.expect_line(FULL)
        extra.expect_closed()
    speak(a, "yerimizdeyiz", b)


def test_gone_clients_leave_no_descriptor(start_server):
    """Gelip giden yüzlerce istemciden sonra geride açık tanımlayıcı kalmaz."""
    server = start_server()
    load.storm(server, 1)
    idle = server.open_descriptors
    load.storm(server, 300, say=b"selam\n")
    load.storm(server, 300, say="yarım".encode(), ending="reset")
    eventually(lambda: server.open_descriptors <= idle + 1, "tanımlayıcılar kapandı")


def test_five_thousand_connections_in_a_row(start_server):
    """Art arda beş bin bağlantı sunucuyu ne bitirir ne şişirir."""
    server = start_server()
    load.storm(server, 5000, say=b"selam\n")
    a = admitted(server)
    a.send("5001\n")
    while a.read_line() != "Echo: 5001":
        pass


def test_full_descriptor_table(start_server):
    """Tanımlayıcı kalmayınca kabul durur: log tek satırdır, işlemci boşa dönmez, yer açılınca sürer."""
    server = start_server()
    with server.descriptors_left(6):
        peers = [TcpPeer.connect(server) for _ in range(12)]
        logged(server, "ERROR - Kabul duraklatıldı: .*")
        before = server.cpu_seconds
        time.sleep(1)
        assert server.cpu_seconds - before < 0.3
        assert sum("Kabul duraklatıldı" in line for line in server.lines("stderr")) == 1
        speak_inside(peers[0])
        for peer in peers[:6]:
            peer.close()
        peers[-1].expect_line(WELCOME)
        speak_inside(peers[-1])


def speak_inside(peer) -> None:
    """Bir söz; karşılama ve ötekilerin sözü arada gelebilir."""
    peer.send("sıra geldi\n")
    while peer.read_line() != "Echo: sıra geldi":
        pass


# --- sunucu: kapanış


def test_shutdown_answers_what_has_arrived(start_server):
    """Kapanırken gelmiş sözler yankılanır ve yayılır, sonra herkes akış sonunu alır; kapanış bir kez loglanır."""
    server = start_server()
    a, b, c = joined_all(server, 3)
    with frozen(server):
        a.send("".join(f"{i}\n" for i in range(3000)) + "yarım kalan")
        b.send("ben de\n")
        server.signal(signal.SIGTERM)
    finished = server.wait(2)
    lines = c.read_until_eof().decode().splitlines(keepends=True)
    assert [line for line in lines if line.startswith(f"[{a.local}]")] == [said(a, i) for i in range(3000)]
    assert [line for line in lines if line.startswith(f"[{b.local}]")] == [said(b, "ben de")]
    assert a.read_until_eof().count(b"Echo: ") == 3000
    assert sum("Server kapatılıyor" in line for line in finished.err_lines) == 1
    assert finished.err_lines[-1].endswith(" - INFO - Server kapatıldı")


def test_shutdown_delivers_the_queue(start_server):
    """Kuyruğunda mebibaytlarca yanıt bekleyen üye okumaya kapanışta başlasa da hepsini alır."""
    server = start_server("--max-queue", WIDE_QUEUE)
    peer = joined(server, receive_buffer=65536)
    line, count = b"x" * 4000 + b"\n", 2000
    peer.send(line * count, seconds=20)
    sockets.wait_until_read(peer.socket, 10)
    server.signal(signal.SIGTERM)
    time.sleep(0.2)
    assert peer.read_until_eof() == b"Echo: " + b"Echo: ".join([line] * count)
    server.wait(2)


def test_shutdown_waits_without_spinning(start_server):
    """Okumayan üye kapanışı sınırına dek bekletir; o sırada işlemci boşa dönmez."""
    server = start_server()
    stuck = joined(server, receive_buffer=4096)
    stuck.fill("x" * 4000 + "\n", 64 * MEBIBYTE, quiet=0.1)
    before = server.cpu_seconds
    server.signal(signal.SIGTERM)
    for _ in range(4):
        time.sleep(0.25)
        if not server.ended:
            assert server.cpu_seconds - before < 0.15
    server.wait(2)


def test_shutdown_under_load(start_server):
    """Yük altında da SIGTERM iki saniyede, 0 koduyla bitirir; okumayan üye bunu uzatamaz."""
    server = start_server()
    stuck = [joined(server, receive_buffer=4096) for _ in range(3)]
    for peer in stuck:
        peer.fill("x" * 4000 + "\n", 64 * MEBIBYTE, quiet=0.05)
    stop = threading.Event()
    answers: list[bytes] = []
    talkers = [threading.Thread(target=_talk_until, args=(server.address, stop, answers)) for _ in range(10)]
    for talker in talkers:
        talker.start()
    eventually(lambda: len(answers) >= 100, "yüz parça geldi", seconds=20)
    server.stop()
    stop.set()
    for talker in talkers:
        talker.join(timeout=5)


def _talk_until(address, stop, answers) -> None:
    with contextlib.suppress(OSError), socket.create_connection((address.host, address.port), timeout=3) as sock:
        while not stop.is_set():
            sock.sendall("yük\n".encode())
            answer = sock.recv(65536)
            if not answer:
                return
            answers.append(answer)


def test_endless_talker_does_not_delay_shutdown(start_server):
    """Durmadan gönderen ve yanıtlarını okuyan üye kapanışı geciktiremez."""
    server = start_server()
    lines = (b" " * 99 + b"\n") * 4096  # yanıtı sorusundan kısa: gönderme tamponu hiç dolmaz
    with socket.create_connection((server.address.host, server.address.port), timeout=5) as talker:
        moves = (lambda: talker.sendall(lines), lambda: talker.recv(MEBIBYTE))
        threads = [threading.Thread(target=_repeat, args=(move,)) for move in moves]
        for thread in threads:
            thread.start()
        eventually(lambda: server.cpu_seconds > 0.3, "sunucu sele tutuldu")
        server.stop()
        for thread in threads:
            thread.join(timeout=5)


def _repeat(move) -> None:
    """Bağlantı bitene dek."""
    with contextlib.suppress(OSError):
        while move() != b"":
            pass


# --- istemci


def greeted(listener) -> StreamPeer:
    peer = listener.accept()
    peer.send(f"{WELCOME}\n")
    return peer


def test_others_are_heard_while_waiting_for_the_echo(start_client):
    """Yankı beklenirken gelen sözler olduğu gibi yazılır; "Echo: " diyen bir söz yankı sanılmaz."""
    listener = TcpListener()
    client = start_client("bir", "iki", to=listener)
    peer = greeted(listener)
    peer.expect_line("bir")
    peer.send_segments("[10.0.0.1:5]: önce ben\n[10.0.0.1:5]: Echo: bir\nEcho: b", "ir\n")
    peer.expect_line("iki")
    peer.send("Echo: iki\n")
    peer.expect_eof()
    peer.send("[10.0.0.1:5]: güle güle\n")
    peer.close()
    assert client.wait().out_lines[1:] == [
        "", "Gönderiliyor: bir", "[10.0.0.1:5]: önce ben", "[10.0.0.1:5]: Echo: bir", "Cevap: Echo: bir",
        "", "Gönderiliyor: iki", "Cevap: Echo: iki", "[10.0.0.1:5]: güle güle",
    ]  # fmt: skip


def test_what_others_say_cannot_touch_the_terminal(start_client):
    """Ağdan gelen denetim karakterleri ekrana kaçışla yazılır; uzun satırda da hiçbir karakter bölünmez."""
    listener = TcpListener()
    client = start_client("bir", to=listener)
    peer = greeted(listener)
    peer.expect_line("bir")
    long_text = "x" + "ş" * 3000
    peer.send(f"[10.0.0.1:5]: \x1b[31mkırmızı\0\n[10.0.0.1:5]: {long_text}\nEcho: bir\n")
    peer.expect_eof()
    peer.close()
    lines = client.wait().out_lines
    assert lines[3:5] == [r"[10.0.0.1:5]: \x1b[31mkırmızı\x00", f"[10.0.0.1:5]: {long_text}"]


def test_wrong_echo_is_refused(start_client):
    """Başka bir sözün yankısı bu sözün yankısı sayılmaz."""
    listener = TcpListener()
    client = start_client("bir", to=listener)
    peer = greeted(listener)
    peer.expect_line("bir")
    peer.send("Echo: iki\n")
    assert client.wait(expect_code=1).err_lines[-1] == f"Yanıt alınamadı: {listener.address}: protokole aykırı"


@pytest.mark.parametrize(
    "answer, why",
    [
        ("Echo: b", "akış beklenenden önce bitti"),
        (b"Echo: \xff\n", "geçersiz UTF-8"),
        ("", "akış beklenenden önce bitti"),
    ],
    ids=["torn", "utf8", "eof"],
)
def test_answer_that_cannot_be_read(start_client, answer, why):
    """Yarım kalan, bozuk ya da hiç gelmeyen yankı, nedeniyle bildirilir."""
    listener = TcpListener()
    client = start_client("bir", to=listener)
    peer = greeted(listener)
    peer.expect_line("bir")
    peer.send(answer)
    peer.close()
    assert client.wait(expect_code=1).err_lines[-1] == f"Yanıt alınamadı: {listener.address}: {why}"


def test_endless_line_is_bounded(start_client):
    """Satır sonu gelmeyen söz belleği doldurmadan hata olur."""
    listener = TcpListener()
    client = start_client("bir", to=listener)
    peer = greeted(listener)
    peer.expect_line("bir")
    peer.fill("[" * 65536, MEBIBYTE)
    assert client.wait(expect_code=1).err_lines[-1].endswith(": mesaj çok büyük")


def test_silent_server_times_out(start_client):
    """Kabul edip susan sunucu istemciyi --timeout'tan uzun bekletmez."""
    listener = TcpListener()
    finished = start_client("--timeout", "0.3", to=listener).wait(expect_code=1)
    assert finished.err_lines[-1] == f"Karşılama okunamadı: {listener.address}: zaman aşımı"


def test_chatter_does_not_replace_the_echo(start_client):
    """Yankı gelmiyorsa ötekilerin hiç susmaması süreyi uzatmaz."""
    listener = TcpListener()
    client = start_client("--timeout", "0.5", "bir", to=listener)
    peer = greeted(listener)
    peer.expect_line("bir")
    chatter = threading.Thread(target=_send_quietly, args=(peer.socket, b"[10.0.0.1:5]: laf\n" * 3_000_000))
    chatter.start()
    finished = client.wait(expect_code=1)
    peer.close()
    chatter.join()
    assert finished.err_lines[-1] == f"Yanıt alınamadı: {listener.address}: zaman aşımı"


def test_full_server_is_reported(start_server, run_client):
    """Dolu sunucunun sözü karşılama sanılmaz."""
    server = start_server("--max-clients", "1")
    joined(server)
    finished = run_client("bir", expect_code=1)
    assert finished.err_lines[-1] == f"Bağlanılamadı: {server.address}: sunucu dolu"
    assert finished.out == ""


def test_demonstration_that_cannot_go_on(start_client):
    """Gösteri sırasında giden sunucu, kimin ne beklediğiyle bildirilir."""
    listener = TcpListener()
    client = start_client(to=listener)
    guests = [greeted(listener) for _ in range(4)]
    guests[0].expect_line("merhaba")
    guests[0].send("Echo: merhaba\n")
    guests[1].send("[10.0.0.1:5]: merhaba\n")
    guests[2].close()
    finished = client.wait(expect_code=1)
    assert finished.out_lines[-1] == "[B] ← [10.0.0.1:5]: merhaba"
    assert finished.err_lines[-1] == f"Yanıt alınamadı: {listener.address}: akış beklenenden önce bitti"


@pytest.mark.own_program
def test_client_beyond_select_says_so(start_server, run_client):
    """Soketinin tanımlayıcısı select'e sığmayan istemci bunu söyleyip 1 ile biter."""
    server = start_server()
    finished = run_client("bir", expect_code=1, under=holding_descriptors(1100))
    assert finished.err_lines[-1] == f"Bağlanılamadı: {server.address}: tanımlayıcı select'e sığmıyor (FD_SETSIZE)"


def test_listening_ends_in_time(start_server, run_client):
    """--listen süresi dolunca istemci yarı kapatır, kalanı okur ve 0 ile biter."""
    server = start_server()
    finished = run_client("--listen", "0.3")
    assert finished.out_lines == [f"Server: {WELCOME}"]
    logged(server, "INFO - İstemci ayrıldı: .*")


def test_torn_farewell_is_reported(start_client):
    """Ayrılırken yarım kalan son satır da hatadır: bir şeyin eksik olduğu gizlenmez."""
    listener = TcpListener()
    client = start_client("--listen", "0.1", to=listener)
    peer = greeted(listener)
    peer.expect_eof()
    peer.send("[10.0.0.1:5]: yarı")
    peer.close()
    finished = client.wait(expect_code=1)
    assert finished.err_lines[-1] == f"Bağlantı kesildi: {listener.address}: akış beklenenden önce bitti"


def test_listener_says_that_the_server_left(start_client):
    """Dinlerken giden sunucu bildirilir; gelmiş son söz kaybolmaz."""
    listener = TcpListener()
    client = start_client("--listen", "30", to=listener)
    peer = greeted(listener)
    peer.send(f"{TOO_SLOW}\n")
    peer.close()
    finished = client.wait(expect_code=1)
    assert finished.out_lines[-1] == TOO_SLOW
    assert finished.err_lines[-1] == f"Bağlantı kesildi: {listener.address}: akış beklenenden önce bitti"


# --- istemci: klavyeyle sohbet


@pytest.mark.parametrize("last", ["üç\n", "üç"], ids=["newline", "bare"])
def test_chat_sends_what_is_typed_and_reads_to_the_end(start_server, run_client, pairing, last):
    """Girdi bitince yazma yarısı kapanır, kalan yanıtlar okunur; son satırın satır sonu olmasa da."""
    start_server()
    lines = run_client("--chat", input="bir\niki\n" + last).out_lines
    assert lines == [f"Server: {WELCOME}", "Echo: bir", "Echo: iki", "Echo: üç"]


def test_chat_reads_a_file(start_server, program_command, tmp_path):
    """Girdi sıradan bir dosya olabilir: select onu hep okunur gösterir, istemci yine de sonuna dek okur."""
    server = start_server()
    path = tmp_path / "sozler.txt"
    path.write_text("".join(f"satır {i}\n" for i in range(5000)), encoding="utf-8")
    with path.open("rb") as source:
        command = [*program_command("client"), "--port", str(server.address.port), "--chat"]
        finished = subprocess.run(command, stdin=source, capture_output=True, timeout=20, check=True)
    assert finished.stdout.decode().splitlines()[1:] == [f"Echo: satır {i}" for i in range(5000)]


@pytest.mark.deadline(90)
def test_chat_with_a_long_paste_does_not_deadlock(start_server, run_client, pairing):
    """Mebibaytlarca yapıştırılan girdi, yanıtları okunurken gider: iki taraf da gönderirken beklemeye düşmez."""
    start_server()
    text = "".join(f"{i} {'x' * 2000}\n" for i in range(3000))
    lines = run_client("--chat", input=text, seconds=60).out_lines
    assert lines[1:] == [f"Echo: {line}" for line in text.splitlines()]


def test_chat_with_a_server_that_stops_reading(start_client):
    """Okumayan sunucu, gönderecek şeyi olan istemciyi --timeout'tan uzun tutamaz."""
    listener = TcpListener()
    client = start_client("--chat", "--timeout", "0.5", to=listener, input="x" * 3000 * 10000)
    greeted(listener)
    finished = client.wait(20, expect_code=1)
    assert finished.err_lines[-1] == f"Bağlantı kesildi: {listener.address}: zaman aşımı"


def test_chat_hears_while_it_cannot_send(start_client):
    """Gönderemeyen istemci de duyar: okumayan sunucunun söyledikleri yazılır, kuyruk sınırsız büyümez."""
    listener = TcpListener()
    client = start_client("--chat", to=listener, input="x" * 3000 * 10000, env=FLAT_MEMORY)
    peer = greeted(listener)
    client.wait_line(f"Server: {WELCOME}")
    before = client.resident_kib
    for order in range(200):
        peer.send(f"[10.0.0.1:5]: {order}\n")
    client.wait_line("[10.0.0.1:5]: 199")
    time.sleep(0.5)
    assert client.resident_kib - before < 12 * 1024


def test_chat_waits_for_a_thinking_user(start_client):
    """Yazmadan duran kullanıcının süresi yoktur; yazınca sözü gider."""
    listener = TcpListener()
    client = start_client("--chat", "--timeout", "0.2", to=listener, interactive=True)
    peer = greeted(listener)
    client.wait_line(f"Server: {WELCOME}")
    time.sleep(0.6)
    client.write("düşündüm\n")
    peer.expect("düşündüm\n")
    client.close_stdin()
    peer.expect_eof()
    peer.close()
    client.wait()


def test_chat_says_that_the_server_left(start_client):
    """Yazılırken giden sunucu bildirilir, çıkış kodu 1'dir; gelmiş son söz kaybolmaz."""
    listener = TcpListener()
    client = start_client("--chat", to=listener, interactive=True)
    peer = greeted(listener)
    client.wait_line(f"Server: {WELCOME}")
    peer.send(f"{TOO_LONG}\n")
    peer.close()
    finished = client.wait(expect_code=1)
    assert finished.out_lines[-1] == TOO_LONG
    assert finished.err_lines[-1] == f"Bağlantı kesildi: {listener.address}: akış beklenenden önce bitti"


def test_chat_shows_the_last_word_before_the_reset(start_client):
    """Sunucu okumadığı baytlar varken kapatırsa (RST) gelmiş son söz yine yazılır, çıkış kodu 1'dir."""
    listener = TcpListener()
    client = start_client("--chat", to=listener, input="x" * 3000 * 10000)
    peer = greeted(listener)
    peer.send(f"{TOO_LONG}\n")
    client.wait_line(TOO_LONG)
    last_words = [f"[10.0.0.1:5]: {order}" for order in range(2000)]
    with frozen(client):
        peer.send("".join(f"{line}\n" for line in last_words))
        peer.close()
    finished = client.wait(expect_code=1)
    assert finished.out_lines[2:] == last_words
    assert finished.err_lines[-1].startswith(f"Bağlantı kesildi: {listener.address}: ")


def test_chat_uses_no_cpu_while_nobody_speaks(start_server, start_client):
    """Ne yazan ne konuşan varken istemci işlemci harcamaz."""
    start_server()
    client = start_client("--chat", interactive=True)
    client.wait_line(f"Server: {WELCOME}")
    before = client.cpu_seconds
    time.sleep(0.7)
    assert client.cpu_seconds - before < 0.1


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["iki\nsatır"], id="newline"),
        pytest.param([b"\xff"], id="utf8"),
        pytest.param(["x" * (LIMIT + 1)], id="long"),
        pytest.param(["--chat", "bir"], id="chat-message"),
        pytest.param(["--chat", "--listen", "1"], id="chat-listen"),
        pytest.param(["--listen", "0"], id="listen-zero"),
        pytest.param(["--demo", "yok"], id="demo-unknown"),
        pytest.param(["--demo", "speak", "bir"], id="demo-message"),
        pytest.param(["--demo", "speak", "--chat"], id="demo-chat"),
    ],
)
def test_wrong_usage(run_client, words):
    """Bir satır olamayacak mesaj ve birlikte verilmeyen seçenekler, tek satırlık açıklamayla geri çevrilir."""
    texts = [word if isinstance(word, str) else word.decode(errors="surrogateescape") for word in words]
    finished = run_client(*texts, to=None, expect_code=2)
    assert len(finished.err_lines) == 1
