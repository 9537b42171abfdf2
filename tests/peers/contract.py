"""Python eşlerinin ortak yarısı: her programın uyduğu sözleşme (seçenekler, hazır satırı, log, sinyaller, çıkış kodları).

Dersin kendi konuşması burada değildir; o, `NN_ad_server.py` ve `NN_ad_client.py` dosyalarında durur. Örnek:

    options = contract.parse(contract.server_options(port=9000, timeout=60))
    with contract.Stop() as stop:
        listener = contract.listen(options.host, options.port)
        contract.ready(listener)
        while stop.wait(listener):
            connection, peer = listener.accept()
            ...
    contract.log("INFO", "Server kapatıldı")
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import select
import signal
import socket
import sys
import time
from datetime import datetime
from typing import Any, Callable, NoReturn

LINE_LIMIT = 65536


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        usage_error(message)


def usage_error(message: str) -> NoReturn:
    """Yanlış kullanım: tek satır, çıkış kodu 2."""
    sys.stderr.write(" ".join(message.splitlines()) + "\n")
    sys.exit(2)


def fail(message: str) -> NoReturn:
    """Olmadı: son satır yalındır, çıkış kodu 1."""
    sys.stdout.flush()
    sys.stderr.write(message + "\n")
    sys.exit(1)


def number(low: int, high: int) -> Callable[[str], int]:
    def convert(text: str) -> int:
        if not re.fullmatch(r"-?[0-9]+", text) or not low <= int(text) <= high:
            raise argparse.ArgumentTypeError(f"'{text}' olmaz; {low} ile {high} arasında bir tam sayı olmalı")
        return int(text)

    return convert


def seconds(text: str) -> float:
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", text) or not 0.001 <= float(text) <= 86400:
        raise argparse.ArgumentTypeError(f"'{text}' olmaz; 0.001 ile 86400 arasında saniye olmalı")
    return float(text)


def _host(text: str) -> str:
    if not text:
        raise argparse.ArgumentTypeError("boş olamaz; bir ad ya da adres olmalı")
    return text


def _options(lowest_port: int, port: int | None, timeout: float) -> argparse.ArgumentParser:
    parser = _Parser(allow_abbrev=False, add_help=False)
    parser.add_argument("-H", "--host", type=_host, default="127.0.0.1")
    parser.add_argument("-p", "--port", type=number(lowest_port, 65535), default=port)
    parser.add_argument("-t", "--timeout", type=seconds, default=timeout)
    parser.add_argument("-v", "--verbose", action="store_true")
    parser.add_argument("-h", "--help", action="help", help="bu metni yazar ve çıkar")
    return parser


def server_options(port: int, timeout: float) -> argparse.ArgumentParser:
    return _options(0, port, timeout)


def client_options(port: int | None, timeout: float, operands: str = "messages") -> argparse.ArgumentParser:
    parser = _options(1, port, timeout)
    parser.add_argument(operands, nargs="*")
    return parser


def parse(parser: argparse.ArgumentParser) -> Any:
    with contextlib.suppress(AttributeError):
        sys.stdout.reconfigure(encoding="utf-8", line_buffering=True)
        sys.stderr.reconfigure(encoding="utf-8")
    return parser.parse_intermixed_args()


def log(level: str, message: str) -> None:
    now = datetime.now()
    sys.stderr.write(f"{now:%Y-%m-%d %H:%M:%S},{now.microsecond // 1000:03} - {level} - {message}\n")
    sys.stderr.flush()


def address_text(address: tuple[Any, ...]) -> str:
    host, port = address[0], address[1]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def reason(error: OSError) -> str:
    known = {
        ConnectionRefusedError: "bağlantı reddedildi",
        ConnectionResetError: "bağlantı karşı tarafça sıfırlandı",
        BrokenPipeError: "karşı taraf okumayı bıraktı",
        TimeoutError: "zaman aşımı",
        socket.timeout: "zaman aşımı",
        PermissionError: "izin yok",
    }
    if type(error) in known:
        return known[type(error)]
    return "adres kullanımda" if error.errno == 98 else (error.strerror or str(error))


def listen(host: str, port: int, kind: int = socket.SOCK_STREAM, backlog: int = 128) -> socket.socket:
    """Bağlı (SOCK_STREAM ise dinleyen) soket; olmazsa program 1 ile biter."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=kind, flags=socket.AI_PASSIVE)[0]
        listener = socket.socket(family, kind)
        if kind == socket.SOCK_STREAM:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        if kind == socket.SOCK_STREAM:
            listener.listen(backlog)
    except OSError as error:
        fail(f"Dinlenemedi: {host}:{port}: {reason(error)}")
    return listener


def ready(listener: socket.socket) -> None:
    print(f"{address_text(listener.getsockname())} dinleniyor", flush=True)


class Stop:
    """SIGINT ve SIGTERM: ilki isteği duyurur, ikincisi programı o sinyalle bitirir."""

    GRACE_SECONDS = 1.5

    def __init__(self) -> None:
        self._reader, self._writer = os.pipe()
        self.requested_at: float | None = None

    def __enter__(self) -> Stop:
        # Python'un işleyicisi select'ten önce gelen sinyalde beklemeyi uyandıramaz; boruya yazmak C düzeyinde olur.
        os.set_blocking(self._writer, False)
        signal.set_wakeup_fd(self._writer)
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, self._on_signal)
        return self

    def __exit__(self, *_: object) -> None:
        signal.set_wakeup_fd(-1)
        os.close(self._reader)
        os.close(self._writer)

    def _on_signal(self, *_: object) -> None:
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, signal.SIG_DFL)
        self.requested_at = time.monotonic()
        os.write(self._writer, b"!")

    @property
    def requested(self) -> bool:
        return self.requested_at is not None

    def wait(self, source: socket.socket, timeout: float | None = None) -> bool:
        """`source` okunur olunca True; süre dolarsa TimeoutError; durdurma istenince (ya da istenmişse) False."""
        readable, _, _ = select.select([source, self._reader], [], [], timeout)
        if not readable:
            raise TimeoutError
        return self._reader not in readable


def close_gracefully(connection: socket.socket, timeout: float = 0.4) -> bytes:
    """Yazma yarısını kapatır, karşı tarafın da kapatmasını kısa bir süre bekler: son söz RST ile kaybolmaz.

    Bu sırada gelen baytları döndürür."""
    deadline = time.monotonic() + timeout
    rest = bytearray()
    with contextlib.suppress(OSError), connection:
        connection.shutdown(socket.SHUT_WR)
        while time.monotonic() < deadline:
            connection.settimeout(max(0.001, deadline - time.monotonic()))
            chunk = connection.recv(65536)
            if not chunk:
                break
            rest += chunk
    return bytes(rest)


def connect(host: str, port: int, timeout: float) -> socket.socket:
    """Bağlı soket; olmazsa program 1 ile biter."""
    try:
        return socket.create_connection((host, port), timeout=timeout)
    except OSError as error:
        fail(f"Bağlanılamadı: {host}:{port}: {reason(error)}")
