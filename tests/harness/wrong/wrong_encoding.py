"""Metni UTF-8 yerine ISO 8859-9 ile gönderir."""

import socket

from echo import EchoServer


class WrongEncoding(EchoServer):
    def reply(self, client: socket.socket, data: bytes) -> None:
        client.sendall(data.decode().encode("iso8859-9"))


WrongEncoding().main()
