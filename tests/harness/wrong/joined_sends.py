"""Yanıtları biriktirir, iki yanıtı tek gönderimde yollar."""

import socket
from typing import Iterator

from echo import EchoServer


class JoinedSends(EchoServer):
    def lines(self, client: socket.socket) -> Iterator[bytes]:
        while data := client.recv(4096):
            yield data

    def answer(self, line: bytes) -> bytes:
        return b"".join(b"Echo: " + part + b"\n" for part in line.split(b"\n")[:-1])


JoinedSends().main()
