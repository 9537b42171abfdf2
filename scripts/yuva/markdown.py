"""Sayfaları okumak için gereken kadar Markdown: düzyazı, kod ve başlıklar satır numaralarıyla ayrılır."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

FENCE = re.compile(r"^\s*(`{3,}|~{3,})")
LIST_ITEM = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s")
HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*#*\s*$")
SPAN = re.compile(r"(?<!`)(`+)(?!`)((?:(?!\n\s*\n).)+?)(?<!`)\1(?!`)", re.DOTALL)
COMMENT_START, COMMENT_END = "<!--", "-->"


@dataclass(frozen=True)
class Line:
    number: int
    text: str
    kind: Literal["prose", "code", "fence"]


@dataclass(frozen=True)
class Heading:
    line: int
    level: int
    title: str


def lines(text: str) -> Iterator[Line]:
    """Her satırı türüyle verir. Düzyazıdaki HTML açıklamaları boşaltılır."""
    fence = ""
    in_comment = in_list = False
    indented_code_may_start = True
    for number, raw in enumerate(text.splitlines(), 1):
        if fence:
            closing = raw.strip()
            closes = closing.startswith(fence) and not closing.strip(fence[0])
            yield Line(number, raw, "fence" if closes else "code")
            fence = "" if closes else fence
            continue
        if not in_comment and (opening := FENCE.match(raw)):
            fence = opening[1]
            yield Line(number, raw, "fence")
            continue
        indented = raw.startswith(("    ", "\t"))
        if indented and indented_code_may_start and not in_list and not in_comment:
            yield Line(number, raw, "code")
            continue
        prose, in_comment = strip_comments(raw, in_comment)
        if LIST_ITEM.match(raw):
            in_list = True
        elif raw.strip() and not raw.startswith(" "):
            in_list = False
        indented_code_may_start = not raw.strip()
        yield Line(number, prose, "prose")


def strip_comments(line: str, inside: bool) -> tuple[str, bool]:
    kept = ""
    while line:
        before, mark, line = line.partition(COMMENT_END if inside else COMMENT_START)
        if not inside:
            kept += before
        if mark:
            inside = not inside
    return kept, inside


def prose(text: str) -> Iterator[Line]:
    return (line for line in lines(text) if line.kind == "prose")


def prose_text(text: str) -> str:
    """Yalnız düzyazı; kod satırlarının yeri boş kalır, satır numaraları değişmez."""
    return "\n".join(line.text if line.kind == "prose" else "" for line in lines(text))


def blank(pattern: re.Pattern[str], text: str, by: str = " ") -> str:
    """Kalıba uyanların yerine by koyar; birden çok satıra yayılmışsa satır sonları kalır."""
    return pattern.sub(lambda match: by + "\n" * match[0].count("\n"), text)


def line_at(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def headings(text: str) -> list[Heading]:
    found = []
    for line in prose(text):
        if match := HEADING.match(line.text):
            found.append(Heading(line.number, len(match[1]), match[2]))
    return found


def code_lines(text: str) -> Iterator[tuple[int, str]]:
    """Kod bloklarının satırları, sonra satır içi kodlar."""
    for line in lines(text):
        if line.kind == "code":
            yield line.number, line.text
    prose = prose_text(text)
    for span in SPAN.finditer(prose):
        yield line_at(prose, span.start()), " ".join(span[2].split())
