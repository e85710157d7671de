"""The process that solves lives no longer than the service it solves for."""

import os
import select
import subprocess
import sys
from pathlib import Path

HOUSE = Path(__file__).parents[2]
SERVICE = """
import asyncio, sys
from service.commands.solving import Worker
from service.matching import read_question

QUESTION = read_question({"people": [{"id": "ann"}, {"id": "ben"}], "size": {"min": 2, "max": 2, "target": 2}})

async def serve():
    worker = Worker()
    await worker.solve(QUESTION, 0.1, 0, lambda progress: None)
    print(*worker._pool._processes, flush=True)
    await asyncio.Event().wait()

asyncio.run(serve())
"""
PATIENCE = 120.0  # seconds


def test_a_worker_ends_when_its_service_is_killed():
    with subprocess.Popen([sys.executable, "-c", SERVICE], cwd=HOUSE, stdout=subprocess.PIPE, text=True) as service:
        assert service.stdout
        ended = os.pidfd_open(int(service.stdout.readline()))
        service.kill()
    assert select.select([ended], [], [], PATIENCE)[0]
    os.close(ended)


def test_a_service_loads_neither_solver_nor_compiler():
    program = "import sys, service.cli; print(*{'numba', 'ortools', 'pandas', 'rustworkx'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", program], cwd=HOUSE, capture_output=True, text=True).stdout == "\n"


def test_what_searches_is_there_when_it_is_asked_for():
    program = "from service import matching; print(callable(matching.solve))"
    assert subprocess.run([sys.executable, "-c", program], cwd=HOUSE, capture_output=True, text=True).stdout == "True\n"
