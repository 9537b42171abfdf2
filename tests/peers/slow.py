"""Python eşlerinin ortak yarısı, asyncio ile yazılmış programlar (10-14): yanıtı sonra gelen satırlar ve onları bekleyenler.

Dersin sunucusu yalnız bir isteğin yanıtını bilir:

    class Clerk(slow.Server):
        async def answer(self, client: slow.Client, request: str) -> str:
            wanted = slow.parse_wait(request, self.options.max_delay)
            if wanted is None:
                return slow.UNKNOWN
            await client.sleep(wanted.seconds)
            return f"{wanted.name} tamamlandı"

    slow.serve(Clerk, contract.parse(slow.server_options(port=9110)))

Bir bağlantının istekleri sırayla yanıtlanır; bağlantılar birbirini beklemez. Kapanış istenince gelmiş olan istekler sürer:
süresi kapanış sınırına sığan yanıtlanır, sığmayanın bağlantısı hemen biter. Satırdan başka bir şey de konuşan sunucu
`converse`'i kendisi yazar.

İstemcinin yarısı: `connect`, `Connection.ask` ve bunların hatasını programın son sözü yapan `run`.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import errno
import math
import re
import resource
import socket
import time
from dataclasses import dataclass
from typing import Any, Coroutine, NoReturn

import contract
import loops
import streams
from contract import Stopping

UNKNOWN = "HATA: anlaşılmadı"
ARRIVED_SECONDS = 0.05
"""Kapanırken: çekirdeğe varmış baytların döngüye ulaşmasına yeten süre."""
CLOSING_SECONDS = 0.2


@dataclass(frozen=True)
class Wait:
    """`bekle SANİYE AD` isteği; `error` doluysa yanıt odur."""

    seconds: float
    name: str
    error: str = ""


def parse_seconds(text: str) -> float | None:
    """Ondalık saniye: `2`, `0.5`. Başka biçimler (eksi, üslü) süre değildir."""
    return float(text) if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text) else None


def too_long(most: float) -> str:
    return f"HATA: en çok {most:g} saniye beklenir"


def parse_wait(request: str, most: float) -> Wait | None:
    """İstek `bekle ...` değilse ya da anlaşılmıyorsa None. AD satırın kalanıdır, boş olamaz."""
    match = re.fullmatch(r"bekle +([^ ]+) +([^ ].*)", request.strip(), re.DOTALL)
    seconds = parse_seconds(match[1]) if match else None
    if match is None or seconds is None:
        return None
    return Wait(seconds, match[2], too_long(most) if seconds > most else "")


def server_options(port: int) -> argparse.ArgumentParser:
    """Ortak seçenekler, istemci sayısı ve istenebilecek en uzun bekleyiş."""
    parser = contract.server_options(port=port, timeout=60)
    parser.add_argument("--max-clients", type=contract.number(1, 10000), default=10000)
    parser.add_argument("--max-delay", type=contract.seconds, default=60.0)
    return parser


class Lines(streams.Lines):
    """Sınırı, verilmemiş baytlar dururken de değişebilen satırlar."""

    def limit_to(self, limit: int = contract.LINE_LIMIT) -> None:
        self._limit = limit


class Client:
    """Sunucunun bir bağlantısı."""

    def __init__(
        self, server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, peer: str
    ) -> None:
        self.server, self.peer = server, peer
        self.reader, self.writer = reader, writer
        self.lines = Lines()
        self.ended = False
        self.due = math.inf  # şimdiki işin biteceği an: okurken belli değildir, yazarken geçmiştir
        writer.transport.set_write_buffer_limits(0)  # drain, baytların çekirdeğe geçmesini beklesin

    async def receive(self, timeout: float) -> bytes:
        """Gelmiş baytlar; boşsa akış sonudur. Gelmemişse beklenir: süre dolarsa TimeoutError, kapanışta Stopping."""
        stopping = self.server.stop.requested
        self.due = math.inf
        try:
            chunk = await asyncio.wait_for(
                self.reader.read(streams.READ_SIZE), min(timeout, ARRIVED_SECONDS) if stopping else timeout
            )
        except asyncio.TimeoutError:
            raise Stopping if stopping else TimeoutError from None
        finally:
            self.due = -math.inf
        self.ended = not chunk
        return chunk

    async def line(self) -> str | None:
        """Sıradaki satır; akış bittiyse None. receive'in istisnaları, LineTooLong, UnicodeDecodeError çıkabilir."""
        deadline = time.monotonic() + self.server.options.timeout
        while (line := self.lines.next()) is None and not self.ended:
            self.lines.add(await self.receive(max(0.0, deadline - time.monotonic())))
        if line is None:
            line, self.lines = self.lines.last(), Lines()
        return line

    async def send(self, data: bytes) -> None:
        """Tamamı çekirdeğe geçene dek bekler."""
        self.writer.write(data)
        try:
            await asyncio.wait_for(self.writer.drain(), self.server.options.timeout)
        except asyncio.TimeoutError:
            raise TimeoutError from None

    async def say(self, text: str) -> None:
        await self.send(f"{text}\n".encode())

    async def sleep(self, seconds: float) -> None:
        """İsteğin işi: bu kadar bekler. Kapanış sınırına sığmayacaksa hiç beklemez, Stopping."""
        self.due = time.monotonic() + seconds
        if self.due > self.server.stop.deadline:
            raise Stopping
        await asyncio.sleep(seconds)
        self.due = -math.inf

    async def dismiss(self, last_word: bytes = b"", timeout: float = streams.FAREWELL_SECONDS) -> None:
        """Varsa son söz, yazma yarısını kapatmak, karşı tarafı sınırlı süre dinlemek, kapatmak."""
        stop = self.server.stop
        timeout = max(0.0, min(timeout, stop.deadline + CLOSING_SECONDS - time.monotonic()))
        with contextlib.suppress(OSError, asyncio.TimeoutError):
            await asyncio.wait_for(self._wind_down(last_word), timeout)
        self.writer.transport.abort()

    async def _wind_down(self, last_word: bytes) -> None:
        self.writer.write(last_word)
        await self.writer.drain()
        self.writer.write_eof()
        while await self.reader.read(streams.READ_SIZE):
            pass


class Server:
    """Bağlantı başına bir görev: yer varken konuşma, doluyken bir söz."""

    def __init__(self, listener: socket.socket, stop: loops.LoopStop, options: argparse.Namespace) -> None:
        self.listener, self.stop, self.options = listener, stop, options
        self.clients: dict[Client, asyncio.Task[None]] = {}
        self.refusals: set[asyncio.Task[None]] = set()

    # --- dersin verdikleri

    async def answer(self, client: Client, request: str) -> str:
        """Bir isteğin yanıtı, satır sonu olmadan."""
        raise NotImplementedError

    async def converse(self, client: Client) -> None:
        """Bağlantının bütün konuşması. OSError, UnicodeDecodeError, Stopping çıkabilir."""
        while (request := await client.line()) is not None:
            if self.options.verbose:
                contract.log("INFO", f"[{client.peer}] İstek: {request[:200]}")
            await client.say(await self.answer(client, request))

    # --- kabul

    async def run(self) -> None:
        """Durdurulana dek hizmet eder, sonra elde olanı bitirir."""
        loop = asyncio.get_running_loop()
        stopped = asyncio.Event()
        loop.add_reader(self.stop, stopped.set)
        self.listener.setblocking(False)
        accepting = asyncio.ensure_future(self._accept())
        await stopped.wait()
        loop.remove_reader(self.stop)
        accepting.cancel()
        await asyncio.wait({accepting})
        contract.log("INFO", "Server kapatılıyor")
        self.listener.close()
        await self._shut_down()

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        paused = False
        while True:
            try:
                connection, address = await loop.sock_accept(self.listener)
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
                await self._admit(connection, contract.address_text(address))

    async def _admit(self, connection: socket.socket, peer: str) -> None:
        full = len(self.clients) >= self.options.max_clients
        if full:
            contract.log("WARNING", f"Sunucu dolu, geri çevrildi: {peer}")
        if full and len(self.refusals) >= loops.REFUSED_MOST:
            with contextlib.suppress(OSError), connection:
                connection.send(streams.FULL)  # geri çevirmeye de yer yok: söz tek denemede gider ya da gitmez
            return
        try:
            client = Client(self, *await asyncio.open_connection(sock=connection), peer)
        except OSError as error:
            contract.log("WARNING", f"Bağlantı kesildi: {peer}: {contract.reason(error)}")
            connection.close()
            return
        if full:
            refusal = asyncio.ensure_future(client.dismiss(streams.FULL, streams.REFUSED_SECONDS))
            self.refusals.add(refusal)
            refusal.add_done_callback(self.refusals.discard)
            return
        contract.log("INFO", f"Yeni bağlantı: {peer}")
        task = self.clients[client] = asyncio.ensure_future(self._serve(client))
        task.add_done_callback(lambda _: self.clients.pop(client))

    async def _serve(self, client: Client) -> None:
        """Konuşmayı yürütür; neden bittiyse ona göre son sözü söyler, loglar, bağlantıyı düzgün kapatır."""
        last_word = b""
        try:
            await self.converse(client)
            contract.log("INFO", f"İstemci ayrıldı: {client.peer}")
        except (Stopping, asyncio.CancelledError):
            contract.log("INFO", f"Sunucu kapanıyor, bağlantı bitirildi: {client.peer}")
        except TimeoutError:
            contract.log("WARNING", f"İstemci zaman aşımı: {client.peer}")
        except (OSError, UnicodeDecodeError) as error:
            last_word = streams.TOO_LONG if isinstance(error, streams.LineTooLong) else b""
            contract.log("WARNING", f"Bağlantı kesildi: {client.peer}: {contract.reason(error)}")
        with contextlib.suppress(asyncio.CancelledError):
            await client.dismiss(last_word)

    # --- kapanış

    async def _shut_down(self) -> None:
        """Gelmiş olan okunur; sonu kapanış sınırına sığmayan iş hemen, ötekiler bitince biter."""
        await asyncio.sleep(ARRIVED_SECONDS)
        for client, task in list(self.clients.items()):
            if client.due > self.stop.deadline:
                task.cancel()
        tasks = [*self.clients.values(), *self.refusals]
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=max(0.0, self.stop.deadline - time.monotonic()))
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late)


def serve(kind: type[Server], options: argparse.Namespace) -> None:
    """Programın bütünü: dinler, hazır satırını yazar, durdurulana dek hizmet eder."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with loops.LoopStop() as stop:
        listener = contract.listen(options.host, options.port, backlog=socket.SOMAXCONN)
        contract.log("INFO", f"Server başlatıldı: {contract.address_text(listener.getsockname())}")
        contract.ready(listener)
        asyncio.run(kind(listener, stop, options).run())
    contract.log("INFO", "Server kapatıldı")


# --- istemci


class Failed(Exception):
    """İş olmadı: hangi iş, hangi adreste, neden."""

    def __init__(self, operation: str, address: str, why: str) -> None:
        super().__init__(f"{operation}: {address}: {why}")
        self.operation, self.address, self.why = operation, address, why


class Connection:
    """İstemcinin bir bağlantısı: sorar, yanıt satırını bekler. Kapsamdan çıkınca kapanır."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, timeout: float) -> None:
        self.reader, self.writer, self.timeout = reader, writer, timeout
        self.address = contract.address_text(writer.get_extra_info("peername"))
        self.lines = streams.Lines()

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self.writer.transport.abort()

    async def ask(self, request: str, timeout: float | None = None) -> str:
        """Yanıt satırı; `timeout` verilmezse bağlantınınki. Olmazsa Failed."""
        try:
            self.writer.write(f"{request}\n".encode())
            return await asyncio.wait_for(self._reply(), self.timeout if timeout is None else timeout)
        except asyncio.TimeoutError:
            raise Failed("Yanıt alınamadı", self.address, "zaman aşımı") from None
        except (OSError, UnicodeDecodeError) as error:
            raise Failed("Yanıt alınamadı", self.address, contract.reason(error)) from None

    async def _reply(self) -> str:
        await self.writer.drain()
        while (line := self.lines.next()) is None:
            chunk = await self.reader.read(streams.READ_SIZE)
            if not chunk:
                raise OSError(errno.ENODATA, "akış sonu")
            self.lines.add(chunk)
        if line == streams.FULL.decode().rstrip("\n"):
            raise Failed("Bağlanılamadı", self.address, "sunucu dolu")
        return line


async def connect(options: Any) -> Connection:
    """Bağlantı; olmazsa Failed."""
    where = contract.address_text((options.host, options.port))
    contract.log("INFO", f"Bağlanılıyor: {where}")
    try:
        opening = asyncio.open_connection(contract.encoded(options.host), options.port)
        reader, writer = await asyncio.wait_for(opening, options.timeout)
    except asyncio.TimeoutError:
        raise Failed("Bağlanılamadı", where, "zaman aşımı") from None
    except OSError as error:
        raise Failed("Bağlanılamadı", where, contract.reason(error)) from None
    return Connection(reader, writer, options.timeout)


def run(main: Coroutine[Any, Any, None]) -> NoReturn:
    """İstemcinin bütünü: bitince 0, Failed çıkarsa son söz odur ve 1."""
    try:
        asyncio.run(main)
    except Failed as failure:
        contract.fail(str(failure))
    contract.finish()
