"""Ders 01'in istemcisinin Python eşi: mesajını gönderir, yazma yarısını kapatır, yanıtı akış sonuna dek okur."""

from __future__ import annotations

import socket
import time

import contract


def read_to_end(connection: socket.socket, deadline: float) -> bytes:
    answer = b""
    while True:
        connection.settimeout(max(0.001, deadline - time.monotonic()))
        chunk = connection.recv(4096)
        if not chunk:
            return answer
        answer += chunk


def main() -> None:
    options = contract.parse(contract.client_options(port=None, timeout=10))
    if options.port is None:
        contract.usage_error("--port gerekli; 1 ile 65535 arasında")
    if len(options.messages) > 1:
        contract.usage_error("tek mesaj gönderilir")
    message = options.messages[0] if options.messages else "Merhaba!"
    deadline = time.monotonic() + options.timeout
    where = f"{options.host}:{options.port}"
    with contract.connect(options.host, options.port, options.timeout) as connection:
        try:
            connection.sendall(message.encode())
            connection.shutdown(socket.SHUT_WR)
            answer = read_to_end(connection, deadline)
        except OSError as error:
            contract.fail(f"Yanıt alınamadı: {where}: {contract.reason(error)}")
    if not answer:
        contract.fail(f"Yanıt alınamadı: {where}: karşı taraf bir şey söylemeden kapattı")
    print(answer.decode("utf-8"))


if __name__ == "__main__":
    main()
