"""`scripts/lesson wire`: bir dersin iki tarafının arasına kaydeden vekil sunucuyu koyup telde olanı göstermek.

Vekil yalnız iletir: kesmez, birleştirmez, geciktirmez. Programların yazdıkları, telden geçenler ve (istenirse) soket
çağrıları aynı saatle damgalanır, oldukları sırayla alt alta gelir.
"""

from __future__ import annotations

import contextlib
import functools
import re
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Sequence

from yuva import manifest, wire_syscalls
from yuva.build import DEBUG, RELEASE, build_lesson
from yuva.manifest import Lesson, Scenario
from yuva.run import HELP_OPTIONS, SIDES
from yuva.runner import CLIENT, REACHABLE, SERVER, Address, Outcome, Programs, describe_exits, play
from yuva.terminal import UsageError, paint, say
from yuva.watch import Line
from yuva.wire_protocol import Protocol
from yuva.wire_view import WIRE, Clock, View

FLAGS = ("--hex", "--full", "--syscalls", "--release")
VALUED = ("--scenario", "--port", "--server", "--client")
COLOURS = {SERVER: "cyan", CLIENT: "yellow", WIRE: "green"}
STOPPING = "bitirmek için Ctrl-C"


@dataclass
class Request:
    """Komut satırında istenen. `side` server ise yalnız sunucu çalışır, karşısına kim isterse bağlanır."""

    lesson: str = ""
    side: str = ""
    help: bool = False
    flags: set[str] = field(default_factory=set)
    values: dict[str, str] = field(default_factory=dict)
    arguments: list[str] = field(default_factory=list)

    @property
    def alone(self) -> bool:
        return self.side == "server"

    @property
    def tracing(self) -> bool:
        return "--syscalls" in self.flags

    @property
    def port(self) -> int | None:
        return int(self.values["--port"]) if "--port" in self.values else None


def parse(arguments: Sequence[str]) -> Request:
    """Seçenekler taraftan önce yazılır; taraftan sonra kalan her şey programındır."""
    request = Request()
    remaining = list(arguments)
    while remaining and not request.side:
        word = remaining.pop(0)
        option, equals, value = word.partition("=")
        if option in VALUED:
            if not equals and not remaining:
                raise UsageError(f"wire: {option} bir değer ister")
            request.values[option] = value if equals else remaining.pop(0)
        elif word in FLAGS:
            request.flags.add(word)
        elif word in HELP_OPTIONS:
            return Request(help=True)
        elif word.startswith("-"):
            raise UsageError(f"wire: {word} diye bir seçenek yok; olanlar: {', '.join((*FLAGS, *VALUED))}")
        elif not request.lesson:
            request.lesson = word
        elif word in SIDES:
            request.side = word
        else:
            raise UsageError(
                f"wire: dersten sonra yalnız server ya da client gelebilir, {word} gelemez; "
                f"istemciye söz vermek için: scripts/lesson wire {request.lesson} client {word}"
            )
    request.arguments = remaining
    _refuse_contradictions(request)
    return request


def _refuse_contradictions(request: Request) -> None:
    values = request.values
    if not request.lesson:
        raise UsageError("wire: hangi ders? örnek: scripts/lesson wire 04 (hepsi: scripts/lesson list)")
    if request.side and "--scenario" in values:
        raise UsageError(f"wire: --scenario ile {request.side} birlikte verilemez")
    if request.alone and "--client" in values:
        raise UsageError("wire: yalnız sunucu çalışacaksa --client verilemez")
    if "--port" in values and not request.alone:
        raise UsageError("wire: --port yalnız server ile verilir; vekilin dinleyeceği porttur")
    if not re.fullmatch("[0-9]{1,5}", values.get("--port", "0")) or int(values.get("--port", "0")) > 65535:
        raise UsageError(f"wire: --port 0 ile 65535 arasında bir sayı ister, {values['--port']} değil")


def scenario_of(lesson: Lesson, request: Request) -> Scenario:
    """Çalıştırılacak koşu: adı verilen, yoksa `run`; taraf verildiyse onun argümanlarıyla."""
    name = request.values.get("--scenario", manifest.RUN)
    if name not in lesson.scenarios:
        raise UsageError(f"wire: {lesson.folder} dersinin {name} senaryosu yok; olanlar: {', '.join(lesson.scenarios)}")
    scenario = lesson.scenarios[name]
    if request.alone:
        return Scenario.from_row(name, {"server": request.arguments, "clients": []})
    if request.side:
        return Scenario.from_row(name, {"server": scenario.server or [], "clients": [request.arguments]})
    if scenario.server is None and not request.tracing:
        raise UsageError(
            f"wire: {name} senaryosunda sunucu yok, araya girilemez; istemcinin çağrılarını --syscalls gösterir"
        )
    return scenario


def run(lesson: Lesson, request: Request) -> int:
    scenario = scenario_of(lesson, request)
    programs = programs_of(lesson, request)
    if request.side and set(request.arguments) & set(HELP_OPTIONS):
        return subprocess.run([*(programs.server if request.alone else programs.client), *request.arguments]).returncode
    if request.tracing:
        wire_syscalls.obtain()
    outcome, view = watch(lesson, request, scenario, programs)
    report(outcome, view, scenario)
    if request.alone:
        return _exit_of_server(outcome)
    if outcome.interrupted_by is not None:
        signal.raise_signal(outcome.interrupted_by)
    return 0 if as_expected(outcome, scenario) else 1


def programs_of(lesson: Lesson, request: Request) -> Programs:
    """Dersin programları; --server ve --client ile verilen dersinkinin yerine geçer. Gerekmiyorsa derlenmez."""
    given = {side: request.values.get(f"--{side}") for side in SIDES}
    folder = Path()
    if not given["server"] or not (given["client"] or request.alone):
        folder = build_lesson(RELEASE if "--release" in request.flags else DEBUG, lesson)
    server, client = (_command(path) if path else [str(folder / side)] for side, path in given.items())
    return Programs(server, client)


def _command(path: str) -> list[str]:
    return [sys.executable, path] if path.endswith(".py") else [path]


def watch(lesson: Lesson, request: Request, scenario: Scenario, programs: Programs) -> tuple[Outcome, View]:
    """Koşuyu izler; sonucu ve telde görülenlerin sayımını döndürür."""
    # Test düzeneği yalnız burada gerekir; öteki komutlar tests/ klasörüne bağlı kalmasın.
    from yuva.wire_tap import WireTap

    view = View(
        Protocol.from_row(lesson.options, lesson.transport),
        lesson.transport == "udp",
        Clock(),
        hex="--hex" in request.flags,
        full="--full" in request.flags,
    )
    tap = WireTap(view)
    if request.alone:
        tap.port = lesson.port if request.port is None else request.port
        tap.greeting = functools.partial(invitation, lesson)
    patience, width = 1.0, len(SERVER) + 1
    with contextlib.ExitStack() as cleanup:
        if request.tracing:
            tap.calls = wire_syscalls.Calls.for_both(cleanup, view.clock, view.full)
            programs = wire_syscalls.traced(programs, *tap.calls)
            patience, width = wire_syscalls.PATIENCE, max(len(calls.label) for calls in tap.calls)
        show = functools.partial(_show, width)
        outcome = play(programs, scenario, on_line=show, patience=patience, tap=tap, linger=request.alone)
    return outcome, view


def _show(width: int, line: Line) -> None:
    label = f"{line.label:<{width}}│ "
    print((paint(label, COLOURS[line.label]) if line.label in COLOURS else label) + line.text)


def invitation(lesson: Lesson, here: Address) -> list[str]:
    """Yalnız sunucu çalışırken: vekile nasıl bağlanılır, nasıl bitirilir."""
    if here.path:
        return [f"bağlanmak için: nc -U {here.path}", STOPPING]
    host, port = REACHABLE.get(here.host, here.host), here.port
    client = f"scripts/lesson run {lesson.label} client"
    if (host, port) != (lesson.host, lesson.port):
        client += f" --host {host} --port {port}"
    by_hand = f"nc {'-u ' if lesson.transport == 'udp' else ''}{host} {port}"
    name = f"[{host}]" if ":" in host else host
    page = f", http://{name}:{port}/" if "HTTP" in Protocol.from_row(lesson.options, lesson.transport).name else ""
    return [f"ikinci uçbirimde bağlan: {client}, {by_hand}{page}", STOPPING]


def report(outcome: Outcome, view: View, scenario: Scenario) -> None:
    """Sayım, olmayanlar, çıkış kodları."""
    if outcome.interrupted_by is not None:
        say("Durduruldu: başlatılan programlar bitti.")
    if view.connections:
        print("\n".join(view.summary()))
    for problem in outcome.problems:
        print(paint(f"Olmadı: {problem}", "red"))
    print(paint(describe_exits(outcome), "green" if as_expected(outcome, scenario) else "red"))


def as_expected(outcome: Outcome, scenario: Scenario) -> bool:
    """Bir başarısızlığı gösteren senaryo, istemcilerinin çıkış kodlarını manifest'te yazar."""
    expected = scenario.options.get("client_exits", [0] * len(outcome.client_exits))
    return not outcome.problems and not outcome.server_exit and outcome.client_exits == expected


def _exit_of_server(outcome: Outcome) -> int:
    """`run DERS server` gibi: sunucunun kendi kodu. Ctrl-C burada olağan bitiştir."""
    code = outcome.server_exit or 0
    return (128 - code if code < 0 else code) or (1 if outcome.problems else 0)
