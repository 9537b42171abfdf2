"""Hangi programın çalıştırılacağı: dersin C programı, Python karşılığı ya da öğrencinin programı.

Bir eşleşmenin adı istemci-sunucu sırasındadır: `c-c`, `c-py` (C istemcisi, Python sunucusu), `py-c`.
`--server YOL` ya da `--client YOL` verilince öğrencinin programı C programının yerine geçer.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness import capability, lessons
from harness.lessons import Lesson

ALL = ("c-c", "c-py", "py-c")


@dataclass(frozen=True)
class Pairing:
    """Bir testte iki tarafın dili."""

    client: str
    server: str

    @classmethod
    def named(cls, name: str) -> Pairing:
        client, _, server = name.partition("-")
        return cls(client, server)

    def language(self, role: str) -> str:
        return self.server if role == "server" else self.client

    def involves(self, role: str) -> bool:
        """Bu rolü C programı (ya da onun yerine geçen) mı üstleniyor?"""
        return self.language(role) == "c"


def command(config: pytest.Config, lesson: Lesson | None, role: str, language: str) -> list[str]:
    """Programı çalıştıran komut."""
    __tracebackhide__ = True
    given = config.getoption(f"--{role}")
    if language == "c" and given:
        return runnable(Path(given))
    if lesson is None:
        pytest.fail("bu test dosyasının bildirimde dersi yok: adı test_NN_ad.py olmalı", pytrace=False)
    return _python_program(lesson, role) if language == "py" else [str(built(config, lesson, role))]


def runnable(path: Path) -> list[str]:
    """Bir .py dosyası testleri koşan Python ile, başka her şey kendisi olarak çalışır."""
    return [sys.executable, str(path)] if path.suffix == ".py" else [str(path)]


def built(config: pytest.Config, lesson: Lesson, role: str) -> Path:
    """Dersin derlenmiş programı; derlenmemişse test, nedenini söyleyerek biter."""
    __tracebackhide__ = True
    program = build_folder(config) / "lessons" / lesson.folder / role
    if program.is_file():
        return program
    if lesson.libraries:
        packages = ", ".join(library.package for library in lesson.libraries)
        capability.missing(f"{lesson.folder} derlenmemiş (gereken paketler: {packages})")
    pytest.fail(f"program yok: {program}; önce derle: scripts/lesson run {lesson.label}", pytrace=False)


def build_folder(config: pytest.Config) -> Path:
    given = config.getoption("--build-dir") or os.environ.get("YUVA_BUILD_DIR")
    return Path(given).absolute() if given else lessons.ROOT / "build"


def _python_program(lesson: Lesson, role: str) -> list[str]:
    __tracebackhide__ = True
    path = lessons.python_peer(lesson, role)
    if not path.is_file():
        pytest.fail(f"Python karşılığı yok: {path.relative_to(lessons.ROOT)}", pytrace=False)
    return runnable(path)
