"""Testlerin ders bildirimine bakışı: scripts/yuva/manifest.py üzerinden lessons/manifest.json."""

from __future__ import annotations

import functools
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PEERS = ROOT / "tests" / "peers"

sys.path.insert(0, str(ROOT / "scripts"))

from yuva import manifest  # noqa: E402  (yol yukarıda eklendi)

Lesson = manifest.Lesson
Scenario = manifest.Scenario

_TEST_FILE = re.compile(r"test_(\d\d)_\w+\.py")


@functools.lru_cache(maxsize=None)
def all_lessons() -> list[Lesson]:
    return manifest.load().lessons


def find(text: str) -> Lesson:
    """`4`, `04`, `tcp` ya da `04-tcp` ile; yoksa LookupError."""
    return manifest.load().find(text)


def of_test_file(path: Path) -> Lesson | None:
    """test_04_tcp.py dosyasının dersi; dosya bir dersin testi değilse None."""
    match = _TEST_FILE.fullmatch(path.name)
    if match is None:
        return None
    return next((lesson for lesson in all_lessons() if lesson.number == int(match[1])), None)


def python_peer(lesson: Lesson, role: str) -> Path:
    """Dersin Python karşılığı: tests/peers/04_tcp_server.py"""
    return PEERS / f"{lesson.folder.replace('-', '_')}_{role}.py"
