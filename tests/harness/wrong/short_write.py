"""Kısa yazma: send()'in döndürdüğü sayıya bakmaz; büyük yanıtın yalnız başını gönderir."""

import socket

from echo import EchoServer


class ShortWrite(EchoServer):
    def reply(self, client: socket.socket, data: bytes) -> None:
        client.send(data[:4096])


ShortWrite().main()
