"""`scripts/test`: eğitmenin tek komutu. Derler, C birim testlerini ve pytest'i koşar, ders ders tablo verir."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from typing import Sequence

from yuva import manifest, processes, pytest_run, results
from yuva.build import DEBUG, build_everything
from yuva.packages import TESTING, ensure
from yuva.terminal import has_colour, paint, say


HELP = """\
Her şeyi derler, C birim testlerini ve bütün pytest testlerini koşar; sonunda ders ders bir tablo verir.
Eksik olan (derleyici, meson, pytest, kütüphaneler) ilk kullanımda kurulur.

  scripts/test                    hepsi
  scripts/test -k tcp             yalnız adında tcp geçenler; bütün argümanlar pytest'e geçer
  scripts/test tests/test_04_tcp.py
  scripts/test -n 0 -x            tek süreçte, ilk hatada dur

Sonuçlar derleme klasöründe kalır: test-results/junit.xml, unit.xml, lessons.csv.
Çıkış kodu: 0 hepsi geçti, 0'dan başkası en az biri kaldı. Tek dersin testleri: scripts/lesson test DERS
"""

ANSI = re.compile(r"\x1b\[[0-9;]*m")
CLOSING_LINE = re.compile(r"=* ?(?:no tests ran|[0-9]+ [a-z]+)\b.* in [0-9.]+s\b.*")


def main(arguments: list[str]) -> int:
    if arguments and arguments[0] in ("-h", "--help"):
        print(HELP, end="")
        return 0
    lessons = manifest.load().lessons
    ensure(TESTING, "testler bununla koşar")
    folder = build_everything(DEBUG, lessons)
    reports = _fresh_folder(folder / "test-results")
    units_passed = _run_unit_tests(folder, reports)
    code, closing_line = _run_pytest(folder, reports, arguments)
    _report(lessons, reports)
    if not units_passed:
        print(paint("C birim testleri geçmedi; çıktıları yukarıda.", "red"))
    print(closing_line)
    return code or (0 if units_passed else 1)


def _fresh_folder(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def _run_unit_tests(folder: Path, reports: Path) -> bool:
    say("C birim testleri koşuyor (meson test)")
    code, output = processes.capture(["meson", "test", "-C", str(folder), "--no-rebuild", "--print-errorlogs"])
    if code != 0:
        print(output.rstrip())
    report = folder / "meson-logs" / "testlog.junit.xml"
    if report.exists():
        shutil.copyfile(report, reports / "unit.xml")
    return code == 0


def _run_pytest(folder: Path, reports: Path, arguments: Sequence[str]) -> tuple[int, str]:
    """pytest'in çıkış kodu ve kapanış satırı (`=== 123 passed in 45.6s ===`; yazmadıysa boş)."""
    colour = ["--color=yes"] if has_colour(sys.stdout) else []
    command = pytest_run.command(folder, [f"--junit-xml={reports / 'junit.xml'}", *colour, *arguments])
    code, output = processes.relay(command, cwd=pytest_run.FOLDER)
    closing = [line for line in output.splitlines() if CLOSING_LINE.fullmatch(ANSI.sub("", line))]
    return code, closing[-1] if closing else ""


def _report(lessons: Sequence[manifest.Lesson], reports: Path) -> None:
    cases = results.read_junit(reports / "junit.xml")
    unit_cases = results.read_junit(reports / "unit.xml")
    rows = results.summarise(lessons, cases, unit_cases)
    results.write_csv(reports / "lessons.csv", rows)
    print()
    results.print_table(rows)
