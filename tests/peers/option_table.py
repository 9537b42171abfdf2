"""Ders 03'ün iki Python eşinin ortak yarısı: TCP soketi, seçenek tablosu, tablonun yazılışı."""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass

import contract

TIMEVAL = struct.Struct("@ll")
LINGER = struct.Struct("@ii")
KINDS = {socket.AF_INET: "AF_INET", socket.AF_INET6: "AF_INET6"}


@dataclass(frozen=True)
class Option:
    name: str
    level: int
    number: int
    wish: float | None = None
    kind: str = "number"


def options(
    family: int, *, sndbuf: int = 65536, rcvbuf: int = 65536, no_delay: bool = True, dual_stack: bool = False, timeout: float = 30
) -> list[Option]:
    tcp, level = socket.IPPROTO_TCP, socket.SOL_SOCKET
    table = [
        Option("SO_REUSEADDR", level, socket.SO_REUSEADDR, 1),
        Option("TCP_NODELAY", tcp, socket.TCP_NODELAY, int(no_delay)),
        Option("SO_RCVTIMEO", level, socket.SO_RCVTIMEO, timeout, "timeout"),
        Option("SO_SNDTIMEO", level, socket.SO_SNDTIMEO, timeout, "timeout"),
        Option("SO_SNDBUF", level, socket.SO_SNDBUF, sndbuf or None),
        Option("SO_RCVBUF", level, socket.SO_RCVBUF, rcvbuf or None),
        Option("SO_KEEPALIVE", level, socket.SO_KEEPALIVE, 1),
        Option("TCP_KEEPIDLE", tcp, socket.TCP_KEEPIDLE, 60, "seconds"),
        Option("TCP_KEEPINTVL", tcp, socket.TCP_KEEPINTVL, 10, "seconds"),
        Option("TCP_KEEPCNT", tcp, socket.TCP_KEEPCNT, 6),
        Option("SO_LINGER", level, socket.SO_LINGER, None, "linger"),
    ]
    if family == socket.AF_INET6:
        table.append(Option("IPV6_V6ONLY", socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(not dual_stack)))
    return table


def create(family: int, table: list[Option]) -> socket.socket:
    """Seçenekleri kurulmuş, açık bir TCP soketi."""
    sock = socket.socket(family, socket.SOCK_STREAM)
    for option in table:
        if option.kind == "timeout":
            microseconds = round((option.wish or 0) * 1_000_000)
            sock.setsockopt(option.level, option.number, TIMEVAL.pack(*divmod(microseconds, 1_000_000)))
        elif option.wish is not None:
            sock.setsockopt(option.level, option.number, int(option.wish))
    sock.setblocking(False)
    return sock


def value(sock: socket.socket, option: Option) -> str:
    """Çekirdeğin şimdiki değeri."""
    if option.kind == "timeout":
        seconds, microseconds = TIMEVAL.unpack(sock.getsockopt(option.level, option.number, TIMEVAL.size))
        total = seconds + microseconds / 1_000_000
        return f"{total:g} s" if total else "sınırsız"
    if option.kind == "linger":
        on, seconds = LINGER.unpack(sock.getsockopt(option.level, option.number, LINGER.size))
        return f"{seconds} s" if on else "kapalı"
    number = sock.getsockopt(option.level, option.number)
    return f"{number} s" if option.kind == "seconds" else str(number)


def wish_text(option: Option) -> str:
    if option.wish is None:
        return "-"
    return f"{option.wish:g} s" if option.kind in ("timeout", "seconds") else str(int(option.wish))


def show(sock: socket.socket, table: list[Option], address: str) -> None:
    """Soketin kimliği ve tablosu, stdout'a."""
    family, kind, protocol = (sock.getsockopt(socket.SOL_SOCKET, number) for number in (socket.SO_DOMAIN, socket.SO_TYPE, 38))
    contract.say(f"Socket oluşturuldu: fd={sock.fileno()}, yerel adres {address}")
    contract.say(f"Socket ailesi: {family} ({KINDS.get(family, '?')})")
    contract.say(f"Socket tipi: {kind} ({'SOCK_STREAM' if kind == socket.SOCK_STREAM else '?'})")
    contract.say(f"Socket protokolü: {protocol} ({'IPPROTO_TCP' if protocol == socket.IPPROTO_TCP else '?'})\n")
    contract.say(f"{'Seçenek':15}{'istenen':12}{'çekirdek':11}{'dokunulmasaydı'}")
    with socket.socket(sock.family, socket.SOCK_STREAM) as untouched:
        for option in table:
            contract.say(f"{option.name:15}{wish_text(option):12}{value(sock, option):11}{value(untouched, option)}")
