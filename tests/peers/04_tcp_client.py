"""Ders 04'ün istemcisinin Python eşi: satır satır sorar, kopan bağlantıyı yeniden kurup soruyu baştan gönderir."""

from __future__ import annotations

import socket
import time

import contract

DEFAULTS = ["Hello Server", "time", "Test message", "quit"]
GOODBYE = "Güle güle!"


class Lost(Exception):
    """Soru yanıtsız kaldı; metni nedenidir."""


class Connection:
    def __init__(self, host: str, port: int, timeout: float) -> None:
        self.host, self.port, self.timeout = host, port, timeout
        self.socket: socket.socket | None = None
        self.buffer = b""

    def establish(self) -> None:
        self.close()
        try:
            self.socket = socket.create_connection((self.host, self.port), timeout=self.timeout)
            welcome = self.read_line()
        except OSError as error:
            raise Lost(f"Bağlanılamadı: {self.host}:{self.port}: {contract.reason(error)}") from error
        if welcome.startswith("Sunucu dolu"):
            raise Lost(f"Bağlanılamadı: {self.host}:{self.port}: sunucu dolu")
        print(f"Server: {welcome}")

    def read_line(self) -> str:
        assert self.socket is not None
        deadline = time.monotonic() + self.timeout
        while b"\n" not in self.buffer:
            self.socket.settimeout(max(0.001, deadline - time.monotonic()))
            chunk = self.socket.recv(65536)
            if not chunk:
                raise ConnectionResetError
            self.buffer += chunk
        line, _, self.buffer = self.buffer.partition(b"\n")
        return line.decode("utf-8")

    def ask(self, message: str) -> str:
        try:
            if self.socket is None:
                raise ConnectionResetError
            self.socket.settimeout(self.timeout)
            self.socket.sendall(f"{message}\n".encode())
            reply = self.read_line()
            if reply == GOODBYE and message.strip().lower() != "quit":
                raise ConnectionResetError
        except (OSError, UnicodeDecodeError) as error:
            self.close()
            why = contract.reason(error) if isinstance(error, OSError) else "geçersiz UTF-8"
            raise Lost(f"Yanıt alınamadı: {self.host}:{self.port}: {why}") from error
        return reply

    def close(self) -> None:
        if self.socket is not None:
            self.socket.close()
        self.socket, self.buffer = None, b""


def ask(connection: Connection, message: str, retries: int) -> str:
    for attempt in range(retries + 1):
        try:
            if attempt:
                time.sleep(0.1 * 2 ** (attempt - 1))
                connection.establish()
            return connection.ask(message)
        except Lost as error:
            lost = error
    raise lost


def main() -> None:
    parser = contract.client_options(port=9000, timeout=10)
    parser.add_argument("--retries", type=contract.number(0, 100), default=3)
    options = contract.parse(parser)
    for message in options.messages:
        if "\n" in message:
            contract.usage_error("mesajın içinde satır sonu olamaz")
        if len(message.encode("utf-8", "surrogateescape")) > contract.LINE_LIMIT:
            contract.usage_error(f"mesaj çok uzun; en fazla {contract.LINE_LIMIT} bayt olmalı")
    connection = Connection(options.host, options.port, options.timeout)
    try:
        connection.establish()
        for message in options.messages or DEFAULTS:
            print(f"\nGönderiliyor: {message}")
            print(f"Cevap: {ask(connection, message, options.retries)}")
            if message.strip().lower() == "quit":
                connection.close()
    except Lost as error:
        contract.fail(str(error))
    finally:
        connection.close()


if __name__ == "__main__":
    main()
