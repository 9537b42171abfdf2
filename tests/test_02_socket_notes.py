"""Ders 02: soket notları. Satırları yazan sunucu, satır gönderen ve sayfa isteyen istemci, çağrıların gösterileri."""

import http.server
import os
import re
import shutil
import signal
import socket
import sys
import threading
import time
from pathlib import Path

import pytest

from harness import pairing as pairings, wrappers
from harness.address import Address
from harness.capability import needs
from harness.clock import Deadline
from harness.listener import TcpListener
from harness.load import storm
from harness.peer import TcpPeer
from harness.program import Program

DASHES = "-" * 16
LIMIT = 65536
TOO_LONG = "Satır çok uzun (en fazla 65536 bayt)\n"
GET = "GET {path} HTTP/1.0\r\nHost: {host}\r\n\r\n"

# Notlardaki sıra: aileler, tipler, çağrılar, kipler, hata sınıfları.
DEMOS = [
    "unix", "inet", "inet6", "stream", "dgram", "bind", "listen", "accept", "recv", "recvfrom", "send", "sendall",
    "shutdown", "close", "setblocking", "settimeout", "error", "herror", "gaierror", "timeout",
]  # fmt: skip


both_servers = pytest.mark.parametrize("pairing", ["c-c", "c-py"], ids=["c-server", "py-server"])
both_clients = pytest.mark.parametrize("pairing", ["c-c", "py-c"], ids=["c-client", "py-client"])


def printed(server: Program) -> list[str]:
    """Sunucunun hazır olma satırından sonra yazdıkları."""
    return server.lines()[1:]


def visit(server: Program, *parts: str | bytes, order: int = 1) -> None:
    """Bir istemci: parçaları ayrı ayrı okutur, yarı kapatır, sunucunun sözsüz kapattığını ve çizgiyi görür."""
    peer = TcpPeer.connect(server)
    peer.send_segments(*parts)
    peer.half_close()
    peer.expect_eof()
    server.wait_line(DASHES, count=order)


def served_next(server: Program) -> None:
    """Başka bir istemciye hâlâ hizmet veriliyor."""
    before = printed(server).count(DASHES)
    visit(server, "sıradaki\r\n", "disconnect\r\n", order=before + 1)
    assert printed(server)[-2:] == ["sıradaki", DASHES]


# --- iki taraf birlikte


def test_document_conversation(start_server, run_client, pairing):
    """Mesajlar sırayla yazılır, istemci `disconnect` ile ayrılır, sunucu hiç yanıt vermez."""
    server = start_server()
    result = run_client("merhaba", "soket")
    server.wait_line(DASHES)
    assert printed(server) == ["merhaba", "soket", DASHES]
    assert result.out_lines == ["Gönderiliyor: merhaba", "Gönderiliyor: soket", "Gönderiliyor: disconnect"]


def test_conversation_through_cuts(start_server, run_client, proxied, pairing, chunking):
    """Akış nereden kesilirse kesilsin satırlar aynıdır."""
    server = start_server()
    run_client("--pause", "0", "çok baytlı ığüşöç", "", "  üçüncü ", to=proxied(server, chunking))
    server.wait_line(DASHES)
    assert printed(server) == ["çok baytlı ığüşöç", "", "üçüncü", DASHES]


def test_conversation_on_both_families(start_server, run_client, host):
    """Aynısı IPv4 ve IPv6 üzerinden."""
    server = start_server(host=host)
    run_client("merhaba")
    server.wait_line(DASHES)
    assert printed(server) == ["merhaba", DASHES]


def test_client_stops_server(start_server, run_client, pairing):
    """Son mesaj `stop` ise `disconnect` eklenmez; sunucu 0 ile biter."""
    server = start_server()
    result = run_client("son söz", "stop")
    assert result.out_lines[-1] == "Gönderiliyor: stop"
    ended = server.wait()
    assert ended.out_lines[1:] == ["son söz", DASHES]
    assert ended.err_lines[-1].endswith(" - INFO - Server kapatıldı")


# --- sunucu: belgedeki yanlışlar


@both_servers
@pytest.mark.parametrize("parts", [("",), ("selam\r\n",), ("selam\r\n", "yarım")], ids=["empty", "line", "partial"])
def test_end_of_file_without_disconnect(start_server, pairing, parts):
    """`disconnect` demeden giden istemci yalnız kendi konuşmasını bitirir: döngü boşa dönmez, sıradaki beklemez."""
    server = start_server()
    visit(server, *parts)
    before = server.cpu_seconds
    time.sleep(0.3)
    assert server.cpu_seconds - before < 0.15
    served_next(server)
    assert "" not in printed(server)


# Bir komutun gelebileceği biçimler: ayrı ayrı okunan parçalar.
COMMAND_FORMS = {
    "lf": lambda word: [f"{word}\n"],
    "crlf": lambda word: [f"{word}\r\n"],
    "cut": lambda word: [word[:3], f"{word[3:]}\r", "\n"],
    "joined": lambda word: [f"a\r\n{word}\r\n"],
    "followed": lambda word: [f"{word}\r\nsonrası\r\n"],
    "upper": lambda word: [f"{word.upper()}\r\n"],
    "blanks": lambda word: [f" {word}\t\r\n"],
    "no-newline": lambda word: [word],
}


@both_servers
@pytest.mark.parametrize("form", COMMAND_FORMS)
def test_disconnect_in_any_form(start_server, pairing, form):
    """`disconnect` nasıl kesilmiş, birleşmiş, yazılmış olursa olsun tanınır; sonrası okunmaz."""
    server = start_server()
    peer = TcpPeer.connect(server)
    peer.send_segments(*COMMAND_FORMS[form]("disconnect"))
    if form == "no-newline":
        peer.half_close()
    peer.expect_eof()
    peer.close()
    server.wait_line(DASHES)
    assert printed(server) == (["a", DASHES] if form == "joined" else [DASHES])
    served_next(server)


@pytest.mark.parametrize("form", COMMAND_FORMS)
def test_stop_in_any_form(start_server, form):
    """`stop` da öyle; sunucu çizgiyi yazar ve 0 ile biter."""
    server = start_server()
    peer = TcpPeer.connect(server)
    peer.send_segments(*COMMAND_FORMS[form]("stop"))
    if form == "no-newline":
        peer.half_close()
    peer.expect_eof()
    peer.close()
    assert server.wait().out_lines[1:] == (["a", DASHES] if form == "joined" else [DASHES])


def test_similar_lines_are_not_commands(start_server):
    """Komuta benzeyen satır komut değildir."""
    lines = ["disconnect et", "disconnectx", "dısconnect", "DİSCONNECT", "stop.", "durdur"]
    server = start_server()
    visit(server, "".join(f"{line}\r\n" for line in lines))
    assert printed(server) == [*lines, DASHES]


def test_one_client_at_a_time(start_server):
    """İkincinin satırı, birinci gidene dek yazılmaz: bekleme kuyruğundadır."""
    server = start_server()
    first, second = TcpPeer.connect(server), TcpPeer.connect(server)
    second.send("ikinci\r\ndisconnect\r\n")
    first.send_segments("birinci\r\n")
    server.wait_line("birinci")
    assert printed(server) == ["birinci"]
    first.send("disconnect\r\n")
    second.expect_eof()
    second.close()
    server.wait_line(DASHES, count=2)
    assert printed(server) == ["birinci", DASHES, "ikinci", DASHES]


def test_silent_client_ends_at_the_limit(start_server):
    """Susan istemci --timeout dolunca sözsüz kapatılır ve sıradakine geçilir; yarım satırı yazılmaz."""
    server = start_server("--timeout", "0.4")
    started = time.monotonic()
    silent = TcpPeer.connect(server)
    silent.send("yarım")
    silent.expect_eof()
    assert time.monotonic() - started >= 0.4
    silent.close()
    server.wait_line(DASHES)
    served_next(server)
    assert printed(server)[0] == DASHES


def test_talker_gives_way_to_the_next(start_server):
    """Hiç susmayan istemcinin sırası, bekleyen varsa --turn dolunca biter."""
    server = start_server("--timeout", "30", "--turn", "0.4")
    talker = TcpPeer.connect(server)
    talker.send_segments("konuşuyorum\n")
    waiting = TcpPeer.connect(server)
    waiting.send("ben de\r\ndisconnect\r\n")
    deadline = Deadline(10)
    try:
        while not deadline.expired and DASHES not in printed(server):
            talker.socket.send(b".")
            time.sleep(0.02)
    except OSError:
        pass
    waiting.expect_eof(seconds=10)
    server.wait_line("ben de")


def test_talker_stays_while_nobody_waits(start_server):
    """Bekleyen yoksa --turn dolmuş olsa da konuşma sürer."""
    server = start_server("--turn", "0.1")
    peer = TcpPeer.connect(server)
    for order in range(4):
        peer.send(f"satır {order}\n")
        server.wait_line(f"satır {order}")
        peer.expect_silence(0.1)
    peer.send("disconnect\n")
    peer.expect_eof()


@pytest.mark.parametrize("sent", [b"", b"selam\r\nyar\xc4"], ids=["at-once", "in-the-middle"])
def test_reset_ends_only_that_client(start_server, sent):
    """Bağlantısını sıfırlayan istemci sunucuyu bitirmez."""
    server = start_server()
    for order in range(1, 4):
        peer = TcpPeer.connect(server)
        if sent:
            peer.send_segments(sent)
        peer.reset()
        server.wait_line(DASHES, count=order)
    served_next(server)


def test_busy_port_is_reported(start_server):
    """Kullanılan port sessizce geçilmez: nedeni yazılır, çıkış kodu 1."""
    held = TcpListener()
    result = start_server("--port", held.address.port, ready=False).wait(expect_code=1)
    assert result.err_lines[-1] == f"Dinlenemedi: {held.address}: adres kullanımda"


# --- sunucu: satırlar


def test_server_never_answers(start_server):
    """Satırlara yanıt gelmez, bağlantı açık kalır."""
    server = start_server()
    peer = TcpPeer.connect(server)
    peer.expect_silence()
    peer.send("selam\r\nkimse yok mu?\n")
    server.wait_line("kimse yok mu?")
    peer.expect_silence()


def test_last_line_without_newline(start_server):
    """Satır sonu gelmeden biten akışın son satırı da yazılır."""
    server = start_server()
    visit(server, "tam\n", "yarım")
    assert printed(server) == ["tam", "yarım", DASHES]


def test_split_character(start_server):
    """Ortasından bölünen karakter bozulmaz."""
    server = start_server()
    visit(server, b"a\xc5", b"\x9f\xf0\x9f", b"\x90\xa6\n")
    assert printed(server) == ["aş🐦", DASHES]


def test_thousand_lines_in_one_segment(start_server):
    """Bir pakette gelen bin satırın hepsi, sırasıyla yazılır."""
    server = start_server()
    lines = [f"satır {order}" for order in range(1000)]
    visit(server, "\n".join(lines) + "\n")
    assert printed(server) == [*lines, DASHES]


def test_control_characters_are_escaped(start_server):
    """Denetim karakterleri, NUL dahil, ekrana ham gitmez ve satırı kesmez."""
    server = start_server()
    visit(server, b"\x1b[31mk\x00rm\x7f\xc2\x85z\x07son\n")
    assert printed(server) == [r"\x1b[31mk\x00rm\x7f\xc2\x85z\x07son", DASHES]


def test_strips_unicode_blanks(start_server):
    """Satırın iki ucundaki Unicode boşlukları atılır."""
    server = start_server()
    visit(server, "\u3000 \u00a0selam dünya\u2003\t\r\n")
    assert printed(server) == ["selam dünya", DASHES]


@pytest.mark.parametrize("bad", [b"\xff", b"\xc5", b"\xed\xa0\x80", b"\xc0\xaf"], ids=["byte", "half", "surrogate", "overlong"])
def test_invalid_utf8_closes_without_a_word(start_server, bad):
    """Geçersiz UTF-8 konuşmayı sözsüz bitirir; öncesi yazılmıştır, sonrası okunmaz."""
    server = start_server()
    peer = TcpPeer.connect(server)
    peer.send(b"iyi\n" + bad + b"\nson\n")
    peer.expect_eof()
    peer.close()
    server.wait_line(DASHES)
    assert printed(server) == ["iyi", DASHES]
    served_next(server)


@pytest.mark.parametrize("ending", ["\n", "\r\n", ""], ids=["lf", "crlf", "eof"])
def test_longest_line(start_server, ending):
    """65536 baytlık satır, sonu nasıl gelirse gelsin, sığar."""
    server = start_server()
    visit(server, "x" * LIMIT + ending)
    assert [len(line) for line in printed(server)] == [LIMIT, 16]


@pytest.mark.parametrize("line", ["x" * (LIMIT + 1), "x" * (LIMIT + 1) + "\n", "x" * 1024 * 1024], ids=["open", "ended", "1MiB"])
def test_overlong_line(start_server, line):
    """Sınırı aşan satıra tek söz söylenir, konuşma biter; bellek büyümez, sunucu sürer."""
    server = start_server()
    visit(server, "ısınma\n")
    before = server.resident_kib
    peer = TcpPeer.connect(server)
    peer.send("iyi\n" + line)
    peer.expect(TOO_LONG)
    peer.expect_eof()
    peer.close()
    server.wait_line(DASHES, count=2)
    assert printed(server) == ["ısınma", DASHES, "iyi", DASHES]
    assert server.resident_kib - before < 4096
    served_next(server)


# --- sunucu: sınırlar ve kapanış


def test_many_connections_in_a_row(start_server):
    """Art arda gelip giden istemciler tanımlayıcı sızdırmaz."""
    server = start_server("--backlog", "1024")
    visit(server, "ilk\n")
    before = server.open_descriptors
    storm(server, 300, say=b"disconnect\r\n")
    storm(server, 100, ending="reset")
    server.wait_line(DASHES, count=401, seconds=20)
    served_next(server)
    assert server.open_descriptors == before


def test_descriptor_shortage_pauses(start_server):
    """Tanımlayıcı kalmayınca kabul durur ve boşa dönülmez; yer açılınca sürer."""
    server = start_server()
    with server.descriptors_left(0):
        peer = TcpPeer.connect(server)
        peer.send("bekledim\r\ndisconnect\r\n")
        server.wait_line(re.compile(r".* - ERROR - Kabul duraklatıldı: .*"), "stderr")
        before = server.cpu_seconds
        time.sleep(0.6)
        assert server.cpu_seconds - before < 0.3
        assert sum("Kabul duraklatıldı" in line for line in server.lines("stderr")) == 1
    peer.expect_eof()
    server.wait_line("bekledim")


_HOLD = (
    "import os, resource, sys\n"
    "wanted = int(sys.argv[1]) + 64\n"
    "resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, max(wanted, resource.getrlimit(resource.RLIMIT_NOFILE)[1])))\n"
    "while (fd := os.dup(0)) < int(sys.argv[1]): os.set_inheritable(fd, True)\n"
    "os.set_inheritable(fd, True); os.execv(sys.argv[2], sys.argv[2:])\n"
)


def holding_descriptors(last: int) -> list[str]:
    """Programı `last` numarasına kadar bütün tanımlayıcılar doluyken başlatan komut başı."""
    return [sys.executable, "-I", "-c", _HOLD, str(last)]


def barely_fitting(start_server) -> Program:
    """Dinleyen soketi select'e sığan, ama ilk istemcisi sığmayan sunucu: kaç tanımlayıcı açtığı programa göre değişir."""
    for last in range(1021, 1015, -1):
        server = start_server(ready=False, under=holding_descriptors(last))
        server.output.wait(lambda: bool(server.lines()) or server.ended, Deadline(10))
        if not server.ended:
            server.wait_ready()
            return server
        server.wait(expect_code=1)
    pytest.fail("sunucu 1016'dan küçük bir tanımlayıcıyla bile başlamadı", pytrace=False)


@pytest.mark.own_program
def test_listener_beyond_select_is_refused(start_server):
    """Tanımlayıcı FD_SETSIZE'a (1024) ulaştıysa select kullanılamaz: sunucu bunu söyleyip 1 ile biter."""
    result = start_server(ready=False, under=holding_descriptors(1100)).wait(expect_code=1)
    assert result.out == ""
    assert re.fullmatch(r"Dinlenemedi: tanımlayıcı \d{4}, select'in sınırı 1024; .+", result.err_lines[-1])


@pytest.mark.own_program
def test_client_beyond_select_is_refused(start_server):
    """Sığmayan istemci sözle geri çevrilir, sunucu sürer."""
    server = barely_fitting(start_server)
    for order in range(1, 3):
        peer = TcpPeer.connect(server)
        peer.expect("Sunucu dolu, daha sonra deneyin\n")
        peer.expect_eof()
        peer.close()
        server.wait_line(re.compile(r"ERROR - Geri çevrildi: .*tanımlayıcı 1024, select'in sınırı 1024"), "stderr", count=order)
    assert printed(server) == []


def test_signal_while_a_client_floods(start_server):
    """Durmadan konuşan istemci kapanışı geciktiremez."""
    server = start_server()
    peer = TcpPeer.connect(server)
    stopping = threading.Event()

    def flood() -> None:
        while not stopping.is_set():
            try:
                peer.socket.send(b"durmadan\n" * 1000)
            except BlockingIOError:
                time.sleep(0.001)
            except OSError:
                return

    thread = threading.Thread(target=flood, daemon=True)
    thread.start()
    try:
        server.wait_line("durmadan")
        server.stop()
    finally:
        stopping.set()
        thread.join()


def test_lines_that_arrived_are_printed_at_shutdown(start_server):
    """Durdurma isteği geldiğinde yola çıkmış satırlar yine yazılır; veda sözü gönderilmez."""
    server = start_server()
    peer = TcpPeer.connect(server)
    peer.send_segments("önce\n")
    server.wait_line("önce")
    server.signal(signal.SIGSTOP)
    peer.send("yolda\n")
    server.signal(signal.SIGTERM)
    server.signal(signal.SIGCONT)
    peer.expect_eof()
    peer.close()
    assert server.wait(2).out_lines[1:] == ["önce", "yolda", DASHES]


# --- istemci: mesajlar


@both_clients
def test_lines_on_the_wire(start_client, pairing):
    """Her mesaj CRLF ile biten bir satırdır; `disconnect` eklenir, yarı kapatılır, sona dek okunur."""
    listener = TcpListener()
    client = start_client("merhaba", "soket", to=listener)
    peer = listener.accept()
    peer.expect("merhaba\r\nsoket\r\ndisconnect\r\n")
    peer.expect_eof()
    peer.half_close()
    client.wait()


@pytest.mark.parametrize("last", ["disconnect", "stop", "STOP"])
def test_farewell_is_not_repeated(start_client, last):
    """Son mesaj zaten bir vedaysa `disconnect` eklenmez."""
    listener = TcpListener()
    client = start_client("selam", last, to=listener)
    peer = listener.accept()
    peer.expect(f"selam\r\n{last}\r\n")
    peer.expect_eof()
    peer.half_close()
    client.wait()


def test_unexpected_answer_is_shown(start_client):
    """Yanıt beklenmeyen konuşmada gelen yazılır ve başarısızlıktır."""
    listener = TcpListener()
    client = start_client("selam", "--pause", "0", to=listener)
    peer = listener.accept()
    peer.expect("selam\r\ndisconnect\r\n")
    peer.send("bir dakika\n")
    peer.half_close()
    result = client.wait(expect_code=1)
    assert result.out_lines[-1] == "bir dakika"
    assert result.err_lines[-1] == f"Beklenmeyen yanıt: {listener.address}: sunucu 11 bayt gönderdi"


def test_overlong_message_is_told(start_server, run_client, pairing):
    """Sınırı aşan mesajda sunucunun sözü istemcide görünür, çıkış kodu 1."""
    start_server()
    result = run_client("x" * 100_000, expect_code=1)
    assert result.out.endswith(TOO_LONG)


def test_early_close_is_a_failure(start_client):
    """Sunucu konuşmanın ortasında kapatırsa kalan mesajlar gitmiş sayılmaz."""
    listener = TcpListener()
    client = start_client("bir", "iki", "--pause", "5", to=listener)
    peer = listener.accept()
    peer.expect("bir\r\n")
    peer.half_close()
    result = client.wait(expect_code=1)
    assert result.err_lines[-1].startswith(f"Gönderilemedi: {listener.address}: ")
    assert "Gönderiliyor: iki" not in result.out


def test_reset_is_a_failure(start_client):
    """Sıfırlanan bağlantı, istemcide nedeniyle söylenir."""
    listener = TcpListener()
    client = start_client("selam", "--pause", "0", to=listener)
    peer = listener.accept()
    peer.expect("selam\r\ndisconnect\r\n")
    peer.reset()
    result = client.wait(expect_code=1)
    assert result.err_lines[-1].endswith(f"{listener.address}: bağlantı karşı tarafça sıfırlandı")


def test_slow_reader_gets_every_byte(start_client):
    """Alıcı yavaşsa send istenenden azını alır; kalan da gider, tek bayt eksilmez."""
    listener = TcpListener()
    listener.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    listener.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)  # gönderme tamponu da küçük kalır
    messages = [letter * 120_000 for letter in "abcdef"]
    client = start_client(*messages, "--pause", "0", to=listener)
    peer = listener.accept()
    time.sleep(0.3)
    assert len(client.lines()) < len(messages)
    assert peer.read_until_eof(seconds=20).decode() == "\r\n".join([*messages, "disconnect", ""])
    peer.half_close()
    client.wait()


def test_silent_server_is_given_up(start_client):
    """Kapatmayan sunucu --timeout dolunca bırakılır."""
    listener = TcpListener()
    client = start_client("selam", "--timeout", "0.4", to=listener)
    listener.accept()
    result = client.wait(expect_code=1)
    assert result.err_lines[-1] == f"Konuşmanın sonu gelmedi: {listener.address}: zaman aşımı"


def test_message_that_looks_like_an_address(start_client):
    """Adres ayrıca verildiyse tek söz, adrese benzese de, mesajdır."""
    listener = TcpListener()
    client = start_client("http://localhost:1/", to=listener)
    peer = listener.accept()
    peer.expect("http://localhost:1/\r\ndisconnect\r\n")
    peer.half_close()
    client.wait()


# --- istemci: sayfa


@pytest.fixture
def page(start_client):
    """page(yanıt, *sözcükler, host=...): istemciye bu yanıtı verir; isteği ve bitmiş istemciyi döndürür."""

    def fetch(answer, *words, host="127.0.0.1", expect_code=0, to=True):
        listener = TcpListener(host)
        given = [str(word).replace("{address}", str(listener.address)) for word in words]
        client = start_client(*given, to=listener if to else None)
        peer = listener.accept()
        request = peer.read_until_eof()
        peer.send(answer)
        peer.half_close()
        return request.decode(), client.wait(expect_code=expect_code), listener.address

    return fetch


def ok(body: str, *fields: str) -> str:
    return "\r\n".join(["HTTP/1.0 200 OK", *fields, "", body])


@both_clients
def test_request_on_the_wire(page, pairing, host):
    """İstek HTTP/1.0'dır, CRLF ile biter, Host taşır ve arkasından yarı kapatma gelir."""
    request, result, address = page(ok("gövde"), host=host)
    assert request == GET.format(path="/", host=address)
    assert result.out == ok("gövde")


def test_path_option(page):
    """--path istek satırına geçer; # ve ötesi gönderilmez."""
    request, _, address = page(ok(""), "--path", "/a/b?c=d#e")
    assert request == GET.format(path="/a/b?c=d", host=address)


@both_clients
@pytest.mark.parametrize(
    ("word", "path"),
    [
        ("http://{address}", "/"),
        ("HTTP://{address}/x/y?z=1#son", "/x/y?z=1"),
        ("http://{address}?z=1", "/?z=1"),
        ("{address}", "/"),
        ("{address}/x", "/x"),
    ],
    ids=["url", "full-url", "query", "bare", "bare-path"],
)
def test_address_as_operand(page, pairing, word, path):
    """Sayfa adresi tek söz olarak da verilir: http:// ile ya da sayısal adres ve portla."""
    request, _, address = page(ok(""), word, to=False)
    assert request == GET.format(path=path, host=address)


@needs("ipv6")
def test_ipv6_address_as_operand(page):
    """IPv6 adresi köşeli ayraç içinde yazılır, Host alanında da öyle durur."""
    request, _, address = page(ok(""), "{address}/alti", host="::1", to=False)
    assert request == GET.format(path="/alti", host=address)


def test_localhost_as_operand(start_client):
    """localhost:PORT da adrestir."""
    listener = TcpListener()
    client = start_client(f"localhost:{listener.address.port}/", to=None)
    peer = listener.accept()
    assert peer.read_until_eof().decode() == GET.format(path="/", host=f"localhost:{listener.address.port}")
    peer.send(ok(""))
    peer.half_close()
    client.wait()


def test_answer_is_written_byte_for_byte(start_client, tmp_path):
    """Yanıt 1024 baytlık parçalarla okunur, ama araya tek bayt girmez: NUL da bozuk UTF-8 de olduğu gibidir."""
    body = bytes(range(256)) * 9 + b"\xff" * 96
    answer = f"HTTP/1.0 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
    listener = TcpListener()
    with open(tmp_path / "out", "wb") as out:
        client = start_client(to=listener, stdout=out.fileno())
        peer = listener.accept()
        peer.read_until_eof()
        peer.send_segments(answer[:7], answer[7:1500], answer[1500:])
        peer.half_close()
        client.wait()
    assert (tmp_path / "out").read_bytes() == answer


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("", "boş yanıt"),
        ("Merhaba dünya!", "HTTP yanıtı değil"),
        ("HTTP/1.0 20", "HTTP yanıtı değil"),
        ("HTTP/1.0 200", "HTTP yanıtı değil"),
        ("HTTP/1.0 -20 OK\r\n\r\n", "HTTP yanıtı değil"),
        ("HTTP/1.0 404 Not Found\r\n\r\nyok", "durum 404"),
        ("HTTP/1.1 500 X\r\nContent-Length: 3\r\n\r\nabc", "durum 500"),
        ("HTTP/1.0 200 OK\r\nContent-Le", "yanıt kısa kesildi"),
        ("HTTP/1.0 200 OK\r\nContent-Length: 10\r\n\r\nabc", "yanıt kısa kesildi"),
        ("HTTP/1.0 200 OK\ncontent-length: 10\n\nabc", "yanıt kısa kesildi"),
        ("HTTP/1.0 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "Content-Length anlaşılmıyor"),
        ("HTTP/1.0 200 OK\r\nContent-Length: -1\r\n\r\nab", "Content-Length anlaşılmıyor"),
        ("HTTP/1.0 200 OK\r\nA: " + "b" * 20000, "yanıtın başlığı çok uzun"),
    ],
    ids=[
        "empty", "not-http", "cut-status", "cut-after-status", "signed-status", "404", "500", "cut-head", "short",
        "short-bare-lf", "two-lengths", "negative-length", "long-head",
    ],  # fmt: skip
)
def test_bad_answer_is_told(page, answer, reason):
    """Sayfa sayılmayan yanıt yine yazılır; neden sayılmadığı son satırdadır, çıkış kodu 1."""
    _, result, address = page(answer, expect_code=1)
    assert result.out == answer
    assert result.err_lines[-1] == f"Sayfa alınamadı: {address}: {reason}"


@pytest.mark.parametrize(
    "answer",
    [
        ok("tam", "Content-Length: 3"),
        ok("sonu bağlantının kapanmasıyla belli"),
        "HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.0 304 Not Modified\r\nContent-Length: 10\r\n\r\n",
        "HTTP/1.0 200 OK\n\nyalın satır sonu",
    ],
    ids=["length", "close", "redirect", "not-modified", "bare-lf"],
)
def test_good_answers(page, answer):
    """2xx ve 3xx yanıtlar tamsa başarıdır."""
    _, result, _ = page(answer)
    assert result.out == answer and result.err == ""


def test_timeout_is_total(start_client):
    """Damla damla gelen yanıt süreyi uzatamaz: --timeout işin tamamı içindir."""
    listener = TcpListener()
    client = start_client("--timeout", "0.6", to=listener)
    peer = listener.accept()
    peer.read_until_eof()
    deadline = Deadline(10)
    peer.send("HTTP/1.0 200 OK\r\n\r\n")
    while not client.ended and not deadline.expired:
        try:
            peer.socket.send(b".")
        except OSError:
            break
        time.sleep(0.02)
    assert not deadline.expired
    result = client.wait(expect_code=1)
    assert result.err_lines[-1] == f"Sayfa alınamadı: {listener.address}: yanıt yarıda kaldı: zaman aşımı"


def test_reset_in_the_answer(start_client):
    """Yanıtın ortasında sıfırlanan bağlantı başarı sayılmaz."""
    listener = TcpListener()
    client = start_client(to=listener)
    peer = listener.accept()
    peer.read_until_eof()
    peer.send_segments("HTTP/1.0 200 OK\r\n\r\nya")
    peer.reset()
    result = client.wait(expect_code=1)
    assert result.err_lines[-1] == (
        f"Sayfa alınamadı: {listener.address}: yanıt yarıda kaldı: bağlantı karşı tarafça sıfırlandı"
    )


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture
def web_server(tmp_path: Path):
    """Python'un http.server'ı, geçici bir klasörle."""
    (tmp_path / "sayfa.txt").write_bytes("ığüşöç\n".encode() * 400)
    handler = lambda *arguments: QuietHandler(*arguments, directory=str(tmp_path))  # noqa: E731
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Address("127.0.0.1", server.server_port)
        server.shutdown()


@both_clients
def test_fetches_from_http_server(web_server, run_client, pairing):
    """Sıradan bir HTTP sunucusundan sayfa alınır; bozuk sürüm ya da yalın LF yüzünden geri çevrilmez."""
    found = run_client(f"http://{web_server}/sayfa.txt", to=None)
    head, _, body = found.out.partition("\r\n\r\n")
    assert head.startswith("HTTP/1.0 200 ")
    assert body == "ığüşöç\n" * 400
    missing = run_client(f"http://{web_server}/yok", to=None, expect_code=1)
    assert missing.err_lines[-1] == f"Sayfa alınamadı: {web_server}: durum 404"


@pytest.mark.parametrize(
    ("words", "mentions"),
    [
        (["https://localhost/"], "https bu derste yok"),
        (["http://"], "http://AD[:PORT][/YOL]"),
        (["http://[::1/"], "http://AD[:PORT][/YOL]"),
        (["http://biri@ad/"], "http://AD[:PORT][/YOL]"),
        (["127.0.0.1:65536"], "65535"),
        (["http://ad:x/"], "65535"),
        (["http://ad/a b"], "%XX"),
        (["-p", "1", "--path", "x"], "/ ile başlamalı"),
        (["-p", "1", "--path", "/ş"], "%XX"),
        (["--path", "/"], "--path"),
        (["-p", "1", "--path", "/", "mesaj"], "--path"),
        (["-p", "1", "iki\nsatır"], "satır sonu"),
    ],
    ids=[
        "https", "no-host", "open-bracket", "user", "bare-port", "port", "blank", "relative-path", "letter",
        "path-alone", "path-and-message", "two-lines",
    ],  # fmt: skip
)
def test_wrong_words(run_client, words, mentions):
    """Yanlış adres, yol ya da mesaj: tek satır, çıkış kodu 2."""
    result = run_client(*words, to=None, expect_code=2)
    assert len(result.err_lines) == 1 and mentions in result.err and result.out == ""


# --- istemci: birden çok adresi olan ad

def knowing_hosts(folder: Path, hosts: str) -> list[str]:
    """Programı, /etc/hosts'u bu olan özel bir ad alanında başlatan komut başı; yetenek ister: needs("mount")."""
    path = folder / "hosts"
    path.write_text(hosts, encoding="ascii")
    return [*wrappers.host_named("makine"), *wrappers.with_mount(path, "/etc/hosts")]


@needs("mount", "ipv6")
def test_every_address_is_tried(start_client, tmp_path):
    """Adın ilk adresi reddederse sonraki denenir."""
    listener = TcpListener()
    under = knowing_hosts(tmp_path, "::1 iki\n127.0.0.1 iki\n")
    client = start_client("-v", "selam", "--pause", "0", to=Address("iki", listener.address.port), under=under)
    peer = listener.accept()
    peer.expect("selam\r\ndisconnect\r\n")
    peer.half_close()
    tried = [line.rpartition(" ")[2] for line in client.wait().err_lines]
    assert tried == [f"[::1]:{listener.address.port}", str(listener.address)]


@needs("mount", "ipv6")
def test_a_hanging_address_leaves_time_for_the_next(start_client, tmp_path):
    """Yanıt vermeyen ilk adres, bütün süreyi kullanamaz."""
    hanging = TcpListener("::1", backlog=0)
    TcpPeer.connect(hanging)
    under = knowing_hosts(tmp_path, "::1 iki\n127.0.0.1 iki\n")
    with socket.create_server(("127.0.0.1", hanging.address.port)) as listener:
        listener.settimeout(3.5)
        words = ("selam", "--pause", "0", "--timeout", "4")
        client = start_client(*words, to=Address("iki", hanging.address.port), under=under)
        connection, _ = listener.accept()
        with connection, connection.makefile("rb") as lines:
            assert lines.read() == b"selam\r\ndisconnect\r\n"
        client.wait()


# --- gösteriler


@pytest.fixture
def demo(request, lesson):
    """demo(*sözcükler, **program): C istemcisinin gösterileri; --client ile verilen programdan istenmezler."""

    def run(*words, expect_code=0, **options):
        program = Program([str(pairings.built(request.config, lesson, "client")), *words], "client", **options)
        return program.wait(30, expect_code=expect_code)

    return run


def sections(output) -> dict[str, str]:
    """Gösterilerin bölümleri, adlarıyla."""
    return dict(re.findall(r"^\[(\w+)\] (.*?\n)(?=\n|\Z)", output, re.MULTILINE | re.DOTALL))


@pytest.fixture
def shown(demo):
    """shown(ad): yalnız bu gösterinin yazdığı; başka bir şey yazılmamıştır."""

    def section(name):
        found = sections(demo("--demo", name).out)
        assert list(found) == [name]
        return found[name]

    return section


def test_every_demo_in_the_order_of_the_notes(demo):
    """Argümansız istemci bütün gösterileri notlardaki sırayla çalıştırır, hepsi bir şey gösterir."""
    found = sections(demo().out)
    assert list(found) == DEMOS
    assert all(text.count("\n") > 2 for text in found.values())


def test_demo_names(demo):
    """--demo list adları yazar; bilinmeyen ad ve adresle birlikte verilen --demo yanlış kullanımdır."""
    assert [line.split()[0] for line in demo("--demo", "list").out_lines] == DEMOS
    for words in (["--demo", "yok"], ["--demo", "recv", "-p", "1"], ["--demo", "recv", "selam"]):
        result = demo(*words, expect_code=2)
        assert len(result.err_lines) == 1 and "--demo" in result.err


def test_demo_unix_cleans_up(demo, tmp_path):
    """AF_UNIX gösterisi soketini geçici dizinde açar, geride bir şey bırakmaz."""
    result = demo("--demo", "unix", env={"TMPDIR": str(tmp_path)})
    assert 'recv(1024) → 7 bayt: "merhaba"' in result.out
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("name", ["inet", pytest.param("inet6", marks=needs("ipv6"))])
def test_demo_families(shown, name):
    """Her aile aynı konuşmayı yapar; AF_INET6'da IPv4 istemcisi eşlenmiş adresiyle görünür."""
    out = shown(name)
    assert 'recv(1024) → 7 bayt: "merhaba"' in out
    assert ("27 11" if name == "inet" else "[::ffff:127.0.0.1]:") in out


@needs("unshare")
def test_demo_without_ipv6(demo):
    """IPv6'sı olmayan makinede gösteri bunu söyler ve başarıyla biter."""
    result = demo("--demo", "inet6", under=[*wrappers.host_named("makine"), str(shutil.which("unshare")), "--net"])
    assert "bu makinede IPv6 yok" in result.out


def test_demo_types(shown):
    """Akışta iki send tek recv'de gelir; datagramlar ayrı kalır, boş datagram akış sonu değildir."""
    assert 'recv(1024) → 9 bayt: "ilkikinci"' in shown("stream")
    out = shown("dgram")
    assert ['"ilk"', '"ikinci"', '""'] == re.findall(r'bayt: ("\w*")', out)


def test_demo_bind(shown):
    """Kullanılan port ve başkasının adresi reddedilir."""
    out = shown("bind")
    assert out.count("EADDRINUSE") == 2 and "EADDRNOTAVAIL" in out and "EINVAL" in out


def test_backlog_is_no_maximum(shown):
    """listen(1) beş bağlantıya engel değildir; kuyruğa sığmayan reddedilmez, bekler, yer açılınca bağlanır."""
    lines = shown("listen").splitlines()
    assert "aynı anda açık 5 bağlantı" in lines[1]
    assert lines[-2].endswith("istemci bekliyor (reddedilmedi)")
    assert lines[-1].endswith("bekleyen istemci bağlandı")


def test_receive_size_is_only_a_limit(shown):
    """recv boyu 2'nin katı ya da kuvveti olmak zorunda değildir; parça da mesaj değildir."""
    out = shown("recv")
    assert re.findall(r"recv\(5\) → (\d+) bayt", out) == ["5", "5", "2"]
    assert 'recv(1000) → 7 bayt: "merhaba"' in out and 'recv(1024) → 7 bayt: "merhaba"' in out


def test_demo_recvfrom(shown):
    """recvfrom gönderenin adresini verir; sığmayan datagramın kalanı kaybolur."""
    out = shown("recvfrom")
    assert re.search(r'"soru" ve gönderenin adresi: 127\.0\.0\.1:\d+', out)
    assert '"0123" geldi, gerçek boy 10' in out and "EAGAIN" in out


def test_demo_send_and_sendall(shown):
    """send azını alabilir; sendall döngüsü hepsini gönderir ya da hata verir."""
    sent = re.search(r"send\(1048576 bayt\) → çekirdek (\d+) bayt aldı", shown("send"))
    assert 0 < int(sent[1]) < 1048576
    out = shown("sendall")
    assert "karşı taraf 1048576 bayt aldı, aynı baytlar: evet" in out
    assert re.search("dörtte birini okuyup kapattı → (EPIPE|ECONNRESET)", out)


def test_demo_shutdown(shown):
    """Üç kip: karşı taraf SHUT_RD'yi duymaz, SHUT_WR'de akış sonu görür, SHUT_RDWR'den sonra gönderemez."""
    _, reading, writing, both = shown("shutdown").split("shutdown(SHUT_")
    assert 'karşı taraf  recv(1024) → 7 bayt: "bendeki"' in reading
    assert "karşı taraf  recv(1024) → 0: akış sonu" in writing and 'ben          recv(1024) → 6 bayt: "ondaki"' in writing
    assert re.search(r"ben +send.* → EPIPE", writing)
    assert re.search(r'karşı taraf +send\("bir daha"\) → (EPIPE|ECONNRESET)', both)


def test_demo_close(shown):
    """Okunmamış bayt varken close RST gönderir; açık kopya varken hiçbir şey gitmez."""
    out = shown("close")
    assert re.findall("karşı taraf  recv.* → (0|ECONNRESET|EAGAIN)", out) == ["0", "ECONNRESET", "EAGAIN", "0"]


def test_demo_modes(shown):
    """Bloke eden kip bekler, bloke etmeyen EAGAIN verir, çağrı başına süre toplamı sınırlamaz."""
    blocking = shown("setblocking")
    assert blocking.count("evet") == 1 and blocking.count("EAGAIN") == 2
    limited = shown("settimeout")
    assert "hayır" not in limited and limited.count("evet") == 4


def test_demo_errors(shown):
    """Her hata sınıfının C karşılığı görünür; Python 3'te ilk ve son sınıf başka sınıfların öbür adıdır."""
    out = shown("error")
    for name in ("EISCONN", "ECONNREFUSED", "ENOTCONN", "ECONNRESET", "EPIPE", "EMSGSIZE", "EBADF"):
        assert f"→ {name} (" in out
    assert "HOST_NOT_FOUND" in shown("herror")
    resolving = shown("gaierror")
    assert re.findall(r"→ (EAI_\w+) ", resolving) == ["EAI_NONAME", "EAI_SERVICE", "EAI_FAMILY", "EAI_SOCKTYPE", "EAI_BADFLAGS"]
    assert socket.error is OSError and issubclass(socket.timeout, OSError)


def test_demo_timeout(shown):
    """Süre dolduğunu üç ayrı şey söyler: SO_RCVTIMEO, poll, çekirdeğin kendi vazgeçişi."""
    out = shown("timeout")
    assert "recv → EAGAIN (" in out and "0,1 s → 0;" in out and "connect → ETIMEDOUT (" in out
