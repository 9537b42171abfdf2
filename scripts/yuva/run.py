"""`scripts/lesson run`: bir dersin çiftini ya da tek tarafını çalıştırmak."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn, Sequence

from yuva.build import DEBUG, RELEASE, VALGRIND, Flavour, build_lesson
from yuva.entry import Terminated
from yuva.manifest import Lesson
from yuva.packages import GDB, VALGRIND as VALGRIND_TOOL, ensure
from yuva.runner import SERVER, Outcome, Programs, describe_exits, run_scenario
from yuva.terminal import UsageError, paint, say
from yuva.watch import Line

SIDES = ("server", "client")
HELP_OPTIONS = ("-h", "--help")
OPTIONS = ("--release", "--gdb", "--valgrind")
VALGRIND_COMMAND = ("valgrind", "-q", "--leak-check=full", "--error-exitcode=99")
VALGRIND_PATIENCE = 5.0


@dataclass
class Request:
    """Komut satırında istenen: hangi taraf (yoksa çift), hangi araçlarla, programa geçecek argümanlar."""

    lesson: str = ""
    side: str = ""
    help: bool = False
    options: set[str] = field(default_factory=set)
    arguments: list[str] = field(default_factory=list)

    @property
    def flavour(self) -> Flavour:
        if "--release" in self.options:
            return RELEASE
        return VALGRIND if "--valgrind" in self.options else DEBUG

    @property
    def wrapper(self) -> tuple[str, ...]:
        return VALGRIND_COMMAND if "--valgrind" in self.options else ()


def parse(arguments: Sequence[str]) -> Request:
    """OPTIONS içindekiler `--` görülene dek her yerde tanınır; taraftan sonra kalan her şey programındır (`--help` de)."""
    request = Request()
    remaining = list(arguments)
    while remaining:
        word = remaining.pop(0)
        if word == "--" and request.side:
            request.arguments += [word, *remaining]
            break
        if word in OPTIONS:
            request.options.add(word)
        elif request.side:
            request.arguments.append(word)
        elif word in HELP_OPTIONS:
            return Request(help=True)
        elif word.startswith("-"):
            raise UsageError(f"run: {word} diye bir seçenek yok; olanlar: {', '.join(OPTIONS)}")
        elif not request.lesson:
            request.lesson = word
        elif word in SIDES:
            request.side = word
        else:
            raise UsageError(f"run: dersten sonra yalnız server ya da client gelebilir, {word} gelemez")
    if not request.lesson:
        raise UsageError("run: hangi ders? örnek: scripts/lesson run 04 (hepsi: scripts/lesson list)")
    if {"--gdb", "--valgrind"} <= request.options:
        raise UsageError("run: --gdb ile --valgrind birlikte verilemez")
    return request


def run(lesson: Lesson, request: Request) -> int:
    if "--gdb" in request.options:
        ensure([GDB], "--gdb istendi")
    if "--valgrind" in request.options:
        ensure([VALGRIND_TOOL], "--valgrind istendi")
    folder = build_lesson(request.flavour, lesson)
    if "--gdb" in request.options:
        _debug(lesson, request, folder)
    if request.side:
        _become([*request.wrapper, str(folder / request.side), *request.arguments])
    return _run_pair(lesson, request, folder)


def _run_pair(lesson: Lesson, request: Request, folder: Path) -> int:
    patience = VALGRIND_PATIENCE if request.wrapper else 1.0
    programs = Programs.in_folder(folder, *request.wrapper)
    try:
        outcome = run_scenario(programs, lesson.run, on_line=_show, patience=patience)
    except (KeyboardInterrupt, Terminated):
        say("Yarıda kesildi; sunucu ve istemci durduruldu.")
        raise
    for problem in outcome.problems:
        print(paint(f"Olmadı: {problem}", "red"))
    print(paint(describe_exits(outcome), "green" if outcome.ok else "red"))
    return 0 if outcome.ok else 1


def _show(line: Line) -> None:
    print(paint(line.prefix, "cyan" if line.label == SERVER else "yellow") + line.text)


def _debug(lesson: Lesson, request: Request, folder: Path) -> NoReturn:
    side = request.side or "server"
    say(f"gdb {lesson.folder}/{side} ile açılıyor; başlatmak için: run")
    if not request.side:
        say(f"Sunucu hazır olunca ikinci bir uçbirimde: scripts/lesson run {lesson.label} client")
    # Sızıntı denetimi de gdb de ptrace kullanır; ikisi bir arada olmaz.
    given = os.environ.get("ASAN_OPTIONS", "")
    os.environ["ASAN_OPTIONS"] = f"{given}:detect_leaks=0" if given else "detect_leaks=0"
    _become(["gdb", "-q", "--args", str(folder / side), *request.arguments])


def _become(command: Sequence[str]) -> NoReturn:
    """Bu süreç artık o programdır: Ctrl-C ve çıkış kodu kabuğa olduğu gibi ulaşır."""
    # Python SIGPIPE'ı yok sayar ve bu exec'ten sonra da sürerdi.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    os.execvp(command[0], command)
