"""Ders 02'nin sunucusunun Python eşi: bir seferde bir istemci, satırları yazar, hiç yanıt vermez."""

from __future__ import annotations

import contextlib
import select
import socket
import time
import unicodedata

import contract

TOO_LONG = f"Satır çok uzun (en fazla {contract.LINE_LIMIT} bayt)\n".encode()
FULL = "Sunucu dolu, daha sonra deneyin\n".encode()
FD_SETSIZE = 1024
LOOK_SECONDS = 0.2
"""Sırası dolmuş bir istemci susarken, bekleyen var mı diye bu sıklıkla bakılır."""

ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


class Ended(Exception):
    """Konuşma bitti; metni nedenidir."""


class Stopped(Ended):
    """İstemci `stop` dedi."""


class LineTooLong(Ended):
    pass


def escape(character: str) -> str:
    if unicodedata.category(character) != "Cc":
        return character
    return ESCAPES.get(character) or "".join(f"\\x{byte:02x}" for byte in character.encode())


def handle_line(line: bytes) -> None:
    if len(line.removesuffix(b"\r")) > contract.LINE_LIMIT:
        raise LineTooLong("satır çok uzun")
    text = line.decode("utf-8").strip()
    if text.lower() == "disconnect":
        raise Ended("disconnect dedi")
    if text.lower() == "stop":
        raise Stopped("stop dedi")
    print("".join(map(escape, text)))


def handle_lines(buffer: bytearray, ended: bool) -> None:
    *lines, rest = bytes(buffer).split(b"\n")
    buffer[:] = rest
    for line in lines:
        handle_line(line)
    if ended and rest:
        handle_line(rest)
    if ended:
        raise Ended("akış sonu")
    if len(rest.removesuffix(b"\r")) > contract.LINE_LIMIT:
        raise LineTooLong("satır çok uzun")


def wait_for_bytes(
    connection: socket.socket, listener: socket.socket, stop: contract.Stop, timeout: float, turn_over: float
) -> None:
    """Okunacak bir şey gelene dek bekler; beklemek anlamsızlaşınca Ended."""
    silence = time.monotonic() + timeout
    while (now := time.monotonic()) < silence:
        if now >= turn_over and select.select([listener], [], [], 0)[0]:
            raise Ended("süresi doldu, sırada bekleyen var")
        with contextlib.suppress(TimeoutError):
            look = turn_over - now if now < turn_over else LOOK_SECONDS
            if not stop.wait(connection, min(silence - now, look)):
                raise Ended("sunucu kapanıyor")
            return
    raise Ended("sessiz kaldı")


def converse(
    connection: socket.socket, listener: socket.socket, stop: contract.Stop, timeout: float, turn: float
) -> None:
    """Konuşmanın tamamı; her zaman bir istisnayla biter."""
    turn_over = time.monotonic() + turn
    buffer = bytearray()
    while True:
        wait_for_bytes(connection, listener, stop, timeout, turn_over)
        chunk = connection.recv(65536)
        buffer += chunk
        handle_lines(buffer, ended=not chunk)


def visit(
    connection: socket.socket, listener: socket.socket, stop: contract.Stop, timeout: float, turn: float
) -> bool:
    """Bir istemci; sunucu bununla bitiyorsa False."""
    going_on, reason = True, ""
    try:
        converse(connection, listener, stop, timeout, turn)
    except LineTooLong as ending:
        reason = str(ending)
        with contextlib.suppress(OSError):
            connection.sendall(TOO_LONG)
    except Ended as ending:
        going_on, reason = not isinstance(ending, Stopped), str(ending)
    except UnicodeDecodeError:
        reason = "geçersiz UTF-8"
    except OSError as error:
        reason = f"bağlantı koptu: {contract.reason(error)}"
    contract.close_gracefully(connection)
    print("-" * 16)
    contract.log("INFO", f"Bağlantı kapatıldı ({reason})")
    return going_on


def refuse(connection: socket.socket) -> None:
    """select'in izleyemeyeceği bir bağlantı."""
    contract.log("ERROR", f"Geri çevrildi: tanımlayıcı {connection.fileno()}, select'in sınırı {FD_SETSIZE}")
    with contextlib.suppress(OSError), connection:
        connection.sendall(FULL)


def main() -> None:
    parser = contract.server_options(port=10001, timeout=5)
    parser.add_argument("--turn", type=contract.seconds, default=60)
    parser.add_argument("--backlog", type=contract.number(0, 4096), default=5)
    options = contract.parse(parser)
    with contract.Stop() as stop:
        listener = contract.listen(options.host, options.port, backlog=options.backlog)
        if listener.fileno() >= FD_SETSIZE:
            contract.fail(f"Dinlenemedi: tanımlayıcı {listener.fileno()}, select'in sınırı {FD_SETSIZE}; açık dosyaları azalt")
        contract.ready(listener)
        going_on = True
        while going_on and stop.wait(listener):
            connection, _ = listener.accept()
            if connection.fileno() >= FD_SETSIZE:
                refuse(connection)
                continue
            going_on = visit(connection, listener, stop, options.timeout, options.turn)
        listener.close()
    contract.log("INFO", "Server kapatıldı")


if __name__ == "__main__":
    main()
