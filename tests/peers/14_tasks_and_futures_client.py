"""Ders 14'ün istemcisinin Python eşi: görevin ömrü, iptali, grubu; gelecek nesnesi."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import time
from dataclasses import dataclass, field
from typing import Any, Awaitable, Callable, Coroutine

import contract
import slow

PROTOCOL = "protokole aykırı"
WITHDRAWN = "vazgeçildi"
FAREWELL_SECONDS = 1.0
PARTS = 4000
PART_SECONDS = 0.00025


class RemoteError(Exception):
    """Sunucunun `HATA: ` yanıtı; metni gerisidir."""


class Session:
    """Gösterilerin ortak yarısı: seçenekler ve sormak."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.where = contract.address_text((options.host, options.port))

    def scaled(self, seconds: float) -> float:
        return seconds * self.options.scale

    def failed(self, why: str) -> slow.Failed:
        return slow.Failed("Yanıt alınamadı", self.where, why)

    async def send(self, connection: slow.Connection, request: str, seconds: float) -> str:
        return contract.escape(await connection.ask(request, self.scaled(seconds) + self.options.timeout))

    async def ask(self, connection: slow.Connection, verb: str, seconds: float, name: str) -> None:
        reply = await self.send(connection, f"{verb} {self.scaled(seconds):g} {name}", seconds)
        if reply.startswith("HATA: "):
            raise RemoteError(reply[len("HATA: ") :])
        if reply != f"{name} tamamlandı":
            raise self.failed(PROTOCOL)

    async def work(self, name: str, seconds: float, verb: str = "bekle") -> None:
        """Kendi bağlantısından tek istek."""
        with await slow.connect(self.options) as connection:
            await self.ask(connection, verb, seconds, name)

    async def withdraw(self, connection: slow.Connection, seconds: float) -> None:
        reply = await self.send(connection, f"vazgeç {self.scaled(seconds):g}", seconds)
        if reply != WITHDRAWN:
            reply = contract.escape(await asyncio.wait_for(connection._reply(), self.options.timeout))
        if reply != WITHDRAWN:
            raise self.failed(PROTOCOL)


@dataclass
class Job:
    """İzlenen görev; sonucu ya da olmayışının nedeni `result`ta durur."""

    session: Session
    name: str
    seconds: float
    decimals: int = 1
    verb: str = "bekle"
    result: str = ""
    error: BaseException | None = None
    done: bool = False

    def say(self, what: str) -> None:
        if self.verb != "hata":
            contract.say(f"[{time.strftime('%H:%M:%S')}] {what}")

    async def run(self) -> None:
        self.say(f"{self.name} başladı")
        try:
            await self.session.work(self.name, self.seconds, self.verb)
        except BaseException as error:
            self.error = error
            cancelled = isinstance(error, asyncio.CancelledError)
            self.result = "iptal edildi" if cancelled else error.why if isinstance(error, slow.Failed) else str(error)
            if cancelled:
                self.say(f"{self.name} iptal edildi")
            raise
        self.done = True
        self.result = f"{self.name} başarıyla tamamlandı ({self.seconds:.{self.decimals}f}s)"
        self.say(self.result)


async def settle(tasks: list[asyncio.Task[None]]) -> None:
    """Hepsi gerçekten bitene dek; ilk (istenme sırasıyla) hata buradan çıkar."""
    for outcome in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome


def spawn(*coroutines: Coroutine[Any, Any, None]) -> list[asyncio.Task[None]]:
    return [asyncio.ensure_future(each) for each in coroutines]


# --- görevler


async def management(session: Session) -> None:
    jobs = [Job(session, f"Task-{i}", seconds, 0) for i, seconds in ((1, 2), (2, 3), (3, 1))]
    tasks = [asyncio.create_task(job.run(), name=job.name.lower()) for job in jobs]
    contract.say(f"Task-1 name: {tasks[0].get_name()}")
    contract.say(f"Task-1 done: {tasks[0].done()}")
    contract.say(f"Task-1 cancelled: {tasks[0].cancelled()}")
    await settle(tasks)
    contract.say(f"Tüm task'lar tamamlandı: {[job.result for job in jobs]}")


async def results(session: Session) -> None:
    jobs = [Job(session, f"Task-{i}", i * 0.5) for i in range(1, 6)]
    tasks = spawn(*(job.run() for job in jobs))
    finished: asyncio.Queue[int] = asyncio.Queue()
    for index, task in enumerate(tasks):
        task.add_done_callback(lambda _, index=index: finished.put_nowait(index))
    try:
        for _ in jobs:
            index = await finished.get()
            tasks[index].result()
            contract.say(f"Sonuç alındı: {jobs[index].result}")
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def exceptions(session: Session) -> None:
    jobs = [Job(session, "Success-1", 1, 0), Job(session, "Failure", 0.5, verb="hata"), Job(session, "Success-2", 1, 0)]
    await asyncio.gather(*spawn(*(job.run() for job in jobs)), return_exceptions=True)
    for index, job in enumerate(jobs):
        contract.say(f"Task {index} {'hata verdi' if job.error else 'başarılı'}: {job.result}")
    for job in jobs:
        if isinstance(job.error, slow.Failed):
            raise job.error


# --- iptal


async def cancellation(session: Session) -> None:
    name = "Cancellable"

    async def farewell(connection: slow.Connection) -> None:
        try:
            await asyncio.wait_for(session.withdraw(connection, 0.1), FAREWELL_SECONDS)
            ending = "tamamlandı"
        except (slow.Failed, OSError, asyncio.TimeoutError):
            ending = "yarıda kaldı"
        contract.say(f"{name} cleanup {ending}")

    async def steps() -> None:
        with await slow.connect(session.options) as connection:
            try:
                for number in range(10):
                    contract.say(f"{name}: adım {number + 1}")
                    await session.ask(connection, "bekle", 0.5, name)
            except asyncio.CancelledError:
                contract.say(f"{name} iptal edildi!")
                await farewell(connection)
                raise

    task = asyncio.ensure_future(steps())
    await asyncio.wait({task}, timeout=session.scaled(1.75))
    if task.cancel():
        with contextlib.suppress(asyncio.CancelledError):
            await task
        contract.say("Task başarıyla iptal edildi")
    else:
        task.result()


async def level(session: Session) -> None:
    """Python'da iptal bir kez atılır; burada C'deki gibi sürdüğü gösterilir."""
    contract.say("=== İptal sürer ===")
    requests = 0

    async def attempt(number: int, waiting: Awaitable[None] | None) -> None:
        outcome = "iptal edildi"
        if waiting is not None:
            try:
                await waiting
                outcome = "tamam"
            except asyncio.CancelledError:
                pass
        contract.say(f"{number}. bekleyiş: {outcome}")

    async def twice_cancelled(connection: slow.Connection) -> None:
        nonlocal requests
        await attempt(1, session.ask(connection, "bekle", 5, "işçi"))
        await attempt(2, None if requests else session.ask(connection, "bekle", 5, "işçi"))
        requests -= 1
        contract.say(f"task_uncancel: kalan istek {requests}")
        await attempt(3, None if requests else session.ask(connection, "bekle", 5, "işçi"))
        requests -= 1
        contract.say(f"task_uncancel: kalan istek {requests}")
        await attempt(4, session.withdraw(connection, 0))

    with await slow.connect(session.options) as connection:
        task = asyncio.ensure_future(twice_cancelled(connection))
        await asyncio.wait({task}, timeout=session.scaled(0.1))
        if not task.done():
            requests = 2
            task.cancel()
        await task
        contract.say(f"Görevin sonucu: 0, iptal edilmiş mi: {task.cancelled()}")


# --- gruplar


@dataclass
class Roster:
    """Üyeler ve sonuçları, katılış sırasıyla. `together`: birinin hatası ötekileri ve sahibini iptal eder."""

    session: Session
    together: bool = True
    jobs: list[Job] = field(default_factory=list)
    tasks: dict[asyncio.Task[None], None] = field(default_factory=dict)  # küme değil: sıra korunsun
    failure: BaseException | None = None
    owner: asyncio.Task[Any] | None = None
    closing: bool = False

    def spawn(self, body: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(body)
        self.tasks[task] = None
        task.add_done_callback(self._done)

    def add(self, job: Job) -> None:
        self.jobs.append(job)
        self.spawn(job.run())

    def cancel(self) -> None:
        for task in list(self.tasks):
            task.cancel()

    def _done(self, task: asyncio.Task[None]) -> None:
        self.tasks.pop(task)
        if task.cancelled() or task.exception() is None or not self.together or self.failure:
            return
        self.failure = task.exception()
        self.cancel()
        if self.owner and not self.closing:
            self.owner.cancel()

    async def close(self, limit: float | None = None) -> None:
        """Hepsi, kapanırken gelenler de, bitene dek. İlk hata ya da asyncio.TimeoutError."""
        self.closing = True
        deadline = None if limit is None else time.monotonic() + limit
        late = False
        while self.tasks:
            left = None if deadline is None or late else max(0.0, deadline - time.monotonic())
            _, pending = await asyncio.wait(set(self.tasks), timeout=left)
            if pending and deadline is not None and time.monotonic() >= deadline and not late:
                late = True
                self.cancel()
        if late:
            raise asyncio.TimeoutError
        if self.failure:
            raise self.failure

    def print(self) -> None:
        for job in self.jobs:
            plain = job.done or isinstance(job.error, asyncio.CancelledError)
            contract.say(f"{job.name}: {'' if plain else 'hata: '}{job.result}")


async def group(session: Session) -> None:
    roster = Roster(session)
    for name, seconds in (("A", 1), ("B", 2), ("C", 3)):
        roster.add(Job(session, name, seconds, 0))
    contract.say(f"Grup'ta {len(roster.tasks)} task var")
    try:
        await roster.close(session.options.limit)
    except asyncio.TimeoutError:
        done = sum(job.done for job in roster.jobs)
        contract.say(f"MyGroup: Timeout! Kalan task'lar iptal edildi: {done} sonuç, {len(roster.jobs) - done} iptal")
        raise slow.Failed("Grup bitmedi", session.where, "zaman aşımı") from None
    contract.say(f"Tüm task'lar tamamlandı: {len(roster.jobs)} sonuç")


async def order(session: Session) -> None:
    contract.say("=== Sonuçların sırası ===")
    roster = Roster(session)
    for name, seconds in (("A", 0.4), ("B", 0.1), ("C", 0.3), ("D", 0.2)):
        roster.add(Job(session, name, seconds))
    await roster.close()
    roster.print()


def raise_lost(jobs: list[Job]) -> None:
    """Sunucunun dediği hata beklenir; bağlantının hatası değil."""
    for job in jobs:
        if isinstance(job.error, slow.Failed):
            raise job.error


async def early(session: Session) -> None:
    contract.say("=== Erken bitenler ===")
    roster = Roster(session, together=False)
    roster.add(Job(session, "A", 0.1))
    roster.add(Job(session, "B", 0.2, verb="hata"))
    roster.add(Job(session, "C", 1.0))
    try:
        await session.work("sahip", 0.6)
    finally:
        contract.say(f"Kapanıştan önce bitmeyen: {len(roster.tasks)}")
        await roster.close()
    roster.print()
    raise_lost(roster.jobs)


async def failing_group(session: Session, together: bool, own_seconds: float) -> None:
    roster = Roster(session, together)
    roster.add(Job(session, "A", 0.9))
    roster.add(Job(session, "B", 0.3, verb="hata"))
    roster.add(Job(session, "C", 1.2))
    roster.owner = asyncio.ensure_future(session.work("sahip", own_seconds))
    await asyncio.wait({roster.owner})
    cancelled = roster.owner.cancelled()
    failure = None if cancelled else roster.owner.exception()
    why = failure.why if isinstance(failure, slow.Failed) else str(failure)
    contract.say(f"Sahibin işi: {'iptal edildi' if cancelled else why if failure else 'tamam'}")
    closed = "0"
    try:
        await roster.close()
    except RemoteError:
        closed = "ilk hata"
    except slow.Failed as lost:
        failure, closed = lost, lost.why
    contract.say(f"group_close: {closed}")
    roster.print()
    raise_lost(roster.jobs)
    if failure:
        raise failure


async def together(session: Session) -> None:
    contract.say("=== Biri olmayınca: GROUP_TOGETHER ===")
    await failing_group(session, True, 2)
    await session.work("sonra", 0.1)
    contract.say("Kapanıştan sonra beklemek: tamam")


async def independent(session: Session) -> None:
    contract.say("=== Biri olmayınca: GROUP_INDEPENDENT ===")
    await failing_group(session, False, 0.6)


async def child(session: Session) -> None:
    contract.say("=== Kapanırken gelen ===")
    roster = Roster(session)
    closing = False

    async def parent() -> None:
        nonlocal closing
        await session.work("ebeveyn", 0.2)
        closing = roster.closing
        roster.add(Job(session, "çocuk", 0.3))

    roster.spawn(parent())
    await roster.close()
    contract.say(f"Çocuk açılırken grup kapanıyor muydu: {closing}")
    roster.print()


# --- sınırlar


async def limit(session: Session) -> None:
    """Python'da iptali yutan görev sınırı aşardı; eşi, C'deki gibi sonraki bekleyişlerini de geri çevirir."""
    contract.say("=== Sınır ===")
    refused = 0

    async def stubborn() -> None:
        nonlocal refused
        with await slow.connect(session.options) as connection:
            for _ in range(10):
                try:
                    if not refused:
                        await session.ask(connection, "bekle", 30, "inatçı")
                    else:
                        refused += 1
                except asyncio.CancelledError:
                    refused += 1

    roster = Roster(session)
    roster.spawn(stubborn())
    outcome = "tamam"
    try:
        await roster.close(session.scaled(0.5))
    except asyncio.TimeoutError:
        outcome = "zaman aşımı"
    contract.say(f"İptale aldırmayan görev: 10 bekleyişin {refused} tanesi -ECANCELED")
    contract.say(f"Grup: {outcome}")


async def compute(session: Session) -> None:
    contract.say("=== Hesap ===")
    for yields in (False, True):
        parts = parts_then = 0

        async def computing() -> None:
            nonlocal parts
            while parts < PARTS:
                until = time.perf_counter() + session.scaled(PART_SECONDS)
                while time.perf_counter() < until:
                    pass
                parts += 1
                if yields:
                    await asyncio.sleep(0)

        async def neighbour(connection: slow.Connection) -> None:
            nonlocal parts_then
            await session.ask(connection, "bekle", 0.1, "komşu")
            parts_then = parts

        outcome = "tamam"
        with await slow.connect(session.options) as connection:
            roster = Roster(session)
            roster.spawn(neighbour(connection))
            await asyncio.sleep(0)
            roster.spawn(computing())
            try:
                await roster.close(session.scaled(0.5) if yields else None)
            except asyncio.TimeoutError:
                outcome = "zaman aşımı"
        how = "sonuna dek sürdü" if parts == PARTS else "sınırda kesildi"
        when = "hesaptan sonra" if parts_then == PARTS else "hesap sürerken"
        contract.say(
            f"Sıra {'bırakarak' if yields else 'bırakmadan'}: hesap {how}, komşunun yanıtı {when}, grup: {outcome}"
        )


# --- gelecek nesnesi


async def future(session: Session) -> None:
    promise: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def set_result() -> None:
        try:
            await session.work("future", 1)
            promise.set_result("Future sonucu!")
        except Exception as error:
            promise.set_exception(error)

    setter = asyncio.ensure_future(set_result())
    contract.say("Future bekleniyor...")
    contract.say(f"Future sonucu: {await promise}")
    await setter


async def life(session: Session) -> None:
    contract.say("=== Görevin ömrü ===")
    job = Job(session, "Task", 0.5)
    seen: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    called = 0

    def look(state: str, result: str) -> None:
        contract.say(f"Ad: görev-2, durum: {state}, sonuç: {result}")

    def announce(_: object) -> None:
        nonlocal called
        called += 1
        contract.say(f"{called}. geri çağrı: durum bitti")

    def hand_over(_: object) -> None:
        announce(None)
        if task.exception() is None:
            seen.set_result(0)
        else:
            seen.set_exception(task.exception())  # type: ignore[arg-type]

    task = asyncio.ensure_future(job.run())
    look("hazır", "henüz yok")
    await asyncio.sleep(0)
    look("bekliyor", "henüz yok")
    task.add_done_callback(announce)
    task.add_done_callback(hand_over)
    await seen
    look("bitti", "0")
    contract.say(f"Sonucu yeniden koymak: {not seen.done()}")
    contract.say(f"Bitmişi iptal etmek: {task.cancel()}")
    task.add_done_callback(announce)
    contract.say(f"Bitmişe eklenen geri çağrı hemen çalıştı mı: {called > 2}")
    await asyncio.sleep(0)


Demo = Callable[[Session], Awaitable[None]]

USUAL: dict[str, tuple[str, Demo]] = {
    "management": ("Task Management", management),
    "cancellation": ("Task Cancellation", cancellation),
    "group": ("Task Group", group),
    "results": ("Task Results", results),
    "future": ("Future Example", future),
    "exceptions": ("Exception Handling", exceptions),
}
OTHERS: dict[str, Demo] = {
    "life": life,
    "level": level,
    "order": order,
    "early": early,
    "together": together,
    "independent": independent,
    "child": child,
    "limit": limit,
    "compute": compute,
}


async def run(options: argparse.Namespace) -> None:
    session = Session(options)
    for number, name in enumerate(options.demos or list(USUAL)):
        if number:
            contract.say()
        if name in USUAL:
            contract.say(f"=== {USUAL[name][0]} ===")
        try:
            await (USUAL[name][1] if name in USUAL else OTHERS[name])(session)
        except RemoteError as error:
            raise session.failed(f"HATA: {error}") from None


def main() -> None:
    parser = contract.client_options(port=9114, timeout=10, operands="demos")
    parser.add_argument("--scale", type=contract.seconds, default=1.0)
    parser.add_argument("--limit", type=contract.seconds, default=5.0)
    options = contract.parse(parser)
    known = [*USUAL, *OTHERS]
    for name in options.demos:
        if name not in known:
            contract.usage_error(f"'{name}' diye bir gösteri yok; olanlar: {', '.join(known)}")
    slow.run(run(options))


if __name__ == "__main__":
    main()
