"""Without a compiler the same lines run, slowly, to the same answer."""

import json
import os
import subprocess
import sys

from bench.rounds import a_round
from tests.matching.asking import answer

ALONE = """
import json, sys
from service.matching import output, read_question, solve
question = read_question(json.load(sys.stdin))
print(json.dumps(output(solve(question, seconds=0.1), question)["result_hash"]))
"""


def test_a_small_round_is_answered_the_same_uncompiled():
    about = a_round(12, 1)
    said = subprocess.run(
        [sys.executable, "-c", ALONE],
        input=json.dumps(about),
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert json.loads(said) == answer(about, seconds=0.1)["result_hash"]
