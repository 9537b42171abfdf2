"""Yanıtı bir karakterin ortasından kesip iki gönderimde yollar."""

import socket

from echo import EchoServer
from pause import pause


class SplitCharacter(EchoServer):
    def reply(self, client: socket.socket, data: bytes) -> None:
        inside = next((at for at, byte in enumerate(data) if byte & 0xC0 == 0x80), len(data))
        client.sendall(data[:inside])
        pause(client)
        client.sendall(data[inside:])


SplitCharacter().main()
