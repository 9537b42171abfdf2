"""Gelen satırı okumadan kapatır: karşı taraf sıfırlama görür."""

import select
import socket
from typing import Iterator

from echo import EchoServer


class Resets(EchoServer):
    def lines(self, client: socket.socket) -> Iterator[bytes]:
        select.select([client], [], [])
        yield from ()


Resets().main()
