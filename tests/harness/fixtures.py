"""Ders testlerinin kullandığı fixture'lar. Kılavuz ve örnek: harness/__init__.py."""

from __future__ import annotations

from typing import Any, Callable

import pytest

from harness import chunks, clock, lessons, pairing as pairings, scene
from harness.address import Address, address_of
from harness.capability import needs
from harness.lessons import Lesson
from harness.pairing import Pairing
from harness.program import Finished, Program
from harness.proxy import Proxy

LATEST = object()
"""`to` verilmediğinde: bu testte son başlatılan sunucu."""

SERVER_PORT_OPTIONS = ("-p", "--port")


@pytest.fixture
def lesson(request: pytest.FixtureRequest) -> Lesson:
    """Bu test dosyasının dersi (bildirimdeki satırı)."""
    found = lessons.of_test_file(request.path)
    if found is None:
        pytest.fail(f"{request.path.name} bir dersin testi değil", pytrace=False)
    return found


@pytest.fixture(params=pairings.ALL)
def pairing(request: pytest.FixtureRequest) -> str:
    """Testi üç eşleşmede koşturur: c-c, c-py (Python sunucusu), py-c (Python istemcisi)."""
    return request.param


@pytest.fixture(params=["127.0.0.1", pytest.param("::1", marks=needs("ipv6"))], ids=["ipv4", "ipv6"])
def host(request: pytest.FixtureRequest) -> str:
    """Testi iki geri döngü adresinde koşturur."""
    return request.param


@pytest.fixture(params=chunks.CUTTING)
def chunking(request: pytest.FixtureRequest) -> str:
    """Akışın kesilişi: bytes (birer bayt), random (rastgele parçalar), joined (birleşik)."""
    return request.param


@pytest.fixture
def program_command(request: pytest.FixtureRequest) -> Callable[[str], list[str]]:
    """Bir rolün komutu: eşleşmeye ve --server, --client seçeneklerine göre."""
    chosen = Pairing("c", "c")
    if "pairing" in request.fixturenames:
        chosen = Pairing.named(request.getfixturevalue("pairing"))
    params = getattr(request.node, "callspec", None)
    known = (params.params.get("lesson") if params else None) or lessons.of_test_file(request.path)

    def command(role: str) -> list[str]:
        __tracebackhide__ = True
        return pairings.command(request.config, known, role, chosen.language(role))

    return command


@pytest.fixture
def start_server(program_command: Callable[[str], list[str]]) -> Callable[..., Program]:
    """start_server(*seçenekler, host=None, ready=True, **program): boş bir portta başlatır, hazır olmasını bekler."""

    def start(*arguments: Any, host: str | None = None, ready: bool = True, **options: Any) -> Program:
        __tracebackhide__ = True
        words = [str(argument) for argument in arguments]
        if host is not None:
            words = ["--host", host, *words]
        if not any(word.split("=")[0] in SERVER_PORT_OPTIONS for word in words):
            words = ["--port", "0", *words]
        program = Program([*program_command("server"), *words], "server", **options)
        if ready:
            program.wait_ready()
        return program

    return start


@pytest.fixture
def start_client(program_command: Callable[[str], list[str]]) -> Callable[..., Program]:
    """start_client(*sözcükler, to=sunucu, **program): başlatır, beklemez. `to=None`: adres seçeneği verilmez."""

    def start(*arguments: Any, to: Any = LATEST, **options: Any) -> Program:
        __tracebackhide__ = True
        words = [*_address_words(to), *map(str, arguments)]
        return Program([*program_command("client"), *words], "client", **options)

    return start


@pytest.fixture
def run_client(start_client: Callable[..., Program]) -> Callable[..., Finished]:
    """run_client(*sözcükler, to=sunucu, input=None, expect_code=0, seconds=10): istemciyi sonuna kadar koşturur."""

    def run(
        *arguments: Any, expect_code: int | None = 0, seconds: float = clock.START_SECONDS, **options: Any
    ) -> Finished:
        __tracebackhide__ = True
        return start_client(*arguments, **options).wait(seconds, expect_code=expect_code)

    return run


@pytest.fixture
def run_program(program_command: Callable[[str], list[str]]) -> Callable[..., Finished]:
    """run_program(rol, *sözcükler, expect_code=0): hiçbir seçenek eklemeden, sonuna kadar koşturur."""

    def run(role: str, *words: str, expect_code: int | None = 0, **options: Any) -> Finished:
        __tracebackhide__ = True
        return Program([*program_command(role), *words], role, **options).wait(expect_code=expect_code)

    return run


@pytest.fixture
def proxied() -> Callable[..., Proxy]:
    """proxied(sunucu, kip): araya girip akışı testin tohumuyla kesen ve kaydeden vekil sunucu."""

    def make(target: Any, mode: str = "pass") -> Proxy:
        return Proxy(address_of(target), mode)

    return make


def _address_words(to: Any) -> list[str]:
    __tracebackhide__ = True
    if to is None:
        return []
    if to is LATEST:
        servers = [program for program in scene.current().programs if program.role == "server"]
        if not servers:
            pytest.fail("istemci kime bağlanacak? önce start_server ya da to=...", pytrace=False)
        to = servers[-1]
    target: Address = address_of(to)
    return target.arguments()
