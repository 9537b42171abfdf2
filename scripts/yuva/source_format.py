"""C kaynaklarının biçimi: clang-format'ın yazacağıyla aynı mı?"""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from yuva import tools, tree
from yuva.tools import Tool

FOLDERS = ("common", "lessons", "tests")


def check(root: Path, tool: Tool) -> list[str]:
    files = tree.with_suffix(root, ".c", ".h", under=FOLDERS)
    with ThreadPoolExecutor(tools.workers()) as pool:
        return [problem for problem in pool.map(lambda path: wrong_format(root, path, tool), files) if problem]


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
