"""Python eşlerinin ortak yarısı, TCP: kabul döngüsü, durdurulabilir okuma ve yazma, sınırlı satırlar, düzgün kapanış."""

from __future__ import annotations

import contextlib
import errno
import select
import socket
import threading
import time
from typing import Callable, Iterator

import contract
from contract import Stop, Stopping

READ_SIZE = 65536
SHORTAGE = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
ACCEPT_PAUSE_SECONDS = 0.2
REFUSED_MOST = 16
REFUSED_SECONDS = 1.0
FAREWELL_SECONDS = 0.4
FULL = "Sunucu dolu, daha sonra deneyin\n".encode()
TOO_LONG = f"Satır çok uzun (en fazla {contract.LINE_LIMIT} bayt)\n".encode()


class LineTooLong(OSError):
    def __init__(self) -> None:
        super().__init__(errno.EMSGSIZE, "satır çok uzun")


def connections(listener: socket.socket, stop: Stop) -> Iterator[tuple[socket.socket, str]]:
    """Durdurulana dek gelen bağlantılar ve adresleri. Kaynak kalmayınca kabul durur, ama boşuna dönülmez."""
    paused = False
    listener.setblocking(False)
    while stop.wait(listener):
        try:
            connection, address = listener.accept()
        except BlockingIOError:
            continue
        except OSError as error:
            if error.errno not in SHORTAGE:
                contract.log("WARNING", f"Kabul edilemedi: {contract.reason(error)}")
                continue
            if not paused:
                contract.log("ERROR", f"Kabul duraklatıldı: {contract.reason(error)}")
            paused = True
            stop.sleep(ACCEPT_PAUSE_SECONDS)
        else:
            paused = False
            yield connection, contract.address_text(address)


def receive(connection: socket.socket, stop: Stop, timeout: float) -> bytes:
    """Gelmiş baytlar; boşsa akış sonudur. Gelmemişse beklenir: süre dolarsa TimeoutError, kapanış istenirse Stopping."""
    while time.monotonic() < stop.deadline:
        with contextlib.suppress(BlockingIOError):
            return connection.recv(READ_SIZE, socket.MSG_DONTWAIT)
        if not stop.wait(connection, timeout):
            break
    raise Stopping


def send_all(connection: socket.socket, data: bytes, stop: Stop, timeout: float) -> None:
    """Tamamını gönderir; durdurma istenirse işi yarım bırakmaz, ama kapanış sınırını da aşmaz."""
    deadline = time.monotonic() + timeout
    rest = memoryview(data)
    while rest:
        try:
            rest = rest[connection.send(rest, socket.MSG_DONTWAIT) :]
        except BlockingIOError:
            stop.wait_in_grace(connection, select.POLLOUT, deadline)


def drain(connection: socket.socket, stop: Stop, deadline: float) -> Iterator[bytes]:
    """Yazma yarısını kapatır, karşı taraf da kapatana dek geleni okur: okunmamış bayt RST'ye, RST son sözün kaybına yol açar."""
    connection.shutdown(socket.SHUT_WR)
    chunk = b"?"
    while chunk:
        stop.wait_in_grace(connection, select.POLLIN, deadline)
        chunk = connection.recv(READ_SIZE, socket.MSG_DONTWAIT)
        yield chunk


def close_gracefully(connection: socket.socket, stop: Stop, timeout: float = FAREWELL_SECONDS) -> None:
    with contextlib.suppress(OSError), connection:
        for _ in drain(connection, stop, time.monotonic() + timeout):
            pass


class Lines:
    """Bayt akışından sınırlı satırlar; satır sonu `\\n` ya da `\\r\\n`."""

    def __init__(self, limit: int = contract.LINE_LIMIT) -> None:
        self._limit = limit
        self._buffer = bytearray()

    @property
    def empty(self) -> bool:
        """Verilmemiş bayt yok mu?"""
        return not self._buffer

    def add(self, chunk: bytes) -> None:
        self._buffer += chunk

    def next(self) -> str | None:
        """Sıradaki tam satır; daha gelmediyse None."""
        end = self._buffer.find(b"\n")
        line = self._checked(self._buffer if end < 0 else self._buffer[:end])
        if end < 0:
            return None
        del self._buffer[: end + 1]
        return line.decode("utf-8")

    def last(self) -> str | None:
        """Akış sonunda, satır sonu gelmeden kalan; bir şey kalmadıysa None."""
        return self._checked(self._buffer).decode("utf-8") if self._buffer else None

    def _checked(self, line: bytearray) -> bytes:
        stripped = bytes(line).removesuffix(b"\r")
        if len(stripped) > self._limit:
            raise LineTooLong
        return stripped


def received_lines(connection: socket.socket, stop: Stop, timeout: float) -> Iterator[str]:
    """Akış sonuna dek gelen satırlar. LineTooLong, UnicodeDecodeError ve receive'in istisnaları çıkabilir."""
    lines = Lines()
    while chunk := receive(connection, stop, timeout):
        lines.add(chunk)
        while (line := lines.next()) is not None:
            yield line
    if (line := lines.last()) is not None:
        yield line


def read_line(connection: socket.socket, lines: Lines, timeout: float) -> str:
    """İstemcide bir satır; süre satırın tamamınındır."""
    deadline = time.monotonic() + timeout
    while (line := lines.next()) is None:
        connection.settimeout(max(0.001, deadline - time.monotonic()))
        chunk = connection.recv(READ_SIZE)
        if not chunk:
            raise OSError(errno.ENODATA, "akış sonu")
        lines.add(chunk)
    return line


def dismiss(connection: socket.socket, stop: Stop, word: bytes, timeout: float = FAREWELL_SECONDS) -> None:
    """Son sözü söyler, bağlantıyı düzgün kapatır."""
    with contextlib.suppress(OSError):
        send_all(connection, word, stop, timeout)
    close_gracefully(connection, stop, timeout)


class Crowd:
    """Bağlantı başına bir iş parçacığı: yer varken `converse`, doluyken bir söz. İkisinin de sayısı sınırlıdır."""

    def __init__(self, stop: Stop, limit: int, converse: Callable[[socket.socket, str], None], goodbye: str) -> None:
        self._stop = stop
        self._converse = converse
        self._goodbye = f"{goodbye}\n".encode()
        self._places = threading.Semaphore(limit)
        self._refusals = threading.Semaphore(REFUSED_MOST)
        self._threads: list[threading.Thread] = []

    def admit(self, connection: socket.socket, peer: str) -> None:
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        for body, places in ((self._serve, self._places), (self._refuse, self._refusals)):
            if places.acquire(blocking=False):
                thread = threading.Thread(target=self._run, args=(body, places, connection, peer))
                try:
                    thread.start()
                except RuntimeError as error:
                    contract.log("ERROR", f"İş parçacığı açılamadı: {error}")
                    places.release()
                    break
                self._threads.append(thread)
                return
        contract.log("WARNING", f"Geri çevrildi: {peer}")
        with contextlib.suppress(OSError), connection:
            connection.send(FULL, socket.MSG_DONTWAIT)  # geri çevirmeye de yer yok: söz tek denemede gider ya da gitmez

    def join(self) -> None:
        for thread in self._threads:
            thread.join()

    @staticmethod
    def _run(
        body: Callable[[socket.socket, str], None], places: threading.Semaphore, connection: socket.socket, peer: str
    ) -> None:
        try:
            body(connection, peer)
        finally:
            connection.close()
            places.release()

    def _serve(self, connection: socket.socket, peer: str) -> None:
        """Konuşmayı yürütür; neden bittiyse ona göre son sözü söyler, loglar, bağlantıyı düzgün kapatır."""
        last_word = b""
        contract.log("INFO", f"Yeni bağlantı: {peer}")
        try:
            self._converse(connection, peer)
            contract.log("INFO", f"İstemci ayrıldı: {peer}")
        except Stopping:
            last_word = self._goodbye
            contract.log("INFO", f"Sunucu kapanıyor, istemciye veda edildi: {peer}")
        except TimeoutError:
            contract.log("WARNING", f"İstemci zaman aşımı: {peer}")
        except (OSError, UnicodeDecodeError) as error:
            last_word = TOO_LONG if isinstance(error, LineTooLong) else b""
            contract.log("WARNING", f"Bağlantı kesildi: {peer}: {contract.reason(error)}")
        dismiss(connection, self._stop, last_word)
        contract.log("INFO", f"Bağlantı kapatıldı: {peer}")

    def _refuse(self, connection: socket.socket, peer: str) -> None:
        contract.log("WARNING", f"Sunucu dolu, geri çevrildi: {peer}")
        dismiss(connection, self._stop, FULL, REFUSED_SECONDS)
