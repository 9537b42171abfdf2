"""Ders 10'un istemcisinin Python eşi: aynı işler bloke eden soketlerle sırayla, asyncio ile birlikte."""

from __future__ import annotations

import argparse
import asyncio
import errno
import re
import socket
import time
from typing import Awaitable, Callable, Iterable, NoReturn

import contract
import streams

JOB_SECONDS = 2.0
USER_SECONDS = 0.5
JOBS = ("Task-1", "Task-2", "Task-3")
USERS = range(1, 6)


class Lost(Exception):
    """Soru yanıtsız kaldı; metni programın son sözüdür."""


class Target:
    """Sunucu ve her sorudaki ortak olanlar."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.host, self.port, self.timeout = options.host, options.port, options.timeout
        self.scale: float = options.scale

    def fail(self, failed: str, error: Exception) -> NoReturn:
        raise Lost(f"{failed}: {contract.address_text((self.host, self.port))}: {contract.reason(error)}")

    def job(self, name: str) -> Question:
        delay = JOB_SECONDS * self.scale
        return Question(f"bekle {delay:g} {name}", delay, f"{name} tamamlandı")

    def user(self, number: int) -> Question:
        delay = USER_SECONDS * self.scale
        text = f"kullanıcı {number}" if self.scale == 1 else f"kullanıcı {number} {delay:g}"
        return Question(text, delay, f'{{"id": {number}, "name": "User-{number}"}}')


class Question:
    def __init__(self, text: str, delay: float, expected: str) -> None:
        self.text, self.delay, self.expected = text, delay, expected

    def check(self, target: Target, answer: str, alone: bool) -> str:
        if answer.startswith("Sunucu dolu"):
            target.fail("Bağlanılamadı", Exception("sunucu dolu"))
        if answer != self.expected or not alone:
            extra = "" if alone else " ve fazlası"
            target.fail("Yanıt yanlış", Exception(f"beklenmeyen yanıt: {contract.escape(answer[:100])}{extra}"))
        return answer


def ask(target: Target, question: Question) -> str:
    """Bloke eden alışveriş: bütün iş parçacığı bekler."""
    with contract.connect(target.host, target.port, target.timeout) as connection:
        lines = streams.Lines()
        try:
            connection.sendall(f"{question.text}\n".encode())
            answer = streams.read_line(connection, lines, question.delay + target.timeout)
        except (OSError, UnicodeDecodeError) as error:
            target.fail("Yanıt alınamadı", error)
    return question.check(target, answer, lines.empty)


async def ask_async(target: Target, question: Question) -> str:
    """Aynı alışveriş; yalnız bu eş yordam bekler."""
    contract.log("INFO", f"Bağlanılıyor: {contract.address_text((target.host, target.port))}")
    loop = asyncio.get_running_loop()
    try:
        family, _, _, _, address = socket.getaddrinfo(contract.encoded(target.host), target.port, type=socket.SOCK_STREAM)[0]
        connection = socket.socket(family, socket.SOCK_STREAM)
        connection.setblocking(False)
        await within(target.timeout, loop.sock_connect(connection, address))
    except OSError as error:
        target.fail("Bağlanılamadı", error)
    with connection:
        lines = streams.Lines()
        try:
            answer = await within(target.timeout + question.delay, converse(connection, lines, question.text))
        except (OSError, UnicodeDecodeError) as error:
            target.fail("Yanıt alınamadı", error)
    return question.check(target, answer, lines.empty)


async def gather(awaitables: Iterable[Awaitable[None | str]]) -> int:
    """Hepsi beklenir; biri olmadıysa ilk olmayanın istisnası çıkar. Dönen: kaç tane oldukları."""
    results = await asyncio.gather(*awaitables, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return len(results)


async def within(seconds: float, awaitable: Awaitable[str | None]) -> str:
    """Sonucu; süre dolarsa iptal edilir, TimeoutError çıkar."""
    task = asyncio.ensure_future(awaitable)
    done, _ = await asyncio.wait({task}, timeout=seconds)
    if not done:
        task.cancel()
        raise TimeoutError
    return task.result() or ""


async def converse(connection: socket.socket, lines: streams.Lines, text: str) -> str:
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(connection, f"{text}\n".encode())
    while (line := lines.next()) is None:
        chunk = await loop.sock_recv(connection, streams.READ_SIZE)
        if not chunk:
            raise OSError(errno.ENODATA, "akış sonu")
        lines.add(chunk)
    return line


# --- örnek 1


class Total:
    """Geçen süre ve harcanan işlemci süresi."""

    def __init__(self) -> None:
        self.began, self.cpu = time.monotonic(), time.process_time()

    def say(self) -> None:
        contract.say(f"Toplam süre: {time.monotonic() - self.began:.2f} saniye")
        contract.say(f"İşlemci: {time.process_time() - self.cpu:.2f} saniye")


def say_job(name: str, what: str) -> None:
    contract.say(f"[{time.strftime('%H:%M:%S')}] {name} {what}")


def in_turn(target: Target) -> None:
    contract.say("=== Senkron Çalıştırma ===")
    total = Total()
    for name in JOBS:
        say_job(name, "başladı")
        ask(target, target.job(name))
        say_job(name, "bitti")
    total.say()


def together(target: Target) -> None:
    async def job(name: str) -> None:
        say_job(name, "başladı")
        await ask_async(target, target.job(name))
        say_job(name, "bitti")

    async def jobs() -> None:
        await gather(map(job, JOBS))

    contract.say("=== Asenkron Çalıştırma ===")
    total = Total()
    asyncio.run(jobs())
    total.say()


# --- örnek 2


def one_user(target: Target) -> None:
    contract.say(f"Tek kullanıcı: {asyncio.run(ask_async(target, target.user(1)))}")


def many_users(target: Target) -> None:
    async def fetch() -> int:
        began = time.monotonic()
        for number in USERS:
            await ask_async(target, target.user(number))
        contract.say(f"Birer birer: {time.monotonic() - began:.2f} saniye")
        began = time.monotonic()
        count = await gather(ask_async(target, target.user(number)) for number in USERS)
        contract.say(f"Birlikte: {time.monotonic() - began:.2f} saniye")
        return count

    contract.say(f"Çoklu kullanıcı: {asyncio.run(fetch())} kullanıcı çekildi")


def calls(target: Target) -> None:
    def call_async() -> str:
        fetching = ask_async(target, target.user(1))
        try:
            return asyncio.run(fetching)
        finally:
            fetching.close()

    async def inside() -> None:
        contract.say(f"Async'ten sync: {len('test')}, {await ask_async(target, target.user(1))}")
        try:
            call_async()
        except RuntimeError:
            contract.say("Süren döngünün içinde asyncio.run: olmaz, bu iş parçacığında döngü zaten sürüyor")

    contract.say(f"Sync'ten async: {call_async()}")
    asyncio.run(inside())


DEMOS: dict[str, Callable[[Target], None]] = {
    "senkron": in_turn,
    "asenkron": together,
    "tek": one_user,
    "çoklu": many_users,
    "çağrılar": calls,
}


def scale(text: str) -> float:
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", text) or not 0.001 <= float(text) <= 30:
        raise argparse.ArgumentTypeError(f"'{text}' olmaz; 0.001 ile 30 arasında olmalı")
    return float(text)


def main() -> None:
    parser = contract.client_options(port=9110, timeout=10, operands="demos")
    parser.add_argument("--scale", type=scale, default=1.0)
    options = contract.parse(parser)
    for name in options.demos:
        if name not in DEMOS:
            contract.usage_error(f"bilinmeyen gösteri: {name!r} (olanlar: {', '.join(DEMOS)})")
    target = Target(options)
    for order, name in enumerate(options.demos or DEMOS):
        if order > 0:
            contract.say()
        try:
            DEMOS[name](target)
        except Lost as error:
            contract.fail(str(error))
    contract.finish()


if __name__ == "__main__":
    main()
