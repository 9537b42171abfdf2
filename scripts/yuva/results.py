"""Test sonuçları: JUnit XML'inden ders ders özet, tablo ve CSV."""

from __future__ import annotations

import csv
import re
import xml.etree.ElementTree as ElementTree
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterable, Iterator, Sequence

from yuva.manifest import ROOT, Lesson
from yuva.terminal import paint

LESSON_TEST = re.compile(r"\btest_([0-9]{2})_|\[.*?\b([0-9]{2})-[a-z]")
HEADINGS = ("ders", "geçti", "kaldı", "atlandı", "saniye", "sayfa")
OTHER_GROUPS = {
    "test_harness": "test düzeneği",
    "test_scripts": "betikler",
    "test_check": "denetimler",
    "test_docs": "sayfalar",
}
UNIT_GROUP = "C birim testleri"


@dataclass(frozen=True)
class Case:
    """JUnit'teki bir test; `reason` atlandıysa nedenidir."""

    module: str
    name: str
    seconds: float
    outcome: str
    reason: str = ""


@dataclass
class Row:
    group: str
    page: str = ""
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, case: Case) -> None:
        setattr(self, case.outcome, getattr(self, case.outcome) + 1)
        self.seconds += case.seconds
        if case.reason:
            self.reasons[case.reason] += 1

    @property
    def cells(self) -> tuple[str, ...]:
        return (self.group, *map(str, (self.passed, self.failed, self.skipped)), f"{self.seconds:.1f}", self.page)


def read_junit(path: Path) -> list[Case]:
    """Dosyadaki testler; dosya yoksa (araç daha başlarken düştüyse) boş liste."""
    if not path.exists():
        return []
    return [case for suite in ElementTree.parse(path).iter("testsuite") for case in _cases(suite)]


def summarise(lessons: Sequence[Lesson], cases: Iterable[Case], unit_cases: Iterable[Case]) -> list[Row]:
    """Her ders için (testi koşmamışsa da) bir satır, ardından derslere bağlı olmayan testler."""
    rows = {lesson.label: Row(lesson.folder, _page(lesson)) for lesson in lessons}
    for case in cases:
        group = _group(case)
        rows.setdefault(group, Row(group)).add(case)
    units = Row(UNIT_GROUP)
    for case in unit_cases:
        units.add(case)
    return [*rows.values(), units]


def print_table(rows: Sequence[Row]) -> None:
    table = [HEADINGS, *(row.cells for row in rows), _total(rows).cells]
    widths = [max(len(line[column]) for line in table) for column in range(len(HEADINGS))]
    for index, line in enumerate(table):
        numbers = [cell.rjust(width) for cell, width in zip(line[1:5], widths[1:5])]
        text = "  ".join([line[0].ljust(widths[0]), *numbers, line[5]]).rstrip()
        print(paint(text, _style(rows, index)))
    for reason, count in sum((row.reasons for row in rows), Counter()).items():
        print(f"atlandı ({count} test): {reason}")


def write_csv(path: Path, rows: Sequence[Row]) -> None:
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        writer.writerows(row.cells for row in rows)


def _cases(suite: ElementTree.Element) -> Iterator[Case]:
    """meson, TAP yazan bir programın yalnız toplam süresini bilir; o zaman süre testlerine eşit bölünür."""
    elements = suite.findall("testcase")
    for element in elements:
        share = float(suite.get("time") or 0) / len(elements)
        yield _case(element, float(element.get("time") or share))


def _case(element: ElementTree.Element, seconds: float) -> Case:
    outcome, reason = "passed", ""
    skipped = element.find("skipped")
    if element.find("failure") is not None or element.find("error") is not None:
        outcome = "failed"
    elif skipped is not None:
        outcome, reason = "skipped", skipped.get("message", "")
    return Case(element.get("classname", ""), element.get("name", ""), seconds, outcome, reason)


def _group(case: Case) -> str:
    """Dersin numarası: test dosyasının adından ya da parametresinden (test_help[04-tcp]); yoksa kümenin adı."""
    for prefix, title in OTHER_GROUPS.items():
        if case.module.startswith(prefix):
            return title
    lesson = LESSON_TEST.search(f"{case.module}::{case.name}")
    return (lesson[1] or lesson[2]) if lesson else case.module


def _page(lesson: Lesson) -> str:
    return lesson.page if (ROOT / lesson.page).exists() else "sayfası yok"


def _total(rows: Sequence[Row]) -> Row:
    return Row(
        "toplam",
        passed=sum(row.passed for row in rows),
        failed=sum(row.failed for row in rows),
        skipped=sum(row.skipped for row in rows),
        seconds=sum(row.seconds for row in rows),
    )


def _style(rows: Sequence[Row], line: int) -> str:
    """Tablonun satırları: 0 başlık, sonuncusu toplam, aradakiler rows."""
    if line == 0 or line > len(rows):
        return "bold"
    row = rows[line - 1]
    if row.failed:
        return "red"
    return "green" if row.passed else "dim"
