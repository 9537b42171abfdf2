"""Ders 02'nin istemcisinin Python eşi: satır gönderir ya da elle HTTP GET yapar. Gösteriler yalnız C istemcisindedir."""

from __future__ import annotations

import errno
import re
import select
import socket
import time
from typing import Iterator, NamedTuple

import contract

URL = re.compile(r"http://(?P<host>\[[^\]]+\]|[^:/?#@\[\]]+)(?::(?P<port>[^/?#]*))?(?P<path>[/?][^#]*)?(?:#.*)?", re.I)
BARE = re.compile(
    r"(?P<host>\[[0-9a-f:.]+\]|\d+\.\d+\.\d+\.\d+|localhost):(?P<port>\d+)(?P<path>[/?][^#]*)?(?:#.*)?", re.I
)
HEAD_LIMIT = 16384


class Target(NamedTuple):
    host: str
    port: int
    path: str


def target_of(word: str) -> Target | None:
    """Söz bir sayfa adresiyse hedefi; mesajsa None."""
    if word.lower().startswith("https://"):
        contract.usage_error(f"'{word}': https bu derste yok (ders 24)")
    match = URL.fullmatch(word) or BARE.fullmatch(word)
    if match is None:
        if word.lower().startswith("http://"):
            contract.usage_error(f"'{word}': adres http://AD[:PORT][/YOL] biçiminde olmalı")
        return None
    port = "80" if match["port"] is None else match["port"]
    if not re.fullmatch("[0-9]{1,5}", port) or not 1 <= int(port) <= 65535:
        contract.usage_error(f"'{word}': port 1 ile 65535 arasında bir tam sayı olmalı")
    path = match["path"] or "/"
    return Target(match["host"].strip("[]"), int(port), path if path.startswith("/") else "/" + path)


def check_path(path: str) -> str:
    if not re.fullmatch(r"/[!-~]*", path):
        contract.usage_error(f"yol '{path}' olmaz: / ile başlamalı; boşluk ve ASCII dışındakiler %XX yazılır")
    return path.partition("#")[0]


def pieces(connection: socket.socket, deadline: float) -> Iterator[bytes]:
    """Akış sonuna dek gelen parçalar."""
    while True:
        connection.settimeout(max(0.001, deadline - time.monotonic()))
        piece = connection.recv(1024)
        if not piece:
            return
        yield piece


def finish(connection: socket.socket) -> None:
    """Yarı kapatır; bağlantı çoktan sıfırlanmışsa nedenini sıradaki okuma söyler."""
    try:
        connection.shutdown(socket.SHUT_WR)
    except OSError as error:
        if error.errno != errno.ENOTCONN:
            raise


def body_length(head: bytes) -> int | None:
    """Content-Length; yoksa None. Çelişkiliyse ya da sayı değilse ValueError."""
    values = {value.strip() for value in re.findall(rb"(?im)^content-length:(.*)$", head)}
    if len(values) > 1 or any(not value.isdigit() for value in values):
        raise ValueError
    return int(values.pop()) if values else None


def complaint(answer: bytes) -> str:
    """Yanıt neden sayfa sayılmaz? Sorun yoksa boş."""
    if not answer:
        return "boş yanıt"
    status = re.match(rb"HTTP/1\.\d (\d{3})[ \r\n]", answer)
    if not status:
        return "HTTP yanıtı değil"
    end = re.search(rb"\r?\n\r?\n", answer[:HEAD_LIMIT])
    if end is None:
        return "yanıtın başlığı çok uzun" if len(answer) >= HEAD_LIMIT else "yanıt kısa kesildi"
    try:
        expected = body_length(answer[: end.start()])
    except ValueError:
        return "Content-Length anlaşılmıyor"
    if expected is not None and status[1] != b"304" and expected > len(answer) - end.end():
        return "yanıt kısa kesildi"
    return "" if status[1][:1] in b"23" else f"durum {status[1].decode()}"


def fetch(target: Target, timeout: float) -> None:
    deadline = time.monotonic() + timeout
    where = contract.address_text((target.host, target.port))
    host = f"[{target.host}]" if ":" in target.host else target.host
    if target.port != 80:
        host += f":{target.port}"
    answer = b""
    with open_connection(target.host, target.port, timeout) as connection:
        try:
            connection.sendall(f"GET {target.path} HTTP/1.0\r\nHost: {host}\r\n\r\n".encode())
            finish(connection)
            for piece in pieces(connection, deadline):
                contract.write(piece)
                answer += piece
        except OSError as error:
            partial = "yanıt yarıda kaldı: " if answer else ""
            contract.fail(f"Sayfa alınamadı: {where}: {partial}{contract.reason(error)}")
    if problem := complaint(answer):
        contract.fail(f"Sayfa alınamadı: {where}: {problem}")


def is_farewell(message: str) -> bool:
    return message.strip().lower() in ("disconnect", "stop")


def send_lines(connection: socket.socket, messages: list[str], pause: float) -> None:
    lines = messages if is_farewell(messages[-1]) else [*messages, "disconnect"]
    for order, line in enumerate(lines):
        if order > 0 and select.select([connection], [], [], pause)[0]:
            raise BrokenPipeError
        contract.say(f"Gönderiliyor: {line}")
        connection.sendall(line.encode() + b"\r\n")
    finish(connection)


def talk(host: str, port: int, messages: list[str], timeout: float, pause: float) -> None:
    deadline = time.monotonic() + timeout
    where = contract.address_text((host, port))
    problem, received = "", 0
    with open_connection(host, port, timeout) as connection:
        try:
            send_lines(connection, messages, pause)
        except OSError as error:
            problem = f"Gönderilemedi: {where}: {contract.reason(error)}"
        try:
            for piece in pieces(connection, deadline):
                contract.write(piece)
                received += len(piece)
        except OSError as error:
            problem = problem or f"Konuşmanın sonu gelmedi: {where}: {contract.reason(error)}"
    if received:
        contract.fail(f"Beklenmeyen yanıt: {where}: sunucu {received} bayt gönderdi")
    if problem:
        contract.fail(problem)


def open_connection(host: str, port: int, timeout: float) -> socket.socket:
    """Adın adreslerini sırayla dener; kalan süreyi kalan adreslere böler."""
    deadline = time.monotonic() + timeout
    problem = OSError("adres yok")
    try:
        found = socket.getaddrinfo(contract.encoded(host), port, type=socket.SOCK_STREAM)
    except OSError as error:
        contract.fail(f"Bağlanılamadı: {contract.address_text((host, port))}: {contract.reason(error)}")
    for order, (family, kind, _, _, address) in enumerate(found):
        contract.log("INFO", f"Bağlanılıyor: {contract.address_text(address)}")
        connection = socket.socket(family, kind)
        connection.settimeout(max(0.001, (deadline - time.monotonic()) / (len(found) - order)))
        try:
            connection.connect(address)
            connection.settimeout(timeout)
            return connection
        except OSError as error:
            connection.close()
            problem = error
    contract.fail(f"Bağlanılamadı: {contract.address_text((host, port))}: {contract.reason(problem)}")


def pause_seconds(text: str) -> float:
    return 0.0 if text == "0" else contract.seconds(text)


def main() -> None:
    parser = contract.client_options(port=None, timeout=20)
    parser.set_defaults(host=None)
    parser.add_argument("--path")
    parser.add_argument("--pause", type=pause_seconds, default=0.1)
    options = contract.parse(parser)
    addressed = options.host is not None or options.port is not None
    host, port = options.host or "127.0.0.1", options.port or 10001
    if addressed and not options.messages:
        fetch(Target(host, port, check_path(options.path or "/")), options.timeout)
        contract.finish()
    if options.path is not None:
        contract.usage_error("--path yalnız -H ya da -p ile, mesajsız verilir")
    if not options.messages:
        contract.usage_error("mesaj ya da adres gerekli; gösteriler yalnız C istemcisindedir")
    if any("\n" in message for message in options.messages):
        contract.usage_error("mesajın içinde satır sonu olamaz; her satırı ayrı mesaj olarak ver")
    target = target_of(options.messages[0]) if len(options.messages) == 1 and not addressed else None
    if target:
        fetch(target._replace(path=check_path(target.path)), options.timeout)
    else:
        talk(host, port, options.messages, options.timeout, options.pause)
    contract.finish()


if __name__ == "__main__":
    main()
