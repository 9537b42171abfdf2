"""Ders 06'nın istemcisinin Python eşi: verilen istekler, yük ve beş adımlık gösteri."""

from __future__ import annotations

import argparse
import select
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import contract
import streams

GOODBYE = "Güle güle!"
UNWELCOMED_SECONDS = 0.5


class Lost(Exception):
    """İstek yanıtsız ya da yanlış yanıtlı kaldı; metni nedenidir."""


class Connection:
    def __init__(self, options: argparse.Namespace, letter: str = "") -> None:
        self.host, self.port, self.timeout = options.host, options.port, options.timeout
        self.letter = letter
        self.socket: socket.socket | None = None
        self.lines = streams.Lines()

    def open(self) -> None:
        try:
            self.socket = contract.open_connection(self.host, self.port, self.timeout)
        except OSError as error:
            raise self.lost("Bağlanılamadı", error) from error

    def welcome(self) -> None:
        line = self.receive("Karşılama okunamadı")
        if line.startswith("Sunucu dolu"):
            raise self.lost("Bağlanılamadı", "sunucu dolu")

    def establish(self) -> None:
        self.open()
        self.welcome()

    def send(self, request: str) -> None:
        try:
            if self.socket is None:
                raise ConnectionResetError
            self.socket.sendall(f"{request}\n".encode())
        except OSError as error:
            raise self.lost("Yanıt alınamadı", error) from error

    def receive(self, failed: str = "Yanıt alınamadı") -> str:
        try:
            return streams.read_line(self.socket, self.lines, self.timeout)
        except (OSError, UnicodeDecodeError) as error:
            raise self.lost(failed, error) from error

    def ask(self, request: str) -> str:
        self.send(request)
        reply = self.receive()
        if reply == GOODBYE and request.strip().lower() != "quit":
            raise self.lost("Yanıt alınamadı", "sunucu kapanıyor")
        return reply

    def leave(self) -> None:
        if self.socket is not None:
            self.ask("quit")
            self.socket.recv(1)
            self.close()

    def close(self) -> None:
        if self.socket is not None:
            self.socket.close()
        self.socket, self.lines = None, streams.Lines()

    def lost(self, failed: str, why: Exception | str) -> Lost:
        self.close()
        reason = why if isinstance(why, str) else contract.reason(why)
        return Lost(f"{failed}: {contract.address_text((self.host, self.port))}: {reason}")

    def show(self, request: str, reply: str, expected: str) -> str:
        contract.say(f"[{self.letter}] {request} → {reply}")
        if reply != expected and not (expected.endswith(" ") and reply.startswith(expected)):
            raise self.lost("Yanıt yanlış", expected)
        return reply

    def ask_and_show(self, request: str, expected: str) -> str:
        return self.show(request, self.ask(request), expected)


def demo(a: Connection, b: Connection) -> None:
    contract.say("1. Durumsuz istekler: yanıt yalnız isteğe bağlı")
    a.establish()
    a.ask_and_show("topla 3 4", "Sonuç: 7")
    a.ask_and_show("saat", "Sunucu zamanı: ")

    contract.say("\n2. Oturum: yanıt, aynı bağlantıda daha önce söylenenlere bağlı")
    a.ask_and_show("say", "Sayaç: 1")
    a.ask_and_show("say", "Sayaç: 2")
    a.ask_and_show("kim", "Hata: ")
    a.ask_and_show("ad Ayşe", "Adınız kaydedildi")
    a.ask_and_show("kim", "Adınız: Ayşe")
    first = a.ask_and_show("işçi", "İşçi: ")

    contract.say("\n3. İkinci bağlantı, ayrı oturum")
    b.open()
    if not select.select([b.socket], [], [], UNWELCOMED_SECONDS)[0]:
        contract.say("[B] bağlandı ama karşılanmadı: sunucu A ile konuşuyor. A ayrılıyor.")
        a.leave()
    b.welcome()
    b.ask_and_show("say", "Sayaç: 1")
    b.ask_and_show("kim", "Hata: ")
    if a.socket:
        a.ask_and_show("say", "Sayaç: 3")

    contract.say("\n4. Kim yanıtlıyor, sayaç kimin?")
    compare(first, b.ask_and_show("işçi", "İşçi: "))
    if a.socket:
        a.ask_and_show("toplam", "Toplam istek: ")
    b.ask_and_show("toplam", "Toplam istek: ")
    a.leave()
    b.leave()
    slow_request(a, b)


def compare(first: str, second: str) -> None:
    if first == second:
        contract.say("A'ya da B'ye de aynı iş parçacığı yanıt verdi.")
    elif first.split(",")[0] == second.split(",")[0]:
        contract.say("A'ya ve B'ye aynı sürecin ayrı iş parçacıkları yanıt verdi.")
    else:
        contract.say("A'ya ve B'ye ayrı süreçler yanıt verdi.")


def slow_request(a: Connection, b: Connection) -> None:
    contract.say("\n5. Yavaş istek ötekini bekletir mi?")
    a.establish()
    a.send("bekle 0.5")
    b.open()
    b_first = b.socket in select.select([a.socket, b.socket], [], [], a.timeout)[0]

    def finish_a() -> None:
        a.show("bekle 0.5", a.receive(), "Beklendi: 0.5 saniye")
        a.leave()

    def finish_b() -> None:
        b.welcome()
        b.ask_and_show("topla 1 2", "Sonuç: 3")
        b.leave()

    for finish in (finish_b, finish_a) if b_first else (finish_a, finish_b):
        finish()
    contract.say(f"B, A'nın yanıtını {'beklemedi' if b_first else 'bekledi'}.")


def load(options: argparse.Namespace) -> None:
    """İstekleri kollara bölüp gönderir; süreleri yazar."""
    lanes = min(options.concurrency, options.requests)
    waits: list[float] = []
    connections: list[int] = []

    def lane(number: int) -> None:
        connection = Connection(options)
        for index in range(number, options.requests, lanes):
            began = time.monotonic()
            if connection.socket is None:
                connection.establish()
                connections.append(number)
            if connection.ask(f"topla {number} {index}") != f"Sonuç: {number + index}":
                raise connection.lost("Yanıt yanlış", "sonuç istenenin sonucu değil")
            if options.new_connections:
                connection.close()
            waits.append(time.monotonic() - began)
        connection.close()

    began = time.monotonic()
    with ThreadPoolExecutor(lanes) as pool:
        list(pool.map(lane, range(lanes)))
    total = time.monotonic() - began
    contract.say(f"{options.requests} istek, eşzamanlılık {lanes}, {len(connections)} bağlantı")
    contract.say(f"Toplam: {total:.3f} s, saniyede {len(waits) / total:.0f} istek ve {len(connections) / total:.0f} bağlantı")
    contract.say(f"Bir istek: ortalama {1000 * sum(waits) / len(waits):.3f} ms, en uzun {1000 * max(waits):.3f} ms")


def ask_all(connection: Connection, requests: list[str]) -> None:
    connection.establish()
    for request in requests:
        contract.say(f"{request} → {connection.ask(request)}")
    connection.close()


def main() -> None:
    parser = contract.client_options(port=9106, timeout=10, operands="operands")
    parser.add_argument("-n", "--requests", type=contract.number(1, 1000000))
    parser.add_argument("-c", "--concurrency", type=contract.number(1, 500))
    parser.add_argument("--new-connections", action="store_true")
    options = contract.parse(parser)
    contract.check_lines(options.operands)
    wants_load = bool(options.requests or options.concurrency or options.new_connections)
    if wants_load and options.operands:
        contract.usage_error("yük seçenekleriyle birlikte istek verilmez")
    options.requests, options.concurrency = options.requests or 100, options.concurrency or 4
    try:
        if wants_load:
            load(options)
        elif options.operands:
            ask_all(Connection(options), options.operands)
        else:
            demo(Connection(options, "A"), Connection(options, "B"))
    except Lost as error:
        contract.fail(str(error))
    contract.finish()


if __name__ == "__main__":
    main()
