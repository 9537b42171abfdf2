"""Ders 14'ün sunucusunun Python eşi: süresi istenen, istenince bırakılan işler."""

from __future__ import annotations

import argparse
import asyncio
import re
import socket
import time

import contract
import loops
import slow
import streams


class Clerk(slow.Server):
    active = 0
    most = 0
    dropped = 0

    def __init__(self, listener: socket.socket, stop: loops.LoopStop, options: argparse.Namespace) -> None:
        super().__init__(listener, stop, options)
        self.ahead: dict[slow.Client, asyncio.Task[str | None]] = {}

    async def converse(self, client: slow.Client) -> None:
        try:
            while (request := await self.next_line(client)) is not None:
                if self.options.verbose:
                    contract.log("INFO", f"[{client.peer}] İstek: {request[:200]}")
                await client.say(await self.answer(client, request.strip()))
        finally:
            self.ahead.pop(client, None)

    async def next_line(self, client: slow.Client) -> str | None:
        """İş sürerken okunmuş satır, yoksa sıradaki."""
        if client in self.ahead:
            return self.ahead.pop(client).result()
        return await client.line()

    async def answer(self, client: slow.Client, request: str) -> str:
        if request == "durum":
            return f"süren {self.active}, aynı anda en çok {self.most}, bırakılan {self.dropped}"
        withdrawal = re.fullmatch(r"vazgeç(?: +([^ ]+))?", request)
        wanted = slow.parse_wait(re.sub("^hata ", "bekle ", request), self.options.max_delay)
        seconds = slow.parse_seconds(withdrawal[1] or "0") if withdrawal else wanted.seconds if wanted else None
        if seconds is None:
            return slow.UNKNOWN
        if seconds > self.options.max_delay:
            return slow.too_long(self.options.max_delay)
        finished = await self.work(client, seconds)
        if wanted is None:
            return "vazgeçildi"
        if not finished:
            return f"{wanted.name} bırakıldı"
        return f"HATA: {wanted.name} bir hata verdi!" if request.startswith("hata") else f"{wanted.name} tamamlandı"

    async def work(self, client: slow.Client, seconds: float) -> bool:
        """O kadar çalışır; sıradaki satır `vazgeç` olursa yarıda bırakır (False)."""
        due = time.monotonic() + seconds
        if due > self.stop.deadline:
            raise contract.Stopping
        client.due = due
        self.active += 1
        self.most = max(self.most, self.active)
        ear = asyncio.ensure_future(self.listen_ahead(client))
        pause = asyncio.ensure_future(asyncio.sleep(seconds))
        try:
            await asyncio.wait({ear, pause}, return_when=asyncio.FIRST_COMPLETED)
            if not pause.done() and not self.is_over(ear):
                await pause
            finished = pause.done()
        finally:
            self.active -= 1
            client.due = float("-inf")
            pause.cancel()
            ear.cancel()
            await asyncio.wait({ear, pause})
        if not ear.cancelled():
            self.ahead[client] = ear
        self.dropped += not finished
        return finished

    @staticmethod
    async def listen_ahead(client: slow.Client) -> str | None:
        while (line := client.lines.next()) is None and not client.ended:
            chunk = await client.reader.read(streams.READ_SIZE)
            client.ended = not chunk
            client.lines.add(chunk)
        if line is None:
            line, client.lines = client.lines.last(), slow.Lines()
        return line

    @staticmethod
    def is_over(ear: asyncio.Task[str | None]) -> bool:
        """Okunan satır vazgeçiş mi, ya da karşı taraf gitti mi? (Gittiyse hatası burada çıkar.)"""
        error = ear.exception()
        if isinstance(error, OSError) and not isinstance(error, streams.LineTooLong):
            raise error
        line = None if error else ear.result()
        return bool(line and re.fullmatch(r"vazgeç(?: +[0-9.]+)?", line.strip()))


slow.serve(Clerk, contract.parse(slow.server_options(port=9114)))
