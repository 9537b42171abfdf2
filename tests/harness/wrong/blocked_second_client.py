"""İstemcilere sırayla bakar: ilki gidene kadar ikinci bekler."""

import socket

from echo import EchoServer


class OneAtATime(EchoServer):
    def admit(self, client: socket.socket) -> None:
        self.converse(client)


OneAtATime().main()
