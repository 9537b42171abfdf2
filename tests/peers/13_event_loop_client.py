"""Ders 13'ün istemcisinin Python eşi: olay döngüsünün kendisi."""

from __future__ import annotations

import argparse
import asyncio
import logging
import re
import selectors
import signal
import threading
import time
from typing import Any, Awaitable, Callable, Coroutine

import contract
import slow

BEAT, SLOW, LIMIT = 0.4, 0.2, 0.1
SELECTORS = {"epoll": selectors.EpollSelector, "poll": selectors.PollSelector}


class Loop(asyncio.SelectorEventLoop):
    """Arka ucunun adını bilen döngü."""

    def __init__(self, backend: str) -> None:
        super().__init__(SELECTORS[backend]())
        self.backend = backend


def usual() -> Loop:
    return Loop("epoll")


def custom(backend: str) -> Callable[[], Loop]:
    """Belgenin özel politikasının new_event_loop'u."""

    def new_event_loop() -> Loop:
        contract.say("Yeni event loop oluşturuldu")
        return Loop(backend)

    return new_event_loop


def run_on(new_event_loop: Callable[[], Loop], main: Coroutine[Any, Any, Any]) -> Any:
    """asyncio.run, verilen döngüde."""
    loop = new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        return loop.run_until_complete(main)
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        asyncio.set_event_loop(None)
        loop.close()


def backend_of_running() -> str:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, Loop)
    return loop.backend


class Remote:
    """Sunucuya bekletmek: bir bağlantı, üstünde `bekle` istekleri."""

    def __init__(self, options: argparse.Namespace, connection: slow.Connection) -> None:
        self.options, self.connection = options, connection

    @classmethod
    async def open(cls, options: argparse.Namespace) -> Remote:
        return cls(options, await slow.connect(options))

    async def wait(self, seconds: float, name: str, exact: bool = False) -> str:
        seconds *= 1 if exact else self.options.scale
        answer = await self.connection.ask(f"bekle {seconds:g} {name}", seconds + self.options.timeout)
        if answer != f"{name} tamamlandı":
            raise slow.Failed("Yanıt yanlış", self.connection.address, contract.escape(answer))
        return answer

    def close(self) -> None:
        self.connection.writer.transport.abort()


async def wait_once(options: argparse.Namespace, seconds: float, name: str, exact: bool = False) -> str:
    remote = await Remote.open(options)
    try:
        return await remote.wait(seconds, name, exact)
    finally:
        remote.close()


async def info(options: argparse.Namespace) -> None:
    loop = asyncio.get_running_loop()
    contract.say(f"Loop tipi: {backend_of_running()}")
    contract.say(f"Running: {loop.is_running()}")
    contract.say(f"Closed: {loop.is_closed()}")
    contract.say(f"Debug mode: {loop.get_debug()}")


async def callback(options: argparse.Namespace) -> None:
    future = asyncio.get_running_loop().create_future()

    def shown(done: asyncio.Future[str]) -> None:
        failed = done.exception()
        contract.say(f"Callback çağrıldı! Hata: {failed.why}" if isinstance(failed, slow.Failed) else f"Callback çağrıldı! Sonuç: {done.result()}")

    async def set_result_later() -> None:
        try:
            future.set_result(await wait_once(options, 1, "Callback"))
        except slow.Failed as failure:
            future.set_exception(failure)

    future.add_done_callback(shown)
    setter = asyncio.ensure_future(set_result_later())
    try:
        contract.say(f"Sonuç: {await future}")
    finally:
        await setter


async def scheduling(options: argparse.Namespace) -> None:
    loop = asyncio.get_running_loop()
    remote = await Remote.open(options)
    began = loop.time()

    def scheduled(name: str) -> None:
        contract.say(f"[{loop.time() - began:.2f}] {name} çağrıldı")

    handles = [
        loop.call_soon(scheduled, "call_soon"),
        loop.call_later(1 * options.scale, scheduled, "call_later (1s)"),
        loop.call_later(2 * options.scale, scheduled, "call_later (2s)"),
        loop.call_at(began + 3 * options.scale, scheduled, "call_at (3s)"),
    ]
    try:
        await remote.wait(4, "Scheduling")
    finally:
        for handle in handles:
            handle.cancel()
        remote.close()


class LoopThread:
    """Kendi iş parçacığında bir döngü; bitişi, başlatanın döngüsüne haber verilir."""

    def __init__(self, name: str, new_event_loop: Callable[[], Loop], main: Coroutine[Any, Any, Any]) -> None:
        self.home = asyncio.get_running_loop()
        self.ended = self.home.create_future()
        self.new_event_loop, self.main = new_event_loop, main
        self.thread = threading.Thread(target=self._run, name=name)
        self.thread.start()

    def _run(self) -> None:
        try:
            result, failure = run_on(self.new_event_loop, self.main), None
        except Exception as error:
            result, failure = None, error
        if failure is None:
            self.home.call_soon_threadsafe(self.ended.set_result, result)
        else:
            self.home.call_soon_threadsafe(self.ended.set_exception, failure)

    async def wait(self) -> Any:
        try:
            return await self.ended
        finally:
            self.thread.join()


async def policy(options: argparse.Namespace) -> None:
    async def ask(name: str) -> None:
        contract.say(f"Loop tipi: {backend_of_running()}")
        contract.say(f"Sonuç: {await wait_once(options, 0.5, name)}")

    for name in SELECTORS:
        await LoopThread("PolicyThread", custom(name), ask(name)).wait()


async def signals(options: argparse.Namespace) -> None:
    loop = asyncio.get_running_loop()
    numbers = (signal.SIGINT, signal.SIGTERM)
    remote = await Remote.open(options)

    async def work() -> None:
        try:
            while True:
                await remote.wait(1, "İş")
                contract.say("Çalışıyor...")
        except asyncio.CancelledError:
            contract.say("Task iptal edildi")
            raise

    def handle(number: signal.Signals) -> None:
        for each in numbers:
            loop.remove_signal_handler(each)  # ikincisi programı bitirir
            signal.signal(each, signal.SIG_DFL)
        contract.say(f"\nSignal alındı: {number.name}")
        contract.say("Temiz kapanış yapılıyor...")
        stopping.set()

    stopping = asyncio.Event()
    worker = asyncio.ensure_future(work())
    for number in numbers:
        loop.add_signal_handler(number, handle, number)
    contract.say("Ctrl+C ile programı durdurun...")
    stopped = asyncio.ensure_future(stopping.wait())
    await asyncio.wait({worker, stopped}, return_when=asyncio.FIRST_COMPLETED)
    while stopping.is_set() and not worker.done():  # 3.11'in wait_for'u, yanıtla aynı anda gelen iptali yutabilir
        worker.cancel()
        await asyncio.wait({worker}, timeout=0.1)
    stopped.cancel()
    for number in numbers:
        loop.remove_signal_handler(number)
    remote.close()
    if not worker.cancelled():
        worker.result()


def thread_name() -> str:
    return threading.current_thread().name


async def threads(options: argparse.Namespace) -> None:
    contract.say(f"Ana thread: {thread_name()}")
    heart = await Remote.open(options)
    beats, stopping = 0, False

    async def beat() -> None:
        nonlocal beats
        await heart.wait(BEAT, "Nabız")
        while not stopping:  # yoldaki yanıttan sonra başka istek gönderilmez
            beats += 1
            contract.say(f"Nabız {beats}")
            await heart.wait(BEAT, "Nabız")

    async def async_task_in_thread() -> str:
        contract.say(f"Async task çalışıyor (thread: {thread_name()})")
        return await wait_once(options, 1, "Thread")

    task = asyncio.ensure_future(beat())
    await asyncio.sleep(0)
    try:
        thread = LoopThread("AsyncThread", usual, async_task_in_thread())
        if options.join:
            thread.thread.join()
        else:
            await asyncio.wait({thread.ended})
        contract.say(f"Thread çalışırken nabız: {beats}")
        contract.say(f"Thread'den sonuç: {await thread.wait()}")
        stopping = True
        await task
    finally:
        while not task.done():  # 3.11'in wait_for'u, yanıtla aynı anda gelen iptali yutabilir
            task.cancel()
            await asyncio.wait({task}, timeout=0.1)
        if not task.cancelled():
            task.exception()
        heart.close()


class SlowCallbacks(logging.Handler):
    """asyncio'nun uyarısını bu programın loguna çevirir."""

    def emit(self, record: logging.LogRecord) -> None:
        if isinstance(record.args, tuple) and len(record.args) == 2:
            name = re.search(r"name='([^']*)'|(\w+)\(", str(record.args[0]))
            shown = (name[1] or name[2]) if name else "geri çağrı"
            contract.log("WARNING", f"{shown} döngüyü {float(str(record.args[1])) * 1000:.0f} ms bekletti")


async def monitoring(options: argparse.Namespace) -> None:
    loop = asyncio.get_running_loop()
    before = loop.get_debug()
    loop.set_debug(True)
    loop.slow_callback_duration = LIMIT
    contract.say(f"Debug mode: {loop.get_debug()}")

    async def slow_task() -> None:
        await wait_once(options, SLOW, "slow_task", exact=True)

    async def blocking_task() -> None:
        time.sleep(SLOW)

    def blocking_callback(finished: asyncio.Future[None]) -> None:
        time.sleep(SLOW)
        finished.set_result(None)

    await asyncio.create_task(slow_task(), name="slow_task")
    contract.say(f"slow_task: {SLOW:g} saniye bekledi")
    await asyncio.create_task(blocking_task(), name="blocking_task")
    contract.say(f"blocking_task: {SLOW:g} saniye bloke etti")
    finished = loop.create_future()
    loop.call_soon(blocking_callback, finished)
    await finished
    contract.say(f"blocking_callback: {SLOW:g} saniye bloke etti")
    loop.set_debug(before)


DEMOS: dict[str, tuple[str, Callable[[argparse.Namespace], Awaitable[None]]]] = {
    "info": ("Event Loop Info", info),
    "callback": ("Callback Example", callback),
    "scheduling": ("Scheduling Example", scheduling),
    "policy": ("Custom Event Loop Policy", policy),
    "signals": ("Signal Handler Example", signals),
    "threading": ("Threading Example", threads),
    "monitoring": ("Performance Monitoring", monitoring),
}


async def run(options: argparse.Namespace) -> None:
    for order, name in enumerate(options.demos or [name for name in DEMOS if name != "signals"]):
        heading, demo = DEMOS[name]
        contract.say(f"{chr(10) if order else ''}=== {heading} ===")
        await demo(options)


def main() -> None:
    parser = contract.client_options(port=9113, timeout=10, operands="demos")
    parser.add_argument("--scale", type=contract.seconds, default=1.0)
    parser.add_argument("--backend", choices=list(SELECTORS))
    parser.add_argument("--join", action="store_true")
    options = contract.parse(parser)
    for name in options.demos:
        if name not in DEMOS:
            contract.usage_error(f"'{name}' diye bir gösteri yok; olanlar: {', '.join(DEMOS)}")
    logging.getLogger("asyncio").addHandler(SlowCallbacks())
    logging.getLogger("asyncio").propagate = False
    try:
        run_on(custom(options.backend) if options.backend else usual, run(options))
    except slow.Failed as failure:
        contract.fail(str(failure))
    contract.finish()


if __name__ == "__main__":
    main()
