"""Bir ders sayfasının bölümleri yerinde mi; sözünü ettiği testler, komutlar ve seçenekler var mı?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from yuva import blocks, markdown, tree
from yuva.manifest import Lesson

Help = Callable[[Lesson, str], str]
Mention = tuple[int, str]

SECTIONS = (
    "Çalıştır",
    "Python'dan C'ye",
    "Adım adım kod",
    "Ağdan geçenler",
    "Sözleşme",
    "Belgedeki yanlışlar",
    "Kurcala",
    "Alıştırmalar",
    "Kaynaklar",
)
# Hangi bölümde hangi üretilmiş blok durur; {lesson} dersin klasörüdür.
SECTION_BLOCKS = {
    "Çalıştır": "transcript: {lesson}/run",
    "Adım adım kod": "code",
    "Ağdan geçenler": "diagram: {lesson}/",
}
EXPERIMENTS = 3

TEST_FILE = re.compile(r"\btest_\w+\.py\b")
TEST_NAME = re.compile(r"\btest_\w+\b(?!\.py)")
DEFINED_TEST = re.compile(r"^\s*(?:async\s+)?def (test_\w+)", re.MULTILINE)
# Birkaç dersin ortak testi, içe aktaran dosyanın testi olur.
SHARED_TESTS = re.compile(r"^from \w+ import (\([^()]*(?:\([^()]*\)[^()]*)*\)|.*)", re.MULTILINE)
# C birim testleri tablolarına yazılır: RUN(ad), RUN_ON_BOTH(ad), EACH(ad). Adları test_ ile başlamaz; kod olarak tek
# başına yazılmış, en az dört sözcüklü bir ad ya böyle bir testtir ya da kaynaklarda geçer.
UNIT_TEST = re.compile(r"\b(?:RUN\w*|EACH)\((\w+)\)")
LONG_NAME = re.compile(r"(?!test_)[a-z0-9]+(?:_[a-z0-9]+){3,}")
NAME = re.compile(r"[a-z]\w*")
SOURCES = ("lessons", "common", "scripts", "tests/harness", "tests/peers")
SCRIPT = re.compile(r"\bscripts/([a-z]+)(?![\w/-]|\.\w)([^|&;#]*)")
LONG_OPTION = re.compile(r"--[^\W\d_][\w-]*")
OPTION_ALONE = re.compile(r"(?:-\w, )?--[^\W\d_][\w-]*(?:[ =][^-\s]\S*)?")
ROLES = ("server", "client")
# Argümanlarını başka bir araca geçiren betik; seçenekleri burada bilinmez.
PASSING_ON = ("test",)


def check(root: Path, lesson: Lesson, help_of: Help, script_help: Callable[[str], str]) -> list[str]:
    """Bir dersin sayfası: başlığı, bölümleri, programlarının seçenekleri."""
    text = tree.read(root / lesson.page)
    problems = [
        *wrong_title(text, lesson),
        *wrong_sections(text, lesson),
        *wrong_options(text, lesson, help_of, script_help),
    ]
    return [f"{lesson.page}{problem}" for problem in problems]


def check_mentions(root: Path, script_help: Callable[[str], str]) -> list[str]:
    """Bütün sayfalarda anılan testler ve komutlar."""
    problems: list[str] = []
    tests = Tests.in_folder(root / "tests")
    names = unit_tests(root) | source_names(root)
    for page in tree.with_suffix(root, ".md"):
        try:
            text = without_blocks(tree.read(root / page))
        except blocks.BlockError:  # docs.check bunu zaten söyler
            continue
        mentions = list(markdown.code_lines(text))
        problems += (f"{page}{problem}" for problem in unknown_tests(tests, mentions))
        problems += (f"{page}{problem}" for problem in unknown_names(names, mentions))
        problems += (f"{page}{problem}" for problem in wrong_commands(root, mentions, script_help))
    return problems


def wrong_title(text: str, lesson: Lesson) -> Iterator[str]:
    expected = f"# {lesson.label} · {lesson.title}"
    if text.split("\n", 1)[0] != expected:
        yield f":1: ilk satır '{expected}' olmalı"
    opening = text.split("\n## ", 1)[0]
    if f"<!-- facts: {lesson.folder} -->" not in opening:
        yield f": girişte '<!-- facts: {lesson.folder} -->' bloğu yok (süre, ön koşul, dosyalar)"
    elif not opening.split("<!-- facts", 1)[0].partition("\n")[2].strip():
        yield ": başlıkla süre satırı arasında dersin ne kazandırdığı yazmıyor"


def wrong_sections(text: str, lesson: Lesson) -> Iterator[str]:
    found = [heading for heading in markdown.headings(text) if heading.level == 2]
    titles = [heading.title for heading in found]
    yield from (f": '## {section}' bölümü yok" for section in SECTIONS if section not in titles)
    unknown = (heading for heading in found if heading.title not in SECTIONS)
    yield from (f":{heading.line}: '## {heading.title}' diye bir bölüm olmaz" for heading in unknown)
    known = [title for title in titles if title in SECTIONS]
    if sorted(known, key=SECTIONS.index) != known:
        yield f": bölümlerin sırası yanlış; doğrusu: {', '.join(SECTIONS)}"
    bodies = section_bodies(text, found)
    for section, wanted in SECTION_BLOCKS.items():
        mark = f"<!-- {wanted.format(lesson=lesson.folder)}"
        if section in bodies and mark not in bodies[section]:
            yield f": '{section}' bölümünde '{mark} ...' bloğu yok"
    for section, body in bodies.items():
        if section in SECTIONS and not body.strip():
            yield f": '{section}' bölümü boş"
    experiments = len(re.findall(r"^\d+\. ", bodies.get("Kurcala", ""), re.MULTILINE))
    if "Kurcala" in bodies and experiments < EXPERIMENTS:
        yield f": 'Kurcala' bölümünde numaralı {EXPERIMENTS} deney olmalı, {experiments} var"


def section_bodies(text: str, found: list[markdown.Heading]) -> dict[str, str]:
    lines = text.split("\n")
    ends = [heading.line - 1 for heading in found[1:]] + [len(lines)]
    return {heading.title: "\n".join(lines[heading.line : end]) for heading, end in zip(found, ends)}


@dataclass(frozen=True)
class Tests:
    files: set[str]
    names: set[str]

    @classmethod
    def in_folder(cls, folder: Path) -> Tests:
        files = list(folder.rglob("test_*.py"))
        names = {name for path in files for name in tests_of(tree.read(path))}
        return cls({path.name for path in files}, names | {path.stem for path in (*files, *folder.rglob("test_*.c"))})


def tests_of(text: str) -> list[str]:
    """Bir test dosyasının testleri: tanımladıkları ve ortak bir modülden içe aktardıkları."""
    shared = [name for names in SHARED_TESTS.findall(text) for name in TEST_NAME.findall(names)]
    return DEFINED_TEST.findall(text) + shared


def unknown_tests(tests: Tests, mentions: list[Mention]) -> Iterator[str]:
    for number, code in mentions:
        for file in set(TEST_FILE.findall(code)) - tests.files:
            yield f":{number}: {file} diye bir test dosyası yok"
        for name in set(TEST_NAME.findall(code)) - tests.names:
            yield f":{number}: {name} diye bir test yok"


def unit_tests(root: Path) -> set[str]:
    """Koşulan C birim testlerinin adları; yardımcı işlevler ve tabloya yazılmamış testler sayılmaz."""
    return {name for path in root.glob("tests/unit/*.c") for name in UNIT_TEST.findall(tree.read(path))}


def source_names(root: Path) -> set[str]:
    paths = tree.with_suffix(root, ".c", ".h", ".S", ".py", under=SOURCES)
    return {name for path in paths for name in NAME.findall(tree.read(root / path))}


def unknown_names(known: set[str], mentions: list[Mention]) -> Iterator[str]:
    for number, code in mentions:
        if LONG_NAME.fullmatch(code) and code not in known:
            yield f":{number}: {code} diye bir birim testi yok; kaynaklarda da böyle bir ad geçmiyor"


def wrong_commands(root: Path, mentions: list[Mention], script_help: Callable[[str], str]) -> Iterator[str]:
    """scripts/... ile başlayan komutlar: betik, alt komut ve betiğin kendi seçenekleri gerçekten var mı?"""
    for number, code in mentions:
        for match in SCRIPT.finditer(code):
            script, arguments = match[1], match[2].split()
            if not (root / "scripts" / script).is_file():
                yield f":{number}: scripts/{script} diye bir komut yok"
            elif script not in PASSING_ON:
                found = wrong_arguments(script, arguments, script_help(script))
                yield from (f":{number}: {problem}" for problem in found)


def wrong_arguments(script: str, arguments: list[str], help_text: str) -> Iterator[str]:
    first = arguments[0] if arguments else "-"
    if script == "lesson" and not first.startswith("-") and f"scripts/lesson {first}" not in help_text:
        yield f"scripts/lesson {first} diye bir komut yok"
    # Taraf adından sonrası programın argümanlarıdır.
    own = arguments[: next((index for index, word in enumerate(arguments) if word in ROLES), len(arguments))]
    known = {"--help", *LONG_OPTION.findall(help_text)}
    for word in own:
        option = LONG_OPTION.match(word)
        if option and option[0] not in known:
            yield f"scripts/{script} komutunun {option[0]} diye bir seçeneği yok"


def wrong_options(text: str, lesson: Lesson, help_of: Help, script_help: Callable[[str], str]) -> Iterator[str]:
    """Sayfada tek başına anılan seçenekler programlarda var; programların seçenekleri de sayfada."""
    offered = {option for role in ROLES for option in LONG_OPTION.findall(help_of(lesson, role))}
    known = offered | set(LONG_OPTION.findall(script_help("lesson")))
    mentioned: set[str] = set()
    for number, code in markdown.code_lines(text):
        mentioned.update(LONG_OPTION.findall(code))
        if OPTION_ALONE.fullmatch(code):
            for option in LONG_OPTION.findall(code):
                if option not in known:
                    yield f":{number}: {option} seçeneği bu dersin programlarında yok"
    for option in sorted(offered - mentioned):
        yield f": programların {option} seçeneği sayfada hiç geçmiyor (Sözleşme bölümüne yazılmalı)"


def without_blocks(text: str) -> str:
    """Üretilen blokların içini boşaltır, satır numaraları değişmez."""
    return blocks.replace(text, lambda block: "\n" * block.body.count("\n"))
