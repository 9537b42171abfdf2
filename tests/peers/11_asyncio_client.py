"""Ders 11'in istemcisinin Python eşi: asyncio'nun temel işlevleri, uzaktaki işleri beklerken."""

from __future__ import annotations

import argparse
import asyncio
import re
from typing import Any, Awaitable, Callable

import contract
import slow
from slow import Failed

STEP, STAGGER, SLOW, LIMIT, FAREWELL = 0.5, 0.1, 5.0, 2.0, 0.3
POSTS = 5
CHOSEN_MOST = 64
HEAD_LINE_LIMIT = 16384
FIELDS_MOST = 100
BODY_LIMIT = 1048576


class Remote:
    """Bir görevin kendi bağlantısı."""

    def __init__(self, options: argparse.Namespace, connection: slow.Connection) -> None:
        self.options, self.connection = options, connection

    @classmethod
    async def open(cls, options: argparse.Namespace) -> Remote:
        return cls(options, await slow.connect(options))

    async def wait(self, seconds: float, name: str) -> None:
        seconds *= self.options.scale
        answer = await self.connection.ask(f"bekle {seconds:g} {name}", seconds + self.options.timeout)
        if answer != f"{name} tamamlandı":
            raise Failed("Yanıt yanlış", self.connection.address, contract.escape(answer))

    async def leave(self, timeout: float) -> None:
        """Yazma yarısını kapatır, sunucu da kapatana ya da sınıra dek bekler."""
        self.connection.writer.write_eof()
        await asyncio.wait({asyncio.ensure_future(self.connection.reader.read())}, timeout=timeout)

    def close(self) -> None:
        self.connection.writer.transport.abort()


class Demos:
    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.started = 0

    async def open(self, count: int) -> list[Remote]:
        """Görevlerin bağlantıları sırayla açılır; görevler sonra, arada beklenmeden kurulur."""
        return [await Remote.open(self.options) for _ in range(count)]

    async def background_task(self, remote: Remote, name: str, count: int, order: int) -> str:
        self.started += 1
        try:
            for i in range(count):
                contract.say(f"{name}: {i + 1}/{count}")
                await remote.wait(STEP + order * STAGGER, name)
        finally:
            remote.close()
        return f"{name} tamamlandı"

    async def start_numbered(self, count: int) -> list[asyncio.Task[str]]:
        """Task-1 bir adım, Task-2 iki adım, ..."""
        remotes = await self.open(count)
        return [
            asyncio.create_task(self.background_task(remote, f"Task-{order + 1}", order + 1, order))
            for order, remote in enumerate(remotes)
        ]

    async def top_level(self) -> None:
        contract.say("Program başladı")
        remote = await Remote.open(self.options)
        await remote.wait(1, "program")
        remote.close()
        contract.say("Program bitti")

    async def task(self) -> None:
        self.started = 0
        remotes = await self.open(2)
        first = asyncio.create_task(self.background_task(remotes[0], "Task-1", 3, 0))
        second = asyncio.create_task(self.background_task(remotes[1], "Task-2", 2, 1))
        contract.say(f"Oluşturulan: 2 task, başlayan: {self.started}")
        await asyncio.sleep(0)
        contract.say(f"Sıra bir kez bırakılınca başlayan: {self.started}")
        contract.say(f"Sonuçlar: {await first}, {await second}")

    async def gather(self) -> None:
        remotes = await self.open(3)
        jobs = (self.background_task(remotes[order], name, 2, order) for order, name in enumerate("ABC"))
        results = await asyncio.gather(*jobs, return_exceptions=True)
        shown = [f"HATA: {each.why}" if isinstance(each, Failed) else each for each in results]
        contract.say(f"Gather sonuçları: {shown}")
        check(results)

    async def wait(self) -> None:
        done, pending = await asyncio.wait(await self.start_numbered(3), return_when=asyncio.FIRST_COMPLETED)
        contract.say(f"İlk tamamlanan: {len(done)} task")
        contract.say(f"Devam eden: {len(pending)} task")
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
        check([task.exception() for task in done])

    async def slow_operation(self) -> str:
        remote = await Remote.open(self.options)
        try:
            await remote.wait(SLOW, "işlem")
        except asyncio.CancelledError:
            await remote.leave(FAREWELL)
            raise
        finally:
            remote.close()
        return "Tamamlandı"

    async def timeout(self) -> None:
        try:
            contract.say(await asyncio.wait_for(self.slow_operation(), LIMIT * self.options.scale))
        except asyncio.TimeoutError:
            contract.say("İşlem zaman aşımına uğradı!")

    async def as_completed(self) -> None:
        for task in asyncio.as_completed(await self.start_numbered(4)):
            contract.say(f"Tamamlandı: {await task}")

    async def http(self) -> None:
        where = contract.address_text((self.options.host, self.options.port))
        query = f"?delay={self.options.delay * self.options.scale:g}" if self.options.delay else ""
        urls = [f"http://{where}/posts/{number}{query}" for number in range(1, POSTS + 1)]
        results = await asyncio.gather(*(self.fetch(url, where) for url in urls), return_exceptions=True)
        for url, result in zip(urls, results):
            contract.say(f"❌ {url}: {result.why}" if isinstance(result, Failed) else f"✓ {url}: {result}")
        check(results)

    async def fetch(self, url: str, where: str) -> str:
        contract.log("INFO", f"İstek: {url}")
        try:
            return await asyncio.wait_for(self.get(url, where), self.options.timeout)
        except asyncio.TimeoutError:
            raise Failed("Yanıt alınamadı", where, "zaman aşımı") from None
        except (OSError, ValueError, EOFError) as error:
            short = isinstance(error, EOFError)
            raise Failed("Yanıt alınamadı", where, "akış beklenenden önce bitti" if short else contract.reason(error)) from None

    async def get(self, url: str, where: str) -> str:
        connection = await slow.connect(self.options)
        with connection:
            path = url[len(f"http://{where}") :]
            lines = (f"GET {path} HTTP/1.1", f"Host: {where}", "Accept: */*", "User-Agent: yuva-11", "Connection: close", "", "")
            connection.writer.write("\r\n".join(lines).encode())
            status, length = await read_head(connection.reader)
            if length is not None and length > BODY_LIMIT:
                raise ValueError("mesaj çok büyük")
            body = await read_body(connection.reader, length)
        text = body.decode("utf-8")
        if not 200 <= status < 300:
            raise ValueError(f"durum {status}")
        return f"{status} ({len(body)} bytes, {len(text)} karakter)"


async def read_body(reader: asyncio.StreamReader, length: int | None) -> bytes:
    if length is not None:
        return await reader.readexactly(length)
    body = b""
    while chunk := await reader.read(65536):
        body += chunk
        if len(body) > BODY_LIMIT:
            raise ValueError("mesaj çok büyük")
    return body


async def read_head(reader: asyncio.StreamReader) -> tuple[int, int | None]:
    """Durum ve gövdenin boyu (söylenmediyse None). ValueError, EOFError çıkabilir."""
    first = await read_head_line(reader)
    status = re.fullmatch(r"HTTP/1\.[0-9] ([0-9]{3})( .*)?", first)
    if status is None:
        raise ValueError("HTTP yanıtı değil")
    length: int | None = None
    for count in range(FIELDS_MOST + 1):
        line = await read_head_line(reader)
        if not line:
            return int(status[1]), length
        name, colon, value = line.partition(":")
        if not colon or count == FIELDS_MOST:
            break
        if name.lower() == "transfer-encoding":
            raise ValueError("parçalı gövde (Transfer-Encoding) bu derste çözülmez")
        if name.lower() == "content-length":
            if not re.fullmatch("[0-9]{1,15}", value.strip()):
                raise ValueError("gövdenin boyu (Content-Length) anlaşılmadı")
            if length not in (None, int(value)):
                raise ValueError("gövdenin iki ayrı boyu var")
            length = int(value)
    raise ValueError("HTTP başlığı anlaşılmadı")


async def read_head_line(reader: asyncio.StreamReader) -> str:
    line = await reader.readline()
    if not line.endswith(b"\n"):
        raise EOFError
    if len(line) > HEAD_LINE_LIMIT + 2:
        raise ValueError("mesaj çok büyük")
    return line.decode("utf-8").removesuffix("\n").removesuffix("\r")


def check(results: list[Any]) -> None:
    """İlk başarısızlık, programın da başarısızlığıdır."""
    for result in results:
        if isinstance(result, BaseException):
            raise result


DEMOS: dict[str, tuple[str, Callable[[Demos], Awaitable[None]]]] = {
    "top-level": ("Top Level Example", Demos.top_level),
    "task": ("Task Example", Demos.task),
    "gather": ("Gather Example", Demos.gather),
    "wait": ("Wait Example", Demos.wait),
    "timeout": ("Timeout Example", Demos.timeout),
    "as-completed": ("As Completed Example", Demos.as_completed),
    "http": ("Parallel HTTP Requests", Demos.http),
}


async def run(options: argparse.Namespace) -> None:
    demos = Demos(options)
    for order, name in enumerate(options.demos or DEMOS):
        heading, demo = DEMOS[name]
        contract.say(f"{chr(10) if order else ''}=== {heading} ===")
        await demo(demos)


def main() -> None:
    parser = contract.client_options(port=9111, timeout=10, operands="demos")
    parser.add_argument("-s", "--scale", type=contract.seconds, default=1.0)
    parser.add_argument("-d", "--delay", type=contract.seconds, default=0.0)
    options = contract.parse(parser)
    if len(options.demos) > CHOSEN_MOST:
        contract.usage_error(f"çok fazla gösteri: '{options.demos[CHOSEN_MOST]}'; en fazla {CHOSEN_MOST}")
    for name in options.demos:
        if name not in DEMOS:
            contract.usage_error(f"böyle bir gösteri yok: '{name}'; olanlar: {', '.join(DEMOS)}")
    slow.run(run(options))


if __name__ == "__main__":
    main()
