"""pytest'i testlerin klasöründe, ağaca hiçbir şey bırakmadan çalıştırmak."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Sequence

from yuva.manifest import ROOT

FOLDER = ROOT / "tests"

# Testler çoğunlukla bekler (bir satırı, bir zaman aşımını); çekirdek başına iki işçi işlemciyi boş bırakmaz.
WORKERS_PER_CORE = 2


def command(build_folder: Path, arguments: Sequence[str]) -> list[str]:
    """Bu komutu çalıştıran Python'da pytest ve xdist vardır; onu başlatıcı (need_python) sağlamıştır.

    Seçeneklerin değeri `=` ile yapışık verilir: pytest, conftest.py'yi okumadan önce tanımadığı seçeneğin ayrı
    duran değerini test yolu sanır ve kök klasörü ona göre seçer.
    """
    return [
        sys.executable,
        "-m",
        "pytest",
        "-n",
        str(WORKERS_PER_CORE * len(os.sched_getaffinity(0))),
        "--dist",
        "loadgroup",
        "-o",
        f"cache_dir={build_folder / 'pytest-cache'}",
        f"--build-dir={build_folder}",
        *map(_absolute_test, arguments),
    ]


def _absolute_test(argument: str) -> str:
    """Bulunulan klasöre göre yazılmış bir test dosyası (test_04_tcp.py::test_x) tests/ içinden de bulunabilsin."""
    path, separator, name = argument.partition("::")
    if path.endswith(".py") and Path(path).is_file():
        return f"{Path(path).absolute()}{separator}{name}"
    return argument
