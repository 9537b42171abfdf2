"""strace'in anlattıkları: iki programın soket çağrıları, telden geçenlerle aynı sırada.

strace satırlarını bir FIFO'ya yazar; her satırda çağrının başladığı an (-ttt, duvar saati) ve sürdüğü süre (-T) vardır.
Bekleyen bir çağrının (accept, recv, poll) olayı döndüğü andır, ötekilerin (connect, send, shutdown) çağrıldığı an: biri
sonuçtur, öbürü neden. Satır çağrı dönünce geldiği için her şey DELAY_SECONDS bekletilip sıralanır.
"""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Callable, Iterator

from yuva.packages import STRACE, ensure
from yuva.runner import CLIENT, SERVER, Programs
from yuva.terminal import Failure, paint
from yuva.watch import Line
from yuva.wire_format import milliseconds, quoted
from yuva.wire_view import Clock

DELAY_SECONDS = 0.1
PATIENCE = 5.0
PIECE = 65536
MOST_UNFINISHED = 1024
STRING_BYTES = 64
SHOWN_WAIT_NS = 1_000_000

# `?`: o ad bu mimaride yoksa (arm64'te poll) strace yakınmaz.
DESCRIPTOR_CALLS = ("read", "write", "readv", "writev", "close", "fcntl", "sendfile")
WAITING_CALLS = ("poll", "ppoll", "select", "pselect6", "epoll_wait", "epoll_pwait", "epoll_pwait2")
OTHER_CALLS = ("epoll_create1", "epoll_ctl")
TRACED = ",".join(["%network", *(f"?{name}" for name in (*DESCRIPTOR_CALLS, *WAITING_CALLS, *OTHER_CALLS))])
WAITS = re.compile(r"accept4?|recv\w*|readv?|" + "|".join(WAITING_CALLS))
ON_DESCRIPTORS = re.compile("|".join((*DESCRIPTOR_CALLS, *(name for name in WAITING_CALLS if "epoll" not in name))))

LINE = re.compile(r"(?P<pid>\d+) +(?P<seconds>\d+)\.(?P<micro>\d{6}) (?P<rest>.*)")
RESUMED = re.compile(r"<\.\.\. (\w+) resumed>(.*)")
UNFINISHED = " <unfinished ...>"
CALL = re.compile(r"(?P<name>\w+)\((?P<rest>.*?)(?: <(?P<lasted>\d+\.\d+)>)?", re.DOTALL)
STRING = r'"(?:[^"\\]|\\.)*"'
ANNOTATION = r"(?<=\d)<(?:[\w-]+:\[.*?\]|/[^>]*)>"
SOCKET = re.compile(r"(?<!\d)(?P<descriptor>\d+)<(?:socket|TCP|UDP|UNIX|NETLINK|RAW|ICMP|PACKET)[\w-]*:\[")
OCTAL = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v", b"f": b"\f"}
STANDARD = (0, 1, 2)


def obtain() -> None:
    """strace kurulu ve süreçleri izleyebiliyor olsun; olmuyorsa nedenini söyleyen Failure."""
    ensure([STRACE], "--syscalls istendi")
    tried = subprocess.run(["strace", "-qq", "-e", "trace=none", "true"], capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        told = (tried.stderr.strip().splitlines() or [f"çıkış kodu {tried.returncode}"])[0]
        raise Failure(
            f"--syscalls: strace burada süreçleri izleyemiyor ({told}). Kapsayıcılarda ptrace izni kapalı olabilir "
            "(docker: --cap-add=SYS_PTRACE); --syscalls vermeden dene."
        )


class Calls:
    """Bir tarafın çağrıları: watch.Source. Komutun başına `prefix` konur; aynı tarafın bütün programları aynı FIFO'ya
    yazar."""

    output_ended = False

    def __init__(self, label: str, folder: Path, clock: Clock, full: bool = False) -> None:
        self.label = f"{label} çağrı"
        self._path = folder / label
        os.mkfifo(self._path, 0o600)
        # Yazma ucu da bizde: program bitip yenisi başlarken akış sonu görülmez.
        self.output = os.open(self._path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        self._clock = clock
        self._strings = PIECE if full else STRING_BYTES
        self._unread = b""
        self._begun: dict[str, tuple[int, str]] = {}
        # Programın kendi süreci mi, onun bir iş parçacığı ya da çocuğu mu? Ötekilerin numarası satırda görünür.
        self.is_program: Callable[[int], bool] = lambda pid: True

    @property
    def prefix(self) -> list[str]:
        """-D: strace yandaki süreçtir, sinyaller ve çıkış kodu programındır. --seccomp-bpf: yalnız sorulan çağrılarda
        durur, programlar az yavaşlar. Sızıntı denetimi ptrace ile bağdaşmaz."""
        given = os.environ.get("ASAN_OPTIONS", "")
        options = f"{given}:detect_leaks=0" if given else "detect_leaks=0"
        form = ["-qq", "-yy", "-ttt", "-T", "-s", str(self._strings), "-e", "signal=none", "-e", f"trace={TRACED}"]
        return ["strace", "-D", "-f", "--seccomp-bpf", *form, "-E", f"ASAN_OPTIONS={options}", "-o", str(self._path)]

    @classmethod
    def for_both(cls, cleanup: contextlib.ExitStack, clock: Clock, full: bool) -> list[Calls]:
        """Sunucununki ve istemcininki; `cleanup` bitince geride dosya kalmaz."""
        folder = Path(cleanup.enter_context(tempfile.TemporaryDirectory(prefix="yuva-")))
        both = [cls(label, folder, clock, full) for label in (SERVER, CLIENT)]
        for each in both:
            cleanup.callback(os.close, each.output)
        return both

    def read_lines(self) -> Iterator[tuple[int, Line]]:
        try:
            *lines, self._unread = (self._unread + os.read(self.output, PIECE)).split(b"\n")
        except BlockingIOError:
            return
        for line in lines:
            if call := self._whole(line.decode("utf-8", "replace")):
                yield from self._shown(*call)

    def _whole(self, line: str) -> tuple[str, int, str] | None:
        """Süreç, başladığı an, çağrının tamamı. Başka iş parçacığının böldüğü çağrının iki yarısı birleşir."""
        match = LINE.fullmatch(line)
        if match is None:
            return None
        pid, rest = match["pid"], match["rest"]
        stamp = int(match["seconds"]) * 1_000_000_000 + int(match["micro"]) * 1000
        if rest.endswith(UNFINISHED):
            if len(self._begun) < MOST_UNFINISHED:
                self._begun[pid] = (stamp, rest.removesuffix(UNFINISHED))
            return None
        if resumed := RESUMED.fullmatch(rest):
            stamp, begun = self._begun.pop(pid, (stamp, f"{resumed[1]}(…"))
            rest = begun + resumed[2]
        return pid, stamp, rest

    def _shown(self, pid: str, stamp: int, text: str) -> Iterator[tuple[int, Line]]:
        call = CALL.fullmatch(text)
        if call is None or not about_sockets(call["name"], text):
            return
        lasted = int(float(call["lasted"] or 0) * 1e9)
        waits = WAITS.fullmatch(call["name"])
        if waits or lasted > DELAY_SECONDS * 0.5e9:
            stamp += lasted
        who = "" if self.is_program(int(pid)) else f"[{pid}] "
        waited = f"  ({milliseconds(lasted)} bekledi)" if waits and lasted >= SHOWN_WAIT_NS else ""
        shown = f"{who}{call['name']}({readable(call['rest'])}{waited}"
        yield stamp, Line(self.label, paint(f"{self._clock.column(stamp)}  {shown}", "dim"))


def traced(programs: Programs, server: Calls, client: Calls) -> Programs:
    return Programs([*server.prefix, *programs.server], [*client.prefix, *programs.client], traced=True)


def about_sockets(name: str, text: str) -> bool:
    """Ağ çağrıları ve epoll her zaman; read, write, poll gibiler içlerinde bir soket varsa.

    0, 1 ve 2 sayılmaz: burada onlar da sokettir (watch.py), üstlerinden geçen programın çıktısıdır.
    """
    if not ON_DESCRIPTORS.fullmatch(name):
        return True
    return any(int(found["descriptor"]) not in STANDARD for found in SOCKET.finditer(text))


def readable(text: str) -> str:
    """-yy'nin tanımlayıcılara eklediği açıklamalar atılır, dizgiler tellerdeki gibi yazılır."""
    return re.sub(f"({STRING})|{ANNOTATION}", lambda found: _string(found[1]) if found[1] else "", text)


def _string(text: str) -> str:
    data = OCTAL.sub(_byte, text[1:-1].encode())
    return quoted(data, None) or text


def _byte(found: re.Match[bytes]) -> bytes:
    code = found[1]
    return bytes([int(code, 8) & 0xFF]) if code.isdigit() else LETTERS.get(code, code)
