"""runtime.c'nin işlerinden asyncio'da karşılığı olanlar: aynı seçenekler, aynı satır."""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable

TASKS = 100
WARM_SHARE = 10


async def yield_in_turn(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def repeat_yield(count: int) -> None:
    each, rest = divmod(count, TASKS)
    await asyncio.gather(*[asyncio.create_task(yield_in_turn(each + (i < rest))) for i in range(TASKS)])


async def nothing() -> None:
    pass


async def repeat_create(count: int) -> None:
    for _ in range(count):
        await asyncio.create_task(nothing())


WORKS: dict[str, Callable[[int], Awaitable[None]]] = {"yield": repeat_yield, "create": repeat_create}


async def measure(name: str, count: int) -> None:
    await WORKS[name](count // WARM_SHARE + 1)
    began = time.process_time_ns()
    await WORKS[name](count)
    print(f"bitti {count} {time.process_time_ns() - began}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="Bir işi asyncio ile tekrarlar, harcadığı işlemci süresini yazar.")
    parser.add_argument("--work", choices=WORKS, default="yield")
    parser.add_argument("--count", type=int, default=100_000)
    options = parser.parse_args()
    asyncio.run(measure(options.work, options.count))


if __name__ == "__main__":
    main()
