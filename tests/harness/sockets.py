"""Yalın soket işleri: her çağrı bir zaman sınırına bağlı, sıfırlama ve okunmayı bekleme elde hazır."""

from __future__ import annotations

import fcntl
import select
import socket
import struct
import termios
import time

from harness import sockdiag
from harness.clock import Deadline

BLIND_SECONDS = 0.002


def reset(sock: socket.socket) -> None:
    """Soketi FIN yerine RST göndererek kapatır (SO_LINGER, süre 0)."""
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    except OSError:
        pass
    sock.close()


def no_delay(sock: socket.socket) -> None:
    """Küçük parçalar birleşmeden yola çıksın (Nagle kapalı)."""
    if sock.family != socket.AF_UNIX:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def readable(sock: socket.socket, deadline: Deadline) -> bool:
    return _poll(sock, select.POLLIN, deadline)


def writable(sock: socket.socket, deadline: Deadline) -> bool:
    return _poll(sock, select.POLLOUT, deadline)


def wait_until_read(sock: socket.socket, seconds: float) -> bool:
    """Gönderilenleri karşıdaki *uygulama* okuyana kadar bekler; süre dolarsa False.

    UNIX soketinde SIOCOUTQ bunu söyler. TCP'de o, onaylanmamış baytları sayar: onay hem geç gelir hem de yalnız karşı
    çekirdeğe varıldığını gösterir. Bu yüzden karşı soketin alım kuyruğuna bakılır (iki soket de bu makinededir);
    bayt daha yoldayken kuyruk boş görünebileceği için art arda iki kez boş olması beklenir. Çekirdek karşı soketi
    göstermiyorsa kısa bir bekleyişle yetinilir.
    """
    end = time.monotonic() + seconds
    empty = 0
    while empty < 2:
        left = _unread(sock)
        if left is None:
            time.sleep(BLIND_SECONDS)
            return False
        if time.monotonic() >= end:
            return False
        empty = empty + 1 if left == 0 else 0
        time.sleep(0.00005)
    return True


def _unread(sock: socket.socket) -> int | None:
    if sock.family == socket.AF_UNIX:
        return struct.unpack("i", fcntl.ioctl(sock, termios.TIOCOUTQ, b"\0" * 4))[0]
    try:
        return sockdiag.receive_queue(sock.getpeername(), sock.getsockname(), sock.family)
    except OSError:
        return None


def reset_arrived(sock: socket.socket, deadline: Deadline) -> bool:
    """Akış sonu okunmuş bir sokette sıfırlamayı bekler: recv() artık göstermez, POLLERR gösterir."""
    return _poll(sock, 0, deadline)


def _poll(sock: socket.socket, event: int, deadline: Deadline) -> bool:
    poller = select.poll()
    poller.register(sock, event)
    return bool(poller.poll(deadline.remaining() * 1000))
