"""Derleme klasörleri: hazırlamak (meson setup), derlemek (ninja), bozulanı baştan kurmak.

Hazır bir klasörde derlenecek bir şey yoksa bütün bedel ninja'nın bir kez çalışmasıdır; `meson compile` aynı işi
bir Python süreci daha açarak yapar, bu yüzden ninja doğrudan çağrılır. Aynı klasörü iki komut aynı anda kurmasın
diye her iş klasördeki kilit dosyası tutularak yapılır.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Iterator, Sequence

from yuva import processes
from yuva.manifest import ROOT, Lesson
from yuva.packages import TOOLCHAIN, ensure, libraries_of
from yuva.terminal import Failure, Progress, say

LOCK_NAME = ".yuva-lock"
KEPT_ON_WIPE = {LOCK_NAME, "pycache"}
NINJA_STATUS = re.compile(r"\[(\d+/\d+)\] (.*)")
# Derleme tanımının kendisi yanlış; klasörü baştan kurmak düzeltmez.
MESON_ERROR = re.compile(r"meson\.build:[0-9]+:[0-9]+: ERROR")


@dataclass(frozen=True)
class Flavour:
    """Aynı kaynakların bir derleniş biçimi."""

    title: str
    folder_name: str
    options: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        return ROOT / self.folder_name


@dataclass(frozen=True)
class DebugFlavour(Flavour):
    """Öğrencinin olağan derlemesi; klasörünü YUVA_BUILD_DIR ile başka yere almak olanaklıdır."""

    @property
    def folder(self) -> Path:
        return Path(os.environ.get("YUVA_BUILD_DIR") or ROOT / self.folder_name).resolve()


DEBUG = DebugFlavour("hata ayıklama derlemesi (ASan + UBSan)", "build")
# Dosyaları birlikte eniyileyen derleme (LTO): döngüden göreve geçiş, araya işlev girmeden yerine açılır.
RELEASE = Flavour("hızlı derleme", "build-release", ("--buildtype=release", "-Db_sanitize=none", "-Db_lto=true"))
# Bağlam değiştirmenin taşınabilir biçimi, ölçümlerde yan yana konsun diye.
UCONTEXT = Flavour("ucontext ile hızlı derleme", "build-ucontext", (*RELEASE.options, "-Dcontext=ucontext"))
# Valgrind ile AddressSanitizer aynı süreçte çalışamaz.
VALGRIND = Flavour("valgrind için derleme", "build-valgrind", ("-Db_sanitize=none",))


def ensure_tools(lessons: Sequence[Lesson], reason: str) -> None:
    """Derlemek için gereken araçlar ve derslerin kütüphaneleri; eksikse kurulur."""
    ensure(TOOLCHAIN, reason)
    ensure(libraries_of(lessons), reason)


def build_lesson(flavour: Flavour, lesson: Lesson) -> Path:
    """Yalnız bu dersi derler; programlarının klasörünü döndürür."""
    ensure_tools([lesson], f"ders {lesson.label} derlenecek")
    with locked(flavour.folder) as folder:
        _configure(flavour, folder)
        _compile(flavour, folder, lesson.folder)
    return folder / "lessons" / lesson.folder


def build_programs(flavour: Flavour, folder_name: str, *names: str) -> Path:
    """Yalnız bir klasörün verilen programlarını derler; derleme klasörünü döndürür."""
    ensure_tools([], f"{folder_name} programları derlenecek")
    with locked(flavour.folder) as folder:
        _configure(flavour, folder)
        _compile(flavour, folder, *(f"{folder_name}/{name}" for name in names))
    return folder


def build_everything(flavour: Flavour, lessons: Sequence[Lesson]) -> Path:
    """Bütün dersleri, birim testleriyle birlikte derler; derleme klasörünü döndürür."""
    ensure_tools(lessons, "bütün dersler derlenecek")
    with locked(flavour.folder) as folder:
        _configure(flavour, folder)
        _compile(flavour, folder)
    return folder


def build_unit_tests(flavour: Flavour, lessons: Sequence[Lesson], suites: Sequence[str]) -> Path:
    """Yalnız bu takımların (suite) birim testlerini derler; derleme klasörünü döndürür."""
    ensure_tools(lessons, "birim testleri derlenecek")
    with locked(flavour.folder) as folder:
        _configure(flavour, folder)
        _compile(flavour, folder, "build.ninja")  # tanım değiştiyse liste de değişir
        _compile(flavour, folder, *unit_test_programs(folder, suites))
    return folder


def unit_test_programs(folder: Path, suites: Sequence[str]) -> list[str]:
    """Takımların programları, klasöre göre."""
    tests = json.loads((folder / "meson-info" / "intro-tests.json").read_text(encoding="utf-8"))
    wanted = {f"yuva:{suite}" for suite in suites}
    chosen = [Path(test["cmd"][0]) for test in tests if wanted & set(test["suite"])]
    return sorted({str(program.relative_to(folder)) for program in chosen})


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[Path]:
    """Klasörü (yoksa açıp) tek başına kullanmak. Başkası kullanıyorsa bekler ve beklediğini söyler."""
    with _lock_file(folder) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"{_shown(folder)} klasöründe başka bir derleme sürüyor, bitmesi bekleniyor")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


def _lock_file(folder: Path) -> IO[str]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return open(folder / LOCK_NAME, "w")
    except OSError as problem:
        raise Failure(
            f"Derleme klasörüne yazılamıyor: {folder}: {problem.strerror}\n"
            "Başka bir klasör seçmek için: YUVA_BUILD_DIR=/yol/klasör"
        ) from None


def _configure(flavour: Flavour, folder: Path) -> None:
    if not _is_configured(folder):
        if _made_by_meson(folder):
            say(f"{_shown(folder)} bu kaynak klasörüne ait değil ya da yarım kalmış; baştan kuruluyor")
        _set_up(flavour, folder)
    elif _warnings_must_fail() and not _option(folder, "werror"):
        _meson(["setup", "--reconfigure", *_ci_options(), str(folder), str(ROOT)], "Derleme ayarları değiştiriliyor")


def _is_configured(folder: Path) -> bool:
    try:
        info = json.loads((folder / "meson-info" / "meson-info.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    directories = info["directories"]
    return (
        (folder / "build.ninja").exists()
        and (folder / "meson-private" / "coredata.dat").exists()
        and Path(directories["source"]) == ROOT
        and Path(directories["build"]) == folder
    )


def _set_up(flavour: Flavour, folder: Path) -> None:
    _wipe(folder)
    command = ["setup", *flavour.options, *_ci_options(), str(folder), str(ROOT)]
    _meson(command, f"{_shown(folder)} hazırlanıyor: {flavour.title}")


def _wipe(folder: Path) -> None:
    """Yalnız meson'un kurduğu bir klasör boşaltılır: YUVA_BUILD_DIR yanlışlıkla başka bir yeri gösterebilir."""
    if not _made_by_meson(folder):
        return
    for entry in folder.iterdir():
        if entry.name in KEPT_ON_WIPE:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def _made_by_meson(folder: Path) -> bool:
    return (folder / "meson-private").is_dir()


def _meson(arguments: Sequence[str], title: str) -> None:
    say(f"{title} (meson setup)")
    code, output = processes.capture(["meson", *arguments])
    if code != 0:
        raise Failure(f"{output.rstrip()}\nmeson setup başarısız oldu (kod {code}); çıktısı yukarıda.")


def _warnings_must_fail() -> bool:
    return os.environ.get("CI") == "true"


def _ci_options() -> list[str]:
    return ["-Dwerror=true"] if _warnings_must_fail() else []


def _option(folder: Path, name: str) -> object:
    options = json.loads((folder / "meson-info" / "intro-buildoptions.json").read_text(encoding="utf-8"))
    return next(option["value"] for option in options if option["name"] == name)


def _compile(flavour: Flavour, folder: Path, *targets: str) -> None:
    code, output = _ninja(folder, targets)
    if code != 0 and "rebuilding 'build.ninja'" in output and not MESON_ERROR.search(output):
        say(f"{_shown(folder)} yenilenemedi; baştan kuruluyor")
        _set_up(flavour, folder)
        code, output = _ninja(folder, targets)
    if code != 0 and "unknown target" in output:
        # Hedef, klasör kurulurken bir kütüphane eksik olduğu için yoktu; o arada kurulmuş olabilir.
        _meson(["setup", "--reconfigure", str(folder), str(ROOT)], "Ders derlemeye ekleniyor")
        code, output = _ninja(folder, targets)
    if code != 0:
        raise Failure(f"{output.rstrip()}\nDerleme başarısız oldu; derleyicinin söyledikleri yukarıda.")
    if output:
        print(output.rstrip(), file=sys.stderr)


def _ninja(folder: Path, targets: Sequence[str]) -> tuple[int, str]:
    """ninja'yı çalıştırır; adımlarının yazdıklarını (uyarılar, hatalar) döndürür."""
    progress = Progress(f"{' '.join(targets) or 'Her şey'} derleniyor ({_shown(folder)})")
    said: list[str] = []
    reconfiguring = False

    def on_line(line: str) -> None:
        nonlocal reconfiguring
        status = NINJA_STATUS.match(line)
        if status:
            progress.show(f"[{status[1]}] {status[2]}")
            if reconfiguring:
                said.clear()  # meson'un anlattıkları; başarıldığı için gereksiz
            reconfiguring = status[2].startswith("Regenerating build files")
        elif not line.startswith(("ninja: Entering directory", "ninja: no work to do")):
            said.append(line)

    program = shutil.which("ninja") or "ninja-build"
    env = dict(os.environ, NINJA_STATUS="[%f/%t] ")
    try:
        code = processes.stream([program, "-C", str(folder), *targets], on_line, env=env)
    finally:
        progress.done()
    return code, "" if reconfiguring and code == 0 else "".join(said)


def _shown(folder: Path) -> str:
    return str(folder.relative_to(ROOT)) if folder.is_relative_to(ROOT) else str(folder)
