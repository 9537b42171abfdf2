"""Denetimlerin sınandığı küçük proje: tek dersi, tek planlı dersi, doğru bir sayfası olan bir ağaç.

Testler bunu bir yerinden bozar ve denetimin o bozukluğu, ona özgü iletiyle yakalamasını bekler.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from harness import lessons

from yuva import docs, manifest
from yuva.manifest import Lesson, Scenario

LESSON = "04-tcp"
PAGE = f"docs/tr/{LESSON}.md"
SERVER = f"lessons/{LESSON}/server.c"

SERVER_SOURCE = """\
#include <stdio.h>

#include "net/lines.h"

int main(void)
{
    /* region: greet */
    puts("merhaba");
    /* endregion */
    return 0;
}
"""

PAGE_SOURCE = f"""\
# 04 · TCP

Bu dersin sonunda bir sunucu yazacaksın.

<!-- facts: {LESSON} -->
<!-- /facts -->

## Çalıştır

    scripts/lesson run 04

<!-- transcript: {LESSON}/run -->
<!-- /transcript -->

## Python'dan C'ye

Aynı iş, başka dil.

## Adım adım kod

<!-- code: {SERVER}#greet -->
<!-- /code -->

## Ağdan geçenler

<!-- diagram: {LESSON}/run -->
<!-- /diagram -->

## Sözleşme

Seçenekler: `-p, --port PORT`, `--help`.

## Belgedeki yanlışlar

Bunu `test_greeting` sınar.

## Kurcala

1. Bir şey değiştir.
2. Başka bir şey değiştir.
3. Geri al.

## Alıştırmalar

Kendin yaz, sonra `scripts/lesson test 04 --server ./benimki` ile sına.

## Kaynaklar

socket(7)
"""

FILES = {
    "common/base/log.h": "",
    "common/net/lines.h": '#include "base/log.h"\n',
    SERVER: SERVER_SOURCE,
    f"lessons/{LESSON}/client.c": '#include "base/log.h"\n',
    f"lessons/{LESSON}/meson.build": "",
    "tests/test_04_tcp.py": "def test_greeting():\n    pass\n",
    "tests/peers/04_tcp_server.py": "",
    "tests/peers/04_tcp_client.py": "",
    "scripts/lesson": "#!/bin/sh\n",
    "docs/tr/sozluk.md": "| Türkçe | İngilizce | Kısaca |\n|---|---|---|\n| zaman aşımı | timeout | Süre doldu. |\n",
    "docs/tr/sozcukler.txt": "Python\nTCP\nNo\ndk\n",
    "docs/tr/README.md": """\
# Dersler

<!-- table: curriculum -->
<!-- /table -->

<!-- table: coverage -->
<!-- /table -->
""",
    "README.md": "# Proje\n\n[Dersler](docs/tr/README.md#dersler)\n",
    "LICENSE": "MIT License\n",
    PAGE: PAGE_SOURCE,
}

LESSON_ROW: dict[str, Any] = {
    "number": 4,
    "name": "tcp",
    "title": "TCP",
    "mirrors": "D0 §2",
    "minutes": 60,
    "after": [],
    "transport": "tcp",
    "host": "127.0.0.1",
    "port": 9000,
    "floors": ["base", "net"],
    "libraries": [],
    "sources": {"server": ["server.c"], "client": ["client.c"]},
    "scenarios": {"run": {"server": [], "clients": [[]]}},
}
PLANNED_ROW = {"number": 7, "name": "nonblocking", "title": "Bloke etmeyen soketler"}
DOCUMENT = {
    "id": "D0",
    "title": "Ağ",
    "parts": [
        {"section": "§2 TCP", "examples": ["örnek 3"], "lesson": 4},
        {"section": "§5 Bloke etmeyen", "examples": ["örnek 6"], "lesson": 7},
    ],
}

TRANSCRIPT = "sunucu │ 127.0.0.1:‹port› dinleniyor\nistemci│ merhaba\nsunucu │ biri geldi"
DIAGRAM = """\
sequenceDiagram
    participant istemci
    participant sunucu
    sunucu->>istemci: "merhaba\\n" (8 bayt)"""
HELP = "Kullanım: server [SEÇENEKLER]\n  -p, --port PORT\n  -h, --help"
LESSON_HELP = "  scripts/lesson run DERS\n  scripts/lesson test DERS\n  --server PROGRAM\n  --release"


class StagedLive:
    """Program çalıştırmadan, önceden yazılmış koşular verir."""

    def __init__(self) -> None:
        self.transcript_text = TRANSCRIPT
        self.diagram_text = DIAGRAM
        self.help_text = HELP

    def transcript(self, lesson: Lesson, scenario: Scenario) -> str:
        return self.transcript_text

    def diagram(self, lesson: Lesson, scenario: Scenario) -> str:
        return self.diagram_text

    def help(self, lesson: Lesson, role: str) -> str:
        return self.help_text


class SmallProject:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.live = StagedLive()
        self.data: dict[str, Any] = json.loads(
            json.dumps({"lessons": [LESSON_ROW], "planned": [PLANNED_ROW], "documents": [DOCUMENT]})
        )
        for path, text in FILES.items():
            self.write(path, text)
        for name in (".clang-format", ".clang-tidy"):
            shutil.copy(lessons.ROOT / name, root / name)
        docs.refresh(self.generator())

    @property
    def lesson_row(self) -> dict[str, Any]:
        return self.data["lessons"][0]

    def write(self, path: str, text: str) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def read(self, path: str) -> str:
        return (self.root / path).read_text(encoding="utf-8")

    def edit(self, path: str, old: str, new: str) -> None:
        text = self.read(path)
        assert old in text, f"{path} içinde '{old}' yok"
        self.write(path, text.replace(old, new))

    def manifest(self) -> manifest.Manifest:
        self.write("lessons/manifest.json", json.dumps(self.data) + "\n")
        return manifest.load(self.root / "lessons" / "manifest.json")

    def lesson(self) -> Lesson:
        return self.manifest().lessons[0]

    def generator(self) -> docs.Generator:
        return docs.Generator(self.root, self.manifest(), self.live)


def only(problems: list[str], expected: str) -> None:
    """Tek sorun var ve o da bu."""
    assert len(problems) == 1 and expected in problems[0], problems
