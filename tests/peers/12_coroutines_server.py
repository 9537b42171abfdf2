"""Ders 12'nin sunucusunun Python eşi: süresi istenen işler, kayıtlar, sayma; aynı anda kaç işin sürdüğü."""

from __future__ import annotations

import json
import re
from typing import Awaitable, Callable

import contract
import slow

RECORD_SECONDS = 0.5
VALUE_SECONDS = 0.1
INTEGER = re.compile("-?[0-9]{1,9}")
POSTS = [{"id": 1, "title": "Post 1"}, {"id": 2, "title": "Post 2"}]


class Misunderstood(Exception):
    """İstek anlaşılmadı."""


class Refused(Exception):
    """İstek anlaşıldı ama yapılmayacak; metni yanıttır."""


def number(word: str, lowest: int) -> int:
    if not INTEGER.fullmatch(word) or (word.startswith("-") and lowest >= 0) or int(word) < lowest:
        raise Misunderstood
    return int(word)


def seconds(words: list[str], usual: float) -> float:
    """İsteğin sonundaki, yazılmayabilen süre."""
    wanted = slow.parse_seconds(words[0]) if words else usual
    if len(words) > 1 or wanted is None:
        raise Misunderstood
    return wanted


class Clerk(slow.Server):
    active = 0
    most = 0

    async def answer(self, client: slow.Client, request: str) -> str:
        verbs: dict[str, Callable[[slow.Client, list[str]], Awaitable[str]]] = {
            "işle": self.process, "kullanıcı": self.user, "gönderiler": self.posts, "say": self.count,
            "durum": self.status,
        }  # fmt: skip
        verb, *words = [word for word in request.strip().split(" ") if word] or [""]
        try:
            if verb == "bekle":
                return await self.wait(client, request)
            if verb not in verbs:
                raise Misunderstood
            return await verbs[verb](client, words)
        except Misunderstood:
            return slow.UNKNOWN
        except Refused as refusal:
            return str(refusal)

    async def work(self, client: slow.Client, wanted: float) -> None:
        if wanted > self.options.max_delay:
            raise Refused(slow.too_long(self.options.max_delay))
        self.active += 1
        self.most = max(self.most, self.active)
        try:
            await client.sleep(wanted)
        finally:
            self.active -= 1

    async def wait(self, client: slow.Client, request: str) -> str:
        wanted = slow.parse_wait(request, self.options.max_delay)
        if wanted is None:
            raise Misunderstood
        await self.work(client, wanted.seconds)
        return f"{wanted.name} tamamlandı"

    async def process(self, client: slow.Client, words: list[str]) -> str:
        if len(words) != 2:
            raise Misunderstood
        await self.work(client, seconds(words[1:], 0))
        return f"{words[0]} işlendi"

    async def user(self, client: slow.Client, words: list[str]) -> str:
        user = number(words[0] if words else "", 0)
        await self.work(client, seconds(words[1:], RECORD_SECONDS))
        return json.dumps({"id": user, "name": f"User-{user}"})

    async def posts(self, client: slow.Client, words: list[str]) -> str:
        number(words[0] if words else "", 0)
        await self.work(client, seconds(words[1:], RECORD_SECONDS))
        return json.dumps(POSTS)

    async def count(self, client: slow.Client, words: list[str]) -> str:
        if len(words) < 3:
            raise Misunderstood
        lowest = -999999999
        start, stop, step = number(words[0], lowest), number(words[1], lowest), number(words[2], 1)
        pause = seconds(words[3:], VALUE_SECONDS)
        for value in range(start, stop, step):
            await self.work(client, pause)
            await client.say(str(value))
        return "bitti"

    async def status(self, client: slow.Client, words: list[str]) -> str:
        if words:
            raise Misunderstood
        return f"süren {self.active}, aynı anda en çok {self.most}"


slow.serve(Clerk, contract.parse(slow.server_options(port=9112)))
