"""Ders 11: asyncio'nun temel işlevleri; istenen süre kadar sonra yanıt veren, satır ve HTTP konuşan sunucu."""

import http.client
import json
import re
import shutil
import signal
import socket
import subprocess
import time

import pytest

from harness import capability, clock
from harness.listener import TcpListener
from harness.peer import TcpPeer
from harness.waiting import eventually

UNKNOWN = "HATA: anlaşılmadı"
FULL = "Sunucu dolu, daha sonra deneyin"
TOO_LONG = "Satır çok uzun (en fazla 65536 bayt)"
TIMED_OUT = "İşlem zaman aşımına uğradı!"
HEAD_LIMIT = 16384
HEADINGS = [
    "=== Top Level Example ===",
    "=== Task Example ===",
    "=== Gather Example ===",
    "=== Wait Example ===",
    "=== Timeout Example ===",
    "=== As Completed Example ===",
    "=== Parallel HTTP Requests ===",
]
NAMES = ["top-level", "task", "gather", "wait", "timeout", "as-completed", "http"]
POST_LINE = re.compile(r"✓ http://\S+/posts/\d+\S*: 200 \((\d+) bytes, (\d+) karakter\)")

both_clients = pytest.mark.parametrize("pairing", ["c-c", "py-c"], indirect=True)
both_servers = pytest.mark.parametrize("pairing", ["c-c", "c-py"], indirect=True)


# --- yardımcılar


class Job:
    """El ile yönetilen sunucuda bir görevin bağlantısı ve sorduğu istek."""

    def __init__(self, listener: TcpListener) -> None:
        self.peer = listener.accept()
        self.name = self.read_request()

    def read_request(self) -> str:
        request = self.peer.expect_line(re.compile(r"bekle (\d+(?:\.\d+)?) (\S+)"))
        self.seconds = float(request[1])
        return request[2]

    def finish_step(self) -> None:
        self.peer.send(f"{self.name} tamamlandı\n")

    def next_step(self) -> None:
        """Adımı bitirir ve görevin bir sonraki adımı sormasını bekler."""
        self.finish_step()
        assert self.read_request() == self.name

    def expect_gone(self) -> None:
        self.peer.expect_closed()


def accept_jobs(listener: TcpListener, count: int) -> dict[str, Job]:
    """Hiçbiri yanıtlanmadan gelen `count` görev, adlarıyla."""
    jobs = [Job(listener) for _ in range(count)]
    return {job.name: job for job in jobs}


def read_head(peer) -> list[str]:
    lines = []
    while (line := peer.read_line().removesuffix("\r")) != "":
        lines.append(line)
    return lines


def accept_get(listener: TcpListener):
    """Bir HTTP isteği: karşı taraf ve istenen yol."""
    peer = listener.accept()
    first = read_head(peer)[0]
    return peer, first.split()[1]


def accept_gets(listener: TcpListener, count: int = 5) -> dict[str, object]:
    gets = [accept_get(listener) for _ in range(count)]
    return {path: peer for peer, path in gets}


def http_answer(body: str | bytes, status: str = "200 OK", *fields: str) -> bytes:
    data = body if isinstance(body, bytes) else body.encode()
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(data)}", *fields, "", ""]
    return "\r\n".join(lines).encode() + data


def answer(peer, data: bytes) -> None:
    peer.send(data)
    peer.close()


def get(path: str, *fields: str, method: str = "GET", version: str = "1.1") -> str:
    return "\r\n".join([f"{method} {path} HTTP/{version}", "Host: x", *fields, "", ""])


def read_response(peer, *, head_only: bool = False) -> tuple[int, dict[str, str], str]:
    """Durum, alanlar (küçük harfle), gövde."""
    first, *rest = read_head(peer)
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
    size = 0 if head_only else int(fields["content-length"])
    return int(first.split()[1]), fields, peer.read_exactly(size).decode()


def expect_status(peer, status: int) -> dict[str, str]:
    got, fields, _ = read_response(peer)
    assert got == status
    return fields


def check_served(server) -> None:
    """Sunucu iki dilde de hâlâ yanıtlıyor."""
    peer = TcpPeer.connect(server)
    peer.send("bekle 0 ayaktayım\n")
    peer.expect("ayaktayım tamamlandı\n")
    peer.close()
    web = TcpPeer.connect(server)
    web.send(get("/posts/1"))
    expect_status(web, 200)
    web.close()


def readable(peer) -> bool:
    """Okunmamış bir şey gelmiş mi? Beklemez."""
    try:
        return bool(peer.socket.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
    except BlockingIOError:
        return False


def sections(output: str) -> dict[str, list[str]]:
    """Başlıklarına bölünmüş çıktı."""
    found: dict[str, list[str]] = {}
    for line in output.splitlines():
        if line.startswith("==="):
            found[line] = []
        elif line:
            found[list(found)[-1]].append(line)
    return found


# --- iki taraf birlikte


def test_every_demo_in_the_documents_order(start_server, run_client, pairing):
    """Argümansız istemci belgenin yedi bölümünü onun sırasıyla, onun sözleriyle yürütür."""
    start_server()
    shown = sections(run_client("--scale", "0.2", seconds=30).out)
    assert list(shown) == HEADINGS
    top, task, gather, wait, timeout, completed, web = shown.values()
    assert top == ["Program başladı", "Program bitti"]
    assert sorted(task[1:-1]) == ["Sıra bir kez bırakılınca başlayan: 2", "Task-1: 1/3", "Task-1: 2/3", "Task-1: 3/3", "Task-2: 1/2", "Task-2: 2/2"]
    assert task[-1] == "Sonuçlar: Task-1 tamamlandı, Task-2 tamamlandı"
    assert sorted(gather[:-1]) == ["A: 1/2", "A: 2/2", "B: 1/2", "B: 2/2", "C: 1/2", "C: 2/2"]
    assert gather[-1] == "Gather sonuçları: ['A tamamlandı', 'B tamamlandı', 'C tamamlandı']"
    assert wait[:3] == ["Task-1: 1/1", "Task-2: 1/2", "Task-3: 1/3"]
    assert wait[-2:] == ["İlk tamamlanan: 1 task", "Devam eden: 2 task"]
    assert timeout == [TIMED_OUT]
    assert sorted(line for line in completed if line.startswith("Tam")) == [
        f"Tamamlandı: Task-{i} tamamlandı" for i in range(1, 5)
    ]
    assert sum(line.startswith("Task-") for line in completed) == 1 + 2 + 3 + 4
    assert len(web) == 5 and all(POST_LINE.fullmatch(line) for line in web)


def test_demos_by_name(start_server, run_client):
    """Adı verilen gösteriler, verildikleri sırayla; başlıklar arasında bir boş satır."""
    start_server()
    out = run_client("--scale", "0.001", "http", "top-level").out_lines
    assert [line for line in out if line.startswith("===")] == [HEADINGS[6], HEADINGS[0]]
    assert out[0] == HEADINGS[6] and out[out.index(HEADINGS[0]) - 1] == ""


@both_clients
def test_unknown_demo_is_wrong_usage(run_client, pairing):
    """Bilinmeyen ad: 2 ile çıkar, olanları sayar; hiçbir gösteri yürümez."""
    result = run_client("task", "uyku", to=None, expect_code=2)
    assert result.out == "" and len(result.err_lines) == 1
    assert "'uyku'" in result.err and all(name in result.err for name in NAMES)


@both_clients
def test_too_many_demos_is_wrong_usage(run_client, pairing):
    """Altmış dörtten çok gösteri adı: 2 ile çıkar, hiçbiri yürümez."""
    result = run_client(*["task"] * 65, to=None, expect_code=2)
    assert result.out == "" and len(result.err_lines) == 1


def test_both_families(start_server, run_client, host):
    """IPv4 ve IPv6; URL'de IPv6 adresi köşeli ayraç içindedir."""
    server = start_server(host=host)
    out = run_client("--scale", "0.001", "task", "http").out_lines
    assert out[-5].startswith(f"✓ http://{server.address}/posts/1: 200 (")


def test_through_cut_streams(start_server, run_client, proxied, pairing, chunking):
    """Akış nasıl kesilirse kesilsin satırlar da HTTP de aynıdır."""
    server = start_server()
    shown = sections(run_client("--scale", "0.01", "gather", "http", to=proxied(server, chunking)).out)
    assert shown[HEADINGS[2]][-1] == "Gather sonuçları: ['A tamamlandı', 'B tamamlandı', 'C tamamlandı']"
    assert all(POST_LINE.fullmatch(line) for line in shown[HEADINGS[6]])


def test_size_in_bytes_and_characters(start_server, run_client, pairing):
    """`bytes` bayt sayısıdır; Türkçe harfli gövdede karakter sayısından büyüktür."""
    server = start_server()
    line = next(line for line in run_client("http").out_lines if "/posts/3:" in line)
    peer = TcpPeer.connect(server)
    peer.send(get("/posts/3"))
    _, fields, body = read_response(peer)
    shown = POST_LINE.fullmatch(line)
    assert (int(shown[1]), int(shown[2])) == (len(body.encode()), len(body))
    assert int(fields["content-length"]) == len(body.encode()) > len(body)


def test_delay_option_reaches_the_server(start_client):
    """--delay her URL'ye sorgu olarak eklenir; --scale onu da çarpar."""
    listener = TcpListener()
    client = start_client("--delay", "2", "--scale", "0.25", "http", to=listener)
    gets = accept_gets(listener)
    assert set(gets) == {f"/posts/{n}?delay=0.5" for n in range(1, 6)}
    for peer in gets.values():
        answer(peer, http_answer("{}"))
    assert f"✓ http://{listener.address}/posts/1?delay=0.5: 200 (2 bytes, 2 karakter)" in client.wait().out_lines


# --- istemci: görevler


@both_clients
def test_awaiting_waits_for_the_answer(start_client, pairing):
    """"Program bitti", sunucunun yanıtından sonra yazılır."""
    listener = TcpListener()
    client = start_client("top-level", to=listener)
    job = Job(listener)
    assert (job.name, job.seconds) == ("program", 1)
    client.wait_line("Program başladı")
    assert "Program bitti" not in client.lines()
    job.finish_step()
    assert client.wait().out_lines == [HEADINGS[0], "Program başladı", "Program bitti"]


@both_clients
def test_create_task_does_not_start_the_body(start_server, run_client, pairing):
    """Görev kurulurken gövdesi başlamaz; kuran beklediğinde başlar."""
    start_server()
    task = sections(run_client("--scale", "0.01", "task").out)[HEADINGS[1]]
    assert task[:4] == [
        "Oluşturulan: 2 task, başlayan: 0",
        "Task-1: 1/3",
        "Task-2: 1/2",
        "Sıra bir kez bırakılınca başlayan: 2",
    ]


@both_clients
def test_each_task_has_its_own_connection(start_client, pairing):
    """Görevler ayrı bağlantılardan sorar; biri yanıtını alınca yalnız o ilerler."""
    listener = TcpListener()
    client = start_client("task", to=listener)
    jobs = accept_jobs(listener, 2)
    assert {name: job.seconds for name, job in jobs.items()} == {"Task-1": 0.5, "Task-2": 0.6}
    jobs["Task-2"].next_step()
    client.wait_line("Task-2: 2/2")
    assert "Task-1: 2/3" not in client.lines()
    jobs["Task-2"].finish_step()
    jobs["Task-2"].expect_gone()
    jobs["Task-1"].next_step()
    jobs["Task-1"].next_step()
    jobs["Task-1"].finish_step()
    assert client.wait().out_lines[-1] == "Sonuçlar: Task-1 tamamlandı, Task-2 tamamlandı"


@both_clients
def test_scale_multiplies_every_wait(start_client, pairing):
    """--scale, sunucudan istenen süreyi çarpar."""
    listener = TcpListener()
    client = start_client("--scale", "0.5", "top-level", to=listener)
    job = Job(listener)
    assert job.seconds == 0.5
    job.finish_step()
    client.wait()


@both_clients
def test_gather_runs_all_at_once_and_keeps_the_order(start_client, pairing):
    """Üç istek de yanıtlanmadan yoldadır; sonuçlar bitiş sırasıyla değil, verilen sırayla dizilir."""
    listener = TcpListener()
    client = start_client("gather", to=listener)
    jobs = accept_jobs(listener, 3)
    for name in "CBA":
        jobs[name].next_step()
        jobs[name].finish_step()
        jobs[name].expect_gone()
    assert client.wait().out_lines[-1] == "Gather sonuçları: ['A tamamlandı', 'B tamamlandı', 'C tamamlandı']"


@both_clients
def test_gather_keeps_results_beside_a_failure(start_client, pairing):
    """Bir görev başarısız olunca ötekiler sürer, hepsinin sonucu yazılır; program 1 ile biter."""
    listener = TcpListener()
    client = start_client("gather", "top-level", to=listener)
    jobs = accept_jobs(listener, 3)
    jobs["B"].peer.close()
    for name in "AC":
        jobs[name].next_step()
        jobs[name].finish_step()
    result = client.wait(expect_code=1)
    why = "akış beklenenden önce bitti"
    assert result.out_lines[-1] == f"Gather sonuçları: ['A tamamlandı', 'HATA: {why}', 'C tamamlandı']"
    assert result.err_lines[-1] == f"Yanıt alınamadı: {listener.address}: {why}"
    listener.expect_nobody()


@both_clients
def test_gather_shows_a_wrong_answer_safely(start_client, pairing):
    """Sonuçların arasına yazılan yanlış yanıt, denetim karakterleri kaçışla yazılarak gelir."""
    listener = TcpListener()
    client = start_client("gather", to=listener)
    jobs = accept_jobs(listener, 3)
    jobs["C"].peer.send("\x1b[2Jsil\n")
    for name in "AB":
        jobs[name].next_step()
        jobs[name].finish_step()
    result = client.wait(expect_code=1)
    assert "\x1b" not in result.out + result.err
    assert re.search(r"'HATA: \\+x1b\[2Jsil'\]$", result.out_lines[-1])
    assert result.err_lines[-1] == f"Yanıt yanlış: {listener.address}: \\x1b[2Jsil"


@both_clients
def test_wait_cancels_the_rest(start_client, pairing):
    """İlk görev bitince ötekiler gerçekten iptal edilir: bağlantıları kapanır, yanıtları beklenmez."""
    listener = TcpListener()
    client = start_client("wait", to=listener)
    jobs = accept_jobs(listener, 3)
    jobs["Task-1"].finish_step()
    jobs["Task-2"].expect_gone()
    jobs["Task-3"].expect_gone()
    out = client.wait().out_lines
    assert out[-2:] == ["İlk tamamlanan: 1 task", "Devam eden: 2 task"]
    assert "Task-2: 2/2" not in out and "Task-3: 2/3" not in out


@both_clients
def test_wait_returns_whichever_is_first(start_client, pairing):
    """İlk biten, en kısa olduğu sanılan değil, sunucunun önce bitirdiğidir."""
    listener = TcpListener()
    client = start_client("wait", to=listener)
    jobs = accept_jobs(listener, 3)
    jobs["Task-2"].next_step()
    assert "İlk tamamlanan: 1 task" not in client.lines()
    jobs["Task-2"].finish_step()
    jobs["Task-1"].expect_gone()
    jobs["Task-3"].expect_gone()
    assert client.wait().out_lines[-2:] == ["İlk tamamlanan: 1 task", "Devam eden: 2 task"]


def test_wait_reports_a_failed_first_task(start_client):
    """İlk biten başarısızlıkla bittiyse de sayılır; nedeni söylenir, program 1 ile biter."""
    listener = TcpListener()
    client = start_client("wait", to=listener)
    jobs = accept_jobs(listener, 3)
    jobs["Task-3"].peer.close()
    result = client.wait(expect_code=1)
    assert result.out_lines[-2:] == ["İlk tamamlanan: 1 task", "Devam eden: 2 task"]
    assert result.err_lines[-1] == f"Yanıt alınamadı: {listener.address}: akış beklenenden önce bitti"


@both_clients
def test_timeout_cancels_the_slow_operation(start_client, pairing):
    """Sınır geçince iş iptal edilir: sunucu bağlantının bırakıldığını görür, istemci bunu söyleyip sürer."""
    listener = TcpListener()
    client = start_client("--scale", "0.05", "timeout", to=listener)
    job = Job(listener)
    assert (job.name, job.seconds) == ("işlem", 0.25)
    job.expect_gone()
    job.peer.close()
    assert client.wait().out_lines == [HEADINGS[4], TIMED_OUT]


@both_clients
def test_wait_for_waits_for_the_real_end(start_client, pairing):
    """Zaman aşımı, iptal edilen işin temizliği bittikten sonra bildirilir: sunucu kapatmadan o satır yazılmaz."""
    listener = TcpListener()
    for _ in range(3):  # yüklü makinede gözlem, vedanın süresini kaçırabilir
        client = start_client("--scale", "0.05", "timeout", to=listener)
        job = Job(listener)
        job.peer.expect_eof()  # yazma yarısı kapandı: iptal geldi, veda sürüyor
        time.sleep(0.1)
        early = TIMED_OUT in client.lines()
        job.peer.close()
        client.wait_line(TIMED_OUT)
        client.wait()
        if not early:
            return
    pytest.fail("istemci, iptal ettiği işin bitmesini beklemedi")


@both_clients
def test_answer_before_the_limit_is_the_result(start_client, pairing):
    """Sınırdan önce gelen yanıt sonuçtur."""
    listener = TcpListener()
    client = start_client("timeout", to=listener)
    Job(listener).finish_step()
    assert client.wait().out_lines == [HEADINGS[4], "Tamamlandı"]


@both_clients
def test_failure_of_its_own_is_not_the_limit(start_client, pairing):
    """İşin kendi zaman aşımı, wait_for'un sınırı sanılmaz."""
    listener = TcpListener(backlog=0)
    fillers = [socket.socket() for _ in range(3)]
    for filler in fillers:  # bekleme kuyruğu dolunca sıradaki bağlantı kurulamaz
        filler.setblocking(False)
        filler.connect_ex(listener.address.sockaddr)
    result = start_client("--timeout", "0.3", "timeout", to=listener).wait(expect_code=1)
    for filler in fillers:
        filler.close()
    assert TIMED_OUT not in result.out_lines
    assert result.err_lines[-1] == f"Bağlanılamadı: {listener.address}: zaman aşımı"


@both_clients
def test_as_completed_follows_the_server(start_client, pairing):
    """Sonuçlar, görevlerin kuruluş sırasıyla değil, sunucunun bitirdiği sırayla işlenir."""
    listener = TcpListener()
    client = start_client("as-completed", to=listener)
    jobs = accept_jobs(listener, 4)
    order = [3, 4, 1, 2]
    for number in order:
        for _ in range(number - 1):
            jobs[f"Task-{number}"].next_step()
        jobs[f"Task-{number}"].finish_step()
        client.wait_line(f"Tamamlandı: Task-{number} tamamlandı")
    done = [line for line in client.wait().out_lines if line.startswith("Tamamlandı")]
    assert done == [f"Tamamlandı: Task-{number} tamamlandı" for number in order]


def test_answers_behind_each_other_are_all_taken(start_client):
    """İki görev birlikte bitse de ikisi de işlenir: istemci duruyorken gelen yanıtlar kaybolmaz."""
    listener = TcpListener()
    client = start_client("gather", to=listener)
    jobs = accept_jobs(listener, 3)
    for job in jobs.values():
        job.finish_step()
    for job in jobs.values():
        assert job.read_request() == job.name
        job.finish_step()
    assert client.wait().out_lines[-1] == "Gather sonuçları: ['A tamamlandı', 'B tamamlandı', 'C tamamlandı']"


# --- istemci: yanlış giden


@both_clients
@pytest.mark.parametrize(
    "reply, last_line",
    [
        ("başka bir \x1b[31msatır\n".encode(), "Yanıt yanlış: {}: başka bir \\x1b[31msatır"),
        ("HATA: en çok 60 saniye beklenir\n".encode(), "Yanıt yanlış: {}: HATA: en çok 60 saniye beklenir"),
        ("program tamamlandı, sanırım\n".encode(), "Yanıt yanlış: {}: program tamamlandı, sanırım"),
        (f"{FULL}\n".encode(), "Bağlanılamadı: {}: sunucu dolu"),
        (b"", "Yanıt alınamadı: {}: akış beklenenden önce bitti"),
        ("program tamamlandı".encode(), "Yanıt alınamadı: {}: akış beklenenden önce bitti"),
        (b"x" * 70000, "Yanıt alınamadı: {}: mesaj çok büyük"),
    ],
    ids=["escaped", "refused", "longer", "full", "eof", "cut", "endless"],
)
def test_wrong_answer_ends_the_program(start_client, pairing, reply, last_line):
    """Beklenmeyen yanıt sözle bildirilir, denetim karakterleri kaçışla yazılır; çıkış kodu 1."""
    listener = TcpListener()
    client = start_client("top-level", "task", to=listener)
    job = Job(listener)
    answer(job.peer, reply)
    result = client.wait(expect_code=1)
    assert result.out_lines == [HEADINGS[0], "Program başladı"]
    assert result.err_lines[-1] == last_line.format(listener.address)


def test_reset_is_reported(start_client):
    """Sıfırlanan bağlantı: neden söylenir."""
    listener = TcpListener()
    client = start_client("top-level", to=listener)
    Job(listener).peer.reset()
    last = client.wait(expect_code=1).err_lines[-1]
    assert last == f"Yanıt alınamadı: {listener.address}: bağlantı karşı tarafça sıfırlandı"


@both_clients
def test_silent_server_is_left(start_client, pairing):
    """Yanıt, istenen süre ve --timeout kadar beklenir."""
    listener = TcpListener()
    client = start_client("--timeout", "0.3", "--scale", "0.001", "top-level", to=listener)
    Job(listener)
    assert client.wait(expect_code=1).err_lines[-1] == f"Yanıt alınamadı: {listener.address}: zaman aşımı"


def test_failure_cancels_the_other_task(start_client):
    """Beklenen ilk görev başarısız olunca öteki ortada kalmaz: o da iptal edilir."""
    listener = TcpListener()
    client = start_client("task", to=listener)
    jobs = accept_jobs(listener, 2)
    jobs["Task-1"].peer.close()
    jobs["Task-2"].expect_gone()
    result = client.wait(expect_code=1)
    assert result.err_lines[-1] == f"Yanıt alınamadı: {listener.address}: akış beklenenden önce bitti"


# --- istemci: HTTP


@both_clients
def test_five_requests_are_in_flight_together(start_client, pairing):
    """Beş isteğin beşi de, hiçbiri yanıtlanmadan gelir; satırlar istek sırasıyla yazılır."""
    listener = TcpListener()
    client = start_client("http", to=listener)
    gets = accept_gets(listener)
    assert set(gets) == {f"/posts/{number}" for number in range(1, 6)}
    for number in (5, 3, 1, 2, 4):
        answer(gets[f"/posts/{number}"], http_answer("ş" * number))
    assert client.wait().out_lines == [HEADINGS[6]] + [
        f"✓ http://{listener.address}/posts/{n}: 200 ({2 * n} bytes, {n} karakter)" for n in range(1, 6)
    ]


@both_clients
def test_request_on_the_wire(start_client, pairing):
    """İstek satırı ve alanlar; Host portuyla birlikte."""
    listener = TcpListener()
    client = start_client("http", to=listener)
    heads = {}
    for _ in range(5):
        peer = listener.accept()
        head = read_head(peer)
        heads[head[0]] = head[1:]
        answer(peer, http_answer("{}"))
    client.wait()
    assert set(heads) == {f"GET /posts/{number} HTTP/1.1" for number in range(1, 6)}
    for fields in heads.values():
        assert f"Host: {listener.address}" in fields and "Connection: close" in fields


@both_clients
def test_timeout_has_a_reason(start_client, pairing):
    """Zaman aşımında da neden yazılır; belgede orası boş kalır."""
    listener = TcpListener()
    client = start_client("--timeout", "0.5", "http", to=listener)
    gets = accept_gets(listener)
    answer(gets["/posts/2"], http_answer("{}"))
    result = client.wait(expect_code=1)
    assert result.out_lines[1] == f"❌ http://{listener.address}/posts/1: zaman aşımı"
    assert result.out_lines[2] == f"✓ http://{listener.address}/posts/2: 200 (2 bytes, 2 karakter)"
    assert sum(line.startswith("❌") for line in result.out_lines) == 4
    assert result.err_lines[-1] == f"Yanıt alınamadı: {listener.address}: zaman aşımı"


@both_clients
def test_slow_drip_does_not_extend_the_limit(start_client, pairing):
    """Damla damla gelen yanıt, süreyi baştan başlatmaz."""
    listener = TcpListener()
    client = start_client("--timeout", "0.5", "http", to=listener)
    peer = accept_gets(listener)["/posts/1"]
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    deadline = clock.Deadline(10)
    while not client.ended and not deadline.expired:
        try:
            peer.socket.send(b".")
        except OSError:
            break
        time.sleep(0.05)
    assert not deadline.expired
    assert f"❌ http://{listener.address}/posts/1: zaman aşımı" in client.wait(expect_code=1).out_lines


BAD_ANSWERS = {
    "chunked": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
                "parçalı gövde (Transfer-Encoding) bu derste çözülmez"),
    "short": (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}", "akış beklenenden önce bitti"),
    "head-cut": (b"HTTP/1.1 200 OK\r\nContent-Le", "akış beklenenden önce bitti"),
    "head-cut-at-the-end": (b"HTTP/1.1 200 OK\r\n\r", "akış beklenenden önce bitti"),
    "silent": (b"", "akış beklenenden önce bitti"),
    "not-http": (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP yanıtı değil"),
    "version": (b"HTTP/2.0 200 OK\r\n\r\n", "HTTP yanıtı değil"),
    "short-status": (b"HTTP/1.1 20\r\n\r\n", "HTTP yanıtı değil"),
    "long-status": (b"HTTP/1.1 2000 OK\r\n\r\n", "HTTP yanıtı değil"),
    "not-found": (http_answer("yok", "404 Not Found"), "durum 404"),
    "server-error": (http_answer("", "500 Internal Server Error"), "durum 500"),
    "redirect": (http_answer("", "302 Found", "Location: /"), "durum 302"),
    "negative-length": (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "gövdenin boyu (Content-Length) anlaşılmadı"),
    "empty-length": (b"HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n", "gövdenin boyu (Content-Length) anlaşılmadı"),
    "vast-length": (b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
                    "gövdenin boyu (Content-Length) anlaşılmadı"),
    "two-lengths": (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{} ", "gövdenin iki ayrı boyu var"),
    "large": (b"HTTP/1.1 200 OK\r\nContent-Length: 1048577\r\n\r\n", "mesaj çok büyük"),
    "no-colon": (b"HTTP/1.1 200 OK\r\nServer\r\n\r\n", "HTTP başlığı anlaşılmadı"),
    "fields": (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 101 + b"\r\n", "HTTP başlığı anlaşılmadı"),
    "long-field": (b"HTTP/1.1 200 OK\r\nA: " + b"b" * 17000 + b"\r\n\r\n", "mesaj çok büyük"),
    "bad-utf8": (http_answer(b"\xff\xfe"), "geçersiz UTF-8"),
}  # fmt: skip


@both_clients
@pytest.mark.parametrize("name", BAD_ANSWERS)
def test_bad_answer_is_an_error_in_words(start_client, pairing, name):
    """Yanlış yanıt ❌ ile ve nedeniyle yazılır, ötekiler kaybolmaz, çıkış kodu 1'dir."""
    data, why = BAD_ANSWERS[name]
    listener = TcpListener()
    client = start_client("http", to=listener)
    for path, peer in accept_gets(listener).items():
        answer(peer, data if path == "/posts/4" else http_answer("iyi"))
    result = client.wait(expect_code=1)
    assert result.out_lines[4] == f"❌ http://{listener.address}/posts/4: {why}"
    assert sum(line.startswith("✓") for line in result.out_lines) == 4
    assert result.err_lines[-1] == f"Yanıt alınamadı: {listener.address}: {why}"


@both_clients
@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 200 OK\r\n\r\ni\xc5\x9f",
        b"HTTP/1.0 200\r\nContent-Type: x\r\n\r\ni\xc5\x9f",
        b"HTTP/1.1 200 OK\ncontent-length:  3  \n\ni\xc5\x9ffazlasi",
        b"HTTP/1.1 201 Created\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\ni\xc5\x9f",
    ],
    ids=["to-the-end", "old", "bare-newlines", "same-length-twice"],
)
def test_unusual_but_right_answers(start_client, pairing, data):
    """Boyu söylenmeyen gövde akış sonuna dek sürer; boyu söylenenden fazlası gövde değildir."""
    listener = TcpListener()
    client = start_client("http", to=listener)
    for peer in accept_gets(listener).values():
        answer(peer, data)
    lines = client.wait().out_lines[1:]
    assert all(re.fullmatch(r"✓ \S+: 20[01] \(3 bytes, 2 karakter\)", line) for line in lines)


@both_clients
def test_endless_body_is_left(start_client, pairing):
    """Boyu söylenmeyen, bitmeyen gövde 1 MiB'da bırakılır."""
    listener = TcpListener()
    client = start_client("http", to=listener)
    gets = accept_gets(listener)
    endless = gets.pop("/posts/1")
    for peer in gets.values():
        answer(peer, http_answer("{}"))
    endless.send("HTTP/1.1 200 OK\r\n\r\n")
    endless.fill("x" * 65536, 64 * 1024 * 1024)
    assert f"❌ http://{listener.address}/posts/1: mesaj çok büyük" in client.wait(expect_code=1).out_lines


@both_clients
def test_answer_in_pieces(start_client, pairing):
    """Başlığın ve bir karakterin ortasından bölünen yanıt bütündür."""
    listener = TcpListener()
    client = start_client("http", to=listener)
    for peer in accept_gets(listener).values():
        peer.send_segments("HTTP/1.", "1 200 OK\r", "\nContent-Length: 4\r\n\r", b"\n\xc5", b"\x9f\xc4\xb1")
        peer.close()
    assert client.wait().out_lines[-1].endswith("/posts/5: 200 (4 bytes, 2 karakter)")


def test_refused_requests_have_a_reason(run_client):
    """Kimse dinlemiyorsa da beş satırın beşinde neden yazar."""
    listener = TcpListener(listen=False)
    result = run_client("http", to=listener, expect_code=1)
    assert result.out_lines[1:] == [f"❌ http://{listener.address}/posts/{n}: bağlantı reddedildi" for n in range(1, 6)]
    assert result.err_lines[-1] == f"Bağlanılamadı: {listener.address}: bağlantı reddedildi"


# --- sunucu: satırlar


@both_servers
def test_lines_are_answered_in_order(start_server, pairing):
    """İstekler sırayla yanıtlanır; satır sonu \\n ya da \\r\\n, akış sonundaki yarım satır da istektir."""
    peer = TcpPeer.connect(start_server())
    peer.send("bekle 0.2 ağır iş\nbekle 0 Çay\r\n  bekle   0.0   boşluklu ad  \nsaat\nbekle 0 son")
    peer.half_close()
    peer.expect(f"ağır iş tamamlandı\nÇay tamamlandı\nboşluklu ad tamamlandı\n{UNKNOWN}\nson tamamlandı\n")
    peer.expect_eof()


@both_servers
def test_what_is_not_understood(start_server, pairing):
    """Süresi ya da adı olmayan, süresi sayı olmayan istek anlaşılmaz; bağlantı sürer."""
    peer = TcpPeer.connect(start_server())
    wrong = ["", "bekle", "bekle 1", "bekle  1 ", "bekle -1 a", "bekle +1 a", "bekle 1e3 a", "bekle inf a", "bekle 0x1 a"]
    wrong += ["bekle 1. a", "bekle .5 a", "bekle 1,5 a", "bekle 0.1.2 a", "bekle 1234567890 a", "BEKLE 0 a", "bekle0 a", "GET /"]
    for request in wrong:
        peer.send(f"{request}\n")
        peer.expect(f"{UNKNOWN}\n")
    peer.send("bekle 0 a\n")
    peer.expect("a tamamlandı\n")


@both_servers
def test_wait_has_an_upper_bound(start_server, pairing):
    """Sınırdan uzun bekleyiş sözle geri çevrilir; sınırın kendisi olur."""
    peer = TcpPeer.connect(start_server())
    peer.send("bekle 60.1 a\nbekle 999999999 a\n")
    peer.expect("HATA: en çok 60 saniye beklenir\n" * 2)
    short = TcpPeer.connect(start_server("--max-delay", "0.25"))
    short.send("bekle 0.251 a\nbekle 0.25 a\n")
    short.expect("HATA: en çok 0.25 saniye beklenir\na tamamlandı\n")


@both_servers
def test_connections_do_not_wait_for_each_other(start_server, pairing):
    """Uzun bekleyen bir istek, ötekilerin yanıtını geciktirmez."""
    server = start_server()
    slow = TcpPeer.connect(server)
    slow.send("bekle 30 ağır\n")
    check_served(server)
    slow.expect_silence(0.05)


@both_servers
def test_waits_are_in_flight_together(start_server, pairing):
    """Yüz istek birlikte bekler: sonuncusu başlarken hepsi sürmektedir."""
    server = start_server("-v")
    peers = [TcpPeer.connect(server) for _ in range(100)]
    for number, peer in enumerate(peers):
        peer.send(f"bekle 3 iş-{number}\n")
    server.wait_line(re.compile(r".* - INFO - \[127\.0\.0\.1:\d+\] İstek: bekle 3 iş-\d+ \(süren: 100\)"), "stderr")
    for number, peer in enumerate(peers):
        peer.expect(f"iş-{number} tamamlandı\n")
    peers[0].send("bekle 0 son\n")
    peers[0].expect("son tamamlandı\n")
    server.wait_line(re.compile(r".*bekle 0 son \(süren: 1\)"), "stderr")


@pytest.mark.own_program
def test_one_thread_waits_for_all(start_server):
    """Bütün bekleyişler tek iş parçacığındadır."""
    server = start_server("-v")
    peers = [TcpPeer.connect(server) for _ in range(50)]
    for peer in peers:
        peer.send("bekle 30 iş\n")
    server.wait_line(re.compile(r".*\(süren: 50\)"), "stderr")
    assert server.threads == 1


@both_servers
def test_long_name_comes_back_whole(start_server, pairing):
    """Satır sınırına varan bir ad da tek yanıtta döner."""
    name = "ş" * 32000
    peer = TcpPeer.connect(start_server())
    peer.send(f"bekle 0 {name}\n")
    peer.expect(f"{name} tamamlandı\n")


@both_servers
def test_overlong_and_invalid_lines(start_server, pairing):
    """Uzun satıra sözle, geçersiz UTF-8'e söz söylenmeden kapatılır; ötekilere dokunulmaz."""
    server = start_server()
    long = TcpPeer.connect(server)
    long.send("x" * 65537)
    long.expect(f"{TOO_LONG}\n")
    long.expect_eof()
    broken = TcpPeer.connect(server)
    broken.send(b"bekle 0 \xff\n")
    broken.expect_eof()
    check_served(server)


@both_servers
def test_character_split_over_segments(start_server, pairing):
    """İki parçaya bölünmüş karakter isteği bozmaz."""
    peer = TcpPeer.connect(start_server())
    peer.send_segments(b"bekle 0 a\xc5", b"\x9f", b"\n")
    peer.expect("aş tamamlandı\n")


@both_servers
def test_full_server_says_so(start_server, pairing):
    """Dolu sunucu sözle geri çevirir; yer açılınca sıradaki hizmet görür."""
    server = start_server("--max-clients", "2")
    held = [TcpPeer.connect(server) for _ in range(2)]
    for peer in held:
        peer.send("bekle 0 a\n")
        peer.expect("a tamamlandı\n")
    refused = TcpPeer.connect(server)
    refused.expect(f"{FULL}\n")
    refused.expect_eof()
    held.pop().close()

    def served() -> bool:
        peer = TcpPeer.connect(server)
        peer.send("bekle 0 b\n")
        got = peer.read_line() == "b tamamlandı"
        peer.close()
        return got

    eventually(served, "yer açılınca yeni gelen hizmet görmeli")


@both_servers
def test_silent_client_is_closed_but_not_a_waiting_one(start_server, pairing):
    """Susan bağlantı --timeout'ta söz söylenmeden kapatılır; yanıtını bekleyen istemci susuyor sayılmaz."""
    server = start_server("--timeout", "0.3")
    silent, partial, waiting = (TcpPeer.connect(server) for _ in range(3))
    partial.send("bekle 0")
    waiting.send("bekle 1 uzun\n")
    silent.expect_eof()
    partial.expect_eof()
    waiting.expect("uzun tamamlandı\n")


@both_servers
def test_resets_end_nothing(start_server, pairing):
    """Beklerken sıfırlanan bağlantılar sunucuyu bitirmez."""
    server = start_server()
    for _ in range(20):
        peer = TcpPeer.connect(server)
        peer.send("bekle 0.1 a\nbekle 0 b\n")
        peer.reset()
    check_served(server)


@both_servers
def test_slow_reader_delays_nobody(start_server, pairing):
    """Yanıtlarını okumayan istemci yalnız kendini bekletir; bellek artmaz."""
    server = start_server()
    check_served(server)
    before = server.resident_kib
    slow = TcpPeer.connect(server, receive_buffer=4096)
    slow.fill(f"bekle 0 {'x' * 60000}\n", 32 * 1024 * 1024)
    check_served(server)
    assert server.resident_kib - before < 16384


@both_servers
def test_full_descriptor_table(start_server, pairing):
    """Tanımlayıcı kalmayınca kabul durur, boşa dönülmez; yer açılınca sürer."""
    server = start_server()
    with server.descriptors_left(0):
        peer = TcpPeer.connect(server)
        peer.send("bekle 0 a\n")
        server.wait_line(re.compile(r".* - ERROR - Kabul duraklatıldı: .*"), "stderr")
        before = server.cpu_seconds
        time.sleep(1)
        assert server.cpu_seconds - before < 0.5
    peer.expect("a tamamlandı\n")


@both_servers
def test_shutdown_answers_what_fits(start_server, pairing):
    """SIGTERM: süresi sığan istek yanıtlanır, sığmayan ve susan bağlantılar sözsüz biter."""
    server = start_server("-v")
    soon, web, late, silent = (TcpPeer.connect(server) for _ in range(4))
    soon.send("bekle 0.7 yakın\n")
    web.send(get("/posts/2?delay=0.7"))
    late.send("bekle 30 uzak\n")
    server.wait_line(re.compile(r".*\(süren: 3\)"), "stderr")
    stopped = server.stop()
    soon.expect("yakın tamamlandı\n")
    soon.expect_eof()
    expect_status(web, 200)
    late.expect_eof()
    silent.expect_eof()
    assert stopped.err_lines[-1].endswith("Server kapatıldı")


@both_servers
def test_shutdown_does_not_wait_for_what_does_not_fit(start_server, pairing):
    """Süresi sığmayan isteğin bağlantısı, kapanış sınırı beklenmeden biter."""
    server = start_server("-v")
    soon, late = TcpPeer.connect(server), TcpPeer.connect(server)
    soon.send("bekle 1.2 yakın\n")
    late.send("bekle 30 uzak\n")
    server.wait_line(re.compile(r".*\(süren: 2\)"), "stderr")
    server.signal(signal.SIGTERM)
    late.expect_eof()
    assert not readable(soon)
    soon.expect("yakın tamamlandı\n")
    server.wait()


@both_servers
def test_shutdown_answers_what_has_arrived(start_server, pairing):
    """Kapanış isteğinden önce gelmiş istek, yanıtı hazırlanırken beklese de yanıtlanır."""
    server = start_server("-v")
    peer = TcpPeer.connect(server)
    peer.send("bekle 0.3 bir\nbekle 0.1 iki\n")
    server.wait_line(re.compile(r".*bekle 0.3 bir.*"), "stderr")
    peer.send("bekle 0.1 üç\n")  # ilk ikisi sunucunun tamponunda, bu daha çekirdekte
    server.stop()
    peer.expect("bir tamamlandı\niki tamamlandı\nüç tamamlandı\n")


# --- sunucu: HTTP


@both_servers
def test_post_has_the_documents_shape(start_server, pairing):
    """`/posts/N`: dört alanlı JSON; boyu bayt olarak doğru, metninde Türkçe harf var."""
    server = start_server()
    connection = http.client.HTTPConnection("127.0.0.1", server.address.port, timeout=clock.EXPECT_SECONDS)
    for number in (1, 10, 11, 100):
        connection.request("GET", f"/posts/{number}")
        response = connection.getresponse()
        data = response.read()
        post = json.loads(data)
        assert (response.status, response.getheader("Content-Type")) == (200, "application/json; charset=utf-8")
        assert list(post) == ["userId", "id", "title", "body"]
        assert (post["userId"], post["id"]) == ((number - 1) // 10 + 1, number)
        assert post["title"] and post["body"]
        assert int(response.getheader("Content-Length")) == len(data) > len(data.decode())
    connection.close()


@both_servers
def test_connection_is_kept(start_server, pairing):
    """Bağlantı, yanıtlar ne olursa olsun sonraki isteklere açıktır; istemci isteyince kapanır."""
    peer = TcpPeer.connect(start_server())
    for path, status in (("/posts/1", 200), ("/", 404), ("/posts/2", 200), ("/posts/2?delay=x", 400)):
        peer.send(get(path))
        assert "connection" not in expect_status(peer, status)
    peer.send(get("/posts/3", method="DELETE"))
    assert expect_status(peer, 405)["allow"] == "GET, HEAD"
    peer.send("\r\n" + get("/posts/3", "Connection: te, Close"))
    assert expect_status(peer, 200)["connection"] == "close"
    peer.expect_eof()


@both_servers
def test_old_version_is_closed(start_server, pairing):
    """HTTP/1.0 isteği Host istemez; yanıtından sonra bağlantı kapanır."""
    peer = TcpPeer.connect(start_server())
    peer.send("GET /posts/1 HTTP/1.0\r\n\r\n")
    assert expect_status(peer, 200)["connection"] == "close"
    peer.expect_eof()


@both_servers
def test_head_has_no_body(start_server, pairing):
    """HEAD'in yanıtı GET'inkiyle aynı boyu söyler, gövde taşımaz; bağlantı sürer."""
    peer = TcpPeer.connect(start_server())
    peer.send(get("/posts/1") + get("/posts/1", method="HEAD") + get("/yok", method="HEAD") + get("/posts/1"))
    _, fields, body = read_response(peer)
    assert read_response(peer, head_only=True) == (200, fields, "")
    assert read_response(peer, head_only=True)[0] == 404
    assert read_response(peer) == (200, fields, body)


@both_servers
def test_pipelined_requests_are_answered_in_order(start_server, pairing):
    """Tek parçada gelen istekler sırayla, önceki bitince yanıtlanır."""
    peer = TcpPeer.connect(start_server())
    peer.send(get("/posts/7?delay=0.2") + get("/posts/8"))
    ids = [json.loads(read_response(peer)[2])["id"] for _ in range(2)]
    assert ids == [7, 8]


@both_servers
def test_delay_of_a_post_delays_nobody_else(start_server, pairing):
    """`?delay=` yalnız o isteği bekletir; başka anahtarlar yok sayılır."""
    server = start_server()
    slow = TcpPeer.connect(server)
    slow.send(get("/posts/1?a=b&delay=30"))
    check_served(server)
    slow.expect_silence(0.05)
    quick = TcpPeer.connect(server)
    quick.send(get("/posts/1?delays=30&xdelay=30&delay=0.1&"))
    expect_status(quick, 200)


@both_servers
@pytest.mark.parametrize(
    "path", ["/", "/posts", "/posts/", "/posts/0", "/posts/101", "/posts/01", "/posts/1x", "/posts/-1", "/posts/1/", "/POSTS/1",
             "/posts/99999999999", "/posts/4294967297", "*"]
)  # fmt: skip
def test_unknown_path(start_server, pairing, path):
    """Olmayan sayfa: 404, sözle; bağlantı sürer."""
    peer = TcpPeer.connect(start_server())
    peer.send(get(path))
    status, fields, body = read_response(peer)
    assert (status, fields["content-type"], body) == (404, "text/plain; charset=utf-8", "Böyle bir sayfa yok\n")
    peer.send(get("/posts/1"))
    expect_status(peer, 200)


@both_servers
@pytest.mark.parametrize("value", ["", "x", "-1", "1e3", "60.5", "999999999"])
def test_wrong_delay(start_server, pairing, value):
    """Anlaşılmayan ya da sınırı aşan süre: 400, beklemeden; bağlantı sürer."""
    peer = TcpPeer.connect(start_server())
    peer.send(get(f"/posts/1?delay={value}") + get("/posts/1?delay=0"))
    expect_status(peer, 400)
    expect_status(peer, 200)


@both_servers
def test_absolute_form(start_server, pairing):
    """Vekil sunucuya yazılan biçim de anlaşılır."""
    peer = TcpPeer.connect(start_server())
    peer.send(get("http://yuva.test:81/posts/9"))
    assert json.loads(read_response(peer)[2])["id"] == 9


BAD_REQUESTS = {
    "no-host": "GET /posts/1 HTTP/1.1\r\n\r\n",
    "two-hosts": get("/posts/1", "Host: y"),
    "two-hosts-1.0": "GET /posts/1 HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n",
    "two-spaces": get(" /posts/1"),
    "space-at-end": "GET /posts/1 HTTP/1.1 \r\nHost: x\r\n\r\n",
    "no-target": "GET  HTTP/1.1\r\nHost: x\r\n\r\n",
    "relative-target": get("posts/1"),
    "letter-in-target": get("/posts/ş"),
    "version": get("/posts/1", version="1.x"),
    "long-version": get("/posts/1", version="1.10"),
    "method": get("/posts/1", method="G(T"),
    "space-before-colon": get("/posts/1", "Accept : a"),
    "no-colon": get("/posts/1", "Accept"),
    "empty-name": get("/posts/1", ": a"),
    "folded": get("/posts/1", "Accept: a", " b"),
    "control": get("/posts/1", "Accept: a\x01b"),
    "return-in-value": get("/posts/1", "Accept: a\rb"),
    "nul": get("/posts/1", "Accept: a\0b"),
    "length-and-coding": get("/posts/1", "Content-Length: 0", "Transfer-Encoding: chunked"),
    "coding-1.0": get("/posts/1", "Transfer-Encoding: chunked", version="1.0"),
    "two-lengths": get("/posts/1", "Content-Length: 0", "Content-Length: 0"),
    "negative-length": get("/posts/1", "Content-Length: -1"),
    "list-length": get("/posts/1", "Content-Length: 0, 0"),
    "vertical-tab-length": get("/posts/1", "Content-Length: \x0b0"),
    "wide-space-length": get("/posts/1", "Content-Length: \u00a00"),
    "vast-length": get("/posts/1", "Content-Length: 9999999999999999999"),
}


@both_servers
@pytest.mark.parametrize("name", BAD_REQUESTS)
def test_bad_request(start_server, pairing, name):
    """İki türlü anlaşılabilecek ya da anlaşılmayan başlık: 400 ve kapanış; arkadaki istek yürütülmez."""
    server = start_server()
    peer = TcpPeer.connect(server)
    peer.send(BAD_REQUESTS[name] + get("/posts/1"))
    status, fields, body = read_response(peer)
    assert (status, fields["connection"], body) == (400, "close", "İstek anlaşılmadı\n")
    peer.expect_eof()
    check_served(server)


@both_servers
def test_invalid_utf8_in_a_head(start_server, pairing):
    """Başlıkta geçersiz UTF-8: 400."""
    peer = TcpPeer.connect(start_server())
    peer.send(b"GET /posts/1 HTTP/1.1\r\nHost: x\r\nA: \xff\r\n\r\n")
    expect_status(peer, 400)
    peer.expect_eof()


@both_servers
def test_other_versions_are_refused(start_server, pairing):
    """HTTP/2.0 ve HTTP/0.9 istek satırı: 505 ve kapanış."""
    server = start_server()
    for version in ("2.0", "3.0", "0.9"):
        peer = TcpPeer.connect(server)
        peer.send(get("/posts/1", version=version))
        expect_status(peer, 505)
        peer.expect_eof()


@both_servers
@pytest.mark.parametrize("fields", [("Content-Length: 44",), ("Transfer-Encoding: chunked",)], ids=["length", "chunked"])
def test_body_is_never_taken_for_a_request(start_server, pairing, fields):
    """Gövdesi olan istek yanıtlanır ve bağlantı kapanır: gövdedeki "istek" yürütülmez."""
    peer = TcpPeer.connect(start_server())
    smuggled = get("/posts/2")
    peer.send(get("/posts/1", *fields, method="POST") + smuggled * 2)
    assert expect_status(peer, 405)["connection"] == "close"
    peer.expect_eof()


@both_servers
def test_endless_head(start_server, pairing):
    """16 KiB'a sığmayan başlık, satırı bitse de bitmese de 431; yüzden çok alan da."""
    server = start_server()
    big = "a" * 20000
    heads = [f"A: {big}", f"A: {big}\r\n\r\n", "A: b\r\n" * 100 + "\r\n", "A: bc\r\n" * 3000]
    starts = ["GET /posts/1 HTTP/1.1\r\nHost: x\r\n"] * 4 + [f"GET /{big} HTTP/1.1\r\n"]
    for start, rest in zip(starts, [*heads, "\r\n"]):
        peer = TcpPeer.connect(server)
        peer.send(start + rest)
        assert expect_status(peer, 431)["connection"] == "close"
        peer.expect_eof()
    later = TcpPeer.connect(server)
    later.send(get("/posts/1") + f"GET /{big}")
    expect_status(later, 200)
    expect_status(later, 431)
    later.expect_eof()


@both_servers
def test_largest_head_is_accepted(start_server, pairing):
    """Tam 16 KiB'lık başlık ve tam yüz alan kabul edilir; bir bayt fazlası edilmez."""
    peer = TcpPeer.connect(start_server())
    start = "GET /posts/1 HTTP/1.1\r\nHost: x\r\nA: "
    largest = start + "b" * (HEAD_LIMIT - len(start) - 4) + "\r\n\r\n"
    peer.send(largest)
    expect_status(peer, 200)
    peer.send("GET /posts/1 HTTP/1.1\r\nHost: x\r\n" + "A: b\r\n" * 99 + "\r\n")
    expect_status(peer, 200)
    peer.send(largest.replace("A: ", "AB: "))
    expect_status(peer, 431)


@both_servers
def test_slow_head(start_server, pairing):
    """Başlığı zamanında bitmeyen istek 408 alır; damla damla gelen alanlar süreyi uzatmaz."""
    server = start_server("--head-timeout", "0.4")
    stalled = TcpPeer.connect(server)
    stalled.send("GET /posts/1 HTTP/1.1\r\nHost: x\r\n")
    dripping = TcpPeer.connect(server)
    dripping.send("GET /posts/1 HTTP/1.1\r\n")
    drips = 0
    while drips < 90 and not readable(dripping):
        dripping.socket.send(b"A: b\r\n")
        drips += 1
        time.sleep(0.05)
    assert drips < 90
    expect_status(stalled, 408)
    stalled.expect_eof()
    expect_status(dripping, 408)
    check_served(server)


@both_servers
def test_idle_kept_connection_is_closed(start_server, pairing):
    """İstek göndermeyen açık bağlantı --timeout'ta söz söylenmeden kapanır."""
    peer = TcpPeer.connect(start_server("--timeout", "0.4"))
    peer.send(get("/posts/1"))
    expect_status(peer, 200)
    peer.expect_eof()


@both_servers
def test_request_in_pieces(start_server, pairing):
    """Bayt bayt gelen istek de aynı istektir; yalnız \\n ile biten satırlar da anlaşılır."""
    peer = TcpPeer.connect(start_server())
    peer.send_segments("GE", "T /pos", "ts/1 HT", "TP/1.1\r", "\nHost: x\r\n\r", "\n")
    expect_status(peer, 200)
    peer.send("GET /posts/1 HTTP/1.1\nHost: x\n\n")
    expect_status(peer, 200)


@both_servers
def test_half_closed_request_is_answered(start_server, pairing):
    """İsteğini söyleyip yazma yarısını kapatan istemci yanıtını alır."""
    peer = TcpPeer.connect(start_server())
    peer.send(get("/posts/1?delay=0.1"))
    peer.half_close()
    expect_status(peer, 200)
    peer.expect_eof()


@both_servers
def test_answer_goes_out_in_one_piece(start_server, pairing):
    """Başlık ve gövde tek gönderimde çıkar."""
    peer = TcpPeer.connect(start_server())
    peer.send(get("/posts/1"))
    peer.expect_single_read(re.compile(r"HTTP/1\.1 200 OK\r\n.*\r\n\r\n\{\n.*\}\n", re.DOTALL))


@both_servers
def test_first_line_decides_the_language(start_server, pairing):
    """Satırla başlayan bağlantıda HTTP isteği anlaşılmayan bir satırdır; HTTP ile başlayanda satır, 400'dür."""
    server = start_server()
    lines = TcpPeer.connect(server)
    lines.send("bekle 0 a\nGET /posts/1 HTTP/1.1\n")
    lines.expect(f"a tamamlandı\n{UNKNOWN}\n")
    web = TcpPeer.connect(server)
    web.send(get("/posts/1") + "bekle 0 a\r\n\r\n")
    expect_status(web, 200)
    expect_status(web, 400)
    web.expect_eof()


@both_servers
def test_curl_understands_it(start_server, pairing):
    """curl, bağlantıyı yeniden kullanarak iki sayfayı alır."""
    if not shutil.which("curl"):
        capability.missing("curl")
    server = start_server()
    url = f"http://{server.address}/posts"
    command = ["curl", "-sS", "--max-time", "10", "-w", r"%{http_code} %{num_connects}\n", f"{url}/1", f"{url}/2?delay=0.1"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)
    assert re.findall(r"^200 \d$", result.stdout, re.MULTILINE) == ["200 1", "200 0"]
    assert '"id": 2' in result.stdout
