"""Ders 13: olay döngüsü; gelecek nesnesi, zamanlanmış çağrılar, arka uç, sinyaller, ikinci döngü, hata ayıklama kipi."""

import contextlib
import os
import re
import signal
from pathlib import Path

import pytest

from harness.capability import needs
from harness.contract import INTERRUPTIBLE_CALLS
from harness.lessons import ROOT
from harness.listener import TcpListener
from harness.load import idle_connections
from harness.peer import TcpPeer
from harness.waiting import eventually
from harness.wrappers import interrupted_calls, traced

FULL = "Sunucu dolu, daha sonra deneyin"
TOO_LONG = "Satır çok uzun (en fazla 65536 bayt)"
UNKNOWN = "HATA: anlaşılmadı"
FAST = ("--scale", "0.05")
LIMIT = 65536

both_clients = pytest.mark.parametrize("pairing", ["c-c", "py-c"], indirect=True)
both_servers = pytest.mark.parametrize("pairing", ["c-c", "c-py"], indirect=True)
both_backends = pytest.mark.parametrize("backend", ["epoll", "poll"])

NAMES = ["info", "callback", "scheduling", "policy", "signals", "threading", "monitoring"]
INFO = ["=== Event Loop Info ===", "Loop tipi: epoll", "Running: True", "Closed: False", "Debug mode: False"]
CALLBACK = [
    "=== Callback Example ===", "Callback çağrıldı! Sonuç: Callback tamamlandı", "Sonuç: Callback tamamlandı",
]  # fmt: skip
SCHEDULING_HEAD = "=== Scheduling Example ==="
SCHEDULED = ["call_soon", "call_later (1s)", "call_later (2s)", "call_at (3s)"]
CREATED = "Yeni event loop oluşturuldu"
POLICY = [
    "=== Custom Event Loop Policy ===", CREATED, "Loop tipi: epoll", "Sonuç: epoll tamamlandı",
    CREATED, "Loop tipi: poll", "Sonuç: poll tamamlandı",
]  # fmt: skip
THREADING_HEAD = ["=== Threading Example ===", "Ana thread: MainThread", "Async task çalışıyor (thread: AsyncThread)"]
RESULT = "Thread'den sonuç: Thread tamamlandı"
MONITORING = [
    "=== Performance Monitoring ===", "Debug mode: True", "slow_task: 0.2 saniye bekledi",
    "blocking_task: 0.2 saniye bloke etti", "blocking_callback: 0.2 saniye bloke etti",
]  # fmt: skip
INTERRUPTED = ["", "Signal alındı: SIGINT", "Temiz kapanış yapılıyor...", "Task iptal edildi"]


# --- yardımcılar


def sections(lines: list[str]) -> dict[str, list[str]]:
    """Başlıklarına bölünmüş çıktı."""
    found: dict[str, list[str]] = {}
    for line in lines:
        if line.startswith("==="):
            found[line] = []
        elif line:
            found[list(found)[-1]].append(line)
    return found


def times(lines: list[str]) -> dict[str, float]:
    """Zamanlanmış çağrıların adı ve çağrıldığı an, yazıldıkları sırayla."""
    rows = [re.fullmatch(r"\[(\d+\.\d\d)\] (.+) çağrıldı", line) for line in lines]
    return {row[2]: float(row[1]) for row in rows}


def answer(peer, name: str) -> None:
    peer.send(f"{name} tamamlandı\n")


def ask(server, request: str) -> str:
    """Yeni bir bağlantıda tek istek."""
    peer = TcpPeer.connect(server)
    peer.send(request + "\n")
    reply = peer.read_line()
    peer.close()
    return reply


def pollers(program) -> int:
    """Süreçteki epoll tanımlayıcıları: her epoll döngüsünün bir tane vardır."""
    found = 0
    for each in Path(f"/proc/{program.pid}/fd").iterdir():
        with contextlib.suppress(OSError):  # o arada kapanmış olabilir
            found += "eventpoll" in os.readlink(each)
    return found


def thread_names(program) -> set[str]:
    found = set()
    for path in Path(f"/proc/{program.pid}/task").glob("*/comm"):
        with contextlib.suppress(OSError):  # o arada bitmiş olabilir
            found.add(path.read_text().strip())
    return found


# --- iki taraf birlikte


def test_every_demo_in_the_documents_order(start_server, run_client, pairing):
    """Argümansız istemci signals dışındaki gösterileri belgenin sırasıyla, onun sözleriyle yürütür."""
    start_server()
    shown = sections(run_client("--scale", "0.1", seconds=30).out_lines)
    assert list(shown) == [INFO[0], CALLBACK[0], SCHEDULING_HEAD, POLICY[0], THREADING_HEAD[0], MONITORING[0]]
    assert shown[INFO[0]] == INFO[1:]
    assert shown[CALLBACK[0]] == CALLBACK[1:]
    assert list(times(shown[SCHEDULING_HEAD])) == SCHEDULED
    assert shown[POLICY[0]] == POLICY[1:]
    assert shown[THREADING_HEAD[0]][:2] == THREADING_HEAD[1:]
    assert RESULT in shown[THREADING_HEAD[0]]
    assert shown[MONITORING[0]] == MONITORING[1:]


def test_demos_by_name(start_server, run_client):
    """Adı verilen gösteriler, verildikleri sırayla; aralarında bir boş satır."""
    start_server()
    assert run_client(*FAST, "callback", "info", "callback").out_lines == [*CALLBACK, "", *INFO, "", *CALLBACK]


@both_clients
def test_unknown_demo_is_wrong_usage(run_client, pairing):
    """Bilinmeyen ad: hiçbir gösteri yürümez, tek satır olanları sayar, çıkış kodu 2."""
    finished = run_client("info", "uyku", to=None, expect_code=2)
    assert finished.out == "" and len(finished.err_lines) == 1
    assert "'uyku'" in finished.err and all(name in finished.err for name in NAMES)


def test_both_families(start_server, run_client, host):
    """IPv4 ve IPv6."""
    start_server(host=host)
    assert run_client(*FAST, "callback", "policy").out_lines == [*CALLBACK, "", *POLICY]


def test_through_cut_streams(start_server, run_client, proxied, pairing, chunking):
    """Akış nasıl kesilirse kesilsin satırlar aynıdır."""
    server = start_server()
    lines = run_client("--scale", "0.02", "callback", "policy", to=proxied(server, chunking)).out_lines
    assert lines == [*CALLBACK, "", *POLICY]


@needs("strace")
@pytest.mark.deadline(60)
@both_backends
def test_interrupted_calls_change_nothing(start_server, run_client, tmp_path, backend):
    """Bekleme çağrılarının her ikincisi EINTR ile dönse de iki arka uçta da sonuç aynıdır."""
    start_server("--backend", backend, under=interrupted_calls(tmp_path / "server", *INTERRUPTIBLE_CALLS))
    client = interrupted_calls(tmp_path / "client", *INTERRUPTIBLE_CALLS)
    lines = run_client("--backend", backend, *FAST, "callback", "policy", under=client, seconds=30).out_lines
    assert lines == [CREATED, *CALLBACK, "", *POLICY]


# --- döngünün durumu


def test_facts_of_the_running_loop(run_client, pairing):
    """Döngü sürerken: çalışıyor, kapanmamış, hata ayıklama kipi kapalı. Sunucu gerekmez."""
    listener = TcpListener()
    assert run_client("info", to=listener).out_lines == INFO
    listener.expect_nobody(0.05)


@pytest.mark.own_program
def test_environment_turns_the_debug_mode_on(start_client, monkeypatch):
    """YUVA_ASYNC_DEBUG=1 kipi süreç başlarken açar; monitoring onu kapatmaz."""
    monkeypatch.setenv("YUVA_ASYNC_DEBUG", "1")
    listener = TcpListener()
    client = start_client("info", "monitoring", "info", to=listener)
    peer = listener.accept()
    peer.expect_line("bekle 0.2 slow_task")
    answer(peer, "slow_task")
    shown = [line for line in client.wait().out_lines if line.startswith("Debug mode")]
    assert shown == ["Debug mode: True"] * 3


# --- gelecek nesnesi ve geri çağrı


@both_clients
def test_callback_runs_when_the_server_answers(start_client, pairing):
    """Ne geri çağrı ne sonuç, yanıt gelmeden yazılır; gelince önce geri çağrı, sonra sonuç."""
    listener = TcpListener()
    client = start_client("callback", to=listener)
    peer = listener.accept()
    peer.expect_line("bekle 1 Callback")
    client.wait_line(CALLBACK[0])
    peer.expect_silence(0.2)
    assert client.lines() == CALLBACK[:1]
    answer(peer, "Callback")
    assert client.wait().out_lines == CALLBACK


@both_clients
def test_callback_is_told_of_a_failure(start_client, pairing):
    """Sonuç hata olunca da geri çağrı çalışır; program nedeni söyleyip 1 ile biter."""
    listener = TcpListener()
    client = start_client("callback", "info", to=listener)
    peer = listener.accept()
    peer.read_line()
    peer.close()
    finished = client.wait(expect_code=1)
    why = "akış beklenenden önce bitti"
    assert finished.out_lines == [CALLBACK[0], f"Callback çağrıldı! Hata: {why}"]
    assert finished.err_lines == [f"Yanıt alınamadı: {listener.address}: {why}"]


# --- zamanlanmış çağrılar


@both_clients
def test_scheduled_calls_run_in_time_and_in_order(start_server, run_client, pairing):
    """Dört çağrı da anının sırasıyla çalışır, hiçbiri anından önce değil."""
    start_server()
    shown = times(run_client("--scale", "0.1", "scheduling").out_lines[1:])
    assert list(shown) == SCHEDULED
    for due, at in zip((0, 0.1, 0.2, 0.3), shown.values()):
        assert at >= due


@both_clients
def test_calls_run_while_the_server_is_awaited(start_client, pairing):
    """Çağrılar, yanıt beklenirken çalışır: sunucu hiç yanıtlamadan dördü de yazılmıştır."""
    listener = TcpListener()
    client = start_client("--scale", "0.02", "scheduling", to=listener)
    peer = listener.accept()
    peer.expect_line("bekle 0.08 Scheduling")
    client.wait_line(re.compile(r"\[.+\] call_at \(3s\) çağrıldı"))
    answer(peer, "Scheduling")
    assert list(times(client.wait().out_lines[1:])) == SCHEDULED


@both_clients
def test_calls_that_are_not_due_are_withdrawn(start_client, pairing):
    """Yanıt erken gelirse zamanı gelmemiş çağrılar geri çekilir, sonraki gösteride çalışmazlar."""
    listener = TcpListener()
    client = start_client("--scale", "0.2", "scheduling", "callback", to=listener)
    peer = listener.accept()
    peer.expect_line("bekle 0.8 Scheduling")
    client.wait_line(re.compile(r"\[.+\] call_soon çağrıldı"))
    answer(peer, "Scheduling")
    second = listener.accept()
    second.expect_line("bekle 0.2 Callback")
    second.expect_silence(0.8)
    answer(second, "Callback")
    shown = sections(client.wait().out_lines)
    assert list(times(shown[SCHEDULING_HEAD])) == ["call_soon"]
    assert shown[CALLBACK[0]] == CALLBACK[1:]


# --- politika ve arka uç


@both_clients
def test_policy_is_asked_for_every_new_loop(start_client, pairing):
    """Politika gerçekten kullanılır: her döngüden önce sorulur ve söylediği arka uç kurulur (örnek 6)."""
    listener = TcpListener()
    client = start_client("policy", to=listener)
    for number, name in enumerate(("epoll", "poll")):
        peer = listener.accept()
        peer.expect_line(f"bekle 0.5 {name}")
        client.wait_line(CREATED, count=number + 1)
        client.wait_line(f"Loop tipi: {name}")
        assert pollers(client) == 2 - number  # ana döngününki ve, epoll ise, bununki
        answer(peer, name)
    assert client.wait().out_lines == POLICY


@both_clients
def test_main_loop_runs_on_the_chosen_backend(start_client, pairing):
    """--backend poll: ana döngünün epoll tanımlayıcısı yoktur; durumu da öyle söyler."""
    listener = TcpListener()
    client = start_client("--backend", "poll", "info", "callback", to=listener)
    peer = listener.accept()
    peer.expect_line("bekle 1 Callback")
    assert pollers(client) == 0
    answer(peer, "Callback")
    assert client.wait().out_lines == [CREATED, INFO[0], "Loop tipi: poll", *INFO[2:], "", *CALLBACK]


@both_backends
def test_every_demo_runs_on_both_backends(start_server, run_client, backend):
    """Gösteriler, istemcinin de sunucunun da arka ucu ne olursa olsun aynı sonucu verir."""
    start_server("--backend", backend)
    lines = run_client("--backend", backend, *FAST, "callback", "policy", "threading").out_lines
    assert lines[: len(CALLBACK) + 1] == [CREATED, *CALLBACK]
    assert lines[-1] == RESULT


@both_servers
def test_server_runs_on_the_chosen_backend(start_server, pairing):
    """Sunucunun --backend'i: epoll'de bir epoll tanımlayıcısı vardır, poll'de yoktur; ikisi de yanıtlar."""
    for backend, count in (("epoll", 1), ("poll", 0)):
        server = start_server("--backend", backend)
        assert ask(server, "bekle 0 x") == "x tamamlandı"
        assert pollers(server) == count


@pytest.mark.parametrize("role", ["server", "client"])
def test_unknown_backend_is_wrong_usage(run_program, role):
    """Olmayan arka uç: çıkış kodu 2, olanlar söylenir."""
    finished = run_program(role, "--backend", "kqueue", expect_code=2)
    assert len(finished.err_lines) == 1 and "epoll" in finished.err and "poll" in finished.err


@pytest.mark.own_program
@needs("strace")
@both_backends
def test_idle_loop_does_not_turn(start_server, tmp_path, backend):
    """Yapacak işi olmayan döngü uyur: boş geçen sürede bekleme çağrısı birkaç kez bile dönmez."""
    trace = tmp_path / "trace"
    server = start_server("--backend", backend, under=traced(trace, "?epoll_wait", "epoll_pwait", "?poll", "ppoll"))
    peer = TcpPeer.connect(server)
    peer.send("bekle 0 x\n")
    peer.expect("x tamamlandı\n")
    before = len(trace.read_text().splitlines())
    peer.expect_silence(0.5)
    assert len(trace.read_text().splitlines()) - before <= 3
    peer.close()


# --- sinyaller


@both_clients
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_signal_cancels_the_work_and_ends_cleanly(start_client, number, pairing):
    """SIGINT ve SIGTERM: görev iptal edilir, bağlantı kapanır, çıkış kodu 0; hata satırı yok (örnek 6)."""
    listener = TcpListener()
    client = start_client("signals", to=listener)
    peer = listener.accept()
    for _ in range(2):
        peer.expect_line("bekle 1 İş")
        answer(peer, "İş")
    client.wait_line("Çalışıyor...", count=2)
    peer.expect_line("bekle 1 İş")
    client.signal(number)
    peer.expect_closed()
    finished = client.wait()
    head = ["=== Signal Handler Example ===", "Ctrl+C ile programı durdurun...", "Çalışıyor...", "Çalışıyor..."]
    assert finished.out_lines == [*head, "", f"Signal alındı: {number.name}", *INTERRUPTED[2:]]
    assert finished.err == ""


@both_clients
def test_demos_after_the_signal_still_run(start_client, pairing):
    """Sinyal döngüyü değil görevi durdurur: sonraki gösteri aynı döngüde yürür."""
    listener = TcpListener()
    client = start_client("signals", "info", to=listener)
    listener.accept().expect_line("bekle 1 İş")
    client.wait_line("Ctrl+C ile programı durdurun...")
    client.signal(signal.SIGINT)
    assert client.wait().out_lines[2:] == [*INTERRUPTED, "", *INFO]


@both_clients
def test_second_signal_after_the_first_kills(start_client, pairing):
    """İlk sinyalden sonra sinyaller olağan işini yapar: sonraki gösteride gelen SIGINT programı bitirir."""
    listener = TcpListener()
    client = start_client("signals", "callback", to=listener)
    listener.accept().expect_line("bekle 1 İş")
    client.wait_line("Ctrl+C ile programı durdurun...")
    client.signal(signal.SIGINT)
    listener.accept().expect_line("bekle 1 Callback")
    client.signal(signal.SIGINT)
    assert client.wait(expect_code=None).code == -signal.SIGINT


@both_clients
def test_work_that_fails_needs_no_signal(start_client, pairing):
    """Sunucu giderse sinyal beklenmez: nedeni söylenir, çıkış kodu 1."""
    listener = TcpListener()
    client = start_client("signals", to=listener)
    peer = listener.accept()
    peer.read_line()
    peer.close()
    finished = client.wait(expect_code=1)
    assert finished.err_lines == [f"Yanıt alınamadı: {listener.address}: akış beklenenden önce bitti"]
    assert "Task iptal edildi" not in finished.out


@pytest.mark.own_program
def test_signal_works_in_a_program_that_was_told_to_ignore_it(start_client):
    """SIGINT yok sayılarak başlatılmış (arka planda) programda da izlenen sinyal alınır."""
    listener = TcpListener()
    client = start_client("signals", to=listener, under=["env", "--ignore-signal=INT"])
    listener.accept().expect_line("bekle 1 İş")
    client.wait_line("Ctrl+C ile programı durdurun...")
    client.signal(signal.SIGINT)
    assert client.wait().out_lines[2:] == INTERRUPTED


# --- başka iş parçacığında döngü


@both_clients
def test_main_loop_beats_while_the_thread_works(start_client, pairing):
    """İş parçacığı beklenirken ana döngü durmaz: onun yanıtı gelmeden nabız beş kez atar (örnek 6)."""
    listener = TcpListener()
    client = start_client(*FAST, "threading", to=listener)
    heart = listener.accept()
    heart.expect_line("bekle 0.02 Nabız")
    thread = listener.accept()
    thread.expect_line("bekle 0.05 Thread")
    client.wait_line("Async task çalışıyor (thread: AsyncThread)")
    for beat in range(5):
        answer(heart, "Nabız")
        heart.expect_line("bekle 0.02 Nabız")
        client.wait_line(f"Nabız {beat + 1}")
    assert RESULT not in client.lines()
    answer(thread, "Thread")
    client.wait_line(RESULT)
    heart.expect_silence(0.1)  # yoldaki son nabız beklenir: bağlantı daha kapanmadı
    answer(heart, "Nabız")  # ama yazılmaz
    assert client.wait().out_lines[-2:] == ["Thread çalışırken nabız: 5", RESULT]
    heart.expect_closed()


@both_clients
def test_join_inside_the_loop_stops_it(start_client, pairing):
    """--join, belgenin yolu: iş parçacığı bitene dek yanıtlanmış nabız bile atmaz."""
    listener = TcpListener()
    client = start_client("--join", "--scale", "0.05", "threading", to=listener)
    heart = listener.accept()
    heart.expect_line("bekle 0.02 Nabız")
    thread = listener.accept()
    thread.expect_line("bekle 0.05 Thread")
    answer(heart, "Nabız")
    heart.expect_silence(0.4)
    assert not [line for line in client.lines() if line.startswith("Nabız")]
    answer(thread, "Thread")
    client.wait_line(RESULT)
    answer(heart, "Nabız")
    lines = client.wait().out_lines
    assert "Thread çalışırken nabız: 0" in lines and RESULT in lines


@pytest.mark.own_program
def test_thread_has_the_name_it_says(start_client):
    """Yazılan ad, çekirdeğin bildiği addır; iş parçacığı bitince geride kalmaz."""
    listener = TcpListener()
    client = start_client("threading", "callback", to=listener)
    heart, thread = listener.accept(), listener.accept()
    heart.expect_line("bekle 0.4 Nabız")
    thread.expect_line("bekle 1 Thread")
    assert "AsyncThread" in thread_names(client)
    answer(thread, "Thread")
    client.wait_line(RESULT)
    answer(heart, "Nabız")  # daha önce gelseydi bir nabız daha istenirdi
    last = listener.accept()
    last.expect_line("bekle 1 Callback")
    eventually(lambda: "AsyncThread" not in thread_names(client), "iş parçacığı bitti")
    answer(last, "Callback")
    client.wait()


@both_clients
@pytest.mark.parametrize("way", [(), ("--join",)], ids=["await", "join"])
def test_failure_in_the_thread_is_named(start_client, way, pairing):
    """İkinci döngüdeki hata ana programın hatasıdır: tek satır, çıkış kodu 1."""
    listener = TcpListener()
    client = start_client(*way, "threading", to=listener)
    heart, thread = listener.accept(), listener.accept()
    heart.expect_line("bekle 0.4 Nabız")
    thread.read_line()
    thread.close()
    finished = client.wait(expect_code=1)
    assert finished.err_lines == [f"Yanıt alınamadı: {listener.address}: akış beklenenden önce bitti"]
    assert RESULT not in finished.out
    heart.expect_closed()


@both_clients
def test_failure_of_the_heart_is_named(start_client, pairing):
    """Nabzın hatası da kaybolmaz; iş parçacığının işi yine de biter."""
    listener = TcpListener()
    client = start_client("threading", to=listener)
    heart, thread = listener.accept(), listener.accept()
    heart.read_line()
    heart.close()
    thread.expect_line("bekle 1 Thread")
    thread.expect_silence(0.1)
    answer(thread, "Thread")
    finished = client.wait(expect_code=1)
    assert RESULT in finished.out_lines
    assert finished.err_lines == [f"Yanıt alınamadı: {listener.address}: akış beklenenden önce bitti"]


# --- hata ayıklama kipi


def test_blocking_is_named_and_waiting_is_not(start_server, run_client, pairing):
    """Kip bloke edeni adıyla söyler; aynı süre bekleyen görev için bir şey demez (örnek 6)."""
    start_server()
    finished = run_client("monitoring")
    assert finished.out_lines == MONITORING
    warnings = [line for line in finished.err_lines if " - WARNING - " in line and "döngüyü" in line]
    named = [re.search(r"WARNING - (.+) döngüyü (\d+) ms bekletti", line) for line in warnings]
    assert [row[1] for row in named if int(row[2]) >= 200][:1] == ["blocking_task"]
    assert len([row for row in named if int(row[2]) >= 200]) == 2
    assert not any("slow_task" in line for line in finished.err_lines)


@both_clients
def test_slow_answer_is_not_slow_code(start_client, pairing):
    """Yanıt sınırdan uzun gecikse de uyarı çıkmaz: kip beklemeyi değil bloke etmeyi ölçer (örnek 6)."""
    listener = TcpListener()
    client = start_client("monitoring", to=listener)
    peer = listener.accept()
    peer.expect_line("bekle 0.2 slow_task")
    peer.expect_silence(0.5)
    assert client.lines("stderr") == []
    answer(peer, "slow_task")
    client.wait()


def test_debug_mode_is_off_outside_monitoring(start_server, run_client):
    """Kip yalnız o gösteride açıktır: önce de sonra da kapalıdır."""
    start_server()
    out = run_client(*FAST, "info", "monitoring", "info").out_lines
    assert [line for line in out if line.startswith("Debug mode")] == [
        "Debug mode: False", "Debug mode: True", "Debug mode: False",
    ]  # fmt: skip


# --- istemci: olmayan işler

FIRST_REQUESTS = {
    "callback": "bekle 1 Callback", "scheduling": "bekle 4 Scheduling", "policy": "bekle 0.5 epoll",
    "signals": "bekle 1 İş", "monitoring": "bekle 0.2 slow_task",
}  # fmt: skip


@pytest.mark.parametrize("demo", FIRST_REQUESTS)
@both_clients
def test_server_that_leaves_is_named(start_client, demo, pairing):
    """Soruyu alıp giden sunucu: tek satırda neyin, nerede, neden olmadığı; sonraki gösteriye geçilmez."""
    listener = TcpListener()
    client = start_client(demo, "info", to=listener)
    peer = listener.accept()
    peer.expect_line(FIRST_REQUESTS[demo])
    peer.send("yarım satır")
    peer.close()
    finished = client.wait(expect_code=1)
    assert finished.err_lines == [f"Yanıt alınamadı: {listener.address}: akış beklenenden önce bitti"]
    assert INFO[0] not in finished.out_lines


@pytest.mark.parametrize(
    "reply, line",
    [
        (f"{FULL}\n", "Bağlanılamadı: {}: sunucu dolu"),
        ("başka tamamlandı\n", "Yanıt yanlış: {}: başka tamamlandı"),
        ("HATA: \x1b[2J\n", "Yanıt yanlış: {}: HATA: \\x1b[2J"),
    ],
    ids=["full", "other", "escaped"],
)
@pytest.mark.parametrize("demo", ["callback", "policy"])
@both_clients
def test_bad_reply_is_named(start_client, demo, reply, line, pairing):
    """Beklenmeyen yanıt, kaçışla yazılarak nedendir; hangi döngüden geldiği fark etmez."""
    listener = TcpListener()
    client = start_client(demo, to=listener)
    listener.accept().send(reply)
    finished = client.wait(expect_code=1)
    assert finished.err_lines[-1] == line.format(listener.address)
    assert "\x1b" not in finished.out


@pytest.mark.parametrize("demo", [*FIRST_REQUESTS, "threading"])
def test_silent_server_is_given_up(run_client, demo):
    """Yanıtlamayan sunucu, istenen süreden --timeout kadar sonra bırakılır."""
    listener = TcpListener()
    finished = run_client("--timeout", "0.2", "--scale", "0.01", demo, to=listener, expect_code=1)
    assert finished.err_lines == [f"Yanıt alınamadı: {listener.address}: zaman aşımı"]


# --- sunucu


@pytest.mark.parametrize(
    "request_line, reply",
    [
        ("bekle 0 iş", "iş tamamlandı"),
        ("bekle 0.01 uzun bir  ad", "uzun bir  ad tamamlandı"),
        ("  bekle   000.0100   x  ", "x tamamlandı"),
        ("durum", "süren 0, aynı anda en çok 0"),
        (" durum ", "süren 0, aynı anda en çok 0"),
    ],
)
@both_servers
def test_requests_and_replies(start_server, request_line, reply, pairing):
    """Sözleşmedeki istekler ve yanıtları."""
    assert ask(start_server(), request_line) == reply


MISUNDERSTOOD = [
    "", " ", "selam", "BEKLE 1 x", "bekle", "bekle 1", "bekle x 1", "bekle -1 x", "bekle 1e0 x", "bekle .5 x",
    "bekle 5. x", "bekle nan x", "bekle 0x1 x", "bekle 1234567890 x", "bekle 0.1234567890 x", "bekle1 x",
    "durum x", "durumu",
]  # fmt: skip


@both_servers
def test_misunderstood_requests(start_server, pairing):
    """Anlaşılmayan isteğe öyle denir; bağlantı sürer."""
    peer = TcpPeer.connect(start_server())
    for request in MISUNDERSTOOD:
        peer.send(request + "\n")
        peer.expect(f"{UNKNOWN}\n")
    peer.send("bekle 0 sonra\n")
    peer.expect("sonra tamamlandı\n")


@both_servers
def test_delay_over_the_limit_is_refused(start_server, pairing):
    """--max-delay'den uzun iş sözle geri çevrilir; sınırdaki yapılır."""
    peer = TcpPeer.connect(start_server("--max-delay", "0.25"))
    peer.send("bekle 0.251 x\nbekle 0.25 y\n")
    peer.expect("HATA: en çok 0.25 saniye beklenir\ny tamamlandı\n")


@both_servers
def test_connections_do_not_wait_for_each_other(start_server, pairing):
    """On bağlantının onu da birlikte bekler: sayımda hepsi birden görülür, sıra tek bağlantıda korunur."""
    server = start_server()
    peers = [TcpPeer.connect(server) for _ in range(10)]
    for peer in peers:
        peer.send("bekle 1 uzun\n")
    eventually(lambda: ask(server, "durum").startswith("süren 10,"), "on iş birlikte sürüyor")
    quick = TcpPeer.connect(server)
    quick.send("bekle 0.05 a\nbekle 0 b\n")
    quick.expect("a tamamlandı\nb tamamlandı\n")
    for peer in peers:
        peer.expect("uzun tamamlandı\n")
    assert ask(server, "durum") == "süren 0, aynı anda en çok 11"


@both_servers
def test_half_closing_client_gets_its_answers(start_server, pairing):
    """Yazma yarısını kapatan istemci bütün yanıtlarını alır; satır sonu gelmemiş son satır da istektir."""
    peer = TcpPeer.connect(start_server())
    peer.send("bekle 0.1 a\nbekle 0 b")
    peer.half_close()
    assert peer.read_until_eof() == "a tamamlandı\nb tamamlandı\n".encode()


@both_servers
def test_line_limit_and_bad_text(start_server, pairing):
    """Sınırdaki satır yanıtlanır, uzununa söylenir ve kapatılır; geçersiz UTF-8 sözsüz kapatılır."""
    server = start_server()
    longest, longer, broken = (TcpPeer.connect(server) for _ in range(3))
    longest.send("bekle 0 " + "x" * (LIMIT - 8) + "\n")
    longest.expect("x" * (LIMIT - 8) + " tamamlandı\n")
    longer.send("x" * (LIMIT + 1) + "\n")
    longer.expect(f"{TOO_LONG}\n")
    longer.expect_closed()
    broken.send(b"bekle 0 \xff\n")
    broken.expect_closed()


@both_servers
def test_full_server_says_so(start_server, pairing):
    """Dolu sunucu söyler ve kapatır; yer açılınca alır."""
    server = start_server("--max-clients", "1")
    first = TcpPeer.connect(server)
    first.send("durum\n")
    first.read_line()
    second = TcpPeer.connect(server)
    second.expect(f"{FULL}\n")
    second.expect_closed()
    first.close()
    eventually(lambda: ask(server, "bekle 0 x") == "x tamamlandı", "yer açıldı")


@both_servers
def test_silent_client_is_closed(start_server, pairing):
    """--timeout kadar susan istemci kapatılır; bekleyen işi olan susuyor sayılmaz."""
    server = start_server("--timeout", "0.2")
    silent, working = TcpPeer.connect(server), TcpPeer.connect(server)
    working.send("bekle 0.5 x\n")
    silent.expect_closed()
    working.expect("x tamamlandı\n")


@both_servers
def test_shutdown_finishes_what_fits(start_server, pairing):
    """Durdurulan sunucu, sınıra sığan işi bitirir; sığmayanı, onu bile beklemeden, hemen bırakır."""
    server = start_server()
    short, long = TcpPeer.connect(server), TcpPeer.connect(server)
    short.send("bekle 1 kısa\n")
    long.send("bekle 30 uzun\n")
    eventually(lambda: ask(server, "durum").startswith("süren 2,"), "ikisi de sürüyor")
    server.signal(signal.SIGTERM)
    long.expect_closed()
    short.expect_silence(0.05)
    short.expect("kısa tamamlandı\n")
    short.expect_closed()
    server.wait()


@pytest.mark.deadline(60)
@both_backends
def test_many_idle_connections(start_server, backend):
    """İki yüz boş bağlantının yanında yeni gelen yanıtlanır, sunucu düzgün kapanır."""
    server = start_server("--backend", backend)
    with idle_connections(server, 200):
        assert ask(server, "bekle 0 x") == "x tamamlandı"


# --- sayfa

PAGE = ROOT / "docs" / "tr" / "13-event-loop.md"
ARROW = re.compile(r"^ +(\S+) --> (\S+): (\w+)$", re.MULTILINE)


def page_arrows() -> list[tuple[str, str, str]]:
    return ARROW.findall(PAGE.read_text(encoding="utf-8"))


def unit_tests() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "tests" / "unit").glob("test_*.c")))


def test_every_arrow_of_the_picture_has_its_unit_test():
    """Sayfadaki durum çiziminin her okunun altındaki tabloda, var olan bir birim testi yazar."""
    page, units = PAGE.read_text(encoding="utf-8"), unit_tests()
    rows = dict(re.findall(r"^\| `(\w+)`[^|]*\|[^|]*\| `(\w+)` \|$", page, re.MULTILINE))
    arrows = page_arrows()
    assert len(arrows) >= 8
    for _, _, function in arrows:
        assert function in rows, function
        assert re.search(rf"RUN\({rows[function]}\)", units), rows[function]


def test_every_arrow_of_the_picture_is_a_function_of_the_runtime():
    """Oklardaki adlar common/async'in işlevleridir."""
    sources = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "common" / "async").glob("*.c"))
    for _, _, function in page_arrows():
        assert re.search(rf"^[a-z].*\b{function}\(", sources, re.MULTILINE), function


def test_printed_number_of_steps_leads_to_the_switch():
    """Sayfadaki gdb deneyi, context_swap'ın ilk komutundan yığının değiştiği komutun önüne adım adım gider."""
    assembly = (ROOT / "common" / "async" / "context_x86_64.S").read_text(encoding="utf-8")
    body = assembly.split("context_swap:\n")[1].split("movq    %rsi, %rsp")[0]
    commands = [line for line in body.splitlines() if line.strip() and not line.strip().startswith(".")]
    printed = re.search(r"^ +stepi (\d+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert printed and int(printed[1]) == len(commands)
