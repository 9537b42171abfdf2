"""Adlı bölgeler: belgelerin kaynak dosyalardan alıp gösterdiği parçalar.

C'de ve çeviricide `/* region: ad */ ... /* endregion */`, Python'da `# region: ad ... # endregion`. Bölgeler iç içe olabilir;
gösterilen parçada işaret satırları yer almaz ve ortak girinti atılır.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

LANGUAGES = {".c": "c", ".h": "c", ".S": "asm", ".py": "python"}

OPENING = re.compile(r"^\s*(?:/\*\s*region:\s*(\S+)\s*\*/|#\s*region:\s*(\S+))\s*$")
CLOSING = re.compile(r"^\s*(?:/\*\s*endregion\s*\*/|#\s*endregion)\s*$")


class RegionError(Exception):
    """Bölge işaretlerinde bir yanlışlık; metni okuyana gösterilir."""


@dataclass(frozen=True)
class Region:
    name: str
    line: int
    code: str


def parse(source: str) -> dict[str, Region]:
    """Kaynaktaki bölgeleri adlarıyla verir; kapanmayan, yinelenen ya da açılmadan kapanan bölgede RegionError."""
    found: dict[str, Region] = {}
    names: set[str] = set()
    open_regions: list[tuple[str, int, list[str]]] = []
    for number, line in enumerate(source.splitlines(), 1):
        if opening := OPENING.match(line):
            name = opening[1] or opening[2]
            if name in names:
                raise RegionError(f"{number}: '{name}' bölgesi bu dosyada ikinci kez açılıyor")
            names.add(name)
            open_regions.append((name, number, []))
        elif CLOSING.match(line):
            if not open_regions:
                raise RegionError(f"{number}: açılmamış bir bölge kapanıyor")
            name, start, lines = open_regions.pop()
            found[name] = Region(name, start, dedent(lines))
        else:
            for _, _, lines in open_regions:
                lines.append(line)
    if open_regions:
        name, start, _ = open_regions[-1]
        raise RegionError(f"{start}: '{name}' bölgesi kapanmıyor")
    return found


def dedent(lines: list[str]) -> str:
    return textwrap.dedent("\n".join(lines)).strip("\n")


def read(path: Path) -> dict[str, Region]:
    return parse(path.read_text(encoding="utf-8"))
