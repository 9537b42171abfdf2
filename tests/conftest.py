"""pytest'in giriş kapısı: bütün düzenek `harness` paketindedir (kılavuzu: harness/__init__.py)."""

import pytest

pytest.register_assert_rewrite("line_echo")

pytest_plugins = ["harness.plugin"]
