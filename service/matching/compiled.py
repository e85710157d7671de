"""Inner loops, compiled on first use by numba and kept on disk; without numba the same lines run, slowly."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Found = TypeVar("Found")


def compiled(loop: Callable[Given, Found]) -> Callable[Given, Found]:
    """The loop as machine code, kept beside its source, or wherever numba may write; sums stay in their order."""
    try:
        from numba import njit
    except ImportError:
        return loop
    try:
        fast: Callable[Given, Found] = njit(cache=True, nogil=True, error_model="numpy")(loop)
    except RuntimeError:  # nowhere to keep it
        fast = njit(nogil=True, error_model="numpy")(loop)
    return fast
