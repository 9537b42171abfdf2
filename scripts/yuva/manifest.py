"""lessons/manifest.json'un okunduğu tek yer.

Derleme, çalıştırıcı, sayfaların dizini, testler ve kapsam tablosu derslerin listesini buradan alır. meson da bu
dosyayı doğrudan çalıştırır (`manifest.py --for-meson`); bu yüzden paketin öbür modüllerinden hiçbirini kullanmaz.
"""

from __future__ import annotations

import difflib
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterable

ROOT = Path(__file__).resolve().parents[2]
MANIFEST = ROOT / "lessons" / "manifest.json"

RUN = "run"


class LessonNotFound(LookupError):
    """İstenen ders yok; metni tek satırlık açıklamadır."""


class LessonPlanned(LessonNotFound):
    """İstenen ders müfredatta var, henüz yazılmadı."""


@dataclass(frozen=True)
class Library:
    pkg_config: str
    package: str


@dataclass(frozen=True)
class Scenario:
    """Bir dersin adı olan bir çalıştırması. `server` None ise sunucu başlatılmaz."""

    name: str
    server: list[str] | None
    clients: list[list[str]]
    masks: list[tuple[str, str]]
    unordered: bool
    options: dict[str, Any]

    @classmethod
    def from_row(cls, name: str, row: dict[str, Any]) -> Scenario:
        return cls(
            name=name,
            server=row.get("server", []),
            clients=row.get("clients", [[]]),
            masks=[(pattern, replacement) for pattern, replacement in row.get("masks", [])],
            unordered=row.get("unordered", False),
            options=row,
        )


@dataclass(frozen=True)
class Lesson:
    number: int
    name: str
    title: str
    mirrors: str
    minutes: int
    after: list[int]
    transport: str
    host: str
    port: int
    floors: list[str]
    libraries: list[Library]
    sources: dict[str, list[str]]
    scenarios: dict[str, Scenario]
    options: dict[str, Any]

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> Lesson:
        return cls(
            number=row["number"],
            name=row["name"],
            title=row["title"],
            mirrors=row["mirrors"],
            minutes=row["minutes"],
            after=row["after"],
            transport=row["transport"],
            host=row["host"],
            port=row["port"],
            floors=row["floors"],
            libraries=[Library(entry["pkg-config"], entry["package"]) for entry in row["libraries"]],
            sources=row["sources"],
            scenarios={name: Scenario.from_row(name, entry) for name, entry in row["scenarios"].items()},
            options=row,
        )

    @property
    def label(self) -> str:
        """İki haneli numara: 04"""
        return f"{self.number:02}"

    @property
    def folder(self) -> str:
        """lessons/ altındaki klasörün, derleme hedefinin ve sayfanın adı: 04-tcp"""
        return f"{self.label}-{self.name}"

    @property
    def directory(self) -> Path:
        return ROOT / "lessons" / self.folder

    @property
    def page(self) -> str:
        return f"docs/tr/{self.folder}.md"

    @property
    def test_file(self) -> str:
        return f"tests/test_{self.folder.replace('-', '_')}.py"

    @property
    def run(self) -> Scenario:
        """`scripts/lesson run` komutunun çalıştırdığı senaryo."""
        return self.scenarios[RUN]


@dataclass(frozen=True)
class PlannedLesson:
    number: int
    name: str
    title: str

    @property
    def label(self) -> str:
        return f"{self.number:02}"

    @property
    def folder(self) -> str:
        return f"{self.label}-{self.name}"


@dataclass(frozen=True)
class Manifest:
    lessons: list[Lesson]
    planned: list[PlannedLesson]
    documents: list[dict[str, Any]]

    def find(self, text: str) -> Lesson:
        """`4`, `04`, `tcp` ya da `04-tcp` ile anılan ders. LessonPlanned ya da LessonNotFound atabilir."""
        lesson = _match(text, self.lessons)
        if lesson is not None:
            return lesson
        planned = _match(text, self.planned)
        if planned is not None:
            raise LessonPlanned(f"ders {planned.label} henüz yazılmadı ({planned.title})")
        raise LessonNotFound(self._unknown(text))

    def _unknown(self, text: str) -> str:
        first, last = self.lessons[0], self.lessons[-1]
        message = f"{text} diye bir ders yok; {first.label}-{last.label} arası bir numara ya da bir ad ver"
        names = [name for lesson in self.lessons for name in (lesson.name, lesson.folder)]
        nearest = difflib.get_close_matches(text.lower(), names, n=1)
        if nearest:
            return f"{message} (en yakını: {nearest[0]})"
        return f"{message} (hepsi: scripts/lesson list)"


def load(path: Path = MANIFEST) -> Manifest:
    data = json.loads(path.read_text(encoding="utf-8"))
    return Manifest(
        lessons=sorted((Lesson.from_row(row) for row in data["lessons"]), key=lambda lesson: lesson.number),
        planned=[PlannedLesson(row["number"], row["name"], row["title"]) for row in data["planned"]],
        documents=data["documents"],
    )


def _match(text: str, lessons: Iterable[Any]) -> Any:
    wanted = text.lower()
    number = int(wanted) if re.fullmatch(r"[0-9]{1,3}", wanted) else None
    for lesson in lessons:
        if number == lesson.number or wanted in (lesson.name, lesson.folder):
            return lesson
    return None


def _meson_row(lesson: Lesson) -> str:
    return "|".join(
        [
            lesson.folder,
            " ".join(lesson.sources["server"]),
            " ".join(lesson.sources["client"]),
            " ".join(lesson.floors),
            " ".join(f"{library.pkg_config}={library.package}" for library in lesson.libraries),
        ]
    )


if __name__ == "__main__":
    if sys.argv[1:] != ["--for-meson"]:
        sys.exit("kullanım: manifest.py --for-meson")
    for each in load().lessons:
        print(_meson_row(each))
