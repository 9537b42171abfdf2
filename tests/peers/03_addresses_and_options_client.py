"""Ders 03'ün istemcisinin Python eşi: soketi kurar, adları çözer, makineyi anlatır, sunucunun raporunu okur."""

from __future__ import annotations

import array
import fcntl
import os
import re
import socket
import struct
import sys
import time
from pathlib import Path
from typing import Any, Callable

import contract
import option_table

RULE = "-" * 50
REPORT_LIMIT = 16384
REPORT_END = b"\nRapor bitti\n"
TRANSFER_BYTES = 16 * 1024 * 1024
SIOCGIFCONF = 0x8912
INTERFACE = struct.Struct("16s4x4s16x")


class NotResolved(Exception):
    """Ad çözülemedi; metni nedenidir."""


def failed(message: str) -> bool:
    """Gösteri olmadı, ama program sürüyor."""
    contract.complain(message)
    return False


def numeric(host: str) -> bool:
    try:
        socket.getaddrinfo(host, None, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return False
    return True


def resolve(host: str, port: int, flags: int = 0) -> list[tuple]:
    """(aile, adres, tam ad) üçlüleri, yinelenenler atılmış."""
    labels = host.removesuffix(".").split(".")
    if not numeric(host) and not all(re.fullmatch(r"[A-Za-z0-9_-]{1,63}", label) for label in labels):
        raise NotResolved("ad DNS kurallarına uymuyor")
    if not numeric(host) and (labels[-1].isdigit() or len(host.removesuffix(".")) > 253):
        raise NotResolved("ad DNS kurallarına uymuyor")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    except OSError as error:
        raise NotResolved(contract.reason(error)) from error
    name = found[0][3]
    return [(family, address, name) for family, address in dict.fromkeys((row[0], row[4]) for row in found)]


def host_text(address: tuple) -> str:
    return socket.getnameinfo(address, socket.NI_NUMERICHOST | socket.NI_NUMERICSERV)[0]


def endpoint(address: tuple) -> str:
    return contract.address_text((host_text(address), address[1]))


def demo_socket(options: Any) -> bool:
    table = option_table.options(socket.AF_INET, timeout=options.timeout)
    with option_table.create(socket.AF_INET, table) as sock:
        option_table.show(sock, table, endpoint(sock.getsockname()))
        sock.bind(("127.0.0.1", 0))
        contract.say(f"\nDönen soket açık: bind'dan sonra adresi {endpoint(sock.getsockname())}")
    return True


def buffer_growth(rcvbuf: int) -> tuple[int, int]:
    """Alıcının, veri okunmadan önceki ve okunduktan sonraki SO_RCVBUF değeri."""
    with socket.socket() as listener, socket.socket() as sender:
        if rcvbuf:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, rcvbuf)
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)
        sender.connect(listener.getsockname())
        sender.setblocking(False)
        with listener.accept()[0] as receiver:
            before = receiver.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
            sent = received = 0
            while received < TRANSFER_BYTES:
                try:
                    while sent < TRANSFER_BYTES:
                        sent += sender.send(bytes(min(65536, TRANSFER_BYTES - sent)))
                except BlockingIOError:
                    pass
                received += len(receiver.recv(1024 * 1024))
            return before, receiver.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)


def demo_autotuning(_options: Any) -> bool:
    contract.say("Alıcının SO_RCVBUF değeri, 16 MiB okunurken:")
    for label, rcvbuf in (("SO_RCVBUF'a dokunulmadı", 0), ("SO_RCVBUF 65536 istendi", 65536)):
        before, after = buffer_growth(rcvbuf)
        contract.say(f"{label}: önce {before}, sonra {after} ({'büyüdü' if after > before else 'büyümedi'})")
    return True


def demo_resolve(options: Any) -> bool:
    own = socket.gethostname()
    targets = options.names or [("localhost", 80), (own, 80)]
    done = True
    for host, port in targets:
        try:
            found = resolve(host, port)
        except NotResolved as error:
            optional = not options.names and host == own
            tell = contract.say if optional else contract.complain
            tell(f"DNS çözümleme hatası: {host}: {error}")
            done = done and optional
            continue
        contract.say(f"DNS Çözümleme: {host}\n{RULE}")
        for family, address, _ in found:
            contract.say(f"Aile: {'IPv4' if family == socket.AF_INET else 'IPv6'}, Adres: {host_text(address)}, Port: {port}")
    return done


def is_loopback(address: str) -> bool:
    return address == "::1" or address.startswith("127.")


def show_own_name() -> None:
    host = socket.gethostname()
    contract.say(f"Hostname: {host}")
    try:
        found = resolve(host, 0, socket.AI_CANONNAME)
    except NotResolved as error:
        contract.say(f"FQDN: bilinmiyor\nKendi adının adresleri: çözülemedi: {error}")
        return
    name = found[0][2]
    contract.say(f"FQDN: {name}" if "." in name and not name.startswith("localhost") else f"FQDN: {host} (alan adı yok)")
    texts = [host_text(address) for _, address, _ in found]
    contract.say("Kendi adının adresleri: " + " ".join(text + " (geri döngü)" * is_loopback(text) for text in texts))


def ipv4_interfaces() -> list[str]:
    buffer = array.array("B", bytes(INTERFACE.size * 128))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        answer = fcntl.ioctl(sock, SIOCGIFCONF, struct.pack("iP", len(buffer), buffer.buffer_info()[0]))
    rows = INTERFACE.iter_unpack(buffer[: struct.unpack("iP", answer)[0]].tobytes())
    return [f"{name.rstrip(bytes(1)).decode()} {socket.inet_ntoa(address)}" for name, address in rows]


def ipv6_interfaces() -> list[str]:
    try:
        rows = [line.split() for line in Path("/proc/net/if_inet6").read_text().splitlines()]
    except OSError:
        return []
    texts = [(row[5], socket.inet_ntop(socket.AF_INET6, bytes.fromhex(row[0]))) for row in rows]
    return [f"{name} {text}{'%' + name if text.startswith('fe80') else ''}" for name, text in texts]


def show_source(label: str, family: int, elsewhere: str) -> None:
    """UDP'de connect bir şey göndermez; çekirdek yalnız yolu ve kaynak adresi seçer."""
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as sock:
            sock.connect((elsewhere, 9))
            contract.say(f"Local IP ({label}): {host_text(sock.getsockname())}")
    except OSError as error:
        contract.say(f"Local IP ({label}): yok ({error.strerror})")


def demo_local(_options: Any) -> bool:
    show_own_name()
    show_source("IPv4", socket.AF_INET, "192.0.2.1")
    show_source("IPv6", socket.AF_INET6, "2001:db8::1")
    contract.say(f"Arayüzlerin adresleri: {', '.join(ipv4_interfaces() + ipv6_interfaces())}")
    return True


def read_report(sock: socket.socket, deadline: float) -> str:
    report = b""
    while not report.endswith(REPORT_END):
        if len(report) >= REPORT_LIMIT:
            raise OSError(f"rapor çok uzun (en fazla {REPORT_LIMIT} bayt)")
        sock.settimeout(max(0.001, deadline - time.monotonic()))
        chunk = sock.recv(REPORT_LIMIT - len(report))
        if not chunk:
            raise OSError("rapor yarım kaldı")
        report += chunk
    return report.decode("utf-8")


def attempt(family: int, address: tuple, timeout: float) -> str:
    deadline = time.monotonic() + timeout
    if address[0].startswith("fe80:") and address[3] == 0:
        raise OSError("bağlantı-yerel adres arayüz adı ister (örnek: fe80::1%eth0)")
    contract.log("INFO", f"Bağlanılıyor: {endpoint(address)}")
    with socket.socket(family, socket.SOCK_STREAM) as sock:
        sock.settimeout(timeout)
        sock.connect(address)
        contract.say(f"Bağlanıldı: {endpoint(address)}, yerel adres {endpoint(sock.getsockname())}")
        return read_report(sock, deadline)


def demo_connect(options: Any) -> bool:
    where = contract.address_text((options.host, options.port))
    try:
        found = resolve(options.host, options.port)
    except NotResolved as error:
        return failed(f"Bağlanılamadı: {where}: {error}")
    why = ""
    for family, address, _ in found:
        contract.say(f"Deneniyor: {endpoint(address)}")
        try:
            report = attempt(family, address, options.timeout)
        except (OSError, UnicodeDecodeError) as error:
            why = contract.reason(error)
        else:
            contract.say("Sunucunun raporu:")
            for line in report.split("\n")[:-1]:
                contract.say(f"  {contract.escape(line)}")
            return True
        contract.say(f"Olmadı: {endpoint(address)}: {why}")
    return failed(f"Bağlanılamadı: {where}: {why}")


DEMOS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "socket": ("TCP soketi ve seçenekleri", demo_socket),
    "autotuning": ("SO_RCVBUF otomatik ayarı kapatır", demo_autotuning),
    "resolve": ("adların bütün adresleri", demo_resolve),
    "local": ("bu makinenin adı ve adresleri", demo_local),
    "connect": ("rapor veren ilk adrese bağlanmak", demo_connect),
}


def target(text: str) -> tuple[str, int]:
    """`ad`, `ad:443`, `::1`, `[::1]:443`"""
    match = re.fullmatch(r"\[([^]]*)\](?::(.*))?", text) or re.fullmatch(r"([^:]*):([^:]*)", text)
    if match is None and text.startswith("["):
        contract.usage_error(f"'{text}' olmaz; köşeli ayraç yalnız IPv6 adresini sarar")
    host, port = match.groups() if match else (text, None)
    if not host:
        contract.usage_error(f"'{text}' olmaz; adı boş")
    if port is None:
        return host, 80
    if not re.fullmatch(r"[0-9]+", port) or not 1 <= int(port) <= 65535:
        contract.usage_error(f"'{text}': port '{port}' olmaz; 1 ile 65535 arasında bir tam sayı olmalı")
    return host, int(port)


def main() -> None:
    parser = contract.client_options(port=9103, timeout=30, operands="names")
    parser.add_argument("--demo", choices=["all", "list", *DEMOS], default="all")
    options = contract.parse(parser)
    os.environ.setdefault("RES_OPTIONS", "timeout:1 attempts:2")  # glibc'nin olağanı, her ad için 10 saniyedir
    if options.names and options.demo not in ("all", "resolve"):
        contract.usage_error(f"--demo {options.demo} ad almaz; adlar resolve gösterisi içindir")
    options.names = [target(text) for text in options.names]
    if options.demo == "list":
        for name, (about, _) in DEMOS.items():
            contract.say(f"{name:12} {about}")
        contract.finish()
    done = True
    for name, (about, run) in DEMOS.items():
        if options.demo in ("all", name):
            contract.say(f"[{name}] {about}")
            done = run(options) and done
            if name not in (options.demo, "connect"):
                contract.say()
    if not done:
        sys.exit(1)
    contract.finish()


if __name__ == "__main__":
    main()
