"""Düzeneğin pytest'le birleşimi: seçenekler, eleme, atlama, zaman sınırı, raporlar."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from harness import inner, lessons, procfs
from harness.waiting import eventually

ECHO = str(inner.WRONG / "echo.py")

PAIRED = """
def test_paired(start_server, run_client, pairing): pass
def test_server_alone(start_server): pass
def test_client_alone(run_client): pass
def test_neither(): pass
"""

FAILING = """
from harness.peer import TcpPeer
def test_failing(start_server):
    peer = TcpPeer.connect(start_server())
    peer.expect_line("Merhaba!")
"""


def collected(text: str) -> set[str]:
    """--collect-only -q çıktısındaki testler."""
    return {line.partition("::")[2] for line in text.splitlines() if "::" in line}


def test_no_option_keeps_every_pairing(tmp_path: Path) -> None:
    """Seçenek verilmeyince üç eşleşme de koşar."""
    names = collected(inner.run(tmp_path, PAIRED, "--collect-only", "-q").text)
    assert names == {
        "test_paired[c-c]", "test_paired[c-py]", "test_paired[py-c]",
        "test_server_alone", "test_client_alone", "test_neither",
    }  # fmt: skip


def test_server_option_keeps_what_involves_the_server(tmp_path: Path) -> None:
    """--server: Python sunucusunun ve yalnız istemcinin testleri elenir."""
    names = collected(inner.run(tmp_path, PAIRED, "--collect-only", "-q", "--server", ECHO).text)
    assert names == {"test_paired[c-c]", "test_paired[py-c]", "test_server_alone"}


def test_client_option_keeps_what_involves_the_client(tmp_path: Path) -> None:
    """--client: Python istemcisinin ve yalnız sunucunun testleri elenir."""
    names = collected(inner.run(tmp_path, PAIRED, "--collect-only", "-q", "--client", ECHO).text)
    assert names == {"test_paired[c-c]", "test_paired[c-py]", "test_client_alone"}


def test_own_program_tests_leave_the_given_program_alone(tmp_path: Path) -> None:
    """own_program: program verilmemişse koşar, verilmişse elenir."""
    source = """
import pytest
@pytest.mark.own_program
def test_inside(start_server): pass
def test_wire(start_server): pass
"""
    assert collected(inner.run(tmp_path, source, "--collect-only", "-q").text) == {"test_inside", "test_wire"}
    assert collected(inner.run(tmp_path, source, "--collect-only", "-q", "--server", ECHO).text) == {"test_wire"}


def test_missing_program_is_a_usage_error(tmp_path: Path) -> None:
    """Olmayan bir program, testler başlamadan söylenir."""
    result = inner.run(tmp_path, PAIRED, "--server", "/olmayan/sunucu")
    assert result.code == 4
    assert "böyle bir dosya yok" in result.text


def test_unknown_lesson_is_a_usage_error(tmp_path: Path) -> None:
    """Bilinmeyen ders, testler başlamadan söylenir."""
    result = inner.run(tmp_path, PAIRED, "--lesson", "boyle-bir-ders-yok")
    assert result.code == 4
    assert "--lesson" in result.text


@pytest.mark.parametrize("wanted", ["4", "04", "tcp", "04-tcp"])
def test_lesson_option_also_selects_the_common_contract(wanted: str) -> None:
    """--lesson, dersin kendi testleriyle ortak sözleşmenin o derse düşen payını seçer."""
    names = collected(_pytest("--collect-only", "-q", f"--lesson={wanted}", "test_contract.py", cwd=inner.TESTS))
    assert names
    assert all("04-tcp" in name for name in names)


def test_student_program_takes_the_place(tmp_path: Path) -> None:
    """Herhangi bir dilde, çalıştırılabilir bir program sınanabilir; yolu bulunulan klasöre göre verilebilir."""
    program = tmp_path / "sunucum"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{ECHO}" "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    source = FAILING.replace("Merhaba!", "Hoşgeldiniz!")
    result = inner.run(tmp_path, source, "--server=sunucum")
    assert result.code == 0, result.text


def test_missing_capability_is_skipped_and_counted(tmp_path: Path) -> None:
    """Yeteneği olmayan makinede test nedeni söylenerek atlanır ve kapanışta sayılır."""
    result = inner.run(tmp_path, _needing("yok-boyle"), CI="")
    assert result.code == 0, result.text
    assert "2 skipped" in result.text
    assert "yetenek yok: yok-boyle (deneme)" in result.text
    assert "2 test atlandı: yok-boyle (deneme)" in result.text


def test_missing_capability_fails_in_ci(tmp_path: Path) -> None:
    """CI=true iken yetenek eksikliği başarısızlıktır."""
    result = inner.run(tmp_path, _needing("yok-boyle"), CI="true")
    assert result.code == 1, result.text
    assert "yetenek yok: yok-boyle (deneme); CI'da her test çalışmak zorunda" in result.text


def test_capabilities_are_counted_across_workers(tmp_path: Path) -> None:
    """Birden çok işçiyle koşarken de sayılırlar."""
    result = inner.run(tmp_path, _needing("yok-boyle"), "-n2", CI="")
    assert "2 test atlandı: yok-boyle (deneme)" in result.text, result.text


@pytest.mark.parametrize("options", [(), ("-n2",)], ids=["alone", "workers"])
def test_hanging_test_is_ended(tmp_path: Path, options: tuple[str, ...]) -> None:
    """Takılan test genel sınırda biter; ileti nerede takıldığını gösterir."""
    source = """
import pytest, threading

@pytest.mark.deadline(0.5)
def test_hanging():
    threading.Event().wait()

def test_next():
    pass
"""
    result = inner.run(tmp_path, source, *options)
    assert "1 failed, 1 passed" in result.text, result.text
    assert "test 0.5 saniyede bitmedi" in result.text
    assert "Takıldığı yer" in result.text
    assert "threading.py" in result.text


@pytest.mark.parametrize("options", [(), ("-n2",)], ids=["alone", "workers"])
def test_failure_message_is_readable(tmp_path: Path, options: tuple[str, ...]) -> None:
    """İleti olduğu gibi görünür: adımlar, baytlar, neden, çıktı, tohum; traceback yoktur."""
    result = inner.run(tmp_path, FAILING, "--server", ECHO, "--seed=1234", *options)
    wanted = [
        'karşı taraf 1: "Merhaba!\\n" bekleniyordu',
        'test_inner.py:5: peer.expect_line("Merhaba!")',
        "Şimdiye kadarki adımlar",
        "   2.",
        "Beklenen",
        "^ ilk fark: 1. bayt",
        "Olası neden",
        "Sunucu (çalışıyor)",
        "dinleniyor",
        "yinelemek için: --seed 1234",
    ]
    places = [result.text.find(part) for part in wanted]
    assert -1 not in places, (wanted[places.index(-1)], result.text)
    assert places == sorted(places)
    assert "Traceback" not in result.text
    assert "peer.py" not in result.text
    assert re.search(r'FAILED test_inner.py::test_failing - karşı taraf 1: "Merhaba!', result.text)


def test_failure_of_a_shared_test_points_into_it(tmp_path: Path) -> None:
    """Başka dosyadan içe aktarılmış bir testin iletisi, o dosyadaki satırı gösterir."""
    (tmp_path / "shared.py").write_text(FAILING, encoding="utf-8")
    result = inner.run(tmp_path, "from shared import test_failing\n", "--server", ECHO)
    assert 'shared.py:5: peer.expect_line("Merhaba!")' in result.text
    assert "FAILED test_inner.py::test_failing" in result.text


def test_failure_reaches_junit(tmp_path: Path) -> None:
    """JUnit raporunda özet iletidedir, tam metin içeriktedir."""
    report = tmp_path / "rapor.xml"
    inner.run(tmp_path, FAILING, "--server", ECHO, f"--junitxml={report}")
    failure = ElementTree.parse(report).find(".//failure")
    assert failure is not None
    assert failure.get("message", "").startswith("karşı taraf 1:")
    assert "Olası neden" in (failure.text or "")


def test_plain_assert_gets_the_story_too(tmp_path: Path) -> None:
    """Düz bir assert tutmayınca da adımlar ve programların çıktısı gösterilir."""
    source = "def test_plain(start_server):\n    assert start_server().threads == 99\n"
    result = inner.run(tmp_path, source, "--server", ECHO)
    assert "assert 1 == 99" in result.text
    assert "Şimdiye kadarki adımlar" in result.text
    assert "Programların çıktısı" in result.text


UNDECODABLE = r"""
import sys
from harness.program import Program

def test_bad_text():
    program = Program([sys.executable, "-c", "import os; os.write(1, b'\\xff\\n'); BODY", "\udcff"], "client")
    program.wait()
    assert program.lines() == ["\udcff"]
"""


@pytest.mark.parametrize("body", ["raise SystemExit(1)", "pass"], ids=["harness-failure", "plain-assert"])
def test_undecodable_text_is_reported_by_workers(tmp_path: Path, body: str) -> None:
    """Çözülemeyen baytlar taşıyan bir sözcük ya da çıktı, işçilerden gelen raporu bozmaz."""
    result = inner.run(tmp_path, UNDECODABLE.replace("BODY", body), "-n2")
    assert result.code == 1, result.text
    assert r"\udcff" in result.text
    assert "INTERNALERROR" not in result.text


def test_client_without_server_is_told(tmp_path: Path) -> None:
    """Sunucu başlatmadan istemci koşturmak okunur bir hatadır."""
    result = inner.run(tmp_path, "def test_lonely(run_client):\n    run_client()\n", "--client", ECHO)
    assert "istemci kime bağlanacak?" in result.text, result.text


def test_no_process_is_left_after_a_failure(tmp_path: Path) -> None:
    """Başarısız testin sunucusu da öldürülür."""
    source = "def test_x(start_server):\n    print('PID', start_server().pid)\n    assert 0\n"
    result = inner.run(tmp_path, source, "--server", ECHO)
    pid = re.search(r"^PID (\d+)$", result.text, re.MULTILINE)
    assert pid, result.text
    assert not Path(f"/proc/{pid[1]}").exists()


def test_no_process_is_left_after_an_interrupted_run(tmp_path: Path) -> None:
    """Ctrl-C ile kesilen koşu da sunucuyu geride bırakmaz."""
    source = "def test_x(start_server):\n    print('PID', start_server().pid)\n    raise KeyboardInterrupt\n"
    result = inner.run(tmp_path, source, "-s", "--server", ECHO)
    pid = re.search(r"PID (\d+)$", result.text, re.MULTILINE)
    assert pid, result.text
    assert not Path(f"/proc/{pid[1]}").exists()


def test_no_process_is_left_after_a_killed_run(tmp_path: Path) -> None:
    """pytest'in kendisi SIGKILL ile ölse de sunucu, kendi oturumundaki çocuğuyla birlikte gider."""
    body = "import subprocess; print(subprocess.Popen(['sleep', '60'], start_new_session=True).pid, flush=True); input()"
    source = f"""
import os, re, signal, sys
from harness.program import Program
def test_x():
    program = Program([sys.executable, "-c", {body!r}], "client", interactive=True)
    child = program.wait_line(re.compile(r"\\d+"))[0]
    print("PID", program.pid, child, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""
    result = inner.run(tmp_path, source, "-s")
    pids = re.search(r"PID (\d+) (\d+)$", result.text, re.MULTILINE)
    assert pids, result.text
    eventually(lambda: not set(map(int, pids.groups())) & set(procfs.alive()), "süreçler öldü")


@pytest.mark.parametrize("folder", [Path("/"), lessons.ROOT, inner.TESTS], ids=["root", "project", "tests"])
def test_runs_from_any_folder(folder: Path) -> None:
    """`pytest tests`, hangi klasörden verilirse verilsin aynı testleri bulur."""
    path = os.path.relpath(inner.TESTS / "test_contract.py", folder)
    text = _pytest("--collect-only", "-q", path, cwd=folder)
    assert "test_help[server-04-tcp]" in text


def _needing(name: str) -> str:
    return f"""
import pytest
from harness import capability
capability.CAPABILITIES["{name}"] = (lambda: False, "deneme")

@capability.needs("{name}")
def test_marked(): raise AssertionError

def test_inside(): capability.require("{name}")
"""


def _pytest(*words: str, cwd: Path) -> str:
    finished = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *words],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout
