"""Hangi testlerin koşacağı: --lesson, --server ve --client seçeneklerinin elediği testler."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness import lessons
from harness.pairing import Pairing

SERVER_FIXTURES = {"start_server"}
CLIENT_FIXTURES = {"start_client", "run_client"}


def check_options(config: pytest.Config) -> None:
    """Seçeneklerdeki yollar ve ders adı doğru mu? Yollar mutlak yapılır (xdist işçileri başka yerde çalışabilir)."""
    for role in ("server", "client"):
        given = config.getoption(f"--{role}")
        if given:
            path = Path(config.invocation_params.dir, given)
            if not path.is_file():
                raise pytest.UsageError(f"--{role} {given}: böyle bir dosya yok")
            setattr(config.option, role, str(path))
    wanted = config.getoption("--lesson")
    if wanted:
        try:
            config.option.lesson = lessons.find(wanted).folder
        except LookupError as problem:
            raise pytest.UsageError(f"--lesson: {problem}") from None


def split(config: pytest.Config, items: list[pytest.Item]) -> tuple[list[pytest.Item], list[pytest.Item]]:
    """Koşacaklar ve elenenler."""
    kept: list[pytest.Item] = []
    dropped: list[pytest.Item] = []
    for item in items:
        (kept if _wanted(config, item) else dropped).append(item)
    return kept, dropped


def _wanted(config: pytest.Config, item: pytest.Item) -> bool:
    lesson = config.getoption("--lesson")
    if lesson and lesson != _lesson_folder(item):
        return False
    roles = [role for role in ("server", "client") if config.getoption(f"--{role}")]
    if not roles:
        return True
    return any(_involves(item, role) for role in roles) and not item.get_closest_marker("own_program")


def _lesson_folder(item: pytest.Item) -> str | None:
    """Dersin kendi test dosyası ya da `lesson` ile parametrelenmiş ortak bir test."""
    params = item.callspec.params if hasattr(item, "callspec") else {}
    lesson = params.get("lesson") or lessons.of_test_file(item.path)
    return lesson.folder if lesson else None


def _involves(item: pytest.Item, role: str) -> bool:
    """Test, bu rolde öğrencinin programını çalıştırıyor mu?"""
    params = item.callspec.params if hasattr(item, "callspec") else {}
    if "role" in params:
        return params["role"] == role
    if "pairing" in params and not Pairing.named(params["pairing"]).involves(role):
        return False
    wanted = SERVER_FIXTURES if role == "server" else CLIENT_FIXTURES
    return bool(wanted & set(getattr(item, "fixturenames", ())))
