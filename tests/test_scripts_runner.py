"""Senaryo motoru (scripts/yuva/runner.py): bekler, sıralar, durdurur, geride süreç bırakmaz."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from harness import clock, lessons

from yuva import runner
from yuva.manifest import Scenario
from yuva.runner import Outcome, Programs, run_scenario

SAY_READY = "print('127.0.0.1:4242 dinleniyor', flush=True); "
ON_TERM = "import os, signal, time; signal.signal(signal.SIGTERM, lambda *_: {}); "
# os.write: sinyal, ana akış print'in içindeyken gelirse print ikinci kez çağrılamaz (reentrant call).
GOODBYE = ON_TERM.format("(os.write(1, 'hoşça kal\\n'.encode()), os._exit(0))")
POLITE = GOODBYE + SAY_READY + "signal.pause()"
SILENT_CLIENT = "pass"


def programs(server: str, client: str = SILENT_CLIENT) -> Programs:
    return Programs([sys.executable, "-c", server], [sys.executable, "-c", client])


def scenario(**row: Any) -> Scenario:
    return Scenario.from_row("run", row)


def texts(outcome: Outcome, label: str) -> list[str]:
    return [line.text for line in outcome.lines if line.label == label]


def gone(pid: int) -> bool:
    """Süreç bitti mi? Yetim kalıp henüz gömülmemiş olan da bitmiştir; SIGKILL'in işlenmesi bir an sürebilir."""
    deadline = clock.Deadline(clock.STOP_SECONDS)
    while _state(pid) not in ("Z", None):
        if deadline.expired:
            return False
        time.sleep(0.01)
    return True


def _state(pid: int) -> str | None:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return None


def test_client_starts_after_ready_line_with_its_address() -> None:
    client = "import sys; print(*sys.argv[1:])"
    outcome = run_scenario(programs(POLITE, client), scenario(clients=[["--demo", "{host}:{port}"], ["son"]]))
    assert texts(outcome, runner.CLIENT) == [
        "--host 127.0.0.1 --port 4242 --demo 127.0.0.1:4242",
        "--host 127.0.0.1 --port 4242 son",
    ]
    assert texts(outcome, runner.SERVER) == ["127.0.0.1:4242 dinleniyor", "hoşça kal"]
    assert (outcome.server_exit, outcome.client_exits, outcome.problems, outcome.ok) == (0, [0, 0], [], True)


@pytest.mark.parametrize(
    ("said", "host"),
    [("[::1]:4242", "::1"), ("0.0.0.0:4242", "127.0.0.1"), ("[::]:4242", "::1")],
)
def test_address_that_client_can_reach(said: str, host: str) -> None:
    server = POLITE.replace("127.0.0.1:4242", said)
    outcome = run_scenario(programs(server, "import sys; print(sys.argv[2])"), scenario())
    assert texts(outcome, runner.CLIENT) == [host]


def test_log_line_is_not_the_ready_line() -> None:
    server = "import time; print('2026-11-20 14:03:11,042 - INFO - 127.0.0.1:1 dinleniyor', flush=True);" + POLITE
    outcome = run_scenario(programs(server, "import sys; print(sys.argv[4])"), scenario())
    assert texts(outcome, runner.CLIENT) == ["4242"]


def test_client_only_scenario() -> None:
    client = "import sys; print(*sys.argv[1:])"
    outcome = run_scenario(programs("", client), scenario(server=None, clients=[["tek"]]))
    assert (texts(outcome, runner.CLIENT), outcome.server_exit, outcome.ok) == (["tek"], None, True)


def test_server_only_scenario() -> None:
    outcome = run_scenario(programs(POLITE), scenario(server=["--x"], clients=[]))
    assert (outcome.client_exits, outcome.server_exit, outcome.ok) == ([], 0, True)


def test_lines_come_in_the_order_they_were_written(tmp_path: Path) -> None:
    """İki süreç sırayı birbirine FIFO ile vererek yazar; motor çok geride kalsa da sıra bozulmaz."""
    there, back = tmp_path / "there", tmp_path / "back"
    os.mkfifo(there)
    os.mkfifo(back)
    server = f"""
{GOODBYE}{SAY_READY}
turn, next_turn = open({str(there)!r}, "rb", 0), open({str(back)!r}, "wb", 0)
for number in range(50):
    turn.read(1)
    print("yanıt", number, flush=True)
    next_turn.write(b"x")
signal.pause()
"""
    client = f"""
next_turn, turn = open({str(there)!r}, "wb", 0), open({str(back)!r}, "rb", 0)
for number in range(50):
    print("soru", number, flush=True)
    next_turn.write(b"x")
    turn.read(1)
"""
    outcome = run_scenario(programs(server, client), scenario(), on_line=lambda line: time.sleep(0.002))
    spoken = [line.text for line in outcome.lines[1:-1]]
    assert spoken == [f"{word} {number}" for number in range(50) for word in ("soru", "yanıt")]


def test_server_may_finish_its_last_lines_after_client_left(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    server = f"{GOODBYE}{SAY_READY}open({str(fifo)!r}).read(); time.sleep(0.03); print('ayrıldı', flush=True); signal.pause()"
    outcome = run_scenario(programs(server, f"open({str(fifo)!r}, 'w')"), scenario())
    assert texts(outcome, runner.SERVER)[1:] == ["ayrıldı", "hoşça kal"]


def test_stdout_and_stderr_keep_one_order() -> None:
    client = "import sys\nfor n in range(20): print(n, file=(sys.stdout, sys.stderr)[n % 2], flush=True)"
    outcome = run_scenario(programs(POLITE, client), scenario())
    assert texts(outcome, runner.CLIENT) == [str(n) for n in range(20)]


def test_unfinished_and_undecodable_output_is_kept() -> None:
    client = r"import os; os.write(1, b'bir\r\n\xff'); os.write(2, b'son')"
    outcome = run_scenario(programs(POLITE, client), scenario())
    assert texts(outcome, runner.CLIENT) == ["bir", "\ufffdson"]


def test_line_is_written_like_in_a_transcript() -> None:
    assert str(runner.Line(runner.SERVER, "a")) == "sunucu │ a"
    assert str(runner.Line(runner.CLIENT, "")) == "istemci│"


def test_exit_codes_decide() -> None:
    outcome = run_scenario(programs(POLITE, "raise SystemExit(1)"), scenario())
    assert (outcome.server_exit, outcome.client_exits, outcome.ok) == (0, [1], False)
    unhappy = POLITE.replace("os._exit(0)", "os._exit(3)")
    outcome = run_scenario(programs(unhappy), scenario())
    assert (outcome.server_exit, outcome.client_exits, outcome.problems, outcome.ok) == (3, [0], [], False)


def test_exit_codes_in_words() -> None:
    assert runner.describe_exit(0) == "0"
    assert "bellek" in runner.describe_exit(99)
    assert runner.describe_exit(-signal.SIGSEGV) == "SIGSEGV"


def test_server_that_ends_before_ready_is_shown_with_its_output() -> None:
    server = "import sys; print('Dinlenemiyor: adres kullanımda', file=sys.stderr); sys.exit(1)"
    outcome = run_scenario(programs(server), scenario())
    assert texts(outcome, runner.SERVER) == ["Dinlenemiyor: adres kullanımda"]
    assert outcome.problems == ["sunucu hazır olmadan kapandı"]
    assert (outcome.server_exit, outcome.client_exits, outcome.ok) == (1, [], False)


def test_server_that_never_gets_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "READY_SECONDS", 0.5)
    outcome = run_scenario(programs("import time; time.sleep(60)"), scenario())
    assert outcome.problems == ["sunucu 0.5 saniyede hazır olmadı"]
    assert (outcome.server_exit, outcome.client_exits) == (-signal.SIGTERM, [])


def test_client_that_never_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "CLIENT_SECONDS", 0.5)
    outcome = run_scenario(programs(POLITE, "import time; time.sleep(60)"), scenario())
    assert outcome.problems == ["istemci 0.5 saniyede bitmedi, durduruldu"]
    assert (outcome.server_exit, outcome.client_exits) == (0, [-signal.SIGTERM])


def test_patience_stretches_deadlines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "CLIENT_SECONDS", 0.2)
    slow = "import time; time.sleep(0.6)"
    assert run_scenario(programs(POLITE, slow), scenario(), patience=10.0).ok


def test_server_that_ignores_sigterm_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "STOP_SECONDS", 0.5)
    server = ON_TERM.format("None") + SAY_READY + "time.sleep(60)"
    outcome = run_scenario(programs(server), scenario())
    assert outcome.problems == ["sunucu SIGTERM'den sonra 0.5 saniyede kapanmadı, öldürüldü"]
    assert outcome.server_exit == -signal.SIGKILL


def test_children_of_a_dead_server_are_killed() -> None:
    server = "import os, time; print(os.fork() or time.sleep(60), flush=True); " + POLITE
    outcome = run_scenario(programs(server), scenario())
    child = int(texts(outcome, runner.SERVER)[0])
    assert outcome.server_exit == 0
    assert gone(child)


def test_listener_that_fails_leaves_no_process() -> None:
    """Çıktıyı okuyan gitmiş olabilir (`| head`): istisna çağırana ulaşır, programlar yine de durdurulur."""
    pids: list[int] = []

    def listener(line: runner.Line) -> None:
        pids.append(int(line.text))
        raise BrokenPipeError

    server = GOODBYE + "print(os.getpid(), flush=True); " + SAY_READY + "signal.pause()"
    with pytest.raises(BrokenPipeError):
        run_scenario(programs(server), scenario(), on_line=listener)
    assert len(pids) == 1
    assert gone(pids[0])


# Arka planda başlatılan bir test koşusunda SIGINT yok sayılı gelir ve çocuğa öyle geçer; burada olağan haline döner.
INTERRUPTED_RUN = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
sys.path.insert(0, sys.argv[1])
from yuva.manifest import Scenario
from yuva.runner import Programs, run_scenario
commands = [[sys.executable, "-c", code] for code in sys.argv[2:4]]
run_scenario(Programs(*commands), Scenario.from_row("run", {}), on_line=lambda line: print(line, flush=True))
print("buraya gelinmemeli")
"""
TELL_PID_AND_WAIT = "import os, time; print('süreç', os.getpid(), flush=True); time.sleep(60)"


@pytest.mark.parametrize(
    ("signum", "code"),
    [(signal.SIGINT, -signal.SIGINT), (signal.SIGTERM, -signal.SIGTERM), (signal.SIGHUP, -signal.SIGHUP)],
)
def test_signal_stops_both_sides_then_reaches_the_caller(signum: int, code: int) -> None:
    process, client_pid = _start_interrupted_run(POLITE)
    process.send_signal(signum)
    output, _ = process.communicate(timeout=20)
    assert "hoşça kal" in output and "buraya gelinmemeli" not in output
    assert process.returncode == code
    assert gone(client_pid)


def test_second_signal_does_not_wait_for_goodbye() -> None:
    deaf = ON_TERM.format("os.write(1, b'duydum\\n')") + SAY_READY + "time.sleep(60)"
    process, client_pid = _start_interrupted_run(deaf)
    process.send_signal(signal.SIGINT)
    assert process.stdout is not None
    assert process.stdout.readline() == "sunucu │ duydum\n"
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode == -signal.SIGINT
    assert time.monotonic() - began < runner.STOP_SECONDS - 1
    assert gone(client_pid)


def _start_interrupted_run(server: str) -> tuple[subprocess.Popen[str], int]:
    """Motoru ayrı bir süreçte başlatır; istemci çalışmaya başlayınca onun süreç numarasıyla döner."""
    command = [sys.executable, "-c", INTERRUPTED_RUN, str(lessons.ROOT / "scripts"), server, TELL_PID_AND_WAIT]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("istemci│ süreç "):
            return process, int(line.split()[-1])
    pytest.fail("istemci başlamadı")
