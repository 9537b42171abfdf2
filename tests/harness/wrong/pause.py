"""İki gönderimin karşıda iki ayrı okuma olması için: arada öteki uç kadar beklemek."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from harness import sockets  # noqa: E402  (yol yukarıda eklendi)


def pause(client: socket.socket) -> None:
    """Gönderilenler karşıda okunana kadar; hiç okunmuyorsa kısa bir süre."""
    sockets.wait_until_read(client, 0.2)
