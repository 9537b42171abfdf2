"""Bir senaryoyu çalıştıran motor: sunucuyu başlatır, hazır satırını bekler, istemcileri sırayla koşturur, sunucuyu durdurur.

Kendisi hiçbir şey yazmaz; satırlar geldikçe on_line'a verilir, sonunda hepsi Outcome içinde döner. Terminaldeki
gösterim (lesson run, lesson wire) ile sayfalardaki dökümler bu motoru paylaşır. Nasıl biterse bitsin geride süreç
kalmaz.
"""

from __future__ import annotations

import math
import re
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, NamedTuple, Protocol, Sequence

from yuva.manifest import Scenario
from yuva.watch import Line, Program, StopRequested, Watch

SERVER = "sunucu"
CLIENT = "istemci"

READY_SECONDS = 10.0
CLIENT_SECONDS = 60.0
STOP_SECONDS = 3.0
OUTPUT_END_SECONDS = 1.0
# Programlar bittikten sonra araya girenin (Tap) elindekiler için.
TAP_END_SECONDS = 1.0
# İstemci gittikten sonra sunucu da son satırlarını yazabilsin: çıktı bu kadar susunca bitti sayılır.
QUIET_SECONDS = 0.1
QUIET_LIMIT_SECONDS = 1.0

READY_LINE = re.compile(
    r"(?:unix:(?P<path>\S.*)|(?:\[(?P<ipv6>[^\]\s]+)\]|(?P<host>[^\s\[\]]+)):(?P<port>[0-9]+)) dinleniyor"
)
REACHABLE = {"0.0.0.0": "127.0.0.1", "::": "::1"}


class Address(NamedTuple):
    """Sunucunun adresi; UNIX soketinde yalnız `path` doludur."""

    host: str
    port: int
    path: str = ""

    @classmethod
    def announced(cls, line: str) -> Address | None:
        """Hazır satırındaki adres, istemcinin ulaşabileceği biçimde; satır hazır satırı değilse None."""
        ready = READY_LINE.fullmatch(line)
        if ready is None:
            return None
        if ready["path"]:
            return cls("", 0, ready["path"])
        host = ready["ipv6"] or ready["host"]
        return cls(REACHABLE.get(host, host), int(ready["port"]))

    def arguments(self) -> list[str]:
        """İstemciye bu adresi söyleyen seçenekler."""
        return ["--host", f"unix:{self.path}"] if self.path else ["--host", self.host, "--port", str(self.port)]


class Tap(Protocol):
    """Sunucunun önüne geçen, gördüklerini Watch'a katan: `scripts/lesson wire`."""

    def begin(self, watch: Watch) -> None:
        """Hiçbir program başlamadan önce, bir kez."""

    def stand_before(self, server: Address) -> Address:
        """Sunucu hazır; istemcilere verilecek adres. Failure atabilir."""

    def quiet(self) -> bool:
        """Söyleyeceği kalmadı mı?"""

    def close(self) -> None:
        """Her durumda, en son; hiç başlamamış olabilir."""


@dataclass(frozen=True)
class Programs:
    """İki tarafı başlatan komutlar; başlarında valgrind gibi bir araç olabilir.

    `traced`: strace, izlediği programdan az sonra biter; son yazdıkları beklenir.
    """

    server: Sequence[str]
    client: Sequence[str]
    traced: bool = False

    @classmethod
    def in_folder(cls, folder: Path, *wrapper: str) -> Programs:
        return cls([*wrapper, str(folder / "server")], [*wrapper, str(folder / "client")])


@dataclass
class Outcome:
    """Bir senaryonun sonucu. Eksi çıkış kodu, programı bitiren sinyaldir. Tap varsa satırlar saklanmaz."""

    lines: list[Line] = field(default_factory=list)
    server_exit: int | None = None
    client_exits: list[int] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    interrupted_by: int | None = None

    @property
    def ok(self) -> bool:
        return not self.problems and not self.server_exit and not any(self.client_exits)


def run_scenario(
    programs: Programs,
    scenario: Scenario,
    *,
    on_line: Callable[[Line], None] = lambda line: None,
    patience: float = 1.0,
) -> Outcome:
    """Senaryoyu baştan sona çalıştırır. `patience` zaman sınırlarını çarpar (valgrind yavaştır).

    SIGINT, SIGTERM ya da SIGHUP gelirse önce iki taraf durdurulur, sonra sinyal çağıranın kendi işleyicisine iletilir.
    """
    outcome = play(programs, scenario, on_line=on_line, patience=patience)
    if outcome.interrupted_by is not None:
        signal.raise_signal(outcome.interrupted_by)
    return outcome


def play(
    programs: Programs,
    scenario: Scenario,
    *,
    on_line: Callable[[Line], None],
    patience: float = 1.0,
    tap: Tap | None = None,
    linger: bool = False,
) -> Outcome:
    """run_scenario gibi; gelen sinyali yükseltmez, Outcome içinde söyler. `linger`: sunucu bitene dek de beklenir."""
    stage = _Stage(on_line, patience, tap)
    with stage.watch.catching_signals():
        try:
            stage.play(programs, scenario, linger)
        except StopRequested as request:
            stage.outcome.interrupted_by = request.signum
        finally:
            stage.close()
    return stage.outcome


def describe_exit(code: int) -> str:
    if code < 0:
        return signal.Signals(-code).name
    return "99 (bellek hatası ya da tanımsız davranış bulundu)" if code == 99 else str(code)


def describe_exits(outcome: Outcome) -> str:
    parts = [] if outcome.server_exit is None else [f"{SERVER} {describe_exit(outcome.server_exit)}"]
    parts += [f"{CLIENT} {describe_exit(code)}" for code in outcome.client_exits]
    return f"çıkış kodları: {', '.join(parts)}"


class _Stage:
    def __init__(self, on_line: Callable[[Line], None], patience: float, tap: Tap | None) -> None:
        self.outcome = Outcome()
        self.watch = Watch(self._note_line)
        self._on_line = on_line
        self._patience = patience
        self._tap = tap
        self._traced = False
        self._told = 0
        self._address: Address | None = None

    def play(self, programs: Programs, scenario: Scenario, linger: bool) -> None:
        self._traced = programs.traced
        if self._tap is not None:
            self._tap.begin(self.watch)
        if scenario.server is not None:
            server = self.watch.start(SERVER, [*programs.server, "--port", "0", *scenario.server])
            if not self._is_ready(server):
                return
        for arguments in scenario.clients:
            self._run_client([*programs.client, *self._client_arguments(arguments)])
            self._let_output_settle()
        if linger:
            self._wait(lambda: self.watch.programs[0].exit is not None, math.inf)

    def close(self) -> None:
        """Sürenleri durdurur. Bu sırada gelen bir sinyal beklemeyi bitirir, kalanlar öldürülür."""
        try:
            for program in reversed(self.watch.programs):
                self._stop(program)
            self._let_tap_finish()
        except StopRequested:
            self._complain("kapanış beklenmeden öldürüldü")
        finally:
            self.watch.refuse_posts()
            if self._tap is not None:
                self._tap.close()
            self.watch.close()
        for program in self.watch.programs:
            if program.label == SERVER:
                self.outcome.server_exit = program.exit
            elif program.exit is not None:
                self.outcome.client_exits.append(program.exit)

    def _is_ready(self, server: Program) -> bool:
        self._wait(lambda: self._address is not None or server.exit is not None, READY_SECONDS)
        if self._address is not None:
            if self._tap is not None:
                self._address = self._tap.stand_before(self._address)
            return True
        if server.exit is None:
            self._complain(f"sunucu {READY_SECONDS * self._patience:g} saniyede hazır olmadı")
        else:
            self._complain("sunucu hazır olmadan kapandı")
        return False

    def _client_arguments(self, arguments: Sequence[str]) -> list[str]:
        if self._address is None:
            return list(arguments)
        host, port = self._address.host or f"unix:{self._address.path}", str(self._address.port)
        placed = [argument.replace("{host}", host).replace("{port}", port) for argument in arguments]
        return [*self._address.arguments(), *placed]

    def _run_client(self, command: Sequence[str]) -> None:
        client = self.watch.start(CLIENT, command)
        if not self._wait(lambda: client.exit is not None, CLIENT_SECONDS):
            self._complain(f"istemci {CLIENT_SECONDS * self._patience:g} saniyede bitmedi, durduruldu")
        self._stop(client)

    def _stop(self, program: Program) -> None:
        """Süren programı durdurur, çıktısının sonunu bekler, arkasında bıraktığı süreçleri öldürür."""
        if program.exit is None:
            program.ask_to_stop()
            if not self._wait(lambda: program.exit is not None, STOP_SECONDS):
                seconds = f"{STOP_SECONDS * self._patience:g}"
                self._complain(f"{program.label} SIGTERM'den sonra {seconds} saniyede kapanmadı, öldürüldü")
        if self._traced:
            self._wait(lambda: program.output_ended, OUTPUT_END_SECONDS)
        program.kill_group()
        self._wait(lambda: program.exit is not None and program.output_ended, OUTPUT_END_SECONDS)

    def _let_output_settle(self) -> None:
        limit = time.monotonic() + QUIET_LIMIT_SECONDS
        seen = -1
        while seen != self._told and time.monotonic() < limit:
            seen = self._told
            self._wait(lambda: self._told > seen, QUIET_SECONDS)

    def _let_tap_finish(self) -> None:
        tap = self._tap
        if tap is not None:
            self.watch.wait_repeatedly(tap.quiet, TAP_END_SECONDS * self._patience)

    def _wait(self, done: Callable[[], bool], seconds: float) -> bool:
        return self.watch.wait(done, seconds * self._patience)

    def _note_line(self, line: Line) -> None:
        self._told += 1
        if self._tap is None:
            self.outcome.lines.append(line)
        if line.label == SERVER and self._address is None:
            self._address = Address.announced(line.text)
        self._on_line(line)

    def _complain(self, problem: str) -> None:
        self.outcome.problems.append(problem)
