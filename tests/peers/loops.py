"""Python eşlerinin ortak yarısı, tek iş parçacıklı sunucular (07, 08, 09): bloke etmeyen bağlantılar ve bir döngü.

Dersin sunucusu yalnız karşılamayı ve bir satırın yanıtını bilir:

    class Echo(loops.Server):
        welcome = "Welcome to ... server!"

        def answer(self, client: loops.Client, line: str) -> None:
            self.say(client, f"Echo: {line.strip()}")

    options = contract.parse(loops.server_options(port=9002))
    with loops.LoopStop() as stop:
        listener = contract.listen(options.host, options.port)
        contract.ready(listener)
        Echo(listener, stop, options).run()
    contract.log("INFO", "Server kapatıldı")

Öbür istemcilere de söz söyleyen bir `answer`, `self.members()` üzerinden `self.say` ve `self.drop` çağırabilir; gönderme ve
izlenen olayların değişmesi turun sonundadır. Başka bir bekleme yolu isteyen `selector` ya da `wait` verir.
"""

from __future__ import annotations

import argparse
import contextlib
import enum
import math
import selectors
import socket
import struct
import time
from typing import Iterator, Sequence, Tuple

import contract
import streams

ACCEPT_AT_ONCE = 64
REFUSED_MOST = 64
LAST_WORD_SECONDS = 1.0
READING_SECONDS = 0.5
SWEEP_SECONDS = 0.1
TOO_SLOW = "Çok yavaş okunuyor, bağlantı kapatılıyor\n".encode()

Ready = Sequence[Tuple[selectors.SelectorKey, int]]


def server_options(port: int) -> argparse.ArgumentParser:
    """Ortak seçenekler ve döngülü sunucuların sınırları."""
    parser = contract.server_options(port=port, timeout=60)
    parser.add_argument("--max-clients", type=contract.number(1, 10000), default=10000)
    parser.add_argument("--max-queue", type=contract.number(1, 67108864), default=1048576)
    parser.add_argument("--stall", type=contract.seconds, default=5.0)
    return parser


class LoopStop(contract.Stop):
    """Durdurma isteği, bir seçicinin izleyebileceği biçimde."""

    def fileno(self) -> int:
        return self._reader


class State(enum.Enum):
    OPEN = enum.auto()  # okunur, yanıtlanır
    LEAVING = enum.auto()  # artık okunmaz; kuyruktakiler gidince yazma yarısı kapatılır
    DRAINING = enum.auto()  # karşı tarafın kapatması beklenir, gelen atılır
    CLOSED = enum.auto()


class Client:
    """Bloke etmeyen bir bağlantı: gelen satırlar, giden kuyruk, kapanışın adımları. Hiçbir işlevi beklemez."""

    def __init__(self, connection: socket.socket, peer: str, queue_limit: int, now: float) -> None:
        self.socket, self.peer, self.queue_limit = connection, peer, queue_limit
        self.state = State.OPEN
        self.refused = False
        self.input_ended = False
        self.lines = streams.Lines()
        self.queue = bytearray()
        self.torn = False  # kuyruğun başındaki mesajın bir kısmı gitti
        self.last_progress = now
        self.cut_at = math.inf  # OPEN değilken: o ana dek kapanmazsa kesilir
        self.watched = 0
        connection.setblocking(False)
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    @property
    def full(self) -> bool:
        return len(self.queue) >= self.queue_limit

    @property
    def events(self) -> int:
        """Seçiciden beklenen olaylar. Kuyruğu dolu olan okunmaz: yanıtını almayanın sorusu da alınmaz."""
        reads = not self.input_ended and not self.full if self.state is State.OPEN else self.state is State.DRAINING
        return (selectors.EVENT_READ if reads else 0) | (selectors.EVENT_WRITE if self.queue else 0)

    @property
    def finished(self) -> bool:
        """Karşı taraf yazmayı bitirdi, söylediği her şey yanıtlandı, yanıtlar da gitti mi?"""
        return self.input_ended and self.lines.empty and not self.queue

    def receive(self, now: float) -> bool:
        """En çok bir recv. Bayt ya da akış sonu geldiyse True."""
        try:
            chunk = self.socket.recv(streams.READ_SIZE)
        except (BlockingIOError, InterruptedError):
            return False
        self.input_ended = not chunk
        self.lines.add(chunk)
        self.last_progress = now
        return True

    def next_line(self) -> str | None:
        """Yanıtlanacak satır; yoksa ya da kuyruk doluysa None. LineTooLong, UnicodeDecodeError çıkabilir."""
        if self.state is not State.OPEN or self.full:
            return None
        line = self.lines.next()
        if line is None and self.input_ended:
            line, self.lines = self.lines.last(), streams.Lines()
        return line

    def send(self, now: float) -> int:
        """Soketin aldığı kadarını tek send ile gönderir; giden bayt sayısı."""
        if not self.queue:
            return 0
        try:
            sent = self.socket.send(self.queue)
        except (BlockingIOError, InterruptedError):
            return 0
        self.torn = self.queue[sent - 1] != ord("\n")
        del self.queue[:sent]
        self.last_progress = now
        return sent

    def discard_queue(self) -> int:
        """Kuyruktakileri atar; yarısı gitmiş mesajın kalanı durur, yoksa iki mesaj birbirine yapışırdı."""
        kept = self.queue.find(b"\n") + 1 if self.torn else 0
        discarded = len(self.queue) - kept
        del self.queue[kept:]
        return discarded

    def leave(self, last_word: bytes, cut_at: float) -> None:
        self.state, self.cut_at = State.LEAVING, cut_at
        self.queue += last_word

    def wind_down(self, now: float) -> bool:
        """Kapanışın sıradaki adımı; bittiyse True."""
        if self.state is State.LEAVING:
            self.send(now)
            if self.queue:
                return False
            self.socket.shutdown(socket.SHUT_WR)
            self.state = State.DRAINING
        if self.input_ended:
            return True
        try:
            return not self.socket.recv(streams.READ_SIZE)
        except (BlockingIOError, InterruptedError):
            return False

    def close(self) -> None:
        """Gönderilmemiş bayt kaldıysa RST ile keser: almayan bir istemcinin baytları çekirdekte de beklemesin."""
        if self.queue:
            with contextlib.suppress(OSError):
                self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.state = State.CLOSED
        self.socket.close()


class Server:
    """Tek iş parçacığıyla bütün istemciler: hazır olanlara bak, birer adım at, sınırı gelmişleri kapat."""

    welcome: str

    def __init__(
        self,
        listener: socket.socket,
        stop: LoopStop,
        options: argparse.Namespace,
        selector: selectors.BaseSelector | None = None,
    ) -> None:
        self.listener, self.stop, self.options = listener, stop, options
        self.selector = selector or selectors.DefaultSelector()
        self.clients: dict[Client, None] = {}
        self.refused = 0
        self.turns = 0
        self.now = time.monotonic()
        self._touched: dict[Client, None] = {}
        self._paused_until = -math.inf
        self._complained = False
        self._sweep_at = math.inf
        self._swept_at = -math.inf

    # --- dersin verdikleri

    def answer(self, client: Client, line: str) -> None:
        raise NotImplementedError

    def wait(self, timeout: float | None) -> Ready:
        """Hazır olanlar; en çok `timeout` saniye bekler (None: sınırsız)."""
        return self.selector.select(timeout)

    def has_room(self, connection: socket.socket) -> bool:
        """Yeni gelene yer var mı?"""
        return len(self.clients) - self.refused < self.options.max_clients

    # --- dersin çağırdıkları

    def members(self) -> Iterator[Client]:
        """Konuşmakta olanlar; sürerken birileri çıkabilir."""
        return (client for client in list(self.clients) if client.state is State.OPEN)

    def say(self, client: Client, text: str) -> None:
        """Sözü kuyruğa koyar; sınıra bakmaz."""
        client.queue += f"{text}\n".encode()
        self._touched[client] = None

    def drop(self, client: Client) -> None:
        """Yetişemeyeni çıkarır: kuyruğu atılır, nedeni söylenir, bağlantı kapanır."""
        waiting = len(client.queue)
        contract.log("WARNING", f"Yavaş istemci çıkarıldı: {client.peer}: {waiting} bayt bekliyordu")
        client.discard_queue()
        self._leave(client, TOO_SLOW)

    # --- döngü

    def run(self) -> None:
        self.listener.setblocking(False)
        self.selector.register(self.listener, selectors.EVENT_READ)
        self.selector.register(self.stop, selectors.EVENT_READ)
        while not self.stop.requested:
            self._turn(self._next_deadline())
        contract.log("INFO", "Server kapatılıyor")
        self._shut_down()

    def _turn(self, deadline: float) -> bool:
        """Bir tur: en geç `deadline`a dek bekler, hazır olanlara birer adım attırır. Birinden bayt geldi mi?"""
        self.turns += 1
        ready = self.wait(None if deadline == math.inf else max(0.0, deadline - time.monotonic()))
        self.now = time.monotonic()
        heard = False
        for key, events in ready:
            if isinstance(key.data, Client):
                heard |= self._hear(key.data, events)
            elif key.fileobj is self.listener:
                self._accept()
        self._resume_accepting()
        self._settle_touched()
        if self.now >= self._sweep_at:
            self._sweep()
            self._settle_touched()
        return heard

    def _next_deadline(self) -> float:
        return min(self._sweep_at, self._paused_until) if self._paused else self._sweep_at

    def _hear(self, client: Client, events: int) -> bool:
        self._touched[client] = None
        if client.state is not State.OPEN or not events & selectors.EVENT_READ:
            return False
        try:
            return client.receive(self.now)
        except OSError as error:
            self._lose(client, error)
            return False

    def _settle_touched(self) -> None:
        """Bu turda bir şey duyan ya da kendisine söz söylenen istemciler; biri ötekine söz söyleyebilir."""
        while self._touched:
            client = next(iter(self._touched))
            del self._touched[client]
            if client.state is not State.CLOSED:
                self._settle(client)

    def _settle(self, client: Client) -> None:
        """Yanıtlar, gönderir, kapanıyorsa bir adım kapatır; sonra yeniden neyin bekleneceğini söyler."""
        try:
            self._converse(client)
            if client.state is State.OPEN and client.finished:
                contract.log("INFO", f"İstemci ayrıldı: {client.peer}")
                self._remove(client)
            elif client.state in (State.LEAVING, State.DRAINING) and client.wind_down(self.now):
                self._remove(client)
            elif client.state is State.DRAINING:
                client.cut_at = min(client.cut_at, self.now + LAST_WORD_SECONDS)
        except OSError as error:
            self._lose(client, error)
        if client.state is not State.CLOSED:
            self._watch(client)
            self._note(self._deadline(client))

    def _converse(self, client: Client) -> None:
        """Satırları yanıtlar, soketin aldığını gönderir; kuyrukta yer açıldıkça kalan satırlarla sürer."""
        try:
            progress = client.state is State.OPEN
            while progress:
                while (line := client.next_line()) is not None:
                    self.answer(client, line)
                progress = client.send(self.now) > 0 and not client.lines.empty
        except (streams.LineTooLong, UnicodeDecodeError) as error:
            contract.log("WARNING", f"Bağlantı kesildi: {client.peer}: {contract.reason(error)}")
            word = streams.TOO_LONG if isinstance(error, streams.LineTooLong) else b""
            self._leave(client, word, self.options.timeout)  # önceki yanıtlar sessizlik kadar beklenir
        self._touched.pop(client, None)

    def _watch(self, client: Client) -> None:
        """İzlenen olaylar yalnız değişince değiştirilir."""
        events = client.events
        if events == client.watched:
            return
        if not client.watched:
            self.selector.register(client.socket, events, client)
        elif not events:
            self.selector.unregister(client.socket)
        else:
            self.selector.modify(client.socket, events, client)
        client.watched = events

    def _leave(self, client: Client, last_word: bytes, patience: float = LAST_WORD_SECONDS) -> None:
        client.leave(last_word, min(self.now + patience, self.stop.deadline))
        self._touched[client] = None

    def _lose(self, client: Client, error: OSError) -> None:
        if client.state is State.OPEN:
            contract.log("WARNING", f"Bağlantı kesildi: {client.peer}: {contract.reason(error)}")
        self._remove(client)

    def _remove(self, client: Client) -> None:
        if client.watched:
            self.selector.unregister(client.socket)
        client.close()
        self.refused -= client.refused
        del self.clients[client]

    # --- kabul

    @property
    def _paused(self) -> bool:
        return self._paused_until > self.now

    def _accept(self) -> None:
        for _ in range(ACCEPT_AT_ONCE):
            try:
                connection, address = self.listener.accept()
            except (BlockingIOError, InterruptedError):
                return
            except OSError as error:
                if error.errno not in streams.SHORTAGE:
                    contract.log("WARNING", f"Kabul edilemedi: {contract.reason(error)}")
                    continue
                self._pause_accepting(error)
                return
            self._complained = False
            self._admit(connection, contract.address_text(address))

    def _pause_accepting(self, error: OSError) -> None:
        """Dinleyen soket okunur kaldığı için izlenmez de; yoksa döngü boşa dönerdi."""
        if not self._complained:
            contract.log("ERROR", f"Kabul duraklatıldı: {contract.reason(error)}")
        self._complained = True
        self._paused_until = self.now + streams.ACCEPT_PAUSE_SECONDS
        self.selector.unregister(self.listener)

    def _resume_accepting(self) -> None:
        if self._paused_until != -math.inf and not self._paused:
            self._paused_until = -math.inf
            self.selector.register(self.listener, selectors.EVENT_READ)

    def _admit(self, connection: socket.socket, peer: str) -> None:
        client = Client(connection, peer, self.options.max_queue, self.now)
        if self.has_room(connection):
            contract.log("INFO", f"Yeni bağlantı: {peer}")
            self.clients[client] = None
            self.say(client, self.welcome)
        else:
            contract.log("WARNING", f"Sunucu dolu, geri çevrildi: {peer}")
            self._refuse(client)

    def _refuse(self, client: Client) -> None:
        if self.refused < REFUSED_MOST:
            client.refused = True
            self.refused += 1
            self.clients[client] = None
            self._leave(client, streams.FULL)
            return
        with contextlib.suppress(OSError):
            client.socket.send(streams.FULL)  # geri çevirmeye de yer yok: söz tek denemede gider ya da gitmez
        client.close()

    # --- zaman sınırları

    def _deadline(self, client: Client) -> float:
        if client.state is not State.OPEN:
            return client.cut_at
        return client.last_progress + (self.options.stall if client.full else self.options.timeout)

    def _note(self, deadline: float) -> None:
        self._sweep_at = min(self._sweep_at, max(deadline, self._swept_at + SWEEP_SECONDS))

    def _sweep(self) -> None:
        """Sınırı gelmişleri bulur. En çok SWEEP_SECONDS'ta bir, ama yakın bir sınır yoksa hiç."""
        self._swept_at, self._sweep_at = self.now, math.inf
        for client in list(self.clients):
            if self._deadline(client) <= self.now:
                self._expire(client)
            if client.state is not State.CLOSED:
                self._note(self._deadline(client))

    def _expire(self, client: Client) -> None:
        if client.state is State.OPEN and client.full:
            self.drop(client)
            return
        if client.state is State.OPEN:
            contract.log("WARNING", f"İstemci zaman aşımı: {client.peer}")
        self._remove(client)

    # --- kapanış

    def _shut_down(self) -> None:
        """Gelmiş olan okunup yanıtlanır, herkese kuyruğu ve akış sonu gönderilir; ikisinin de süresi sınırlıdır."""
        if not self._paused_until > -math.inf:
            self.selector.unregister(self.listener)
        self._paused_until = -math.inf
        self.selector.unregister(self.stop)
        self.listener.close()
        reading_ends = self.stop.deadline - self.stop.GRACE_SECONDS + READING_SECONDS
        while time.monotonic() < reading_ends:
            waiting = any(client.full for client in self.members())
            if not self._turn(reading_ends if waiting else self.now) and not waiting:
                break
        for client in list(self.members()):
            self._leave(client, b"")
        self._settle_touched()
        while self.clients and time.monotonic() < self.stop.deadline:
            self._turn(min(self._sweep_at, self.stop.deadline))
        for client in list(self.clients):
            self._remove(client)
        self.selector.close()
