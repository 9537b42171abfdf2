"""Sayfalardaki üretilen blokları kaynaklarından yeniden üretmek; bayatlayanı bulmak ya da tazelemek."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from yuva import blocks, coverage, diagram, regions, transcript, tree
from yuva.blocks import Block, BlockError
from yuva.manifest import Lesson, Manifest, Scenario

REFRESH_HINT = "tazelemek için: scripts/check --refresh"
PARALLEL_RUNS = 2
REGION_FOLDERS = ("lessons", "common")


class DocsError(Exception):
    """Bir blok üretilemiyor; metni nedenidir."""


class Live(Protocol):
    """Çalışan programlardan öğrenilenler."""

    def transcript(self, lesson: Lesson, scenario: Scenario) -> str: ...

    def diagram(self, lesson: Lesson, scenario: Scenario) -> str: ...

    def help(self, lesson: Lesson, role: str) -> str: ...


@dataclass(frozen=True)
class Generator:
    root: Path
    manifest: Manifest
    live: Live

    def body(self, block: Block, page: Path) -> str:
        """Bloğun şimdiki doğru gövdesi; üretilemiyorsa DocsError."""
        return getattr(self, f"_{block.kind}")(block.name, page)

    def same(self, block: Block, fresh: str) -> bool:
        if block.kind == "transcript":
            return transcript.same(block.body, fresh, self.scenario(block.name)[1].unordered)
        if block.kind == "diagram":
            return diagram.same(block.body, fresh, self.scenario(block.name)[1].unordered)
        return block.body == fresh

    def scenario(self, name: str) -> tuple[Lesson, Scenario]:
        """'04-tcp/run' → ders ve senaryosu."""
        folder, _, scenario = name.partition("/")
        lesson = self.lesson(folder)
        if scenario not in lesson.scenarios:
            raise DocsError(f"{folder} dersinin '{scenario}' senaryosu yok; olanlar: {', '.join(lesson.scenarios)}")
        return lesson, lesson.scenarios[scenario]

    def lesson(self, folder: str) -> Lesson:
        for lesson in self.manifest.lessons:
            if lesson.folder == folder:
                return lesson
        raise DocsError(f"manifest'te '{folder}' diye bir ders yok")

    def _code(self, name: str, page: Path) -> str:
        path, _, region = name.partition("#")
        language = regions.LANGUAGES.get(Path(path).suffix)
        if not (self.root / path).is_file():
            raise DocsError(f"{path} diye bir dosya yok")
        if language is None:
            raise DocsError(f"{path}: bu türden bir dosyada bölge aranmaz")
        try:
            found = regions.read(self.root / path)
        except regions.RegionError as error:
            raise DocsError(f"{path}:{error}") from error
        if region not in found:
            raise DocsError(f"{path} içinde '{region}' bölgesi yok; olanlar: {', '.join(found) or 'hiç'}")
        return fenced(language, found[region].code)

    def _transcript(self, name: str, page: Path) -> str:
        return fenced("text", self.live.transcript(*self.scenario(name)))

    def _diagram(self, name: str, page: Path) -> str:
        return fenced("mermaid", self.live.diagram(*self.scenario(name)))

    def _help(self, name: str, page: Path) -> str:
        folder, _, role = name.partition("/")
        if role not in ("server", "client"):
            raise DocsError(f"'{name}': dersten sonra server ya da client gelir")
        return fenced("text", self.live.help(self.lesson(folder), role))

    def _facts(self, name: str, page: Path) -> str:
        return f"\n{coverage.facts(self.lesson(name), self.manifest)}\n"

    def _table(self, name: str, page: Path) -> str:
        tables: dict[str, Callable[[Manifest, str], str]] = {
            "curriculum": coverage.curriculum,
            "coverage": coverage.coverage,
            "lessons": coverage.lesson_list,
        }
        if name not in tables:
            raise DocsError(f"'{name}' diye bir tablo yok; olanlar: {', '.join(tables)}")
        return f"\n{tables[name](self.manifest, page.as_posix())}\n"


def fenced(language: str, body: str) -> str:
    fence = "```"
    while fence in body:
        fence += "`"
    return f"{fence}{language}\n{body}\n{fence}"


@dataclass(frozen=True)
class Fresh:
    """Bir bloğun yeniden üretilmiş hâli; üretilemediyse body boş, problem dolu."""

    page: Path
    block: Block
    body: str = ""
    problem: str = ""
    stale: bool = False


@dataclass
class Pages:
    """Okunan sayfalar, bloklarının taze hâlleri ve blok işaretleri bozuk olanların sorunları."""

    texts: dict[Path, str]
    fresh: list[Fresh]
    problems: list[str]


def regenerate(generator: Generator, only: set[Path] | None = None) -> Pages:
    """Sayfaların (only verilirse yalnız onların) bütün bloklarını yeniden üretir; koşular ikişer ikişer yapılır."""
    result = Pages({}, [], [])
    work: list[tuple[Path, Block]] = []
    for page in tree.with_suffix(generator.root, ".md"):
        if only is not None and page not in only:
            continue
        text = tree.read(generator.root / page)
        try:
            work += ((page, block) for block in blocks.parse(text))
            result.texts[page] = text
        except BlockError as error:
            result.problems.append(f"{page}:{error}")
    with ThreadPoolExecutor(PARALLEL_RUNS) as pool:
        result.fresh = list(pool.map(lambda pair: produce(generator, *pair), work))
    result.problems += (
        f"{each.page}:{each.block.line}: {each.block}: {each.problem}" for each in result.fresh if each.problem
    )
    return result


def produce(generator: Generator, page: Path, block: Block) -> Fresh:
    try:
        body = generator.body(block, page)
        return Fresh(page, block, body, stale=not generator.same(block, body))
    except DocsError as error:
        return Fresh(page, block, problem=str(error))


def check(generator: Generator) -> list[str]:
    """Bayat ya da üretilemeyen bloklar, bozuk ya da hiçbir sayfanın kullanmadığı bölgeler."""
    found = regenerate(generator)
    stale = (
        f"{each.page}:{each.block.line}: {each.block} bloğu bayat; {REFRESH_HINT}"
        + first_difference(each.block.body, each.body)
        for each in found.fresh
        if each.stale
    )
    used = {each.block.name for each in found.fresh if each.block.kind == "code"}
    return [*found.problems, *stale, *unused_regions(generator.root, used)]


def first_difference(shown: str, fresh: str) -> str:
    pairs = itertools.zip_longest(shown.splitlines(), fresh.splitlines(), fillvalue="(satır yok)")
    for before, after in pairs:
        if before != after:
            return f"\n    sayfada: {before}\n    doğrusu: {after}"
    return ""


def refresh(generator: Generator, only: Iterable[Lesson] | None = None) -> tuple[list[Path], list[str]]:
    """Bayat blokları (only verilirse yalnız o derslerin sayfalarında) yeniden yazar; değişen sayfalar ve sorunlar döner."""
    found = regenerate(generator, None if only is None else {Path(lesson.page) for lesson in only})
    bodies = {(each.page, each.block): each.body for each in found.fresh if each.stale}
    changed = []
    for page, text in found.texts.items():
        fresh_text = blocks.replace(text, lambda block: bodies.get((page, block), block.body))
        if fresh_text != text:
            (generator.root / page).write_text(fresh_text, encoding="utf-8")
            changed.append(page)
    return changed, found.problems


def unused_regions(root: Path, used: set[str]) -> Iterator[str]:
    for path in tree.with_suffix(root, *regions.LANGUAGES, under=REGION_FOLDERS):
        try:
            found = regions.read(root / path)
        except regions.RegionError as error:
            yield f"{path}:{error}"
            continue
        for region in found.values():
            if f"{path.as_posix()}#{region.name}" not in used:
                yield f"{path}:{region.line}: '{region.name}' bölgesini hiçbir sayfa göstermiyor"
