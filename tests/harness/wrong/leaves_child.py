"""Kapanır, ama başlattığı bir süreci geride bırakır."""

import subprocess
import sys

from echo import EchoServer


class LeavesChild(EchoServer):
    def announce(self, line: str) -> None:
        subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
        super().announce(line)


LeavesChild().main()
