"""Ders 04'ün istemcisinin Python eşi: satır satır sorar, kopan bağlantıyı yeniden kurup soruyu baştan gönderir."""

from __future__ import annotations

import socket
import time

import contract
import streams

DEFAULTS = ["Hello Server", "time", "Test message", "quit"]
GOODBYE = "Güle güle!"
REPLY_LIMIT = contract.LINE_LIMIT + 64


class Lost(Exception):
    """Soru yanıtsız kaldı; metni programın son sözüdür."""


class Connection:
    def __init__(self, host: str, port: int, timeout: float) -> None:
        self.host, self.port, self.timeout = host, port, timeout
        self.socket: socket.socket | None = None
        self.lines = streams.Lines(REPLY_LIMIT)

    def establish(self) -> None:
        """Bağlanır ve karşılamayı okur."""
        failed = "Bağlanılamadı"
        try:
            self.socket = contract.open_connection(self.host, self.port, self.timeout)
            failed = "Karşılama okunamadı"
            welcome = streams.read_line(self.socket, self.lines, self.timeout)
        except (OSError, UnicodeDecodeError) as error:
            raise self.lost(failed, contract.reason(error)) from error
        if welcome.startswith("Sunucu dolu"):
            raise self.lost("Bağlanılamadı", "sunucu dolu")
        contract.log("INFO", f"Bağlantı başarılı: {contract.address_text((self.host, self.port))}")
        contract.say(f"Server: {welcome}")

    def ask(self, message: str) -> str:
        if self.socket is None:
            raise self.lost("Yanıt alınamadı", "bağlantı yok")
        if not self.lines.empty:  # sorulmadan gelmiş satır: bir sorunun iki yanıtı olmuş
            raise self.lost("Yanıt alınamadı", "protokole aykırı")
        try:
            self.socket.settimeout(self.timeout)
            self.socket.sendall(f"{message}\n".encode())
            reply = streams.read_line(self.socket, self.lines, self.timeout)
        except (OSError, UnicodeDecodeError) as error:
            raise self.lost("Yanıt alınamadı", contract.reason(error)) from error
        if reply == GOODBYE and not is_quit(message):
            raise self.lost("Yanıt alınamadı", "sunucu kapanıyor")
        return reply

    def lost(self, failed: str, why: str) -> Lost:
        self.close()
        return Lost(f"{failed}: {contract.address_text((self.host, self.port))}: {why}")

    def close(self) -> None:
        """Bağlantıyı, yarım kalmış satırıyla birlikte bırakır."""
        if self.socket is not None:
            self.socket.close()
        self.socket, self.lines = None, streams.Lines(REPLY_LIMIT)


def is_quit(message: str) -> bool:
    return message.strip().lower() == "quit"


def ask(connection: Connection, message: str, retries: int) -> str:
    """Sorar; yanıt gelmezse, araları iki katına çıkan yeni bağlantılarda baştan sorar."""
    try:
        return connection.ask(message)
    except Lost as error:
        lost = error
    for attempt in range(retries):
        pause = 0.1 * 2**attempt
        contract.log("WARNING", f"{lost}; {pause:g} saniye sonra yeniden bağlanılacak")
        time.sleep(pause)
        try:
            connection.establish()
            return connection.ask(message)
        except Lost as error:
            lost = error
    raise lost


def main() -> None:
    parser = contract.client_options(port=9000, timeout=10)
    parser.add_argument("--retries", type=contract.number(0, 100), default=3)
    options = contract.parse(parser)
    contract.check_lines(options.messages)
    connection = Connection(options.host, options.port, options.timeout)
    try:
        connection.establish()
        for message in options.messages or DEFAULTS:
            contract.say(f"\nGönderiliyor: {message}")
            contract.say(f"Cevap: {ask(connection, message, options.retries)}")
            if is_quit(message):
                connection.close()
    except Lost as error:
        contract.fail(str(error))
    connection.close()
    contract.finish()


if __name__ == "__main__":
    main()
