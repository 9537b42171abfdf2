"""Bağlantıyı kabul eder, hiçbir şey söylemez."""

import socket

from echo import EchoServer


class Silent(EchoServer):
    def reply(self, client: socket.socket, data: bytes) -> None:
        pass


Silent().main()
