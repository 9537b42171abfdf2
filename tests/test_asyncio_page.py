"""docs/tr/asyncio.md: belgelerdeki her asyncio adı tabloda vardır, sağdaki her C adı başlıklarda tanımlıdır."""

from __future__ import annotations

import re

import pytest

from harness.lessons import ROOT

PAGE = (ROOT / "docs" / "tr" / "asyncio.md").read_text(encoding="utf-8")
ROWS = [row.split(" | ") for row in re.findall(r"^\| (.+) \|$", PAGE, re.MULTILINE) if not row.startswith("Python |")]
HEADERS = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "common").glob("*/*.h")))

# Beş belgede geçen adların hepsi.
NAMES = """
asyncio.run asyncio.create_task asyncio.gather asyncio.sleep asyncio.CancelledError asyncio.get_running_loop asyncio.Queue
asyncio.wait_for asyncio.Task asyncio.as_completed asyncio.TimeoutError asyncio.wait asyncio.Semaphore asyncio.Future
asyncio.start_server asyncio.set_event_loop asyncio.open_connection asyncio.new_event_loop asyncio.get_event_loop
asyncio.StreamWriter asyncio.StreamReader asyncio.QueueEmpty asyncio.Lock asyncio.FIRST_COMPLETED asyncio.Event
asyncio.DefaultEventLoopPolicy writer.write writer.drain writer.wait_closed writer.close writer.get_extra_info reader.read
task.cancel task.get_name task.done task.cancelled task.result task.add_done_callback queue.put queue.get queue.task_done
queue.join loop.call_later loop.create_future loop.add_signal_handler loop.time loop.stop loop.set_debug
loop.run_until_complete loop.is_running loop.is_closed loop.get_debug loop.close loop.call_soon loop.call_at
future.set_result future.result future.add_done_callback queue.empty server.serve_forever server.sockets
""".split()


@pytest.mark.parametrize("name", NAMES)
def test_every_name_of_the_documents_is_in_the_table(name: str) -> None:
    """Belgelerdeki ad, tablonun sol sütununda geçer."""
    assert any(re.search(rf"{re.escape(name)}(?![\w])", row[0]) for row in ROWS), name


def c_names() -> list[str]:
    found = {word for row in ROWS for code in re.findall(r"`([^`]+)`", row[1]) for word in re.findall(r"[a-zA-Z_]\w+", code)}
    return sorted(word for word in found if re.match(r"(loop|task|group|queue|future|lock|event|semaphore|stream|server|watch|signals|executor|timeout|WAIT|GROUP|TASK|SCOPED|poller|address|socket|stop|monotonic)_", word))


def test_every_c_name_exists() -> None:
    """Tablonun sağ sütunundaki her ad bir başlıkta bildirilmiştir."""
    missing = [name for name in c_names() if not re.search(rf"\b{name}\b", HEADERS)]
    assert c_names() and not missing, missing
