"""pytest'in giriş kapısı: bütün düzenek `harness` paketindedir (kılavuzu: harness/__init__.py)."""

pytest_plugins = ["harness.plugin"]
