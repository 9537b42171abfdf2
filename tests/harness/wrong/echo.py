"""Doğru sunucu: düzeneğin kendi testlerinin ölçüsü. Yanlış sunucular bunun tek bir davranışını bozar.

Protokol: bağlanana `Hoşgeldiniz!`, her satıra `Echo: <satır>`, `quit` satırına `Güle güle!` ve kapanış.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import socket
import sys
import threading
from typing import Iterator


class EchoServer:
    """Bağlantı başına bir iş parçacığı."""

    exit_code = 0

    def main(self) -> None:
        parser = argparse.ArgumentParser(allow_abbrev=False)
        parser.add_argument("-H", "--host", default="127.0.0.1")
        parser.add_argument("-p", "--port", type=int, default=9000)
        options = parser.parse_args()
        logging.basicConfig(level=logging.INFO, format="%(asctime)s - %(levelname)s - %(message)s")
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.on_signal)
        listener = socket.create_server((options.host, options.port))
        self.announce("%s:%d dinleniyor" % listener.getsockname()[:2])
        while True:
            client, _ = listener.accept()
            self.admit(client)

    def on_signal(self, *_arguments: object) -> None:
        logging.info("Server kapatıldı")
        os._exit(self.exit_code)

    def announce(self, line: str) -> None:
        print(line, flush=True)

    def admit(self, client: socket.socket) -> None:
        threading.Thread(target=self.converse, args=(client,), daemon=True).start()

    def converse(self, client: socket.socket) -> None:
        with client:
            try:
                self.reply(client, "Hoşgeldiniz!\n".encode())
                for line in self.lines(client):
                    if line == b"quit":
                        self.reply(client, "Güle güle!\n".encode())
                        return
                    self.reply(client, self.answer(line))
            except OSError as error:
                logging.warning("Bağlantı kesildi: %s", error)

    def lines(self, client: socket.socket) -> Iterator[bytes]:
        pending = b""
        while data := client.recv(4096):
            pending += data
            while b"\n" in pending:
                line, pending = pending.split(b"\n", 1)
                yield line

    def answer(self, line: bytes) -> bytes:
        return b"Echo: " + line + b"\n"

    def reply(self, client: socket.socket, data: bytes) -> None:
        client.sendall(data)


if __name__ == "__main__":
    sys.exit(EchoServer().main())
