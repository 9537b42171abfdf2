"""Depoda durmaması gerekenler: özel anahtarlar, yarım iş işaretleri, kişisel yollar, satır sonu boşlukları."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from yuva import tree

KEY_SUFFIXES = {".key", ".pem", ".p12", ".pfx"}
REQUIRED = ("LICENSE", "README.md")

# Parçalı yazılanlar, bu dosyanın kendisi yakalanmasın diye.
PRIVATE_KEY = re.compile("-----BEGIN " r"[A-Z ]*PRIVATE KEY-----")
UNFINISHED = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X)\b")
HOME_PATH = re.compile(r"(?<![\w.~$}])/(?:home|root|Users)" r"/\w")
TRAILING_SPACE = re.compile(r"[ \t]+$")


def check(root: Path) -> list[str]:
    problems = [f"{name}: yok" for name in REQUIRED if not (root / name).is_file()]
    for path in tree.project_files(root):
        if path.suffix in KEY_SUFFIXES:
            problems.append(f"{path}: anahtar ve sertifikalar depoya konmaz, üretilir")
        problems += (f"{path}{problem}" for problem in wrong_content((root / path).read_bytes()))
    return problems


def wrong_content(data: bytes) -> Iterator[str]:
    if b"\0" in data:
        return
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        yield f": UTF-8 değil ({error.start}. bayt)"
        return
    if text.startswith("\ufeff"):
        yield ":1: bayt sırası işareti (BOM) ile başlıyor"
    if text and not text.endswith("\n"):
        yield ": son satır satır sonu olmadan bitiyor"
    for number, line in enumerate(text.split("\n"), 1):
        yield from (f":{number}: {problem}" for problem in wrong_line(line))


def wrong_line(line: str) -> Iterator[str]:
    if line.endswith("\r"):
        yield "satır sonu CRLF"
    elif TRAILING_SPACE.search(line):
        yield "satır sonunda boşluk"
    if PRIVATE_KEY.search(line):
        yield "özel anahtar"
    if mark := UNFINISHED.search(line):
        yield f"yarım iş işareti ({mark[0]})"
    if path := HOME_PATH.search(line):
        yield f"bir makineye özgü yol ({path[0]}...)"
