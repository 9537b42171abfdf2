"""Yük istemcisini (tests/bench/load.c) sürmek: bağlantıları açtırmak, ölçüm komutunu vermek, sonucu okumak."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass

from yuva.terminal import Failure

FULL = "sunucu dolu"
STOP_SECONDS = 10.0


class Full(Failure):
    """Sunucu bu kadar bağlantıyı almadı: "dolu" dedi."""


@dataclass(frozen=True)
class Conversation:
    """Sorulan satır ve beklenen yanıtı, satır sonları olmadan."""

    request: str
    answer: str


class Load:
    """Bağlantıları açık duran bir yük. Her beklemesi sınırlıdır: sınırlar yük istemcisinin kendisindedir."""

    def __init__(
        self, program: str, address: tuple[str, int], busy: int, idle: int, conversation: Conversation
    ) -> None:
        host, port = address
        command = [program, "--host", host, "--port", str(port), "--busy", str(busy), "--idle", str(idle)]
        command += [f"--request={conversation.request}", f"--answer={conversation.answer}"]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, encoding="utf-8")
        self.seconds_per_trip = 0.0
        """Son ölçümün duvar süresi."""
        self._expect("hazır")

    def measure(self, trips: int) -> None:
        """`trips` gidiş dönüş yapar. Döndüğünde havada istek yoktur."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"ölç {trips}\n")
        self._process.stdin.flush()
        self.seconds_per_trip = int(self._expect("bitti")[2]) / trips / 1e9

    def close(self) -> None:
        """Komutların sonu: yük istemcisi kendisi biter."""
        if self._process.returncode is not None:
            return
        try:
            self._process.communicate(timeout=STOP_SECONDS)
        finally:
            self._process.kill()
            self._process.wait()

    def _expect(self, word: str) -> list[str]:
        assert self._process.stdout is not None
        words = self._process.stdout.readline().split()
        if words[:1] == [word]:
            return words
        self._process.kill()
        _, complaint = self._process.communicate()
        reason = complaint.strip().rpartition("\n")[2] or "neden söylemedi"
        raise (Full if reason.endswith(FULL) else Failure)(f"yük tamamlanamadı: {reason}")
