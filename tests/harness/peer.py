"""El ile konuşan karşı taraflar: bayt bayt ne gönderildiğini test belirler, ne geldiğini test denetler.

    peer = TcpPeer.connect(server)
    peer.expect_line(re.compile("Hoşgeldiniz! .*"))
    peer.send("selam\\n")
    peer.expect("Echo: selam\\n")
    peer.half_close()
    peer.expect_eof()

Metin verilen her yerde UTF-8'e çevrilir. Her beklentinin zaman sınırı vardır (5 s, `seconds=` ile değişir).
"""

from __future__ import annotations

import re
import socket
from typing import Any, NoReturn

from harness import clock, difference, scene, sockets
from harness.address import Address, address_of, from_socket
from harness.clock import Deadline
from harness.errors import reason
from harness.failure import Evidence, fail

LONGEST_LINE = 4 * 1024 * 1024


def as_bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text


class StreamPeer:
    """Bağlı bir akış soketinin bizdeki ucu."""

    def __init__(self, sock: socket.socket, remote: Address, kind: str = "karşı taraf") -> None:
        self._scene = scene.current()
        self.socket = sock
        self.remote = remote
        self.label = f"{kind} {self._scene.number(kind)}"
        self.sent = b""
        self._received = bytearray()
        self._ending = ""
        self._earlier = self._open_peers()
        sock.setblocking(False)
        sockets.no_delay(sock)
        self._scene.own(self)

    @property
    def local(self) -> Address:
        return from_socket(self.socket)

    # --- göndermek

    def send(self, data: str | bytes, *, seconds: float = clock.EXPECT_SECONDS) -> None:
        """Hepsini gönderir."""
        __tracebackhide__ = True
        data = as_bytes(data)
        self._scene.step(f"{self.label} → {difference.quote(data)} ({len(data)} bayt)")
        self._send(data, Deadline(seconds))

    def send_segments(self, *parts: str | bytes, seconds: float = clock.EXPECT_SECONDS) -> None:
        """Her parçayı, öncekini karşıdaki uygulama okuduktan sonra gönderir: parçalar ayrı ayrı okunur."""
        __tracebackhide__ = True
        deadline = Deadline(seconds)
        for order, part in enumerate(map(as_bytes, parts)):
            if order > 0:
                sockets.wait_until_read(self.socket, deadline.remaining())
            self._scene.step(f"{self.label} → {difference.quote(part)} (ayrı parça, {len(part)} bayt)")
            self._send(part, deadline)

    def fill(self, chunk: str | bytes, limit: int, *, quiet: float = 0.3) -> int:
        """Karşı taraf okumayı bırakana ya da `limit` bayta kadar gönderir; giden bayt sayısını döndürür."""
        data = as_bytes(chunk)
        total = 0
        while total < limit and sockets.writable(self.socket, Deadline(quiet)):
            try:
                total += self.socket.send(data[total % len(data) :])
            except OSError:
                break
        self._scene.step(f"{self.label} okumadan {total} bayt gönderdi")
        return total

    def half_close(self) -> None:
        """Gönderme yönünü kapatır (FIN); okuma sürer."""
        self._scene.step(f"{self.label} yarı kapattı (FIN)")
        self.socket.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        """Bağlantıyı RST ile koparır."""
        self._scene.step(f"{self.label} sıfırladı (RST)")
        sockets.reset(self.socket)
        self._scene.disown(self)

    def close(self) -> None:
        self.socket.close()
        self._scene.disown(self)

    # --- beklemek

    def expect(self, expected: str | bytes, *, seconds: float = clock.EXPECT_SECONDS) -> None:
        """Sıradaki baytlar tam olarak bunlar olmalı; arkasından gelenler sonraki beklentiye kalır."""
        __tracebackhide__ = True
        wanted = as_bytes(expected)
        deadline = Deadline(seconds)
        while len(self._received) < len(wanted) and _starts(wanted, self._received):
            if not self._receive(deadline):
                break
        if not self._received.startswith(wanted):
            self._collect_context(wanted)
            self._fail(f"{difference.quote(wanted)} bekleniyordu", Evidence(expected=wanted))
        self._take(len(wanted))

    def expect_line(
        self, expected: str | re.Pattern[str], *, seconds: float = clock.EXPECT_SECONDS
    ) -> re.Match[str]:
        """Sıradaki satır (sonundaki `\\n` olmadan) bu metin ya da bütünüyle bu kalıp olmalı."""
        __tracebackhide__ = True
        literal = isinstance(expected, str)
        pattern = re.compile(re.escape(expected)) if literal else expected
        wanted = f"{expected}\n".encode() if literal else None
        line = self._line(Deadline(seconds))
        match = pattern.fullmatch(line.decode("utf-8", "backslashreplace")) if line is not None else None
        if match is None:
            if literal:
                self._fail(f"{difference.quote(wanted)} bekleniyordu", Evidence(expected=wanted), line)
            meant = _meant(pattern, bytes(self._received) if line is None else line)
            evidence = Evidence(expected=meant, pattern=pattern)
            self._fail(f"/{pattern.pattern}/ kalıbına uyan satır bekleniyordu", evidence, line)
        self._take(len(line) + 1)
        return match

    def read_line(self, *, seconds: float = clock.EXPECT_SECONDS) -> str:
        """Sıradaki satır ne olursa olsun, sonundaki `\\n` olmadan."""
        __tracebackhide__ = True
        return self.expect_line(re.compile(".*", re.DOTALL), seconds=seconds)[0]

    def expect_single_read(
        self, expected: str | bytes | re.Pattern[str], *, seconds: float = clock.EXPECT_SECONDS
    ) -> None:
        """Tek bir recv() tam olarak bunu getirmeli: belgenin istemcileri bir recv'i bir yanıt sayar."""
        __tracebackhide__ = True
        if self._received:
            fail(f"{self.label}: önceki beklentiden artan bayt var: {difference.quote(bytes(self._received))}")
        self._receive(Deadline(seconds))
        got = bytes(self._received)
        if isinstance(expected, re.Pattern):
            matches = expected.fullmatch(got.decode("utf-8", "backslashreplace")) is not None
            evidence = Evidence(pattern=expected, want="single-read")
        else:
            matches = got == as_bytes(expected)
            evidence = Evidence(expected=as_bytes(expected), want="single-read")
        if not matches:
            self._fail("yanıtın tek okumada, eksiksiz ve yalnız gelmesi bekleniyordu", evidence)
        self._take(len(got))

    def expect_eof(self, *, seconds: float = clock.EXPECT_SECONDS) -> None:
        """Karşı taraf, başka bayt göndermeden akışı bitirmeli (FIN)."""
        __tracebackhide__ = True
        self._receive(Deadline(seconds))
        if self._received or self._ending != "eof":
            self._fail("akış sonu bekleniyordu", Evidence(want="eof", expected=b"" if self._received else None))
        self._scene.step(f"{self.label} ← akış sonu")

    def expect_reset(self, *, seconds: float = clock.EXPECT_SECONDS) -> None:
        """Karşı taraf bağlantıyı RST ile koparmalı; önce gelen baytlar atlanır."""
        __tracebackhide__ = True
        deadline = Deadline(seconds)
        self._drain(deadline)
        if self._ending == "eof" and sockets.reset_arrived(self.socket, deadline):
            self._ending = "reset"
        if self._ending != "reset":
            self._fail("bağlantının sıfırlanması bekleniyordu", Evidence(want="reset"))
        self._scene.step(f"{self.label} ← sıfırlama (RST)")

    def expect_closed(self, *, seconds: float = clock.EXPECT_SECONDS) -> None:
        """Bağlantı FIN ile ya da RST ile bitmeli; önce gelen baytlar atlanır."""
        __tracebackhide__ = True
        self._drain(Deadline(seconds))
        if self._ending not in ("eof", "reset"):
            self._fail("bağlantının kapanması bekleniyordu", Evidence(want="eof"))
        self._scene.step(f"{self.label} ← bağlantı kapandı")

    def expect_silence(self, seconds: float = 0.2) -> None:
        """Bu süre boyunca hiçbir şey gelmemeli ve bağlantı açık kalmalı."""
        __tracebackhide__ = True
        self._receive(Deadline(seconds))
        if self._received or self._ending != "timeout":
            self._fail("hiçbir şey gelmemesi bekleniyordu", Evidence(want="silence", expected=b""))
        self._scene.step(f"{self.label}: {seconds:g} s sessizlik")

    def read_exactly(self, size: int, *, seconds: float = clock.EXPECT_SECONDS) -> bytes:
        """Sıradaki `size` bayt."""
        __tracebackhide__ = True
        deadline = Deadline(seconds)
        while len(self._received) < size:
            if not self._receive(deadline):
                self._fail(f"{size} bayt bekleniyordu, {len(self._received)} bayt geldi", Evidence())
        return self._take(size)

    def read_until_eof(self, *, seconds: float = clock.EXPECT_SECONDS) -> bytes:
        """Akış sonuna kadar gelen her şey."""
        __tracebackhide__ = True
        self._drain(Deadline(seconds))
        if self._ending != "eof":
            self._fail("verinin ardından akış sonu bekleniyordu", Evidence(want="eof"))
        return self._take(len(self._received))

    # --- iç işler

    def _send(self, data: bytes, deadline: Deadline) -> None:
        __tracebackhide__ = True
        self.sent = (self.sent + data)[-65536:]
        view = memoryview(data)
        while view:
            if not sockets.writable(self.socket, deadline):
                self._ending = "timeout"
                self._fail(f"{len(view)} bayt daha gönderilemedi: karşı taraf okumuyor", Evidence(want="send"))
            try:
                view = view[self.socket.send(view) :]
            except BlockingIOError:
                continue
            except OSError as error:
                self._ending = "reset"
                self._fail(f"gönderilemedi: {reason(error)}", Evidence(want="send"))

    def _receive(self, deadline: Deadline) -> bool:
        """Bir recv(); veri geldiyse True, gelmediyse `_ending` nedenini söyler."""
        if not sockets.readable(self.socket, deadline):
            self._ending = "timeout"
            return False
        try:
            data = self.socket.recv(262144)
        except BlockingIOError:
            return self._receive(deadline)
        except OSError:
            self._ending = "reset"
            return False
        if not data:
            self._ending = "eof"
            return False
        self._received += data
        return True

    def _drain(self, deadline: Deadline) -> None:
        while self._receive(deadline):
            pass

    def _line(self, deadline: Deadline) -> bytes | None:
        while b"\n" not in self._received:
            if len(self._received) > LONGEST_LINE or not self._receive(deadline):
                return None
        return bytes(self._received.split(b"\n", 1)[0])

    def _collect_context(self, wanted: bytes) -> None:
        """Fark görüldüğünde satırın kalanı da iletiye girsin diye kısa bir bekleyiş."""
        if not _starts(wanted, self._received):
            deadline = Deadline(0.1)
            while len(self._received) < len(wanted) + 256 and self._receive(deadline):
                pass
            self._ending = "mismatch"

    def _take(self, size: int) -> bytes:
        taken = bytes(self._received[:size])
        del self._received[:size]
        if taken:
            self._scene.step(f"{self.label} ← {difference.quote(taken)}")
        return taken

    def _fail(self, expectation: str, evidence: Evidence, line: bytes | None = None) -> NoReturn:
        __tracebackhide__ = True
        evidence.received = bytes(self._received) if line is None else line + b"\n"
        evidence.sent = self.sent
        evidence.ending = self._ending if line is None else "mismatch"
        evidence.rivals = sum(peer.is_open for peer in self._earlier)
        fail(f"{self.label}: {expectation}{ENDINGS[evidence.ending]}", evidence)

    @property
    def is_open(self) -> bool:
        return self.socket.fileno() >= 0

    def _open_peers(self) -> list[StreamPeer]:
        return [
            thing
            for thing in self._scene.owned()
            if isinstance(thing, StreamPeer) and thing.is_open and thing.remote == self.remote
        ]


def _meant(pattern: re.Pattern[str], received: bytes) -> bytes | None:
    """Beklenen satır, gelenden anlaşılabiliyorsa: yalnız sonu yanlış ya da uyan bir başın arkasında fazlası var."""
    text = received.decode("utf-8", "backslashreplace")
    body = text.rstrip("\r\n")
    if pattern.fullmatch(body):
        return f"{body}\n".encode()
    start = pattern.match(text)
    return f"{start[0]}\n".encode() if start and start[0] else None


def _starts(wanted: bytes, received: bytearray) -> bool:
    """Gelen, beklenenin başı olabilir mi?"""
    return wanted[: len(received)] == received


ENDINGS = {
    "": "",
    "timeout": "; süre doldu",
    "eof": "; karşı taraf bağlantıyı kapattı",
    "reset": "; bağlantı sıfırlandı (RST)",
    "mismatch": "; başka bir şey geldi",
}


class TcpPeer(StreamPeer):
    """Sunucuya bağlanan, el ile yönetilen TCP istemcisi."""

    @classmethod
    def connect(cls, server: Any, *, seconds: float = clock.EXPECT_SECONDS, receive_buffer: int = 0) -> TcpPeer:
        """`server`: Program, Proxy ya da Address. `receive_buffer`, yavaş okuyanı küçük tamponla taklit eder."""
        __tracebackhide__ = True
        address = address_of(server)
        sock = _connected(address, seconds, receive_buffer)
        peer = cls(sock, address)
        scene.step(f"{peer.label} bağlandı: {peer.local} → {address}")
        return peer


class UnixPeer(StreamPeer):
    """UNIX akış soketine bağlanan karşı taraf."""

    @classmethod
    def connect(cls, server: Any, *, seconds: float = clock.EXPECT_SECONDS) -> UnixPeer:
        __tracebackhide__ = True
        address = address_of(server)
        peer = cls(_connected(address, seconds, 0), address)
        scene.step(f"{peer.label} bağlandı: {address}")
        return peer


def _connected(address: Address, seconds: float, receive_buffer: int) -> socket.socket:
    __tracebackhide__ = True
    deadline = Deadline(seconds)
    sock = socket.socket(address.family, socket.SOCK_STREAM)
    if receive_buffer:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    sock.settimeout(deadline.remaining())
    try:
        sock.connect(address.sockaddr)
    except OSError as error:
        sock.close()
        fail(f"{address} adresine bağlanılamadı: {reason(error)}")
    return sock
