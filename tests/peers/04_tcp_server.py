"""Ders 04'ün sunucusunun Python eşi: her bağlantıya bir iş parçacığı, satır satır konuşma, sınırlı sayıda istemci."""

from __future__ import annotations

import contextlib
import socket
import threading
from datetime import datetime

import contract

FULL = "Sunucu dolu, daha sonra deneyin\n".encode()
GOODBYE = "Güle güle!\n".encode()
TOO_LONG = f"Satır çok uzun (en fazla {contract.LINE_LIMIT} bayt)\n".encode()


class LineTooLong(Exception):
    pass


def split_lines(buffer: bytearray, ended: bool) -> list[bytes]:
    """Tampondaki tam satırları çıkarır; akış bittiyse sonda kalanı da satır sayar."""
    *lines, rest = bytes(buffer).split(b"\n")
    buffer[:] = b"" if ended else rest
    if ended and rest:
        lines.append(rest)
    lines = [line[:-1] if line.endswith(b"\r") else line for line in lines]
    if any(len(line) > contract.LINE_LIMIT for line in lines) or len(buffer) > contract.LINE_LIMIT + 1:
        raise LineTooLong
    return lines


def reply_to(line: bytes) -> bytes:
    message = line.decode("utf-8").strip()
    if message.lower() == "quit":
        return GOODBYE
    if message.lower() == "time":
        return f"Sunucu zamanı: {datetime.now()}\n".encode()
    return f"Echo: {message}\n".encode()


def converse(connection: socket.socket, stop: contract.Stop, timeout: float) -> None:
    connection.settimeout(timeout)
    connection.sendall(f"Hoşgeldiniz! Bağlantı zamanı: {datetime.now()}\n".encode())
    buffer = bytearray()
    while stop.wait(connection, timeout):
        chunk = connection.recv(65536)
        buffer += chunk
        for line in split_lines(buffer, ended=not chunk):
            reply = reply_to(line)
            connection.sendall(reply)
            if reply == GOODBYE:
                return
        if not chunk:
            return
    connection.sendall(GOODBYE)


def serve(connection: socket.socket, places: threading.Semaphore, stop: contract.Stop, timeout: float) -> None:
    try:
        converse(connection, stop, timeout)
    except LineTooLong:
        with contextlib.suppress(OSError):
            connection.sendall(TOO_LONG)
    except (OSError, UnicodeDecodeError) as error:
        contract.log("WARNING", f"Bağlantı kesildi: {error}")
    contract.close_gracefully(connection)
    places.release()


def refuse(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.sendall(FULL)
    contract.close_gracefully(connection)


def main() -> None:
    parser = contract.server_options(port=9000, timeout=60)
    parser.add_argument("--max-clients", type=contract.number(1, 10000), default=64)
    options = contract.parse(parser)
    places = threading.Semaphore(options.max_clients)
    threads: list[threading.Thread] = []
    with contract.Stop() as stop:
        listener = contract.listen(options.host, options.port)
        contract.ready(listener)
        while stop.wait(listener):
            connection, _ = listener.accept()
            threads = [thread for thread in threads if thread.is_alive()]
            if places.acquire(blocking=False):
                thread = threading.Thread(target=serve, args=(connection, places, stop, options.timeout))
            else:
                thread = threading.Thread(target=refuse, args=(connection,))
            thread.start()
            threads.append(thread)
        listener.close()
        for thread in threads:
            thread.join()
    contract.log("INFO", "Server kapatıldı")


if __name__ == "__main__":
    main()
