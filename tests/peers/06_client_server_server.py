"""Ders 06'nın sunucusunun Python eşi: beş mimariden yalnız `thread`, her bağlantıya bir iş parçacığı."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import threading
import time
from datetime import datetime

import contract
import streams

GOODBYE = "Güle güle!"
UNKNOWN = "Hata: bilinmeyen istek; bilinenler: saat, topla A B, say, ad X, kim, toplam, işçi, bekle S, quit"
WITH_ARGUMENT = ("topla", "ad", "bekle")
INTEGER = "-?[0-9]{1,18}"


class Total:
    """Bütün bağlantıların istek sayısı."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._value = 0

    def add_one(self) -> int:
        with self._lock:
            self._value += 1
            return self._value


class Session:
    """Bir bağlantının belleği ve konuşması."""

    def __init__(self, connection: socket.socket, stop: contract.Stop, total: Total, timeout: float) -> None:
        self.connection, self.stop, self.total, self.timeout = connection, stop, total, timeout
        self.counted = 0
        self.name = ""

    def converse(self) -> None:
        if not self.stop.requested:
            self.say(f"Hoşgeldiniz! Bağlantı zamanı: {datetime.now()}")
        for line in streams.received_lines(self.connection, self.stop, self.timeout):
            reply = self.reply_to(line.strip())
            self.say(reply)
            if reply == GOODBYE:
                return

    def say(self, text: str) -> None:
        streams.send_all(self.connection, f"{text}\n".encode(), self.stop, self.timeout)

    def reply_to(self, line: str) -> str:
        total = self.total.add_one()
        word, argument = (re.split(r"[ \t]", line, maxsplit=1) + [""])[:2]
        word, argument = ascii_lower(word), argument.strip()
        if argument and word not in WITH_ARGUMENT:
            return UNKNOWN
        if word == "topla":
            return self.add(argument)
        if word == "ad":
            return self.set_name(argument)
        if word == "bekle":
            return self.delay(argument)
        if word == "say":
            self.counted += 1
        return {
            "saat": f"Sunucu zamanı: {datetime.now()}",
            "say": f"Sayaç: {self.counted}",
            "kim": f"Adınız: {self.name}" if self.name else "Hata: adınızı söylemediniz (önce: ad X)",
            "toplam": f"Toplam istek: {total}",
            "işçi": f"İşçi: süreç {os.getpid()}, iş parçacığı {threading.get_native_id()}",
            "quit": GOODBYE,
        }.get(word, UNKNOWN)

    def add(self, argument: str) -> str:
        numbers = re.fullmatch(rf"({INTEGER})[ \t]\s*({INTEGER})", argument)
        if not numbers:
            return "Hata: topla iki tam sayı ister (örnek: topla 3 4)"
        return f"Sonuç: {int(numbers[1]) + int(numbers[2])}"

    def set_name(self, argument: str) -> str:
        if not 1 <= len(argument.encode()) <= 64:
            return "Hata: ad 1 ile 64 bayt arasında olmalı (örnek: ad Ayşe)"
        self.name = argument
        return "Adınız kaydedildi"

    def delay(self, argument: str) -> str:
        valid = len(argument) <= 8 and re.fullmatch(r"[0-9]+(\.[0-9]+)?", argument)
        if not valid or float(argument) > 5:
            return "Hata: bekle 0 ile 5 arasında saniye ister (örnek: bekle 0.5)"
        end = time.monotonic() + float(argument)
        while (left := end - time.monotonic()) > 0:
            if end > self.stop.deadline:
                return GOODBYE
            time.sleep(min(0.05, left))
        return f"Beklendi: {argument} saniye"


def ascii_lower(word: str) -> str:
    return re.sub("[A-Z]", lambda letter: letter[0].lower(), word)


def say_goodbye_to_waiting(listener: socket.socket, stop: contract.Stop) -> None:
    """Kabul edilmeyi bekleyenler de vedasız kalmaz."""
    with contextlib.suppress(OSError):
        while True:
            connection, _ = listener.accept()
            streams.dismiss(connection, stop, f"{GOODBYE}\n".encode())


def main() -> None:
    parser = contract.server_options(port=9106, timeout=60)
    parser.add_argument("-a", "--architecture", choices=["thread"], default="thread")
    parser.add_argument("-w", "--workers", type=contract.number(1, 256), default=4)
    parser.add_argument("--max-clients", type=contract.number(1, 10000), default=64)
    parser.add_argument("--shared-total", action="store_true")
    options = contract.parse(parser)
    total = Total()
    with contract.Stop() as stop:
        listener = contract.listen(options.host, options.port)
        contract.ready(listener)

        def converse(connection: socket.socket, peer: str) -> None:
            Session(connection, stop, total, options.timeout).converse()

        crowd = streams.Crowd(stop, options.max_clients, converse, GOODBYE)
        for connection, peer in streams.connections(listener, stop):
            crowd.admit(connection, peer)
        say_goodbye_to_waiting(listener, stop)
        listener.close()
        crowd.join()
    contract.log("INFO", "Server kapatıldı")


if __name__ == "__main__":
    main()
