"""The log: one JSON line for each thing worth knowing, on stderr, and never a value that somebody may have written."""

from __future__ import annotations

import logging
import sys

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
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def where(error: BaseException) -> list[str]:
    """File and line of every step that led to the error: neither its message nor any variable, which may hold words."""
    steps, trace = [], error.__traceback__
    while trace:
        steps.append(f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}")
        trace = trace.tb_next
    return steps
