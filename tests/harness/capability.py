"""Makinenin yetenekleri: bazı testler IPv6, ad alanı ya da strace ister.

    @needs("ipv6")
    def test_six(...): ...

Yetenek yoksa test `yetenek yok: ...` diyerek atlanır ve kapanışta sayılır; CI=true ise başarısız olur.
"""

from __future__ import annotations

import functools
import os
import shutil
import socket
import tempfile
from pathlib import Path
from typing import Callable

import pytest

from harness.wrappers import host_named, with_mount, works

PREFIX = "yetenek yok: "


def needs(*names: str) -> pytest.MarkDecorator:
    """Bu yetenekleri isteyen testin işareti."""
    unknown = [name for name in names if name not in CAPABILITIES]
    if unknown:
        raise ValueError(f"bilinmeyen yetenek: {', '.join(unknown)} (bilinenler: {', '.join(CAPABILITIES)})")
    return pytest.mark.needs(*names)


def require(name: str) -> None:
    """Yetenek yoksa şimdiki testi atlar; CI'da başarısız kılar."""
    __tracebackhide__ = True
    present, text = CAPABILITIES[name]
    if not present():
        missing(f"{name} ({text})")


def missing(what: str) -> None:
    __tracebackhide__ = True
    reason = PREFIX + what
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}; CI'da her test çalışmak zorunda", pytrace=False)
    pytest.skip(reason)


@functools.lru_cache(maxsize=None)
def _ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as sock:
            sock.bind(("::1", 0))
        return True
    except OSError:
        return False


@functools.lru_cache(maxsize=None)
def _unshare() -> bool:
    return works(*host_named("deneme"), shutil.which("true") or "/bin/true")


@functools.lru_cache(maxsize=None)
def _mount() -> bool:
    """Özel bağlama yapılabiliyor ve bağlama bu makineye sızmıyor mu? /var/tmp'de, boş klasörlerle denenir."""
    if not _unshare():
        return False
    with tempfile.TemporaryDirectory(dir="/var/tmp") as source, tempfile.TemporaryDirectory(dir="/var/tmp") as target:
        bound = works(*host_named("deneme"), *with_mount(Path(source), target), shutil.which("true") or "/bin/true")
        leaked = f" {target} " in Path("/proc/self/mountinfo").read_text(encoding="utf-8")
        if leaked:
            works("umount", target)
    return bound and not leaked


@functools.lru_cache(maxsize=None)
def _strace() -> bool:
    return works("strace", "-qq", "-e", "trace=none", "true")


@functools.lru_cache(maxsize=None)
def _valgrind() -> bool:
    return shutil.which("valgrind") is not None


@functools.lru_cache(maxsize=None)
def _root() -> bool:
    return os.geteuid() == 0


@functools.lru_cache(maxsize=None)
def _not_root() -> bool:
    return os.geteuid() != 0


CAPABILITIES: dict[str, tuple[Callable[[], bool], str]] = {
    "ipv6": (_ipv6, "::1 adresine bağlanılamıyor"),
    "unshare": (_unshare, "ayrı bir ad alanında makine adı verilemiyor"),
    "mount": (_mount, "özel bir bağlama ad alanı açılamıyor"),
    "strace": (_strace, "strace yok ya da ptrace izni yok"),
    "valgrind": (_valgrind, "valgrind kurulu değil"),
    "root": (_root, "root değil"),
    "not-root": (_not_root, "root olarak çalışıyor"),
}
