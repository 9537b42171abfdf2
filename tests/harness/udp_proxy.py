"""UDP'nin vekil sunucusu: datagramları düşürür, çoğaltır, sırasını bozar; hep aynı tohumla aynı biçimde.

    proxy = UdpProxy(server.address, UdpRules(drop=0.3))
    proxy = UdpProxy(server.address, UdpRules(script={("server", 1): "drop"}))     # ilk yanıt kaybolur

Her istemcinin sunucuya giden kendi soketi vardır; çok istemci gelirse en eskisininki kapanır. Kapalı portun bildirimi
(ICMP) istemciye geçmez: ağdaki bir yönlendirici gibi, vekil sunucu da yalnız datagramları taşır.
"""

from __future__ import annotations

import os
import random
import select
import socket
import threading
from dataclasses import dataclass, field

from harness import scene
from harness.address import Address, from_socket
from harness.errors import reason
from harness.recording import Listener, Recorder

LARGEST = 65535
HOLD_SECONDS = 0.05
MOST_CLIENTS = 256


@dataclass(frozen=True)
class UdpRules:
    """Olasılıklar (0..1) ve kesin buyruklar: (yön, o yönde kaçıncı) → drop, duplicate, hold, pass."""

    drop: float = 0.0
    duplicate: float = 0.0
    reorder: float = 0.0
    script: dict[tuple[str, int], str] = field(default_factory=dict)

    def fate(self, side: str, number: int, rng: random.Random) -> str:
        chance = rng.random()
        scripted = self.script.get((side, number))
        if scripted:
            return scripted
        for name, share in (("drop", self.drop), ("duplicate", self.duplicate), ("hold", self.reorder)):
            if chance < share:
                return name
            chance -= share
        return "pass"


class UdpProxy:
    """İstemciler `address`e gönderir, datagramlar kurallara göre `target`a gider; yanıtlar aynı yoldan döner.

    `at` verilirse orada (dolu olabilir: OSError), verilmezse boş bir portta dinler.
    """

    def __init__(
        self,
        target: Address,
        rules: UdpRules = UdpRules(),
        *,
        at: Address | None = None,
        listener: Listener | None = None,
    ) -> None:
        self._scene = scene.current()
        self.target = target
        self.recorder = Recorder("udp", listener)
        self._front = _bound(target, at)
        self._scene.own(self)
        self.address = from_socket(self._front)
        self._rules = rules
        self._lanes = {side: _Lane(self._scene.random(f"udp/{side}")) for side in ("client", "server")}
        self._clients: dict[tuple, _Client] = {}
        self._seen = 0
        self._wake = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._closing = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._scene.step(f"UDP vekil sunucusu: {self.address} → {target}")

    def close(self) -> None:
        if self._closing:
            return
        self._closing = True
        os.eventfd_write(self._wake, 1)
        self._thread.join()
        for sock in [self._front, *(client.socket for client in self._clients.values())]:
            sock.close()
        os.close(self._wake)

    @property
    def idle(self) -> bool:
        """Bekletilen ya da alınmayı bekleyen datagram kalmadı mı?"""
        poller = select.poll()
        for sock in [self._front, *(client.socket for client in list(self._clients.values()))]:
            if sock.fileno() >= 0:
                poller.register(sock, select.POLLIN)
        return not poller.poll(0) and not any(lane.held for lane in self._lanes.values())

    def fates(self, side: str) -> list[str]:
        """O yöndeki datagramların başına gelenler, sırasıyla."""
        return list(self._lanes[side].fates)

    def _run(self) -> None:
        while not self._closing:
            events = self._wait()
            if not events:
                self._release_all()
            if self._front.fileno() in events:
                self._from_client()
            for client in list(self._clients.values()):
                if client.socket.fileno() in events:
                    self._from_server(client)

    def _wait(self) -> set[int]:
        poller = select.poll()
        for descriptor in [self._front, self._wake, *(client.socket for client in self._clients.values())]:
            poller.register(descriptor, select.POLLIN)
        holding = any(lane.held for lane in self._lanes.values())
        return {descriptor for descriptor, _ in poller.poll(HOLD_SECONDS * 1000 if holding else None)}

    def _from_client(self) -> None:
        data, name = self._front.recvfrom(LARGEST)
        client = self._clients.get(name)
        if client is None:
            client = self._welcome(name)
        self._pass_on("client", client, data)

    def _welcome(self, name: tuple) -> _Client:
        if len(self._clients) >= MOST_CLIENTS:
            oldest = next(iter(self._clients))
            self._clients.pop(oldest).socket.close()
        self._seen += 1
        client = self._clients[name] = _Client(self._seen, name, _socket(self.target))
        client.socket.connect(self.target.sockaddr)
        names = {"client": str(Address(*name[:2])), "seen": str(from_socket(client.socket))}
        self.recorder.add(client.number, "client", "open", **(names if self.recorder.live else {}))
        return client

    def _from_server(self, client: _Client) -> None:
        try:
            data = client.socket.recv(LARGEST, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return  # numarası, bu turda kapanan bir soketten kalmış
        except OSError as error:
            self.recorder.note(client.number, "server", "closed", reason=reason(error))
            return
        self._pass_on("server", client, data)

    def _pass_on(self, side: str, client: _Client, data: bytes) -> None:
        lane = self._lanes[side]
        lane.count += 1
        fate = self._rules.fate(side, lane.count, lane.random)
        if not self.recorder.live:
            lane.fates.append(fate)
        if fate != "pass":
            self.recorder.add(client.number, side, "data", data, fate=fate)
        if fate == "hold":
            lane.held.append((client, data))
            return
        copies = {"drop": 0, "duplicate": 2}.get(fate, 1)
        for _ in range(copies):
            self._deliver(side, client, data, recorded=fate == "pass")
        if copies:
            self._release(side)

    def _release(self, side: str) -> None:
        held, self._lanes[side].held = self._lanes[side].held, []
        for client, data in held:
            self._deliver(side, client, data, recorded=False)

    def _release_all(self) -> None:
        for side in self._lanes:
            self._release(side)

    def _deliver(self, side: str, client: _Client, data: bytes, *, recorded: bool) -> None:
        if recorded:
            self.recorder.add(client.number, side, "data", data)
        try:
            if side == "client":
                client.socket.send(data)
            else:
                self._front.sendto(data, client.name)
        except OSError as error:
            self._scene.step(f"UDP vekil sunucusu iletemedi: {reason(error)}")
            self.recorder.note(client.number, side, "lost", reason=reason(error))


@dataclass
class _Client:
    number: int
    name: tuple
    socket: socket.socket


class _Lane:
    """Bir yön: rastgeleliği, verilen kararlar, bekletilen datagramlar."""

    def __init__(self, rng: random.Random) -> None:
        self.random = rng
        self.count = 0
        self.fates: list[str] = []
        self.held: list[tuple[_Client, bytes]] = []


def _bound(target: Address, at: Address | None) -> socket.socket:
    sock = _socket(target)
    try:
        sock.bind(at.sockaddr if at else (target.host, 0))
    except OSError:
        sock.close()
        raise
    return sock


def _socket(target: Address) -> socket.socket:
    sock = socket.socket(target.family, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024 * 1024)
    return sock
