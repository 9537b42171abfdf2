"""Ders 09'un istemcisinin Python eşi: çok bağlantı, tek döngü; her biri mesajlarını sırayla sorar, yanıtı denetler."""

from __future__ import annotations

import argparse
import functools
import math
import selectors
import socket
import time
from typing import Callable

import contract
import streams

DEFAULTS = ["Hello Selectors", "Türkçe: ığüşöç İ", "Test message"]
BACKENDS = {
    "epoll": selectors.EpollSelector,
    "poll": selectors.PollSelector,
    "select": selectors.SelectSelector,
}
FD_SETSIZE = 1024
REPLY_LIMIT = contract.LINE_LIMIT + 64
SHOWN_MOST = 10
WAITING_MOST = 128


class Failed(Exception):
    """Bağlantı iş göremez oldu: hangi iş, neden."""

    def __init__(self, failed: str, why: str) -> None:
        super().__init__(failed, why)
        self.failed, self.why = failed, why


class Visit:
    """Bir bağlantı. `waits`, sırada beklenenin gelmemesinin adıdır; boşsa bağlantı susmuştur."""

    def __init__(self, messages: list[str]) -> None:
        self.messages = messages
        self.socket: socket.socket | None = None
        self.lines = streams.Lines(REPLY_LIMIT)
        self.queue = b""
        self.waits = "Bağlanılamadı"
        self.welcome: str | None = None
        self.refused = False
        self.answered = 0
        self.deadline = math.inf
        self.watched = 0
        self.failure: Failed | None = None

    @property
    def settled(self) -> bool:
        return self.failure is not None or not self.waits

    @property
    def events(self) -> int:
        if self.waits == "Bağlanılamadı":
            return selectors.EVENT_WRITE
        return selectors.EVENT_READ | (selectors.EVENT_WRITE if self.queue else 0)

    def open(self, family: int, address: tuple[object, ...], deadline: float) -> None:
        self.deadline = deadline
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        self.socket.setblocking(False)
        try:
            self.socket.connect(address)
        except BlockingIOError:
            return
        self.waits = "Karşılama okunamadı"

    def adopt(self, connection: socket.socket, deadline: float) -> None:
        connection.setblocking(False)
        self.socket, self.deadline, self.waits = connection, deadline, "Karşılama okunamadı"

    def step(self, ready: int, deadline: float) -> None:
        assert self.socket is not None
        if self.waits == "Bağlanılamadı":
            error = self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if error:
                raise OSError(error, "")
            self.waits = "Karşılama okunamadı"
            return
        if ready & selectors.EVENT_WRITE:
            self.send()
        if ready & selectors.EVENT_READ:
            self.receive(deadline)

    def send(self) -> None:
        assert self.socket is not None
        try:
            self.queue = self.queue[self.socket.send(self.queue) :] if self.queue else b""
        except BlockingIOError:
            pass

    def receive(self, deadline: float) -> None:
        assert self.socket is not None
        try:
            chunk = self.socket.recv(streams.READ_SIZE)
        except BlockingIOError:
            return
        if not chunk:
            raise Failed(self.waits or "Bağlantı açık kalmadı", "akış beklenenden önce bitti")
        self.lines.add(chunk)
        while (line := self.lines.next()) is not None:
            self.take(line, deadline)

    def take(self, line: str, deadline: float) -> None:
        if not self.waits:
            raise Failed("Yanıt yanlış", "sorulmadan bir satır geldi")
        if self.welcome is None:
            self.refused = line.startswith("Sunucu dolu")
            if self.refused:
                raise Failed("Bağlanılamadı", "sunucu dolu")
            self.welcome = line
        elif line != f"Echo: {self.messages[self.answered].strip()}":
            raise Failed("Yanıt yanlış", "yankı gönderilenden farklı")
        else:
            self.answered += 1
        if self.answered == len(self.messages):
            self.waits, self.deadline = "", math.inf
            return
        self.waits, self.deadline = "Yanıt alınamadı", deadline
        self.queue += f"{self.messages[self.answered]}\n".encode()
        self.send()


class Swarm:
    """Bütün bağlantıların döngüsü: önce sessizler, sonra konuşanlar."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        messages = options.messages or DEFAULTS
        self.idle = [Visit([]) for _ in range(options.idle)]
        self.talking = [Visit(messages) for _ in range(options.connections)]
        self.selector = BACKENDS[options.backend]()
        self.address: tuple[object, ...] = ()
        self.family = 0

    @property
    def visits(self) -> list[Visit]:
        return self.idle + self.talking

    def run(self, first: socket.socket) -> None:
        self.family, self.address = first.family, first.getpeername()
        for group in (self.idle, self.talking):
            self.run_group(group, first if group and group[0] is self.visits[0] else None)

    def run_group(self, group: list[Visit], first: socket.socket | None) -> None:
        unopened = list(reversed(group))
        while unopened or not all(visit.settled for visit in group):
            waiting = sum(visit.welcome is None and not visit.settled for visit in group) - len(unopened)
            for _ in range(min(len(unopened), WAITING_MOST - waiting)):
                self.attempt(visit := unopened.pop(), functools.partial(self.open, visit, first))
                first = None
            self.turn()

    def turn(self) -> None:
        nearest = min(visit.deadline for visit in self.visits)
        timeout = None if nearest == math.inf else max(0.0, nearest - time.monotonic())
        if nearest < math.inf:
            for key, ready in self.selector.select(timeout):
                deadline = time.monotonic() + self.options.timeout
                self.attempt(key.data, functools.partial(key.data.step, ready, deadline))
        for visit in self.visits:
            if visit.deadline <= time.monotonic():
                self.attempt(visit, self._too_late)

    def open(self, visit: Visit, first: socket.socket | None) -> None:
        deadline = time.monotonic() + self.options.timeout
        if first is not None:
            visit.adopt(first, deadline)
        else:
            visit.open(self.family, self.address, deadline)
        if self.options.backend == "select" and visit.socket.fileno() >= FD_SETSIZE:
            raise Failed("Seçiciye eklenemedi", "yer kalmadı")

    def attempt(self, visit: Visit, action: Callable[[], None]) -> None:
        """Bağlantıya bir adım attırır; sonra ya seçicideki kaydı tazeler ya da başarısızlığı yazar."""
        try:
            action()
        except Failed as failure:
            self.fail(visit, failure)
        except (OSError, UnicodeDecodeError) as error:
            why = "mesaj çok büyük" if isinstance(error, streams.LineTooLong) else contract.reason(error)
            self.fail(visit, Failed(visit.waits or "Bağlantı açık kalmadı", why))
        else:
            self.follow(visit)

    def follow(self, visit: Visit) -> None:
        if not visit.watched:
            self.selector.register(visit.socket, visit.events, visit)
        elif visit.watched != visit.events:
            self.selector.modify(visit.socket, visit.events, visit)
        visit.watched = visit.events

    def fail(self, visit: Visit, failure: Failed) -> None:
        if visit.watched:
            self.selector.unregister(visit.socket)
        visit.watched, visit.failure, visit.deadline = 0, failure, math.inf
        if visit.socket is not None:
            visit.socket.close()

    @staticmethod
    def _too_late() -> None:
        raise TimeoutError

    def close(self) -> None:
        for visit in self.visits:
            if visit.socket is not None:
                visit.socket.close()
        self.selector.close()


def report(swarm: Swarm, seconds: float) -> None:
    visits, talking = swarm.visits, swarm.talking
    if len(talking) <= SHOWN_MOST:
        for number, visit in enumerate(talking, 1):
            if visit.welcome is not None:
                contract.say(f"[{number}] Server: {contract.escape(visit.welcome)}")
            for message in visit.messages[: visit.answered]:
                contract.say(f"[{number}] {message} → Echo: {message.strip()}")
    if swarm.idle:
        contract.say(f"Sessiz bağlantı: {len(swarm.idle)}")
    contract.say(
        f"Konuşan bağlantı: {len(talking)}; karşılanan: {sum(visit.welcome is not None for visit in visits)}, "
        f"geri çevrilen: {sum(visit.refused for visit in visits)}, doğru yanıt: {sum(visit.answered for visit in visits)}"
    )
    if len(talking) > SHOWN_MOST or swarm.idle:
        contract.say(f"Süre: {seconds:.3f} s")


def main() -> None:
    parser = contract.client_options(port=9004, timeout=10)
    parser.add_argument("-b", "--backend", choices=BACKENDS, default="epoll")
    parser.add_argument("-c", "--connections", type=contract.number(1, 10000), default=3)
    parser.add_argument("-i", "--idle", type=contract.number(0, 10000), default=0)
    options = contract.parse(parser)
    contract.check_lines(options.messages)
    first = contract.connect(options.host, options.port, options.timeout)
    name = contract.address_text(first.getpeername())
    swarm = Swarm(options)
    began = time.monotonic()
    swarm.run(first)
    report(swarm, time.monotonic() - began)
    failures = [visit.failure for visit in swarm.visits if visit.failure is not None]
    swarm.close()
    if failures:
        contract.fail(f"{failures[0].failed}: {name}: {failures[0].why}")
    contract.finish()


if __name__ == "__main__":
    main()
