"""The log: one JSON line for each thing worth knowing, on stderr, and never a value that somebody may have written."""

from __future__ import annotations

import logging
import select
import sys
from contextlib import suppress
from typing import ClassVar

import structlog


def open_log(level: str) -> None:
    """From now on what is at least this important is written down: debug, info, warning or error."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=lambda *_: Lines(),
    )
    root = logging.getLogger()
    root.handlers = [each for each in root.handlers if not isinstance(each, Libraries)]
    root.addHandler(Libraries())


class Lines:
    """Lines on stderr. A log that cannot be written stops nobody, nor does one that nobody reads."""

    lost: ClassVar[int] = 0

    def msg(self, line: str) -> None:
        """One more line; and how many were lost before it because nobody had read on."""
        if not _is_read():
            Lines.lost += 1
            return
        if Lines.lost:
            line = f'{{"event": "lines were lost", "level": "warning", "lines": {Lines.lost}}}\n{line}'
            Lines.lost = 0
        with suppress(OSError, ValueError):
            print(line, file=sys.stderr, flush=True)

    debug = info = warning = error = critical = msg


def _is_read() -> bool:
    """Whether stderr takes another line at once. A pipe that is full would hold up everybody who asks for anything."""
    try:
        ready = select.poll()
        ready.register(sys.stderr.fileno(), select.POLLOUT)
        return bool(ready.poll(0))
    except (OSError, ValueError):
        return True


class Libraries(logging.Handler):
    """What libraries say is a line like any other. They say it in their own words only, without the values in them,
    which may be what somebody wrote; the read models say nothing that is, and are let finish."""

    def emit(self, record: logging.LogRecord) -> None:
        facts = {"at": where(record.exc_info[1])} if record.exc_info and record.exc_info[1] else {}
        said = record.getMessage() if record.name.startswith("projections") else str(record.msg)
        level = max(10, min(50, record.levelno // 10 * 10))  # libraries may have levels of their own
        structlog.get_logger().log(level, said, logger=record.name, **facts)


def where(error: BaseException) -> list[str]:
    """File and line of every step that led to the error: neither its message nor any variable, which may hold words."""
    steps, trace = [], error.__traceback__
    while trace:
        steps.append(f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}")
        trace = trace.tb_next
    return steps
