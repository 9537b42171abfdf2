"""Düzeneğin kendi testleri için: bir ders testini ayrı bir pytest'te, verilen sunucuya karşı koşturmak."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
WRONG = TESTS / "harness" / "wrong"


@dataclass(frozen=True)
class InnerRun:
    """İçteki pytest'in sonucu."""

    code: int
    text: str


def run(folder: Path, source: str, *options: str, factor: float = 1.0, **environment: str) -> InnerRun:
    """`source`, dersi olmayan bir ders testi olarak `folder` içinde koşar."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = folder / "pytest.ini"
    settings.write_text((TESTS / "pytest.ini").read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "test_inner.py").write_text(source, encoding="utf-8")
    plugins = ["-p", "harness.plugin", "-p", "no:cacheprovider"]
    finished = subprocess.run(
        [sys.executable, "-m", "pytest", "-c", str(settings), *plugins, *options, str(folder)],
        env={
            **os.environ,
            "PYTHONPATH": str(TESTS),
            "PYTHONDONTWRITEBYTECODE": "1",
            "YUVA_DEADLINE_FACTOR": str(factor),
            "COLUMNS": "120",
            **environment,
        },
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return InnerRun(finished.returncode, finished.stdout + finished.stderr)
