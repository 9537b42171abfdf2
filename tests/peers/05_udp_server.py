"""Ders 05'in sunucusunun Python eşi: her datagrama bir datagramla yanıt; istenince ağın dertleri."""

from __future__ import annotations

import argparse
import collections
import contextlib
import random
import re
import socket
import sys
import time
from datetime import datetime
from typing import Any, NamedTuple

import contract

LARGEST_IPV4 = 65507
LARGEST_IPV6 = 65527
HELD_LIMIT = 1024 * 1024
LONGEST_DELAY = 60
SO_RXQ_OVFL = 40  # Python'da adı yok; Linux'taki değeri

Peer = tuple[Any, ...]


def largest(peer: Peer) -> int:
    return LARGEST_IPV6 if ":" in peer[0] and not peer[0].startswith("::ffff:") else LARGEST_IPV4


def reply_to(data: bytes, peer: Peer) -> bytes:
    """Yanıt; en büyük datagramı aşacaksa metnin sonu, bir karakteri bölmeden bırakılır."""
    message = data.decode("utf-8").strip().encode("utf-8")
    tail = f" (Zaman: {datetime.now()})".encode()
    room = largest(peer) - len(b"Echo: ") - len(tail)
    if len(message) > room:
        kept = message[:room].decode("utf-8", "ignore").encode("utf-8")
        contract.log("WARNING", f"Yanıt kısaltıldı: metin {len(message)} bayt, datagrama {len(kept)} baytı sığdı")
        message = kept
    return b"Echo: " + message + tail


class Wire:
    """Yanıtların yola çıktığı yer; dertleri o çıkarır."""

    def __init__(self, sock: socket.socket, options: argparse.Namespace) -> None:
        self.socket = sock
        self.options = options
        self.random = random.Random(options.seed)
        self.held: tuple[float, bytes, Peer] | None = None
        self.delayed: collections.deque[tuple[float, bytes, Peer]] = collections.deque()

    def send(self, data: bytes, peer: Peer) -> None:
        lost, twice, late = (
            self.random.random() * 100 < percent
            for percent in (self.options.loss, self.options.duplicate, self.options.reorder)
        )
        if lost:
            contract.log("INFO", "Yanıt kaybedildi (--loss)")
        elif late and self.held is None:
            contract.log("INFO", "Yanıt bekletiliyor, bir sonrakinin arkasından gidecek (--reorder)")
            self.held = (time.monotonic() + self.options.timeout, data, peer)
        else:
            for _ in range(2 if twice else 1):
                self.pass_on(data, peer)
            self.release()

    def release(self) -> None:
        if self.held is not None:
            _, data, peer = self.held
            self.held = None
            self.pass_on(data, peer)

    def pass_on(self, data: bytes, peer: Peer) -> None:
        if not self.options.delay:
            self.deliver(data, peer)
        elif sum(len(each[1]) for each in self.delayed) + len(data) > HELD_LIMIT:
            contract.log("WARNING", "Bekletilecek yer kalmadı, yanıt atıldı")
        else:
            self.delayed.append((time.monotonic() + self.options.delay, data, peer))

    def deliver(self, data: bytes, peer: Peer) -> None:
        try:
            self.socket.sendto(data, peer)
        except OSError as error:
            contract.log("WARNING", f"Yanıt gönderilemedi: {contract.reason(error)}")

    def wait_seconds(self) -> float | None:
        """Bekletilenlerden ilkinin süresi dolana kadar; bekleyen yoksa None."""
        dues = [each[0] for each in (self.held, *list(self.delayed)[:1]) if each is not None]
        return max(0.0, min(dues) - time.monotonic()) if dues else None

    def send_due(self) -> None:
        now = time.monotonic()
        if self.held is not None and self.held[0] <= now:
            self.release()
        while self.delayed and self.delayed[0][0] <= now:
            _, data, peer = self.delayed.popleft()
            self.deliver(data, peer)

    @property
    def waiting(self) -> int:
        return len(self.delayed) + (self.held is not None)


def printable(text: str) -> str:
    return "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)


class Question(NamedTuple):
    data: bytes
    length: int
    """Yola çıktığı boy; tampona sığmadıysa data'dan uzundur."""
    peer: Peer


class Receiver:
    def __init__(self, sock: socket.socket, size: int) -> None:
        sock.setsockopt(socket.SOL_SOCKET, SO_RXQ_OVFL, 1)
        self.socket = sock
        self.buffer = bytearray(size)
        self.drops = 0

    def receive(self) -> Question:
        # MSG_TRUNC ile dönen, tampona sığan değil datagramın gerçek boyudur.
        length, notes, _, peer = self.socket.recvmsg_into([self.buffer], socket.CMSG_SPACE(4), socket.MSG_TRUNC)
        for level, kind, data in notes:
            if (level, kind) == (socket.SOL_SOCKET, SO_RXQ_OVFL):
                self.report_drops(int.from_bytes(data, sys.byteorder))
        return Question(bytes(self.buffer[:length]), length, peer)

    def report_drops(self, total: int) -> None:
        if total != self.drops:
            contract.log("WARNING", f"Alma tamponu dolmuş: çekirdek {total - self.drops} datagramı attı")
        self.drops = total


def serve_one(receiver: Receiver, wire: Wire) -> None:
    data, length, peer = receiver.receive()
    name = contract.address_text(peer)
    if length > len(data):
        contract.log("WARNING", f"[{name}] Datagram kesildi: {length} bayttı, tampona {len(data)} baytı sığdı")
    try:
        reply = reply_to(data, peer)
    except UnicodeDecodeError:
        contract.log("WARNING", f"[{name}] Geçersiz UTF-8, yanıt verilmedi")
        return
    contract.log("INFO", f"[{name}] Mesaj: {printable(data[:200].decode('utf-8', 'ignore').strip())}")
    wire.send(reply, peer)


def delay(text: str) -> float:
    value = 0.0 if re.fullmatch(r"0+(\.0+)?", text) else contract.seconds(text)
    if value > LONGEST_DELAY:
        raise argparse.ArgumentTypeError(f"'{text}' olmaz; 0 ile {LONGEST_DELAY} arasında saniye olmalı")
    return value


def parse() -> argparse.Namespace:
    parser = contract.server_options(port=9001, timeout=5)
    parser.add_argument("--buffer", type=contract.number(1, 65535), default=65535)
    for name in ("--loss", "--duplicate", "--reorder"):
        parser.add_argument(name, type=contract.number(0, 100), default=0)
    parser.add_argument("--delay", type=delay, default=0.0)
    parser.add_argument("--seed", type=contract.number(0, 2147483647), default=1)
    return contract.parse(parser)


def main() -> None:
    options = parse()
    with contract.Stop() as stop:
        sock = contract.listen(options.host, options.port, socket.SOCK_DGRAM)
        sock.setblocking(False)
        receiver = Receiver(sock, options.buffer)
        wire = Wire(sock, options)
        contract.ready(sock)
        running = True
        while running:
            with contextlib.suppress(TimeoutError, BlockingIOError):
                running = stop.wait(sock, wire.wait_seconds())
                if running:
                    serve_one(receiver, wire)
            wire.send_due()
        if wire.waiting:
            contract.log("WARNING", f"Bekletilen {wire.waiting} yanıt gönderilmedi")
    contract.log("INFO", "Server kapatıldı")


if __name__ == "__main__":
    main()
