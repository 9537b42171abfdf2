"""pytest'e bağlanan kancalar; işin kendisi adı geçen modüllerdedir."""

from __future__ import annotations

import random
from typing import Iterator

import pytest

from harness import capability, guardian, reporting, scene, selection, watchdog
from harness.fixtures import (  # noqa: F401  (pytest fixture'ları bu modülde arar)
    chunking,
    host,
    lesson,
    pairing,
    program_command,
    proxied,
    run_client,
    run_program,
    start_client,
    start_server,
)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("yuva", "yuva: ders testleri")
    group.addoption("--server", metavar="YOL", help="dersin sunucusu yerine bu program sınanır")
    group.addoption("--client", metavar="YOL", help="dersin istemcisi yerine bu program sınanır")
    group.addoption("--lesson", metavar="DERS", help="yalnız bu dersin testleri: 4, 04, tcp ya da 04-tcp")
    group.addoption("--build-dir", metavar="KLASÖR", help="derlenmiş programların klasörü (varsayılan: build)")
    group.addoption("--seed", type=int, metavar="SAYI", help="rastgele seçimlerin tohumu (bir koşuyu yinelemek için)")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "needs(*yetenekler): bu yetenekler yoksa test atlanır, CI'da başarısız olur")
    config.addinivalue_line("markers", "own_program: dizinin kendi programıyla ilgili; --server, --client ile koşmaz")
    config.addinivalue_line("markers", "deadline(saniye): testin genel zaman sınırı (varsayılan 60 s)")
    if config.option.seed is None:
        config.option.seed = random.SystemRandom().randrange(1, 1_000_000)
    selection.check_options(config)


def pytest_report_header(config: pytest.Config) -> str:
    return f"tohum: --seed {config.option.seed}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    kept, dropped = selection.split(config, items)
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = kept


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    scene.begin(item.config.option.seed, item.nodeid)
    for mark in item.iter_markers("needs"):
        for name in mark.args:
            capability.require(name)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool:
    """Testi koşturur; gövdesi başarılıysa sunucuların düzgün kapanması da testin parçasıdır."""
    __tracebackhide__ = True
    mark = pyfuncitem.get_closest_marker("deadline")
    names = pyfuncitem._fixtureinfo.argnames
    with watchdog.limit(mark.args[0] if mark else watchdog.DEFAULT_SECONDS):
        pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names})
        scene.current().finish()
    return True


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    outcome = yield
    reporting.rewrite(item, outcome.get_result(), call)


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    scene.current().close()


def pytest_unconfigure() -> None:
    """Koşu yarıda kesilse de (Ctrl-C, pytest'in kendi hatası) geride süreç kalmasın."""
    scene.current().close()
    guardian.dismiss()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    missing = reporting.missing_capabilities(terminalreporter.stats)
    if missing:
        terminalreporter.section("eksik yetenekler")
        for what, count in sorted(missing.items()):
            terminalreporter.line(f"{count} test atlandı: {what}")
