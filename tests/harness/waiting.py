"""Olmasını beklemek: bir koşul sağlanana kadar, ama sınırlı süre, sık sık bakmak.

    eventually(lambda: server.threads == 1, "iş parçacıkları toplanmalı")
"""

from __future__ import annotations

import time
from typing import Callable, TypeVar

from harness import clock, scene
from harness.clock import Deadline
from harness.failure import Evidence, fail

STEP_SECONDS = 0.005
Value = TypeVar("Value")


def eventually(condition: Callable[[], Value], what: str, *, seconds: float = clock.EXPECT_SECONDS) -> Value:
    """`condition` doğru bir değer verene kadar bekler ve o değeri döndürür; `what`, iletide beklenenin adıdır."""
    __tracebackhide__ = True
    deadline = Deadline(seconds)
    while True:
        value = condition()
        if value:
            scene.step(f"oldu: {what}")
            return value
        if deadline.expired:
            fail(f"{deadline.seconds:g} saniyede olmadı: {what}", Evidence(want="condition"))
        time.sleep(STEP_SECONDS)
