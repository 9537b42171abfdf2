"""Araya giren vekil sunucu (TCP ve UNIX akışı): akışı keser ya da birleştirir, geçenleri kaydeder.

    proxy = Proxy(server.address, "random")
    ... istemci proxy.address adresine bağlanır ...
    proxy.recorder.save(path, "04-tcp", "run")

Yarı kapatma ve sıfırlama her yönde olduğu gibi geçer. pytest gerektirmez: sayfaları yenileyen betik de kullanır.
Her bağlantının her yönü bir iş parçacığıdır; hiçbiri süresiz beklemez, `close()` hepsini uyandırıp bitirir.
"""

from __future__ import annotations

import os
import select
import socket
import tempfile
import threading
from pathlib import Path
from typing import Any

from harness import scene, sockets
from harness.address import Address, from_socket
from harness.chunks import Cutter
from harness.errors import reason
from harness.recording import Listener, Recorder

PIECE = 65536
JOIN_LIMIT = 1024 * 1024
JOIN_QUIET_SECONDS = 0.005
CONNECT_SECONDS = 5.0
READ_PATIENCE_SECONDS = 0.02
SHORT_PATIENCE_SECONDS = 0.001


class Proxy:
    """`target` adresine giden bağlantıların arasına girer; istemciler `address`e bağlanır.

    `at` verilirse orada (dolu olabilir: OSError), verilmezse boş bir portta dinler.
    """

    def __init__(
        self, target: Address, mode: str = "pass", *, at: Address | None = None, listener: Listener | None = None
    ) -> None:
        self._scene = scene.current()
        self.target = target
        self.mode = mode
        self.recorder = Recorder("tcp", listener)
        self._folder = tempfile.TemporaryDirectory(prefix="yuva-") if target.path else None
        self._listener = self._listen(at)
        self._scene.own(self)
        self.address = from_socket(self._listener)
        self._connections: list[_Connection] = []
        self._accepted = 0
        self._wake = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._closing = False
        self._thread = threading.Thread(target=self._accept_loop, daemon=True)
        self._thread.start()
        self._scene.step(f"vekil sunucu ({mode}): {self.address} → {target}")

    def close(self) -> None:
        """Bütün bağlantıları koparır, iş parçacıklarını bitirir."""
        if self._closing:
            return
        self._closing = True
        os.eventfd_write(self._wake, 1)
        self._thread.join()
        for connection in self._connections:
            connection.stop()
        self._listener.close()
        os.close(self._wake)
        if self._folder:
            self._folder.cleanup()

    def __enter__(self) -> Proxy:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    @property
    def idle(self) -> bool:
        """Açık bağlantı kalmadı mı?"""
        return all(connection.closed for connection in list(self._connections))

    def _listen(self, at: Address | None) -> socket.socket:
        path = str(Path(self._folder.name) / "proxy") if self._folder else ""
        listener = socket.socket(self.target.family, socket.SOCK_STREAM)
        try:
            if at is not None:
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(path or (at.sockaddr if at else (self.target.host, 0)))
            listener.listen(128)
        except OSError:
            listener.close()
            raise
        listener.setblocking(False)
        return listener

    def _accept_loop(self) -> None:
        poller = select.poll()
        poller.register(self._listener, select.POLLIN)
        poller.register(self._wake, select.POLLIN)
        while not self._closing:
            poller.poll()
            try:
                client, name = self._listener.accept()
            except OSError:
                continue
            self._drop_closed()
            self._connect(client, name)

    def _drop_closed(self) -> None:
        """Biten bağlantıların tanımlayıcıları geri verilir: bir vekil sunucu binlerce bağlantı görebilir."""
        closed = [connection for connection in self._connections if connection.closed]
        self._connections = [connection for connection in self._connections if connection not in closed]
        for connection in closed:
            connection.stop()

    def _connect(self, client: socket.socket, name: Any) -> None:
        self._accepted = number = self._accepted + 1
        server = socket.socket(self.target.family, socket.SOCK_STREAM)
        server.settimeout(CONNECT_SECONDS)
        self.recorder.add(number, "client", "open", **self._names(name, server))
        try:
            server.connect(self.target.sockaddr)
        except OSError as error:
            self._scene.step(f"vekil sunucu {self.target} adresine bağlanamadı: {reason(error)}")
            self.recorder.add(number, "server", "reset", reason=reason(error))
            server.close()
            sockets.reset(client)
            return
        self._connections.append(_Connection(self, number, client, server))

    def _names(self, name: Any, server: socket.socket) -> dict[str, str]:
        """Canlı izleyene: istemcinin adresi ve sunucunun onu göreceği adres. İkincisi daha bağlanmadan bilinsin diye
        soket önce bind ile adresini alır: sunucunun "yeni bağlantı" demesi bu olaydan sonra olmalıdır."""
        if not self.recorder.live or self.target.path:
            return {}
        try:
            server.bind((self.target.host, 0))
        except OSError:
            return {"client": str(Address(*name[:2]))}
        return {"client": str(Address(*name[:2])), "seen": str(from_socket(server))}

    def _cutter(self, number: int, side: str) -> Cutter:
        return Cutter(self.mode, self._scene.random(f"vekil/{number}/{side}"))


class _Stopped(Exception):
    """Bağlantı sıfırlandı ya da vekil sunucu kapanıyor."""


class _Connection:
    """İstemciye ve sunucuya birer soket, aralarında iki yön."""

    def __init__(self, proxy: Proxy, number: int, client: socket.socket, server: socket.socket) -> None:
        self.recorder = proxy.recorder
        self.number = number
        self.stopping = False
        self.closed = False
        self._reset = False
        self._sockets = (client, server)
        self._lock = threading.Lock()
        for sock in self._sockets:
            sock.setblocking(False)
            sockets.no_delay(sock)
        self._upward = _Direction(self, "client", client, server, proxy._cutter(number, "client"))
        self._downward = _Direction(self, "server", server, client, proxy._cutter(number, "server"))
        self._upward.other, self._downward.other = self._downward, self._upward
        self._upward.start()
        self._downward.start()

    def broken(self, side: str) -> None:
        """`side` bağlantıyı sıfırladı; öteki tarafa da RST gidecek."""
        with self._lock:
            if not self.stopping:
                self.recorder.add(self.number, side, "reset")
            self.stopping = self._reset = True
        self._wake()

    def finished(self, direction: _Direction) -> None:
        """Yön bitti; ikisi de bittiyse soketler kapanır."""
        with self._lock:
            direction.done = True
            last = self._upward.done and self._downward.done
        if last:
            for sock in self._sockets:
                (sockets.reset if self._reset else socket.socket.close)(sock)
            self.closed = True
        else:
            self._wake()

    def stop(self) -> None:
        with self._lock:
            self.stopping = True
        self._wake()
        directions = (self._upward, self._downward)
        for direction in directions:
            direction.thread.join()
        for direction in directions:
            direction.close()

    def _wake(self) -> None:
        for direction in (self._upward, self._downward):
            os.eventfd_write(direction.wake, 1)


class _Direction:
    """Bir yön: `source`tan okur, keser, `target`a yazar."""

    other: _Direction

    def __init__(
        self, connection: _Connection, side: str, source: socket.socket, target: socket.socket, cutter: Cutter
    ) -> None:
        self.done = False
        self.wake = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self.thread = threading.Thread(target=self._run, daemon=True)
        self._connection = connection
        self._side = side
        self._source = source
        self._target = target
        self._cutter = cutter
        self._patience = READ_PATIENCE_SECONDS

    def start(self) -> None:
        self.thread.start()

    def close(self) -> None:
        os.close(self.wake)

    def _run(self) -> None:
        try:
            while data := self._next():
                for piece in self._cutter.cut(data):
                    self._deliver(piece)
            self._end()
        except _Stopped:
            pass
        finally:
            self._connection.finished(self)

    def _next(self) -> bytes:
        """Sıradaki veri; akış sonunda boş."""
        data = self._read() or b""
        while data and self._cutter.mode == "joined" and len(data) < JOIN_LIMIT:
            more = self._read(JOIN_QUIET_SECONDS)
            if not more:
                break
            data += more
        return data

    def _read(self, seconds: float | None = None) -> bytes | None:
        """Bir recv(); süre içinde bir şey gelmediyse None."""
        while True:
            events = self._poll(self._source, select.POLLIN, seconds)
            if not events:
                return None
            if self._source.fileno() in events:
                try:
                    return self._source.recv(PIECE)
                except BlockingIOError:
                    continue
                except OSError:
                    self._broken(self._side)
            if self._target.fileno() in events:
                self._broken(self.other._side)

    def _deliver(self, piece: bytes) -> None:
        """Parçayı yazar. Kayıt yazmadan öncedir: karşılığı olan yanıt kayda ondan önce giremesin."""
        self._connection.recorder.add(self._connection.number, self._side, "data", piece)
        view = memoryview(piece)
        while view:
            self._poll(self._target, select.POLLOUT, None)
            try:
                view = view[self._target.send(view) :]
            except BlockingIOError:
                continue
            except OSError:
                self._broken(self.other._side)
        if self._cutter.separates:
            taken = sockets.wait_until_read(self._target, self._patience)
            self._patience = READ_PATIENCE_SECONDS if taken else SHORT_PATIENCE_SECONDS

    def _end(self) -> None:
        self._connection.recorder.add(self._connection.number, self._side, "eof")
        try:
            self._target.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def _broken(self, side: str) -> None:
        self._connection.broken(side)
        raise _Stopped

    def _poll(self, sock: socket.socket, event: int, seconds: float | None) -> dict[int, int]:
        """Soketin ya da uyandırmanın olayları. Öteki yön bittiyse hedefin sıfırlanmasını da bu yön izler."""
        poller = select.poll()
        poller.register(sock, event)
        poller.register(self.wake, select.POLLIN)
        if self.other.done and sock is not self._target:
            poller.register(self._target, 0)
        events = dict(poller.poll(None if seconds is None else seconds * 1000))
        if self._connection.stopping:
            raise _Stopped
        if events.pop(self.wake, None):
            os.eventfd_read(self.wake)
            return events or self._poll(sock, event, seconds)
        return events
