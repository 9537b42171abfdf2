"""Sürümü sabitlenmiş araçlar: clang-format ve clang-tidy 14.

Sabit sürüm dağıtımda varsa o kurulur ve kararı o verir. Yoksa (Debian 13) eldeki sürüm çalışır; bulduğu farklar
gösterilir, hata sayılmaz, çünkü farkı yazanın mı sürümün mü doğurduğu oradan anlaşılamaz.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass

from yuva import processes
from yuva.packages import CHECKING, Command, ensure
from yuva.terminal import Failure

PINNED_VERSION = 14
REASON = "scripts/check bununla denetler"


@dataclass(frozen=True)
class Tool:
    name: str
    path: str
    version: int

    @property
    def pinned(self) -> bool:
        return self.version == PINNED_VERSION

    @property
    def warning(self) -> str | None:
        """Sabit sürüm değilse okuyana söylenecek söz."""
        if self.pinned:
            return None
        return (
            f"sabitlenen {self.name} {PINNED_VERSION} bu dağıtımda yok, {self.version} ile bakıldı; "
            "bulunan fark hata sayılmaz"
        )


def find(name: str) -> Tool | None:
    """Önce sabit sürüm, yoksa eldeki."""
    found = [tool for tool in (probe(f"{name}-{PINNED_VERSION}", name), probe(name, name)) if tool]
    return next((tool for tool in found if tool.pinned), found[0] if found else None)


def probe(program: str, name: str) -> Tool | None:
    path = shutil.which(program)
    if path is None:
        return None
    version = Command(name, "", (program,)).version() or "0"
    return Tool(name, path, int(version.split(".")[0]))


def obtain(name: str) -> Tool:
    """Aracı bulur; gerekirse kurar."""
    tool = find(name)
    if tool and tool.pinned:
        return tool
    versioned = f"{name}-{PINNED_VERSION}"
    if apt_offers(versioned):
        ensure([Command(versioned, REASON, (versioned,))], REASON)
    elif tool is None:
        ensure([requirement for requirement in CHECKING if requirement.package == name], REASON)
    tool = find(name)
    if tool is None:
        raise Failure(f"{name} bulunamıyor; ne gerektiği: scripts/lesson doctor")
    return tool


def apt_offers(package: str) -> bool:
    if shutil.which("apt-cache") is None:
        return False
    code, output = processes.capture(["apt-cache", "show", "--no-all-versions", package])
    return code == 0 and output.startswith("Package:")


def workers() -> int:
    return len(os.sched_getaffinity(0))
