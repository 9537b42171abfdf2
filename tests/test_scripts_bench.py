"""scripts/bench'in kendisi: yanlış yazılanı söyler, tabloyu ve çizimi yerine yazar, hedefi tutmayanı bildirir.

Ölçüm burada koşmaz; sayılar uydurmadır. Yük istemcisinin testleri test_scripts_bench_load.py dosyasındadır.
"""

from __future__ import annotations

import shutil
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from harness import capability, lessons  # lessons, scripts/ klasörünü modül yoluna ekler

from yuva import bench, bench_echo, bench_models, bench_plot
from yuva.bench_architectures import ARCHITECTURES, IDLE_CONNECTIONS, STALLED, Sample, table
from yuva.bench_echo import ALONE, CROWD, FEW, LIMIT, MANY, POINTS
from yuva.bench_models import CHALLENGER, CONTESTANTS, COUNTED_POINTS
from yuva.bench_report import Report, Target
from yuva.bench_samples import Cell, Samples, ratio, results_table
from yuva.terminal import Failure, UsageError

PAGE = """önce
<!-- scripts/bench architectures -->
eski
<!-- /scripts/bench architectures -->
sonra
"""


def made_up(**changes: Cell) -> Samples:
    """Bütün hücreleri dolu bir ölçüm: yalın epoll 4 µs, ötekiler 6; `changes` ders 09'un (epoll) hücreleridir."""
    samples = {}
    for contestant in CONTESTANTS:
        for point in contestant.points:
            cost = 4.0 if contestant == LIMIT else 6.0
            samples[contestant, point] = Cell([cost, cost, cost], 2.0 if point in COUNTED_POINTS else None)
    for name, cell in changes.items():
        samples[CHALLENGER, {"few": FEW, "many": MANY, "crowd": CROWD}[name]] = cell
    return samples


# --- komut


@pytest.mark.parametrize(
    "words",
    [["yok"], ["architectures", "--hepsi"], ["models", "--hepsi"], ["models", "--quick", "--write"]],
    ids=["unknown", "option", "option of models", "rough numbers"],
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


@pytest.mark.parametrize(
    ("options", "held", "code"),
    [([], True, 0), ([], None, 0), ([], False, 1), (["--quick"], False, 0)],
    ids=["held", "unmeasured", "missed", "missed but rough"],
)
def test_missed_target_is_a_failure(
    options: list[str],
    held: bool | None,
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Tutmayan hedef çıkış kodunu 1 yapar; kaba sayılarla ve ölçülemeyince yapmaz. Her durumda yazılır."""
    fake = bench.Benchmark("", "sayfa.md", lambda quick: Report("tablo", targets=[Target("söz: 1,04", held)]))
    monkeypatch.setitem(bench.BENCHMARKS, "models", fake)
    assert bench.main(["models", *options]) == code
    assert str(Target("söz: 1,04", held)) in capsys.readouterr().out.splitlines()


# --- sayfa ve çizim


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


@pytest.mark.parametrize("name", bench.BENCHMARKS)
def test_every_page_has_its_block(name: str) -> None:
    """Her ölçümün sayfası ve sayfada yeri vardır."""
    text = (lessons.ROOT / bench.BENCHMARKS[name].page).read_text(encoding="utf-8")
    assert f"<!-- scripts/bench {name} -->\n" in text
    assert f"<!-- /scripts/bench {name} -->\n" in text


@pytest.mark.parametrize("written", [False, True], ids=["shown", "written"])
def test_picture_is_put_where_it_belongs(written: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Çizim --write ile sayfanın yanına, onsuz derleme klasörüne konur: ağaç değişmez."""
    monkeypatch.setattr(bench, "ROOT", tmp_path)
    monkeypatch.setattr(bench, "PICTURES", tmp_path / "build-release")
    fake = bench.Benchmark("", "sayfa.md", lambda quick: Report("tablo", {"img/çizim.svg": "<svg/>\n"}))
    monkeypatch.setitem(bench.BENCHMARKS, "architectures", fake)
    (tmp_path / "sayfa.md").write_text(PAGE, encoding="utf-8")
    bench.main(["architectures", *(["--write"] if written else [])])
    found = [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.svg")]
    assert found == ["img/çizim.svg" if written else "build-release/img/çizim.svg"]
    assert ("tablo" in (tmp_path / "sayfa.md").read_text(encoding="utf-8")) == written


def test_picture_is_the_same_every_time() -> None:
    """Aynı sayılardan aynı baytlar çıkar: geçerli, küçük bir SVG; sunucuların adları ve sayıları içinde."""
    if shutil.which("gnuplot") is None:
        capability.missing("gnuplot (kurulu değil)")
    samples = made_up(crowd=Cell(full=True), many=Cell([123.44]))
    picture = bench_plot.draw(samples)
    assert picture == bench_plot.draw(samples)
    words = {(element.text or "").strip() for element in ElementTree.fromstring(picture).iter()}
    assert {"09, epoll", "asyncio (Python)", "1.000 soran", "50 soran, 5.000 susan", "123,4", "sığmaz"} <= words
    assert "GNUPLOT" not in picture and "gpPt" not in picture and len(picture.encode()) < 40 * 1024
    assert not any(line != line.rstrip() for line in picture.splitlines())


# --- mimariler


def test_table_shows_the_least_disturbed_round() -> None:
    """Tabloda her sütunun en iyi turu durur; satırların sütun sayısı birdir."""
    rounds = [
        Sample(100.0, 20.0, 5.0, [1.0, 2.0, 3.0], [19, 0]),
        Sample(90.0, 30.0, 4.0, [1.5, 2.0, 3.0], [20, 0]),
    ]
    lines = table({architecture: rounds for architecture in ARCHITECTURES}).splitlines()
    assert {line.count("|") for line in lines} == {4 + len(IDLE_CONNECTIONS) + len(STALLED) + 1}
    assert lines[2] == "| `iterative` | 100 | 20,0 | 4,0 | 1,0 | 2,0 | 3,0 | 20 / 20 | 0 / 20 |"


# --- modeller


def test_ratio_compares_measurements_of_one_round() -> None:
    """Oran, turların oranlarının ortancasıdır: makine bir turda iki kat yavaşlarsa oran değişmez."""
    samples = {(LIMIT, FEW): Cell([4.0, 8.0, 4.0]), (CHALLENGER, FEW): Cell([5.0, 10.0, 9.0])}
    assert ratio(samples, CHALLENGER, LIMIT, FEW) == 1.25


def test_models_table() -> None:
    """Hücrede ortanca ve oran, sonda çağrılar; sığmayan ve ölçülmeyen sözle söylenir."""
    few = Cell([5.0, 100.0, 4.5], 2.114)
    lines = results_table(made_up(few=few, crowd=Cell(full=True)), LIMIT, COUNTED_POINTS).splitlines()
    assert {line.count("|") for line in lines} == {1 + 1 + len(POINTS) + len(COUNTED_POINTS)}
    assert lines[0].startswith("| sunucu | 1 soran | 50 soran | 1.000 soran | 50 soran, 5.000 susan | çağrı, 50")
    rows = {line.split(" | ")[0].removeprefix("| "): line.split(" | ", 1)[1] for line in lines}
    assert rows["yalın epoll (C)"] == "4,0 (1,00) | 4,0 (1,00) | 4,0 (1,00) | 4,0 (1,00) | 2,00 | 2,00 |"
    assert rows["09, epoll"] == "6,0 (1,50) | 5,0 (1,25) | 6,0 (1,50) | sığmaz | 2,11 | 2,00 |"
    assert rows["08, select"] == "6,0 (1,50) | – | – | – | – | – |"


@pytest.mark.parametrize(
    ("cell", "line"),
    [
        (Cell([4.4, 4.4, 4.4], 2.15), "≤ 1,10 × yalın epoll, 50 bağlantı: 1,100 tuttu"),
        (Cell([4.412, 4.412, 4.412], 2.15), "≤ 1,10 × yalın epoll, 50 bağlantı: 1,103 TUTMADI"),
        (Cell([4.4, 4.4, 4.4], 2.15), "≤ 2,15 sistem çağrısı, 50 bağlantı: 2,15 (perf) tuttu"),
        (Cell([4.4, 4.4, 4.4], 2.16), "≤ 2,15 sistem çağrısı, 50 bağlantı: 2,16 (perf) TUTMADI"),
        (Cell([4.4, 4.4, 4.4]), "≤ 2,15 sistem çağrısı, 50 bağlantı: sayılmadı"),
    ],
    ids=["cheap enough", "too dear", "few calls", "too many calls", "uncounted"],
)
def test_targets(cell: Cell, line: str) -> None:
    """Her hedefin tuttuğu da tutmadığı da yazılır; sınırın kendisi tutmuş sayılır."""
    found = [str(target) for target in bench_models.targets(made_up(few=cell), "perf")]
    assert len(found) == 4
    assert f"hedef: ders 09 (epoll) {line}" in found


def test_every_round_measures_everything_in_another_order() -> None:
    """Her turda her hücre bir kez ölçülür; sıra nokta noktadır ve her turda başka bir sunucuyla başlar."""
    samples = made_up()
    rounds = [bench_echo.order(samples, turn) for turn in range(len(CONTESTANTS))]
    assert all(len(order) == len(samples) and set(order) == set(samples) for order in rounds)
    assert all([point for _, point in order] == sorted((p for _, p in order), key=POINTS.index) for order in rounds)
    assert {order[0][0] for order in rounds} == set(CONTESTANTS)


def test_point_beyond_the_descriptor_limit_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    """Dosya tanımlayıcısı sınırına sığmayan nokta ölçülmez ve bu söylenir; tablosu ve hedefleri yine çıkar."""
    assert bench_echo.affordable_points(POINTS, 1024) == [ALONE, FEW]
    assert "1.000 soran: ölçülmüyor" in capsys.readouterr().err
    samples = {place: cell for place, cell in made_up().items() if place[1] in (ALONE, FEW)}
    assert "| – |" in results_table(samples, LIMIT, COUNTED_POINTS)
    assert [target.held for target in bench_models.targets(samples, "perf")] == [False, None, True, None]


def test_missing_lesson_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ölçülecek bir ders henüz yazılmadıysa ölçüm tek satırla bunu söyler."""
    monkeypatch.setattr(bench_models, "LESSONS", ("04", "30"))
    with pytest.raises(Failure, match="ders 30"):
        bench_models.build()
