"""scripts/bench'in kendisi: yanlış yazılanı söyler, tabloyu sayfada kendi yerine yazar. Ölçüm burada koşmaz."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness import lessons  # noqa: F401  (scripts/ klasörünü modül yoluna ekler)

from yuva import bench
from yuva.bench_architectures import ARCHITECTURES, IDLE_CONNECTIONS, STALLED, Sample, table
from yuva.terminal import Failure, UsageError

PAGE = """önce
<!-- scripts/bench architectures -->
eski
<!-- /scripts/bench architectures -->
sonra
"""


@pytest.mark.parametrize(
    "words",
    [["yok"], ["architectures", "--hepsi"], ["architectures", "--quick", "--write"]],
    ids=["unknown", "option", "rough numbers"],
)
def test_wrong_usage(words: list[str]) -> None:
    """Bilinmeyen ölçüm ve seçenek, ölçmeye başlanmadan geri çevrilir; kaba sayılar sayfaya yazılmaz."""
    with pytest.raises(UsageError):
        bench.main(words)


def test_help_lists_every_benchmark(capsys: pytest.CaptureFixture[str]) -> None:
    """Yardım, ölçümlerin hepsini sayar."""
    assert bench.main([]) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in bench.BENCHMARKS)


def test_only_the_block_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sayfada yalnız iki işaretin arası değişir; ikinci kez yazmak başka bir şey değiştirmez."""
    monkeypatch.setattr(bench, "ROOT", tmp_path)
    page = tmp_path / "sayfa.md"
    page.write_text(PAGE, encoding="utf-8")
    for _ in range(2):
        bench.write("sayfa.md", "architectures", "yeni")
        assert page.read_text(encoding="utf-8") == PAGE.replace("\neski\n", "\n\nyeni\n\n")


def test_page_without_the_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """İşareti olmayan sayfaya yazılmaz; nedeni söylenir."""
    monkeypatch.setattr(bench, "ROOT", tmp_path)
    (tmp_path / "sayfa.md").write_text("boş\n", encoding="utf-8")
    with pytest.raises(Failure, match="sayfa.md"):
        bench.write("sayfa.md", "architectures", "yeni")


def test_every_page_has_its_block() -> None:
    """Her ölçümün sayfası ve sayfada yeri vardır."""
    for name, benchmark in bench.BENCHMARKS.items():
        text = (lessons.ROOT / benchmark.page).read_text(encoding="utf-8")
        assert f"<!-- scripts/bench {name} -->\n" in text
        assert f"<!-- /scripts/bench {name} -->\n" in text


def test_table_shows_the_least_disturbed_round() -> None:
    """Tabloda her sütunun en iyi turu durur; satırların sütun sayısı birdir."""
    rounds = [
        Sample(100.0, 20.0, 5.0, [1.0, 2.0, 3.0], [19, 0]),
        Sample(90.0, 30.0, 4.0, [1.5, 2.0, 3.0], [20, 0]),
    ]
    lines = table({architecture: rounds for architecture in ARCHITECTURES}).splitlines()
    assert {line.count("|") for line in lines} == {4 + len(IDLE_CONNECTIONS) + len(STALLED) + 1}
    assert lines[2] == "| `iterative` | 100 | 20,0 | 4,0 | 1,0 | 2,0 | 3,0 | 20 / 20 | 0 / 20 |"
