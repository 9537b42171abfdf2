"""Tek bir istemcinin sıfırlaması sunucuyu bitirir."""

import os
import socket

from echo import EchoServer


class DiesOfReset(EchoServer):
    def converse(self, client: socket.socket) -> None:
        try:
            self.reply(client, "Hoşgeldiniz!\n".encode())
            for line in self.lines(client):
                self.reply(client, self.answer(line))
        except OSError:
            os._exit(1)


DiesOfReset().main()
