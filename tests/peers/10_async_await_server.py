"""Ders 10'un sunucusunun Python eşi: asyncio, bağlantı başına bir görev."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import math
import re
import resource
import signal
import socket
import time
from typing import Any, AsyncIterator, Awaitable

import contract
import streams
from contract import Stopping

UNKNOWN = "HATA: anlaşılmadı"
REQUESTS = {
    "bekle": re.compile(r"(?P<delay>[0-9]+(?:\.[0-9]+)?)[ \t]\s*(?P<name>.+)", re.DOTALL),
    "kullanıcı": re.compile(r"(?P<user>[0-9]+)(?:[ \t]\s*(?P<delay>[0-9]+(?:\.[0-9]+)?))?"),
}
NUMBER_MOST = 15
USER_SECONDS = 0.5
GRACE_SECONDS = contract.Stop.GRACE_SECONDS
READING_SECONDS = 0.5
LAST_WORD_SECONDS = 1.0
REFUSED_MOST = 64


def understand(line: str) -> tuple[str, float] | None:
    """Yanıt ve gecikmesi; anlaşılmayan satır için None."""
    verb, _, rest = re.sub(r"[ \t]", " ", line.strip(), count=1).partition(" ")
    match = REQUESTS[verb].fullmatch(rest.strip()) if verb in REQUESTS else None
    if match is None or any(len(text or "") > NUMBER_MOST for key, text in match.groupdict().items() if key != "name"):
        return None
    delay = float(match["delay"] or USER_SECONDS)
    if verb == "bekle":
        return f"{match['name']} tamamlandı", delay
    return f'{{"id": {int(match["user"])}, "name": "User-{int(match["user"])}"}}', delay


async def within(seconds: float, awaitable: Awaitable[Any]) -> Any:
    """Sonucu; süre dolarsa iptal edilir, TimeoutError çıkar."""
    task = asyncio.ensure_future(awaitable)
    done, _ = await asyncio.wait({task}, timeout=max(0.0, seconds))
    if not done:
        task.cancel()
        raise TimeoutError
    return task.result()


class Server:
    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.stopping = asyncio.Event()
        self.stop_at = math.inf
        self.in_flight = 0
        self.serving: set[asyncio.Task[None]] = set()
        self.refusing: set[asyncio.Task[None]] = set()

    @property
    def deadline(self) -> float:
        """Süren işlerin kapanıştaki sınırı; istek yoksa sonsuz."""
        return self.stop_at + GRACE_SECONDS

    @property
    def overdue(self) -> bool:
        return time.monotonic() >= self.stop_at + READING_SECONDS

    def request_stop(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().remove_signal_handler(number)
            signal.signal(number, signal.SIG_DFL)
        self.stop_at = time.monotonic()
        self.stopping.set()

    async def run(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, self.request_stop)
        with contract.listen(self.options.host, self.options.port, backlog=socket.SOMAXCONN) as listener:
            listener.setblocking(False)
            contract.ready(listener)
            accepting = asyncio.ensure_future(self.accept(listener))
            await self.stopping.wait()
            accepting.cancel()
        contract.log("INFO", "Server kapatılıyor")
        left = self.serving | self.refusing
        if left:
            _, left = await asyncio.wait(left, timeout=self.deadline - time.monotonic())
        for task in left:
            task.cancel()

    async def accept(self, listener: socket.socket) -> None:
        """Kaynak kalmayınca kabul durur, ama boşuna dönülmez."""
        paused = False
        while True:
            try:
                connection, address = await asyncio.get_running_loop().sock_accept(listener)
            except OSError as error:
                if error.errno not in streams.SHORTAGE:
                    contract.log("WARNING", f"Kabul edilemedi: {contract.reason(error)}")
                    continue
                if not paused:
                    contract.log("ERROR", f"Kabul duraklatıldı: {contract.reason(error)}")
                paused = True
                await asyncio.sleep(streams.ACCEPT_PAUSE_SECONDS)
            else:
                paused = False
                with contextlib.suppress(OSError):
                    pair = await asyncio.open_connection(sock=connection)
                    self.admit(Client(self, contract.address_text(address), *pair))

    def admit(self, client: Client) -> None:
        full = len(self.serving) >= self.options.max_clients
        if full and len(self.refusing) >= REFUSED_MOST:
            client.writer.write(streams.FULL)  # geri çevirmeye de yer yok: söz tek denemede gider ya da gitmez
            client.writer.close()
            return
        tasks, body = (self.refusing, client.refuse) if full else (self.serving, client.serve)
        task = asyncio.ensure_future(body())
        tasks.add(task)
        task.add_done_callback(tasks.discard)


class Client:
    """Bir bağlantı."""

    def __init__(
        self, server: Server, peer: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.server, self.peer, self.reader, self.writer = server, peer, reader, writer
        self.timeout: float = server.options.timeout

    async def serve(self) -> None:
        """Konuşmayı yürütür; neden bittiyse ona göre son sözü söyler."""
        last_word = b""
        contract.log("INFO", f"Yeni bağlantı: {self.peer}")
        try:
            async for line in self.lines():
                await self.answer(line)
            contract.log("INFO", f"İstemci ayrıldı: {self.peer}")
        except Stopping:
            contract.log("INFO", f"Sunucu kapanıyor, bağlantı kapatıldı: {self.peer}")
        except TimeoutError:
            contract.log("WARNING", f"İstemci zaman aşımı: {self.peer}")
        except (OSError, UnicodeDecodeError) as error:
            last_word = streams.TOO_LONG if isinstance(error, streams.LineTooLong) else b""
            contract.log("WARNING", f"Bağlantı kesildi: {self.peer}: {contract.reason(error)}")
        await self.leave(last_word)

    async def refuse(self) -> None:
        contract.log("WARNING", f"Sunucu dolu, geri çevrildi: {self.peer}")
        await self.leave(streams.FULL)

    async def lines(self) -> AsyncIterator[str]:
        lines = streams.Lines()
        while chunk := await self.receive():
            lines.add(chunk)
            while (line := lines.next()) is not None:
                yield line
        if (line := lines.last()) is not None:
            yield line

    async def receive(self) -> bytes:
        """Gelmiş baytlar; boşsa akış sonudur. Durdurma istendiyse beklenmez, gelmişe bakılır."""
        server = self.server
        if not server.stopping.is_set():
            read = asyncio.ensure_future(self.reader.read(streams.READ_SIZE))
            stopping = asyncio.ensure_future(server.stopping.wait())
            done, pending = await asyncio.wait({read, stopping}, timeout=self.timeout, return_when=asyncio.FIRST_COMPLETED)
            for task in pending:
                task.cancel()
            if read in done:
                return read.result()
            if not done:
                raise TimeoutError
        with contextlib.suppress(TimeoutError):
            if not server.overdue:
                return await within(0.05, self.reader.read(streams.READ_SIZE))
        raise Stopping

    async def answer(self, line: str) -> None:
        if self.server.overdue:
            raise Stopping
        reply = understand(line)
        if reply is None:
            await self.say(UNKNOWN)
        elif reply[1] > self.server.options.max_delay:
            await self.say(f"HATA: en çok {self.server.options.max_delay:g} saniye beklenir")
        else:
            self.server.in_flight += 1
            contract.log("INFO", f"[{self.peer}] İstek: {line[:200]} (yürüyen: {self.server.in_flight})")
            try:
                await self.delay(reply[1])
            finally:
                self.server.in_flight -= 1
            await self.say(reply[0])

    async def delay(self, seconds: float) -> None:
        """Süre boyunca bekler; yanıt kapanış sınırına sığmayacaksa Stopping."""
        due = time.monotonic() + seconds
        with contextlib.suppress(TimeoutError):
            await within(seconds, self.server.stopping.wait())
            if due > self.server.deadline:
                raise Stopping
            await asyncio.sleep(max(0.0, due - time.monotonic()))

    async def say(self, text: str) -> None:
        self.writer.write(f"{text}\n".encode())
        await within(min(self.timeout, self.server.deadline - time.monotonic()), self.writer.drain())

    async def leave(self, last_word: bytes) -> None:
        """Son sözü söyler, karşı taraf da kapatana dek geleni okur: okunmamış bayt RST'ye yol açar."""
        deadline = min(time.monotonic() + LAST_WORD_SECONDS, self.server.deadline)
        with contextlib.suppress(OSError, TimeoutError), contextlib.closing(self.writer):
            self.writer.write(last_word)
            self.writer.write_eof()
            while await within(deadline - time.monotonic(), self.reader.read(streams.READ_SIZE)):
                pass


def delay(text: str) -> float:
    return 0.0 if re.fullmatch(r"0+(\.0+)?", text) else contract.seconds(text)


def main() -> None:
    parser = contract.server_options(port=9110, timeout=60)
    parser.add_argument("--max-clients", type=contract.number(1, 10000), default=10000)
    parser.add_argument("--max-delay", type=delay, default=60.0)
    options = contract.parse(parser)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))

    async def serve() -> None:
        await Server(options).run()

    asyncio.run(serve())
    contract.log("INFO", "Server kapatıldı")


if __name__ == "__main__":
    main()
