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

FULL = "Sunucu dolu, daha sonra deneyin\n".encode()
GOODBYE = "Güle güle!"
TOO_LONG = f"Satır çok uzun (en fazla {contract.LINE_LIMIT} bayt)\n".encode()
UNKNOWN = "Hata: bilinmeyen istek; bilinenler: saat, topla A B, say, ad X, kim, toplam, işçi, bekle S, quit"
WITH_ARGUMENT = ("topla", "ad", "bekle")
INTEGER = "-?[0-9]{1,18}"
STEP_SECONDS = 0.2
"""Bloke eden bir çağrı en çok bu kadar sürer; sonra durdurma isteğine ve zaman sınırına bakılır."""


class LineTooLong(Exception):
    pass


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
        self.connection.settimeout(STEP_SECONDS)
        if not self.stop.requested:
            self.say(f"Hoşgeldiniz! Bağlantı zamanı: {datetime.now()}")
        buffer = bytearray()
        while (chunk := self.arrived()) is not None:
            buffer += chunk
            for line in split_lines(buffer, ended=not chunk):
                reply = self.reply_to(line.decode("utf-8").strip())
                self.say(reply)
                if reply == GOODBYE:
                    return
            if not chunk:
                return
        self.say(GOODBYE)

    def arrived(self) -> bytes | None:
        """Gelen baytlar; durdurma istendiyse yalnız çoktan gelmiş olanlar, onlar da yoksa None."""
        if self.stop.wait(self.connection, self.timeout):
            return self.connection.recv(65536)
        if self.out_of_grace():
            return None
        self.connection.settimeout(0)
        try:
            return self.connection.recv(65536)
        except BlockingIOError:
            return None
        finally:
            self.connection.settimeout(STEP_SECONDS)

    def out_of_grace(self) -> bool:
        at = self.stop.requested_at
        return at is not None and time.monotonic() > at + self.stop.GRACE_SECONDS

    def say(self, text: str) -> None:
        data = f"{text}\n".encode()
        end = time.monotonic() + self.timeout
        while data:
            if time.monotonic() > end or self.out_of_grace():
                raise TimeoutError
            with contextlib.suppress(TimeoutError):
                data = data[self.connection.send(data) :]

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
        while (now := time.monotonic()) < end:
            if self.out_of_grace():
                return GOODBYE
            time.sleep(min(0.05, end - now))
        return f"Beklendi: {argument} saniye"


def ascii_lower(word: str) -> str:
    return re.sub("[A-Z]", lambda letter: letter[0].lower(), word)


def split_lines(buffer: bytearray, ended: bool) -> list[bytes]:
    """Tampondaki tam satırları çıkarır; akış bittiyse sonda kalanı da satır sayar."""
    *lines, rest = bytes(buffer).split(b"\n")
    buffer[:] = b"" if ended else rest
    if ended and rest:
        lines.append(rest)
    lines = [line[:-1] if line.endswith(b"\r") else line for line in lines]
    if any(len(line) > contract.LINE_LIMIT for line in lines) or len(buffer) > contract.LINE_LIMIT + 1:
        raise LineTooLong
    return lines


def serve(session: Session, places: threading.Semaphore) -> None:
    try:
        session.converse()
    except LineTooLong:
        with contextlib.suppress(OSError):
            session.connection.sendall(TOO_LONG)
    except (OSError, UnicodeDecodeError) as error:
        contract.log("WARNING", f"Bağlantı kesildi: {error}")
    contract.close_gracefully(session.connection, timeout=0.1 if session.stop.requested else 0.4)
    places.release()


def accept(listener: socket.socket, stop: contract.Stop) -> socket.socket | None:
    """Sıradaki bağlantı; tanımlayıcı kalmadıysa kısa bir süre sonra yeniden denenir. Durdurma istenince None."""
    paused = False
    while stop.wait(listener):
        try:
            return listener.accept()[0]
        except OSError as error:
            if not paused:
                contract.log("ERROR", f"Kabul duraklatıldı: {error.strerror}")
            paused = True
            time.sleep(STEP_SECONDS)
    return None


def dismiss(connection: socket.socket, word: bytes) -> None:
    with contextlib.suppress(OSError):
        connection.sendall(word)
    contract.close_gracefully(connection)


def say_goodbye_to_waiting(listener: socket.socket) -> None:
    """Kabul edilmeyi bekleyenler de vedasız kalmaz."""
    listener.setblocking(False)
    with contextlib.suppress(OSError):
        while True:
            dismiss(listener.accept()[0], f"{GOODBYE}\n".encode())


def main() -> None:
    parser = contract.server_options(port=9106, timeout=60)
    parser.add_argument("-a", "--architecture", choices=["thread"], default="thread")
    parser.add_argument("-w", "--workers", type=contract.number(1, 256), default=4)
    parser.add_argument("--max-clients", type=contract.number(1, 10000), default=64)
    parser.add_argument("--shared-total", action="store_true")
    options = contract.parse(parser)
    places = threading.Semaphore(options.max_clients)
    total = Total()
    threads: list[threading.Thread] = []
    with contract.Stop() as stop:
        listener = contract.listen(options.host, options.port)
        contract.ready(listener)
        while connection := accept(listener, stop):
            threads = [thread for thread in threads if thread.is_alive()]
            if places.acquire(blocking=False):
                session = Session(connection, stop, total, options.timeout)
                thread = threading.Thread(target=serve, args=(session, places))
            else:
                thread = threading.Thread(target=dismiss, args=(connection, FULL))
            try:
                thread.start()
                threads.append(thread)
            except RuntimeError as error:
                contract.log("ERROR", f"İş parçacığı açılamadı: {error}")
                dismiss(connection, FULL)
        say_goodbye_to_waiting(listener)
        listener.close()
        for thread in threads:
            thread.join()
    contract.log("INFO", "Server kapatıldı")


if __name__ == "__main__":
    main()
