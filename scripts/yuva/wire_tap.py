"""Test düzeneğinin vekil sunucusunu bir senaryonun ortasına koymak: gördüğü her olay, olduğu anda bir satırdır."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Callable, Sequence

from yuva.runner import Address
from yuva.terminal import Failure
from yuva.watch import Line, Watch
from yuva.wire_syscalls import DELAY_SECONDS, Calls
from yuva.wire_view import WIRE, View

TESTS = Path(__file__).resolve().parents[2] / "tests"
sys.path.insert(0, str(TESTS))

from harness import address as harness_address  # noqa: E402  (yol yukarıda eklendi)
from harness.errors import reason  # noqa: E402
from harness.proxy import Proxy  # noqa: E402
from harness.recording import Event  # noqa: E402
from harness.udp_proxy import UdpProxy  # noqa: E402


class WireTap:
    """runner.Tap. Vekil `port` verilirse orada, verilmezse boş bir portta dinler; `greeting`, dinlemeye başlayınca
    söyleneceklerdir. `calls` varsa satırları geç gelebilir, o zaman her şey DELAY_SECONDS bekletilip sıralanır."""

    def __init__(self, view: View) -> None:
        self.port: int | None = None
        self.greeting: Callable[[Address], Sequence[str]] = lambda here: ()
        self.calls: Sequence[Calls] = ()
        self._proxy: Proxy | UdpProxy | None = None
        self._view = view
        self._watch: Watch | None = None

    def begin(self, watch: Watch) -> None:
        self._watch = watch
        watch.delay_seconds = DELAY_SECONDS if self.calls else 0.0
        for calls in self.calls:
            calls.is_program = lambda pid: any(program.pid == pid for program in watch.programs)
            watch.follow(calls)

    def stand_before(self, server: Address) -> Address:
        target = harness_address.Address(server.host, server.port, server.path)
        at = None if self.port is None or server.path else harness_address.Address(server.host, self.port)
        try:
            self._proxy = self._in_front_of(target, at)
        except OSError as error:
            raise Failure(
                f"Vekil {at or target.host} adresinde dinleyemiyor: {reason(error)}; başka bir port ver: --port 0"
            ) from None
        found = self._proxy.address
        here = Address(found.host, found.port, found.path)
        spoken = f"; protokol: {self._view.protocol.name}" if self._view.protocol.name else ""
        self.say(f"vekil sunucu araya girdi: istemci → {found} → {target} sunucu{spoken}", *self.greeting(here))
        return here

    def say(self, *texts: str) -> None:
        self._post(lambda now: texts)

    def quiet(self) -> bool:
        return self._proxy is None or self._proxy.idle

    def close(self) -> None:
        if self._proxy is not None:
            self._proxy.close()

    def _in_front_of(self, target: harness_address.Address, at: harness_address.Address | None) -> Proxy | UdpProxy:
        if self._view.datagrams:
            return UdpProxy(target, at=at, listener=self._hear)
        return Proxy(target, at=at, listener=self._hear)

    def _hear(self, event: Event) -> None:
        self._post(lambda now: self._view.lines(event, now))

    def _post(self, made_at: Callable[[int], Sequence[str]]) -> None:
        if self._watch is not None:
            self._watch.post(lambda now: [Line(WIRE, text) for text in made_at(now)])
