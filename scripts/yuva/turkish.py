"""Türkçe sözcükler: küçük harfe çevirmek ve çekim eklerini soymak.

hunspell'in Türkçe sözlüğü çekimli biçimlerin hepsini tanımaz (`istemci` sözcüğünü bilir, `istemcinin` biçimini bilmez).
Burada ekler büyük ve küçük ünlü uyumuna bakılarak soyulur; kökü tanınan sözcük doğru sayılır.
"""

from __future__ import annotations

from collections.abc import Iterator

# A: a, e; I: ı, i, u, ü; D: d, t; C: c, ç. Ünlüyle ve ünsüzle biten kökün ekleri ayrı ayrı yazılmıştır.
AFTER_VOWEL = "nIn yI yA nI nA nDA nDAn ylA sI m mIz nIz ydI ysA ymIş yIm yIz".split()
AFTER_CONSONANT = "In I A Im ImIz InIz Iz".split()
AFTER_ANY = "lAr lArI DA DAn DAki lA DIr CA sIz lI lIk ki sIn sInIz DI sA mIş".split()
HARDENED = {"ğ": "k", "b": "p", "c": "ç", "d": "t"}

VOWELS = "aıoueiöü"
VOICELESS = "fstkçşhp"
SHORTEST_STEM = 2
MOST_SUFFIXES = 4


def lower(text: str) -> str:
    return text.replace("İ", "i").replace("I", "ı").lower()


def stems(word: str, depth: int = MOST_SUFFIXES) -> Iterator[str]:
    """Sözcükten en çok depth çekim eki soyularak varılabilecek kökler, sözcüğün kendisi dışında."""
    for stem in once_stripped(word):
        yield stem
        if depth > 1:
            yield from stems(stem, depth - 1)


def once_stripped(word: str) -> Iterator[str]:
    for pattern in (*AFTER_VOWEL, *AFTER_CONSONANT, *AFTER_ANY):
        stem = word[: -len(pattern)]
        if len(stem) < SHORTEST_STEM or not lower(word).endswith(suffix := harmonised(pattern, lower(stem))):
            continue
        after_vowel = lower(stem)[-1] in VOWELS
        if (pattern in AFTER_VOWEL and not after_vowel) or (pattern in AFTER_CONSONANT and after_vowel):
            continue
        yield stem
        if suffix[0] in VOWELS and stem[-1] in HARDENED:
            yield stem[:-1] + HARDENED[stem[-1]]


def harmonised(pattern: str, stem: str) -> str:
    """Ekin, bu kökten sonra alacağı biçim."""
    vowel = next((letter for letter in reversed(stem) if letter in VOWELS), "e")
    result, previous = "", stem[-1]
    for letter in pattern:
        if letter == "A":
            letter = vowel = "a" if vowel in "aıou" else "e"
        elif letter == "I":
            letter = vowel = {"a": "ı", "ı": "ı", "o": "u", "u": "u", "e": "i", "i": "i", "ö": "ü", "ü": "ü"}[vowel]
        elif letter in "DC":
            letter = {"D": "dt", "C": "cç"}[letter][previous in VOICELESS]
        result += letter
        previous = letter
    return result
