"""Başarısızlıkların gösterilişi: düzeneğin iletisi olduğu gibi, pytest'in kendi sesi kısık."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from _pytest._code.code import ReprFileLocation

from harness import capability, scene
from harness.difference import printable
from harness.failure import HarnessFailure


def rewrite(item: pytest.Item, report: pytest.TestReport, call: pytest.CallInfo[None]) -> None:
    """Düzeneğin iletisi traceback'in yerine geçer; başka hatalara sahnenin özeti eklenir."""
    if call.excinfo is None or report.passed or report.skipped:
        return
    failure = call.excinfo.value
    if isinstance(failure, HarnessFailure):
        report.longrepr = _readable(item, call.excinfo, failure)
    elif scene.current().programs or scene.current().story().strip().startswith("1."):
        report.sections += _scene_sections()


def missing_capabilities(stats: dict[str, list[Any]]) -> dict[str, int]:
    """Atlanan testlerin eksik yetenekleri ve sayıları."""
    counts: dict[str, int] = {}
    for report in stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        _, found, what = reason.partition(capability.PREFIX)
        if found:
            counts[what] = counts.get(what, 0) + 1
    return counts


def _readable(item: pytest.Item, excinfo: pytest.ExceptionInfo[BaseException], failure: HarnessFailure) -> Any:
    """İletinin kendisi; ReprFileLocation, özet satırına ve JUnit raporuna kısa hâlini verir."""
    path, line, statement = _place(item, excinfo)
    head, _, rest = failure.args[0].partition("\n\n")
    failure.args = (f"{head}\n   {path.name}:{line}: {statement}\n\n{rest}",)
    shown = excinfo.getrepr(style="value", tbfilter=False)
    return type(shown)([(shown.reprtraceback, ReprFileLocation(str(path), line, failure.summary), None)])


def _place(item: pytest.Item, excinfo: pytest.ExceptionInfo[BaseException]) -> tuple[Path, int, str]:
    """Test dosyasındaki, hatanın çıktığı satır; hata testin gövdesinden sonra çıktıysa testin kendisi."""
    for entry in reversed(excinfo.traceback):
        if Path(entry.path).name.startswith("test_") or entry.name.startswith("test_"):
            return Path(entry.path), entry.lineno + 1, str(entry.statement).strip()
    path, line, name = item.location
    return Path(path), (line or 0) + 1, f"{name}: testin sonunda, programlar kapatılırken"


def _scene_sections() -> list[tuple[str, str]]:
    here = scene.current()
    for program in here.programs:
        program.let_output_settle()
    sections = [("Şimdiye kadarki adımlar", here.story())]
    if here.programs:
        sections.append(("Programların çıktısı", "\n\n".join(program.report() for program in here.programs)))
    return [(title, printable(text)) for title, text in [*sections, ("Tohum", f"--seed {here.seed}")]]
