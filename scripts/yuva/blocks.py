"""Sayfalardaki üretilen bloklar: `<!-- tür: ad -->` ile `<!-- /tür -->` arasında kalan her şey araçların malıdır."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

KINDS = ("code", "transcript", "diagram", "help", "facts", "table")

MARK = re.compile(rf"^<!-- (?P<closing>/?)(?P<kind>{'|'.join(KINDS)})(?:: (?P<name>[^\s>]+))? -->$")
LOOKS_LIKE_MARK = re.compile(r"^ {0,3}<!--\s*/?\s*[a-z]+\s*(?::.*)?-->\s*$")
FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")


class BlockError(Exception):
    """Blok işaretlerinde bir yanlışlık; metni 'satır: ileti' biçimindedir."""


@dataclass(frozen=True)
class Opening:
    kind: str
    name: str
    line: int

    def __str__(self) -> str:
        return f"'{self.kind}: {self.name}'"


@dataclass(frozen=True)
class Block(Opening):
    body: str


def parse(text: str) -> list[Block]:
    return list(walk(text.split("\n"))[0])


def replace(text: str, new_body: Callable[[Block], str]) -> str:
    """Her bloğun gövdesini new_body'nin verdiğiyle değiştirip metni geri verir."""
    blocks, spans = walk(text.split("\n"))
    page = text.split("\n")
    for block, (start, end) in reversed(list(zip(blocks, spans))):
        page[start:end] = new_body(block).split("\n")
    return "\n".join(page)


def walk(page: list[str]) -> tuple[list[Block], list[tuple[int, int]]]:
    """Blokları ve gövdelerinin page içindeki [başlangıç, bitiş) aralıklarını bulur."""
    blocks: list[Block] = []
    spans: list[tuple[int, int]] = []
    opened: Opening | None = None
    fence = ""
    for index, line in enumerate(page):
        mark = MARK.match(line)
        if opened is not None:
            if mark is None:
                continue
            if not mark["closing"]:
                raise BlockError(f"{opened.line}: {opened} bloğu kapanmadan yenisi açılıyor")
            if mark["kind"] != opened.kind:
                raise BlockError(f"{index + 1}: {opened} bloğu '{line}' ile kapanmaz")
            blocks.append(Block(opened.kind, opened.name, opened.line, "\n".join(page[opened.line : index])))
            spans.append((opened.line, index))
            opened = None
        elif fence:
            fence = "" if line.strip() == fence else fence
        elif match := FENCE.match(line):
            fence = match[1]
        elif mark:
            opened = open_block(mark, index + 1)
        elif LOOKS_LIKE_MARK.match(line):
            raise BlockError(f"{index + 1}: tanınmayan blok işareti: {line.strip()}")
    if opened is not None:
        raise BlockError(f"{opened.line}: {opened} bloğu kapanmıyor")
    return blocks, spans


def open_block(mark: re.Match[str], line: int) -> Opening:
    if mark["closing"]:
        raise BlockError(f"{line}: açılmamış blok kapanıyor: {mark[0]}")
    if not mark["name"]:
        raise BlockError(f"{line}: bloğun adı yok: {mark[0]}")
    return Opening(mark["kind"], mark["name"], line)
