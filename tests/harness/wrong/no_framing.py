"""Bir recv'i bir mesaj sayar; satır satır ayırmaz."""

import socket
from typing import Iterator

from echo import EchoServer


class NoFraming(EchoServer):
    def lines(self, client: socket.socket) -> Iterator[bytes]:
        while data := client.recv(4096):
            yield data.strip()


NoFraming().main()
