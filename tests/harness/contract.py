"""Her programın uyduğu ortak sözleşme: seçenekler, hazır olma, log biçimi, çıkış kodları, sinyaller.

tests/test_contract.py bunları bildirimdeki her dersin iki programına uygular; `--server` ya da `--client` ile
verilen program da aynı denetimden geçer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Callable

from harness.address import Address
from harness.failure import Evidence, fail
from harness.lessons import Lesson, Scenario
from harness.patterns import LOG_LINE
from harness.program import Finished

STANDARD_OPTIONS = ("-H", "--host", "-p", "--port", "-t", "--timeout", "-v", "--verbose", "-h", "--help")
TURKISH_LETTERS = set("çğıöşüÇĞİÖŞÜ")
LOOPBACK = ("127.0.0.1", "::1")
LAST_LOG_LINE = "Server kapatıldı"
INTERRUPTIBLE_CALLS = (
    "?accept", "accept4", "recvfrom", "recvmsg", "sendto", "sendmsg", "?poll", "ppoll", "?select", "pselect6",
    "?epoll_wait", "epoll_pwait",
)  # fmt: skip
"""Bölününce yinelenmesi güvenli çağrılar; `?`, o adla bir çağrısı olmayan mimariler içindir."""


@dataclass(frozen=True)
class WrongUsage:
    """Yanlış bir komut satırı ve hata satırında geçmesi gereken söz."""

    words: tuple[str, ...]
    mentions: str


WRONG_USAGES = [
    WrongUsage(("--boyle-bir-secenek-yok",), "--boyle-bir-secenek-yok"),
    WrongUsage(("-Z",), "-Z"),
    WrongUsage(("--por", "8000"), "--por"),
    WrongUsage(("--port",), "--port"),
    WrongUsage(("--port", "65536"), "65535"),
    WrongUsage(("--port=65536",), "65535"),
    WrongUsage(("--port", "-1"), "65535"),
    WrongUsage(("--port", "99999999999999999999"), "65535"),
    WrongUsage(("--port", "seksen"), "seksen"),
    WrongUsage(("--port", "80a"), "80a"),
    WrongUsage(("--port", ""), "--port"),
    WrongUsage(("--host", ""), "--host"),
    WrongUsage(("--timeout", "nan"), "--timeout"),
    WrongUsage(("--timeout", "inf"), "--timeout"),
    WrongUsage(("--timeout", "-1"), "--timeout"),
    WrongUsage(("--timeout", "az"), "--timeout"),
    WrongUsage(("--timeout", ""), "--timeout"),
    WrongUsage(("--timeout",), "--timeout"),
    WrongUsage(("--verbose=1",), "--verbose"),
]
ROLE_WRONG_USAGES = {
    "server": [WrongUsage(("fazladan",), "fazladan")],
    "client": [WrongUsage(("--port", "0"), "65535")],
}


def check_help(result: Finished) -> None:
    """--help: stdout'ta Türkçe, bütün ortak seçenekleri anlatan metin; stderr boş."""
    __tracebackhide__ = True
    missing = [option for option in STANDARD_OPTIONS if not re.search(rf"(?<![\w-]){option}(?![\w-])", result.out)]
    if missing:
        fail(f"--help bu seçeneklerden söz etmiyor: {', '.join(missing)}", Evidence(want="output"))
    if not TURKISH_LETTERS & set(result.out):
        fail("--help Türkçe değil", Evidence(want="output"))
    if result.err:
        fail("--help stderr'e bir şey yazdı", Evidence(want="output"))


def wrong_usages(role: str, run: Callable[[tuple[str, ...]], Finished]) -> list[str]:
    """Bütün yanlış komut satırlarını dener; sözleşmeye uymayan her biri için bir satır."""
    complaints = []
    for usage in [*WRONG_USAGES, *ROLE_WRONG_USAGES[role]]:
        problem = _usage_problem(usage, run(usage.words))
        if problem:
            complaints.append(f"{' '.join(word or repr(word) for word in usage.words)}: {problem}")
    return complaints


def _usage_problem(usage: WrongUsage, result: Finished) -> str:
    if result.code != 2:
        return f"çıkış kodu 2 olmalı, {result.code}"
    if result.out:
        return "stdout boş olmalı"
    if len(result.err_lines) != 1:
        return f"stderr'de tek satır olmalı, {len(result.err_lines)} satır var"
    if usage.mentions not in result.err:
        return f"hata satırında {usage.mentions!r} geçmeli: {result.err.strip()}"
    return ""


def check_failure_line(result: Finished, address: Address) -> None:
    """Çıkış kodu 1; stderr'in son satırı yalın, adresi ve nedeni söylüyor."""
    __tracebackhide__ = True
    if result.code != 1:
        fail("iş olmadıysa çıkış kodu 1 olmalı", Evidence(want="exit", code=result.code, expected_code=1))
    last = result.err_lines[-1] if result.err_lines else ""
    if LOG_LINE.fullmatch(last):
        fail(f"stderr'in son satırı log biçiminde değil, yalın olmalı: {last}", Evidence(want="output"))
    if not re.fullmatch(rf".+{re.escape(str(address))}: .+", last):
        fail(f"stderr'in son satırı işlemi, {address} adresini ve nedeni söylemeli: {last!r}", Evidence(want="output"))


def check_log(lines: list[str]) -> None:
    """Her satır belgelerin log biçiminde."""
    __tracebackhide__ = True
    for line in lines:
        if not LOG_LINE.fullmatch(line):
            fail(f"log satırının biçimi yanlış: {line!r}", Evidence(want="output"))


def scenario(lesson: Lesson) -> Scenario:
    """Ortak sözleşmenin sınandığı koşu: `contract` adlısı, yoksa `run`. Uzun süren dersler kısa bir koşu adlandırır."""
    return lesson.scenarios.get("contract") or lesson.run


def client_words(lesson: Lesson) -> list[str]:
    """O koşudaki ilk istemcinin sözcükleri."""
    clients = scenario(lesson).clients
    return list(clients[0]) if clients else []


def comparable(text: str, lesson: Lesson) -> list[str]:
    """İki koşunun karşılaştırılabilir hâli: sayılar ve boşluklar eşitlenmiş, gerekiyorsa sıralanmış satırlar."""
    lines = [re.sub(r"\s+", " ", re.sub(r"[\d.,:-]+", "#", line)).strip() for line in text.splitlines()]
    return sorted(lines) if scenario(lesson).unordered else lines
