"""Aynı anda gelen satırların yanıtlarını satır sonu koymadan birleştirir."""

import socket
from typing import Iterator

from echo import EchoServer


class JoinedAnswers(EchoServer):
    def lines(self, client: socket.socket) -> Iterator[bytes]:
        while data := client.recv(4096):
            yield b"".join(b"Echo: " + line for line in data.split(b"\n")[:-1])

    def answer(self, line: bytes) -> bytes:
        return line + b"\n"


JoinedAnswers().main()
