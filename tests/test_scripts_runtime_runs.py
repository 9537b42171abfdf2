"""`scripts/check runtime`: hangi testler, hangi hata bulucuyla; kalan koşu nasıl söylenir."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from yuva import runtime_runs
from yuva.build import unit_test_programs
from yuva.runtime_runs import RUNS, Run

FOLDER = Path("/derleme")


class Recorded:
    """Komutları çalıştırmaz, not eder; `failing` sözcüğünü içeren başarısız olur."""

    def __init__(self, failing: str = "hiçbiri") -> None:
        self.commands: list[list[str]] = []
        self.environments: list[dict[str, str]] = []
        self.failing = failing

    def __call__(self, command: Sequence[str], environment: Mapping[str, str]) -> tuple[int, str]:
        self.commands.append(list(command))
        self.environments.append(dict(environment))
        return (1, "neden\n") if self.failing in command else (0, "")


def find_run(word: str) -> Run:
    return next(run for run in RUNS if word in run.title)


def test_every_finder_has_a_run_of_its_own() -> None:
    options = [run.environment.get("ASAN_OPTIONS") for run in RUNS[:2]]
    assert options == ["detect_stack_use_after_return=0", "detect_stack_use_after_return=1"]
    assert "-Db_sanitize=thread" in find_run("TSan").flavour.options
    assert "-Dcontext=ucontext" in find_run("ucontext").flavour.options
    assert "-Db_sanitize=none" in find_run("valgrind").flavour.options


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.title)
def test_run_takes_the_tests_of_the_runtime(run: Run) -> None:
    executed = Recorded()
    assert runtime_runs.check_run(run, FOLDER, executed) == []
    (command,) = executed.commands
    assert command[:4] == ["meson", "test", "-C", str(FOLDER)]
    assert [command[at + 1] for at, word in enumerate(command) if word == "--suite"] == ["async", "coroutines"]
    assert command[len(command) - len(run.options) :] == list(run.options)
    assert executed.environments == [dict(run.environment)]


def test_valgrind_wraps_the_programs_and_fails_on_what_it_finds() -> None:
    executed = Recorded()
    runtime_runs.check_run(find_run("valgrind"), FOLDER, executed)
    wrapper = executed.commands[0][executed.commands[0].index("--wrapper") + 1].split()
    assert wrapper[0] == "valgrind"
    assert "--error-exitcode=99" in wrapper


def test_failed_run_is_told_with_its_title_and_output() -> None:
    run = find_run("TSan")
    assert runtime_runs.check_run(run, FOLDER, Recorded("meson")) == [f"{run.title}:\nneden"]


def test_every_seed_is_tried_and_the_failing_one_is_named() -> None:
    executed = Recorded("3")
    assert runtime_runs.check_seeds(FOLDER, executed) == ["zorlama, tohum 3:\nneden"]
    program = "/derleme/tests/unit/stress_async"
    assert executed.commands == [[program, str(seed)] for seed in (1, 2, 3, 4, 5)]


def test_environment_of_the_run_reaches_the_program() -> None:
    code, output = runtime_runs.execute(["sh", "-c", "echo $ASAN_OPTIONS; exit 3"], {"ASAN_OPTIONS": "a=1"})
    assert (code, output) == (3, "a=1\n")


def test_programs_of_the_suites_are_found(tmp_path: Path) -> None:
    rows = [("task", ["yuva:async"]), ("coroutine", ["yuva:lessons", "yuva:coroutines"]), ("text", ["yuva:base"])]
    tests = [{"cmd": [str(tmp_path / "tests/unit" / name)], "suite": suites} for name, suites in rows]
    info = tmp_path / "meson-info"
    info.mkdir()
    (info / "intro-tests.json").write_text(json.dumps(tests), encoding="utf-8")
    assert unit_test_programs(tmp_path, ("async", "coroutines")) == ["tests/unit/coroutine", "tests/unit/task"]
