"""`scripts/lesson doctor`: bu makinede ne var, ne eksik ve eksik için ne yazmalı."""

from __future__ import annotations

import os
import platform
import socket
import subprocess
import sys
from typing import Iterable, Sequence

from yuva import manifest, packages
from yuva.lint import CLANG
from yuva.packages import BOOTSTRAP, Requirement
from yuva.terminal import paint

PYTEST_PACKAGES = ("python3-pytest", "python3-pytest-xdist")


def report() -> int:
    """Bölüm bölüm yazar. Dersler çalışabiliyorsa 0, çalışamıyorsa 1."""
    lessons = manifest.load().lessons
    _heading("Python")
    _found("python3", f"{platform.python_version()} ({sys.executable})")
    absent = _section("Derlemek ve çalıştırmak", packages.TOOLCHAIN)
    absent += _section("Derslerin kütüphaneleri", packages.libraries_of(lessons))
    runnable = not absent
    absent += _pytest()
    absent += _section("Sınamak", packages.TESTING)
    absent += _section("Hata ayıklamak", (packages.GDB, packages.VALGRIND))
    absent += _section("Denetlemek (scripts/check)", (*packages.CHECKING, CLANG, packages.THREAD_SANITIZER))
    by_hand = _section("Sayfalardaki deneyler", packages.EXPERIMENTS)
    _loopback()
    _advice(absent, by_hand, runnable)
    return 0 if runnable else 1


def _section(title: str, requirements: Sequence[Requirement]) -> list[str]:
    """Bölümü yazar; eksiklerin paketlerini döndürür."""
    if not requirements:
        return []
    _heading(title)
    absent = []
    for requirement in requirements:
        version = requirement.version()
        if version is None:
            absent.append(requirement.package)
            _absent(requirement.name, requirement.purpose)
        else:
            _found(requirement.name, version or "var")
    return absent


def _pytest() -> list[str]:
    """pytest başka bir Python'da olabilir; hangisi olduğunu başlatıcının kendi araması söyler."""
    _heading("pytest")
    script = '. "$0"; find_python pytest xdist && printf %s "$python"'
    search = subprocess.run(["sh", "-c", script, str(BOOTSTRAP)], capture_output=True, text=True)
    if search.returncode != 0:
        _absent("pytest, xdist", "scripts/test, scripts/lesson test")
        return list(PYTEST_PACKAGES)
    versions = "import pytest, xdist; print(f'pytest {pytest.__version__}, xdist {xdist.__version__}')"
    found = subprocess.run([search.stdout, "-c", versions], capture_output=True, text=True)
    _found("pytest", f"{found.stdout.strip()} ({search.stdout})")
    return []


def _loopback() -> None:
    _heading("Ağ (yalnız bu makinenin içi)")
    for title, family, host in (("IPv4", socket.AF_INET, "127.0.0.1"), ("IPv6", socket.AF_INET6, "::1")):
        try:
            with socket.socket(family) as probe:
                probe.bind((host, 0))
            _found(title, host)
        except OSError as problem:
            _absent(title, f"{host}: {problem.strerror}; {title} isteyen testler atlanır")


def _advice(absent: Iterable[str], by_hand: Iterable[str], runnable: bool) -> None:
    print()
    _install("Eksikler gerekince kendiliğinden kurulur. Elle kurmak için:", absent)
    _install("Deneylerin araçları kendiliğinden kurulmaz. Kurmak için:", by_hand)
    if runnable:
        print(paint("Dersler çalışabilir: scripts/lesson run 04", "green"))
    else:
        print(paint("Dersler şimdilik çalışamaz; 'Derlemek ve çalıştırmak' bölümündeki eksiklere bak.", "red"))


def _install(title: str, wanted: Iterable[str]) -> None:
    names = " ".join(dict.fromkeys(wanted))
    if names:
        print(title)
        print(f"    {_as_root()}apt-get install --no-install-recommends {names}")


def _as_root() -> str:
    return "" if os.geteuid() == 0 else "sudo "


def _heading(title: str) -> None:
    print(paint(title, "bold"))


def _found(name: str, detail: str) -> None:
    print(f"  {paint('var  ', 'green')}  {name:<14} {detail}")


def _absent(name: str, detail: str) -> None:
    print(f"  {paint('eksik', 'red')}  {name:<14} {detail}")
