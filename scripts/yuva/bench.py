"""`scripts/bench`: ölçümler. Test koşusunun parçası değildir; sayılar makineden makineye değişir."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from yuva import bench_architectures, bench_models, bench_runtime
from yuva.bench_report import Report
from yuva.build import RELEASE
from yuva.manifest import ROOT
from yuva.terminal import Failure, UsageError, say

PICTURES = RELEASE.folder
"""Sayfaya yazılmayan çizimlerin yeri."""


@dataclass(frozen=True)
class Benchmark:
    """Bir ölçüm: `measure(quick)` sayfaya konacakları ve hedeflerin tutup tutmadığını verir."""

    title: str
    page: str
    measure: Callable[[bool], Report]


BENCHMARKS = {
    "architectures": Benchmark(
        "ders 06'nın beş sunucusu: hız, işlemci, bellek, takılan istemcinin etkisi",
        "docs/tr/06-client-server.md",
        bench_architectures.measure,
    ),
    "models": Benchmark(
        "sunucu modelleri: bir gidiş dönüşün işlemci süresi, bağlantılar çoğaldıkça",
        "docs/tr/09-selectors.md",
        bench_models.measure,
    ),
    "runtime": Benchmark(
        "common/async: geçiş, görev, akışlarla yankı, boşta bağlantı; asyncio ile yan yana",
        "docs/tr/asyncio.md",
        bench_runtime.measure,
    ),
}

HELP = f"""\
Ölçer ve tabloyu yazar. Yalnız geri döngüde çalışır; birkaç dakika iki çekirdeği meşgul eder.

  scripts/bench ÖLÇÜM           ölçer, tabloyu gösterir; çizim varsa derleme klasörüne konur
  scripts/bench ÖLÇÜM --quick   tek tur: yarım dakika kadar, kaba sayılar
  scripts/bench ÖLÇÜM --write   tabloyu sayfasına, çizimi yanına da yazar

Ölçümler:
{chr(10).join(f'  {name:<15} {benchmark.title}' for name, benchmark in BENCHMARKS.items())}

Ölçümün tutması gereken bir hedefi varsa sonda tutup tutmadığı yazar.
Çıkış kodu: 0 oldu, 1 olmadı ya da bir hedef tutmadı (--quick ile hedef aranmaz), 2 komut yanlış yazıldı.
"""

OPTIONS = ("--quick", "--write")


def main(arguments: list[str]) -> int:
    if not arguments or any(word in ("-h", "--help") for word in arguments):
        print(HELP, end="")
        return 0
    name, options = arguments[0], arguments[1:]
    if name not in BENCHMARKS:
        raise UsageError(f"{name} diye bir ölçüm yok; olanlar: {', '.join(BENCHMARKS)} (yardım: scripts/bench --help)")
    for option in options:
        if option not in OPTIONS:
            raise UsageError(f"{name}: {option} diye bir seçenek yok; olanlar: {', '.join(OPTIONS)}")
    if {"--quick", "--write"} <= set(options):
        raise UsageError(f"{name}: tek turun sayıları sayfaya yazılmaz; --quick ile --write birlikte verilemez")
    report = BENCHMARKS[name].measure("--quick" in options)
    body = f"`scripts/bench {name}`, {machine()}. {report.body}"
    print(body)
    if "--write" in options:
        write(BENCHMARKS[name].page, name, body)
    draw(report.pictures, ROOT if "--write" in options else PICTURES)
    for target in report.targets:
        print(target)
    return int("--quick" not in options and any(target.held is False for target in report.targets))


def draw(pictures: Mapping[str, str], folder: Path) -> None:
    """Çizimleri `folder` altında, depodaki yollarına yazar."""
    for name, content in pictures.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
        say(f"Çizim: {path.relative_to(ROOT)}")


def machine() -> str:
    """Ölçümün yapıldığı makinenin türü; adı değil."""
    cores = len(os.sched_getaffinity(0))
    kernel = ".".join(platform.release().split(".")[:2])
    return f"{cores} çekirdek, `{processor()}`, {platform.system()} {kernel}"


def processor() -> str:
    try:
        names = re.findall(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE)
    except OSError:
        names = []
    return names[0].strip() if names else platform.machine()


def write(page: str, name: str, body: str) -> None:
    """Sayfada `<!-- scripts/bench AD -->` ile `<!-- /scripts/bench AD -->` arasını yeniler."""
    path = ROOT / page
    opening, closing = f"<!-- scripts/bench {name} -->", f"<!-- /scripts/bench {name} -->"
    text = path.read_text(encoding="utf-8")
    before, found, rest = text.partition(f"{opening}\n")
    _, closed, after = rest.partition(f"{closing}\n")
    if not found or not closed:
        raise Failure(f"{page}: '{opening}' ile '{closing}' arası bulunamadı")
    path.write_text(f"{before}{found}\n{body}\n\n{closed}{after}", encoding="utf-8")
