"""Kaydeden vekil sunucunun JSON'undan Mermaid sıra diyagramı.

Aynı konuşma her koşuda aynı diyagramı verir: bir yönde art arda gelen parçalar önce birleştirilir, sonra mesajlara
bölünür (satırlı akışta her satır, HTTP'de başlık ve gövde, UDP'de her datagram bir oktur). TCP'nin parça sınırları
böylece görünmez olur.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

MAX_TEXT = 60
MAX_CONNECTIONS = 6
STREAM_END = "akış sonu (FIN)"

HTTP_FIRST_LINE = re.compile(rb"(?:[A-Z]+ \S+ HTTP/1\.[01]|HTTP/1\.[01] \d{3}[^\r\n]*)\r?\n")
HTTP_HEAD_END = re.compile(rb"\r?\n\r?\n")
CLIENT_LABEL = re.compile(r"\bistemci\d*\b")
WAY = re.compile(r"\s*(\w+)-[->x)]+(\w+)$")
"""Bir okun göndereni ve alanı."""

Mask = Callable[[str], str]


@dataclass
class Step:
    """Diyagramda bir ok ya da bir not; data'da art arda gelen parçalar birleşmiştir."""

    connection: int
    sender: str
    kind: str
    data: bytes = b""


def render(recording: dict, mask: Mask = lambda text: text, unordered: bool = False) -> str:
    """Kaydı Mermaid metnine çevirir. unordered: bağlantıların birbirine göre sırası rastgele, bağlantı bağlantı yaz."""
    datagrams = recording["transport"] == "udp"
    steps = merge(recording["events"], datagrams)
    connections = sorted({step.connection for step in steps})
    if unordered:
        steps.sort(key=lambda step: connections.index(step.connection))
    names = {number: f"istemci{order}" for order, number in enumerate(connections, 1)}
    if len(connections) == 1:
        names = {connections[0]: "istemci"}
    shown = connections[:MAX_CONNECTIONS]
    lines = ["sequenceDiagram"]
    for number in shown:
        order = names[number].removeprefix("istemci")
        lines.append(f"    participant {names[number]}" + (f" as istemci {order}" if order else ""))
    lines.append("    participant sunucu")
    for step in steps:
        if step.connection in shown:
            lines += (f"    {arrow}" for arrow in arrows(step, names[step.connection], datagrams, mask))
    if hidden := len(connections) - len(shown):
        lines.append(f"    Note over sunucu: {hidden} bağlantı daha var, aynı biçimde sürer")
    return "\n".join(lines)


def same(shown: str, real: str, unordered: bool = False) -> bool:
    """İki diyagram aynı konuşmayı mı anlatıyor?

    Ayrı bağlantıların okları birbirine göre yer değiştirebilir. Bir tarafın akış sonu da öteki tarafın mesajıyla yolda
    karşılaşabilir; bu yüzden akış sonunun yerine yalnız onu gönderenin kendi okları arasında bakılır.
    """
    return comparable(shown, unordered) == comparable(real, unordered)


def comparable(text: str, unordered: bool) -> dict[str, list[str]]:
    lines = text.splitlines()
    if unordered:
        return {"": sorted(lines)}
    found: dict[str, list[str]] = {"": []}
    for line in lines:
        head = line.partition(":")[0]
        client = CLIENT_LABEL.search(head)
        if not line.endswith(STREAM_END):
            found.setdefault(client[0] if client else "", []).append(line)
        way = WAY.match(head)
        if way:
            found.setdefault(f"{way[1]} > {way[2]}", []).append(line)
    return found


def merge(events: list[dict], datagrams: bool) -> list[Step]:
    """Bir bağlantıda aynı yönde art arda gelen parçaları tek adımda toplar; datagramlar ayrı kalır.

    Araya başka bir bağlantı girdiyse satırı tamamlanmış adım uzatılmaz: yoksa sonraki sözü, nedeninden önce görünürdü.
    """
    steps: list[Step] = []
    last: dict[int, Step] = {}
    for event in events:
        step = Step(event["connection"], event["from"], event["kind"], base64.b64decode(event.get("data", "")))
        previous = last.get(step.connection)
        if (
            previous is not None
            and not datagrams
            and (previous.kind, previous.sender) == (step.kind, step.sender) == ("data", step.sender)
            and (previous is steps[-1] or not previous.data.endswith(b"\n"))
        ):
            previous.data += step.data
            continue
        steps.append(step)
        last[step.connection] = step
    return steps


def arrows(step: Step, client: str, datagrams: bool, mask: Mask) -> Iterator[str]:
    ends = (client, "sunucu") if step.sender == "client" else ("sunucu", client)
    if step.kind == "open":
        if not datagrams:
            yield f"{client}-->>sunucu: bağlantı kuruldu"
    elif step.kind == "eof":
        yield f"{ends[0]}--x{ends[1]}: {STREAM_END}"
    elif step.kind == "reset":
        yield f"{ends[0]}--x{ends[1]}: sıfırlama (RST)"
    elif datagrams:
        yield f"{ends[0]}->>{ends[1]}: {describe(step.data, mask)}"
    else:
        for message in messages(step.data, mask):
            yield f"{ends[0]}->>{ends[1]}: {message}"


def messages(data: bytes, mask: Mask) -> Iterator[str]:
    """Birleşmiş akışı mesajlara böler."""
    first_line = HTTP_FIRST_LINE.match(data)
    end = HTTP_HEAD_END.search(data)
    if first_line and end:
        line = quote(mask(first_line[0].decode("latin-1").strip()))
        yield f"{line} ve başlıklar ({end.end()} bayt)"
        data = data[end.end() :]
        if data:
            yield "gövde: " + describe(data, mask)
        return
    for line in re.findall(rb"[^\n]*\n|[^\n]+", data):
        yield describe(line, mask)


def describe(data: bytes, mask: Mask) -> str:
    """Bir mesajın okun üstünde duran hâli: tırnak içinde metni ve bayt sayısı."""
    if not data:
        return "boş (0 bayt)"
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        start = " ".join(f"{byte:02x}" for byte in data[:8])
        return f"{start}{' …' if len(data) > 8 else ''} ({len(data)} bayt)"
    masked = mask(text)
    # Maskelenen bir sayının basamağı koşudan koşuya değişebilir; o zaman bayt sayısı yazılmaz.
    count = f" ({len(data)} bayt)" if masked == text else ""
    return quote(masked) + count


def quote(text: str) -> str:
    shown, used = "", 0
    for character in text:
        escaped = escape(character)
        used += len(escaped)
        if used > MAX_TEXT:
            shown += "…"
            break
        shown += escaped
    return "".join(MERMAID_ESCAPES.get(character, character) for character in f'"{shown}"')


ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}
MERMAID_ESCAPES = {";": "#59;", "#": "#35;", "<": "#lt;", ">": "#gt;", "&": "#amp;"}


def escape(character: str) -> str:
    if character in ESCAPES:
        return ESCAPES[character]
    return character if character.isprintable() else f"\\x{ord(character):02x}"
