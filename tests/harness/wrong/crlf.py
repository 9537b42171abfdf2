"""Satırları CRLF ile bitirir."""

import socket

from echo import EchoServer


class Crlf(EchoServer):
    def reply(self, client: socket.socket, data: bytes) -> None:
        client.sendall(data.replace(b"\n", b"\r\n"))


Crlf().main()
