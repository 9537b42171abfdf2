"""Ders 05'in istemcisinin Python eşi: yeniden gönderir, yanıtı sorusuyla eşleştirir, fazladan gelenleri atar."""

from __future__ import annotations

import argparse
import errno
import re
import socket
import time
from dataclasses import dataclass

import contract

DEFAULTS = ["Hello UDP", "Test message", "Goodbye"]
MESSAGE_LIMIT = 65507 - len("Echo:  (Zaman: 2026-11-20 14:03:11.042137)")
ANSWER = re.compile(
    rb"Echo: (?P<echo>.*) \(Zaman: [0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{6})?\)", re.DOTALL
)
LOST = (errno.EAGAIN, errno.ENOBUFS)


class Unanswered(Exception):
    """Soru yanıtsız kaldı; metni programın son sözüdür."""


@dataclass
class Tally:
    answers: int = 0
    resent: int = 0
    extra: int = 0
    unknown: int = 0

    def __str__(self) -> str:
        return (
            f"Özet: {self.answers} yanıt, {self.resent} yeniden gönderim, {self.extra} fazladan yanıt, "
            f"{self.unknown} tanınmayan datagram"
        )


def echo_of(message: str) -> bytes:
    return message.strip().encode()


class Client:
    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.tally = Tally()
        self.heard = False
        self.buffer = bytearray(options.buffer)
        self.asked: set[bytes] = set()
        self.socket: socket.socket | None = None
        self.addresses = self.resolve()
        self.renew()

    def resolve(self) -> list[tuple]:
        host, port = self.options.host, self.options.port
        try:
            return [(found[0], found[4]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)]
        except OSError as error:
            raise Unanswered(f"Bağlanılamadı: {host}:{port}: {error.strerror}") from error

    def renew(self) -> None:
        """Şimdiki adrese yeni bir soket: eski porta gelecek yanıtlar artık kimseye ulaşmaz."""
        family, address = self.addresses[0]
        fresh = socket.socket(family, socket.SOCK_DGRAM)
        fresh.connect(address)
        self.close()
        self.socket, self.name = fresh, contract.address_text(address)
        self.asked = set()
        self.log_info(f"Soket: {contract.address_text(fresh.getsockname())} -> {self.name}")

    def log_info(self, message: str) -> None:
        if self.options.verbose:
            contract.log("INFO", message)

    def close(self) -> None:
        if self.socket is not None:
            self.socket.close()

    def ask(self, message: str) -> str:
        if echo_of(message) in self.asked:
            self.renew()
        wait = self.options.timeout / (2 ** (self.options.retries + 1) - 1)
        for attempt in range(self.options.retries + 1):
            if attempt:
                contract.log("WARNING", f"{wait / 2:.2g} saniyede yanıt gelmedi, yeniden gönderiliyor")
                self.tally.resent += 1
            answer = self.try_once(message, time.monotonic() + wait)
            if answer is not None:
                self.asked.add(echo_of(message))
                return answer.decode("utf-8")
            wait *= 2
        raise self.unanswered("zaman aşımı")

    def try_once(self, message: str, deadline: float) -> bytes | None:
        """Yanıt; süre dolduysa None. Kapalı port, sunucu hiç ses vermediyse son sözdür."""
        waiting_to_send = True
        while time.monotonic() < deadline:
            try:
                if waiting_to_send:
                    waiting_to_send = False
                    self.socket.send(message.encode())
                data = self.receive(deadline)
                if self.is_answer(data, echo_of(message)):
                    return data
            except TimeoutError:
                break
            except ConnectionRefusedError as error:
                if self.heard:
                    contract.log("WARNING", "Port kapalı bildirimi geldi; sunucu yeniden başlıyor olabilir")
                    continue
                if len(self.addresses) == 1:
                    raise self.unanswered(contract.reason(error)) from error
                del self.addresses[0]
                self.renew()
                waiting_to_send = True
            except OSError as error:
                if error.errno not in LOST:
                    raise self.unanswered(contract.reason(error)) from error
        return None

    def receive(self, deadline: float) -> bytes:
        self.socket.settimeout(max(0.001, deadline - time.monotonic()))
        length = self.socket.recv_into(self.buffer, 0, socket.MSG_TRUNC)  # sığmasa da gerçek boyu döner
        self.heard = True
        if length > len(self.buffer):
            raise self.cut(f"{length} baytlık yanıt {len(self.buffer)} baytlık tampona sığmadı")
        return bytes(self.buffer[:length])

    def is_answer(self, data: bytes, wanted: bytes) -> bool:
        found = ANSWER.fullmatch(data)
        if found and found["echo"] == wanted:
            self.tally.answers += 1
            return True
        if found and found["echo"] in self.asked:
            self.tally.extra += 1
            self.log_info("Önceki bir sorunun fazladan yanıtı atıldı")
        elif found and wanted.startswith(found["echo"]):
            raise self.cut(f"soru {len(wanted)} bayttı, {len(found['echo'])} baytı yankılandı")
        else:
            self.tally.unknown += 1
            contract.log("WARNING", "Hiçbir soruya uymayan datagram atıldı")
        return False

    def unanswered(self, why: str) -> Unanswered:
        return Unanswered(f"Yanıt alınamadı: {self.name}: {why}")

    def cut(self, why: str) -> Unanswered:
        return Unanswered(f"Yanıt kesik: {self.name}: {why}")


def parse() -> argparse.Namespace:
    parser = contract.client_options(port=9001, timeout=5)
    parser.add_argument("--retries", type=contract.number(0, 10), default=3)
    parser.add_argument("--buffer", type=contract.number(1, 65535), default=65535)
    parser.add_argument("--stats", action="store_true")
    options = contract.parse(parser)
    for message in options.messages:
        try:
            length = len(message.encode("utf-8"))
        except UnicodeEncodeError:
            contract.usage_error("mesaj geçerli UTF-8 değil")
        if length > MESSAGE_LIMIT:
            contract.usage_error(f"mesaj çok uzun: {length} bayt; en fazla {MESSAGE_LIMIT} bayt olmalı")
    return options


def talk(client: Client, messages: list[str]) -> str | None:
    """Bütün mesajları sorar; biri yanıtsız kalırsa söylenecek son söz döner."""
    for message in messages:
        contract.say(f"\nGönderiliyor: {message}")
        try:
            contract.say(f"Cevap: {client.ask(message)}")
        except Unanswered as error:
            return str(error)
    return None


def main() -> None:
    options = parse()
    try:
        client = Client(options)
    except Unanswered as error:
        contract.fail(str(error))
    problem = talk(client, options.messages or DEFAULTS)
    client.close()
    if options.stats:
        contract.say(f"\n{client.tally}")
    if problem:
        contract.fail(problem)
    contract.finish()


if __name__ == "__main__":
    main()
