"""Ders 01: geleni yazan, `Merhaba dünya!` diyen, sırayla hizmet veren sunucu ve istemcisi."""

import contextlib
import http.client
import os
import re
import shutil
import signal
import socket
import time
from pathlib import Path

import pytest

from harness import capability
from harness.clock import Deadline
from harness.listener import TcpListener
from harness.peer import TcpPeer

GREETING = "Merhaba dünya!"
HTTP_GREETING = (
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 15\r\n"
    f"Connection: close\r\n\r\n{GREETING}"
)
VISITOR = re.compile(r"127\.0\.0\.1:\d+ bağlandı")


def greeted(server, text="selam"):
    """Bir ziyaretçi gelir, bir şey gönderir, selamını alır, gider."""
    peer = TcpPeer.connect(server)
    peer.send(text)
    peer.expect(GREETING)
    peer.expect_eof()
    peer.close()


# --- iki taraf birlikte


def test_greeting(start_server, run_client, pairing):
    """İstemci gönderdiğinin karşılığında selamı yazar; sunucu geleni ve söylediğini yazar."""
    server = start_server()
    assert run_client("ben geldim").out == f"{GREETING}\n"
    server.wait_line(VISITOR)
    server.wait_line("  ben geldim")


def test_greeting_on_both_families(start_server, run_client, host):
    """Aynısı IPv4 ve IPv6 üzerinden; sistemin seçtiği port hazır satırında yazandır."""
    server = start_server(host=host)
    assert server.address.port > 0
    assert run_client().out == f"{GREETING}\n"


def test_greeting_through_cuts(start_server, run_client, proxied, pairing, chunking):
    """Parçalanan ya da birleşen akışta da selam bütündür."""
    server = start_server()
    assert run_client("çok parçalı ığüşöç", to=proxied(server, chunking)).out == f"{GREETING}\n"
    server.wait_line("  çok parçalı ığüşöç")


def test_empty_message_is_greeted(start_server, run_client, pairing):
    """Hiçbir şey söylemeden yazma yarısını kapatan da selam alır."""
    start_server()
    assert run_client("").out == f"{GREETING}\n"


# --- sunucu: tarayıcı


def test_browser_sees_the_greeting(start_server):
    """HTTP isteği HTTP ile, UTF-8 olduğu söylenerek yanıtlanır."""
    server = start_server()
    connection = http.client.HTTPConnection("127.0.0.1", server.address.port, timeout=5)
    connection.request("GET", "/", headers={"Accept-Language": "tr"})
    response = connection.getresponse()
    assert (response.status, response.headers.get_content_charset()) == (200, "utf-8")
    assert response.read().decode() == GREETING
    connection.close()
    server.wait_line("  GET / HTTP/1.1")
    server.wait_line("  Accept-Language: tr")


def test_http_request_in_pieces(start_server):
    """Yöntemin ve başlığın ortasından bölünen istek de HTTP'dir."""
    peer = TcpPeer.connect(start_server())
    peer.send_segments("GE", "T / HT", "TP/1.1\r\nHost: x\r", "\n\r", "\n")
    peer.expect(HTTP_GREETING)
    peer.expect_eof()


def test_head_request_has_no_body(start_server):
    """HEAD isteğinin yanıtı başlıkta biter."""
    peer = TcpPeer.connect(start_server())
    peer.send("HEAD / HTTP/1.0\r\n\r\n")
    peer.expect(HTTP_GREETING[: -len(GREETING)])
    peer.expect_eof()


def test_not_quite_http_is_plain(start_server):
    """HTTP'ye benzeyip olmayan istek (belge D1'in HTML/1.0'ı da) düz yanıt alır."""
    server = start_server()
    for request in ("GET / HTML/1.0\n\n", "GET /\r\n", "HELLO", "G" * 20000):
        greeted(server, request)


def test_browser_is_not_kept_by_idle_connections(start_server):
    """Tarayıcının açıp kullanmadığı bağlantı, sayfayı en çok --timeout kadar bekletir."""
    server = start_server("--timeout", "0.3")
    idle = TcpPeer.connect(server)
    page = TcpPeer.connect(server)
    page.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    page.expect(HTTP_GREETING)
    idle.expect_eof()


def test_endless_head_is_answered(start_server):
    """Başlığı bitmeyen HTTP isteği 408, sığmayan 431 alır."""
    server = start_server("--timeout", "0.3")
    slow = TcpPeer.connect(server)
    slow.send("GET / HTTP/1.1\r\nA: b\r\n")
    slow.expect_line("HTTP/1.1 408 Request Timeout\r")
    large = TcpPeer.connect(server)
    large.send("GET / HTTP/1.1\r\nA: " + "b" * 20000)
    large.expect_line("HTTP/1.1 431 Request Header Fields Too Large\r")
    large.read_until_eof()


# --- sunucu: hatalı istemciler


def test_silent_client_delays_no_longer_than_the_bound(start_server):
    """Susan istemci sıradakini --timeout'tan uzun bekletmez ve söz almadan kapatılır."""
    server = start_server("--timeout", "0.5")
    silent = TcpPeer.connect(server)
    greeted(server)
    silent.expect_eof()
    server.wait_line(re.compile(r".* - WARNING - 127\.0\.0\.1:\d+: yanıtlanamadı: zaman aşımı"), "stderr")


def test_resets_end_nothing(start_server):
    """Sıfırlanan bağlantılar sunucuyu bitirmez."""
    server = start_server()
    for _ in range(50):
        TcpPeer.connect(server).reset()
    talking = TcpPeer.connect(server)
    talking.send("GET / HT")
    talking.reset()
    greeted(server)


def test_oversize_request_gets_the_whole_answer(start_server):
    """4096 bayttan çok gönderen de selamı alır; okunmamış bayt kaldı diye bağlantı sıfırlanmaz."""
    server = start_server()
    greeted(server, "x" * 5000)
    greeted(server, "x" * 1024 * 1024)
    server.wait_line(re.compile(r"  \(\.\.\. ve \d+ bayt daha\)"))


def test_answer_ends_without_waiting_for_the_client(start_server):
    """Selamın sonu hemen gelir: istemci önce kapatsın diye beklenmez."""
    greeted(start_server("--timeout", "60"))


def test_control_characters_are_not_printed(start_server):
    """İstemcinin gönderdiği denetim karakterleri uçbirime ham gitmez; sahte satır da uyduramaz."""
    server = start_server()
    greeted(server, b"\x1b[31mk\xc4\xb1rm\xc4\xb1z\xc4\xb1\n1.2.3.4:5 ba\xc4\x9fland\xc4\xb1\n\xff")
    server.wait_line(r"  \x1b[31mkırmızı")
    server.wait_line("  1.2.3.4:5 bağlandı")
    server.wait_line(r"  \xff")


def test_endless_talker_is_cut_off(start_server):
    """Selamı aldıktan sonra da konuşan istemci --timeout'ta kesilir."""
    server = start_server("--timeout", "0.5")
    talker = TcpPeer.connect(server)
    deadline = Deadline(10)
    try:
        while not deadline.expired:
            talker.socket.send(b"durmadan ")
            time.sleep(0.01)
    except OSError:
        pass
    assert not deadline.expired
    greeted(server)


def test_waiting_bytes_do_not_outlast_the_bound(start_server):
    """Süre dolunca, sokette okunmayı bekleyen bayt varken de okumak biter: susmayan istemci sunucuyu tutamaz."""
    server = start_server("--timeout", "0.5")
    talker = TcpPeer.connect(server)
    talker.send("selam")
    talker.expect(GREETING)
    server.signal(signal.SIGSTOP)
    sent = talker.fill("x" * 65536, 64 * 1024 * 1024)
    time.sleep(0.6)  # sunucu dururken süresi dolar
    server.signal(signal.SIGCONT)
    talker.expect_closed()
    greeted(server)
    more = [re.search(r"ve (\d+) bayt daha", line) for line in server.lines()]
    assert sum(int(found[1]) for found in more if found) < sent / 2


def test_full_descriptor_table(start_server):
    """Tanımlayıcı kalmayınca kabul durur, boşa dönülmez; yer açılınca sürer."""
    server = start_server()
    with server.descriptors_left(0):
        peer = TcpPeer.connect(server)
        peer.send("selam")
        server.wait_line(re.compile(r".* - ERROR - Kabul duraklatıldı: .*"), "stderr")
        before = server.cpu_seconds
        time.sleep(1)
        assert server.cpu_seconds - before < 0.3
        assert sum("Kabul duraklatıldı" in line for line in server.lines("stderr")) == 1
    peer.expect(GREETING)
    peer.expect_eof()


def test_terminates_while_serving(start_server):
    """Ziyaretin ortasında gelen SIGTERM sunucuyu hemen bitirir."""
    server = start_server("--timeout", "60")
    TcpPeer.connect(server)
    half = TcpPeer.connect(server)
    server.wait_line(VISITOR)
    half.send("GET / HT")
    assert server.stop().err_lines[-1].endswith(" - INFO - Server kapatıldı")


def test_terminates_while_draining(start_server):
    """Yanıtı almış ama bağlantıyı kapatmayan istemci kapanışı geciktiremez."""
    server = start_server("--timeout", "60")
    peer = TcpPeer.connect(server)
    peer.send("selam")
    peer.expect(GREETING)
    server.stop()


# --- belgenin söyledikleri


def test_waiting_connection_is_not_refused(start_server):
    """Bekleme kuyruğu dolunca gelen reddedilmez: bekler ve yer açılınca bağlanır."""
    server = start_server("--backlog", "1", "--timeout", "0.2")
    holding = TcpPeer.connect(server)
    server.wait_line(VISITOR)
    server.signal(signal.SIGSTOP)
    waiting = [_connecting(server) for _ in range(4)]
    time.sleep(0.2)
    refused = [sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) for sock in waiting]
    connected = [_is_connected(sock) for sock in waiting]
    server.signal(signal.SIGCONT)
    assert refused == [0, 0, 0, 0]
    assert connected == [True, True, False, False]
    holding.close()
    for sock in waiting:
        sock.settimeout(10)
        sock.recv(1)
        sock.close()


def _connecting(server):
    sock = socket.socket()
    sock.setblocking(False)
    sock.connect_ex(("127.0.0.1", server.address.port))
    return sock


def _is_connected(sock):
    try:
        sock.getpeername()
        return True
    except OSError:
        return False


def test_rebinds_while_old_connections_wait(start_server):
    """Kapanan sunucunun portu, TIME_WAIT'teki bağlantısına karşın hemen yeniden dinlenebilir."""
    server = start_server()
    port = server.address.port
    greeted(server)
    server.stop()
    assert start_server("--port", str(port)).address.port == port


def test_default_address_is_this_machine_only(start_server):
    """Varsayılan adres geri döngüdür; herkese açmak için 0.0.0.0 istemek gerekir."""
    assert start_server().address.host == "127.0.0.1"
    everyone = start_server("--host", "0.0.0.0")
    assert everyone.address.host == "0.0.0.0"
    with socket.create_connection(("127.0.0.2", everyone.address.port), timeout=5) as sock:
        sock.sendall(b"selam")
        assert sock.recv(100).decode() == GREETING


def test_largest_port_is_65535(start_server):
    """65536 port değildir; belgenin sandığı sınır bir fazladır."""
    finished = start_server("--port", "65536", ready=False).wait(expect_code=2)
    assert "65535" in finished.err


def test_low_port_needs_privilege(start_server):
    """1024'ten küçük port ayrıcalık ister; sunucu bunu sözle söyler."""
    first_free = int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text())
    if first_free <= 80 or not shutil.which("setpriv"):
        capability.missing("ayrıcalıklı port: bu makinede 80 herkese açık ya da setpriv yok")
    without = ["setpriv", "--bounding-set=-net_bind_service", "--inh-caps=-net_bind_service", "--"] if os.geteuid() == 0 else []
    server = start_server("--port", "80", ready=False, under=without)
    assert server.wait(expect_code=1).err_lines[-1] == "Dinlenemedi: 127.0.0.1:80: izin yok"


# --- istemci


def test_client_needs_a_port(run_client):
    """Portu sistem seçtiği için istemciye söylemek gerekir."""
    finished = run_client(to=None, expect_code=2)
    assert len(finished.err_lines) == 1 and "--port" in finished.err


def test_client_joins_the_answer(start_client):
    """Yanıt parça parça gelir; sonu akış sonudur."""
    listener = TcpListener()
    client = start_client("selam", to=listener)
    peer = listener.accept()
    peer.expect("selam")
    peer.expect_eof()
    peer.send_segments("Merhaba d\u00fcn".encode()[:-2], b"\xbcn", b"ya!")
    peer.close()
    assert client.wait().out == f"{GREETING}\n"


@pytest.mark.parametrize(
    "answer, reason",
    [(b"", "karşı taraf bir şey söylemeden kapattı"), (b"\xff", "geçersiz UTF-8"), (b"x" * 70000, "mesaj çok büyük")],
    ids=["empty", "invalid", "endless"],
)
def test_client_reports_a_bad_answer(start_client, answer, reason):
    """Boş, bozuk ya da sınırsız yanıt hata olarak söylenir."""
    listener = TcpListener()
    client = start_client(to=listener)
    peer = listener.accept()
    peer.expect("Merhaba!")
    peer.expect_eof()
    peer.send(answer)
    with contextlib.suppress(OSError):  # sınırsız yanıtı okumayı bırakan istemci çoktan gitmiş olabilir
        peer.half_close()
    assert client.wait(expect_code=1).err_lines[-1] == f"Yanıt alınamadı: {listener.address}: {reason}"


def test_client_has_a_total_deadline(start_client):
    """Damla damla gelen yanıt, süreyi baştan başlatmaz."""
    listener = TcpListener()
    client = start_client("--timeout", "0.5", to=listener)
    peer = listener.accept()
    deadline = Deadline(10)
    while not client.ended and not deadline.expired:
        try:
            peer.socket.send(b".")
        except OSError:
            break
        time.sleep(0.05)
    assert client.wait(expect_code=1).err_lines[-1].endswith(": zaman aşımı")
    assert not deadline.expired
