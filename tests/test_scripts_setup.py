"""Kurulum (scripts/bootstrap.sh ve scripts/yuva/packages.py): eksik olan bulunur, apt ile kurulur ya da söylenir.

Makineye dokunulmaz: PATH yalnız bir vekil klasörünü gösterir; apt-get, sudo ve id orada, çağrılışlarını dosyaya yazan
betiklerdir. bootstrap.sh'teki mutlak yollar kopyasında vekillerle değiştirilir.
"""

from __future__ import annotations

import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from harness import lessons, pairing

SCRIPTS = lessons.ROOT / "scripts"
REAL_TOOLS = ("sh", "dirname", "readlink", "env", "cat", "mkdir")
INSTALL = '. "$0"; install_packages "ders 04 derlenecek" gcc meson'
INSTALLED = "apt-get -qq -y -o DPkg::Lock::Timeout=300 install --no-install-recommends gcc meson"
UPDATED = "apt-get -qq -y -o DPkg::Lock::Timeout=300 update"


class Machine:
    """Vekillerden kurulu bir makine: PATH'inde yalnız istenen komutlar vardır."""

    def __init__(self, folder: Path) -> None:
        self.bin = folder / "bin"
        self.bin.mkdir()
        self.calls_file = folder / "calls"
        self.calls_file.touch()
        self.package_lists = folder / "lists"
        self.package_lists.mkdir()
        self.system_python = folder / "system-python3"
        for tool in REAL_TOOLS:
            self.link(tool)
        self.bootstrap = self._patched_bootstrap(folder)

    def link(self, name: str, target: str | None = None) -> None:
        (self.bin / name).symlink_to(target or shutil.which(name) or f"/bin/{name}")

    def stub(self, name: str, script: str) -> None:
        """Çağrılışını kaydeden, sonra verilen betiği çalıştıran bir komut."""
        path = self.bin / name
        path.write_text(f'#!/bin/sh\necho "{name} $*" >>"{self.calls_file}"\n{script}\n')
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def has_package_lists(self) -> None:
        (self.package_lists / "depo_main_Packages").touch()

    def has_apt(self, script: str = "") -> None:
        """apt-get vardır ve $DEBIAN_FRONTEND'i de kaydeder."""
        self.stub("apt-get", f'[ "$DEBIAN_FRONTEND" = noninteractive ] || exit 9\n{script}')

    def user_is(self, uid: int) -> None:
        path = self.bin / "id"
        path.write_text(f"#!/bin/sh\necho {uid}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    @property
    def calls(self) -> list[str]:
        return self.calls_file.read_text().splitlines()

    def run(self, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": str(self.bin), "LANG": "C.UTF-8", **variables}
        return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=40)

    def install(self) -> subprocess.CompletedProcess[str]:
        return self.run(str(self.bin / "sh"), "-c", INSTALL, str(self.bootstrap))

    def need_python(self, *modules: str) -> subprocess.CompletedProcess[str]:
        script = '. "$0"; need_python "$@"; echo "$python"'
        return self.run(str(self.bin / "sh"), "-c", script, str(self.bootstrap), *modules)

    def _patched_bootstrap(self, folder: Path) -> Path:
        text = (SCRIPTS / "bootstrap.sh").read_text()
        for real, ours in (("/usr/bin/python3", self.system_python), ("/var/lib/apt/lists", self.package_lists)):
            assert real in text
            text = text.replace(real, str(ours))
        copy = folder / "bootstrap.sh"
        copy.write_text(text)
        return copy


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_root_installs_with_apt(machine: Machine) -> None:
    machine.user_is(0)
    machine.has_apt()
    machine.has_package_lists()
    result = machine.install()
    assert (result.returncode, result.stdout) == (0, "")
    assert machine.calls == [INSTALLED]
    assert "Kuruluyor: gcc meson (ders 04 derlenecek)" in result.stderr
    assert "sudo" not in result.stderr


def test_user_installs_through_sudo(machine: Machine) -> None:
    machine.user_is(1000)
    machine.has_apt()
    machine.has_package_lists()
    machine.stub("sudo", 'exec "$@"')
    result = machine.install()
    assert result.returncode == 0
    assert machine.calls == [f"sudo env DEBIAN_FRONTEND=noninteractive {INSTALLED}", INSTALLED]
    assert "sudo parola sorabilir" in result.stderr


def test_user_without_sudo_is_told_the_command(machine: Machine) -> None:
    machine.user_is(1000)
    machine.has_apt()
    result = machine.install()
    assert result.returncode == 1
    assert machine.calls == []
    assert "    apt-get update && apt-get install --no-install-recommends gcc meson\n" in result.stderr


def test_other_system_gets_the_list(machine: Machine) -> None:
    machine.user_is(0)
    result = machine.install()
    assert result.returncode == 1
    assert "apt-get yok" in result.stderr
    assert result.stderr.rstrip().endswith(": gcc meson")


def test_empty_package_lists_are_fetched_first(machine: Machine) -> None:
    machine.user_is(0)
    machine.has_apt()
    assert machine.install().returncode == 0
    assert machine.calls == [UPDATED, INSTALLED]


def test_stale_package_lists_are_fetched_after_a_failed_install(machine: Machine) -> None:
    machine.user_is(0)
    updated = machine.package_lists / "updated"
    machine.has_apt(f'case "$*" in *update) : >"{updated}" ;; *) [ -e "{updated}" ] || exit 100 ;; esac')
    machine.has_package_lists()
    assert machine.install().returncode == 0
    assert machine.calls == [INSTALLED, UPDATED, INSTALLED]


def test_failed_install_shows_what_apt_said(machine: Machine) -> None:
    machine.user_is(0)
    machine.has_apt("echo 'E: Unable to locate package meson' >&2; exit 100")
    machine.has_package_lists()
    result = machine.install()
    assert result.returncode == 1
    assert "E: Unable to locate package meson" in result.stderr
    assert "Kurulamayan: gcc meson" in result.stderr


def test_python_is_installed_when_missing(machine: Machine) -> None:
    machine.user_is(0)
    machine.has_package_lists()
    machine.has_apt(f'ln -s "{sys.executable}" "{machine.system_python}"')
    machine.link("ln")
    result = machine.need_python("pytest", "xdist")
    assert result.returncode == 0
    assert Path(result.stdout.strip()).samefile(sys.executable)
    assert machine.calls[0].endswith(" python3 python3-pytest python3-pytest-xdist")
    assert "3.10 ya da yenisi" in result.stderr


def test_python_that_lacks_a_module_is_passed_over(machine: Machine) -> None:
    """PATH'teki python3 eski ya da pytest'siz olabilir (pyenv, conda); sistemdeki denenir."""
    machine.link("python3", shutil.which("false"))
    machine.system_python.symlink_to(sys.executable)
    result = machine.need_python("pytest", "xdist")
    assert (result.returncode, machine.calls) == (0, [])
    assert Path(result.stdout.strip()).samefile(sys.executable)


def test_python_too_old_even_after_install_is_told(machine: Machine) -> None:
    machine.user_is(0)
    machine.has_package_lists()
    machine.has_apt()
    result = machine.need_python()
    assert result.returncode == 1
    assert "3.10 ya da yenisi gerekli" in result.stderr and "YUVA_PYTHON" in result.stderr


@pytest.mark.parametrize("command", [("run", "04"), ("test", "04")])
def test_lesson_without_compiler_or_apt_lists_packages(
    machine: Machine, command: tuple[str, ...], request: pytest.FixtureRequest
) -> None:
    result = _lesson(machine, request, *command)
    assert (result.returncode, result.stdout) == (1, "")
    assert "apt-get yok" in result.stderr
    last_list = [line for line in result.stderr.splitlines() if "karşılığını kur:" in line][-1]
    wanted = {"gcc", "meson", "ninja-build", "pkg-config"} if command[0] == "run" else {"strace"}
    assert wanted <= set(last_list.split(": ")[-1].split())


def test_doctor_without_compiler_says_what_to_type(machine: Machine, request: pytest.FixtureRequest) -> None:
    result = _lesson(machine, request, "doctor")
    assert result.returncode == 1
    advice = next(line for line in result.stdout.splitlines() if "apt-get install" in line)
    assert {"gcc", "meson", "ninja-build", "gdb", "valgrind"} <= set(advice.split())
    assert "Dersler şimdilik çalışamaz" in result.stdout


def _lesson(machine: Machine, request: pytest.FixtureRequest, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Gerçek scripts/lesson; araçlarını yalnız vekil PATH'te arayarak."""
    folder = pairing.build_folder(request.config)
    return machine.run(str(SCRIPTS / "lesson"), *arguments, YUVA_PYTHON=sys.executable, YUVA_BUILD_DIR=str(folder))
