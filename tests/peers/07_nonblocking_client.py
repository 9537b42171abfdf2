"""Ders 07'nin istemcisinin Python eşi: yanıtını beklemeden giden mesajlar ve okumadan gönderilen sel."""

from __future__ import annotations

import argparse
import contextlib
import errno
import select
import socket
from typing import Any, Callable, Iterator, NoReturn

import contract
import streams

DEFAULTS = ["Hello Server", "Test message", "quit"]
REPLY_LIMIT = contract.LINE_LIMIT + 64
BUFFER_SIZE = 65536
STUCK_SECONDS = 0.2


class Channel:
    """Sunucuya giden, bloke etmeyen bağlantı: okumak ve yazmak aynı bekleyişte."""

    def __init__(self, options: argparse.Namespace, buffer_size: int = 0) -> None:
        self.address = contract.address_text((options.host, options.port))
        self.timeout = options.timeout
        self.unsent = memoryview(b"")
        self.lines = streams.Lines(REPLY_LIMIT)
        self.ended = False
        self.failed = "Bağlanılamadı"
        self.socket = self._connected(options.host, options.port, buffer_size)
        self.failed = "Karşılama okunamadı"
        self.welcome = self._read_welcome()

    def _connected(self, host: str, port: int, buffer_size: int) -> socket.socket:
        family, kind, _, _, address = self.attempt(
            lambda: socket.getaddrinfo(contract.encoded(host), port, type=socket.SOCK_STREAM)
        )[0]
        contract.log("INFO", f"Bağlanılıyor: {contract.address_text(address)}")
        connection = socket.socket(family, kind)
        for name in (socket.SO_SNDBUF, socket.SO_RCVBUF) if buffer_size else ():
            connection.setsockopt(socket.SOL_SOCKET, name, buffer_size)
        connection.setblocking(False)
        outcome = connection.connect_ex(address)
        if outcome == errno.EINPROGRESS:
            self.attempt(lambda: self._wait(connection, select.POLLOUT, self.timeout))
            outcome = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if outcome:
            self.fail(contract.reason(OSError(outcome, "")))
        return connection

    def attempt(self, action: Callable[[], Any]) -> Any:
        """Yapar; olmazsa program, hangi işin neden olmadığını söyleyip biter."""
        try:
            return action()
        except (OSError, UnicodeError) as error:
            self.fail(contract.reason(error))

    def _read_welcome(self) -> str:
        welcome = next(self.replies(), None)
        if welcome is None:
            self.fail("akış beklenenden önce bitti")
        if welcome.startswith("Sunucu dolu"):
            self.failed = "Bağlanılamadı"
            self.fail("sunucu dolu")
        return welcome

    def fail(self, why: str) -> NoReturn:
        contract.fail(f"{self.failed}: {self.address}: {why}")

    @staticmethod
    def _wait(connection: socket.socket, events: int, seconds: float) -> int:
        poller = select.poll()
        poller.register(connection, events)
        ready = poller.poll(seconds * 1000)
        if not ready:
            raise TimeoutError
        return ready[0][1]

    def writable(self, seconds: float) -> bool:
        with contextlib.suppress(TimeoutError):
            return bool(self._wait(self.socket, select.POLLOUT, seconds))
        return False

    def send(self) -> int:
        """Soketin aldığı kadarını gönderir; doluysa 0."""
        try:
            sent = self.socket.send(self.unsent)
        except BlockingIOError:
            return 0
        self.unsent = self.unsent[sent:]
        return sent

    def exchange(self) -> None:
        """Bekler ve olanı yapar: gelmişi okur, soket alıyorsa gönderir."""
        events = select.POLLIN | (select.POLLOUT if self.unsent else 0)
        ready = self._wait(self.socket, events, self.timeout)
        if ready & ~select.POLLOUT:
            with contextlib.suppress(BlockingIOError):
                chunk = self.socket.recv(streams.READ_SIZE)
                self.ended = not chunk
                self.lines.add(chunk)
        if ready & select.POLLOUT:
            self.send()

    def replies(self, source: Iterator[bytes] | None = None) -> Iterator[str]:
        """Akış sonuna dek gelen satırlar; bir yandan `source`taki baytlar gönderilir, bitince yazma yarısı kapatılır."""
        try:
            while True:
                while (line := self.lines.next()) is not None:
                    yield line
                if self.ended:
                    return
                if source is not None and not self.unsent:
                    self.unsent = memoryview(next(source, b""))
                    if not self.unsent:
                        source = None
                        with contextlib.suppress(OSError):  # bağlantı çoktan koptuysa nedenini recv söyler
                            self.socket.shutdown(socket.SHUT_WR)
                self.exchange()
        except (OSError, UnicodeDecodeError) as error:
            self.fail(contract.reason(error))


def converse(options: argparse.Namespace, messages: list[str]) -> None:
    channel = Channel(options)
    contract.say(f"Server: {contract.escape(channel.welcome)}\n")
    for message in messages:
        contract.say(f"Gönderiliyor: {message}")
    contract.say()
    channel.failed = "Yanıt alınamadı"
    count = 0
    for reply in channel.replies(iter([f"{message}\n".encode() for message in messages])):
        count += 1
        if count > len(messages):
            channel.fail("protokole aykırı")
        contract.say(f"Cevap: {contract.escape(reply)}")
    if count < len(messages) or not channel.lines.empty:
        channel.fail("akış beklenenden önce bitti")
    channel.socket.close()


class Flood:
    def __init__(self, options: argparse.Namespace) -> None:
        self.count, self.size = options.flood, options.size
        self.channel = Channel(options, BUFFER_SIZE)
        self.prepared = 0
        self.first_full: int | None = None

    def line(self, index: int) -> str:
        digits = self.size - 1
        return f"{index:0{digits}d}"[-digits:] if digits else ""

    def batches(self) -> Iterator[bytes]:
        at_once = max(1, BUFFER_SIZE // self.size)
        while self.prepared < self.count:
            first = self.prepared
            self.prepared = min(self.count, first + at_once)
            yield "".join(f"{self.line(index)}\n" for index in range(first, self.prepared)).encode()

    @property
    def sent(self) -> int:
        return self.prepared * self.size - len(self.channel.unsent)

    def run(self) -> None:
        contract.say(f"\nSel: {self.count} satır, satır başına {self.size} bayt; yanıtlar okunmuyor")
        channel, batches = self.channel, self.batches()
        channel.failed = "Sel bitmedi"
        channel.attempt(lambda: self._send_without_reading(batches))
        full = f"{self.first_full} bayttan sonra" if self.first_full is not None else "olmadı, soket hiç dolmadı"
        contract.say(f"İlk EAGAIN: {full}\nOkumadan giden: {self.sent} bayt")
        received = size = intact = 0
        try:
            for reply in channel.replies(batches):
                received, size = received + 1, size + len(reply.encode()) + 1
                intact += intact < self.count and reply == f"Echo: {self.line(intact)}"
        finally:
            contract.say(
                f"Gönderilen: {self.sent // self.size} satır, {self.sent} bayt; "
                f"alınan: {received} satır, {size} bayt; kayıp: {self.count - intact}"
            )
        if self.sent < self.count * self.size:
            channel.fail("akış beklenenden önce bitti")
        if intact < self.count or received > self.count:
            channel.failed = "Yankı tutmadı"
            channel.fail("gelen, gönderilenle aynı değil")
        channel.socket.close()

    def _send_without_reading(self, batches: Iterator[bytes]) -> None:
        for batch in batches:
            self.channel.unsent = memoryview(batch)
            while self.channel.unsent:
                if self.channel.send():
                    continue
                if self.first_full is None:
                    self.first_full = self.sent
                if not self.channel.writable(STUCK_SECONDS):
                    return


def main() -> None:
    parser = contract.client_options(port=9002, timeout=10)
    parser.add_argument("--flood", type=contract.number(1, 1000000))
    parser.add_argument("--size", type=contract.number(1, contract.LINE_LIMIT + 1))
    options = contract.parse(parser)
    contract.check_lines(options.messages)
    everything = not options.messages and options.flood is None
    if options.size is not None and not everything and options.flood is None:
        contract.usage_error("--size yalnız sel içindir; --flood ile birlikte ver")
    floods = everything or options.flood is not None
    options.flood, options.size = options.flood or 2000, options.size or 4000
    if options.messages or everything:
        converse(options, options.messages or DEFAULTS)
    if floods:
        Flood(options).run()
    contract.finish()


if __name__ == "__main__":
    main()
