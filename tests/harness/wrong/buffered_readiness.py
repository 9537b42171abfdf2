"""Hazır olma satırını yazar ama stdout'u boşaltmaz; satır ancak kapanırken çıkar."""

import sys

from echo import EchoServer


class BufferedReadiness(EchoServer):
    def announce(self, line: str) -> None:
        print(line)

    def on_signal(self, *_arguments: object) -> None:
        sys.exit(0)


BufferedReadiness().main()
