"""Çekirdeğin /proc altında anlattıkları: bellek, işlemci, tanımlayıcılar, soket kuyrukları."""

from __future__ import annotations

import itertools
import os
import re
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

from harness.address import Address

LISTEN = 0x0A
UDP_BOUND = 0x07


@dataclass(frozen=True)
class SocketRow:
    """/proc/net/tcp ve benzerlerinin bir satırı."""

    local: Address
    state: int
    inode: int


def resident_kib(pid: int) -> int:
    """Fiziksel bellekteki boy."""
    return int(_status(pid, "VmRSS").split()[0])


def threads(pid: int) -> int:
    return int(_status(pid, "Threads"))


def open_descriptors(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))


def descriptor_limit_leaving(pid: int, count: int) -> int:
    """RLIMIT_NOFILE'ın, sürece `count` yeni tanımlayıcı bırakan değeri: numaralar en küçük boş olandan verilir."""
    used = {int(name) for name in os.listdir(f"/proc/{pid}/fd")}
    free = (number for number in itertools.count() if number not in used)
    return next(itertools.islice(free, count, None))


def cpu_seconds(pid: int) -> float:
    """Kullanıcı ve çekirdek kipinde harcanan işlemci süresi."""
    fields = _stat_fields(pid)
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def children(pid: int) -> list[int]:
    """Doğrudan çocuk süreçler."""
    return [child for child, fields in _processes() if int(fields[1]) == pid]


def in_group(group: int) -> list[int]:
    """Süreç grubunun, ölmüş olmayan üyeleri."""
    return [member for member, fields in _processes() if int(fields[2]) == group and fields[0] not in "ZX"]


def alive() -> list[int]:
    """Ölmüş olmayan bütün süreçler."""
    return [pid for pid, fields in _processes() if fields[0] not in "ZX"]


def has_variable(pid: int, name: str, value: str) -> bool:
    """Sürecin başlangıç ortamında bu değişken bu değerle var mı?"""
    try:
        return f"{name}={value}".encode() in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return False


def listening(pid: int, transport: str = "tcp") -> list[Address]:
    """Sürecin dinlediği (UDP'de: bağlı olduğu) adresler."""
    inodes = _socket_inodes(pid)
    wanted = LISTEN if transport == "tcp" else UDP_BOUND
    return [row.local for row in sockets(transport) if row.state == wanted and row.inode in inodes]


def sockets(transport: str = "tcp") -> list[SocketRow]:
    return [row for suffix in ("", "6") for row in _table(f"/proc/net/{transport}{suffix}")]


def _status(pid: int, key: str) -> str:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        name, _, value = line.partition(":")
        if name == key:
            return value.strip()
    raise KeyError(f"/proc/{pid}/status içinde {key} yok")


def _processes() -> Iterator[tuple[int, list[str]]]:
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                yield int(entry), _stat_fields(int(entry))
            except OSError:
                continue


def _stat_fields(pid: int) -> list[str]:
    """stat satırının, ayraçlı program adından sonraki alanları: 0 durum, 1 ana süreç, 2 grup, ..."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _socket_inodes(pid: int) -> set[int]:
    inodes = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        try:
            match = re.fullmatch(r"socket:\[(\d+)\]", os.readlink(descriptor))
        except OSError:
            continue
        if match:
            inodes.add(int(match[1]))
    return inodes


def _table(path: str) -> list[SocketRow]:
    try:
        with open(path, encoding="ascii") as table:
            lines = table.read().splitlines()[1:]
    except OSError:
        return []
    rows = []
    for line in lines:
        fields = line.split()
        rows.append(SocketRow(local=_endpoint(fields[1]), state=int(fields[3], 16), inode=int(fields[9])))
    return rows


def _endpoint(text: str) -> Address:
    """`0100007F:2328`: adres, dörder baytlık makine sırasında on altılık."""
    host, _, port = text.partition(":")
    raw = bytes.fromhex(host)
    if sys.byteorder == "little":
        raw = b"".join(raw[at : at + 4][::-1] for at in range(0, len(raw), 4))
    family = socket.AF_INET if len(raw) == 4 else socket.AF_INET6
    return Address(socket.inet_ntop(family, raw).removeprefix("::ffff:"), int(port, 16))
