"""Bütün komutların ortak girişi: sinyaller, hataların söylenişi ve çıkış kodları."""

from __future__ import annotations

import importlib
import os
import signal
import sys
from types import FrameType
from typing import Sequence

from yuva import terminal


class Terminated(BaseException):
    """SIGTERM ya da SIGHUP geldi. Olağan bir istisna gibi yükselir ki açık süreçler `finally` ile kapatılsın."""

    def __init__(self, signum: int) -> None:
        super().__init__(signum)
        self.signum = signum


def start(tool: str, arguments: Sequence[str]) -> int:
    """yuva/TOOL.py içindeki main(arguments) işlevini çalıştırır; sürecin çıkış kodunu döndürür."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace", line_buffering=True)  # type: ignore[union-attr]
    for signum in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, _terminate)
    try:
        return importlib.import_module(f"yuva.{tool}").main(list(arguments))
    except terminal.Failure as failure:
        print(failure, file=sys.stderr)
        return failure.code
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except Terminated as terminated:
        return 128 + terminated.signum
    except BrokenPipeError:
        # Okuyan gitti (`scripts/lesson list | head -1`): çıkışta stdout boşaltılırken yeniden hata vermesin.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE


def _terminate(signum: int, _frame: FrameType | None) -> None:
    raise Terminated(signum)
