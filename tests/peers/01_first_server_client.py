"""Ders 01'in istemcisinin Python eşi: mesajını gönderir, yazma yarısını kapatır, yanıtı akış sonuna dek okur."""

from __future__ import annotations

import errno
import os
import socket
import time

import contract

ANSWER_LIMIT = 65535


def read_to_end(connection: socket.socket, deadline: float) -> str:
    answer = b""
    while True:
        connection.settimeout(max(0.001, deadline - time.monotonic()))
        chunk = connection.recv(4096)
        if not chunk:
            return answer.decode("utf-8")
        answer += chunk
        if len(answer) > ANSWER_LIMIT:
            raise OSError(errno.EMSGSIZE, "yanıt çok uzun")


def visit(host: str, port: int, message: bytes, timeout: float) -> str:
    deadline = time.monotonic() + timeout
    where = contract.address_text((host, port))
    with contract.connect(host, port, timeout) as connection:
        try:
            connection.sendall(message)
            connection.shutdown(socket.SHUT_WR)
            answer = read_to_end(connection, deadline)
        except (OSError, UnicodeDecodeError) as error:
            contract.fail(f"Yanıt alınamadı: {where}: {contract.reason(error)}")
    if not answer:
        contract.fail(f"Yanıt alınamadı: {where}: karşı taraf bir şey söylemeden kapattı")
    return answer


def main() -> None:
    options = contract.parse(contract.client_options(port=None, timeout=10))
    if options.port is None:
        contract.usage_error("--port gerekli; 1 ile 65535 arasında")
    if len(options.messages) > 1:
        contract.usage_error("tek mesaj gönderilir")
    message = options.messages[0] if options.messages else "Merhaba!"
    contract.say(visit(options.host, options.port, os.fsencode(message), options.timeout))
    contract.finish()


if __name__ == "__main__":
    main()
