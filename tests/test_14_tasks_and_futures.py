"""Ders 14: görevin ömrü, iptali, grubu; gelecek nesnesi; süren işi bırakan sunucu."""

import contextlib
import re
import signal
import socket
import threading
import time
from pathlib import Path

import pytest

from harness.address import Address
from harness.lessons import ROOT
from harness.listener import TcpListener
from harness.load import idle_connections, storm
from harness.peer import TcpPeer
from harness.waiting import eventually

FULL = "Sunucu dolu, daha sonra deneyin"
TOO_LONG = "Satır çok uzun (en fazla 65536 bayt)"
UNKNOWN = "HATA: anlaşılmadı"
LOST = "akış beklenenden önce bitti"
LIMIT = 65536
MIB = 1024 * 1024
FAST = ("--scale", "0.05")
USUAL = ("management", "cancellation", "group", "results", "future", "exceptions")
OTHERS = ("life", "level", "order", "early", "together", "independent", "child", "limit", "compute")

client_languages = pytest.mark.parametrize("pairing", ["c-c", "py-c"])
server_languages = pytest.mark.parametrize("pairing", ["c-c", "c-py"])


# --- yardımcılar


class Job:
    """El ile yönetilen sunucuda bir görevin bağlantısı ve sorduğu istek."""

    def __init__(self, listener: TcpListener) -> None:
        self.peer = listener.accept()
        self.read()

    def read(self) -> str:
        """Sıradaki istek; adı döner."""
        request = self.peer.expect_line(re.compile(r"(bekle|hata) (\d+(?:\.\d+)?) (.+)"))
        self.verb, self.seconds, self.name = request[1], float(request[2]), request[3]
        return self.name

    def finish(self) -> None:
        error = self.verb == "hata"
        self.peer.send(f"HATA: {self.name} bir hata verdi!\n" if error else f"{self.name} tamamlandı\n")

    def lose(self) -> None:
        self.peer.close()

    def expect_gone(self) -> None:
        self.peer.expect_closed()


def accept_jobs(listener: TcpListener, count: int) -> dict[str, Job]:
    """Hiçbiri yanıtlanmadan gelen `count` görev, adlarıyla."""
    jobs = [Job(listener) for _ in range(count)]
    return {job.name: job for job in jobs}


class ByHand:
    """İstekleri testin verdiği işlevle yanıtlayan sunucu. Boş yanıt söylenmez, None bağlantıyı kapatır."""

    def __init__(self, answer) -> None:
        self.answer = answer
        self.requests: list[str] = []
        self.open = 0
        self._lock = threading.Lock()
        self._sockets = [socket.create_server(("127.0.0.1", 0))]
        self.address = Address(*self._sockets[0].getsockname())
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> "ByHand":
        return self

    def __exit__(self, *_) -> None:
        for each in self._sockets:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._sockets[0].accept()
                self._sockets.append(connection)
                threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection) -> None:
        with self._lock:
            self.open += 1
        with contextlib.suppress(OSError), connection, connection.makefile("rwb") as stream:
            for line in stream:
                self.requests.append(line.decode().rstrip("\n"))
                reply = self.answer(self.requests[-1])
                if reply is None:
                    break
                stream.write(reply.encode() if isinstance(reply, str) else reply)
                stream.flush()
        with self._lock:
            self.open -= 1


def logged(server, text, *, count=1, seconds=5.0) -> re.Match[str]:
    return server.wait_line(re.compile(f".* - {text}"), "stderr", count=count, seconds=seconds)


def ask(server, request) -> str:
    """Yeni bir bağlantıda tek istek."""
    peer = TcpPeer.connect(server)
    peer.send(request + "\n")
    reply = peer.read_line()
    peer.close()
    return reply


def status(server) -> tuple[int, int, int]:
    """Sunucuda süren, aynı anda en çok sürmüş ve bıraktırılmış işler."""
    found = re.fullmatch(r"süren (\d+), aynı anda en çok (\d+), bırakılan (\d+)", ask(server, "durum"))
    return int(found[1]), int(found[2]), int(found[3])


def active(server) -> int:
    return status(server)[0]


def plain(lines) -> list[str]:
    """Saatleri atılmış satırlar: `[14:03:11] A başladı` yerine `A başladı`."""
    return [re.sub(r"^\[\d\d:\d\d:\d\d\] ", "", line) for line in lines]


def expect_shown(client, expected) -> None:
    """İstemcinin şimdiye dek yazdıkları (saatleri dışında) bunlardır, fazlası değil."""
    eventually(lambda: len(client.lines()) >= len(expected), f"{len(expected)} satır yazıldı")
    assert plain(client.lines()) == expected


def done(name, seconds) -> str:
    return f"{name} başarıyla tamamlandı ({seconds}s)"


# --- gösterilerin beklenen çıktıları

MANAGEMENT_RESULTS = f"Tüm task'lar tamamlandı: {[done('Task-1', 2), done('Task-2', 3), done('Task-3', 1)]}"
MANAGEMENT = [
    "=== Task Management ===", "Task-1 name: task-1", "Task-1 done: False", "Task-1 cancelled: False",
    "Task-1 başladı", "Task-2 başladı", "Task-3 başladı", done("Task-3", 1), done("Task-1", 2), done("Task-2", 3),
    MANAGEMENT_RESULTS,
]  # fmt: skip
CANCELLED = ["Cancellable iptal edildi!", "Cancellable cleanup tamamlandı", "Task başarıyla iptal edildi"]
STEPS = [f"Cancellable: adım {number}" for number in range(1, 11)]
CANCELLATION_HEAD = "=== Task Cancellation ==="
GROUP_STARTED = ["=== Task Group ===", "Grup'ta 3 task var", "A başladı", "B başladı", "C başladı"]
GROUP = [*GROUP_STARTED, done("A", 1), done("B", 2), done("C", 3), "Tüm task'lar tamamlandı: 3 sonuç"]
RESULTS_STARTED = ["=== Task Results ===", *(f"Task-{i} başladı" for i in range(1, 6))]
FUTURE = ["=== Future Example ===", "Future bekleniyor...", "Future sonucu: Future sonucu!"]
EXCEPTIONS = [
    f"Task 0 başarılı: {done('Success-1', 1)}", "Task 1 hata verdi: Failure bir hata verdi!",
    f"Task 2 başarılı: {done('Success-2', 1)}",
]  # fmt: skip
LIFE = [
    "=== Görevin ömrü ===", "Ad: görev-2, durum: hazır, sonuç: henüz yok", "Task başladı",
    "Ad: görev-2, durum: bekliyor, sonuç: henüz yok", done("Task", 0.5), "1. geri çağrı: durum bitti",
    "2. geri çağrı: durum bitti", "Ad: görev-2, durum: bitti, sonuç: 0", "Sonucu yeniden koymak: False",
    "Bitmişi iptal etmek: False", "Bitmişe eklenen geri çağrı hemen çalıştı mı: False", "3. geri çağrı: durum bitti",
]  # fmt: skip
LEVEL = [
    "=== İptal sürer ===", "1. bekleyiş: iptal edildi", "2. bekleyiş: iptal edildi",
    "task_uncancel: kalan istek 1", "3. bekleyiş: iptal edildi", "task_uncancel: kalan istek 0", "4. bekleyiş: tamam",
    "Görevin sonucu: 0, iptal edilmiş mi: False",
]  # fmt: skip
ORDER_SECONDS = {"A": 0.4, "B": 0.1, "C": 0.3, "D": 0.2}
ORDER_STARTED = ["=== Sonuçların sırası ===", *(f"{name} başladı" for name in ORDER_SECONDS)]
ORDER_RESULTS = [f"{name}: {done(name, seconds)}" for name, seconds in ORDER_SECONDS.items()]
EARLY_HEAD = ["=== Erken bitenler ===", "A başladı", "C başladı"]
EARLY_RESULTS = [f"A: {done('A', 0.1)}", "B: hata: B bir hata verdi!", f"C: {done('C', '1.0')}"]
TOGETHER = [
    "=== Biri olmayınca: GROUP_TOGETHER ===", "A başladı", "C başladı", "A iptal edildi", "C iptal edildi",
    "Sahibin işi: iptal edildi", "group_close: ilk hata", "A: iptal edildi", "B: hata: B bir hata verdi!",
    "C: iptal edildi", "Kapanıştan sonra beklemek: tamam",
]  # fmt: skip
INDEPENDENT = [
    "=== Biri olmayınca: GROUP_INDEPENDENT ===", "A başladı", "C başladı", "Sahibin işi: tamam", done("A", 0.9),
    done("C", 1.2), "group_close: 0", f"A: {done('A', 0.9)}", "B: hata: B bir hata verdi!", f"C: {done('C', 1.2)}",
]  # fmt: skip
CHILD = [
    "=== Kapanırken gelen ===", "çocuk başladı", done("çocuk", 0.3), "Çocuk açılırken grup kapanıyor muydu: True",
    f"çocuk: {done('çocuk', 0.3)}",
]  # fmt: skip
LIMITED = ["=== Sınır ===", "İptale aldırmayan görev: 10 bekleyişin 10 tanesi -ECANCELED", "Grup: zaman aşımı"]
COMPUTED = [
    "=== Hesap ===",
    "Sıra bırakmadan: hesap sonuna dek sürdü, komşunun yanıtı hesaptan sonra, grup: tamam",
    "Sıra bırakarak: hesap sınırda kesildi, komşunun yanıtı hesap sürerken, grup: zaman aşımı",
]


def sections(lines) -> dict[str, list[str]]:
    """Başlıklarına bölünmüş çıktı."""
    found: dict[str, list[str]] = {}
    for line in plain(lines):
        if line.startswith("==="):
            found[line] = current = [line]
        elif line:
            current.append(line)
    return found


# --- iki taraf birlikte


@pytest.mark.deadline(60)
def test_every_demo_in_order(start_server, run_client, pairing):
    """Argümansız istemci belgenin gösterilerini sırasıyla, belgenin sözleriyle yapar."""
    start_server()
    finished = run_client("--scale", "0.07")
    parts = list(sections(finished.out_lines).values())
    management, cancellation, group, results, future, exceptions = parts
    assert finished.out_lines.count("") == 5
    assert management == MANAGEMENT
    assert cancellation[0] == CANCELLATION_HEAD
    assert cancellation[1:-3] == STEPS[: len(cancellation) - 4] and cancellation[-3:] == CANCELLED
    assert group == GROUP
    assert results[:6] == RESULTS_STARTED
    assert [line for line in results[6:] if line.startswith("Sonuç")] == [
        f"Sonuç alındı: {done(f'Task-{i}', i * 0.5)}" for i in range(1, 6)
    ]
    assert future == FUTURE
    assert exceptions[:3] == ["=== Exception Handling ===", "Success-1 başladı", "Success-2 başladı"]
    assert sorted(exceptions[3:5]) == [done("Success-1", 1), done("Success-2", 1)]
    assert exceptions[5:] == EXCEPTIONS
    assert finished.err == ""


@pytest.mark.deadline(60)
def test_other_demos(start_server, run_client, pairing):
    """Adıyla istenen gösteriler: ömür, iptalin sürmesi, gruplar, sınır."""
    start_server()
    names = [name for name in OTHERS if name != "compute"]
    life, level, order, early, together, independent, child, limit = sections(
        run_client("--scale", "0.15", *names).out_lines
    ).values()
    assert life == LIFE
    assert level == LEVEL
    assert order[:5] == ORDER_STARTED and order[9:] == ORDER_RESULTS
    assert sorted(order[5:9]) == [done(name, seconds) for name, seconds in ORDER_SECONDS.items()]
    assert early == [*EARLY_HEAD, done("A", 0.1), "Kapanıştan önce bitmeyen: 1", done("C", "1.0"), *EARLY_RESULTS]
    assert together == TOGETHER
    assert independent == INDEPENDENT
    assert child == CHILD
    assert limit == LIMITED


def test_demos_on_both_families(start_server, run_client, host):
    """Aynı gösteriler IPv4 ve IPv6 üzerinden."""
    start_server(host=host)
    assert plain(run_client(*FAST, "future", "child").out_lines) == [*FUTURE, "", *CHILD]


def test_demos_survive_cutting_and_joining(start_server, run_client, proxied, pairing, chunking):
    """Bayt bayt, rastgele ya da birleşik gelen akışta istekler ve yanıtlar bölünmez."""
    proxy = proxied(start_server(), chunking)
    lines = plain(run_client(*FAST, "future", "child", "level", to=proxy).out_lines)
    assert lines == [*FUTURE, "", *CHILD, "", *LEVEL]


def test_demos_by_name(start_server, run_client):
    """Adı verilen gösteriler verildikleri sırayla, yinelenenler yinelenerek çalışır."""
    start_server()
    lines = plain(run_client(*FAST, "child", "future", "child").out_lines)
    assert lines == [*CHILD, "", *FUTURE, "", *CHILD]


def test_unknown_demo_is_wrong_usage(run_client):
    """Bilinmeyen gösteri: hiçbiri çalışmaz, tek satır olanları sayar, çıkış kodu 2."""
    finished = run_client("future", "yok-böylesi", to=None, expect_code=2)
    assert finished.out == "" and len(finished.err_lines) == 1
    for name in ("yok-böylesi", *USUAL, *OTHERS):
        assert name in finished.err


# --- istemci: adı, durumu, sonucu


@client_languages
def test_names_and_states_before_anything_runs(start_client, pairing):
    """Yeni görevin adı vardır, bitmemiştir, iptal edilmemiştir; gövdeler ancak sahip bekleyince, sırayla başlar."""
    listener = TcpListener()
    client = start_client("management", to=listener)
    jobs = accept_jobs(listener, 3)
    assert {name: job.seconds for name, job in jobs.items()} == {"Task-1": 2, "Task-2": 3, "Task-3": 1}
    expect_shown(client, MANAGEMENT[:7])
    client.kill()


@pytest.mark.parametrize("order", [(3, 2, 1), (2, 3, 1)], ids=["321", "231"])
def test_gathered_results_keep_the_order_of_creation(start_client, order):
    """Hangi sırayla biterlerse bitsinler, sonuçlar kuruluş sırasıyla yazılır."""
    listener = TcpListener()
    client = start_client("management", to=listener)
    jobs = accept_jobs(listener, 3)
    seconds = {1: 2, 2: 3, 3: 1}
    for number in order:
        jobs[f"Task-{number}"].finish()
        client.wait_line(re.compile(rf"\[.*\] Task-{number} başarıyla .*"))
    lines = plain(client.wait().out_lines)
    assert lines[7:] == [*(done(f"Task-{n}", seconds[n]) for n in order), MANAGEMENT_RESULTS]


def test_life_of_a_task(start_client):
    """Ad, durum ve sonuç dışarıdan okunur; sunucu susarken durum `bekliyor`dur, sonuç yoktur."""
    listener = TcpListener()
    client = start_client("life", to=listener)
    job = Job(listener)
    client.wait_line(re.compile("Ad: .* bekliyor.*"))
    expect_shown(client, LIFE[:4])
    job.finish()
    assert plain(client.wait().out_lines) == LIFE


def test_callbacks_run_in_order_after_the_end(start_client):
    """Geri çağrılar görev bitince, eklendikleri sırayla; bitmişe eklenen hemen değil, bir tur sonra çalışır."""
    listener = TcpListener()
    client = start_client("life", to=listener)
    Job(listener).finish()
    lines = plain(client.wait().out_lines)
    calls = [lines.index(f"{number}. geri çağrı: durum bitti") for number in (1, 2, 3)]
    assert calls == sorted(calls)
    assert lines.index(done("Task", 0.5)) < calls[0]
    assert calls[1] < lines.index("Ad: görev-2, durum: bitti, sonuç: 0")
    assert lines.index("Bitmişe eklenen geri çağrı hemen çalıştı mı: False") < calls[2]


def test_callback_hands_a_failure_over(run_client):
    """Görev olmazsa geri çağrı gelecek nesnesine onun hatasını koyar: bekleyen asılı kalmaz."""
    with ByHand(lambda request: None) as server:
        finished = run_client("life", to=server.address, expect_code=1)
        assert finished.out_lines[-1] == "2. geri çağrı: durum bitti"
        check_failed(finished, "Yanıt alınamadı", server.address, LOST)


@pytest.mark.parametrize("order", [(5, 4, 3, 2, 1), (3, 1, 5, 2, 4)], ids=["54321", "31524"])
def test_results_come_as_they_finish(start_client, order):
    """Sonuç, görevi biter bitmez alınır; sıra kuruluşun değil bitişin sırasıdır."""
    listener = TcpListener()
    client = start_client("results", to=listener)
    jobs = accept_jobs(listener, 5)
    for number in order:
        jobs[f"Task-{number}"].finish()
        client.wait_line(f"Sonuç alındı: {done(f'Task-{number}', number * 0.5)}")
    got = [line for line in client.wait().out_lines if line.startswith("Sonuç")]
    assert got == [f"Sonuç alındı: {done(f'Task-{n}', n * 0.5)}" for n in order]


@client_languages
def test_server_sees_the_tasks_at_once(start_server, run_client, pairing):
    """Eşzamanlılığın kanıtı sunucudadır: beş görevin beşi birlikte sürmüştür."""
    server = start_server()
    run_client("--scale", "0.15", "results")
    assert status(server)[1] == 5


# --- istemci: iptal


def start_cancellation(start_client, answered=3):
    """İlk adımları yanıtlanan, sonraki adımda iptal edilen görevin bağlantısı."""
    listener = TcpListener()
    client = start_client("--scale", "0.2", "cancellation", to=listener)
    job = Job(listener)
    for _ in range(answered):
        job.finish()
        job.read()
    return client, job.peer


@client_languages
def test_cancelled_task_says_goodbye(start_client, pairing):
    """İptal edilen görev, kalkanın arkasında sunucuya `vazgeç` der ve yanıtını bekler; sonra iptal olarak biter."""
    client, peer = start_cancellation(start_client)
    peer.expect_line("vazgeç 0.02")
    expect_shown(client, [CANCELLATION_HEAD, *STEPS[:4], CANCELLED[0]])
    peer.send("Cancellable bırakıldı\nvazgeçildi\n")
    peer.expect_closed()
    assert client.wait().out_lines == [CANCELLATION_HEAD, *STEPS[:4], *CANCELLED]


@pytest.mark.parametrize("replies", ["vazgeçildi\n", "Cancellable tamamlandı\nvazgeçildi\n"], ids=["alone", "crossed"])
def test_goodbye_that_crosses_the_reply(start_client, replies):
    """Yolda karşılaşan yanıt vedayı bozmaz: `vazgeçildi`den önceki tek satır, bırakılan isteğindir."""
    client, peer = start_cancellation(start_client)
    peer.expect_line("vazgeç 0.02")
    peer.send(replies)
    assert client.wait().out_lines[-3:] == CANCELLED


def test_goodbye_is_bounded(start_client):
    """Susan sunucu iptali engelleyemez: kalkanın süresi dolar, görev yine iptal olarak biter."""
    client, peer = start_cancellation(start_client)
    peer.expect_line("vazgeç 0.02")
    finished = client.wait()
    assert finished.out_lines[-3:] == [CANCELLED[0], "Cancellable cleanup yarıda kaldı", CANCELLED[2]]
    assert finished.err == ""


@pytest.mark.parametrize("reply", [b"", b"vazge\xff\n", "başka\nbaşka\nvazgeçildi\n".encode()], ids=["gone", "utf8", "wrong"])
def test_goodbye_that_fails_is_no_failure(start_client, reply):
    """Vedası alınmayan görev de iptal edilmiştir: söylenir, çıkış kodu 0'dır."""
    client, peer = start_cancellation(start_client)
    peer.expect_line("vazgeç 0.02")
    peer.send(reply)
    peer.half_close()
    finished = client.wait()
    assert finished.out_lines[-2] == "Cancellable cleanup yarıda kaldı"
    assert finished.err == ""


def test_task_that_ends_first_is_not_cancelled(run_client):
    """Süre dolmadan biten görev iptal edilmez; veda da edilmez."""
    with ByHand(lambda request: f"{request.split()[2]} tamamlandı\n") as server:
        assert run_client("cancellation", to=server.address).out_lines == [CANCELLATION_HEAD, *STEPS]
        assert server.requests == ["bekle 0.5 Cancellable"] * 10


@server_languages
def test_cancelled_work_is_dropped_at_the_server(start_server, run_client, pairing):
    """Vedadan sonra sunucuda iş kalmaz; biri bırakılmıştır."""
    server = start_server()
    run_client("--scale", "0.2", "cancellation")
    assert status(server) == (0, 1, 1)


@client_languages
def test_every_await_is_refused_until_uncancel(start_client, pairing):
    """İptal sürer: iki istek de geri alınana dek hiçbir bekleyiş beklemez, hiçbir istek yola çıkmaz."""
    listener = TcpListener()
    client = start_client("--scale", "0.2", "level", to=listener)
    peer = listener.accept()
    peer.expect_line("bekle 1 işçi")
    peer.expect_line("vazgeç 0")  # arada hiçbir şey yok: 2. ve 3. bekleyişin isteği gönderilmedi
    expect_shown(client, LEVEL[:-2])
    peer.send("işçi bırakıldı\nvazgeçildi\n")
    assert client.wait().out_lines == LEVEL


# --- istemci: gruplar


@pytest.mark.parametrize("order", ["DCBA", "CADB"])
def test_results_are_in_spawn_order(start_client, order):
    """Grubun sonuçları bitiş sırasıyla değil, katılış sırasıyla yazılır."""
    listener = TcpListener()
    client = start_client("order", to=listener)
    jobs = accept_jobs(listener, 4)
    for name in order:
        jobs[name].finish()
        client.wait_line(re.compile(rf"\[.*\] {name} başarıyla .*"))
    ends = [done(name, ORDER_SECONDS[name]) for name in order]
    assert plain(client.wait().out_lines) == [*ORDER_STARTED, *ends, *ORDER_RESULTS]


@client_languages
@pytest.mark.parametrize("late", [True, False], ids=["one-late", "all-early"])
def test_tasks_finished_before_the_close_are_kept(start_client, late, pairing):
    """Grup kapanmadan bitenlerin sonuçları da yerindedir; daha önce olmayanın hatası da (ikisi de kaybolmaz)."""
    listener = TcpListener()
    client = start_client("early", to=listener)
    jobs = accept_jobs(listener, 4)
    for name in "AB" if late else "ABC":
        jobs[name].finish()
        jobs[name].expect_gone()
    jobs["sahip"].finish()
    client.wait_line(f"Kapanıştan önce bitmeyen: {int(late)}")
    if late:
        jobs["C"].finish()
    assert client.wait().out_lines[-3:] == EARLY_RESULTS


@client_languages
def test_one_failure_cancels_siblings(start_client, pairing):
    """GROUP_TOGETHER: birinin hatası kardeşlerini ve sahibini iptal eder; kapanış o hatayı verir, sonra yine beklenir."""
    listener = TcpListener()
    client = start_client("together", to=listener)
    jobs = accept_jobs(listener, 4)
    jobs["B"].finish()
    for name in ("A", "C", "sahip"):
        jobs[name].expect_gone()
    after = Job(listener)
    assert after.name == "sonra"
    expect_shown(client, TOGETHER[:-1])
    after.finish()
    assert plain(client.wait().out_lines) == TOGETHER


@client_languages
def test_first_failure_is_what_the_group_returns(start_client, pairing):
    """Önce A koparsa grubun sonucu A'nın hatasıdır; B'nin beklenen hatası artık gelmez."""
    listener = TcpListener()
    client = start_client("together", to=listener)
    jobs = accept_jobs(listener, 4)
    jobs["A"].lose()
    jobs["B"].expect_gone()
    finished = client.wait(expect_code=1)
    assert f"group_close: {LOST}" in finished.out_lines
    assert finished.out_lines[-3:] == [f"A: hata: {LOST}", "B: iptal edildi", "C: iptal edildi"]
    check_failed(finished, "Yanıt alınamadı", listener.address, LOST)


@client_languages
def test_independent_failure_leaves_the_siblings(start_client, pairing):
    """GROUP_INDEPENDENT: birinin hatası yalnız onundur; kardeşleri ve sahibi sürer, hata yine de listededir."""
    listener = TcpListener()
    client = start_client("independent", to=listener)
    jobs = accept_jobs(listener, 4)
    jobs["B"].finish()
    jobs["B"].expect_gone()
    for name in ("A", "C", "sahip"):
        jobs[name].peer.expect_silence(0.05)
    jobs["sahip"].finish()
    client.wait_line("Sahibin işi: tamam")
    for name in "AC":
        jobs[name].finish()
        client.wait_line(re.compile(rf"\[.*\] {name} başarıyla .*"))
    assert plain(client.wait().out_lines) == INDEPENDENT


@client_languages
def test_child_spawned_while_closing_is_waited_for(start_client, pairing):
    """Grup kapanırken açılan çocuk da beklenir."""
    listener = TcpListener()
    client = start_client("child", to=listener)
    parent = Job(listener)
    parent.finish()
    parent.expect_gone()
    child = Job(listener)
    child.peer.expect_silence(0.2)
    expect_shown(client, CHILD[:2])
    child.finish()
    assert plain(client.wait().out_lines) == CHILD


def test_failure_of_the_late_child_is_the_groups(start_client):
    """Grup kapanırken gelen çocuğun hatası da grubundur."""
    listener = TcpListener()
    client = start_client("child", to=listener)
    Job(listener).finish()
    Job(listener).lose()
    check_failed(client.wait(expect_code=1), "Yanıt alınamadı", listener.address, LOST)


@client_languages
def test_group_timeout_keeps_what_was_done(start_client, pairing):
    """Sınırı geçen grup kalanları iptal eder; bitenlerin sonucu sayılır, çıkış kodu 1'dir."""
    listener = TcpListener()
    client = start_client("--limit", "0.4", "group", to=listener)
    jobs = accept_jobs(listener, 3)
    jobs["B"].finish()
    for name in "AC":
        jobs[name].expect_gone()
    finished = client.wait(expect_code=1)
    summary = "MyGroup: Timeout! Kalan task'lar iptal edildi: 1 sonuç, 2 iptal"
    lines = plain(finished.out_lines)
    assert lines[:6] == [*GROUP_STARTED, done("B", 2)]
    assert sorted(lines[6:8]) == ["A iptal edildi", "C iptal edildi"] and lines[8:] == [summary]
    check_failed(finished, "Grup bitmedi", listener.address, "zaman aşımı")


@pytest.mark.own_program
def test_no_name_of_the_runtime_is_shadowed():
    """Dersin yapıları, kullandığı kütüphanenin adlarını gölgelemez (belgedeki TaskGroup, asyncio'nunkinin adıdır)."""
    def names(folder: str) -> set[str]:
        text = "".join(path.read_text(encoding="utf-8") for path in Path(ROOT, folder).glob("*.h"))
        return set(re.findall(r"^(?:struct|enum) (\w+) \{", text, re.MULTILINE))

    assert {"group", "task", "future"} <= names("common/async")
    assert "roster" in names("lessons/14-tasks-and-futures")
    assert not names("lessons/14-tasks-and-futures") & names("common/async")


# --- istemci: sınırlar


@client_languages
def test_limit_ends_the_group_even_if_cancel_is_ignored(start_client, pairing):
    """İptale aldırmayan görev sınırı geçemez: ikinci isteği yola bile çıkmaz, grup sınırında biter."""
    listener = TcpListener()
    client = start_client("--scale", "0.2", "limit", to=listener)
    job = Job(listener)
    assert (job.name, job.seconds) == ("inatçı", 6)
    job.expect_gone()
    listener.expect_nobody(0.05)
    assert client.wait(4).out_lines == LIMITED


@pytest.mark.own_program
def test_task_that_never_yields_cannot_be_stopped(start_server, run_client):
    """Sıra bırakmayan hesap sınırı duymaz; sıra bırakanı sınırda kesilir, komşusu bu arada çalışır."""
    start_server()
    assert run_client("--scale", "0.3", "compute").out_lines == COMPUTED


# --- istemci: gelecek nesnesi


@client_languages
def test_future_is_set_by_another_task(start_client, pairing):
    """Bekleyen, sonucu başka bir görev koyana dek bekler; o görev sunucuyu beklemektedir."""
    listener = TcpListener()
    client = start_client("future", to=listener)
    job = Job(listener)
    assert (job.name, job.seconds) == ("future", 1)
    job.peer.expect_silence(0.1)
    expect_shown(client, FUTURE[:2])
    job.finish()
    assert client.wait().out_lines == FUTURE


@pytest.mark.own_program
def test_forgotten_task_is_held_by_the_loop(start_server, run_client):
    """Sonucu koyan görevin elde tutulan bir adı yoktur; döngü onu tutar, sonucu gelir, bellek de geri verilir."""
    source = Path(ROOT, "lessons/14-tasks-and-futures/futures.c").read_text(encoding="utf-8")
    body = source[source.index("int demo_future(") : source.index("/* --- görevin ömrü")]
    assert "task_create" not in body and "group_spawn" in body
    start_server()
    assert run_client(*FAST, "future").out_lines == FUTURE


@pytest.mark.parametrize("reply, why", [(None, LOST), ("HATA: olmadı\n", "HATA: olmadı")], ids=["lost", "error"])
def test_future_carries_the_failure(run_client, reply, why):
    """Sonucu koyacak görev olmazsa bekleyen asılı kalmaz: hatayı alır."""
    with ByHand(lambda request: reply) as server:
        finished = run_client("future", to=server.address, expect_code=1)
        assert finished.out_lines == FUTURE[:2]
        check_failed(finished, "Yanıt alınamadı", server.address, why)


# --- istemci: olanların arasında olmayan


@client_languages
def test_failure_does_not_stop_the_others(start_client, pairing):
    """Biri olmayınca ötekiler sürer; sonuçlar kuruluş sırasıyla, hata yerinde yazılır."""
    listener = TcpListener()
    client = start_client("exceptions", to=listener)
    jobs = accept_jobs(listener, 3)
    assert (jobs["Failure"].verb, jobs["Failure"].seconds) == ("hata", 0.5)
    jobs["Failure"].finish()
    jobs["Failure"].expect_gone()
    for name in ("Success-2", "Success-1"):
        jobs[name].peer.expect_silence(0.05)
        jobs[name].finish()
        client.wait_line(re.compile(rf"\[.*\] {name} başarıyla .*"))
    assert client.wait().out_lines[-3:] == EXCEPTIONS


def test_lost_connection_is_no_result(start_client):
    """Bağlantının kopması beklenen bir hata değildir: ötekilerin sonucu yazılır, çıkış kodu 1'dir."""
    listener = TcpListener()
    client = start_client("exceptions", to=listener)
    jobs = accept_jobs(listener, 3)
    jobs["Success-1"].lose()
    jobs["Failure"].finish()
    jobs["Success-2"].finish()
    finished = client.wait(expect_code=1)
    assert finished.out_lines[-3:] == [f"Task 0 hata verdi: {LOST}", *EXCEPTIONS[1:]]
    check_failed(finished, "Yanıt alınamadı", listener.address, LOST)


def test_first_trouble_is_the_one_named(start_client):
    """Birden çok bağlantı koparsa son satır ilk olmayanı söyler."""
    listener = TcpListener()
    client = start_client("exceptions", to=listener)
    jobs = accept_jobs(listener, 3)
    jobs["Success-1"].peer.half_close()
    jobs["Success-1"].expect_gone()
    jobs["Failure"].finish()
    jobs["Failure"].expect_gone()
    jobs["Success-2"].peer.send(b"\xff\n")
    check_failed(client.wait(expect_code=1), "Yanıt alınamadı", listener.address, LOST)


# --- istemci: olmayan işler


def check_failed(finished, operation, address, why) -> None:
    """Tek satır, asıl neden; geri verilmeyen görev ya da görülmeyen hata uyarısı yok."""
    assert finished.err_lines == [f"{operation}: {address}: {why}"]


@pytest.mark.parametrize(
    "demo, pairing",
    [*((demo, "c-c") for demo in (*USUAL, *OTHERS)), *((demo, "py-c") for demo in ("management", "results", "early"))],
)
def test_server_that_leaves_is_named(run_client, demo, pairing):
    """Soruyu alıp giden sunucu: son satır neyin, nerede, neden olmadığını söyler; başka uyarı yoktur."""
    with ByHand(lambda request: None) as server:
        finished = run_client("--scale", "0.2", demo, to=server.address, expect_code=1)
        check_failed(finished, "Yanıt alınamadı", server.address, LOST)
        eventually(lambda: server.open == 0, "bağlantılar kapandı")


@pytest.mark.parametrize(
    "reply, operation, why",
    [
        (b"\xff\n", "Yanıt alınamadı", "geçersiz UTF-8"),
        (b"x" * 70000, "Yanıt alınamadı", "mesaj çok büyük"),
        (f"{FULL}\n".encode(), "Bağlanılamadı", "sunucu dolu"),
        (b"selam\n", "Yanıt alınamadı", "protokole aykırı"),
        (b"", "Yanıt alınamadı", "zaman aşımı"),
        ("HATA: bugün \x1b[31m olmaz\n".encode(), "Yanıt alınamadı", "HATA: bugün \\x1b[31m olmaz"),
    ],
    ids=["utf8", "long", "full", "wrong", "silent", "error"],
)
def test_bad_reply_is_named(run_client, reply, operation, why):
    """Yanıt sayılamayan yanıtın nedeni son satırdadır, bir kez; ağdan gelen metin kaçışla yazılır."""
    with ByHand(lambda request: reply) as server:
        words = ("--timeout", "0.3", "--scale", "0.01", "results")
        check_failed(run_client(*words, to=server.address, expect_code=1), operation, server.address, why)


def test_half_a_line_is_no_reply(start_client):
    """Satır sonu gelmeden biten akışta kalan yarım satır yanıt sayılmaz."""
    listener = TcpListener()
    client = start_client("future", to=listener)
    job = Job(listener)
    job.peer.send("future tamamlandı")
    job.peer.close()
    check_failed(client.wait(expect_code=1), "Yanıt alınamadı", listener.address, LOST)


def test_remote_error_is_printed_escaped(start_client):
    """Sunucunun hata metni ekrana kaçışla yazılır: istemcinin uçbirimini boyayamaz."""
    listener = TcpListener()
    client = start_client("exceptions", to=listener)
    jobs = accept_jobs(listener, 3)
    jobs["Failure"].peer.send("HATA: kır\x1b[31mızı\n")
    jobs["Success-1"].finish()
    jobs["Success-2"].finish()
    assert "Task 1 hata verdi: kır\\x1b[31mızı" in client.wait().out_lines


def test_timeout_does_not_count_the_requested_delay(start_server, run_client):
    """İstenen süre --timeout'tan uzun olabilir: beklenen yanıt zaman aşımı değildir."""
    start_server()
    assert run_client("--timeout", "0.25", "--scale", "0.35", "future").out_lines == FUTURE


# --- sunucu: istekler


REPLIES = {
    "bekle 0 iş": "iş tamamlandı",
    "bekle 0.01 uzun bir  ad": "uzun bir  ad tamamlandı",
    "  bekle   000.0100   x  ": "x tamamlandı",
    "hata 0 iş": "HATA: iş bir hata verdi!",
    "hata 0.01 iki söz": "HATA: iki söz bir hata verdi!",
    "vazgeç": "vazgeçildi",
    "vazgeç 0.01": "vazgeçildi",
    " vazgeç  0 ": "vazgeçildi",
    "durum": "süren 0, aynı anda en çok 1, bırakılan 0",
}


@server_languages
def test_requests_and_replies(start_server, pairing):
    """Sözleşmedeki her istek ve yanıtı."""
    peer = TcpPeer.connect(start_server())
    for request, reply in REPLIES.items():
        peer.send(request + "\n")
        peer.expect(reply + "\n")


MISUNDERSTOOD = [
    "", " ", "selam", "BEKLE 1 x", "bekle", "bekle 1", "bekle x 1", "bekle -1 x", "bekle 1e0 x", "bekle .5 x",
    "bekle 5. x", "bekle 0.1x x", "bekle nan x", "bekle 0x1 x", "bekle 1234567890 x", "bekle 0.1234567890 x", "bekle1 x", "hata",
    "hata 1", "hata x x", "hata1 x", "vazgeç x", "vazgeç -1", "vazgeç 0 0", "vazgec", "durum x", "durumlar",
]  # fmt: skip


@server_languages
def test_misunderstood_requests(start_server, pairing):
    """Anlaşılmayan isteğe öyle denir; bağlantı sürer."""
    peer = TcpPeer.connect(start_server())
    for request in MISUNDERSTOOD:
        peer.send(request + "\n")
        peer.expect(f"{UNKNOWN}\n")
    peer.send("bekle 0 sonra\n")
    peer.expect("sonra tamamlandı\n")


@server_languages
def test_delay_over_the_limit_is_refused(start_server, pairing):
    """--max-delay'den uzun iş hiç başlamaz, sözle geri çevrilir; sınırdaki yapılır."""
    server = start_server("--max-delay", "0.25")
    peer = TcpPeer.connect(server)
    refusal = "HATA: en çok 0.25 saniye beklenir\n"
    peer.send("bekle 0.251 x\nhata 1 x\nvazgeç 1\nbekle 0.25 y\n")
    peer.expect(refusal * 3 + "y tamamlandı\n")
    assert status(server) == (0, 1, 0)


@server_languages
def test_delay_is_really_waited(start_server, pairing):
    """Süresi dolmadan yanıt gelmez; olağan sınır 60 saniyedir."""
    peer = TcpPeer.connect(start_server())
    peer.send("bekle 60.001 x\nhata 0.4 x\n")
    peer.expect("HATA: en çok 60 saniye beklenir\n")
    peer.expect_silence(0.2)
    peer.expect("HATA: x bir hata verdi!\n")


# --- sunucu: bıraktırmak


@server_languages
def test_withdraw_drops_the_running_work(start_server, pairing):
    """Süren iş `vazgeç`le hemen bırakılır: önce onun, sonra vazgeçişin yanıtı gelir; bağlantı sürer."""
    server = start_server()
    peer = TcpPeer.connect(server)
    for verb in ("bekle", "hata"):
        peer.send(f"{verb} 30 uzun iş\n")
        eventually(lambda: active(server) == 1, "iş sürüyor")
        peer.send("vazgeç\n")
        peer.expect("uzun iş bırakıldı\nvazgeçildi\n")
    assert status(server) == (0, 1, 2)
    peer.send("bekle 0 yeni\n")
    peer.expect("yeni tamamlandı\n")


@server_languages
def test_withdraw_in_the_same_segment(start_server, pairing):
    """İstekle aynı parçada gelen `vazgeç` de geçerlidir; kendi süresi kadar sürer."""
    server = start_server()
    peer = TcpPeer.connect(server)
    peer.send("bekle 30 a\nvazgeç 0.3\nbekle 30 b\nvazgeç 0\n")
    peer.expect("a bırakıldı\n")
    peer.expect_silence(0.2)
    peer.expect("vazgeçildi\nb bırakıldı\nvazgeçildi\n")


@server_languages
def test_withdraw_does_not_overtake(start_server, pairing):
    """`vazgeç`, önünde başka bir istek bekliyorsa onu atlayıp süren işi bıraktıramaz."""
    server = start_server()
    peer = TcpPeer.connect(server)
    peer.send("bekle 0.2 a\nbekle 30 b\nvazgeç\n")
    peer.expect("a tamamlandı\nb bırakıldı\nvazgeçildi\n")
    assert status(server)[2] == 1


@server_languages
def test_withdraw_is_for_its_own_connection(start_server, pairing):
    """Bir bağlantının `vazgeç`i ötekinin işine dokunmaz."""
    server = start_server()
    other, peer = TcpPeer.connect(server), TcpPeer.connect(server)
    other.send("bekle 20 öteki\n")
    eventually(lambda: active(server) == 1, "öteki iş sürüyor")
    peer.send("vazgeç\n")
    peer.expect("vazgeçildi\n")
    assert status(server)[::2] == (1, 0)
    other.send("vazgeç\n")
    other.expect("öteki bırakıldı\nvazgeçildi\n")


@server_languages
def test_line_read_ahead_is_not_lost(start_server, pairing):
    """İş sürerken okunan satırlar, iş bitince, geldikleri sırayla yapılır."""
    peer = TcpPeer.connect(start_server())
    peer.send("bekle 0.2 bir\n")
    peer.send_segments("bekle 0 i", "ki\nhata 0 üç\nanlaşılmaz\nbekle 0.1 dört\nbekle 0 be")
    peer.send("ş\n")
    peer.expect(f"bir tamamlandı\niki tamamlandı\nHATA: üç bir hata verdi!\n{UNKNOWN}\ndört tamamlandı\nbeş tamamlandı\n")


@server_languages
def test_half_close_gets_every_answer(start_server, pairing):
    """Yazma yarısını kapatan istemcinin işi bırakılmaz: bütün yanıtlarını, sonra akış sonunu alır."""
    server = start_server()
    peer = TcpPeer.connect(server)
    peer.send("bekle 0.3 bir\nbekle 0.1 iki\nbekle 0 son")
    peer.half_close()
    peer.expect("bir tamamlandı\niki tamamlandı\nson tamamlandı\n")
    peer.expect_eof()
    assert status(server)[2] == 0


@server_languages
def test_reset_drops_the_work(start_server, pairing):
    """Sıfırlanan bağlantının işi hemen bırakılır: yanıtını alacak kimse yoktur."""
    server = start_server()
    peer = TcpPeer.connect(server)
    peer.send("bekle 30 x\n")
    eventually(lambda: active(server) == 1, "iş sürüyor")
    peer.reset()
    eventually(lambda: active(server) == 0, "iş bırakıldı", seconds=3)
    logged(server, "WARNING - Bağlantı kesildi: .*sıfırlandı")


@server_languages
def test_name_survives_what_is_read_meanwhile(start_server, pairing):
    """İş sürerken gelen uzun satır, yanıtın adını bozmaz."""
    peer = TcpPeer.connect(start_server())
    long = "ş" * 30000
    peer.send(f"bekle 0.2 ilk\nbekle 0 {long}\n")
    peer.expect(f"ilk tamamlandı\n{long} tamamlandı\n")


# --- sunucu: çerçeveleme ve konuşmanın sonu


def test_lines_in_pieces_and_together(start_server):
    """Parça parça gelen istek tek yanıt alır, birlikte gelenlerin her biri kendi yanıtını; NUL metni kesmez."""
    peer = TcpPeer.connect(start_server())
    peer.send_segments("bek", "le 0 aş\r\nbekle 0 b\nbekle 0 ", "c\0d\n")
    peer.expect("aş tamamlandı\nb tamamlandı\nc\0d tamamlandı\n")


def test_thousand_requests_in_one_segment(start_server):
    """Tek parçada gelen bin istek, sırayla bin yanıt alır; arada öne bakan görevler bir şey kaybetmez."""
    peer = TcpPeer.connect(start_server())
    peer.send("".join(f"bekle 0 {i}\n" for i in range(1000)))
    peer.expect("".join(f"{i} tamamlandı\n" for i in range(1000)))


def test_each_reply_is_one_read(start_server):
    """Bir yanıt tek gönderimde, bölünmeden çıkar."""
    peer = TcpPeer.connect(start_server())
    name = "ığüşöç" * 300
    for request, reply in ((f"bekle 0 {name}", f"{name} tamamlandı"), (f"hata 0 {name}", f"HATA: {name} bir hata verdi!")):
        peer.send(request + "\n")
        peer.expect_single_read(reply + "\n")


@server_languages
def test_invalid_utf8_closes_after_earlier_answers(start_server, pairing):
    """İş sürerken gelen bozuk UTF-8 bağlantıyı sessizce kapatır; ama işin yanıtından sonra."""
    server = start_server()
    peer = TcpPeer.connect(server)
    peer.send(b"bekle 0.2 iyi\nbekle 0 \xff\nbekle 0 son\n")
    peer.expect("iyi tamamlandı\n")
    peer.expect_eof()
    logged(server, r"WARNING - Bağlantı kesildi: .*: geçersiz UTF-8")


@server_languages
def test_line_at_the_limit_and_over(start_server, pairing):
    """65536 baytlık istek yanıtlanır; bir bayt fazlası, önceki isteğin yanıtından sonra, sözle geri çevrilir."""
    server = start_server()
    name = "x" * (LIMIT - len("bekle 0 "))
    for ending in ("\n", "\r\n"):
        peer = TcpPeer.connect(server)
        peer.send(f"bekle 0 {name}{ending}")
        peer.expect(f"{name} tamamlandı\n")
        peer.send(f"bekle 0.1 önce\nbekle 0 {name}y{ending}")
        peer.expect(f"önce tamamlandı\n{TOO_LONG}\n")
        peer.expect_eof()


def test_endless_line_is_refused(start_server):
    """İş sürerken gelen, satır sonu olmayan 20 MB: işin yanıtı, sonra söz; bellek büyümez, öteki hizmet görür."""
    server = start_server()
    other, peer = TcpPeer.connect(server), TcpPeer.connect(server)
    memory = server.resident_kib
    peer.send("bekle 0.3 önce\n")
    peer.fill("z" * 65536, 20 * MIB)
    peer.expect_line("önce tamamlandı")
    peer.expect_line(TOO_LONG)
    peer.expect_closed()
    assert server.resident_kib - memory < 4096
    other.send("bekle 0 buradayım\n")
    other.expect("buradayım tamamlandı\n")


def test_reader_that_never_reads(start_server):
    """Yanıtlarını okumayan istemci durdurulur: bellek büyümez, öteki hizmet görür, süresi dolunca kapatılır."""
    server = start_server("--timeout", "0.8")
    memory = server.resident_kib
    slow = TcpPeer.connect(server, receive_buffer=4096)
    assert slow.fill("bekle 0 " + "x" * 4000 + "\n", 64 * MIB) < 32 * MIB
    assert ask(server, "bekle 0 x") == "x tamamlandı"
    assert server.resident_kib - memory < 16 * 1024  # çekirdeğe verilmiş yanıtları ASan bir süre daha tutar
    logged(server, "WARNING - İstemci zaman aşımı: ")


def test_silent_client_is_closed(start_server):
    """Sessiz istemci --timeout dolunca, söz söylenmeden kapatılır ve loglanır; işi süren istemci sessiz sayılmaz."""
    server = start_server("--timeout", "0.4")
    silent, half, working = (TcpPeer.connect(server) for _ in range(3))
    half.send("bekle 0")
    working.send("bekle 1 iş\n")
    silent.expect_eof()
    half.expect_eof()
    logged(server, "WARNING - İstemci zaman aşımı: ", count=2)
    working.expect("iş tamamlandı\n")


# --- sunucu: sayı, yük, kaynak


@server_languages
def test_connections_do_not_wait_for_each_other(start_server, pairing):
    """Yüz bağlantının yüz işi birlikte sürer; bu, sunucunun kendi sayımından okunur."""
    server = start_server()
    peers = [TcpPeer.connect(server) for _ in range(100)]
    for number, peer in enumerate(peers):
        peer.send(f"bekle 20 iş-{number}\n")
    eventually(lambda: active(server) == 100, "yüz iş birlikte sürüyor")
    for peer in peers:
        peer.send("vazgeç\n")
    for number, peer in enumerate(peers):
        peer.expect(f"iş-{number} bırakıldı\nvazgeçildi\n")
    assert status(server) == (0, 100, 100)


def test_client_over_the_limit_is_told(start_server):
    """N istemci varken N+1'inciye dolu olduğu söylenir; öne bakan görevler istemci sayılmaz."""
    server = start_server("--max-clients", "2")
    peers = [TcpPeer.connect(server) for _ in range(2)]
    for peer in peers:
        peer.send("bekle 20 içeride\n")
    extra = TcpPeer.connect(server)
    extra.expect_line(FULL)
    extra.expect_closed()
    peers[0].reset()
    eventually(lambda: ask(server, "bekle 0 yeni") != FULL, "yer açıldı")
    peers[1].send("vazgeç\n")
    peers[1].expect("içeride bırakıldı\nvazgeçildi\n")


def test_idle_clients_cost_nothing(start_server):
    """Yüzlerce sessiz istemci varken işlemci boştadır; sonra gelen hemen hizmet görür."""
    server = start_server("-v")
    with idle_connections(server, 400):
        logged(server, "(?:DEBUG|INFO) - Yeni bağlantı: ", count=400, seconds=20)
        before = server.cpu_seconds
        time.sleep(0.5)
        assert server.cpu_seconds - before < 0.1
        assert ask(server, "bekle 0 x") == "x tamamlandı"


def test_hundreds_in_a_row_leave_nothing(start_server):
    """Art arda yüzlerce bağlantıdan, süren işin ortasında kopanlardan sonra geride ne tanımlayıcı ne iş kalır."""
    server = start_server()
    assert active(server) == 0
    idle = server.open_descriptors
    storm(server, 300, say="bekle 0.01 x\n".encode())
    storm(server, 300, say="bekle 30 x\n".encode(), ending="reset")
    storm(server, 100, say=b"bek", ending="reset")
    eventually(lambda: server.open_descriptors <= idle, "tanımlayıcılar kapandı")
    assert active(server) == 0


def test_full_descriptor_table(start_server):
    """Tanımlayıcı kalmayınca kabul durur: log tek satırdır, yer açılınca sürer."""
    server = start_server()
    with server.descriptors_left(6):
        peers = [TcpPeer.connect(server) for _ in range(12)]
        logged(server, "ERROR - Kabul duraklatıldı: ")
        before = server.cpu_seconds
        time.sleep(0.5)
        assert server.cpu_seconds - before < 0.1
        assert sum("Kabul duraklatıldı" in line for line in server.lines("stderr")) == 1
        for peer in peers[:6]:
            peer.close()
        peers[-1].send("bekle 0 sıra\n")
        peers[-1].expect("sıra tamamlandı\n")


def test_requests_are_logged_only_when_asked(start_server):
    """İsteğin metni yalnız -v ile, kaçışla loglanır."""
    for options, expected in (((), False), (("-v",), True)):
        server = start_server(*options)
        peer = TcpPeer.connect(server)
        peer.send("bekle 0 gizli \x1b[31m söz\n")
        peer.expect("gizli \x1b[31m söz tamamlandı\n")
        peer.close()
        server.stop()
        line = next((line for line in server.lines("stderr") if "gizli" in line), "")
        assert "\x1b" not in line
        assert bool(re.search(r"\[127\.0\.0\.1:\d+\] İstek: bekle 0 gizli", line)) == expected


# --- sunucu: kapanış


@server_languages
def test_work_that_fits_the_grace_is_finished(start_server, pairing):
    """SIGTERM: sonu kapanış sınırına sığan iş bitirilip yanıtlanır, sığmayan hemen bırakılır."""
    server = start_server()
    short, long = TcpPeer.connect(server), TcpPeer.connect(server)
    short.send("bekle 0.6 kısa\n")
    long.send("bekle 30 uzun\n")
    eventually(lambda: active(server) == 2, "iki iş sürüyor")
    server.signal(signal.SIGTERM)
    long.expect_eof(seconds=0.7)
    short.expect("kısa tamamlandı\n")
    short.expect_eof()
    server.wait(2)


@server_languages
def test_what_has_arrived_is_answered(start_server, pairing):
    """Kapanırken gelmiş olan her istek yanıtlanır, `vazgeç` de; yanıtlar sıfırlamayla kaybolmaz."""
    server = start_server()
    peers = [TcpPeer.connect(server) for _ in range(5)]
    for peer in peers:
        peer.send("bekle 0.2 ilk\nhata 0.1 ikinci\nbekle 1 üçüncü\nvazgeç 0.05\n?\n?\nbekle 0 son\n")
    eventually(lambda: active(server) == 5, "işler başladı")
    finished = server.stop()
    for peer in peers:
        peer.expect("ilk tamamlandı\nHATA: ikinci bir hata verdi!\nüçüncü bırakıldı\nvazgeçildi\n")
        peer.expect(f"{UNKNOWN}\n{UNKNOWN}\nson tamamlandı\n")
        peer.expect_eof()
    assert finished.err_lines[-1].endswith(" - INFO - Server kapatıldı")
    assert " - WARNING - " not in finished.err


@server_languages
def test_long_line_is_told_even_while_closing(start_server, pairing):
    """Kapanırken gelmiş olan satır uzunsa yine söylenir: iptal, son sözü yutmaz."""
    server = start_server()
    peer = TcpPeer.connect(server)
    peer.send("bekle 0.5 iş\n" + "x" * (LIMIT + 1))
    eventually(lambda: active(server) == 1, "iş sürüyor")
    finished = server.stop()
    peer.expect(f"iş tamamlandı\n{TOO_LONG}\n")
    peer.expect_eof()
    assert "mesaj çok büyük" in finished.err


def test_shutdown_under_load(start_server, start_client):
    """Yük altında ve okumayan istemci varken SIGTERM iki saniyede, 0 koduyla bitirir; istemci de nedenini söyler."""
    server = start_server()
    stuck = TcpPeer.connect(server, receive_buffer=4096)
    stuck.fill("bekle 0 " + "x" * 4000 + "\n", 64 * MIB, quiet=0.05)
    client = start_client("--scale", "10", "group", "--limit", "100")
    eventually(lambda: active(server) == 3, "üç iş sürüyor")
    server.stop()
    finished = client.wait(expect_code=1)
    assert len(finished.err_lines) == 1
