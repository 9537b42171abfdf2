"""Ders 13'ün sunucusunun Python eşi: istenen süre kadar sonra yanıt veren satırlar, iki arka uçtan birinde."""

from __future__ import annotations

import asyncio
import selectors

import contract
import slow

SELECTORS = {"epoll": selectors.EpollSelector, "poll": selectors.PollSelector}


class Clerk(slow.Server):
    active = 0
    most = 0

    async def answer(self, client: slow.Client, request: str) -> str:
        wanted = slow.parse_wait(request, self.options.max_delay)
        if wanted is not None:
            return wanted.error or await self.work(client, wanted)
        if request.strip() == "durum":
            return f"süren {self.active}, aynı anda en çok {self.most}"
        return slow.UNKNOWN

    async def work(self, client: slow.Client, wanted: slow.Wait) -> str:
        self.active += 1
        self.most = max(self.most, self.active)
        try:
            await client.sleep(wanted.seconds)
        finally:
            self.active -= 1
        return f"{wanted.name} tamamlandı"


class Policy(asyncio.DefaultEventLoopPolicy):
    """Yeni döngünün seçicisini seçen politika."""

    def __init__(self, backend: str) -> None:
        super().__init__()
        self.backend = backend

    def new_event_loop(self) -> asyncio.AbstractEventLoop:
        return asyncio.SelectorEventLoop(SELECTORS[self.backend]())


def main() -> None:
    parser = slow.server_options(port=9113)
    parser.add_argument("--backend", choices=list(SELECTORS), default="epoll")
    options = contract.parse(parser)
    asyncio.set_event_loop_policy(Policy(options.backend))
    slow.serve(Clerk, options)


if __name__ == "__main__":
    main()
