"""Ders 08'in istemcisinin Python eşi: mesaj gönderir, dinler, klavyeyle sohbet eder ya da gösteriyi yürütür."""

from __future__ import annotations

import errno
import os
import select
import socket
import struct
import sys
import time
from typing import Iterable, Iterator, List

import contract
import streams

LINE_LIMIT = contract.LINE_LIMIT + 136
QUEUE_LIMIT = 65536
INPUT_SIZE = 4096


class Lost(Exception):
    """Olmadı; metni programın son sözüdür."""


class Session:
    """Bir üyenin bağlantısı: gelen satırlar, giden kuyruk."""

    def __init__(self, options) -> None:
        self.address = contract.address_text((options.host, options.port))
        self.timeout = options.timeout
        self.socket = contract.connect(options.host, options.port, options.timeout)
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.lines = streams.Lines(LINE_LIMIT)
        self.queue = bytearray()
        self.ended = False
        self.moved = time.monotonic()
        self.welcome = self.expect("Karşılama okunamadı", self.until(options.timeout))
        if self.welcome.startswith("Sunucu dolu"):
            raise Lost(f"Bağlanılamadı: {self.address}: sunucu dolu")

    @staticmethod
    def until(seconds: float) -> float:
        return time.monotonic() + seconds

    def say(self, text: str) -> None:
        self.queue += f"{text}\n".encode()

    def receive(self) -> None:
        try:
            chunk = self.socket.recv(streams.READ_SIZE)
        except (BlockingIOError, InterruptedError):
            return
        self.ended, self.moved = not chunk, time.monotonic()
        self.lines.add(chunk)

    def transmit(self) -> None:
        """Gönderemeyen bağlantının gelmiş son sözü kaybolmasın: nasıl bittiğini okuma söyler."""
        try:
            del self.queue[: self.socket.send(self.queue)]
            self.moved = time.monotonic()
        except (BlockingIOError, InterruptedError):
            pass
        except OSError:
            self.queue.clear()

    def received(self, until: float) -> Iterator[str]:
        """Akış sonuna dek gelen satırlar; süre dolarsa TimeoutError."""
        while time.monotonic() < until:
            if (line := self.lines.next()) is not None:
                yield line
            elif self.ended:
                break
            else:
                turn([self], until)
        else:
            raise TimeoutError
        if not self.lines.empty:
            raise OSError(errno.ENODATA, "akış sonu")

    def expect(self, failed: str, until: float) -> str:
        """Sıradaki satır."""
        try:
            for line in self.received(until):
                return line
            raise OSError(errno.ENODATA, "akış sonu")
        except (OSError, UnicodeDecodeError) as error:
            raise self.lost(failed, error) from error

    def lost(self, failed: str, error: Exception) -> Lost:
        return Lost(f"{failed}: {self.address}: {contract.reason(error)}")

    def leave(self, aloud: bool = True) -> None:
        """Yarı kapatır, akış sonuna dek okur."""
        try:
            self.socket.shutdown(socket.SHUT_WR)
            for line in self.received(self.until(self.timeout)):
                if aloud:
                    contract.say(contract.escape(line))
        except (OSError, UnicodeDecodeError) as error:
            raise self.lost("Bağlantı kesildi", error) from error
        self.socket.close()


def turn(sessions: Iterable[Session], until: float, extra: Iterable[int] = ()) -> bool:
    """Hazır olanı bekler, gönderir, okur. `extra`daki biri okunur olduysa True; süre dolarsa TimeoutError."""
    readers = [session for session in sessions if not session.ended]
    writers = [session for session in sessions if session.queue]
    left = None if until == float("inf") else max(0.0, until - time.monotonic())
    watched = [session.socket for session in readers] + list(extra)
    readable, writable, _ = select.select(watched, [session.socket for session in writers], [], left)
    if not readable and not writable:
        raise TimeoutError
    for session in readers:
        if session.socket in readable:
            session.receive()
    for session in writers:
        if session.socket in writable:
            session.transmit()
    return any(descriptor in readable for descriptor in extra)


def say_all(session: Session, messages: List[str]) -> None:
    for message in messages:
        contract.say(f"\nGönderiliyor: {message}")
        session.say(message)
        until = session.until(session.timeout)
        while not (line := session.expect("Yanıt alınamadı", until)).startswith("Echo: "):
            contract.say(contract.escape(line))
        contract.say(f"Cevap: {contract.escape(line)}")
        if line != f"Echo: {message.strip()}":
            raise Lost(f"Yanıt alınamadı: {session.address}: protokole aykırı")


def listen(session: Session, seconds: float) -> None:
    try:
        for line in session.received(session.until(seconds)):
            contract.say(contract.escape(line))
        raise OSError(errno.ENODATA, "akış sonu")
    except TimeoutError:
        return
    except (OSError, UnicodeDecodeError) as error:
        raise session.lost("Bağlantı kesildi", error) from error


def chat(session: Session) -> None:
    """İki kaynak, tek bekleyiş. Kuyruk doluyken girdi okunmaz, ama soket hep okunur."""
    typing = True
    try:
        while not session.ended:
            if not typing and not session.queue:
                session.leave()
                return
            waits = typing and not session.queue
            until = float("inf") if waits else session.moved + session.timeout
            wanted = [sys.stdin.fileno()] if typing and len(session.queue) < QUEUE_LIMIT else []
            if turn([session], until, wanted):
                piece = os.read(sys.stdin.fileno(), INPUT_SIZE)
                typing = bool(piece)
                session.queue += piece
                session.moved = time.monotonic()
            while (line := session.lines.next()) is not None:
                contract.say(contract.escape(line))
        raise OSError(errno.ENODATA, "akış sonu")
    except (OSError, UnicodeDecodeError) as error:
        raise session.lost("Bağlantı kesildi", error) from error


class Demo:
    """Tek süreçte dört üye."""

    def __init__(self, options) -> None:
        self.step = 0
        self.guests = {}
        self.title("Dört üye geliyor")
        for letter in "ABCD":
            self.guests[letter] = Session(options)
            contract.say(f"[{letter}] ← {contract.escape(self.guests[letter].welcome)}")

    def run(self, only: str | None) -> None:
        if only in (None, "speak"):
            self.title("A konuşuyor: yankı A'ya, söz ötekilere")
            self.speak("A", "merhaba")
        if only in (None, "lines"):
            self.title("B tek parçada iki satır gönderiyor")
            self.speak("B", "bir", "iki")
        if only in (None, "reset"):
            self.title("B kopuyor (RST), A hemen ardından konuşuyor")
            dead = self.guests.pop("B").socket
            dead.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            dead.close()
            self.speak("A", "duyan var mı?")
        self.title("Kalanlar ayrılıyor")
        for letter, session in self.guests.items():
            session.leave(aloud=False)
            contract.say(f"[{letter}] ayrıldı")

    def title(self, text: str) -> None:
        self.step += 1
        contract.say(f"{chr(10) if self.step > 1 else ''}{self.step}. {text}")

    def speak(self, speaker: str, *texts: str) -> None:
        for text in texts:
            contract.say(f"[{speaker}] → {text}")
            self.guests[speaker].say(text)
        for text in texts:
            self.hear(speaker, "Echo: ", text)
            for letter in self.guests:
                if letter != speaker:
                    self.hear(letter, "[", f"]: {text}")

    def hear(self, letter: str, head: str, tail: str) -> None:
        """Bu üyenin beklenen satırı; gösteriden olmayan birinin sözü atlanır."""
        session = self.guests[letter]
        until = session.until(session.timeout)
        line = ""
        while not (line.startswith(head) and line.endswith(tail)):
            line = session.expect("Yanıt alınamadı", until)
            if not line.startswith(("[", head)):
                raise Lost(f"Yanıt yanlış: {session.address}: protokole aykırı")
        contract.say(f"[{letter}] ← {contract.escape(line)}")


def run(options) -> None:
    if not (options.chat or options.listen or options.messages):
        Demo(options).run(options.demo)
        return
    session = Session(options)
    contract.say(f"Server: {contract.escape(session.welcome)}")
    if options.chat:
        chat(session)
        return
    say_all(session, options.messages)
    if options.listen:
        listen(session, options.listen)
    session.leave()


def main() -> None:
    parser = contract.client_options(port=9003, timeout=10)
    parser.add_argument("--listen", type=contract.seconds)
    parser.add_argument("--chat", action="store_true")
    parser.add_argument("--demo", choices=["speak", "lines", "reset"])
    options = contract.parse(parser)
    contract.check_lines(options.messages)
    if options.chat and (options.listen or options.messages):
        contract.usage_error("--chat, --listen ve mesajlarla birlikte verilmez")
    if options.demo and (options.chat or options.listen or options.messages):
        contract.usage_error("--demo tek başına verilir")
    try:
        run(options)
    except Lost as error:
        contract.fail(str(error))
    contract.finish()


if __name__ == "__main__":
    main()
