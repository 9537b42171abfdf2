"""Tutmayan bir beklentinin iletisi: adımlar, baytlar, olası neden, programların çıktısı."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, field
from typing import NoReturn

from harness import causes, difference, scene


class HarnessFailure(AssertionError):
    """Metni test çalışırken kurulmuş, olduğu gibi gösterilecek başarısızlık."""

    def __init__(self, summary: str, text: str) -> None:
        super().__init__(text)
        self.summary = summary


@dataclass
class Evidence(causes.Clues):
    """Olası nedeni bulmaya yarayan ipuçları ve gösterilecek baytlar."""

    pattern: re.Pattern[str] | None = None
    details: list[str] = field(default_factory=list)


def fail(summary: str, evidence: Evidence | None = None) -> NoReturn:
    """Şimdiki sahneden tam iletiyi kurar ve HarnessFailure fırlatır."""
    __tracebackhide__ = True
    text = compose(summary, evidence or Evidence())
    raise HarnessFailure(difference.printable(summary), difference.printable(text))


def compose(summary: str, evidence: Evidence) -> str:
    here = scene.current()
    for program in here.programs:
        program.let_output_settle()
        evidence.programs.append(program.clues())
    parts = [summary, f"Şimdiye kadarki adımlar\n{here.story()}"]
    parts += [part for part in (_bytes(evidence), "\n".join(evidence.details)) if part]
    cause = causes.likely(evidence)
    if cause:
        parts.append("Olası neden\n" + textwrap.fill(cause, 100, initial_indent="   ", subsequent_indent="   "))
    parts += [program.report() for program in here.programs]
    parts.append(f"Aynı rastgelelikle yinelemek için: --seed {here.seed}")
    return "\n\n".join(parts)


def _bytes(evidence: Evidence) -> str:
    if evidence.pattern is not None:
        return difference.show_pattern(evidence.pattern, evidence.received)
    if evidence.expected is not None:
        return difference.show(evidence.expected, evidence.received)
    return ""
