"""İlk satırda yanıt vermeden bağlantıyı kapatır."""

import socket
from typing import Iterator

from echo import EchoServer


class EarlyClose(EchoServer):
    def lines(self, client: socket.socket) -> Iterator[bytes]:
        client.recv(4096)
        yield from ()


EarlyClose().main()
