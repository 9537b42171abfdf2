"""Bir sunucunun adresi: hazır olma satırındaki yazılışı, soket çağrılarındaki ve komut satırındaki biçimi."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from typing import Any

READY_LINE = re.compile(
    r"(?:unix:(?P<path>\S.*)|\[(?P<host6>[0-9A-Fa-f:.%\w]+)\]:(?P<port6>\d+)|(?P<host>[^\s:\[\]]+):(?P<port>\d+))"
    r" dinleniyor"
)


@dataclass(frozen=True)
class Address:
    """TCP ya da UDP için konak ve port, UNIX soketi için dosya yolu."""

    host: str = ""
    port: int = 0
    path: str = ""

    @property
    def family(self) -> socket.AddressFamily:
        if self.path:
            return socket.AF_UNIX
        return socket.AF_INET6 if ":" in self.host else socket.AF_INET

    @property
    def sockaddr(self) -> Any:
        """socket modülünün bind() ve connect() için beklediği değer."""
        return self.path if self.path else (self.host, self.port)

    def arguments(self) -> list[str]:
        """Bir istemciye bu adresi söyleyen seçenekler."""
        if self.path:
            raise ValueError("UNIX soketinin ortak bir seçeneği yok; dersin kendi seçeneğini ver")
        return ["--host", self.host, "--port", str(self.port)]

    def __str__(self) -> str:
        if self.path:
            return f"unix:{self.path}"
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def from_socket(sock: socket.socket) -> Address:
    """Soketin bağlı olduğu yerel adres."""
    name = sock.getsockname()
    return Address(path=name) if sock.family == socket.AF_UNIX else Address(name[0], name[1])


def parse_ready_line(line: str) -> Address | None:
    """`HOST:PORT dinleniyor` satırını çözer; satır bu biçimde değilse None."""
    match = READY_LINE.fullmatch(line)
    if match is None:
        return None
    if match["path"]:
        return Address(path=match["path"])
    port = int(match["port6"] or match["port"])
    if not 0 < port <= 65535:
        return None
    return Address(match["host6"] or match["host"], port)


def address_of(target: Any) -> Address:
    """Address ya da `.address` taşıyan bir şey (program, vekil sunucu, dinleyici)."""
    return target if isinstance(target, Address) else target.address
