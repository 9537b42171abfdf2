"""Dinler ama hazır olduğunu söylemez."""

from echo import EchoServer


class NoReadiness(EchoServer):
    def announce(self, line: str) -> None:
        pass


NoReadiness().main()
