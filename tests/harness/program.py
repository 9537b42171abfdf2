"""Bir programı başlatmak, dinlemek, durdurmak: C programı, Python karşılığı ya da bir öğrencinin programı.

Program kendi oturumunda çalışır; testten geriye süreç kalmaz. Her bekleme sınırlıdır, sınır dolunca ileti
iki tarafın çıktısını da taşır.
"""

from __future__ import annotations

import contextlib
import os
import re
import resource
import signal as signals
import subprocess
import threading
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Iterator, Mapping, NoReturn, Sequence

from harness import causes, clock, guardian, output, procfs, scene
from harness.address import Address, parse_ready_line
from harness.clock import Deadline
from harness.errors import reason
from harness.failure import Evidence, fail

ROOT = Path(__file__).resolve().parents[2]
MARK = "YUVA_TEST_PROGRAM"
ROLE_NAMES = {"server": "sunucu", "client": "istemci"}


@dataclass(frozen=True)
class Finished:
    """Bitmiş bir programdan geriye kalan."""

    code: int
    out: str
    err: str
    seconds: float

    @property
    def out_lines(self) -> list[str]:
        return self.out.splitlines()

    @property
    def err_lines(self) -> list[str]:
        return self.err.splitlines()


class Program:
    """Çalışan bir program."""

    def __init__(
        self,
        command: Sequence[str],
        role: str = "server",
        *,
        under: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
        cwd: Path | str | None = None,
        input: str | bytes | None = None,
        interactive: bool = False,
        stdout: int | None = None,
        orderly: bool = True,
    ) -> None:
        self._scene = scene.current()
        number = self._scene.number(role)
        self.label = ROLE_NAMES[role] + (f" {number}" if number > 1 else "")
        self.role = role
        self.command = [*map(str, under), *map(str, command)]
        self._shown_command = (f"{Path(under[0]).name} … " if under else "") + _shown(command)
        self.orderly = orderly
        self.code: int | None = None
        self._address: Address | None = None
        self._expected_to_end = False
        self._sanitizer_reported = False
        self._started = time.monotonic()
        self._mark = uuid.uuid4().hex
        self._scene.step(f"{self.label} başlatıldı: {self._shown_command}")
        self._process = self._start(env, cwd, input is not None or interactive, stdout)
        self.pid = self._process.pid
        pipes = {"stdout": self._process.stdout, "stderr": self._process.stderr}
        self.output = output.Output({name: pipe for name, pipe in pipes.items() if pipe}, self._scene.now)
        self._scene.programs.append(self)
        threading.Thread(target=self._reap, daemon=True).start()
        if input is not None:
            data = input.encode() if isinstance(input, str) else input
            threading.Thread(target=self._feed, args=(data,), daemon=True).start()

    def __repr__(self) -> str:
        return f"<{self.label}>"

    # --- hazır olma ve çıktı

    @property
    def address(self) -> Address:
        """Hazır olma satırındaki adres; satır daha gelmediyse beklenir."""
        return self._address or self.wait_ready()

    def wait_ready(self, seconds: float = clock.START_SECONDS) -> Address:
        """`HOST:PORT dinleniyor` satırını bekler; ondan önce başka satırlar gelebilir."""
        __tracebackhide__ = True
        deadline = Deadline(seconds)
        self._wait_output(lambda: bool(self.ready_addresses()), deadline)
        address = next(iter(self.ready_addresses()), None)
        if address is None:
            self._fail_ready(deadline)
        self._address = address
        self._scene.step(f"{self.label} hazır: {address}")
        return address

    def ready_addresses(self) -> list[Address]:
        """stdout'taki bütün hazır olma satırlarının adresleri; doğru programda bir tane."""
        return [address for line in self.output.lines("stdout") if (address := parse_ready_line(line))]

    def wait_line(
        self,
        pattern: str | re.Pattern[str],
        stream: str = "stdout",
        *,
        count: int = 1,
        seconds: float = clock.EXPECT_SECONDS,
    ) -> re.Match[str]:
        """Çıktıda, baştan bu yana, uyan `count` satır olana kadar bekler; `count`'uncuyu döndürür."""
        __tracebackhide__ = True

        def found() -> re.Match[str] | None:
            return output.find(pattern, self.output.lines(stream), count)

        shown = pattern if isinstance(pattern, str) else pattern.pattern
        deadline = Deadline(seconds)
        self._wait_output(lambda: found() is not None, deadline)
        match = found()
        if match is None:
            ending = "program bitti" if self.ended else f"{deadline.seconds:g} saniyede gelmedi"
            which = f"{count}. kez " if count > 1 else ""
            summary = f"{self.label}: {stream} çıktısında {which}beklenen satır yok ({ending}): {shown}"
            fail(summary, Evidence(want="output"))
        self._scene.step(f"{self.label} yazdı ({stream}): {match.string}")
        return match

    def lines(self, stream: str = "stdout") -> list[str]:
        """O ana kadarki tamamlanmış satırlar."""
        return self.output.lines(stream)

    def text(self, stream: str = "stdout") -> str:
        return self.output.text(stream)

    def write(self, text: str | bytes) -> None:
        """Etkileşimli programın stdin'ine yazar."""
        data = text.encode() if isinstance(text, str) else text
        self._scene.step(f"{self.label} stdin'ine yazıldı: {data!r}")
        self._process.stdin.write(data)
        self._process.stdin.flush()

    def close_stdin(self) -> None:
        self._process.stdin.close()

    # --- bitiş

    @property
    def ended(self) -> bool:
        return self.code is not None

    def signal(self, number: int) -> None:
        """Sinyal gönderir; bitmiş bir programa bir şey olmaz."""
        self._scene.step(f"{self.label} ← {signals.Signals(number).name}")
        if not self.ended:
            self._process.send_signal(number)

    def wait(self, seconds: float = clock.START_SECONDS, *, expect_code: int | None = 0) -> Finished:
        """Programın bitmesini bekler; `expect_code` None ise çıkış kodu denetlenmez."""
        __tracebackhide__ = True
        self._expected_to_end = True
        deadline = Deadline(seconds)
        if not self.output.wait(lambda: self.ended, deadline):
            fail(f"{self.label} {deadline.seconds:g} saniyede bitmedi", Evidence(want="exit"))
        self.output.wait_closed(1.0 * clock.FACTOR)
        self._scene.step(f"{self.label} bitti, çıkış kodu {_code_name(self.code)}")
        self.check_sanitizers()
        if expect_code is not None and self.code != expect_code:
            fail(
                f"{self.label}: yanlış çıkış kodu, beklenen {_code_name(expect_code)}, gelen {_code_name(self.code)}",
                Evidence(want="exit", code=self.code, expected_code=expect_code),
            )
        return Finished(self.code, self.text(), self.text("stderr"), time.monotonic() - self._started)

    def stop(
        self,
        number: int = signals.SIGTERM,
        *,
        within: float = clock.STOP_SECONDS,
        expect_code: int | None = 0,
    ) -> Finished:
        """Sinyal gönderir ve bitmesini bekler: sözleşme gereği en çok 2 saniye, çıkış kodu 0."""
        __tracebackhide__ = True
        self._expected_to_end = True
        self.signal(number)
        return self.wait(within, expect_code=expect_code)

    def kill(self) -> None:
        """SIGKILL: karşı tarafın habersiz yok olması."""
        self._expected_to_end = True
        self.signal(signals.SIGKILL)
        self.output.wait(lambda: self.ended, Deadline(clock.EXPECT_SECONDS))

    def check_sanitizers(self) -> None:
        """Sanitizer bulgusu varsa rapor iletide olacak biçimde başarısız olur."""
        __tracebackhide__ = True
        found = self.code == 99 or causes.SANITIZER.search(self.text("stderr"))
        if found and not self._sanitizer_reported:
            self._sanitizer_reported = True
            fail(f"{self.label}: sanitizer bulgusu", Evidence(want="exit", code=self.code))

    def finish(self) -> None:
        """Testin sonunda: çalışan sunucu SIGTERM ile 0 vererek biter, geride süreç kalmaz."""
        __tracebackhide__ = True
        if self.orderly and self.role == "server" and not self._expected_to_end:
            if self.ended:
                fail(f"{self.label} test bitmeden, kendiliğinden sona erdi (çıkış kodu {_code_name(self.code)})")
            self.stop(within=clock.TEARDOWN_SECONDS)
        if self.ended:
            self.check_sanitizers()
            if self.orderly:
                self._check_nothing_left()

    def destroy(self) -> None:
        """Süreç grubunu öldürür. Bitmiş bir programda da geride kalan çocukları bulur."""
        if not self.ended:
            _kill(self.pid)
        for member in self._left_behind():
            _kill(member)
        self.output.wait(lambda: self.ended, Deadline(1.0))
        self.output.wait_closed(0.5)
        if self._process.stdin:
            try:
                self._process.stdin.close()
            except OSError:
                pass

    @contextlib.contextmanager
    def descriptors_left(self, count: int) -> Iterator[None]:
        """Gövde sürerken program en çok `count` yeni tanımlayıcı açabilir.

        Sınır program hazır olduktan sonra konur: çalışma ortamının (Python, Go, JVM) kendi açtıkları sayılmaz.
        """
        before = resource.prlimit(self.pid, resource.RLIMIT_NOFILE)
        limit = self._steady_descriptor_limit(count)
        self._scene.step(f"{self.label} en çok {count} tanımlayıcı daha açabilir")
        resource.prlimit(self.pid, resource.RLIMIT_NOFILE, (limit, before[1]))
        try:
            yield
        finally:
            if not self.ended:
                resource.prlimit(self.pid, resource.RLIMIT_NOFILE, before)

    def _steady_descriptor_limit(self, count: int) -> int:
        """Programın o sırada bir an için açıp kapattığı bir tanımlayıcı sınıra sayılmasın."""
        return min(procfs.descriptor_limit_leaving(self.pid, count) for _ in range(10) if not time.sleep(0.01))

    # --- ölçüler

    @property
    def resident_kib(self) -> int:
        return procfs.resident_kib(self.pid)

    @property
    def cpu_seconds(self) -> float:
        return procfs.cpu_seconds(self.pid)

    @property
    def open_descriptors(self) -> int:
        return procfs.open_descriptors(self.pid)

    @property
    def threads(self) -> int:
        return procfs.threads(self.pid)

    @property
    def children(self) -> list[int]:
        return procfs.children(self.pid)

    # --- ileti için

    @property
    def title(self) -> str:
        """Etiket, büyük harfle başlayarak (Türkçe İ)."""
        return self.label.replace("i", "İ", 1) if self.label.startswith("i") else self.label.capitalize()

    def let_output_settle(self) -> None:
        """Yazılmış ama daha okunmamış çıktı, ölmekte olan programın çıkış kodu iletiye yetişsin."""
        if self.output.wait_closed(0.1):
            self.output.wait(lambda: self.ended, Deadline(0.5))

    def clues(self) -> causes.ProgramClues:
        return causes.ProgramClues(self.role, self.code, self._expected_to_end, self.text("stderr"))

    def report(self) -> str:
        state = f"çıkış kodu {_code_name(self.code)}" if self.ended else "çalışıyor"
        return f"{self.title} ({state}): {self._shown_command}\n{self.output.report()}"

    # --- iç işler

    def _start(
        self, env: Mapping[str, str] | None, cwd: Path | str | None, writable: bool, stdout: int | None
    ) -> subprocess.Popen[bytes]:
        __tracebackhide__ = True
        try:
            return subprocess.Popen(
                self.command,
                stdin=subprocess.PIPE if writable else subprocess.DEVNULL,
                stdout=subprocess.PIPE if stdout is None else stdout,
                stderr=subprocess.PIPE,
                env={**_environment(), **guardian.mark(), MARK: self._mark, **(env or {})},
                cwd=cwd,
                start_new_session=True,
            )
        except OSError as error:
            fail(f"{self.label} başlatılamadı: {self._shown_command}: {reason(error)}")

    def _wait_output(self, ready: Callable[[], bool], deadline: Deadline) -> None:
        """Beklenen çıktıyı bekler; program biterse son yazdıklarının okunmasını da."""
        self.output.wait(lambda: ready() or self.ended, deadline)
        if self.ended:
            self.output.wait_closed(1.0)

    def _reap(self) -> None:
        self.code = self._process.wait()
        self.output.notify()

    def _feed(self, data: bytes) -> None:
        try:
            self._process.stdin.write(data)
            self._process.stdin.close()
        except OSError:
            pass

    def _fail_ready(self, deadline: Deadline) -> NoReturn:
        """Program durdurulup stdout'a yeniden bakılır: satır tamponda mı kalmıştı?"""
        __tracebackhide__ = True
        before = self.output.lines("stdout")
        ended_early = self.ended
        buffered = False
        if not before and not ended_early:
            self._scene.step(f"{self.label} hazır olmadı; tamponunda ne kaldığını görmek için SIGTERM gönderildi")
            self._process.send_signal(signals.SIGTERM)
            self.output.wait(lambda: self.ended, Deadline(1.0))
            self.output.wait_closed(0.5)
            buffered = bool(self.ready_addresses())
        if ended_early:
            summary = f"{self.label} hazır olmadan bitti (çıkış kodu {_code_name(self.code)})"
        elif before:
            summary = f"{self.label} hazır olma satırı yerine başka şey yazdı: {before[0]!r}"
        else:
            summary = f"{self.label} {deadline.seconds:g} saniyede hazır olmadı"
        code = self.code if ended_early else None
        fail(summary, Evidence(want="ready", received="\n".join(before).encode(), buffered=buffered, code=code))

    def _left_behind(self) -> list[int]:
        """Grubun hâlâ yaşayan üyeleri; numaranın yeniden kullanılmış olmasına karşı ortamdaki işarete de bakılır."""
        return [pid for pid in procfs.in_group(self.pid) if procfs.has_variable(pid, MARK, self._mark)]

    def _check_nothing_left(self) -> None:
        __tracebackhide__ = True
        deadline = Deadline(0.5)
        left = self._left_behind()
        while left and not deadline.expired:
            time.sleep(0.01)
            left = self._left_behind()
        if left:
            fail(f"{self.label} bitti ama geride {len(left)} süreç bıraktı: {', '.join(map(str, left))}")


def _environment() -> dict[str, str]:
    """Programın ortamı. PYTHONUNBUFFERED, stdout'u boşaltmayan bir programı gizlerdi; bu yüzden geçirilmez."""
    env = {**os.environ, "LC_ALL": "C.UTF-8"}
    env.pop("PYTHONUNBUFFERED", None)
    env.setdefault("ASAN_OPTIONS", "exitcode=99")
    env.setdefault("UBSAN_OPTIONS", "print_stacktrace=1")
    return env


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signals.SIGKILL)
    except ProcessLookupError:
        pass


def _shown(command: Sequence[str | Path]) -> str:
    """Komut, okunur biçimde: projedeki dosyalar göreli yolla, uzun sözcükler kısaltılmış."""
    words = []
    for word in map(str, command):
        path = Path(word)
        if path.is_absolute():
            word = str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else word
        words.append(word if word and len(word) <= 80 and not re.search(r"\s", word) else repr(word[:80]))
    return " ".join(words)


def _code_name(code: int | None) -> str:
    if code is not None and code < 0:
        try:
            return f"{code} ({signals.Signals(-code).name})"
        except ValueError:
            pass
    return str(code)
