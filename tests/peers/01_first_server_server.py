"""Ders 01'in sunucusunun Python eşi: sırayla kabul eder, ilk gelene `Merhaba dünya!` der, HTTP'ye HTTP ile yanıt verir."""

from __future__ import annotations

import re
import socket
import time

import contract

GREETING = "Merhaba dünya!".encode()
HEAD_LIMIT = 16384
METHODS = (b"GET ", b"HEAD ", b"POST ", b"PUT ", b"DELETE ", b"OPTIONS ", b"PATCH ", b"CONNECT ", b"TRACE ")


def is_http(request: bytes) -> bool:
    return bool(re.match(rb"[A-Z]+ [^\n]* HTTP/1\.", request))


def is_partial(request: bytes) -> bool:
    """Karar için daha çok bayt gerekiyor mu?"""
    if len(request) >= HEAD_LIMIT or not any(m.startswith(request[: len(m)]) for m in METHODS):
        return False
    if b"\n" not in request:
        return True
    return is_http(request) and b"\r\n\r\n" not in request and b"\n\n" not in request


def response(request: bytes) -> bytes:
    if not is_http(request):
        return GREETING
    status, body = "200 OK", GREETING
    if b"\r\n\r\n" not in request and b"\n\n" not in request:
        too_large = len(request) >= HEAD_LIMIT
        status = "431 Request Header Fields Too Large" if too_large else "408 Request Timeout"
        body = b""
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    ).encode()
    return head if request.startswith(b"HEAD ") else head + body


def visit(connection: socket.socket, stop: contract.Stop, timeout: float) -> bytes:
    deadline = time.monotonic() + timeout
    request = b""
    while is_partial(request):
        try:
            if not stop.wait(connection, max(0.0, deadline - time.monotonic())):
                break
        except TimeoutError:
            if not request:
                raise
            break
        chunk = connection.recv(HEAD_LIMIT)
        request += chunk
        if not chunk:
            break
    connection.sendall(response(request))
    return request


def main() -> None:
    parser = contract.server_options(port=0, timeout=2)
    parser.add_argument("--backlog", type=contract.number(0, 4096), default=5)
    options = contract.parse(parser)
    with contract.Stop() as stop:
        listener = contract.listen(options.host, options.port, backlog=options.backlog)
        contract.ready(listener)
        while stop.wait(listener):
            connection, peer = listener.accept()
            name = contract.address_text(peer)
            print(f"{name} bağlandı")
            try:
                request = visit(connection, stop, options.timeout)
                request += contract.close_gracefully(connection, options.timeout)
                for line in request[:HEAD_LIMIT].decode("utf-8", "backslashreplace").splitlines():
                    print(f"  {line}")
            except OSError as error:
                contract.log("WARNING", f"{name}: yanıtlanamadı: {contract.reason(error)}")
                connection.close()
        listener.close()
    contract.log("INFO", "Server kapatıldı")


if __name__ == "__main__":
    main()
