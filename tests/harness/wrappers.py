"""Bir programı özel koşulda başlatan ön ekler: `start_server(under=limited_descriptors(64))`.

Her biri, sonunda programı aynı süreç numarasıyla çalıştıran bir komut başıdır.
"""

from __future__ import annotations

import functools
import shutil
import subprocess
import sys
from pathlib import Path

_SET_HOST_NAME = (
    "import os, socket, sys; socket.sethostname(sys.argv[1]); os.execv(sys.argv[2], sys.argv[2:])"
)
_LIMIT = (
    "import os, resource, sys; kind = getattr(resource, 'RLIMIT_' + sys.argv[1]);"
    "resource.setrlimit(kind, (int(sys.argv[2]),) * 2); os.execv(sys.argv[3], sys.argv[3:])"
)

_BIND = 'mount --bind "$0" "$1" && shift && exec "$@"'


def limited(kind: str, value: int) -> list[str]:
    """setrlimit sınırı, yumuşak ve sert: limited("NOFILE", 64)."""
    return [sys.executable, "-I", "-c", _LIMIT, kind, str(value)]


def limited_descriptors(count: int) -> list[str]:
    """En çok `count` açık dosya tanımlayıcısı."""
    return limited("NOFILE", count)


def host_named(name: str) -> list[str]:
    """Programın gördüğü makine adı; yetenek ister: needs("unshare")."""
    return ["unshare", *_name_space(), sys.executable, "-I", "-c", _SET_HOST_NAME, name]


def with_mount(source: Path, target: str) -> list[str]:
    """Programın `target` yerine `source`u gördüğü özel bir bağlama; host_named'in ardına konur. Yetenek: needs("mount")."""
    return [str(shutil.which("unshare")), *mount_options(), "/bin/sh", "-c", _BIND, str(source), target]


def traced(output: Path, *calls: str) -> list[str]:
    """Sistem çağrılarını `output` dosyasına yazar; yetenek ister: needs("strace").

    strace torun süreç olarak izler (-D): sinyaller doğrudan programa gider. Sızıntı denetimi ptrace ile bağdaşmaz.
    """
    return [*_strace(output), *(["-e", "trace=" + ",".join(calls)] if calls else [])]


def interrupted_calls(output: Path, *calls: str, when: str = "1+2") -> list[str]:
    """Bu çağrıların bazılarını (`when`: 1., 3., 5., ...) hiç yapmadan EINTR ile döndürür; yetenek: needs("strace")."""
    return [*_strace(output), "-e", f"inject={','.join(calls)}:error=EINTR:when={when}"]


@functools.lru_cache(maxsize=None)
def _name_space() -> tuple[str, ...]:
    """Yetkili kullanıcıya yalın ad alanı yeter (chroot içinde kullanıcı ad alanı açılamaz); ötekilere ikisi gerekir."""
    plain = ("--uts",)
    return plain if works("unshare", *plain, "true") else ("--user", "--map-root-user", *plain)


@functools.lru_cache(maxsize=None)
def mount_options() -> tuple[str, ...]:
    """unshare'in bağlama ad alanı seçenekleri. chroot'ta kök bir bağlama noktası olmayabilir ve özel kılınamaz; o zaman
    yayılım olduğu gibi bırakılır (dışarı sızmadığını capability.py sınar)."""
    plain = ("--mount",)
    return plain if works("unshare", *_name_space(), *plain, "true") else (*plain, "--propagation", "unchanged")


def works(*command: str) -> bool:
    """Komut bu makinede çalışıp 0 ile bitiyor mu?"""
    try:
        return subprocess.run(command, capture_output=True, timeout=20, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _strace(output: Path) -> list[str]:
    leaks_off = "ASAN_OPTIONS=exitcode=99:detect_leaks=0"
    return ["strace", "-D", "-f", "-qq", "-s", "256", "-o", str(output), "-E", leaks_off]
