"""Ders 11'in sunucusunun Python eşi: istenen süre kadar sonra, satırla ya da HTTP ile yanıt."""

from __future__ import annotations

import errno
import json
import re
import time

import contract
import slow
import streams

HEAD_LIMIT = 16384
FIELDS_MOST = 100
POSTS = 100
TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
REASONS = {
    200: ("OK", ""),
    400: ("Bad Request", "İstek anlaşılmadı\n"),
    404: ("Not Found", "Böyle bir sayfa yok\n"),
    405: ("Method Not Allowed", "Yalnız GET ve HEAD\n"),
    408: ("Request Timeout", "Başlığın sonu gelmedi\n"),
    431: ("Request Header Fields Too Large", "Başlık çok uzun\n"),
    505: ("HTTP Version Not Supported", "Yalnız HTTP/1.0 ve HTTP/1.1\n"),
}
TITLES = ("Sıra kimdeyse o konuşur", "Görevler sırayla değil birlikte bekler", "Çayı koyup kitabı açmak")
BODIES = ("Beklerken başka iş yapmak, işin süresini değil ömrünü uzatır.", "Yanıt, soru sorulunca değil, hazır olunca gelir.")


class Broken(Exception):
    """Başlık anlaşılamadı: bu durum koduyla yanıtlanır, bağlantı kapanır."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Request:
    """Bir isteğin başlığı; yanlışı durum koduna döner."""

    def __init__(self, first: str, fields: list[str], max_delay: float) -> None:
        match = re.fullmatch(rf"({TOKEN}) ([!-~]+) HTTP/([0-9])\.([0-9])", first)
        if match is None:
            raise Broken(400)
        if match[3] != "1":
            raise Broken(505)
        self.method, self.version = match[1], match[4]
        self.keep_alive = self.version != "0"
        self.delay = 0.0
        self.post = 0
        self._read_fields(fields)
        self.status = self._find(match[2], max_delay)

    def _read_fields(self, lines: list[str]) -> None:
        fields: dict[str, list[str]] = {}
        for line in lines:
            match = re.fullmatch(rf"({TOKEN}):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*?)[ \t]*", line)
            if match is None:
                raise Broken(400)
            fields.setdefault(match[1].lower(), []).append(match[2])
        hosts, lengths = len(fields.get("host", [])), fields.get("content-length", [])
        coded = "transfer-encoding" in fields
        if hosts > 1 or (hosts == 0 and self.version != "0") or len(lengths) > 1:
            raise Broken(400)
        if lengths and not re.fullmatch("[0-9]{1,18}", lengths[0]) or coded and (lengths or self.version == "0"):
            raise Broken(400)
        if coded or (lengths and int(lengths[0]) > 0):
            self.keep_alive = False  # gövde okunmaz
        options = ",".join(fields.get("connection", [])).lower().split(",")
        self.keep_alive &= "close" not in (option.strip(" \t") for option in options)

    def _find(self, target: str, max_delay: float) -> int:
        target = re.sub("^http://[^/]*", "", target)
        if not target.startswith("/") and target != "*":
            raise Broken(400)
        path, _, query = target.partition("?")
        number = re.fullmatch("/posts/([1-9][0-9]{0,2})", path)
        self.post = int(number[1]) if number else 0
        if self.method not in ("GET", "HEAD"):
            return 405
        if not 1 <= self.post <= POSTS:
            return 404
        for pair in query.split("&"):
            if pair.startswith("delay="):
                delay = slow.parse_seconds(pair[len("delay=") :])
                if delay is None or delay > max_delay:
                    return 400
                self.delay = delay
        return 200


def post(number: int) -> str:
    content = {
        "userId": (number - 1) // 10 + 1,
        "id": number,
        "title": TITLES[number % len(TITLES)],
        "body": BODIES[number % len(BODIES)],
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def response(status: int, body: str, keep_alive: bool, head_only: bool) -> bytes:
    kind = "application/json" if status == 200 else "text/plain"
    head = f"HTTP/1.1 {status} {REASONS[status][0]}\r\nContent-Type: {kind}; charset=utf-8\r\n"
    head += f"Content-Length: {len(body.encode())}\r\n"
    head += "Allow: GET, HEAD\r\n" if status == 405 else ""
    head += "" if keep_alive else "Connection: close\r\n"
    return f"{head}\r\n{'' if head_only else body}".encode()


class Desk(slow.Server):
    in_flight = 0

    async def answer(self, client: slow.Client, request: str) -> str:
        wanted = slow.parse_wait(request, self.options.max_delay)
        if wanted is None or wanted.error:
            return wanted.error if wanted else slow.UNKNOWN
        await self.work(client, wanted.seconds, request)
        return f"{wanted.name} tamamlandı"

    async def work(self, client: slow.Client, seconds: float, request: str) -> None:
        self.in_flight += 1
        try:
            if self.options.verbose:
                shown = contract.escape(request.strip()[:200])
                contract.log("INFO", f"[{client.peer}] İstek: {shown} (süren: {self.in_flight})")
            await client.sleep(seconds)
        finally:
            self.in_flight -= 1

    async def converse(self, client: slow.Client) -> None:
        """İlk satır dili belirler."""
        line = await client.line()
        if line is not None and re.match(r"[A-Z].* HTTP/", line, re.DOTALL):
            await self.converse_http(client, line)
            return
        while line is not None:
            await client.say(await self.answer(client, line))
            line = await client.line()

    async def converse_http(self, client: slow.Client, first: str) -> None:
        try:
            line: str | None = first
            while line is not None and (not line or await self.exchange(client, line)):  # boş satır atlanır
                client.lines.limit_to(HEAD_LIMIT)
                line = await client.line()
        except (Broken, streams.LineTooLong, UnicodeDecodeError) as error:
            status = 431 if isinstance(error, streams.LineTooLong) else getattr(error, "status", 400)
            await client.send(response(status, REASONS[status][1], False, False))

    async def exchange(self, client: slow.Client, first: str) -> bool:
        """Bir istek ve yanıtı; bağlantı sürüyor mu?"""
        request = Request(first, await self.read_fields(client, first), self.options.max_delay)
        found = request.status == 200
        await self.work(client, request.delay if found else 0.0, first)
        body = post(request.post) if found else REASONS[request.status][1]
        await client.send(response(request.status, body, request.keep_alive, request.method == "HEAD"))
        return request.keep_alive

    async def read_fields(self, client: slow.Client, first: str) -> list[str]:
        """Başlığın kalanı, boş satıra dek; sınırları aşarsa Broken."""
        deadline = time.monotonic() + self.options.head_timeout
        fields: list[str] = []
        left = HEAD_LIMIT - len(first.encode()) - 4
        while left >= 0 and len(fields) <= FIELDS_MOST:
            client.lines.limit_to(left)
            line = client.lines.next()
            if line is None:
                await self.read_more(client, deadline)
            elif not line:
                return fields
            else:
                fields.append(line)
                left -= len(line.encode()) + 2
        raise Broken(431)

    @staticmethod
    async def read_more(client: slow.Client, deadline: float) -> None:
        try:
            chunk = await client.receive(max(0.0, deadline - time.monotonic()))
        except TimeoutError:
            raise Broken(408) from None
        if not chunk:
            raise OSError(errno.ENODATA, "akış sonu")
        client.lines.add(chunk)


def main() -> None:
    parser = slow.server_options(port=9111)
    parser.add_argument("--head-timeout", type=contract.seconds, default=10.0)
    slow.serve(Desk, contract.parse(parser))


if __name__ == "__main__":
    main()
