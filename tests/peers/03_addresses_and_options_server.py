"""Ders 03'ün sunucusunun Python eşi: soketinin seçeneklerini gösterir, sırayla gelenlere rapor eder."""

from __future__ import annotations

import fcntl
import os
import socket
import time

import contract
import option_table
import streams
from option_table import Option


def listen(host: str, port: int, wishes: dict) -> tuple[socket.socket, list[Option]]:
    try:
        found = socket.getaddrinfo(contract.encoded(host), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _, _, _, address = found[0]
        table = option_table.options(family, **wishes)
        listener = option_table.create(family, table)
        listener.bind(address)
        listener.listen()
    except OSError as error:
        contract.fail(f"Dinlenemedi: {contract.address_text((host, port))}: {contract.reason(error)}")
    return listener, table


def report(listener: socket.socket, connection: socket.socket, peer: str, table: list[Option]) -> bytes:
    lines = [f"Adresin: {peer}", f"Adresim: {contract.address_text(connection.getsockname())}"]
    pairs = [(o.name, option_table.value(listener, o), option_table.value(connection, o)) for o in table]
    accepting = Option("SO_ACCEPTCONN", socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    pairs.append((accepting.name, option_table.value(listener, accepting), option_table.value(connection, accepting)))
    flags = [str(int(bool(fcntl.fcntl(s, fcntl.F_GETFL) & os.O_NONBLOCK))) for s in (listener, connection)]
    pairs.append(("O_NONBLOCK", *flags))
    for name, before, after in pairs:
        lines.append(f"{name}: dinleyen {before}, kabul edilen {after} ({'aynı' if before == after else 'farklı'})")
    return "".join(f"{line}\n" for line in [*lines, "Rapor bitti"]).encode()


def serve(connection: socket.socket, peer: str, message: bytes, stop: contract.Stop, limit: float) -> None:
    """Bir istemci; hepsi `limit` saniye içinde biter."""
    deadline = time.monotonic() + limit
    try:
        streams.send_all(connection, message, stop, limit)
        contract.log("INFO", f"Rapor gönderildi: {peer}")
        for _ in streams.drain(connection, stop, deadline):
            pass
        contract.log("INFO", f"Bağlantı kapatıldı: {peer}")
    except TimeoutError:
        contract.log("WARNING", f"İstemci zaman aşımı: {peer}")
    except OSError as error:
        contract.log("WARNING", f"Bağlantı kesildi: {peer}: {contract.reason(error)}")


def main() -> None:
    parser = contract.server_options(port=9103, timeout=30)
    parser.add_argument("--client-limit", type=contract.seconds, default=1)
    parser.add_argument("--sndbuf", type=contract.number(0, 1073741823), default=65536)
    parser.add_argument("--rcvbuf", type=contract.number(0, 1073741823), default=65536)
    parser.add_argument("--nagle", action="store_true")
    parser.add_argument("--dual-stack", action="store_true")
    given = contract.parse(parser)
    wishes = {"sndbuf": given.sndbuf, "rcvbuf": given.rcvbuf, "no_delay": not given.nagle}
    wishes |= {"dual_stack": given.dual_stack, "timeout": given.timeout}
    with contract.Stop() as stop:
        listener, table = listen(given.host, given.port, wishes)
        contract.ready(listener)
        option_table.show(listener, table, contract.address_text(listener.getsockname()))
        for connection, peer in streams.connections(listener, stop):
            with connection:
                serve(connection, peer, report(listener, connection, peer, table), stop, given.client_limit)
        listener.close()
    contract.log("INFO", "Server kapatıldı")


if __name__ == "__main__":
    main()
