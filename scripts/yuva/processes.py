"""Araçları (ninja, meson, pytest) çalıştırmak; yarıda kesilirse geride süreç bırakmadan."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO, Callable, Iterator, Mapping, Sequence

STOP_SECONDS = 5.0


def stream(command: Sequence[str], on_line: Callable[[str], None], *, env: Mapping[str, str] | None = None) -> int:
    """Çıktının (stdout ve stderr) her satırını, satır sonuyla, on_line'a verir; çıkış kodunu döndürür."""
    with _running(command, env=env) as (process, output):
        for line in output:
            on_line(line.decode("utf-8", "replace"))
        return process.wait()


def capture(command: Sequence[str], *, env: dict[str, str] | None = None) -> tuple[int, str]:
    """Çıkış kodu ve birleşik çıktı."""
    lines: list[str] = []
    code = stream(command, lines.append, env=env)
    return code, "".join(lines)


def relay(command: Sequence[str], *, cwd: Path) -> tuple[int, str]:
    """Çıktıyı geldiği gibi stdout'a geçirir (satır bitmese de); sonunda çıkış koduyla birlikte döndürür."""
    chunks: list[bytes] = []
    with _running(command, cwd=cwd) as (process, output):
        while chunk := output.read1(65536):  # type: ignore[attr-defined]
            chunks.append(chunk)
            sys.stdout.buffer.write(chunk)
            sys.stdout.buffer.flush()
        return process.wait(), b"".join(chunks).decode("utf-8", "replace")


@contextlib.contextmanager
def _running(
    command: Sequence[str], *, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> Iterator[tuple[subprocess.Popen[bytes], IO[bytes]]]:
    process = subprocess.Popen(command, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert process.stdout is not None
    try:
        yield process, process.stdout
    except BaseException:
        _stop(process)
        raise


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.communicate(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        pass
    finally:
        process.kill()
        process.wait()
