"""Manifest ile klasörler birbirini tutuyor mu; dosyalar yalnız kendi katlarını ve alttakileri mi içeriyor?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from yuva import tree, wire_protocol
from yuva.manifest import Lesson, Manifest

FLOORS = ("base", "net", "async", "web")
ROLES = ("server", "client")

QUOTED_INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')
ANGLE_INCLUDE = re.compile(r"^\s*#\s*include\s+<([^>]+)>")
LESSON_FOLDER = re.compile(r"\d\d-[a-z0-9-]+")
LESSON_FILES = {
    "docs/tr": re.compile(r"(\d\d-[a-z0-9-]+)\.md"),
    "tests": re.compile(r"test_(\d\d_\w+)\.py"),
    "tests/peers": re.compile(r"(\d\d_\w+)_(?:server|client)\.py"),
}


def check(root: Path, manifest: Manifest) -> list[str]:
    return [
        *wrong_rows(manifest),
        *wrong_documents(manifest),
        *missing_files(root, manifest),
        *files_without_row(root, manifest),
        *wrong_includes(root, manifest),
        *circles(root),
    ]


def wrong_rows(manifest: Manifest) -> Iterator[str]:
    rows = [*manifest.lessons, *manifest.planned]
    for what, values in (("numara", [row.label for row in rows]), ("ad", [row.name for row in rows])):
        for value, count in Counter(values).items():
            if count > 1:
                yield f"manifest: {value}: bu {what} {count} satırda var"
    for lesson in manifest.lessons:
        for earlier in lesson.after:
            if earlier >= lesson.number or earlier not in {row.number for row in rows}:
                yield f"manifest: {lesson.folder}: ön koşul {earlier:02} daha önceki bir ders değil"
        for floor in lesson.floors:
            if floor not in FLOORS:
                yield f"manifest: {lesson.folder}: '{floor}' diye bir kat yok; katlar: {', '.join(FLOORS)}"
        if "run" not in lesson.scenarios:
            yield f"manifest: {lesson.folder}: 'run' senaryosu yok"
        if "protocol" in lesson.options:
            for problem in wire_protocol.problems(lesson.options["protocol"]):
                yield f"manifest: {lesson.folder}: {problem}"
        for role in ROLES:
            if f"{role}.c" not in lesson.sources.get(role, []):
                yield f"manifest: {lesson.folder}: {role} programının kaynakları arasında {role}.c yok"


def wrong_documents(manifest: Manifest) -> Iterator[str]:
    known = {lesson.number for lesson in [*manifest.lessons, *manifest.planned]}
    covered: set[int] = set()
    for document in manifest.documents:
        for part in document["parts"]:
            covered.add(part["lesson"])
            if part["lesson"] not in known:
                yield f"manifest: {document['id']} {part['section']}: {part['lesson']} numaralı ders yok"
    for lesson in manifest.lessons:
        if lesson.number not in covered:
            yield f"manifest: {lesson.folder}: belgelerin hiçbir bölümünü karşılamıyor"


def missing_files(root: Path, manifest: Manifest) -> Iterator[str]:
    for lesson in manifest.lessons:
        folder = f"lessons/{lesson.folder}"
        if not (root / folder).is_dir():
            yield f"{folder}: manifest'te satırı var, klasörü yok"
            continue
        listed = {name for role in ROLES for name in [f"{role}.c", *lesson.sources.get(role, [])]}
        wanted = [f"{folder}/{name}" for name in sorted(listed)]
        wanted += [f"{folder}/meson.build", lesson.test_file, lesson.page]
        wanted += [f"tests/peers/{lesson.folder.replace('-', '_')}_{role}.py" for role in ROLES]
        absent = (path for path in wanted if not (root / path).is_file())
        yield from (f"{path}: yok; {lesson.folder} dersinin bu dosyası olmalı" for path in absent)
        for source in sorted((root / folder).glob("*.c")):
            if source.name not in listed:
                yield f"{folder}/{source.name}: manifest'te bu dersin kaynakları arasında değil"


def files_without_row(root: Path, manifest: Manifest) -> Iterator[str]:
    lessons = {lesson.folder for lesson in manifest.lessons}
    planned = {lesson.folder for lesson in manifest.planned}
    for folder in sorted(path.name for path in (root / "lessons").iterdir() if path.is_dir()):
        if folder in planned:
            yield f"lessons/{folder}: manifest'te planlanmış görünüyor; klasörü varsa satırı 'lessons'a taşınmalı"
        elif folder not in lessons:
            yield f"lessons/{folder}: manifest'te satırı yok"
    for folder, pattern in LESSON_FILES.items():
        for path in sorted((root / folder).glob("*")):
            match = pattern.fullmatch(path.name)
            if match and match[1].replace("_", "-") not in lessons:
                yield f"{folder}/{path.name}: manifest'te böyle bir ders yok"


def wrong_includes(root: Path, manifest: Manifest) -> Iterator[str]:
    lessons = {lesson.folder: lesson for lesson in manifest.lessons}
    for path in tree.with_suffix(root, ".c", ".h", under=("common", "lessons", "tests/unit")):
        for line, target in project_includes(root, path):
            if reason := why_forbidden(path, target, lessons):
                yield f"{path}:{line}: {reason}"


def project_includes(root: Path, path: Path) -> Iterator[tuple[int, Path | str]]:
    """Dosyanın projeden içerdikleri: kökten göreli yol ya da bulunamayan ad."""
    for number, line in enumerate(tree.read(root / path).splitlines(), 1):
        quoted, angle = QUOTED_INCLUDE.match(line), ANGLE_INCLUDE.match(line)
        if quoted:
            candidates = ((root / path.parent / quoted[1]), root / "common" / quoted[1])
            found = next((candidate.resolve() for candidate in candidates if candidate.is_file()), None)
            yield number, found.relative_to(root.resolve()) if found else quoted[1]
        elif angle and (root / "common" / angle[1]).is_file():
            yield number, Path("common") / angle[1]


def why_forbidden(path: Path, target: Path | str, lessons: dict[str, Lesson]) -> str | None:
    """path'in target'ı içermesi yasaksa nedeni, değilse None."""
    if isinstance(target, str):
        return f'"{target}" bulunamıyor'
    top, target_top = path.parts[0], target.parts[0]
    if target_top == "common":
        floor = target.parts[1]
        if top == "common" and FLOORS.index(floor) > FLOORS.index(path.parts[1]):
            return f"{path.parts[1]} katı, üstündeki {floor} katından {target} dosyasını içeremez"
        lesson = lessons.get(path.parts[1]) if top == "lessons" else None
        if lesson and floor not in lesson.floors:
            return f"{target}: {floor} katı bu dersin manifest'teki katları arasında değil"
        return None
    if top == "common":
        return f"ortak katlar {target} dosyasını içeremez"
    if top == "lessons" and (target_top, target.parts[1]) != (top, path.parts[1]):
        return f"bir ders başka yerdeki {target} dosyasını içeremez"
    return None


def circles(root: Path) -> Iterator[str]:
    """Ortak başlıklar arasında birbirini içerenler."""
    graph = {
        path: [target for _, target in project_includes(root, path) if isinstance(target, Path)]
        for path in tree.with_suffix(root, ".h", under=("common",))
    }
    finished: set[Path] = set()

    def visit(path: Path, trail: list[Path]) -> Iterator[str]:
        if path in trail:
            names = " → ".join(map(str, [*trail[trail.index(path) :], path]))
            yield f"{path}: başlıklar birbirini içeriyor: {names}"
        elif path not in finished:
            for target in graph.get(path, []):
                yield from visit(target, [*trail, path])
            finished.add(path)

    for path in graph:
        yield from visit(path, [])
