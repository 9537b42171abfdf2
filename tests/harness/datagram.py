"""El ile konuşan UDP uçları: istemci gibi gönderen ya da sunucu gibi bekleyen tek sınıf.

    peer = UdpPeer.connect(server)          # bağlı: yalnız sunucudan alır, kapalı portu hemen öğrenir
    peer.send("Hello UDP")
    peer.expect(re.compile(r"Echo: Hello UDP \\(Zaman: .*\\)"))

    listener = UdpPeer.bound()              # istemciyi denemek için
    client = start_client("selam", to=listener)
    data, sender = listener.receive_from()
    listener.send_to("Echo: selam", sender)
"""

from __future__ import annotations

import re
import socket
from typing import Any, NoReturn

from harness import clock, difference, scene, sockets
from harness.address import Address, address_of, from_socket
from harness.clock import Deadline
from harness.failure import Evidence, fail
from harness.peer import as_bytes

LARGEST = 65535


class UdpPeer:
    """Bir UDP soketi."""

    def __init__(self, sock: socket.socket) -> None:
        self._scene = scene.current()
        self.socket = sock
        self.label = f"UDP ucu {self._scene.number('UDP ucu')}"
        self.address = from_socket(sock)
        self._sent = b""
        sock.setblocking(False)
        self._scene.own(self)

    @classmethod
    def connect(cls, server: Any) -> UdpPeer:
        address = address_of(server)
        sock = socket.socket(address.family, socket.SOCK_DGRAM)
        sock.connect(address.sockaddr)
        peer = cls(sock)
        scene.step(f"{peer.label}: {peer.address} → {address}")
        return peer

    @classmethod
    def bound(cls, host: str = "127.0.0.1") -> UdpPeer:
        address = Address(host, 0)
        sock = socket.socket(address.family, socket.SOCK_DGRAM)
        sock.bind(address.sockaddr)
        peer = cls(sock)
        scene.step(f"{peer.label} bekliyor: {peer.address}")
        return peer

    def send(self, data: str | bytes) -> None:
        """Bağlı olunan adrese bir datagram."""
        self._sent = as_bytes(data)
        self._scene.step(f"{self.label} → {difference.quote(self._sent)} ({len(self._sent)} bayt)")
        self.socket.send(self._sent)

    def send_to(self, data: str | bytes, target: Any) -> None:
        self._sent = as_bytes(data)
        address = address_of(target)
        self._scene.step(f"{self.label} → {address}: {difference.quote(self._sent)} ({len(self._sent)} bayt)")
        self.socket.sendto(self._sent, address.sockaddr)

    def receive_from(self, *, seconds: float = clock.EXPECT_SECONDS) -> tuple[bytes, Address]:
        """Sıradaki datagram ve göndereni."""
        __tracebackhide__ = True
        if not sockets.readable(self.socket, Deadline(seconds)):
            self._fail("bir datagram bekleniyordu; süre doldu", Evidence(ending="timeout"))
        try:
            data, name = self.socket.recvfrom(LARGEST)
        except ConnectionRefusedError:
            self._fail("bir datagram bekleniyordu; port kapalı (bağlantı reddedildi)", Evidence(want="reset"))
        sender = Address(name[0], name[1])
        self._scene.step(f"{self.label} ← {sender}: {difference.quote(data)}")
        return data, sender

    def receive(self, *, seconds: float = clock.EXPECT_SECONDS) -> bytes:
        __tracebackhide__ = True
        return self.receive_from(seconds=seconds)[0]

    def expect(
        self, expected: str | bytes | re.Pattern[str], *, seconds: float = clock.EXPECT_SECONDS
    ) -> re.Match[str] | None:
        """Sıradaki datagram bütünüyle bu olmalı."""
        __tracebackhide__ = True
        data = self.receive(seconds=seconds)
        if isinstance(expected, re.Pattern):
            match = expected.fullmatch(data.decode("utf-8", "backslashreplace"))
            if match is None:
                self._fail("başka bir datagram geldi", Evidence(pattern=expected, received=data, ending="mismatch"))
            return match
        wanted = as_bytes(expected)
        if data != wanted:
            evidence = Evidence(expected=wanted, received=data, ending="mismatch")
            self._fail(f"{difference.quote(wanted)} bekleniyordu; başka bir datagram geldi", evidence)
        return None

    def expect_silence(self, seconds: float = 0.2) -> None:
        """Bu süre boyunca datagram gelmemeli."""
        __tracebackhide__ = True
        if sockets.readable(self.socket, Deadline(seconds)):
            data = self.socket.recv(LARGEST)
            self._fail("hiçbir şey gelmemesi bekleniyordu", Evidence(want="silence", expected=b"", received=data))
        self._scene.step(f"{self.label}: {seconds:g} s sessizlik")

    def expect_refused(self, *, seconds: float = clock.EXPECT_SECONDS) -> None:
        """Bağlı soket, kapalı portu ICMP iletisinden öğrenmeli."""
        __tracebackhide__ = True
        sockets.readable(self.socket, Deadline(seconds))
        try:
            data = self.socket.recv(LARGEST)
        except ConnectionRefusedError:
            self._scene.step(f"{self.label} ← port kapalı")
            return
        except BlockingIOError:
            self._fail("portun kapalı olduğunun bildirilmesi bekleniyordu; süre doldu", Evidence(want="reset"))
        self._fail("portun kapalı olması bekleniyordu", Evidence(want="silence", expected=b"", received=data))

    def close(self) -> None:
        self.socket.close()

    def _fail(self, expectation: str, evidence: Evidence) -> NoReturn:
        __tracebackhide__ = True
        evidence.sent = self._sent
        fail(f"{self.label}: {expectation}", evidence)
