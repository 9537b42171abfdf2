"""Ders 04'ün sunucusunun Python eşi: her bağlantıya bir iş parçacığı, satır satır konuşma, sınırlı sayıda istemci."""

from __future__ import annotations

import functools
import socket
from datetime import datetime

import contract
import streams

GOODBYE = "Güle güle!"


def reply_to(line: str) -> str:
    message = line.strip()
    if message.lower() == "quit":
        return GOODBYE
    if message.lower() == "time":
        return f"Sunucu zamanı: {datetime.now()}"
    return f"Echo: {message}"


def converse(connection: socket.socket, peer: str, stop: contract.Stop, timeout: float) -> None:
    def say(text: str) -> None:
        streams.send_all(connection, f"{text}\n".encode(), stop, timeout)

    say(f"Hoşgeldiniz! Bağlantı zamanı: {datetime.now()}")
    for line in streams.received_lines(connection, stop, timeout):
        contract.log("INFO", f"[{peer}] Mesaj: {line[:200]}")
        reply = reply_to(line)
        say(reply)
        if reply == GOODBYE:
            return


def main() -> None:
    parser = contract.server_options(port=9000, timeout=60)
    parser.add_argument("--max-clients", type=contract.number(1, 10000), default=64)
    options = contract.parse(parser)
    with contract.Stop() as stop:
        listener = contract.listen(options.host, options.port)
        contract.ready(listener)
        conversation = functools.partial(converse, stop=stop, timeout=options.timeout)
        crowd = streams.Crowd(stop, options.max_clients, conversation, GOODBYE)
        for connection, peer in streams.connections(listener, stop):
            crowd.admit(connection, peer)
        listener.close()
        crowd.join()
    contract.log("INFO", "Server kapatıldı")


if __name__ == "__main__":
    main()
