"""Ders 06'nın beş sunucusunun ölçümü: aynı işi yaparken her birinin ne harcadığı.

Turlar iç içedir (her turda beş mimarinin beşi): makine ölçüm sürerken yavaşlarsa hepsini etkiler, birini kayırmaz.
Yük derslerin kendi istemcisidir ve yanıtları denetler; bellek ve takılma, buradaki yalın soketlerle ölçülür.
"""

from __future__ import annotations

import contextlib
import re
import select
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from yuva import manifest
from yuva.bench_report import Report, decimal
from yuva.bench_report import table as markdown_table
from yuva.bench_server import WAIT_SECONDS, Server
from yuva.build import RELEASE, build_lesson
from yuva.terminal import Failure, Progress

LESSON = "06"
ARCHITECTURES = ("iterative", "fork", "thread", "prefork", "pool")
WORKERS = 4
MAX_CLIENTS = 256
ROUNDS = 4

IDLE_CONNECTIONS = (0, 50, 200)
STALLED = (1, WORKERS)
OTHERS = 20
STALL_SECONDS = 1.0

CONCURRENCY = 4
NEW_CONNECTIONS = 2000
SESSION_REQUESTS = 20000
QUICK_SHARE = 2

LOAD_SECONDS = 60.0
LOAD_LINE = re.compile(r"Toplam: [\d.]+ s, saniyede (?P<requests>\d+) istek ve (?P<connections>\d+) bağlantı")


@dataclass(frozen=True)
class Sample:
    """Bir mimarinin bir turu."""

    connections_per_second: float
    connection_cpu: float
    """Her istek yeni bağlantıyla gelirken sunucunun istek başına işlemci süresi, mikrosaniye."""
    request_cpu: float
    """İstekler açık bağlantılardan gelirken."""
    memory: Sequence[float]
    """IDLE_CONNECTIONS kadar boşta bağlantı varken, MiB."""
    served: Sequence[int]
    """STALLED kadar istemci takılmışken, OTHERS içinden kaçına bir saniyede yanıt verildi."""


def measure(quick: bool) -> Report:
    folder = build_lesson(RELEASE, manifest.load().find(LESSON))
    rounds = 1 if quick else ROUNDS
    share = QUICK_SHARE if quick else 1
    samples: dict[str, list[Sample]] = {architecture: [] for architecture in ARCHITECTURES}
    progress = Progress("Mimariler ölçülüyor")
    for turn in range(rounds):
        for architecture in ARCHITECTURES:
            progress.show(f"tur {turn + 1}/{rounds}: {architecture}")
            samples[architecture].append(sample(folder, architecture, share))
    progress.done()
    summary = (
        f"{rounds} turun en iyisi; istemci de aynı makinede, aynı anda {CONCURRENCY} bağlantıdan sorar. "
        f"`prefork` ve `pool` {WORKERS} işçiyle. İşlemci, istek başına mikrosaniye; bellek, MiB."
    )
    return Report(f"{summary}\n\n{table(samples)}")


def sample(folder: Path, architecture: str, share: int) -> Sample:
    """Yeni başlamış bir sunucuda bütün ölçümler; bellek, yük onu büyütmeden önce ölçülür."""
    with contextlib.closing(Server(command(folder, architecture))) as server:
        memory = [idle_memory(server, architecture, count) for count in IDLE_CONNECTIONS]
        served = [served_beside_stalled(server, architecture, count) for count in STALLED]
        client = folder / "client"
        connections, connection_cpu = load(server, client, NEW_CONNECTIONS // share, "--new-connections")
        _, request_cpu = load(server, client, SESSION_REQUESTS // share)
        return Sample(connections, connection_cpu, request_cpu, memory, served)


def command(folder: Path, architecture: str) -> list[str]:
    options = ["--port", "0", "--architecture", architecture]
    bounds = ["--workers", str(WORKERS), "--max-clients", str(MAX_CLIENTS)]
    return [str(folder / "server"), *options, *bounds]


def load(server: Server, client: Path, requests: int, *options: str) -> tuple[float, float]:
    """Saniyede kurulan bağlantı ve sunucunun istek başına işlemci süresi (mikrosaniye)."""
    host, port = server.address
    target = ["--host", host, "--port", str(port)]
    amount = ["--requests", str(requests), "--concurrency", str(CONCURRENCY)]
    before = server.cpu_seconds()
    result = subprocess.run(
        [str(client), *target, *amount, *options], capture_output=True, text=True, timeout=LOAD_SECONDS
    )
    spent = server.cpu_seconds() - before
    line = LOAD_LINE.search(result.stdout)
    if result.returncode != 0 or not line:
        raise Failure(f"yük tamamlanamadı: {result.stderr.strip()}")
    return float(line["connections"]), spent / requests * 1e6


def capacity(architecture: str) -> int:
    """Aynı anda karşılanan en çok bağlantı."""
    return {"iterative": 1, "prefork": WORKERS, "pool": WORKERS}.get(architecture, MAX_CLIENTS)


@contextlib.contextmanager
def connected(server: Server, count: int, text: str = "") -> Iterator[list[socket.socket]]:
    """`count` bağlantı; her biri, karşılanmayı beklemeden `text`i göndermiş."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_connection(server.address, WAIT_SECONDS)) for _ in range(count)]
        for each in sockets:
            each.sendall(text.encode())
        yield sockets


def count_until(sockets: Sequence[socket.socket], word: str, enough: int, seconds: float) -> int:
    """Süre dolana ya da `enough` olana dek, kaçına içinde `word` geçen bir şey geldi?"""
    received = dict.fromkeys(sockets, b"")
    waiting = set(sockets)
    end = time.monotonic() + seconds
    while waiting and len(sockets) - len(waiting) < enough and (left := end - time.monotonic()) > 0:
        for each in select.select(list(waiting), [], [], left)[0]:
            chunk = each.recv(65536)
            received[each] += chunk
            if not chunk or word.encode() in received[each]:
                waiting.discard(each)
    return sum(word.encode() in text for text in received.values())


def idle_memory(server: Server, architecture: str, count: int) -> float:
    """Karşılanabilenlerin hepsi karşılandığında; ötekiler kuyrukta bekler."""
    with connected(server, count) as sockets:
        expected = min(count, capacity(architecture))
        if count_until(sockets, "Hoşgeldiniz", expected, WAIT_SECONDS) < expected:
            raise Failure(f"{architecture}: {count} boşta bağlantının {expected} tanesi karşılanmadı")
        return server.memory_mib()


def served_beside_stalled(server: Server, architecture: str, stalled: int) -> int:
    """`stalled` istemci satırını yarım bırakmışken, sonradan gelenlerden kaçı bir saniyede yanıt aldı?"""
    with connected(server, stalled, "top") as stuck:
        count_until(stuck, "Hoşgeldiniz", min(stalled, capacity(architecture)), WAIT_SECONDS)
        with connected(server, OTHERS, "topla 1 2\n") as others:
            for each in others:
                each.shutdown(socket.SHUT_WR)
            return count_until(others, "Sonuç: 3", OTHERS, STALL_SECONDS)


def table(samples: dict[str, list[Sample]]) -> str:
    heads = ["mimari", "saniyede bağlantı", "işlemci, yeni bağlantıda", "işlemci, açık bağlantıda"]
    heads += [f"bellek, {count} boşta" for count in IDLE_CONNECTIONS]
    heads += [f"{count} takılan" for count in STALLED]
    return markdown_table([heads, *([f"`{name}`", *cells(found)] for name, found in samples.items())])


def cells(found: Sequence[Sample]) -> list[str]:
    """Her sütunda, makinenin en az rahatsız edildiği turun değeri: sapmalar hep kötüye doğrudur."""
    return [
        f"{max(each.connections_per_second for each in found):.0f}",
        decimal(min(each.connection_cpu for each in found)),
        decimal(min(each.request_cpu for each in found)),
        *(decimal(min(each.memory[at] for each in found)) for at in range(len(IDLE_CONNECTIONS))),
        *(f"{max(each.served[at] for each in found)} / {OTHERS}" for at in range(len(STALLED))),
    ]
