"""Sayfaların yazımı: hunspell'in Türkçe sözlüğü ve projenin kendi sözcük listesi.

Kod, adresler, açıklamalar, kısaltmalar, tırnak içindeki yabancı sözler, kılavuz sayfası adları (`read(2)`) ve kesme
işaretinden sonraki ek denetlenmez. Ayraçta ya da tablo hücresinde tek başına duran İngilizce terim, sözlük sayfasında
(docs/tr/sozluk.md) yer alıyorsa geçerlidir.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from yuva import markdown, tree, turkish

WORD_LIST = Path("docs/tr/sozcukler.txt")
GLOSSARY = Path("docs/tr/sozluk.md")
DICTIONARY = "tr_TR"
ENGLISH_PAGE = ".en.md"
SUGGESTIONS_SHOWN = 3
SUGGESTED_WORDS = 20

# Satır içi kodun yerine geçer: rakam olduğu için denetlenmez, ardından gelen ek de kesme işaretiyle birlikte atılır.
CODE_PLACE = "0"

LINK_TARGET = re.compile(
    r"\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)?(?:\s+\"[^\"]*\")?\)|^ {0,3}\[[^\]]+\]:\s+\S+", re.MULTILINE
)
WEB_ADDRESS = re.compile(r"https?://\S+|<[/a-zA-Z][^>\n]*>|&\w+;")
MAN_PAGE = re.compile(r"\b[\w.+-]+\(\d[a-z]*\)")
# Başkasının İngilizce sözü: tırnak içinde, Türkçeye özgü harf taşımayan metin.
FOREIGN_QUOTE = re.compile(r"[\"“](?:(?!\n\s*\n)[^\"“”çğıöşüÇĞİÖŞÜ])*[\"”]")
ABBREVIATION = re.compile(r"[A-Z]{2,}")
PARENTHESES = re.compile(r"\(([^()]*)\)")
CHUNK = re.compile(r"[^\s|/—–…·→]+")
TECHNICAL = re.compile(r"[\d_@=~]|\w[.:]\w")
WORD = re.compile(r"[^\W\d_]+")
APOSTROPHE_SUFFIX = re.compile(r"(?<=\w)['’]\w+")


@dataclass(frozen=True)
class WordList:
    """Projenin sözcük listesi: hunspell'e verilecek satırlar ve yerine başkası yazılacak kökler."""

    accepted: list[str]
    replaced: dict[str, str]


def check(root: Path) -> list[str]:
    words = parse_word_list(tree.read(root / WORD_LIST))
    terms = english_terms(tree.read(root / GLOSSARY))
    found: list[tuple[str, str]] = []
    for page in tree.with_suffix(root, ".md"):
        if not page.name.endswith(ENGLISH_PAGE):
            found += [(f"{page}:{line}", word) for line, word in words_of(tree.read(root / page), terms)]
    wrong = misspelt({word for _, word in found}, words.accepted)
    problems = []
    for place, word in found:
        if preferred := replacement(word, words.replaced):
            problems.append(f"{place}: '{word}' yerine '{preferred}' yazılır ({WORD_LIST})")
        elif word in wrong:
            hint = f" (öneri: {', '.join(wrong[word][:SUGGESTIONS_SHOWN])})" if wrong[word] else ""
            problems.append(f"{place}: '{word}' sözlükte yok{hint}")
    return problems


def parse_word_list(text: str) -> WordList:
    accepted, replaced = [], {}
    for raw in text.splitlines():
        line = raw.partition("#")[0].strip()
        if line.startswith("!"):
            stem, _, preferred = line[1:].partition("=")
            replaced[turkish.lower(stem.strip())] = preferred.strip()
        elif line:
            accepted.append(line)
    return WordList(accepted, replaced)


def english_terms(glossary: str) -> set[str]:
    """Sözlük tablosunun ikinci sütunundaki İngilizce terimler."""
    terms: set[str] = set()
    for line in markdown.prose(glossary):
        cells = [cell.strip() for cell in line.text.strip().strip("|").split("|")]
        if line.text.startswith("|") and len(cells) >= 3:
            terms.update(plain(term) for term in cells[1].split(","))
    return terms


def plain(term: str) -> str:
    return " ".join(term.split()).strip(" *_`").lower()


def words_of(text: str, terms: set[str] = frozenset()) -> list[tuple[int, str]]:
    """Denetlenecek sözcükler, satır numaralarıyla."""
    visible = markdown.blank(markdown.SPAN, markdown.prose_text(text), CODE_PLACE)
    for pattern in (LINK_TARGET, WEB_ADDRESS, MAN_PAGE, FOREIGN_QUOTE):
        visible = markdown.blank(pattern, visible)
    visible = PARENTHESES.sub(lambda match: without_terms(match[1], terms), visible)
    found = []
    for number, line in enumerate(visible.split("\n"), 1):
        line = "|".join(without_terms(cell, terms) for cell in line.split("|"))
        for chunk in CHUNK.findall(line):
            bare = APOSTROPHE_SUFFIX.sub("", chunk.strip(".,;:!?()[]{}\"'’‘“”«»*_"))
            if not TECHNICAL.search(bare):
                found += [(number, word) for word in WORD.findall(bare) if is_checked(word)]
    return found


def is_checked(word: str) -> bool:
    """Tek harfler ve kısaltmalar (TCP, SIGTERM) denetlenmez."""
    return len(word) > 1 and not ABBREVIATION.fullmatch(word)


def without_terms(inside: str, terms: set[str]) -> str:
    """Ayraç ya da tablo hücresi yalnız sözlükteki İngilizce terimlerden oluşuyorsa boşaltır."""
    known = all(plain(term) in terms for term in inside.split(","))
    return " " + "\n" * inside.count("\n") if known else inside


def replacement(word: str, replaced: dict[str, str]) -> str | None:
    lowered = turkish.lower(word)
    return next((preferred for stem, preferred in replaced.items() if lowered.startswith(stem)), None)


def misspelt(words: set[str], accepted: list[str]) -> dict[str, list[str]]:
    """Kendisi de, çekim ekleri soyulmuş hâli de tanınmayan sözcükler, önerileriyle."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".txt") as personal:
        personal.write("".join(f"{line}\n" for line in accepted))
        personal.flush()
        unknown = unrecognised(words, personal.name)
        roots = {word: set(turkish.stems(word)) for word in unknown}
        unknown_roots = unrecognised(set().union(*roots.values()), personal.name)
        wrong = sorted(word for word in unknown if roots[word] <= unknown_roots)
        # İlk satır hunspell'in sürümüdür. Öneri aramak yavaş olduğundan yalnız ilk sözcükler için istenir.
        verdicts = ask("-a", [f"^{word}" for word in wrong[:SUGGESTED_WORDS]], personal.name)[1:]
    return {**dict.fromkeys(wrong, []), **{word: suggestions(verdict) for word, verdict in zip(wrong, verdicts)}}


def unrecognised(words: set[str], personal: str) -> set[str]:
    return set(ask("-l", sorted(words), personal))


def ask(mode: str, lines: list[str], personal: str) -> list[str]:
    """hunspell'in boş olmayan yanıt satırları."""
    command = ["hunspell", mode, "-i", "utf-8", "-d", DICTIONARY, "-p", personal]
    questions = "".join(f"{line}\n" for line in lines)
    answer = subprocess.run(command, input=questions.encode(), capture_output=True, check=True)
    return [line for line in answer.stdout.decode().split("\n") if line]


def suggestions(verdict: str) -> list[str]:
    _, _, listed = verdict.partition(": ")
    return listed.split(", ") if listed else []
