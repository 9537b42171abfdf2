"""Ders 01'in sunucusunun Python eşi: sırayla kabul eder, ilk gelene `Merhaba dünya!` der, HTTP'ye HTTP ile yanıt verir."""

from __future__ import annotations

import contextlib
import re
import socket
import time

import contract
import streams

GREETING = "Merhaba dünya!".encode()
HEAD_LIMIT = 16384
METHODS = (b"GET ", b"HEAD ", b"POST ", b"PUT ", b"DELETE ", b"OPTIONS ", b"PATCH ", b"CONNECT ", b"TRACE ")


def is_http(request: bytes) -> bool:
    return bool(re.match(rb"[A-Z]+ [^\n]* HTTP/1\.", request))


def is_complete(request: bytes) -> bool:
    return b"\r\n\r\n" in request or b"\n\n" in request


def is_partial(request: bytes) -> bool:
    """Karar için daha çok bayt gerekiyor mu?"""
    if len(request) >= HEAD_LIMIT or not any(m.startswith(request[: len(m)]) for m in METHODS):
        return False
    return b"\n" not in request or (is_http(request) and not is_complete(request))


def response(request: bytes) -> bytes:
    if not is_http(request):
        return GREETING
    status, body = "200 OK", GREETING
    if not is_complete(request):
        too_large = len(request) >= HEAD_LIMIT
        status = "431 Request Header Fields Too Large" if too_large else "408 Request Timeout"
        body = b""
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    ).encode()
    return head if request.startswith(b"HEAD ") else head + body


class Visit:
    """Bir ziyaret; hepsi `timeout` içinde biter."""

    def __init__(self, connection: socket.socket, stop: contract.Stop, timeout: float) -> None:
        self.connection, self.stop = connection, stop
        self.deadline = time.monotonic() + timeout
        self.received = b""
        self.dropped = 0

    @property
    def left(self) -> float:
        return max(0.0, self.deadline - time.monotonic())

    def add(self, chunk: bytes) -> None:
        kept = chunk[: HEAD_LIMIT - len(self.received)]
        self.received += kept
        self.dropped += len(chunk) - len(kept)

    def read_request(self) -> None:
        chunk = b"?"
        while chunk and is_partial(self.received):
            try:
                chunk = streams.receive(self.connection, self.stop, self.left)
            except (TimeoutError, contract.Stopping):
                if not self.received:
                    raise
                return
            self.add(chunk)

    def run(self) -> None:
        self.read_request()
        streams.send_all(self.connection, response(self.received), self.stop, self.left)
        with contextlib.suppress(OSError):
            for chunk in streams.drain(self.connection, self.stop, self.deadline):
                self.add(chunk)

    def show(self) -> None:
        lines = self.received.decode("utf-8", "surrogateescape").split("\n")
        for line in lines if lines[-1] else lines[:-1]:
            contract.say("  " + contract.escape(line.removesuffix("\r")))
        if self.dropped:
            contract.say(f"  (... ve {self.dropped} bayt daha)")


def main() -> None:
    parser = contract.server_options(port=0, timeout=2)
    parser.add_argument("--backlog", type=contract.number(0, 4096), default=5)
    options = contract.parse(parser)
    with contract.Stop() as stop:
        listener = contract.listen(options.host, options.port, backlog=options.backlog)
        contract.ready(listener)
        for connection, peer in streams.connections(listener, stop):
            contract.say(f"{peer} bağlandı")
            visit = Visit(connection, stop, options.timeout)
            with connection:
                try:
                    visit.run()
                except (OSError, contract.Stopping) as error:
                    contract.log("WARNING", f"{peer}: yanıtlanamadı: {contract.reason(error)}")
            visit.show()
        listener.close()
    contract.log("INFO", "Server kapatıldı")


if __name__ == "__main__":
    main()
