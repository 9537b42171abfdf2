"""Programları başlatmak ve yazdıklarını, hangisi önce yazdıysa o sırayla toplamak.

Her programın stdout ve stderr'i boru değil, aynı AF_UNIX SEQPACKET soketidir: her write(2) bir paket olur ve çekirdek
pakete yazıldığı anın damgasını vurur (SO_TIMESTAMPNS, socket(7)). Boruda yalnız okunduğu an bilinirdi; iki program
arka arkaya yazınca yanıt, sorudan önce görünebilirdi. Bedeli: tek bir write en çok soketin gönderme tamponu kadar
(en az 200 KiB) olabilir.

Sinyaller istisna olarak araya girmez, bir sonraki turda görülür; bu yüzden "süreç başladı ama kaydedilmedi" diye bir
an yoktur.

Programların yazdıklarının arasına, aynı saatle damgalanmış başka satırlar da girebilir: başka bir iş parçacığının
gördükleri (post) ve bir borudan okunanlar (follow).
"""

from __future__ import annotations

import bisect
import contextlib
import os
import selectors
import signal
import socket
import struct
import subprocess
import threading
import time
from typing import Any, Callable, Iterator, NamedTuple, Protocol, Sequence

# Linux'un genel ABI'sindeki değeri; Python'ın socket modülünde adı yoktur.
SO_TIMESTAMPNS = 35
TIMESPEC = struct.Struct("@ll")

LARGEST_PACKET = 1 << 18
LONGEST_LINE = 1 << 16
# Gösterilmeyi bekleyen bu kadar satır varsa post bekletir: uçbirim yavaşsa izlenenler de yavaşlar, bellek dolmaz.
MOST_POSTED = 4096
LONGEST_SLEEP = 3600.0
POLL_SECONDS = 0.02
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Line(NamedTuple):
    label: str
    text: str

    @property
    def prefix(self) -> str:
        return f"{self.label:<7}│ "

    def __str__(self) -> str:
        return (self.prefix + self.text).rstrip()


class StopRequested(Exception):
    """Beklerken SIGINT, SIGTERM ya da SIGHUP geldi."""

    def __init__(self, signum: int) -> None:
        super().__init__(signum)
        self.signum = signum


class Source(Protocol):
    """Damgalı satırların okunduğu yer."""

    @property
    def output(self) -> Any:
        """select'in izleyeceği dosya."""

    output_ended: bool

    def read_lines(self) -> Iterator[tuple[int, Line]]: ...


class Program:
    """Kendi oturumunda çalışan bir program. `exit` None ise sürüyor; eksi sayı, onu bitiren sinyaldir."""

    def __init__(self, label: str, command: Sequence[str], ring: Callable[[], None]) -> None:
        self.label = label
        self.exit: int | None = None
        self.output_ended = False
        self._asked_to_stop = False
        self._group_gone = False
        self._unfinished = b""
        self.output, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.output.setblocking(False)
        self.output.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        with theirs:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs, start_new_session=True
            )
        threading.Thread(target=self._await_exit, args=(ring,), daemon=True).start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def ask_to_stop(self) -> None:
        """SIGTERM, bir kez: ikincisi programı düzgün kapanışının ortasında bitirirdi."""
        if not self._asked_to_stop:
            self._asked_to_stop = True
            self._process.terminate()

    def kill_group(self) -> None:
        """Program bittikten sonra bir kez daha: arkasında bıraktığı süreçler için. Sonra numara başkasının olabilir."""
        if self._group_gone:
            return
        self._group_gone = self.exit is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def read_lines(self) -> Iterator[tuple[int, Line]]:
        """O ana kadar yazılmış satırlar, yazıldıkları anla (ns). Akış sonunda output_ended doğru olur."""
        stamp = 0
        while not self.output_ended:
            try:
                packet, ancillary, _, _ = self.output.recvmsg(LARGEST_PACKET, socket.CMSG_SPACE(TIMESPEC.size))
            except BlockingIOError:
                return
            self.output_ended = not packet
            stamp = _stamp(ancillary) or stamp
            yield from ((stamp, Line(self.label, text)) for text in self._split(packet))

    def _split(self, packet: bytes) -> list[str]:
        """Tamamlanan satırlar. Satır sonu gelmeden akış biterse ya da satır çok uzarsa eldeki de satır sayılır."""
        *lines, self._unfinished = (self._unfinished + packet).split(b"\n")
        if self._unfinished and (not packet or len(self._unfinished) > LONGEST_LINE):
            lines.append(self._unfinished)
            self._unfinished = b""
        return [line.decode("utf-8", "replace").rstrip("\r") for line in lines]

    def _await_exit(self, ring: Callable[[], None]) -> None:
        self.exit = self._process.wait()
        ring()


class Watch:
    """Başlattığı programları izler; satırları on_line'a yazılış sırasıyla verir."""

    def __init__(self, on_line: Callable[[Line], None]) -> None:
        self.programs: list[Program] = []
        # Damgası geçmişte kalan satırlar sonradan gelebiliyorsa (strace) her satır bu kadar bekletilip sıralanır.
        self.delay_seconds = 0.0
        self._on_line = on_line
        self._sources: list[Source] = []
        self._pending: list[tuple[int, Line]] = []
        self._posted: list[tuple[int, Line]] = []
        self._room = threading.Condition()
        self._refusing = False
        self._signals: list[int] = []
        self._doorbell, self._button = socket.socketpair()
        self._button.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._doorbell, selectors.EVENT_READ)

    def start(self, label: str, command: Sequence[str]) -> Program:
        program = Program(label, command, self._ring)
        self.programs.append(program)
        self.follow(program)
        return program

    def follow(self, source: Source) -> None:
        self._sources.append(source)
        self._selector.register(source.output, selectors.EVENT_READ)

    def post(self, made_at: Callable[[int], Sequence[Line]]) -> None:
        """Başka bir iş parçacığının şu anda gördüğü: made_at, vurulan damgayı (ns) alıp satırları verir. Damga kilit
        altında vurulur ki turun başladığı andan eskiyse o turda alınmış olsun; yoksa sonrakilerin ardına düşerdi."""
        with self._room:
            self._room.wait_for(lambda: len(self._posted) < MOST_POSTED or self._refusing)
            if self._refusing:
                return
            now = time.time_ns()
            self._posted += [(now, line) for line in made_at(now)]
        self._ring()

    def refuse_posts(self) -> None:
        """Artık gösterilecek bir şey yok; post içinde bekleyen varsa uyanır."""
        with self._room:
            self._refusing = True
            self._room.notify_all()

    def wait(self, done: Callable[[], bool], seconds: float) -> bool:
        """done() doğru olana dek izler; zaman sınırı aşılırsa False döner. StopRequested atabilir."""
        limit = time.monotonic() + seconds
        while self._pending or not done():
            remaining = limit - time.monotonic()
            if remaining <= 0:
                return done()
            self._selector.select(min(remaining, self._until_due()))
            self._take_turn()
            if self._signals:
                raise StopRequested(self._signals.pop())
        return True

    def wait_repeatedly(self, done: Callable[[], bool], seconds: float) -> bool:
        """wait gibi; done() bir satır gelmeden de doğru olabilir, bu yüzden arada bir bakılır. Döndüğünde, done() doğru
        olmadan önce söylenmiş her şey gösterilmiştir."""
        limit = time.monotonic() + seconds
        while True:
            finished = done()
            self._take_turn()
            if finished and not self._pending:
                return True
            if time.monotonic() >= limit:
                return False
            self.wait(lambda: False, POLL_SECONDS)

    def close(self) -> None:
        """Süren ne varsa öldürür."""
        for program in self.programs:
            program.kill_group()
            program.output.close()
        self._selector.close()

    @contextlib.contextmanager
    def catching_signals(self) -> Iterator[None]:
        """Bu bloğun içinde durdurma sinyalleri wait'te StopRequested olur; çıkışta eski işleyiciler geri gelir."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        previous = {
            signum: signal.signal(signum, self._note_signal)
            for signum in STOP_SIGNALS
            if signal.getsignal(signum) is not signal.SIG_IGN
        }
        try:
            yield
        finally:
            for signum, handler in previous.items():
                signal.signal(signum, handler)

    def _note_signal(self, signum: int, _frame: object) -> None:
        self._signals.append(signum)
        self._ring()

    def _ring(self) -> None:
        """select'i uyandırır; sinyal işleyicisinden ve bekleyen iş parçacıklarından çağrılır."""
        with contextlib.suppress(OSError):
            self._button.send(b"\0")

    def _take_turn(self) -> None:
        """Okunan satırlardan, okumaya başlanmadan önce yazılmış olanları sırayla verir; gerisi sonraki tura kalır.

        Okuma sürerken bir program yazıp öbürü yanıt verebilir; yanıtı görüp soruyu kaçırmış olabiliriz.
        """
        started = time.time_ns()
        with contextlib.suppress(BlockingIOError):
            self._doorbell.recv(4096, socket.MSG_DONTWAIT)
        for source in self._sources:
            if not source.output_ended:
                self._pending += source.read_lines()
                if source.output_ended:
                    self._selector.unregister(source.output)
        self._pending += self._take_posted()
        self._pending.sort(key=lambda stamped: stamped[0])
        due = started - int(self.delay_seconds * 1e9)
        count = bisect.bisect_right(self._pending, due, key=lambda stamped: stamped[0])
        told, self._pending = self._pending[:count], self._pending[count:]
        for _, line in told:
            self._tell(line)

    def _take_posted(self) -> list[tuple[int, Line]]:
        with self._room:
            posted, self._posted = self._posted, []
            self._room.notify_all()
        return posted

    def _until_due(self) -> float:
        """Bekleyen ilk satırın sırası gelene kadarki saniye."""
        if not self._pending:
            return LONGEST_SLEEP
        return max(0.0, self.delay_seconds - (time.time_ns() - self._pending[0][0]) / 1e9)

    def _tell(self, line: Line) -> None:
        # Dinleyen istisna atarsa (çıktıyı okuyan gitmiştir) kapanışta bir daha çağrılmaz.
        listener, self._on_line = self._on_line, lambda line: None
        listener(line)
        self._on_line = listener


def _stamp(ancillary: list[tuple[int, int, bytes]]) -> int:
    for level, kind, data in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, SO_TIMESTAMPNS):
            seconds, nanoseconds = TIMESPEC.unpack(data)
            return seconds * 1_000_000_000 + nanoseconds
    return 0
