"""Neyin eksik olduğunu bulmak ve kurdurmak. Kurmanın kendisi bootstrap.sh'tedir: Python'ı kuran da odur."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Iterable, Sequence

from yuva import processes
from yuva.manifest import Lesson
from yuva.terminal import Failure

BOOTSTRAP = Path(__file__).resolve().parents[1] / "bootstrap.sh"


@dataclass(frozen=True)
class Requirement:
    """Bir Debian paketinin sağladığı ve bizim aradığımız bir şey."""

    package: str
    purpose: str

    def present(self) -> bool:
        return self.version() is not None

    def version(self) -> str | None:
        """Bulunanın sürümü (bilinmiyorsa boş metin); bulunamadıysa None."""
        raise NotImplementedError

    @property
    def name(self) -> str:
        return self.package


@dataclass(frozen=True)
class Command(Requirement):
    """PATH'te bir program; `names` içinden ilk bulunan geçerlidir."""

    names: tuple[str, ...]

    def present(self) -> bool:
        return self.path() is not None

    def path(self) -> str | None:
        return next(filter(None, map(shutil.which, self.names)), None)

    def version(self) -> str | None:
        path = self.path()
        if path is None:
            return None
        _, output = processes.capture([path, "--version"])
        found = re.search(r"\d+(\.\d+)+", output)
        return found.group() if found else ""

    @property
    def name(self) -> str:
        return self.names[0]


@dataclass(frozen=True)
class Compiler(Command):
    """CC ortam değişkeni varsa meson da onu kullanır; o zaman yalnız ona bakılır."""

    def path(self) -> str | None:
        chosen = os.environ.get("CC", "").split()
        return shutil.which(chosen[0]) if chosen else super().path()


@dataclass(frozen=True)
class Headers(Requirement):
    """C kütüphanesinin başlıkları: Debian'da derleyiciyle birlikte gelmez."""

    def version(self) -> str | None:
        return "" if Path("/usr/include/stdio.h").exists() or self._compiler_finds() else None

    def _compiler_finds(self) -> bool:
        compiler = COMPILER.path()
        if compiler is None:
            return False
        probe = [compiler, "-E", "-x", "c", "-"]
        return subprocess.run(probe, input=b"#include <stdio.h>\n", capture_output=True).returncode == 0


@dataclass(frozen=True)
class SharedLibrary(Requirement):
    """pkg-config'in tanıdığı bir kütüphane."""

    module: str

    def version(self) -> str | None:
        if shutil.which("pkg-config") is None:
            return None
        code, output = processes.capture(["pkg-config", "--modversion", self.module])
        return output.strip() if code == 0 else None

    @property
    def name(self) -> str:
        return self.module


@dataclass(frozen=True)
class Sanitizer(Requirement):
    """clang'in bir hata bulucusunun kitaplığı: Debian'da derleyiciden ayrı pakettedir."""

    flag: str

    def version(self) -> str | None:
        if shutil.which("clang") is None:
            return None
        probe = ["clang", self.flag, "-x", "c", "-", "-o", os.devnull]
        found = subprocess.run(probe, input=b"int main(void) { return 0; }", capture_output=True)
        return "" if found.returncode == 0 else None


@dataclass(frozen=True)
class DataFile(Requirement):
    """Çalıştırılmayan, yalnız yerinde durması gereken bir dosya (sözlük gibi)."""

    path: str

    def version(self) -> str | None:
        return "" if Path(self.path).exists() else None


COMPILER = Compiler("gcc", "C derleyicisi", ("gcc",))
TOOLCHAIN: tuple[Requirement, ...] = (
    COMPILER,
    Headers("libc6-dev", "C kütüphanesinin başlıkları"),
    Command("meson", "derleme tanımı", ("meson",)),
    Command("ninja-build", "derlemeyi yürüten", ("ninja", "ninja-build")),
    Command("pkg-config", "kütüphaneleri bulan", ("pkg-config",)),
)
GDB = Command("gdb", "scripts/lesson run ... --gdb", ("gdb",))
VALGRIND = Command("valgrind", "scripts/lesson run ... --valgrind, scripts/check runtime, komut sayan ölçüm", ("valgrind",))
THREAD_SANITIZER = Sanitizer("libclang-rt-dev", "scripts/check runtime: TSan", "-fsanitize=thread")
STRACE = Command("strace", "scripts/lesson wire ... --syscalls; sistem çağrılarına bakan testler", ("strace",))
GNUPLOT = Command("gnuplot-nox", "ölçümlerin çizimi (scripts/bench) ve onun testi", ("gnuplot",))
CURL = Command("curl", "elle HTTP istemek; dersin HTTP sunucusuna gerçek bir istemci", ("curl",))
TESTING: tuple[Requirement, ...] = (STRACE, GNUPLOT, CURL)
CHECKING: tuple[Requirement, ...] = (
    Command("clang-format", "C kaynaklarının biçimi", ("clang-format",)),
    Command("clang-tidy", "C kaynaklarının incelemesi", ("clang-tidy",)),
    Command("hunspell", "sayfaların yazımı", ("hunspell",)),
    DataFile("hunspell-tr", "Türkçe sözlük", "/usr/share/hunspell/tr_TR.dic"),
)

# Yalnız okuyanın elle denediği araçlar: hiçbir komut bunları istemez, kendiliğinden kurulmazlar.
EXPERIMENTS: tuple[Requirement, ...] = (
    Command("netcat-openbsd", "elle bağlanıp yazmak", ("nc",)),
)


def libraries_of(lessons: Iterable[Lesson]) -> list[Requirement]:
    found = {
        library.pkg_config: SharedLibrary(library.package, f"ders {lesson.label}", library.pkg_config)
        for lesson in lessons
        for library in lesson.libraries
    }
    return list(found.values())


def missing(requirements: Iterable[Requirement]) -> list[Requirement]:
    return [requirement for requirement in requirements if not requirement.present()]


def ensure(requirements: Sequence[Requirement], reason: str) -> None:
    """Eksikleri kurar; `reason` neyin bunları istediğidir ("ders 04 derlenecek"). Olmazsa Failure."""
    absent = missing(requirements)
    if not absent:
        return
    wanted = [requirement.package for requirement in absent]
    script = '. "$0"; install_packages "$@"'
    if subprocess.run(["sh", "-c", script, str(BOOTSTRAP), reason, *wanted]).returncode != 0:
        raise Failure("Eksikler kurulamadı; ne gerektiği: scripts/lesson doctor")
    absent = missing(absent)
    if absent:
        names = ", ".join(requirement.name for requirement in absent)
        raise Failure(f"Kuruldu ama bulunamıyor: {names}. PATH doğru mu?")
