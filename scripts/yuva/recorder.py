"""Sunucunun önüne kaydeden vekil sunucuyu koyan sarmalayıcı: recorder.py KAYIT.json tcp|udp SUNUCU [ARG...]

Senaryoda sunucunun yerine geçer: hazır satırında sunucunun değil vekilin adresini yazar, öteki satırları olduğu gibi
geçirir, SIGTERM'i iletir, sunucunun kodu ile çıkar. İstemcinin konuştukları böylece runner.py değişmeden kaydedilir.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

TESTS = Path(__file__).resolve().parents[2] / "tests"
sys.path.insert(0, str(TESTS))

from harness.address import Address, parse_ready_line  # noqa: E402  (yol yukarıda eklendi)
from harness.proxy import Proxy  # noqa: E402
from harness.udp_proxy import UdpProxy  # noqa: E402

CLOSE_SECONDS = 1.0
POLL_SECONDS = 0.01


def main(output: str, transport: str, command: list[str]) -> int:
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    proxy: Proxy | UdpProxy | None = None
    assert server.stdout is not None
    for raw in server.stdout:
        line = raw.decode("utf-8", "replace").rstrip("\r\n")
        address = parse_ready_line(line)
        if address and proxy is None:
            proxy = in_front_of(address, transport)
            line = f"{proxy.address} dinleniyor"
        print(line, flush=True)
    code = server.wait()
    if proxy is not None:
        Path(output).write_text(json.dumps(recorded(proxy)), encoding="utf-8")
        proxy.close()
    return code if code >= 0 else 128 - code


def in_front_of(server: Address, transport: str) -> Proxy | UdpProxy:
    return UdpProxy(server) if transport == "udp" else Proxy(server)


def recorded(proxy: Proxy | UdpProxy) -> dict:
    """Kayıt; sunucunun kapanışı da içinde olsun diye bağlantıların bitmesi kısa bir süre beklenir."""
    end = time.monotonic() + CLOSE_SECONDS
    while isinstance(proxy, Proxy) and not all_closed(proxy.recorder.events()) and time.monotonic() < end:
        time.sleep(POLL_SECONDS)
    return {"transport": proxy.recorder.transport, "events": proxy.recorder.events()}


def all_closed(events: list[dict]) -> bool:
    """Her bağlantı iki yönden de bitti mi?"""
    ended: dict[int, set[str]] = {}
    for event in events:
        sides = ended.setdefault(event["connection"], set())
        if event["kind"] == "reset":
            sides.update(("client", "server"))
        elif event["kind"] == "eof":
            sides.add(event["from"])
    return all(len(sides) == 2 for sides in ended.values())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
