"""Akışı kesmenin yolları: TCP'nin parça sınırlarına güvenen program bunlardan birinde ele verir kendini.

bytes   birer bayt; ilk 4 KiB'tan sonra daha büyük parçalar (bir megabayt da makul sürede geçsin)
random  rastgele boylar; satırların ortasından, çok baytlı karakterlerin de içinden keser
joined  gönderen susana kadar biriktirir, tek parça verir
pass    geldiği gibi
"""

from __future__ import annotations

import random
from typing import Iterator

CUTTING = ("bytes", "random", "joined")
MODES = ("pass", *CUTTING)

SINGLE_BYTES = 4096
LARGE_PIECE = 1024


class Cutter:
    """Bir yöndeki akışın kesicisi; aynı rastgelelik aynı veriyi aynı yerlerden keser."""

    def __init__(self, mode: str, rng: random.Random) -> None:
        if mode not in MODES:
            raise ValueError(f"bilinmeyen kip: {mode} (bilinenler: {', '.join(MODES)})")
        self.mode = mode
        self._random = rng
        self._passed = 0

    @property
    def separates(self) -> bool:
        """Parçalar karşıda ayrı ayrı mı okunmalı?"""
        return self.mode in ("bytes", "random")

    def cut(self, data: bytes) -> Iterator[bytes]:
        ends = {"bytes": self._byte_ends, "random": self._random_ends}.get(self.mode)
        start = 0
        for end in ends(data) if ends else [len(data)]:
            yield data[start:end]
            start = end
        self._passed += len(data)

    def _byte_ends(self, data: bytes) -> list[int]:
        single = max(0, min(len(data), SINGLE_BYTES - self._passed))
        ends = [*range(1, single + 1), *range(single + LARGE_PIECE, len(data), LARGE_PIECE)]
        return ends if ends and ends[-1] == len(data) else [*ends, len(data)]

    def _random_ends(self, data: bytes) -> list[int]:
        ends = {len(data)}
        at = 0
        while at < len(data):
            at += self._random.choice((1, 2, 3, self._random.randint(4, 64), self._random.randint(65, 1500)))
            ends.add(min(at, len(data)))
        ends.update(self._inside_characters(data))
        return sorted(ends)

    def _inside_characters(self, data: bytes) -> list[int]:
        """Çok baytlı karakterlerin içi: ilki kesin, ötekiler yazı tura; uzun veride en çok 64 kesik."""
        inside = [at for at in range(1, len(data)) if data[at] & 0xC0 == 0x80][:64]
        return [at for order, at in enumerate(inside) if order == 0 or self._random.random() < 0.5]
