"""Bir ölçümün sonucu ve sayıların Türkçe yazılışı."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Target:
    """Ölçümün tutması gereken bir söz. `held` None ise ölçülemedi; nedeni metindedir."""

    text: str
    held: bool | None

    def __str__(self) -> str:
        ending = {True: " tuttu", False: " TUTMADI", None: ""}[self.held]
        return f"hedef: {self.text}{ending}"


@dataclass(frozen=True)
class Report:
    body: str
    """Sayfaya konacak metin: özet ve tablo, Markdown."""
    pictures: Mapping[str, str] = field(default_factory=dict)
    """Çizimler: depodaki yolu ve içeriği."""
    targets: Sequence[Target] = ()


def table(rows: Sequence[Sequence[str]]) -> str:
    """Markdown tablosu: ilk satır başlıktır, ilk sütun sola, ötekiler sağa dayalı."""
    lines = [rows[0], ["---", *["---:"] * (len(rows[0]) - 1)], *rows[1:]]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def bullet(text: str) -> str:
    """Madde imi; içinde sayılar olduğu için satırları burada bölünür."""
    return textwrap.fill(f"- {text}", 118, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


def decimal(value: float, digits: int = 1) -> str:
    return f"{value:.{digits}f}".replace(".", ",")


def grouped(value: int) -> str:
    """Binlikleri ayrılmış: 5.000"""
    return f"{value:,}".replace(",", ".")
