"""C kaynaklarının biçimi: clang-format'ın yazacağıyla aynı mı? Onun dokunmadığı açıklamalar da yüz sütuna sığıyor mu?"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from yuva import tools, tree
from yuva.tools import Tool

FOLDERS = ("common", "lessons", "tests")
WIDTH = 100
# Dizgi ve karakterler de tanınır ki içlerindeki /* bir açıklama sanılmasın.
COMMENT = re.compile(r""""(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|(?P<comment>/\*.*?\*/|//[^\n]*)""", re.DOTALL)


def check(root: Path, tool: Tool) -> list[str]:
    files = tree.with_suffix(root, ".c", ".h", under=FOLDERS)
    with ThreadPoolExecutor(tools.workers()) as pool:
        return [problem for problem in pool.map(lambda path: wrong_format(root, path, tool), files) if problem]


def check_comments(root: Path) -> list[str]:
    """clang-format açıklamaları yeniden bölmez; taşanı yazan böler."""
    files = tree.with_suffix(root, ".c", ".h", under=FOLDERS)
    return [
        f"{path}:{number}: açıklama {width} sütun; en çok {WIDTH} olmalı"
        for path in files
        for number, width in wide_comments(tree.read(root / path))
    ]


def wide_comments(text: str) -> Iterator[tuple[int, int]]:
    """Açıklaması sütun sınırını aşan satırların numarası ve boyu."""
    for match in COMMENT.finditer(text):
        if match["comment"] is None:
            continue
        start = text.rfind("\n", 0, match.start()) + 1
        first = text.count("\n", 0, start) + 1
        for number, line in enumerate(text[start : match.end()].split("\n"), start=first):
            if len(line) > WIDTH:
                yield number, len(line)


def wrong_format(root: Path, path: Path, tool: Tool) -> str | None:
    """Biçim farklıysa ilk fark, aynıysa None."""
    result = subprocess.run([tool.path, "--style=file", str(path)], cwd=root, capture_output=True, text=True)
    if result.returncode != 0:
        return f"{path}: {tool.name} okuyamadı: {result.stderr.strip()}"
    written, formatted = tree.read(root / path).splitlines(), result.stdout.splitlines()
    if written == formatted:
        return None
    same = next(
        (index for index, (old, new) in enumerate(zip(written, formatted)) if old != new),
        min(len(written), len(formatted)),
    )
    expected = formatted[same].strip() if same < len(formatted) else "(dosya burada bitmeli)"
    remedy = f"{Path(tool.path).name} -i {path}"
    return f"{path}:{same + 1}: biçim farklı; '{expected}' beklenirdi (düzeltmek için: {remedy})"
