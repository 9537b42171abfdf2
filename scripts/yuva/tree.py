"""Projenin dosyaları: git'in izlediği ya da izleyebileceği her şey; üretilenler ve yok sayılanlar dışında."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

SKIPPED_FOLDERS = {".git", "__pycache__", ".pytest_cache", ".cache", ".venv"}


def project_files(root: Path) -> list[Path]:
    """Kökten göreli yollar, sıralı. git yoksa ya da ağaç bir git deposu değilse klasörler gezilir."""
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    if (root / ".git").exists():
        try:
            listed = subprocess.run(command, capture_output=True, check=True).stdout.decode().split("\0")
            return sorted(path for path in map(Path, filter(None, listed)) if (root / path).is_file())
        except (OSError, subprocess.CalledProcessError):
            pass
    return walk(root)


def walk(root: Path) -> list[Path]:
    found = []
    for folder, names, files in os.walk(root):
        names[:] = [name for name in names if name not in SKIPPED_FOLDERS and not name.startswith("build")]
        found += [(Path(folder) / name).relative_to(root) for name in files]
    return sorted(found)


def with_suffix(root: Path, *suffixes: str, under: tuple[str, ...] = ()) -> list[Path]:
    """Soneki verilenlerden biri olan dosyalar; under verilirse yalnız o üst klasörlerde."""
    return [
        path
        for path in project_files(root)
        if path.suffix in suffixes and (not under or path.as_posix().startswith(tuple(f"{top}/" for top in under)))
    ]


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")
