"""Ölçümün çizimi: her nokta için bir pano, her panoda bütün sunucular; gnuplot çizer, sonuç SVG'dir.

Aynı ölçümden hep aynı baytlar çıkar: gnuplot'un kendini tanıttığı satır ve satır sonu boşlukları atılır. Zemin açık
renkle boyanır, sayfa koyu da olsa yazılar okunur.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Sequence

from yuva.bench_report import decimal
from yuva.bench_samples import FULL, Cell, Contestant, Point, Samples, contestants_of, points_of
from yuva.packages import GNUPLOT, ensure
from yuva.terminal import Failure

DRAW_SECONDS = 30.0
TITLE = "Sunucunun bir gidiş dönüşe harcadığı işlemci süresi, mikrosaniye (noktalı çizgi: yalın epoll)"

# Adında bu söz geçen sunucunun rengi, ilk tutan: aynı biçimde bekleyenler aynı renktedir.
COLOURS = {
    "yalın": "0x555555",
    "epoll": "0x1b7f5c",
    "poll": "0xd9822b",
    "select": "0xb3446c",
    "iş parçacığı": "0x3f6fb5",
    "asyncio": "0x8a6d3b",
}

SETTINGS = """\
set encoding utf8
set terminal svg size 1000,420 fixed noenhanced font 'sans-serif,13' background '#fdfdfb'
set multiplot layout 1,{panels} title '{title}' offset 0,-0.6 margins 0.165,0.985,0.09,0.83 spacing 0.014
set style fill solid noborder
set border 1 lc rgb '#999999'
set xrange [0:{longest}]
set yrange [{rows}:-1]
set xtics {step} nomirror scale 0.4 textcolor rgb '#555555'
set grid xtics lc rgb '#e4e4e0'
unset key
"""

PANEL = """\
$bars << SON
{bars}
SON
set title '{title}' offset 0,-0.6
{names}
set arrow 1 from {limit},-0.7 to {limit},{bottom} nohead dashtype 3 lc rgb '#555555' front
plot $bars using (0):1:(0):2:($1-0.36):($1+0.36):3 with boxxyerror lc rgb variable, \\
    $bars using 4:1:5 with labels left textcolor rgb '#222222'
"""


def prepare() -> None:
    """gnuplot yoksa kurar; dakikalar süren ölçümden önce çağrılır ki emek boşa gitmesin."""
    ensure([GNUPLOT], "ölçüm çizilecek")


def draw(samples: Samples) -> str:
    """SVG'nin metni."""
    command = [GNUPLOT.path() or "gnuplot", "-"]
    try:
        result = subprocess.run(
            command, input=script(samples), capture_output=True, text=True, encoding="utf-8", timeout=DRAW_SECONDS
        )
    except subprocess.TimeoutExpired:
        raise Failure(f"gnuplot {DRAW_SECONDS:g} saniyede çizemedi") from None
    if result.returncode != 0 or "</svg>" not in result.stdout:
        raise Failure(f"{result.stderr.strip()}\ngnuplot çizemedi; söyledikleri yukarıda.")
    return cleaned(result.stdout)


def cleaned(svg: str) -> str:
    """gnuplot'un sürümü, burada kullanılmayan işaret tanımları, boş gruplar ve satır sonu boşlukları olmadan."""
    for useless in (r"<title>.*?</title>", r"<desc>Produced by.*?</desc>", r"<defs>.*?</defs>"):
        svg = re.sub(useless, "", svg, flags=re.DOTALL)
    svg = re.sub(r"<g [^>]*>\s*</g>", "", svg)
    return re.sub(r"\s*\n\s*", "\n", svg).strip() + "\n"


def script(samples: Samples) -> str:
    points = points_of(samples)
    rows = [each for each in contestants_of(samples) if all((each, point) in samples for point in points)]
    longest = 1.3 * max(cell.typical for cell in samples.values() if cell.microseconds)
    step = max(5, 10 * round(longest / 40))
    settings = SETTINGS.format(panels=len(points), title=TITLE, longest=f"{longest:.2f}", rows=len(rows), step=step)
    return settings + "".join(panels(samples, rows, points, longest)) + "unset multiplot\n"


def panels(samples: Samples, rows: Sequence[Contestant], points: Sequence[Point], longest: float) -> Iterator[str]:
    names = ", ".join(f"'{contestant.title}' {row}" for row, contestant in enumerate(rows))
    for index, point in enumerate(points):
        cells = [samples[contestant, point] for contestant in rows]
        limit = cells[0].typical
        bars = "\n".join(bar(row, rows[row], cell, limit, longest / 40) for row, cell in enumerate(cells))
        yield PANEL.format(
            bars=bars,
            title=point.title,
            names="unset ytics" if index else f"set ytics ({names}) scale 0 textcolor rgb '#222222'",
            limit=f"{limit:.2f}",
            bottom=len(rows) - 0.3,
        )


def bar(row: int, contestant: Contestant, cell: Cell, limit: float, gap: float) -> str:
    """Satır, uzunluk, renk, yazının yeri, yazı. Ölçülememişin yazısı sınır çizgisinin ötesindedir."""
    length, end, text = (0.0, limit, FULL) if cell.full else (cell.typical, cell.typical, decimal(cell.typical))
    return f'{row} {length:.2f} {colour(contestant)} {end + gap:.2f} "{text}"'


def colour(contestant: Contestant) -> str:
    return next(value for word, value in COLOURS.items() if word in contestant.title)
