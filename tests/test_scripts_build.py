"""Derleme klasörleri ve scripts/test: iki küçük programlık bir deneme projesinde, gerçek meson ve ninja ile."""

from __future__ import annotations

import csv
import fcntl
import json
import os
import select
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from harness import lessons

from yuva import build, results, suite

SERVER = """\
#include <signal.h>
#include <stdio.h>
int main(void)
{
    sigset_t stop;
    int received;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    sigprocmask(SIG_BLOCK, &stop, NULL);
    puts("127.0.0.1:1 dinleniyor");
    fflush(stdout);
    return sigwait(&stop, &received);
}
"""
CLIENT = '#include <stdio.h>\nint main(void)\n{\n    puts("merhaba");\n    return 0;\n}\n'
UNIT = "int main(void)\n{\n    return 0;\n}\n"
UNUSED_VARIABLE = CLIENT.replace("    puts", "    int bos;\n    puts")

MESON = """\
project('deneme', 'c', meson_version: '>=0.61', default_options: ['warning_level=2'])
fs = import('fs')
foreach lesson : ['01-ilk', '02-ikinci']
  if fs.exists('lessons' / lesson / 'server.c')
    subdir('lessons' / lesson)
    alias_target(lesson, server, client)
  endif
endforeach
test('birim', executable('unit', 'unit.c'))
"""
LESSON_MESON = "server = executable('server', 'server.c')\nclient = executable('client', 'client.c')\n"

CONFTEST = """\
def pytest_addoption(parser):
    for name in ("--build-dir", "--lesson", "--server"):
        parser.addoption(name)
"""
LESSON_TEST = """\
import os

def test_programs_are_built(request):
    folder = request.config.getoption("--build-dir")
    assert os.path.exists(os.path.join(folder, "lessons/01-ilk/server"))

def test_given_server(request):
    given = request.config.getoption("--server")
    assert given is None or os.path.isabs(given) and os.path.exists(given)
"""

def manifest_row(number: int, name: str) -> dict[str, object]:
    return {
        "number": number, "name": name, "title": name, "mirrors": "", "minutes": 1, "after": [],
        "transport": "tcp", "host": "127.0.0.1", "port": 1, "floors": [], "libraries": [],
        "sources": {"server": ["server.c"], "client": ["client.c"]}, "scenarios": {"run": {}},
    }  # fmt: skip


MANIFEST = {"lessons": [manifest_row(1, "ilk"), manifest_row(2, "ikinci")], "planned": [], "documents": []}
SOURCES = {
    "lessons/manifest.json": json.dumps(MANIFEST),
    "lessons/01-ilk/meson.build": LESSON_MESON,
    "lessons/01-ilk/server.c": SERVER,
    "lessons/01-ilk/client.c": CLIENT,
    "meson.build": MESON,
    "unit.c": UNIT,
    "tests/conftest.py": CONFTEST,
    "tests/pytest.ini": "[pytest]\n",
    "tests/test_01_ilk.py": LESSON_TEST,
}


class Project:
    def __init__(self, root: Path) -> None:
        self.root = root
        shutil.copytree(lessons.ROOT / "scripts", root / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
        self.reset()
        self._came_with = self._folders()

    def reset(self) -> None:
        """Kaynakları ilk hâline getirir; değişmemiş dosyaya dokunmaz (yeniden derlenmesin)."""
        shutil.rmtree(self.root / "lessons" / "02-ikinci", ignore_errors=True)
        for path, text in SOURCES.items():
            target = self.root / path
            if not target.exists() or target.read_text(encoding="utf-8") != text:
                self.write(path, text)

    def write(self, path: str, text: str) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def add_second_lesson(self, client: str = CLIENT) -> None:
        self.write("lessons/02-ikinci/meson.build", LESSON_MESON)
        self.write("lessons/02-ikinci/server.c", SERVER)
        self.write("lessons/02-ikinci/client.c", client)

    def start(self, script: str, *arguments: str, cwd: Path | None = None, **variables: str) -> subprocess.Popen[str]:
        ignored = ("YUVA_", "CI", "CC", "NO_COLOR", "PYTEST_", "PYTHON")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ignored)}
        return subprocess.Popen(
            [self.root / "scripts" / script, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=cwd,
            env={**kept, "YUVA_PYTHON": sys.executable, **variables},
        )

    def call(self, script: str, *arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
        process = self.start(script, *arguments, **options)
        out, err = process.communicate(timeout=50)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def new_folders(self) -> set[Path]:
        """Projeyle gelmeyen, derleme klasöründe de olmayan klasörler."""
        build = self.root / "build"
        return {path for path in self._folders() - self._came_with if path != build and build not in path.parents}

    def _folders(self) -> set[Path]:
        return {path for path in self.root.rglob("*") if path.is_dir()}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Hiç derlenmemiş bir proje."""
    return Project(tmp_path / "proje")


@pytest.fixture(scope="module")
def shared_project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    shared = Project(tmp_path_factory.mktemp("ortak") / "proje")
    assert ran(shared.call("lesson", "run", "1"))
    return shared


@pytest.fixture
def built_project(shared_project: Project) -> Project:
    """Derlenmiş bir proje; testler paylaşır, bu yüzden her test derleme klasörünü kullanılır bırakır."""
    shared_project.reset()
    return shared_project


def ran(result: subprocess.CompletedProcess[str]) -> bool:
    return result.returncode == 0 and result.stdout.splitlines()[-1] == "çıkış kodları: sunucu 0, istemci 0"


def test_first_run_builds_and_says_so_second_is_silent(project: Project) -> None:
    first = project.call("lesson", "run", "1")
    assert ran(first)
    assert "build hazırlanıyor" in first.stderr and "01-ilk derleniyor (build)" in first.stderr
    second = project.call("lesson", "run", "1")
    assert ran(second)
    assert second.stderr == ""


def test_only_the_wanted_lesson_is_built(project: Project) -> None:
    project.add_second_lesson(client="bozuk\n")
    assert ran(project.call("lesson", "run", "1"))


def test_compiler_output_is_shown(built_project: Project) -> None:
    built_project.write("lessons/01-ilk/client.c", UNUSED_VARIABLE)
    warned = built_project.call("lesson", "run", "1")
    assert ran(warned)
    assert "unused variable" in warned.stderr
    built_project.write("lessons/01-ilk/client.c", "bozuk\n")
    failed = built_project.call("lesson", "run", "1")
    assert (failed.returncode, failed.stdout) == (1, "")
    assert "client.c:1:1: error:" in failed.stderr
    assert failed.stderr.splitlines()[-1].startswith("Derleme başarısız oldu")


def test_meson_error_is_shown(project: Project) -> None:
    project.write("meson.build", MESON + "olmayan_islev()\n")
    result = project.call("lesson", "run", "1")
    assert (result.returncode, result.stdout) == (1, "")
    assert "olmayan_islev" in result.stderr
    assert "meson setup başarısız oldu" in result.stderr


def test_meson_error_after_a_change_keeps_the_build_folder(built_project: Project) -> None:
    built_project.write("meson.build", MESON + "olmayan_islev()\n")
    result = built_project.call("lesson", "run", "1")
    assert result.returncode == 1
    assert "olmayan_islev" in result.stderr and "baştan kuruluyor" not in result.stderr
    assert (built_project.root / "build" / "lessons" / "01-ilk" / "server").exists()


def test_moved_tree_is_set_up_again(project: Project) -> None:
    assert ran(project.call("lesson", "run", "1"))
    project.root = project.root.rename(project.root.with_name("tasindi"))
    result = project.call("lesson", "run", "1")
    assert ran(result)
    assert "baştan kuruluyor" in result.stderr


@pytest.mark.parametrize(
    ("broken", "content"),
    [("meson-private/coredata.dat", None), ("build.ninja", None), ("meson-info/meson-info.json", "{")],
)
def test_broken_build_folder_is_set_up_again(built_project: Project, broken: str, content: str | None) -> None:
    if content is None:
        (built_project.root / "build" / broken).unlink()
    else:
        built_project.write(f"build/{broken}", content)
    result = built_project.call("lesson", "run", "1")
    assert ran(result)
    assert "baştan kuruluyor" in result.stderr


def test_build_folder_of_a_meson_that_is_gone_is_set_up_again(built_project: Project) -> None:
    """Klasörü kuran meson başka bir yerdeydi (pip ile kurulmuştu, kaldırıldı)."""
    rules = (built_project.root / "build" / "build.ninja").read_text()
    meson = shutil.which("meson")
    assert meson is not None and meson in rules
    built_project.write("build/build.ninja", rules.replace(f"command = {meson}", "command = /olmayan/meson"))
    built_project.write("meson.build", MESON + "\n")
    result = built_project.call("lesson", "run", "1")
    assert ran(result)
    assert "baştan kuruluyor" in result.stderr


def test_folder_that_meson_did_not_make_is_not_emptied(project: Project, tmp_path: Path) -> None:
    (tmp_path / "belgeler").mkdir()
    (tmp_path / "belgeler" / "tez.txt").touch()
    assert ran(project.call("lesson", "run", "1", YUVA_BUILD_DIR="belgeler", cwd=tmp_path))
    assert (tmp_path / "belgeler" / "tez.txt").exists()
    assert (tmp_path / "belgeler" / "lessons" / "01-ilk" / "server").exists()


def test_build_folder_that_cannot_be_written_is_told(built_project: Project) -> None:
    result = built_project.call("lesson", "run", "1", YUVA_BUILD_DIR="/dev/null/build")
    assert (result.returncode, result.stdout) == (1, "")
    first, second = result.stderr.splitlines()
    assert first.startswith("Derleme klasörüne yazılamıyor: /dev/null/build: ")
    assert "YUVA_BUILD_DIR" in second


def test_lesson_that_appears_later_joins_the_build(project: Project) -> None:
    """meson, atladığı dersin kütüphanesi sonradan kurulunca bunu kendiliğinden fark etmez."""
    assert ran(project.call("lesson", "run", "1"))
    project.add_second_lesson()
    assert ran(project.call("lesson", "run", "2"))


def test_two_runs_at_once_share_a_build_folder(project: Project) -> None:
    both = [project.start("lesson", "run", "1") for _ in range(2)]
    for process in both:
        process.communicate(timeout=50)
    assert [process.returncode for process in both] == [0, 0]


def test_run_waits_for_another_build(project: Project) -> None:
    (project.root / "build").mkdir()
    with open(project.root / "build" / build.LOCK_NAME, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        waiting = project.start("lesson", "run", "1")
        assert waiting.stderr is not None
        said = os.read(waiting.stderr.fileno(), 4096).decode()
        assert said.endswith("başka bir derleme sürüyor, bitmesi bekleniyor\n")
        assert select.select([waiting.stderr], [], [], 0.5)[0] == []
    waiting.communicate(timeout=50)
    assert waiting.returncode == 0


def test_ci_turns_warnings_into_errors(project: Project) -> None:
    assert ran(project.call("lesson", "run", "1"))
    project.write("lessons/01-ilk/client.c", UNUSED_VARIABLE)
    assert ran(project.call("lesson", "run", "1"))
    project.write("lessons/01-ilk/client.c", UNUSED_VARIABLE + "\n")
    result = project.call("lesson", "run", "1", CI="true")
    assert result.returncode == 1
    assert "-Werror=unused-variable" in result.stderr


def test_suite_reports_lesson_by_lesson(built_project: Project) -> None:
    result = built_project.call("test", cwd=built_project.root, YUVA_BUILD_DIR="build")
    *_, total, closing_line = result.stdout.splitlines()
    assert result.returncode == 0
    assert suite.CLOSING_LINE.fullmatch(closing_line) and " 2 passed in " in closing_line
    assert total.split()[:4] == ["toplam", "3", "0", "0"]
    with open(built_project.root / "build" / "test-results" / "lessons.csv", encoding="utf-8") as file:
        rows = {row["ders"]: row for row in csv.DictReader(file)}
    assert rows["01-ilk"]["geçti"] == "2"
    assert rows["02-ikinci"]["geçti"] == "0"
    assert rows[results.UNIT_GROUP]["geçti"] == "1"
    assert (built_project.root / "build" / "test-results" / "junit.xml").exists()
    assert built_project.new_folders() == set()


def test_suite_fails_with_unit_tests(built_project: Project) -> None:
    built_project.write("unit.c", '#include <stdio.h>\nint main(void)\n{\n    puts("üç, iki değil");\n    return 1;\n}\n')
    result = built_project.call("test", "-n", "0")
    assert result.returncode == 1
    assert "üç, iki değil" in result.stdout
    assert "C birim testleri geçmedi" in result.stdout
    assert " 2 passed in " in result.stdout.splitlines()[-1]


def test_suite_fails_with_pytest_and_passes_arguments_on(built_project: Project) -> None:
    built_project.write("tests/test_01_ilk.py", LESSON_TEST + "\ndef test_kotu():\n    assert False\n")
    result = built_project.call("test", "test_01_ilk.py", "-k", "kotu", "-n", "0", cwd=built_project.root / "tests")
    assert result.returncode == 1
    assert " 1 failed, 2 deselected in " in result.stdout.splitlines()[-1]


def test_lesson_test_gets_absolute_program(built_project: Project) -> None:
    built_project.write("sunucum.py", "")
    arguments = ("--server", "sunucum.py", "-k", "given_server", "-n", "0")
    result = built_project.call("lesson", "test", "1", *arguments, cwd=built_project.root)
    assert result.returncode == 0, result.stdout + result.stderr
    assert " 1 passed" in result.stdout


@pytest.mark.parametrize(
    ("line", "closes"),
    [
        ("=== 123 passed in 45.60s ===", True),
        ("= 1 failed, 3 passed, 2 skipped, 1 warning in 75.01s (0:01:15) =", True),
        ("12 passed in 0.50s", True),
        ("=== no tests ran in 0.01s ===", True),
        ("=== short test summary info ===", False),
        ("FAILED test_x.py::test_y - assert 3 passed", False),
    ],
)
def test_closing_line_of_pytest(line: str, closes: bool) -> None:
    assert bool(suite.CLOSING_LINE.fullmatch(line)) == closes


JUNIT = """\
<testsuites><testsuite>
<testcase classname="test_04_tcp" name="test_a" time="0.5"/>
<testcase classname="test_04_tcp.TestB" name="test_b" time="1.5"><failure message="x">x</failure></testcase>
<testcase classname="test_contract" name="test_help[05-udp-server]" time="0.1"/>
<testcase classname="test_contract" name="test_ipv6[05-udp]" time="0"><skipped message="yetenek yok: ipv6"/></testcase>
<testcase classname="test_harness_proxy" name="test_c[04-tcp]" time="0.1"><error message="x">x</error></testcase>
<testcase classname="test_other" name="test_d" time="0.1"/>
</testsuite></testsuites>
"""
UNIT_JUNIT = """\
<testsuites><testsuite name="base / text" time="3.0">
<testcase classname="text" name="1"/><testcase classname="text" name="2"/>
</testsuite></testsuites>
"""


def test_results_are_grouped_by_lesson(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "junit.xml").write_text(JUNIT)
    (tmp_path / "unit.xml").write_text(UNIT_JUNIT)
    cases, unit_cases = (results.read_junit(tmp_path / name) for name in ("junit.xml", "unit.xml"))
    rows = results.summarise(lessons.all_lessons(), cases, unit_cases)
    counts = {row.group: (row.passed, row.failed, row.skipped, row.seconds) for row in rows}
    assert counts["04-tcp"] == (1, 1, 0, 2.0)
    assert counts["05-udp"] == (1, 0, 1, 0.1)
    assert counts["test düzeneği"] == (0, 1, 0, 0.1)
    assert counts[results.UNIT_GROUP] == (2, 0, 0, 3.0)
    assert counts["test_other"] == (1, 0, 0, 0.1)
    results.print_table(rows)
    assert "atlandı (1 test): yetenek yok: ipv6" in capsys.readouterr().out
