"""Çalışan programlardan öğrenilenler: dökümler, diyagramlar, --help metinleri."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from yuva import diagram, transcript
from yuva.build import DEBUG, build_everything
from yuva.docs import DocsError
from yuva.manifest import ROOT, Lesson, Scenario
from yuva.runner import Outcome, Programs, describe_exit, run_scenario

RECORDER = Path(__file__).with_name("recorder.py")
HELP_SECONDS = 10.0


class LivePrograms:
    """Bütün dersleri derler (derlenmezse Failure), sonra istenen senaryoyu istenince çalıştırır."""

    def __init__(self, lessons: Sequence[Lesson]) -> None:
        self._build = build_everything(DEBUG, lessons)

    def transcript(self, lesson: Lesson, scenario: Scenario) -> str:
        outcome = checked(run_scenario(Programs.in_folder(self._folder(lesson)), scenario), lesson, scenario)
        mask = transcript.masker(scenario.masks)
        return "\n".join(mask(str(line)) for line in outcome.lines)

    def diagram(self, lesson: Lesson, scenario: Scenario) -> str:
        if scenario.server is None:
            raise DocsError(f"'{scenario.name}' senaryosunda sunucu yok; diyagramı çıkarılamaz")
        direct = Programs.in_folder(self._folder(lesson))
        with tempfile.TemporaryDirectory() as folder:
            output = Path(folder) / "kayit.json"
            wrapped = [sys.executable, str(RECORDER), str(output), lesson.transport, *direct.server]
            checked(run_scenario(Programs(wrapped, direct.client), scenario), lesson, scenario)
            recording = json.loads(output.read_text(encoding="utf-8"))
        return diagram.render(recording, transcript.masker(scenario.masks), scenario.unordered)

    def help(self, lesson: Lesson, role: str) -> str:
        return output_of(str(self._folder(lesson) / role), "--help")

    def script_help(self, script: str) -> str:
        return output_of(str(ROOT / "scripts" / script), "--help")

    def _folder(self, lesson: Lesson) -> Path:
        return self._build / "lessons" / lesson.folder


def checked(outcome: Outcome, lesson: Lesson, scenario: Scenario) -> Outcome:
    """Senaryo beklendiği gibi bittiyse kendisi, bitmediyse nedenini söyleyen DocsError.

    Bir başarısızlığı gösteren senaryo, manifest'te istemcilerinin çıkış kodlarını yazar: "client_exits": [1].
    """
    expected = scenario.options.get("client_exits", [0] * len(scenario.clients))
    problems = list(outcome.problems)
    if outcome.server_exit:
        problems.append(f"sunucunun çıkış kodu {describe_exit(outcome.server_exit)}")
    if outcome.client_exits != expected:
        problems.append(f"istemcilerin çıkış kodları {outcome.client_exits}, beklenen {expected}")
    if problems:
        lines = "\n".join(f"    {line}" for line in outcome.lines)
        raise DocsError(f"{lesson.folder}/{scenario.name} çalışmadı: {'; '.join(problems)}\n{lines}")
    return outcome


@functools.lru_cache(maxsize=None)
def output_of(*command: str) -> str:
    result = subprocess.run(command, capture_output=True, text=True, timeout=HELP_SECONDS)
    if result.returncode != 0:
        raise DocsError(f"{' '.join(command)}: çıkış kodu {result.returncode}: {result.stderr.strip()}")
    return result.stdout.rstrip("\n")
