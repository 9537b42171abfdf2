"""Ders 12'nin istemcisinin Python eşi: eş yordamın ömrü, birleşmesi, asenkron üreteç, üretici ve tüketici."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import random
import re
from typing import Any, AsyncIterator, Awaitable, Callable

import contract
import slow

PROTOCOL = "protokole aykırı"
SLACK_SECONDS = 0.5


class Session:
    """Gösterilerin ortak yarısı: seçenekler ve soru sormak."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options

    async def ask(self, connection: slow.Connection, seconds: float, *words: object) -> str:
        """İstek `words` ve çarpılmış süredir; `{}` yazan sözcüğün yerine o geçer. Yanıt satırı; olmazsa Failed."""
        scaled = f"{seconds * self.options.scale:g}"
        request = " ".join(scaled if word == "{}" else str(word) for word in words)
        return await self.checked(connection, connection.ask(request, self.patience(seconds)))

    async def next_line(self, connection: slow.Connection, seconds: float) -> str:
        """Aynı isteğin sonraki satırı."""

        async def read() -> str:
            try:
                return await asyncio.wait_for(connection._reply(), self.patience(seconds))
            except asyncio.TimeoutError:
                raise self.failed(connection, "zaman aşımı") from None
            except (OSError, UnicodeDecodeError) as error:
                raise self.failed(connection, contract.reason(error)) from None

        return await self.checked(connection, read())

    def patience(self, seconds: float) -> float:
        return self.options.timeout + seconds * self.options.scale

    async def checked(self, connection: slow.Connection, reply: Awaitable[str]) -> str:
        line = contract.escape(await reply)
        if line.startswith("HATA: "):
            raise self.failed(connection, line)
        return line

    @staticmethod
    def failed(connection: slow.Connection, why: str) -> slow.Failed:
        return slow.Failed("Yanıt alınamadı", connection.address, why)


# --- bir eş yordamın ömrü


def state(task: asyncio.Task[Any], began: bool) -> str:
    if task.done():
        return "bitti"
    if asyncio.current_task() is task:
        return "çalışıyor"
    waited = getattr(task, "_fut_waiter", None)
    if waited is not None and not waited.done():
        return "bekliyor"
    return "hazır" if began else "oluşturuldu"


async def inspect(session: Session) -> None:
    contract.say("=== Coroutine İnceleme ===")
    answered, allowed = asyncio.Event(), asyncio.Event()
    began = False

    async def simple(name: str) -> str:
        nonlocal began
        began = True
        contract.say(f"{name} başladı")
        look()
        try:
            result = await session.ask(connection, 1.0, "bekle", "{}", name)
        finally:
            answered.set()
        await allowed.wait()
        contract.say(f"{name} bitti")
        return result

    def look() -> None:
        contract.say(f"Durum: {state(task, began)}")

    with await slow.connect(session.options) as connection:
        coroutine = simple("Test")
        task = asyncio.ensure_future(coroutine)
        contract.say("Tip: struct task *")
        contract.say(f"Coroutine mu?: {asyncio.iscoroutine(coroutine)}")
        look()
        await asyncio.sleep(0)
        look()
        await answered.wait()
        allowed.set()
        look()
        result = await task
        look()
        contract.say(f"Sonuç: {result}")


# --- birlikte ve art arda


async def nested(session: Session) -> None:
    contract.say("=== Nested Coroutines ===")

    async def fetch(what: str, kind: type) -> Any:
        with await slow.connect(session.options) as connection:
            reply = await session.ask(connection, 0.5, what, 1, "{}")
            with contextlib.suppress(ValueError):
                if isinstance(value := json.loads(reply), kind):
                    return value
            raise session.failed(connection, PROTOCOL)

    both = await asyncio.gather(fetch("kullanıcı", dict), fetch("gönderiler", list), return_exceptions=True)
    for result in both:
        if isinstance(result, BaseException):
            raise result
    user, posts = both
    contract.say(f"Kullanıcı verisi: {json.dumps({**user, 'posts': posts}, ensure_ascii=False)}")


async def chained(session: Session) -> None:
    contract.say("=== Chained Coroutines ===")
    result = ""
    with await slow.connect(session.options) as connection:
        for number in (1, 2, 3):
            contract.say(f"Adım {number} çalışıyor" + (f" (önceki: {result})" if result else ""))
            result = await session.ask(connection, 0.5, "bekle", "{}", "Adım", number)
    contract.say(f"Final sonuç: {result}")


# --- asenkron üreteç


async def async_range(session: Session, start: int, stop: int, step: int = 1) -> AsyncIterator[int]:
    with await slow.connect(session.options) as connection:
        line = await session.ask(connection, 0.1, "say", start, stop, step, "{}")
        while line != "bitti":
            if not re.fullmatch("-?[0-9]+", line):
                raise session.failed(connection, PROTOCOL)
            yield int(line)
            line = await session.next_line(connection, 0.1)


async def generator(session: Session) -> None:
    contract.say("=== Async Generator ===\nAsync range kullanımı:")
    values = async_range(session, 0, 5)
    try:
        for _ in range(session.options.take):
            contract.say(f"Değer: {await values.__anext__()}")
    except StopAsyncIteration:
        pass
    finally:
        await values.aclose()  # type: ignore[attr-defined]


# --- üretici ve tüketici


class Pipeline:
    def __init__(self, session: Session) -> None:
        self.session, self.options = session, session.options
        self.queue: asyncio.Queue[str | None] = asyncio.Queue(self.options.queue)
        self.produced = self.processed = 0

    def duration(self, item: str, shortest: float, longest: float) -> float:
        return round(random.Random(f"{self.options.seed} {item} {longest}").uniform(shortest, longest), 3)

    async def produce(self, number: int) -> None:
        with await slow.connect(self.options) as connection:
            for index in range(self.options.items):
                item = f"P{number}-Item{index}"
                await self.session.ask(connection, self.duration(item, 0.1, 0.5), "bekle", "{}", item)
                await self.queue.put(item)
                self.produced += 1
                contract.say(f"Producer {number} üretti: {item}")
            if self.options.sentinel:
                await self.queue.put(None)

    async def consume(self, number: int) -> None:
        with await slow.connect(self.options) as connection:
            while (item := await self.queue.get()) is not None:
                await self.session.ask(connection, self.duration(item, 0.1, 0.3), "işle", item, "{}")
                self.processed += 1
                contract.say(f"Consumer {number} işledi: {item}")
                self.queue.task_done()
            await self.queue.put(None)

    async def run(self) -> None:
        """Üreticiler biter, kuyruktakiler işlenir, tüketiciler yollanır; birinin hatası hepsini bitirir."""
        consumers = [asyncio.ensure_future(self.consume(number)) for number in range(self.options.consumers)]
        producers = [asyncio.ensure_future(self.produce(number)) for number in range(self.options.producers)]
        everything = asyncio.ensure_future(self.finish(producers))
        try:
            watched = {everything, *consumers}
            while everything in watched:
                done, watched = await asyncio.wait(watched, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
        finally:
            await self.cancel([everything, *consumers, *producers])

    @staticmethod
    async def cancel(tasks: list[asyncio.Task[None]]) -> None:
        """Hepsini, gerçekten bitene dek iptal eder: wait_for (3.11), yanıtla aynı anda gelen iptali yutabilir."""
        while running := [task for task in tasks if not task.done()]:
            for task in running:
                task.cancel()
            await asyncio.wait(running, timeout=0.1)
        await asyncio.gather(*tasks, return_exceptions=True)

    async def finish(self, producers: list[asyncio.Task[None]]) -> None:
        await asyncio.gather(*producers)
        await self.queue.join()


async def producer_consumer(session: Session) -> None:
    options = session.options
    pipeline = Pipeline(session)
    items = options.items * options.producers
    longest = (options.items * 0.5 + items * 0.3) * options.scale + SLACK_SECONDS
    limit = longest if options.sentinel else options.cancel
    ended = True
    try:
        await asyncio.wait_for(pipeline.run(), limit)
    except asyncio.TimeoutError:
        ended = False
    if options.sentinel:
        outcome = "bitti" if ended else "bitmedi"
        contract.say(f"{pipeline.produced} öğeden {pipeline.processed} tanesi işlendi, join {outcome}")
    elif ended:
        contract.say("Producer-Consumer işlemi tamamlandı")
    else:
        done = f"{pipeline.produced} öğe üretildi, {pipeline.processed} öğe işlendi"
        contract.say(f"Producer-Consumer iptal edildi: {done}")


# --- yığın


async def stack(session: Session) -> None:
    contract.say("=== Yığın ===")

    async def descend(left: int) -> None:
        await (descend(left - 1) if left else session.ask(connection, 0.1, "bekle", "{}", "dip"))

    for depth in (1, 10, 100):
        with await slow.connect(session.options) as connection:
            coroutine = descend(depth)
            size = coroutine.__sizeof__() * (depth + 1)
            await coroutine
        local = f"yerinde duran yerel {depth + 1}/{depth + 1}"
        contract.say(f"{depth} çağrı derinde beklendi: yığında {size} bayt, {local}")
    values = async_range(session, 0, 5)
    contract.say(f"Üreteç: yığın yok, bir yapı: {values.__sizeof__()} bayt")


DEMOS: dict[str, Callable[[Session], Awaitable[None]]] = {
    "inspect": inspect,
    "nested": nested,
    "chained": chained,
    "generator": generator,
    "producer-consumer": producer_consumer,
    "stack": stack,
}


async def run(options: argparse.Namespace) -> None:
    session = Session(options)
    for order, name in enumerate(options.demos or list(DEMOS)[:-1]):
        if order:
            contract.say()
        await DEMOS[name](session)


def main() -> None:
    parser = contract.client_options(port=9112, timeout=10, operands="demos")
    parser.add_argument("--scale", type=contract.seconds, default=1.0)
    parser.add_argument("--take", type=contract.number(0, 1000000), default=5)
    parser.add_argument("--producers", type=contract.number(1, 1000), default=2)
    parser.add_argument("--consumers", type=contract.number(1, 1000), default=3)
    parser.add_argument("--items", type=contract.number(1, 1000), default=5)
    parser.add_argument("--queue", type=contract.number(1, 100000), default=10)
    parser.add_argument("--seed", type=contract.number(0, 1000000), default=173400)
    parser.add_argument("--sentinel", action="store_true")
    parser.add_argument("--cancel", type=contract.seconds, default=None)
    options = contract.parse(parser)
    for name in options.demos:
        if name not in DEMOS:
            contract.usage_error(f"'{name}' diye bir gösteri yok; olanlar: {', '.join(DEMOS)}")
    if options.sentinel and options.cancel:
        contract.usage_error("--sentinel ile --cancel birlikte verilmez")
    slow.run(run(options))


if __name__ == "__main__":
    main()
