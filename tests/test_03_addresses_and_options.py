"""Ders 03: soket seçenekleri (istenen ve çekirdeğin yanıtı), ad çözümleme, ilk yanıt veren adrese bağlanmak."""

import re
import shutil
import socket
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

import pytest

from harness import wrappers
from harness.address import Address
from harness.capability import needs
from harness.clock import Deadline
from harness.listener import TcpListener, refusing_tcp
from harness.load import storm
from harness.peer import TcpPeer
from harness.program import Program
from harness.waiting import eventually

RULE = "-" * 50
REPORT_END = "Rapor bitti"
BUFFERS = {"SO_SNDBUF": socket.SO_SNDBUF, "SO_RCVBUF": socket.SO_RCVBUF}
COMMON_OPTIONS = {
    "SO_REUSEADDR", "TCP_NODELAY", "SO_RCVTIMEO", "SO_SNDTIMEO", "SO_SNDBUF", "SO_RCVBUF", "SO_KEEPALIVE",
    "TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_KEEPCNT", "SO_LINGER",
}  # fmt: skip

both_clients = pytest.mark.parametrize("pairing", ["c-c", "py-c"])
both_servers = pytest.mark.parametrize("pairing", ["c-c", "c-py"])

_LOOPBACK_UP = """
import fcntl, os, socket, struct, sys
control = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
def address(name, text, request):
    fcntl.ioctl(control, request, struct.pack("16sHH4s8x", name, socket.AF_INET, 0, socket.inet_aton(text)))
fcntl.ioctl(control, 0x8914, struct.pack("16sh14x", b"lo", 0x41))
if sys.argv[1] != "-":
    address(b"lo:1", sys.argv[1], 0x8916)
    address(b"lo:1", "255.255.255.0", 0x891C)
nameserver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
nameserver.bind(("127.0.0.1", 53))
nameserver.set_inheritable(True)
os.execv(sys.argv[2], sys.argv[2:])
"""


def private_machine(folder: Path, hosts: str, *, name: str = "makine", sources: str = "files") -> list[str]:
    """Programın gördüğü /etc yalnız bu dosyalardan oluşur: adlar test makinesinden ve ağdan bağımsız çözülür."""
    etc = folder / "etc"
    etc.mkdir(exist_ok=True)
    (etc / "hosts").write_text(hosts, encoding="ascii")
    (etc / "nsswitch.conf").write_text(f"hosts: {sources}\n", encoding="ascii")
    (etc / "host.conf").write_text("multi on\n", encoding="ascii")
    (etc / "resolv.conf").write_text("nameserver 127.0.0.1\n", encoding="ascii")
    return [*wrappers.host_named(name), *wrappers.with_mount(etc, "/etc")]


def private_network(address: str = "-") -> list[str]:
    """Yalnız geri döngüsü olan bir ağ; `address` verilirse makinenin o adresi de var. Ad sunucusu hiç yanıt vermez."""
    return [str(shutil.which("unshare")), "--net", sys.executable, "-I", "-c", _LOOPBACK_UP, address]


def table_of(lines: list[str]) -> dict[str, tuple[str, str, str]]:
    """Seçenek tablosu: ad → (istenen, çekirdeğin yanıtı, dokunulmasaydı)."""
    row = re.compile(r"([A-Z0-9]+_[A-Z0-9]+) +(-|\d\S*(?: s)?) +(\S+(?: s)?) +(\S+(?: s)?)(?: +.*)?")
    found = (row.fullmatch(line) for line in lines)
    return {match[1]: (match[2], match[3], match[4]) for match in found if match}


def server_table(server: Program) -> dict[str, tuple[str, str, str]]:
    last = "IPV6_V6ONLY" if ":" in server.address.host else "SO_LINGER"
    server.wait_line(re.compile(f"{last} .*"))
    return table_of(server.lines())


def report_of(lines: list[str]) -> dict[str, str]:
    """İstemcinin yazdığı rapor: ad → değer."""
    start = lines.index("Sunucunun raporu:") + 1
    report = [line.removeprefix("  ") for line in lines[start:]]
    assert report[-1] == REPORT_END
    return dict(line.split(": ", 1) for line in report[:-1])


def read_report(peer: TcpPeer) -> list[str]:
    """Raporun tamamı ve akış sonu; sonra istemci de kapatır."""
    report = peer.read_until_eof().decode().splitlines()
    peer.close()
    return report


def kernel_buffer(name: str, wish: int, family: int = socket.AF_INET) -> int:
    """Bu makinede çekirdeğin aynı isteğe verdiği yanıt; 0: dokunulmamış soket."""
    with socket.socket(family, socket.SOCK_STREAM) as sock:
        if wish:
            sock.setsockopt(socket.SOL_SOCKET, BUFFERS[name], wish)
        return sock.getsockopt(socket.SOL_SOCKET, BUFFERS[name])


@contextmanager
def endless_sender(server: Program) -> Iterator[TcpPeer]:
    """Gövde sürerken sunucuya durmadan bayt gönderen istemci."""
    peer = TcpPeer.connect(server)
    sock = peer.socket.dup()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 * 1024 * 1024)
    sock.settimeout(0.1)
    stopped = threading.Event()
    deadline = Deadline(10)

    def send() -> None:
        data = bytes(1024 * 1024)
        while not stopped.is_set() and not deadline.expired:
            try:
                sock.send(data)
            except TimeoutError:
                continue
            except OSError:
                return

    thread = threading.Thread(target=send, daemon=True)
    thread.start()
    try:
        yield peer
    finally:
        stopped.set()
        thread.join()
        sock.close()


def resolved(lines: list[str], name: str) -> list[str]:
    """Bir adın altına yazılan adres satırları."""
    start = lines.index(f"DNS Çözümleme: {name}")
    assert lines[start + 1] == RULE
    rest = lines[start + 2 :]
    stop = next((at for at, line in enumerate(rest) if not line.startswith("Aile: ")), len(rest))
    return rest[:stop]


# --- iki taraf birlikte


def test_document_order(start_server, run_client, pairing):
    """Argümansız gösterilerin sırası belgenin sırasıdır; hepsi başarıyla biter."""
    start_server()
    lines = run_client("127.0.0.1", "[::1]:443").out_lines
    headings = [line.split("]")[0].strip("[") for line in lines if re.match(r"\[[a-z]+\] ", line)]
    assert headings == ["socket", "autotuning", "resolve", "local", "connect"]
    assert resolved(lines, "127.0.0.1") == ["Aile: IPv4, Adres: 127.0.0.1, Port: 80"]
    assert resolved(lines, "::1") == ["Aile: IPv6, Adres: ::1, Port: 443"]
    assert lines[-1] == f"  {REPORT_END}"


def test_report_on_both_families(start_server, run_client, pairing, host):
    """Rapordaki adresler iki uçtan aynı görünür; ailenin bütün seçenekleri vardır."""
    server = start_server(host=host)
    lines = run_client("--demo", "connect").out_lines
    connected = re.fullmatch(r"Bağlanıldı: (\S+), yerel adres (\S+)", lines[2])
    report = report_of(lines)
    assert lines[1] == f"Deneniyor: {server.address}"
    assert (report["Adresim"], report["Adresin"]) == (str(server.address), connected[2])
    expected = COMMON_OPTIONS | ({"IPV6_V6ONLY"} if host == "::1" else set())
    assert set(report) == expected | {"Adresin", "Adresim", "SO_ACCEPTCONN", "O_NONBLOCK"}


def test_report_survives_cutting_and_joining(start_server, run_client, proxied, pairing, chunking):
    """Bayt bayt, rastgele ya da birleşik gelen rapor aynı rapordur."""
    server = start_server()
    direct = report_of(run_client("--demo", "connect").out_lines)
    cut = report_of(run_client("--demo", "connect", to=proxied(server, chunking)).out_lines)
    assert {**cut, "Adresin": ""} == {**direct, "Adresin": ""}


def test_accepted_socket_inherits_the_options(start_server, run_client, pairing):
    """Kabul edilen soket seçenekleri devralır; dinleme hâlini ve O_NONBLOCK bayrağını devralmaz."""
    report = report_of(run_client("--demo", "connect", to=start_server()).out_lines)
    for name in COMMON_OPTIONS:
        match = re.fullmatch(r"dinleyen (.+), kabul edilen (.+) \(aynı\)", report[name])
        assert match and match[1] == match[2], report[name]
    assert report["SO_ACCEPTCONN"] == report["O_NONBLOCK"] == "dinleyen 1, kabul edilen 0 (farklı)"


# --- örnek 1: soket ve seçenekleri


@both_clients
def test_created_socket_is_returned_open(run_client, pairing):
    """Kurulan soket çağırana açık döner: çağıran onu kullanabilir."""
    lines = run_client("--demo", "socket", to=None).out_lines
    assert re.fullmatch(r"Dönen soket açık: bind'dan sonra adresi 127\.0\.0\.1:[1-9]\d*", lines[-1])


@both_clients
def test_client_socket_is_the_documents(run_client, pairing):
    """İstemcinin soketi belgedekidir: IPv4, TCP, belgenin değerleri."""
    lines = run_client("--demo", "socket", to=None).out_lines
    assert re.fullmatch(r"Socket oluşturuldu: fd=\d+, yerel adres 0\.0\.0\.0:0", lines[1])
    assert lines[2:5] == ["Socket ailesi: 2 (AF_INET)", "Socket tipi: 1 (SOCK_STREAM)", "Socket protokolü: 6 (IPPROTO_TCP)"]
    table = table_of(lines)
    assert set(table) == COMMON_OPTIONS
    assert {name: table[name][0] for name in ("SO_REUSEADDR", "TCP_NODELAY", "SO_RCVTIMEO", "SO_SNDBUF", "SO_RCVBUF")} == {
        "SO_REUSEADDR": "1", "TCP_NODELAY": "1", "SO_RCVTIMEO": "30 s", "SO_SNDBUF": "65536", "SO_RCVBUF": "65536",
    }  # fmt: skip


@both_servers
def test_server_socket_tells_what_it_is(start_server, pairing, host):
    """Aile, tip ve protokol, çekirdeğe sorularak yazılır; protokol istenen 0 değil, seçilen 6'dır."""
    server = start_server(host=host)
    family = "10 (AF_INET6)" if host == "::1" else "2 (AF_INET)"
    server.wait_line(re.compile(rf"Socket oluşturuldu: fd=\d+, yerel adres {re.escape(str(server.address))}"))
    server.wait_line(f"Socket ailesi: {family}")
    server.wait_line("Socket tipi: 1 (SOCK_STREAM)")
    server.wait_line("Socket protokolü: 6 (IPPROTO_TCP)")


@pytest.mark.parametrize("wish", [65536, 1, 10000, 1073741823])
def test_kernel_answer_beside_the_wish(start_server, host, wish):
    """Tabloda istenenin yanında çekirdeğin gerçek yanıtı durur: iki katı, en küçüğü ya da sınırı."""
    table = server_table(start_server("--sndbuf", wish, "--rcvbuf", wish, host=host))
    family = socket.AF_INET6 if host == "::1" else socket.AF_INET
    for name in BUFFERS:
        answer, untouched = kernel_buffer(name, wish, family), kernel_buffer(name, 0, family)
        assert table[name] == (str(wish), str(answer), str(untouched))
        assert answer != wish


@both_servers
def test_untouched_buffers(start_server, pairing):
    """Tamponda 0 "dokunma" demektir: değer, hiç dokunulmamış soketinkidir."""
    table = server_table(start_server("--sndbuf", 0, "--rcvbuf", 0))
    for name in BUFFERS:
        assert table[name] == ("-", str(kernel_buffer(name, 0)), str(kernel_buffer(name, 0)))


@both_servers
def test_options_can_be_changed(start_server, run_client, pairing):
    """--nagle ve --timeout dinleyen soketi de kabul edileni de değiştirir."""
    server = start_server("--nagle", "--timeout", "2.5")
    table = server_table(server)
    assert table["TCP_NODELAY"] == ("0", "0", "0")
    assert table["SO_RCVTIMEO"] == table["SO_SNDTIMEO"] == ("2.5 s", "2.5 s", "sınırsız")
    report = report_of(run_client("--demo", "connect").out_lines)
    assert report["TCP_NODELAY"] == "dinleyen 0, kabul edilen 0 (aynı)"
    assert report["SO_RCVTIMEO"] == "dinleyen 2.5 s, kabul edilen 2.5 s (aynı)"


@both_clients
def test_asking_for_a_buffer_switches_autotuning_off(run_client, pairing):
    """SO_RCVBUF istenen soketin tamponu büyümez; dokunulmayanınki, çekirdek izin veriyorsa büyür."""
    free, fixed = run_client("--demo", "autotuning", to=None).out_lines[-2:]
    untouched, asked = kernel_buffer("SO_RCVBUF", 0), kernel_buffer("SO_RCVBUF", 65536)
    assert fixed == f"SO_RCVBUF 65536 istendi: önce {asked}, sonra {asked} (büyümedi)"
    assert free.startswith(f"SO_RCVBUF'a dokunulmadı: önce {untouched}, sonra ")
    if Path("/proc/sys/net/ipv4/tcp_moderate_rcvbuf").read_text().strip() == "1":
        assert free.endswith("(büyüdü)")


@needs("ipv6")
@both_servers
def test_dual_stack(start_server, pairing):
    """--dual-stack ile IPv6 soketi IPv4 bağlantısını da alır; verilmezse almaz."""
    dual = start_server("--dual-stack", host="::")
    assert server_table(dual)["IPV6_V6ONLY"] == ("0", "0", "0")
    peer = TcpPeer.connect(Address("127.0.0.1", dual.address.port))
    port = peer.local.port
    assert read_report(peer)[0] == f"Adresin: [::ffff:127.0.0.1]:{port}"

    single = start_server(host="::")
    assert server_table(single)["IPV6_V6ONLY"][:2] == ("1", "1")
    with socket.socket() as sock, pytest.raises(ConnectionRefusedError):
        sock.connect(("127.0.0.1", single.address.port))


# --- örnek 2: adlar ve makine


@needs("mount")
@both_clients
def test_own_name_that_does_not_resolve(start_server, run_client, pairing, tmp_path):
    """Makinenin kendi adı çözülemezse program çökmez: bunu yazar, gösterilerin hepsini bitirir, 0 ile çıkar."""
    start_server()
    machine = private_machine(tmp_path, "127.0.0.1 localhost\n", name="yokboyle")
    lines = run_client(under=machine).out_lines
    assert resolved(lines, "localhost") == ["Aile: IPv4, Adres: 127.0.0.1, Port: 80"]
    assert any(line.startswith("DNS çözümleme hatası: yokboyle: ") for line in lines)
    at = lines.index("Hostname: yokboyle")
    assert lines[at + 1] == "FQDN: bilinmiyor"
    assert lines[at + 2].startswith("Kendi adının adresleri: çözülemedi: ")
    assert lines[-1] == f"  {REPORT_END}"


@needs("mount")
@both_clients
def test_local_address_is_the_one_others_can_reach(run_client, pairing, tmp_path):
    """Kendi adı 127.0.0.1'e çözülen makinede yerel adres geri döngü değil, dışarı çıkarken kullanılandır."""
    machine = private_machine(tmp_path, "127.0.0.1 localhost\n127.0.0.1 makine\n")
    lines = run_client("--demo", "local", to=None, under=[*machine, *private_network("192.0.2.77")]).out_lines
    assert "Kendi adının adresleri: 127.0.0.1 (geri döngü)" in lines
    assert "Local IP (IPv4): 192.0.2.77" in lines
    interfaces = next(line for line in lines if line.startswith("Arayüzlerin adresleri: "))
    assert re.search(r"\blo(:1)? 192\.0\.2\.77\b", interfaces)


@needs("mount")
def test_no_way_out_is_told(run_client, tmp_path):
    """Dışarı yolu olmayan makinede yerel adres uydurulmaz."""
    machine = private_machine(tmp_path, "127.0.0.1 makine\n")
    lines = run_client("--demo", "local", to=None, under=[*machine, *private_network()]).out_lines
    assert any(line.startswith("Local IP (IPv4): yok (") for line in lines)


@needs("mount")
@pytest.mark.parametrize(
    ("hosts", "expected"),
    [
        ("127.0.1.1 makine.ornek.test makine", "makine.ornek.test"),
        ("127.0.0.1 localhost makine", "makine (alan adı yok)"),
        ("127.0.0.1 localhost.localdomain makine", "makine (alan adı yok)"),
    ],
)
def test_full_name_is_never_localhost(run_client, tmp_path, hosts, expected):
    """Tam ad, hosts dosyasındaki tam addır; localhost hiçbir makinenin tam adı değildir."""
    lines = run_client("--demo", "local", to=None, under=private_machine(tmp_path, hosts + "\n")).out_lines
    assert f"FQDN: {expected}" in lines


@both_clients
def test_port_out_of_range_is_refused(run_client, pairing):
    """Sınır dışı port başka bir porta dönüşmez: tek satır, çıkış kodu 2."""
    operands = ["localhost:70000", "localhost:65536", "localhost:0", "localhost:-1", "[::1]:99999", "a:b"]
    for operand in operands if pairing == "c-c" else operands[:2]:
        result = run_client("--demo", "resolve", operand, to=None, expect_code=2)
        assert result.out == ""
        assert len(result.err_lines) == 1 and "65535" in result.err


@both_clients
def test_empty_name_is_wrong_usage(run_client, pairing):
    """Adsız işlenen çözülecek bir şey değil, yanlış kullanımdır: tek satır, çıkış kodu 2."""
    for operand in ["", ":80", "[]", "[]:80"]:
        result = run_client("--demo", "resolve", "127.0.0.1", operand, to=None, expect_code=2)
        assert result.out == ""
        assert len(result.err_lines) == 1


@both_clients
def test_bad_names_are_told_and_the_rest_goes_on(run_client, pairing):
    """Ad olamayacak her metin tek satırla söylenir, sıradaki ad çözülür, sonunda çıkış kodu 1 olur."""
    long_name = "x" + ".y" * 127
    bad = ["a" * 64, "a" * 64 + ".test", "a..b", ".a", "ş.test", "a b", long_name, "999.1.1.1", "1:2:3", "fe80::1%yok"]
    result = run_client("--demo", "resolve", *bad, "127.0.0.1:443", to=None, expect_code=1)
    assert len(result.err_lines) == len(bad)
    for line, name in zip(result.err_lines, bad):
        assert line.startswith(f"DNS çözümleme hatası: {name}: ")
    assert resolved(result.out_lines, "127.0.0.1") == ["Aile: IPv4, Adres: 127.0.0.1, Port: 443"]


@pytest.mark.own_program
@pytest.mark.parametrize(
    ("name", "reason"),
    [("a" * 64, "63 bayt"), ("a..b", "boş etiket"), ("ş.test", "xn--"), ("999.1.1.1", "IPv4"), ("fe80::1%yok", "arayüz")],
)
def test_bad_name_is_explained(run_client, name, reason):
    """Kural dışı ad ad sunucusuna sorulmaz; hangi kurala uymadığı söylenir."""
    result = run_client("--demo", "resolve", name, to=None, expect_code=1)
    assert reason in result.err


@needs("mount")
def test_longest_label_is_not_refused(run_client, tmp_path):
    """63 harflik etiket ve sondaki nokta kurala uyar; adı tanımamak başka bir hatadır."""
    machine = private_machine(tmp_path, f"127.0.0.9 {'a' * 63}\n")
    result = run_client("--demo", "resolve", "a" * 63, "yok.", to=None, under=machine, expect_code=1)
    assert resolved(result.out_lines, "a" * 63) == ["Aile: IPv4, Adres: 127.0.0.9, Port: 80"]
    assert result.err_lines == ["DNS çözümleme hatası: yok.: ad bilinmiyor"]


@needs("mount")
@both_clients
def test_every_address_once(run_client, pairing, tmp_path):
    """Adın bütün IPv4 ve IPv6 adresleri yazılır; iki kez kayıtlı olan bir kez."""
    hosts = "127.0.0.5 cok\n127.0.0.5 cok\n127.0.0.6 cok\n::1 cok\n::1 cok\n"
    lines = run_client("--demo", "resolve", "cok:443", to=None, under=private_machine(tmp_path, hosts)).out_lines
    rows = resolved(lines, "cok")
    assert sorted(rows) == [
        "Aile: IPv4, Adres: 127.0.0.5, Port: 443",
        "Aile: IPv4, Adres: 127.0.0.6, Port: 443",
        "Aile: IPv6, Adres: ::1, Port: 443",
    ]


def test_link_local_address_keeps_its_scope(run_client):
    """fe80:: adresinin arayüzü kaybolmaz."""
    lines = run_client("--demo", "resolve", "fe80::1%lo", "[fe80::1%lo]:443", to=None).out_lines
    assert "Aile: IPv6, Adres: fe80::1%lo, Port: 80" in lines
    assert "Aile: IPv6, Adres: fe80::1%lo, Port: 443" in lines


def test_link_local_address_without_scope(run_client):
    """Arayüzü söylenmemiş fe80:: adresine bağlanılamaz; nedeni söylenir."""
    result = run_client("--demo", "connect", "--host", "fe80::1", "--port", "9", to=None, expect_code=1)
    assert "arayüz adı ister" in result.err_lines[-1]


@needs("mount")
def test_silent_name_server_is_not_waited_for_long(run_client, tmp_path):
    """Yanıt vermeyen ad sunucusu programı glibc'nin olağan süresi (10 s) kadar bekletmez."""
    machine = private_machine(tmp_path, "127.0.0.1 localhost\n", sources="files dns")
    under = [*machine, *private_network()]
    result = run_client("--demo", "resolve", "yok.deneme", "localhost", to=None, under=under, expect_code=1, seconds=8)
    assert result.err_lines == ["DNS çözümleme hatası: yok.deneme: ad sunucusu şu an yanıt vermiyor"]
    assert resolved(result.out_lines, "localhost")


# --- adresleri sırayla denemek


@needs("mount")
@pytest.mark.parametrize(("pairing", "first"), [("c-c", "refuses"), ("c-c", "silent"), ("py-c", "refuses")])
def test_second_address_when_the_first_does_not_answer(start_server, run_client, pairing, tmp_path, first):
    """Adın ilk adresi geri çevirirse ya da susarsa nedeni yazılır, sıradaki adres denenir."""
    held = TcpListener("127.0.0.1", listen=first == "silent")
    port = held.address.port
    start_server("--port", port, host="127.0.0.2")
    machine = private_machine(tmp_path, "127.0.0.1 ikiz\n127.0.0.2 ikiz\n")
    words = ["--host", "ikiz", "--port", port, "--timeout", "0.5", "--demo", "connect"]
    lines = run_client(*words, to=None, under=machine).out_lines
    why = "zaman aşımı" if first == "silent" else "bağlantı reddedildi"
    assert [line for line in lines if line.startswith(("Deneniyor", "Olmadı"))] == [
        f"Deneniyor: 127.0.0.1:{port}",
        f"Olmadı: 127.0.0.1:{port}: {why}",
        f"Deneniyor: 127.0.0.2:{port}",
    ]
    assert report_of(lines)["Adresim"] == f"127.0.0.2:{port}"


@needs("mount", "ipv6")
@pytest.mark.parametrize("listening", ["127.0.0.1", "::1"])
def test_name_with_both_families(start_server, run_client, tmp_path, listening):
    """Sunucu ailelerin yalnız birindeyken de adıyla bulunur."""
    server = start_server(host=listening)
    port = server.address.port
    machine = private_machine(tmp_path, "127.0.0.1 ikiz\n::1 ikiz\n")
    lines = run_client("--host", "ikiz", "--port", port, "--demo", "connect", to=None, under=machine).out_lines
    attempts = [line for line in lines if line.startswith("Deneniyor")]
    assert attempts[0] == f"Deneniyor: [::1]:{port}"
    assert len(attempts) == (1 if listening == "::1" else 2)
    assert report_of(lines)["Adresim"] == str(server.address)


@needs("mount")
def test_no_address_answers(run_client, tmp_path):
    """Hiçbir adres yanıt vermezse her denemenin nedeni yazılır, çıkış kodu 1 olur."""
    port = refusing_tcp().port
    machine = private_machine(tmp_path, "127.0.0.1 ikiz\n127.0.0.2 ikiz\n127.0.0.1 ikiz\n")
    words = ["--host", "ikiz", "--port", port, "--demo", "connect"]
    result = run_client(*words, to=None, under=machine, expect_code=1)
    assert sum(line.startswith("Olmadı: ") for line in result.out_lines) == 2
    assert result.err_lines == [f"Bağlanılamadı: ikiz:{port}: bağlantı reddedildi"]


@pytest.mark.parametrize(
    ("sent", "ending", "why"),
    [
        ("Adresin: 127.0.0.1:1\n", "close", "rapor yarım kaldı"),
        ("", "close", "rapor yarım kaldı"),
        ("Adresin: 127.0.0.1:1\n", "reset", "bağlantı karşı tarafça sıfırlandı"),
        ("Adresin: 127.0.0.1:1\n", "wait", "zaman aşımı"),
        ("x" * 16384, "wait", "rapor çok uzun (en fazla 16384 bayt)"),
        (b"\xc5\nRapor bitti\n", "wait", "geçersiz UTF-8"),
    ],
    ids=["yarim", "bos", "sifirlama", "susan", "uzun", "utf8"],
)
def test_incomplete_report_is_a_failure(start_client, sent, ending, why):
    """Son satırı gelmeyen rapor, akış düzgün bitse de, başarı sayılmaz."""
    listener = TcpListener()
    client = start_client("--demo", "connect", "--timeout", "0.5", to=listener)
    peer = listener.accept()
    if sent:
        peer.send_segments(sent)
    if ending == "close":
        peer.half_close()
    elif ending == "reset":
        peer.reset()
    result = client.wait(expect_code=1)
    assert result.err_lines == [f"Bağlanılamadı: {listener.address}: {why}"]


def test_report_is_printed_safely(start_client):
    """Sunucudan gelen denetim karakterleri uçbirime kaçışla yazılır."""
    listener = TcpListener()
    client = start_client("--demo", "connect", to=listener)
    listener.accept().send("ad: \x1b[31mkırmızı\x07\nRapor bitti\n")
    assert "  ad: \\x1b[31mkırmızı\\x07" in client.wait().out_lines


# --- sunucu: kimse kimseyi bekletmez


@both_servers
def test_silent_client_delays_the_next_within_the_bound(start_server, pairing):
    """Kapatmayan istemci öbürlerini en çok --client-limit kadar bekletir; kendisi de raporunu ve akış sonunu alır."""
    server = start_server("--client-limit", "0.3")
    silent = [TcpPeer.connect(server) for _ in range(3)]
    assert read_report(TcpPeer.connect(server))[-1] == REPORT_END
    for peer in silent:
        assert read_report(peer)[-1] == REPORT_END


@both_servers
def test_talkative_client_loses_nothing(start_server, pairing):
    """Önce çok gönderen istemci de raporun tamamını alır: okunmamış baytlar yüzünden RST gelmez."""
    server = start_server("--client-limit", "5")
    peer = TcpPeer.connect(server)
    peer.send("z" * 1024 * 1024)
    peer.half_close()
    assert read_report(peer)[-1] == REPORT_END


def test_endless_sender_is_cut_at_the_bound(start_server):
    """Durmadan gönderen istemci süresi dolunca bırakılır; sıradaki hizmet alır."""
    server = start_server("--client-limit", "0.3")
    with endless_sender(server):
        assert read_report(TcpPeer.connect(server))[-1] == REPORT_END
        server.wait_line(re.compile(r".* - WARNING - İstemci zaman aşımı: .*"), "stderr")


def test_stopping_under_an_endless_sender(start_server):
    """Durmadan gönderen bir istemci varken de SIGTERM sunucuyu iki saniyede bitirir."""
    server = start_server("--client-limit", "60")
    with endless_sender(server) as sender:
        while sender.read_line() != REPORT_END:
            pass
        server.stop()


@both_servers
def test_resets_end_nothing(start_server, pairing):
    """Rapor gelmeden sıfırlanan bağlantılar sunucuya dokunmaz."""
    server = start_server()
    storm(server, 100, ending="reset")
    assert read_report(TcpPeer.connect(server))[-1] == REPORT_END


@pytest.mark.deadline(120)
def test_five_thousand_connections_in_a_row(start_server):
    """Art arda 5000 bağlantıdan sonra ne tanımlayıcı kalır ne bellek büyür."""
    server = start_server()
    read_report(TcpPeer.connect(server))
    descriptors = server.open_descriptors
    storm(server, 5000, seconds=60)
    assert read_report(TcpPeer.connect(server))[-1] == REPORT_END
    eventually(lambda: server.open_descriptors <= descriptors + 1, "tanımlayıcılar kapandı")


def test_full_descriptor_table_pauses_and_resumes(start_server):
    """Tanımlayıcı kalmayınca kabul duraklar, boşuna dönülmez; yer açılınca bekleyen hizmet alır."""
    server = start_server()
    server_table(server)
    with server.descriptors_left(0):
        peer = TcpPeer.connect(server)
        server.wait_line(re.compile(r".* - ERROR - Kabul duraklatıldı: .*"), "stderr")
        before = server.cpu_seconds
        peer.expect_silence(0.5)
        assert server.cpu_seconds - before < 0.25
        assert server.text("stderr").count("Kabul duraklatıldı") == 1
    assert read_report(peer)[-1] == REPORT_END
