"""Sayfalardaki bağlantılar: göreli yollar ve başlık çapaları yerinde mi? Ağa çıkılmaz."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from urllib.parse import unquote, urlsplit

from yuva import markdown, tree

INLINE = re.compile(
    r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]"  # metni; içinde bir köşeli ayraç daha olabilir (resim)
    r"\(\s*(<[^>]*>|[^\s()]*(?:\([^\s()]*\))?[^\s()]*)(?:\s+\"[^\"]*\")?\s*\)"  # hedefi, tırnak içinde başlığı
)
NESTED_IMAGE = re.compile(r"!\[[^\]]*\]\(([^()\s]+)\)")
DEFINITION = re.compile(r"^ {0,3}\[[^\]]+\]:\s+<?(\S+?)>?[ \t]*$", re.MULTILINE)
HTML_TARGET = re.compile(r"<(?:img|a)\b[^>]*?\b(?:src|href)=\"([^\"]*)\"")
EXPLICIT_ANCHOR = re.compile(r"<a\b[^>]*?\b(?:id|name)=\"([^\"]+)\"")
WEB = ("http", "https")


def check(root: Path) -> list[str]:
    problems = []
    for page in tree.with_suffix(root, ".md"):
        for line, target in targets(tree.read(root / page)):
            if reason := why_broken(root, page, target):
                problems.append(f"{page}:{line}: bağlantı '{target}': {reason}")
    return problems


def targets(text: str) -> list[tuple[int, str]]:
    visible = markdown.blank(markdown.SPAN, markdown.prose_text(text))
    found = [
        (markdown.line_at(visible, match.start()), match[1].strip("<>"))
        for pattern in (INLINE, NESTED_IMAGE, DEFINITION, HTML_TARGET)
        for match in pattern.finditer(visible)
    ]
    return sorted(set(found))


def why_broken(root: Path, page: Path, target: str) -> str | None:
    """Bağlantı kopuksa nedeni, sağlamsa None."""
    try:
        parts = urlsplit(target)
    except ValueError as error:
        return f"adres çözülemiyor ({error})"
    if parts.scheme == "mailto":
        return None
    if parts.scheme:
        if parts.scheme not in WEB:
            return f"'{parts.scheme}' bir web adresi değil"
        return None if parts.hostname else "web adresinde sunucu adı yok"
    path = unquote(parts.path)
    if path.startswith("/"):
        return "bağlantılar göreli olmalı"
    if not path and not parts.fragment:
        return "hedef boş"
    file = (root / page.parent / path).resolve() if path else (root / page).resolve()
    if not file.is_relative_to(root.resolve()):
        return "projenin dışını gösteriyor"
    if not file.exists():
        return "böyle bir dosya yok"
    if parts.fragment and file.suffix == ".md" and unquote(parts.fragment) not in anchors(tree.read(file)):
        return "o sayfada böyle bir başlık yok"
    return None


def anchors(text: str) -> set[str]:
    """Bir sayfanın çapaları, kod barındırma sitelerinin başlıklardan ürettiği biçimde."""
    found: set[str] = set()
    for heading in markdown.headings(text):
        base = slug(heading.title)
        name, repeats = base, 0
        while name in found:
            repeats += 1
            name = f"{base}-{repeats}"
        found.add(name)
    for line in markdown.prose(text):
        found.update(EXPLICIT_ANCHOR.findall(line.text))
    return found


def slug(title: str) -> str:
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title).replace("`", "").replace("*", "")
    kept = (character for character in plain.lower() if is_kept(character))
    return "".join(kept).replace(" ", "-")


def is_kept(character: str) -> bool:
    return character in " -_" or unicodedata.category(character)[0] in "LNM"
