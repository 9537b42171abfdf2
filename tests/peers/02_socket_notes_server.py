"""Ders 02'nin sunucusunun Python eşi: bir seferde bir istemci, satırları yazar, hiç yanıt vermez."""

from __future__ import annotations

import contextlib
import select
import socket
import time

import contract
import streams

FD_SETSIZE = 1024
LOOK_SECONDS = 0.2
"""Sırası dolmuş bir istemci susarken, bekleyen var mı diye bu sıklıkla bakılır."""

LAST_LINES_SECONDS = 0.5
"""Durdurma istendiğinde gelmiş olan satırlara tanınan süre."""


class Ended(Exception):
    """Konuşma bitti; metni nedenidir."""


class Stopped(Ended):
    """İstemci `stop` dedi."""


def handle_line(line: str) -> None:
    text = line.strip()
    if text.lower() == "disconnect":
        raise Ended("disconnect dedi")
    if text.lower() == "stop":
        raise Stopped("stop dedi")
    contract.say(contract.escape(text))


def readable(sock: socket.socket) -> bool:
    return bool(select.select([sock], [], [], 0)[0])


def wait_for_bytes(
    connection: socket.socket, listener: socket.socket, stop: contract.Stop, timeout: float, turn_over: float
) -> None:
    """Okunacak bir şey gelene dek bekler; beklemek anlamsızlaşınca Ended."""
    silence = time.monotonic() + timeout
    while (now := time.monotonic()) < silence:
        if now >= turn_over and readable(listener):
            raise Ended("süresi doldu, sırada bekleyen var")
        too_late = stop.requested_at is not None and now - stop.requested_at > LAST_LINES_SECONDS
        if readable(connection) and not too_late:
            return
        if stop.requested:
            raise Ended("sunucu kapanıyor")
        look = turn_over - now if now < turn_over else LOOK_SECONDS
        with contextlib.suppress(TimeoutError):
            stop.wait(connection, min(silence - now, look))
    raise Ended("sessiz kaldı")


def converse(
    connection: socket.socket, listener: socket.socket, stop: contract.Stop, timeout: float, turn: float
) -> None:
    """Konuşmanın tamamı; her zaman bir istisnayla biter."""
    turn_over = time.monotonic() + turn
    lines = streams.Lines()
    chunk = b"?"
    while chunk:
        wait_for_bytes(connection, listener, stop, timeout, turn_over)
        chunk = connection.recv(streams.READ_SIZE)
        lines.add(chunk)
        while (line := lines.next()) is not None:
            handle_line(line)
    if (line := lines.last()) is not None:
        handle_line(line)
    raise Ended("akış sonu")


def visit(
    connection: socket.socket, listener: socket.socket, stop: contract.Stop, timeout: float, turn: float
) -> bool:
    """Bir istemci; sunucu bununla bitiyorsa False."""
    going_on, last_word = True, b""
    try:
        converse(connection, listener, stop, timeout, turn)
    except streams.LineTooLong:
        reason, last_word = "satır çok uzun", streams.TOO_LONG
    except Ended as ending:
        going_on, reason = not isinstance(ending, Stopped), str(ending)
    except UnicodeDecodeError:
        reason = "geçersiz UTF-8"
    except OSError as error:
        reason = f"bağlantı koptu: {contract.reason(error)}"
    streams.dismiss(connection, stop, last_word)
    contract.say("-" * 16)
    contract.log("INFO", f"Bağlantı kapatıldı ({reason})")
    return going_on


def refuse(connection: socket.socket) -> None:
    """select'in izleyemeyeceği bir bağlantı."""
    contract.log("ERROR", f"Geri çevrildi: tanımlayıcı {connection.fileno()}, select'in sınırı {FD_SETSIZE}")
    with contextlib.suppress(OSError), connection:
        connection.sendall(streams.FULL)


def serve(listener: socket.socket, stop: contract.Stop, timeout: float, turn: float) -> None:
    for connection, _ in streams.connections(listener, stop):
        if connection.fileno() >= FD_SETSIZE:
            refuse(connection)
        elif not visit(connection, listener, stop, timeout, turn):
            return


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
        serve(listener, stop, options.timeout, options.turn)
        listener.close()
    contract.log("INFO", "Server kapatıldı")


if __name__ == "__main__":
    main()
