"""Birden çok derste geçen kalıplar."""

import re

DATETIME = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{6})?"
"""Python'un str(datetime.now()) yazışı; mikrosaniye 0 ise kesir yazılmaz."""

LOG_LINE = re.compile(
    r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} - (?P<level>DEBUG|INFO|WARNING|ERROR|CRITICAL) - (?P<text>.+)"
)
"""Belgelerin log biçimi."""
