"""Modellerin ölçümünden toplananlar ve onlardan çıkan tablo."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from yuva.bench_load import Conversation
from yuva.bench_report import decimal, grouped, table

UNMEASURED = "–"
FULL = "sığmaz"


@dataclass(frozen=True)
class Point:
    """Ölçümün bir noktası: soran ve susan bağlantılar."""

    busy: int
    idle: int = 0

    @property
    def title(self) -> str:
        return f"{grouped(self.busy)} soran" + (f", {grouped(self.idle)} susan" if self.idle else "")


@dataclass(frozen=True)
class Contestant:
    """Ölçülen bir sunucu."""

    title: str
    lesson: str
    """Dersin numarası; boşsa program ölçüm için yazılmıştır (tests/bench)."""
    options: tuple[str, ...]
    conversation: Conversation
    points: tuple[Point, ...]
    environment: tuple[str, ...] = ()
    """AD=DEĞER biçiminde ortam değişkenleri."""
    program: str = ""
    """Dersi olmayanın tests/bench içindeki adı."""


@dataclass
class Cell:
    """Bir sunucunun bir noktadaki ölçümleri."""

    microseconds: list[float] = field(default_factory=list)
    """Her turda, gidiş dönüş başına işlemci süresi."""
    calls: float | None = None
    """Gidiş dönüş başına sistem çağrısı."""
    full: bool = False
    """Sunucu bu kadar bağlantıyı almadı."""
    user_ticks: int = 0
    kernel_ticks: int = 0
    """Bütün turların toplamı: tek turda vuruş azdır."""

    @property
    def typical(self) -> float:
        """Turların ortancası: tek bir bozuk tur onu ne yukarı ne aşağı çeker."""
        return statistics.median(self.microseconds)

    @property
    def kernel_share(self) -> float | None:
        """Sürenin çekirdekte geçen payı; hiç vuruş sayılmadıysa None."""
        ticks = self.user_ticks + self.kernel_ticks
        return self.kernel_ticks / ticks if ticks else None


Samples = Mapping[tuple[Contestant, Point], Cell]


def ratio(samples: Samples, contestant: Contestant, limit: Contestant, point: Point) -> float:
    """Turların kendi oranlarının ortancası. Makine turdan tura hızlanıp yavaşlasa da bir turun iki ölçümü yan yanadır;
    ortancaların oranı, iki ayrı turu birbirine bölebilirdi."""
    pairs = zip(samples[contestant, point].microseconds, samples[limit, point].microseconds, strict=True)
    return statistics.median(cost / least for cost, least in pairs)


def contestants_of(samples: Samples) -> list[Contestant]:
    return list(dict.fromkeys(contestant for contestant, _ in samples))


def points_of(samples: Samples) -> list[Point]:
    return list(dict.fromkeys(point for _, point in samples))


def results_table(samples: Samples, limit: Contestant, counted: Sequence[Point]) -> str:
    """Satırlar sunucular; sütunlar noktalar (mikrosaniye ve sınıra oranı), sonra çağrılar."""
    points = points_of(samples)
    heads = ["sunucu", *(point.title for point in points), *(f"çağrı, {point.title}" for point in counted)]
    rows = [heads]
    for contestant in contestants_of(samples):
        cells = [cost(samples, contestant, limit, point) for point in points]
        cells += [calls(samples.get((contestant, point))) for point in counted]
        rows.append([contestant.title, *cells])
    return table(rows)


def cost(samples: Samples, contestant: Contestant, limit: Contestant, point: Point) -> str:
    cell = samples.get((contestant, point))
    if cell is None:
        return UNMEASURED
    if cell.full:
        return FULL
    return f"{decimal(cell.typical)} ({decimal(ratio(samples, contestant, limit, point), 2)})"


def calls(cell: Cell | None) -> str:
    if cell is None or (cell.calls is None and not cell.full):
        return UNMEASURED
    return FULL if cell.calls is None else decimal(cell.calls, 2)
