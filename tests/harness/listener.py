"""El ile yönetilen sunucular: bir istemciyi denemek için dinleyen, ne yapacağını testin söylediği uçlar.

    listener = TcpListener()
    client = start_client(to=listener)
    peer = listener.accept()
    peer.send("Hoşgeldiniz! ...\\n")
    peer.expect_line("Hello Server")
    peer.reset()
"""

from __future__ import annotations

import socket
from pathlib import Path

from harness import clock, scene, sockets
from harness.address import Address, from_socket
from harness.clock import Deadline
from harness.failure import Evidence, fail
from harness.peer import StreamPeer


class TcpListener:
    """Boş bir portta dinler; `accept()` her gelen için bir karşı taraf verir."""

    def __init__(self, host: str = "127.0.0.1", *, backlog: int = 16, listen: bool = True) -> None:
        address = Address(host, 0)
        self._open(socket.socket(address.family, socket.SOCK_STREAM), address, backlog if listen else None)

    def accept(self, *, seconds: float = clock.EXPECT_SECONDS) -> StreamPeer:
        __tracebackhide__ = True
        if not sockets.readable(self.socket, Deadline(seconds)):
            fail(f"{self.address} adresine kimse bağlanmadı; süre doldu", Evidence(want="connection"))
        sock, name = self.socket.accept()
        remote = Address(path=name or "istemci") if self.address.path else Address(name[0], name[1])
        peer = StreamPeer(sock, remote)
        scene.step(f"{peer.label} kabul edildi: {remote} → {self.address}")
        return peer

    def expect_nobody(self, seconds: float = 0.2) -> None:
        """Bu süre içinde kimse bağlanmamalı."""
        __tracebackhide__ = True
        if sockets.readable(self.socket, Deadline(seconds)):
            fail(f"{self.address} adresine beklenmeyen bir bağlantı geldi")

    def close(self) -> None:
        self.socket.close()

    def _open(self, sock: socket.socket, address: Address, backlog: int | None) -> None:
        self.socket = sock
        sock.bind(address.sockaddr)
        if backlog is not None:
            sock.listen(backlog)
        sock.setblocking(False)
        self.address = from_socket(sock)
        scene.current().own(self)
        scene.step(f"el ile sunucu {'dinliyor' if backlog is not None else 'adresi tutuyor'}: {self.address}")


class UnixListener(TcpListener):
    """Aynısı, UNIX akış soketinde."""

    def __init__(self, path: Path | str, *, backlog: int = 16) -> None:
        self._open(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM), Address(path=str(path)), backlog)


def refusing_tcp(host: str = "127.0.0.1") -> Address:
    """Bağlanmayı kesin reddeden adres: porta bağlı ama dinlemeyen bir soket onu test boyunca tutar."""
    return TcpListener(host, listen=False).address


def refusing_udp(host: str = "127.0.0.1") -> Address:
    """Gönderilene "port kapalı" yanıtı dönen adres: başkasına bağlanmış bir soket portu test boyunca tutar."""
    address = Address(host, 0)
    sock = socket.socket(address.family, socket.SOCK_DGRAM)
    sock.bind(address.sockaddr)
    held = from_socket(sock)
    sock.connect((host, held.port))
    scene.current().own(sock)
    scene.step(f"kapalı UDP portu: {held}")
    return held
