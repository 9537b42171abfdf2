"""Yanıtı önek ve gövde olarak iki gönderimde yollar."""

import socket

from echo import EchoServer
from pause import pause


class SplitAnswer(EchoServer):
    def reply(self, client: socket.socket, data: bytes) -> None:
        client.sendall(data[:6])
        pause(client)
        client.sendall(data[6:])


SplitAnswer().main()
