"""Manifest'ten üretilen tablolar: müfredat, kapsam ve README'nin ders listesi."""

from __future__ import annotations

import os
from pathlib import PurePosixPath

from yuva.manifest import Lesson, Manifest, PlannedLesson

Row = list[str]


def curriculum(manifest: Manifest, page: str) -> str:
    """Bütün dersler, hazır olanlar ve planlananlar; bağlantılar `page`in bulunduğu yere göredir."""
    rows = []
    for lesson in in_order(manifest):
        if isinstance(lesson, Lesson):
            title = link(lesson.title, lesson.page, page)
            rows.append([lesson.label, title, lesson.mirrors, f"{lesson.minutes} dk", "hazır"])
        else:
            rows.append([lesson.label, lesson.title, mirrored(manifest, lesson), "", "planlandı"])
    return table(["No", "Ders", "Belgedeki karşılığı", "Süre", "Durum"], rows)


def mirrored(manifest: Manifest, lesson: PlannedLesson) -> str:
    """Planlanan dersin karşılayacağı bölümler: 'D0 §6, örnek 7'."""
    found = []
    for document in manifest.documents:
        for part in document["parts"]:
            if part["lesson"] == lesson.number:
                section = part["section"]
                short = section.split()[0] if section.startswith("§") else section.split(":")[0]
                found.append(", ".join([f"{document['id']} {short}", *part["examples"]]))
    return "; ".join(found)


def lesson_list(manifest: Manifest, page: str) -> str:
    """Yalnız hazır dersler: README'nin kısa listesi."""
    rows = [
        [lesson.label, link(lesson.title, lesson.page, page), f"`scripts/lesson run {lesson.label}`"]
        for lesson in manifest.lessons
    ]
    return table(["No", "Ders", "Çalıştır"], rows)


def coverage(manifest: Manifest, page: str) -> str:
    """Her belgenin her bölümü ve örneği: hangi ders, hangi test, hangi sayfa."""
    known = {lesson.number: lesson for lesson in in_order(manifest)}
    parts = []
    for document in manifest.documents:
        rows = [coverage_row(part, known.get(part["lesson"]), page) for part in document["parts"]]
        heading = f"**{document['id']}: {document['title']}**"
        parts.append(f"{heading}\n\n" + table(["Bölüm", "Örnekler", "Ders", "Test", "Sayfa"], rows))
    return "\n\n".join(parts)


def coverage_row(part: dict, lesson: Lesson | PlannedLesson | None, page: str) -> Row:
    row = [part["section"], ", ".join(part["examples"]), lesson.folder if lesson else "yok"]
    if not isinstance(lesson, Lesson):
        return row + ["planlandı", "planlandı"] if lesson else row + ["yok", "yok"]
    test = PurePosixPath(lesson.test_file).name
    return row + [link(f"`{test}`", lesson.test_file, page), link(lesson.title, lesson.page, page)]


def in_order(manifest: Manifest) -> list[Lesson | PlannedLesson]:
    return sorted([*manifest.lessons, *manifest.planned], key=lambda lesson: lesson.number)


def facts(lesson: Lesson, manifest: Manifest) -> str:
    """Sayfanın başındaki satır: süre, ön koşul, dosyalar."""
    known = {other.number: other for other in manifest.lessons}
    before = [
        link(known[number].label, known[number].page, lesson.page) if number in known else f"{number:02}"
        for number in lesson.after
    ]
    names = list(dict.fromkeys(lesson.sources["server"] + lesson.sources["client"]))
    files = [f"lessons/{lesson.folder}/{name}" for name in names]
    shown = [link(f"`{file if index == 0 else names[index]}`", file, lesson.page) for index, file in enumerate(files)]
    return " · ".join(
        [
            f"**Süre:** {lesson.minutes} dakika",
            f"**Ön koşul:** {', '.join(before) or 'yok'}",
            f"**Dosyalar:** {', '.join(shown)}",
        ]
    )


def link(text: str, target: str, page: str) -> str:
    return f"[{text}]({os.path.relpath(target, PurePosixPath(page).parent)})"


def table(header: Row, rows: list[Row]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
