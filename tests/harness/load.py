"""Yük: çok sayıda bağlantı, ama hep sayısı ve süresi belli."""

from __future__ import annotations

import os
import resource
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Callable, Iterator, NoReturn, TypeVar

from harness import procfs, scene, sockets
from harness.address import Address, address_of
from harness.clock import Deadline
from harness.errors import reason
from harness.failure import Evidence, fail
from harness.peer import TcpPeer

MOST_CONNECTIONS = 10_000
Result = TypeVar("Result")


def many_connections(
    server: Any, count: int, body: Callable[[TcpPeer, int], Result], *, at_once: int = 16, seconds: float = 30.0
) -> list[Result]:
    """`count` bağlantının her birinde body(peer, sıra); en çok `at_once` tanesi aynı anda. Sonuçlar sırasıyla döner."""
    __tracebackhide__ = True
    _check_count(count)
    deadline = Deadline(seconds)
    address = address_of(server)

    def one(index: int) -> Result:
        __tracebackhide__ = True
        if deadline.expired:
            _fail_late(count, deadline, index)
        peer = TcpPeer.connect(address)
        try:
            return body(peer, index)
        finally:
            peer.close()

    scene.step(f"{count} bağlantı, en çok {at_once} tanesi aynı anda: {address}")
    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(one, range(count)))


def storm(server: Any, count: int, *, say: bytes = b"", ending: str = "close", seconds: float = 30.0) -> None:
    """Art arda bağlanır, `say` gönderir, yanıt beklemeden ayrılır: `ending` close (FIN) ya da reset (RST)."""
    __tracebackhide__ = True
    _check_count(count)
    deadline = Deadline(seconds)
    address = address_of(server)
    scene.step(f"{count} bağlantı art arda ({ending}): {address}")
    for index in range(count):
        if deadline.expired:
            _fail_late(count, deadline, index)
        sock = _connect(address, deadline, index)
        sock.sendall(say)
        (sockets.reset if ending == "reset" else socket.socket.close)(sock)


@contextmanager
def idle_connections(server: Any, count: int, *, seconds: float = 30.0) -> Iterator[list[socket.socket]]:
    """Açık duran, susan `count` bağlantı; çıkışta kapanırlar."""
    __tracebackhide__ = True
    _check_count(count)
    _raise_descriptor_limit(procfs.open_descriptors(os.getpid()) + count + 256)
    deadline = Deadline(seconds)
    address = address_of(server)
    opened: list[socket.socket] = []
    scene.step(f"{count} sessiz bağlantı açılıyor: {address}")
    try:
        for index in range(count):
            opened.append(_connect(address, deadline, index))
        yield opened
    finally:
        for sock in opened:
            sock.close()


def _connect(address: Address, deadline: Deadline, index: int) -> socket.socket:
    __tracebackhide__ = True
    sock = socket.socket(address.family, socket.SOCK_STREAM)
    sock.settimeout(max(0.001, deadline.remaining()))
    try:
        sock.connect(address.sockaddr)
    except OSError as error:
        sock.close()
        fail(f"{index + 1}. bağlantı kurulamadı: {reason(error)}", Evidence(want="load"))
    return sock


def _fail_late(count: int, deadline: Deadline, done: int) -> NoReturn:
    __tracebackhide__ = True
    fail(f"{count} bağlantı {deadline.seconds:g} saniyeye sığmadı; {done} tanesi yapılabildi", Evidence(want="load"))


def _check_count(count: int) -> None:
    if count > MOST_CONNECTIONS:
        raise ValueError(f"en çok {MOST_CONNECTIONS} bağlantı")


def _raise_descriptor_limit(needed: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < needed:
        wanted = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
