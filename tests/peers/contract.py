"""Python eşlerinin ortak yarısı: her programın uyduğu sözleşme (seçenekler, hazır satırı, log, sinyaller, çıkış kodları).

Dersin kendi konuşması burada değildir; o, `NN_ad_server.py` ve `NN_ad_client.py` dosyalarında durur. TCP'nin ortak
işleri `streams.py` dosyasındadır. Örnek:

    options = contract.parse(contract.server_options(port=9000, timeout=60))
    with contract.Stop() as stop:
        listener = contract.listen(options.host, options.port)
        contract.ready(listener)
        for connection, peer in streams.connections(listener, stop):
            ...
        listener.close()
    contract.log("INFO", "Server kapatıldı")
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import math
import os
import re
import resource
import select
import signal
import socket
import sys
import time
from datetime import datetime
from typing import Any, Callable, NoReturn

LINE_LIMIT = 65536
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")

_lowest_level = "INFO"
_lost_output: OSError | None = None


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        usage_error(message)

    def print_help(self, file: Any = None) -> None:
        say(self.format_help().rstrip("\n"))

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        finish()


def usage_error(message: str) -> NoReturn:
    """Yanlış kullanım: tek satır, çıkış kodu 2."""
    sys.stderr.write(" ".join(message.splitlines()) + "\n")
    sys.exit(2)


def fail(message: str) -> NoReturn:
    """Olmadı: son satır yalındır, çıkış kodu 1."""
    complain(message)
    sys.exit(1)


def complain(message: str) -> None:
    """stderr'e, log biçiminde olmayan bir satır."""
    sys.stderr.write(escape(message) + "\n")
    sys.stderr.flush()


def write(data: bytes) -> None:
    """stdout'a baytlar. Okuyan gittiyse ya da disk dolduysa program sürer; istemci bunu sonunda söyler (finish)."""
    global _lost_output
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except OSError as error:
        _lost_output = error
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), sys.stdout.fileno())


def say(text: str = "") -> None:
    """stdout'a bir satır."""
    write(f"{text}\n".encode("utf-8", "surrogateescape"))


def finish() -> NoReturn:
    """İş bitti: yazılanların hepsi yazılabildiyse çıkış kodu 0."""
    if _lost_output is not None:
        fail(f"stdout'a yazılamadı: {reason(_lost_output)}")
    sys.exit(0)


def escape(text: str) -> str:
    """Ağdan gelen metnin ekrana güvenle yazılacak biçimi: denetim karakterleri ve bozuk baytlar kaçışla."""
    return re.sub("[\x00-\x1f\x7f-\x9f\udc80-\udcff]", _escaped, text)


def _escaped(match: re.Match[str]) -> str:
    named = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return named.get(match[0]) or "".join(f"\\x{byte:02x}" for byte in match[0].encode("utf-8", "surrogateescape"))


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
    parser = _options(0, port, timeout)
    parser.set_defaults(level="INFO")
    return parser


def client_options(port: int | None, timeout: float, operands: str = "messages") -> argparse.ArgumentParser:
    parser = _options(1, port, timeout)
    parser.set_defaults(level="WARNING")
    parser.add_argument(operands, nargs="*")
    return parser


def parse(parser: argparse.ArgumentParser) -> Any:
    """Seçenekler; istemci INFO'yu yalnız -v ile loglar."""
    global _lowest_level
    with contextlib.suppress(AttributeError):
        sys.stdout.reconfigure(encoding="utf-8", line_buffering=True)
        sys.stderr.reconfigure(encoding="utf-8", errors="backslashreplace")
    options = parser.parse_intermixed_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    _lowest_level = "INFO" if options.verbose else options.level
    return options


def check_lines(messages: list[str]) -> None:
    """Her mesaj bir satır olarak gidebilmeli; yoksa yanlış kullanımdır."""
    for message in messages:
        if "\n" in message:
            usage_error("mesajın içinde satır sonu olamaz; her satırı ayrı mesaj olarak ver")
        try:
            length = len(message.encode("utf-8"))
        except UnicodeEncodeError:
            usage_error("mesaj geçerli UTF-8 değil")
        if length > LINE_LIMIT:
            usage_error(f"mesaj çok uzun: {length} bayt; en fazla {LINE_LIMIT} bayt olmalı")


def log(level: str, message: str) -> None:
    if LEVELS.index(level) < LEVELS.index(_lowest_level):
        return
    now = datetime.now()
    complain(f"{now:%Y-%m-%d %H:%M:%S},{now.microsecond // 1000:03} - {level} - {message}")


def address_text(address: tuple[Any, ...]) -> str:
    host, port = address[0], address[1]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


REASONS = {
    errno.EACCES: "izin yok",
    errno.EADDRINUSE: "adres kullanımda",
    errno.EADDRNOTAVAIL: "bu makinede böyle bir adres yok",
    errno.ECONNREFUSED: "bağlantı reddedildi",
    errno.ECONNRESET: "bağlantı karşı tarafça sıfırlandı",
    errno.EHOSTUNREACH: "makineye ulaşılamıyor",
    errno.EMFILE: "sürecin dosya tanımlayıcısı kalmadı",
    errno.EMSGSIZE: "mesaj çok büyük",
    errno.ENETUNREACH: "ağa ulaşılamıyor",
    errno.ENFILE: "sistemin dosya tanımlayıcısı kalmadı",
    errno.ENOSPC: "yer kalmadı",
    errno.ENODATA: "akış beklenenden önce bitti",
    errno.EPIPE: "yazma yönü kapalı",
    errno.EPROTO: "protokole aykırı",
}
NAME_REASONS = {socket.EAI_NONAME: "ad bilinmiyor", socket.EAI_AGAIN: "ad sunucusu şu an yanıt vermiyor"}
RAISED_HERE = {ConnectionResetError: errno.ECONNRESET, BrokenPipeError: errno.EPIPE}
"""Çekirdekten değil de bir eşin kendisinden çıkan hataların numarası yoktur."""


def reason(error: Exception) -> str:
    """Hatanın nedeni, C programlarındaki sözlerle."""
    if isinstance(error, UnicodeError):
        return "geçersiz UTF-8"
    if isinstance(error, TimeoutError):
        return "zaman aşımı"
    if isinstance(error, OSError):
        known = NAME_REASONS if isinstance(error, socket.gaierror) else REASONS
        return known.get(error.errno or RAISED_HERE.get(type(error), 0)) or error.strerror or str(error)
    return str(error)


def encoded(host: str) -> bytes:
    """Bayt olarak verilen adı Python kendi IDN kurallarından geçirmez; olmayacak ad da bir OSError olur."""
    return host.encode("utf-8", "surrogateescape")


def listen(host: str, port: int, kind: int = socket.SOCK_STREAM, backlog: int = 128) -> socket.socket:
    """Bağlı (SOCK_STREAM ise dinleyen) soket; olmazsa program 1 ile biter."""
    try:
        family, _, _, _, address = socket.getaddrinfo(encoded(host), port, type=kind, flags=socket.AI_PASSIVE)[0]
        listener = socket.socket(family, kind)
        if kind == socket.SOCK_STREAM:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        if kind == socket.SOCK_STREAM:
            listener.listen(backlog)
    except OSError as error:
        fail(f"Dinlenemedi: {address_text((host, port))}: {reason(error)}")
    return listener


def ready(listener: socket.socket) -> None:
    say(f"{address_text(listener.getsockname())} dinleniyor")


class Stopping(Exception):
    """Durdurma istendi; metni nedenidir."""

    def __str__(self) -> str:
        return "sunucu kapanıyor"


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

    @property
    def deadline(self) -> float:
        """Süren işlerin kapanıştaki sınırı; istek yoksa sonsuz."""
        return math.inf if self.requested_at is None else self.requested_at + self.GRACE_SECONDS

    def wait(self, source: socket.socket, timeout: float | None = None) -> bool:
        """`source` okunur olunca True; süre dolarsa TimeoutError; durdurma istenince (ya da istenmişse) False."""
        ready = self._poll({source.fileno(): select.POLLIN, self._reader: select.POLLIN}, timeout)
        if not ready:
            raise TimeoutError
        return self._reader not in ready

    def wait_in_grace(self, source: socket.socket, events: int, deadline: float) -> None:
        """`source` hazır olana dek bekler; durdurma istenirse de, kapanış sınırına kadar. Süre dolarsa TimeoutError."""
        while (left := min(deadline, self.deadline) - time.monotonic()) > 0:
            watched = {source.fileno(): events}
            if not self.requested:
                watched[self._reader] = select.POLLIN
            if source.fileno() in self._poll(watched, left):
                return
        raise TimeoutError

    def sleep(self, seconds: float) -> None:
        """Bekler; durdurma istenirse daha erken döner."""
        self._poll({self._reader: select.POLLIN}, seconds)

    @staticmethod
    def _poll(watched: dict[int, int], timeout: float | None) -> set[int]:
        poller = select.poll()
        for descriptor, events in watched.items():
            poller.register(descriptor, events)
        milliseconds = None if timeout is None else math.ceil(max(0.0, timeout) * 1000)
        return {descriptor for descriptor, _ in poller.poll(milliseconds)}


def connect(host: str, port: int, timeout: float) -> socket.socket:
    """Bağlı soket; olmazsa program 1 ile biter."""
    try:
        return open_connection(host, port, timeout)
    except OSError as error:
        fail(f"Bağlanılamadı: {address_text((host, port))}: {reason(error)}")


def open_connection(host: str, port: int, timeout: float) -> socket.socket:
    log("INFO", f"Bağlanılıyor: {address_text((host, port))}")
    return socket.create_connection((encoded(host), port), timeout=timeout)
