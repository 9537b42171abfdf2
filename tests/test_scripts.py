"""scripts/lesson'ın kendisi: listeler, çalıştırır, yanlış yazılanı söyler, nereden çağrılırsa çağrılsın çalışır.

Programlar, testleri koşan komutun derleme klasöründen gelir; burada yeniden derlenmez.
"""

from __future__ import annotations

import os
import pty
import re
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import Callable

import pytest

from harness import lessons, pairing
from harness.program import Program

from yuva import doctor, manifest, packages, run
from yuva.build import DEBUG, RELEASE, VALGRIND

LESSON = lessons.ROOT / "scripts" / "lesson"
LABELLED = re.compile(r"(sunucu |istemci)│ ?.*")
SUCCESS = "çıkış kodları: sunucu 0, istemci 0"

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def environment(request: pytest.FixtureRequest) -> dict[str, str]:
    folder = pairing.build_folder(request.config)
    ignored = ("NO_COLOR", "CI", "CC", "ASAN_OPTIONS", "PYTHONUNBUFFERED")
    kept = {name: value for name, value in os.environ.items() if name not in ignored}
    return {**kept, "YUVA_BUILD_DIR": str(folder), "YUVA_PYTHON": sys.executable, "TERM": "xterm"}


@pytest.fixture
def lesson_command(environment: dict[str, str]) -> Run:
    """scripts/lesson'ı argümanlarla çalıştırır; stdout ve stderr ayrı ayrı döner."""

    def call(*arguments: str, script: Path = LESSON, **options: object) -> subprocess.CompletedProcess[str]:
        command = [str(script), *arguments]
        return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=50, **options)

    return call


@pytest.fixture
def terminal_output(environment: dict[str, str]) -> Callable[..., str]:
    """scripts/lesson'ı bir uçbirim (pty) içinde çalıştırır; uçbirime yazılanları döndürür."""

    def call(*arguments: str, **variables: str) -> str:
        ours, theirs = pty.openpty()
        command = [str(LESSON), *arguments]
        process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env={**environment, **variables})
        os.close(theirs)
        written = b""
        while chunk := _read(ours):
            written += chunk
        os.close(ours)
        assert process.wait(20) == 0
        return written.decode()

    return call


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # öbür uç kapandı (Linux burada EIO verir)
        return b""


def _stub(folder: Path, name: str, script: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.mark.parametrize(
    "arguments",
    [(), ("--help",), ("-h",), ("run", "--help"), ("run", "04", "--help"), ("run", "--release", "04", "-h", "server")],
)
def test_help_names_every_command(lesson_command: Run, arguments: tuple[str, ...]) -> None:
    result = lesson_command(*arguments)
    assert (result.returncode, result.stderr) == (0, "")
    commands = ("list", "run DERS", "wire DERS", "test DERS", "doctor")
    for word in (*commands, "--release", "--gdb", "--valgrind", "--syscalls", "--server", "--client"):
        assert word in result.stdout


def test_list_shows_every_lesson(lesson_command: Run) -> None:
    result = lesson_command("list")
    assert (result.returncode, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    known = manifest.load()
    assert len(lines) == len(known.lessons) + len(known.planned)
    for lesson, line in zip(known.lessons, lines):
        for text in (lesson.label, lesson.name, f"{lesson.minutes} dk", lesson.title, lesson.mirrors):
            assert text in line
    for planned, line in zip(known.planned, lines[len(known.lessons) :]):
        assert planned.title in line and "sırada" in line


def test_list_survives_reader_that_leaves(environment: dict[str, str]) -> None:
    """`scripts/lesson list | head -1` gibi: borunun öbür ucu kapanınca traceback yazılmaz."""
    reader, writer = os.pipe()
    os.close(reader)
    process = subprocess.Popen([LESSON, "list"], stdout=writer, stderr=subprocess.PIPE, env=environment)
    os.close(writer)
    assert process.communicate(timeout=20)[1] == b""


@pytest.mark.parametrize("name", ["4", "04", "004", "tcp", "TCP", "04-tcp"])
def test_lesson_is_found_by_number_or_name(name: str) -> None:
    assert manifest.load().find(name).folder == "04-tcp"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("tset",), "olanlar: list, run, test, doctor"),
        (("run",), "hangi ders?"),
        (("run", "99"), "arası bir numara ya da bir ad ver"),
        (("run", "tpc"), "en yakını: tcp"),
        (("run", "30"), "ders 30 henüz yazılmadı"),
        (("run", "live-notifications"), "ders 30 henüz yazılmadı"),
        (("run", "04", "sunucu"), "yalnız server ya da client gelebilir, sunucu gelemez"),
        (("run", "--debug", "04"), "olanlar: --release, --gdb, --valgrind"),
        (("run", "04", "--gdb", "--valgrind"), "birlikte verilemez"),
        (("test",), "hangi ders?"),
        (("test", "--server", "x"), "hangi ders?"),
        (("test", "04", "--server"), "bir program yolu ister"),
        (("test", "04", "--client=yok"), "yok: böyle bir dosya yok"),
        (("test", "04", "--server", "README.md"), "çalıştırılabilir değil"),
        (("list", "04"), "list argüman almaz: 04"),
    ],
)
def test_wrong_command_gets_one_line(lesson_command: Run, arguments: tuple[str, ...], told: str, tmp_path: Path) -> None:
    (tmp_path / "README.md").touch()
    result = lesson_command(*arguments, cwd=tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    assert told in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_run_shows_both_sides_plainly(lesson_command: Run) -> None:
    """Terminal değilse renk yok; her satır etiketli, son satır iki çıkış kodu."""
    result = lesson_command("run", "04")
    *lines, last = result.stdout.splitlines()
    assert (result.returncode, last) == (0, SUCCESS)
    assert "\x1b" not in result.stdout
    assert all(LABELLED.fullmatch(line) for line in lines)
    first_client_line = next(index for index, line in enumerate(lines) if line.startswith("istemci"))
    assert any(line.endswith(" dinleniyor") for line in lines[:first_client_line])


def test_run_orders_question_before_its_answer(lesson_command: Run) -> None:
    """İki programın satırları yazıldıkları sırada: sunucunun "Mesaj: X" satırı, sorusu ile yanıtının arasındadır."""
    lines = lesson_command("run", "04").stdout.splitlines()
    for word in ("Hello Server", "Test message"):
        asked = lines.index(f"istemci│ Gönderiliyor: {word}")
        heard = next(index for index, line in enumerate(lines) if line.endswith(f"Mesaj: {word}"))
        answered = lines.index(f"istemci│ Cevap: Echo: {word}")
        assert asked < heard < answered


def test_run_colours_labels_in_terminal(terminal_output: Callable[..., str]) -> None:
    output = terminal_output("run", "04")
    assert "\x1b[36msunucu │ \x1b[0m" in output
    assert "\x1b[33mistemci│ \x1b[0m" in output


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_run_without_colour_in_terminal(terminal_output: Callable[..., str], variables: dict[str, str]) -> None:
    output = terminal_output("run", "04", **variables)
    assert SUCCESS in output
    assert "\x1b" not in output


def test_run_from_anywhere_through_symlink(lesson_command: Run, tmp_path: Path) -> None:
    """Bulunulan klasördeki socket.py ve json.py standart kütüphanenin yerine geçmez."""
    for module in ("socket", "json", "yuva"):
        (tmp_path / f"{module}.py").write_text("raise SystemExit('yanlış modül')\n")
    link = tmp_path / "ders"
    link.symlink_to(LESSON)
    result = lesson_command("run", "tcp", script=link, cwd=tmp_path)
    assert (result.returncode, result.stdout.splitlines()[-1]) == (0, SUCCESS)


@pytest.mark.parametrize("side", ["server", "client"])
def test_one_side_gets_its_arguments_and_keeps_its_exit_code(lesson_command: Run, side: str) -> None:
    helped = lesson_command("run", "04", side, "--help")
    assert helped.returncode == 0
    assert "--port" in helped.stdout and "run DERS" not in helped.stdout
    assert lesson_command("run", "04", side, "--olmayan-secenek").returncode == 2


def test_one_side_becomes_the_program(environment: dict[str, str], request: pytest.FixtureRequest) -> None:
    """exec: sinyal araya giren olmadan programa ulaşır, Ctrl-C ile sunucunun kendisi 0 ile çıkar."""
    server = Program([LESSON, "run", "04", "server", "--port", "0"], "server", env=environment)
    server.wait_ready()
    built = pairing.build_folder(request.config) / "lessons" / "04-tcp" / "server"
    assert Path(f"/proc/{server.pid}/exe").resolve() == built
    server.signal(signal.SIGINT)
    assert server.wait(10).code == 0


def test_gdb_opens_the_program_without_leak_detection(
    lesson_command: Run, environment: dict[str, str], tmp_path: Path
) -> None:
    """Araç, Python'ın yok saydığı SIGPIPE'ı da olağan hâliyle devralır."""
    _stub(tmp_path, "gdb", 'grep SigIgn /proc/$$/status; printf "%s\\n" "$ASAN_OPTIONS" "$@"')
    environment["PATH"] = f"{tmp_path}:{environment['PATH']}"
    result = lesson_command("run", "04", "client", "--gdb", "merhaba")
    ignored, options, *arguments = result.stdout.splitlines()
    assert not int(ignored.split()[1], 16) & 1 << (signal.SIGPIPE - 1)
    assert "detect_leaks=0" in options.split(":")
    assert arguments[:2] == ["-q", "--args"]
    assert arguments[2].endswith("/lessons/04-tcp/client") and arguments[3:] == ["merhaba"]


def test_run_options_choose_build_and_wrapper() -> None:
    assert run.parse(["04"]).flavour is DEBUG
    assert run.parse(["04", "--release"]).flavour is RELEASE
    assert run.parse(["04", "--valgrind"]).flavour is VALGRIND
    assert run.parse(["--release", "04", "--valgrind"]).flavour is RELEASE
    assert run.parse(["04", "--valgrind"]).wrapper[0] == "valgrind"


def test_words_after_side_belong_to_the_program() -> None:
    request = run.parse(["04", "client", "-v", "--gdb", "--", "--release"])
    assert request.arguments == ["-v", "--", "--release"]
    assert request.options == {"--gdb"}


def test_doctor_finds_everything_that_lessons_need(lesson_command: Run) -> None:
    result = lesson_command("doctor")
    assert result.returncode == 0
    for requirement in packages.TOOLCHAIN:
        assert re.search(rf"var +{re.escape(requirement.name)} ", result.stdout)
    assert "pytest" in result.stdout and "IPv6" in result.stdout
    assert "Dersler çalışabilir" in result.stdout


def test_doctor_without_experiment_tools_stays_content(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Sayfalardaki deneylerin araçları isteğe bağlıdır: eksikleri ve nasıl kurulacakları söylenir, o kadar."""
    monkeypatch.setattr(packages, "EXPERIMENTS", (packages.Command("boyle-paket-yok", "deneme", ("boyle-komut-yok",)),))
    assert doctor.report() == 0
    shown = capsys.readouterr().out
    assert re.search(r"Sayfalardaki deneyler\n +eksik +boyle-komut-yok +deneme\n", shown)
    assert re.search(r"kendiliğinden kurulmaz.*\n.*apt-get install --no-install-recommends boyle-paket-yok\n", shown)
    assert "Dersler çalışabilir" in shown
