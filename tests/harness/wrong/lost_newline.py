"""Satır sonunu unutur."""

from echo import EchoServer


class LostNewline(EchoServer):
    def answer(self, line: bytes) -> bytes:
        return b"Echo: " + line


LostNewline().main()
